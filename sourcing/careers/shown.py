"""A question of the application form as its page shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _

from hiring.application_form import asking
from hiring.application_form.questions import Question
from hiring.documents import drafts


@dataclass(frozen=True)
class Shown:
    """A question as the page shows it: `field` is missing where there is nothing to answer, `holds` says whether it is asked as
    things are."""

    question: Question
    field: forms.BoundField | None
    draft: drafts.Draft | None
    holds: bool

    @property
    def key(self) -> str:
        return str(self.question["key"])

    @property
    def text(self) -> str:
        return str(self.question.get("text", ""))

    @property
    def only_if(self) -> str:
        return asking.in_words(self.question)

    @property
    def is_optional(self) -> bool:
        return not self.question.get("required")

    @property
    def file_hint(self) -> str:
        return str(self.question.get("help") or _("PDF, Word or text, up to 10 MB."))

    @property
    def when(self) -> str:
        """Its conditions for the script that shows and hides it."""
        return json.dumps(self.question["when"]) if self.question.get("when") else ""
