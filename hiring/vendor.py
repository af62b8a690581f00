"""The files of front-end libraries that browsers are given, out of the many that npm installs, how static files are stored,
and where data lies that comes in Python packages.

Name a file here before a template or script asks for it. Collecting whole packages would compress megabytes of maps and builds
that no page uses.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

LIBRARIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "vendor/inter": ("@fontsource-variable/inter", ("files/*-opsz-*.woff2",)),
    "vendor/htmx": ("htmx.org/dist", ("htmx.min.js",)),
    "vendor/sortable": ("sortablejs/modular", ("sortable.esm.js",)),
}

HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def data_file(package: str, *parts: str) -> Path | None:
    """A file that a Python package brings along, without importing the package; None when it is not installed."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place).joinpath(*parts)).is_file():
            return path
    return None


class VendorFinder(BaseFinder):
    """Finds `vendor/<library>/<file>` below node_modules when LIBRARIES lists it."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        for name, storage in self.list(None):
            if f"{storage.prefix}/{name}" == path:  # type: ignore[attr-defined]
                return [storage.path(name)] if find_all else storage.path(name)
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for prefix, (package, patterns) in LIBRARIES.items():
            root = Path(settings.BASE_DIR) / "node_modules" / package
            storage = FileSystemStorage(location=str(root))
            storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic puts it before the name
            for pattern in patterns:
                for file in sorted(root.glob(pattern)):
                    yield file.relative_to(root).as_posix(), storage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash of the content, compressed once. Source maps are not shipped, so references to them stay as they are."""

    css, _ = CompressedManifestStaticFilesStorage.patterns
    patterns = ((css[0], css[1][:2]),)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Only names with a hash, which is what pages ask for, and only once: the same name never gets other content."""
        fresh = [path for path in paths if HASHED.search(path) and not self.exists(f"{path}.gz")]
        yield from super().compress_files(fresh)
