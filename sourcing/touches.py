"""First and last touch of applications (JOB-18) as colleagues read them: on the profile, in tables, in searches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KT

from hiring import access
from hiring.models import User
from hiring.panels import Asked, Panel, panel
from hiring.query import fields
from hiring.query.fields import Field, Suggestion
from hiring.query.tree import Term
from hiring.query.values import plain_value
from pipeline.models import Application
from pipeline.panels import applications_seen
from pipeline.search_fields import APPLICATION
from pipeline.table.columns import NOTHING, Cell, Column, Look, register
from sourcing.tracking.models import TrackingLink

NAMED_BY = ("utm_source", "source", "gh_src", "lever-source", "ref", "referrer")
"""What says where somebody came from, the most telling first."""
SUGGESTED = 12


@dataclass(frozen=True)
class Touch:
    """One way somebody came: from where, by which campaign and link, when. All of it is text that a stranger's address held."""

    place: str
    campaign: str = ""
    link: str = ""
    medium: str = ""
    at: dt.datetime | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.place, self.campaign, self.link and f"“{self.link}”") if part)


@dataclass(frozen=True)
class Touches:
    application: Application
    first: Touch | None
    last: Touch | None

    @property
    def is_one(self) -> bool:
        return self.first == self.last


def of(applications: Iterable[Application]) -> list[Touches]:
    """Those that have any; one question more where one came by a tracking link."""
    with_touches = [one for one in applications if _raw(one, "first") or _raw(one, "last")]
    tokens = {_raw(one, way).get("via", "") for one in with_touches for way in ("first", "last")} - {""}
    labels = dict(TrackingLink.objects.filter(token__in=tokens).values_list("token", "label")) if tokens else {}
    return [Touches(one, read(_raw(one, "first"), labels), read(_raw(one, "last"), labels)) for one in with_touches]


def read(raw: Mapping[str, Any], labels: Mapping[str, str]) -> Touch | None:
    if not raw:
        return None
    place = next((str(raw[name]) for name in NAMED_BY if raw.get(name)), "")
    at = None
    with suppress(ValueError):
        at = dt.datetime.fromisoformat(str(raw.get("at", "")))
    link = labels.get(raw.get("via", ""), "")
    return Touch(place or "A link", str(raw.get("utm_campaign", "")), link, str(raw.get("utm_medium", "")), at)


def _raw(application: Application, way: str) -> dict[str, Any]:
    """As it was captured. What was stored by others than the career site need not have the shape."""
    found = application.origin.get(way) if isinstance(application.origin, dict) else None
    return found if isinstance(found, dict) else {}


# --- on the profile -------------------------------------------------------------------------------------------------


@panel("right", 36)
def how_they_came(asked: Asked) -> Panel | None:
    """For those who work with candidates: which advert brought them, and which was the last before they applied."""
    if asked.user.role not in access.WORKS_WITH_CANDIDATES:
        return None
    found = of(asked.once(applications_seen))
    return Panel("sourcing/_touches.html", {"touches": found}) if found else None


# --- in tables ------------------------------------------------------------------------------------------------------


def _shown(way: str):  # type: ignore[no-untyped-def]
    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        if "touches" not in look.kept:
            whole = Application.objects.filter(pk__in=[row.pk for row in rows]).only("pk", "origin")
            look.kept["touches"] = {one.application.pk: one for one in of(whole)}
        found = look.kept["touches"]
        touches = {row.pk: getattr(found[row.pk], way) if row.pk in found else None for row in rows}
        return {pk: Cell(str(touch)) if touch else NOTHING for pk, touch in touches.items()}

    return cells


# Written by strangers' addresses, so it may name somebody: not shown of people whose name is hidden.
register(Column("first_touch", "First touch", _shown("first"), 33, tells=True))
register(Column("last_touch", "Last touch", _shown("last"), 33, tells=True))


# --- in searches ----------------------------------------------------------------------------------------------------


def _either(path: str, value: str, lookup: str) -> Q:
    """Applications whose first or last touch says so."""
    found = Q()
    for way in ("first", "last"):
        named = Application.objects.annotate(_said=KT(f"origin__{way}__{path}")).filter(**{f"_said__{lookup}": value})
        found |= Q(pk__in=named.order_by().values("pk"))
    return found


def _campaign(asked: fields.Asked, term: Term) -> fields.Condition:
    return _either("utm_campaign", plain_value(term), "istartswith" if term.is_prefix else "iexact")


def _link(asked: fields.Asked, term: Term) -> fields.Condition:
    """By the letters of its address or by its label, of links one may see."""
    text = plain_value(term)
    seen = TrackingLink.objects.visible_to(asked.user)
    named = Q(token=text.lower()) | (Q(label__istartswith=text) if term.is_prefix else Q(label__iexact=text))
    tokens = list(seen.filter(named).values_list("token", flat=True)[:500])
    return _either("via", tokens, "in")  # type: ignore[arg-type]


def _campaigns(user: User, beginning: str) -> Iterable[Suggestion]:
    used = TrackingLink.objects.visible_to(user).filter(campaign__icontains=beginning).exclude(campaign="")
    for name in used.order_by("campaign").values_list("campaign", flat=True).distinct()[:SUGGESTED]:
        yield Suggestion(name)


def _links(user: User, beginning: str) -> Iterable[Suggestion]:
    found = TrackingLink.objects.visible_to(user).filter(label__icontains=beginning).order_by("-created_at")
    for label, token in found.values_list("label", "token")[:SUGGESTED]:
        yield Suggestion(label, f"/go/{token}")


fields.register(
    Field(
        "campaign", "Campaign", 'campaign:"spring fair"', _campaign, "choice",
        suggest=_campaigns, may=access.can_distribute, together=APPLICATION, order=31,
    )
)  # fmt: skip
fields.register(
    Field(
        "link", "Tracking link", 'link:"poster in the canteen"', _link, "choice",
        suggest=_links, may=access.can_distribute, together=APPLICATION, order=32,
    )
)  # fmt: skip
