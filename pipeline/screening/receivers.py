"""What makes applications due to be judged, and what is known of those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from hiring import events as ground
from hiring import health, job_templates, jobs_panels, notices, search_copy
from hiring.models import Candidate, Job, JobTemplate
from hiring.postings import rules as posting_rules
from hiring.semantic import embedding
from pipeline import events
from pipeline.models import Application, Judgement, JudgementCorrection, StatementHint
from pipeline.screening import criteria, hints, judging


@receiver(events.applications_opened, dispatch_uid="pipeline.judge_opened")
def judge_the_new(sender: Any, *, applications: Sequence[Application], **kwargs: Any) -> None:
    judging.mark([application.pk for application in applications])


@receiver(events.applications_restored, dispatch_uid="pipeline.judge_restored")
def judge_the_restored(sender: Any, *, applications: Sequence[Application], **kwargs: Any) -> None:
    judging.mark([application.pk for application in applications])


@receiver(ground.document_removed, dispatch_uid="pipeline.forget_quotes")
def forget_the_quotes(sender: Any, *, candidate: Candidate, document: int, **kwargs: Any) -> None:
    """What was quoted of a deleted document goes with it, also where the application has ended; the verdicts stay."""
    rows = list(Judgement.objects.filter(application__candidate=candidate).exclude(results=[]))
    for row in rows:
        if row.document_id in (None, document):
            row.results = [
                {**one, "evidence": [e for e in one["evidence"] if e["source"] != "resume"]} for one in row.results
            ]
    Judgement.objects.bulk_update(rows, ["results"])
    StatementHint.objects.filter(document=document).delete()
    for said in JudgementCorrection.objects.filter(application__candidate=candidate):
        said.evidence = {} if said.evidence.get("source") == "resume" else said.evidence
        said.seen = {**said.seen, "quote": ""}
        said.save(update_fields=["evidence", "seen"])
    judging.mark_people([candidate.pk])


def judges_with_software(job: Job) -> bool:
    """Whether software compares what a job asks with what people sent: the statement some laws want is due then (AI-16)."""
    return bool(criteria.of_job(job).criteria)


posting_rules.ai_judges.append(judges_with_software)
notices.software_used.append(judges_with_software)
jobs_panels.tabs.append(jobs_panels.Tab(55, "criteria", "Criteria", "pipeline:criteria"))
search_copy.followers.append(judging.mark_people)
embedding.more.append(hints.step)
health.due["judgements"] = judging.oldest_due


def criteria_of(job: Job) -> list[dict[str, Any]]:
    return [one.as_json() for one in criteria.of_job(job).criteria]


@receiver(ground.job_created, dispatch_uid="pipeline.criteria_of_the_pattern")
def criteria_for_a_new_job(sender: Any, *, job: Job, template: JobTemplate | None = None, **kwargs: Any) -> None:
    """The job's pattern brings its criteria. What can no longer be asked is left out."""
    rows = template.more.get("criteria", []) if template else []
    found = [one for row in rows if (one := criteria.readable(row))]
    if found:
        criteria.copy(job, found, by=job.created_by, said="As in the job or template it was made from")


job_templates.parts["criteria"] = criteria_of
