"""Writing a profile out as a text people read, so that each value knows where it stands in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hiring.resumes.profile import Found

LONGEST_VALUE = 20_000


def tidy(text: str) -> str:
    """A value in the letters and blanks a read document has (hiring/documents/child.py), on one line."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_VALUE])
    kept = (" " if letter in "\n\r\t\x0b\x0c\x85\u2028\u2029" else letter for letter in text)
    said = "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co"))
    return re.sub(r"\s+", " ", said).strip()


class Writer:
    """A text that grows. Everything written is returned as found where it now stands; nothing is written of an empty value."""

    def __init__(self) -> None:
        self.text = ""

    def line(self, *parts: str) -> tuple[Found | None, ...]:
        """A line of the parts that say something, parted by commas. What each became, None for an empty one."""
        found: list[Found | None] = []
        begun = False
        for part in map(tidy, parts):
            if not part:
                found.append(None)
                continue
            self.text += ", " if begun else "\n" if self.text else ""
            start = len(self.text)
            self.text += part
            found.append(Found(part, start, len(self.text), 1.0))
            begun = True
        return tuple(found)

    def one(self, part: str) -> Found | None:
        """A line of one value."""
        return self.line(part)[0]

    def each(self, parts: Iterable[str]) -> tuple[Found, ...]:
        """A line for each value that says something."""
        return tuple(found for part in parts if (found := self.one(part)))

    def heading(self, title: str) -> None:
        if self.text:
            self.text += "\n"
        self.line(title)

    def since(self, start: int) -> Found:
        """Everything written from `start` on, as one passage."""
        start = min(len(self.text), start + (self.text[start : start + 1] == "\n"))
        said = self.text[start:]
        return Found(" ".join(said.split()), start, len(self.text), 1.0)
