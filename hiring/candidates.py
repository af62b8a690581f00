"""The candidate record by hand: add a person, correct a fact, contact points, tags, owner, do-not-contact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import contact_points, identity, names, origins, search
from hiring.errors import Refused
from hiring.models import Candidate, CandidateTag, ContactPoint, Document, Tag, User
from hiring.timeline import record

EDITABLE = (
    "name",
    "headline",
    "company",
    "location",
    "country",
    "time_zone",
    "language",
    "source",
    "source_note",
    "referred_by",
)
NORMALISE = {
    ContactPoint.Kind.EMAIL: contact_points.normalise_email,
    ContactPoint.Kind.PHONE: contact_points.normalise_phone,
    ContactPoint.Kind.LINK: contact_points.normalise_link,
}


def create(*, by: User | None, purpose: str, basis: str, **fields: Any) -> tuple[Candidate, bool]:
    """Add a person by hand, or find them: the same one door as every intake. True when they are new.

    A person nobody owns yet belongs to who added them.
    """
    fields.setdefault("owner", by)
    return identity.match_or_create(by=by, purpose=purpose, basis=basis, **fields)


@transaction.atomic
def edit(candidate: Candidate, *, by: User | None, document: Document | None = None, **fields: Any) -> Candidate:
    """Correct facts. Only those that really change are written and named in the history, with the document they are from."""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"Not edited this way: {', '.join(sorted(unknown))}")
    candidate = _locked(candidate)
    if "name" in fields:
        fields["name"] = names.clean_name(fields["name"])
    changed = [field for field, value in fields.items() if getattr(candidate, field) != value]
    if not changed:
        return candidate
    for field in changed:
        setattr(candidate, field, fields[field])
    candidate.name_key = names.fold(candidate.name)
    _touch(candidate, "name_key", *changed)
    record(candidate, "candidate.edited", by, fields=changed, **_from(candidate, document, by))
    return candidate


@transaction.atomic
def add_contact_point(
    candidate: Candidate,
    kind: str,
    raw: str,
    *,
    by: User | None,
    primary: bool = False,
    document: Document | None = None,
) -> ContactPoint:
    """Add an e-mail address, phone number or link. Refused when it identifies somebody else: that is one person, or two."""
    candidate = _locked(candidate)
    value = NORMALISE[ContactPoint.Kind(kind)](raw)
    same_kind = candidate.contact_points.filter(kind=kind)
    if same_kind.filter(value=value).exists():
        raise Refused("This person already has it.")
    try:
        with transaction.atomic():
            point = ContactPoint.objects.create(
                candidate=candidate,
                kind=kind,
                value=value,
                raw=contact_points.plain(raw)[:320],
                is_primary=not same_kind.filter(is_primary=True).exists(),
            )
    except IntegrityError as error:
        if "one_person_per_contact_point" not in str(error):
            raise
        raise Refused(_belongs_to(kind, value, by)) from None
    if primary:
        _prefer(point)
    _touch(candidate)
    origin = _from(candidate, document, by)
    record(candidate, "candidate.contact_point_added", by, contact_point=point.pk, point_kind=str(kind), **origin)
    return point


def _from(candidate: Candidate, document: Document | None, by: User | None) -> dict[str, Any]:
    """The document a fact was taken from, noted for the history and as an event names it."""
    if document is None:
        return {}
    origins.note(candidate, by=by, document=document)
    return {"document": document.pk}


def _belongs_to(kind: str, value: str, by: User | None) -> str:
    """By name only to somebody who may see them."""
    seen = Candidate.objects.visible_to(by) if by else Candidate.objects.none()
    holder = seen.filter(contact_points__kind=kind, contact_points__value=value, contact_points__is_live=True).first()
    return f"This belongs to {holder.name}." if holder else "This belongs to somebody else."


@transaction.atomic
def remove_contact_point(point: ContactPoint, *, by: User | None) -> None:
    """Take a contact point away; the next one of its kind becomes the primary one."""
    candidate, removed = _locked(point.candidate), point.pk
    point.delete()
    if point.is_primary:
        heir = candidate.contact_points.filter(kind=point.kind, is_live=True).order_by("pk").first()
        if heir:
            _prefer(heir)
    _touch(candidate)
    record(candidate, "candidate.contact_point_removed", by, contact_point=removed, point_kind=point.kind)


@transaction.atomic
def arrange_contact_points(candidate: Candidate, kind: str, raws: Iterable[str], *, by: User | None) -> None:
    """Make the contact points of a kind exactly these, the first one used first; what the person has already stays as it was
    written. Refused, naming it, when one identifies somebody else."""
    wanted = {NORMALISE[ContactPoint.Kind(kind)](raw): raw for raw in reversed(list(raws)) if raw.strip()}
    held = {point.value: point for point in _locked(candidate).contact_points.filter(kind=kind, is_live=True)}
    order = list(reversed(wanted))
    for value in order:
        if value not in held:
            held[value] = add_contact_point(candidate, kind, wanted[value], by=by)
    if order and not held[order[0]].is_primary:
        make_primary(held[order[0]], by=by)
    for value, point in held.items():
        if value not in wanted:
            point.refresh_from_db()
            remove_contact_point(point, by=by)


@transaction.atomic
def make_primary(point: ContactPoint, *, by: User | None) -> ContactPoint:
    """Use this one first: mail goes to the primary address."""
    candidate = _locked(point.candidate)
    _prefer(point)
    _touch(candidate)
    record(candidate, "candidate.contact_point_preferred", by, contact_point=point.pk, point_kind=point.kind)
    return point


def _prefer(point: ContactPoint) -> None:
    ContactPoint.objects.filter(candidate=point.candidate_id, kind=point.kind, is_primary=True).update(is_primary=False)
    ContactPoint.objects.filter(pk=point.pk).update(is_primary=True)
    point.is_primary = True


@transaction.atomic
def set_owner(candidate: Candidate, owner: User | None, *, by: User | None) -> Candidate:
    """Say who looks after this person; None for nobody."""
    candidate = _locked(candidate)
    if candidate.owner_id == (owner.pk if owner else None):
        return candidate
    if owner and not owner.is_active:
        raise Refused(f"{owner} no longer works here.")
    left, candidate.owner = candidate.owner_id, owner
    _touch(candidate, "owner")
    record(candidate, "candidate.owner_changed", by, left=left, to=owner.pk if owner else None)
    return candidate


def tag_named(name: str) -> Tag:
    """The tag of this name, made when it is new; case and spaces do not make another tag."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused("A tag needs a name of at most 60 characters.")
    return Tag.objects.filter(name__iexact=name).first() or Tag.objects.get_or_create(name=name)[0]


