"""The letters of one job: which one a reason gets here, and the receipt; copies and templates of the job take them along."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hiring import access, job_templates, jobs_panels
from hiring.errors import Refused
from hiring.models import Job, JobTemplate, MailTemplate, User
from hiring.panels import Panel
from hiring.prepared import Given, prepared
from pipeline.models import Application, JobLetter, ReasonLetter, RejectionReason

PART = "letters"
Kind = MailTemplate.Kind


@transaction.atomic
def add(job: Job, template: MailTemplate, *, reason: RejectionReason | None = None, by: User | None) -> JobLetter:
    """Let this letter go out on this job: for a reason of ours, or as the receipt where no reason is given."""
    wanted = Kind.REJECTION if reason else Kind.RECEIPT
    if template.kind != wanted:
        raise Refused(f"“{template}” is no {'rejection' if reason else 'receipt'}.")
    if reason and reason.ended_by != RejectionReason.EndedBy.EMPLOYER:
        raise Refused("Who ends it themselves gets no letter about it.")
    try:
        with transaction.atomic():
            return JobLetter.objects.create(job=job, reason=reason, template=template)
    except IntegrityError as error:
        raise Refused(f"“{template}” goes out for that already.") from error


def remove(letter: JobLetter, *, by: User | None) -> None:
    """Letters that wait already leave as they are."""
    letter.delete()


def first_for(job: Job, reason: RejectionReason | None) -> MailTemplate | None:
    """The letter many people would be sent from here for a reason: the job's own, else the one that fits it anywhere."""
    own = JobLetter.objects.filter(job=job, reason=reason, template__is_active=True)
    anywhere = ReasonLetter.objects.filter(reason=reason, template__is_active=True)
    row = reason and (own.select_related("template").first() or anywhere.select_related("template").first())
    return row.template if row else None


@prepared
def receipts_of(job: Given) -> QuerySet[JobLetter]:
    """Asked of everybody who applies, as is the one below."""
    rows = JobLetter.objects.filter(job=job, reason=None, template__is_active=True)
    return rows.select_related("template").order_by("pk")


@prepared
def usual_receipt() -> QuerySet[MailTemplate]:
    return MailTemplate.objects.filter(kind=Kind.RECEIPT, is_active=True).order_by("pk")[:1]


def receipt(application: Application) -> MailTemplate | None:
    """The job's receipt in the person's language, else its first one, else the one for every job."""
    own = [row.template for row in receipts_of(job=application.job_id)]
    language = (application.candidate.language or "en")[:2].lower()
    found = next((one for one in own if one.language[:2] == language), None) or next(iter(own), None)
    return found or usual_receipt.first()


def of_job(job: Job) -> list[dict[str, Any]]:
    """The job's letters as a template keeps them: by the reason's code and the letter's name."""
    rows = JobLetter.objects.filter(job=job).values_list("reason__code", "template__name")
    return [{"reason": code or "", "letter": name} for code, name in rows]


def for_new_job(job: Job, template: JobTemplate | None) -> None:
    """What the pattern of a job says. Reasons and letters that are gone are left out."""
    rows = (template.more if template else {}).get(PART, [])
    letters = {one.name: one for one in MailTemplate.objects.filter(name__in=[row["letter"] for row in rows])}
    reasons = {one.code: one for one in RejectionReason.objects.filter(code__in=[row["reason"] for row in rows])}
    made = [
        JobLetter(job=job, reason=reasons.get(row["reason"]), template=letters[row["letter"]])
        for row in rows
        if row["letter"] in letters and (not row["reason"] or row["reason"] in reasons)
    ]
    JobLetter.objects.bulk_create(made, ignore_conflicts=True)


def panel(user: User, job: Job) -> Panel | None:
    """On the plan of the job."""
    if not access.can_see_pipeline(user, job):
        return None
    rows = job.letters.select_related("reason", "template")
    return Panel(
        "pipeline/_letters_panel.html", {"job": job, "letters": rows, "may_edit": access.can_edit_job(user, job)}
    )


job_templates.parts[PART] = of_job
jobs_panels.plan.append((50, panel))
