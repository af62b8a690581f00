"""What followers of a person or a job hear of interviews."""

from __future__ import annotations

from hiring import following, notifications


def _said(verb: str) -> following.Words:
    return lambda event: f"An interview with {event.candidate}{f' for {event.job}' if event.job else ''} {verb}"


following.watch("interview.scheduled", notifications.INTERVIEW, _said("is planned"))
following.watch("interview.rescheduled", notifications.INTERVIEW, _said("was moved"))
following.watch("interview.cancelled", notifications.INTERVIEW, _said("was called off"))
