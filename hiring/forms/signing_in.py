"""allauth's forms with the labels as we write them: our words, in sentence case."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms

OUR_LABELS = {
    "Email": "E-mail",
    "Current Password": "Current password",
    "New Password": "New password",
    "New Password (again)": "New password, once more",
}


class _OurLabels:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = OUR_LABELS.get(str(field.label), field.label)


class LoginForm(_OurLabels, allauth_forms.LoginForm):
    pass


class RequestLoginCodeForm(_OurLabels, allauth_forms.RequestLoginCodeForm):
    pass


class ResetPasswordForm(_OurLabels, allauth_forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_OurLabels, allauth_forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(_OurLabels, allauth_forms.ChangePasswordForm):
    pass
