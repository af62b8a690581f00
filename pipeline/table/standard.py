"""The columns the pipeline itself knows: the person, where the application stands, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Greatest, Lower, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from hiring import custom_fields, exports
from hiring.models import ContactPoint, CustomField, TimelineEvent, User
from hiring.templatetags.throughline import ago, stage_chip
from pipeline import sub_status
from pipeline.cards import notices_for, tone_of
from pipeline.models import Application, ApplicationValue
from pipeline.people_acts import OF_APPLICATIONS
from pipeline.table.columns import (
    NAME,
    Cell,
    Cells,
    Column,
    Look,
    Sort,
    each,
    moment,
    more_columns,
    number,
    register,
    text,
)

LINES = 2
SAFE_OF_A_PERSON = {"company", "location", "country", "contactable", "contacted", "added"}
"""What may be read of somebody whose name is hidden: as on a card of the board."""
OURS = {"name", "owner", "source", "in_process"}
"""Columns of an export that a table has in words of its own."""
ADDRESS = ContactPoint.objects.filter(
    candidate=OuterRef("candidate"), kind=ContactPoint.Kind.EMAIL, is_live=True
).order_by("-is_primary", "pk")
NEWEST = TimelineEvent.objects.filter(candidate=OuterRef("candidate"), job=OuterRef("job")).order_by("-at", "-pk")
"""Looked up in an index for each row, which is nothing for the thousands that are ordered at all (rows.SORTED_UP_TO)."""
PERSON_SORTS = {
    "headline": text(Lower("candidate__headline")),
    "company": text(Lower("candidate__company")),
    "location": text(Lower("candidate__location")),
    "country": text(F("candidate__country")),
    "language": text(F("candidate__language")),
    "email": text(Lower(Subquery(ADDRESS.values("raw")[:1]))),
    "contactable": number(Cast("candidate__do_not_contact", IntegerField())),
    "contacted": moment(Greatest("candidate__last_contacted_at", "candidate__last_sign_of_life_at")),
    "added": moment(F("candidate__created_at"), is_set=True),
}


def day(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""


def when(at: dt.datetime | None) -> Cell:
    """A day in a file; on the page how long ago, with the exact time on hover."""
    return Cell(day(at), format_html("{}", ago(at))) if at else Cell()


def _name(look: Look, row: Application) -> Cell:
    person = row.candidate
    url = reverse("candidate", args=[row.candidate_id])
    link = format_html('<a class="tl-link" href="{}" data-drawer="{}drawer/">{}</a>', url, url, person.name)
    return Cell(person.name, link)


def _stage(look: Look, row: Application) -> Cell:
    return Cell(row.stage.name, stage_chip(row.stage))


def _entered(look: Look, row: Application) -> Cell:
    tone = tone_of(look.now - row.entered_stage_at, row.stage) if row.is_active else ""
    shown = format_html("{}", ago(row.entered_stage_at))
    if tone:
        shown = format_html('<span class="tl-age" data-tone="{}">{}</span>', tone, shown)
    return Cell(day(row.entered_stage_at), shown)


def _waits(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    found = sub_status.of(look.user, [row.pk for row in rows])
    return {
        pk: Cell(one.kind.label, format_html('<span class="tl-sub">{}</span>', one.kind.label))
        for pk, one in found.items()
    }


def _next(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    said = notices_for(look.user, [row.pk for row in rows if row.is_active])
    found = {}
    for pk, lines in said.items():
        shown = [(line.tone, line.text) for line in lines[:LINES]]
        html = format_html_join("", '<span class="tl-cell-line" data-tone="{}">{}</span>', shown)
        found[pk] = Cell("; ".join(words for _, words in shown), html)
    return found


def _criteria(look: Look, row: Application) -> Cell:
    found = getattr(row, "judgement", None)
    if found is None or not found.of:
        return Cell()
    return Cell(f"{found.met} of {found.of}")


def _musts(look: Look, row: Application) -> Cell:
    found = getattr(row, "judgement", None)
    if found is None or not found.musts:
        return Cell()
    said = f"{found.musts_met} of {found.musts}"
    is_all = found.musts_met == found.musts
    return Cell(said, format_html('<span class="tl-good">{}</span>', said) if is_all else None)


def _share(part: str, whole: str) -> Any:
    """Of a thousand, so that jobs that ask for more do not stand first in a table of all."""
    return F(f"judgement__{part}") * 1000 / NullIf(F(f"judgement__{whole}"), Value(0))


def _also(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    """Other live applications of the same people, for jobs the reader sees."""
    people = {row.candidate_id for row in rows}
    others = Application.objects.visible_to(look.user).active().filter(candidate__in=people).order_by("pk")
    found: dict[int, list[tuple[int, str]]] = {}
    for pk, person, title, stage in others.values_list("pk", "candidate", "job__title", "stage__name"):
        found.setdefault(person, []).append((pk, f"{title}: {stage}"))
    shown = {}
    for row in rows:
        said = [words for pk, words in found.get(row.candidate_id, []) if pk != row.pk]
        if said:
            shown[row.pk] = Cell("; ".join(said))
    return shown


def _activity(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
    """When anything last happened to the person on this job: the newest event, from the index of the timeline."""
    seen = Application.objects.filter(pk__in=[row.pk for row in rows]).annotate(_at=Subquery(NEWEST.values("at")[:1]))
    return {pk: when(at) for pk, at in seen.values_list("pk", "_at")}


def _job(look: Look, row: Application) -> Cell:
    url = reverse("pipeline:table", args=[row.job_id])
    return Cell(f"{row.job.title} ({row.job.requisition_id})", format_html('<a href="{}">{}</a>', url, row.job.title))


def _person(column: exports.Column) -> Column:
    """A column of the exports of people, about the person of each application."""

    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        people = {row.candidate_id: row.candidate for row in rows}
        said = column.values(look.user, list(people.values()))
        return {row.pk: Cell(said.get(row.candidate_id, "")) for row in rows}

    key = column.key if column.key.startswith("cf.") else f"person.{column.key}"
    sort = PERSON_SORTS.get(column.key)
    tells = column.key not in SAFE_OF_A_PERSON
    return Column(key, column.label, cells, 200 + column.order, "Person", sort, tells=tells)


def of_people(user: User) -> Iterable[Column]:
    return [
        _person(column)
        for column in exports.columns_for(user)
        if column.key not in OURS and not column.key.startswith(OF_APPLICATIONS)
    ]


def of_fields(user: User) -> Iterable[Column]:
    """Custom fields of applications, those this user may see."""
    fields = custom_fields.fields_for("application", user)
    return [_field(what, 120 + place) for place, what in enumerate(fields)]


def _field(what: CustomField, order: int) -> Column:
    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        if "fields" not in look.kept:
            look.kept["fields"] = custom_fields.values_of("application", [row.pk for row in rows], look.user)
        found = look.kept["fields"]
        return {pk: Cell(one.words) for pk, shown in found.items() for one in shown if one.field.pk == what.pk}

    tells = what.type in {CustomField.Type.TEXT, CustomField.Type.LINK, CustomField.Type.USER}
    return Column(f"cf.{what.key}", what.name, cells, order, sort=_sort_of(what), tells=tells)


def _sort_of(what: CustomField) -> Sort | None:
    """By its number, its day as a number, or the place of its choice: one row at most, found by the constraint's index."""
    held = ApplicationValue.objects.filter(application=OuterRef("pk"), field=what.pk, is_set=True)
    if what.type in {CustomField.Type.NUMBER, CustomField.Type.MONEY}:
        none = Value(Decimal(-(10**15)), output_field=held.model._meta.get_field("number"))
        return Sort(Coalesce(Subquery(held.values("number")[:1]), none), "decimal", "-")
    if what.type == CustomField.Type.CHOICE:
        return number(Subquery(held.values("option__position")[:1]), first="")
    return None


