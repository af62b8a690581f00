"""The lines of a rich text file (RTF), and apart from them what it says and nobody sees.

Loaded by the confined child alone; imports nothing of the product.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

MOST_GROUPS = 20_000
MOST_BYTES = 5 * 1024 * 1024
HIDDEN = "in letters set to be hidden"
PAPER = "in the colour of the page"
SMALL = "in letters too small to read"
SMALL_HALF_POINTS = 6
WHITE = 235

TOKEN = re.compile(r"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'[0-9a-fA-F]{2}|\\.|[{}]|[^\\{}]+", re.DOTALL)
COLOURS = re.compile(r"\\colortbl([^{}]{0,20000})")
NO_TEXT = ("fonttbl", "colortbl", "stylesheet", "info", "pict", "listtable", "generator", "fldinst", "themedata")
GROUND = re.compile(r"\\(?:clcbpat|cbpat|chcbpat|highlight|cb)[1-9]")


class TooNested(Exception):
    pass


@dataclass(frozen=True)
class Looks:
    hidden: bool = False
    white: bool = False
    small: bool = False
    is_text: bool = True

    @property
    def why(self) -> str:
        if not self.is_text:
            return ""
        return HIDDEN if self.hidden else SMALL if self.small else PAPER if self.white else ""


def read(data: bytes) -> tuple[list[tuple[str, str]], list[str], str, dict[str, int]]:
    """Its lines, what it would do by itself, what it hides, and how often in which way. Raises TooNested."""
    from striprtf.striprtf import rtf_to_text

    if len(data) > MOST_BYTES or data.count(b"{") > MOST_GROUPS:
        raise TooNested
    source = data.decode("latin-1")
    acts = set()
    if re.search(r"\\(object|objdata|objocx)\b", source):
        acts.add("an embedded object")
    if re.search(r"\\\*?\\?fldinst[^}]{0,200}\bDDE", source):
        acts.add("a command to start a program")
    if re.search(r"\\\*\\template\b", source):
        acts.add("a part fetched from elsewhere")
    shown, unseen, reasons = parted(source)
    lines = rtf_to_text(shown, errors="ignore").split("\n")
    hidden = rtf_to_text(r"{\rtf1 " + unseen + "}", errors="ignore") if unseen else ""
    return [("p", line) for line in lines], sorted(acts), hidden, reasons


def parted(source: str) -> tuple[str, str, dict[str, int]]:
    """The source without the words nobody sees, and these. One pass over it, without recursion."""
    if not re.search(r"\\(?:v|fs[1-5]|cf[0-9]+)(?![a-z0-9])", source):
        return source, "", {}
    whites = set() if GROUND.search(source) else white_colours(source)
    shown: list[str] = []
    unseen: list[str] = []
    reasons: dict[str, int] = {}
    looks, outer = Looks(), list[Looks]()
    for match in TOKEN.finditer(source):
        piece, word, number = match.group(), match.group(1), match.group(2)
        if piece == "{":
            outer.append(looks)
        elif piece == "}":
            looks = outer.pop() if outer else Looks()
        elif word is not None:
            looks = changed(looks, word, number, whites)
        why = looks.why
        if (why and word not in (None, "u")) or not why or piece in "{}":
            shown.append(piece)
            continue
        if piece.strip() and (not unseen or not reasons or unseen[-1] == " "):
            reasons[why] = reasons.get(why, 0) + 1
        unseen.append(piece)
    return "".join(shown), "".join(unseen), reasons


def changed(looks: Looks, word: str, number: str | None, whites: set[int]) -> Looks:
    value = int(number) if number else None
    if word == "v":
        return replace(looks, hidden=value != 0)
    if word == "cf":
        return replace(looks, white=(value or 0) in whites)
    if word == "fs":
        return replace(looks, small=0 < (value or 24) < SMALL_HALF_POINTS)
    if word == "plain":
        return replace(looks, hidden=False, white=False, small=False)
    return replace(looks, is_text=False) if word in NO_TEXT else looks


def white_colours(source: str) -> set[int]:
    """The numbers of the colours nobody sees on white paper."""
    table = COLOURS.search(source)
    if table is None:
        return set()
    found = set()
    for number, colour in enumerate(table[1].split(";")):
        parts = re.findall(r"\\(?:red|green|blue)([0-9]{1,3})", colour)
        if len(parts) == 3 and min(map(int, parts)) >= WHITE:
            found.add(number)
    return found
