"""What became of a referral, in words coarse enough for whoever gave it: no stage, no reason, no name of a job they may not see.

A rejection shows once its letter has left, as on the person's own status page; a referral that was not credited shows no
progress at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from hiring.mail import compose
from pipeline.models import Application, Stage
from sourcing import coarse
from sourcing.coarse import HIRED, IN_REVIEW, INTERVIEWING, OFFER, RECEIVED, Word
from sourcing.referrals.models import Referral

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
BY_STAGE = coarse.BY_STAGE | {Stage.Kind.LEAD: IN_REVIEW, Stage.Kind.APPLIED: IN_REVIEW}


def words_of(referrals: Iterable[Referral]) -> list[tuple[Referral, Word]]:
    """Each referral with its word. Referrals come with application and stage; one query more for letters that wait."""
    referrals = list(referrals)
    unsent = coarse.letters_wait([referral.application_id for referral in referrals if referral.application_id])
    return [(referral, _word(_code(referral, unsent))) for referral in referrals]


def for_words(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("application__stage", "job", "referrer", "candidate")


def tell() -> int:
    """Write to colleagues whose referral has a new word. How many were told.

    A word is remembered with the mail, so nobody is told twice; a move that was taken back before the next round is not told.
    """
    going_on = Referral.objects.exclude(told__in=ENDS).filter(wants_mail=True)
    return coarse.tell(for_words(going_on), words_of, _tell, "word of a referral")


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
    return BY_STAGE[Stage.Kind(application.stage.kind)] if coarse.goes_on(application, unsent) else CLOSED


def _word(code: str) -> Word:
    return Word(code, *WORDS[code], coarse.TONES.get(code, ""))
