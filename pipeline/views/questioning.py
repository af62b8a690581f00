"""Asking somebody who applied a question or for a file, and reading what they answered."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, masks
from hiring.http import StaffRequest, say
from pipeline import questioning
from pipeline.models import ApplicantQuestion, Application
from pipeline.views import find_to_decide


class QuestionForm(forms.Form):
    """Named after the arguments of pipeline.questioning.ask."""

    text = forms.CharField(
        label="What do you want to know?",
        max_length=2000,
        help_text="They read it word for word, in a mail and on their status page.",
        widget=forms.Textarea({"rows": 4, "class": "form-control"}),
    )
    wants_file = forms.BooleanField(label="Ask for a file with it", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def application_questions(request: StaffRequest, pk: int) -> HttpResponse:
    """What they were asked and answered, and one more question."""
    application = find_to_decide(request, pk)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        questioning.ask(application, by=request.user, **form.cleaned_data)
        say(request, f"{application.candidate.name} gets your question by mail")
        return redirect("pipeline:application_questions", application.pk)
    asked = application.asked_of_them.select_related("by", "document")
    is_hidden = bool(masks.mask_of(application.candidate_id))  # an answer may say who they are
    page = {"application": application, "form": form, "asked": asked, "is_hidden": is_hidden}
    return render(request, "pipeline/application_questions.html", page, status=422 if form.errors else 200)


@require_POST
def question_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Application.objects.visible_to(request.user)
    question = ApplicantQuestion.objects.filter(application__in=seen, pk=pk).select_related("application__job").first()
    if question is None:
        raise Http404
    if not access.can_move(request.user, question.application.job):
        raise PermissionDenied
    questioning.take_back(question, by=request.user)
    say(request, "They are no longer asked")
    return redirect("pipeline:application_questions", question.application_id)
