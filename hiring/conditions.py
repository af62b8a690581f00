"""The language of conditions: groups of atoms over explicit facts, asked of one application's facts. Rules act by them
(pipeline/rules), and questions of the application form are asked by them (hiring/application_form).

An atom compares one fact with values. What is not known (a question left blank, or never asked) fits no atom, so silence
never turns anybody down. There is no "not" over groups: everything that fits stands on something that was said.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hiring import misfits
from hiring.errors import Refused

MOST_ATOMS, MOST_GROUPS, MOST_VALUES = 12, 4, 50

OPERATORS: dict[str, dict[str, str]] = {
    "yes_no": {"is": "is"},
    "choice": {"one_of": "is one of", "none_of": "is none of"},
    "multi": {"has_any": "names any of", "has_all": "names all of", "has_none": "names none of"},
    "number": {
        "less": "is less than",
        "at_most": "is at most",
        "equal": "is exactly",
        "at_least": "is at least",
        "more": "is more than",
    },
    "date": {"before": "is before", "on": "is on", "after": "is after"},
    "text": {"one_of": "is one of", "none_of": "is none of"},
    "days": {"at_least": "is at least", "at_most": "is at most"},
}
"""Type of a fact to its operators, in words. Sets hold strings, numbers floats, dates ISO days, days whole numbers."""

Value = Any
Facts = Mapping[str, Value]


@dataclass(frozen=True)
class Atom:
    """One comparison. `label` is how the fact is called where people read it: the question's words, or "Source"."""

    fact: str
    type: str
    op: str
    values: tuple[Any, ...]
    label: str = ""

    @property
    def question(self) -> str:
        """The key of the question this is the answer to; empty for other facts."""
        return self.fact.removeprefix("answer:") if self.fact.startswith("answer:") else ""


@dataclass(frozen=True)
class Group:
    """Atoms of which any or all have to fit."""

    match: str
    atoms: tuple[Atom, ...] = ()


@dataclass(frozen=True)
class Conditions:
    """Groups of which any or all have to fit. None at all fits everybody."""

    match: str = "all"
    groups: tuple[Group, ...] = field(default=())

    @property
    def atoms(self) -> Iterator[Atom]:
        return (atom for group in self.groups for atom in group.atoms)


# ---------- Kept as JSON ----------


def dump(conditions: Conditions) -> dict[str, Any]:
    return {
        "match": conditions.match,
        "groups": [
            {
                "match": group.match,
                "atoms": [
                    {"fact": a.fact, "type": a.type, "op": a.op, "values": list(a.values), "label": a.label}
                    for a in group.atoms
                ],
            }
            for group in conditions.groups
        ],
    }


def parse(document: Mapping[str, Any]) -> Conditions:
    """The conditions of a stored document. Raises Refused saying what is wrong with one that is not of this language."""
    if not isinstance(document, Mapping):
        raise Refused("These conditions cannot be read.")
    groups = document.get("groups", [])
    if not isinstance(groups, list) or len(groups) > MOST_GROUPS:
        raise Refused(f"A rule has at most {MOST_GROUPS} groups of conditions.")
    numbers = itertools.count()
    made = tuple(_group(group, numbers) for group in groups)
    conditions = Conditions(_match(document), tuple(group for group in made if group.atoms))
    if sum(len(group.atoms) for group in conditions.groups) > MOST_ATOMS:
        raise Refused(f"A rule has at most {MOST_ATOMS} conditions.")
    return conditions


def _match(document: Mapping[str, Any]) -> str:
    match = document.get("match", "all")
    if match not in ("all", "any"):
        raise Refused("Say whether all or any of the conditions have to fit.")
    return str(match)


def _group(document: Any, numbers: Iterator[int]) -> Group:
    if not isinstance(document, Mapping) or not isinstance(document.get("atoms", []), list):
        raise Refused("These conditions cannot be read.")
    atoms = []
    for atom in document.get("atoms", []):
        with misfits.about(next(numbers)):
            atoms.append(_atom(atom))
    return Group(_match(document), tuple(atoms))


