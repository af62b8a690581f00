"""Distribution: the boards and how each stands, a board's settings and refusals, and where one posting goes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, is_swap, page_or_part, tell
from hiring.models import Job, Posting
from sourcing.boards import choosing, fetches, keeping, showing
from sourcing.boards.forms import BoardForm
from sourcing.boards.models import Board

PAGE = "sourcing/posting_boards.html"


@require_GET
def board_list(request: StaffRequest) -> HttpResponse:
    _must_distribute(request)
    return render(request, "sourcing/board_list.html", {"rows": showing.standings()})


@require_http_methods(["GET", "HEAD", "POST"])
def board(request: StaffRequest, key: str) -> HttpResponse:
    """The board's page; its settings are sent back to it."""
    found = _board(request, key)
    form = BoardForm(request.POST or None, board=found, form=showing.FORMATS[key])
    if request.method == "POST" and form.is_valid():
        try:
            keeping.edit(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Saved. The feed follows at once.")
            return redirect("sourcing:board", key)
    return _page(request, found, form)


@require_POST
def board_switch(request: StaffRequest, key: str) -> HttpResponse:
    found = _board(request, key)
    on = request.POST.get("on") == "1"
    keeping.switch(found, on=on, by=request.user)
    name = showing.FORMATS[key].name
    messages.success(request, f"{name} is on." if on else f"{name} is off: its feed holds no postings any more.")
    return redirect("sourcing:board", key)


@require_POST
def board_readdress(request: StaffRequest, key: str) -> HttpResponse:
    found = _board(request, key)
    if showing.FORMATS[key].is_open:
        raise Http404
    keeping.readdress(found, by=request.user)
    messages.success(request, "The old address leads nowhere now. Hand the new one to the board.")
    return redirect("sourcing:board", key)


@require_http_methods(["GET", "HEAD", "POST"])
def posting_boards(request: StaffRequest, pk: int) -> HttpResponse:
    """Where one posting is sent, and a switch for each board."""
    posting = _posting(request, pk)
    if request.method == "POST":
        found = _board_of(request.POST.get("board", ""))
        send = request.POST.get("send") == "1"
        choosing.choose(found, posting, is_wanted=send, by=request.user)
        said = f"{showing.FORMATS[found.key].name} {'is sent' if send else 'is not sent'} this posting."
        if not is_swap(request):
            messages.success(request, said)
            return redirect("sourcing:posting_boards", pk)
    is_public = Posting.objects.public().filter(pk=posting.pk).exists()
    context = {
        "job": posting.job,
        "posting": posting,
        "is_public": is_public,
        "is_live": is_public or Posting.objects.live().filter(pk=posting.pk).exists(),
        "languages": posting.translations.count(),
        "rows": showing.going(posting, request.user) if is_public else [],
        "may_distribute": access.can_distribute(request.user),
    }
    response = page_or_part(request, PAGE, "boards", context)
    return tell(response, request, toast=said) if request.method == "POST" else response


def _page(request: StaffRequest, found: Board, form: BoardForm) -> HttpResponse:
    given = request.GET.get("from", "")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
    standing = showing.standing(found)
    refused = showing.refused(found, standing.plan, request.user, start=start)
    context = {
        "row": standing,
        "form": form,
        "refused": refused,
        "start": start,
        "next_start": start + showing.SHOWN if standing.refused > start + showing.SHOWN else 0,
        "choices": showing.choices(found),
        "fetches": fetches.latest(found),
    }
    return render(request, "sourcing/board.html", context, status=422 if form.errors else 200)


def _must_distribute(request: StaffRequest) -> None:
    if not access.can_distribute(request.user):
        raise PermissionDenied


def _board(request: StaffRequest, key: str) -> Board:
    _must_distribute(request)
    return _board_of(key)


def _board_of(key: str) -> Board:
    found = keeping.board_of(key)
    if found is None:
        raise Http404
    return found


def _posting(request: StaffRequest, pk: int) -> Posting:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return Posting.objects.with_places().prefetch_related("rule_answers").get(job=job)
