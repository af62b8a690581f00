"""What a submission is worth, one after the other in the order they came (invariant 10: what is due is a row).

The portal only keeps what was sent, so the agency gets one and the same answer, as quickly, whoever it is about (SEC-11). Here,
outside of its request, the person is looked for, the rules are asked, and whoever is owned comes into the pipeline.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max
from django.utils import timezone

from hiring import identity
from hiring.documents import checks
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.models import Candidate, Document, Job, ProcessingBasis
from hiring.timeline import record
from pipeline import starting
from pipeline.models import Application
from sourcing.agencies import notices, ownership
from sourcing.agencies.models import Ownership, Submission
from sourcing.agencies.ownership import Known, Owned, Verdict

logger = logging.getLogger(__name__)

ONE_AT_A_TIME = 7_230_114  # an advisory lock of ours: two agencies with the same person at once take turns
Outcome = Submission.Outcome


def on_commit(submission: Submission) -> None:
    transaction.on_commit(lambda: hand_over(submission.pk), robust=True)


def hand_over(pk: int) -> None:
    """Carry it to a worker; when the broker is down, the sweep finds it."""
    from sourcing.tasks import decide_submissions

    try:
        decide_submissions.apply_async(retry=False)
    except Exception as error:
        logger.warning("submission_left_for_the_sweep", extra={"submission": pk, "error": type(error).__name__})


def decide_due(most: int = 200) -> int:
    """Decide what waits, the oldest first. How many."""
    done = 0
    while done < most and decide_next():
        done += 1
    return done


@transaction.atomic
def decide_next() -> bool:
    """Decide the oldest submission that waits; False when none does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    waiting = Submission.objects.received().select_for_update(of=("self",)).select_related("agency__source", "job")
    submission = waiting.order_by("received_at", "pk").first()
    if submission is None:
        return False
    _decide(submission)
    return True


def _decide(submission: Submission) -> None:
    known = identity.match([submission.email], _phones(submission), _links(submission), name=submission.name)
    if known:
        known = Candidate.objects.select_for_update().get(pk=known.pk)
    verdict = verdict_on(submission, known)
    submission.outcome, submission.decided_at = verdict.outcome, timezone.now()
    if verdict.outcome == Outcome.OWNED:
        _take_in(submission, verdict)
    else:
        submission.candidate = known
    _forget_file(submission)
    submission.save()
    if submission.candidate:
        candidate, outcome = submission.candidate, str(submission.outcome)
        record(candidate, "agency.presented", None, job=submission.job, submission=submission.pk, outcome=outcome)


def verdict_on(submission: Submission, known: Candidate | None) -> Verdict:
    agency = submission.agency
    windows = [Owned(one.agency_id, one.starts_at, one.ends_at) for one in _windows(known)]
    window = dt.timedelta(days=agency.window_days)
    at = submission.received_at
    return ownership.judge(agency.pk, at, window, facts_of(known, at) if known else None, windows)


def facts_of(known: Candidate, at: dt.datetime) -> Known:
    """As it was when the submission came. In touch: they applied or were turned down, wrote or were written to, or were added."""
    applications = Application.objects.filter(candidate=known, applied_at__lt=at)
    closed = applications.filter(closed_at__lt=at).aggregate(last=Max("closed_at"))["last"]
    applied = applications.aggregate(last=Max("applied_at"))["last"]
    moments = (known.created_at, known.last_contacted_at, known.last_sign_of_life_at, applied, closed)
    touch = max((moment for moment in moments if moment and moment < at), default=None)
    return Known(applications.active().exists(), touch)


def _windows(known: Candidate | None) -> list[Ownership]:
    return [one for one in Ownership.objects.filter(candidate=known) if not one.during.isempty] if known else []


def _take_in(submission: Submission, verdict: Verdict) -> None:
    """The person, with whom they come from and why we may hold their data; their résumé; their application."""
    agency = submission.agency
    candidate, _ = identity.match_or_create(
        name=submission.name,
        emails=[submission.email],
        phones=_phones(submission),
        links=_links(submission),
        source=agency.source,
        by=None,
        purpose=ProcessingBasis.Purpose.APPLICATION,
        basis=ProcessingBasis.Basis.CONSENT
        if submission.basis == Submission.Basis.CONSENT
        else ProcessingBasis.Basis.CONTRACT,
        reference=f"Presented by {agency}: {submission.get_basis_display()}, {submission.get_agreed_how_display().lower()}, "
        f"{submission.agreed_on}",
    )
    submission.candidate = candidate
    if verdict.is_new and verdict.until:
        during = DateTimeTZRange(submission.received_at, verdict.until)
        Ownership.objects.create(candidate=candidate, agency=agency, submission=submission, during=during)
    notices.owe(candidate)
    submission.resume = _resume(submission, candidate)
    submission.application = _application(submission, candidate)
    if agency.writes_to_people:
        notices.write(submission)


def _application(submission: Submission, candidate: Candidate) -> Application | None:
    """A new one, or the one they have for the job. A job that closed meanwhile takes none: the agency reads so in time."""
    job = submission.job
    active = Application.objects.active().filter(candidate=candidate, job=job).first()
    if active or job.status != Job.Status.OPEN:
        return active
    try:
        with transaction.atomic():
            return starting.open_application(
                candidate,
                job,
                by=None,
                source=submission.agency.source,
                resume=submission.resume,
                origin={"agency": submission.agency_id, "submission": submission.pk},
                at=submission.received_at,
            )
    except Refused:
        return None


def _resume(submission: Submission, candidate: Candidate) -> Document | None:
    """What was checked when it was sent, and is checked again."""
    try:
        with submission.file.open("rb") as file:
            checked = checks.check(ContentFile(file.read(), name=submission.file_name))
    except (OSError, ValueError, Refused):
        return None
    return keep(candidate, checked, Document.Kind.RESUME)


def _forget_file(submission: Submission) -> None:
    """It lives with the person now; of somebody who is not the agency's, nothing it sent is kept."""
    name, submission.file = submission.file.name, ""
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def _phones(submission: Submission) -> list[str]:
    return [submission.phone] if submission.phone else []


def _links(submission: Submission) -> list[str]:
    return [submission.link] if submission.link else []
