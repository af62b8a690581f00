"""What the pages about distribution show: how a board stands, what it refuses and where that is mended, where a posting goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from hiring import access
from hiring.models import Posting, User
from hiring.postings import rules
from sourcing.boards import choosing, fetches, keeping, planning
from sourcing.boards.adverts import Advert
from sourcing.boards.models import Board, BoardChoice, BoardFetch
from sourcing.boards.registry import FORMATS
from sourcing.boards.shapes import JOB, LOCATION, Format, Refusal

SHOWN = 50
MEND = {JOB: "Change the job", LOCATION: "Complete the location", "posting": "Change the posting"}


@dataclass
class Standing:
    """A board as its row in the list, and the top of its own page, say it."""

    board: Board
    format: Format
    address: str
    plan: planning.Plan | None
    is_current: bool
    hindrances: list[str]
    last: BoardFetch | None = None

    @property
    def sent(self) -> int:
        return len(self.plan.sent) if self.plan else 0

    @property
    def refused(self) -> int:
        return len(self.plan.refused) if self.plan else 0


@dataclass(frozen=True)
class Reason:
    """One sentence of why not, and the page that mends it; without a page for those who may not."""

    sentence: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Refused:
    posting: Posting
    place: str
    reasons: list[Reason]


@dataclass(frozen=True)
class Going:
    """One board on the page of a posting: whether it is meant for it, what comes of that, and when the board last looked."""

    board: Board
    format: Format
    is_wanted: bool
    is_sent: bool
    last: BoardFetch | None = None
    reasons: list[Reason] = field(default_factory=list)


def standings() -> list[Standing]:
    """All boards; the questions grow with the boards we know, never with the postings."""
    last = fetches.last_of_each()
    return [standing(board, last.get(board.pk)) for board in keeping.boards()]


def standing(board: Board, last: BoardFetch | None = None) -> Standing:
    plan, is_current = planning.standing(board)
    return Standing(
        board, FORMATS[board.key], keeping.address_of(board), plan, is_current, choosing.hindrances(board), last
    )


def refused(board: Board, plan: planning.Plan | None, user: User, *, start: int = 0) -> list[Refused]:
    """The refused postings from `start` on, with their reasons as the feed's own rules say them."""
    ids = plan.refused[start : start + SHOWN].tolist() if plan else []
    form = FORMATS[board.key]
    with rules.held():
        found = [(advert, form.refusals(advert, board)) for advert in planning.at(board, ids)]
    return [
        Refused(advert.posting, "" if advert.is_whole else str(advert.site), _reasons(refusals, advert, user))
        for advert, refusals in found
        if refusals
    ]


def choices(board: Board) -> list[BoardChoice]:
    """What people chose for single postings that are out, the latest first."""
    rows = BoardChoice.objects.of(board).filter(posting__in=Posting.objects.public())
    return list(rows.select_related("posting__job", "by").order_by("-at")[:SHOWN])


def going(posting: Posting, user: User) -> list[Going]:
    """Every board that is on: whether it takes this posting, and if not, why."""
    boards = [board for board in keeping.boards() if board.is_on]
    wanted, last = choosing.wanted_by(posting, boards), fetches.last_of_each()
    with rules.held():
        return [_going(board, posting, user, last.get(board.pk), is_wanted=wanted[board.pk]) for board in boards]


def _going(board: Board, posting: Posting, user: User, last: BoardFetch | None, *, is_wanted: bool) -> Going:
    """Sent where the board takes one of its places at least."""
    form, reasons, taken = FORMATS[board.key], dict[str, Reason](), 0
    for advert in planning.adverts(board)(posting):
        refusals = form.refusals(advert, board)
        taken += not refusals
        for reason in _reasons(refusals, advert, user):
            reasons.setdefault(reason.sentence, reason)
    is_sent = is_wanted and taken > 0 and choosing.sends(board)
    if not choosing.sends(board):
        reasons[""] = Reason("Nothing is sent to this board now; its page says why.")
    return Going(board, form, is_wanted, is_sent, last, list(reasons.values()))


def _reasons(refusals: list[Refusal], advert: Advert, user: User) -> list[Reason]:
    return [_reason(refusal, advert, user) for refusal in refusals]


def _reason(refusal: Refusal, advert: Advert, user: User) -> Reason:
    """With the page that mends it; a location is mended by administrators."""
    posting = advert.posting
    if refusal.mend == LOCATION:
        if not access.can_administer(user):
            return Reason(f"{refusal.sentence} An administrator can add it.")
        return Reason(
            refusal.sentence, MEND[LOCATION], reverse("admin:hiring_location_change", args=[advert.site.location_id])
        )
    route = "job_edit" if refusal.mend == JOB else "job_posting"
    return Reason(refusal.sentence, MEND[refusal.mend], reverse(route, args=[posting.job_id]))
