"""Whether anybody could ever fit: several conditions at once, decided exactly over intervals and sets.

Facts are independent of each other, so a choice of atoms can hold together when, fact by fact, one value fits all of its
atoms. Groups of which any may fit are tried alternative by alternative, and given up as soon as a fact has no value left.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence

from hiring.conditions import Atom, Conditions, Group

Universe = Mapping[str, Collection[str]]
"""Facts that have only so many values: the choices of a question, the stages of a job. Others may be anything."""

Formula = Conditions | Group | Atom
YES_NO = frozenset({"yes", "no"})


def possible(formulas: Sequence[Formula], universe: Universe | None = None) -> bool:
    """Whether one application's facts could fit all of `formulas` at once."""
    return _possible(list(formulas), {}, universe or {})


def _possible(left: list[Formula], held: dict[str, list[Atom]], universe: Universe) -> bool:
    while left:
        one = left.pop()
        if isinstance(one, Atom):
            atoms = [*held.get(one.fact, ()), one]
            if not has_value(atoms, universe.get(one.fact)):
                return False
            held = {**held, one.fact: atoms}
            continue
        parts: Sequence[Formula] = one.groups if isinstance(one, Conditions) else one.atoms
        if one.match == "all" or (isinstance(one, Conditions) and not parts):
            left.extend(parts)
            continue
        return any(_possible([*left, part], held, universe) for part in parts)
    return True


def has_value(atoms: Sequence[Atom], options: Collection[str] | None = None) -> bool:
    """Whether one value of the fact fits all of these atoms, which are of one fact and one type."""
    kinds = {atom.type for atom in atoms}
    if len(kinds) > 1:
        return False  # the question cannot be of two kinds at once
    kind = kinds.pop()
    if kind == "multi":
        return _has_subset(atoms, options)
    if kind in ("number", "date", "days"):
        return _has_number(atoms, kind)
    return _has_member(atoms, YES_NO if kind == "yes_no" else options)


def _has_member(atoms: Sequence[Atom], options: Collection[str] | None) -> bool:
    """One of a set; without `options` there is always one more value than anybody named."""
    barred = {value for atom in atoms if atom.op == "none_of" for value in atom.values}
    allowed = None if options is None else set(options)
    for atom in atoms:
        if atom.op != "none_of":
            allowed = set(atom.values) if allowed is None else allowed & set(atom.values)
    return allowed is None or bool(allowed - barred)


def _has_subset(atoms: Sequence[Atom], options: Collection[str] | None) -> bool:
    """Some of several choices, at least one: an answer that names nothing is no answer."""
    barred = {value for atom in atoms if atom.op == "has_none" for value in atom.values}
    needed = {value for atom in atoms if atom.op == "has_all" for value in atom.values}
    known = None if options is None else set(options)
    if needed & barred or (known is not None and not needed <= known):
        return False
    free = None if known is None else known - barred
    if free is not None and not free:
        return False
    either = [set(atom.values) - barred for atom in atoms if atom.op == "has_any"]
    return all(some if free is None else some & free for some in either)


def _has_number(atoms: Sequence[Atom], kind: str) -> bool:
    """A number between bounds. Days are whole, so that nothing lies between one day and the next."""
    low, high, low_in, high_in = -math.inf, math.inf, True, True
    if kind == "days":
        low = 0
    for atom in atoms:
        value = float(dt.date.fromisoformat(atom.values[0]).toordinal() if kind == "date" else atom.values[0])
        at, is_in = _lower(atom.op, value)
        if (at, not is_in) > (low, not low_in):
            low, low_in = at, is_in
        at, is_in = _upper(atom.op, value)
        if (at, is_in) < (high, high_in):
            high, high_in = at, is_in
    if kind != "number":
        low, high = (low if low_in else low + 1), (high if high_in else high - 1)
        return low <= high
    return low < high or (low == high and low_in and high_in)


def _lower(op: str, value: float) -> tuple[float, bool]:
    if op in ("more", "after"):
        return value, False
    return (value, True) if op in ("at_least", "equal", "on") else (-math.inf, True)


def _upper(op: str, value: float) -> tuple[float, bool]:
    if op in ("less", "before"):
        return value, False
    return (value, True) if op in ("at_most", "equal", "on") else (math.inf, True)
