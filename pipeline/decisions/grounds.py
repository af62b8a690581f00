"""How a decision came about, as whoever calls a verb says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.models import BulkAct, DecisionRecord, RuleVersion

if TYPE_CHECKING:
    from hiring.models import User

Way = DecisionRecord.Way


@dataclass(frozen=True)
class Grounds:
    """`rule` and `rule_version` belong to decisions nobody made by hand, and to those a rule proposed; `act` to those
    made on many at once.

    `override_reason` is why the criteria were not followed, where that was asked and answered. `note` is in the words of whoever
    decided; `resume` the document that was on the screen, the application's own if empty.
    """

    way: str = Way.HAND
    rule: str = ""
    rule_version: int | None = None
    act: BulkAct | None = None
    override_reason: str = ""
    note: str = ""
    resume: int | None = None
    criteria: tuple[str, ...] = ()
    """Keys of the criteria whoever decided named as the reason."""


BY_HAND = Grounds()


def of_rule(name: str, version: int) -> Grounds:
    return Grounds(Way.RULE, rule=name, rule_version=version)


def of_version(version: RuleVersion, by: User | None) -> Grounds:
    """What a rule did by itself, or what it proposed and somebody (`by`) let go."""
    way = Way.HAND if by else Way.RULE
    return Grounds(way, rule=version.rule.name, rule_version=version.number)
