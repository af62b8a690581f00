"""What a board or a table is narrowed to, as its address says it, and the same as SQL for the board's two queries.

In that SQL `a` is an application, `s` the stage it stands in, `p` its person where a filter asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from hiring import sources
from hiring.models import Job, User
from pipeline import asked_on, sub_status
from pipeline.blind import whom
from pipeline.models import Application
from pipeline.screening import narrowing

UNANSWERED = """FROM hiring_thread t WHERE t.waiting_since IS NOT NULL AND NOT EXISTS (
    SELECT FROM hiring_message m JOIN hiring_job j ON j.id = m.job_id
    WHERE m.thread_id = t.id AND j.confidential AND j.id <> %(job)s)"""
"""Threads nobody has answered yet, as the board of a job may count them: see `Thread.objects.unanswered_beside`."""
REPLY_WAITS = f"a.candidate_id IN (SELECT t.candidate_id {UNANSWERED})"
PAST_TARGET = "a.entered_stage_at < %(now)s - s.target_days * interval '1 day'"
THESE, THESE_HASHED = "a.id = ANY(%(ids)s::bigint[])", "a.id IN (SELECT unnest(%(ids)s::bigint[]))"
"""Cards stop at the first twenty, so they look each up in the list. Whoever counts everybody makes a hash of it first: against a
list of thousands, searched for each, 20,000 people took half a second."""
STANDS_HERE = """a.job_id = s.job_id AND a.stage_id = s.id
    AND a.status = (CASE WHEN s.kind = 'hired' THEN 'hired' ELSE 'active' END)::varchar"""


@dataclass(frozen=True)
class Filters:
    """What the board is narrowed to; kept in the URL."""

    owner: int | None = None
    source: int | None = None
    attention: bool = False
    text: str = ""
    waits: str = ""
    """What they wait for: a key of sub_status.KINDS. Facts of all floors say who that is, so `settled` looks it up."""
    meets: str = ""
    """How they meet the criteria (screening/narrowing.py); `settled` looks that up, too."""
    answer: str = ""
    """What they answered on the form (pipeline/asked_on.py); `settled` looks it up, and lets go what cannot be asked."""
    show: str = ""
    """The question whose answers stand on the cards. It narrows nothing."""
    ids: tuple[int, ...] | None = None
    is_blind: bool = False

    @classmethod
    def read(cls, query: QueryDict | Mapping[str, str]) -> Filters:
        def number(key: str) -> int | None:
            value = query.get(key, "")
            return int(value) if value.isdecimal() and len(value) < 10 else None

        text = " ".join(query.get("q", "").replace("\x00", "").split())[:80]
        waits, meets = query.get("waits", ""), query.get("meets", "")
        return cls(
            number("owner"),
            sources.standing_id(number("source")),
            query.get("attention") == "1",
            text,
            waits if waits in sub_status.KINDS else "",
            meets if narrowing.is_known(meets) else "",
            query.get("answer", "").replace("\x00", "")[:200],
            query.get("show", "").replace("\x00", "")[:60],
            is_blind=whom.hides_from_viewer(),
        )

    def __bool__(self) -> bool:
        return bool(self.owner or self.source or self.attention or self.text or self.waits or self.meets or self.answer)

    def settled(self, job: Job, user: User) -> Filters:
        """The same, with the applications of this job that wait for it, as this user knows them, meet its criteria or answered so."""
        if self.ids is not None or not (self.waits or self.meets or self.answer):
            return self
        fitting = asked_on.answering(self.answer, asked_on.questions_of(job, user)) if self.answer else None
        if self.answer and fitting is None:
            return replace(self, answer="").settled(job, user)
        found = (
            set(sub_status.standing_in(user, Application.objects.active().filter(job=job), self.waits))
            if self.waits
            else None
        )
        if self.meets:
            meeting = Application.objects.filter(narrowing.meeting(self.meets, job), job=job)
            ids = set(meeting.values_list("pk", flat=True))
            found = ids if found is None else found & ids
        if fitting is not None:
            ids = set(Application.objects.filter(fitting, job=job).values_list("pk", flat=True))
            found = ids if found is None else found & ids
        return replace(self, ids=tuple(sorted(found or ())))

    def sql(self) -> tuple[str, str, dict[str, Any]]:
        """A join, conditions and parameters for the application `a` in the stage `s`. Values only ever as parameters."""
        conditions: list[str] = []
        values: dict[str, Any] = {}
        if self.owner:
            conditions.append("p.owner_id = %(owner)s")
            values["owner"] = self.owner
        if self.source:
            conditions.append("a.source_id = %(source)s")
            values["source"] = self.source
        if (
            self.text and self.is_blind
        ):  # words of hidden people would tell who they are: only what they are called here
            conditions.append("a.id = %(called)s")
            values["called"] = whom.application_called(self.text)
        elif self.text:
            conditions.append("(p.name ILIKE %(text)s OR p.headline ILIKE %(text)s OR p.company ILIKE %(text)s)")
            values["text"] = f"%{_literal(self.text)}%"
        if self.attention:
            conditions.append(f"({PAST_TARGET} OR {REPLY_WAITS})")
        if self.waits or self.meets or self.answer:
            conditions.append(THESE)
            values["ids"] = list(self.ids or ())
        join = (
            "JOIN hiring_candidate p ON p.id = a.candidate_id"
            if self.owner or (self.text and not self.is_blind)
            else ""
        )
        return join, "".join(f" AND {condition}" for condition in conditions), values


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
