"""An application form brings facts about a person."""

from __future__ import annotations

from hiring import origins
from hiring.models import Candidate
from pipeline.models import Application


def _applications(candidate: Candidate) -> list[origins.Occasion]:
    rows = Application.objects.filter(candidate=candidate).select_related("job").order_by("-pk")[:100]
    return [
        origins.Occasion("pipeline_application", row.pk, f"the application for {row.job}")
        for row in rows
        if not row.job.confidential
    ]


origins.occasions.append(_applications)
