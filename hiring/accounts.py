"""Signing in: accounts are made by administrators, nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        """Just the subject: no site name in brackets in front."""
        return subject.strip()

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)
