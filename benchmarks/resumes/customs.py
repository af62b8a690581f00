"""Layouts of certain places and programs: a network's export, Indian and German customs, lists of labels, levels beside skills."""

from __future__ import annotations

import random

from benchmarks.resumes import office
from benchmarks.resumes import writing as w
from benchmarks.resumes.people import Person

LONG = {
    "en": "Looked after the daily running of the site and reported to the regional office every month, which meant planning shifts, ordering what was missing and training those who joined us.",
    "de": "Zuständig für den täglichen Betrieb des Standorts und den monatlichen Bericht an die Zentrale, dazu Schichtplanung, Bestellungen und die Einarbeitung aller, die neu zu uns kamen.",
    "fr": "Suivi quotidien du site et compte rendu mensuel au siège, ce qui comprenait la planification des équipes, les commandes et la formation des nouveaux arrivants.",
    "es": "Gestión diaria del centro e informe mensual a la oficina regional, lo que incluía planificar turnos, hacer pedidos y formar a quienes se incorporaban.",
    "nl": "Dagelijkse leiding van de vestiging en maandelijkse verslaglegging aan het hoofdkantoor, met planning van diensten, bestellingen en het inwerken van nieuwe collega's.",
    "pt": "Gestão diária da unidade e relatório mensal à sede, o que incluía planejar turnos, fazer pedidos e treinar quem chegava à equipe.",
    "it": "Gestione quotidiana della sede e relazione mensile alla direzione, con pianificazione dei turni, ordini e formazione di chi si univa al gruppo.",
}


@w.layout("export of a professional network")
def network(person: Person, rng: random.Random) -> tuple[str, bytes]:
    side = f"<h2>Contact</h2><p>{w.e(person.phone_written)} (Mobile)</p><p>{w.e(person.email)}</p><p>www.{w.e(person.link)} (LinkedIn)</p>"
    side += "<h2>Top Skills</h2>" + "".join(f"<p>{w.e(s)}</p>" for s in person.skills)
    side += "<h2>Languages</h2>" + "".join(f"<p>{w.e(one)}</p>" for one in w.languages(person))
    if person.certificates:
        side += "<h2>Certifications</h2>" + "".join(f"<p>{w.e(name)}</p>" for name, _ in person.certificates)
    main = f"<h1>{w.e(person.name)}</h1><p>{w.e(person.headline)}</p><p>{w.e(person.city)}, {w.e(person.country)}</p>{w.h2(person, 'experience')}"
    for j in person.jobs:
        main += f"<p><b>{w.e(j.employer)}</b></p><p>{w.e(j.title)}</p><p>{w.e(w.when(person, j, 'name'))} (2 years 3 months)</p><p>{w.e(j.city)}</p><p>{w.e(' '.join(j.says))}</p>"
    main += w.h2(person, "education")
    main += "".join(
        f"<p><b>{w.e(s.school)}</b></p><p>{w.e(s.degree)} · ({s.start} - {s.end})</p>" for s in person.studies
    )
    footer = "@page{@bottom-center{content:'Page ' counter(page) ' of ' counter(pages)}}"
    return w.pdf(
        f"<div class=s>{side}</div><div class=m>{main}</div>", ".s{float:left;width:58mm}.m{margin-left:64mm}" + footer
    )


