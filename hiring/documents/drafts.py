"""Files of a form that is not sent yet: kept on our side, so that a mistake in another field never costs the upload.

What goes through the visitor's browser is a signed key, not the file. It may come whole, with the form, or in pieces, each of
which is kept, so that a broken connection costs one piece and not the file. A draft is gone when its form was sent, and after
`lasts()` in any case.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hiring.documents import checks
from hiring.errors import Refused
from hiring.models import DraftFile, DraftPiece

SALT = "careers.draft"
UNFINISHED_LASTS = dt.timedelta(days=1)
MOST_FROM_ONE_PLACE = 300
"""Drafts that one network address may have lying here at once: a campus is one address."""
SMALLEST_PIECE, LARGEST_PIECE = 16 * 1024, 1024 * 1024
TOO_MANY = "Many files came from your network lately. Please send this one with the form."
GONE = "This upload is no longer there. Please choose the file again."


@dataclass(frozen=True)
class Draft:
    """A file that is whole and was found acceptable. `key` is what the form carries."""

    key: str
    name: str
    size: int
    row: DraftFile

    @property
    def checked(self) -> checks.Checked:
        """With its bytes, for whoever makes a copy of it."""
        with self.row.file.open("rb") as file:
            data = file.read()
        return checks.Checked(self.row.format, self._type, self.name, data, self.row.sha256)

    @property
    def there(self) -> checks.Checked:
        """Without its bytes, for whoever takes them over where they lie, and then says so (`take`)."""
        return checks.Checked(
            self.row.format, self._type, self.name, b"", self.row.sha256, str(self.row.file.name), self.size
        )

    @property
    def _type(self) -> str:
        return checks.CONTENT_TYPES[self.row.format]


class OutOfStep(Exception):
    """A piece does not begin where the last one ended: `received` bytes are here."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


def lasts() -> dt.timedelta:
    return dt.timedelta(days=settings.APPLY_DRAFT_DAYS)


# --- whole ----------------------------------------------------------------------------------------------------------


def keep(upload: File[Any]) -> Draft:
    """Check an upload and keep it aside. Raises Refused with a sentence when it is not acceptable."""
    checked = checks.check(upload)
    row = DraftFile(name=checked.name, size=checked.size, received=checked.size, touched_at=timezone.now())
    return _whole(row, checked)


def find(key: str) -> Draft | None:
    """The draft of a key; None when forged, unfinished, too old, or gone."""
    row = find_row(key)
    return _draft(row) if row and row.is_whole and row.touched_at > timezone.now() - lasts() else None


def take(keys: Iterable[str]) -> None:
    """Somebody owns the bytes of these drafts now: called in the transaction in which they came to."""
    if found := [pk for key in keys if (pk := _unsigned(key))]:
        # Straight to the table: reading what hangs on them first would take as long as all else an applicant waits for.
        DraftPiece.objects.filter(draft__key__in=found)._raw_delete(using="default")
        DraftFile.objects.filter(key__in=found)._raw_delete(using="default")


def drop(key: str) -> None:
    """What the form asked for is done, or taken back: the draft has served."""
    if row := find_row(key):
        _delete([row])


# --- piece by piece -------------------------------------------------------------------------------------------------


def begin(name: str, size: int, *, sent_from: str) -> DraftFile:
    """Announce a file that will come in pieces. Refused right away for what could never be taken."""
    name = checks.clean_name(name)
    if size <= 0:
        raise Refused(checks.EMPTY)
    if size > checks.MAX_BYTES:
        raise Refused(checks.TOO_LARGE)
    digest = salted_hmac(SALT, sent_from).hexdigest()
    if DraftFile.objects.filter(sent_from=digest)[:MOST_FROM_ONE_PLACE].count() >= MOST_FROM_ONE_PLACE:
        raise Refused(TOO_MANY)
    return DraftFile.objects.create(name=name, size=size, sent_from=digest, touched_at=timezone.now())


@transaction.atomic
def add(row: DraftFile, offset: int, data: bytes) -> DraftFile:
    """Keep the next piece; with the last one the file is checked, like any upload.

    Raises OutOfStep when it does not continue what is here, Refused when the piece, or in the end the file, cannot be taken:
    then nothing of it stays.
    """
    found = DraftFile.objects.select_for_update().filter(pk=row.pk, format="").first()
    if found is None:
        raise Refused(GONE)
    if offset != found.received:
        raise OutOfStep(found.received)
    is_last = offset + len(data) == found.size
    if offset + len(data) > found.size or len(data) > LARGEST_PIECE or (len(data) < SMALLEST_PIECE and not is_last):
        raise Refused("A piece of the file is of no size that was agreed.")
    piece = DraftPiece(draft=found, offset=offset)
    piece.file.save("piece", ContentFile(data), save=False)
    piece.save(force_insert=True)
    found.received, found.touched_at = offset + len(data), timezone.now()
    found.save(update_fields=["received", "touched_at"])
    return found


def complete(row: DraftFile) -> Draft:
    """Put the pieces together and check the file. Raises Refused when it is not acceptable: then it is gone."""
    pieces = list(row.pieces.all())
    data = b"".join(piece.file.read() for piece in pieces)
    try:
        checked = checks.check(ContentFile(data, name=row.name))
    except Refused:
        _delete([row])
        raise
    draft = _whole(row, checked)
    row.pieces.all().delete()
    for piece in pieces:
        piece.file.delete(save=False)
    return draft


def key_of(row: DraftFile) -> str:
    return signing.Signer(sep=".", salt=SALT).sign(row.key.hex)


def find_row(key: str) -> DraftFile | None:
    """The row of a key, finished or not."""
    found = _unsigned(key)
    return DraftFile.objects.filter(key=found).first() if found else None


# --- what becomes of them -------------------------------------------------------------------------------------------


def touch(keys: Iterable[str]) -> None:
    """Somebody came back to the form: its files stay as long as it does."""
    found = [pk for key in keys if (pk := _unsigned(key))]
    DraftFile.objects.filter(key__in=found).exclude(format="").update(touched_at=timezone.now())


def sweep() -> int:
    """Delete drafts whose form was never sent, and uploads nobody finished. How many."""
    now = timezone.now()
    old = DraftFile.objects.filter(touched_at__lt=now - lasts())
    unfinished = DraftFile.objects.filter(format="", touched_at__lt=now - UNFINISHED_LASTS)
    rows = list((old | unfinished).order_by("pk")[:1000])
    _delete(rows)
    return len(rows)


def _whole(row: DraftFile, checked: checks.Checked) -> Draft:
    row.name, row.size, row.received = checked.name, checked.size, checked.size
    row.format, row.sha256, row.touched_at = checked.kind, checked.sha256, timezone.now()
    row.file.save("file", ContentFile(checked.data), save=False)
    row.save()
    return _draft(row)


def _draft(row: DraftFile) -> Draft:
    return Draft(key_of(row), row.name, row.size, row)


def _delete(rows: Iterable[DraftFile]) -> None:
    for row in rows:
        names = [piece.file.name for piece in row.pieces.all()]
        if row.delete()[0]:
            for name in [*names, row.file.name]:
                if name:
                    default_storage.delete(name)


def _unsigned(key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(signing.Signer(sep=".", salt=SALT).unsign(key))
    except (signing.BadSignature, ValueError):
        return None
