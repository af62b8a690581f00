"""Vectors hear of each migrate, and /readyz of those that wait."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate  # noqa: TID251 - the end of a migrate, no business in it

from hiring import health
from hiring.semantic import embedding, storage


def _prepare(sender: Any, using: str, **kwargs: Any) -> None:
    if sender.name == "hiring":
        storage.prepare(using)


post_migrate.connect(_prepare, dispatch_uid="hiring_vectors")
health.due["embeddings"] = embedding.oldest_due
