"""A board's settings as verbs: on and off, whom it is sent, by which address it reads us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from hiring import sources
from hiring.errors import Refused
from hiring.models import Department, Location, Source, User
from sourcing.boards.choosing import hindrances
from sourcing.boards.models import Board, new_token
from sourcing.boards.registry import FORMATS


def boards(*keys: str) -> list[Board]:
    """The boards of these keys, or every one we know how to write for, in the order of the registry: three questions."""
    rows = Board.objects.filter(key__in=keys or FORMATS)
    found = {row.key: row for row in rows.with_settings()}
    return [found[key] for key in FORMATS if key in found]


def board_of(key: str) -> Board | None:
    return next(iter(boards(key)), None)


def path_of(board: Board) -> str:
    form = FORMATS[board.key]
    if form.is_paged:
        return reverse("careers:api_jobs")
    return (
        reverse("careers:open_feed", args=[board.key])
        if form.is_open
        else reverse("feed", args=[board.key, board.token])
    )


def address_of(board: Board) -> str:
    return settings.SITE_URL + path_of(board)


def announced() -> list[tuple[str, str, str]]:
    """The open feeds that are on, as a page's head names them: media type, title, address. One question."""
    keys = [form.key for form in FORMATS.values() if form.is_open and not form.is_paged]
    rows = Board.objects.filter(key__in=keys, is_on=True)
    kinds = {row.key: FORMATS[row.key].content_type.partition(";")[0] for row in rows}
    return [(kinds[row.key], FORMATS[row.key].name, address_of(row)) for row in rows]


@transaction.atomic
def switch(board: Board, *, on: bool, by: User | None) -> Board:
    """Begin or stop sending. A board that is off goes on finding its address, with no postings: that takes ads down."""
    board = Board.objects.select_for_update(of=("self",)).select_related("source").get(pk=board.pk)
    if on and (found := hindrances(board)):
        raise Refused(" ".join(found))
    form = FORMATS[board.key]
    if on and board.source is None and not form.is_open:
        board.source = sources.ensure(form.name, Source.Kind.JOB_BOARD)
    board.is_on = on
    board.save(update_fields=["is_on", "source"])
    return board


@transaction.atomic
def edit(
    board: Board,
    *,
    by: User | None,
    source: Source | None,
    scope: str,
    departments: Iterable[Department],
    locations: Iterable[Location],
    **more: Any,
) -> Board:
    """Change whom the board is sent and what applications from it carry. One that is on stays able to be."""
    board = Board.objects.select_for_update().get(pk=board.pk)
    board.source, board.scope = source, scope
    for name in FORMATS[board.key].settings:
        setattr(board, name, more.get(name, ""))
    if board.is_on and (found := hindrances(board)):
        raise Refused(" ".join(found).replace(" first.", ", or switch the board off."))
    board.save(update_fields=["source", "scope", "company_id", "contact_email"])
    board.departments.set(departments)
    board.locations.set(locations)
    return board


@transaction.atomic
def readdress(board: Board, *, by: User | None) -> Board:
    """Give the board a new address; whoever still asks at the old one finds nothing there."""
    board = Board.objects.select_for_update().get(pk=board.pk)
    board.token = new_token()
    board.save(update_fields=["token"])
    return board
