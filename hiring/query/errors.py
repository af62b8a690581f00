"""What is wrong with a query, and where."""

from __future__ import annotations

from hiring.errors import Refused


class QueryError(Refused):
    """A query that cannot be understood: a sentence for the person, and the place in the text, as half-open offsets.

    `offer` is the whole query put right, where that can be guessed; `instead` only what may stand at that place
    (hiring/query/edits.py makes an offer of it).
    """

    def __init__(self, message: str, start: int, end: int, offer: str = "", *, instead: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.offer, self.instead = message, start, end, offer, instead
