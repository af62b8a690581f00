"""What sets a rule off: an application came, a question was answered, a stage was entered, or somebody stands in it for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hiring.errors import Refused
from pipeline.models import Stage

KINDS = {
    "applied": "Somebody applies",
    "answered": "Somebody answers a question",
    "entered": "Somebody enters a stage",
    "stands": "Somebody stands in a stage for some time",
}
MOST_DAYS = 260
STARTS = [kind for kind in Stage.Kind.values if kind != Stage.Kind.HIRED]


@dataclass(frozen=True)
class Trigger:
    """`stage` is an id of the rule's job, or `stage_kind` where the rule is for all jobs; `days` business days."""

    kind: str
    stage: int | None = None
    stage_kind: str = ""
    days: int = 0
    question: str = ""

    @property
    def is_arrival(self) -> bool:
        """Set off once, when the application comes."""
        return self.kind in ("applied", "answered")

    def stages(self, stages: Sequence[Stage]) -> list[Stage]:
        """Those of a job's stages in which somebody can be who sets it off."""
        if self.is_arrival:
            return [stage for stage in stages if stage.kind != Stage.Kind.HIRED]
        return [stage for stage in stages if stage.pk == self.stage or stage.kind == self.stage_kind]

    def is_set_off_in(self, stage: Stage) -> bool:
        return stage.pk == self.stage or stage.kind == self.stage_kind


def dump(trigger: Trigger) -> dict[str, Any]:
    said = {"kind": trigger.kind, "stage": trigger.stage, "stage_kind": trigger.stage_kind}
    said |= {"days": trigger.days, "question": trigger.question}
    return {key: value for key, value in said.items() if value or key == "kind"}


def parse(document: Mapping[str, Any]) -> Trigger:
    """Raises Refused for a document that names no moment, or not which stage or question."""
    kind = str(document.get("kind", ""))
    if kind not in KINDS:
        raise Refused("Say what sets the rule off.")
    stage, stage_kind = document.get("stage"), str(document.get("stage_kind", ""))
    days, question = document.get("days") or 0, str(document.get("question", ""))
    if kind in ("entered", "stands"):
        if not (isinstance(stage, int) or stage_kind in Stage.Kind.values):
            raise Refused("Say which stage.")
        if kind == "stands" and not (isinstance(days, int) and 1 <= days <= MOST_DAYS):
            raise Refused(f"Say after how many business days, 1 to {MOST_DAYS}.")
        return Trigger(kind, stage if isinstance(stage, int) else None, stage_kind, days if kind == "stands" else 0)
    if kind == "answered" and not question:
        raise Refused("Say which question.")
    return Trigger(kind, question=question if kind == "answered" else "")
