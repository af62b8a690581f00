"""Columns that hold an organisation's own fields of people: who may fill them from a list, what a cell says, what becomes of it.

A field counts for an import as long as whoever brought the file may see it. Cells name choices by their label and colleagues by
e-mail address or name, never by number: a 3 in a list is a word of its sender.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime

from hiring import custom_fields
from hiring.candidate_rows import column_values, read
from hiring.errors import Refused
from hiring.models import CandidateValue, CustomField, User
from hiring.names import fold
from sourcing.imports.bulk_rows import copy_rows, next_ids

if TYPE_CHECKING:
    from sourcing.imports.models import ImportBatch, ImportRow
    from sourcing.imports.waves import Wave

PREFIX = "cf."
BETWEEN_CHOICES = (re.compile(r"[;|\n]+"), re.compile(r"[;|\n,]+"))
GONE = "A column is mapped to a field that is no longer there. Go back to the columns and choose another."
Type = CustomField.Type


def offered(*people: User) -> list[CustomField]:
    """The fields all of these people may see, with their choices: what a column can be mapped to."""
    found = custom_fields.fields_for("candidate", people[0])
    for other in people[1:]:
        if other != people[0]:
            seen = set(CustomField.objects.visible_to(other).values_list("pk", flat=True))
            found = [what for what in found if what.pk in seen]
    return found


def named(fields: Iterable[CustomField]) -> dict[str, str]:
    """Folded name and key of each field to what a column of that name is mapped to."""
    fields = list(fields)
    return {fold(what.key): PREFIX + what.key for what in fields} | {
        fold(what.name): PREFIX + what.key for what in fields
    }


def of(batch: ImportBatch) -> dict[str, CustomField]:
    """The fields of this import's columns, by what its mapping calls them. No query when there is none."""
    asked = {key for key in batch.mapping if key.startswith(PREFIX)}
    if not asked:
        return {}
    return {key: what for what in offered(batch.by) if (key := PREFIX + what.key) in asked}


def check(batch: ImportBatch) -> dict[str, CustomField]:
    """The same; raises Refused when one of them was retired, or taken from whoever imports."""
    found = of(batch)
    if any(key.startswith(PREFIX) and key not in found for key in batch.mapping):
        raise Refused(GONE)
    return found


def hidden_places(batch: ImportBatch, user: User) -> set[int]:
    """The columns whose content this person may not see, because it is a private field's."""
    asked = {key for key in batch.mapping if key.startswith(PREFIX)}
    if not asked:
        return set()
    private = CustomField.objects.filter(kind="candidate", is_private=True, key__in=[key[3:] for key in asked])
    seen = CustomField.objects.visible_to(user).filter(kind="candidate", is_private=True)
    hidden = {PREFIX + key for key in private.exclude(pk__in=seen).values_list("key", flat=True)}
    return {place for place, key in enumerate(batch.mapping) if key in hidden}


# ---------- From a cell to a value ----------


class Cells:
    """Reads the cells of one list's own fields."""

    def __init__(self, fields: Mapping[str, CustomField]) -> None:
        self.fields = fields
        self.choices = {
            what.pk: {one.label.casefold(): one for one in what.options.all()}
            for what in fields.values()
            if what.has_options
        }
        self.colleagues = _colleagues() if any(what.type == Type.USER for what in fields.values()) else {}

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def read(self, key: str, cell: str) -> list[Any]:
        """The values a cell stands for, as JSON holds them. Raises Refused with the reason."""
        what = self.fields[key]
        match what.type:
            case Type.CHOICE:
                return [self._option(what, cell)]
            case Type.MULTI:
                return self._options(what, cell)
            case Type.USER:
                found = self.colleagues.get(cell.lower()) or self.colleagues.get(fold(cell))
                if found is None:
                    raise Refused(f"{what.name}: there is no colleague “{cell[:60]}”.")
                return [found]
        value = custom_fields.clean(what, cell)
        return [] if value in custom_fields.BLANK else [custom_fields.raw_of(what, value)]

    def _options(self, what: CustomField, cell: str) -> list[int]:
        labels = [cell]
        for between in BETWEEN_CHOICES:
            if any(label.casefold() not in self.choices[what.pk] for label in labels):
                labels = [label for piece in between.split(cell) if (label := piece.strip())]
        return list(dict.fromkeys(self._option(what, label) for label in labels))

    def _option(self, what: CustomField, label: str) -> int:
        found = self.choices[what.pk].get(label.casefold())
        if found is None:
            raise Refused(f"{what.name}: “{label[:80]}” is not one of the choices.")
        if not found.is_active:
            raise Refused(f"{what.name}: “{found.label}” is no longer offered.")
        return found.pk


def _colleagues() -> dict[str, int]:
    from sourcing.imports.lines import by_name

    return by_name(User.objects.filter(is_active=True))


# ---------- From values to rows ----------


def make(wave: Wave, candidate: int, own: Mapping[str, Sequence[Any]], effects: dict[str, Any]) -> None:
    """The values of somebody new."""
    for key, values in own.items():
        if what := wave.fields.get(key):
            wave.values += [(candidate, what, value, effects) for value in values]


