"""Criteria a machine drafted become proposals on the job's page of criteria: each counts only once a person accepts it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiring.resumes.page import folded
from hiring.resumes.spoken import CODE
from pipeline.models import AssistantDraft, CriterionKind
from pipeline.screening import suggesting
from pipeline.screening.criteria import Criterion


def propose(draft: AssistantDraft, answer: Mapping[str, Any], model: str) -> int:
    """How many of them are new. What is asked already, was dropped before or cannot be asked is left out."""
    found = [suggesting.Draft(criterion(one), one["quote"] if one["is_found"] else "") for one in answer["criteria"]]
    return len(suggesting.offer(draft.job, found, made_with=f"{model}, {draft.prompt_version}"))


def criterion(one: Mapping[str, Any]) -> Criterion:
    """As criteria are kept. What has no name to look for is a statement, which a person judges."""
    text, years, code = one["text"], one["years"] or 0, CODE.get(folded(one["text"]))
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "skill": (CriterionKind.SKILL, {"skill": text, "years": years}),
        "title": (CriterionKind.TITLE, {"title": text, "years": years}),
        "certificate": (CriterionKind.CERTIFICATE, {"name": text}),
    }
    if years:
        kinds["years"] = (CriterionKind.EXPERIENCE, {"years": years})
    if code:
        kinds["language"] = (CriterionKind.LANGUAGE, {"language": code, "level": ""})
    named = len(text) <= LONGEST_NAME or one["kind"] == "years"
    kind, asks = kinds.get(one["kind"] if named else "", (CriterionKind.STATEMENT, {"text": text}))
    return Criterion(kind, one["need"], asks=asks)


LONGEST_NAME = 60
