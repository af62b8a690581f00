"""What programs need to know before they write: who they are, the custom fields, the sources, the jobs."""

from __future__ import annotations

from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from hiring import access, custom_fields
from hiring.api import shapes
from hiring.api.door import ApiRequest
from hiring.api.people import Pk, url
from hiring.api.shapes import LARGEST_ID, CustomFieldOut, JobOut, JobPage, OptionOut, SourceOut
from hiring.models import CustomField, Job, Source

router = Router(tags=["Catalogue"])
PAGE = 100


class Me(Schema):
    name: str
    email: str
    role: str
    key: str
    scope: str
    expires_at: shapes.dt.datetime


@router.get("/me", response=Me, url_name="me", summary="Whose key this is")
def me(request: ApiRequest) -> Me:
    """A call that changes nothing and needs nothing: does the key work, and until when?"""
    key = request.auth
    return Me(
        name=request.user.full_name,
        email=request.user.email,
        role=request.user.role,
        key=key.name,
        scope=key.scope,
        expires_at=key.expires_at,
    )


@router.get(
    "/custom-fields", response=list[CustomFieldOut], url_name="custom_field_list", summary="Fields of the organisation"
)
def custom_field_list(
    request: ApiRequest, kind: Literal["candidate", "application", "job", "offer"] | None = None
) -> list[CustomFieldOut]:
    """The custom fields you may see, with what can be chosen. Their keys are the members of `custom_fields` everywhere."""
    kinds = [kind] if kind else list(custom_fields.owners)
    return [_field(what) for each in kinds for what in custom_fields.fields_for(each, request.user)]


def _field(what: CustomField) -> CustomFieldOut:
    return CustomFieldOut(
        key=what.key,
        kind=what.kind,
        name=what.name,
        type=what.type,
        currency=what.currency if what.type == CustomField.Type.MONEY else None,
        is_required=what.is_required,
        is_private=what.is_private,
        help_text=what.help_text,
        options=[OptionOut(id=one.pk, label=one.label, is_offered=one.is_active) for one in what.options.all()],
    )


@router.get("/sources", response=list[SourceOut], url_name="source_list", summary="Where people come from")
def source_list(request: ApiRequest) -> list[SourceOut]:
    """The sources in use; adding a person names one of them."""
    return [found for one in Source.objects.filter(is_active=True) if (found := shapes.source(one))]


class Jobs(Schema):
    status: Literal["draft", "pending_approval", "open", "on_hold", "closed"] | None = None
    after: int | None = Field(None, ge=1, le=LARGEST_ID, description="`next` of the page before.")


@router.get("/jobs", response=JobPage, url_name="job_list", summary="Jobs")
def job_list(request: ApiRequest, asked: Query[Jobs]) -> JobPage:
    """The jobs you may see, the newest first. Confidential ones are their teams' alone; pay is for those who may see it."""
    if not access.can_browse_jobs(request.user):
        raise PermissionDenied
    jobs = Job.objects.visible_to(request.user).for_row().order_by("-pk")
    if asked.status:
        jobs = jobs.filter(status=asked.status)
    if asked.after:
        jobs = jobs.filter(pk__lt=asked.after)
    found = list(jobs[: PAGE + 1])
    page = found[:PAGE]
    return JobPage(items=_jobs(request, page), next=str(page[-1].pk) if len(found) > PAGE else None)


@router.get("/jobs/{job_id}", response=JobOut, url_name="job", summary="One job")
def job(request: ApiRequest, job_id: Pk) -> JobOut:
    """One job as the list has it; 404 for one you may not see."""
    if not access.can_browse_jobs(request.user):
        raise PermissionDenied
    return _jobs(request, [get_object_or_404(Job.objects.visible_to(request.user).for_row(), pk=job_id)])[0]


def _jobs(request: ApiRequest, jobs: list[Job]) -> list[JobOut]:
    ids = [job.pk for job in jobs]
    fields = custom_fields.values_of("job", ids, request.user)
    seen = Job.objects.visible_to(request.user).filter(access.jobs_with_visible_pay(request.user), pk__in=ids)
    paid = set(seen.values_list("pk", flat=True))
    return [shapes.job_of(job, url(request, job), fields.get(job.pk, []), with_pay=job.pk in paid) for job in jobs]
