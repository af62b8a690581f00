"""Putting a posting out and taking it down: at once, at a time, for colleagues first, and when its last day has passed.

Who can read it is decided by the query (`Posting.objects.live`, `public`), so that it is right to the second. A scheduled posting
is looked over AHEAD of its time: when nothing stands against it, it is published as of that time; else it is held back, whoever
scheduled it is told, and it goes out as soon as that is put right.
"""

from __future__ import annotations

import datetime as dt
import zlib

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hiring import notifications, sweeping
from hiring.application_form import versions as form_versions
from hiring.errors import Refused
from hiring.models import Job, Posting, PostingVersion, TeamMember, User
from hiring.postings import versions
from hiring.postings.linting import problems
from hiring.postings.places import public_from
from hiring.postings.texts import sanitise

AHEAD = dt.timedelta(minutes=5)
Status = Posting.Status
Act = PostingVersion.Act
POSTING = notifications.declare("posting", "A posting of mine is held back, or has ended", "broadcast")


@transaction.atomic
def publish(posting: Posting, *, by: User | None) -> Posting:
    """Put the posting out now. The first time is kept for good (JOB-5)."""
    posting = locked(posting)
    demand_clean(posting)
    if posting.status == Status.PUBLISHED and posting.live_from and posting.live_from <= timezone.now():
        return posting
    return _put_out(posting, timezone.now(), by=by)


@transaction.atomic
def schedule(posting: Posting, at: dt.datetime, *, by: User | None) -> Posting:
    """Have the posting go out at a time. What stands against it now has until then to be put right."""
    posting = locked(posting)
    if at <= timezone.now():
        raise Refused("This time has passed. Choose a later one, or publish it now.")
    if _is_out(posting):
        raise Refused("This posting is out already. Take it down first.")
    if posting.job.confidential or posting.job.status == Job.Status.CLOSED:
        raise Refused("A confidential or closed job is not published.")
    if posting.expires_at and posting.expires_at <= at:
        raise Refused("It would go out after its last day. Choose an earlier time, or a later last day.")
    _forget_coming(posting)
    posting.status, posting.publish_at, posting.scheduled_by, posting.held_for = Status.SCHEDULED, at, by, ""
    posting.save()
    return posting


@transaction.atomic
def unschedule(posting: Posting, *, by: User | None) -> Posting:
    """Call off a time that was set."""
    posting = locked(posting)
    coming = posting.status == Status.PUBLISHED and not _is_out(posting)
    if posting.status != Status.SCHEDULED and not coming:
        raise Refused("No time is set for this posting.")
    _forget_coming(posting)
    posting.status = Status.UNPUBLISHED if posting.first_published_at else Status.DRAFT
    posting.publish_at, posting.scheduled_by, posting.held_for = None, None, ""
    posting.save()
    return posting


@transaction.atomic
def unpublish(posting: Posting, *, by: User | None) -> Posting:
    """Take the posting down, everywhere at once."""
    posting = locked(posting)
    if posting.status not in (Status.PUBLISHED, Status.SCHEDULED):
        raise Refused("This posting is not published.")
    if not _is_out(posting):
        return unschedule(posting, by=by)
    _end(posting, timezone.now(), Act.TAKEN_DOWN, by=by)
    return posting


def withdraw(job: Job, *, by: User | None) -> None:
    """Take down a job's posting if it is out or will be; part of closing a job or making it confidential."""
    posting = Posting.objects.filter(job=job, status__in=(Status.PUBLISHED, Status.SCHEDULED)).first()
    if posting:
        unpublish(posting, by=by)


def job_changed(job: Job, *, by: User | None) -> None:
    """Keep what a change of the job made of its posting that is out: its pay, its department."""
    posting = Posting.objects.with_places().filter(job=job, status=Status.PUBLISHED).first()
    if posting:
        versions.keep(posting, Act.CHANGED, by=by)


# --- by the clock ---------------------------------------------------------------------------------------------------


def sweep() -> int:
    """Put out what is scheduled for about now, and end what has passed its last day."""
    now = timezone.now()
    due = Posting.objects.filter(status=Status.SCHEDULED, publish_at__lte=now + AHEAD)
    over = Posting.objects.filter(status=Status.PUBLISHED, expires_at__lte=now)
    done = sweeping.each("posting.go_out", list(due.values_list("pk", flat=True)), go_out)
    done += sweeping.each("posting.expire", list(over.values_list("pk", flat=True)), expire)
    return sum(done)


