"""Another time for an interview, asked for on the page of the application, without an account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hiring import limits
from hiring.errors import Refused
from hiring.http import by_link, public
from hiring.templatetags.throughline import zone_name
from interviews import candidate_view, wishing
from pipeline.models import Application
from sourcing.careers.status_views import ask_for_another, open_application


class OtherTimeForm(forms.Form):
    """Named after the arguments of interviews.wishing.ask."""

    suits = forms.MultipleChoiceField(
        label="Times that would suit you",
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    words = forms.CharField(
        label="Anything else about when you can",
        required=False,
        max_length=wishing.LONGEST,
        help_text="Other days, hours, or a time zone you are in.",
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )

    def __init__(self, *args: Any, times: list[dt.datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suits"].choices = [  # type: ignore[attr-defined]
            (at.isoformat(), f"{at:%A} {at.day} {at:%B}, {at:%H:%M}") for at in times
        ]

    def clean_suits(self) -> list[dt.datetime]:
        return [dt.datetime.fromisoformat(text) for text in self.cleaned_data["suits"]]


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(open_application, ask_for_another)
def other_time(request: HttpRequest, application: Application, token: str, interview: int) -> HttpResponse:
    """Choose among times that suit the panel, or say when; a mistake costs no words. Nothing is moved by it."""
    found = wishing.interview_of(application, interview)
    if found is None:
        return redirect("status", token)
    if request.method == "POST" and not limits.allows(
        "other-time", request.META.get("REMOTE_ADDR", ""), most=60, seconds=3600
    ):
        return HttpResponse("Too many wishes came from your network just now.", status=429, content_type="text/plain")
    form = OtherTimeForm(request.POST if request.method == "POST" else None, times=wishing.free_times(found))
    if form.is_valid():
        try:
            wishing.ask(found, form.cleaned_data["suits"], form.cleaned_data["words"])
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect(reverse("status", args=[token]) + "?wished=1")
    page = {
        "application": application,
        "token": token,
        "form": form,
        "meeting": candidate_view.meeting(found),
        "zone": zone_name(found.candidate_zone.key),
    }
    return render(request, "careers/other_time.html", page, status=422 if form.errors else 200)
