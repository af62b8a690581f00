"""Two records side by side: what each says, fact by fact, and whose word is kept unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format

from hiring import custom_fields, merging
from hiring.models import CustomField, DuplicatePair, User

FIRST, SECOND, BOTH = "first", "second", "both"
WORDS = {"time_zone": "Time zone", "source_note": "Found", "referred_by": "Referred by", "company": "Works at"}
CAME = {
    "typed": "typed",
    "import": "from an import",
    "form": "from a form",
    "merge": "from a merge",
    "api": "by the API",
}


@dataclass(frozen=True)
class Fact:
    """A line of the comparison. `name` is what the choice is called in forms and in `merging.merge`; `first_from` and
    `second_from` say where the words came from. Of a field of several, both lists can be kept together."""

    name: str
    label: str
    first: str
    second: str
    keep: str
    first_from: str = ""
    second_from: str = ""
    is_several: bool = False
    is_private: bool = False

    @property
    def differs(self) -> bool:
        return self.first != self.second

    @property
    def sides(self) -> list[tuple[str, str, str]]:
        return [(FIRST, self.first, self.first_from), (SECOND, self.second, self.second_from)]


def facts(pair: DuplicatePair) -> list[Fact]:
    """The facts of the record itself that at least one of the two has."""
    found = []
    for name in merging.FACTS:
        mine, theirs = (str(getattr(one, name) or "") for one in (pair.first, pair.second))
        if mine or theirs:
            kept = merging.default_choice(pair.first, pair.second, name)
            label = WORDS.get(name, name.replace("_", " ").capitalize())
            found.append(Fact(name, label, mine, theirs, FIRST if kept == merging.SURVIVOR else SECOND))
    return found


def further_facts(pair: DuplicatePair, user: User) -> list[Fact]:
    """The custom fields the user may see of which at least one record holds a value: one query."""
    held = custom_fields.values_of("candidate", [pair.first_id, pair.second_id], user)
    mine, theirs = ({one.field: one for one in held.get(pk, [])} for pk in (pair.first_id, pair.second_id))
    fields = sorted({*mine, *theirs}, key=lambda field: (field.position, field.name))
    return [_further(field, mine.get(field), theirs.get(field)) for field in fields]


def _further(field: CustomField, mine: custom_fields.Shown | None, theirs: custom_fields.Shown | None) -> Fact:
    is_several = field.type == CustomField.Type.MULTI and mine is not None and theirs is not None
    return Fact(
        name=f"{merging.CUSTOM}{field.key}",
        label=field.name,
        first=mine.words if mine else "",
        second=theirs.words if theirs else "",
        keep=BOTH if is_several else FIRST if mine else SECOND,
        first_from=_whence(mine),
        second_from=_whence(theirs),
        is_several=is_several,
        is_private=field.is_private,
    )


def _whence(shown: custom_fields.Shown | None) -> str:
    """How a value came to be there, of several the latest."""
    if shown is None:
        return ""
    row = max(shown.rows, key=lambda one: one.set_at)
    who = f" by {row.set_by}" if row.set_by else ""
    return f"{CAME.get(row.origin, row.origin)}{who}, {date_format(row.set_at, 'j M Y')}"


def choices(facts: list[Fact], posted: Mapping[str, str], kept: str) -> dict[str, str]:
    """What was ticked, said of the record that is kept and of the other one; nothing about facts that were not shown."""
    said = {BOTH: merging.BOTH, kept: merging.SURVIVOR, SECOND if kept == FIRST else FIRST: merging.OTHER}
    chosen = {fact.name: posted.get(f"fact_{fact.name}", "") for fact in facts}
    allowed = {fact.name: {FIRST, SECOND, BOTH} if fact.is_several else {FIRST, SECOND} for fact in facts}
    return {name: said[side] for name, side in chosen.items() if side in allowed[name]}
