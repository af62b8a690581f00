"""Asking for a draft, carrying the question, and what a person does with what came back.

A question is a row that is due (invariant 10). Whoever carries it takes it by moving its time forward, past the moment at which it must
have given up: two carriers never have one row, and what a dead one left is due again by itself.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, Job, User
from pipeline.assistant import answers, material, offering, prompts, server, switching
from pipeline.models import Application, AssistantDraft

logger = logging.getLogger(__name__)

Kind, State = AssistantDraft.Kind, AssistantDraft.State
ATTEMPTS = 3
PAUSES = (5, 30)
"""Seconds until the second and the third attempt, where the server does not say."""
GRACE = dt.timedelta(seconds=30)
AN_HOUR = dt.timedelta(hours=1)
MOST_AN_HOUR = 60
BROKEN_OFF = "Asking was broken off three times. Ask again later, or tell an administrator."


# ---------- Asking ----------


def ask(
    kind: AssistantDraft.Kind,
    job: Job,
    *,
    by: User,
    application: Application | None = None,
    candidate: Candidate | None = None,
    about: str = "",
    brief: dict[str, Any] | None = None,
) -> AssistantDraft:
    """Have a draft written. Asked again while one is being written, it is that one. Refused where nothing can be sent."""
    if not switching.is_on(job):
        raise Refused(switching.OFF)
    now = timezone.now()
    if AssistantDraft.objects.filter(asked_by=by, asked_at__gt=now - AN_HOUR).count() >= MOST_AN_HOUR:
        raise Refused(f"You asked {MOST_AN_HOUR} times within an hour. Wait a little.")
    draft = AssistantDraft(
        kind=kind,
        job=job,
        application=application,
        candidate=application.candidate if application else candidate,
        about=about,
        brief=brief or {},
        asked_by=by,
        asked_at=now,
        due_at=now,
        prompt_version=prompts.version(kind),
        host=server.host(),
    )
    material.of(draft)  # what cannot be sent is said now, to whoever asks
    same = {"kind": kind, "job": job, "application": application, "candidate": draft.candidate, "about": about}
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            hand_over(draft.pk)
    except IntegrityError:
        waiting = AssistantDraft.objects.waiting().filter(**same).first()
        if waiting is None:
            raise Refused("A colleague asked at the same moment. Look again.") from None
        return waiting
    return draft


def hand_over(draft_id: int, *, after: int = 0) -> None:
    """Have it carried after the commit. When the broker is down, the sweep finds the row."""
    from pipeline.tasks import write_draft

    def send() -> None:
        try:
            write_draft.apply_async(args=[draft_id], countdown=after, retry=False)
        except Exception as error:  # whatever the broker's client raises: the row is there
            logger.warning("draft_left_for_the_sweep", extra={"draft": draft_id, "error": type(error).__name__})

    transaction.on_commit(send, robust=True)


# ---------- Carrying ----------


def carry(draft_id: int) -> None:
    """Ask the language model and write down what came of it. Does nothing when somebody else has the row or it is not due."""
    now = timezone.now()
    until = now + dt.timedelta(seconds=settings.ASSISTANT_SECONDS) + GRACE
    mine = AssistantDraft.objects.due(now).filter(pk=draft_id)
    if not mine.update(due_at=until, carried_since=now, attempts=F("attempts") + 1):
        return
    draft = AssistantDraft.objects.select_related("job", "application__candidate", "candidate").get(pk=draft_id)
    try:
        if draft.attempts > ATTEMPTS:
            raise server.Trouble("broken_off", BROKEN_OFF)
        written = _ask_the_model(draft)
    except server.Trouble as trouble:
        _settle_trouble(draft, trouble)
    except Refused as no:
        _settle_trouble(draft, server.Trouble("not_sent", no.sentence))
    else:
        with transaction.atomic():
            ended = _settle(draft, state=State.DONE, problem="", trouble="", **written)
            if ended and draft.kind == Kind.CRITERIA:
                offering.propose(draft, written["answer"], written["model"])


def _ask_the_model(draft: AssistantDraft) -> dict[str, Any]:
    """The fields of an answered draft. Nothing is locked while the model thinks."""
    if not switching.is_on(draft.job):
        raise server.Trouble("switched_off", switching.OFF)
    sent = material.of(draft)
    messages = prompts.messages(draft.kind, sent)
    fields = {
        "sent_sha256": material.digest(messages),
        "sent_characters": sum(len(message["content"]) for message in messages),
        "host": server.host(),
        "prompt_version": prompts.version(draft.kind),
    }
    AssistantDraft.objects.filter(pk=draft.pk).update(**fields)
    reply = server.ask(messages)
    spent = {
        "model": reply.model,
        "tokens_in": reply.tokens_in,
        "tokens_out": reply.tokens_out,
        "milliseconds": reply.milliseconds,
    }
    AssistantDraft.objects.filter(pk=draft.pk).update(**spent)  # it was spent, whatever the answer is worth
    return {"answer": answers.read(draft.kind, reply.text, sent), "model": reply.model}


def _settle_trouble(draft: AssistantDraft, trouble: server.Trouble) -> None:
    said: dict[str, Any] = {"trouble": trouble.code, "problem": trouble.sentence}
    if trouble.again_in is None or draft.attempts >= ATTEMPTS:
        _settle(draft, state=State.REFUSED if trouble.declined else State.FAILED, **said)
        return
    pause = max(trouble.again_in, PAUSES[draft.attempts - 1])
    with transaction.atomic():
        again = timezone.now() + dt.timedelta(seconds=pause)
        if _mine(draft).update(due_at=again, carried_since=None, **said):
            hand_over(draft.pk, after=pause)


def _settle(draft: AssistantDraft, **fields: Any) -> bool:
    """Write the end of it; False when it was erased, put away or taken over meanwhile."""
    ended = bool(_mine(draft).update(answered_at=timezone.now(), carried_since=None, **fields))
    logger.info("draft_settled", extra={"draft": draft.pk, "state": fields["state"], "trouble": fields["trouble"]})
    return ended


def _mine(draft: AssistantDraft) -> Any:
    return AssistantDraft.objects.waiting().filter(pk=draft.pk, attempts=draft.attempts)


def left_behind(now: dt.datetime) -> list[int]:
    """Questions that are due and that nobody seems to carry."""
    late = AssistantDraft.objects.due(now - dt.timedelta(seconds=5)).order_by("due_at")
    return list(late.values_list("pk", flat=True)[:200])


# ---------- What a person does with it ----------


@transaction.atomic
def keep(draft: AssistantDraft, *, by: User) -> AssistantDraft:
    """A person has read it and stands by keeping it. It stays marked as written by a machine."""
    return _decide(draft, State.USED, {State.DONE}, by)


@transaction.atomic
def discard(draft: AssistantDraft, *, by: User) -> AssistantDraft:
    """Put it away. What is being written is not waited for any more."""
    return _decide(draft, State.DISCARDED, {State.DONE, State.USED, State.FAILED, State.REFUSED, State.WAITING}, by)


def _decide(
    draft: AssistantDraft, to: AssistantDraft.State, when: set[AssistantDraft.State], by: User
) -> AssistantDraft:
    draft = AssistantDraft.objects.select_for_update(of=("self",)).select_related("job").get(pk=draft.pk)
    if draft.state == to:
        return draft
    if draft.state not in when:
        raise Refused("A colleague has already done something else with this draft. Look again.")
    draft.state, draft.decided_by, draft.decided_at = to, by, timezone.now()
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    return draft


def again(draft: AssistantDraft, *, by: User) -> AssistantDraft:
    """Ask the same once more. An earlier text stands until a person puts it away; what failed goes."""
    asked = ask(
        Kind(draft.kind),
        draft.job,
        by=by,
        application=draft.application,
        candidate=draft.candidate,
        about=draft.about,
        brief=draft.brief,
    )
    if asked.pk != draft.pk and not draft.can_be_read:
        discard(draft, by=by)
    return asked
