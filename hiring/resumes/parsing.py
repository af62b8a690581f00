"""From a document's text to a profile. Never raises, whatever the text is, and takes time in proportion to its length."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from hiring.resumes import certificates, contacts, naming, opening, places, positions, skills, studies, tongues
from hiring.resumes.lexicon import lexicon_of
from hiring.resumes.outline import outline
from hiring.resumes.page import open_page
from hiring.resumes.profile import Profile, Skill
from hiring.taxonomy import Vocabulary

MANY_SKILLS = 150
GAP_YEARS = 2
# Nothing here obeys a text; a text that tries is worth a person's look.
COMMANDS = re.compile(
    r"(?:ignore|disregard|forget)[ ](?:all[ ]|any[ ])?(?:the[ ])?(?:previous|prior|above|earlier"
    r"|other)[ ](?:instructions|prompts|candidates|applicants)"
    r"|(?:rank|rate|score)[ ]this[ ](?:candidate|resume|cv|applicant)[ ](?:as|the|first|highest)|system prompt"
)


def parse(text: str, *, regions: Sequence[str], today: dt.date, vocabulary: Vocabulary | None = None) -> Profile:
    """Read a résumé. `regions` are the countries (ISO 3166) in whose way a phone number without country code is read,
    the likeliest first; `today` ends what lasts; `vocabulary` knows the
    names of skills (without one, the built-in start). Offsets in the profile are places in `text`."""
    page = open_page(text)
    sections = outline(page)
    emails = contacts.emails(page, sections)
    name = naming.name(sections, emails)
    jobs = positions.read(sections, today)
    studied = studies.read(sections, today)
    place = places.location(sections, name)
    language = tongues.text_language(page)
    links = contacts.links(page, sections)
    named = [one for job in jobs for one in (job.position.employer, job.position.location)]
    schooling = [one for study in studied for one in (study.school, study.degree)]
    taken = [one for one in (*named, *schooling, *links, *emails, name, place) if one]
    known = skills.read(sections, jobs, lexicon_of(vocabulary), language, taken)
    stated = opening.years_stated(page)
    computed = positions.years(jobs)
    return Profile(
        name=name,
        emails=emails,
        phones=contacts.phones(page, sections, regions, places.region_of(place)),
        links=links,
        location=place,
        headline=opening.headline(sections, name),
        summary=opening.summary(sections),
        positions=tuple(job.position for job in jobs),
        education=studied,
        skills=known,
        languages=tongues.read(sections),
        certificates=certificates.read(sections, today, name),
        years_stated=stated,
        years_computed=computed,
        text_language=language,
        warnings=_warnings(page.folded, known, stated, computed),
    )


def _warnings(folded: str, known: tuple[Skill, ...], stated: float | None, computed: float | None) -> tuple[str, ...]:
    said = []
    if stated is not None and computed is not None and abs(stated - computed) > GAP_YEARS:
        said.append(f"The text speaks of {stated:g} years of experience; the dated jobs add up to {computed:g}.")
    if len(known) > MANY_SKILLS:
        said.append(f"More than {MANY_SKILLS} skills are named: a list of keywords rather than experience?")
    if COMMANDS.search(folded):
        said.append("The text holds instructions meant for a program that reads it. They were ignored.")
    return tuple(said)
