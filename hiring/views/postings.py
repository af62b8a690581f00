"""The posting of a job: write it, see it, put it out and take it down."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from hiring import access, jobs, postings
from hiring.forms.postings import PostingForm, questions_of
from hiring.http import StaffRequest
from hiring.models import Job, Posting


def _posting(request: StaffRequest, pk: int) -> Posting:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    posting = job.posting
    posting.job = job
    return posting


def job_posting(request: StaffRequest, pk: int) -> HttpResponse:
    """The editor. “Add a question” gives a further row and saves nothing; “Save” checks what is already public."""
    posting = _posting(request, pk)
    if request.method != "POST":
        questions = questions_of(posting, extra=0)  # “Add a question” opens the first
        return _editor(request, posting, PostingForm(posting=posting), questions)
    if "more" in request.POST:
        return _editor(
            request, posting, PostingForm(request.POST, posting=posting), questions_of(posting, _one_more(request.POST))
        )
    form, questions = PostingForm(request.POST, posting=posting), questions_of(posting, request.POST)
    if not (form.is_valid() and questions.is_valid()):
        return _editor(request, posting, form, questions, status=422)
    posting = postings.edit(posting, by=request.user, questions=questions.chosen, **form.words)
    if "publish" in request.POST:
        return _publish(request, posting)
    messages.success(request, "Saved.")
    return redirect("job_posting", pk)


@require_POST
def job_posting_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The words as the public would read them, while they are typed."""
    posting = _posting(request, pk)
    context = {
        "preview": _safe(request.POST.get("description", "")[:30_000]),
        "title": request.POST.get("title", "")[:150],
        "job": posting.job,
    }
    return render(request, "hiring/job_posting.html#preview", context)


@require_POST
def job_publish(request: StaffRequest, pk: int) -> HttpResponse:
    return _publish(request, _posting(request, pk))


@require_POST
def job_unpublish(request: StaffRequest, pk: int) -> HttpResponse:
    postings.unpublish(_posting(request, pk), by=request.user)
    messages.success(request, "Taken down. Nobody can read it or apply any more.")
    return redirect("job_posting", pk)


def _publish(request: StaffRequest, posting: Posting) -> HttpResponse:
    postings.publish(posting, by=request.user)
    messages.success(request, "Published on the career site.")
    return redirect("job_posting", posting.job_id)


def _editor(
    request: StaffRequest, posting: Posting, form: PostingForm, questions: Any, *, status: int = 200
) -> HttpResponse:
    description = form.data.get("description", "") if form.is_bound else posting.description
    is_public = posting.status == Posting.Status.PUBLISHED and posting.job.is_open and not posting.job.confidential
    context = {
        "job": posting.job,
        "posting": posting,
        "form": form,
        "questions": questions,
        "problems": postings.problems(posting),
        "is_public": is_public,
        "address": _address(posting) if is_public else "",
        "pay": jobs.pay_range(posting.job),
        "preview": _safe(description),
        "title": form.data.get("title", "") if form.is_bound else posting.title,
    }
    return render(request, "hiring/job_posting.html", context, status=status)


def _one_more(sent: QueryDict) -> QueryDict:
    """What was typed, with one more empty row."""
    data = sent.copy()
    total = data.get("questions-TOTAL_FORMS", "0")
    data["questions-TOTAL_FORMS"] = str(int(total) + 1 if total.isdecimal() and len(total) < 4 else 1)
    return data


def _safe(html: str) -> str:
    return mark_safe(postings.as_html(html))


def _address(posting: Posting) -> str:
    try:
        return settings.SITE_URL + posting.get_absolute_url()
    except NoReverseMatch:
        return ""
