"""Files about people: checked at the door, read in a confined process, shown as pages and text."""

from hiring.documents.store import replace, store, store_all

__all__ = ["replace", "store", "store_all"]
