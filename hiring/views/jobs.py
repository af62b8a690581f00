"""Pages of a job: the list, create, overview, edit, team, and the buttons that change its status."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from hiring import (
    access,
    approval_chains,
    approvals,
    custom_fields,
    guarded,
    job_facts,
    job_list,
    job_templates,
    jobs,
    jobs_panels,
    postings,
)
from hiring.errors import Refused
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.forms.jobs import JobEditForm, JobForm, MemberForm, ResumeForm, TemplateForm, facts_to_copy
from hiring.http import StaffRequest, page_or_part
from hiring.models import Department, Job, JobTemplate, Opening, Posting

STATUS_CHANGES = 20  # of a job's life on its overview, the newest first


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def visible_job(request: StaffRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)


def editable_job(request: StaffRequest, pk: int) -> Job:
    job = visible_job(request, pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return job


@require_safe
def job_list_page(request: StaffRequest) -> HttpResponse:
    """All jobs the user may see: tabs, search, department."""
    status = request.GET.get("status", "current")
    text = request.GET.get("text", "")[:100].strip()
    department = _whole_number(request.GET.get("department", ""))
    after = _whole_number(request.GET.get("after", ""))
    page = job_list.page(request.user, status=status, text=text, department=department, after=after)
    context = {
        "page": page,
        "asked": {"status": status, "text": text, "department": department},
        "departments": Department.objects.all(),
        "may_create": access.can_create_jobs(request.user),
        "may_distribute": access.can_distribute(request.user),
        "may_browse_applications": access.can_browse_applications(request.user),
        "narrowed": bool(text or department),
    }
    return page_or_part(request, "hiring/job_list.html", "list", context)


def job_create(request: StaffRequest) -> HttpResponse:
    """One page from the wish to the request for approval."""
    if not access.can_create_jobs(request.user):
        raise PermissionDenied
    copied = _copied(request)
    guess = facts_to_copy(copied, request.user) if copied else _first_guess(request)
    form = JobForm(request.POST or None, initial=guess, copied=copied)
    custom = CustomFieldsForm(
        request.POST or None, kind="job", user=request.user, thing_id=copied.pk if copied else None
    )
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        with transaction.atomic():
            job = jobs.create(by=request.user, **form.cleaned_data)
            custom_fields.set_values(job, request.user, custom.values())
        if "submit" in request.POST:
            job = jobs.submit(job, by=request.user)
        messages.success(request, _where_it_stands(job))
        return redirect("job_overview", job.pk)
    context = {
        "form": form,
        "custom": custom,
        **_chain(request, form),
        "copied": copied,
        "has_templates": copied is not None or JobTemplate.objects.filter(is_active=True).exists(),
    }
    return render(request, "hiring/job_create.html", context, status=422 if form.errors or custom.errors else 200)


def job_template(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a job's stages, kits, posting and questions as a template for others."""
    job = editable_job(request, pk)
    if not access.can_create_jobs(request.user):
        raise PermissionDenied
    form = TemplateForm(request.POST or None, initial={"name": job.title})
    if request.method == "POST" and form.is_valid():
        try:
            template = job_templates.save_as(job, form.cleaned_data["name"], by=request.user)
        except Refused as no:
            form.add_error("name", no.sentence)
        else:
            messages.success(request, f"The template “{template}” is offered for new jobs.")
            return redirect("job_overview", job.pk)
    return render(request, "hiring/job_template.html", {"job": job, "form": form}, status=422 if form.errors else 200)


@require_GET
def job_chain(request: StaffRequest) -> HttpResponse:
    """Who will be asked, for what is chosen in the form so far."""
    if not access.can_create_jobs(request.user):
        raise PermissionDenied
    return render(request, "hiring/job_create.html#chain", _chain(request, JobForm(request.GET)))


@require_safe
def job_overview(request: StaffRequest, pk: int) -> HttpResponse:
    """Where the job stands, who works on it, and what can be done now."""
    return render(request, "hiring/job_overview.html", _overview(request, visible_job(request, pk)))


