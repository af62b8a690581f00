"""What a format is: fields that write a posting, and the limits and rules by which the board would refuse it.

Refusals are read off the same fields that write the feed, so the page that names them cannot say something else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hiring import postings
from sourcing.boards.adverts import Advert
from sourcing.boards.texts import element, legal

if TYPE_CHECKING:
    from sourcing.boards.models import Board

POSTING, JOB, LOCATION = "posting", "job", "location"
"""Where a refusal is mended."""


@dataclass(frozen=True)
class Refusal:
    """Why a board would not take a posting: a short name to count by, a sentence, and where it is mended."""

    name: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class Field:
    """One value of a posting. Empty values are left out unless the field is required, or `always` written.

    `what` is its name in sentences; a value longer than `longest` or shorter than `shortest` characters is refused.
    """

    tag: str
    value: Callable[[Advert, Board], str]
    what: str = ""
    required: bool = False
    longest: int = 0
    shortest: int = 0
    mend: str = POSTING
    always: bool = False
    raw: bool = False  # `value` is XML of its own

    def refusal(self, advert: Advert, board: Board) -> Refusal | None:
        if not (self.required or self.longest or self.shortest):
            return None
        text = legal(self.value(advert, board)).strip()
        name = self.what or self.tag
        if self.required and not text:
            where = f"; {advert.place.name} has none" if self.mend == LOCATION else ", and there is none"
            return Refusal(name.capitalize(), f"A {name} is needed{where}.", self.mend)
        if self.longest and len(text) > self.longest:
            sentence = f"The {name} may have {self.longest:,} characters; it has {len(text):,}."
            return Refusal(f"{name.capitalize()} too long", sentence, self.mend)
        if self.shortest and len(text) < self.shortest:
            sentence = f"The {name} needs {self.shortest} characters of text; it has {len(text)}."
            return Refusal(f"{name.capitalize()} too short", sentence, self.mend)
        return None

    def write(self, advert: Advert, board: Board) -> str:
        text = self.value(advert, board)
        if not text and not (self.required or self.always):
            return ""
        return f"<{self.tag}>{text}</{self.tag}>" if self.raw else element(self.tag, text)


Rule = Callable[[Advert, "Board"], Refusal | None]


@dataclass(frozen=True)
class Feed:
    """What the frame of a feed says of the whole: how many postings follow and when one last changed."""

    board: Board
    count: int
    changed_at: dt.datetime
    address: str


class Frame(Protocol):
    def __call__(self, feed: Feed) -> str: ...


@dataclass(frozen=True)
class Format:
    """A board's way to be told of postings.

    An open format has a plain address and is read by anybody; the others have an address that names the reader. One `by_place`
    tells each place of a posting on its own, because a board of its kind knows one place a job (JOB-23).
    `settings` are the names of the board's own settings it cannot do without; `only_https` boards take no other addresses.
    """

    key: str
    name: str
    about: str
    content_type: str
    head: Frame
    foot: Frame
    item: Callable[[Advert, Board], str]
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    settings: tuple[str, ...] = ()
    between: str = ""
    is_open: bool = False
    only_https: bool = False
    by_place: bool = False
    is_paged: bool = False

    def refusals(self, advert: Advert, board: Board) -> list[Refusal]:
        """Everything this board would refuse the posting for."""
        found = [one.refusal(advert, board) for one in self.fields]
        found += [rule(advert, board) for rule in self.rules]
        return [refusal for refusal in found if refusal]


def xml_item(
    tag: str, fields: tuple[Field, ...], *, attributes: Callable[[Advert], str] | None = None
) -> Callable[[Advert, Board], str]:
    """Writes one posting as an element of its fields."""

    def write(advert: Advert, board: Board) -> str:
        more = f" {attributes(advert)}" if attributes else ""
        return f"<{tag}{more}>{''.join(one.write(advert, board) for one in fields)}</{tag}>\n"

    return write


# --- rules that several boards share --------------------------------------------------------------------------------


def plain_title(advert: Advert, board: Board) -> Refusal | None:
    """JOB-3: the editor's own rule; a place renamed, or text written around it, may have broken it since."""
    found = postings.title_problems(advert.title, advert.place)
    return Refusal("Title", " ".join(found), POSTING) if found else None


def pay_where_the_law_wants_it(advert: Advert, board: Board) -> Refusal | None:
    """JOB-20: the pay of a job can be taken out after its posting was published."""
    found = postings.pay_problems(advert.posting)
    return Refusal("Pay", " ".join(found), JOB) if found else None


def described(advert: Advert, board: Board) -> Refusal | None:
    """JOB-4, and a description that is only a picture: words are counted, not characters of HTML."""
    length = len(advert.plain)
    if length >= postings.SHORTEST_DESCRIPTION:
        return None
    sentence = f"The description needs {postings.SHORTEST_DESCRIPTION} characters of text; it has {length}."
    return Refusal("Description too short", sentence, POSTING)


def country_known(advert: Advert, board: Board) -> Refusal | None:
    """JOB-8: a country is two letters, never guessed."""
    if len(advert.place.country) == 2 and advert.place.country.isalpha() and advert.place.country.isupper():
        return None
    return Refusal("Country", f"The country of {advert.place.name} is not a code of two letters.", LOCATION)


EVERY_BOARD: tuple[Rule, ...] = (plain_title, described, country_known, pay_where_the_law_wants_it)
