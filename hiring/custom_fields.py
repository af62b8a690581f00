"""Fields an organisation added: read, checked and written, whatever they stand on.

Each floor brings the table of its own things' values (`register`). Everything else is the same for all: who may see a field
(`access.custom_fields_visible_to`), how what was typed becomes a value, what is said when it cannot, one query for the values
of a whole page.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.db import models, transaction
from django.db.models import Exists, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format, number_format

from hiring import access
from hiring.amounts import decimals_of, plain_amount
from hiring.errors import Refused
from hiring.models import Candidate, CandidateValue, CustomField, CustomFieldOption, CustomValue, Job, JobValue, User
from hiring.prepared import Given, prepared
from hiring.timeline import loads, record

Type = CustomField.Type
LONGEST_TEXT, LONGEST_LINK = 4000, 500
COLUMN = {
    Type.TEXT: "text",
    Type.LINK: "text",
    Type.NUMBER: "number",
    Type.MONEY: "number",
    Type.DATE: "date",
    Type.CHOICE: "option",
    Type.MULTI: "option",
    Type.USER: "user",
}
BLANK: tuple[Any, ...] = (None, "", [], ())


class Invalid(Refused):
    """What was typed cannot be kept. `errors` says for each field's key why not."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Owner:
    """A kind of thing that fields stand on. `values` is its table, with a foreign key named like the kind.

    `visible(user)` are the things a user may see, `may_edit(user, thing)` says who fills fields in. `candidate` and `job` say
    whom and what a change is about; `check` raises Refused where nothing may change any more; `url` is its page.
    `person` is the path from the thing to its candidate, for searches; empty where it has none.
    """

    kind: str
    model: type[models.Model]
    values: type[CustomValue]
    visible: Callable[[User], QuerySet[Any]]
    may_edit: Callable[[User, Any], bool]
    candidate: Callable[[Any], Candidate | None]
    job: Callable[[Any], Job | None]
    url: Callable[[Any], str]
    check: Callable[[Any], None] = lambda thing: None
    person: str = ""


owners: dict[str, Owner] = {}
"""Kind to its owner; floors above add applications and offers."""


def register(owner: Owner) -> None:
    owners[owner.kind] = owner


def owner_of(thing: models.Model) -> Owner:
    return next(owner for owner in owners.values() if isinstance(thing, owner.model))


@dataclass
class Shown:
    """One field of one thing as a person reads it. `raw` is what a form or a file would hold; a list for several."""

    field: CustomField
    raw: Any = None
    words: str = ""
    url: str = ""
    rows: list[CustomValue] = dataclasses.field(default_factory=list)


# ---------- Reading ----------


def are_used(kind: str, user: User) -> Exists:
    """Whether the user sees any field of a kind, to be annotated to a query that is asked anyway."""
    return Exists(CustomField.objects.visible_to(user).in_use().filter(kind=kind))


def fields_for(kind: str, user: User) -> list[CustomField]:
    """The fields of a kind this user may see, in order, with their options: two queries."""
    options = Prefetch("options", CustomFieldOption.objects.order_by("position", "label"))
    return list(CustomField.objects.visible_to(user).in_use().filter(kind=kind).prefetch_related(options))


def values_of(kind: str, ids: Collection[int], user: User) -> dict[int, list[Shown]]:
    """What is filled in on these things, in the fields' order, as far as the user may see it: one query."""
    found: dict[int, list[Shown]] = {}
    for row in _values(user, kind, things=list(ids)):
        shown = found.setdefault(getattr(row, f"{kind}_id"), [])
        if not shown or shown[-1].field.pk != row.field_id:
            shown.append(Shown(row.field))
        shown[-1].rows.append(row)
    for shown in found.values():
        for one in shown:
            _say(one)
    return found


@prepared
def _values(user: User, kind: str, things: Given) -> QuerySet[CustomValue]:
    seen = access.custom_fields_visible_to(user, "field")
    rows = owners[kind].values.objects.filter(seen, field__is_active=True, is_set=True, **{f"{kind}__any": things})  # type: ignore[attr-defined]
    rows = rows.select_related("field", "option", "user")
    ordered: QuerySet[CustomValue] = rows.order_by(
        kind, "field__position", "field__name", "field", "option__position", "option__label", "pk"
    )
    return ordered