def held_by(wave: Wave, people: Collection[int]) -> dict[tuple[int, int], list[CandidateValue]]:
    """What stands in this import's fields on people we know, by (candidate, field)."""
    found = defaultdict(list)
    if wave.fields:
        rows = CandidateValue.objects.filter(candidate__in=people, field__in=list(wave.fields.values()))
        for row in rows.order_by("pk"):
            found[row.candidate_id, row.field_id].append(row)
    return found


def fill(
    wave: Wave,
    candidate: int,
    lists: Sequence[Mapping[str, Sequence[Any]]],
    held: Mapping[tuple[int, int], list[CandidateValue]],
    effects: dict[str, Any],
) -> None:
    """Fill fields that are empty, the first row first; with `overwrite` the last row's word replaces what stands there."""
    said: dict[str, Sequence[Any]] = {}
    for own in lists:
        said = {**said, **own} if wave.batch.overwrite else {**own, **said}
    for key, values in said.items():
        what = wave.fields.get(key)
        if what is None or not values:
            continue
        rows = held.get((candidate, what.pk), [])
        have = {_plain(what, row) for row in rows if row.is_set}
        if have == set(values) or (have and not wave.batch.overwrite):
            continue
        _change(wave, candidate, what, rows, values, effects)
        wave.event(candidate, "custom_field.changed", custom_field=what.pk)


def _plain(what: CustomField, row: CandidateValue) -> Any:
    match custom_fields.COLUMN[Type(what.type)]:
        case "option":
            return row.option_id
        case "user":
            return row.user_id
        case column:
            return custom_fields.raw_of(what, getattr(row, column))


def _change(
    wave: Wave,
    candidate: int,
    what: CustomField,
    rows: Sequence[CandidateValue],
    values: Sequence[Any],
    effects: dict[str, Any],
) -> None:
    """A row that is there says the new value or is emptied; values without one are added. Rows are never deleted."""
    left = list(values)
    noted = effects.setdefault("values", [])
    for row in rows:
        mine = row.option_id if what.type == Type.MULTI else left[0]
        wanted = mine in left
        if wanted:
            left.remove(mine)
        if what.type == Type.MULTI and row.is_set == wanted:
            continue
        noted.append([row.pk, wave.now.isoformat(), column_values(row)])
        if what.type != Type.MULTI:
            setattr(row, _attname(what), _typed(what, mine))
        row.is_set, row.set_by_id, row.set_at, row.origin = wanted, wave.batch.by_id, wave.now, "import"
        wave.changed_values.append(row)
    wave.values += [(candidate, what, value, effects) for value in left]


def _attname(what: CustomField) -> str:
    return CandidateValue._meta.get_field(custom_fields.COLUMN[Type(what.type)]).attname  # type: ignore[union-attr]


def _typed(what: CustomField, value: Any) -> Any:
    return CandidateValue._meta.get_field(custom_fields.COLUMN[Type(what.type)]).to_python(value)  # type: ignore[union-attr]


COLUMNS = ("text", "number", "date", "option_id", "user_id", "is_set", "set_by_id", "set_at", "origin")


def write_down(wave: Wave) -> None:
    """Write what was gathered: added rows by COPY, changed ones by one statement."""
    rows = []
    for number, (candidate, what, value, effects) in zip(
        next_ids(CandidateValue, len(wave.values)), wave.values, strict=True
    ):
        effects.setdefault("values", []).append([number, wave.now.isoformat(), None])
        row = dict.fromkeys(COLUMNS) | {
            "id": number,
            "candidate_id": candidate,
            "field_id": what.pk,
            "text": "",
            "is_set": True,
            "set_by_id": wave.batch.by_id,
            "set_at": wave.now,
            "origin": "import",
        }
        rows.append(row | {_attname(what): value})
    copy_rows(CandidateValue, rows)
    _update(wave.changed_values)


def _update(rows: Sequence[CandidateValue]) -> None:
    if rows:
        CandidateValue.objects.bulk_update(rows, [name.removesuffix("_id") for name in COLUMNS], batch_size=500)


def take_back(rows: Sequence[ImportRow], people: Collection[int]) -> None:
    """Give known people the values they had before these rows (the last one first), as far as nobody has changed them since."""
    deeds = [deed for row in rows for deed in row.effects.get("values", [])]
    if not deeds:
        return
    values = CandidateValue.objects.filter(candidate__in=people).in_bulk([number for number, *_ in deeds])
    gone, back = set(), set()
    for number, at, before in deeds:
        value = values.get(number)
        if value is None or value.set_at != parse_datetime(at):
            continue
        if before is None:
            gone.add(number)
            continue
        for field in CandidateValue._meta.concrete_fields:
            setattr(value, field.attname, read(field, before))
        back.add(number)
    CandidateValue.objects.filter(pk__in=gone).delete()
    _update([values[number] for number in sorted(back - gone)])
