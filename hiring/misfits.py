"""What cannot be kept of conditions or of a rule, and which part of it that is, so that an editor says it there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hiring.errors import Refused


class Misfit(Refused):
    """`part` is name, trigger, action, delay, sample or ground; or the number of a condition, counted through all groups."""

    def __init__(self, sentence: str, part: str | int) -> None:
        super().__init__(sentence)
        self.part = part


@contextmanager
def about(part: str | int) -> Iterator[None]:
    """Whatever is refused inside is about this part, unless it names one itself."""
    try:
        yield
    except Misfit:
        raise
    except Refused as no:
        raise Misfit(no.sentence, part) from no
