"""One row of a list as what it says of a person: values in their columns become contact points, facts and tags, or problems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.db.models import QuerySet

from hiring import access, contact_points
from hiring.errors import Refused
from hiring.matching import Asked, Key
from hiring.models import Candidate, ContactPoint, CustomField, User
from hiring.names import TURN_AROUND, clean_name, fold
from sourcing.imports.own_fields import Cells
from sourcing.imports.tables import Row

Problem = tuple[int, str, str]
"""Column (-1: the row as a whole), what is wrong, what to do."""

FACTS = ("headline", "company", "location", "source_note")
LONGEST = {
    field.attname: field.max_length or 200 for field in Candidate._meta.concrete_fields if field.attname in FACTS
}
MOST_OF_A_KIND = 10
LONGEST_NOTE = 20_000
MOST_LETTERS = LONGEST | dict.fromkeys(("name", "first_name", "last_name"), 200) | {"notes": LONGEST_NOTE}
IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
BETWEEN_ADDRESSES = re.compile(r"[\s,;|]+")
BETWEEN_NUMBERS = re.compile(r"[;|\n,]+|\s+/\s+|\s+(?:or|ou|oder|o|of)\s+")
BETWEEN_LINKS = re.compile(r"[\s;|]+|,\s*(?=\S+\.)")
BETWEEN_TAGS = re.compile(r"[;,|\n]+")

ROUNDED = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+|[0-9]{2,8}0{6,}", re.IGNORECASE)
ERRORS = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")

NO_NAME = "There is no name."
NO_WAY = "There is no e-mail address, phone number or profile link."
LEFT_OUT = "It is left out; the rest of the row counts."
INCOMPLETE = "It is kept as it stands, and nobody is recognised by it."
SHORTENED = "The rest is cut off; shorten it in the list and check it again."
NOT_COUNTED = "There is a formula in this cell, and the file does not say what it comes to: it counts as empty."
UNREADABLE = "There are letters that could not be read."


@dataclass
class Line:
    """What a row says. `points` are (kind, value, as typed); `facts` those fields of the record that are not empty; `own` the
    values of the organisation's own fields."""

    name: str = ""
    points: list[tuple[str, str, str]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    owner: int | None = None
    file: str = ""
    own: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def keys(self) -> list[Key]:
        return [(kind, value) for kind, value, _ in self.points]

    @property
    def emails(self) -> list[str]:
        return [value for kind, value, _ in self.points if kind == ContactPoint.Kind.EMAIL]

    @cached_property
    def asked(self) -> Asked:
        return Asked(self.keys, self.name)

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        return {key: value for key in self.__dataclass_fields__ if (value := getattr(self, key))}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Line:
        line = cls(**{key: value for key, value in stored.items() if key in cls.__dataclass_fields__})
        line.points = [(kind, value, raw) for kind, value, raw in line.points]
        return line


def colleagues() -> dict[str, int]:
    """Whoever can look after people, as `by_name` has them."""
    return by_name(User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES))


