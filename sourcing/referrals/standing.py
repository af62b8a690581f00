"""What became of a referral, in words coarse enough for whoever gave it: no stage, no reason, no name of a job they may not see.

A rejection shows once its letter has left, as on the person's own status page; a referral that was not credited shows no
progress at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from hiring import sweeping
from hiring.mail import compose
from hiring.models import Message
from pipeline.models import Application, Stage
from sourcing.referrals.models import Referral

RECEIVED, IN_REVIEW, INTERVIEWING, OFFER, HIRED = "received", "in_review", "interviewing", "offer", "hired"
CLOSED, IN_PROCESS = "closed", "in_process"
ENDS = (HIRED, CLOSED, IN_PROCESS)
WORDS = {
    RECEIVED: ("Received", "A recruiter looks at it soon."),
    IN_REVIEW: ("In review", "We are looking at where they fit."),
    INTERVIEWING: ("Interviewing", "They are meeting people here."),
    OFFER: ("Offer", "We are talking about terms."),
    HIRED: ("Hired", "They are joining us. Thank you!"),
    CLOSED: ("Closed", "It did not lead to a job this time. Thank you all the same."),
    IN_PROCESS: ("Already in process", "We knew them already, so the credit stays with whoever was first."),
}
BY_STAGE = {
    Stage.Kind.LEAD: IN_REVIEW,
    Stage.Kind.APPLIED: IN_REVIEW,
    Stage.Kind.SCREEN: IN_REVIEW,
    Stage.Kind.INTERVIEW: INTERVIEWING,
    Stage.Kind.OFFER: OFFER,
    Stage.Kind.HIRED: OFFER,
}
LETTER = re.compile(r"rejection:(\d+):")  # as pipeline.rejection names the mail of an application
TELL_AT_ONCE = 200


@dataclass(frozen=True)
class Word:
    """Where a referral stands, for the colleague who gave it."""

    code: str
    title: str
    sentence: str
    tone: str = ""


def words_of(referrals: Iterable[Referral]) -> list[tuple[Referral, Word]]:
    """Each referral with its word. Referrals come with application and stage; one query more for letters that wait."""
    referrals = list(referrals)
    unsent = letters_wait([referral.application_id for referral in referrals if referral.application_id])
    return [(referral, _word(_code(referral, unsent))) for referral in referrals]


def for_words(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("application__stage", "job", "referrer", "candidate")


def tell() -> int:
    """Write to colleagues whose referral has a new word. How many were told.

    A word is remembered with the mail, so nobody is told twice; a move that was taken back before the next round is not told.
    """
    told, after = 0, 0
    while True:
        going_on = Referral.objects.exclude(told__in=ENDS).filter(wants_mail=True, pk__gt=after).order_by("pk")
        rows = list(for_words(going_on)[:TELL_AT_ONCE])
        if not rows:
            return told
        after = rows[-1].pk
        words = {referral: word for referral, word in words_of(rows) if word.code != referral.told}
        told += sum(sweeping.each("word of a referral", words, partial(_tell, words)))


@transaction.atomic
def _tell(words: Mapping[Referral, Word], referral: Referral) -> bool:
    """One mail a word; the first word, that it arrived, was on the page already."""
    word = words[referral]
    mine = Referral.objects.filter(pk=referral.pk, told=referral.told)
    if not mine.update(told=word.code):
        return False  # another round was quicker
    if word.code == RECEIVED or not referral.referrer.is_active:
        return False
    compose.to_colleague(
        referral.referrer,
        purpose="referral",
        template="sourcing/email/referral",
        context={"referral": referral, "word": word},
        dedupe_key=f"referral:{referral.pk}:{word.code}",
    )
    return True


def _code(referral: Referral, unsent: Collection[int]) -> str:
    application = referral.application
    if referral.is_shared:  # they never agreed to be followed: only what the credit stands on is told
        return (
            HIRED
            if referral.is_credited and application and application.status == Application.Status.HIRED
            else RECEIVED
        )
    if not referral.is_credited:
        return IN_PROCESS
    if application is None:
        return {"waiting": RECEIVED, "taken": IN_REVIEW, "closed": CLOSED}[referral.state]
    if application.status == Application.Status.HIRED:
        return HIRED
    open_still = application.is_active or application.pk in unsent or application.status == "converted"
    return BY_STAGE[Stage.Kind(application.stage.kind)] if open_still else CLOSED


def _word(code: str) -> Word:
    tone = {HIRED: "good", OFFER: "good", INTERVIEWING: "info"}.get(code, "")
    return Word(code, *WORDS[code], tone)


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
