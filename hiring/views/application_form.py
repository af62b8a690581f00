"""The application form of a job: its usual fields, its questions one by one, what is published of it, and what may not be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.application_form import asking, building, copying, lawful, ordering, problems, sets, versions
from hiring.application_form.problems import Trouble
from hiring.application_form.questions import NAMES, TYPES, Question
from hiring.errors import Refused
from hiring.forms.application_form import FieldsForm, QuestionForm, knock_outs_in_words, marks_in_words, put
from hiring.http import StaffRequest, say
from hiring.models import Job, Posting, QuestionSet

VERSIONS_AT_MOST = 20


@dataclass
class Row:
    """A question as the list shows it."""

    question: Question
    kind: str
    only_if: str
    marks: list[str]
    knock_outs: list[tuple[int, str]]
    trouble: Trouble | None
    came_from: sets.CameFrom | None
    is_first: bool
    is_last: bool


@require_http_methods(["GET", "HEAD", "POST"])
def job_form(request: StaffRequest, pk: int) -> HttpResponse:
    """GET the form as it is being written; POST its usual fields."""
    posting = posting_to_edit(request, pk)
    if request.method != "POST":
        return _page(request, posting, FieldsForm(fields=posting.fields))
    form = FieldsForm(request.POST, fields=posting.fields)
    if not form.is_valid():
        return _page(request, posting, form, status=422)
    building.set_fields(posting, form.cleaned_data, by=request.user)
    say(request, "Saved. Applicants see it once you publish the form.")
    return redirect("job_form", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def question_add(request: StaffRequest, pk: int) -> HttpResponse:
    posting = posting_to_edit(request, pk)
    kind = request.POST.get("type") or request.GET.get("type", "text")
    if kind not in NAMES:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = QuestionForm(given, kind=kind, earlier=posting.questions)
    if request.method == "POST" and "retype" not in request.POST and form.is_valid():
        try:
            question = building.add(posting, form.raw, by=request.user)
        except Refused as no:
            put(form, no)
        else:
            say(request, "Added. Applicants see it once you publish the form.")
            return redirect(f"{reverse('job_form', args=[pk])}#question-{question['key']}")
    return _question_page(request, posting, form, status=_status(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def question_edit(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    posting = posting_to_edit(request, pk)
    at = next((number for number, one in enumerate(posting.questions) if one["key"] == key), None)
    if at is None:
        raise Http404
    question, earlier = posting.questions[at], posting.questions[:at]
    kind = request.POST.get("type") or request.GET.get("type") or question["type"]
    if kind not in NAMES:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = QuestionForm(given, kind=kind, question=question, earlier=earlier)
    if request.method == "POST" and "retype" not in request.POST and form.is_valid():
        try:
            building.change(posting, key, form.raw, by=request.user)
        except Refused as no:
            put(form, no)
        else:
            say(request, "Saved. Applicants see it once you publish the form.")
            return redirect(f"{reverse('job_form', args=[pk])}#question-{key}")
    return _question_page(request, posting, form, key=key, status=_status(request, form))


def _status(request: StaffRequest, form: QuestionForm) -> int:
    return 422 if request.method == "POST" and form.errors else 200


@require_POST
def question_move(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """One step up or down, or to a place (dragging)."""
    posting = posting_to_edit(request, pk)
    to = request.POST.get("to", "")
    if to in ("up", "down"):
        building.shift(posting, key, up=to == "up", by=request.user)
    elif to.isascii() and to.isdecimal() and len(to) < 4:
        building.move(posting, key, int(to), by=request.user)
    else:
        raise Http404
    return redirect(f"{reverse('job_form', args=[pk])}#question-{key}")


@require_POST
def question_remove(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    posting = posting_to_edit(request, pk)
    label = ordering.find(posting.questions, key)["label"]
    building.remove(posting, key, by=request.user)
    say(request, f"“{label}” is taken out. What was answered to it stays with the applications.")
    return redirect("job_form", pk)


@require_POST
def job_form_publish(request: StaffRequest, pk: int) -> HttpResponse:
    version = building.publish(posting_to_edit(request, pk), by=request.user)
    say(request, f"Version {version.number} is asked from now on.")
    return redirect("job_form", pk)


@require_POST
def job_form_discard(request: StaffRequest, pk: int) -> HttpResponse:
    building.discard(posting_to_edit(request, pk), by=request.user)
    say(request, "The form is again as applicants see it.")
    return redirect("job_form", pk)


@require_POST
def job_form_copy(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring in the form of another job: what is written here stays, questions that are there already are passed over."""
    posting = posting_to_edit(request, pk)
    number = request.POST.get("job", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Refused("Choose the job whose form to copy.")
    other = get_object_or_404(Job.objects.visible_to(request.user).select_related("posting"), pk=int(number))
    added = copying.from_posting(posting, other.posting, by=request.user)
    say(
        request,
        f"{added} question{'' if added == 1 else 's'} copied from {other}."
        if added
        else "Everything was there already.",
    )
    return redirect("job_form", pk)


@require_POST
def question_exempt(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """An administrator records why the law allows a question here, or takes that back."""
    posting = posting_to_edit(request, pk)
    if not access.can_exempt_questions(request.user, posting.job):
        raise PermissionDenied
    topic = request.POST.get("topic", "")
    if "back" in request.POST:
        lawful.take_back(posting, key, topic, by=request.user)
        say(request, "The exemption is taken back.")
    else:
        lawful.exempt(posting, key, topic, request.POST.get("reason", ""), by=request.user)
        say(request, "The exemption is recorded.")
    return redirect(f"{reverse('job_form', args=[pk])}#question-{key}")


def posting_to_edit(request: StaffRequest, pk: int) -> Posting:
    """The posting of a job whose form somebody may write."""
    job = get_object_or_404(Job.objects.for_row().select_related("posting").visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    posting = job.posting
    posting.job = job
    return posting


def _page(request: StaffRequest, posting: Posting, form: FieldsForm, *, status: int = 200) -> HttpResponse:
    trouble, came_from = problems.of(posting), sets.origins(posting.questions)
    last = versions.newest(posting)
    changed = last is not None and not versions.is_same(posting, last)
    count = len(posting.questions)
    others = Job.objects.visible_to(request.user).exclude(pk=posting.job_id).exclude(posting__questions=[])
    context: dict[str, Any] = {
        "job": posting.job,
        "posting": posting,
        "form": form,
        "rows": [
            Row(
                one,
                asking.kind(one),
                asking.in_words(one),
                marks_in_words(one),
                knock_outs_in_words(one),
                trouble.get(one["key"]),
                came_from.get(one["key"]),
                at == 0,
                at == count - 1,
            )
            for at, one in enumerate(posting.questions)
        ],
        "kinds": TYPES,
        "last": last,
        "change": versions.changes(last.questions, posting.questions, last.fields, posting.fields)
        if changed and last
        else "",
        "is_changed": changed,
        "stops": any(one.stops for one in trouble.values()),
        "versions": list(posting.form_versions.select_related("by").defer("questions")[:VERSIONS_AT_MOST]),
        "others": others.order_by("-created_at").values_list("pk", "title", "requisition_id")[:50],
        "sets": QuestionSet.objects.visible_to(request.user).exclude(questions=[]).values_list("pk", "name"),
        "set_news": sets.news(posting.questions, came_from),
        "may_make_sets": access.can_edit_question_sets(request.user),
        "may_write_rules": access.can_edit_rules(request.user, posting.job),
        "may_exempt": access.can_exempt_questions(request.user, posting.job),
    }
    return render(request, "hiring/job_form.html", context, status=status)


def _question_page(
    request: StaffRequest, posting: Posting, form: QuestionForm, *, key: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "job": posting.job,
        "form": form,
        "key": key,
        "kind": NAMES[form.kind],
        "is_marked": bool(form.mark_rows),
        "has_marks": bool(form.question.get("marks")),
        "back": reverse("job_form", args=[posting.job_id]),
    }
    return render(request, "hiring/job_form_question.html", context, status=status)
