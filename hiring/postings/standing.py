"""How a posting stands right now, in a word and a sentence: out, for colleagues yet, waiting for its time, held back, ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hiring.models import Job, Posting
from hiring.postings.places import zone_of

Status, Audience = Posting.Status, Posting.Audience


@dataclass(frozen=True)
class Standing:
    """`key` is what the page goes by; `is_live` that somebody reads it, `is_coming` that a time is set for it."""

    key: str
    word: str
    sentence: str
    tone: str = ""
    icon: str = "circle-dashed"

    @property
    def is_live(self) -> bool:
        return self.key in ("public", "internal", "internal_first")

    @property
    def is_coming(self) -> bool:
        return self.key in ("scheduled", "held")


def of(posting: Posting) -> Standing:
    """One of all there are; what can be read is asked as the queryset asks it."""
    now = timezone.now()
    if posting.status == Status.SCHEDULED or (
        posting.status == Status.PUBLISHED and posting.live_from and posting.live_from > now
    ):
        return _coming(posting)
    if posting.status != Status.PUBLISHED:
        since = posting.unpublished_at
        return Standing(posting.status, posting.get_status_display(), f"Since {wall(since, posting)}." if since else "")
    if posting.expires_at and posting.expires_at <= now:
        return Standing("expired", "Ended", "Its last day to apply has passed.", "warn", "calendar-off")
    if posting.job.status != Job.Status.OPEN or posting.job.confidential:
        said = (
            f"The job is {posting.job.get_status_display().lower()}. It can be read again as soon as the job is open."
        )
        return Standing("hidden", "Hidden", said, "warn", "eye-off")
    if posting.public_from and posting.public_from <= now:
        return Standing("public", "Published", "Everybody can read it.", "good", "circle-check")
    if posting.public_from:
        said = f"Colleagues can read it now, everybody from {wall(posting.public_from, posting)} on."
        return Standing("internal_first", "For colleagues first", said, "info", "users")
    return Standing("internal", "Internal", "Colleagues can read it, and nobody else.", "info", "users")


def _coming(posting: Posting) -> Standing:
    at = posting.publish_at if posting.status == Status.SCHEDULED else posting.live_from
    when = wall(at, posting) if at else ""
    if posting.held_for:
        said = f"It was to go out at {when}. It goes out as soon as what stands against it is put right."
        return Standing("held", "Held back", said, "bad", "hand-stop")
    return Standing("scheduled", "Scheduled", f"It goes out at {when}.", "info", "clock")


def wall(at: dt.datetime, posting: Posting) -> str:
    """“30 March 2027, 09:00 (Lyon)”: on the clock where the job is."""
    return f"{at.astimezone(zone_of(posting)):%-d %B %Y, %H:%M} ({posting.job.location.name})"
