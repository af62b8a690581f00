"""“@Rita Recruiter” in a note or a task: who is meant, and telling them when they may see it.

A mention is plain text: the full name, the part of the address before the @, or a first name only one colleague has. Whoever
is named but may not see what was written is not told, and the writer learns of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db.models import Q

from hiring import notifications
from hiring.models import Candidate, Note, Task, User
from hiring.names import fold

AT = re.compile(r"(?<![\w.@])@(?=\w)")
WORD = re.compile(r"[\w.'’-]+")
MOST = 20

Span = tuple[int, int, int]
"""From, to (both places in the text, the @ included) and the colleague's id."""


def spans(text: str) -> list[Span]:
    """Whom a text mentions, and where. One query, and none for a text without an @."""
    places = [match.start() for match in AT.finditer(text)]
    if not places:
        return []
    names, handles, firsts = _known()
    found: list[Span] = []
    for start in places[: MOST * 3]:
        here = _longest_name(text, start + 1, names) or _single(text, start + 1, handles, firsts)
        if here and (not found or start >= found[-1][1]):
            found.append((start, *here))
    return found


def _known() -> tuple[dict[str, list[tuple[str, int]]], dict[str, int], dict[str, int]]:
    """Full names by their first word, handles, and first names that one colleague alone has."""
    names: dict[str, list[tuple[str, int]]] = {}
    handles: dict[str, int] = {}
    firsts: dict[str, list[int]] = {}
    for pk, name, address in User.objects.filter(is_active=True).values_list("pk", "full_name", "email"):
        words = name.lower().split()
        handles.setdefault(address.partition("@")[0].lower(), pk)
        if words:
            names.setdefault(words[0], []).append((" ".join(words), pk))
            firsts.setdefault(words[0], []).append(pk)
    for same in names.values():
        same.sort(key=lambda entry: -len(entry[0]))
    return names, handles, {word: ids[0] for word, ids in firsts.items() if len(ids) == 1}


def _longest_name(text: str, start: int, names: dict[str, list[tuple[str, int]]]) -> tuple[int, int] | None:
    first = WORD.match(text, start)
    if first is None:
        return None
    lowered = text[start : start + 130].lower()
    for name, pk in names.get(first[0].lower(), []):
        if lowered.startswith(name) and not (lowered[len(name) : len(name) + 1].isalnum()):
            return start + len(name), pk
    return None


def _single(text: str, start: int, handles: dict[str, int], firsts: dict[str, int]) -> tuple[int, int] | None:
    word = WORD.match(text, start)
    if word is None:
        return None
    said = word[0].rstrip(".'’-")
    pk = handles.get(said.lower()) or firsts.get(said.lower())
    return (start + len(said), pk) if pk else None


def people(found: Iterable[Sequence[int]]) -> list[User]:
    """The colleagues of these spans, each once, in the order of the text."""
    ids = list(dict.fromkeys(span[2] for span in found))[:MOST]
    rows = User.objects.in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def tell_of_note(note: Note, *, by: User) -> list[User]:
    """Tell whom a note mentions; returns those who may not see it. Each is told of one note once, however often it is edited."""
    told: list[User] = []
    untold: list[User] = []
    for user in people(note.mentions):
        if user.pk == by.pk:
            continue
        seen = may_see(user, note.candidate) and Note.objects.visible_to(user).filter(pk=note.pk).exists()
        (told if seen else untold).append(user)
    notifications.tell(
        told,
        notifications.MENTIONED,
        f"{by} mentioned you in a note about {note.candidate}",
        key=f"mention:note:{note.pk}",
        url=f"{note.candidate.get_absolute_url()}?show=notes#timeline",
        candidate=note.candidate,
        job=note.job,
        note=note,
        by=by,
    )
    return untold


def tell_of_task(task: Task, *, by: User) -> list[User]:
    """Tell whom a task about a person mentions; whoever has to do it is told of the task itself."""
    if task.candidate is None:
        return []
    named = [user for user in people(spans(task.text)) if user.pk not in (by.pk, task.assignee_id)]
    told = [user for user in named if may_see(user, task.candidate)]
    notifications.tell(
        told,
        notifications.MENTIONED,
        f"{by} mentioned you in a task about {task.candidate}",
        key=f"mention:task:{task.pk}",
        url=task.candidate.get_absolute_url(),
        candidate=task.candidate,
        by=by,
    )
    return [user for user in named if user not in told]


def may_see(user: User, candidate: Candidate) -> bool:
    return Candidate.objects.visible_to(user).filter(pk=candidate.pk).exists()


def untold_words(untold: Sequence[User]) -> str:
    """What the writer learns about those who were not told; empty when all were."""
    if not untold:
        return ""
    names = [str(user) for user in untold]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} may not see this and {'was' if len(names) == 1 else 'were'} not told."


def suggest(beginning: str, candidate: Candidate | None, *, most: int = 8) -> list[tuple[User, bool]]:
    """Colleagues whose name or address begins like this, and whether each may see the person."""
    key = beginning.strip()
    words = Q(full_name__istartswith=key) | Q(full_name__icontains=f" {key}") | Q(email__istartswith=key)
    rows = User.objects.filter(words, is_active=True) if fold(key) or not key else User.objects.none()
    found = list(rows.order_by("full_name", "pk")[:most])
    return [(user, candidate is None or may_see(user, candidate)) for user in found]