def _say(one: Shown) -> None:
    what, rows = one.field, one.rows
    if what.type == Type.MULTI:
        one.raw = [str(row.option_id) for row in rows]
        one.words = ", ".join(str(row.option) for row in rows)
        return
    row = rows[0]
    value = getattr(row, COLUMN[Type(what.type)])
    one.words = words(what, value)
    one.raw = raw_of(what, value)
    one.url = value if what.type == Type.LINK else ""


def words(what: CustomField, value: Any) -> str:
    """A value as a sentence holds it."""
    if value in BLANK:
        return ""
    if isinstance(value, Decimal):
        plain = value.normalize()
        places = max(-int(plain.as_tuple().exponent), 0)
        if what.type == Type.MONEY:
            places = max(places, 2) if places else 0
        figure = str(number_format(plain, decimal_pos=places, use_l10n=True, force_grouping=True))
        return f"{figure} {what.currency}" if what.type == Type.MONEY else figure
    if isinstance(value, dt.date):
        return str(date_format(value, "j F Y"))
    return str(value)


def raw_of(what: CustomField, value: Any) -> str:
    """A value as a form holds it: what `set_values` takes back."""
    if value in BLANK:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value.pk)
    return str(value)


def columns(kind: str, user: User) -> list[tuple[str, str]]:
    """(key, name) of what an export may hold for this user; the words come from `values_of`. Private fields only for their roles."""
    return [(f"cf.{what.key}", what.name) for what in fields_for(kind, user)]


def searchable(user: User) -> list[CustomField]:
    """The fields `cf.<key>:` may name for this user: those that lead to a person."""
    kinds = [owner.kind for owner in owners.values() if owner.person]
    return list(CustomField.objects.visible_to(user).in_use().filter(kind__in=kinds).prefetch_related("options"))


# ---------- Writing ----------


@transaction.atomic
def set_values(
    thing: models.Model, by: User | None, raw: Mapping[str, Any], *, origin: str = "typed"
) -> list[CustomField]:
    """Write these fields of a thing; blank empties one. Only what changes is written and told. Returns the changed fields.

    `by` None is the system, which sees every field. Raises Invalid with a sentence for each field that cannot be kept,
    and then writes nothing.
    """
    owner = owner_of(thing)
    locked = owner.model._base_manager.select_for_update().get(pk=thing.pk)
    owner.check(locked)
    seen = CustomField.objects.visible_to(by) if by else CustomField.objects.all()
    asked = seen.in_use().filter(kind=owner.kind, key__in=raw).prefetch_related("options")
    known = {what.key: what for what in asked}
    held: dict[int, list[CustomValue]] = {}
    rows = owner.values.objects.filter(**{owner.kind: locked}, field__in=known.values())  # type: ignore[attr-defined]
    for row in rows.select_related("option"):
        held.setdefault(row.field_id, []).append(row)
    errors = {key: "There is no such field." for key in raw if key not in known}
    cleaned: dict[str, Any] = {}
    for key, what in known.items():
        stands = [row for row in held.get(what.pk, []) if row.is_set]
        if what.is_counted and stands and raw[key] == raw_of(what, stands[0].number):
            continue  # kept as it is, although the field may have been narrowed since
        try:
            cleaned[key] = clean(what, raw[key], {row.option_id for row in stands})
        except Refused as refused:
            errors[key] = refused.sentence
    if errors:
        raise Invalid(errors)
    now = timezone.now()
    stamp = {"set_by": by, "set_at": now, "origin": origin}
    changed = [
        known[key]
        for key, value in cleaned.items()
        if _write(owner, locked, known[key], held.get(known[key].pk, []), value, stamp)
    ]
    _tell(owner, locked, changed, by)
    return changed


