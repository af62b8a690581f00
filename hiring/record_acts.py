"""Bulk acts on the record itself: put a tag on, take one off, say who looks after people. A few statements a batch."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from hiring import access, bulk, candidates, merging
from hiring.bulk import Deed, Params
from hiring.bulk_declared import OneOf, Tie, tell
from hiring.errors import Refused
from hiring.models import Candidate, CandidateTag, PeopleActItem, Tag, User


def _read_tag(posted: QueryDict, value: str, user: User) -> Params:
    tag = candidates.tag_named(value)
    return {"tag": tag.pk, "name": tag.name}


def _read_known_tag(posted: QueryDict, value: str, user: User) -> Params:
    tag = Tag.objects.filter(name__iexact=" ".join(value.split())).first()
    if tag is None:
        raise Refused("There is no tag of this name.")
    return {"tag": tag.pk, "name": tag.name}


TAGS = Tie(
    rows=CandidateTag,
    key="tag",
    stands=lambda deed: Tag.objects.filter(pk=deed.params["tag"]).exists(),
    gone="The tag was deleted meanwhile.",
    has="Has this tag.",
    lacks="Does not have this tag.",
    changed="Somebody has changed this tag since.",
    tied="candidate.tagged",
    untied="candidate.untagged",
    made=lambda deed: {"added_by_id": deed.by.pk},
    keeps=("added_by_id", "added_at"),
    touches=True,
)


def _able(user: User) -> QuerySet[User]:
    """Who can look after candidates."""
    return User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)


OWNERS = OneOf("owner", _able, "Choose who is to look after them.", label="full_name")


def _own(deed: Deed) -> None:
    owner = OWNERS.find(deed.by, deed.params["owner"])
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
    tell("candidate.owner_changed", deed, told, touches=True)


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
    tell("candidate.owner_changed", deed, told, touches=True)


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
        do=TAGS.tie,
        undo=TAGS.untie_again,
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
        do=TAGS.untie,
        undo=TAGS.tie_again,
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
        read=OWNERS.read,
        title=lambda params: f"Change owner to {params['name']}",
        said="{what} now looks after {people}.",
        do=_own,
        undo=_own_as_before,
        choices=OWNERS.choices,
        button="Change owner",
        order=20,
        on_board=True,
    )
)
