"""What administrators keep on this floor: how colleagues share jobs, and whether they see who referred how many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from hiring.administration import ActiveFilter, Kept, KeptForever
from hiring.mail import compose
from sourcing.career_site import admin as career_site_admin  # noqa: F401 - registers its page
from sourcing.models import CareerEmbed, CommunityChoice, ReferralSettings
from sourcing.referrals import sharing


class ReferralSettingsForm(forms.ModelForm):
    """Names a mistaken field when the words are written, not when somebody shares them."""

    share_subject = forms.CharField(
        max_length=150, required=False, label="Subject of a shared mail", help_text=f"Empty: {sharing.SUBJECT}"
    )
    share_text = forms.CharField(
        max_length=sharing.LONGEST,
        required=False,
        label="Words to share a job with",
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
        help_text="Fields: "
        + ", ".join(f"{{{{ {name} }}}}" for name in sharing.FIELDS)
        + ". The address is added where it is missing.",
    )

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        unknown = [field for field in compose.FIELD.findall(text) if field not in sharing.FIELDS]
        left = compose.LEFT_OVER.findall(compose.FIELD.sub("", text))
        if unknown or left:
            raise ValidationError(f"Not a field: {', '.join(unknown + left)}. There are: {', '.join(sharing.FIELDS)}.")
        return text

    def clean_share_subject(self) -> str:
        return " ".join(self._checked("share_subject").split())

    def clean_share_text(self) -> str:
        return self._checked("share_text")


@admin.register(ReferralSettings)
class ReferralSettingsAdmin(KeptForever):
    form = ReferralSettingsForm
    list_display = ("__str__", "has_leaderboard")
    fields = ("share_subject", "share_text", "has_leaderboard")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request) and not ReferralSettings.objects.exists()


@admin.register(CommunityChoice)
class CommunityChoiceAdmin(Kept):
    """The pools visitors may join by themselves on the career site. None that is open: no such page."""

    list_display = ("name", "pool", "months", "active")
    list_filter = (("is_active", ActiveFilter),)
    list_select_related = ("pool",)
    fields = ("name", "pool", "months", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever joined keeps their way out: close it instead."""
        return super().has_delete_permission(request, obj) and not (obj and obj.members.exists())


@admin.register(CareerEmbed)
class CareerEmbedAdmin(Kept):
    """Which web sites may show the list of jobs in a frame. What to put there: the page “For your web site”."""

    list_display = ("name", "sites", "active")
    list_filter = (("is_active", ActiveFilter),)
    fields = ("name", "sites", "most", "is_active")

    def view_on_site(self, obj: CareerEmbed) -> str:
        return f"{reverse('sourcing:embeds')}?list={obj.pk}"
