"""The custom fields of one thing as a form, by itself or as a part of a larger one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import escape

from hiring import custom_fields
from hiring.errors import Refused
from hiring.models import CustomField, User
from hiring.seen import SeenForm, quoted

Type = CustomField.Type
WIDGETS: dict[str, tuple[type[forms.Widget], dict[str, str]]] = {
    Type.TEXT: (forms.Textarea, {"rows": "2"}),
    Type.NUMBER: (forms.TextInput, {"inputmode": "decimal", "autocomplete": "off"}),
    Type.MONEY: (forms.TextInput, {"inputmode": "decimal", "autocomplete": "off"}),
    Type.DATE: (forms.DateInput, {"type": "date"}),
    Type.LINK: (forms.TextInput, {"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
}


def _help(what: CustomField) -> str:
    """What the field is for, and who alone will read what is typed."""
    if not what.is_private:
        return what.help_text
    labels = [f"{label.lower()}s" for role, label in User.Role.choices if role in what.roles]
    who = " and ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]]))
    return " ".join(filter(None, [what.help_text, f"Private: only {who} see it."]))


class CustomFieldsForm(SeenForm):
    """Fields `cf-<key>` for what the user may see; `values()` is what hiring.custom_fields.set_values takes."""

    prefix = "cf"

    def __init__(self, data: QueryDict | None = None, *, kind: str, user: User, thing_id: int | None = None) -> None:
        self.kind, self.thing_id = kind, thing_id
        self.defined = custom_fields.fields_for(kind, user)
        self.held: dict[int, custom_fields.Shown] = {}
        if self.defined and thing_id:
            shown = custom_fields.values_of(kind, [thing_id], user).get(thing_id, [])
            self.held = {one.field.pk: one for one in shown}
        initial = {what.key: self.held[what.pk].raw for what in self.defined if what.pk in self.held}
        super().__init__(data, initial=initial)
        for what in self.defined:
            self.fields[what.key] = self._field(what)

    def _field(self, what: CustomField) -> forms.Field:
        label = f"{what.name} ({what.currency})" if what.type == Type.MONEY else what.name
        about: dict[str, Any] = {"label": label, "help_text": escape(_help(what)), "required": False}
        field: forms.Field
        if what.type == Type.MULTI:
            field = forms.MultipleChoiceField(choices=self._options(what), widget=forms.CheckboxSelectMultiple, **about)
        elif what.type == Type.CHOICE:
            field = forms.ChoiceField(choices=[("", "Not set"), *self._options(what)], **about)
        elif what.type == Type.USER:
            field = forms.ChoiceField(choices=[("", "Nobody"), *self._colleagues(what)], **about)
        else:
            widget, attrs = WIDGETS[what.type]
            field = forms.CharField(widget=widget(attrs=attrs), strip=False, **about)
        field.required = what.is_required
        field.error_messages["required"] = f"{what.name} has to be filled in."
        return field

    def _options(self, what: CustomField) -> list[tuple[str, str]]:
        """What is offered, and what the thing has already though it is retired."""
        mine = self._held_options(what)
        return [
            (str(one.pk), one.label if one.is_active else f"{one.label} (no longer offered)")
            for one in what.options.all()
            if one.is_active or one.pk in mine
        ]

    def _held_options(self, what: CustomField) -> set[int | None]:
        held = self.held.get(what.pk)
        return {row.option_id for row in held.rows} if held else set()

    def _colleagues(self, what: CustomField) -> list[tuple[str, str]]:
        people = [(str(pk), name) for pk, name in User.objects.filter(is_active=True).values_list("pk", "full_name")]
        held = self.held.get(what.pk)
        if held and held.raw not in {pk for pk, _ in people}:
            people.append((held.raw, f"{held.words} (has left)"))
        return people

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for what in self.defined:
            held = self.held.get(what.pk)
            if what.key not in data or (held and data[what.key] == held.raw):
                continue
            try:
                custom_fields.clean(what, data[what.key], self._held_options(what))
            except Refused as refused:
                self.add_error(what.key, refused.sentence)
        return data

    def standing(self) -> dict[str, Any]:
        return {what.key: self._raw(what) for what in self.defined}

    def who_changed(self, name: str) -> str:
        """The row stays when a field is emptied, and says who did it."""
        what = next(one for one in self.defined if one.key == name)
        rows = custom_fields.owners[self.kind].values.objects.filter(field=what, **{self.kind: self.thing_id})  # type: ignore[attr-defined]
        last = rows.select_related("set_by").order_by("-set_at").first()
        held = self.held.get(what.pk)
        return f"{(last and last.set_by) or 'Somebody'} {quoted(held.words if held else '')}"

    def values(self) -> dict[str, Any]:
        """What was changed, as it was typed."""
        return {
            what.key: self.cleaned_data[what.key]
            for what in self.defined
            if what.key in self.cleaned_data and self.cleaned_data[what.key] != self._raw(what)
        }

    def _raw(self, what: CustomField) -> Any:
        held = self.held.get(what.pk)
        return held.raw if held else [] if what.type == Type.MULTI else ""
