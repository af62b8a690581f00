"""The search box on top of every page: people by name or address, jobs by title or number, pages by name.

Answers while one types, so each question is one index lookup (docs/performance.md): a prefix of the folded name in
C order, a prefix of a normalised address, a prefix of the requisition id. The boolean grammar lives in hiring/query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from hiring import access, contact_points
from hiring.errors import Refused
from hiring.frame import Link
from hiring.identity import fold
from hiring.models import Candidate, CandidateSearch, ContactPoint, Job, User
from hiring.query import words

PEOPLE, JOBS, PAGES = 6, 4, 4
PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]*")
SCHEME = re.compile(r"https?://(www\.)?|www\.")


@dataclass(frozen=True)
class Hit:
    title: str
    note: str
    url: str
    icon: str = ""
    initials: str = ""


@dataclass
class Hits:
    title: str
    hits: list[Hit] = field(default_factory=list)


def find(text: str, user: User, pages: Iterable[Link]) -> list[Hits]:
    """What the box shows for `text`, without empty groups."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = [
        Hits("People", [_person(candidate) for candidate in people(text, user)]),
        Hits("Jobs", [_job(job) for job in jobs(text, user)]),
        Hits(
            "Pages",
            [Hit(page.label, "", page.url, icon=page.icon) for page in pages if _is_called(page.label, wanted)][:PAGES],
        ),
    ]
    return [group for group in found if group.hits]


def _is_called(label: str, wanted: str) -> bool:
    """Whether a page's name, or a word of it, begins like this, accents and case aside."""
    name, key = fold(label), fold(wanted)
    return bool(key) and f" {key}" in f" {name}"


def people(text: str, user: User) -> list[Candidate]:
    """By the beginning of the whole name, then of any of its words, then of an e-mail address; at most PEOPLE. Where none of
    them finds anybody, names a slip of the finger or a nickname away."""
    scope = Candidate.objects.visible_to(user).only("pk", "name", "headline", "location")
    found: dict[int, Candidate] = {}
    for ask in (_by_name, _by_word, _by_address):
        if len(found) < PEOPLE:
            found |= {person.pk: person for person in ask(text, scope, user) if person.pk not in found}
    if not found:
        found = {person.pk: person for person in _by_likeness(text, scope, user)}
    return list(found.values())[:PEOPLE]


def _by_name(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    key = fold(text)
    return scope.filter(name_key__startswith=key).order_by("name_key", "pk")[:PEOPLE] if key else scope.none()


def _by_word(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """Word prefixes in any order, so that surnames are found; by the index on the words of names alone, never of résumés."""
    found = [(word, others) for word, others in words.spelled(text).items() if len(word) > 1]
    asked = (words.either(word, [*others, *words.written_out(word)], ()) for word, others in found)
    return _named(" & ".join(asked), scope, user)


def _by_likeness(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """By a nickname, or one slip away (hiring/query/likeness.py)."""
    return _named(words.tolerant(text), scope, user)


def _named(asked: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """People whose words of names satisfy a tsquery; nobody when it is empty."""
    if not asked:
        return scope.none()
    by_words = RawSQL(words.NAMED, (asked,), output_field=BooleanField())  # noqa: S611 - the index's own expression
    named = CandidateSearch.objects.filter(by_words).values("candidate")
    if user.role in access.SEES_EVERYBODY:
        named = named[:200]  # nobody is filtered out afterwards, so a few are enough
    return scope.filter(pk__in=named).order_by("name_key", "pk")[:PEOPLE]


def _by_address(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """By the beginning of an e-mail address, a phone number as it is dialled or kept, or a profile link."""
    among = None if user.role in access.SEES_EVERYBODY else scope.values("pk")
    parts = [_points_from(beginning, among) for beginning in _beginnings(text.strip().lower())]
    if not parts:
        return scope.none()
    owners = [owner for owner, _ in parts[0].union(*parts[1:], all=True)]
    return scope.filter(pk__in=owners).order_by("name_key", "pk")[:PEOPLE] if owners else scope.none()


def _beginnings(typed: str) -> list[str]:
    """How contact points that begin like this are kept."""
    if PHONE.fullmatch(typed):
        is_enough = sum(map(str.isdigit, typed)) >= 4
        return contact_points.phone_beginnings(typed) if is_enough else []
    if len(typed) < 3 or " " in typed:
        return []
    found = [typed]
    if "." in typed and "@" not in typed:
        found.append(f"https://{SCHEME.sub('', typed)}")
        with suppress(Refused):  # other names of a network, languages of its pages
            found.append(contact_points.normalise_link(typed))
    return list(dict.fromkeys(found))


def _points_from(beginning: str, among: QuerySet[Any] | None) -> QuerySet[ContactPoint, tuple[int, str]]:
    """Each beginning by itself, a short stretch of the index: joined by OR, all of the index might be walked in its order.

    For somebody who sees few people, of these alone: the first of all might be none of theirs.
    """
    points = ContactPoint.objects.filter(is_live=True, value__startswith=beginning).order_by("value")
    points = points if among is None else points.filter(candidate__in=among)
    return points.values_list("candidate", "value")[: PEOPLE * 3]


def jobs(text: str, user: User) -> QuerySet[Job]:
    """By words of the title or a prefix of the requisition id; open ones first. Jobs are few: thousands, not millions."""
    if not access.can_browse_jobs(user):
        return Job.objects.none()
    titled = Q()
    for word in text.split()[:5]:
        titled &= Q(title__icontains=word)
    wanted = titled | Q(requisition_id__istartswith=text.strip())
    return Job.objects.visible_to(user).filter(wanted).for_row().order_by("closed_at", "-created_at")[:JOBS]


def _person(candidate: Candidate) -> Hit:
    note = candidate.headline or candidate.location
    return Hit(candidate.name, note, reverse("candidate", args=[candidate.pk]), initials=candidate.initials)


def _job(job: Job) -> Hit:
    return Hit(job.title, f"{job.requisition_id} · {job.location}", job.get_absolute_url(), icon="briefcase")
