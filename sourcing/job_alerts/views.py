"""Asking for job alerts, and their own page by the link in each mail (SEC-5): GET only looks, each change is a button."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hiring import limits
from hiring.errors import Refused
from hiring.http import public
from sourcing.careers import origin
from sourcing.careers.asked import asked
from sourcing.job_alerts import asking, door, ending
from sourcing.job_alerts.forms import AlertForm, SearchForm
from sourcing.job_alerts.models import JobAlert

SENDS_AN_HOUR = 60  # from one address: a campus, or a school, is one address
TOO_MANY = "Many alerts were asked for from your network just now. Everything you entered is still here: send it again in an hour."
SAID = {
    "confirmed": "Thank you: we write to you as soon as there is something new.",
    "changed": "Your changes are kept.",
    "kept": "It goes on for another half year.",
}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Leave an address and a search. The answer is the same whoever asks, and for whatever address (SEC-11)."""
    wanted = asked(request)
    initial = {
        "words": wanted.words, "department": wanted.department, "location": wanted.location, "remote": wanted.remote,
        "language": wanted.language,
    }  # fmt: skip
    form = AlertForm(request.POST if request.method == "POST" else None, initial=initial)
    done = False
    if form.is_bound and form.is_valid():
        if limits.allows("job-alert", request.META.get("REMOTE_ADDR", ""), most=SENDS_AN_HOUR, seconds=3600):
            asking.ask(email=form.cleaned_data["email"], **form.search())
            done = True
        else:
            form.add_error(None, TOO_MANY)
    context = {"form": form, "done": done, **origin.context(request)}
    return render(request, "careers/alert_ask.html", context, status=422 if form.is_bound and not done else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is told of: confirm it, change it, keep it, end it."""
    found = door.find(token)
    if found is None:
        return render(request, "careers/alert_over.html", {"ended": False}, status=404)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = SearchForm(request.POST if act == "change" else None, initial=_standing(found))
    try:
        if act == "confirm":
            asking.confirm(found)
            return _said(request, "confirmed")
        if act == "keep":
            asking.keep(found)
            return _said(request, "kept")
        if act == "change" and form.is_valid():
            asking.change(found, **form.search())
            return _said(request, "changed")
    except Refused as refused:
        form.add_error(None, refused.sentence) if form.is_bound else None
    page = {
        "alert": found,
        "form": form,
        "token": token,
        "said": SAID.get(request.GET.get("said", ""), "") if found.confirmed_at else "",
    }
    return render(request, "careers/alert.html", page, status=422 if form.errors else 200)


@public
@csrf_exempt  # mail programs post without a cookie or token; the link itself is the proof (MAIL-3)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what the button will do and changes nothing (MAIL-4). POST acts at once, answers 200, and may be repeated; a token
    that is unknown, forged or foreign gets exactly the same answers (MAIL-5)."""
    if request.method == "POST":
        if found := door.find(token):
            ending.end(found)
        return render(request, "careers/alert_over.html", {"ended": True})
    return render(request, "careers/alert_end.html", {"token": token})


def _standing(found: JobAlert) -> dict[str, Any]:
    names = ("words", "department", "location", "remote", "language", "often")
    return {name: getattr(found, name) for name in names}


def _said(request: HttpRequest, what: str) -> HttpResponse:
    return redirect(f"{request.path}?said={what}")
