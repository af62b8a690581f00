"""Sharing a job: a colleague's own short address for it, with words for a mail, LinkedIn and WhatsApp, and the credit for whoever
applies by it.

Whoever applies that way never agreed to be known to the colleague: they read that somebody came by their link, and when one is
hired; no name, and nothing of how it goes in between.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Job, Posting, User
from hiring.timeline import record
from pipeline.models import Application
from sourcing.referrals import giving
from sourcing.referrals.models import Referral, ReferralSettings
from sourcing.tracking import links, showing
from sourcing.tracking.models import TrackingLink

SOMEBODY = "Somebody who came by your link"
FIELDS = ("job_title", "job_location", "organisation", "sender_first_name", "link")
LONGEST = 1_000
SUBJECT = "{{ job_title }} at {{ organisation }}"
TEXT = """Hello,

we are looking for a {{ job_title }} in {{ job_location }}, and I thought of you. Here is what the work is, what it pays, and how to apply:
{{ link }}

Ask me anything about working here.
{{ sender_first_name }}"""


@dataclass(frozen=True)
class Share:
    """Words with the address in them, and the ways to send them. Each is a plain link: nothing is sent by us."""

    link: TrackingLink
    subject: str
    text: str

    @property
    def address(self) -> str:
        return links.address_of(self.link)

    @property
    def mail(self) -> str:
        return f"mailto:?{urlencode({'subject': self.subject, 'body': self.text}, quote_via=quote)}"

    @property
    def linkedin(self) -> str:
        return f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': self.address})}"

    @property
    def whatsapp(self) -> str:
        return f"https://wa.me/?{urlencode({'text': self.text}, quote_via=quote)}"


def link_of(user: User, job: Job) -> TrackingLink | None:
    return TrackingLink.objects.select_related("source").filter(referrer=user, job=job).first()


@transaction.atomic
def make_link(user: User, job: Job) -> TrackingLink:
    """The colleague's own address for a job; the one they have, if they have one. Raises Refused when the job is not public."""
    if not Posting.objects.public().filter(job=job).exists():
        raise Refused("This job is not public any more. Choose another one.")
    User.objects.select_for_update().get(pk=user.pk)  # two clicks of one colleague take turns here
    return link_of(user, job) or links.make(
        label=f"Shared: {job.title}"[:80], source=giving.source(), job=job, referrer=user, by=user
    )


def share(user: User, posting: Posting, link: TrackingLink, words: str = "") -> Share:
    """What the colleague sends: the organisation's words, or their own with the same fields filled in."""
    kept = ReferralSettings.current()
    values = {
        "job_title": posting.title,
        "job_location": str(posting.job.location or ""),
        "organisation": settings.ORGANISATION_NAME,
        "sender_first_name": user.get_short_name(),
        "link": links.address_of(link),
    }
    text = compose.fill(words[:LONGEST].strip() or kept.share_text or TEXT, values)
    if values["link"] not in text:
        text = f"{text}\n{values['link']}"
    return Share(link, " ".join(compose.fill(kept.share_subject or SUBJECT, values).split()), text)


def numbers(user: User) -> list[showing.Row]:
    """What one's own links brought, as numbers: whoever applied is known to recruiters only."""
    own = TrackingLink.objects.filter(referrer=user).select_related("job", "source").order_by("-created_at")[:50]
    return showing.rows_of_referrer(own)


# --- credit -----------------------------------------------------------------------------------------------------------


def credit(applications: Sequence[Application], job: Job) -> None:
    """Applications that came by a colleague's link are their referrals, by the rule for all of them."""
    tokens = {one.pk: token for one in applications if (token := _token(one))}
    if not tokens or job.confidential:
        return
    found = TrackingLink.objects.filter(token__in=tokens.values(), referrer__is_active=True).select_related("referrer")
    shared = {link.token: link for link in found}
    for one in applications:
        if link := shared.get(tokens.get(one.pk, "")):
            _credit(one, job, link.referrer)  # type: ignore[arg-type]


def _token(application: Application) -> str:
    """The link of the first touch, else of the last."""
    origin = application.origin if isinstance(application.origin, dict) else {}
    touches = [touch for way in ("first", "last") if isinstance(touch := origin.get(way), dict)]
    return next((str(touch["via"]) for touch in touches if touch.get("via")), "")


def _credit(application: Application, job: Job, referrer: User) -> None:
    candidate = application.candidate
    if Referral.objects.filter(application=application).exists():
        return
    if candidate.contact_points.emails().filter(value=referrer.email.lower()).exists():
        return  # their own application
    due = giving.credit_of_arrival(candidate, application, referrer)
    now = timezone.now()
    referral = Referral.objects.create(
        candidate=candidate,
        referrer=referrer,
        job=job,
        application=application,
        named=SOMEBODY,
        relation=Referral.Relation.SHARED,
        why="",
        knows=True,
        state=Referral.State.TAKEN,
        credit=due,
        submission_key=uuid.uuid4(),
        by_link=True,
        created_at=now,
        handled_at=now,
    )
    if due == Referral.Credit.FIRST and candidate.referred_by_id is None:
        candidate.referred_by = referrer
        candidate.save(update_fields=["referred_by"])
    record(candidate, "referral.given", referrer, job=job, referral=referral.pk, new=False)
