"""Brief and scorecard beside the résumé: for signed-in interviewers, and for those who come from their mail.

Both doors lead to the same page; only the addresses in it differ. Looking changes nothing (SEC-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring.documents import serving
from hiring.http import AnyRequest, StaffRequest, by_link, is_swap, public, say
from hiring.models import Document, User
from interviews import brief, debrief, scorecards
from interviews.forms import SCORE_WORDS, ScorecardForm, attributes_of
from interviews.models import Interview, Seat

LINKED = "interviews/feedback_link.html"
SIGNED_IN = "interviews/feedback.html"


@dataclass(frozen=True)
class Door:
    """How the interviewer came in, and where the page's links lead them."""

    user: User
    template: str
    brief_url: str
    scorecard_url: str
    token: str = ""

    def page_url(self, document: Document, number: int) -> str:
        if self.token:
            return reverse("interviews:brief_page", args=[self.token, number])
        return reverse("document_page", args=[document.pk, number])


def _linked(seat: Seat, token: str) -> Door:
    brief_url, scorecard_url = (reverse(f"interviews:{route}", args=[token]) for route in ("brief", "brief_scorecard"))
    return Door(seat.user, LINKED, brief_url, scorecard_url, token)


@public
@never_cache
@require_safe
@by_link(brief.open_seat)
def brief_by_link(request: AnyRequest, seat: Seat, token: str) -> HttpResponse:
    return _brief(request, seat, _linked(seat, token))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(brief.open_seat)
def scorecard_by_link(request: AnyRequest, seat: Seat, token: str) -> HttpResponse:
    return _scorecard(request, seat, _linked(seat, token))


@public
@never_cache
@require_safe
@by_link(brief.open_seat)
def page_by_link(request: AnyRequest, seat: Seat, token: str, number: int) -> HttpResponseBase:
    """One page of the résumé as a picture. The link opens this one document, never the original, never another one."""
    interview = Interview.objects.for_row().get(pk=seat.interview_id)
    document = brief.resume_of(interview)
    if document is None or interview.is_cancelled or document.status != Document.Status.READY:
        raise Http404
    return serving.page_image(get_object_or_404(document.pages, number=number))


@require_safe
def interview_brief(request: StaffRequest, pk: int) -> HttpResponse:
    seat = _own_seat(request, pk)
    return _brief(request, seat, _door(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def scorecard(request: StaffRequest, pk: int) -> HttpResponse:
    seat = _own_seat(request, pk)
    return _scorecard(request, seat, _door(request, pk))


def _own_seat(request: StaffRequest, pk: int) -> Seat:
    """Brief and scorecard belong to a seat: whoever has none looks at the interview's page instead."""
    interview = get_object_or_404(Interview.objects.visible_to(request.user), pk=pk)
    return get_object_or_404(interview.seats.select_related("user", "interview"), user=request.user)


def _door(request: StaffRequest, pk: int) -> Door:
    return Door(
        request.user,
        SIGNED_IN,
        reverse("interviews:interview_brief", args=[pk]),
        reverse("interviews:scorecard", args=[pk]),
    )


def _brief(request: HttpRequest, seat: Seat, door: Door) -> HttpResponse:
    return render(request, door.template, {**_desk(seat, door), "part": "brief"})


def _scorecard(request: AnyRequest, seat: Seat, door: Door) -> HttpResponse:
    """The form, its draft, its submission and its correction, and once it is in, what the others said."""
    desk = _desk(seat, door)
    found: brief.Brief = desk["brief"]
    card = found.scorecard
    attributes = attributes_of(found.interview, card)
    locked = card is not None and card.is_submitted
    correcting = locked and ("correct" in request.GET or "correct" in request.POST)
    final = "submit" in request.POST or correcting
    form = ScorecardForm(
        request.POST or None,
        attributes=attributes,
        final=final,
        correcting=correcting,
        initial=ScorecardForm.initial_of(card, attributes),
    )
    if request.method == "POST" and form.is_valid():
        return _write(request, found, door, form, correcting=correcting)
    if request.method == "POST" and is_swap(request):
        return HttpResponse("Not saved: something is too long.", status=200)
    page = {
        **desk,
        "part": "scorecard",
        "form": form,
        "locked": locked and not correcting,
        "correcting": correcting,
        "words": SCORE_WORDS,
        "debrief": debrief.read(found.interview.application, door.user) if locked else None,
    }
    return render(request, door.template, page, status=422 if form.errors else 200)


def _write(
    request: AnyRequest, found: brief.Brief, door: Door, form: ScorecardForm, *, correcting: bool
) -> HttpResponse:
    interview, said = found.interview, form.said()
    if correcting and found.scorecard:
        scorecards.correct(found.scorecard, by=door.user, reason=form.cleaned_data["reason"], **said)
        say(request, "Corrected. What it said before is kept.")
    elif "submit" in request.POST:
        scorecards.submit(interview, by=door.user, **said)
        say(request, "Submitted. Thank you!")
    elif is_swap(request) and scorecards.is_handed_in(interview, door.user):
        return HttpResponse(status=204)  # a draft on its way while the same person handed it in
    else:
        card = scorecards.save(interview, by=door.user, **said)
        if is_swap(request):
            return HttpResponse(f"Draft saved at {timezone.localtime(card.saved_at):%H:%M}")
        say(request, "Draft saved. Nobody else sees it.")
    return redirect(door.scorecard_url)


def _desk(seat: Seat, door: Door) -> dict[str, Any]:
    """What both parts of the page show around themselves."""
    found = brief.read(seat)
    resume = found.resume
    pages = [(page, door.page_url(resume, page.number)) for page in resume.pages.all()] if resume else []
    application = found.interview.application
    return {
        "brief": found,
        "seat": seat,
        "interview": found.interview,
        "candidate": application.candidate,
        "job": application.job,
        "resume": resume,
        "pages": pages,
        "door": door,
    }
