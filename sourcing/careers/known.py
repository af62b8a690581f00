"""The departments and places the world has read of: the name of a team nobody was ever sought for in public is nobody's business."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from hiring.models import Department, Location, Posting, PostingPlace
from hiring.models.postings import PostingQuerySet


def postings() -> PostingQuerySet:
    """All that were public once, whether they still are."""
    return Posting.objects.filter(first_published_at__lte=timezone.now(), job__confidential=False)


def departments() -> QuerySet[Department]:
    return Department.objects.filter(pk__in=postings().values("job__department"))


def places() -> QuerySet[Location]:
    return Location.objects.filter(
        pk__in=PostingPlace.objects.filter(posting__in=postings().values("pk")).values("location")
    )
