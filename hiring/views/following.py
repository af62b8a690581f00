"""Following people and jobs, and naming colleagues while one writes."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from hiring import access, following, mentions, person
from hiring.http import StaffRequest, is_swap, page_or_part, say, tell
from hiring.models import Candidate, Job

PART = "hiring/following.html"


@require_safe
def following_list(request: StaffRequest) -> HttpResponse:
    """Whom and what one follows."""
    people, jobs = following.followed_by(request.user)
    return render(request, PART, {"people": people, "jobs": jobs})


@require_safe
def candidate_followers(request: StaffRequest, pk: int) -> HttpResponse:
    """Who follows a person, as a part of the profile or a page."""
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    return page_or_part(request, "hiring/followers.html", "followers", _of_person(request, found))


@require_safe
def job_followers(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return page_or_part(request, "hiring/followers.html", "followers", _of_job(request, job))


@require_POST
def candidate_follow(request: StaffRequest, pk: int) -> HttpResponse:
    """Follow, or with `stop` no longer."""
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    _must_follow(request)
    stop = "stop" in request.POST
    (following.unfollow if stop else following.follow)(request.user, candidate=found)
    sentence = f"You no longer follow {found}." if stop else f"You follow {found}: the bell tells you what happens."
    if is_swap(request):
        return tell(
            render(request, "hiring/_follow.html", _of_person(request, found)), request, "followed", toast=sentence
        )
    say(request, sentence)
    return redirect((request.POST.get("back") == "list" and "following") or found)


@require_POST
def job_follow(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    _must_follow(request)
    stop = "stop" in request.POST
    (following.unfollow if stop else following.follow)(request.user, job=job)
    sentence = f"You no longer follow {job}." if stop else f"You follow {job}: the bell tells you what happens."
    if is_swap(request):
        return tell(render(request, "hiring/_follow.html", _of_job(request, job)), request, "followed", toast=sentence)
    say(request, sentence)
    if request.POST.get("back") == "list":
        return redirect("following")
    return redirect("job_overview", job.pk)


@require_safe
def colleagues(request: StaffRequest) -> HttpResponse:
    """Colleagues whose name begins like what was typed after an @, for the list below the field."""
    asked = request.GET.get("candidate", "")
    found = None
    if asked.isdecimal() and len(asked) < 18:
        seen = Candidate.objects.visible_to(request.user)
        found = seen.filter(pk=asked).first()
        if found is None and (survivor := person.survivor(request.user, int(asked))):
            found = seen.filter(pk=survivor).first()
    beginning = request.GET.get("q", "").replace("\x00", "")[:60]
    return render(request, "hiring/colleagues.html", {"found": mentions.suggest(beginning, found)})


def _must_follow(request: StaffRequest) -> None:
    if not access.can_follow(request.user):
        raise PermissionDenied


def _of_person(request: StaffRequest, found: Candidate) -> dict[str, object]:
    followers = following.followers_of(candidate=found)
    return {
        "followers": followers,
        "is_followed": request.user in followers,
        "may_follow": access.can_follow(request.user),
        "kind": "candidate",
        "thing": found,
    }


def _of_job(request: StaffRequest, job: Job) -> dict[str, object]:
    followers = following.followers_of(job=job)
    return {
        "followers": followers,
        "is_followed": request.user in followers,
        "may_follow": access.can_follow(request.user),
        "kind": "job",
        "thing": job,
    }
