"""What followers of a person or a job hear of applications."""

from __future__ import annotations

from hiring import following, notifications
from hiring.models import TimelineEvent
from pipeline.models import Stage


def _for(event: TimelineEvent) -> str:
    return f" for {event.job}" if event.job else ""


def _opened(event: TimelineEvent) -> str:
    return f"{event.candidate} is a candidate{_for(event)} now"


def _moved(event: TimelineEvent) -> str:
    stage = Stage.objects.filter(pk=event.data.get("to")).values_list("name", flat=True).first()
    return f"{event.candidate} moved to {stage}{_for(event)}" if stage else ""


def _ended(said: str) -> following.Words:
    return lambda event: f"{event.candidate} {said}{_for(event)}"


following.watch("application.opened", notifications.NEW_APPLICATION, _opened, many="added people to")
following.watch("application.moved", notifications.MOVED, _moved, many="moved people in")
following.watch("application.rejected", notifications.MOVED, _ended("was rejected"), many="turned people down for")
following.watch("application.withdrawn", notifications.MOVED, _ended("withdrew"))
following.watch("application.hired", notifications.MOVED, _ended("is hired"))
following.watch(
    "application.restored", notifications.MOVED, _ended("is back in the running"), many="took people back in for"
)
