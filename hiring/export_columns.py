"""The columns of an export that the record itself has, and exporting as a bulk act."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from hiring import access, bulk, exports
from hiring.bulk import Params
from hiring.errors import Refused
from hiring.exports import Column, register_column
from hiring.models import Candidate, CandidateTag, ContactPoint, User


def fact(key: str, label: str, read: Callable[[Candidate], Any], order: int, *, is_usual: bool = False) -> None:
    """A column that stands on the person's own row."""

    def values(user: User, people: Sequence[Candidate]) -> dict[int, str]:
        return {person.pk: str(read(person) or "") for person in people}

    register_column(Column(key, label, values, order, is_usual=is_usual))


def point(kind: str, key: str, label: str, order: int) -> None:
    """The primary contact point of a kind; all profile links."""

    def values(user: User, people: Sequence[Candidate]) -> dict[int, str]:
        points = ContactPoint.objects.filter(candidate__in=people, kind=kind, is_live=True)
        found: dict[int, list[str]] = defaultdict(list)
        for pk, raw in points.order_by("-is_primary", "pk").values_list("candidate", "raw"):
            found[pk].append(raw)
        most = 1 if kind != ContactPoint.Kind.LINK else 5
        return {pk: ", ".join(raws[:most]) for pk, raws in found.items()}

    register_column(Column(key, label, values, order, may=access.can_add_candidates, is_usual=kind == "email"))


def tags(user: User, people: Sequence[Candidate]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    uses = CandidateTag.objects.filter(candidate__in=people).order_by("tag__name")
    for pk, name in uses.values_list("candidate", "tag__name"):
        found[pk].append(name)
    return {pk: ", ".join(names) for pk, names in found.items()}


def day(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


fact("name", "Name", lambda person: person.name, 10, is_usual=True)
fact("headline", "Headline", lambda person: person.headline, 20, is_usual=True)
fact("company", "Company", lambda person: person.company, 22)
fact("location", "Location", lambda person: person.location, 24, is_usual=True)
fact("country", "Country", lambda person: person.country, 26)
fact("language", "Language", lambda person: person.language, 28)
point("email", "email", "E-mail", 30)
point("phone", "phone", "Phone", 32)
point("link", "links", "Profile links", 34)
fact("source", "Source", lambda person: person.source, 40, is_usual=True)
fact("owner", "Owner", lambda person: person.owner, 42, is_usual=True)
register_column(Column("tags", "Tags", tags, 44, is_usual=True))
fact("contactable", "Do not contact", lambda person: "yes" if person.do_not_contact else "", 60)
fact("contacted", "Last contact", lambda person: day(person.last_contact and person.last_contact[1]), 62)
fact("added", "Added on", lambda person: day(person.created_at), 64)


def _read(posted: QueryDict, value: str, user: User) -> Params:
    """The chosen columns in their order, and the format; the usual ones when nothing was chosen yet."""
    able = exports.columns_for(user)
    wanted = set(posted.getlist("column"))
    if "format" not in posted:
        wanted = {column.key for column in able if column.is_usual}
    chosen = [column for column in able if column.key in wanted]
    if not chosen:
        raise Refused("Choose at least one column.")
    ending = posted.get("format", "csv")
    if ending not in exports.FORMATS:
        raise Refused("Choose a format.")
    return {
        "columns": [column.key for column in chosen],
        "format": ending,
        "name": exports.FORMATS[ending],
    }


def _offers(user: User) -> dict[str, Any]:
    return {"columns": exports.columns_for(user), "formats": exports.FORMATS.items()}


def _nothing(deed: bulk.Deed) -> None:
    raise TypeError("An export is written as a whole.")


bulk.register(
    bulk.Kind(
        key="export",
        label="Export",
        icon="file-export",
        field="",
        may=access.can_export,
        read=_read,
        title=lambda params: f"Export as {params['name']}",
        said="The file with {people} is ready.",
        do=_nothing,
        whole=exports.write,
        button="Export",
        order=90,
        options="hiring/_bulk_export.html",
        offers=_offers,
    )
)