def _atom(document: Any) -> Atom:
    if not isinstance(document, Mapping):
        raise Refused("These conditions cannot be read.")
    fact, kind, op = (str(document.get(name, "")) for name in ("fact", "type", "op"))
    label = str(document.get("label", ""))[:200]
    if not fact or op not in OPERATORS.get(kind, {}):
        raise Refused(f"“{label or fact}” cannot be compared that way.")
    values = document.get("values", [])
    return Atom(fact, kind, op, read_values(kind, values if isinstance(values, list) else [values], label), label)


def read_values(kind: str, values: list[Any], label: str) -> tuple[Any, ...]:
    """The values an atom compares with, in the type of the fact. Raises Refused for what is none of its kind."""
    try:
        read = tuple(dict.fromkeys(_READ[kind](value) for value in values if value not in (None, "")))
    except (TypeError, ValueError, OverflowError):
        raise Refused(f"“{label}” is compared with something that is no {_NOUNS[kind]}.") from None
    if not read or len(read) > MOST_VALUES:
        raise Refused(f"Say what “{label}” is compared with.")
    if kind in ("yes_no", "number", "date", "days") and len(read) > 1:
        raise Refused(f"“{label}” is compared with one value.")
    return read


def _yes_no(value: Any) -> str:
    if value in (True, "yes"):
        return "yes"
    if value in (False, "no"):
        return "no"
    raise ValueError(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    number = float(str(value).replace(",", ".").strip())
    if not abs(number) <= 1e12:  # nan is no number either
        raise ValueError(value)
    return number


def _days(value: Any) -> int:
    days = int(value)
    if not 0 <= days <= 365:
        raise ValueError(value)
    return days


_READ: dict[str, Callable[[Any], Any]] = {
    "yes_no": _yes_no,
    "choice": lambda value: str(value)[:200],
    "multi": lambda value: str(value)[:200],
    "number": _number,
    "date": lambda value: dt.date.fromisoformat(str(value)).isoformat(),
    "text": lambda value: " ".join(str(value).split()).casefold()[:200],
    "days": _days,
}
_NOUNS = {"number": "number", "date": "date", "days": "number of days", "yes_no": "yes or no"} | dict.fromkeys(
    ("choice", "multi", "text"), "answer"
)


# ---------- Asked of facts ----------


def read_fact(kind: str, value: Any) -> Any:
    """A fact as atoms of this type compare it; None when it is unknown or of another type."""
    if value in (None, "", []):
        return None
    try:
        if kind == "multi":
            return frozenset(str(one) for one in (value if isinstance(value, list) else [value]))
        if isinstance(value, list):
            return None
        return _READ[kind](value)
    except (TypeError, ValueError, OverflowError, KeyError):
        return None


def fits(atom: Atom, had: Any) -> bool:
    """Whether a known fact fits; an unknown one (None) never does."""
    if had is None:
        return False
    return _FITS[atom.op](had, atom.values)


_FITS: dict[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": lambda had, values: had in values,
    "one_of": lambda had, values: had in values,
    "none_of": lambda had, values: had not in values,
    "has_any": lambda had, values: not had.isdisjoint(values),
    "has_all": lambda had, values: had.issuperset(values),
    "has_none": lambda had, values: had.isdisjoint(values),
    "less": lambda had, values: had < values[0],
    "at_most": lambda had, values: had <= values[0],
    "equal": lambda had, values: had == values[0],
    "at_least": lambda had, values: had >= values[0],
    "more": lambda had, values: had > values[0],
    "before": lambda had, values: had < values[0],
    "on": lambda had, values: had == values[0],
    "after": lambda had, values: had > values[0],
}


def matches(conditions: Conditions, facts: Facts) -> list[Atom] | None:
    """The atoms that made it fit, in order; None when it does not. Of a group of which any may fit, those that do."""
    if not conditions.groups:
        return []
    held = [_held(group, facts) for group in conditions.groups]
    if conditions.match == "all":
        return None if any(one is None for one in held) else [atom for one in held for atom in one or ()]
    found = [atom for one in held for atom in one or ()]
    return found or None


def _held(group: Group, facts: Facts) -> list[Atom] | None:
    fitting = [atom for atom in group.atoms if fits(atom, facts.get(atom.fact))]
    enough = len(fitting) == len(group.atoms) if group.match == "all" else bool(fitting)
    return fitting if enough and fitting else None