@transaction.atomic
def go_out(pk: int) -> bool:
    """Publish a scheduled posting as of its time, or hold it back and say why. Twice is once."""
    posting = locked(Posting(pk=pk, job_id=Posting.objects.values_list("job", flat=True).get(pk=pk)))
    now = timezone.now()
    if posting.status != Status.SCHEDULED or posting.publish_at is None or posting.publish_at > now + AHEAD:
        return False
    found = problems(posting)
    if found:
        _hold_back(posting, " ".join(found))
        return False
    _put_out(posting, max(posting.publish_at, now), by=posting.scheduled_by)
    return True


@transaction.atomic
def expire(pk: int) -> bool:
    """End a posting whose last day has passed. Readers have not found it since; this says so, and keeps that it was so."""
    posting = locked(Posting(pk=pk, job_id=Posting.objects.values_list("job", flat=True).get(pk=pk)))
    if posting.status != Status.PUBLISHED or posting.expires_at is None or posting.expires_at > timezone.now():
        return False
    ended = posting.expires_at
    _end(posting, ended, Act.EXPIRED, by=None)
    words = f"The posting of {posting.job.title} has ended: its last day to apply has passed."
    _tell(posting, words, f"posting.expired:{posting.pk}:{ended.isoformat()}")
    return True


# --- inside ---------------------------------------------------------------------------------------------------------


def locked(posting: Posting) -> Posting:
    """The posting under lock, with its job: the job's row first, as everywhere."""
    Job.objects.select_for_update().get(pk=posting.job_id)
    rows = Posting.objects.select_for_update(of=("self",)).with_places().select_related("scheduled_by")
    return rows.get(pk=posting.pk)


def demand_clean(posting: Posting) -> None:
    found = problems(posting)
    if found:
        raise Refused(" ".join(found))


def _is_out(posting: Posting) -> bool:
    """Published, and begun: somebody may have read it."""
    return posting.status == Status.PUBLISHED and posting.live_from is not None and posting.live_from <= timezone.now()


def _put_out(posting: Posting, at: dt.datetime, *, by: User | None) -> Posting:
    posting.description = sanitise(posting.description)
    posting.status, posting.unpublished_at = Status.PUBLISHED, None
    posting.publish_at, posting.held_for = None, ""
    begin(posting, at)
    posting.changed_at = timezone.now()
    posting.save()
    form_versions.publish(posting, by=by)
    versions.keep(posting, Act.PUBLISHED, by=by)
    return posting


def begin(posting: Posting, at: dt.datetime) -> None:
    """Set from when colleagues and everybody read it. The first time for everybody is kept for good (JOB-5)."""
    posting.live_from, posting.public_from = at, public_from(posting, at)
    _forget_coming(posting)
    posting.first_published_at = posting.first_published_at or posting.public_from


def _end(posting: Posting, at: dt.datetime, act: str, *, by: User | None) -> None:
    _forget_coming(posting)
    posting.status, posting.unpublished_at, posting.changed_at = Status.UNPUBLISHED, at, timezone.now()
    posting.save(update_fields=["status", "unpublished_at", "changed_at", "first_published_at"])
    versions.keep(posting, act, by=by)


def _forget_coming(posting: Posting) -> None:
    """A first publication that has not come yet is none (JOB-5)."""
    if posting.first_published_at and posting.first_published_at > timezone.now():
        posting.first_published_at = None


def _hold_back(posting: Posting, why: str) -> None:
    if posting.held_for == why:
        return
    posting.held_for = why
    posting.save(update_fields=["held_for"])
    words = f"The posting of {posting.job.title} does not go out at its time: {why}"
    _tell(
        posting,
        words[:300],
        f"posting.held:{posting.pk}:{posting.publish_at:%Y-%m-%dT%H:%M}:{zlib.crc32(why.encode())}",
    )


def _tell(posting: Posting, words: str, key: str) -> None:
    """Whoever scheduled it, and the recruiters of the job."""
    team = TeamMember.objects.filter(job=posting.job_id, role=TeamMember.Role.RECRUITER).select_related("user")
    people = {member.user for member in team} | ({posting.scheduled_by} if posting.scheduled_by else set())
    url = reverse("job_posting", args=[posting.job_id])
    notifications.tell(people, POSTING, words, key=key, url=url, job=posting.job)
