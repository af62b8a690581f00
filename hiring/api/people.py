"""Finding people, and one person in full: what the list and the profile show, to programs."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from ninja import Field, Path, Query, Router, Schema

from hiring import access, api, cursors, custom_fields, person, search, search_log
from hiring.api import shapes
from hiring.api.door import ApiRequest, Unfit
from hiring.api.shapes import LARGEST_ID, CandidateOut, CandidatePage, CandidateRow
from hiring.models import Candidate, User
from hiring.resumes import exchange

router = Router(tags=["Candidates"])
MOST = 100

Pk = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class Search(Schema):
    """What is asked for."""

    q: str = Field(
        "", max_length=search.LONGEST_QUERY, description="A search as in the search box; empty for everybody."
    )
    after: str = Field("", max_length=300, description="`next` of the page before.")
    sort: Literal["newest", "best", "name", "contact"] = Field(
        "newest", description="`name` is the order that stays the same while records change."
    )
    size: int = Field(50, ge=1, le=MOST)


@router.get("/candidates", response=CandidatePage, url_name="candidate_list", summary="Find people")
def candidate_list(request: ApiRequest, asked: Query[Search]) -> CandidatePage:
    """People you may see who match a search, a page at a time. The search is written down, as one made in the product is."""
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied
    text = asked.q.strip()
    if asked.after and not _is_cursor(asked.after, asked.sort):
        raise Unfit({"after": "This is no `next` of a page in this order."})
    found = search.find(text, request.user, after=asked.after, sort=asked.sort, size=asked.size)
    if text:
        shown = [row.pk for row in found.rows]
        search_log.keep(
            text, request.user, shown, total=found.total, is_estimate=found.is_estimate, is_being_typed=False
        )
    return CandidatePage(
        items=_rows(request, list(found.rows)),
        next=found.next or None,
        total=found.total,
        is_estimate=found.is_estimate,
        similar=found.similar,
    )


def _is_cursor(after: str, sort: str) -> bool:
    """Whether it could have been given out. Anything else would begin at the first page again, for ever."""
    if sort == "best":
        return bool(search.PAGES_OF_BEST.fullmatch(after) or cursors.read(after))
    if sort == "name":
        return bool(search.NAMED_CURSOR.fullmatch(after))
    return bool(cursors.read(after) or (sort == "contact" and re.fullmatch(r"x-[0-9]{1,17}", after)))


def _rows(request: ApiRequest, people: list[Candidate]) -> list[CandidateRow]:
    """The people of a page: two queries for all of them. A list of how to reach people is an export, and for whom that is."""
    fields: dict[int, list[custom_fields.Shown]] = {}
    exports = access.can_export(request.user)
    if exports:
        prefetch_related_objects(people, "contact_points")
        fields = custom_fields.values_of("candidate", [one.pk for one in people], request.user)
    return [
        CandidateRow(
            **shapes.row_of(one, url(request, one), fields.get(one.pk, []) if exports else None, one.tag_names)  # type: ignore[attr-defined]
        )
        for one in people
    ]


def url(request: HttpRequest, thing: Any) -> str:
    return request.build_absolute_uri(thing.get_absolute_url())


@router.get("/candidates/{candidate_id}", response={200: CandidateOut, 304: None, 308: None}, url_name="candidate",
            summary="One person")  # fmt: skip
def candidate(request: ApiRequest, candidate_id: Pk) -> HttpResponse:
    """Everything on the record that you may see. The address of a record that was merged away answers 308 with its survivor.

    Send the `ETag` back as `If-None-Match` to be answered 304 while nothing changed, or as `If-Match` with a change.
    """
    found = find(request.user, candidate_id)
    if found.pk != candidate_id:
        return moved_to(found)
    body = in_full(request, found)
    tag = etag(body)
    if tag in _tags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


def find(user: User, pk: int) -> Candidate:
    """The person of this id, or who they were merged into, as far as the user may see them: 404 for all others."""
    if found := person.find(user, pk):
        return found
    survivor = person.survivor(user, pk)
    found = person.find(user, survivor) if survivor else None
    if found is None:
        raise Http404
    return found


def moved_to(survivor: Candidate) -> HttpResponse:
    """For a record that was merged away; the method and body are to be sent to the survivor's address."""
    response = HttpResponseRedirect(reverse("api:candidate", args=[survivor.pk]))
    response.status_code = 308
    return response


def in_full(request: ApiRequest, found: Candidate) -> bytes:
    """The body of CandidateOut, byte for byte what its ETag is made of."""
    fields = custom_fields.values_of("candidate", [found.pk], request.user)
    tags = [use.tag.name for use in found.tags.all()]
    told = [
        shapes.ApplicationOut(**one)
        for tell in api.applications_of
        for one in tell(request.user, [found.pk]).get(found.pk, [])
    ]
    row = shapes.row_of(found, url(request, found), fields.get(found.pk, []), tags)
    full = CandidateOut(**row, applications=told, resume=exchange.export(found))
    return full.model_dump_json().encode()


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _tags(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",") if one.strip()}


def still_matches(request: ApiRequest, found: Candidate) -> bool:
    """Whether `If-Match`, where it is sent, still names the person as they are now (412 otherwise)."""
    asked = _tags(request.headers.get("If-Match", ""))
    return not asked or "*" in asked or etag(in_full(request, found)) in asked
