"""One person as every page about them needs it: the record with contact points and tags, as far as the user may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hiring import custom_fields
from hiring.models import Candidate, CandidateTag, ContactPoint, Follow, ProcessingBasis, User
from hiring.prepared import Given, carried, prepared, settle, unpacked

kept: dict[str, Callable[[], QuerySet[Any]]] = {}
"""Kinds of rows most people have none of: a name, and those of `OuterRef("pk")`, whoever may see them. The question for the
person says which kinds there are (`has`), so that a page asks for the rows of these alone."""


@prepared
def people(user: User, candidate: Given) -> QuerySet[Candidate]:
    seen = Candidate.objects.visible_to(user).filter(pk=candidate)
    seen = seen.annotate(
        has_fields=custom_fields.are_used("candidate", user),
        is_followed=Exists(Follow.objects.filter(user=user.pk, candidate=OuterRef("pk"))),
        point_rows=carried(ContactPoint.objects.filter(candidate=OuterRef("pk"))),
        basis_rows=carried(ProcessingBasis.objects.filter(candidate=OuterRef("pk")).order_by("pk")),
        **{f"has_{name}": Exists(rows()) for name, rows in kept.items()},
    )
    return seen.select_related("owner", "source", "referred_by")


@prepared
def tags_of(candidate: Given) -> QuerySet[CandidateTag]:
    return CandidateTag.objects.filter(candidate=candidate).select_related("tag")


def find(user: User, pk: int) -> Candidate | None:
    """The person, if the user may see them. One question, or two; contact points, lawful bases and tags are there without another."""
    found = people.first(user, candidate=pk)
    if found:
        settle(found, "contact_points", unpacked(ContactPoint, found.point_rows))  # type: ignore[attr-defined]
        settle(found, "bases", unpacked(ProcessingBasis, found.basis_rows))  # type: ignore[attr-defined]
        settle(found, "tags", tags_of(candidate=pk) if has(found, "tags") else [])
    return found


def has(found: Candidate, name: str) -> bool:
    """False when the person is known to have no row of this kind. Somebody who was not fetched by `find` may have any."""
    return bool(getattr(found, f"has_{name}", True))


kept["tags"] = lambda: CandidateTag.objects.filter(candidate=OuterRef("pk"))


def survivor(user: User, pk: int) -> int | None:
    """The number of the person this record was merged into, if the user may see them; a merge into a merged one leads on."""
    return Candidate.objects.visible_to(user).filter(merged_from=pk).values_list("pk", flat=True).first()
