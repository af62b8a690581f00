"""When a letter leaves, as forms offer it; and what all forms of the pipeline take."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict

from pipeline.rejection import NEXT_MORNING, Delay

MORNING = "morning"
DELAYS: list[tuple[int | str, str]] = [
    (0, "Now"),
    (MORNING, "On their next working morning"),
    (24, "In 1 day"),
    (48, "In 2 days"),
    (72, "In 3 days"),
    (168, "In a week"),
]
Data = QueryDict | dict[str, Any] | None
WHEN = {"required": "Choose when it leaves."}
WHICH_LETTER = {"required": "Choose the letter they get."}
WHICH_JOB = {"required": "Choose the job they go to."}


def read_delay(value: str) -> Delay:
    return NEXT_MORNING if value == MORNING else dt.timedelta(hours=int(value))
