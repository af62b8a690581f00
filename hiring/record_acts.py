"""Bulk acts on the record itself: put a tag on, take one off, say who looks after people. A few statements a batch."""

from __future__ import annotations

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from hiring import access, bulk, candidates, merging
from hiring.bulk import Deed, Params
from hiring.errors import Refused
from hiring.models import Candidate, CandidateTag, PeopleActItem, Tag, User
from hiring.timeline import record_all

PUT_ON = """
INSERT INTO hiring_candidatetag (candidate_id, tag_id, added_by_id, added_at)
SELECT id, %s, %s, %s FROM unnest(%s::bigint[]) AS id RETURNING id, candidate_id
"""
TAG_IS_GONE = "The tag was deleted meanwhile."


def _read_tag(posted: QueryDict, value: str, user: User) -> Params:
    tag = candidates.tag_named(value)
    return {"tag": tag.pk, "name": tag.name}


def _read_known_tag(posted: QueryDict, value: str, user: User) -> Params:
    tag = Tag.objects.filter(name__iexact=" ".join(value.split())).first()
    if tag is None:
        raise Refused("There is no tag of this name.")
    return {"tag": tag.pk, "name": tag.name}


def _tag(deed: Deed) -> None:
    tag_id = deed.params["tag"]
    if not Tag.objects.filter(pk=tag_id).exists():
        deed.leave_out_rest(TAG_IS_GONE)
        return
    for pk in _with(tag_id, deed):
        deed.already(pk, "Has this tag.")
    new = deed.ids
    with connection.cursor() as cursor:
        cursor.execute(PUT_ON, [tag_id, deed.by.pk, timezone.now(), new])
        for row, candidate in cursor.fetchall():
            deed.done(candidate, row=row)
    _changed("candidate.tagged", deed, {pk: {"tag": tag_id} for pk in new})


def _untag(deed: Deed) -> None:
    """What is taken off is kept as it was: who had put it on, and when."""
    tag_id, told = deed.params["tag"], {}
    rows = CandidateTag.objects.filter(tag=tag_id, candidate__in=deed.ids)
    for row in rows:
        deed.done(row.candidate_id, by=row.added_by_id, at=row.added_at.isoformat())
        told[row.candidate_id] = {"tag": tag_id}
    CandidateTag.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for pk in deed.ids:
        deed.already(pk, "Does not have this tag.")
    _changed("candidate.untagged", deed, told)


def _take_off_again(deed: Deed) -> None:
    tag_id = deed.params["tag"]
    stand = {row.candidate_id: row.pk for row in CandidateTag.objects.filter(tag=tag_id, candidate__in=deed.ids)}
    gone: dict[int, Params] = {}
    for pk in deed.ids:
        if stand.get(pk) == deed.kept[pk].get("row"):
            gone[pk] = {"tag": tag_id}
            deed.done(pk)
        else:
            deed.leave_out(pk, "Somebody has changed this tag since.")
    CandidateTag.objects.filter(pk__in=[stand[pk] for pk in gone]).delete()
    _changed("candidate.untagged", deed, gone)


def _put_on_again(deed: Deed) -> None:
    tag_id = deed.params["tag"]
    if not Tag.objects.filter(pk=tag_id).exists():
        deed.leave_out_rest(TAG_IS_GONE)
        return
    for pk in _with(tag_id, deed):
        deed.leave_out(pk, "Somebody has put this tag on again since.")
    back = deed.ids
    rows = [CandidateTag(candidate_id=pk, tag_id=tag_id, added_by_id=deed.kept[pk].get("by")) for pk in back]
    CandidateTag.objects.bulk_create(rows)
    for row in rows:
        row.added_at = deed.kept[row.candidate_id]["at"]
        deed.done(row.candidate_id)
    CandidateTag.objects.bulk_update(rows, ["added_at"])
    _changed("candidate.tagged", deed, {pk: {"tag": tag_id} for pk in back})


def _with(tag_id: int, deed: Deed) -> list[int]:
    tagged = CandidateTag.objects.filter(tag=tag_id, candidate__in=deed.ids)
    return list(tagged.values_list("candidate", flat=True))


