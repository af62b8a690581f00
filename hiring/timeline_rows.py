"""How the timeline loads the rows of this app's nouns: one query a noun, whatever the number of events."""

from __future__ import annotations

from hiring import access
from hiring.models import ApiKey, MergeRecord, Note, Source, Tag, Task, User
from hiring.timeline import by_name, labels, loads, references

references["candidate.owner_changed"] = {"left": "user", "to": "user"}
references["task.added"] = {"assignee": "user"}
references["task.handed_on"] = {"left": "user", "to": "user"}
labels["api_key"] = by_name(ApiKey.objects.all())
labels["tag"] = by_name(Tag.objects.all())
labels["source"] = by_name(Source.objects.all())
labels["user"] = by_name(User.objects.all(), "full_name")


@loads("note", is_guarded=True)
def notes(user: User, ids: set[int]) -> dict[int, Note]:
    return Note.objects.visible_to(user).in_bulk(ids)


@loads("task")
def tasks(user: User, ids: set[int]) -> dict[int, Task]:
    return Task.objects.in_bulk(ids)


@loads("merge")
def merges(user: User, ids: set[int]) -> dict[int, MergeRecord]:
    """Merges, and whether this user may take them back now."""
    found = MergeRecord.objects.in_bulk(ids)
    for merged in found.values():
        merged.may_be_undone = merged.undone_at is None and access.can_settle_duplicates(user)  # type: ignore[attr-defined]
    return found
