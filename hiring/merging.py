"""Two rows of one person become one, and two again (docs/architecture.md, invariant 1).

`merge` moves everything that hangs on the other row to the survivor and writes down what it did; `unmerge` puts it back.
Every foreign key to a candidate is followed by itself. What cannot simply move, because both may have it and only one is
allowed, has a mover: floors above register theirs in `movers`. A model nobody has thought about fails a test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import search
from hiring.candidate_rows import column_values, highest, read, relations, stays, stored
from hiring.errors import Refused
from hiring.models import (
    BlockingKey,
    Candidate,
    CandidateTag,
    ContactPoint,
    DuplicateLook,
    DuplicatePair,
    MergeRecord,
    ProcessingBasis,
    ProfileCorrection,
    User,
)
from hiring.names import fold
from hiring.timeline import record

FACTS = (
    "name",
    "headline",
    "company",
    "location",
    "country",
    "time_zone",
    "language",
    "owner",
    "source",
    "source_note",
    "referred_by",
)
"""What somebody chooses between, field by field. Everything else on the row follows a rule (`_by_rule`)."""

SURVIVOR, OTHER, BOTH = "survivor", "other", "both"
CUSTOM = "cf."
"""What the choice about a custom field is named after: `cf.<its key>`. Of a field of several, both lists may be kept."""

Mover = Callable[["Merge"], None]
movers: dict[str, Mover] = {}
"""Model to what is done about it before its rows move: settle what only one may have, leave behind, remove."""

moves_freely = {
    "hiring.Candidate",  # those merged into the other one before: their old links go on leading to the person
    "hiring.Consent",
    "hiring.Document",
    "hiring.FactSource",
    "hiring.Message",
    "hiring.Note",
    "hiring.Notification",
    "hiring.PersonalLink",
    "hiring.Promise",
    "hiring.RemovedDocument",
    "hiring.Task",
    "hiring.Thread",
    "hiring.TimelineEvent",
}
"""Models of which a person may have any number: their rows move as they are."""

Undoer = Callable[[Candidate, Candidate, models.Model, Mapping[str, Any], User | None], None]
undoers: dict[str, Undoer] = {}
"""Model to the verb that takes a merge's change of its row back: fn(survivor, other, row, {field: before}, by)."""

JobsOf = Callable[[Candidate, Mapping[str, set[int]]], set[int]]
jobs_that_leave: list[JobsOf] = []
"""Functions from (survivor, moved ids by model) to the jobs whose matters go with the other person when they part again."""


def undeclared() -> list[str]:
    """Models that point at candidates and of which nobody said what a merge does to them."""
    known = moves_freely | set(stays) | set(movers)
    return sorted(
        {rel.related_model._meta.label for rel in Candidate._meta.related_objects if rel.many_to_many}
        | {relation.label for relation in relations() if relation.label not in known}
    )


class Merge:
    """A merge while it is made: the two people, who makes it, and what has to be remembered to take it back."""

    def __init__(
        self, survivor: Candidate, other: Candidate, by: User | None, choices: Mapping[str, str] | None = None
    ) -> None:
        self.survivor, self.other, self.by = survivor, other, by
        self.choices = choices or {}
        self.moved: dict[str, list[int]] = {}
        self.changed: list[dict[str, Any]] = []
        self.removed: list[dict[str, Any]] = []
        self.added: dict[str, list[int]] = {}
        self.left_behind: dict[str, set[int]] = {}
        self.marks = {relation.key: highest(relation.model) for relation in relations()}

    def change(self, row: models.Model, **fields: Any) -> None:
        """Write these fields of a row, remembering what they were."""
        with self.watching(row):
            for name, value in fields.items():
                setattr(row, name, value)
            row.save(update_fields=list(fields))

    def remove(self, row: models.Model) -> None:
        """Delete a row the survivor has already; it comes back as it was."""
        self.removed.append({"model": row._meta.label, "values": column_values(row)})
        row.delete()

    def add(self, row: models.Model) -> None:
        """Remember that the merge made this row; it goes when the merge is taken back."""
        self.added.setdefault(row._meta.label, []).append(row.pk)

    def leave(self, row: models.Model) -> None:
        """Let this row stay with the record that is merged away."""
        self.left_behind.setdefault(row._meta.label, set()).add(row.pk)

    @contextmanager
    def watching(self, *rows: models.Model) -> Iterator[None]:
        """Remember what a verb changes on these rows."""
        before = [column_values(stored(row)) for row in rows]
        yield
        for row, were in zip(rows, before, strict=True):
            are = column_values(stored(row))
            fields = {name: [were[name], are[name]] for name in were if were[name] != are[name]}
            if fields:
                self.changed.append({"model": row._meta.label, "pk": row.pk, "fields": fields})

    def carry_out(self) -> None:
        """Settle what only one may have, then move everything."""
        for mover in movers.values():
            mover(self)
        for relation in relations():
            rows = relation.rows(self.other).exclude(pk__in=self.left_behind.get(relation.label, ()))
            ids = list(rows.order_by("pk").values_list("pk", flat=True))
            if ids:
                relation.model._base_manager.filter(pk__in=ids).update(**{relation.field: self.survivor})
                self.moved[relation.key] = ids

    def snapshot(self) -> dict[str, Any]:
        return {
            "moved": self.moved,
            "changed": self.changed,
            "removed": self.removed,
            "added": self.added,
            "marks": self.marks,
            "left": {label: sorted(ids) for label, ids in self.left_behind.items()},
        }


