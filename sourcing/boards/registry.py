"""The boards we know how to write for. A new one is a file in formats/ and a line here."""

from __future__ import annotations

from sourcing.boards.formats import adzuna, indeed, jooble, json_feed, linkedin, public_api, rss, talent
from sourcing.boards.shapes import Format

FORMATS: dict[str, Format] = {
    module.FORMAT.key: module.FORMAT
    for module in (indeed, linkedin, jooble, adzuna, talent, rss, json_feed, public_api)
}
