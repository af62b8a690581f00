"""Name, address and password of the first administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from hiring.models import User


class FirstAdminForm(forms.Form):
    full_name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 10 characters. A few unrelated words are easy to remember.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given:
            somebody = User(email=given.get("email", ""), full_name=given.get("full_name", ""))
            try:
                password_validation.validate_password(given["password"], somebody)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return given
