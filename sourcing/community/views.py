"""Joining the talent community, and a member's own page by link (SEC-5): GET only looks, each change is a button."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hiring import legal, limits
from hiring.errors import Refused
from hiring.http import public
from hiring.models import LegalText
from sourcing.careers import origin
from sourcing.community import door, joining, leaving
from sourcing.community.forms import InterestsForm, JoinForm, standing

SENDS_AN_HOUR = 60
TOO_MANY = (
    "Many people joined from your network just now. Everything you entered is still here: send it again in an hour."
)
SAID = {
    "joined": "Thank you: you are in. We write to you when there is something for you.",
    "changed": "Your changes are kept.",
    "renewed": "Thank you: we go on keeping you in mind.",
}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask to be kept in mind. The answer is the same whoever asks, and for whatever address (SEC-11)."""
    choices, words = joining.open_choices(), joining.words()
    if not choices or words is None:
        raise Http404
    is_sent = request.method == "POST"
    form = JoinForm(request.POST if is_sent else None, request.FILES if is_sent else None, choices=choices, words=words)
    done = is_sent and form.is_valid() and _ask(request, form)
    context = {
        "form": form,
        "done": done,
        "words": words,
        "notice": legal.current(LegalText.Kind.APPLICATION_NOTICE),
        "only": choices[0] if len(choices) == 1 else None,
        **origin.context(request),
    }
    return render(request, "careers/community_join.html", context, status=422 if is_sent and not done else 200)


def _ask(request: HttpRequest, form: JoinForm) -> bool:
    if not limits.allows("community", request.META.get("REMOTE_ADDR", ""), most=SENDS_AN_HOUR, seconds=3600):
        form.add_error(None, TOO_MANY)
        return False
    said = form.cleaned_data
    try:
        joining.ask(
            said["choice"],
            name=said["name"],
            email=said["email"],
            resume=form.draft,
            text=form.words,
            origin=origin.of(request),
            **form.interests(),
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return False
    return True


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, token: str) -> HttpResponse:
    """One's own page: confirm, change what one looks for, go on, leave."""
    found = door.find(token)
    if found is None:
        return render(request, "careers/community_left.html", {"has_left": False}, status=404)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = InterestsForm(request.POST if act == "change" else None, initial=standing(found))
    problem = ""
    try:
        if act == "confirm":
            joining.confirm(found)
            return redirect(f"{request.path}?said=joined")
        if act == "renew":
            joining.renew(found)
            return redirect(f"{request.path}?said=renewed")
        if act == "change" and form.is_valid():
            joining.change(found, **form.interests())
            return redirect(f"{request.path}?said=changed")
    except Refused as refused:
        problem = refused.sentence
    page = {
        "member": found,
        "form": form,
        "token": token,
        "problem": problem,
        "said": SAID.get(request.GET.get("said", ""), "") if found.confirmed_at else "",
        "words": joining.words() or found.text,
    }
    return render(request, "careers/community_member.html", page, status=422 if form.errors or problem else 200)


@public
@csrf_exempt  # mail programs post without a cookie or token; the link itself is the proof (MAIL-3)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing; POST acts at once and may be repeated, and answers forged tokens alike (MAIL-3 to MAIL-5)."""
    if request.method == "POST":
        if found := door.find(token):
            leaving.leave(found)
        return render(request, "careers/community_left.html", {"has_left": True})
    return render(request, "careers/community_leave.html", {"token": token})
