"""Whether a job will be filled by a day, from the people in it now and what became of people like them. Plain arithmetic.

The model, in three steps, each of them textbook:

1. Pass-through of a kind of stage is a binomial proportion. Its uncertainty is the Beta posterior: a Beta(a, b) prior and s passed
   of n decided give Beta(a + s, b + n - s) (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4). The prior comes from
   similar jobs: their pooled share, worth at most `PRIOR_WORTH` people, plus Jeffreys' one half each, so that this job's own people
   soon outweigh it. Such discounting is a power prior (Ibrahim and Chen, Statistical Science 15, 2000): jobs differ, so a thousand
   people elsewhere are no thousand people here. Where the department has too little, jobs of the whole company stand in for it, at
   every kind of stage alike; they are less alike, so they are worth at most `WIDE_WORTH` people and the range is wider.
2. A person in a kind of stage is hired within t days with the product of the shares ahead times F(t), the empirical distribution of the
   days from entering that kind to being hired, among past hires. Time already spent in the stage is not subtracted. Where fewer than
   `LEAST_HIRES` were hired from a kind, F is not known and its people are left out, which can only lower the chance.
3. Given the shares, hires by t are a sum of binomials, one a kind; its tail P(hires >= places) is summed exactly, and averaged over
   `DRAWS` draws of the shares from their posteriors, by a generator of its own with a fixed seed: the same data give the same answer.

The draws do not depend on how many people there are, and for given shares one more person never makes the tail smaller, so more
people never lower the chance. Nobody who might still apply is counted, nor that two offers cannot go to one place at once.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

PRIOR_WORTH, WIDE_WORTH = 20, 10
DRAWS = 200
SEED = 20_240_229
LEAST_DECIDED, LEAST_HIRES = 10, 5
HORIZON = 26 * 7  # days
GRID = tuple(range(7, HORIZON + 1, 7))


@dataclass(frozen=True)
class Rates:
    """How many passed a kind of stage and how many ended there: in this job, and in similar ones."""

    passed: int = 0
    ended: int = 0
    passed_elsewhere: int = 0
    ended_elsewhere: int = 0
    worth: int = PRIOR_WORTH

    @property
    def decided(self) -> int:
        return self.passed + self.ended + self.passed_elsewhere + self.ended_elsewhere

    @property
    def beta(self) -> tuple[float, float]:
        """The posterior's two parameters."""
        elsewhere = self.passed_elsewhere + self.ended_elsewhere
        worth = min(elsewhere, self.worth) / elsewhere if elsewhere else 0.0
        return 0.5 + worth * self.passed_elsewhere + self.passed, 0.5 + worth * self.ended_elsewhere + self.ended

    @property
    def share(self) -> float:
        a, b = self.beta
        return a / (a + b)

    @property
    def percent(self) -> int:
        return round(100 * self.share)


@dataclass(frozen=True)
class Basis:
    """What a forecast is made of, by kind of stage in pipeline order; the last kind before a hire comes last.

    `here`: how many people stand there now. `days`: sorted days from entering the kind to being hired, of past hires.
    """

    kinds: tuple[str, ...]
    here: Mapping[str, int]
    rates: Mapping[str, Rates]
    days: Mapping[str, Sequence[int]]

    def missing(self, labels: Mapping[str, str]) -> list[str]:
        """What is too little for a forecast, in words ("7 of 10 decided at Interview"); empty when one can be made."""
        ahead = self.ahead()
        said = [
            f"{self.rates[kind].decided} of {LEAST_DECIDED} decided at {labels[kind]}"
            for kind in ahead
            if self.rates[kind].decided < LEAST_DECIDED
        ]
        hires = max((len(self.days.get(kind, ())) for kind in self.kinds if self.here.get(kind)), default=LEAST_HIRES)
        if hires < LEAST_HIRES:
            said.append(f"{hires} of {LEAST_HIRES} hires")
        return said

    def uncounted(self) -> dict[str, int]:
        """People by kind of stage from which too few were ever hired to say how long it takes. A forecast leaves them out."""
        return {
            kind: self.here[kind]
            for kind in self.kinds
            if self.here.get(kind) and len(self.days.get(kind, ())) < LEAST_HIRES
        }

    def counted(self) -> Basis:
        """The same without those people."""
        return replace(self, here={**self.here, **dict.fromkeys(self.uncounted(), 0)})

    def ahead(self) -> tuple[str, ...]:
        """The kinds that somebody still has to pass: from the earliest with people who are counted, or else with any."""
        left_out = self.uncounted()
        standing = [at for at, kind in enumerate(self.kinds) if self.here.get(kind)]
        counted = [at for at in standing if self.kinds[at] not in left_out]
        return self.kinds[(counted or standing or [len(self.kinds)])[0] :]


