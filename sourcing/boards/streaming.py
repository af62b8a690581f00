"""A feed as a stream: head, postings a chunk at a time, foot. Memory holds one chunk, for 12 postings or 50,000 (JOB-29)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from sourcing.boards.planning import CHUNK, Plan, at
from sourcing.boards.registry import FORMATS
from sourcing.boards.shapes import Feed


def pieces(feed: Feed, plan: Plan) -> Iterator[tuple[str, int]]:
    """Text, and how many postings are in it. What left the career site since the plan was made is left out here too."""
    form, begun = FORMATS[feed.board.key], False
    yield form.head(feed), 0
    for start in range(0, len(plan.sent), CHUNK):
        ids = plan.sent[start : start + CHUNK].tolist()
        written = [form.item(advert, feed.board) for advert in at(feed.board, ids)]
        if written:
            yield (form.between if begun else "") + form.between.join(written), len(written)
            begun = True
    yield form.foot(feed), 0


def squeezed(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same as one gzip file, written as it comes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()
