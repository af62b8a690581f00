"""The timeline: one writer, one reader.

An event holds ids; the rows behind them are loaded for a whole page at once, one query a noun. Each app says how its
nouns are loaded (`loads`) and writes `templates/timeline/<kind>.html` for its kinds; templates/timeline/_line.html shows
how. A kind without a template renders a plain line, so history never breaks.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.template import NodeList
from django.template.backends.django import Template
from django.template.loader import get_template, select_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils import timezone
from django.utils.html import format_html

from hiring import access, cursors
from hiring.context import acting_now
from hiring.models import Candidate, Job, TimelineEvent, User
from hiring.prepared import Given, prepared_for_skew

Load = Callable[[User, set[int]], Mapping[int, Any]]

loaders: dict[str, Load] = {}
"""Noun to its loader. An event's data key of the same name ({"note": 7}) refers to such a row; others say so in `references`."""

references: dict[str, dict[str, str]] = {}
"""Kind to {data key: noun}, for keys that are not called like their noun: {"application.moved": {"left": "stage", "to": "stage"}}."""

labels: dict[str, QuerySet[Any]] = {}
"""Nouns that are shown by name alone, to a query of (id, name, kind): all of them are loaded by one query together."""

listeners: dict[str, list[Callable[[Sequence[TimelineEvent]], None]]] = {}
"""Kind to what is called with new events of it, those of one act together, in their transaction (hiring/following.py)."""

guarded: set[str] = set()
"""Nouns with an access rule of their own. An event whose row the loader does not return for this user is not shown to them."""

FILTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mail": ("E-mail", ("message.",)),
    "notes": ("Notes", ("note.", "call.", "task.", "promise.")),
    "moves": ("Moves", ("application.",)),
    "interviews": ("Interviews", ("interview.", "scorecard.")),
    "offers": ("Offers", ("offer.",)),
    "documents": ("Documents", ("document.",)),
    "changes": ("Changes", ("candidate.", "custom_field.", "profile.", "pool.", "sequence.")),
}
"""What the timeline can be narrowed to: key to (label, prefixes of kinds). Floors above may add prefixes."""

FIELD_WORDS = {"country": "country", "source_note": "source", "referred_by": "referrer", "time_zone": "time zone"}
PAGE = 30


WRITE = (
    "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, job_id, data) VALUES (%s, %s, %s, %s, %s, %s) "
    "RETURNING id"
)


def record(
    candidate: Candidate,
    kind: str,
    actor: User | None,
    *,
    job: Job | None = None,
    at: dt.datetime | None = None,
    **data: Any,
) -> TimelineEvent:
    """Write that something happened around `candidate`, in the caller's transaction.

    `kind` is `noun.verbed` and renders `templates/timeline/<kind>.html`; `actor` None means the system;
    `data` holds ids and codes only: text about a person belongs to the row the id names.
    """
    event = TimelineEvent(
        candidate=candidate, kind=kind, actor=actor, job=job, at=at or timezone.now(), data=data | _said()
    )
    with (
        connection.cursor() as cursor
    ):  # written out: every act ends here, and the object mapper takes longer than the row
        values: list[Any] = [candidate.pk, event.at, kind, event.actor_id, event.job_id, json.dumps(event.data)]
        cursor.execute(WRITE, values)
        event.pk = cursor.fetchone()[0]
    event._state.adding, event._state.db = False, connection.alias
    for hear in listeners.get(kind, ()):
        hear([event])
    return event


def record_all(
    kind: str,
    actor: User | None,
    told: Mapping[int, Mapping[str, Any]],
    *,
    job: Job | None = None,
) -> None:
    """`record` for many people at once: candidate id to the event's data. One statement for any number."""
    if not told:
        return
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, job_id, data) "
            "SELECT told.candidate_id, %s, %s, %s, %s, told.data FROM unnest(%s::bigint[], %s::jsonb[]) AS told (candidate_id, data) "
            "RETURNING id, candidate_id",
            [
                at,
                kind,
                actor.pk if actor else None,
                job.pk if job else None,
                list(told),
                [json.dumps({**data, **_said()}) for data in told.values()],
            ],
        )
        written = cursor.fetchall()
    if kind not in listeners:
        return
    events = [
        TimelineEvent(pk=pk, candidate_id=person, kind=kind, actor=actor, job=job, at=at, data=dict(told[person]))
        for pk, person in written
    ]
    for hear in listeners[kind]:
        hear(events)


_saying: ContextVar[Mapping[str, int]] = ContextVar("saying", default=MappingProxyType({}))