def own(key: str, label: str, cells: Cells, order: int, sort: Sort | None = None, **more: object) -> None:
    register(Column(key, label, cells, order, sort=sort, **more))  # type: ignore[arg-type]


own(
    NAME,
    "Candidate",
    each(_name),
    0,
    text(F("candidate__name_key"), is_set=True, walks=True),
    is_usual=True,
    tells=False,
)
own("job", "Job", each(_job), 5, text(Lower("job__title")), is_usual=True, place="all")
own("stage", "Stage", each(_stage), 10, number(F("stage__position"), first=""), is_usual=True)
own("entered", "In stage since", each(_entered), 12, moment(F("entered_stage_at"), is_set=True), is_usual=True)
own("waits", "Waits for", _waits, 14, is_usual=True)
own("next", "Next step", _next, 16)
own("criteria", "Criteria met", each(_criteria), 20, number(_share("met", "of")), is_usual=True, is_number=True)
own("musts", "Must-haves met", each(_musts), 22, number(_share("musts_met", "musts")), is_number=True)
own(
    "applied",
    "Applied",
    each(lambda look, row: when(row.applied_at)),
    30,
    moment(F("applied_at"), is_set=True, walks=True),
    is_usual=True,
)
own(
    "source",
    "Source",
    each(lambda look, row: row.source.name if row.source else ""),
    32,
    text(Lower("source__name")),
    is_usual=True,
)
own(
    "owner",
    "Owner",
    each(lambda look, row: str(row.candidate.owner or "")),
    34,
    text(Lower("candidate__owner__full_name")),
    is_usual=True,
)
own("activity", "Last activity", _activity, 36, moment(Subquery(NEWEST.values("at")[:1])))
own("also", "Other live applications", _also, 38)
own("status", "Status", each(lambda look, row: row.get_status_display()), 40, text(F("status")))
own(
    "reason", "Reason", each(lambda look, row: row.reason.label if row.reason else ""), 42, text(Lower("reason__label"))
)
own("closed", "Ended", each(lambda look, row: when(row.closed_at)), 44, moment(F("closed_at")))
more_columns.extend([of_fields, of_people])
