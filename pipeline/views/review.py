"""Review: new applications one after another, decided by keyboard, the next one ready.

The page fetches the next person while one reads; a decision shows them at once. The answer to the decision says who really
comes next: where that is the person shown already, it carries the bar of what was done alone, otherwise the whole page.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, masks, mentions, notes
from hiring.documents import preview, serving
from hiring.errors import Refused
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.models import Job
from pipeline import answered, moves, noticing, panels, reviewing, snoozing
from pipeline.blind import showing
from pipeline.decisions.grounds import Grounds, Way
from pipeline.models import Application, DecisionRecord
from pipeline.reviewing import Narrowed
from pipeline.views import answer, find_job, find_to_decide, next_url

PAGE = "pipeline/review.html"


@require_http_methods(["GET", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows the next new application; POST advances the one shown and answers with the next."""
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    narrowed = Narrowed.read(request.POST if request.method == "POST" else request.GET)
    done = _number(request.POST.get("done") or request.GET.get("done"))
    if request.method == "POST":
        return _advance(request, job, narrowed, done)
    wanted, after = _number(request.GET.get("application")), _number(request.GET.get("after"))
    shown, before = reviewing.around(narrowed.queue(job), wanted, after)
    if wanted and (not shown or shown[0].pk != wanted) and (only := reviewing.any_of(job, wanted)):
        shown, before = [only, *shown[:1]], 0  # decided, or further on: to be read all the same
    last = _last(request, job, _number(request.GET.get("last")))
    part = "criteria" if request.GET.get("part") == "criteria" and shown else "review"
    page = _page(request, job, narrowed, shown, done, before, last, past=_number(request.GET.get("past")))
    return page_or_part(request, PAGE, part, page)


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


@require_POST
def review_snooze(request: StaffRequest, pk: int) -> HttpResponse:
    """Put somebody off until a day, or let them wait again (`wake`); then on with the next one."""
    application = find_to_decide(request, pk)
    job = application.job
    narrowed, done = Narrowed.read(request.POST), _number(request.POST.get("done"))
    undo, back = "", _address(job, narrowed, done, application=application.pk)
    if request.POST.get("wake"):
        snoozing.wake(application)
        text, to = (
            f"{application.candidate.name} waits again",
            _address(job, Narrowed(), done, application=application.pk),
        )
    else:
        until = snoozing.day(request.POST.get("soon", ""), request.POST.get("until", ""), by=request.user)
        snoozing.snooze(application, until, by=request.user)
        text, to = f"{application.candidate.name} comes back on {until:%A, %-d %B}", next_url(request, back)
        undo = reverse("pipeline:review_wake", args=[pk])
    say(request, text, undo=undo)
    return go(request, to)