@contextlib.contextmanager
def saying(**said: int) -> Iterator[None]:
    """Every event recorded inside says this, too: which rule asked for it, whichever verbs it called."""
    token = _saying.set(said)
    try:
        yield
    finally:
        _saying.reset(token)


def _said() -> dict[str, int]:
    """What surrounds the event: `saying`, and the access key whoever acts came by."""
    key = acting_now().key_id
    return {**_saying.get(), **({"api_key": key} if key else {})}


def loads(noun: str, *, is_guarded: bool = False) -> Callable[[Load], Load]:
    """Register how rows of a noun are loaded: fn(user, ids) -> {id: row}, one query. `is_guarded`: unseen rows hide the event."""

    def register(load: Load) -> Load:
        loaders[noun] = load
        if is_guarded:
            guarded.add(noun)
        return load

    return register


@dataclass(frozen=True)
class Label:
    """A row by its name; `kind` is a stage's kind, for its colour."""

    pk: int
    name: str
    kind: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass
class Entry:
    """One event as a user sees it. `refs` are the rows it names, by data key; a row that is gone is None."""

    event: TimelineEvent
    template: Template
    refs: dict[str, Any] = field(default_factory=dict)
    actor_name: str = ""
    heading: str = ""  # the day, on the first event of it
    when: str = ""  # the hour, with the moment in full on hover and for machines
    may_open_job: bool = False

    @property
    def number(self) -> str:
        return str(self.event.pk)

    @property
    def words(self) -> str:
        """The kind in words, for kinds that have no template: `application.moved` as Application moved."""
        return self.event.kind.replace(".", " ").replace("_", " ").capitalize()

    @property
    def fields(self) -> str:
        """The fields the event names, in words."""
        return ", ".join(FIELD_WORDS.get(name, name.replace("_", " ")) for name in self.event.data.get("fields", []))

    def __getattr__(self, name: str) -> Any:
        """`entry.note`, `entry.left`: the rows by name, for templates."""
        if name.startswith("_") or name == "refs":
            raise AttributeError(name)
        return self.refs.get(name)


@dataclass(frozen=True)
class Narrowed:
    """What a reader narrows the timeline to: a key of FILTERS, their own doings, one job. Empty shows everything."""

    show: str = ""
    mine: bool = False
    job: int = 0

    @property
    def query(self) -> str:
        """As the address says it: `show=mail&mine=1`."""
        said = {"show": self.show, "mine": "1" if self.mine else "", "of": str(self.job or "")}
        return urlencode({key: value for key, value in said.items() if value})


@dataclass
class Page:
    entries: list[Entry]
    older: str = ""  # what `before` has to be for the next page; empty at the end
    show: str = ""
    to: Narrowed = field(default_factory=Narrowed)


def page(
    candidate: Candidate,
    user: User,
    *,
    show: str = "",
    mine: bool = False,
    job: int = 0,
    before: str = "",
    size: int = PAGE,
) -> Page:
    """The newest `size` events of a person that `user` may see, older than the cursor `before`.

    The cost does not grow with the number of events: the index (candidate, at, id) is read from the cursor on, and holds
    what the filters ask for, so that only the rows of this page are fetched.
    """
    to = Narrowed(show if show in FILTERS else "", mine, job)
    cursor = cursors.read(before)
    from_there = {"at": cursor[0], "pk": cursor[1]} if cursor else {}
    of_job = {"job": job} if job else {}
    rows = events_of(user, to.show, to.mine, size + 1, candidate=candidate.pk, **from_there, **of_job)
    older = cursors.write(rows[size - 1].at, rows[size - 1].pk) if len(rows) > size else ""
    return Page(_entries(user, rows[:size]), older, to.show, to)


@prepared_for_skew
def events_of(
    user: User,
    show: str,
    mine: bool,
    most: int,
    *,
    candidate: Given,
    at: Given | None = None,
    pk: Given | None = None,
    job: Given | None = None,
) -> QuerySet[TimelineEvent]:
    events = TimelineEvent.objects.filter(_visible_to(user), candidate=candidate)
    if show:
        chosen = Q()
        for prefix in FILTERS[show][1]:
            chosen |= Q(kind__startswith=prefix)
        events = events.filter(chosen)
    if mine:
        events = events.filter(actor=user.pk)
    if job:
        events = events.filter(job=job)
    if at and pk:
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    newest = events.order_by("-at", "-pk")[:most]
    if show or mine or job:  # found in the index alone; then the rows of one page, and no others
        newest = TimelineEvent.objects.filter(pk__in=newest.values("pk")).order_by("-at", "-pk")
    told = ("candidate", "at", "kind", "data", "actor__full_name", "actor__email", "job__title")
    return newest.select_related("actor", "job").only(*told)


