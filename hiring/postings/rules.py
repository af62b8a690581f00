"""What the law of its places wants of a posting (JOB-20): the rules are rows, this asks them, and keeps what people answered.

A rule counts where one of the posting's places, or a country it lets people work from, lies in its jurisdiction. Somebody may
record that a rule does not apply (an exemption, with who, why and when), or that what it wants was done elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from hiring import jurisdictions
from hiring.approval_chains import a_year
from hiring.errors import Refused
from hiring.models import Job, Posting, PostingPlace, PostingRule, RuleAnswer, User
from hiring.models.jobs import Workplace
from hiring.postings import wording
from hiring.postings.places import countries_of_remote_work, pay_at
from hiring.postings.texts import plain

Kind = PostingRule.Kind
SHORTEST_REASON = 10

ai_judges: list[Callable[[Job], bool]] = []
"""Whether software judges a job's applications; filled by the floor that knows. Empty means it may: the statement is asked for."""

_held: ContextVar[list[PostingRule] | None] = ContextVar("rules of postings", default=None)


@dataclass(frozen=True)
class Broken:
    """A rule that a posting does not keep. `answer` is somebody's standing word on it."""

    rule: PostingRule
    where: str
    answer: RuleAnswer | None = None

    @property
    def stops(self) -> bool:
        return self.answer is None

    @property
    def sentence(self) -> str:
        return self.rule.message

    @property
    def proposals(self) -> list[str]:
        """Sentences that would keep it, to put into the text."""
        return [line.strip() for line in self.rule.proposal.splitlines() if line.strip()]


def standing() -> list[PostingRule]:
    """The rules that hold today, for this organisation."""
    held = _held.get()
    if held is not None:
        return held
    today = timezone.localdate()
    rows = PostingRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), is_on=True, valid_from__lte=today)
    return list(rows.order_by("pk"))


@contextmanager
def held() -> Iterator[None]:
    """Ask for the rules once and go by them inside: for feeds, which look at very many postings."""
    token = _held.set(standing())
    try:
        yield
    finally:
        _held.reset(token)


def broken(posting: Posting, *kinds: str) -> list[Broken]:
    """The rules this posting does not keep, of these kinds or of all, answered or not."""
    rules = [rule for rule in standing() if not kinds or rule.kind in kinds]
    found = []
    answers: dict[int, RuleAnswer] | None = None
    for rule in rules:
        places = _places_of(rule, posting)
        if not places or _does_not_count(rule, posting) or KEEPS[rule.kind](rule, posting, places):
            continue
        if answers is None:
            answers = {one.rule_id: one for one in posting.rule_answers.all() if one.taken_back_at is None}
        answer = answers.get(rule.pk)
        if answer and answer.kind == RuleAnswer.Kind.EXEMPT and not rule.may_be_exempted:
            answer = None
        found.append(Broken(rule, places[0].location.name, answer))
    return found


def _places_of(rule: PostingRule, posting: Posting) -> list[PostingPlace]:
    """The places of a posting where a rule counts; a remote one counts for every country people may work from."""
    sites = posting.sites
    near = [place for place in sites if rule.jurisdiction in jurisdictions.of_location(place.location)]
    countries = countries_of_remote_work(posting)
    if any(rule.jurisdiction in jurisdictions.of_place(country) for country in countries):
        near += [place for place in sites if place.workplace == Workplace.REMOTE and place not in near]
    return near


def _does_not_count(rule: PostingRule, posting: Posting) -> bool:
    if rule.only_public and posting.audience == Posting.Audience.COLLEAGUES:
        return True
    return rule.when == PostingRule.When.AI and bool(ai_judges) and not any(judges(posting.job) for judges in ai_judges)


# --- whether a rule is kept -----------------------------------------------------------------------------------------


