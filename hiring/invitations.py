"""Accounts are made by administrators: whoever gets one is sent a link to choose a password."""

from __future__ import annotations

import math

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Message, User


@transaction.atomic
def send(user: User, *, by: User | None) -> Message:
    """Mail a link to choose a password. It works once, and stops working with any newer password."""
    if not user.is_active:
        raise Refused(f"The account of {user} is closed.")
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return compose.to_colleague(
        user,
        purpose="account",
        template="hiring/email/account_invitation",
        context={
            "by": by,
            "url": settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key),
            "days": math.floor(settings.PASSWORD_RESET_TIMEOUT / 86_400),
        },
    )
