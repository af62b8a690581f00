"""Access keys for programs: made once in sight, kept as a digest, ended by hand, by time, or with the account.

A key opens what its user may see and do, and nothing else; hiring/api asks the same rules as the pages.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import accounts
from hiring.errors import Refused
from hiring.models import ApiAnswer, ApiKey, User

PREFIX = "tlk_"  # so that scanners of code and logs find one that was left lying about
LONGEST_SECRET = 100
MOST_LIVE = 20
SEEN_EVERY = dt.timedelta(minutes=1)
ANSWERS_KEPT = dt.timedelta(days=2)


def digest(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits: nothing slower is needed to keep it from being guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make(user: User, name: str, *, scope: str, days: int) -> tuple[ApiKey, str]:
    """A key and its secret, which is never to be had again. `days` from now it ends by itself."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Refused("Name the key after what uses it, in at most 60 characters.")
    if not 1 <= days <= settings.API_KEY_MOST_DAYS:
        raise Refused(f"A key lasts at most {settings.API_KEY_MOST_DAYS} days.")
    now = timezone.now()
    User.objects.select_for_update().get(pk=user.pk)  # two forms sent at once take turns
    live = ApiKey.objects.visible_to(user).live(now)
    if live.count() >= MOST_LIVE:
        raise Refused(f"You have {MOST_LIVE} keys. Revoke one that is no longer used.")
    if live.filter(name__iexact=name).exists():
        raise Refused("You have a key of this name. Choose another, or revoke that one first.")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        start=secret[: len(PREFIX) + 4],
        digest=digest(secret),
        scope=ApiKey.Scope(scope),
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    return key, secret


@transaction.atomic
def revoke(key: ApiKey) -> ApiKey:
    """End a key now. Twice is once."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    return key


def opened_by(secret: str) -> ApiKey | None:
    """The live key of this secret with its user; None for a wrong, revoked or expired one, and for closed accounts."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST_SECRET:
        return None
    live = ApiKey.objects.live(timezone.now()).select_related("user").filter(digest=digest(secret))
    key = live.annotate(**{name: make("user_id") for name, make in accounts.facts.items()}).first()
    for name in accounts.facts if key else ():
        setattr(key.user, name, getattr(key, name))  # type: ignore[union-attr]
    return key


def used(key: ApiKey) -> None:
    """Note that the key was used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - SEEN_EVERY:
        unseen = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiKey.objects.filter(unseen, pk=key.pk).update(last_used_at=now)


def forget_answers() -> int:
    """Answers nobody repeats a call for any more. Rows removed."""
    return ApiAnswer.objects.filter(at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]
