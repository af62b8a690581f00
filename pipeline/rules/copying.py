"""Rules that go with a job: copies of it, and jobs made from its template, begin with the same rules as drafts.

Stages are named by their names, since a new job has stages of its own. Nothing is active: a draft is tried on the new job's
applications before it acts.
"""

from __future__ import annotations

from typing import Any

from hiring import job_templates
from hiring.errors import Refused
from hiring.models import Job, JobTemplate, User
from pipeline.models import RuleVersion, Stage
from pipeline.rules import versions

PART = "rules"


def of_job(job: Job) -> list[dict[str, Any]]:
    """The job's rules, each by what acts, or its draft where nothing does."""
    stages = dict(Stage.objects.filter(job=job).values_list("pk", "name"))
    kept = RuleVersion.objects.filter(rule__job=job, rule__retired_at=None).exclude(state=RuleVersion.State.PAST)
    shown: dict[int, RuleVersion] = {}
    for version in kept.select_related("rule").order_by("rule__pk", "state"):  # active stands before draft
        shown.setdefault(version.rule_id, version)
    return [_described(version, stages) for version in shown.values()]


def _described(version: RuleVersion, stages: dict[int, str]) -> dict[str, Any]:
    return {
        "name": version.rule.name,
        "trigger": _by_name(version.trigger, stages),
        "asked": _asked(version.conditions, {str(pk): name for pk, name in stages.items()}),
        "action": _by_name(version.action, stages),
        "delay": version.delay,
        "unit": version.unit,
        "waits_for_person": version.waits_for_person,
        "ground": version.ground,
        "sample_percent": version.sample_percent,
    }


def _by_name(document: dict[str, Any], stages: dict[int, str]) -> dict[str, Any]:
    if "stage" not in document:
        return document
    return {**document, "stage": stages.get(document["stage"], "")}


def _asked(document: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    """The conditions with stages called otherwise. One that is not there stays as it is, and is found to be gone."""
    groups = []
    for group in document.get("groups", []):
        atoms = [
            {**atom, "values": [renamed.get(value, value) for value in atom["values"]]}
            if atom["fact"] == "stage"
            else atom
            for atom in group["atoms"]
        ]
        groups.append({**group, "atoms": atoms})
    return {**document, "groups": groups} if groups else document


def make(job: Job, rows: list[dict[str, Any]], *, by: User | None) -> int:
    """Drafts for a new job that has its stages. A row that names a stage the job has not, or is not understood, is left out."""
    stages = {stage.name: stage.pk for stage in Stage.objects.standing().filter(job=job)}
    made = 0
    for row in rows:
        said = {**row, "asked": _asked(row.get("asked") or {}, {name: str(pk) for name, pk in stages.items()})}
        for part in ("trigger", "action"):
            if "stage" in said.get(part, {}):
                said[part] = {**said[part], "stage": stages.get(said[part]["stage"])}
        try:
            versions.create(job=job, by=by, **said)
        except (Refused, TypeError):
            continue
        made += 1
    return made


def for_new_job(job: Job, template: JobTemplate | None) -> None:
    """What the pattern of a job says, once the job has its stages."""
    make(job, (template.more if template else {}).get(PART, []), by=job.created_by)


job_templates.parts[PART] = of_job