def fill_in(
    thing: models.Model, by: User | None, raw: Mapping[str, Any], *, origin: str = "typed"
) -> list[CustomField]:
    """Write what is still empty on this thing and leave alone what is filled in. Returns the fields that were filled."""
    owner = owner_of(thing)
    filled = owner.values.objects.filter(**{owner.kind: thing}, is_set=True).values_list("field__key", flat=True)  # type: ignore[attr-defined]
    taken = set(filled)
    missing = {key: value for key, value in raw.items() if key not in taken and value not in BLANK}
    return set_values(thing, by, missing, origin=origin) if missing else []


def _write(
    owner: Owner, thing: models.Model, what: CustomField, held: list[CustomValue], value: Any, stamp: dict[str, Any]
) -> bool:
    """Make the rows of one field say `value`; True when that changed something. Rows are never deleted: what was emptied is
    no longer set, so that its history stays with it."""
    column = COLUMN[Type(what.type)]
    wanted = [] if value in BLANK else value if what.type == Type.MULTI else [value]
    have = {getattr(row, column) for row in held if row.is_set}
    if have == set(wanted):
        return False
    if what.type == Type.MULTI:
        by_option = {row.option: row for row in held}
        for option in {*by_option, *wanted}:
            row = by_option.get(option)
            if row is None or row.is_set != (option in wanted):
                _save(owner, thing, what, row, {"option": option, "is_set": option in wanted, **stamp})
        return True
    kept = wanted[0] if wanted else "" if column == "text" else None
    _save(owner, thing, what, held[0] if held else None, {column: kept, "is_set": bool(wanted), **stamp})
    return True


def _save(owner: Owner, thing: models.Model, what: CustomField, row: CustomValue | None, said: dict[str, Any]) -> None:
    row = row or owner.values(field=what, **{owner.kind: thing})
    for name, value in said.items():
        setattr(row, name, value)
    row.save()


def _tell(owner: Owner, thing: models.Model, changed: Iterable[CustomField], by: User | None) -> None:
    candidate = owner.candidate(thing)
    if candidate is None:
        return
    for what in changed:
        record(candidate, "custom_field.changed", by, job=owner.job(thing), custom_field=what.pk)


@loads("custom_field", is_guarded=True)
def _named_fields(user: User, ids: set[int]) -> dict[int, CustomField]:
    return CustomField.objects.visible_to(user).in_bulk(ids)


# ---------- From text to a value ----------


