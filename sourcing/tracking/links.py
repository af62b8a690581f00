"""Tracking links as verbs: make, change, retire; and where one leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, Posting, Source, User
from sourcing.tracking.models import TrackingLink, new_token

VIA = "via"
"""The parameter by which an application is found again for the link it came by (sourcing/careers/origin.py)."""


@transaction.atomic
def make(
    *,
    label: str,
    source: Source,
    campaign: str = "",
    job: Job | None = None,
    referrer: User | None = None,
    by: User | None,
) -> TrackingLink:
    """A new link. Raises Refused for a confidential job: what is public must not lead there."""
    _check(job)
    link = TrackingLink(label=label, source=source, campaign=campaign, job=job, referrer=referrer, created_by=by)
    link.created_at = timezone.now()
    for _ in range(5):
        try:
            with transaction.atomic():
                link.save(force_insert=True)
            return link
        except IntegrityError:  # somebody else's token: there are 27 billion of them
            link.token = new_token()
    raise Refused("No address could be made. Try again.")


@transaction.atomic
def edit(
    link: TrackingLink, *, label: str, source: Source, campaign: str, job: Job | None, by: User | None
) -> TrackingLink:
    """Change what a link says and where it leads. What was counted stays; applications keep what they came with."""
    _check(job)
    link = TrackingLink.objects.select_for_update().get(pk=link.pk)
    link.label, link.source, link.campaign, link.job = label, source, campaign, job
    link.save(update_fields=["label", "source", "campaign", "job"])
    return link


@transaction.atomic
def retire(link: TrackingLink, *, by: User | None) -> TrackingLink:
    """Take it out of the list. It goes on leading where it led: paper cannot be called back."""
    TrackingLink.objects.filter(pk=link.pk, retired_at=None).update(retired_at=timezone.now())
    link.refresh_from_db()
    return link


@transaction.atomic
def bring_back(link: TrackingLink, *, by: User | None) -> TrackingLink:
    TrackingLink.objects.filter(pk=link.pk).update(retired_at=None)
    link.refresh_from_db()
    return link


def address_of(link: TrackingLink) -> str:
    return settings.SITE_URL + reverse("go", args=[link.token])


def find(token: str) -> TrackingLink | None:
    """The link of an address, however it was typed."""
    return TrackingLink.objects.select_related("source", "job").filter(token=token.strip().lower()).first()


def leads_to(link: TrackingLink | None) -> str:
    """The posting, with what the application will remember; the career site where there is no posting to show, which is also
    where an address leads that is none of ours: somebody mistyped it from a poster."""
    home = reverse("careers:home")
    if link is None:
        return home
    said = {
        "utm_source": link.source.name,
        "utm_medium": link.source.kind,
        "utm_campaign": link.campaign,
        VIA: link.token,
    }
    query = urlencode({name: value for name, value in said.items() if value})
    if link.job is None or link.job.confidential:
        return f"{home}?{query}"
    # A posting that was public once has a page that says it is over and offers others (careers/gone.html).
    posting = Posting.objects.filter(job=link.job, first_published_at__isnull=False).only("slug").first()
    return f"{posting.get_absolute_url() if posting else home}?{query}"


def _check(job: Job | None) -> None:
    if job and job.confidential:
        raise Refused("This job is confidential: nothing public leads to it.")
