"""Referrals: giving one, signed in or by one's personal link; one's own with what became of them; and the list of all to look at."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, facets, limits, links
from hiring.documents import drafts
from hiring.errors import Refused
from hiring.http import StaffRequest, public, say
from hiring.models import Job, User
from sourcing.referrals import door, giving, handling, listing, standing
from sourcing.referrals.forms import ReferralForm
from sourcing.referrals.models import Referral

THANKS = "Thank you. A recruiter looks at it soon; below you see what becomes of it."
AGAIN = (
    "Thank you. You had referred them before, and that word counts: below you see what becomes of it. "
    "A résumé you sent now is added."
)
TOO_MANY = "That was a lot at once. Everything you entered is still here: send it again in an hour."
POSTS_AN_HOUR = 60


@require_safe
def referrals(request: StaffRequest) -> HttpResponse:
    """One's own referrals, and the personal link."""
    page = listing.given_by(request.user, after=request.GET.get("after", ""))
    link = door.link_of(request.user)
    context = {
        "rows": standing.words_of(page.rows),
        "next": page.next,
        "link": links.url(link, "sourcing:refer_by_link") if link else "",
        "may_handle": access.can_handle_referrals(request.user),
        "months": giving.credit_months(),
    }
    return render(request, "sourcing/referral_mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: StaffRequest) -> HttpResponse:
    """The form, for whoever is signed in."""
    form, sent = _bind(request, request.user)
    if sent:
        say(request, _thanks(sent))
        return redirect("sourcing:referrals")
    may_look = access.can_add_candidates(request.user)
    return _form(request, form, request.user, "sourcing/referral_form.html", may_look=may_look)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The form by personal link, with what became of one's referrals. GET changes nothing; the link speaks for its owner (SEC-5)."""
    owner = door.owner(token)
    form, sent = _bind(request, owner, by_link=True)
    if sent:
        return redirect(
            reverse("sourcing:refer_by_link", args=[token]) + f"?sent={'again' if sent.was_given_before else 1}#given"
        )
    rows = listing.given_by(owner, after="").rows
    said = {"1": THANKS, "again": AGAIN}.get(request.GET.get("sent", ""), "")
    more = {"rows": standing.words_of(rows), "owner": owner, "thanks": said}
    return _form(request, form, owner, "sourcing/referral_link.html", **more)


@require_POST
def referral_link(request: StaffRequest) -> HttpResponse:
    """Make a personal link, a new one in its place, or none."""
    if request.POST.get("act") == "revoke":
        door.revoke(request.user)
        say(request, "Your link leads nowhere any more.")
    else:
        door.renew(request.user)
        say(request, "Here is your link. One you had before leads nowhere any more.")
    return redirect("sourcing:referrals")


@require_safe
def referral_list(request: StaffRequest) -> HttpResponse:
    """Referrals for recruiters: those to look at, the oldest first, or all, the latest first."""
    _may_handle(request)
    show = request.GET.get("show", "")
    page = listing.of_all(request.user, show=show, after=request.GET.get("after", ""))
    context = {
        "rows": page.rows,
        "next": page.next,
        "show": show if show in ("taken", "closed") else "",
        "jobs": Job.objects.visible_to(request.user).filter(status=Job.Status.OPEN).order_by("title"),
    }
    return render(request, "sourcing/referral_list.html", context)


@require_POST
def referral_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """What a recruiter does with one referral: take, keep, close, reopen."""
    _may_handle(request)
    referral = get_object_or_404(Referral.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    undo = reverse("sourcing:referral_act", args=[referral.pk, "reopen"])
    if act == "take":
        if not request.POST.get("job"):
            raise Refused("Choose the job first.")
        jobs = Job.objects.visible_to(request.user).filter(pk__in=facets.ids([request.POST["job"]]))
        job = get_object_or_404(jobs)
        if not access.can_move(request.user, job):
            raise PermissionDenied
        taken = handling.take_up(referral, job, by=request.user)
        say(request, f"{taken.candidate.name} is in process for {job.title}.")
    elif act == "keep":
        handling.keep_in_mind(referral, by=request.user)
        say(request, f"{referral.candidate.name} is kept in mind.", undo=undo)
    elif act == "close":
        handling.close(referral, by=request.user)
        say(request, "Closed. The colleague reads that it led to nothing this time.", undo=undo)
    elif act == "reopen":
        handling.reopen(referral, by=request.user)
        say(request, "It waits again.")
    else:
        raise BadRequest("act")
    return redirect(_back(request, referral))


def _bind(request: HttpRequest, referrer: User, *, by_link: bool = False) -> tuple[ReferralForm, Referral | None]:
    """The form as it was sent, and the referral it made, if it did."""
    jobs = giving.open_jobs()
    if request.method != "POST":
        wanted = facets.ids([request.GET.get("job", "")])
        return ReferralForm(jobs=jobs, initial={"job": wanted[0]} if wanted else {}), None
    form = ReferralForm(request.POST, request.FILES, jobs=jobs)
    if not form.is_valid():
        return form, None
    if not limits.allows("refer", str(referrer.pk), most=POSTS_AN_HOUR, seconds=3600):
        form.add_error(None, TOO_MANY)
        return form, None
    try:
        sent = giving.refer(referrer=referrer, by_link=by_link, **form.arguments())
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return form, None
    if form.draft:
        drafts.drop(form.draft.key)
    return form, sent


def _thanks(sent: Referral) -> str:
    """Of a person they had referred themselves they hear so; who else did is nobody's business."""
    return AGAIN if sent.was_given_before else THANKS


def _form(request: HttpRequest, form: ReferralForm, referrer: User, template: str, **more: Any) -> HttpResponse:
    context = {"form": form, "referrer": referrer, "months": giving.credit_months(), **more}
    return render(request, template, context, status=422 if form.errors else 200)


def _may_handle(request: StaffRequest) -> None:
    if not access.can_handle_referrals(request.user):
        raise PermissionDenied


def _back(request: StaffRequest, referral: Referral) -> str:
    return (
        referral.candidate.get_absolute_url()
        if request.POST.get("back") == "profile"
        else reverse("sourcing:referral_list")
    )
