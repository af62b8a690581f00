"""Deciding an approval: in the app, or from the mail without signing in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hiring import approvals, context, jobs, links
from hiring.errors import Refused
from hiring.forms.approvals import DecisionForm
from hiring.http import StaffRequest, public
from hiring.models import Approval, ApprovalVote, Job, PersonalLink, User

PERSONAL = "hiring/approve.html"


@require_http_methods(["GET", "POST"])
def approval(request: StaffRequest, pk: int) -> HttpResponse:
    """What is asked and who has said what, for the requester and the approvers; a form for those whose turn it is."""
    found = get_object_or_404(Approval.objects.with_votes().visible_to(request.user), pk=pk)
    vote = approvals.open_vote_of(request.user, found)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        if vote is None:
            raise PermissionDenied
        if form.is_valid():
            approvals.decide(vote, by=request.user, **form.cleaned_data)
            messages.success(request, f"{vote.Decision(form.cleaned_data['decision']).label}.")
            return redirect("approval", found.pk)
    page = {**_asked(found), "form": form, "vote": vote, "may_open": _may_open(found, request)}
    return render(request, "hiring/approval.html", page, status=422 if form.errors else 200)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail. Looking changes nothing; the answer spends the link (SEC-5)."""
    try:
        link, vote, person = _opened(token)
    except Refused as refused:
        return render(request, "410.html", {"sentence": refused.sentence}, status=410)
    found = Approval.objects.with_votes().get(pk=vote.group.approval_id)
    form = DecisionForm(request.POST or None)
    refusal = approvals.refusal_for(vote, found, person)
    page = {**_asked(found), "form": form, "vote": vote, "person": person, "refusal": refusal}
    if request.method == "POST" and form.is_valid():
        try:
            context.set_actor(person.pk, door="link")
            _decide_by_link(link, vote, person, form.cleaned_data)
        except Refused as refused:
            return render(request, PERSONAL, {**page, "refusal": refused.sentence}, status=409)
        return redirect("approve", token)
    return render(request, PERSONAL, page, status=422 if form.errors else 200)


def _opened(token: str) -> tuple[PersonalLink, ApprovalVote, User]:
    """The live link, the seat it stands for, and whose link it is: the approver's or, for the days they are away, a stand-in's.
    One sentence for every reason why not (SEC-11)."""
    link = links.open_link(token, PersonalLink.Purpose.APPROVE)
    seats = ApprovalVote.objects.select_related("approver", "stand_in", "decided_by").prefetch_related("group__votes")
    vote = seats.filter(pk=link.subject_id or 0).first()
    person = link.user
    if vote is None or person is None or not person.is_active:
        raise Refused(links.GONE)
    if person.pk not in {vote.approver_id, vote.stand_in_id, vote.decided_by_id}:
        raise Refused(links.GONE)
    return link, vote, person


@transaction.atomic
def _decide_by_link(link: PersonalLink, vote: ApprovalVote, person: User, answer: dict[str, Any]) -> None:
    """Both or neither: a refused answer leaves the link unspent."""
    approvals.decide(vote, by=person, **answer, by_link=True)
    links.use(link)


def _may_open(found: Approval, request: StaffRequest) -> bool:
    """Whether the thing itself is visible to the reader; approvers need not be on the team."""
    if found.subject_kind != jobs.KIND:
        return True
    return Job.objects.visible_to(request.user).filter(pk=found.subject_id).exists()


def _asked(found: Approval) -> dict[str, Any]:
    """What both pages show of a request."""
    subject = approvals.subjects[found.subject_kind]
    thing = subject.find(found.subject_id)
    facts, changes = approvals.asked_about(found, thing)
    return {
        "approval": found,
        "title": subject.title(thing),
        "facts": facts,
        "changes": changes,
        "waiting": approvals.waiting_group(found),
        "url": subject.url(thing),
    }
