"""Files about people: checked at the door, read in a confined process, shown as pages and text."""

from hiring.documents.store import store

__all__ = ["store"]