@transaction.atomic
def merge(
    survivor: Candidate, other: Candidate, *, choices: Mapping[str, str] | None = None, by: User | None
) -> MergeRecord:
    """Make one person of two rows. `choices` says for a fact or a custom field whose value is kept, survivor or other
    (or both, of a field of several); blanks are filled.

    The other row stays, points at the survivor, and its address leads there.
    """
    choices = dict(choices or {})
    if not all(_can_be_chosen(*choice) for choice in choices.items()):
        raise TypeError("Choices are {fact or cf.key: survivor or other}.")
    if survivor.pk == other.pk:
        raise Refused("This is one record already.")
    survivor, other = locked(survivor, other)
    if survivor.merged_into_id or other.merged_into_id:
        raise Refused("A colleague already merged one of these records.")
    deed = Merge(survivor, other, by, choices)
    origins = _choose(deed, choices)
    deed.carry_out()
    _hand_on_decisions(deed)
    now = timezone.now()
    _drop_looks(other)
    Candidate.objects.filter(pk=other.pk).update(merged_into=survivor, updated_at=now)
    Candidate.objects.filter(pk=survivor.pk).update(updated_at=now)
    merged = MergeRecord.objects.create(
        survivor=survivor, other=other, origins=origins, snapshot=deed.snapshot(), by=by, at=now
    )
    _pairs_of(survivor, other).update(status=DuplicatePair.Status.MERGED, decided_by=by, decided_at=now)
    record(survivor, "candidate.merged", by, merge=merged.pk, other=other.pk)
    search.refresh_soon(survivor.pk, other.pk)
    return merged


@transaction.atomic
def unmerge(merged: MergeRecord, *, by: User | None) -> MergeRecord:
    """Make two people of one again, both as they were. What happened since stays with the survivor, unless it belongs to
    something that goes back: a message in a conversation of the other's, a note about the job only they applied to."""
    merged = MergeRecord.objects.select_for_update().get(pk=merged.pk)
    if merged.undone_at:
        raise Refused("This merge was already taken back.")
    survivor, other = locked(Candidate.objects.get(pk=merged.survivor_id), Candidate.objects.get(pk=merged.other_id))
    if survivor.merged_into_id:
        raise Refused("This person was merged into another record since. Take that merge back first.")
    snapshot = merged.snapshot
    now = timezone.now()
    _send_after(survivor, other, snapshot)
    _move_back(survivor, other, snapshot)
    Candidate.objects.filter(pk=other.pk).update(merged_into=None)
    _change_back(survivor, other, snapshot, by)
    _remove_added(snapshot)
    _bring_back(snapshot)
    Candidate.objects.filter(pk__in=[survivor.pk, other.pk]).update(updated_at=now)
    merged.undone_by, merged.undone_at = by, now
    merged.save(update_fields=["undone_by", "undone_at"])
    # They were one person to somebody and are not: whoever took it back has decided that.
    _pairs_of(survivor, other).update(status=DuplicatePair.Status.DIFFERENT, decided_by=by, decided_at=now)
    record(survivor, "candidate.unmerged", by, merge=merged.pk, other=other.pk)
    record(other, "candidate.unmerged", by, merge=merged.pk, other=survivor.pk)
    search.refresh_soon(survivor.pk, other.pk)
    return merged


def default_choice(survivor: Candidate, other: Candidate, fact: str) -> str:
    """Whose value of a fact is kept unless somebody says otherwise: the survivor's, where there is one."""
    mine, theirs = getattr(survivor, _attname(fact)), getattr(other, _attname(fact))
    return OTHER if theirs and not mine else SURVIVOR


def _attname(fact: str) -> str:
    return Candidate._meta.get_field(fact).attname  # type: ignore[union-attr]


def _can_be_chosen(name: str, whose: str) -> bool:
    return whose in (SURVIVOR, OTHER) if name in FACTS else name.startswith(CUSTOM) and whose in (SURVIVOR, OTHER, BOTH)


# ---------- Making one of two ----------


