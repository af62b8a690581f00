"""The same person written down in many ways: one function a layout, each giving the file's kind and bytes."""

from __future__ import annotations

import html
import random
from collections.abc import Callable

from benchmarks.resumes import office
from benchmarks.resumes.people import Job, Person, Study

HEADINGS = {
    "en": "Summary|Professional Experience|Education|Skills|Languages|Certifications|Contact|References|Publications",
    "de": "Profil|Berufserfahrung|Ausbildung|Kenntnisse|Sprachkenntnisse|Weiterbildung|Kontakt|Referenzen|Publikationen",
    "fr": "Profil|Expérience professionnelle|Formation|Compétences|Langues|Certifications|Contact|Références|Publications",
    "es": "Perfil|Experiencia profesional|Formación académica|Competencias|Idiomas|Certificados|Contacto|Referencias|Publicaciones",
    "nl": "Profiel|Werkervaring|Opleidingen|Vaardigheden|Talen|Certificaten|Contact|Referenties|Publicaties",
    "pt": "Resumo|Experiência profissional|Formação acadêmica|Competências|Idiomas|Certificados|Contato|Referências|Publicações",
    "it": "Profilo|Esperienza professionale|Istruzione e formazione|Competenze|Lingue|Certificazioni|Contatti|Referenze|Pubblicazioni",
}
NOW = {
    "en": "Present",
    "de": "heute",
    "fr": "aujourd'hui",
    "es": "actualidad",
    "nl": "heden",
    "pt": "atual",
    "it": "oggi",
}
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
SUMMARIES = {
    "en": "Reliable and curious, with a record of calm work under pressure and {years}+ years of experience.",
    "de": "Zuverlässig und neugierig, mit {years} Jahren Erfahrung in wechselnden Teams.",
    "fr": "Rigoureux et curieux, avec {years} ans d'expérience dans des équipes variées.",
    "es": "Persona rigurosa y curiosa, con {years} años de experiencia en equipos diversos.",
    "nl": "Betrouwbaar en nieuwsgierig, met {years} jaar ervaring in wisselende teams.",
    "pt": "Profissional dedicado, com {years} anos de experiência em equipes diversas.",
    "it": "Affidabile e curiosa, con {years} anni di esperienza in gruppi diversi.",
}
BASE = "@page{size:A4;margin:16mm}body{font:10pt 'DejaVu Sans',sans-serif}h1{font-size:20pt;margin:0}h2{font-size:12pt;border-bottom:1px solid}p,ul{margin:2pt 0}"
Writer = Callable[[Person, random.Random], tuple[str, bytes]]
LAYOUTS: dict[str, Writer] = {}


def layout(name: str) -> Callable[[Writer], Writer]:
    def keep(write: Writer) -> Writer:
        LAYOUTS[name] = write
        return write

    return keep


def heading(person: Person, which: str) -> str:
    names = [
        "summary",
        "experience",
        "education",
        "skills",
        "languages",
        "certificates",
        "contact",
        "references",
        "publications",
    ]
    return HEADINGS[person.language].split("|")[names.index(which)]


def month(person: Person, iso: str, style: str) -> str:
    year, number = iso.split("-") if "-" in iso else (iso, "")
    if style == "year" or not number:
        return year
    if style == "slash":
        return f"{number}/{year}"
    if style == "dot":
        return f"{number}.{year}"
    if style == "iso":
        return iso
    return f"{MONTHS[person.language].split()[int(number) - 1]} {year}"


def when(person: Person, one: Job | Study, style: str) -> str:
    between = {
        "name": " – ",
        "slash": " - ",
        "dot": " – ",
        "iso": " – ",
        "year": " – ",
        "to": " to " if person.language == "en" else " – ",
    }[style]
    style = "name" if style == "to" else style
    return (
        month(person, one.start, style) + between + (month(person, one.end, style) if one.end else NOW[person.language])
    )


def style_of(rng: random.Random) -> str:
    return rng.choice(["name", "name", "slash", "dot", "iso", "to"])


def summary(person: Person) -> str:
    return SUMMARIES[person.language].format(years=max(1, int(person.years)))


def languages(person: Person) -> list[str]:
    return [written for _, _, written in person.languages]


def e(text: str) -> str:
    return html.escape(text)


def pdf(body: str, css: str = "") -> tuple[str, bytes]:
    from weasyprint import HTML

    return "pdf", HTML(string=f"<html><head><style>{BASE}{css}</style></head><body>{body}</body></html>").write_pdf()


def says(job: Job) -> str:
    return "<ul>" + "".join(f"<li>{e(line)}</li>" for line in job.says) + "</ul>"


def h2(person: Person, which: str) -> str:
    return f"<h2>{e(heading(person, which))}</h2>"


