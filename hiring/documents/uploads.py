"""How much of an upload is taken at all: what is beyond the cap is read off the wire and dropped, never kept."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

MOST = 32 * 1024 * 1024  # far above what any form accepts, so that the form still says in words what is too large
larger: dict[str, int] = {}
"""Addresses where more is taken, to how many bytes. Floors above register theirs (sourcing: lists and archives)."""


class CappedUploadHandler(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS: passes chunks on until there were too many, then swallows the rest."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0
        self.most = larger.get(self.request.path, MOST) if self.request else MOST

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.taken += len(raw_data)
        return raw_data if self.taken <= self.most else None

    def file_complete(self, file_size: int) -> None:
        return None
