"""How a submission stands, in words that tell an agency nothing it may not know: no stage, no reason, and the same words for
somebody we knew as for somebody who was turned down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring.mail import partners
from pipeline.models import Application, Stage
from sourcing import coarse
from sourcing.agencies.models import Submission
from sourcing.coarse import HIRED, IN_REVIEW, INTERVIEWING, OFFER, RECEIVED, Word

NOT_TAKEN = "not_taken"
ENDS = (HIRED, NOT_TAKEN)
WORDS = {
    RECEIVED: ("Received", "We have them and look at them in the order they come."),
    IN_REVIEW: ("In review", "We are getting to know them."),
    INTERVIEWING: ("Interviewing", "They are meeting people here."),
    OFFER: ("Offer", "We are talking about terms."),
    HIRED: ("Hired", "They are joining us."),
    NOT_TAKEN: ("Not taken on", "We do not go on with them by way of you."),
}
BY_STAGE = coarse.BY_STAGE | {Stage.Kind.LEAD: RECEIVED, Stage.Kind.APPLIED: RECEIVED}


def word(code: str) -> Word:
    return Word(code, *WORDS[code], coarse.TONES.get(code, ""))


def words_of(submissions: Iterable[Submission]) -> list[tuple[Submission, Word]]:
    """Each with its word, in two questions more than the submissions came with (`for_words`)."""
    submissions = list(submissions)
    unsent = coarse.letters_wait([one.application_id for one in submissions if one.application_id])
    return [(one, word(_code(one, unsent))) for one in submissions]


def for_words(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    return rows.select_related("application__stage", "job", "user", "agency")


def _code(submission: Submission, unsent: Collection[int]) -> str:
    """Somebody who is not the agency's reads as received until the answer is due; so does somebody who is, and whom nothing came of."""
    application = submission.application
    if not submission.is_owned or application is None:
        over = submission.closed_at is not None or timezone.now() >= submission.answer_at
        return NOT_TAKEN if over else RECEIVED
    if application.status == Application.Status.HIRED:
        return HIRED
    return BY_STAGE[Stage.Kind(application.stage.kind)] if coarse.goes_on(application, unsent) else NOT_TAKEN


def tell() -> int:
    """Write to agencies whose submission has a new word. How many were told; nobody is told one twice."""
    return coarse.tell(for_words(Submission.objects.exclude(told__in=ENDS)), words_of, _tell, "word of a submission")


@transaction.atomic
def _tell(words: Mapping[Submission, Word], submission: Submission) -> bool:
    """One mail a word; that it was received was on the page already."""
    said = words[submission]
    if not Submission.objects.filter(pk=submission.pk, told=submission.told).update(told=said.code):
        return False  # another round was quicker
    if said.code == RECEIVED or not submission.user.may_come_in:
        return False
    partners.to_partner(
        submission.user.name,
        submission.user.email,
        purpose="agency",
        template="sourcing/email/agency_word",
        context={"submission": submission, "word": said},
        dedupe_key=f"agency_word:{submission.pk}:{said.code}",
    )
    return True
