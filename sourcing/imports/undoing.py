"""Taking an import back: people it made and nobody has touched since are gone again, and known people are as they were before.

What has a life of its own since (an application, a message, a note, a merge) stays, and the row says why. Rows are worked off from
the last to the first, so that what a later row added to a person is off before that person is judged. Twice is once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from hiring import candidate_rows
from hiring.models import Candidate, CandidateTag, ContactPoint, Document, Note, ProcessingBasis, Tag, TimelineEvent
from hiring.names import fold
from sourcing.imports import filing, own_fields
from sourcing.imports.bulk_rows import copy_rows
from sourcing.imports.completing import change
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.models import PoolMember

CHUNK = 2_000
FILES_AT_ONCE = 200
NOTE = """
UPDATE sourcing_importrow r SET undone = v.undone, kept_because = v.kept, candidate_id = v.candidate
  FROM unnest(%s::bigint[], %s::boolean[], %s::text[], %s::bigint[]) AS v (id, undone, kept, candidate)
 WHERE r.id = v.id
"""

LIFE = {
    "pipeline.Application": "applied or was put on a job",
    "hiring.Message": "there is mail with this person",
    "hiring.Thread": "there is mail with this person",
    "sourcing.Enrollment": "is or was in a sequence",
    "hiring.Candidate": "another record was merged into this one",
    "hiring.Note": "somebody wrote a note",
    "hiring.Task": "there is a task about this person",
    "hiring.Document": "a document was added",
    "hiring.Consent": "the person gave consent",
    "sourcing.PoolMember": "is in a pool",
    "hiring.CandidateTag": "was tagged",
    "hiring.ContactPoint": "contact points were changed",
    "hiring.CandidateValue": "a field was filled in",
    "sourcing.ImportRow": "came with another import, too,",
}
"""Model to what it says when a person has more rows of it than the import made. Everything else is `SOMETHING`."""
SOMETHING = "something was recorded about this person"

MORE_THAN_ROWS: dict[str, Callable[[QuerySet[Any], ImportBatch], QuerySet[Any]]] = {
    "hiring.TimelineEvent": lambda events, batch: (
        events.exclude(data__has_key="import").exclude(actor=None).exclude(kind="document.added")
    ),
    "sourcing.ImportRow": lambda rows, batch: rows.exclude(batch=batch).filter(undone=False),
}
"""Models of which only some rows count as a life."""


def undo(batch_id: int) -> None:
    """Work off a batch that is being undone."""
    while _undo_chunk(batch_id):
        pass


@transaction.atomic
def _undo_chunk(batch_id: int) -> bool:
    held = ImportBatch.objects.select_for_update(of=("self",), skip_locked=True)
    batch = held.filter(pk=batch_id, status=ImportBatch.Status.UNDOING).first()
    if batch is None:
        return False
    size = FILES_AT_ONCE if batch.kind == ImportBatch.Kind.RESUMES else CHUNK
    rows = list(_waiting(batch).defer("cells", "problems", "suspects").order_by("-number")[:size])
    take_back(batch, rows)
    batch.done, batch.beat_at = batch.done + len(rows), timezone.now()
    if rows:
        batch.position = rows[-1].number
    if len(rows) < size:
        batch.status, batch.undone_at, batch.indexed_to = ImportBatch.Status.UNDONE, timezone.now(), 0
        batch.trimmed = False  # nobody completes its files any more
        batch.finished_at = batch.finished_at or timezone.now()
        batch.done = batch.total
        unused = Tag.objects.filter(pk__in=batch.made_tags, uses=None)
        unused.delete()
        batch.made_tags = []
    batch.save(
        update_fields=[
            "done",
            "position",
            "beat_at",
            "status",
            "undone_at",
            "finished_at",
            "made_tags",
            "indexed_to",
            "trimmed",
        ]
    )
    return batch.status == ImportBatch.Status.UNDOING


def _waiting(batch: ImportBatch) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch, undone=False, kept_because="").exclude(effects={})
    return rows.filter(number__lt=batch.position) if batch.position else rows


def take_back(batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
    """Take these rows back within the caller's transaction, and write on each that it is, or why not."""
    owners = {row.effects.get("made") or row.effects.get("of") for row in rows} - {None}
    locked = Candidate.objects.select_for_update(of=("self",)).select_related("merged_into").filter(pk__in=owners)
    people = {person.pk: person for person in locked.order_by("pk")}
    made: list[ImportRow] = []
    filled: list[ImportRow] = []
    for row in rows:
        person = people.get(row.effects.get("made") or row.effects.get("of"))
        if person is None:
            row.undone = True  # erased since: nothing is left to take back
        elif person.merged_into_id:
            row.kept_because = f"Merged into {person.merged_into} since. Take that merge back first."[:200]
        else:
            (made if "made" in row.effects else filled).append(row)
    _empty(batch, filled, people)
    gone = _judge(batch, made)
    for row in rows:
        row.candidate_id = None if row.candidate_id in gone else row.candidate_id
    with connection.cursor() as cursor:
        columns = ("pk", "undone", "kept_because", "candidate_id")
        cursor.execute(NOTE, [[getattr(row, name) for row in rows] for name in columns])
    delete_people(gone)


