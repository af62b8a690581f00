"""The search box on top of every page: people by name or address, jobs by title or number, pages by name.

Answers while one types, so each question is one index lookup (docs/performance.md): a prefix of the folded name in
C order, a prefix of a normalised address, a prefix of the requisition id. The boolean grammar lives in hiring/query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.urls import reverse

from hiring import access
from hiring.frame import Link
from hiring.identity import fold
from hiring.models import Candidate, CandidateSearch, ContactPoint, Job, User
from hiring.query import words

PEOPLE, JOBS = 6, 4


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
            [Hit(page.label, "", page.url, icon=page.icon) for page in pages if page.label.lower().startswith(wanted)],
        ),
    ]
    return [group for group in found if group.hits]


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
    found = [word for word in re.findall(r"\w+", fold(text)) if len(word) > 1]
    return _named(" & ".join(f"{word}:*" for word in found), scope, user)


def _by_likeness(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """By a nickname, or one slip away (hiring/query/likeness.py)."""
    return _named(words.tolerant(text), scope, user)


def _named(asked: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    """People whose words of names satisfy a tsquery; nobody when it is empty."""
    if not asked:
        return scope.none()
    named = CandidateSearch.objects.extra(
        where=["to_tsvector('simple', name_norm) @@ to_tsquery('simple', %s)"], params=[asked]
    ).values("candidate")
    if user.role in access.SEES_EVERYBODY:
        named = named[:200]  # nobody is filtered out afterwards, so a few are enough
    return scope.filter(pk__in=named).order_by("name_key", "pk")[:PEOPLE]


def _by_address(text: str, scope: QuerySet[Candidate], user: User) -> QuerySet[Candidate]:
    address = text.strip().lower()
    if len(address) < 3 or " " in address:
        return scope.none()
    points = ContactPoint.objects.emails().filter(is_live=True, value__startswith=address).order_by("value")
    owners = list(points.values_list("candidate", flat=True)[: PEOPLE * 3])
    return scope.filter(pk__in=owners).order_by("name_key", "pk")[:PEOPLE] if owners else scope.none()


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
