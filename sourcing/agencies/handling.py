"""What recruiters do with a submission: end it, look at a dispute, say how it stays; and what is forgotten of those that led nowhere."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, User
from hiring.timeline import record
from sourcing.agencies.models import AgencyUser, Dispute, Ownership, Submission

Result = Dispute.Result
FORGOTTEN = {"email": "", "phone": "", "link": "", "words": ""}


@transaction.atomic
def close(submission: Submission, *, by: User | None) -> Submission:
    """Not taken on: the agency reads so now. Refused while their application runs: that ends with a decision on it."""
    submission = _locked(submission)
    if submission.application and submission.application.is_active:
        raise Refused("They are in process. Their application has to end first.")
    if submission.closed_at is None:
        submission.closed_by, submission.closed_at = by, timezone.now()
        submission.save(update_fields=["closed_by", "closed_at"])
    return submission


@transaction.atomic
def dispute(
    submission: Submission, words: str, *, by: User | None = None, by_agency: AgencyUser | None = None
) -> Dispute:
    """Somebody does not agree. The agency may say so once; nothing changes until a recruiter has looked."""
    submission = _locked(submission)
    words = words.strip()[:1_000]
    if not words:
        raise Refused("Say what it is about.")
    if by_agency and submission.disputes.filter(by_agency__isnull=False).exists():
        raise Refused("You have asked about this already. We come back to you.")
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                submission=submission, by=by, by_agency=by_agency, words=words, at=timezone.now()
            )
    except IntegrityError:
        raise Refused("This is being looked at already.") from None


@transaction.atomic
def settle(found: Dispute, result: str, *, why: str, by: User) -> Dispute:
    """Say how it stays, and why, for colleagues to read later. Awarding it ends the window of whoever had it and begins one of
    this agency's, as long as its own; the person's application stays as it is."""
    found = Dispute.objects.select_for_update().get(pk=found.pk)
    if found.settled_at:
        raise Refused("This was settled already.")
    if not why.strip():
        raise Refused("Say why, for whoever reads it later.")
    submission = _locked(found.submission)
    if result == Result.AWARDED:
        _award(submission)
    found.result, found.why, found.settled_by, found.settled_at = result, why.strip()[:1_000], by, timezone.now()
    found.save()
    if submission.candidate:
        job, candidate = submission.job, submission.candidate
        record(candidate, "agency.settled", by, job=job, submission=submission.pk, result=str(result))
    return found


def _award(submission: Submission) -> None:
    if submission.candidate_id is None:
        raise Refused("Nobody has been found for this submission yet. Try again in a minute.")
    Candidate.objects.select_for_update().get(pk=submission.candidate_id)
    now = timezone.now()
    ends_at = submission.received_at + dt.timedelta(days=submission.agency.window_days)
    if ends_at <= now:
        raise Refused("Its window would be over by now.")
    for running in Ownership.objects.select_for_update().filter(
        candidate=submission.candidate_id, during__contains=now
    ):
        if running.agency_id == submission.agency_id:
            raise Refused(f"{submission.agency} has them already.")
        running.during = DateTimeTZRange(running.starts_at, now)
        running.save(update_fields=["during"])
    Ownership.objects.filter(candidate=submission.candidate_id, during__startswith__gt=now).delete()
    during = DateTimeTZRange(now, ends_at)
    Ownership.objects.create(
        candidate_id=submission.candidate_id, agency=submission.agency, submission=submission, during=during
    )
    submission.outcome, submission.closed_by, submission.closed_at = Submission.Outcome.OWNED, None, None
    applications = submission.candidate.applications.filter(job=submission.job) if submission.candidate else None
    submission.application = applications.order_by("-pk").first() if applications is not None else None
    submission.save()


def forget() -> int:
    """Of people who were not the agency's, or whom nothing came of, contact data is emptied when the window is over. How many."""
    done = 0
    old = Submission.objects.exclude(email="").filter(application=None).select_related("agency")
    for submission in old.exclude(outcome=Submission.Outcome.RECEIVED).order_by("pk")[:500]:
        if submission.received_at + dt.timedelta(days=submission.agency.window_days) < timezone.now():
            done += Submission.objects.filter(pk=submission.pk).update(**FORGOTTEN)
    return done


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",)).select_related(
        "agency", "candidate", "application", "job"
    )
    return rows.get(pk=submission.pk)
