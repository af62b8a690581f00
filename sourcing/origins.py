"""An import brings facts about a person."""

from __future__ import annotations

from hiring import origins
from hiring.models import Candidate
from sourcing.imports.models import ImportBatch


def _imports(candidate: Candidate) -> list[origins.Occasion]:
    rows = ImportBatch.objects.filter(rows__candidate=candidate).distinct().only("pk", "name").order_by("-pk")[:100]
    return [
        origins.Occasion("sourcing_importbatch", row.pk, f"the import {row.name}", row.get_absolute_url())
        for row in rows
    ]


origins.occasions.append(_imports)
