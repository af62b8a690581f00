"""Asking colleagues about people, and what came of it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, working_time
from hiring.errors import Refused
from hiring.http import StaffRequest, go, say
from hiring.models import Job, TeamMember, User
from pipeline import asked, asking, picking
from pipeline.forms.asking import AskForm
from pipeline.models import Application, ManagerReview, Reviewer
from pipeline.views import find_job, next_url
from pipeline.views.bulk import chosen_on

ASK, OUTCOME = "pipeline/ask.html", "pipeline/manager_review.html"
DAYS = 3


@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    """Whom to ask, until when: a form for the people picked on the board, in the table or on the review page."""
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    chosen = chosen_on(request, job) or picking.numbers(request.GET.getlist("pick"))
    people = list(Application.objects.active().visible_to(request.user).for_card().filter(job=job, pk__in=chosen))
    if not people:
        raise Refused("Nobody selected is active in this job.")
    place = {pk: number for number, pk in enumerate(chosen)}
    people.sort(key=lambda one: place[one.pk])
    team = asking.may_be_asked(job)
    form = AskForm(
        request.POST if "send" in request.POST else None,
        people=team,
        first=_likely(job, team, request.user),
        due_on=working_time.working_day(timezone.localdate() + dt.timedelta(days=DAYS), settings.ORGANISATION_COUNTRY),
    )
    if form.is_valid():
        try:
            review = asking.ask(job, [one.pk for one in people], by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, no.sentence)
        else:
            names = " and ".join(str(user) for user in form.cleaned_data["reviewers"])
            say(request, f"{names} {'is' if len(form.cleaned_data['reviewers']) == 1 else 'are'} asked by mail.")
            return go(request, next_url(request, review.get_absolute_url()))
    context = {
        "job": job,
        "form": form,
        "people": people,
        "at_most": asking.AT_MOST,
        "team": team,
        "next": next_url(request, ""),
    }
    return render(request, ASK, context, status=422 if form.errors else 200)


@require_safe
def manager_review(request: StaffRequest, pk: int) -> HttpResponse:
    review = _find(request, pk)
    outcome = asked.outcome(review)
    may_act = access.can_move(request.user, review.job)
    seated = {seat.user_id for seat in outcome.reviewers if seat.removed_at is None}
    context = {
        "review": review,
        "job": review.job,
        "outcome": outcome,
        "may_act": may_act,
        "others": [user for user in asking.may_be_asked(review.job) if user.pk not in seated] if may_act else [],
        "is_late": review.is_late(timezone.localdate()),
        "mine": request.user.pk in seated and review.is_open,
    }
    return render(request, OUTCOME, context)


@require_POST
def manager_review_close(request: StaffRequest, pk: int) -> HttpResponse:
    review = _to_act_on(request, pk)
    asking.close(review, by=request.user)
    say(request, "Closed. Their links show nobody any more; what they said stays.")
    return redirect(review)


@require_POST
def manager_review_ask_also(request: StaffRequest, pk: int) -> HttpResponse:
    review = _to_act_on(request, pk)
    wanted = picking.numbers([request.POST.get("user", "")])
    user = next((one for one in asking.may_be_asked(review.job) if one.pk in wanted), None)
    if user is None:
        raise Refused("Choose who is asked.")
    asking.ask_also(review, user)
    say(request, f"{user} is asked by mail.")
    return redirect(review)


@require_POST
def reviewer_remind(request: StaffRequest, pk: int) -> HttpResponse:
    reviewer = _seat(request, pk)
    asking.remind(reviewer)
    say(request, f"{reviewer} is asked once more, by mail.")
    return redirect(reviewer.review)


@require_POST
def reviewer_take_out(request: StaffRequest, pk: int) -> HttpResponse:
    reviewer = _seat(request, pk)
    asking.take_out(reviewer)
    say(request, f"{reviewer} is no longer asked; their link has ended.")
    return redirect(reviewer.review)


def _find(request: StaffRequest, pk: int) -> ManagerReview:
    seen = ManagerReview.objects.visible_to(request.user).select_related("job__department", "job__location", "by")
    review = get_object_or_404(seen, pk=pk)
    if not access.can_see_pipeline(request.user, review.job):
        raise PermissionDenied
    return review


def _to_act_on(request: StaffRequest, pk: int) -> ManagerReview:
    review = _find(request, pk)
    if not access.can_move(request.user, review.job):
        raise PermissionDenied
    return review


def _seat(request: StaffRequest, pk: int) -> Reviewer:
    reviews = ManagerReview.objects.visible_to(request.user)
    reviewer = get_object_or_404(
        Reviewer.objects.select_related("user", "review__job").filter(review__in=reviews), pk=pk
    )
    if not access.can_move(request.user, reviewer.review.job):
        raise PermissionDenied
    return reviewer


def _likely(job: Job, team: list[User], asker: User) -> list[User]:
    """The hiring managers of the job, when somebody else asks."""
    managers = set(job.team.filter(role=TeamMember.Role.HIRING_MANAGER).values_list("user", flat=True))
    return [user for user in team if user.pk in managers and user.pk != asker.pk]