# ---------- People the import completed ----------


def _empty(batch: ImportBatch, rows: Sequence[ImportRow], people: dict[int, Candidate]) -> None:
    """Take off known people what the rows added, as far as nobody has changed it since."""
    if not rows:
        return
    now = timezone.now()
    for row in rows:
        person = people[row.effects["of"]]
        for name, (before, after) in row.effects.get("filled", {}).items():
            if _plain(getattr(person, name)) == after:
                setattr(person, name, dt.date.fromisoformat(before) if name == "notice_due_on" and before else before)
        person.name_key = fold(person.name)
        row.undone = True
    touched = {row.effects["of"]: people[row.effects["of"]] for row in rows}
    change(list(touched.values()), now)
    _remove_points(rows)
    own_fields.take_back(rows, touched)
    CandidateTag.objects.filter(pk__in=_of(rows, "tags"), candidate__in=touched).delete()
    members = PoolMember.objects.filter(pk__in=_of(rows, "members"), candidate__in=touched)
    members.filter(stage=PoolMember.Stage.NEW, next_touch_on=None, reason__startswith="Imported from ").delete()
    filing.remove(
        Document.objects.filter(pk__in=_of(rows, "documents"), candidate__in=touched).values_list("pk", flat=True)
    )
    Note.objects.filter(pk__in=_of(rows, "notes"), candidate__in=touched).delete()
    bases = [row.effects["basis"] for row in rows if "basis" in row.effects]
    ProcessingBasis.objects.filter(pk__in=bases, candidate__in=touched, ended_at=None).delete()
    copy_rows(
        TimelineEvent,
        [
            {
                "candidate_id": pk,
                "at": now,
                "kind": "candidate.import_undone",
                "actor_id": batch.undone_by_id,
                "data": json.dumps({"import": batch.pk}),
            }
            for pk in sorted(touched)
        ],
    )


def _of(rows: Sequence[ImportRow], key: str) -> list[int]:
    return [number for row in rows for number in row.effects.get(key, [])]


