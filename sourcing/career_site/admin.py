"""The career site in the administration: mistakes are said where they were made, and a colour that cannot be read is refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from hiring.administration import KeptForever
from hiring.errors import Refused
from hiring.legal_text_admin import LANGUAGES
from hiring.postings.texts import as_html, as_typed
from sourcing.career_site import colours, look, pictures
from sourcing.career_site.models import CareerImage, CareerLink, CareerSite, CareerText

Kind = CareerImage.Kind
HINTS = {
    Kind.LOGO: "PNG, JPEG or plain SVG, up to 1 MB. Shown 32 pixels high, by day and by night: leave its ground transparent.",
    Kind.SHARE: "PNG or JPEG of 1200 × 630: what sites show where somebody shares a job.",
    Kind.ICON: "PNG or plain SVG, square.",
}


class SiteForm(forms.ModelForm):
    logo = forms.FileField(label="Logo", required=False, help_text=HINTS[Kind.LOGO])
    logo_gone = forms.BooleanField(label="Take the logo away", required=False)
    share = forms.FileField(label="Picture for shared links", required=False, help_text=HINTS[Kind.SHARE])
    share_gone = forms.BooleanField(label="Take that picture away", required=False)
    icon = forms.FileField(label="Icon of the browser's tab", required=False, help_text=HINTS[Kind.ICON])
    icon_gone = forms.BooleanField(label="Take the icon away", required=False)

    def clean_colour(self) -> str:
        given: str = self.cleaned_data["colour"].strip().lower()
        if not given:
            return ""
        if not colours.HEX.fullmatch(given):
            raise ValidationError("A colour is # and six digits or letters from a to f, such as #1a4fd0.")
        fits = colours.nearest(given)
        if fits != given:
            has = min(colours.contrast(given, colours.WHITE), colours.contrast(given, colours.DAY))
            raise ValidationError(
                f"Words in this colour, and white words on it, are too hard to read: its contrast is {has:.1f}, and {colours.WORDS} is "
                f"the least. {fits} is the nearest that can be read."
            )
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.pictures: dict[str, pictures.Picture] = {}
        for kind in Kind:
            if upload := cleaned.get(kind.value):
                try:
                    self.pictures[kind.value] = pictures.read(kind.value, upload)
                except Refused as refused:
                    self.add_error(kind.value, refused.sentence)
        return cleaned


class TextForm(forms.ModelForm):
    language = forms.ChoiceField(choices=LANGUAGES, initial="en")
    intro = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 6, "cols": 80}),
        help_text="Blank lines begin paragraphs; [words](https://address) are links.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            self.initial["intro"] = as_typed(self.instance.intro)

    def clean_intro(self) -> str:
        return as_html(self.cleaned_data["intro"])


class Texts(admin.StackedInline):
    model, form, extra = CareerText, TextForm, 0


class Links(admin.TabularInline):
    model, extra = CareerLink, 0


@admin.register(CareerSite)
class CareerSiteAdmin(KeptForever):
    form = SiteForm
    inlines = (Texts, Links)
    list_display = ("__str__", "is_on", "name", "colour")
    fieldsets = (
        (
            None,
            {
                "fields": ("is_on", "name", "colour"),
                "description": "Save it off, look at it by “View on site”, then switch it on.",
            },
        ),
        ("Pictures", {"fields": ("logo", "logo_gone", "share", "share_gone", "icon", "icon_gone")}),
    )

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request) and not CareerSite.objects.exists()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """With its pictures, once the row is there; visitors see all of it together."""
        super().save_related(request, form, formsets, change)
        for kind, picture in form.pictures.items():
            look.keep_picture(form.instance, kind, picture)
        gone = [
            kind.value
            for kind in Kind
            if form.cleaned_data.get(f"{kind.value}_gone") and kind.value not in form.pictures
        ]
        look.forget_pictures(form.instance, gone)
        look.changed()
