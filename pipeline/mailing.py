"""Writing to many people of a board at once: one text with merge fields, for everybody their own, through the contact policy.

Who will not get it is known before anything leaves (`left_out`), each with the reason, and asked again when it is written
(`write_many`, a step of the act in pipeline/bulk.py). Nobody gets the same act's mail twice, nor the same words on a job twice in a
day: what is written carries the act and the application as its key. It waits a few minutes at least, and can be stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from hiring import contact, masks
from hiring.errors import Refused
from hiring.mail import compose, drafts
from hiring.models import Candidate, Job, Message, User
from hiring.timeline import record_all
from pipeline import rejection
from pipeline.models import Application, BulkAct
from pipeline.rejection import Delay

TIME_TO_STOP = dt.timedelta(minutes=5)
AT_MOST = 5_000
TYPE_ABOVE = 30  # people; from here on the number is typed, because what has left cannot be taken back (ui.md)
LOOKED_AT = 1_000  # people asked about at once
TWICE = dt.timedelta(days=1)
KEY = "board"
ON_BOARD = (Application.Status.ACTIVE, Application.Status.HIRED)


@dataclass(frozen=True)
class Words:
    """What a colleague wrote; merge fields may stand in it."""

    subject: str
    text: str


def left_out(ids: Collection[int], words: Words, job: Job, *, by: User) -> dict[int, str]:
    """Those of these applications who would not get it, each with the reason, in a sentence with {name}."""
    found: dict[int, str] = {}
    for some in _pieces(ids):
        rows = {one.pk: one for one in _rows(some, job)}
        found |= dict.fromkeys(set(some) - rows.keys(), "This application is gone.")
        found |= _objections(list(rows.values()), words, job, by=by)
    return found


@transaction.atomic
def write_many(ids: Collection[int], act: BulkAct) -> dict[int, str]:
    """Write to these people of an act. Says why the others get nothing, by application."""
    words, by, job = Words(act.subject, act.text), act.by, act.job
    people = Candidate.objects.filter(applications__in=ids).order_by("pk").select_for_update(no_key=True, of=("self",))
    list(people.values_list("pk", flat=True))  # a reply or an opt-out of this second comes first, or sees this mail
    rows = {one.pk: one for one in _rows(ids, job)}
    stay = dict.fromkeys(set(ids) - rows.keys(), "This application is gone.")
    stay |= _objections(list(rows.values()), words, job, by=by)
    batch = compose.Batch([one.candidate for one in rows.values()])
    mailbox = compose.mailbox_for(by)
    for pk, one in rows.items():
        if pk in stay:
            continue
        try:
            with masks.lifted(one.candidate):
                values = compose.fields(one.candidate, by=by, job=job)
                batch.write(
                    one.candidate,
                    purpose="message",
                    mail_class=Message.Class.TRANSACTIONAL,
                    subject=compose.merge(words.subject, values),
                    text=compose.merge(words.text, values),
                    by=by,
                    job=job,
                    mailbox=mailbox,
                    dedupe_key=_key(act, pk),
                    not_before=leaves_at(act, one.candidate),
                )
        except Refused as refused:
            stay[pk] = refused.sentence.replace(one.candidate.name, "{name}")
    _tell(batch.store(), act)
    return stay


def read_by(application: Application, words: Words, job: Job, *, by: User) -> tuple[str, str]:
    """Subject and text as this person would get them, by the name the reader knows them by."""
    values = compose.fields(application.candidate, by=by, job=job)
    return compose.fill(words.subject, values), compose.fill(words.text, values)


def stop(application: Application, act: BulkAct, *, by: User) -> None:
    """Take back what waits for this person. Refused when it has left."""
    message = Message.objects.filter(dedupe_key=_key(act, application.pk)).first()
    if message is None or message.status == Message.Status.CANCELLED:
        raise Refused(f"Nothing waits for {application.candidate.name}.")
    compose.cancel(message, by=by, note="Stopped before it left.")


def leaves_at(act: BulkAct, candidate: Candidate) -> dt.datetime:
    """Not before there was time to stop it."""
    delay: Delay = rejection.NEXT_MORNING if act.next_morning else dt.timedelta(hours=act.delay_hours)
    return rejection.leaves_at(candidate, by=act.by, delay=delay) if delay else act.at + TIME_TO_STOP


def _rows(ids: Collection[int], job: Job) -> list[Application]:
    return list(Application.objects.filter(pk__in=ids, job=job).select_related("candidate").order_by("pk"))


def _objections(rows: Sequence[Application], words: Words, job: Job, *, by: User) -> dict[int, str]:
    """Why people get nothing: they left the process, the contact policy, a field without a value, or they have had it."""
    people = [one.candidate for one in rows]
    verdicts = contact.may_send_many(people, mail_class=Message.Class.TRANSACTIONAL) if people else []
    had = _had_it(people, words, job, by=by)
    found: dict[int, str] = {}
    for one, verdict in zip(rows, verdicts, strict=True):
        absent = _absent(one.candidate, words, job, by=by)
        if one.status not in ON_BOARD:
            found[one.pk] = f"{{name}} is no longer active here: {one.get_status_display().lower()}."
        elif not verdict:
            found[one.pk] = verdict.reason
        elif absent:
            found[one.pk] = f"No value for: {'; '.join(drafts.in_words(absent))}."
        elif one.candidate_id in had:
            found[one.pk] = "{name} has had this very message in the last day."
    return found


def _absent(candidate: Candidate, words: Words, job: Job, *, by: User) -> list[str]:
    return compose.missing(words.subject + words.text, compose.fields(candidate, by=by, job=job))


def _had_it(people: Sequence[Candidate], words: Words, job: Job, *, by: User) -> set[int]:
    """Who was written the same words about this job since yesterday, by whatever act."""
    since = timezone.now() - TWICE
    sent = Message.objects.filter(
        candidate__in=people, job=job, created_at__gte=since, dedupe_key__startswith=f"{KEY}:"
    ).exclude(status__in=[Message.Status.CANCELLED, Message.Status.BLOCKED, Message.Status.FAILED])
    by_id = {person.pk: person for person in people}
    found = set()
    with masks.lifted():
        for candidate, subject, text in sent.values_list("candidate", "subject", "text"):
            values = compose.fields(by_id[candidate], by=by, job=job)
            if (compose.fill(words.subject, values), compose.fill(words.text, values)) == (subject, text):
                found.add(candidate)
    return found


def _tell(messages: Sequence[Message], act: BulkAct) -> None:
    told = {
        message.candidate_id: {"message": message.pk, "purpose": message.purpose}
        for message in messages
        if message.candidate_id
    }
    record_all("message.queued", act.by, told, job=act.job)


def _key(act: BulkAct, application: int) -> str:
    return f"{KEY}:{act.pk}:{application}"


def _pieces(ids: Collection[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), LOOKED_AT):
        yield listed[start : start + LOOKED_AT]