@dataclass(frozen=True)
class Forecast:
    """`chance` by `day`, averaged over the uncertainty; `low` and `high` bound the middle 80 % of it."""

    days: tuple[int, ...]
    chances: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, day: int) -> tuple[float, float, float]:
        """Chance, low and high by this day from now; before the first of the grid nothing is promised."""
        at = bisect_right(self.days, day) - 1
        return (self.chances[at], self.low[at], self.high[at]) if at >= 0 else (0.0, 0.0, 0.0)

    def likely_within(self, chance: float = 0.5) -> int | None:
        """The first day of the grid by which it is at least this likely; None when it never is."""
        return next((day for day, one in zip(self.days, self.chances, strict=True) if one >= chance), None)


def forecast(basis: Basis, places: int) -> Forecast:
    """The chance that all `places` are filled, week by week. Ask `basis.missing()` first whether it means anything."""
    if places <= 0:
        return Forecast(GRID, (1.0,) * len(GRID), (1.0,) * len(GRID), (1.0,) * len(GRID))
    shares = _draws(tuple(basis.rates[kind].beta for kind in basis.kinds))
    within = {kind: _within(basis.days.get(kind, ())) for kind in basis.kinds}
    stood = [(at, kind, basis.here.get(kind, 0)) for at, kind in enumerate(basis.kinds) if basis.here.get(kind)]
    rows: list[list[float]] = []
    for week in range(len(GRID)):
        tails = []
        for draw in shares:
            none_yet = [1.0] + [0.0] * (places - 1)
            for at, kind, count in stood:
                none_yet = _with_more(none_yet, count, draw[at] * within[kind][week])
            tails.append(min(max(1.0 - sum(none_yet), 0.0), 1.0))
        rows.append(tails)
    ordered = [sorted(tails) for tails in rows]
    tenth = DRAWS // 10
    return Forecast(
        GRID,
        tuple(sum(tails) / DRAWS for tails in rows),
        tuple(tails[tenth] for tails in ordered),
        tuple(tails[DRAWS - 1 - tenth] for tails in ordered),
    )


def _within(days: Sequence[int]) -> list[float]:
    """The empirical distribution function on the grid."""
    return [bisect_right(days, day) / len(days) for day in GRID] if days else [0.0] * len(GRID)


@lru_cache(maxsize=64)
def _draws(betas: tuple[tuple[float, float], ...]) -> list[tuple[float, ...]]:
    """Draws of the chance to be hired from each kind: the product of the shares from there on."""
    chance = random.Random(SEED)  # noqa: S311 - arithmetic, not a secret
    drawn = []
    for _ in range(DRAWS):
        product, ahead = 1.0, []
        for a, b in reversed(betas):
            product *= chance.betavariate(a, b)
            ahead.append(product)
        drawn.append(tuple(reversed(ahead)))
    return drawn


def _with_more(fewer: list[float], count: int, chance: float) -> list[float]:
    """Probabilities of 0, 1, ... (fewer than all places) hires, once `count` more people with this chance are added."""
    places = len(fewer)
    if chance <= 0.0:
        return fewer
    if chance >= 1.0:
        return [0.0] * min(count, places) + fewer[: max(places - count, 0)]
    term = (1.0 - chance) ** count
    binomial = []
    for hires in range(min(count, places - 1) + 1):
        binomial.append(term)
        term *= (count - hires) / (hires + 1) * chance / (1.0 - chance)
    return [
        sum(fewer[at - more] * binomial[more] for more in range(min(at, len(binomial) - 1) + 1)) for at in range(places)
    ]
