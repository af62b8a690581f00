"""Pages get exactly the library files that are named, and every one that a page asks for is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from hiring.vendor import LIBRARIES, StaticStorage, VendorFinder

ROOT = Path(__file__).resolve().parents[2]


def asked_for() -> set[str]:
    found: set[str] = set()
    for path in [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static").rglob("*.js"),
        *(ROOT / "static").rglob("*.css"),
    ]:
        found |= set(re.findall(r"vendor/[\w./-]+\.\w+", path.read_text()))
    return found


def test_what_pages_ask_for_is_found():
    assert [name for name in sorted(asked_for()) if not finders.find(name)] == []


@pytest.mark.parametrize("prefix", LIBRARIES)
def test_every_listed_library_is_installed(prefix):
    package, patterns = LIBRARIES[prefix]

    for pattern in patterns:
        assert list((ROOT / "node_modules" / package).glob(pattern)), f"{package}: {pattern}"


def test_nothing_else_of_a_library_is_given_out():
    assert not finders.find("vendor/htmx/htmx.js")
    assert not finders.find("vendor/htmx/../package.json")
    assert all(not name.endswith(".map") for name, _ in VendorFinder().list(None))


def test_a_content_is_compressed_once(tmp_path):
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    for name in ("app.0123456789ab.css", "app.css"):
        (tmp_path / name).write_text("body { color: black }" * 200)

    first = sorted(compressed for _, compressed in storage.compress_files(["app.0123456789ab.css", "app.css"]))
    again = list(storage.compress_files(["app.0123456789ab.css", "app.css"]))

    assert first == ["app.0123456789ab.css.br", "app.0123456789ab.css.gz"]
    assert again == []
