"""Where undoing a move leads, and when there is no way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from hiring.models import Message
from pipeline.entering import Entry
from pipeline.models import Application, Transition

LEFT_THE_HOUSE = (Message.Status.SENDING, Message.Status.SENT, Message.Status.UNCONFIRMED, Message.Status.BOUNCED)


def find(applications: Sequence[Application], within: dt.timedelta) -> dict[int, Entry | str]:
    """By application where undoing its last move leads, or why it cannot be undone: two statements for any number."""
    steps = Transition.objects.filter(application__in=[one.pk for one in applications]).select_related("left")
    last = {one.application_id: one for one in steps.order_by("application", "-at", "-pk").distinct("application")}
    told = _left_the_house(applications, last)
    return {one.pk: _back(one, last.get(one.pk), one.pk in told, within) for one in applications}


def _back(application: Application, last: Transition | None, is_told: bool, within: dt.timedelta) -> Entry | str:
    if (
        last is None
        or not application.is_active
        or last.left is None
        or last.left_id == last.to_id
        or last.reason == "undo"
    ):
        return "There is no move to undo."
    if last.left.retired_at:
        return f"“{last.left}” is no longer in the plan. Move the card instead."
    if timezone.now() - last.at > within:
        return "This move is too old to undo. Move the card instead."
    if is_told:
        return "A message has gone out since. Move the card instead."
    was_first_look = application.reviewed_at == last.at  # the move alone had made the card no longer new
    since = _entered_before(application, last)
    return Entry(application, last.left, reason="undo", since=since, is_unseen=was_first_look)


def _left_the_house(applications: Sequence[Application], since: Mapping[int, Transition]) -> set[int]:
    """Those whose person got mail about their job since that transition: what was said cannot be unsaid."""
    if not since:
        return set()
    mail = Message.objects.filter(
        candidate__in={one.candidate_id for one in applications}, job__in={one.job_id for one in applications},
        direction=Message.Direction.OUT, status__in=LEFT_THE_HOUSE, created_at__gte=min(one.at for one in since.values()),
    )  # fmt: skip
    sent = list(mail.values_list("candidate", "job", "created_at"))
    return {
        one.pk for one in applications
        if any((one.candidate_id, one.job_id) == (person, job) and at >= since[one.pk].at for person, job, at in sent
               if one.pk in since)
    }  # fmt: skip


def _entered_before(application: Application, last: Transition) -> dt.datetime:
    """When the stage an undo goes back to was entered, so that days in stage go on counting."""
    return last.at - dt.timedelta(seconds=last.seconds_in_left)