def clean(what: CustomField, raw: Any, held: Collection[int | None] = ()) -> Any:
    """What was typed as the field's value, None (or an empty list) for nothing. Raises Refused with the reason.

    `held` are the options the thing has now: those may stay although they are retired.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw in BLANK:
        if what.is_required:
            raise Refused(f"{what.name} has to be filled in.")
        return [] if what.type == Type.MULTI else None
    value = CLEAN[Type(what.type)](what, raw, held)
    if value in BLANK:
        return clean(what, None)  # nothing but characters that are none
    return value


def _text(what: CustomField, raw: Any, held: Collection[int | None]) -> str:
    from hiring.notes import clean as plain

    text = plain(str(raw))
    if len(text) > LONGEST_TEXT:
        raise Refused(f"{what.name} is too long: keep it below {LONGEST_TEXT:,} characters.")
    return text


def _number(what: CustomField, raw: Any, held: Collection[int | None]) -> Decimal:
    text = "".join(str(raw).split())
    # 0.125 is an eighth; and what programs send as a number has no marks between thousands.
    is_point = (what.type == Type.NUMBER and text.count(".") == 1 and "," not in text) or not isinstance(raw, str)
    try:
        value = Decimal(text if is_point else plain_amount(text))
    except InvalidOperation:
        raise Refused(f"{what.name} is a number, such as 12 or 7.5.") from None
    if not value.is_finite():
        raise Refused(f"{what.name} is a number, such as 12 or 7.5.")
    if abs(value) >= Decimal(10) ** 15:
        raise Refused(f"{what.name} is too large.")
    return _within(what, value)


def _within(what: CustomField, value: Decimal) -> Decimal:
    """The number as it is kept. Raises Refused where it is finer, smaller or larger than the field takes."""
    is_money = what.type == Type.MONEY
    places = decimals_of(what.currency) if is_money else what.decimals
    kept = value.quantize(Decimal(1).scaleb(-places))
    if kept != value:
        exactly = f"has at most {places} decimal{'' if places == 1 else 's'}" if places else "is a whole number"
        raise Refused(f"{what.name} {exactly}{f' in {what.currency}' if is_money else ''}.")
    least = Decimal(0) if is_money and what.minimum is None else what.minimum
    if least is not None and value < least:
        raise Refused(f"{what.name} is {words(what, least) or '0'} at least.")
    if what.maximum is not None and value > what.maximum:
        raise Refused(f"{what.name} is {words(what, what.maximum)} at most.")
    return kept


def _date(what: CustomField, raw: Any, held: Collection[int | None]) -> dt.date:
    if isinstance(raw, dt.date):
        return raw
    for shape in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(str(raw), shape).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise Refused(f"{what.name} is a date, such as 2026-11-24.")


def _option(what: CustomField, raw: Any, held: Collection[int | None]) -> CustomFieldOption:
    """By number, as forms send it, or by its label, as files and people write it."""
    if isinstance(raw, CustomFieldOption):
        raw = raw.pk
    asked = str(raw).strip()
    options = list(what.options.all())
    found = next((one for one in options if str(one.pk) == asked), None)
    found = found or next((one for one in options if one.label.casefold() == asked.casefold()), None)
    if found is None:
        raise Refused(f"{what.name}: “{asked[:80]}” is not one of the choices.")
    if not found.is_active and found.pk not in held:
        raise Refused(f"{what.name}: “{found.label}” is no longer offered.")
    return found


def _options(what: CustomField, raw: Any, held: Collection[int | None]) -> list[CustomFieldOption]:
    several = raw if isinstance(raw, (list, tuple, set)) else str(raw).split(";")
    chosen = [_option(what, one, held) for one in several if str(one).strip()]
    return list(dict.fromkeys(chosen))


def _link(what: CustomField, raw: Any, held: Collection[int | None]) -> str:
    link = str(raw).strip()
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    broken = any(ord(char) <= 32 or char in '<>"\\^`{|}' for char in link)
    if broken or not host or "." not in host or parts.scheme not in {"http", "https"} or len(link) > LONGEST_LINK:
        raise Refused(f"{what.name} is a web address, such as https://example.org/page.")
    return link


def _user(what: CustomField, raw: Any, held: Collection[int | None]) -> User:
    if isinstance(raw, User):
        return raw
    asked = str(raw).strip()
    mine = Q(pk=int(asked)) if asked.isdecimal() and len(asked) < 18 else Q(email__iexact=asked)
    found = User.objects.filter(mine).first()
    if found is None or not found.is_active:
        raise Refused(f"{what.name} is a colleague with an account.")
    return found


CLEAN: dict[CustomField.Type, Callable[[CustomField, Any, Collection[int | None]], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.DATE: _date,
    Type.CHOICE: _option,
    Type.MULTI: _options,
    Type.LINK: _link,
    Type.USER: _user,
}


register(
    Owner(
        kind="candidate",
        model=Candidate,
        values=CandidateValue,
        visible=lambda user: Candidate.objects.visible_to(user),
        may_edit=access.can_edit_candidate,
        candidate=lambda candidate: candidate,
        job=lambda candidate: None,
        url=lambda candidate: candidate.get_absolute_url(),
        check=lambda candidate: _still_one(candidate),
        person="candidate",
    )
)
register(
    Owner(
        kind="job",
        model=Job,
        values=JobValue,
        visible=lambda user: Job.objects.visible_to(user),
        may_edit=access.can_edit_job,
        candidate=lambda job: None,
        job=lambda job: job,
        url=lambda job: job.get_absolute_url(),
    )
)


def _still_one(candidate: Candidate) -> None:
    if candidate.merged_into_id:
        raise Refused("This record was merged into another one. Open that one.")
