"""Agencies as recruiters work with them: the list, one agency with its people, jobs and submissions, and the terms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from sourcing.agencies import handling, keeping, showing, terms
from sourcing.agencies.forms import AgencyForm, GiveForm, InviteForm, SettleForm, TermsForm
from sourcing.agencies.models import Agency, Dispute, Submission


@require_safe
def agency_list(request: StaffRequest) -> HttpResponse:
    _must_manage(request)
    context = {
        "rows": showing.agencies(request.user),
        "latest": terms.current(),
        "disputes": showing.open_disputes(request.user),
        "may_publish": access.can_edit_sources(request.user),
    }
    return render(request, "sourcing/agency_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_create(request: StaffRequest) -> HttpResponse:
    _must_manage(request)
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.create(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, f"{made} is there. Invite its people, and give it jobs.")
            return redirect(made)
    return render(request, "sourcing/agency_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = _agency(request, pk)
    form = AgencyForm(request.POST or None, agency=found)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.edit(found, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, "Saved.")
            return redirect(found)
    context = {"form": form, "agency": found}
    return render(request, "sourcing/agency_form.html", context, status=422 if form.errors else 200)


@require_safe
def agency(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _agency(request, pk))


@require_POST
def agency_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """What is done with an agency as a whole: switch it, let people in, give it jobs."""
    found = _agency(request, pk)
    if act == "switch":
        on = request.POST.get("on") == "1"
        keeping.switch(found, on=on, by=request.user)
        say(request, f"We work with {found} again." if on else f"{found} is switched off; whoever was in is out.")
    elif act == "invite":
        invited = InviteForm(request.POST)
        if not invited.is_valid():
            return _page(request, found, invite=invited)
        user = keeping.invite(found, **invited.cleaned_data, by=request.user)
        say(request, f"{user} is sent a link to come in.")
    elif act == "give":
        form = GiveForm(request.POST, jobs=_jobs(request))
        if not form.is_valid():
            return _page(request, found, give=form)
        given = keeping.give(found, **form.cleaned_data, by=request.user)
        say(request, f"{found} may present people for {given.job.title}. Its people are told by mail.")
    else:
        raise BadRequest("act")
    return redirect(found)


@require_POST
def agency_user_act(request: StaffRequest, pk: int, user: int, act: str) -> HttpResponse:
    """Let somebody in no longer, or again, or send them a new link."""
    found = _agency(request, pk)
    person = get_object_or_404(found.users.select_related("agency"), pk=user)
    if act == "off":
        keeping.switch_user(person, on=False, by=request.user)
        say(request, f"{person} is out, at once.")
    elif act == "on":
        keeping.switch_user(person, on=True, by=request.user)
        say(request, f"{person} may come in again.")
    elif act == "link":
        keeping.invite(found, name=person.name, email=person.email, by=request.user)
        say(request, f"{person} is sent a new link.")
    else:
        raise BadRequest("act")
    return redirect(found)


@require_POST
def agency_job_end(request: StaffRequest, pk: int, given: int) -> HttpResponse:
    """Take a job away from an agency."""
    found = _agency(request, pk)
    seen = Job.objects.visible_to(request.user)
    row = get_object_or_404(found.jobs.standing().select_related("job").filter(job__in=seen), pk=given)
    keeping.take_away(row, by=request.user)
    say(request, f"{found} presents nobody else for {row.job.title}.")
    return redirect(found)


@require_POST
def submission_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """What is done with one submission: end it, dispute it, settle that."""
    _must_manage(request)
    found = get_object_or_404(Submission.objects.visible_to(request.user).select_related("agency"), pk=pk)
    if act == "close":
        handling.close(found, by=request.user)
        say(request, "The agency reads “not taken on”, and no reason.")
    elif act == "dispute":
        handling.dispute(found, request.POST.get("words", ""), by=request.user)
        say(request, "It is among the disputes now.")
    elif act == "settle":
        form = SettleForm(request.POST)
        if not form.is_valid():
            raise Refused("Choose how it stays, and say why.")
        dispute = get_object_or_404(Dispute.objects.filter(settled_at=None), submission=found)
        handling.settle(dispute, form.cleaned_data["result"], why=form.cleaned_data["why"], by=request.user)
        say(request, "Settled.")
    else:
        raise BadRequest("act")
    return redirect(found.agency)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_terms(request: StaffRequest) -> HttpResponse:
    """The terms in their versions, and who accepted which; administrators publish a new one."""
    _must_manage(request)
    latest = terms.current()
    form = TermsForm(request.POST or None, initial={"text": latest.text if latest else ""})
    if request.method == "POST":
        if not access.can_edit_sources(request.user):
            raise PermissionDenied
        if form.is_valid():
            try:
                made = terms.publish(form.cleaned_data["text"], by=request.user)
            except Refused as refused:
                form.add_error("text", refused.sentence)
            else:
                say(request, f"Version {made.version} is out. Agencies accept it before they present anybody else.")
                return redirect("sourcing:agency_terms")
    context = {
        "form": form,
        "latest": latest,
        "versions": showing.versions(),
        "may_publish": access.can_edit_sources(request.user),
    }
    return render(request, "sourcing/agency_terms.html", context, status=422 if form.errors else 200)


def _page(request: StaffRequest, found: Agency, **forms: Any) -> HttpResponse:
    shown = showing.agency(request.user, found, after=request.GET.get("after", ""))
    context = {
        "agency": found,
        "shown": shown,
        "invite_form": forms.get("invite") or InviteForm(),
        "give_form": forms.get("give") or GiveForm(jobs=_jobs(request)),
    }
    return render(request, "sourcing/agency.html", context, status=422 if forms else 200)


def _jobs(request: StaffRequest) -> QuerySet[Job]:
    """Open jobs the user may decide about; confidential ones only by who is on their team."""
    found = Job.objects.visible_to(request.user).filter(access.jobs_movable_by(request.user), status=Job.Status.OPEN)
    return found.order_by("title", "pk")


def _must_manage(request: StaffRequest) -> None:
    if not access.can_distribute(request.user):
        raise PermissionDenied


def _agency(request: StaffRequest, pk: int) -> Agency:
    _must_manage(request)
    return get_object_or_404(Agency.objects.visible_to(request.user).select_related("source"), pk=pk)
