"""The verbs of an import: take the file, say what its columns mean, check, run, stop, undo, throw away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from hiring.documents.checks import INVISIBLE
from hiring.errors import Refused
from hiring.models import User
from sourcing.imports import archives, columns, own_fields, sniffing
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.imports.tables import Shape

Status = ImportBatch.Status


def take(upload: File[Any], *, by: User) -> ImportBatch:
    """Keep an uploaded list and find out how it wants to be read. Raises Refused with what its sender can do about it."""
    upload.seek(0)
    is_archive = sniffing.kind_of(upload) == "zip"
    found = archives.sniff(upload) if is_archive else sniffing.sniff(upload)
    batch = ImportBatch(
        kind=ImportBatch.Kind.RESUMES if is_archive else ImportBatch.Kind.TABLE,
        name=_clean_name(upload.name or ""),
        size=upload.size,
        sha256=_digest(upload),
        by=by,
        created_at=timezone.now(),
    )
    describe(batch, found)
    upload.seek(0)
    batch.file.save("file", upload, save=False)
    try:
        batch.save(force_insert=True)
    except Exception:
        batch.file.delete(save=False)
        raise
    return batch


def _clean_name(name: str) -> str:
    name = INVISIBLE.sub("", name.replace("\\", "/").rpartition("/")[2])
    return "".join(char if char.isprintable() else " " for char in name).strip()[:200] or "list"


def _digest(upload: File[Any]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for piece in upload.chunks():
        digest.update(piece)
    return digest.hexdigest()


def describe(batch: ImportBatch, found: sniffing.Sniffed) -> None:
    """Write down how the file is read, and map its columns: as the same list was mapped before, else by their names."""
    batch.shape, batch.headers, batch.sample = found.shape.stored(), found.headers, found.sample
    batch.signature = columns.signature(found.headers)
    before = (
        ImportBatch.objects.filter(signature=batch.signature)
        .exclude(pk=batch.pk)
        .exclude(status=Status.MAPPING)
        .order_by("-created_at")
        .values_list("mapping", flat=True)
        .first()
        if found.shape.has_header
        else None
    )
    fields = own_fields.offered(batch.by)
    keys = {own_fields.PREFIX + what.key for what in fields}
    if before:
        batch.mapping = ["" if key.startswith(own_fields.PREFIX) and key not in keys else key for key in before]
    elif found.shape.has_header:
        with_files = batch.kind == ImportBatch.Kind.RESUMES
        batch.mapping = columns.guesses(found.headers, with_files=with_files, own=own_fields.named(fields))
    else:
        batch.mapping = guessed_by_content(found.sample, len(found.headers))


def guessed_by_content(sample: Sequence[Sequence[str]], width: int) -> list[str]:
    """Without names of columns: an @ says e-mail, an address on the web says link, many digits say phone, the first words a name."""
    found: list[str] = []
    for place in range(width):
        cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
        if cells and all("@" in cell for cell in cells):
            found.append("email")
        elif cells and all("://" in cell or "linkedin.com" in cell or "github.com" in cell for cell in cells):
            found.append("link")
        elif cells and all(sum(char.isdigit() for char in cell) >= 7 and len(cell) <= 24 for cell in cells):
            found.append("phone")
        elif "name" not in found and cells and all(not any(char.isdigit() for char in cell) for cell in cells):
            found.append("name")
        else:
            found.append("")
    return found


@transaction.atomic
def reread(batch: ImportBatch, shape: Shape) -> ImportBatch:
    """Read the file another way: another encoding, separator or sheet, with or without names of columns."""
    batch = _locked(batch, Status.MAPPING, Status.CHECKED, Status.FAILED)
    with batch.file.open("rb") as file:
        found = (archives if shape.format == "zip" else sniffing).look_again(file, shape)
    describe(batch, found)
    batch.status, batch.problem = Status.MAPPING, ""
    batch.save()
    return batch


@transaction.atomic
def start_check(batch: ImportBatch, *, mapping: Sequence[str], **facts: Any) -> ImportBatch:
    """Say what the columns mean and on what ground the people come in, and have every row checked."""
    batch = _locked(batch, Status.MAPPING, Status.CHECKED, Status.FAILED)
    if batch.kind == ImportBatch.Kind.RESUMES and "file" not in mapping:
        raise Refused("Say which column holds the names of the résumé files.")
    if batch.kind == ImportBatch.Kind.TABLE and not {"email", "phone", "link"} & set(mapping):
        raise Refused("Say which column holds an e-mail address, a phone number or a profile link.")
    batch.mapping = list(mapping)
    for name, value in facts.items():
        setattr(batch, name, value)
    batch.status, batch.problem, batch.claim, batch.beat_at, batch.failures = Status.CHECKING, "", None, None, 0
    batch.total = batch.done = batch.position = 0
    batch.counts, batch.suspected = {}, ImportBatch.Suspected.NEW
    batch.save()
    hand_over(batch)
    return batch


@transaction.atomic
def start_run(batch: ImportBatch) -> ImportBatch:
    """Bring the checked rows in."""
    batch = _locked(batch, Status.CHECKED)
    own_fields.check(batch)
    batch.status, batch.step_began_at, batch.beat_at = Status.RUNNING, timezone.now(), timezone.now()
    batch.problem, batch.failures = "", 0
    batch.position = batch.done = 0
    batch.counts = {}
    batch.save()
    hand_over(batch)
    return batch


@transaction.atomic
def stop(batch: ImportBatch, *, undo: bool) -> ImportBatch:
    """Stop a run where it is. What is done stays, or is taken back at once. A check that is stopped goes back to its columns."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status == Status.CHECKING:
        batch.status, batch.claim = Status.MAPPING, None
        batch.save(update_fields=["status", "claim"])
        ImportRow.objects.filter(batch=batch).delete()
        return batch
    if batch.status != Status.RUNNING:
        raise Refused("This import has already ended.")
    batch.stop_asked = "undo" if undo else "keep"
    batch.save(update_fields=["stop_asked"])
    return batch


@transaction.atomic
def start_undo(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Take a whole import back. People who have a life of their own since are kept, and named with the reason."""
    batch = _locked(batch, Status.DONE, Status.STOPPED, Status.UNDONE)
    if batch.is_emptied:
        raise Refused("This import ended so long ago that its rows were emptied. It cannot be taken back any more.")
    ImportRow.objects.filter(batch=batch, undone=False).exclude(kept_because="").update(kept_because="")
    batch.status, batch.step_began_at, batch.beat_at = Status.UNDOING, timezone.now(), timezone.now()
    batch.problem, batch.failures = "", 0
    batch.position = batch.done = 0
    batch.undone_by = by
    batch.save()
    hand_over(batch)
    return batch


@transaction.atomic
def throw_away(batch: ImportBatch) -> None:
    """Drop an import that never ran, with its file."""
    batch = _locked(batch, Status.MAPPING, Status.CHECKED, Status.FAILED)
    file = batch.file
    ImportRow.objects.filter(batch=batch).delete()
    batch.delete()
    transaction.on_commit(lambda: file.delete(save=False), robust=True)


def _locked(batch: ImportBatch, *states: str) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status not in states:
        raise Refused(f"This import has gone on meanwhile: {batch.get_status_display().lower()}.")
    return batch


def hand_over(batch: ImportBatch) -> None:
    """Queue the work. The row is the truth: when the broker is down, the sweep finds it."""
    from sourcing.tasks import import_step

    pk = batch.pk
    transaction.on_commit(lambda: import_step.apply_async(args=[pk], retry=False), robust=True)
