"""Which public postings a board is sent: its departments and locations, and what people chose for a posting alone.

Everything starts from `Posting.objects.public()`, so that what is confidential, internal, on hold or past its last day is in no
feed from the moment it leaves the career site (JOB-13).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, F, Q, Value, When
from django.utils import timezone

from hiring.models import Posting, PostingPlace, User
from hiring.models.postings import PostingQuerySet
from sourcing.boards.models import Board, BoardChoice
from sourcing.boards.registry import FORMATS

Scope = Board.Scope
NEEDED = {
    "company_id": "Enter the number of your company page first.",
    "contact_email": "Enter the e-mail address of whoever posts the jobs first.",
}


def by_settings(board: Board) -> Q:
    """What the board's departments and locations take. Both lists count: “only” wants both to fit, “except” neither.

    A posting of several places is taken when one of them is; which of them are told is `sites`.
    """
    departments = [row.pk for row in board.departments.all()]
    locations = [row.pk for row in board.locations.all()]
    within = Q(job__department__in=departments)
    if board.scope == Scope.ONLY:
        return (within if departments else Q()) & (_placed(location__in=locations) if locations else Q())
    if board.scope == Scope.EXCEPT:
        fits = ~within if departments else Q()
        return fits & (_placed(~Q(location__in=locations)) if locations else Q())
    return Q()


def _placed(*wanted: Q, **fields: Any) -> Q:
    """Postings with such a place."""
    return Q(pk__in=PostingPlace.objects.filter(*wanted, **fields).values("posting"))


def places_of(board: Board) -> Q:
    """The places a board's settings take, as a filter over places; all of those postings people chose for it."""
    locations = [row.pk for row in board.locations.all()]
    if board.scope == Scope.ALL or not locations:
        return Q()
    taken = Q(location__in=locations) if board.scope == Scope.ONLY else ~Q(location__in=locations)
    return taken | Q(posting__in=BoardChoice.objects.of(board).filter(is_wanted=True).values("posting"))


def sites_of(board: Board) -> Callable[[Posting], list[PostingPlace]]:
    """The places of a posting that a board is told of: those its settings take, or all when people chose the posting for it."""
    locations = {row.pk for row in board.locations.all()}
    if board.scope == Scope.ALL or not locations:
        return lambda posting: posting.sites
    wanted = set(BoardChoice.objects.of(board).filter(is_wanted=True).values_list("posting", flat=True))
    takes = board.scope == Scope.ONLY

    def sites(posting: Posting) -> list[PostingPlace]:
        if posting.pk in wanted:
            return posting.sites
        return [site for site in posting.sites if (site.location_id in locations) == takes]

    return sites


def chosen(board: Board) -> PostingQuerySet:
    """The public postings meant for a board, before its own refusals; whether it is on or not."""
    choices = BoardChoice.objects.of(board)
    wanted, unwanted = (
        choices.filter(is_wanted=True).values("posting"),
        choices.filter(is_wanted=False).values("posting"),
    )
    meant = by_settings(board)
    postings = Posting.objects.public().exclude(pk__in=unwanted)
    return postings.filter(meant | Q(pk__in=wanted)) if meant else postings


def hindrances(board: Board) -> list[str]:
    """Why nothing can be sent to a board yet, whatever is published."""
    form = FORMATS[board.key]
    found = [NEEDED[name] for name in form.settings if not getattr(board, name)]
    if form.only_https and not settings.SITE_URL.startswith("https://"):
        found.append(f"{form.name} takes only addresses that begin with https://; this site's does not.")
    return found


def sends(board: Board) -> bool:
    """Whether anything goes to this board at all. A trial site sends nothing to job boards (JOB-25)."""
    may = settings.INDEXABLE or FORMATS[board.key].is_open
    return board.is_on and may and not hindrances(board)


def is_meant(board: Board, posting: Posting) -> bool:
    """Whether the board's settings alone take this posting."""
    return Posting.objects.filter(by_settings(board), pk=posting.pk).exists()


def choose(board: Board, posting: Posting, *, is_wanted: bool, by: User | None) -> None:
    """Send a posting to a board, or keep it away. What the board's settings say anyway needs no row."""
    if is_wanted == is_meant(board, posting):
        BoardChoice.objects.filter(board=board, posting=posting).delete()
        return
    said = {"is_wanted": is_wanted, "by": by, "at": timezone.now()}
    BoardChoice.objects.update_or_create(board=board, posting=posting, defaults=said)


def wanted_by(posting: Posting, boards: list[Board]) -> dict[int, bool]:
    """Which of these boards the posting is meant for, choices included: two questions for all of them."""
    choices = dict(BoardChoice.objects.filter(posting=posting).values_list("board", "is_wanted"))
    asked = {
        f"board_{board.pk}": Case(
            When(by_settings(board) or Q(pk=F("pk")), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for board in boards
    }
    row = Posting.objects.filter(pk=posting.pk).annotate(**asked).values(*asked).get() if asked else {}
    return {board.pk: choices.get(board.pk, row[f"board_{board.pk}"]) for board in boards}