def locked(one: Candidate, two: Candidate) -> tuple[Candidate, Candidate]:
    """Both rows as they are now, locked in one order, so that two merges of a pair wait for each other."""
    rows = {row.pk: row for row in Candidate.objects.select_for_update().filter(pk__in=[one.pk, two.pk]).order_by("pk")}
    if len(rows) < 2:
        raise Refused("One of these records is gone.")
    return rows[one.pk], rows[two.pk]


def _choose(deed: Merge, choices: Mapping[str, str]) -> dict[str, str]:
    """Write the facts of the united person; returns the origin of each."""
    survivor, other = deed.survivor, deed.other
    origins = {fact: choices.get(fact) or default_choice(survivor, other, fact) for fact in FACTS}
    taken = {fact: getattr(other, fact) for fact, origin in origins.items() if origin == OTHER}
    origins |= {name: origin for name, origin in choices.items() if name.startswith(CUSTOM)}
    if "name" in taken:
        taken["name_key"] = fold(other.name)
    deed.change(survivor, **taken, **_by_rule(survivor, other))
    return origins


def _by_rule(survivor: Candidate, other: Candidate) -> dict[str, Any]:
    """What nobody chooses: the stricter word on contact, the first time we knew of them, the last time we were in touch."""
    strict = next((one for one in (survivor, other) if one.do_not_contact), survivor)
    return {
        "do_not_contact": strict.do_not_contact,
        "do_not_contact_reason": strict.do_not_contact_reason,
        "collected_at": min(survivor.collected_at, other.collected_at),
        "notice_due_on": _first(survivor.notice_due_on, other.notice_due_on),
        "notice_sent_at": _last(survivor.notice_sent_at, other.notice_sent_at),
        "last_contacted_at": _last(survivor.last_contacted_at, other.last_contacted_at),
        "last_sign_of_life_at": _last(survivor.last_sign_of_life_at, other.last_sign_of_life_at),
    }


def _first(*moments: dt.date | None) -> dt.date | None:
    return min((moment for moment in moments if moment), default=None)


def _last(*moments: dt.datetime | None) -> dt.datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _pairs_of(one: Candidate, two: Candidate) -> QuerySet[DuplicatePair]:
    return DuplicatePair.objects.filter(first=min(one.pk, two.pk), second=max(one.pk, two.pk))


def _hand_on_decisions(deed: Merge) -> None:
    """Whoever was told apart from the other one is not asked about again for the survivor."""
    of_other = Q(first=deed.other.pk) | Q(second=deed.other.pk)
    for pair in DuplicatePair.objects.filter(of_other, status=DuplicatePair.Status.DIFFERENT):
        third = pair.second_id if pair.first_id == deed.other.pk else pair.first_id
        if third == deed.survivor.pk:
            continue
        row, made = DuplicatePair.objects.get_or_create(
            first_id=min(third, deed.survivor.pk),
            second_id=max(third, deed.survivor.pk),
            defaults={
                "score": pair.score,
                "reasons": pair.reasons,
                "status": pair.status,
                "decided_by_id": pair.decided_by_id,
                "decided_at": pair.decided_at,
                "found_at": pair.found_at,
            },
        )
        if made:
            deed.add(row)


def _drop_looks(candidate: Candidate) -> None:
    BlockingKey.objects.filter(candidate=candidate).delete()
    DuplicateLook.objects.filter(candidate=candidate).delete()


# ---------- Making two of one ----------


def _send_after(survivor: Candidate, other: Candidate, snapshot: Mapping[str, Any]) -> None:
    """What came since the merge and belongs to something that goes back, goes with it."""
    leaving = _leaving(snapshot)
    jobs = set().union(*(ask(survivor, leaving) for ask in jobs_that_leave))
    # Events last: they name the rows that were found to leave before them.
    for relation in sorted(relations(), key=lambda one: one.label == "hiring.TimelineEvent"):
        if relation.model is Candidate:
            continue
        new = relation.rows(survivor).filter(pk__gt=snapshot["marks"].get(relation.key, 0))
        new = new.exclude(pk__in=snapshot["moved"].get(relation.key, ()))
        ids = {row.pk for row in new if _belongs(row, leaving, jobs)}
        if ids:
            relation.model._base_manager.filter(pk__in=ids).update(**{relation.field: other})
            leaving.setdefault(relation.label, set()).update(ids)


def _leaving(snapshot: Mapping[str, Any]) -> dict[str, set[int]]:
    leaving: dict[str, set[int]] = {}
    for key, ids in snapshot["moved"].items():
        leaving.setdefault(key.rpartition(".")[0], set()).update(ids)
    return leaving


