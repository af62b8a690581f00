"""A job's applications as a board."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from hiring import access, bulk
from hiring.http import StaffRequest
from hiring.models import Job, Message, User
from pipeline import asked_on, feed, reviewing, sub_status
from pipeline import board as boards
from pipeline.filters import Filters
from pipeline.models import Stage
from pipeline.reviewing import Waiting
from pipeline.screening import narrowing
from pipeline.views import find_job

PAGE = "pipeline/board.html"


@require_GET
def board(request: StaffRequest, pk: int) -> HttpResponse:
    job = find_job(request, pk)
    filters = Filters.read(request.GET)
    may_move = access.can_move(request.user, job)
    shown = boards.board(job, request.user, filters, may_move=may_move)
    waiting = Waiting(shown.new, shown.put_off, shown.wakes)
    context = frame(
        request, job, filters, waiting=waiting, meets=_meets(job, shown, filters), letters=shown.letters
    ) | {
        "board": shown,
        "may_move": may_move,
        "actions": bulk.offered(request.user, on_board=True) if may_move else [],
        "page": uuid.uuid4(),
        "may_write": access.can_write_mail(request.user),
        "may_add": access.can_add_candidates(request.user),
        "targets": [column.stage for column in shown.columns if column.stage.kind != Stage.Kind.HIRED],
    }
    return render(request, PAGE, context)


@require_GET
def board_changes(request: StaffRequest, pk: int) -> HttpResponse:
    """What the open board asks every few seconds: nothing new is 204 and costs one small query.

    `whole` asks for all columns, because what the page shows may differ from what it was last told; `fresh` for all cards too.
    """
    job = find_job(request, pk)
    since, whole, fresh = (request.GET.get(key, "") for key in ("since", "whole", "fresh"))
    if since == feed.newest(job) and not whole and not fresh:
        return HttpResponse(status=204)
    changed = None if fresh else feed.changed(job, since)
    may_move = access.can_move(request.user, job)
    shown = boards.board(
        job,
        request.user,
        Filters.read(request.GET),
        may_move=may_move,
        only=changed.stages if changed and not whole else (),
        loaded=_loaded(request),
        changed=changed.people if changed else None,
    )
    return render(
        request, f"{PAGE}#columns", {"board": shown, "job": job, "may_move": may_move, "query": _query(request)}
    )


@require_GET
def board_more(request: StaffRequest, pk: int, stage: int) -> HttpResponse:
    job = find_job(request, pk)
    found = get_object_or_404(job.stages, pk=stage)
    column = boards.more(
        found,
        request.user,
        Filters.read(request.GET),
        request.GET.get("after", ""),
        may_move=access.can_move(request.user, job),
    )
    return render(request, f"{PAGE}#more", {"column": column, "job": job, "query": _query(request)})


def _meets(job: Job, shown: boards.Board, filters: Filters) -> list[tuple[str, str]]:
    """What of the criteria a board can be narrowed to. That a job has some is read off the cards, which costs nothing; one
    criterion alone is chosen over the table, and named here."""
    if filters.meets:
        return narrowing.choices(job)
    judged = any(card.marks for column in shown.columns for card in column.cards)
    return list(narrowing.MEETS.items()) if judged else []


def frame(
    request: StaffRequest,
    job: Job,
    filters: Filters,
    *,
    waiting: Waiting | None = None,
    meets: list[tuple[str, str]] | None = None,
    letters: int | None = None,
) -> dict[str, Any]:
    """The head and the filter bar, the same over board and table."""
    waiting = waiting or reviewing.waiting(job)
    may_review = access.can_move(request.user, job)
    questions = asked_on.questions_of(job, request.user)
    owners = sorted({member.user for member in job.members if member.user.is_active}, key=_by_name)
    if all(owner.pk != request.user.pk for owner in owners):
        owners.append(request.user)
    return {
        "job": job,
        "filters": filters,
        "owners": owners,
        "standings": list(sub_status.KINDS.values()),
        "sources": boards.sources_in_use(),
        "meets": narrowing.choices(job) if meets is None else meets,
        "answers": asked_on.choices(questions),
        "answer_name": asked_on.name_of(filters.answer, questions),
        "asked": [(one["key"], one["label"]) for one in questions if one.get("type") not in asked_on.NOT_ON_CARDS],
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("q", "after", "as", "choose")],
        "query": _query(request),
        "letters": Message.objects.queued().filter(job=job, purpose="rejection").count()
        if letters is None
        else letters,
        "switch_query": urlencode(
            {name: value for name, value in request.GET.items() if name not in ("after", "as", "choose")}
        ),
        "review_url": reverse("pipeline:review", args=[job.pk]) if may_review else "",
        "review_label": format_html('<span>Review <span data-figure="new">{}</span> new</span>', waiting.new),
        "review_hidden": not waiting.new,
        "waiting": waiting,
    }


def _by_name(user: User) -> tuple[str, int]:
    return user.full_name, user.pk


def _query(request: StaffRequest) -> str:
    """The filters of the URL as they are carried on, without what belongs to one request."""
    kept = request.GET.copy()
    for key in ("since", "whole", "fresh", "n", "after", "stage", "sort", "status"):
        kept.pop(key, None)
    return kept.urlencode()


def _loaded(request: StaffRequest) -> dict[int, int]:
    """How many cards of each stage the browser shows: `n=12:20,13:70`."""
    loaded = {}
    for part in request.GET.get("n", "")[:2000].split(","):
        stage, _, cards = part.partition(":")
        if stage.isdecimal() and cards.isdecimal() and len(cards) < 6 and len(stage) < 19:
            loaded[int(stage)] = int(cards)
    return loaded
