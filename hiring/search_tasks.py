"""Leaves that keep the search copies in step."""

from __future__ import annotations

from celery import shared_task

from hiring import context, search, search_log, taxonomy_changes
from hiring.semantic import recall


@shared_task(name="search.refresh")
def refresh(candidate_ids: list[int]) -> None:
    """Rewrite the copies of many people at once, in the background: imports and merges."""
    with context.acting(door="task"):
        search.refresh(candidate_ids)


@shared_task(name="search.sweep")
def sweep() -> None:
    """Find the people whose copy was missed when they changed."""
    with context.acting(door="task"):
        search.sweep()


@shared_task(name="search.follow_taxonomy")
def follow_taxonomy() -> None:
    """Rewrite the copies of people who have or say a name of a skill that means something else now."""
    with context.acting(door="task"):
        taxonomy_changes.sweep()


@shared_task(name="search.check_recall")
def check_recall() -> None:
    """Measure whether the index of vectors finds who is truly nearest."""
    with context.acting(door="task"):
        recall.check()


@shared_task(name="search.forget_unused_names")
def forget_unused_names() -> None:
    """Take words of names out of the lists of slips when nobody has them any more."""
    with context.acting(door="task"):
        search.forget_unused_names()


@shared_task(name="search.forget_old_searches")
def forget_old_searches() -> None:
    """Take away what the search log has kept long enough."""
    with context.acting(door="task"):
        search_log.forget_old()
