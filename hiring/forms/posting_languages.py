"""Title and text of a posting in another language."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring import last_changes, postings
from hiring.models import PostingTranslation
from hiring.seen import SeenForm, quoted


class TranslationForm(SeenForm):
    """Fields are named after the arguments of hiring.postings.translate."""

    title = forms.CharField(max_length=150)
    description = forms.CharField(
        label="Text", max_length=30_000, widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"})
    )

    def __init__(self, data: Any = None, *, translation: PostingTranslation) -> None:
        self.translation = translation
        typed = postings.as_typed(translation.description)
        super().__init__(data, initial={"title": translation.title, "description": typed})
        for field in self.fields.values():
            field.widget.attrs["lang"] = translation.language

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def standing(self) -> dict[str, Any]:
        return dict(self.initial)

    def who_changed(self, name: str) -> str:
        row = self.translation if self.translation.pk else None
        words = "changed this" if name == "description" else quoted(self.translation.title)
        return f"{last_changes.who(row, name)} {words}"

    @property
    def words(self) -> dict[str, Any]:
        """What was typed; what was left alone is as it stands."""
        return {name: self.cleaned_data.get(name, self.initial[name]) for name in ("title", "description")}