def _belongs(row: models.Model, leaving: Mapping[str, set[int]], jobs: set[int]) -> bool:
    if getattr(row, "job_id", None) in jobs:
        return True
    for field in row._meta.concrete_fields:
        target = field.related_model
        if target in (None, Candidate):
            continue
        if getattr(row, field.attname) in leaving.get(target._meta.label, ()):
            return True
    named = {label.rpartition(".")[2].lower(): ids for label, ids in leaving.items()}
    data = getattr(row, "data", None)
    return isinstance(data, dict) and any(
        value in named.get(key, ()) for key, value in data.items() if isinstance(value, int)
    )


def _move_back(survivor: Candidate, other: Candidate, snapshot: Mapping[str, Any]) -> None:
    known = {relation.key: relation for relation in relations()}
    for key, ids in snapshot["moved"].items():
        if relation := known.get(key):
            relation.rows(survivor).filter(pk__in=ids).update(**{relation.field: other})


def _remove_added(snapshot: Mapping[str, Any]) -> None:
    for label, ids in snapshot["added"].items():
        apps.get_model(label)._base_manager.filter(pk__in=ids).delete()


def _bring_back(snapshot: Mapping[str, Any]) -> None:
    """The rows that were removed, under their old numbers; one whose pool or tag is gone since cannot come back."""
    for removed in snapshot["removed"]:
        model = apps.get_model(removed["model"])
        row = model(**{field.attname: read(field, removed["values"]) for field in model._meta.concrete_fields})
        if all(_target_exists(row, field) for field in model._meta.concrete_fields):
            row.save_base(raw=True, force_insert=True)


def _target_exists(row: models.Model, field: models.Field[Any, Any]) -> bool:
    value = getattr(row, field.attname)
    if not isinstance(field, models.ForeignKey) or value is None:
        return True
    return bool(field.related_model._base_manager.filter(pk=value).exists())


def _change_back(survivor: Candidate, other: Candidate, snapshot: Mapping[str, Any], by: User | None) -> None:
    """Fields as they were, last change first; one that somebody has changed again since stays as they left it."""
    for change in reversed(snapshot["changed"]):
        model = apps.get_model(change["model"])
        row = model._base_manager.filter(pk=change["pk"]).first()
        if row is None:
            continue
        before = {
            name: read(model._meta.get_field(name), {name: was}, name) for name, (was, _) in change["fields"].items()
        }
        if undo := undoers.get(change["model"]):
            undo(survivor, other, row, before, by)
            row.refresh_from_db()
        now = column_values(row)
        back = {name: before[name] for name, (_, after) in change["fields"].items() if now[name] == after}
        if back:
            model._base_manager.filter(pk=row.pk).update(**back)


# ---------- What of this floor cannot simply move ----------


def _contact_points(deed: Merge) -> None:
    """A number both have is kept once, and stays bounced; the survivor's primary ones stay primary."""
    mine = {(point.kind, point.value): point for point in ContactPoint.objects.filter(candidate=deed.survivor)}
    primary = {point.kind for point in mine.values() if point.is_primary}
    for theirs in ContactPoint.objects.filter(candidate=deed.other).order_by("pk"):
        same = mine.get((theirs.kind, theirs.value))
        if same:
            if theirs.bounced_at and not same.bounced_at:
                deed.change(same, bounced_at=theirs.bounced_at)
            deed.remove(theirs)
            if theirs.is_live and not same.is_live:
                deed.change(same, is_live=True)
        elif theirs.is_primary and theirs.kind in primary:
            deed.change(theirs, is_primary=False)


def _tags(deed: Merge) -> None:
    mine = CandidateTag.objects.filter(candidate=deed.survivor).values("tag")
    for theirs in CandidateTag.objects.filter(candidate=deed.other, tag__in=mine):
        deed.remove(theirs)


def _bases(deed: Merge) -> None:
    fields = ("purpose", "basis", "started_at")
    mine = set(ProcessingBasis.objects.filter(candidate=deed.survivor).values_list(*fields))
    for theirs in ProcessingBasis.objects.filter(candidate=deed.other):
        if tuple(getattr(theirs, name) for name in fields) in mine:
            deed.remove(theirs)


def _corrections(deed: Merge) -> None:
    """Where both profiles were corrected at one place, the survivor's word stands."""
    mine = set(ProfileCorrection.objects.standing().filter(candidate=deed.survivor).values_list("path", flat=True))
    for theirs in ProfileCorrection.objects.standing().filter(candidate=deed.other, path__in=mine):
        deed.change(theirs, taken_back_at=timezone.now(), taken_back_by=deed.by)


movers["hiring.ContactPoint"] = _contact_points
movers["hiring.CandidateTag"] = _tags
movers["hiring.ProcessingBasis"] = _bases
movers["hiring.ProfileCorrection"] = _corrections
