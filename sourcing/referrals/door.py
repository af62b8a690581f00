"""A colleague's personal link to the referral form: for the phone in a pocket, where nobody signs in (SEC-5).

It speaks for its owner and for nothing else: whoever has it can refer somebody in their name and read in coarse words what
became of their referrals. It lasts a year, a new one ends the old one, and it ends when its owner leaves.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hiring import access, links
from hiring.errors import LinkGone
from hiring.models import PersonalLink, User

LASTS = dt.timedelta(days=365)
PURPOSE = PersonalLink.Purpose.REFER


def link_of(user: User) -> PersonalLink | None:
    """The user's living link, if they have made one."""
    living = PersonalLink.objects.filter(purpose=PURPOSE, subject_id=user.pk, user=user, revoked_at=None)
    return living.filter(expires_at__gt=timezone.now()).order_by("-pk").first()


@transaction.atomic
def renew(user: User) -> PersonalLink:
    """A new link; the one before leads nowhere from now on."""
    revoke(user)
    return links.issue(PURPOSE, user=user, subject_id=user.pk, valid_for=LASTS)


def revoke(user: User) -> None:
    links.revoke(PURPOSE, user.pk)


def owner(token: str) -> User:
    """Whose link this is. Raises LinkGone with one sentence for forged, expired and revoked ones, and for people who left."""
    user = links.open_link(token, PURPOSE).user
    if user is None or not access.can_refer(user):
        raise LinkGone(links.GONE)
    return user
