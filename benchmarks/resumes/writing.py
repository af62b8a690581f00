"""What every layout says of a person: headings, dates, contacts and closing sections in the words of the language, and the list of layouts."""

from __future__ import annotations

import html
import random
from collections.abc import Callable

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
