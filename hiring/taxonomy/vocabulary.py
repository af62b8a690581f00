"""A vocabulary: names that mean the same, and which of them answer which. Plain data: no Django, no database.

`J2EE → Java EE → Java`: "J2EE" is another name of Java EE, and Java EE is narrower than Java. Whoever knows the narrower
answers a question for the broader; never the other way round, and never by likeness of letters: Java is not JavaScript.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

EDGES = " \t\n,;:!?•·*()[]{}\"'“”„«»|<>"
LONGEST_NAME = 5  # words
PIECES = re.compile(r"[\n,;|•·:()]+|\.\s")
DASHES = re.compile(r"[-‐‑‒–—_]+")


def key(term: str) -> str:
    """A name as it is compared: no case, accents or hyphens, single spaces. Signs that make a name stay: c++, c#, .net, r&d."""
    split = unicodedata.normalize("NFKD", term.casefold())
    plain = "".join(char for char in split if not unicodedata.combining(char))
    words = DASHES.sub(" ", plain.replace("’", "'")).strip(EDGES).split()
    return " ".join(words).rstrip(".")


@dataclass(frozen=True)
class Entry:
    """One thing with its other names. `broader` names what it also answers; `only_in_lists` which names are also words."""

    name: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    area: str = ""
    only_in_lists: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Term:
    """A name as it may stand in a text, lower case. `only_in_lists`: as a word of a sentence it means something else (R, Go).
    `written` is the name with its case."""

    text: str
    canonical: str
    only_in_lists: bool = False
    written: str = ""


def has_own_case(written: str) -> bool:
    """Whether its letters alone tell a name from the word: SAFe."""
    return any(letter.isupper() for letter in written[1:]) and not written.isupper()


def is_told_by_case(said: str, written: str) -> bool:
    """Whether a word of a sentence is this name and not the ordinary word, by its letters alone: SAFe, SOAP; never Go or Swift."""
    if has_own_case(written):
        return said == written
    return len(written) > 2 and written.isupper() and said.isupper()


def may_be_listed(said: str, written: str) -> bool:
    """Whether an item of a list can be this name: `safe` between commas describes a place, `SAFE` in a list of skills is one."""
    return not has_own_case(written) or said == written or said.isupper()


@dataclass(frozen=True)
class Vocabulary:
    """Entries, ready to be asked. A name that two entries claim belongs to the one it is the canonical name of."""

    entries: tuple[Entry, ...]
    _canonical: dict[str, str] = field(default_factory=dict, repr=False)
    _names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)
    _narrower: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)
    _broader: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _only_in_lists: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Vocabulary:
        made = cls(tuple(entries))
        for entry in made.entries:
            made._canonical[key(entry.name)] = entry.name
        for entry in made.entries:
            for alias in entry.aliases:
                made._canonical.setdefault(key(alias), entry.name)
        for known, name in made._canonical.items():
            made._names[name].add(known)
        for entry in made.entries:
            broader = tuple(dict.fromkeys(found for name in entry.broader if (found := made._canonical.get(key(name)))))
            made._broader[entry.name] = broader
            made._only_in_lists.update((key(name), name) for name in entry.only_in_lists)
            for name in broader:
                made._narrower[name].add(entry.name)
        return made

    def canonical(self, term: str) -> str | None:
        """The one name of a skill or title, None when it is not known."""
        return self._canonical.get(key(term))

    def answers(self, term: str) -> frozenset[str]:
        """The canonical names that answer a question for `term`: itself and everything narrower. Empty when it is not known."""
        name = self.canonical(term)
        return frozenset(self._closure(name, self._narrower)) if name else frozenset()

    def answered_by(self, term: str) -> frozenset[str]:
        """The canonical names that `term` answers: itself and everything broader. Empty when it is not known."""
        name = self.canonical(term)
        return frozenset(self._closure(name, self._broader)) if name else frozenset()

    def expand(self, term: str) -> frozenset[str]:
        """Every name, as compared, that answers a question for `term`; only itself when it is not known."""
        names = self.answers(term)
        return frozenset(known for name in names for known in self._names[name]) or frozenset({key(term)})

    def names(self, term: str) -> frozenset[str]:
        """Every name, as compared, of what is called so, and of nothing narrower; only itself when it is not known."""
        name = self.canonical(term)
        return frozenset(self._names[name]) if name else frozenset({key(term)})

    def terms(self) -> tuple[Term, ...]:
        """All names with what they mean, in every spelling a text may have them in, each once: for finding them in texts."""
        found: dict[str, Term] = {}
        for entry in self.entries:
            for name in (entry.name, *entry.aliases):
                if self.canonical(name) == entry.name:
                    for text in _spellings(name.lower()):
                        found.setdefault(text, Term(text, entry.name, name in entry.only_in_lists, name))
        return tuple(found.values())

    def found_in(self, text: str) -> dict[str, int]:
        """Canonical names that stand in a text, with how often, in the order of their first place.

        The longest name counts; one that is an ordinary word too counts only between separators, as in a list, or by its case.
        """
        found: dict[str, int] = {}
        for piece in PIECES.split(text):
            words = [(known, word) for word in re.split(r"[\s/]+", piece) if (known := key(word))]
            at = 0
            while at < len(words):
                at += self._longest(words, at, found)
        return found

    def _longest(self, words: list[tuple[str, str]], at: int, found: dict[str, int]) -> int:
        for size in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            said = " ".join(known for known, _ in words[at : at + size])
            name = self._canonical.get(said)
            if name and self._counts(said, " ".join(word for _, word in words[at : at + size]), size == len(words)):
                found[name] = found.get(name, 0) + 1
                return size
        return 1

    def _counts(self, known: str, said: str, is_alone: bool) -> bool:
        written = self._only_in_lists.get(known)
        said = said.strip(EDGES + ".")
        if written is None:
            return True
        return (is_alone and may_be_listed(said, written)) or is_told_by_case(said, written)

    def names_of(self, name: str) -> tuple[str, ...]:
        """The names, as compared, of everything that answers `name`, without those that are ordinary words too."""
        return tuple(sorted(self.expand(name) - self._only_in_lists.keys()))

    def _closure(self, name: str, edges: dict[str, set[str]] | dict[str, tuple[str, ...]]) -> set[str]:
        """Everything reached from a name. Entries that name each other as broader are one to us, not a loop."""
        found, waiting = {name}, [name]
        while waiting:
            fresh = set(edges.get(waiting.pop(), ())) - found
            found |= fresh
            waiting += fresh
        return found


def _spellings(name: str) -> tuple[str, ...]:
    """With spaces and with hyphens, with accents and without: front-end and front end, comptabilité and comptabilite."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return tuple(
        dict.fromkeys(form for said in (name, bare) for form in (said, said.replace("-", " "), said.replace(" ", "-")))
    )


def read(text: str) -> list[Entry]:
    """Entries out of lines such as `Java EE | j2ee | jee < Java, Software`; `== Area ==` heads a group.

    A tilde before a name says that it is an ordinary word or letter too, and counts only in a list of skills.
    """
    entries, area = [], ""
    for line in text.splitlines():
        if line.startswith("=="):
            area = line.strip("= ")
        elif line.strip():
            names, _, above = line.partition(" < ")
            said = [name.strip() for name in names.split(" | ")]
            plain = [name.removeprefix("~") for name in said]
            marked = frozenset(name.removeprefix("~") for name in said if name.startswith("~"))
            broader = tuple(name.strip() for name in above.split(",") if name.strip())
            entries.append(Entry(plain[0], tuple(plain[1:]), broader, area, marked))
    return entries
