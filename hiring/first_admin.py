"""An empty installation: whoever reads the terminal becomes the first administrator, through a link that works once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hiring import links
from hiring.errors import Refused
from hiring.models import PersonalLink, User

VALID_FOR = dt.timedelta(hours=24)


@transaction.atomic
def invite() -> PersonalLink:
    """A fresh link; earlier ones stop working, so that only the latest terminal output counts."""
    unused = PersonalLink.objects.filter(purpose=PersonalLink.Purpose.FIRST_ADMIN, used_at=None, revoked_at=None)
    unused.update(revoked_at=timezone.now())
    return links.issue(PersonalLink.Purpose.FIRST_ADMIN, valid_for=VALID_FOR)


def open_link(token: str) -> PersonalLink:
    """The link while it still can be used; afterwards one sentence, which tells nobody whether it ever was one."""
    link = links.open_link(token, PersonalLink.Purpose.FIRST_ADMIN)
    if link.used_at:
        raise Refused(links.GONE)
    return link


@transaction.atomic
def create(link: PersonalLink, *, full_name: str, email: str, password: str) -> User:
    """Spend the link and make the administrator. Refused once anybody can sign in: from then on administrators make accounts."""
    links.use(link)
    if User.objects.exists():
        raise Refused("There already is an administrator. Ask them for an account.")
    return User.objects.create_superuser(email, password, full_name=full_name)
