"""Review: new applications one after another, decided by keyboard, the next one ready."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, mentions, notes
from hiring.errors import Refused
from hiring.http import StaffRequest, is_swap, page_or_part, say, tell
from hiring.models import Document, Job, Note
from pipeline import moves, panels
from pipeline.models import Application, ApplicationQuerySet
from pipeline.views import find_job, find_to_decide

PAGE = "pipeline/review.html"


@require_http_methods(["GET", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows the next new application; POST advances the one shown and answers with the next."""
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    done = _number(request.POST.get("done") or request.GET.get("done"))
    if request.method == "POST":
        return _advance(request, job, done)
    waiting = job.applications.to_review()
    shown = _shown(waiting, _number(request.GET.get("application")), _number(request.GET.get("after")))
    return page_or_part(request, PAGE, "review", _page(request, job, shown, done))


@require_POST
def review_note(request: StaffRequest, pk: int) -> HttpResponse:
    application = find_to_decide(request, pk)
    note = notes.write(application.candidate, request.POST.get("text", ""), by=request.user, job=application.job)
    untold = mentions.untold_words(note.not_told)
    response = page_or_part(request, PAGE, "notes", _notes(request, application))
    return tell(
        response,
        request,
        "note-written",
        toast=f"Note saved. {untold}" if untold else "Note saved",
        tone="warn" if untold else "good",
    )


def _advance(request: StaffRequest, job: Job, done: int) -> HttpResponse:
    application = get_object_or_404(job.applications.for_card(), pk=_number(request.POST.get("application")))
    stages = list(job.stages.all())
    seen = next((stage for stage in stages if stage.pk == _number(request.POST.get("seen"))), application.stage)
    to = panels.next_of(seen, stages)
    if to is None:
        raise Refused("There is no stage to advance to. Add one on the plan of this job.")
    application = moves.move(application, to, by=request.user, seen=seen)
    undo = reverse("pipeline:application_undo", args=[application.pk])
    text = f"Advanced {application.candidate.name} to {application.stage}"
    address = _address(job, done + 1, after=application.pk)
    if not is_swap(request):
        say(request, text, undo=undo)
        return redirect(address)
    shown = _shown(job.applications.to_review(), 0, application.pk)
    response = page_or_part(request, PAGE, "review", _page(request, job, shown, done + 1))
    response["HX-Push-Url"] = address
    return tell(response, request, "application-moved", toast=text, undo=undo)


def _address(job: Job, done: int, **more: Any) -> str:
    return f"{reverse('pipeline:review', args=[job.pk])}?{urlencode({'done': done, **more})}"


def _shown(waiting: ApplicationQuerySet, wanted: int, after: int) -> list[Application]:
    """The application to show and the one behind it: first come, first served; behind `after` when that one is skipped."""
    queue = waiting.select_related("candidate__owner", "candidate__referred_by", "stage", "source", "resume")
    queue = queue.order_by("applied_at", "pk")
    if wanted and (found := queue.filter(pk=wanted).first()):
        return [found, *queue.exclude(pk=wanted)[:1]]
    skipped = Application.objects.filter(pk=after).values_list("applied_at", flat=True).first() if after else None
    if skipped:
        behind = list(queue.filter(Q(applied_at__gt=skipped) | Q(applied_at=skipped, pk__gt=after))[:2])
        return behind + list(queue.exclude(pk__in=[one.pk for one in behind])[: 2 - len(behind)])
    return list(queue[:2])


def _page(request: StaffRequest, job: Job, shown: list[Application], done: int) -> dict[str, Any]:
    left = job.applications.to_review().count()
    context: dict[str, Any] = {"job": job, "done": done, "left": left, "total": done + left, "application": None}
    if not shown:
        return context
    application = shown[0]
    application.job = job
    stages = list(job.stages.all())
    following = shown[1] if len(shown) > 1 else None
    back = _address(job, done + 1, after=application.pk)
    answers = _answers(application)
    context |= _notes(request, application)
    return context | {
        "application": application,
        "candidate": application.candidate,
        "document": _document(application),
        "answers": answers,
        "advance_to": panels.next_of(application.stage, stages),
        "following": following,
        "preload": _document(following) if following else None,
        "as_text": request.GET.get("view") == "text",
        "here": _address(job, done, application=application.pk),
        "touch": application.candidate.last_contact,
        "has_little": not (answers or context["notes"]),
        "skip_url": _address(job, done, after=application.pk),
        "reject_url": f"{reverse('pipeline:application_reject', args=[application.pk])}?{urlencode({'next': back})}",
        "others": application.candidate.applications.exclude(pk=application.pk).visible_to(request.user).for_card(),
    }


def _notes(request: StaffRequest, application: Application) -> dict[str, Any]:
    written = Note.objects.filter(access.notes_visible_to(request.user), candidate=application.candidate)
    return {"application": application, "notes": list(written.select_related("author").order_by("-pk")[:10])}


def _document(application: Application) -> Document | None:
    """The résumé this application came with, else the newest one of the person."""
    found = Document.objects.select_related("candidate", "extracted").prefetch_related("pages")
    if application.resume_id:
        return found.filter(pk=application.resume_id).first()
    return found.filter(candidate=application.candidate_id, kind="resume").order_by("-uploaded_at").first()


def _answers(application: Application) -> list[tuple[str, str]]:
    """Each question as it was asked, with the answer; what was left blank is left out."""
    shown = []
    for question in application.questions:
        value = application.answers.get(question.get("key", ""))
        if value in (None, "", []):
            continue
        words = {True: "Yes", False: "No"}.get(value) if isinstance(value, bool) else None
        shown.append(
            (
                question.get("label", ""),
                words or (", ".join(map(str, value)) if isinstance(value, list) else str(value)),
            )
        )
    return shown


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else 0
