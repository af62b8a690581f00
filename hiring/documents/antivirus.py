"""The one place where a virus scanner is asked (SEC-16). Without one, files are not held up."""

from __future__ import annotations

from collections.abc import Callable

scanners: list[Callable[[bytes], bool]] = []
"""Each says whether the bytes are clean; one that raises (the scanner is down) holds the file: it stays unread and unserved."""


def is_clean(data: bytes) -> bool:
    return all(scanner(data) for scanner in scanners)
