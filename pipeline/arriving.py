"""Taking applications in: what was sent is stored first, by one statement, and made an application afterwards.

So nothing that can fail later (matching, mail, a lock somebody holds, a worker that dies) costs anybody their application, and
a rush of them is answered as fast as rows can be written. While few wait, one is taken in right where it came; in a rush, and
when that fails, a worker does it, from the rows alone (invariant 10).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import context, notifications, origins
from hiring.application_form import asking
from hiring.documents import checks, drafts
from hiring.documents.checks import Checked
from hiring.documents.drafts import Draft
from hiring.errors import Refused
from hiring.models import FormVersion, Posting, User
from hiring.prepared import Given, prepared
from pipeline import intake, likeness, limiting, starting
from pipeline.models import Application, Arrival, ArrivalQuerySet, ArrivedFile

logger = logging.getLogger(__name__)

A_RUSH = 4
"""So many waiting ones are the web server's own threads at work; with more, those who send do not wait for it."""
RUN_SECONDS = 20
STUCK_AFTER = 3
"""So many attempts in vain are no matter of a moment: colleagues are told, and see it on the job's page."""
STUCK = notifications.declare("stuck_application", "An application for my job cannot be filed", "alert-triangle")
AGAIN_AFTER = [dt.timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 6 * 3600)]
ANSWER = "q_"
"""What files are named after that are answers; the others are arguments of intake.submit."""
SAID, ONE_RUNS = "arrivals:said", "arrivals:running"


# --- at the door ----------------------------------------------------------------------------------------------------


def receive(
    posting: Posting,
    *,
    submission_key: uuid.UUID,
    files: Mapping[str, Draft | Checked] | None = None,
    asks: asking.Form | None = None,
    sent_by: str = "",
    **sent: Any,
) -> Arrival:
    """Store what was sent for a posting; sent twice, it is the first one. `sent` and `files` are arguments of intake.submit,
    `sent_by` is of likeness.sender.

    What lay aside as a draft is taken over where it lies. Raises Refused when the job takes no applications any more, and for nothing else.
    """
    now = timezone.now()
    arrival = Arrival(
        posting=posting,
        submission_key=submission_key,
        receipt_number=intake.receipt_number(),
        received_at=now,
        due_at=now,
        sent_by=sent_by,
        sent=sent | _asked(asks or asking.live(posting)),
    )
    try:
        _store(arrival, files or {})
    except IntegrityError as error:
        if "submission_key" not in str(error):
            raise
        return Arrival.objects.get(submission_key=submission_key)  # sent before, or the other click was quicker
    except Refused:
        if earlier := sent_before.first(key=submission_key):
            return earlier
        raise
    return arrival


@transaction.atomic
def _store(arrival: Arrival, files: Mapping[str, Draft | Checked]) -> None:
    """A few statements, whatever was sent: every one of them is waited for fifty times a second in a rush."""
    starting.hold_job(arrival.posting.job_id)  # closing the job and applying for it happen one after the other (JOB-13)
    held = posting_of.first(pk=arrival.posting_id)
    if held is None or not held.is_live(arrival.received_at):
        raise Refused(intake.CLOSED)
    arrival.save(force_insert=True)
    ArrivedFile.objects.bulk_create(_file(arrival, field, file) for field, file in files.items())
    drafts.take(file.key for file in files.values() if isinstance(file, Draft))


@prepared
def sent_before(key: Given) -> QuerySet[Arrival]:
    return Arrival.objects.filter(submission_key=key)


@prepared
def posting_of(pk: Given) -> QuerySet[Posting]:
    return Posting.objects.filter(pk=pk).select_related("job")


@prepared
def others_due(at: Given, but: Given) -> QuerySet[Arrival, int]:
    """As many as it takes to know that there is a rush."""
    return Arrival.objects.waiting().filter(due_at__lte=at).exclude(pk=but).values_list("pk", flat=True)[:A_RUSH]


def _asked(asks: asking.Form) -> dict[str, Any]:
    """Which form was filled in: its version, or what it asked where it has none."""
    return {"form_version": asks.version.pk} if asks.version else {"questions": asks.questions}


def _file(arrival: Arrival, field: str, came: Draft | Checked) -> ArrivedFile:
    file = came.there if isinstance(came, Draft) else came
    row = ArrivedFile(
        arrival=arrival, field=field, name=file.name, format=file.kind, size=file.size, sha256=file.sha256
    )
    if file.key:
        row.file.name = file.key
    else:
        row.file.save("file", ContentFile(file.data), save=False)
    return row


def go_on(arrival: Arrival) -> None:
    """After it is stored: take it in at once while few others wait, else leave it to a worker. Never raises: it is stored."""
    try:
        if len(others_due(at=timezone.now(), but=arrival.pk)) < A_RUSH:
            take_in(arrival.pk)
        else:
            hand_over()
    except Exception:  # whatever it is, the person has done their part
        logger.exception("arrival_left_for_the_sweep", extra={"arrival": arrival.pk})


# --- taking in ------------------------------------------------------------------------------------------------------


def take_in(arrival_id: int) -> Application | None:
    """Make an application of an arrival that waits. None when somebody else has it, or it failed and is put off."""
    try:
        return _take_in(arrival_id)
    except Exception as error:
        logger.exception("arrival_not_taken_in", extra={"arrival": arrival_id})
        _put_off(arrival_id, error)
        return None