def _pay(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    return all(pay_at(place) or _reaches(rule, place) for place in places)


def _closed_pay(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    said = [pay_at(place) for place in places]
    return all(one is not None and one.is_closed for one in said)


def _spread(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    """An open end is as wide as can be; what is not said has no width, and is another rule's."""
    return all(_narrow(rule, place) for place in places)


def _narrow(rule: PostingRule, place: PostingPlace) -> bool:
    said = pay_at(place)
    if said is None or rule.most is None or _reaches(rule, place):
        return True
    low, high = a_year(said.low, said.period), a_year(said.high, said.period)
    return low is not None and high is not None and high - low <= rule.most


def _reaches(rule: PostingRule, place: PostingPlace) -> bool:
    """Whether the pay is above what the rule is about, whether it is shown or not."""
    if rule.unless_above is None:
        return False
    given: PostingPlace | Job = place if place.pay == PostingPlace.Pay.OWN else place.posting.job
    top: Decimal | None = a_year(given.pay_max, given.pay_period)
    return top is not None and top > rule.unless_above


def _last_day(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    return posting.expires_at is not None or (bool(rule.words) and _says(rule.words, _text(posting)))


def _words(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    text = _text(posting)
    return all(_says(line, text) for line in rule.words.splitlines() if line.strip())


def _no_words(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    asked = " ".join(str(question.get("label", "")) for question in posting.questions)
    said = f"{posting.title} {_text(posting)} {asked}"
    return not any(_says(line, said) for line in rule.words.splitlines() if line.strip())


def _neutral_title(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    return not wording.gendered(posting.title, posting.language)


def _done(rule: PostingRule, posting: Posting, places: list[PostingPlace]) -> bool:
    return False  # nothing here can tell: somebody has to say so


KEEPS: dict[str, Callable[[PostingRule, Posting, list[PostingPlace]], bool]] = {
    Kind.PAY: _pay,
    Kind.CLOSED_PAY: _closed_pay,
    Kind.SPREAD: _spread,
    Kind.LAST_DAY: _last_day,
    Kind.WORDS: _words,
    Kind.NO_WORDS: _no_words,
    Kind.NEUTRAL_TITLE: _neutral_title,
    Kind.DONE: _done,
}


def _says(line: str, text: str) -> bool:
    """Whether a text has one of the wordings of a line, which are set apart by |; each may go on: benefit, benefits."""
    wordings = [re.escape(one.strip()) for one in line.split("|") if one.strip()]
    return bool(wordings) and re.search(rf"(?<!\w)(?:{'|'.join(wordings)})", text, re.IGNORECASE) is not None


def _text(posting: Posting) -> str:
    return plain(posting.description)


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(posting: Posting, rule: PostingRule, reason: str, *, by: User) -> RuleAnswer:
    """Record why a rule does not apply to a posting, or that what it wants was done elsewhere."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused("Say it in a sentence, so that whoever asks later understands it.")
    is_done = rule.kind == Kind.DONE
    if not is_done and not rule.may_be_exempted:
        raise Refused("The law knows no exception here: change the posting.")
    if not any(one.rule.pk == rule.pk for one in broken(posting)):
        raise Refused("This posting keeps that rule already.")
    posting.rule_answers.filter(rule=rule, taken_back_at=None).update(taken_back_at=timezone.now())
    kind = RuleAnswer.Kind.DONE if is_done else RuleAnswer.Kind.EXEMPT
    try:
        with transaction.atomic():
            said = posting.rule_answers.create(rule=rule, kind=kind, reason=reason[:400], by=by, at=timezone.now())
    except IntegrityError as error:
        raise Refused("A colleague recorded an answer just now.") from error
    _look_again(posting)
    return said


@transaction.atomic
def take_back(posting: Posting, rule: PostingRule, *, by: User) -> None:
    """Take back what was recorded. Refused while the posting is out, which it would not be without."""
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.status == Posting.Status.PUBLISHED:
        raise Refused("The posting is out by this word. Take it down first, or put right what the rule wants.")
    posting.rule_answers.filter(rule=rule, taken_back_at=None).update(taken_back_at=timezone.now())
    _look_again(posting)


def _look_again(posting: Posting) -> None:
    """Feeds look at rows that were written again: a board may take now what it refused."""
    Posting.objects.filter(pk=posting.pk).update(held_for=F("held_for"))
