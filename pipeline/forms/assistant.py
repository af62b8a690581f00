"""What the writing assistant is asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring.models import Job


class WishForm(forms.Form):
    """What a message drafted by the assistant should say, and about which of the person's jobs."""

    wish = forms.CharField(
        max_length=600,
        label="What do you want to say?",
        help_text="In a few words. The person's name and contacts are taken out before it is sent.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words what the message should say."},
    )
    job = forms.TypedChoiceField(label="About which job?", error_messages={"required": "Choose the job it is about."})

    def __init__(self, data: Any = None, *, jobs: list[Job], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["job"]
        by_id = {str(job.pk): job for job in jobs}
        field.choices = [(pk, job.title) for pk, job in by_id.items()]  # type: ignore[attr-defined]
        field.coerce = by_id.get  # type: ignore[attr-defined]
