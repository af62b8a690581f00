"""Where an application stands, from the link in the receipt (SEC-5): GET only looks, a POST withdraws or asks for the link again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import limits, links
from hiring.documents import checks, drafts
from hiring.errors import LinkGone, Refused
from hiring.http import by_link, public
from hiring.models import PersonalLink
from interviews import candidate_view
from pipeline import confirming, moves, questioning, status
from pipeline.models import AddressConfirmation, ApplicantQuestion, Application, RejectionReason
from sourcing.careers import my_data


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="The address you applied with.",
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "email"}),
    )


class WithdrawForm(forms.Form):
    reason = forms.ModelChoiceField(
        RejectionReason.objects.none(),
        required=False,
        label="Would you tell us why?",
        empty_label="I would rather not say",
        help_text="It changes nothing for you, and helps us do better.",
        widget=forms.Select({"class": "form-select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = RejectionReason.objects.filter(ended_by=RejectionReason.EndedBy.CANDIDATE, is_active=True)
        theirs = theirs.exclude(code__in=["no-show", "no-answer", "declined-offer", "withdrew"])
        self.fields["reason"].queryset = theirs  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        required=False,
        max_length=5000,
        widget=forms.Textarea({"class": "form-control", "rows": 5}),
    )
    file = forms.FileField(label="File", required=False)

    def __init__(self, *args: Any, question: ApplicantQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question, self.draft = question, None
        self.fields["file"].widget.attrs |= {"accept": checks.ACCEPT, "class": "form-control"}

    draft: drafts.Draft | None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            if upload := self.files.get("file"):
                self.draft = drafts.keep(upload)
            elif key := self.data.get("file_draft"):
                self.draft = drafts.find(key)
        except Refused as refused:
            self.add_error("file", refused.sentence)
            return cleaned
        if self.question.wants_file and self.draft is None:
            self.add_error("file", "Please choose the file.")
        elif not cleaned.get("answer") and self.draft is None:
            self.add_error("answer", "Please write your answer.")
        return cleaned


def open_application(token: str) -> Application:
    """The application a link is of. Raises LinkGone."""
    link = links.open_link(token, PersonalLink.Purpose.STATUS)
    found = Application.objects.select_related("job__department", "job__location", "stage", "candidate")
    application = found.filter(pk=link.subject_id or 0).first()
    if application is None:
        raise LinkGone(links.GONE)
    return application


def ask_for_another(request: HttpRequest, no: Refused) -> HttpResponse:
    """Forged, expired and revoked links get one answer, and a way to a new one."""
    return render(request, "careers/ask_again.html", {"form": EmailForm(), "expired": True}, status=404)


@public
@never_cache
@require_safe
@by_link(open_application, ask_for_another)
def application_status(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    said = {
        "was_answered": "answered" in request.GET,
        "has_wished": "wished" in request.GET,
        "data_is_coming": "data" in request.GET,
        "meetings": candidate_view.ahead(application) if application.is_active else [],
    }
    return render(request, "careers/status.html", _page(application, token) | said)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(open_application, ask_for_another)
def withdraw(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Ask once, then withdraw. Doing it twice is doing it once."""
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and application.is_active:
        form.is_valid()  # a reason nobody offered is no reason, and holds nobody back
        moves.withdraw(application, by=None, reason=form.cleaned_data.get("reason"))
    if request.method == "POST" or not application.is_active:
        return redirect("status", token)
    return render(request, "careers/withdraw.html", _page(application, token) | {"form": form})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(open_application, ask_for_another)
def answer(request: HttpRequest, application: Application, token: str, question: int) -> HttpResponse:
    """Answer what they were asked, with a file where one is wanted; a mistake costs neither words nor file."""
    asked = questioning.open_questions(application).filter(pk=question).first()
    if asked is None:
        return redirect("status", token)
    form = AnswerForm(request.POST or None, request.FILES or None, question=asked)
    if request.method == "POST" and not limits.allows(
        "answer", request.META.get("REMOTE_ADDR", ""), most=120, seconds=3600
    ):
        return HttpResponse("Too many answers came from your network just now.", status=429, content_type="text/plain")
    if request.method == "POST" and form.is_valid():
        try:
            questioning.answer(asked, form.cleaned_data["answer"], file=form.draft)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect(reverse("status", args=[token]) + "?answered=1")
    page = _page(application, token) | {"question": asked, "form": form}
    return render(request, "careers/answer.html", page, status=422 if form.errors else 200)


@public
@never_cache
@require_POST
@by_link(open_application, ask_for_another)
def ask_for_data(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Mail the link to everything kept about them: to their main address, whoever holds this link (SEC-11)."""
    my_data.send_link(application.candidate)
    return redirect(reverse("status", args=[token]) + "?data=1")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(confirming.open_link, ask_for_another)
def confirm_address(request: HttpRequest, row: AddressConfirmation, token: str) -> HttpResponse:
    """Ask once whether the address is theirs; the button says so. Doing it twice is doing it once."""
    if request.method == "POST":
        confirming.confirm(row)
        return redirect("confirm_address", token)
    return render(request, "careers/confirm_address.html", {"row": row, "job": row.application.job})


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


def _page(application: Application, token: str) -> dict[str, Any]:
    asked = list(application.asked_of_them.filter(taken_back_at=None).select_related("document"))
    return {
        "open_questions": [one for one in asked if one.is_open and application.is_active],
        "answered": [one for one in asked if one.answered_at],
        "application": application,
        "standing": status.standing(application),
        "token": token,
    }
