"""Which questions may not be asked where (JOB-20, JOB-21, PRIV-17): the rules are rows, this reads them for a form.

A question that no law of any of the job's places allows to be asked, and no exemption can save, is not even kept. Others are kept as they
were written, with the reason beside them, and the form is not published while they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from hiring import jurisdictions
from hiring.application_form import topics
from hiring.application_form.questions import Asked
from hiring.errors import Refused
from hiring.jurisdictions import EVERYWHERE
from hiring.models import Posting, QuestionExemption, QuestionRule, User

Level = QuestionRule.Level
READ = ("label", "help", "text")


@dataclass(frozen=True)
class Finding:
    """One thing a question asks about that a rule speaks of. `exemption` is the standing one for exactly these words."""

    key: str
    label: str
    topic: str
    words: str
    rule: QuestionRule
    exemption: QuestionExemption | None = None
    instead: str = ""

    @property
    def stops(self) -> bool:
        """Whether the form cannot be published with it."""
        return self.rule.level == Level.BLOCK and self.exemption is None

    @property
    def may_be_exempted(self) -> bool:
        return self.stops and self.rule.may_be_exempted

    @property
    def proposal(self) -> str:
        return f" Ask instead: “{self.instead}”" if self.instead else ""

    @property
    def sentence(self) -> str:
        law = f" ({self.rule.law})" if self.rule.law else ""
        return f"{self.rule.message.rstrip('.')}{law}."


def words_of(question: Asked) -> str:
    """All that a question says to applicants, its choices included."""
    said = [str(question.get(name) or "") for name in READ]
    return "\n".join([*said, *map(str, question.get("options") or ())])


def rules_for(places: Sequence[Sequence[str]]) -> dict[str, QuestionRule]:
    """By topic the rule that counts in these places: for each the most particular one, of all the strictest. One query."""
    today = timezone.localdate()
    known = {one for place in places for one in place}
    rows = QuestionRule.objects.filter(jurisdiction__in=known, valid_from__lte=today)
    standing: dict[str, dict[str, QuestionRule]] = {}
    for rule in rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).order_by("valid_from"):
        standing.setdefault(rule.topic, {})[rule.jurisdiction] = rule
    found = {}
    for topic, by_place in standing.items():
        near = [
            next(by_place[one] for one in place if one in by_place) for place in places if by_place.keys() & set(place)
        ]
        if near:
            found[topic] = max(near, key=_strictness)
    return found


def _strictness(rule: QuestionRule) -> tuple[bool, bool, bool]:
    return rule.level == Level.BLOCK, not rule.may_be_exempted, rule.jurisdiction != EVERYWHERE


def look(question: Asked, rules: Mapping[str, QuestionRule], place: str = "") -> list[Finding]:
    """What these rules say of a question, the strictest first. `place` is the job's country, for a proposal."""
    said = words_of(question)
    found = [
        Finding(
            str(question.get("key", "")),
            str(question.get("label", "")),
            topic,
            words,
            rules[topic],
            instead=_instead(topic, rules[topic], said, place),
        )
        for topic, words in topics.found_in(said).items()
        if topic in rules
    ]
    return sorted(found, key=lambda one: _strictness(one.rule), reverse=True)


def _instead(topic: str, rule: QuestionRule, said: str, place: str) -> str:
    usual = topics.BY_KEY[topic].instead or {}
    words = rule.instead or usual.get(topics.language_of(said), usual.get("en", ""))
    return words.replace("{place}", place or "the country of the job")


def of_posting(posting: Posting) -> list[Finding]:
    """Everything that is to be said of a form as it is written, with the exemptions that stand. Two queries, none for a form that asks
    about nothing that any rule could speak of."""
    if not any(topics.found_in(words_of(question)) for question in posting.questions):
        return []
    rules = rules_for(jurisdictions.of_job(posting.job))
    place = country_name(posting)
    found = [finding for question in posting.questions for finding in look(question, rules, place)]
    if not found:
        return []
    standing = posting.exemptions.filter(taken_back_at=None).select_related("by")
    held = {(one.key, one.topic, one.label): one for one in standing}
    return [_with(finding, held.get((finding.key, finding.topic, finding.label))) for finding in found]


def _with(finding: Finding, exemption: QuestionExemption | None) -> Finding:
    if exemption is None or not finding.rule.may_be_exempted:
        return finding
    return Finding(finding.key, finding.label, finding.topic, finding.words, finding.rule, exemption, finding.instead)


def country_name(posting: Posting) -> str:
    from hiring.query.places import COUNTRIES

    return COUNTRIES.get(posting.job.location.country, "")


def never(question: Asked, places: Sequence[Sequence[str]], place: str = "") -> Finding | None:
    """The finding because of which a question is not even kept; None when it is."""
    if not topics.found_in(words_of(question)):
        return None
    found = look(question, rules_for(places), place)
    return next((one for one in found if one.stops and not one.rule.may_be_exempted), None)


def anywhere(questions: Iterable[Asked]) -> dict[str, list[str]]:
    """By key, for a set that belongs to no place: each topic it asks about, with the jurisdictions that forbid it."""
    today = timezone.localdate()
    rows = QuestionRule.objects.filter(level=Level.BLOCK, valid_from__lte=today)
    barred: dict[str, list[str]] = {}
    for topic, jurisdiction in rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).values_list(
        "topic", "jurisdiction"
    ):
        barred.setdefault(topic, []).append("everywhere" if jurisdiction == EVERYWHERE else jurisdiction)
    said: dict[str, list[str]] = {}
    for question in questions:
        for topic in topics.found_in(words_of(question)):
            if topic in barred:
                where = ", ".join(sorted(barred[topic]))
                said.setdefault(str(question["key"]), []).append(
                    f"Asks about {topics.BY_KEY[topic].name}, which may not be asked: {where}."
                )
    return said


# --- exemptions --------------------------------------------------------------------------------------------------------


@transaction.atomic
def exempt(posting: Posting, key: str, topic: str, reason: str, *, by: User) -> QuestionExemption:
    """Record why a question is asked in spite of a rule that allows for that."""
    finding = next((one for one in of_posting(posting) if (one.key, one.topic) == (key, topic)), None)
    if finding is None or not finding.stops:
        raise Refused("Nothing stands in the way of this question.")
    if not finding.may_be_exempted:
        raise Refused("The law knows no exception here: take the question out, or ask it in another way.")
    reason = " ".join(reason.split())
    if len(reason) < 10:
        raise Refused("Say in a sentence why the law allows this question here.")
    QuestionExemption.objects.filter(posting=posting, key=key, topic=topic, taken_back_at=None).update(
        taken_back_at=timezone.now()
    )
    try:
        with transaction.atomic():
            return QuestionExemption.objects.create(
                posting=posting,
                key=key,
                topic=topic,
                label=finding.label,
                reason=reason[:400],
                by=by,
                at=timezone.now(),
            )
    except IntegrityError as error:
        raise Refused("A colleague recorded an exemption just now.") from error


@transaction.atomic
def take_back(posting: Posting, key: str, topic: str, *, by: User) -> None:
    posting.exemptions.filter(key=key, topic=topic, taken_back_at=None).update(taken_back_at=timezone.now())
