"""Layouts as programs and countries make them: Word's sidebar tables, LinkedIn's and Europass' exports, LaTeX's moderncv,
German, French and Polish ways of saying when, and names written from right to left beside Latin ones."""

from __future__ import annotations

import random

from benchmarks.resumes import office
from benchmarks.resumes import writing as w
from benchmarks.resumes.people import Job, Person

SINCE = {"de": "seit", "fr": "depuis", "es": "desde", "nl": "sinds", "pt": "desde", "it": "da", "en": "since"}
TO_DATE = {
    "de": "bis heute",
    "fr": "à ce jour",
    "es": "hasta la fecha",
    "nl": "tot heden",
    "pt": "até o momento",
    "it": "ad oggi",
    "en": "to date",
}
POLISH = ("Doświadczenie zawodowe", "Wykształcenie", "Umiejętności", "Języki obce", "obecnie")
POLISH_MONTHS = [
    "styczeń",
    "luty",
    "marzec",
    "kwiecień",
    "maj",
    "czerwiec",
    "lipiec",
    "sierpień",
    "wrzesień",
    "październik",
    "listopad",
    "grudzień",
]
BESIDE = ("سارة الحداد", "דנה לוי", "علی رضایی", "محمد الأمين")


@w.layout("DOCX, sidebar in a table row")
def word_sidebar(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """Word's templates put a column of contacts and skills beside the story: in the file it comes first, whole."""
    style = w.style_of(rng)
    side = [
        w.heading(person, "contact"),
        f"{person.city}, {person.country}",
        person.phone_written,
        person.email,
        person.link,
    ]
    side += [w.heading(person, "skills"), *person.skills, w.heading(person, "languages"), *w.languages(person)]
    story = [
        person.name,
        person.headline,
        w.heading(person, "summary"),
        w.summary(person),
        w.heading(person, "experience"),
    ]
    for job in person.jobs:
        story += [f"{job.title} | {job.employer}", w.when(person, job, style), *job.says]
    story.append(w.heading(person, "education"))
    for study in person.studies:
        story += [study.degree, study.school, w.when(person, study, "year")]
    return "docx", office.docx([], rows=[(side, story)])


@w.layout("LinkedIn export")
def linkedin(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """Sidebar first, then name, headline, place, and jobs with the employer above and the length in brackets."""
    said = person.language
    left = f"<h3>{w.e(w.heading(person, 'contact'))}</h3><p>{w.e(person.phone_written)} (Mobile)</p><p>{w.e(person.email)}</p>"
    left += f"<p>{w.e(person.link)} (LinkedIn)</p><h3>Top Skills</h3>" + "".join(
        f"<p>{w.e(one)}</p>" for one in person.skills
    )
    left += "<h3>Languages</h3>" + "".join(f"<p>{w.e(one)}</p>" for one in w.languages(person))
    jobs = ""
    for job in person.jobs:
        months = _months(job)
        length = (
            f"{months // 12} years {months % 12 + 1} months" if said == "en" else f"{months // 12} · {months % 12 + 1}"
        )
        jobs += f"<p class=b>{w.e(job.employer)}</p><p>{w.e(job.title)}</p><p class=g>{w.e(w.when(person, job, 'name'))} ({length})</p>"
        jobs += "".join(f"<p>{w.e(line)}</p>" for line in job.says)
    studies = "".join(
        f"<p class=b>{w.e(one.school)}</p><p>{w.e(one.degree)} · ({one.start} – {one.end})</p>"
        for one in person.studies
    )
    right = f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p><p class=g>{w.e(person.city)}, {w.e(person.country)}</p>"
    right += f"{w.h2(person, 'summary')}<p>{w.e(w.summary(person))}</p>{w.h2(person, 'experience')}{jobs}{w.h2(person, 'education')}{studies}"
    css = ".c{display:flex}.l{width:30%;background:#293e49;color:white;padding:4mm}.r{padding:4mm}.b{font-size:12pt;margin-top:4mm}.g{color:#777}"
    return w.pdf(f"<div class=c><div class=l>{left}</div><div class=r>{right}</div></div>", css)


@w.layout("Europass, new style")
def europass(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """Dates above, title in capitals with the employer behind a dash, labels before every contact."""
    labels = (
        f"<p>Email: {w.e(person.email)}</p><p>Phone: {w.e(person.phone_written)}</p><p>LinkedIn: {w.e(person.link)}</p>"
    )
    labels += f"<p>Address: {w.e(person.city)}, {w.e(person.country)} (Home)</p>"
    jobs = "".join(
        f"<p class=g>{w.e(w.when(person, job, 'slash'))}</p><p><b>{w.e(job.title.upper())}</b> – {w.e(job.employer)}</p>{w.says(job)}"
        for job in person.jobs
    )
    studies = w.study_lines(person, "<p class=g>{when}</p><p><b>{degree}</b> {school}</p>")
    body = f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p>{labels}<p class=u>{w.e(w.heading(person, 'experience').upper())}</p>{jobs}"
    body += f"<p class=u>{w.e(w.heading(person, 'education').upper())}</p>{studies}"
    body += f"<p class=u>{w.e(w.heading(person, 'languages').upper())}</p>" + "".join(
        f"<p>{w.e(one)}</p>" for one in w.languages(person)
    )
    body += f"<p class=u>{w.e(w.heading(person, 'skills').upper())}</p><p>{w.e(' | '.join(person.skills))}</p>"
    return w.pdf(body, ".u{border-bottom:2px solid #069;font-weight:bold;margin-top:5mm}.g{color:#777}")


@w.layout("LaTeX, moderncv")
def moderncv(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """Dates in a narrow column on the left, title, employer and place on one line, signs before the contacts."""
    right = f"<p>{w.e(person.city)}, {w.e(person.country)}</p><p>☎ {w.e(person.phone_written)}</p><p>✉ {w.e(person.email)}</p><p>in {w.e(person.link)}</p>"
    rows = "".join(
        f"<tr><td>{w.e(w.when(person, job, 'slash').replace(' - ', '–'))}</td><td><b>{w.e(job.title)}</b>, <i>{w.e(job.employer)}</i>, {w.e(person.city)}.{w.says(job)}</td></tr>"
        for job in person.jobs
    )
    studies = "".join(
        f"<tr><td>{one.start}–{one.end}</td><td><b>{w.e(one.degree)}</b>, <i>{w.e(one.school)}</i>.</td></tr>"
        for one in person.studies
    )
    head = f"<div class=c><div><h1>{w.e(person.name)}</h1><p><i>{w.e(person.headline)}</i></p></div><div class=a>{right}</div></div>"
    skills = f"<table><tr><td></td><td>{w.e(', '.join(person.skills))}</td></tr></table>"
    spoken = "<table>" + "".join(f"<tr><td></td><td>{w.e(one)}</td></tr>" for one in w.languages(person)) + "</table>"
    css = ".c{display:flex;justify-content:space-between}.a{text-align:right}td:first-child{width:32mm;text-align:right;padding-right:4mm;vertical-align:top}"
    return w.pdf(
        f"{head}{w.h2(person, 'experience')}<table>{rows}</table>{w.h2(person, 'education')}<table>{studies}</table>"
        f"{w.h2(person, 'skills')}{skills}{w.h2(person, 'languages')}{spoken}",
        css,
    )


@w.layout("since and to date, in words")
def since(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """`seit 03/2019`, `2019–heute`, `de mars 2019 à ce jour`: the last job as each country says that it lasts."""
    style = rng.choice(["slash", "name"])
    jobs = ""
    for job in person.jobs:
        start = w.month(person, job.start, style)
        lasts = rng.choice([f"{SINCE[person.language]} {start}", f"{start} {TO_DATE[person.language]}"])
        dates = lasts if job.end is None else f"{start} – {w.month(person, job.end, style)}"
        jobs += f"<p><b>{w.e(job.title)}</b></p><p>{w.e(job.employer)}, {w.e(dates)}</p>{w.says(job)}"
    return w.pdf(
        f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p><p>{w.contact(person, ' · ')}</p>{w.h2(person, 'experience')}{jobs}"
        f"{w.h2(person, 'education')}{w.study_lines(person)}{w.h2(person, 'skills')}<p>{w.e(', '.join(person.skills))}</p>"
        f"{w.h2(person, 'languages')}<p>{w.e(', '.join(w.languages(person)))}</p>"
    )


@w.layout("Polish headings and months")
def polish(person: Person, rng: random.Random) -> tuple[str, bytes]:
    work, studies, skills, spoken, now = POLISH

    def said(iso: str) -> str:
        year, number = iso.split("-")
        return f"{POLISH_MONTHS[int(number) - 1]} {year}"

    jobs = "".join(
        f"<p>{said(job.start)} – {said(job.end) if job.end else now}</p><p><b>{w.e(job.employer)}</b></p><p>{w.e(job.title)}</p>{w.says(job)}"
        for job in person.jobs
    )
    clause = "Wyrażam zgodę na przetwarzanie moich danych osobowych dla potrzeb niezbędnych do realizacji procesu rekrutacji."
    return w.pdf(
        f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p><p>{w.contact(person, '<br>')}</p><h2>{work}</h2>{jobs}<h2>{studies}</h2>"
        f"{w.study_lines(person)}<h2>{skills}</h2><p>{w.e(', '.join(person.skills))}</p><h2>{spoken}</h2>"
        f"<p>{w.e(', '.join(w.languages(person)))}</p><p style='font-size:7pt'>{clause}</p>"
    )


@w.layout("name in two scripts")
def two_scripts(person: Person, rng: random.Random) -> tuple[str, bytes]:
    """The Latin name with the same from right to left beside it, as people from many countries sign."""
    jobs = "".join(
        f"<p><b>{w.e(job.title)}</b>, {w.e(job.employer)}</p><p>{w.e(w.when(person, job, 'iso'))}</p>{w.says(job)}"
        for job in person.jobs
    )
    return w.pdf(
        f"<h1>{w.e(person.name)} <span dir=rtl>{rng.choice(BESIDE)}</span></h1><p>{w.e(person.headline)}</p><p>{w.contact(person, ' | ')}</p>"
        f"{w.h2(person, 'experience')}{jobs}{w.h2(person, 'education')}{w.study_lines(person)}{w.h2(person, 'skills')}"
        f"<p>{w.e(', '.join(person.skills))}</p>{w.h2(person, 'languages')}<p>{w.e(', '.join(w.languages(person)))}</p>"
    )


def _months(job: Job) -> int:
    start, end = (tuple(map(int, date.split("-"))) for date in (job.start, job.end or "2026-06"))
    return (end[0] - start[0]) * 12 + end[1] - start[1]
