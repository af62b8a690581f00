"""What counts as a next step of an application. Floors above add theirs; whoever has none waits for nobody.

A kind is a filter over applications. Blanks in the registry only make more people show up as waiting, never fewer.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from hiring.models import Message, Task, Thread
from pipeline.models import ApplicationQuerySet, ReviewPerson

kinds: dict[str, tuple[str, Callable[[], Q]]] = {}
"""Name to (words, filter over applications that have such a step)."""


def declare(name: str, words: str, having: Callable[[], Q]) -> None:
    kinds[name] = (words, having)


def without(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """Those of them for whom nothing is planned and nobody's answer is waited for."""
    for _, having in kinds.values():
        applications = applications.exclude(having())
    return applications


def in_words() -> str:
    return ", ".join(words for words, _ in kinds.values())


def _task() -> Q:
    return Q(Exists(Task.objects.filter(candidate=OuterRef("candidate"), done_at=None)))


def _letter() -> Q:
    waiting = Message.objects.queued().filter(candidate=OuterRef("candidate"), job=OuterRef("job"))
    return Q(Exists(waiting))


def _asked() -> Q:
    return Q(Exists(ReviewPerson.objects.filter(application=OuterRef("pk"), review__closed_at=None)))


def _reply() -> Q:
    """They have written, and the inbox shows it to somebody."""
    return Q(
        Exists(Thread.objects.unanswered_beside(OuterRef(OuterRef("job"))).filter(candidate=OuterRef("candidate")))
    )


declare("task", "an open task about them", _task)
declare("letter", "a mail that waits to leave", _letter)
declare("asked", "a colleague asked for their word", _asked)
declare("reply", "a reply of theirs in the inbox", _reply)
