"""How often one person may apply: so many jobs at once, and the same job not again right after it was decided.

Whoever sends the form reads the same as everybody, because they may be a stranger with somebody's address (SEC-11); what holds an
application back is told by mail, to the address it came from. Nothing is thrown away: colleagues see what is held, and why, and can
take it in.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import identity, notifications
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, Job, Message, TeamMember, User
from pipeline.models import Application, ApplyingLimits, Arrival

Held = Arrival.Held
HELD_FOR = dt.timedelta(days=90)
HELD = notifications.declare("held_application", "An application for my job is held back", "player-pause")


def limits() -> ApplyingLimits:
    return ApplyingLimits.objects.first() or ApplyingLimits(pk=1)


def why_held(arrival: Arrival) -> str:
    """What speaks against making an application of it; empty for nearly everybody."""
    person, allowed = _person(arrival), limits()
    if person is None:
        return ""
    theirs = Application.objects.filter(candidate=person)
    if theirs.active().filter(job=arrival.posting.job_id).exists():
        return ""  # sent once more: it joins the one there is
    since = timezone.now() - dt.timedelta(days=allowed.again_after_days)
    decided = theirs.filter(
        job=arrival.posting.job_id,
        status=Application.Status.REJECTED,
        receipt_number__isnull=False,
        closed_at__gt=since,
    )
    if allowed.again_after_days and decided.exists():
        return Held.TOO_SOON
    if allowed.most_open and theirs.active().count() >= allowed.most_open:
        return Held.TOO_MANY
    return ""


def hold(arrival: Arrival, why: str) -> None:
    """Keep it aside, tell the person by mail and the job's recruiters; inside the transaction that locked it."""
    arrival.status, arrival.held_because = Arrival.Status.HELD, why
    arrival.save(update_fields=["status", "held_because"])
    if person := _person(arrival):
        _tell_person(arrival, person, why)
    job = arrival.posting.job
    notifications.tell(
        recruiters_of(job),
        HELD,
        f"An application for {job.title} is held back: {Held(why).label.lower()}.",
        key=f"held:{arrival.pk}",
        url=reverse("pipeline:held_list", args=[job.pk]),
        job=job,
    )


def recruiters_of(job: Job) -> QuerySet[User]:
    return User.objects.filter(teams__job=job, teams__role=TeamMember.Role.RECRUITER, is_active=True).distinct()


@transaction.atomic
def let_go(arrival: Arrival, *, by: User | None) -> None:
    """No application will come of it: what was sent is deleted, files included."""
    found = Arrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    if found.status != Arrival.Status.HELD:
        raise Refused("This was taken in or let go already.")
    found.status, found.sent, found.sent_by, found.settled_by = Arrival.Status.LET_GO, {}, "", by
    found.save(update_fields=["status", "sent", "sent_by", "settled_by"])
    for file in found.files.all():
        gone = partial(file.file.storage.delete, str(file.file.name))
        file.delete()
        transaction.on_commit(gone, robust=True)


def held(job_id: int) -> list[Arrival]:
    rows = Arrival.objects.filter(posting__job=job_id, status=Arrival.Status.HELD)
    return list(rows.prefetch_related("files").order_by("-received_at")[:200])


def forget_old() -> int:
    """What nobody took in within some months is let go. How many."""
    old = Arrival.objects.filter(status=Arrival.Status.HELD, received_at__lt=timezone.now() - HELD_FOR)
    rows = list(old[:200])
    for row in rows:
        let_go(row, by=None)
    return len(rows)


def _person(arrival: Arrival) -> Candidate | None:
    try:
        return identity.match(emails=[str(arrival.sent.get("email", ""))])
    except Refused:
        return None


def _tell_person(arrival: Arrival, person: Candidate, why: str) -> None:
    """Kindly, at most one a day for a reason, and never ahead of a letter: it says that there was an earlier application, not
    what became of it."""
    allowed, title = limits(), arrival.posting.job.title
    if why == Held.TOO_SOON:
        words = (
            f"you have applied as {title} before, and we look at a new application for the same job {allowed.again_after_days} days "
            "after the last word on the earlier one. What you sent is kept, and the people who hire see that it came."
        )
    else:
        words = (
            f"you are in process for {allowed.most_open} jobs with us, which is as many as we can do justice to at once. Your application "
            f"as {title} is kept, and the people who hire see that it came. If it matters more to you than another one, withdraw that one "
            "by its own link, and answer this mail."
        )
    try:
        with transaction.atomic():
            compose.to_candidate(
                person,
                purpose="held",
                mail_class=Message.Class.TRANSACTIONAL,
                subject=f"Your application as {title}",
                text=f"Hello {person.first_name},\n\nthank you for your application; its number is {arrival.receipt_number}.\n\n"
                f"{words[0].upper()}{words[1:]}\n\nYou did not send it? Then somebody typed your address; you need not do anything.\n",
                job=arrival.posting.job,
                automatic=True,
                address=str(arrival.sent.get("email", "")),
                dedupe_key=f"held:{person.pk}:{why}:{timezone.localdate():%Y%m%d}",
            )
    except Refused:
        return
