"""Layouts of people who write lines: no bullets, no full stops, no gaps, and a heading no longer than its job."""

from __future__ import annotations

import random

from benchmarks.resumes import office
from benchmarks.resumes import writing as w
from benchmarks.resumes.people import Job, Person

SHORT = {
    "en": ["Kept things running", "Weekly figures, monthly letters", "Led two people"],
    "de": ["Tägliche Abläufe", "Wochenzahlen, Monatsbriefe", "Zwei Leute geführt"],
    "fr": ["Suivi quotidien", "Chiffres, courriers", "Deux personnes encadrées"],
    "es": ["Gestión diaria", "Cifras semanales", "Dos personas a cargo"],
    "nl": ["Dagelijkse gang van zaken", "Weekcijfers", "Twee mensen begeleid"],
    "pt": ["Rotina diária", "Relatórios semanais", "Duas pessoas a cargo"],
    "it": ["Lavoro quotidiano", "Dati settimanali", "Due persone guidate"],
}


def _work(person: Person, job: Job, rng: random.Random) -> list[str]:
    said = [line.rstrip(".") for line in job.says] + rng.sample(SHORT[person.language], rng.randrange(1, 3))
    rng.shuffle(said)
    return said


@w.layout("one line a job, work below")
def one_line(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style, gaps = w.style_of(rng), rng.random() < 0.5
    out = [
        ("h", person.name),
        ("p", f"{person.city}, {person.country}"),
        ("p", f"{person.email}, {person.phone_written}"),
    ]
    out += [("h", w.heading(person, "experience"))]
    for job in person.jobs:
        out += [("p", f"{job.title}, {job.employer}   {w.when(person, job, style)}")]
        out += [("p", line) for line in _work(person, job, rng)]
        out += [("p", "")] if gaps else []
    out += [("h", w.heading(person, "education"))]
    out += [("p", f"{s.degree}, {s.school}   {w.when(person, s, 'year')}") for s in person.studies]
    out += [("h", w.heading(person, "skills")), ("p", ", ".join(person.skills))]
    out += [("h", w.heading(person, "languages")), ("p", ", ".join(w.languages(person)))]
    if rng.random() < 0.5:
        return "txt", "\n".join(text.upper() if kind == "h" else text for kind, text in out).encode()
    return "docx", office.docx(out)