@transaction.atomic
def _take_in(arrival_id: int) -> Application | None:
    waiting = Arrival.objects.select_for_update(of=("self",), skip_locked=True).waiting().select_related("posting")
    arrival = waiting.filter(pk=arrival_id).first()
    if arrival is None:
        return None
    if why := limiting.why_held(arrival):
        limiting.hold(arrival, why)
        return None
    return _make(arrival)


def _make(arrival: Arrival) -> Application:
    sent: dict[str, Any] = dict(arrival.sent)
    came = {file.field: _as_checked(file) for file in arrival.files.all()}
    sent |= {name: file for name, file in came.items() if not name.startswith(ANSWER)}
    sent["files"] = {name.removeprefix(ANSWER): file for name, file in came.items() if name.startswith(ANSWER)}
    answered = sent.pop("form_version", None)
    sent["form_version"] = FormVersion.objects.filter(pk=answered).first() if answered else None
    if (one := sent.pop("notice", None)) and "notices" not in sent:
        sent["notices"] = [one]  # as it was stored when there was one notice for everybody
    application = intake.submit(
        arrival.posting,
        submission_key=arrival.submission_key,
        number=arrival.receipt_number,
        at=arrival.received_at,
        **sent,
    )
    if application.submission_key == arrival.submission_key:  # it opened it, and did not join another one
        likeness.keep(application, arrival, sent)
    arrival.application, arrival.status, arrival.problem = application, Arrival.Status.DONE, ""
    arrival.sent, arrival.sent_by = {}, ""
    arrival.save(update_fields=["application", "status", "sent", "sent_by", "problem"])
    arrival.files.all().delete()  # documents of the person own the bytes now
    return application


def _as_checked(file: ArrivedFile) -> Checked:
    return Checked(
        kind=file.format,
        content_type=checks.CONTENT_TYPES[file.format],
        name=file.name,
        data=b"",
        sha256=file.sha256,
        key=str(file.file.name),
        size_there=file.size,
    )


def _put_off(arrival_id: int, error: Exception) -> None:
    """Later and later, and in the end every six hours: an application is never given up."""
    with transaction.atomic():
        waiting = Arrival.objects.select_for_update(of=("self",)).waiting().select_related("posting__job")
        arrival = waiting.filter(pk=arrival_id).first()
        if arrival is None:
            return
        wait = AGAIN_AFTER[min(arrival.attempts, len(AGAIN_AFTER) - 1)]
        arrival.attempts, arrival.due_at = arrival.attempts + 1, timezone.now() + wait
        arrival.problem = error.sentence[:200] if isinstance(error, Refused) else type(error).__name__
        arrival.save(update_fields=["attempts", "due_at", "problem"])
        if arrival.attempts == STUCK_AFTER:
            _tell_of(arrival)


def _tell_of(arrival: Arrival) -> None:
    job = arrival.posting.job
    notifications.tell(
        limiting.recruiters_of(job),
        STUCK,
        f"An application for {job.title} could not be filed yet. It is kept, and we go on trying.",
        key=f"stuck:{arrival.pk}",
        url=reverse("pipeline:held_list", args=[job.pk]),
        job=job,
    )


def stuck(job_id: int) -> ArrivalQuerySet:
    """What was tried in vain so often that somebody should look, the longest first."""
    return Arrival.objects.waiting().filter(posting__job=job_id, attempts__gte=STUCK_AFTER).order_by("pk")


def try_again(arrival: Arrival) -> Application | None:
    """A colleague does not wait for the next attempt. None when it failed again, or is no longer waiting."""
    return take_in(arrival.pk)


def take_in_due(seconds: float = RUN_SECONDS) -> int:
    """Take in what waits, the longest first, for so long; several may do it side by side. How many were taken in."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        due = Arrival.objects.due(timezone.now()).order_by("due_at", "pk").select_for_update(skip_locked=True)
        with transaction.atomic():
            ids = list(due.values_list("pk", flat=True)[:20])
        if not ids:
            break
        for pk in ids:
            with context.part_of(origins.task_of("arrival", pk)):
                done += take_in(pk) is not None
    return done


@transaction.atomic
def take_in_held(arrival: Arrival, *, by: User) -> Application:
    """A colleague takes in what was held back."""
    found = Arrival.objects.select_for_update(of=("self",)).select_related("posting").get(pk=arrival.pk)
    if found.status != Arrival.Status.HELD:
        raise Refused("This was taken in or let go already.")
    found.settled_by = by
    found.save(update_fields=["settled_by"])
    return _make(found)


# --- carrying -------------------------------------------------------------------------------------------------------


def hand_over() -> None:
    """Say to the workers that some wait, at most once a second: a lost word is found by the sweep."""
    from pipeline.tasks import take_in_arrivals

    try:
        if cache.add(SAID, 1, 1):
            take_in_arrivals.apply_async(retry=False, expires=30)
    except Exception as error:  # whatever the broker's client raises
        logger.warning("arrivals_left_for_the_sweep", extra={"error": type(error).__name__})


def run() -> int:
    """What the task does: one worker at a time, so that a rush leaves the others to what else is due."""
    try:
        if not cache.add(ONE_RUNS, 1, RUN_SECONDS + 10):
            return 0
    except Exception as error:  # without a cache several may run: rows are claimed one by one
        logger.warning("arrivals_taken_in_by_all", extra={"error": type(error).__name__})
    try:
        return take_in_due()
    finally:
        with contextlib.suppress(Exception):
            cache.delete(ONE_RUNS)
        if Arrival.objects.due(timezone.now()).exists():
            hand_over()


def oldest() -> dt.datetime | None:
    """Since when the oldest waits (hiring/health.py)."""
    return Arrival.objects.waiting().order_by("pk").values_list("received_at", flat=True).first()
