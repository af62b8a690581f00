"""Personal links: issue, open, use, revoke (SEC-5).

A token is the link's random key and a signature over key and purpose: unguessable, not reusable for another purpose,
and nothing secret is stored. GET opens a link and changes nothing; the POST that acts on it calls `use` in its transaction.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from hiring import context
from hiring.errors import LinkGone, Refused
from hiring.models import Candidate, PersonalLink, User

GONE = "This link is no longer valid. Ask the person who sent it for a new one."


def issue(
    purpose: PersonalLink.Purpose,
    *,
    candidate: Candidate | None = None,
    user: User | None = None,
    subject_id: int | None = None,
    valid_for: dt.timedelta | None,
) -> PersonalLink:
    """A new link. `valid_for` None never expires (unsubscribe only, MAIL-5)."""
    now = timezone.now()
    return PersonalLink.objects.create(
        purpose=purpose,
        candidate=candidate,
        user=user,
        subject_id=subject_id,
        created_at=now,
        expires_at=now + valid_for if valid_for else None,
    )


def issue_many(
    purpose: PersonalLink.Purpose, candidates: Iterable[Candidate], *, valid_for: dt.timedelta | None = None
) -> list[PersonalLink]:
    """A link for each of these people, written by one statement; without `valid_for` it never expires (unsubscribe only, MAIL-5)."""
    now = timezone.now()
    ends = now + valid_for if valid_for else None
    made = [PersonalLink(purpose=purpose, candidate=one, created_at=now, expires_at=ends) for one in candidates]
    return PersonalLink.objects.bulk_create(made)


def token(link: PersonalLink) -> str:
    """The token of a link: 22 characters of key, a dash-free signature behind a dot."""
    return sign(link.key, link.purpose)


def sign(key: uuid.UUID, purpose: str) -> str:
    """The token of a key, for one purpose; also for rows that are their own link, such as an alert about jobs."""
    text = base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")
    return signing.Signer(sep=".", salt=f"link:{purpose}").sign(text)


def unsign(token: str, purpose: str) -> uuid.UUID | None:
    """The key a token was made of; None for anything forged, or made for another purpose."""
    try:
        text = signing.Signer(sep=".", salt=f"link:{purpose}").unsign(token)
        return uuid.UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    except (signing.BadSignature, ValueError):
        return None


def url(link: PersonalLink, route: str) -> str:
    """The absolute address of `route`, which takes the token as its only argument."""
    return settings.SITE_URL + reverse(route, args=[token(link)])


def find(token: str, purpose: PersonalLink.Purpose) -> PersonalLink | None:
    """The link a token stands for, whatever its state; None for anything forged, foreign or unknown."""
    key = unsign(token, purpose)
    if key is None:
        return None
    link = PersonalLink.objects.filter(key=key, purpose=purpose).select_related("candidate", "user").first()
    if link and context.acting_now().door == "page":
        # The audit tells what came through a link from what came signed in.
        context.set_actor(link.user_id, door="link")
    return link


def open_link(token: str, purpose: PersonalLink.Purpose) -> PersonalLink:
    """The live link of a token. Raises LinkGone with one and the same sentence for forged, expired and revoked ones (SEC-11)."""
    link = find(token, purpose)
    if link is None or link.revoked_at or (link.expires_at and link.expires_at <= timezone.now()):
        raise LinkGone(GONE)
    return link


def use(link: PersonalLink) -> None:
    """Spend a single-use link. Raises Refused when somebody was quicker; call it inside the transaction that acts."""
    if not PersonalLink.objects.filter(pk=link.pk, used_at=None, revoked_at=None).update(used_at=timezone.now()):
        raise Refused("This was already done with this link.")


def revoke(purpose: PersonalLink.Purpose, subject_id: int) -> None:
    """Take back every unused link of a subject."""
    PersonalLink.objects.filter(purpose=purpose, subject_id=subject_id, used_at=None).update(revoked_at=timezone.now())


PERSONAL = re.compile(
    r"(?:https?://[^\s/]+)?/(offer|status|confirm|my-data|approve|brief|u|welcome|refer|look|stay|enter|alerts|community)/[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{20,}/?"
)


def hide(text: str) -> str:
    """Text for colleagues' eyes: a personal link acts for its addressee, so whoever reads the mail later must not hold it.

    What stands in its place is no address any more, so that nobody is offered a link that leads nowhere.
    """
    return PERSONAL.sub(r"(personal link: \1)", text)
