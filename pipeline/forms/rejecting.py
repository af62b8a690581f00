"""Why somebody is turned down, and which letter when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from hiring.models import MailTemplate
from pipeline.forms.delays import DELAYS, WHEN, Data, read_delay
from pipeline.models import RejectionReason
from pipeline.rejection import Delay


class RejectForm(forms.Form):
    """Why, and which mail when. Reasons of the candidate's own start without a mail: they know."""

    reason = forms.ModelChoiceField(
        RejectionReason.objects.none(), empty_label="Choose a reason", label="Reason",
        error_messages={"required": "Choose why it ends. It is kept with the decision, and stays inside."},
    )  # fmt: skip
    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), required=False, empty_label="No mail", label="Mail to the candidate"
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=48, label="Send", required=False, error_messages=WHEN)
    note = forms.CharField(
        label="Note for the team", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stays inside. Nothing of it is in the letter.",
    )  # fmt: skip
    keep_warm = forms.BooleanField(label="Keep them in mind", required=False)

    def __init__(
        self, data: Data = None, *, reason: RejectionReason | None = None, first: MailTemplate | None = None
    ) -> None:
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        says_no = reason is None or reason.ended_by == RejectionReason.EndedBy.EMPLOYER
        if data is not None or not says_no:
            first = None
        elif first is None:
            first = letters.order_by("pk").first()
        super().__init__(data, initial={"template": first, "reason": reason})
        self.fields["delay"].required = data is None or "delay" in data  # not asked where no mail is sent
        reasons = RejectionReason.objects.filter(is_active=True).exclude(ended_by=RejectionReason.EndedBy.SYSTEM)
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        self.fields["reason"].choices = _by_who_ended_it(reasons)  # type: ignore[attr-defined]
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"] or "48")

    def decision(self) -> dict[str, Any]:
        """What the verb takes; whether they are kept in mind is another form's matter."""
        return {name: value for name, value in self.cleaned_data.items() if name != "keep_warm"}

    @property
    def wants_keep(self) -> bool:
        return bool(self.data.get("keep_warm"))

    @property
    def ended_by(self) -> str:
        """Who ended it, in words, once a reason is chosen (EQ-10)."""
        chosen = self.cleaned_data.get("reason") if self.is_bound and self.is_valid() else self.initial.get("reason")
        return chosen.get_ended_by_display() if isinstance(chosen, RejectionReason) else ""


def _by_who_ended_it(reasons: Iterable[RejectionReason]) -> list[tuple[str, Any]]:
    """Reasons in groups: we said no, they said no (EQ-10)."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for reason in reasons:
        groups.setdefault(reason.get_ended_by_display(), []).append((reason.pk, reason.label))
    return [("", "Choose a reason"), *groups.items()]
