"""Applications for programs: who stands where, and opening one through the pipeline's own verb. Part of hiring's API by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from hiring import access, api, custom_fields
from hiring.api.door import ApiRequest, Unfit
from hiring.api.once import once
from hiring.api.shapes import LARGEST_ID, ApplicationOut, Given, Id, custom
from hiring.models import Candidate, Document, Job, User
from pipeline import answered, starting
from pipeline.blind import showing
from pipeline.models import Application, Stage

router = Router(tags=["Applications"])
PAGE = 100


def _fields(applications: Sequence[Application], user: User) -> dict[int, dict[str, Any]]:
    """What is filled in on these applications, as far as the user may see it: one query."""
    found = custom_fields.values_of("application", [one.pk for one in applications], user) if applications else {}
    return {pk: custom(shown) for pk, shown in found.items()}


def _told(application: Application, fields: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The members of ApplicationOut."""
    return {
        "id": application.pk,
        "candidate": application.candidate_id,
        "job": application.job_id,
        "job_title": application.job.title,
        "stage": application.stage.kind,
        "stage_name": application.stage.name,
        "status": application.status,
        "applied_at": application.applied_at,
        "entered_stage_at": application.entered_stage_at,
        "custom_fields": fields.get(application.pk, {}),
    }


def applications_of(user: User, candidate_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The applications of these people that the user may see, the newest first."""
    seen = Application.objects.visible_to(user).filter(candidate__in=candidate_ids).select_related("job", "stage")
    found: dict[int, list[dict[str, Any]]] = {}
    rows = list(seen.order_by("-applied_at", "-pk"))
    fields = _fields(rows, user)
    for application in rows:
        found.setdefault(application.candidate_id, []).append(_told(application, fields))
    return found


api.applications_of.append(applications_of)


class ApplicationPage(Schema):
    items: list[ApplicationOut]
    next: str | None


class Asked(Schema):
    job: int | None = Field(None, ge=1, le=LARGEST_ID)
    candidate: int | None = Field(None, ge=1, le=LARGEST_ID)
    status: Literal["active", "rejected", "withdrawn", "hired", "converted"] | None = None
    after: int | None = Field(None, ge=1, le=LARGEST_ID, description="`next` of the page before.")


@router.get("/applications", response=ApplicationPage, url_name="application_list", summary="Applications")
def application_list(request: ApiRequest, asked: Query[Asked]) -> ApplicationPage:
    """Applications for jobs whose pipeline you may open, the newest first."""
    user = request.user
    seen = Application.objects.visible_to(user).filter(access.pipelines_visible_to(user, "job"))
    wanted = asked.model_dump(include={"job", "candidate", "status"}, exclude_none=True)
    rows = seen.filter(**wanted).select_related("job", "stage").order_by("-pk")
    if asked.after:
        rows = rows.filter(pk__lt=asked.after)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    fields = _fields(page, user)
    return ApplicationPage(
        items=[ApplicationOut(**_told(one, fields)) for one in page],
        next=str(page[-1].pk) if len(found) > PAGE else None,
    )


class AnswerOut(Schema):
    key: str = Field(description="The question's own: it stays when its words change.")
    question: str = Field(description="As it was asked of this person.")
    type: str
    answer: str = Field(description="In words.")
    value: Any = Field(description="As it is kept; None for a file.")
    is_private: bool


class AnswersOut(Schema):
    application: int
    form_version: int | None = Field(description="The number of the version that was answered.")
    answers: list[AnswerOut]


@router.get(
    "/applications/{application_id}/answers", response=AnswersOut, url_name="application_answers", summary="Answers"
)
def application_answers(request: ApiRequest, application_id: Id) -> AnswersOut:
    """What somebody answered on the form, each question in the words it was asked in. Private answers are there for those alone who may
    read them; of somebody whose name is hidden, nothing that tells who they are."""
    user = request.user
    seen = Application.objects.visible_to(user).filter(access.pipelines_visible_to(user, "job"))
    found = get_object_or_404(seen.select_related("job", "candidate", "form_version"), pk=application_id)
    hidden = showing.of(found, None)
    told = [one for one in answered.of(found, user, hidden) if not one.is_shut]
    given = found.answers or {}
    return AnswersOut(
        application=found.pk,
        form_version=found.form_version.number if found.form_version else None,
        answers=[
            AnswerOut(
                key=one.key,
                question=one.label,
                type=str(one.question.get("type") or "text"),
                answer=one.said,
                value=None if hidden or isinstance(given.get(one.key), dict) else given.get(one.key),
                is_private=one.is_private,
            )
            for one in told
        ],
    )


class ApplicationIn(Given):
    candidate: Id
    job: Id
    start: Literal["lead", "applied"] = Field(
        "applied", description="`lead`: we found them. `applied`: they asked for it."
    )

    model_config = ConfigDict(json_schema_extra={"example": {"candidate": 1042, "job": 17, "start": "lead"}})


@router.post("/applications", response={201: ApplicationOut}, url_name="application_add", summary="Open an application")
def application_add(request: ApiRequest, given: ApplicationIn) -> HttpResponse:
    """Put a person on a job, into its first stage of that kind. Refused (409) while they have an active application there."""
    user = request.user
    if not access.can_add_candidates(user):
        raise PermissionDenied
    people, jobs = Candidate.objects.visible_to(user), Job.objects.visible_to(user)
    candidate, job = people.filter(pk=given.candidate).first(), jobs.filter(pk=given.job).first()
    missing = {name: "There is none of this id that you may see." for name, found in
               (("candidate", candidate), ("job", job)) if found is None}  # fmt: skip
    if missing or candidate is None or job is None:
        raise Unfit(missing)
    if not access.can_move(user, job):
        raise PermissionDenied
    if job.status != Job.Status.OPEN:
        raise Unfit({"job": f"{job.title} is not open."})

    def open_it() -> tuple[int, ApplicationOut]:
        application = starting.open_application(
            candidate, job, by=user, stage=_stage(job, given.start), resume=_resume(user, candidate)
        )
        return 201, ApplicationOut(**_told(application, {}))

    return once(request, open_it)


def _stage(job: Job, kind: str) -> Stage | None:
    return job.stages.standing().filter(kind=kind).first() or job.stages.standing().first()


def _resume(user: User, candidate: Candidate) -> Document | None:
    seen = Document.objects.visible_to(user).filter(candidate=candidate, kind=Document.Kind.RESUME)
    return seen.order_by("-uploaded_at").first()