@require_POST
def review_wake(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a snooze back, from the toast that told of it."""
    application = find_to_decide(request, pk)
    snoozing.wake(application)
    return answer(request, application, f"{application.candidate.name} waits again")


def _advance(request: StaffRequest, job: Job, narrowed: Narrowed, done: int) -> HttpResponse:
    application = get_object_or_404(job.applications.for_card(), pk=_number(request.POST.get("application")))
    stages = list(job.stages.all())
    seen = next((stage for stage in stages if stage.pk == _number(request.POST.get("seen"))), application.stage)
    to = panels.next_of(seen, [stage for stage in stages if not stage.retired_at])
    if to is None:
        raise Refused("There is no stage to advance to. Add one on the plan of this job.")
    why = request.POST.get("override_reason", "").strip()[:1000]
    resume = _number(request.POST.get("document")) or None
    because = Grounds(Way.REVIEW, override_reason=why, resume=resume)
    application = moves.move(application, to, by=request.user, seen=seen, because=because)
    address = _address(job, narrowed, done + 1, after=application.pk, last=application.pk)
    if not is_swap(request):
        return redirect(address)
    shown, before = reviewing.around(narrowed.queue(job), 0, application.pk)
    last = _last(request, job, application.pk)
    following = shown[0].pk if shown else 0
    if _number(request.headers.get("X-Shown-Next")) == following and following:
        response = page_or_part(request, PAGE, "last", {"job": job, "last": last})
        response["HX-Retarget"], response["HX-Reswap"] = "#review-last", "outerHTML"
    else:
        response = page_or_part(request, PAGE, "review", _page(request, job, narrowed, shown, done + 1, before, last))
    response["HX-Push-Url"] = address
    return tell(response, request, "application-moved")


def _last(request: StaffRequest, job: Job, pk: int) -> dict[str, Any] | None:
    """What the reader decided a moment ago, with the way back while there is one."""
    if not pk:
        return None
    records = DecisionRecord.objects.visible_to(request.user).filter(application=pk, application__job=job).for_reading()
    record = records.order_by("-at", "-pk").first()
    if record is None or record.by_id != request.user.pk or timezone.now() - record.at > moves.UNDO_WITHIN:
        return None
    rejected = record.outcome == DecisionRecord.Outcome.REJECT
    if record.outcome not in (DecisionRecord.Outcome.ADVANCE, DecisionRecord.Outcome.REJECT):
        return None
    name = record.application.candidate.name
    return {
        "text": f"Rejected {name}" if rejected else f"Advanced {name} to {record.transition.to}",
        "undo": reverse(f"pipeline:application_{'restore' if rejected else 'undo'}", args=[pk]),
        "back": f"{reverse('pipeline:review', args=[job.pk])}?{urlencode({'application': pk})}",
    }


def _address(job: Job, narrowed: Narrowed, done: int, **more: Any) -> str:
    return f"{reverse('pipeline:review', args=[job.pk])}?{urlencode({**narrowed.as_query(), 'done': done, **more})}"


def _page(
    request: StaffRequest,
    job: Job,
    narrowed: Narrowed,
    shown: list[Application],
    done: int,
    before: int,
    last: dict[str, Any] | None,
    past: int = 0,
) -> dict[str, Any]:
    """`past` is whom one will have decided on when the page is shown: it is fetched while they still wait."""
    left = narrowed.queue(job).exclude(pk=past).count()
    frame: dict[str, Any] = {
        "job": job, "done": done, "left": left, "total": done + left, "application": None, "last": last, "narrowed": narrowed,
        "filters": reviewing.filters(job), "put_off": job.applications.put_off().count(),
        "everybody": _address(job, Narrowed(), done), "kept": narrowed.as_query(),
    }  # fmt: skip
    if not shown:
        return frame
    application, following = shown[0], shown[1] if len(shown) > 1 else None
    application.job = job
    advanced = _address(job, narrowed, done + 1, after=application.pk, last=application.pk)
    after = _address(job, narrowed, done, after=application.pk)
    told, file = _notes(request, application), _file(request, application)
    return (
        frame
        | told
        | file
        | {
            "candidate": application.candidate,
            "waits": application.is_active and application.reviewed_at is None,
            "snooze": reviewing.snooze_of(application),
            "soon": snoozing.SOON,
            "advance_to": panels.next_of(application.stage, list(job.stages.standing()))
            if application.is_active
            else None,
            "following": following,
            "following_url": _address(job, narrowed, done + 1, application=following.pk, past=application.pk)
            if following
            else "",
            "preload": _preload(following),
            "here": _address(job, narrowed, done, application=application.pk),
            "touch": application.candidate.last_contact,
            "skip_url": after,
            "before_url": _address(job, narrowed, done, application=before) if before else "",
            "decided_url": advanced,
            "reject_url": f"{reverse('pipeline:application_reject', args=[application.pk])}?{urlencode({'next': advanced})}",
            "has_little": not (file["answers"] or told["notes"] or file["sheet"].groups),
            "may_unmask": access.can_unmask(request.user),
        }
    )


def _file(request: StaffRequest, application: Application) -> dict[str, Any]:
    """Résumé and answers with what the criteria quote of them; of a hidden person the text alone."""
    document = reviewing.document_of(application)
    hidden = showing.of(application, document)
    sheet = reviewing.sheet(application, document)
    answers, worth = answered.weighed(application, answered.of(application, request.user, hidden), request.user)
    found: dict[str, Any] = {
        "hidden": hidden,
        "sheet": sheet,
        "document": None,
        "document_id": document.pk if document else "",
        "answers": answers,
        "worth": worth,
        "shown_notices": noticing.shown_to([application.pk]).get(application.pk, []),
    }
    as_text = request.GET.get("view") == "text"
    if hidden:
        showing.light(hidden, sheet.passages)
        reviewing.lead(sheet, [] if as_text else hidden.pages)
        reviewing.marked(hidden, sheet.passages)
        return found | {"others": [], "as_text": as_text}
    shown = preview.of(document, sheet.passages) if document and document.may_be_shown else None
    reviewing.lead(sheet, shown.pages if shown and not as_text else [])
    others = application.candidate.applications.exclude(pk=application.pk).visible_to(request.user).for_card()
    return found | {
        "document": document,
        "preview": shown,
        "as_text": as_text,
        "others": list(others[:20]),
    }


def _preload(following: Application | None) -> list[str]:
    """The first pages of whoever comes next, so that the browser has them when they are shown."""
    document = reviewing.document_of(following) if following else None
    if following is None or document is None:
        return []
    numbers = [page.number for page in document.pages.all() if page.number < 3]
    if masks.mask_of(following.candidate_id):
        return [reverse("pipeline:blind_page", args=[following.pk, number]) for number in numbers]
    return [reverse("document_page", args=[document.pk, number]) for number in numbers]


@require_safe
def blind_page(request: StaffRequest, pk: int, number: int) -> HttpResponseBase:
    """One page of a hidden person's résumé, drawn without what must not be known. Whoever may know them sees the page itself."""
    application = find_to_decide(request, pk)
    document = reviewing.document_of(application)
    hidden = showing.of(application, document)
    if document and not hidden:
        return redirect("document_page", document.pk, number)
    made = showing.picture(hidden, number) if hidden else None
    if made is None:
        raise Http404
    return serving.picture(made)


def _notes(request: StaffRequest, application: Application) -> dict[str, Any]:
    found = reviewing.newest_notes(request.user, candidate=application.candidate_id)
    if found and (hidden := showing.of(application, application.resume)):
        found = hidden.notes(found)
    return {"application": application, "notes": found}


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else 0
