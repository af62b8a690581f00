"""Sets of questions: a library for everybody who writes forms, and what a form does with it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.application_form import asking, lawful, ordering, sets
from hiring.application_form.questions import NAMES, TYPES, Unfit
from hiring.errors import Refused
from hiring.forms.application_form import QuestionForm, SetForm, marks_in_words, put
from hiring.http import StaffRequest, say
from hiring.models import QuestionSet
from hiring.views.application_form import posting_to_edit


@require_http_methods(["GET", "HEAD", "POST"])
def question_sets(request: StaffRequest) -> HttpResponse:
    """All sets; POST makes a new one."""
    if not access.can_create_jobs(request.user):
        raise PermissionDenied
    may_edit = access.can_edit_question_sets(request.user)
    form = SetForm(request.POST or None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            try:
                made = sets.create(by=request.user, **form.cleaned_data)
            except Unfit as no:
                put(form, no)
            else:
                return redirect(made)
    context = {
        "sets": QuestionSet.objects.visible_to(request.user).select_related("changed_by"),
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "hiring/question_sets.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def question_set(request: StaffRequest, pk: int) -> HttpResponse:
    """One set with its questions; POST gives it another name."""
    kept = _set(request, pk, to_edit=request.method == "POST")
    form = SetForm(request.POST or None, initial={"name": kept.name, "about": kept.about})
    if request.method == "POST" and form.is_valid():
        try:
            sets.rename(kept, by=request.user, **form.cleaned_data)
        except Unfit as no:
            put(form, no)
        else:
            say(request, "Saved.")
            return redirect(kept)
    barred = lawful.anywhere(kept.questions)
    last = len(kept.questions) - 1
    context: dict[str, Any] = {
        "set": kept,
        "form": form,
        "kinds": TYPES,
        "may_edit": access.can_edit_question_sets(request.user),
        "rows": [
            {
                "question": one,
                "kind": asking.kind(one),
                "only_if": asking.in_words(one),
                "marks": marks_in_words(one),
                "barred": barred.get(one["key"], []),
                "is_first": at == 0,
                "is_last": at == last,
            }
            for at, one in enumerate(kept.questions)
        ],
    }
    return render(request, "hiring/question_set.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def set_question_add(request: StaffRequest, pk: int) -> HttpResponse:
    kept = _set(request, pk, to_edit=True)
    kind = request.POST.get("type") or request.GET.get("type", "text")
    if kind not in NAMES:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = QuestionForm(given, kind=kind, earlier=kept.questions)
    if request.method == "POST" and "retype" not in request.POST and form.is_valid():
        try:
            question = sets.add(kept, form.raw, by=request.user)
        except Refused as no:
            put(form, no)
        else:
            say(request, "Added.")
            return redirect(f"{kept.get_absolute_url()}#question-{question['key']}")
    return _question_page(request, kept, form)


@require_http_methods(["GET", "HEAD", "POST"])
def set_question(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    kept = _set(request, pk, to_edit=True)
    at = next((number for number, one in enumerate(kept.questions) if one["key"] == key), None)
    if at is None:
        raise Http404
    question, earlier = kept.questions[at], kept.questions[:at]
    kind = request.POST.get("type") or request.GET.get("type") or question["type"]
    if kind not in NAMES:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = QuestionForm(given, kind=kind, question=question, earlier=earlier)
    if request.method == "POST" and "retype" not in request.POST and form.is_valid():
        try:
            sets.change(kept, key, form.raw, by=request.user)
        except Refused as no:
            put(form, no)
        else:
            say(request, "Saved. Forms that copied it say that it has changed.")
            return redirect(f"{kept.get_absolute_url()}#question-{key}")
    return _question_page(request, kept, form, key=key)


@require_POST
def set_question_move(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """One step up or down, or to a place (dragging)."""
    kept, to = _set(request, pk, to_edit=True), request.POST.get("to", "")
    if to in ("up", "down"):
        sets.shift(kept, key, up=to == "up", by=request.user)
    elif to.isascii() and to.isdecimal() and len(to) < 4:
        sets.move(kept, key, int(to), by=request.user)
    else:
        raise Http404
    return redirect(f"{kept.get_absolute_url()}#question-{key}")


@require_POST
def set_question_remove(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    kept = _set(request, pk, to_edit=True)
    label = ordering.find(kept.questions, key)["label"]
    sets.remove(kept, key, by=request.user)
    say(request, f"“{label}” is taken out. Forms that copied it keep it.")
    return redirect(kept)


@require_POST
def question_set_delete(request: StaffRequest, pk: int) -> HttpResponse:
    kept = _set(request, pk, to_edit=True)
    sets.delete(kept, by=request.user)
    say(request, f"“{kept.name}” is deleted. Forms that copied it keep their questions.")
    return redirect("question_sets")


# --- what a form does with sets ----------------------------------------------------------------------------------------


@require_POST
def job_form_insert(request: StaffRequest, pk: int) -> HttpResponse:
    """Copy a set into the form of a job."""
    posting = posting_to_edit(request, pk)
    number = request.POST.get("set", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Refused("Choose the set to copy.")
    kept = _set(request, int(number))
    added = sets.insert(posting, kept, by=request.user)
    said = (
        f"{added} question{'' if added == 1 else 's'} copied from “{kept}”."
        if added
        else "All of it was there already."
    )
    say(request, said)
    return redirect("job_form", pk)


@require_POST
def job_form_set(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a set of questions of this form."""
    posting = posting_to_edit(request, pk)
    if not access.can_edit_question_sets(request.user):
        raise PermissionDenied
    made = sets.from_posting(posting, request.POST.getlist("key"), request.POST.get("name", ""), by=request.user)
    say(request, f"“{made}” can be copied into other forms now.")
    return redirect(made)


@require_POST
def question_renew(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Let a copied question say what its set says now."""
    posting = posting_to_edit(request, pk)
    question = sets.take_over(posting, key, by=request.user)
    say(request, f"“{question['label']}” is as in its set. Applicants see it once you publish the form.")
    return redirect(f"{reverse('job_form', args=[pk])}#question-{key}")


def _set(request: StaffRequest, pk: int, *, to_edit: bool = False) -> QuestionSet:
    may = access.can_edit_question_sets if to_edit else access.can_create_jobs
    if not may(request.user):
        raise PermissionDenied
    return get_object_or_404(QuestionSet.objects.visible_to(request.user), pk=pk)


def _question_page(request: StaffRequest, kept: QuestionSet, form: QuestionForm, *, key: str = "") -> HttpResponse:
    context = {
        "set": kept,
        "form": form,
        "key": key,
        "kind": NAMES[form.kind],
        "is_marked": bool(form.mark_rows),
        "has_marks": bool(form.question.get("marks")),
        "back": kept.get_absolute_url(),
    }
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "hiring/question_set_question.html", context, status=status)