@transaction.atomic
def job_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the facts. What a colleague changed since the form was opened is not undone unseen."""
    job = editable_job(request, pk)
    if request.method == "POST":
        job = jobs.locked(job)  # as it stands, until this is written
    form = JobEditForm(request.POST or None, job=job)
    custom = CustomFieldsForm(request.POST or None, kind="job", user=request.user, thing_id=job.pk)
    lost = None
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        lost = guarded.loss(job, form.cleaned_data, request.user)
        if lost and request.POST.get("confirmed") == lost.key:
            lost = None
    if request.method == "POST" and not lost and form.is_valid() and custom.is_valid():
        before = job.status
        job = jobs.edit(job, by=request.user, **form.cleaned_data)
        custom_fields.set_values(job, request.user, custom.values())
        asked_again = job.status == Job.Status.PENDING_APPROVAL and before == Job.Status.OPEN
        messages.success(
            request,
            "Saved. What was approved has changed, so it has to be approved again." if asked_again else "Saved.",
        )
        return redirect("job_overview", job.pk)
    context = {"job": job, "form": form, "custom": custom, "loss": lost, "loses_approval": _is_approved(job)}
    status = 422 if lost or form.errors or custom.errors else 200
    return render(request, "hiring/job_edit.html", context, status=status)


def job_team(request: StaffRequest, pk: int) -> HttpResponse:
    """The hiring team; adding somebody is a POST to the same address."""
    job = visible_job(request, pk)
    may_edit = access.can_edit_job(request.user, job)
    form = MemberForm(request.POST or None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            member = jobs.add_member(job, by=request.user, **form.cleaned_data)
            messages.success(request, f"{member.user} is on the team.")
            return redirect("job_team", job.pk)
    context = {"job": job, "team": job.team.select_related("user"), "form": form, "may_edit": may_edit}
    return render(request, "hiring/job_team.html", context, status=422 if form.errors else 200)


@require_POST
def job_member_remove(request: StaffRequest, pk: int, member: int) -> HttpResponse:
    job = editable_job(request, pk)
    found = get_object_or_404(job.team.select_related("user", "job"), pk=member)
    jobs.remove_member(found, by=request.user)
    access.remember_teams(request.user)  # it may have been the user who left
    messages.success(request, f"{found.user} is off the team.")
    still_sees_it = Job.objects.visible_to(request.user).filter(pk=job.pk).exists()
    return redirect("job_team", job.pk) if still_sees_it else redirect("jobs")


@require_POST
def job_submit(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, jobs.submit(editable_job(request, pk), by=request.user))


@require_http_methods(["GET", "POST"])
def job_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """What it means that a held job goes on; a POST says why and carries it on."""
    job = editable_job(request, pk)
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form.is_valid() or job.status != Job.Status.ON_HOLD):
        return _done(request, jobs.resume(job, by=request.user, reason=form.cleaned_data.get("reason", "")))
    page = {"job": job, "form": form, **_resuming(request, job)}
    return render(request, "hiring/job_resume.html", page, status=422 if form.errors else 200)


# --- what the pages show --------------------------------------------------------------------------------------------


def _done(request: StaffRequest, job: Job) -> HttpResponse:
    messages.success(request, _where_it_stands(job))
    return redirect("job_overview", job.pk)


def _where_it_stands(job: Job) -> str:
    said = {
        Job.Status.DRAFT: "is a draft.",
        Job.Status.PENDING_APPROVAL: "waits for approval. The approvers have mail.",
        Job.Status.OPEN: "is open.",
        Job.Status.ON_HOLD: "is on hold. Nobody can apply until it is resumed.",
        Job.Status.CLOSED: "is closed.",
    }
    return f"{job.title} {said[Job.Status(job.status)]}"


def _first_guess(request: StaffRequest) -> dict[str, Any]:
    user = request.user
    guess: dict[str, Any] = {"department": user.department_id}
    if user.role == access.HIRING_MANAGER:
        guess["hiring_manager"] = user.pk
    elif user.role == access.RECRUITER:
        guess["recruiter"] = user.pk
    return guess


def _copied(request: StaffRequest) -> Job | None:
    """The job a new one starts from, when it was asked for by one's number."""
    number = _whole_number(request.POST.get("copy_of") or request.GET.get("copy", ""))
    return Job.objects.for_row().visible_to(request.user).filter(pk=number).first() if number else None


