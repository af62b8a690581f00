"""What the pages about sources show: each with its names and what came by it lately, and names nobody knows yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone

from hiring import sources
from hiring.models import Source, SourceAlias, SourceMerge, User
from pipeline.intake import CAREER_SITE, NAMED_BY
from pipeline.models import Application

YEAR = dt.timedelta(days=365)
LATELY = dt.timedelta(days=90)
SHOWN = 15


@dataclass
class Row:
    source: Source
    applications: int = 0
    aliases: list[str] = field(default_factory=list)


@dataclass
class Group:
    label: str
    rows: list[Row] = field(default_factory=list)


def groups(user: User) -> list[Group]:
    """The sources by group, those offered first, with the applications of a year as far as the reader sees their jobs."""
    since = timezone.now() - YEAR
    came = Application.objects.visible_to(user).filter(applied_at__gte=since, transferred_to__isnull=True)
    counts = dict(came.values_list("source").annotate(Count("pk")).order_by())
    names: dict[int, list[str]] = {}
    for pk, key in SourceAlias.objects.values_list("source", "key"):
        names.setdefault(pk, []).append(key)
    found = {kind: Group(label) for kind, label in Source.Kind.choices}
    for source in Source.objects.filter(merged_into=None).order_by("-is_active", "name"):
        found[source.kind].rows.append(Row(source, counts.get(source.pk, 0), names.get(source.pk, [])))
    return [group for group in found.values() if group.rows]


def merges() -> list[SourceMerge]:
    """The latest merges that stand or are being carried out."""
    rows = SourceMerge.objects.exclude(state=SourceMerge.State.UNDONE).select_related("source", "into", "by")
    return list(rows[:SHOWN])


def unknown() -> list[tuple[str, int]]:
    """Names people came by in the last 90 days that mean no source, the commonest first, with how many applied."""
    site = sources.find(CAREER_SITE)
    blank = Value("", output_field=TextField())
    said = [NullIf(KT(f"origin__first__{key}"), blank) for key in (*NAMED_BY, "referrer")]
    came = Application.objects.filter(applied_at__gte=timezone.now() - LATELY, source=site, origin__has_key="first")
    named = came.annotate(_name=Lower(Coalesce(*said))).exclude(_name=None).values_list("_name")
    counted: dict[str, int] = {}
    for name, count in named.annotate(n=Count("pk")).order_by("-n")[: 4 * SHOWN]:
        key = sources.key_of(name.removeprefix("www."))
        counted[key] = counted.get(key, 0) + count
    known = {sources.key_of(name) for _, name, _ in sources.by_name()}
    return [(name, count) for name, count in counted.items() if name not in known][:SHOWN]
