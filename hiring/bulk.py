"""What can be done with several candidates at once. Floors above add theirs: to a job, to a pool, into a sequence.

An action is one value chosen or typed for all, and a verb called for each person; it says in a sentence what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from hiring import access, candidates
from hiring.errors import Refused
from hiring.models import Candidate, User

Choice = tuple[str, str]
Run = Callable[[list[Candidate], str, User], str]


@dataclass(frozen=True)
class Action:
    """`choices` None means a text is typed; otherwise one of them is chosen. `run` calls the verb and returns the sentence.

    `on_board` offers it on a job's board too, for the people behind the chosen applications.
    """

    key: str
    label: str
    icon: str
    field: str
    may: Callable[[User], bool]
    run: Run
    choices: Callable[[User], Iterable[Choice]] | None = None
    button: str = ""
    order: int = 50
    on_board: bool = False


actions: dict[str, Action] = {}


def register(action: Action) -> Action:
    actions[action.key] = action
    return action


def for_user(user: User) -> list[Action]:
    return sorted((action for action in actions.values() if action.may(user)), key=lambda action: action.order)


def offered(user: User, *, on_board: bool = False) -> list[tuple[Action, list[Choice] | None]]:
    """What the bar of a list or board shows: each action with its choices, None where a text is typed."""
    wanted = [action for action in for_user(user) if action.on_board or not on_board]
    return [(action, list(action.choices(user)) if action.choices else None) for action in wanted]


@transaction.atomic
def run(action: Action, people: Iterable[Candidate], value: str, *, by: User) -> str:
    """Do it to all of them or, when one is refused, to none. The sentence for the person."""
    chosen = sorted(people, key=lambda candidate: candidate.pk)  # one order for everybody: no deadlocks
    if not chosen:
        raise Refused("Choose at least one person first.")
    return action.run(chosen, value, by)


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _tag(chosen: list[Candidate], value: str, by: User) -> str:
    for candidate in chosen:
        tag = candidates.tag(candidate, value, by=by)
    return f"Tagged {people(len(chosen))} with {tag}."


def owners() -> list[tuple[str, str]]:
    """Who can look after candidates."""
    able = User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)
    return [(str(pk), name) for pk, name in able.values_list("pk", "full_name")]


def _own(chosen: list[Candidate], value: str, by: User) -> str:
    owner = (
        User.objects.filter(pk=int(value), is_active=True, role__in=access.WORKS_WITH_CANDIDATES).first()
        if value.isdecimal()
        else None
    )
    if owner is None:
        raise Refused("Choose who is to look after them.")
    for candidate in chosen:
        candidates.set_owner(candidate, owner, by=by)
    return f"{owner} now looks after {people(len(chosen))}."


register(Action("tag", "Tag", "tag", "Tag", access.can_add_candidates, _tag, button="Add tag", order=10, on_board=True))
register(
    Action(
        "owner",
        "Owner",
        "user-check",
        "New owner",
        access.can_add_candidates,
        _own,
        lambda user: owners(),
        button="Change owner",
        order=20,
    )
)