def contact(person: Person, between: str) -> str:
    return between.join(
        e(part) for part in (f"{person.city}, {person.country}", person.phone_written, person.email, person.link)
    )


def top(person: Person, between: str = " | ") -> str:
    return f"<h1>{e(person.name)}</h1><p>{e(person.headline)}</p><p>{contact(person, between)}</p>"


def study_lines(person: Person, shape: str = "<p><b>{degree}</b>, {school}, {when}</p>") -> str:
    return "".join(
        shape.format(degree=e(s.degree), school=e(s.school), when=when(person, s, "year")) for s in person.studies
    )


def tail(person: Person, skills: str = ", ") -> str:
    """Everything below the jobs: education, skills, languages, certificates, a referee."""
    out = h2(person, "education") + study_lines(person)
    out += h2(person, "skills") + f"<p>{e(skills.join(person.skills))}</p>"
    out += h2(person, "languages") + f"<p>{e(', '.join(languages(person)))}</p>"
    if person.certificates:
        out += h2(person, "certificates") + "".join(f"<p>{e(name)}, {date}</p>" for name, date in person.certificates)
    name, email, phone = person.referee
    return out + h2(person, "references") + f"<p>{e(name)}, {email}, {e(phone)}</p>"


@layout("single column, dates right")
def single(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    jobs = "".join(
        f"<div class=r><span><b>{e(j.title)}</b>, {e(j.employer)}</span><span>{e(when(person, j, style))}</span></div>{says(j)}"
        for j in person.jobs
    )
    css = ".r{display:flex;justify-content:space-between}"
    return pdf(
        top(person)
        + h2(person, "summary")
        + f"<p>{e(summary(person))}</p>"
        + h2(person, "experience")
        + jobs
        + tail(person),
        css,
    )


@layout("two columns")
def columns(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    jobs = "".join(
        f"<p><b>{e(j.title)}</b></p><p>{e(j.employer)} | {e(when(person, j, style))}</p>{says(j)}" for j in person.jobs
    )
    right = h2(person, "skills") + "<ul>" + "".join(f"<li>{e(s)}</li>" for s in person.skills) + "</ul>"
    right += h2(person, "languages") + "".join(f"<p>{e(one)}</p>" for one in languages(person))
    right += h2(person, "education") + study_lines(person, "<p><b>{degree}</b></p><p>{school}</p><p>{when}</p>")
    left = h2(person, "experience") + jobs
    return pdf(
        top(person) + f"<div class=c><div>{left}</div><div>{right}</div></div>",
        ".c{display:flex;gap:8mm}.c>div{width:50%}",
    )


@layout("sidebar left")
def sidebar(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    side = h2(person, "contact") + "".join(
        f"<p>{e(x)}</p>" for x in (person.email, person.phone_written, f"{person.city}, {person.country}", person.link)
    )
    side += h2(person, "skills") + "".join(f"<p>{e(s)}</p>" for s in person.skills)
    side += h2(person, "languages") + "".join(f"<p>{e(one)}</p>" for one in languages(person))
    jobs = "".join(
        f"<p><b>{e(j.title)}</b></p><p>{e(j.employer)}, {e(j.city)}</p><p><i>{e(when(person, j, style))}</i></p>{says(j)}"
        for j in person.jobs
    )
    main = (
        f"<h1>{e(person.name)}</h1><p>{e(person.headline)}</p>"
        + h2(person, "experience")
        + jobs
        + h2(person, "education")
    )
    main += study_lines(person, "<p><b>{degree}</b></p><p>{school}</p><p><i>{when}</i></p>")
    return pdf(f"<div class=s>{side}</div><div class=m>{main}</div>", ".s{float:left;width:55mm}.m{margin-left:62mm}")


@layout("table, dates left")
def table(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    rows = "".join(
        f"<tr><td>{e(when(person, j, style))}</td><td><b>{e(j.title)}</b><br>{e(j.employer)}, {e(j.city)}{says(j)}</td></tr>"
        for j in person.jobs
    )
    studies = "".join(
        f"<tr><td>{e(when(person, s, 'year'))}</td><td><b>{e(s.degree)}</b><br>{e(s.school)}</td></tr>"
        for s in person.studies
    )
    body = (
        top(person, "<br>")
        + h2(person, "experience")
        + f"<table>{rows}</table>"
        + h2(person, "education")
        + f"<table>{studies}</table>"
    )
    body += (
        h2(person, "skills")
        + f"<p>{e(' • '.join(person.skills))}</p>"
        + h2(person, "languages")
        + f"<p>{e(' • '.join(languages(person)))}</p>"
    )
    return pdf(body, "td{vertical-align:top;padding-right:6mm}td:first-child{width:42mm}")


@layout("dates below")
def below(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    jobs = "".join(
        f"<p><b>{e(j.employer)}</b></p><p>{e(j.title)}</p><p>{e(when(person, j, style))}</p>{says(j)}"
        for j in person.jobs
    )
    return pdf(top(person, " · ") + h2(person, "experience") + jobs + tail(person))


@layout("dates above")
def above(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    jobs = "".join(
        f"<p><i>{e(when(person, j, style))}</i></p><p><b>{e(j.title)}</b> – {e(j.employer)}</p>{says(j)}"
        for j in person.jobs
    )
    return pdf(top(person) + h2(person, "experience") + jobs + tail(person, " | "))


@layout("European style")
def european(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)

    def row(label: str, value: str) -> str:
        return f"<tr><td>{e(label)}</td><td>{e(value)}</td></tr>"

    own = [
        ("Name", person.name),
        ("Address", f"{person.city}, {person.country}"),
        ("Telephone", person.phone_written),
        ("E-mail", person.email),
    ]
    body = (
        "<h1>Curriculum Vitae</h1><table>" + "".join(row(*pair) for pair in own) + "</table>" + h2(person, "experience")
    )
    for j in person.jobs:
        body += "<table>" + row("Dates", when(person, j, style)) + row("Occupation or position held", j.title)
        body += (
            row("Name of employer", f"{j.employer}, {j.city}")
            + row("Main activities", " ".join(j.says))
            + "</table><br>"
        )
    body += h2(person, "education")
    for s in person.studies:
        body += (
            "<table>"
            + row("Dates", when(person, s, "year"))
            + row("Title of qualification", s.degree)
            + row("Organisation", s.school)
            + "</table><br>"
        )
    body += (
        h2(person, "skills")
        + f"<p>{e(', '.join(person.skills))}</p>"
        + h2(person, "languages")
        + f"<p>{e(', '.join(languages(person)))}</p>"
    )
    return pdf(body, "td{vertical-align:top}td:first-child{width:50mm;text-align:right;padding-right:5mm}")


@layout("functional")
def functional(person: Person, rng: random.Random) -> tuple[str, bytes]:
    body = top(person) + h2(person, "summary") + f"<p>{e(summary(person))}</p>" + h2(person, "skills")
    body += "<ul>" + "".join(f"<li>{e(s)}</li>" for s in person.skills) + "</ul>" + h2(person, "experience")
    body += "".join(f"<p>{e(j.title)}, {e(j.employer)}, {e(when(person, j, 'slash'))}</p>" for j in person.jobs)
    return pdf(body + h2(person, "education") + study_lines(person, "<p>{degree} | {school} | {when}</p>"))


@layout("compact, one line a job")
def compact(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    body = f"<p><b>{e(person.name)}</b> • {contact(person, ' • ')}</p>" + h2(person, "experience")
    body += "".join(
        f"<p>{e(when(person, j, style))} | {e(j.title)} | {e(j.employer)} | {e(j.city)}</p>" for j in person.jobs
    )
    body += h2(person, "education") + study_lines(person, "<p>{when} | {degree} | {school}</p>")
    return pdf(
        body
        + f"<p><b>{e(heading(person, 'skills'))}:</b> {e(', '.join(person.skills))}</p><p><b>{e(heading(person, 'languages'))}:</b> {e(', '.join(languages(person)))}</p>"
    )


@layout("academic")
def academic(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = rng.choice(["name", "year"])
    body = f"<h1>{e(person.name)}, PhD</h1><p>{contact(person, '<br>')}</p>" + h2(person, "education")
    body += study_lines(person, "<p>{when} &nbsp; {degree}, {school}</p>") + h2(person, "experience")
    body += "".join(
        f"<p>{e(when(person, j, style))} &nbsp; {e(j.title)}, {e(j.employer)}, {e(j.city)}</p>{says(j)}"
        for j in person.jobs
    )
    body += (
        h2(person, "publications")
        + "<p>Quill, A. and Marsh, T. (2019). On the drift of tides. Journal of Estuaries 12, 44–61.</p>"
    )
    return pdf(
        body
        + h2(person, "skills")
        + f"<p>{e('; '.join(person.skills))}</p>"
        + h2(person, "languages")
        + f"<p>{e(', '.join(languages(person)))}</p>"
    )


@layout("designed, spaced capitals")
def designed(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)

    def spaced(which: str) -> str:
        return f"<h2>{e(' '.join(heading(person, which).upper().replace(' ', '  ')))}</h2>"

    body = (
        f"<h1>{e(person.name.upper())}</h1><p>{e(person.headline.upper())}</p><p>{contact(person, ' / ')}</p>"
        + spaced("experience")
    )
    body += "".join(
        f"<p><b>{e(j.title.upper())}</b></p><p>{e(j.employer)} / {e(when(person, j, style))}</p>{says(j)}"
        for j in person.jobs
    )
    return pdf(
        body + spaced("education") + study_lines(person) + spaced("skills") + f"<p>{e(' / '.join(person.skills))}</p>"
    )


@layout("several roles below one employer")
def grouped(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    body = top(person) + h2(person, "experience")
    for at, job in enumerate(person.jobs):
        if at == 1:
            job.employer = person.jobs[0].employer
        else:
            body += f"<p><b>{e(job.employer)}</b></p>"
        body += f"<p>{e(job.title)} ({e(when(person, job, style))})</p>{says(job)}"
    return pdf(body + tail(person))


# Files that are text rather than pages


def plain_lines(person: Person, style: str) -> list[tuple[str, str]]:
    """("h" heading, "p" paragraph or "li" item, text): one order for all word processors."""
    out = [("h", person.name), ("p", person.headline), ("p", f"{person.city}, {person.country}")]
    out += [
        ("p", f"Tel: {person.phone_written}"),
        ("p", f"E-Mail: {person.email}"),
        ("p", person.link),
        ("h", heading(person, "experience")),
    ]
    for j in person.jobs:
        out += [
            ("p", f"{when(person, j, style)}\t{j.title}"),
            ("p", f"{j.employer}, {j.city}"),
            *(("li", line) for line in j.says),
        ]
    out += [("h", heading(person, "education"))]
    out += [("p", f"{when(person, s, 'year')}\t{s.degree}, {s.school}") for s in person.studies]
    out += [("h", heading(person, "skills")), ("p", ", ".join(person.skills)), ("h", heading(person, "languages"))]
    out += [("p", ", ".join(languages(person)))]
    if person.certificates:
        out += [
            ("h", heading(person, "certificates")),
            *(("li", f"{name} ({date})") for name, date in person.certificates),
        ]
    return out


@layout("DOCX, tabs")
def docx_tabs(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "docx", office.docx(plain_lines(person, style_of(rng)))


@layout("DOCX, header and text boxes")
def docx_boxes(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    header = [("p", person.name), ("p", f"{person.email} | {person.phone_written}")]
    box = [
        ("p", heading(person, "skills")),
        *(("p", s) for s in person.skills),
        ("p", heading(person, "languages")),
        *(("p", one) for one in languages(person)),
    ]
    body = [("p", person.headline), ("p", f"{person.city}, {person.country}"), ("h", heading(person, "experience"))]
    for j in person.jobs:
        body += [("p", f"{j.title} | {j.employer}"), ("p", when(person, j, style)), *(("li", line) for line in j.says)]
    body += [
        ("h", heading(person, "education")),
        *(("p", f"{s.degree}, {s.school} ({when(person, s, 'year')})") for s in person.studies),
    ]
    return "docx", office.docx(body, header=header, box=box)


@layout("DOCX, table")
def docx_table(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    rows: list[tuple[list[str], list[str]]] = [([heading(person, "experience")], [])]
    rows += [([when(person, j, style)], [j.title, j.employer, *j.says]) for j in person.jobs]
    rows += [
        ([heading(person, "education")], []),
        *(([when(person, s, "year")], [s.degree, s.school]) for s in person.studies),
    ]
    rows += [
        ([heading(person, "skills")], [", ".join(person.skills)]),
        ([heading(person, "languages")], [", ".join(languages(person))]),
    ]
    lead = [
        ("h", person.name),
        ("p", f"{person.city}, {person.country}"),
        ("p", f"{person.phone_written}, {person.email}"),
    ]
    return "docx", office.docx(lead, rows=rows)


@layout("ODT")
def odt(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "odt", office.odt(plain_lines(person, style_of(rng)))


@layout("RTF")
def rtf(person: Person, rng: random.Random) -> tuple[str, bytes]:
    return "rtf", office.rtf(plain_lines(person, style_of(rng)))


@layout("TXT")
def txt(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style, out = style_of(rng), []
    for kind, text in plain_lines(person, style):
        out += (
            ["", text.upper(), "-" * len(text)]
            if kind == "h"
            else [f"* {text}" if kind == "li" else text.replace("\t", "   ")]
        )
    return "txt", "\n".join(out).encode()


@layout("HTML page")
def web(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = style_of(rng)
    jobs = "".join(
        f"<section><h3>{e(j.title)}</h3><div>{e(j.employer)}</div><time>{e(when(person, j, style))}</time>{says(j)}</section>"
        for j in person.jobs
    )
    body = f"<style>p{{color:red}}</style><script>var skills='COBOL'</script>{top(person)}{h2(person, 'experience')}{jobs}{tail(person)}"
    return "html", f"<!doctype html><html><head><title>CV</title></head><body>{body}</body></html>".encode()
