"""One person as every page about them needs it: the record with contact points and tags, as far as the user may see it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from hiring import custom_fields
from hiring.models import Candidate, CandidateTag, ContactPoint, Follow, User
from hiring.prepared import Given, prepared, settle


@prepared
def people(user: User, candidate: Given) -> QuerySet[Candidate]:
    seen = Candidate.objects.visible_to(user).filter(pk=candidate)
    seen = seen.annotate(
        has_fields=custom_fields.are_used("candidate", user),
        is_followed=Exists(Follow.objects.filter(user=user.pk, candidate=OuterRef("pk"))),
    )
    return seen.select_related("owner", "source", "referred_by")


@prepared
def points_of(candidate: Given) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(candidate=candidate)


@prepared
def tags_of(candidate: Given) -> QuerySet[CandidateTag]:
    return CandidateTag.objects.filter(candidate=candidate).select_related("tag")


def find(user: User, pk: int) -> Candidate | None:
    """The person, if the user may see them. Three questions; contact points and tags are there without another."""
    found = people.first(user, candidate=pk)
    if found:
        settle(found, "contact_points", points_of(candidate=pk))
        settle(found, "tags", tags_of(candidate=pk))
    return found
