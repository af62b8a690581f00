"""Two static files made from others when they are first asked for: one stylesheet, one icon sprite.

There is no build step to forget: this staticfiles finder writes both below DATA_DIR whenever a source is newer, so a
fresh checkout, the tests and `collectstatic` all find them.

`css/app.css` is Tabler (unmodified, inside its own cascade layer), the Inter faces, and every file of static/css: one
request instead of a chain of imports. `sprite.svg` holds each icon of @tabler/icons whose name stands between quotes
somewhere in our templates, scripts or Python: a few too many rather than one too few.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

OWN_CSS = settings.BASE_DIR / "static/css"
FIRST = ("tokens", "components", "frame")  # the rest follows by name; areas do not override each other
TABLER = settings.BASE_DIR / "node_modules/@tabler/core/dist/css/tabler.min.css"
INTER = settings.BASE_DIR / "node_modules/@fontsource-variable/inter/opsz.css"
ICONS = settings.BASE_DIR / "node_modules/@tabler/icons/icons/outline"
APPS = ("hiring", "pipeline", "interviews", "offers", "sourcing", "compliance")

QUOTED = re.compile(r"""["']([a-z][a-z0-9-]{0,40})["']""")
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*>")
INVISIBLE = '<path stroke="none" d="M0 0h24v24H0z" fill="none"/>'


def stylesheet_sources() -> list[Path]:
    ordered = [OWN_CSS / f"{name}.css" for name in FIRST]
    return [TABLER, INTER, *ordered, *sorted(set(OWN_CSS.glob("*.css")) - set(ordered))]


def stylesheet() -> str:
    tabler, inter, *own = (path.read_text(encoding="utf-8") for path in stylesheet_sources())
    tabler = tabler.removeprefix('@charset "UTF-8";').split("/*# sourceMappingURL")[0]
    faces = inter.replace("url(./files/", "url(../vendor/inter/files/")
    parts = ["@layer tabler, tokens, components;", faces, f"@layer tabler {{\n{tabler}\n}}", *own]
    return '@charset "UTF-8";\n' + "\n".join(parts)


def sprite_sources() -> list[Path]:
    """Every file of ours that may name an icon."""
    found = [*(settings.BASE_DIR / "templates").rglob("*.html"), *(settings.BASE_DIR / "static/js").rglob("*.js")]
    for app in APPS:
        found += [path for path in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in path.parts]
    return found


@cache
def icon_names() -> frozenset[str]:
    return frozenset(entry.name.removesuffix(".svg") for entry in os.scandir(ICONS))


def icons_used(sources: Iterable[Path]) -> list[str]:
    quoted: set[str] = set()
    for path in sources:
        quoted.update(QUOTED.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return sorted(quoted & icon_names())


def symbol(name: str) -> str:
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace(INVISIBLE, "")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(SHAPE.findall(svg))}</symbol>'


def sprite() -> str:
    symbols = "\n".join(symbol(name) for name in icons_used(sprite_sources()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


MADE: dict[str, tuple[Callable[[], list[Path]], Callable[[], str]]] = {
    "css/app.css": (stylesheet_sources, stylesheet),
    "sprite.svg": (sprite_sources, sprite),
}


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step: another process may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)


class MadeFinder(BaseFinder):
    """Finds the made files, making them first when a source changed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.root = settings.DATA_DIR / "made"
        self.storage = FileSystemStorage(location=str(self.root))
        super().__init__(*args, **kwargs)

    def make(self, path: str) -> Path:
        sources, build = MADE[path]
        made = self.root / path
        newest = max(source.stat().st_mtime for source in [*sources(), Path(__file__)])
        if not made.exists() or made.stat().st_mtime < newest:
            write_whole(made, build())
        return made

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in MADE:
            return []
        made = str(self.make(path))
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in MADE:
            self.make(path)
            yield path, self.storage
