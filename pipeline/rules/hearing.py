"""What rules hear: that people came, or entered a stage, and that the holidays were changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from hiring import events
from pipeline.events import applications_moved, applications_opened
from pipeline.models import Application
from pipeline.rules import finding


@receiver(applications_opened, dispatch_uid="pipeline.rules_of_arrivals")
def arrived(sender: Any, *, applications: Sequence[Application], **kwargs: Any) -> None:
    finding.at_event(applications, ("applied", "answered", "entered"))


@receiver(applications_moved, dispatch_uid="pipeline.rules_of_moves")
def moved(sender: Any, *, applications: Sequence[Application], **kwargs: Any) -> None:
    finding.at_event(applications, ("entered",))


@receiver(events.holidays_changed, dispatch_uid="pipeline.rules_by_the_calendar")
def reckon(sender: Any, **kwargs: Any) -> None:
    from pipeline.tasks import reckon_rules

    reckon_rules.delay_on_commit()
