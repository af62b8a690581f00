"""What can be approved. A subject's module registers it; the engine knows no more about it than this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hiring.models import Approval, Department, Location, User


@dataclass(frozen=True)
class Case:
    """What of a subject chooses its chain, and whom the chain's dynamic steps mean.

    `pay` is the highest pay in question, a year, in `currency`; None when none is set.
    """

    department: Department | None = None
    location: Location | None = None
    level: str = ""
    pay: Decimal | None = None
    currency: str = ""
    hiring_managers: tuple[User, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What the engine must know of a thing that needs approval. Each function takes the found object.

    `facts` are (label, value) pairs an approver reads; `words` says a snapshot of the guarded ones in the same labels, so that
    what changed and what is asked call one thing by one name. `case` says who has to be asked. `decided` is called in the deciding
    transaction; `lock` locks the subject's row before the approval's, in the order in which a verb that edits the subject and
    voids its approval does.
    """

    find: Callable[[int], Any]
    title: Callable[[Any], str]
    facts: Callable[[Any], list[tuple[str, str]]]
    url: Callable[[Any], str]
    words: Callable[[dict[str, Any]], list[tuple[str, str]]] = lambda snapshot: [
        (key.replace("_", " ").capitalize(), str(value or "")) for key, value in snapshot.items()
    ]
    case: Callable[[Any], Case] = lambda found: Case()
    decided: Callable[[Approval, User | None], None] | None = None
    lock: Callable[[int], Any] | None = None


subjects: dict[str, Subject] = {}
"""Subject kind to what it is; a kind that nobody registered cannot be approved."""
