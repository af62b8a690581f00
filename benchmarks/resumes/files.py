"""Layouts in the other kinds of files: Word, OpenDocument, rich text, plain text and a saved web page."""

from __future__ import annotations

import random

from benchmarks.resumes import office
from benchmarks.resumes import writing as w
from benchmarks.resumes.people import Person


def plain_lines(person: Person, style: str) -> list[tuple[str, str]]:
    """("h" heading, "p" paragraph or "li" item, text): one order for all word processors."""
    out = [("h", person.name), ("p", person.headline), ("p", f"{person.city}, {person.country}")]
    out += [
        ("p", f"Tel: {person.phone_written}"),
        ("p", f"E-Mail: {person.email}"),
        ("p", person.link),
        ("h", w.heading(person, "experience")),
    ]
    for j in person.jobs:
        out += [
            ("p", f"{w.when(person, j, style)}\t{j.title}"),
            ("p", f"{j.employer}, {j.city}"),
            *(("li", line) for line in j.says),
        ]
    out += [("h", w.heading(person, "education"))]
    out += [("p", f"{w.when(person, s, 'year')}\t{s.degree}, {s.school}") for s in person.studies]
    out += [("h", w.heading(person, "skills")), ("p", ", ".join(person.skills)), ("h", w.heading(person, "languages"))]
    out += [("p", ", ".join(w.languages(person)))]
    if person.certificates:
        out += [
            ("h", w.heading(person, "certificates")),
            *(("li", f"{name} ({date})") for name, date in person.certificates),
        ]
    return out


@w.layout("DOCX, tabs")
def docx_tabs(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "docx", office.docx(plain_lines(person, w.style_of(rng)))


@w.layout("DOCX, header and text boxes")
def docx_boxes(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    header = [("p", person.name), ("p", f"{person.email} | {person.phone_written}")]
    box = [
        ("p", w.heading(person, "skills")),
        *(("p", s) for s in person.skills),
        ("p", w.heading(person, "languages")),
        *(("p", one) for one in w.languages(person)),
    ]
    body = [("p", person.headline), ("p", f"{person.city}, {person.country}"), ("h", w.heading(person, "experience"))]
    for j in person.jobs:
        body += [
            ("p", f"{j.title} | {j.employer}"),
            ("p", w.when(person, j, style)),
            *(("li", line) for line in j.says),
        ]
    body += [
        ("h", w.heading(person, "education")),
        *(("p", f"{s.degree}, {s.school} ({w.when(person, s, 'year')})") for s in person.studies),
    ]
    return "docx", office.docx(body, header=header, box=box)


@w.layout("DOCX, table")
def docx_table(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    rows: list[tuple[list[str], list[str]]] = [([w.heading(person, "experience")], [])]
    rows += [([w.when(person, j, style)], [j.title, j.employer, *j.says]) for j in person.jobs]
    rows += [
        ([w.heading(person, "education")], []),
        *(([w.when(person, s, "year")], [s.degree, s.school]) for s in person.studies),
    ]
    rows += [
        ([w.heading(person, "skills")], [", ".join(person.skills)]),
        ([w.heading(person, "languages")], [", ".join(w.languages(person))]),
    ]
    lead = [
        ("h", person.name),
        ("p", f"{person.city}, {person.country}"),
        ("p", f"{person.phone_written}, {person.email}"),
    ]
    return "docx", office.docx(lead, rows=rows)


@w.layout("ODT")
def odt(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "odt", office.odt(plain_lines(person, w.style_of(rng)))


@w.layout("RTF")
def rtf(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "rtf", office.rtf(plain_lines(person, w.style_of(rng)))


@w.layout("TXT")
def txt(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style, out = w.style_of(rng), []
    for kind, text in plain_lines(person, style):
        out += (
            ["", text.upper(), "-" * len(text)]
            if kind == "h"
            else [f"* {text}" if kind == "li" else text.replace("\t", "   ")]
        )
    return "txt", "\n".join(out).encode()


@w.layout("HTML page")
def web(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    jobs = "".join(
        f"<section><h3>{w.e(j.title)}</h3><div>{w.e(j.employer)}</div><time>{w.e(w.when(person, j, style))}</time>{w.says(j)}</section>"
        for j in person.jobs
    )
    body = f"<style>p{{color:red}}</style><script>var skills='COBOL'</script>{w.top(person)}{w.h2(person, 'experience')}{jobs}{w.tail(person)}"
    return "html", f"<!doctype html><html><head><title>CV</title></head><body>{body}</body></html>".encode()
