"""One person as every page about them needs it: the record with contact points and tags, as far as the user may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hiring import custom_fields
from hiring.models import Candidate, CandidateTag, ContactPoint, Follow, User
from hiring.prepared import Given, prepared, settle

kept: dict[str, Callable[[], QuerySet[Any]]] = {}
"""Kinds of rows most people have none of: a name, and those of `OuterRef("pk")`, whoever may see them. The question for the
person says which kinds there are (`has`), so that a page asks for the rows of these alone."""


@prepared
def people(user: User, candidate: Given) -> QuerySet[Candidate]:
    seen = Candidate.objects.visible_to(user).filter(pk=candidate)
    seen = seen.annotate(
        has_fields=custom_fields.are_used("candidate", user),
        is_followed=Exists(Follow.objects.filter(user=user.pk, candidate=OuterRef("pk"))),
        **{f"has_{name}": Exists(rows()) for name, rows in kept.items()},
    )
    return seen.select_related("owner", "source", "referred_by")


@prepared
def points_of(candidate: Given) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(candidate=candidate)


@prepared
def tags_of(candidate: Given) -> QuerySet[CandidateTag]:
    return CandidateTag.objects.filter(candidate=candidate).select_related("tag")


def find(user: User, pk: int) -> Candidate | None:
    """The person, if the user may see them. Two or three questions; contact points and tags are there without another."""
    found = people.first(user, candidate=pk)
    if found:
        settle(found, "contact_points", points_of(candidate=pk))
        settle(found, "tags", tags_of(candidate=pk) if has(found, "tags") else [])
    return found


def has(found: Candidate, name: str) -> bool:
    """False when the person is known to have no row of this kind. Somebody who was not fetched by `find` may have any."""
    return bool(getattr(found, f"has_{name}", True))


kept["tags"] = lambda: CandidateTag.objects.filter(candidate=OuterRef("pk"))


def survivor(user: User, pk: int) -> int | None:
    """The number of the person this record was merged into, if the user may see them; a merge into a merged one leads on."""
    return Candidate.objects.visible_to(user).filter(merged_from=pk).values_list("pk", flat=True).first()
