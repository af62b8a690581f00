"""Whom something is done to: the people who were ticked, or everybody a search finds. Always as one user sees them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from hiring import query
from hiring.models import Candidate, User


@dataclass(frozen=True)
class Matches:
    """`asked` is the query string of the list of candidates; with `ids` it only says where they were ticked."""

    user: User
    asked: str = ""
    ids: tuple[int, ...] | None = None

    @classmethod
    def ticked(cls, user: User, ids: Collection[int], asked: str = "") -> Matches:
        return cls(user, asked, tuple(sorted(set(ids))))

    @property
    def query(self) -> str:
        return str(QueryDict(self.asked).get("q", "")).strip()

    def people(self) -> QuerySet[Candidate]:
        """The people, as far as the user may see them now; in no order. Raises Refused for a query that cannot be read."""
        if self.ids is not None:
            return Candidate.objects.visible_to(self.user).filter(pk__in=self.ids)
        return query.people(self.user, self.query)

    def count(self, most: int) -> int:
        """How many there are, exactly; never counts past `most`."""
        return self.people().order_by()[:most].count()
