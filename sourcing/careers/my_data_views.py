"""One's own data, by a personal link that works for a day (SEC-5): GET only looks, each change is a button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring import staying
from hiring.documents import serving
from hiring.errors import Refused
from hiring.http import by_link, public
from hiring.models import Candidate, ContactPoint
from sourcing.careers import my_data as mine
from sourcing.careers import taking_along


class CorrectForm(forms.Form):
    """Named after the arguments of sourcing.careers.my_data.correct."""

    location = forms.CharField(
        label="Where you live", required=False, max_length=120,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "address-level2"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="Phone", required=False, max_length=40,
        widget=forms.TextInput({"class": "form-control", "type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label="Language of our mails", choices=mine.LANGUAGES, widget=forms.Select({"class": "form-select"})
    )
    other_roles = forms.BooleanField(label="You may write to me about other roles", required=False)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not mine.readable_phone(phone):
            raise forms.ValidationError("This is not a phone number. An example: +33 6 39 98 00 72")
        return phone


def ask_again(request: HttpRequest, no: Refused) -> HttpResponse:
    sentence = "This link has ended: it works for a day. Ask for a fresh one on the page of your application."
    return render(request, "410.html", {"sentence": sentence}, status=404)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(mine.open_link, ask_again)
def my_data(request: HttpRequest, candidate: Candidate, token: str) -> HttpResponse:
    form = CorrectForm(request.POST if request.POST.get("act") == "correct" else None, initial=_standing(candidate))
    if request.method == "POST" and request.POST.get("act") == "erase":
        mine.ask_for_erasure(candidate)
        return redirect(f"{request.path}?said=erase")
    if form.is_bound and form.is_valid():
        try:
            mine.correct(candidate, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect(f"{request.path}?said=kept")
    page = {
        "candidate": candidate,
        "form": form,
        "data": mine.about(candidate),
        "files": mine.files_of(candidate),
        "asked": mine.open_request(candidate),
        "said": request.GET.get("said", ""),
        "token": token,
    }
    return render(request, "careers/my_data.html", page, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
@by_link(mine.open_link, ask_again)
def download(request: HttpRequest, candidate: Candidate, token: str) -> HttpResponseBase:
    """All of it, files included, for themselves or for another programme."""
    answer = StreamingHttpResponse(taking_along.archive(candidate), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@public
@never_cache
@require_safe
@by_link(mine.open_link, ask_again)
def file(request: HttpRequest, candidate: Candidate, token: str, document: int) -> HttpResponseBase:
    """A file they sent, as they sent it, once it was looked through (SEC-16)."""
    found = next((one for one in mine.files_of(candidate) if one.pk == document and one.may_be_downloaded), None)
    if found is None:
        raise Http404
    return serving.attachment(found)


def _standing(candidate: Candidate) -> dict[str, Any]:
    phone = candidate.contact_points.filter(kind=ContactPoint.Kind.PHONE, is_live=True).order_by("-is_primary", "pk")
    return {
        "location": candidate.location,
        "phone": phone.values_list("raw", flat=True).first() or "",
        "language": candidate.language,
        "other_roles": staying.has_agreed(candidate),
    }