def by_name(users: QuerySet[User]) -> dict[str, int]:
    """These colleagues by e-mail address and by folded name; a name two of them share is nobody's."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for pk, email, name in users.values_list("pk", "email", "full_name"):
        for words in {email.lower(), fold(name)}:
            if words in found:
                twice.add(words)
            found[words] = pk
    return {words: pk for words, pk in found.items() if words not in twice}


class Reader:
    """Reads the rows of one list by its mapping."""

    def __init__(
        self,
        mapping: Sequence[str],
        *,
        region: str = "",
        owners: Mapping[str, int] | None = None,
        own: Mapping[str, CustomField] | None = None,
    ) -> None:
        self.places = [(place, key) for place, key in enumerate(mapping) if key]
        self.owners = owners or {}
        self.own = Cells(own or {})
        self.kinds: dict[str, tuple[str, re.Pattern[str], Callable[[str], str]]] = {
            "email": (ContactPoint.Kind.EMAIL.value, BETWEEN_ADDRESSES, contact_points.normalise_email),
            "phone": (
                ContactPoint.Kind.PHONE.value,
                BETWEEN_NUMBERS,
                partial(contact_points.normalise_phone, region=region or None),
            ),
            "link": (ContactPoint.Kind.LINK.value, BETWEEN_LINKS, contact_points.normalise_link),
        }

    @staticmethod
    def normalised(kind: str, text: str) -> str:
        """A contact point as it is compared, or nothing when it cannot be read."""
        normalise: dict[str, Callable[[str], str]] = {
            ContactPoint.Kind.EMAIL.value: contact_points.normalise_email,
            ContactPoint.Kind.PHONE.value: contact_points.normalise_phone,
            ContactPoint.Kind.LINK.value: contact_points.normalise_link,
        }
        try:
            return normalise[kind](text)
        except Refused:
            return ""

    def read(self, row: Row) -> tuple[Line, list[Problem]]:
        """What a row says, and what is wrong with it. Values that cannot be read are left out and named."""
        line, problems = Line(), []
        first = last = ""
        for place, key in self.places:
            cell = row.cells[place] if place < len(row.cells) else ""
            if place in row.uncounted:
                problems.append(
                    (place, NOT_COUNTED, "Open the list in a spreadsheet program, save it, and check it again.")
                )
            if not cell or not (cell := cell.strip()):
                continue
            if "\ufffd" in cell:
                problems.append((place, UNREADABLE, "Choose another encoding and check again."))
            if key != "notes" and (what := _is_no_value(cell)):
                problems.append((place, what, LEFT_OUT))
                continue
            if len(cell) > (most := MOST_LETTERS.get(key, len(cell))) and len(" ".join(cell.split())) > most:
                problems.append((place, f"This is longer than the {most:,} characters there is room for.", SHORTENED))
            if key in self.kinds:
                self._points(line, place, key, cell, problems)
            elif key == "name":
                line.name = line.name or name_of(cell)
            elif key == "first_name":
                first = cell
            elif key == "last_name":
                last = cell
            else:
                self._other(line, place, key, cell, problems)
        line.name = line.name or name_of(f"{first} {last}")
        return line, problems

    def _points(self, line: Line, place: int, key: str, cell: str, problems: list[Problem]) -> None:
        kind, between, normalise = self.kinds[key]
        if key == "phone" and ROUNDED.fullmatch(cell):
            what = f"A spreadsheet has rounded this number to {cell[:20]}; its digits are lost."
            problems.append((place, what, "Make the column text there, type it again and save the list anew."))
            return
        held = {(kind, value) for kind, value, _ in line.points}
        for text in _pieces(key, cell, between):
            try:
                value = normalise(text)
            except Refused as refused:
                problems.append((place, refused.sentence, LEFT_OUT))
                continue
            if (kind, value) not in held and len(held) < MOST_OF_A_KIND * 3:
                held.add((kind, value))
                if key == "phone" and not contact_points.identifies(value):
                    problems.append((place, f"“{text[:40]}” is not a whole phone number.", INCOMPLETE))
                line.points.append((kind, value, _plain(text, 320)))

    def _other(self, line: Line, place: int, key: str, cell: str, problems: list[Problem]) -> None:
        if key in LONGEST:
            text = _plain(cell, LONGEST[key])
            if text and key not in line.facts:
                line.facts[key] = text
        elif key == "tags":
            for text in BETWEEN_TAGS.split(cell):
                tag = _plain(text, 60)
                if tag and tag.casefold() not in {held.casefold() for held in line.tags}:
                    line.tags.append(tag)
        elif key == "notes":
            line.notes.append(TURN_AROUND.sub("", cell)[:LONGEST_NOTE])
        elif key == "file":
            line.file = cell
        elif key in self.own:
            try:
                line.own[key] = self.own.read(key, cell)
            except Refused as refused:
                problems.append((place, refused.sentence, LEFT_OUT))
        elif key == "owner":
            line.owner = self.owners.get(cell.lower()) or self.owners.get(fold(cell))
            if line.owner is None:
                problems.append(
                    (
                        place,
                        f"Nobody called “{cell[:60]}” looks after people here.",
                        "The person is imported without that owner.",
                    )
                )


def _is_no_value(cell: str) -> str:
    """What a spreadsheet left where a value should be: a formula, or the mark that one failed. Empty when it is a value."""
    if cell.startswith("="):
        return "This is a formula, not what it comes to."
    return f"The spreadsheet itself says {cell} here: a formula in it failed." if ERRORS.fullmatch(cell) else ""


def _pieces(key: str, cell: str, between: re.Pattern[str]) -> Iterable[str]:
    if key == "email" and (inside := IN_BRACKETS.findall(cell)):
        return inside
    return [piece for piece in between.split(cell) if piece][:MOST_OF_A_KIND]


def name_of(text: str) -> str:
    """A name as it is kept, the surname last; empty when there is no letter in it."""
    text = text.strip()
    if not text:
        return ""
    if text.count(",") == 1 and (halves := [half.strip() for half in text.split(",")]) and all(halves):
        is_degree = " " in halves[0] and len(halves[1]) <= 5  # Ada Byron, PhD
        text = text if is_degree else f"{halves[1]} {halves[0]}"  # Byron, Ada
    try:
        name = clean_name(text)
    except Refused:
        return ""
    return name if any(unicodedata.category(char)[0] == "L" for char in name) else ""


def _plain(text: str, most: int) -> str:
    straight = text if text.isascii() else TURN_AROUND.sub("", text)
    return " ".join(straight.split())[:most].strip()