@transaction.atomic
def tag(candidate: Candidate, name: str, *, by: User | None) -> Tag:
    """Put a tag on a person, making it when it is new. Twice is once."""
    found = tag_named(name)
    candidate = _locked(candidate)
    _, added = CandidateTag.objects.get_or_create(candidate=candidate, tag=found, defaults={"added_by": by})
    if added:
        _touch(candidate)
        record(candidate, "candidate.tagged", by, tag=found.pk)
    return found


@transaction.atomic
def untag(candidate: Candidate, tag: Tag, *, by: User | None) -> None:
    """Take a tag off again; nothing happens when it is not there."""
    candidate = _locked(candidate)
    removed, _ = CandidateTag.objects.filter(candidate=candidate, tag=tag).delete()
    if removed:
        _touch(candidate)
        record(candidate, "candidate.untagged", by, tag=tag.pk)


@transaction.atomic
def set_do_not_contact(candidate: Candidate, value: bool, *, by: User | None, reason: str = "") -> Candidate:
    """Say that this person is not to be written to (or is again). The contact policy reads it; a no needs a reason."""
    candidate, reason = _locked(candidate), " ".join(reason.split())[:200]
    if value and not reason:
        raise Refused("Say why this person is not to be contacted.")
    if (candidate.do_not_contact, candidate.do_not_contact_reason) == (value, reason):
        return candidate
    candidate.do_not_contact, candidate.do_not_contact_reason = value, reason if value else ""
    _touch(candidate, "do_not_contact", "do_not_contact_reason")
    record(candidate, "candidate.contact_stopped" if value else "candidate.contact_allowed", by)
    return candidate


def _locked(candidate: Candidate) -> Candidate:
    """The row as it is now, held until the end. Refused when it was merged away meanwhile."""
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.merged_into_id:
        raise Refused("This record was merged into another one. Open that one.")
    return candidate


def _touch(candidate: Candidate, *fields: str) -> None:
    """Save `fields`, mark the record as changed now and have its search copy rewritten."""
    candidate.updated_at = timezone.now()
    candidate.save(update_fields=["updated_at", *fields])
    search.refresh_soon(candidate.pk)
