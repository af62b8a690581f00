"""What judging one criterion came to. Frozen values that survive JSON unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.models import Verdict
from pipeline.screening.criteria import Criterion

LETTERS = {Verdict.MET: "y", Verdict.PARTLY: "p", Verdict.NOT_FOUND: "o", Verdict.UNKNOWN: "l"}
VALUE = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.NOT_FOUND: 0.0}
"""What can be told counts so much; what needs a look counts nothing, neither for nor against."""


@dataclass(frozen=True)
class Evidence:
    """The words that show it. `source` is `resume`, `answer` or `record` (what a colleague put right, or the record holds).

    In a résumé `start` and `end` are places in the text of the judged document, `found` what stands there; `where` says what it is
    part of: a job, a section, the question that was answered.
    """

    source: str
    quote: str
    where: str = ""
    start: int = 0
    end: int = 0
    found: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        return cls(**{name: data[name] for name in cls.__dataclass_fields__ if name in data})


@dataclass(frozen=True)
class Result:
    """One criterion, as a program judged it. `rule` names what decided, `note` says it in a sentence."""

    key: str
    verdict: str
    rule: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "verdict": self.verdict,
            "rule": self.rule,
            "note": self.note,
            "evidence": [one.as_json() for one in self.evidence],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        evidence = tuple(Evidence.from_json(one) for one in data.get("evidence") or ())
        return cls(data["key"], data["verdict"], data.get("rule", ""), data.get("note", ""), evidence)


@dataclass(frozen=True)
class Tally:
    """How many criteria are met, of how many. `weighed` is 0 to 100, None when nothing could be told."""

    of: int = 0
    met: int = 0
    partly: int = 0
    unknown: int = 0
    musts: int = 0
    musts_met: int = 0
    weighed: int | None = None
    marks: str = ""
    """One letter a criterion, in order."""


def tally(criteria: Sequence[Criterion], verdicts: Mapping[str, str]) -> Tally:
    """Count what stands. A criterion without a verdict needs a look."""
    standing = [(one, verdicts.get(one.key, Verdict.UNKNOWN)) for one in criteria]
    told = [(one.weight, VALUE[Verdict(verdict)]) for one, verdict in standing if verdict != Verdict.UNKNOWN]
    weight = sum(weight for weight, _ in told)
    return Tally(
        of=len(standing),
        met=_count(verdict == Verdict.MET for _, verdict in standing),
        partly=_count(verdict == Verdict.PARTLY for _, verdict in standing),
        unknown=_count(verdict == Verdict.UNKNOWN for _, verdict in standing),
        musts=_count(one.is_must for one, _ in standing),
        musts_met=_count(one.is_must and verdict == Verdict.MET for one, verdict in standing),
        weighed=round(100 * sum(weight * value for weight, value in told) / weight) if weight else None,
        marks="".join(LETTERS[Verdict(verdict)] for _, verdict in standing),
    )


def _count(which: Iterable[bool]) -> int:
    return sum(which)