def jobs_of(candidate: Candidate, user: User) -> list[Job]:
    """The jobs this person's events speak of, as far as the user sees them: one query."""
    spoken = TimelineEvent.objects.filter(candidate=candidate).exclude(job=None).order_by().values("job").distinct()
    return list(Job.objects.visible_to(user).filter(pk__in=spoken).order_by("-pk")[:50])


def _visible_to(user: User) -> Q:
    """Events of jobs the user does not see stay out; those of no job are the person's own."""
    return Q(job=None) | access.jobs_visible_to(user, "job")


def _entries(user: User, events: Iterable[TimelineEvent]) -> list[Entry]:
    events = list(events)
    rows = _rows(user, events)
    opened = access.pipelines_open_to(user, {event.job_id for event in events if event.job_id})
    entries: list[Entry] = []
    for event in events:
        refs = {key: rows[noun].get(pk) for key, noun, pk in _references(event)}
        if any(refs[key] is None for key, noun, _ in _references(event) if noun in guarded):
            continue
        actor = "You" if event.actor_id == user.pk else str(event.actor or "")
        may_open = event.job_id in opened
        entries.append(Entry(event, template_of(event.kind), refs, actor, may_open_job=may_open))
    _date(entries)
    return entries


def _references(event: TimelineEvent) -> list[tuple[str, str, int]]:
    """(data key, noun, id) for every key of an event that names a row."""
    named = references.get(event.kind, {})
    return [
        (key, named.get(key, key), value)
        for key, value in event.data.items()
        if isinstance(value, int)
        and not isinstance(value, bool)
        and (named.get(key, key) in loaders or named.get(key, key) in labels)
    ]


def _rows(user: User, events: list[TimelineEvent]) -> dict[str, Mapping[int, Any]]:
    wanted: dict[str, set[int]] = {}
    for event in events:
        for _, noun, pk in _references(event):
            wanted.setdefault(noun, set()).add(pk)
    named = {noun: ids for noun, ids in wanted.items() if noun in labels}
    return {**{noun: loaders[noun](user, ids) for noun, ids in wanted.items() if noun not in labels}, **_labels(named)}


def _labels(wanted: dict[str, set[int]]) -> dict[str, dict[int, Label]]:
    """The names of all these rows, by one query."""
    found: dict[str, dict[int, Label]] = {noun: {} for noun in wanted}
    parts = [
        labels[noun]
        .filter(pk__in=ids)
        .order_by()
        .annotate(noun=Value(noun, TextField()))
        .values_list("noun", "pk", "label", "colour")
        for noun, ids in wanted.items()
    ]
    if parts:
        for noun, pk, name, kind in parts[0].union(*parts[1:], all=True):
            found[noun][pk] = Label(pk, name, kind)
    return found


def by_name(rows: QuerySet[Any], name: str = "name", kind: str = "") -> QuerySet[Any]:
    """What `labels` holds for a noun: its rows with the field that names them and, for stages, the field of their kind."""
    colour = Cast(kind, TextField()) if kind else Value("", TextField())
    return rows.annotate(label=Cast(name, TextField()), colour=colour)


@cache
def template_of(kind: str) -> Template:
    """How a kind is told, set into the frame its template extends, for good. A page shows thirty lines: to find the frame and its
    blocks anew for each took longer than to fill them in."""
    found = select_template([f"timeline/{kind}.html", "timeline/_other.html"])
    frame = get_template("timeline/_line.html").template  # type: ignore[attr-defined]  # of Django's own engine
    blocks = found.template.nodelist.get_nodes_by_type(ExtendsNode)[0].blocks
    nodes = NodeList()
    for node in frame.nodelist:
        nodes += blocks.get(node.name, node).nodelist if isinstance(node, BlockNode) else [node]
    whole = copy.copy(found.template)
    whole.nodelist = nodes
    return Template(whole, found.backend)


WHEN = '<time datetime="{}" title="{}">{}</time>'


def _date(entries: list[Entry]) -> None:
    """Put the day over the first event of each day, and the hour beside each; older ones are grouped by month."""
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    heading = None
    for entry in entries:
        at = entry.event.at.astimezone(zone)
        days = (today - at.date()).days
        recent = days < 60
        day = f"{at:%A} {at.day} {at:%B}"
        hour = f"{at:%H:%M}"
        short = hour if recent else f"{at.day} {at:%b}"
        entry.when = format_html(WHEN, at.isoformat(timespec="seconds"), f"{day} {at.year}, {hour}", short)
        if days in (0, 1):
            this = "Today" if days == 0 else "Yesterday"
        elif recent:
            this = day
        else:
            this = f"{at:%B %Y}"
        if this != heading:
            entry.heading = heading = this
