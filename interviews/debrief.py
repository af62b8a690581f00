"""The scorecards of one application side by side, for those who may read them (REC-8), and who has not handed in yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from hiring import access
from hiring.models import User
from interviews import scorecards
from interviews.models import Interview, Scorecard, Seat
from pipeline.models import Application, ApplicationQuerySet

ORDER = [choice.value for choice in Scorecard.Recommendation][::-1]
TONES = {"strong_yes": "good", "yes": "good", "no": "warn", "strong_no": "bad"}


@dataclass
class Missing:
    """Somebody whose scorecard is due."""

    seat: Seat
    is_late: bool


@dataclass
class Cell:
    by: User
    score: int | None
    note: str


@dataclass
class Block:
    """One interview: an attribute a row, a scorecard a column."""

    interview: Interview
    scorecards: list[Scorecard]
    rows: list[tuple[str, list[Cell]]]


@dataclass
class Tally:
    """How often something was recommended. Counts, never an average: two strong opinions are not two mild ones."""

    value: str
    label: str
    count: int

    @property
    def tone(self) -> str:
        return TONES[self.value]


@dataclass
class Debrief:
    application: Application
    blocks: list[Block] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    own_owed: list[Seat] = field(default_factory=list)
    ahead: list[Interview] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(tally.count for tally in self.tallies)


def applications_open_to(user: User) -> ApplicationQuerySet:
    """Applications of the pipelines one works in, and those of people one interviews."""
    sat = Seat.objects.live().filter(user=user.pk).values("interview__application")
    seen = Application.objects.visible_to(user).values("pk")
    rows = Application.objects.filter(Q(pk__in=sat) | Q(pk__in=seen))
    return rows.select_related("candidate", "job__location", "stage")


def may_open(user: User, application: Application) -> bool:
    """Those who decide on the job, and those who sat in one of its interviews with this person."""
    if access.can_move(user, application.job):
        return True
    return Seat.objects.live().filter(user=user.pk, interview__application=application).exists()


def read(application: Application, user: User) -> Debrief:
    """What `user` may see of it now. While they owe a scorecard themselves, that is: what they owe, and nothing else."""
    interviews = list(Interview.objects.live().for_page().filter(application=application).order_by("starts_at", "pk"))
    owing = Seat.objects.owing().filter(interview__application=application).select_related("user", "interview__kit")
    owed = list(owing.order_by("interview__starts_at", "user__full_name"))
    found = Debrief(application, ahead=[interview for interview in interviews if not interview.is_over])
    found.own_owed = [seat for seat in owed if seat.user_id == user.pk]
    found.missing = [Missing(seat, scorecards.is_late(seat)) for seat in owed if seat.interview.is_over]
    visible = Scorecard.objects.visible_to(user).submitted().filter(interview__in=interviews).select_related("author")
    if found.own_owed:
        visible = visible.none()
    by_interview: dict[int, list[Scorecard]] = {}
    for scorecard in visible.prefetch_related("versions").order_by("author__full_name", "pk"):
        by_interview.setdefault(scorecard.interview_id, []).append(scorecard)
    for interview in interviews:
        if interview.pk in by_interview:
            found.blocks.append(_block(interview, by_interview[interview.pk]))
    found.tallies = _tally([scorecard for block in found.blocks for scorecard in block.scorecards])
    return found


def _block(interview: Interview, cards: list[Scorecard]) -> Block:
    for card in cards:
        card.interview = interview
    rated = [attribute for card in cards for attribute in card.ratings]
    attributes = list(dict.fromkeys([*interview.focus, *rated]))
    return Block(
        interview, cards, [(attribute, [_cell(card, attribute) for card in cards]) for attribute in attributes]
    )


def _cell(card: Scorecard, attribute: str) -> Cell:
    said = card.ratings.get(attribute, {})
    return Cell(card.author, said.get("score"), said.get("note", ""))


def _tally(cards: list[Scorecard]) -> list[Tally]:
    labels = dict(Scorecard.Recommendation.choices)
    counted = [(value, sum(card.recommendation == value for card in cards)) for value in ORDER]
    return [Tally(value, labels[value], count) for value, count in counted if count]
