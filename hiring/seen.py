"""Two tabs, or two colleagues, with one form: what stood there when it was opened travels with it.

A save then writes only what its author changed. What somebody else changed meanwhile stays; where both changed the same field
the save is refused with who did and what, and saving once more is a decision for one's own.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import QueryDict


class SeenForm(forms.Form):
    """A form over something that is there already. Pages put `seen` into a hidden field called `seen_name`."""

    def standing(self) -> dict[str, Any]:
        """What stands in each field now, as the form would hold it."""
        raise NotImplementedError

    def who_changed(self, name: str) -> str:
        """Who changed a field last, and to what, as the beginning of a sentence: “Maya changed this to “Lyon””."""
        raise NotImplementedError

    def typed(self, name: str) -> Any:
        """What was typed into a field, in the shape of `standing`."""
        return self.cleaned_data[name]

    @property
    def seen(self) -> str:
        return json.dumps(self.standing())

    @property
    def seen_name(self) -> str:
        return f"seen-{self.prefix}" if self.prefix else "seen"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        now = self.standing()
        for name, saw in self._saw().items():
            if name not in cleaned or name not in now or _even(now[name]) == _even(saw):
                continue
            mine = _even(self.typed(name))
            if mine == _even(saw):
                del cleaned[name]  # not touched here: theirs stays
                self._show(name, now[name])
            elif mine != _even(now[name]):
                self.add_error(name, f"{self.who_changed(name)} meanwhile. Save again to put yours in its place.")
        return cleaned

    def _show(self, name: str, value: Any) -> None:
        """Put what stands into a field: asked once more, the form must not hold what was there when it was opened."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data.setlist(self.add_prefix(name), value if isinstance(value, list) else ["" if value is None else value])
        self.data = data

    def _saw(self) -> dict[str, Any]:
        try:
            saw = json.loads(self.data.get(self.seen_name) or "{}")
        except ValueError:
            return {}
        return saw if isinstance(saw, dict) else {}


def _even(value: Any) -> Any:
    """Text as it is compared: browsers send line ends as two characters."""
    if isinstance(value, list):
        return sorted(str(one) for one in value)
    return str("" if value is None else value).replace("\r\n", "\n").strip()


def quoted(value: str) -> str:
    """What a field was changed to, in a sentence."""
    return f"changed this to “{value[:80]}”" if value else "emptied this"
