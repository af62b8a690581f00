"""What a list of people shows of each beyond the record: where they stand. Floors above tell, one query a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hiring.models import User


@dataclass(frozen=True)
class Standing:
    """One place a person stands in now: a stage by `kind` and `name`, and the job it belongs to."""

    kind: str
    name: str
    job: str


Tell = Callable[[User, Sequence[int]], dict[int, list[Standing]]]
tellers: list[Tell] = []


def of_people(user: User, candidate_ids: Sequence[int]) -> dict[int, list[Standing]]:
    """Where these people stand, as far as `user` may see it, by candidate."""
    found: dict[int, list[Standing]] = {}
    for tell in tellers if candidate_ids else []:
        for candidate, standings in tell(user, candidate_ids).items():
            found.setdefault(candidate, []).extend(standings)
    return found
