"""A document's text as the parser sees it: letters in one form, lines, and for each place the offset in the stored text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from hiring.resumes.profile import Found

MAX_TEXT = 400_000
# Invisible or directional: they hide or turn words around, and no word needs them. Tab and line feed stay.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]{0,8}|[\u0300-\u036f]", re.DOTALL)
BULLET = re.compile("[▪●■◦‣⁃∙○◆►▶➢➤✓✔❖·\uf0b7\uf0a7\uf0d8]")
TRIM = " \t\u00a0•|,;:–—-*"


def _plain_letters() -> dict[int, str]:
    """Each accented Latin letter to its base letter, always one for one, so that places stay places."""
    table = {ord("ł"): "l", ord("Ł"): "l", ord("ø"): "o", ord("Ø"): "o", ord("ı"): "i", ord("đ"): "d", ord("’"): "'"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table.setdefault(code, base)
    return table


PLAIN_LETTERS = _plain_letters()


def folded(text: str) -> str:
    """Lower case without accents, letter for letter: as long as `text`."""
    low = text.translate(PLAIN_LETTERS).lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def words(text: str) -> frozenset[str]:
    """A list of words, written as text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """A list of phrases, written as text with bars between them."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


@dataclass(frozen=True)
class Line:
    """One line without the blanks around it. `start` and `end` are places in the page's `text`."""

    number: int
    start: int
    end: int
    text: str


@dataclass
class Page:
    """`text` is normalised. `found` translates places in it back to offsets in the stored text."""

    text: str
    folded: str = ""
    lines: list[Line] = field(default_factory=list)
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def found(self, start: int, end: int, confidence: float, value: str | None = None) -> Found:
        """What stands at `start` to `end`; `value` where it differs from what is written."""
        raw = self.text[start:end]
        told = " ".join(raw.split()) if value is None else value
        if self.starts is not None and self.ends is not None and end > start:
            return Found(told, self.starts[start], self.ends[end - 1], confidence)
        return Found(told, start, end, confidence)

    def trimmed(self, start: int, end: int, confidence: float) -> Found | None:
        """The same without blanks, bullets and separators at both ends; None when nothing is left."""
        while start < end and self.text[start] in TRIM + "\n":
            start += 1
        while end > start and self.text[end - 1] in TRIM + "\n":
            end -= 1
        return self.found(start, end, confidence) if end > start else None


def open_page(stored: str) -> Page:
    """Read at most MAX_TEXT characters of a stored text."""
    stored = stored[:MAX_TEXT]
    if unicodedata.is_normalized("NFKC", stored) and not INVISIBLE.search(stored):
        page = Page(BULLET.sub("•", stored))
    else:
        page = _normalised(stored)
    page.lines = _lines(page.text)
    page.folded = folded(page.text)
    return page


def _normalised(stored: str) -> Page:
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in CLUSTER.finditer(stored):
        raw = match.group()
        text = "\n" if raw in "\r\x0b\x0c\x85\u2028\u2029" else INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))
        for letter in BULLET.sub("•", text):
            out.append(letter)
            starts.append(match.start())
            ends.append(match.end())
    return Page("".join(out), starts=starts, ends=ends)


def _lines(text: str) -> list[Line]:
    lines, at = [], 0
    for number, raw in enumerate(text.split("\n")):
        stripped = raw.strip()
        start = at + len(raw) - len(raw.lstrip()) if stripped else at
        lines.append(Line(number, start, start + len(stripped), stripped))
        at += len(raw) + 1
    return lines
