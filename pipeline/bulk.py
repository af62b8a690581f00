"""One decision over many applications: recorded as a unit, done in small transactions, stopped and taken back as a unit.

Moves and rejections are decided some hundreds at a time, by the verbs' own forms for many; what else there is, one by one by
the verb. What a rule refuses is named and skipped either way.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import access, notifications, promises
from hiring.errors import Refused
from hiring.models import Job, MailTemplate, User
from pipeline import letters, mailing, moves, news, rejecting_many, rejection, retiring, transfer
from pipeline.decisions.grounds import Grounds, Way
from pipeline.models import Application, BulkAct, RejectionReason, Stage, Transfer
from pipeline.rejection import Delay

AT_ONCE = 100  # within the request; more is a task that reports its progress
CHUNK = 25  # one by one
SET = 200  # by a verb for many
AT_MOST = 25_000
NO_LONGER_ALLOWED = "Who started this may no longer decide on this job."


class AlreadyStarted(Refused):
    """The page this was confirmed on has been sent before: `act` is what it began."""

    def __init__(self, act: BulkAct) -> None:
        super().__init__("This is being done already.")
        self.act = act


def confirmed(by: User, once: uuid.UUID | None) -> BulkAct | None:
    """The act this page was confirmed for already."""
    return BulkAct.objects.filter(once=once, by=by).first() if once else None


def start_move(job: Job, applications: Sequence[int], to: Stage, *, by: User, **sent: Any) -> BulkAct:
    """`sent` says of the page it comes from: `once`, its own id, and `seen_at`, how fresh what it showed was."""
    if to.job_id != job.pk or to.kind == Stage.Kind.HIRED:
        raise Refused("These applications cannot move there.")
    return _start(job, BulkAct.Kind.MOVE, applications, by=by, to=to, **sent)


def start_transfer(
    job: Job, applications: Sequence[int], to: Stage, *, by: User, alike: bool = False, **sent: Any
) -> BulkAct:
    """Take many over to the job of `to`: into that stage, or `alike`, each into one of the kind they stand in now."""
    if to.job_id == job.pk or to.kind == Stage.Kind.HIRED:
        raise Refused("Choose another job, and a stage to start in.")
    return _start(job, BulkAct.Kind.TRANSFER, applications, by=by, to=to, alike=alike, **sent)


def start_mail(
    job: Job, applications: Sequence[int], words: mailing.Words, *, by: User, delay: Delay, **sent: Any
) -> BulkAct:
    """Write the same to many, to everybody their own."""
    if len(applications) > mailing.AT_MOST:
        raise Refused(f"At most {mailing.AT_MOST:,} people can be written to at once. Narrow the selection.")
    said = {"subject": words.subject, "text": words.text}
    return _start(job, BulkAct.Kind.MAIL, applications, by=by, **said, **_delay(delay), **sent)


def start_rejection(
    job: Job,
    applications: Sequence[int],
    reason: RejectionReason,
    *,
    by: User,
    template: MailTemplate | None = None,
    delay: Delay = rejection.DELAY,
    note: str = "",
    keep: promises.Keep | None = None,
    **sent: Any,
) -> BulkAct:
    """Turn them down with one reason; each gets the letter in their language where the reason has one, and is kept warm alike."""
    return _start(
        job,
        BulkAct.Kind.REJECT,
        applications,
        by=by,
        reason=reason,
        template=template,
        note=note,
        keep=keep.as_json() if keep else None,
        **_delay(delay),
        **sent,
    )


@transaction.atomic
def start_retiring(stage: Stage, to: Stage, *, by: User, **sent: Any) -> BulkAct:
    """Take a stage out of its plan once everybody in it has moved on to `to`."""
    job = Job.objects.select_for_update().get(pk=stage.job_id)
    stage = Stage.objects.get(pk=stage.pk)
    if why := retiring.in_the_way(stage):
        raise Refused(why)
    if to not in retiring.choices(stage):
        raise Refused("Choose the stage to which its people go.")
    people = list(retiring.people_in(stage).order_by("pk").values_list("pk", flat=True))
    return _start(job, BulkAct.Kind.RETIRE, people, by=by, to=to, retires=stage, **sent)


def start_letter(
    job: Job, applications: Sequence[int], template: MailTemplate, *, by: User, delay: Delay = rejection.DELAY
) -> BulkAct:
    """Write to people who were turned down without a word; or, with a message, to those in process of a job on hold."""
    return _start(job, BulkAct.Kind.LETTER, applications, by=by, template=template, **_delay(delay))


@transaction.atomic
def start_undo(act: BulkAct, *, by: User) -> BulkAct:
    """Take a finished act back, application by application; what has changed or left since stays, and is named."""
    act = BulkAct.objects.select_for_update(of=("self",)).select_related("job", "retires").get(pk=act.pk)
    if act.kind == BulkAct.Kind.UNDO or BulkAct.objects.filter(undoes=act).exists():
        raise Refused("This was already undone.")
    if not act.is_finished:
        raise Refused("This is still being done. Stop it first.")
    if act.kind == BulkAct.Kind.RETIRE and act.retires:
        retiring.stand_again(act.retires)
    return _start(act.job, BulkAct.Kind.UNDO, act.done, by=by, undoes=act)


@transaction.atomic
def cancel(act: BulkAct) -> None:
    """Stop an act where it is. What is done stays done, and can be undone."""
    if not BulkAct.objects.filter(pk=act.pk, finished_at=None).update(cancelled_at=timezone.now()):
        raise Refused("This is already finished.")


def run(act: BulkAct) -> BulkAct:
    """Work off an act, chunk by chunk. Running it twice, or in two places, does each application once."""
    while _run_chunk(act.pk):
        pass
    return BulkAct.objects.select_related("job", "to__job", "reason", "retires", "undoes", "undoes__to").get(pk=act.pk)


@transaction.atomic
def _run_chunk(pk: int) -> bool:
    """Do the next few. False when nothing is left, or somebody else is at it."""
    acts = BulkAct.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, finished_at=None)
    act = acts.select_related(
        "by",
        "job",
        "to",
        "reason",
        "template",
        "to__job",
        "retires",
        "undoes",
        "undoes__to",
        "undoes__template",
        "undoes__retires",
    ).first()
    if act is None:
        return False
    together = _for_many(act)
    chunk = [] if act.cancelled_at else act.waiting[: SET if together else CHUNK]
    if chunk and not (act.by.is_active and access.can_move(act.by, act.job)):
        act.failed += [[pk, NO_LONGER_ALLOWED] for pk in act.waiting]
        act.waiting = chunk = []
    _work_off(act, chunk, together)
    act.waiting = act.waiting[len(chunk) :]
    if act.kind == BulkAct.Kind.RETIRE and not act.cancelled_at and not act.waiting:
        act.waiting = retiring.finish(act)
        act.total += len(act.waiting)
    if act.cancelled_at or not act.waiting:
        act.finished_at = timezone.now()
        _tell(act)
    act.save(update_fields=["total", "waiting", "done", "failed", "finished_at"])
    return not act.is_finished


def _work_off(act: BulkAct, chunk: Sequence[int], together: Together | None) -> None:
    if act.kind == BulkAct.Kind.MAIL and chunk:
        stay = mailing.write_many(chunk, act)
        act.failed += [[pk, stay[pk]] for pk in chunk if pk in stay]
        act.done += [pk for pk in chunk if pk not in stay]
        return
    if together and _do_together(act, chunk, together):
        return
    rows = Application.objects.for_card().in_bulk(chunk)
    for application_id in chunk:
        _do(act, rows.get(application_id), application_id)


def _tell(act: BulkAct) -> None:
    """Whoever started what went on without them hears that it is over."""
    if act.total <= AT_ONCE:
        return
    left = f", {len(act.failed):,} could not be done" if act.failed else ""
    words = f"{act.get_kind_display()}: {len(act.done):,} of {act.total:,} people are done{left} ({act.job})."
    notifications.tell(
        act.by, notifications.BULK, words, key=f"board-act:{act.pk}", url=act.get_absolute_url(), job=act.job
    )


Together = Callable[[Collection[int]], dict[int, str]]


def _for_many(act: BulkAct) -> Together | None:
    """The verb that does some of this act at once; None where each is a matter of its own."""
    because, since = Grounds(Way.BULK, act=act), act.seen_at or act.at
    if act.kind == BulkAct.Kind.MOVE and act.to:
        return partial(moves.move_many, to=act.to, by=act.by, since=since, because=because)
    if act.kind == BulkAct.Kind.REJECT and act.reason:
        return partial(
            rejecting_many.reject_many, reason=act.reason, by=act.by, since=since, because=because, template=act.template,
            delay=_delay_of(act), note=act.note, keep=promises.Keep.read(act.keep) if act.keep else None,
        )  # fmt: skip
    if act.kind == BulkAct.Kind.TRANSFER and act.to:
        return partial(transfer.transfer_many, to=act.to, by=act.by, since=since, alike=act.alike, act=act)
    if act.kind == BulkAct.Kind.RETIRE and act.to:
        return partial(retiring.move_on_many, act=act)
    if act.kind == BulkAct.Kind.LETTER and act.template and not _is_news(act):
        return partial(rejecting_many.write_many, template=act.template, by=act.by, delay=_delay_of(act))
    if act.kind == BulkAct.Kind.UNDO and act.undoes:
        return _to_undo_many(act, act.undoes, because)
    return None


def _to_undo_many(act: BulkAct, undoes: BulkAct, because: Grounds) -> Together | None:
    if undoes.kind == BulkAct.Kind.RETIRE:
        return partial(retiring.move_back_many, act=undoes, by=act.by, undo=act)
    if undoes.kind == BulkAct.Kind.LETTER and not _is_news(undoes):
        return partial(rejecting_many.stop_many, by=act.by)
    if undoes.kind == BulkAct.Kind.TRANSFER:
        return partial(transfer.undo_many, by=act.by, act=act)
    if undoes.kind == BulkAct.Kind.MOVE:
        return partial(moves.undo_many, stands_in=undoes.to_id, by=act.by, because=because)
    if undoes.kind == BulkAct.Kind.REJECT:
        return partial(rejecting_many.restore_many, by=act.by, because=because)
    return None


def _do_together(act: BulkAct, chunk: Sequence[int], together: Together) -> bool:
    """Do these at once and write down who stays. False, with nothing done, where something of one of them stands in the way of
    all: then each is tried by itself."""
    try:
        with transaction.atomic():
            stay = together(chunk)
    except (Refused, IntegrityError):
        return False
    rows = Application.objects.select_related("candidate").in_bulk(stay)
    for pk in chunk:
        if pk not in stay:
            act.done.append(pk)
            continue
        name = rows[pk].candidate.name if pk in rows else ""
        act.failed.append([pk, stay[pk].replace(name, "{name}") if name else stay[pk]])
    return True


def _do(act: BulkAct, application: Application | None, application_id: int) -> None:
    if application is None:
        act.failed.append([application_id, "This application is gone."])
        return
    try:
        with transaction.atomic():
            _decide(act, application)
    except Refused as refusal:
        act.failed.append([application_id, refusal.sentence.replace(application.candidate.name, "{name}")])
    else:
        act.done.append(application_id)


def _decide(act: BulkAct, application: Application) -> None:
    because = Grounds(Way.BULK, act=act)
    if act.kind == BulkAct.Kind.UNDO:
        _take_back(act.undoes, application, act.by, because)
        return
    if act.kind == BulkAct.Kind.RETIRE:
        retiring.move_on(application, act)
        return
    if act.kind == BulkAct.Kind.LETTER and act.template:
        write_to = news.write_to if _is_news(act) else rejection.write_to
        write_to(application, act.template, by=act.by, delay=_delay_of(act))
        return
    if application.entered_stage_at > (act.seen_at or act.at):
        raise Refused(moves.who_was_first(application))
    if act.kind == BulkAct.Kind.MOVE and act.to:
        moves.move(application, act.to, by=act.by, because=because)
    elif act.kind == BulkAct.Kind.TRANSFER and act.to:
        transfer.transfer(application, act.to.job, by=act.by, stage=None if act.alike else act.to)
    elif act.reason:
        rejection.reject(
            application,
            act.reason,
            by=act.by,
            template=letters.variant(act.template, act.reason, application) if act.template else None,
            delay=_delay_of(act),
            note=act.note,
            keep=promises.Keep.read(act.keep) if act.keep else None,
            because=because,
        )


def _is_news(act: BulkAct) -> bool:
    return act.template is not None and act.template.kind == MailTemplate.Kind.MESSAGE


def _delay_of(act: BulkAct) -> Delay:
    return rejection.NEXT_MORNING if act.next_morning else dt.timedelta(hours=act.delay_hours)


def _delay(delay: Delay) -> dict[str, Any]:
    if isinstance(delay, str):
        return {"next_morning": True}
    return {"delay_hours": int(delay.total_seconds() // 3600)}


def _take_back(act: BulkAct | None, application: Application, by: User, because: Grounds) -> None:
    if act is None or (act.kind == BulkAct.Kind.MOVE and application.stage_id != act.to_id):
        raise Refused(f"{application.candidate.name} has moved on since.")
    if act.kind == BulkAct.Kind.TRANSFER:
        made = Transfer.objects.select_related("opened").filter(left=application).first()
        if made is None:
            raise Refused(f"{application.candidate.name} was brought back already.")
        transfer.undo(made.opened, by=by)
        return
    if act.kind == BulkAct.Kind.RETIRE:
        retiring.move_back(application, act, by=by)
    elif act.kind == BulkAct.Kind.MAIL:
        mailing.stop(application, act, by=by)
    elif act.kind == BulkAct.Kind.MOVE:
        moves.undo_move(application, by=by, because=because)
    elif act.kind == BulkAct.Kind.LETTER:
        stop = news.stop if _is_news(act) else rejection.stop_mail
        if not stop(application, by=by):
            raise Refused(f"The mail to {application.candidate.name} has left.")
    else:
        rejection.restore(application, by=by, because=because)


def _start(job: Job, kind: str, applications: Sequence[int], *, by: User, **fields: Any) -> BulkAct:
    """Write down the act and whom it is for. Raises AlreadyStarted, with the act, when its page was sent before."""
    try:
        with transaction.atomic():
            return _written(job, kind, applications, by=by, **fields)
    except IntegrityError:
        if act := confirmed(by, fields.get("once")):
            raise AlreadyStarted(act) from None
        raise


def _written(job: Job, kind: str, applications: Sequence[int], *, by: User, **fields: Any) -> BulkAct:
    chosen = list(dict.fromkeys(applications))
    is_of_the_plan = fields.get("retires") or ((undoes := fields.get("undoes")) and undoes.retires_id)
    if not chosen and not is_of_the_plan:
        raise Refused("Nobody is selected.")
    if len(chosen) > AT_MOST and not is_of_the_plan:
        raise Refused(f"More than {AT_MOST:,} people at once are not possible. Narrow the selection.")
    mine = set(Application.objects.filter(job=job, pk__in=chosen).values_list("pk", flat=True))
    chosen = [pk for pk in chosen if pk in mine]
    if not chosen and not is_of_the_plan:
        raise Refused("Nobody selected belongs to this job.")
    return BulkAct.objects.create(
        job=job, kind=kind, by=by, at=timezone.now(), total=len(chosen), waiting=chosen, **fields
    )
