"""Custom fields in a query: `cf.notice_period:>=3`, `cf.visa:yes`, `cf.budget_owner:me`, `cf.portfolio:none`.

They come and go while the product runs, so they are found by name. Whoever may not see a field is told that there is none.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q

from hiring import custom_fields
from hiring.errors import Refused
from hiring.models import CustomField, User
from hiring.models.custom_fields import CustomFieldQuerySet
from hiring.query.fields import Asked, Condition, Field, Suggestion, finders, of_choices, passing
from hiring.query.grammar import value_text
from hiring.query.tree import Term
from hiring.query.values import named, plain_value, span, wrong

PREFIX = "cf."
SUGGESTED = 12
Type = CustomField.Type
EXAMPLES: dict[str, str] = {Type.NUMBER: ">=3", Type.MONEY: "50000..70000", Type.DATE: "<30d", Type.USER: "me"}


def find(name: str) -> Field | None:
    """The field of this name, whoever asks; what it matches is decided by who does."""
    if not name.startswith(PREFIX) or len(name) == len(PREFIX):
        return None
    return Field(name, name, f"{name}:any", _match, suggest=lambda user, beginning: _suggest(user, name, beginning))


def _all(user: User) -> Iterable[Field]:
    """The custom fields a person may see, each with a value of its type as example."""
    for what in _visible(user).prefetch_related("options"):
        name = f"{PREFIX}{what.key}"
        if what.type in EXAMPLES:
            value = EXAMPLES[what.type]
        else:
            value = (
                value_text(Term(name, what.options.all()[0].label))
                if what.has_options and what.options.all()
                else "any"
            )
        yield Field(name, what.name, f"{name}:{value}", _match, suggest=partial(_suggest_of, name))


def _suggest_of(name: str, user: User, beginning: str) -> Iterable[Suggestion]:
    return _suggest(user, name, beginning)


finders.append(find)
passing.append(_all)


def _match(asked: Asked, term: Term) -> Condition:
    what = _field(asked.user, term.field)
    if what is None:
        names = [f"{PREFIX}{key}" for key in _visible(asked.user).values_list("key", flat=True)]
        close = difflib.get_close_matches(term.field, names, n=1, cutoff=0.6)
        hint = f" Did you mean {close[0]}:?" if close else ""
        instead = f"{close[0]}:{value_text(term)}" if close else ""
        raise wrong(term, f"There is no field “{term.field}”.{hint}", instead)
    owner = custom_fields.owners[what.kind]
    rows = owner.values.objects.filter(field=what, is_set=True)  # type: ignore[attr-defined]
    if what.kind != "candidate":
        rows = rows.filter(**{f"{what.kind}__in": owner.visible(asked.user).order_by().values("pk")})
    if not term.op and term.text.lower() in ("none", "any"):
        some = Q(pk__in=rows.values(owner.person))
        return some if term.text.lower() == "any" else ~some
    return Q(pk__in=rows.filter(_condition(asked, term, what)).values(owner.person))


def _field(user: User, name: str) -> CustomField | None:
    return _visible(user).filter(key=name.removeprefix(PREFIX)).prefetch_related("options").first()


def _visible(user: User) -> CustomFieldQuerySet:
    kinds = [owner.kind for owner in custom_fields.owners.values() if owner.person]
    return CustomField.objects.visible_to(user).in_use().filter(kind__in=kinds)


def _condition(asked: Asked, term: Term, what: CustomField) -> Q:
    if what.type in {Type.NUMBER, Type.MONEY}:
        return _between("number", term, lambda text: _amount(term, what, text))
    if what.type == Type.DATE:
        return _days(asked, term)
    if what.has_options:
        return Q(option__in=named(term, [(one.pk, one.label) for one in what.options.all()], "choice"))
    text = plain_value(term)
    if what.type == Type.USER:
        if text.lower() == "me":
            return Q(user=asked.user.pk)
        return Q(user__in=named(term, list(User.objects.values_list("pk", "full_name")), "colleague"))
    return Q(text__istartswith=text) if term.is_prefix else Q(text__icontains=text)


def _between(column: str, term: Term, read: Any) -> Q:
    if term.op == "..":
        low, high = (read(text) if text else None for text in (term.text, term.to))
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        found = Q()
        if low is not None:
            found &= Q(**{f"{column}__gte": low})
        if high is not None:
            found &= Q(**{f"{column}__lte": high})
        return found
    lookup = {"": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}[term.op]
    return Q(**{f"{column}__{lookup}": read(term.text)})


def _amount(term: Term, what: CustomField, text: str) -> Decimal:
    try:
        value: Decimal = custom_fields.clean(what, text)
    except Refused:
        value = None  # type: ignore[assignment]
    if value is None:
        raise wrong(term, f"{term.field}: needs a number, such as {term.field}:>=5.")
    return value


def _days(asked: Asked, term: Term) -> Q:
    """A day is compared as the day it is: the moments of a span become the days they begin on."""
    low, high = span(term, asked.now, asked.user.zone)
    found = Q()
    if low:
        found &= Q(date__gte=_day(low, asked.user))
    if high:
        found &= Q(date__lt=_day(high, asked.user))
    return found


def _day(moment: dt.datetime, user: User) -> dt.date:
    return moment.astimezone(user.zone).date()


def _suggest(user: User, name: str, beginning: str) -> Iterable[Suggestion]:
    what = _field(user, name)
    if what is None:
        return []
    if what.type == Type.USER:
        people = User.objects.filter(is_active=True, full_name__icontains=beginning).values_list("full_name", flat=True)
        return [Suggestion("me", user.full_name), *(Suggestion(person) for person in people[:SUGGESTED])]
    begins = beginning.lower()
    labels = [one.label for one in what.options.all() if f" {one.label.lower()}".find(f" {begins}") >= 0]
    either = [Suggestion("any", "filled in"), Suggestion("none", "not filled in")]
    times = custom_times(user, beginning) if what.type == Type.DATE else ()
    return [
        *(Suggestion(label) for label in labels[:SUGGESTED]),
        *times,
        *(one for one in either if one.value.startswith(begins)),
    ]


custom_times = of_choices(
    [("<30d", "in the last 30 days"), ("this-month", ""), ("next-month", ""), ("2026-Q1", "a quarter")]
)
