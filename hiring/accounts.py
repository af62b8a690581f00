"""Signing in, and who it is that comes back: accounts are made by administrators, nobody signs up."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest

from hiring.models import TeamMember, User
from hiring.prepared import Given, prepared

facts: dict[str, Callable[[str], Any]] = {}
"""Attributes of the session's user, loaded with it: name to an expression, given where the user's id stands. What rules ask in
every request costs no query of its own."""


@prepared
def accounts(user: Given) -> QuerySet[User]:
    return User.objects.filter(pk=user).annotate(**{name: make("pk") for name, make in facts.items()})


@prepared
def memberships_of(user: Given) -> QuerySet[TeamMember, tuple[int, str]]:
    return TeamMember.objects.filter(user=user).order_by("pk").values_list("job", "role")


def _team_rows(user: str) -> ArraySubquery:
    """`12 recruiter` for each job on whose team the user is."""
    mine = TeamMember.objects.filter(user=OuterRef(user)).order_by("pk")
    return ArraySubquery(
        mine.values(row=Concat(Cast("job_id", TextField()), Value(" "), "role", output_field=TextField()))
    )


facts["team_rows"] = _team_rows


class Backend(AuthenticationBackend):
    """Every request asks whose session it is."""

    def get_user(self, user_id: Any) -> User | None:
        found = accounts.first(user=int(user_id))
        return found if found and self.user_can_authenticate(found) else None


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": (
            "Too many attempts with a wrong password. For your safety signing in with it pauses: try again in five minutes, "
            "or have a code sent to you now."
        ),
        "rate_limited": "That was asked for too often. Try again in a minute.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        """Just the subject: no site name in brackets in front."""
        return subject.strip()

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)
