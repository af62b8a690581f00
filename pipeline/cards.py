"""A card of the board: what it shows, and its HTML.

A board is bound by rendering, not by SQL (docs/performance.md), so the card is the one piece of HTML written in
Python: every value that comes from a person passes `escape`, everything else is a number or a constant of this module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from hiring.models import User
from hiring.templatetags.throughline import initials
from pipeline.models import Stage
from pipeline.sub_status import Standing

LINES = 2


@dataclass(frozen=True)
class Notice:
    """One line on a card: the next step, or what is wrong. `tone` is good, warn, bad or empty; `icon` a Tabler icon."""

    text: str
    icon: str = "arrow-right"
    tone: str = ""


notices: list[Callable[[User, Sequence[int]], dict[int, list[Notice]]]] = []
"""What floors above have to say about applications: ids in, lines by id out, one query each (interviews, offers)."""


def notices_for(user: User, ids: Sequence[int]) -> dict[int, list[Notice]]:
    """Every floor's lines by application, warnings first."""
    found: dict[int, list[Notice]] = {}
    for tell in notices if ids else []:
        for application, lines in tell(user, ids).items():
            found.setdefault(application, []).extend(lines)
    for lines in found.values():
        lines.sort(key=lambda line: line.tone not in ("bad", "warn"))
    return found


@dataclass
class Card:
    """One application as the board shows it."""

    pk: int
    candidate: int
    name: str
    headline: str
    source: str
    owner: str
    owner_id: int | None
    entered: dt.datetime
    is_new: bool
    late_days: int
    tone: str
    lines: list[Notice] = field(default_factory=list)
    waits: Standing | None = None
    also: list[str] = field(default_factory=list)
    """The person's other live applications, as far as the reader may see them: "Data Analyst: Screen"."""
    marks: str = ""
    """One letter a criterion, in order (pipeline/screening/results.py); empty where nothing was judged."""
    is_over: bool = False
    """They were hired: there is nothing left to decide, so the card is neither ticked nor moved."""


@dataclass(frozen=True)
class Known:
    """A card far down a column, which the browser shows already: only its place is told. `after` is where the one before stands."""

    pk: int
    entered: dt.datetime
    after: str


PIPS = {mark: f'<i class="{mark}"></i>' for mark in "ypol"}
"""One for each criterion: met, in part, not found, to be looked at. Their letters are short because a board shows hundreds."""


def tone_of(stood: dt.timedelta, stage: Stage) -> str:
    """Past the stage's target is careful, past one and a half times of it is late."""
    if not stage.target_days:
        return ""
    days = stood / dt.timedelta(days=1)
    return "bad" if days > 1.5 * stage.target_days else "warn" if days > stage.target_days else ""


def age(stood: dt.timedelta) -> str:
    """`12 min`, `5 h`, `3 d`."""
    minutes = max(int(stood.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 1440 else f"{minutes // 1440} d"


class Pen:
    """Writes cards for one reader: what is the same on all of them is worked out once.

    A board holds hundreds, so nothing is said twice on one: whatever stands for something in little (pips, initials, a number)
    is an image whose title is its name, to the eye and to a screen reader alike.
    """

    def __init__(self, user: User, now: dt.datetime, *, may_move: bool) -> None:
        self.user, self.now, self.may_move = user, now, may_move
        self.sprite = static("sprite.svg")
        self.person = reverse("candidate", args=[0]).removesuffix("0/")
        self.moving = reverse("pipeline:application_move", args=[0])

    def write(self, cards: Sequence[Card | Known]) -> SafeString:
        written = [self._card(card) if isinstance(card, Card) else self._known(card) for card in cards]
        return mark_safe("".join(written))  # each value is escaped in _card

    def _known(self, card: Known) -> str:
        return f'<li data-card="{card.pk}" data-same="{escape(card.after)}"></li>'

    def _card(self, card: Card) -> str:
        name, person = escape(card.name), f"{self.person}{card.candidate}/"
        role = f'<p class="tl-card-role">{escape(card.headline)}</p>' if card.headline else ""
        late = f' data-tone="{card.tone}"' if card.tone else ""
        return (
            f'<li data-card="{card.pk}"><article class="tl-card" data-drawer-row><header>'
            f'<h3 class="tl-clip"><a href="{person}" data-drawer="{person}drawer/">{name}</a></h3>'
            f'<span class="tl-age"{late}>{age(self.now - card.entered)}<span class="visually-hidden"> in stage</span></span>'
            f"</header>{role}{''.join([self._line(line) for line in card.lines[:LINES]])}{self._foot(card)}"
            f"{self._pick(card.pk, name) if self.may_move and not card.is_over else ''}</article></li>"
        )

    def _line(self, line: Notice) -> str:
        tone = f' data-tone="{escape(line.tone)}"' if line.tone else ""
        return f'<p class="tl-card-line"{tone}>{self._icon(line.icon)}<span>{escape(line.text)}</span></p>'

    def _foot(self, card: Card) -> str:
        new = '<span class="tl-new">New</span>' if card.is_new else self._waits(card.waits) if card.waits else ""
        also = ""
        if card.also:
            others = escape("; ".join(card.also))
            more = f"+{len(card.also)} job{'s' if len(card.also) > 1 else ''}"
            also = f'<span class="tl-also" role="img" title="Also in {others}">{more}</span>'
        source = f'<span class="tl-clip">{escape(card.source)}</span>' if card.source else ""
        owner = ""
        if card.owner_id and card.owner_id != self.user.pk:
            owner = (
                f'<span class="tl-push avatar avatar-xs" role="img" title="Owner {escape(card.owner)}">'
                f"{escape(initials(card.owner))}</span>"
            )
        met = self._criteria(card.marks) if card.marks else ""
        inside = f"{new}{met}{also}{source}{owner}"
        return f'<footer class="tl-card-foot">{inside}</footer>' if inside else ""

    def _waits(self, waits: Standing) -> str:
        by_hand = " data-by-hand" if waits.by_hand else ""
        return f'<span class="tl-sub"{by_hand}>{escape(waits.kind.label)}</span>'

    def _criteria(self, marks: str) -> str:
        met, pips = marks.count("y"), "".join([PIPS.get(mark, "") for mark in marks])
        return (
            f'<span class="tl-card-met" role="img" title="{met} of {len(marks)} criteria met">'
            f'<span class="tl-pips">{pips}</span>{met}</span>'
        )

    def _pick(self, pk: int, name: str) -> str:
        return (
            f'<div class="tl-pick"><label><input class="form-check-input" type="checkbox" name="pick" value="{pk}" form="bulk" '
            f'aria-label="Select {name}"></label><a class="btn btn-ghost btn-icon btn-sm" data-move aria-label="Move {name} to…" '
            f'href="{self.moving.replace("/0/", f"/{pk}/", 1)}"></a></div>'
        )

    def _icon(self, name: str) -> str:
        return f'<svg class="tl-i" aria-hidden="true"><use href="{self.sprite}#{escape(name)}"/></svg>'
