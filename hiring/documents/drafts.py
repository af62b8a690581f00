"""Files of a form that is not sent yet: kept on our side, so that a mistake in another field never costs the upload.

What goes through the visitor's browser is a signed key, not the file. A draft is gone after a day, sent or not.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from hiring.documents import checks

FOLDER = "drafts"
SALT = "careers.draft"
LASTS = dt.timedelta(days=1)


@dataclass(frozen=True)
class Draft:
    key: str
    checked: checks.Checked

    @property
    def name(self) -> str:
        return self.checked.name


def keep(upload: File[Any]) -> Draft:
    """Check an upload and keep it aside. Raises Refused with a sentence when it is not acceptable."""
    checked = checks.check(upload)
    path = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(checked.data))
    key = signing.dumps({"path": path, "name": checked.name, "sha256": checked.sha256}, salt=SALT, compress=True)
    return Draft(key, checked)


def find(key: str) -> Draft | None:
    """The draft of a key, checked again; None when forged, too old, or gone."""
    try:
        kept = signing.loads(key, salt=SALT, max_age=LASTS)
        with default_storage.open(kept["path"], "rb") as file:
            checked = checks.check(ContentFile(file.read(), name=kept["name"]))
    except (signing.BadSignature, OSError, KeyError, TypeError):
        return None
    return Draft(key, checked) if checked.sha256 == kept["sha256"] else None


def drop(key: str) -> None:
    """What the form asked for is done: the draft has served."""
    try:
        default_storage.delete(signing.loads(key, salt=SALT)["path"])
    except (signing.BadSignature, OSError):
        return


def sweep() -> int:
    """Delete drafts whose form was never sent. Files deleted."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = timezone.now() - LASTS
    gone = 0
    for name in names:
        path = f"{FOLDER}/{name}"
        try:
            if default_storage.get_modified_time(path) < old:
                default_storage.delete(path)
                gone += 1
        except OSError:
            continue
    return gone
