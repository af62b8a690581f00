"""Rules and firings as lists show them: in words, with their figures, a constant number of queries a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from hiring import conditions
from pipeline.models import Rule, RuleFiring, RuleVersion, Stage
from pipeline.models.rules import RuleFiringQuerySet
from pipeline.rules import actions, waiting, words

PAGE = 50
KINDS = Stage.Kind.choices
FIGURES = ("waiting", "held", "done", "agreed", "judged")
State = RuleFiring.State


@dataclass
class Told:
    """A version in words."""

    version: RuleVersion
    trigger: str
    groups: list[str]
    any_group: bool
    delay: str
    action: str


@dataclass
class RuleRow:
    """A rule as a list shows it: `shown` is what acts, else its draft."""

    rule: Rule
    shown: Told
    active: RuleVersion | None
    draft: RuleVersion | None
    waiting: int = 0
    held: int = 0
    done: int = 0
    agreed: int = 0
    judged: int = 0

    @property
    def open(self) -> int:
        return self.waiting + self.held

    @property
    def agreement(self) -> int | None:
        """Of a hundred rejections people looked at, with how many they agreed."""
        return round(100 * self.agreed / self.judged) if self.judged else None

    @property
    def state(self) -> str:
        if self.rule.retired_at:
            return "retired"
        if self.active is None:
            return "draft"
        return "paused" if self.rule.paused_at else "active"


@dataclass
class FiringRow:
    """A firing with what it would do, why, and when, on the clock of the job's place."""

    firing: RuleFiring
    told: Told
    reasons: list[str]
    zone: str
    why_no_undo: str = ""

    @property
    def application_is_there(self) -> bool:
        return self.firing.application.is_active


def told(versions: Iterable[RuleVersion], labels: dict[str, str] | None = None) -> dict[int, Told]:
    """Versions in words, by id."""
    versions = list(versions)
    names = words.names_of(versions)
    found = {}
    for version in versions:
        asked = conditions.parse(version.conditions)
        asked_labels = {atom.question: atom.label for atom in asked.atoms if atom.question} | (labels or {})
        found[version.pk] = Told(
            version,
            words.trigger(version, names, asked_labels),
            words.conditions(asked, names),
            asked.match == "any",
            words.delay(version),
            words.action(version, names),
        )
    return found


def rules(found: QuerySet[Rule], labels: dict[str, str] | None = None) -> list[RuleRow]:
    """At most eight queries, whatever the number of rules."""
    rows = list(found.select_related("job").order_by("name", "pk")[:200])
    if not rows:
        return []
    versions: dict[int, list[RuleVersion]] = {}
    kept = RuleVersion.objects.filter(rule__in=rows).select_related("rule").order_by("-number")
    for version in kept:
        versions.setdefault(version.rule_id, []).append(version)
    shown = {rule.pk: _shown(versions[rule.pk]) for rule in rows if versions.get(rule.pk)}
    said = told(shown.values(), labels)
    figures = _figures(rows)
    return [
        RuleRow(
            rule,
            said[shown[rule.pk].pk],
            _in_state(versions[rule.pk], RuleVersion.State.ACTIVE),
            _in_state(versions[rule.pk], RuleVersion.State.DRAFT),
            **figures.get(rule.pk, {}),
        )
        for rule in rows
        if rule.pk in shown
    ]


def _in_state(versions: Sequence[RuleVersion], state: str) -> RuleVersion | None:
    return next((version for version in versions if version.state == state), None)


def _shown(versions: Sequence[RuleVersion]) -> RuleVersion:
    return _in_state(versions, RuleVersion.State.ACTIVE) or versions[0]


def _figures(rows: Sequence[Rule]) -> dict[int, dict[str, int]]:
    firings = RuleFiring.objects.filter(version__rule__in=rows).values("version__rule").order_by()
    counted = firings.annotate(
        n_judged=Count("pk", filter=Q(agreed__isnull=False)),
        n_agreed=Count("pk", filter=Q(agreed=True)),
        n_waiting=Count("pk", filter=Q(state=State.WAITING)),
        n_held=Count("pk", filter=Q(state=State.HELD)),
        n_done=Count("pk", filter=Q(state=State.DONE)),
    )
    return {row["version__rule"]: {name: row[f"n_{name}"] for name in FIGURES} for row in counted}  # type: ignore[literal-required]


def firings(
    found: RuleFiringQuerySet, *, after: tuple[dt.datetime, int] | None = None, newest_first: bool = False
) -> list[FiringRow]:
    """A page of firings and one more where there are more: those due next first, or those over last first."""
    at = "acted_at" if newest_first else "due_at"
    if newest_first:
        found = found.filter(acted_at__isnull=False)
    if after:
        moment, pk = after
        side = "lt" if newest_first else "gt"
        found = found.filter(Q(**{f"{at}__{side}": moment}) | Q(**{at: moment, f"pk__{side}": pk}))
    order = (f"-{at}", "-pk") if newest_first else (at, "pk")
    return described(found.for_row().order_by(*order)[: PAGE + 1])


def described(found: Iterable[RuleFiring]) -> list[FiringRow]:
    rows = list(found)
    said = told({row.version_id: row.version for row in rows}.values())
    names = words.names_of([row.version for row in rows], [one for row in rows for one in row.because])
    return [
        FiringRow(
            row,
            said[row.version_id],
            words.reasons(row.because, names, of=row.application.candidate_id),
            str(waiting.zone_of(row.application.job)),
            actions.why_not_undone(row, row.application, False),
        )
        for row in rows
    ]
