"""Turning many people of one job down at once, each with their letter, and taking that back: `pipeline/rejection.py` for sets.

A few statements, whatever the number, also with a note for the team about each, and with the same promise to everybody.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from hiring import contact, notes, promises, staying
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import MailTemplate, Message
from hiring.timeline import record_all
from pipeline import events, letters, moves, rejection
from pipeline.decisions.grounds import Grounds
from pipeline.entering import GONE, Entry, enter_many, lock_many
from pipeline.models import Application, RejectionReason
from pipeline.rejection import ALREADY_TOLD, KEY, Delay

if TYPE_CHECKING:
    from hiring.models import User

Status = Application.Status


@transaction.atomic
def reject_many(
    ids: Collection[int],
    reason: RejectionReason,
    *,
    by: User | None,
    since: dt.datetime,
    because: Grounds,
    template: MailTemplate | None = None,
    by_language: bool = False,
    delay: Delay = rejection.DELAY,
    note: str = "",
    keep: promises.Keep | None = None,
) -> dict[int, str]:
    """Chosen on a page as fresh as `since`. With a `template`, each gets it in their language where the reason has such a sister;
    `by_language`, the one that is chosen for them. Says why the others stay, by id."""
    found = lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    for pk, one in found.items():
        if one.entered_stage_at > since:
            stay[pk] = moves.who_was_first(one)
        elif not one.is_active:
            stay[pk] = moves.no_longer_active(one)
    going = [one for pk, one in found.items() if pk not in stay]
    warm = Warm(going, keep) if keep and going else None
    stay |= warm.stay if warm else {}
    going = [one for one in going if one.pk not in stay]
    mails = Letters(going, by=by, delay=delay)
    if going and (template or by_language):
        variants = letters.variants(template, reason, going) if template else _chosen(going, reason)
        stay |= mails.write(variants, warm.questions(going, variants) if warm else {})
        going = [one for one in going if one.pk not in stay]
    if warm:
        stay |= warm.unasked(going, {message.candidate_id for message in mails.batch.messages})
        going = [one for one in going if one.pk not in stay]
        mails.leave_out(stay)
    if not going:
        return stay
    ends = [Entry(one, one.stage, Status.REJECTED, reason.code, rejection_reason=reason) for one in going]
    enter_many(ends, by=by, because=because)
    _say(going, reason, note, by=by, because=because)
    if warm:
        warm.keep(going, by=by)
    mails.store()
    for one in going:
        events.application_closed.send(Application, application=one, by=by)
    return stay


def _chosen(applications: Sequence[Application], reason: RejectionReason) -> dict[int, MailTemplate]:
    found = {pk: choice.template for pk, choice in letters.choose_many(applications, reason).items()}
    if not all(found.values()):
        raise Refused(letters.NONE)
    return {pk: template for pk, template in found.items() if template}


def _say(
    applications: Sequence[Application], reason: RejectionReason, note: str, *, by: User | None, because: Grounds
) -> None:
    """On the timelines; with a note, which is told the team about each."""
    said: dict[int, dict[str, int]] = {one.pk: {"stage": one.stage_id, "reason": reason.pk} for one in applications}
    if note.strip() and by:
        written = notes.write_many([one.candidate for one in applications], note, by=by, job=applications[0].job)
        for one in applications:
            said[one.pk]["note"] = written[one.candidate_id].pk
    moves.write_all_down(applications, "application.rejected", by, said, act=because.act)


class Warm:
    """The same promise to people of one job who are turned down. `stay` says who may not be kept in mind, and why."""

    def __init__(self, applications: Sequence[Application], wanted: promises.Keep) -> None:
        self.job, self.wanted = applications[0].job, wanted
        self.people, self.found = promises.weighed([one.candidate for one in applications])
        why = promises.why_not(self.people, wanted, self.found)
        self.stay = {one.pk: why[one.candidate_id] for one in applications if one.candidate_id in why}

    def _asked(self, applications: Sequence[Application]) -> list[Application]:
        return [one for one in applications if self.found[one.candidate_id].answer == "ask"]

    def questions(self, applications: Sequence[Application], variants: Mapping[int, MailTemplate]) -> dict[int, str]:
        """What the letters of those who have to be asked end with, by application."""
        asked = self._asked(applications)
        languages = {one.candidate_id: variants[one.pk].language[:2] for one in asked}
        words = staying.questions([one.candidate for one in asked], languages) if asked else {}
        return {one.pk: words[one.candidate_id] for one in asked}

    def unasked(self, applications: Sequence[Application], written_to: Collection[int | None]) -> dict[int, str]:
        """Who would have to be asked and gets no letter."""
        without = [one for one in self._asked(applications) if one.candidate_id not in written_to]
        return {one.pk: rejection.UNASKED.format(name=one.candidate.name) for one in without}

    def keep(self, applications: Sequence[Application], *, by: User | None) -> None:
        occasions = {one.candidate_id: rejection.occasion(one) for one in applications}
        people = [person for person in self.people if person.pk in occasions]
        promises.keep_many(people, self.wanted, self.found, by=by, job=self.job, occasions=occasions)


class Letters:
    """Letters to people of one job, written and stored together."""

    def __init__(self, applications: Sequence[Application], *, by: User | None, delay: Delay) -> None:
        self.applications, self.by, self.delay = applications, by, delay
        people = [one.candidate for one in applications]
        prefetch_related_objects(people, "contact_points")
        self.batch = compose.Batch(people)

    def write(self, templates: Mapping[int, MailTemplate], endings: Mapping[int, str]) -> dict[int, str]:
        """Write to each whom `rejection.no_mail` does not speak against; some letters end with more. Says whom a missing value or a
        wrong address refuses."""
        job, mailbox = self.applications[0].job, compose.mailbox_for(self.by)
        answered, written = self.so_far()
        refused: dict[int, str] = {}
        for one in self.applications:
            if one.pk in answered or not contact.working_address(one.candidate):
                continue
            one.job = job  # its place is read once
            try:
                subject, text = rejection.letter_to(one, templates[one.pk], by=self.by)
                text = f"{text.rstrip()}\n\n{endings[one.pk]}" if one.pk in endings else text
                self.batch.write(
                    one.candidate,
                    purpose="rejection",
                    mail_class=Message.Class.TRANSACTIONAL,
                    subject=subject,
                    text=text,
                    by=self.by,
                    job=job,
                    mailbox=mailbox,
                    dedupe_key=f"{KEY}{one.pk}:{written[one.pk] + 1}",
                    not_before=rejection.leaves_at(one.candidate, by=self.by, delay=self.delay),
                )
            except Refused as why:
                refused[one.pk] = why.sentence
        return refused

    def so_far(self) -> tuple[dict[int, str], Counter[int]]:
        """Who was told already, or for whom a letter waits, in a sentence, by application; and how many were written about each."""
        of_person = {one.candidate_id: one for one in self.applications}
        answered, written = dict[int, str](), Counter[int]()
        mails = Message.objects.filter(candidate__in=of_person, job=self.applications[0].job_id, purpose="rejection")
        for person, key, status, at in mails.values_list("candidate", "dedupe_key", "status", "at"):
            if person is None:
                continue
            one = of_person[person]
            number = (key or "").removeprefix(KEY).partition(":")[0]
            written[int(number) if number.isdecimal() else 0] += 1
            is_told = status in ALREADY_TOLD and (not one.receipt_number or at >= one.applied_at)
            if is_told:
                answered[one.pk] = rejection.TOLD_ALREADY.format(name=one.candidate.name)
            elif status == Message.Status.QUEUED:
                answered.setdefault(one.pk, rejection.WAITS_ALREADY.format(name=one.candidate.name))
        return answered, written

    def leave_out(self, applications: Collection[int]) -> None:
        """Not to these after all."""
        out = {one.candidate_id for one in self.applications if one.pk in applications}
        self.batch.messages = [message for message in self.batch.messages if message.candidate_id not in out]

    def store(self) -> None:
        """Keep them, and say of those that wait that they do."""
        if not self.batch.messages:
            return
        soon = timezone.now() + dt.timedelta(minutes=1)
        waits = [one for one in self.batch.store() if one.not_before > soon]
        told = {one.candidate_id: {"message": one.pk, "purpose": one.purpose} for one in waits if one.candidate_id}
        record_all("message.queued", self.by, told, job=self.applications[0].job)


@transaction.atomic
def write_many(ids: Collection[int], template: MailTemplate, *, by: User | None, delay: Delay) -> dict[int, str]:
    """`rejection.write_to` for many who were turned down without a letter. Says why the others get none, by id."""
    found = lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    person: dict[int, int] = {}  # whoever was turned down twice here hears it once
    for pk, one in sorted(found.items(), reverse=True):
        if one.status != Status.REJECTED:
            stay[pk] = f"{one.candidate.name} is not turned down here."
        elif person.setdefault(one.candidate_id, pk) != pk:
            stay[pk] = rejection.WAITS_ALREADY.format(name=one.candidate.name)
    going = [one for pk, one in found.items() if pk not in stay]
    if not going:
        return stay
    mails = Letters(going, by=by, delay=delay)
    stay |= mails.so_far()[0]
    stay |= {
        one.pk: rejection.NO_ADDRESS.format(name=one.candidate.name)
        for one in going
        if one.pk not in stay and not contact.working_address(one.candidate)
    }
    stay |= mails.write(dict.fromkeys((one.pk for one in going), template), {})
    mails.store()
    return stay


@transaction.atomic
def stop_many(ids: Collection[int], *, by: User | None) -> dict[int, str]:
    """Stop the letters of these people that have not left. Says whose has, by id."""
    found = lock_many(ids)
    stopped = _stop_mails(list(found.values()), by=by)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    return stay | {pk: f"The mail to {one.candidate.name} has left." for pk, one in found.items() if pk not in stopped}


@transaction.atomic
def restore_many(ids: Collection[int], *, by: User | None, because: Grounds) -> dict[int, str]:
    """`rejection.restore` for those who were turned down at once. Says why the others stay, by id."""
    found = lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    others = Application.objects.active().filter(
        job__in={one.job_id for one in found.values()}, candidate__in=[one.candidate_id for one in found.values()]
    )
    applied = set(others.values_list("candidate", "job"))
    for pk, one in found.items():
        if one.status not in rejection.ENDED_BY_US_OR_THEM:
            stay[pk] = "Only a rejected or withdrawn application can be taken back in."
        elif (one.candidate_id, one.job_id) in applied:
            stay[pk] = f"{one.candidate.name} has applied again since; that application is active."
    back = [one for pk, one in found.items() if pk not in stay]
    if not back:
        return stay
    _stop_mails(back, by=by)
    promises.take_back([rejection.occasion(one) for one in back], by=by)
    rejection.withdraw_notes(back)
    again = {
        status: [Entry(one, moves.in_plan(one.stage), reason="restored") for one in back if one.status == status]
        for status in rejection.ENDED_BY_US_OR_THEM
    }
    enter_many(again[Status.REJECTED], by=by, because=because)
    enter_many(again[Status.WITHDRAWN], by=by)  # a withdrawal was not ours to decide
    moves.write_all_down(
        back, "application.restored", by, {one.pk: {"stage": one.stage_id} for one in back}, act=because.act
    )
    events.applications_restored.send(Application, applications=back, by=by)
    return stay


def _stop_mails(applications: Sequence[Application], *, by: User | None) -> set[int]:
    """Stop the letters of these that have not left. Says whose were stopped, by id of the application."""
    mine = {f"{KEY}{one.pk}": one.pk for one in applications}
    people = [one.candidate_id for one in applications]
    queued = Message.objects.queued().filter(candidate__in=people, purpose="rejection").select_for_update()
    held = [one for one in queued.order_by("pk") if (one.dedupe_key or "").rpartition(":")[0] in mine]
    if not held:
        return set()
    stopped = Message.objects.filter(pk__in=[one.pk for one in held])
    stopped.update(status=Message.Status.CANCELLED, status_note=rejection.STOPPED)
    told = {one.candidate_id: {"message": one.pk, "purpose": one.purpose} for one in held if one.candidate_id}
    record_all("message.cancelled", by, told, job=applications[0].job)
    return {mine[(one.dedupe_key or "").rpartition(":")[0]] for one in held}