@w.layout("labels: organisation, designation, duration")
def labelled(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = rng.choice(["name", "to"])
    lines = [
        ("h", "RESUME"),
        ("p", f"Name: {person.name}"),
        ("p", f"E-mail ID: {person.email}"),
        ("p", f"Mobile No: {person.phone_written}"),
    ]
    lines += [
        ("p", f"Address: {person.city}, {person.country}"),
        ("p", "Passport No: K4829103"),
        ("p", "Date of Birth: 14/08/1990"),
        ("h", "Career Objective"),
    ]
    lines += [("p", w.summary(person)), ("h", "Work Experience")]
    for j in person.jobs:
        lines += [
            ("p", f"Organization: {j.employer}"),
            ("p", f"Designation: {j.title}"),
            ("p", f"Duration: {w.when(person, j, style)}"),
        ]
        lines += [("p", "Roles and Responsibilities:"), *(("li", line) for line in j.says)]
    lines += [
        ("h", "Educational Qualifications"),
        *(("li", f"{s.degree} from {s.school} in {s.end} with 71%") for s in person.studies),
    ]
    lines += [
        ("h", "Technical Skills"),
        ("p", "Tools: " + ", ".join(person.skills[:5])),
        ("p", "Others: " + ", ".join(person.skills[5:])),
    ]
    lines += [("h", "Languages Known"), ("p", ", ".join(w.languages(person))), ("h", "Declaration")]
    lines += [
        ("p", "I hereby declare that the above information is true to the best of my knowledge."),
        ("p", person.name),
    ]
    return "docx", office.docx(lines)


@w.layout("tabular, since and until")
def tabular(person: Person, rng: random.Random) -> tuple[str, bytes]:
    since = {"en": "since", "de": "seit", "fr": "depuis", "es": "desde", "nl": "sinds", "pt": "desde", "it": "dal"}[
        person.language
    ]
    own = {"de": ("Name", "Anschrift", "Telefon", "E-Mail"), "fr": ("Nom", "Adresse", "Téléphone", "Courriel")}.get(
        person.language, ("Name", "Address", "Phone", "E-mail")
    )
    rows = "".join(
        f"<tr><td>{label}:</td><td>{w.e(value)}</td></tr>"
        for label, value in zip(
            own, (person.name, f"{person.city}, {person.country}", person.phone_written, person.email), strict=True
        )
    )
    body = f"<h1>{'Lebenslauf' if person.language == 'de' else 'Curriculum Vitae'}</h1><table>{rows}</table>{w.h2(person, 'experience')}<table>"
    at = {"de": " bei ", "fr": " chez ", "nl": " bij "}.get(
        person.language, " at " if person.language == "en" else ", "
    )
    for j in person.jobs:
        dates = w.when(person, j, "slash") if j.end else f"{since} {w.month(person, j.start, 'slash')}"
        body += f"<tr><td>{w.e(dates)}</td><td>{w.e(j.title + at + j.employer)}, {w.e(j.city)}<br>{w.e(j.says[0])}</td></tr>"
    body += f"</table>{w.h2(person, 'education')}<table>"
    body += (
        "".join(
            f"<tr><td>{s.start} – {s.end}</td><td>{w.e(s.school)}<br>{w.e(s.degree)}</td></tr>" for s in person.studies
        )
        + "</table>"
    )
    body += (
        w.h2(person, "skills")
        + f"<p>{w.e(', '.join(person.skills))}</p>"
        + w.h2(person, "languages")
        + "".join(f"<p>{w.e(one)}</p>" for one in w.languages(person))
    )
    return w.pdf(body, "td{vertical-align:top}td:first-child{width:45mm}")


@w.layout("long paragraphs, header on each page")
def long_winded(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    header = f"@page{{margin-top:26mm;@top-left{{content:'{person.name.replace(chr(39), '’')} – Curriculum Vitae – page ' counter(page)}}}}"
    jobs = "".join(
        f"<p><b>{w.e(j.title)}</b></p><p>{w.e(j.employer)}, {w.e(j.city)} — {w.e(w.when(person, j, style))}</p><p>{w.e(LONG[person.language])}</p>{w.says(j)}<p>{w.e(LONG[person.language])}</p>"
        for j in person.jobs
    )
    return w.pdf(
        w.top(person, "<br>") + w.h2(person, "experience") + jobs + w.tail(person), header + "p{line-height:1.7}"
    )


@w.layout("skills with levels and groups")
def levels(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    body = f"<p><b>{w.e(person.name)}</b>, {w.e(person.headline)}</p><p>{w.contact(person, ' | ')}</p>" + w.h2(
        person, "skills"
    )
    for at, skill in enumerate(person.skills):
        body += (
            f"<p>{w.e(skill)} {rng.choice(['●●●●○', '– advanced', '(5 years)', '80%'])}</p>"
            if at % 2
            else f"<p>{w.e(skill)}</p>"
        )
    body += w.h2(person, "experience")
    body += "".join(
        f"<p>{w.e(j.title)} | {w.e(j.employer)} ({w.e(w.when(person, j, style))})</p>{w.says(j)}" for j in person.jobs
    )
    return w.pdf(
        body
        + w.h2(person, "education")
        + w.study_lines(person, "<p>{school}: {degree} ({when})</p>")
        + w.h2(person, "languages")
        + f"<p>{w.e(' | '.join(w.languages(person)))}</p>"
    )


@w.layout("title at employer, dates at the end")
def at_employer(person: Person, rng: random.Random) -> tuple[str, bytes]:
    style = w.style_of(rng)
    lines = [
        ("h", f"{person.name.upper()}"),
        ("p", f"{person.headline} • {person.city}, {person.country}"),
        ("p", f"{person.email} • {person.phone_written}"),
    ]
    lines += [("h", w.heading(person, "summary")), ("p", w.summary(person)), ("h", w.heading(person, "experience"))]
    for j in person.jobs:
        lines += [
            ("p", f"{j.title} @ {j.employer}, {j.city}, {w.when(person, j, style)}"),
            *(("li", line) for line in j.says),
        ]
    lines += [("h", w.heading(person, "education"))]
    lines += [("p", f"{s.school}, {s.degree}, {w.when(person, s, 'year')}") for s in person.studies]
    lines += [
        ("h", w.heading(person, "skills")),
        *(("li", skill) for skill in person.skills),
        ("h", w.heading(person, "languages")),
    ]
    lines += [("li", one) for one in w.languages(person)]
    return "odt", office.odt(lines)
