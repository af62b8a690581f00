"""Who may not know whom, and what is shown instead of a name: one place that every page, answer, mail and file goes through.

Facts about a person that say who they are (`cover`) read as masks for whoever acts right now through a page, a personal link
or the API (hiring/context.py) while somebody higher up says that the person is hidden from them (`hiding`). Access says the
same of rows: `hiring.access.candidates_visible_to` leaves out who is hidden, so that their profile, files, mail and search
hits do not exist for that colleague. What has to know the truth, to write to the person or to store them, asks for it by
name (`lifted`). Work in the background acts for nobody and sees everything; a mail to a colleague is written under
`showing_to` that colleague.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone

from hiring.context import acting_now
from hiring.errors import Refused

if TYPE_CHECKING:
    from hiring.models import Candidate, User

Row = TypeVar("Row")

DOORS = {"page", "link", "api"}

hiding: list[Callable[[User], Q | None]] = []
"""Filters over candidates: whom this user may not know. None when that is nobody, whatever the rows say."""

names: list[Callable[[User, Collection[int], int | None], dict[int, str]]] = []
"""Of these people, those hidden from the user, each with what is shown instead of the name. One query each; the last
argument is the job whose page it is, where that is known."""

elsewhere: list[Callable[[User, int], str]] = []
"""Where a person hidden from the user can be read about all the same, as an address of ours; empty for everybody else."""


@dataclass
class Viewer:
    """Who looks, for the length of a request. `met` are people whose rows were loaded and not asked about yet."""

    user: User
    key: tuple[str, int]
    job: int | None = None
    met: set[int] = field(default_factory=set)
    known: dict[int, str] = field(default_factory=dict)
    is_off: bool = False

    def mask(self, pk: int | None) -> str:
        """What to call this person; empty when there is nothing to hide. Asks about everybody met so far at once."""
        if pk is None or self.is_off:
            return ""
        if pk not in self.known:
            self.met.add(pk)
            asked, self.met = self.met, set()
            self.known |= dict.fromkeys(asked, "")
            for tell in names:
                self.known |= tell(self.user, asked, self.job)
        return self.known[pk]


_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)
_is_lifted: ContextVar[bool] = ContextVar("is_lifted", default=False)


def may_hide_from(user: User) -> bool:
    """Whether anybody can be hidden from this user at all; asks nothing where the session's user was loaded with the answer."""
    return any(hide(user) is not None for hide in hiding)


def hides_anybody_from(user: User) -> bool:
    """Whether somebody is hidden from this user right now; no query where nobody can be."""
    from hiring.models import Candidate

    hidden = [found for hide in hiding if (found := hide(user)) is not None]
    return any(Candidate.objects.filter(found).exists() for found in hidden)


def without_hidden(user: User, *paths: str) -> Q:
    """Filter over rows that lead to a person by each of these paths: without those the user may not know. Costs nothing, and
    asks nothing, where nobody can be hidden."""
    if not may_hide_from(user):
        return Q()
    from hiring.models import Candidate

    hidden = Candidate.objects.exclude(not_hidden_from(user)).values("pk")
    found = Q()
    for path in paths:
        found &= Q(**{path: None}) | ~Q(**{f"{path}__in": hidden})
    return found


def not_hidden_from(user: User) -> Q:
    """Filter over candidates: without those the user may not know."""
    found = Q()
    for hide in hiding:
        if (hidden := hide(user)) is not None:
            found &= ~hidden
    return found


def viewer() -> Viewer | None:
    """Whoever looks right now, when there is something they may not know."""
    if _is_lifted.get():
        return None
    now, held = acting_now(), _viewer.get()
    if held and held.key[0] == "shown":
        return None if held.is_off else held
    if now.actor_id is None or now.door not in DOORS:
        return None
    key = (now.request_id, now.actor_id)
    if held is None or held.key != key:
        held = _held(now.actor_id, key)
        _viewer.set(held)
    return None if held.is_off else held


def look_as(user: User) -> None:
    """The session's user was read: no need to load them once more."""
    now = acting_now()
    _viewer.set(Viewer(user, (now.request_id, user.pk), is_off=not may_hide_from(user)))


def _held(actor: int, key: tuple[str, int]) -> Viewer:
    from hiring.accounts import accounts
    from hiring.models import User

    user = accounts.first(user=actor) or User.objects.get(pk=actor)
    return Viewer(user, key, is_off=not may_hide_from(user))


@contextmanager
def showing_to(user: User) -> Iterator[None]:
    """Everything inside is written for this colleague to read, whoever acts."""
    lifted = _is_lifted.set(False)
    token = _viewer.set(Viewer(user, ("shown", user.pk), is_off=not may_hide_from(user)))
    try:
        yield
    finally:
        _viewer.reset(token)
        _is_lifted.reset(lifted)


def read_by(user: User, rows: Iterable[Row], *, job: int | None = None) -> Iterator[Row]:
    """These rows, each made as this colleague may know it and on their clock, however late: an answer that streams is written when
    its request is over, and whoever writes it then acts for nobody, anywhere."""
    held, found = Viewer(user, ("shown", user.pk), job=job, is_off=not may_hide_from(user)), iter(rows)
    while True:
        token = _viewer.set(held)
        try:
            with timezone.override(user.zone):
                row = next(found)
        except StopIteration:
            return
        finally:
            _viewer.reset(token)
        yield row


@contextmanager
def lifted(*people: Candidate) -> Iterator[None]:
    """Everything inside knows the truth, because it is stored or goes to the person. A refusal that names one of `people`
    is put back into words for whoever looks."""
    looking = viewer()
    token = _is_lifted.set(True)
    try:
        yield
    except Refused as refused:
        for person in people if looking else ():
            if looking and (mask := looking.mask(person.pk)):
                refused.sentence = refused.sentence.replace(str(person.__dict__.get("name", "")), mask)
                refused.args = (refused.sentence,)
        raise
    finally:
        _is_lifted.reset(token)


def within(job: int) -> None:
    """The page is about this job: people hidden on several jobs go by what they are called here."""
    if (held := viewer()) and held.job != job:
        held.job = job
        held.known.clear()


def address_instead(user: User, candidate_id: int) -> str:
    """Where to send somebody who asks for the page of a person hidden from them; empty when there is nothing to say."""
    return next((found for tell in elsewhere if (found := tell(user, candidate_id))), "")


def called(candidate_id: int, name: str) -> str:
    """What to call somebody whose name was read by SQL."""
    return mask_of(candidate_id) or name


def mask_of(candidate_id: int | None) -> str:
    """What a person hidden from whoever looks is called; empty for everybody else."""
    looking = viewer()
    return looking.mask(candidate_id) if looking else ""


def met(pk: int | None) -> None:
    """A row was loaded: ask about it together with the others."""
    if pk is not None and (held := viewer()) and pk not in held.known:
        held.met.add(pk)


class _Covered(DeferredAttribute):
    """A column that reads as a mask while the person is hidden from whoever looks. Stored is always the truth."""

    def __init__(self, column: Any, shows: Callable[[str, Any], Any]) -> None:
        super().__init__(column)
        self.shows = shows

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or (looking := viewer()) is None:
            return value
        mask = looking.mask(instance.pk)
        return self.shows(mask, value) if mask else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def cover(model: type[models.Model], **columns: Callable[[str, Any], Any]) -> None:
    """Say what stands in these columns of a hidden person: fn(what they are called, the truth)."""
    for name, shows in columns.items():
        setattr(model, name, _Covered(model._meta.get_field(name), shows))
