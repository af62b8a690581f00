"""What of a person answers a field of a query, in words: the value behind "why is this here". Floors above add their fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from hiring import custom_fields, standings, taxonomy
from hiring.models import Candidate, CandidateSearch, User
from hiring.names import fold
from hiring.query import places, skills
from hiring.query.custom import PREFIX
from hiring.query.tree import Term

Shows = Callable[[User, Candidate, Term], str]
shows: dict[str, Shows] = {}
"""Field to what a person has there, as far as the user may see it; empty when there is nothing to add."""


def of(user: User, candidate: Candidate, term: Term) -> str:
    """What this person has where `term` asks; empty when nobody says."""
    if term.field.startswith(PREFIX):
        return _custom(user, candidate, term)
    show = shows.get(term.field)
    return show(user, candidate, term) if show else ""


def _custom(user: User, candidate: Candidate, term: Term) -> str:
    known = custom_fields.values_of("candidate", [candidate.pk], user).get(candidate.pk, [])
    return ", ".join(one.words for one in known if f"{PREFIX}{one.field.key}" == term.field)


def skill(candidate: Candidate, asked: str) -> str:
    """The skills that answer, and what they answer where the name asked for is another."""
    has = set(CandidateSearch.objects.filter(pk=candidate.pk).values_list("skills", flat=True).first() or [])
    names = [taxonomy.canonical(key) or key for key in skills.keys(asked) if key in has]
    meant = taxonomy.canonical(asked)
    if not names:
        return ""
    said = ", ".join(names)
    if meant and meant not in names:
        return f"{said}, which answers {meant}"
    return f"{said}, another name of {asked}" if fold(asked) not in {fold(name) for name in names} else said


def _near(user: User, candidate: Candidate, term: Term) -> str:
    number = CandidateSearch.objects.filter(pk=candidate.pk).values_list("place", flat=True).first() or 0
    here = next((city for city in places.cities() if city.number == number), None)
    asked = places.locate(term.text)
    if not here or not asked:
        return candidate.location
    return f"{here.name}, {round(places.distance(here, asked))} km from {asked.name}" if here != asked else here.name


def _title(user: User, candidate: Candidate, term: Term) -> str:
    """The titles of theirs that are the one asked for by another name."""
    kept = CandidateSearch.objects.filter(pk=candidate.pk).values_list("titles", flat=True).first() or ""
    wanted = {fold(name) for name in taxonomy.titles_like(term.text)} | {fold(term.text)}
    own = [title.strip() for title in kept.split("|") if title.strip()]
    found = [title for title in own if any(f" {name} " in f" {title} " for name in wanted if name)]
    shortest = min(found, key=len, default="")
    if not shortest or fold(term.text) in shortest:
        return ""
    return f"{shortest}, which answers {term.text}"


def _experience(user: User, candidate: Candidate, term: Term) -> str:
    years, months = CandidateSearch.objects.filter(pk=candidate.pk).values_list("years", "months").first() or (
        None,
        None,
    )
    if years is None:
        return "no résumé says"
    over = (months or 0) % 12 if months is not None else 0
    return f"{years} year{'' if years == 1 else 's'}" + (f" {over} month{'' if over == 1 else 's'}" if over else "")


def _stands(user: User, candidate: Candidate, term: Term) -> str:
    found = standings.of_people(user, [candidate.pk]).get(candidate.pk, [])
    return ", ".join(f"{one.name}, {one.job}" for one in found)


def day(moment: dt.datetime | None, user: User) -> str:
    return moment.astimezone(user.zone).strftime("%-d %B %Y") if moment else ""


def _contacted(user: User, candidate: Candidate, term: Term) -> str:
    last = candidate.last_contact
    return day(last[1], user) if last else "never in touch"


shows |= {
    "near": _near,
    "title": _title,
    "experience": _experience,
    "stage": _stands,
    "status": _stands,
    "job": _stands,
    "contacted": _contacted,
    "added": lambda user, candidate, term: day(candidate.created_at, user),
    "updated": lambda user, candidate, term: day(candidate.updated_at, user),
    "owner": lambda user, candidate, term: str(candidate.owner or "nobody"),
    "source": lambda user, candidate, term: str(candidate.source or "none"),
    "tag": lambda user, candidate, term: ", ".join(
        candidate.tags.order_by("tag__name").values_list("tag__name", flat=True)
    ),
}
