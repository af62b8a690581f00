"""Judging one application by each criterion. Pure and deterministic: the same facts and criteria give the same results, always.

What is not found is “not found”: nobody is said to lack anything. What only a person can tell “needs a look”.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.models import CriterionKind as Kind
from pipeline.models import Verdict
from pipeline.screening import answering, speaking, working
from pipeline.screening.criteria import Criterion
from pipeline.screening.facts import Facts
from pipeline.screening.results import Result

JUDGING_VERSION = "2"
"""Raised with every change of these rules: what an earlier version judged is judged again."""

RULES: dict[str, Callable[[Criterion, Facts], Result]] = {
    Kind.SKILL: working.skill,
    Kind.EXPERIENCE: working.experience,
    Kind.TITLE: working.title,
    Kind.LANGUAGE: speaking.language,
    Kind.LOCATION: speaking.location,
    Kind.CERTIFICATE: speaking.certificate,
    Kind.ANSWER: answering.answer,
    Kind.STATEMENT: answering.statement,
}
FROM_RESUME = {Kind.SKILL, Kind.EXPERIENCE, Kind.TITLE, Kind.LANGUAGE, Kind.LOCATION, Kind.CERTIFICATE}


def judge(criteria: Sequence[Criterion], facts: Facts) -> list[Result]:
    """Each criterion's result, in their order."""
    return [_one(criterion, facts) for criterion in criteria]


def _one(criterion: Criterion, facts: Facts) -> Result:
    result = RULES[criterion.kind](criterion, facts)
    if criterion.kind in FROM_RESUME and result.verdict == Verdict.NOT_FOUND and not result.evidence:
        # Where there was nothing to look in, nothing could be found.
        if facts.problem:
            return Result(criterion.key, Verdict.UNKNOWN, "unreadable", facts.problem)
        if not facts.has_resume:
            return Result(criterion.key, Verdict.UNKNOWN, "no_resume", "There is no résumé to look in.")
    return result
