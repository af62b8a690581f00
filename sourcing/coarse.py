"""How far somebody got, in words coarse enough for whoever named them: no stage, no reason. What referrals and agencies share.

A rejection shows once its letter has left, as on the person's own status page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet

from hiring import sweeping
from hiring.models import Message
from pipeline.models import Application, Stage

RECEIVED, IN_REVIEW, INTERVIEWING, OFFER, HIRED = "received", "in_review", "interviewing", "offer", "hired"
TONES = {HIRED: "good", OFFER: "good", INTERVIEWING: "info"}
BY_STAGE = {
    Stage.Kind.SCREEN: IN_REVIEW,
    Stage.Kind.INTERVIEW: INTERVIEWING,
    Stage.Kind.OFFER: OFFER,
    Stage.Kind.HIRED: OFFER,
}
"""Before the first talk, referrals and agencies say it each in their way."""
LETTER = re.compile(r"rejection:(\d+):")  # as pipeline.rejection names the mail of an application
TELL_AT_ONCE = 200


@dataclass(frozen=True)
class Word:
    """Where somebody stands, for whoever named them."""

    code: str
    title: str
    sentence: str
    tone: str = ""


def goes_on(application: Application, unsent: Collection[int]) -> bool:
    """Whether it still goes on, as far as the person knows."""
    return application.is_active or application.pk in unsent or application.status == Application.Status.CONVERTED


def tell(
    rows: QuerySet[Any],
    words_of: Callable[[Iterable[Any]], list[tuple[Any, Word]]],
    write: Callable[[Mapping[Any, Word], Any], bool],
    what: str,
) -> int:
    """Go through rows that have not ended, some hundreds at a time, and `write` of each whose word is a new one. How many were told.

    One that fails holds up no other; `write` remembers the word with the mail, so that nobody is told one twice.
    """
    told, after = 0, 0
    while True:
        some = list(rows.filter(pk__gt=after).order_by("pk")[:TELL_AT_ONCE])
        if not some:
            return told
        after = some[-1].pk
        new = {one: word for one, word in words_of(some) if word.code != one.told}
        told += sum(sweeping.each(what, new, partial(write, new)))


def letters_wait(applications: Collection[int]) -> set[int]:
    """Rejected applications whose letter can still be stopped."""
    if not applications:
        return set()
    rejected = Application.objects.filter(pk__in=applications, status=Application.Status.REJECTED)
    rows = list(rejected.values_list("candidate", "pk"))
    waiting = Message.objects.filter(
        candidate__in=[candidate for candidate, _ in rows],
        purpose="rejection",
        status__in=(Message.Status.QUEUED, Message.Status.SENDING),
    )
    found = (LETTER.match(key or "") for key in waiting.values_list("dedupe_key", flat=True))
    return {int(letter[1]) for letter in found if letter} & {pk for _, pk in rows}