def owners(user: User) -> list[bulk.Choice]:
    """Who can look after candidates."""
    able = User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)
    return [(str(pk), name) for pk, name in able.values_list("pk", "full_name")]


def _read_owner(posted: QueryDict, value: str, user: User) -> Params:
    found = _able(int(value)) if value.isdecimal() and len(value) < 10 else None
    if found is None:
        raise Refused("Choose who is to look after them.")
    return {"owner": found.pk, "name": found.full_name}


def _able(pk: int) -> User | None:
    return User.objects.filter(pk=pk, is_active=True, role__in=access.WORKS_WITH_CANDIDATES).first()


def _own(deed: Deed) -> None:
    owner = _able(deed.params["owner"])
    if owner is None:
        deed.leave_out_rest("The new owner no longer works with candidates.")
        return
    told = {}
    for person in deed.people:
        if person.owner_id == owner.pk:
            deed.already(person.pk, f"{owner} looks after them already.")
        else:
            told[person.pk] = {"left": person.owner_id, "to": owner.pk}
            deed.done(person.pk, left=person.owner_id)
    Candidate.objects.filter(pk__in=told).update(owner=owner)
    _changed("candidate.owner_changed", deed, told)


def _own_as_before(deed: Deed) -> None:
    to, told = deed.params["owner"], {}
    before = {kept["left"] for kept in deed.kept.values() if kept.get("left") is not None}
    active = set(User.objects.filter(pk__in=before, is_active=True).values_list("pk", flat=True))
    for person in deed.people:
        left = deed.kept[person.pk].get("left")
        if person.owner_id != to:
            deed.leave_out(person.pk, "Somebody else looks after them since.")
        elif left is not None and left not in active:
            deed.leave_out(person.pk, "Who looked after them before no longer works here.")
        else:
            told[person.pk] = {"left": to, "to": left}
            deed.done(person.pk)
    for left in {data["to"] for data in told.values()}:
        Candidate.objects.filter(pk__in=[pk for pk, data in told.items() if data["to"] == left]).update(owner=left)
    _changed("candidate.owner_changed", deed, told)


def _changed(kind: str, deed: Deed, told: dict[int, Params]) -> None:
    """Say it on the timelines and mark the records as changed now."""
    Candidate.objects.filter(pk__in=told).update(updated_at=timezone.now())
    record_all(kind, deed.by, {pk: {**data, "act": deed.act.pk} for pk, data in told.items()})


def settle_items(deed: merging.Merge) -> None:
    """Of an act both records are in, the other one's item stays with it: it is out of sight from now on."""
    mine = PeopleActItem.objects.filter(candidate=deed.survivor).values("act")
    for item in PeopleActItem.objects.filter(candidate=deed.other, act__in=mine):
        deed.leave(item)


merging.movers["hiring.PeopleActItem"] = settle_items
bulk.register(
    bulk.Kind(
        key="tag",
        label="Tag",
        icon="tag",
        field="Tag",
        may=access.can_add_candidates,
        read=_read_tag,
        title=lambda params: f"Tag with {params['name']}",
        said="Tagged {people} with {what}.",
        do=_tag,
        undo=_take_off_again,
        button="Add tag",
        order=10,
        on_board=True,
        finds=True,
    )
)
bulk.register(
    bulk.Kind(
        key="untag",
        label="Untag",
        icon="tag-off",
        field="Tag to take off",
        may=access.can_add_candidates,
        read=_read_known_tag,
        title=lambda params: f"Take off the tag {params['name']}",
        said="Took the tag {what} off {people}.",
        do=_untag,
        undo=_put_on_again,
        button="Take off",
        order=15,
        finds=True,
    )
)
bulk.register(
    bulk.Kind(
        key="owner",
        label="Owner",
        icon="user-check",
        field="New owner",
        may=access.can_add_candidates,
        read=_read_owner,
        title=lambda params: f"Change owner to {params['name']}",
        said="{what} now looks after {people}.",
        do=_own,
        undo=_own_as_before,
        choices=owners,
        button="Change owner",
        order=20,
    )
)
