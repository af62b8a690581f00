"""What this app hears from the floors below, and the registries it fills itself."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from hiring import (
    candidate_panels,  # noqa: F401
    custom_field_columns,  # noqa: F401 - custom fields in exports
    custom_field_merging,  # noqa: F401
    custom_fields,  # noqa: F401 - what the timeline says of them
    events,
    export_columns,  # noqa: F401 - what can be taken out as a file, and doing so
    following,  # noqa: F401 - who hears of a reply, and what a merge does to follows
    inbox,  # noqa: F401 - its count and its group on Today
    jobs,  # noqa: F401 - what approvals must know of a job
    notifications,  # noqa: F401 - the bell's count
    promise_panels,  # noqa: F401 - promises on the profile and on Today
    record_acts,  # noqa: F401 - what can be done with many people at once
    taxonomy_changes,  # noqa: F401 - how late search copies are in following the taxonomy
    timeline_rows,  # noqa: F401
    waiting,  # noqa: F401 - its groups on Today
)
from hiring.documents import timeline  # noqa: F401
from hiring.mail import drafts, history  # noqa: F401 - the mail tab on the profile, messages in the timeline
from hiring.models import Candidate
from hiring.query import (
    contactable,  # noqa: F401 - the fields of a query that the record answers, here and below
    copied,  # noqa: F401
    custom,  # noqa: F401 - custom fields in a query
    standard,  # noqa: F401
)
from hiring.search_copy import refresh_soon
from hiring.semantic import receivers as _vectors  # noqa: F401 - where vectors are kept, and how late they are


@receiver(events.candidate_suppressed, dispatch_uid="search.suppressed")
def _suppressed(sender: Any, *, candidate: Candidate, **kwargs: Any) -> None:
    """`contactable:` reads it from the search copy."""
    refresh_soon(candidate.pk)
