"""What the criteria of a job came to for an application, as a decision record keeps it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from hiring import masks
from pipeline.models import Application, DecisionRecord
from pipeline.screening import judging

Outcome = DecisionRecord.Outcome


@dataclass(frozen=True)
class Snapshot:
    """`judgements` are plain JSON, one for each criterion: name, importance (must, should, bonus), verdict (met, partly,
    not_found, unknown), evidence as [{"quote", "where"}], and who corrected it, if somebody did."""

    criteria_version: int | None = None
    judging_version: str = ""
    models_used: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)


NOTHING = Snapshot()


def snapshots(applications: Collection[Application]) -> dict[int, Snapshot]:
    """By application, of applications as pipeline/entering.py reads them. Who is missing was judged by no criteria."""
    with masks.lifted():  # what is kept is the truth, whoever decides
        standings = judging.of_loaded(applications)
    return {pk: _snapshot(standing) for pk, standing in standings.items() if standing.judging_version}


def _snapshot(standing: judging.Standing) -> Snapshot:
    return Snapshot(
        standing.criteria_version, standing.judging_version, [], [_judgement(one) for one in standing.judged]
    )


def _judgement(one: judging.Judged) -> dict[str, Any]:
    said = one.correction
    return {
        "name": one.criterion.says,
        "key": one.criterion.key,
        "importance": str(one.criterion.need),
        "weight": one.criterion.weight,
        "verdict": str(one.verdict),
        "judged": str(one.judged),
        "rule": one.rule,
        "evidence": [{"quote": each.quote, "where": each.where} for each in one.evidence],
        "corrected_by": said.by_id if said else None,
        "correction_reason": said.reason if said else "",
        "hint_model": said.seen.get("model", "") if said else "",
    }


def goes_against(outcome: str, snapshot: Snapshot) -> bool:
    """Whether a decision is not what the criteria alone would suggest: a person may always know better, and is asked why.

    Nobody is ever advanced or rejected because of them (AI-3); this only marks the record.
    """
    musts = [one["verdict"] for one in snapshot.judgements if one.get("importance") == "must"]
    if not musts:
        return False
    meets_all = all(verdict == "met" for verdict in musts)
    misses_one = any(verdict == "not_found" for verdict in musts)
    return (outcome == Outcome.REJECT and meets_all) or (outcome == Outcome.ADVANCE and misses_one)
