"""Custom fields in a query: `cf.notice_period:>=3`, `cf.visa:yes`, `cf.budget_owner:me`, `cf.portfolio:none`.

They come and go while the product runs, so they are found by name. Whoever may not see a field is told that there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q

from hiring import custom_fields
from hiring.errors import Refused
from hiring.models import CustomField, User
from hiring.query.fields import Asked, Condition, Field, Suggestion, finders
from hiring.query.tree import Term
from hiring.query.values import named, plain_value, span, wrong

PREFIX = "cf."
SUGGESTED = 12
Type = CustomField.Type


def find(name: str) -> Field | None:
    """The field of this name, whoever asks; what it matches is decided by who does."""
    if not name.startswith(PREFIX) or len(name) == len(PREFIX):
        return None
    return Field(name, name, f"{name}:any", _match, suggest=lambda user, beginning: _suggest(user, name, beginning))


finders.append(find)


def _match(asked: Asked, term: Term) -> Condition:
    what = _field(asked.user, term.field)
    if what is None:
        raise wrong(term, f"There is no field “{term.field}”.")
    owner = custom_fields.owners[what.kind]
    rows = owner.values.objects.filter(field=what, is_set=True)  # type: ignore[attr-defined]
    if what.kind != "candidate":
        rows = rows.filter(**{f"{what.kind}__in": owner.visible(asked.user).order_by().values("pk")})
    if not term.op and term.text.lower() in ("none", "any"):
        some = Q(pk__in=rows.values(owner.person))
        return some if term.text.lower() == "any" else ~some
    return Q(pk__in=rows.filter(_condition(asked, term, what)).values(owner.person))


def _field(user: User, name: str) -> CustomField | None:
    key = name.removeprefix(PREFIX)
    kinds = [owner.kind for owner in custom_fields.owners.values() if owner.person]
    rows = CustomField.objects.visible_to(user).in_use().filter(kind__in=kinds, key=key)
    return rows.prefetch_related("options").first()


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
        found = Q()
        if term.text:
            found &= Q(**{f"{column}__gte": read(term.text)})
        if term.to:
            found &= Q(**{f"{column}__lte": read(term.to)})
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
    labels = [one.label for one in what.options.all() if one.label.lower().startswith(beginning.lower())]
    return [
        *(Suggestion(label) for label in labels[:SUGGESTED]),
        Suggestion("any", "filled in"),
        Suggestion("none", "not filled in"),
    ]
