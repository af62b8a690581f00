"""Work that outlives a request."""

from __future__ import annotations

import datetime as dt
import time

from celery import shared_task
from django.utils import timezone

from hiring import holidays, sweeping
from hiring.context import acting
from pipeline import (
    arriving,
    asking,
    bulk,
    confirming,
    letter_days,
    likeness,
    limiting,
    nudging,
    questioning,
    retiring,
)
from pipeline.models import BulkAct
from pipeline.rules import finding, firing, firing_many


@shared_task(name="pipeline.bulk_act")
def run_bulk_act(act_id: int) -> None:
    act = BulkAct.objects.filter(pk=act_id, finished_at=None).first()
    if act:
        with acting(door="task", actor_id=act.by_id):
            bulk.run(act)


@shared_task(name="pipeline.take_in_arrivals")
def take_in_arrivals() -> None:
    """Make applications of what came by the form and waits: handed over in a rush, and by the clock for what was left behind."""
    with acting(door="task"):
        arriving.run()
        limiting.forget_old()
        likeness.forget_senders()


@shared_task(name="screening.judge")
def judge_applications(application_ids: list[int]) -> None:
    """Judge these applications by their job's criteria, as far as they are still due."""
    from pipeline.screening import judging

    with acting(door="task"):
        judging.judge_due(application_ids)


@shared_task(name="screening.sweep")
def sweep_judgements() -> None:
    """Find applications that wait to be judged, and those that older rules judged, and hand them to who has time."""
    from pipeline.screening import judging

    with acting(door="task"):
        judging.hand_over(judging.sweep())


@shared_task(name="pipeline.bulk_sweep")
def sweep_bulk_acts() -> None:
    """Go on with acts whose task was lost with the broker or a worker (invariant 10)."""
    since = timezone.now() - dt.timedelta(seconds=30)
    left = BulkAct.objects.filter(finished_at=None, at__lt=since).order_by("pk")
    sweeping.each("act", list(left.values_list("pk", flat=True)), run_bulk_act)
    with acting(door="task"):
        sweeping.each("application", retiring.late_comers(), retiring.send_after)


@shared_task(name="pipeline.ask_again")
def ask_again() -> None:
    """Remind colleagues who were asked about people and have not answered; tell whoever asked when the day has passed."""
    today = timezone.localdate()
    sweeping.each("reviewer", asking.reminders_due(today), asking.remind)
    sweeping.each("applicant_question", questioning.to_remind(timezone.now()), questioning.remind)
    sweeping.each("address", confirming.to_remind(timezone.now()), confirming.remind)
    sweeping.each("manager_review", asking.overdue(today), lambda review: asking.tell(review, "the day has passed"))


@shared_task(name="assistant.write")
def write_draft(draft_id: int) -> None:
    from pipeline.assistant import drafts

    with acting(door="task"):
        drafts.carry(draft_id)


@shared_task(name="assistant.sweep")
def sweep_drafts() -> None:
    """Hand over again what a lost broker or worker left behind (invariant 10)."""
    from pipeline.assistant import drafts

    for draft_id in drafts.left_behind(timezone.now()):
        write_draft.apply_async(args=[draft_id], retry=False, expires=15)


@shared_task(name="pipeline.rules_sweep")
def sweep_rules() -> None:
    """Find whom rules fit and no event told of, then do what is due (invariant 10)."""
    with acting(door="task"):
        holidays.forget()
        sweeping.each("rule", list(finding.active_versions().order_by("pk")), finding.sweep)
        until = time.monotonic() + 20
        while (due := firing.due()) and time.monotonic() < until:
            left = firing_many.act(due)
            if len(left) == len(due) and not any(sweeping.each("firing of a rule", left, firing.act)):
                break  # whatever is left fails, or somebody else has it: the next tick looks again


@shared_task(name="pipeline.rules_reckon")
def reckon_rules() -> None:
    """Move what waits for a working day, by the holidays as they are now. Whatever this misses is asked again when it is due."""
    with acting(door="task"):
        holidays.forget()
        firing.reckon()


@shared_task(name="pipeline.letters_by_the_calendar")
def put_off_letters() -> None:
    """No letter that waits leaves on a day that has become a holiday."""
    with acting(door="task"):
        holidays.forget()
        letter_days.put_off()


@shared_task(name="pipeline.nudge_stuck")
def nudge_stuck() -> None:
    """Remind owners of people who stand too long."""
    nudging.nudge_all()
