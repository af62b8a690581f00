"""The wizard's forms: the file, how it is read, what its columns are, and on what ground its people come in."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from hiring import access
from hiring.models import Source, User
from sourcing.imports import columns, own_fields, tables
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.imports.tables import Shape
from sourcing.models import TalentPool

GROUNDS = {
    "sourcing": (
        "sourcing",
        "legitimate_interest",
        "We found them, or a colleague referred them (legitimate interest)",
    ),
    "pool": ("pool", "legitimate_interest", "They are kept in mind for later roles (legitimate interest)"),
    "consent": ("pool", "consent", "They agreed to be kept in mind (consent)"),
    "application": ("application", "contract", "They applied, or asked to be considered (steps before a contract)"),
}
"""Key to (purpose, lawful basis, words). PRIV-1: nobody comes in without one."""

LEFT_OUT = "Leave out"


def _regions() -> list[tuple[str, str]]:
    """Countries as (code, "FR +33"): not everybody knows a country by two letters."""
    return [
        (code, f"{code} +{phonenumbers.country_code_for_region(code)}")
        for code in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,.tsv,.txt,.xlsx,.zip"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MOST_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {filesizeformat(settings.IMPORT_MOST_BYTES)}. Split it."
            )
        return file


class ShapeForm(forms.Form):
    """How the file is read. A spreadsheet has sheets, a text file an encoding and a separator."""

    encoding = forms.ChoiceField(required=False)
    separator = forms.ChoiceField(required=False)
    sheet = forms.ChoiceField(required=False)
    has_header = forms.BooleanField(required=False, label="The first row names the columns")

    def __init__(self, data: Any = None, *, batch: ImportBatch) -> None:
        self.shape = Shape.of(batch.shape)
        super().__init__(data, initial={**batch.shape, "separator": _word_of(self.shape.separator)})
        if self.shape.format == "zip" and not self.shape.member:
            self.fields.clear()  # résumés alone: no text to be read this way or that
        elif "xlsx" in (self.shape.format, self.shape.inner):
            del self.fields["encoding"], self.fields["separator"]
            self.fields["sheet"].choices = [(name, name) for name in self.shape.sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
            encodings = {
                **tables.ENCODINGS,
                self.shape.encoding: tables.ENCODINGS.get(self.shape.encoding, self.shape.encoding),
            }
            self.fields["encoding"].choices = list(encodings.items())  # type: ignore[attr-defined]
            self.fields["separator"].choices = [(word.lower(), word) for word in tables.SEPARATORS.values()]  # type: ignore[attr-defined]

    def chosen(self) -> Shape:
        given = {key: value for key, value in self.cleaned_data.items() if key == "has_header" or value}
        if "separator" in given:
            given["separator"] = next(
                sign for sign, word in tables.SEPARATORS.items() if word.lower() == given["separator"]
            )
        return Shape.of({**self.shape.stored(), **given})


def _word_of(separator: str) -> str:
    return tables.SEPARATORS.get(separator, "Comma").lower()


class MapForm(forms.Form):
    """What each column is, and what holds for everybody in the list. Named after the arguments of batches.start_check."""

    source = forms.ModelChoiceField(
        Source.objects.filter(is_active=True),
        label="Source",
        empty_label="Choose…",
        help_text="Where these people come from.",
        error_messages={"required": "Say where these people come from."},
    )
    source_note = forms.CharField(max_length=200, required=False, label="More about the source")
    ground = forms.ChoiceField(
        label="Why may we keep their data?",
        choices=[(key, words) for key, (_, _, words) in GROUNDS.items()],
        widget=forms.RadioSelect,
        help_text="The lawful basis. People who did not give us their data themselves have to be told within a month.",
        error_messages={"required": "Without a lawful basis nobody’s data may be kept."},
    )
    tag = forms.CharField(max_length=60, required=False, label="Tag")
    pool = forms.ModelChoiceField(TalentPool.objects.none(), required=False, empty_label="None")
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")
    region = forms.ChoiceField(label="Phone country", help_text="For numbers without a country code.")
    overwrite = forms.ChoiceField(
        label="People we know already",
        choices=[
            ("fill", "Fill in what is missing: empty fields, new contact points and tags. Nothing is overwritten."),
            ("overwrite", "Overwrite: name, headline, employer, location and owner of the list replace ours."),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, batch: ImportBatch, user: User) -> None:
        super().__init__(data, initial=_as_before(batch))
        self.fields["pool"].queryset = TalentPool.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)  # type: ignore[attr-defined]
        self.fields["region"].choices = _regions()  # type: ignore[attr-defined]
        self.is_archive = batch.kind == ImportBatch.Kind.RESUMES
        self.labels = {field.key: field.label for field in columns.FIELDS if field.key != "file" or self.is_archive}
        own = {own_fields.PREFIX + what.key: what.name for what in own_fields.offered(user, batch.by)}
        choices: list[Any] = [("", LEFT_OUT), *self.labels.items()]
        if own:
            choices.append(("Your own fields", list(own.items())))
        self.labels |= own
        self.column_names = [f"column_{place}" for place in range(len(batch.headers))]
        for place, header in enumerate(batch.headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                required=False,
                choices=choices,
                initial=batch.mapping[place] if place < len(batch.mapping) else "",
                widget=forms.Select(attrs={"aria-label": f"What “{header}” is"}),
            )

    def mapping(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.column_names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mapping = [data.get(name, "") for name in self.column_names]
        for key in {key for key in mapping if key} - columns.MANY:
            if mapping.count(key) > 1:
                second = [name for name, chosen in zip(self.column_names, mapping, strict=True) if chosen == key][1]
                self.add_error(second, f"{self.labels[key]} is chosen twice.")
        if self.is_archive and "file" not in mapping:
            self.add_error(None, "Say which column holds the names of the résumé files.")
        if not self.is_archive and not {"email", "phone", "link"} & set(mapping):
            self.add_error(None, "Say which column holds an e-mail address, a phone number or a profile link.")
        return data

    def arguments(self) -> dict[str, Any]:
        """What batches.start_check takes."""
        data = self.cleaned_data
        purpose, basis, _ = GROUNDS[data["ground"]]
        names = ("source", "source_note", "tag", "pool", "owner", "region")
        return {
            "mapping": self.mapping(),
            "purpose": purpose,
            "basis": basis,
            **{name: data[name] for name in names},
            "overwrite": data["overwrite"] == "overwrite",
        }


class SuspectsForm(forms.Form):
    """What becomes of all rows that look like somebody. Named after the arguments of suspecting.choose_for_all."""

    choice = forms.ChoiceField(label="Rows that look like somebody we know", choices=ImportBatch.Suspected.choices)


class SuspectForm(forms.Form):
    """The same for one row: `join-12` is to join candidate 12."""

    choice = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, row: ImportRow) -> None:
        super().__init__(data)
        joins = [f"join-{pk}" for pk, _, _ in row.suspects]
        self.fields["choice"].choices = [(key, key) for key in ("", "new", "skip", *joins)]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What suspecting.choose takes."""
        choice, _, person = self.cleaned_data["choice"].partition("-")
        return {"choice": choice, "person": int(person) if person else None}


class WhoseForm(forms.Form):
    """Whose a file is that does not say so itself. Named after the arguments of filing.complete."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(
        max_length=320,
        required=False,
        label="E-mail",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )


def _as_before(batch: ImportBatch) -> dict[str, Any]:
    ground = next(
        (key for key, (purpose, basis, _) in GROUNDS.items() if (purpose, basis) == (batch.purpose, batch.basis)), ""
    )
    return {
        "source": batch.source_id,
        "source_note": batch.source_note,
        "ground": ground,
        "tag": batch.tag,
        "pool": batch.pool_id,
        "owner": batch.owner_id,
        "region": batch.region or settings.DEFAULT_PHONE_REGION,
        "overwrite": "overwrite" if batch.overwrite else "fill",
    }
