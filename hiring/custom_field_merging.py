"""What a merge of two records does to their custom fields."""

from __future__ import annotations

from typing import Any

from hiring import merging
from hiring.models import CandidateValue, CustomField

SAID = ("text", "number", "date", "option_id", "user_id", "is_set", "set_by_id", "set_at", "origin")
"""What a value says, and who said it when: taken over together, so that its origin goes with it."""
NOTHING = {"text": "", "number": None, "date": None, "option_id": None, "user_id": None, "is_set": False}


def settle_values(deed: merging.Merge) -> None:
    """Field by field whose word stands: as chosen, else the survivor's where there is one; of a field of several both lists
    become one. A value that gives way to another one is rewritten, so that what is corrected later stays corrected."""
    mine, theirs = _by_field(deed.survivor), _by_field(deed.other)
    for field in {row.field for rows in (*mine.values(), *theirs.values()) for row in rows}:
        whose = deed.choices.get(f"{merging.CUSTOM}{field.key}", "")
        settle = _several if field.type == CustomField.Type.MULTI else _one
        settle(deed, mine.get(field.pk, []), theirs.get(field.pk, []), whose)


def _by_field(candidate: Any) -> dict[int, list[CandidateValue]]:
    found: dict[int, list[CandidateValue]] = {}
    for row in CandidateValue.objects.filter(candidate=candidate).select_related("field").order_by("pk"):
        found.setdefault(row.field_id, []).append(row)
    return found


def _one(deed: merging.Merge, mine: list[CandidateValue], theirs: list[CandidateValue], whose: str) -> None:
    own, given = _set(mine), _set(theirs)
    takes = whose == merging.OTHER or (not whose and own is None and given is not None)
    if not takes:
        for row in theirs:
            deed.remove(row)
        return
    if not mine:
        return  # theirs moves as it is
    said = {name: getattr(given, name) for name in SAID} if given else NOTHING
    deed.change(own or mine[0], **said)
    for row in theirs:
        deed.remove(row)


def _several(deed: merging.Merge, mine: list[CandidateValue], theirs: list[CandidateValue], whose: str) -> None:
    own = {row.option_id: row for row in mine}
    wanted = {row.option_id for row in theirs if row.is_set}
    if whose == merging.OTHER:
        for row in mine:
            if row.is_set and row.option_id not in wanted:
                deed.change(row, is_set=False)
    for row in theirs:
        held = own.get(row.option_id)
        if whose == merging.SURVIVOR or not row.is_set or (held and held.is_set):
            deed.remove(row)
        elif held:
            deed.change(held, **{name: getattr(row, name) for name in SAID})
            deed.remove(row)


def _set(rows: list[CandidateValue]) -> CandidateValue | None:
    return next((row for row in rows if row.is_set), None)


merging.movers["hiring.CandidateValue"] = settle_values
