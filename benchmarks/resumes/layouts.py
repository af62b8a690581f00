"""The same person written down in many ways: one function a layout, each giving the file's kind and bytes. These are PDFs."""

from __future__ import annotations

import random

from benchmarks.resumes import writing as w
from benchmarks.resumes.people import Person


@w.layout("single column, dates right")
def single(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    jobs = "".join(
        f"<div class=r><span><b>{w.e(j.title)}</b>, {w.e(j.employer)}</span><span>{w.e(w.when(person, j, style))}</span></div>{w.says(j)}"
        for j in person.jobs
    )
    css = ".r{display:flex;justify-content:space-between}"
    return w.pdf(
        w.top(person)
        + w.h2(person, "summary")
        + f"<p>{w.e(w.summary(person))}</p>"
        + w.h2(person, "experience")
        + jobs
        + w.tail(person),
        css,
    )


@w.layout("two columns")
def columns(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    jobs = "".join(
        f"<p><b>{w.e(j.title)}</b></p><p>{w.e(j.employer)} | {w.e(w.when(person, j, style))}</p>{w.says(j)}"
        for j in person.jobs
    )
    right = w.h2(person, "skills") + "<ul>" + "".join(f"<li>{w.e(s)}</li>" for s in person.skills) + "</ul>"
    right += w.h2(person, "languages") + "".join(f"<p>{w.e(one)}</p>" for one in w.languages(person))
    right += w.h2(person, "education") + w.study_lines(person, "<p><b>{degree}</b></p><p>{school}</p><p>{when}</p>")
    left = w.h2(person, "experience") + jobs
    return w.pdf(
        w.top(person) + f"<div class=c><div>{left}</div><div>{right}</div></div>",
        ".c{display:flex;gap:8mm}.c>div{width:50%}",
    )


@w.layout("sidebar left")
def sidebar(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    side = w.h2(person, "contact") + "".join(
        f"<p>{w.e(x)}</p>"
        for x in (person.email, person.phone_written, f"{person.city}, {person.country}", person.link)
    )
    side += w.h2(person, "skills") + "".join(f"<p>{w.e(s)}</p>" for s in person.skills)
    side += w.h2(person, "languages") + "".join(f"<p>{w.e(one)}</p>" for one in w.languages(person))
    jobs = "".join(
        f"<p><b>{w.e(j.title)}</b></p><p>{w.e(j.employer)}, {w.e(j.city)}</p><p><i>{w.e(w.when(person, j, style))}</i></p>{w.says(j)}"
        for j in person.jobs
    )
    main = (
        f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p>"
        + w.h2(person, "experience")
        + jobs
        + w.h2(person, "education")
    )
    main += w.study_lines(person, "<p><b>{degree}</b></p><p>{school}</p><p><i>{when}</i></p>")
    return w.pdf(f"<div class=s>{side}</div><div class=m>{main}</div>", ".s{float:left;width:55mm}.m{margin-left:62mm}")


@w.layout("table, dates left")
def table(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    rows = "".join(
        f"<tr><td>{w.e(w.when(person, j, style))}</td><td><b>{w.e(j.title)}</b><br>{w.e(j.employer)}, {w.e(j.city)}{w.says(j)}</td></tr>"
        for j in person.jobs
    )
    studies = "".join(
        f"<tr><td>{w.e(w.when(person, s, 'year'))}</td><td><b>{w.e(s.degree)}</b><br>{w.e(s.school)}</td></tr>"
        for s in person.studies
    )
    body = (
        w.top(person, "<br>")
        + w.h2(person, "experience")
        + f"<table>{rows}</table>"
        + w.h2(person, "education")
        + f"<table>{studies}</table>"
    )
    body += (
        w.h2(person, "skills")
        + f"<p>{w.e(' • '.join(person.skills))}</p>"
        + w.h2(person, "languages")
        + f"<p>{w.e(' • '.join(w.languages(person)))}</p>"
    )
    return w.pdf(body, "td{vertical-align:top;padding-right:6mm}td:first-child{width:42mm}")


@w.layout("dates below")
def below(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    jobs = "".join(
        f"<p><b>{w.e(j.employer)}</b></p><p>{w.e(j.title)}</p><p>{w.e(w.when(person, j, style))}</p>{w.says(j)}"
        for j in person.jobs
    )
    return w.pdf(w.top(person, " · ") + w.h2(person, "experience") + jobs + w.tail(person))


@w.layout("dates above")
def above(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    jobs = "".join(
        f"<p><i>{w.e(w.when(person, j, style))}</i></p><p><b>{w.e(j.title)}</b> – {w.e(j.employer)}</p>{w.says(j)}"
        for j in person.jobs
    )
    return w.pdf(w.top(person) + w.h2(person, "experience") + jobs + w.tail(person, " | "))


@w.layout("European style")
def european(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)

    def row(label: str, value: str) -> str:
        return f"<tr><td>{w.e(label)}</td><td>{w.e(value)}</td></tr>"

    own = [
        ("Name", person.name),
        ("Address", f"{person.city}, {person.country}"),
        ("Telephone", person.phone_written),
        ("E-mail", person.email),
    ]
    body = (
        "<h1>Curriculum Vitae</h1><table>"
        + "".join(row(*pair) for pair in own)
        + "</table>"
        + w.h2(person, "experience")
    )
    for j in person.jobs:
        body += "<table>" + row("Dates", w.when(person, j, style)) + row("Occupation or position held", j.title)
        body += (
            row("Name of employer", f"{j.employer}, {j.city}")
            + row("Main activities", " ".join(j.says))
            + "</table><br>"
        )
    body += w.h2(person, "education")
    for s in person.studies:
        body += (
            "<table>"
            + row("Dates", w.when(person, s, "year"))
            + row("Title of qualification", s.degree)
            + row("Organisation", s.school)
            + "</table><br>"
        )
    body += (
        w.h2(person, "skills")
        + f"<p>{w.e(', '.join(person.skills))}</p>"
        + w.h2(person, "languages")
        + f"<p>{w.e(', '.join(w.languages(person)))}</p>"
    )
    return w.pdf(body, "td{vertical-align:top}td:first-child{width:50mm;text-align:right;padding-right:5mm}")


@w.layout("functional")
def functional(person: Person, rng: random.Random) -> tuple[str, bytes]:
    body = w.top(person) + w.h2(person, "summary") + f"<p>{w.e(w.summary(person))}</p>" + w.h2(person, "skills")
    body += "<ul>" + "".join(f"<li>{w.e(s)}</li>" for s in person.skills) + "</ul>" + w.h2(person, "experience")
    body += "".join(f"<p>{w.e(j.title)}, {w.e(j.employer)}, {w.e(w.when(person, j, 'slash'))}</p>" for j in person.jobs)
    return w.pdf(body + w.h2(person, "education") + w.study_lines(person, "<p>{degree} | {school} | {when}</p>"))


@w.layout("compact, one line a job")
def compact(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    body = f"<p><b>{w.e(person.name)}</b> • {w.contact(person, ' • ')}</p>" + w.h2(person, "experience")
    body += "".join(
        f"<p>{w.e(w.when(person, j, style))} | {w.e(j.title)} | {w.e(j.employer)} | {w.e(j.city)}</p>"
        for j in person.jobs
    )
    body += w.h2(person, "education") + w.study_lines(person, "<p>{when} | {degree} | {school}</p>")
    return w.pdf(
        body
        + f"<p><b>{w.e(w.heading(person, 'skills'))}:</b> {w.e(', '.join(person.skills))}</p><p><b>{w.e(w.heading(person, 'languages'))}:</b> {w.e(', '.join(w.languages(person)))}</p>"
    )


@w.layout("academic")
def academic(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = rng.choice(["name", "year"])
    body = f"<h1>{w.e(person.name)}, PhD</h1><p>{w.contact(person, '<br>')}</p>" + w.h2(person, "education")
    body += w.study_lines(person, "<p>{when} &nbsp; {degree}, {school}</p>") + w.h2(person, "experience")
    body += "".join(
        f"<p>{w.e(w.when(person, j, style))} &nbsp; {w.e(j.title)}, {w.e(j.employer)}, {w.e(j.city)}</p>{w.says(j)}"
        for j in person.jobs
    )
    body += (
        w.h2(person, "publications")
        + "<p>Quill, A. and Marsh, T. (2019). On the drift of tides. Journal of Estuaries 12, 44–61.</p>"
    )
    return w.pdf(
        body
        + w.h2(person, "skills")
        + f"<p>{w.e('; '.join(person.skills))}</p>"
        + w.h2(person, "languages")
        + f"<p>{w.e(', '.join(w.languages(person)))}</p>"
    )


@w.layout("designed, spaced capitals")
def designed(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)

    def spaced(which: str) -> str:
        return f"<h2>{w.e(' '.join(w.heading(person, which).upper().replace(' ', '  ')))}</h2>"

    body = (
        f"<h1>{w.e(person.name.upper())}</h1><p>{w.e(person.headline.upper())}</p><p>{w.contact(person, ' / ')}</p>"
        + spaced("experience")
    )
    body += "".join(
        f"<p><b>{w.e(j.title.upper())}</b></p><p>{w.e(j.employer)} / {w.e(w.when(person, j, style))}</p>{w.says(j)}"
        for j in person.jobs
    )
    return w.pdf(
        body
        + spaced("education")
        + w.study_lines(person)
        + spaced("skills")
        + f"<p>{w.e(' / '.join(person.skills))}</p>"
    )


@w.layout("several roles below one employer")
def grouped(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    body = w.top(person) + w.h2(person, "experience")
    for at, job in enumerate(person.jobs):
        if at == 1:
            job.employer = person.jobs[0].employer
        else:
            body += f"<p><b>{w.e(job.employer)}</b></p>"
        body += f"<p>{w.e(job.title)} ({w.e(w.when(person, job, style))})</p>{w.says(job)}"
    return w.pdf(body + w.tail(person))


# Files that are text rather than pages
