"""How one application meets its job's criteria, and putting that right."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from pipeline.models import Application, JudgementCorrection
from pipeline.screening import correcting, hints, judging, showing
from pipeline.screening.forms import VerdictForm
from pipeline.views import find_to_decide, next_url

LIST = "pipeline/_criteria.html"
CORRECT = "pipeline/judgement_correct.html"
JUDGED = "judgement-corrected"
HINT_ATTEMPTS = 8
"""How often a page asks whether a passage was found, a good second apart."""


@require_safe
def application_criteria(request: StaffRequest, pk: int) -> HttpResponse:
    """The list by itself, for the panel on the profile; opened as a page it is the person's."""
    application = get_object_or_404(Application.objects.for_card().visible_to(request.user), pk=pk)
    if not access.can_see_pipeline(request.user, application.job):
        raise PermissionDenied
    if not is_swap(request):
        return redirect(f"{application.get_absolute_url()}#criteria-{application.pk}")
    may_move = access.can_move(request.user, application.job)
    standing = judging.standing(application)
    return render(request, LIST, showing.context(standing, application, may_correct=may_move, is_open=True))


@require_http_methods(["GET", "HEAD", "POST"])
def judgement_correct(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Say what holds of one criterion, and why. What was judged stays beside it."""
    application = find_to_decide(request, pk)
    one = next((one for one in judging.judged(application) if one.criterion.key == key), None)
    if one is None:
        raise Http404
    form = VerdictForm(
        request.POST or None,
        initial={"verdict": one.verdict, "reason": one.correction.reason if one.correction else ""},
    )
    if request.method == "POST" and form.is_valid():
        correcting.correct(application, key, by=request.user, **form.cleaned_data)
        return _answer(request, application, f"“{one.criterion.says}” is put right.")
    back, review = (
        next_url(request, application.get_absolute_url()),
        reverse("pipeline:review", args=[application.job_id]),
    )
    listed = reverse("pipeline:application_criteria", args=[application.pk])
    context = {
        "application": application,
        "candidate": application.candidate,
        "line": showing.line(one, application.pk, may_correct=False),
        "form": form,
        "next": back,
        "list_url": f"{back}{'&' if '?' in back else '?'}part=criteria" if back.startswith(review) else listed,
    }
    return page_or_part(request, CORRECT, "form", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_hint(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """The passage proposed for a statement, as soon as it is found; and what somebody makes of it."""
    application = find_to_decide(request, pk)
    back = next_url(request, application.get_absolute_url())
    if request.method == "POST":
        return _settled(request, application, key)
    if not is_swap(request):
        return redirect(f"{application.get_absolute_url()}#criteria-{application.pk}")
    attempt = min(int(said) if (said := request.GET.get("attempt", "")).isdecimal() else 0, HINT_ATTEMPTS) + 1
    hint = hints.of(application, judging.standing(application)).get(key)
    if hint and hint.is_awaited and attempt > HINT_ATTEMPTS:
        hint = None
    context = {
        "application": application,
        "key": key,
        "hint": hint,
        "attempt": attempt,
        "next": request.GET.get("next") and back,
    }
    return render(request, "pipeline/_hint.html", context)


def _settled(request: StaffRequest, application: Application, key: str) -> HttpResponse:
    act, number = request.POST.get("act", ""), request.POST.get("hint", "")
    hint = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
    reason = request.POST.get("reason", "")
    if act == "dismiss":
        correcting.dismiss(application, key, hint, by=request.user, reason=reason)
        return _answer(request, application, "Kept: the passage does not show it.")
    correcting.confirm(application, key, hint, by=request.user, verdict=act, reason=reason)
    return _answer(request, application, "Kept, with the passage that shows it.")


@require_POST
def judgement_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Let what was judged stand again."""
    found = JudgementCorrection.objects.visible_to(request.user).select_related(
        "application__job", "application__candidate"
    )
    row = get_object_or_404(found, pk=pk)
    if not access.can_move(request.user, row.application.job):
        raise PermissionDenied
    correcting.take_back(row, by=request.user)
    return _answer(request, row.application, "What was judged stands again.")


def _answer(request: StaffRequest, application: Application, said: str) -> HttpResponse:
    if is_swap(request):
        return tell(HttpResponse(status=204), request, JUDGED, "timeline-changed", toast=said)
    say(request, said)
    return go(request, next_url(request, application.get_absolute_url()))