def _chain(request: StaffRequest, typed: JobForm) -> dict[str, Any]:
    """The chain that would be asked for what is typed so far, step by step, before anything is submitted."""
    case = typed.case()
    return {
        "chosen": case.department,
        "ahead": approval_chains.ahead(jobs.KIND, case, request.user) if case.department else None,
    }


def _resuming(request: StaffRequest, job: Job) -> dict[str, Any]:
    """Why the job rests, and what changed meanwhile, for which it is approved anew before it goes on."""
    asked_anew = not approvals.covers(jobs.KIND, job.pk, job_facts.snapshot(job))
    return {
        "is_held": job.status == Job.Status.ON_HOLD,
        "change": job.status_changes.select_related("by").first(),
        "asked_anew": asked_anew,
        "changed": job_facts.changed_since_approved(job) if access.can_see_pay(request.user, job) else [],
        "ahead": approval_chains.ahead(jobs.KIND, job_facts.case(job), request.user) if asked_anew else None,
        "is_published": job.posting.status == Posting.Status.PUBLISHED,
    }


def _is_approved(job: Job) -> bool:
    approval = approvals.current(jobs.KIND, job.pk)
    return approval is not None and approval.status == approval.Status.APPROVED


def _overview(request: StaffRequest, job: Job) -> dict[str, Any]:
    approval = approvals.current(jobs.KIND, job.pk)
    may_edit = access.can_edit_job(request.user, job)
    sees_pay = access.can_see_pay(request.user, job)
    sees_people = access.can_see_pipeline(request.user, job)
    counts = jobs_panels.counts_for([job.pk]).get(job.pk, []) if sees_people else []
    openings = list(job.openings.all())
    filled = [opening for opening in openings if opening.status == Opening.Status.FILLED]
    return {
        "job": job,
        "may_edit": may_edit,
        "may_create": access.can_create_jobs(request.user),
        "may_distribute": access.can_distribute(request.user),
        "may": {str(status) for status in jobs.ALLOWED[job.status]} if may_edit else set(),
        "pay": job_facts.pay_range(job) if sees_pay else "",
        "budget": job_facts.budget_words(job) if sees_pay else "",
        "sees_pay": sees_pay,
        "sees_people": sees_people,
        "filled": filled,
        "unfilled": [opening for opening in openings if opening.status != Opening.Status.FILLED],
        "places": sum(opening.status != Opening.Status.CANCELLED for opening in openings),
        "today": timezone.localdate(),
        "team": job.team.select_related("user"),
        "approval": approval,
        "ahead": approval_chains.ahead(jobs.KIND, job_facts.case(job), request.user)
        if may_edit and job.status == Job.Status.DRAFT
        else None,
        "my_vote": approvals.open_vote_of(request.user, approval) if approval else None,
        "waiting": approvals.waiting_group(approval) if approval else None,
        "rejection": jobs.rejection_of(approval),
        "counts": counts,
        "active": sum(count.count for count in counts),
        "may_see_history": access.can_see_job_history(request.user, job),
        "may_follow": access.can_follow(request.user),
        "is_followed": request.user.follows.filter(job=job).exists(),
        "custom": custom_fields.values_of("job", [job.pk], request.user).get(job.pk, []),
        "posting": job.posting,
        "problems": postings.problems(job.posting) if may_edit else [],
        "panels": jobs_panels.build(jobs_panels.overview, request.user, job),
        "changes": list(job.status_changes.select_related("by")[:STATUS_CHANGES]),
    }
