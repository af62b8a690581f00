"""Where an application stands, from the link in the receipt (SEC-5): GET only looks, a POST withdraws or asks for the link again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring import limits, links
from hiring.errors import Refused
from hiring.http import public
from hiring.models import PersonalLink
from pipeline import moves, status
from pipeline.models import Application


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="The address you applied with.",
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "email"}),
    )


@public
@never_cache
@require_safe
def application_status(request: HttpRequest, token: str) -> HttpResponse:
    application = _application(token)
    if application is None:
        return _no_longer(request)
    return render(request, "careers/status.html", _page(application, token))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then withdraw. Doing it twice is doing it once."""
    application = _application(token)
    if application is None:
        return _no_longer(request)
    if request.method == "POST" and application.is_active:
        moves.withdraw(application, by=None)
    if request.method == "POST" or not application.is_active:
        return redirect("status", token)
    return render(request, "careers/withdraw.html", _page(application, token))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_again(request: HttpRequest) -> HttpResponse:
    """Send the links again. The answer is the same whether or not anybody applied with this address (SEC-11)."""
    form = EmailForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        if limits.allows("status-link", request.META.get("REMOTE_ADDR", ""), most=10, seconds=900):
            status.send_links(form.cleaned_data["email"])
        done = True
    context = {"form": form, "done": done}
    return render(request, "careers/ask_again.html", context, status=422 if form.is_bound and not done else 200)


def _application(token: str) -> Application | None:
    try:
        link = links.open_link(token, PersonalLink.Purpose.STATUS)
    except Refused:
        return None
    found = Application.objects.select_related("job__department", "job__location", "stage", "candidate")
    return found.filter(pk=link.subject_id or 0).first()


def _no_longer(request: HttpRequest) -> HttpResponse:
    """Forged, expired and revoked links get one answer, and a way to a new one."""
    return render(request, "careers/ask_again.html", {"form": EmailForm(), "expired": True}, status=404)


def _page(application: Application, token: str) -> dict[str, Any]:
    return {
        "application": application,
        "standing": status.standing(application),
        "token": token,
    }