def _remove_points(rows: Sequence[ImportRow]) -> None:
    added = {
        (row.effects["of"], kind, value): is_primary
        for row in rows
        for kind, value, is_primary in row.effects.get("points", [])
    }
    if not added:
        return
    people = {pk for pk, _, _ in added}
    points = defaultdict(list)
    for point in ContactPoint.objects.filter(candidate__in=people).order_by("pk"):
        points[point.candidate_id, point.kind].append(point)
    gone, heirs = [], []
    for held in points.values():
        leaving = [
            point
            for point in held
            if not point.bounced_at and added.get((point.candidate_id, point.kind, point.value)) == point.is_primary
        ]
        staying = [point for point in held if point not in leaving]
        gone += [point.pk for point in leaving]
        if staying and any(point.is_primary for point in leaving) and not any(point.is_primary for point in staying):
            heirs.append(staying[0].pk)
    ContactPoint.objects.filter(pk__in=gone).delete()
    ContactPoint.objects.filter(pk__in=heirs).update(is_primary=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


# ---------- People the import made ----------


def _judge(batch: ImportBatch, rows: Sequence[ImportRow]) -> set[int]:
    """Remove people who came only from this import and have no life since; the others are kept, with the reason."""
    if not rows:
        return set()
    made = {row.effects["made"]: row for row in rows}
    held = _rows_of(made)
    lives = _lives(batch, made, held)
    gone = set()
    for pk, row in made.items():
        if life := lives.get(pk):
            row.kept_because = f"Kept: {life} since."
        else:
            row.undone = True
            gone.add(pk)
    return gone


def _rows_of(people: Collection[int]) -> dict[str, dict[int, int]]:
    """How many rows of each model hang on each of these people: one statement, whatever number of models. Models without are left out."""
    quote = connection.ops.quote_name
    counts = []
    for relation in candidate_rows.relations():
        column = quote(str(relation.model._meta.get_field(relation.field).column))  # type: ignore[union-attr]
        table = quote(relation.model._meta.db_table)
        counts.append(
            f"SELECT '{relation.key}', {column}, count(*) FROM {table} WHERE {column} IN (SELECT id FROM asked) GROUP BY {column}"  # noqa: S608
        )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        asked = "WITH asked AS MATERIALIZED (SELECT DISTINCT id FROM unnest(%s::bigint[]) AS t (id)) "
        cursor.execute(asked + " UNION ALL ".join(counts), [list(people)])
        for key, pk, count in cursor.fetchall():
            found[key][pk] = count
    return found


def _lives(batch: ImportBatch, made: Mapping[int, ImportRow], held: Mapping[str, Mapping[int, int]]) -> dict[int, str]:
    """For each of these people who is more than what the import made, what is."""
    more: dict[int, list[str]] = defaultdict(list)
    for relation in candidate_rows.relations():
        counts = held.get(relation.key, {})
        if counts and relation.label in MORE_THAN_ROWS:
            theirs = relation.model._base_manager.filter(**{f"{relation.field}__in": list(counts)})
            counts = dict(
                MORE_THAN_ROWS[relation.label](theirs, batch)
                .order_by()
                .values_list(relation.field)
                .annotate(n=Count("pk"))
            )
        for pk, count in counts.items():
            if count > _made_by(made[pk], relation.label):
                more[pk].append(relation.label)
    for pk in Candidate.objects.filter(pk__in=made, do_not_contact=True).values_list("pk", flat=True):
        more[pk].append("")
    order = [*LIFE]
    return {
        pk: LIFE.get(min(labels, key=lambda label: order.index(label) if label in order else len(order)), SOMETHING)
        for pk, labels in more.items()
    }


def _made_by(row: ImportRow, label: str) -> int:
    effects = row.effects
    return {
        "hiring.ContactPoint": len(row.line.get("points", [])),
        "hiring.ProcessingBasis": 1,
        "hiring.CandidateTag": len(effects.get("tags", [])),
        "sourcing.PoolMember": len(effects.get("members", [])),
        "hiring.Note": len(effects.get("notes", [])),
        "hiring.Document": len(effects.get("documents", [])),
        "hiring.CandidateValue": len(effects.get("values", [])),
    }.get(label, 0)


def delete_people(ids: Collection[int]) -> None:
    """Delete people, locked and judged before, and all that hangs on them: a statement for each table that holds something."""
    if not ids:
        return
    held = _rows_of(ids)
    for relation in Candidate._meta.related_objects:
        model, field = relation.related_model, relation.field.name
        label = model._meta.label
        if model is Candidate or (label not in candidate_rows.stays and f"{label}.{field}" not in held):
            continue
        rows = model._base_manager.filter(**{f"{field}__in": ids})
        if model is ImportRow:
            rows.update(candidate=None)
        elif model is Document:
            filing.remove(rows.values_list("pk", flat=True))
        elif model._meta.related_objects:
            rows.delete()
        else:
            rows._raw_delete("default")
    Candidate.objects.filter(pk__in=ids)._raw_delete("default")
