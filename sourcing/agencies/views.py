"""The portal, as people of an agency meet it: coming in, the terms, their jobs, presenting somebody, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import context, guests, limits
from hiring.documents import drafts
from hiring.errors import Refused
from hiring.http import public, say
from hiring.models import Posting
from sourcing.agencies import door, handling, listing, presenting, standing, terms
from sourcing.agencies.forms import AddressForm, PresentForm
from sourcing.agencies.models import AgencyJob, AgencyUser, Submission
from sourcing.careers import markup
from sourcing.careers.words import terms as posting_terms

THANKS = "Thank you, we have them. Below you read how it stands; we look at people in the order they come."
TOO_MANY = "That was a lot at once. Everything you entered is still here: send it again in an hour."
POSTS_AN_HOUR = 120
LINKS = {"most": 10, "seconds": 900}

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, AgencyUser, Args], HttpResponse]


def for_agencies(view: View[Args]) -> Callable[Concatenate[HttpRequest, Args], HttpResponse]:
    """For whoever came in as an agency. Colleagues have pages of their own, and everybody else is shown the way in."""

    @public
    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        user = door.of(request.session)
        if user is None:
            return redirect("agency:sign_in")
        context.set_actor(None, door="link")  # in the audit chain: nobody of ours, by a link
        timezone.activate(settings.ORGANISATION_TIME_ZONE)
        return view(request, user, *args, **kwargs)

    return page


guests.kinds["agencies"] = lambda request: bool(request.session.get(door.WHO))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whoever asks, and for whatever address (SEC-11)."""
    form = AddressForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        if limits.allows("agency-link", request.META.get("REMOTE_ADDR", ""), **LINKS):
            door.ask(form.cleaned_data["email"])
        done = True
    status = 422 if form.is_bound and not done else 200
    return render(request, "agencies/sign_in.html", {"form": form, "done": done}, status=status)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by a link. GET changes nothing, so that a program that looks at mail spends no link (SEC-5)."""
    link, user = door.open_link(token)
    if request.method != "POST":
        return render(request, "agencies/enter.html", {"agency_user": user, "token": token})
    if request.user.is_authenticated:
        raise Refused("You are signed in as a colleague. Sign out first, or open the link in another browser.")
    door.enter(request.session, link, user)
    return redirect("agency:home")


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        door.leave(request.session)
    return redirect("agency:sign_in")


@for_agencies
@require_safe
def home(request: HttpRequest, user: AgencyUser) -> HttpResponse:
    """The agency's jobs, and whom it presented last."""
    page = listing.of(user.agency, after="")
    given = AgencyJob.objects.open_to(user.agency).select_related("job__location", "job__department")
    context = {
        **_shown(user),
        "jobs": given.order_by("-at", "-pk"),
        "rows": standing.words_of(page.rows[:10]),
        "has_more": len(page.rows) > 10,
    }
    return render(request, "agencies/home.html", context)


@for_agencies
@require_http_methods(["GET", "HEAD", "POST"])
def terms_page(request: HttpRequest, user: AgencyUser) -> HttpResponse:
    """The terms as they are now, to read and to accept for one's agency."""
    latest = terms.current()
    if request.method == "POST":
        if latest is None or request.POST.get("version") != str(latest.version) or request.POST.get("agree") != "1":
            said = "Tick the box to accept." if latest else "There are no terms yet."
            if latest and request.POST.get("version") != str(latest.version):
                said = "There is a newer version of the terms. Please read this one."
            return render(request, "agencies/terms.html", {**_shown(user), "problem": said}, status=422)
        terms.accept(latest, user=user)
        say(request, "Thank you. You can present people now.")
        return redirect("agency:home")
    return render(request, "agencies/terms.html", _shown(user))


@for_agencies
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: HttpRequest, user: AgencyUser, pk: int) -> HttpResponse:
    """What one of the agency's jobs is about, and the form to present somebody for it."""
    given = get_object_or_404(
        AgencyJob.objects.open_to(user.agency).select_related("job__location", "job__department"), job=pk
    )
    form = PresentForm(
        request.POST or None, request.FILES or None, confirm=presenting.statement(request.POST.get("name", ""))
    )
    shown = _shown(user)
    if request.method == "POST" and shown["accepted"] and form.is_valid() and (sent := _present(user, given, form)):
        say(request, THANKS)
        return redirect("agency:submission", sent.pk)
    posting = Posting.objects.filter(job=given.job).select_related("job__location", "job__department").first()
    shown |= {
        "given": given,
        "job": given.job,
        "posting": posting,
        "terms": posting_terms(posting) if posting else None,
        "text": markup.text(posting) if posting else "",
        "form": form,
    }
    return render(request, "agencies/job.html", shown, status=422 if form.errors else 200)


def _present(user: AgencyUser, given: AgencyJob, form: PresentForm) -> Submission | None:
    """What was kept; None, with the reason on the form, when it was not."""
    if not limits.allows("agency-present", str(user.agency_id), most=POSTS_AN_HOUR, seconds=3600):
        form.add_error(None, TOO_MANY)
        return None
    try:
        sent = presenting.present(user, given.job, **form.arguments())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None
    if form.draft:
        drafts.drop(form.draft.key)
    return sent


@for_agencies
@require_safe
def submissions(request: HttpRequest, user: AgencyUser) -> HttpResponse:
    """Everybody the agency presented, the latest first."""
    page = listing.of(user.agency, after=request.GET.get("after", ""))
    return render(
        request, "agencies/submissions.html", {**_shown(user), "rows": standing.words_of(page.rows), "next": page.next}
    )


@for_agencies
@require_safe
def submission(request: HttpRequest, user: AgencyUser, pk: int) -> HttpResponse:
    """One of them: what was sent, and how it stands."""
    found = _own(user, pk)
    [(_, word)] = standing.words_of([found])
    asked = found.disputes.filter(by_agency__isnull=False).first()
    return render(
        request, "agencies/submission.html", {**_shown(user), "submission": found, "word": word, "asked": asked}
    )


@for_agencies
@require_POST
def dispute(request: HttpRequest, user: AgencyUser, pk: int) -> HttpResponse:
    """Say that one does not agree; once."""
    found = _own(user, pk)
    handling.dispute(found, request.POST.get("words", ""), by_agency=user)
    say(request, "Thank you. Somebody looks into it and comes back to you.")
    return redirect("agency:submission", pk)


def _own(user: AgencyUser, pk: int) -> Submission:
    return get_object_or_404(standing.for_words(Submission.objects.of(user.agency)), pk=pk)


def _shown(user: AgencyUser) -> dict[str, Any]:
    latest = terms.current()
    return {
        "agency_user": user,
        "agency": user.agency,
        "latest": latest,
        "accepted": terms.accepted_by(user.agency),
        "home": reverse("agency:home"),
    }
