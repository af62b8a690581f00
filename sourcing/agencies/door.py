"""Coming in as an agency: by a link to one's own address, opened once, and a session that is asked about at every step.

An agency's session is no colleague's: it signs nobody in to anything else (hiring/guests.py), and it ends the moment its person
or agency is switched off.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from hiring import links, suppression
from hiring.errors import LinkGone
from hiring.mail import delivery, partners
from hiring.models import Message, PersonalLink, User
from sourcing.agencies.models import AgencyUser

PURPOSE = PersonalLink.Purpose.AGENCY
INVITED_FOR = dt.timedelta(days=7)
LINK_LASTS = dt.timedelta(minutes=30)
SESSION_LASTS = dt.timedelta(days=7)
WHO, SINCE = "agency_user", "agency_since"
SEEN_EVERY = dt.timedelta(minutes=5)


def find(email: str) -> AgencyUser | None:
    found = AgencyUser.objects.select_related("agency").annotate(_email=Lower("email"))
    return found.filter(_email=email.strip().lower()).first()


@transaction.atomic
def invite(user: AgencyUser, *, by: User | None) -> Message:
    """A link for the first time, which lasts a week; earlier links end."""
    return _send(user, "sourcing/email/agency_invitation", INVITED_FOR, by=by)


def ask(email: str) -> None:
    """Send a link to whoever may come in with this address; whoever may not is sent nothing, and nobody is told which (SEC-11)."""
    user = find(email)
    if user and user.may_come_in:
        with transaction.atomic():
            _send(user, "sourcing/email/agency_link", LINK_LASTS, by=None)


def _send(user: AgencyUser, template: str, lasts: dt.timedelta, *, by: User | None) -> Message:
    links.revoke(PURPOSE, user.pk)
    link = links.issue(PURPOSE, subject_id=user.pk, valid_for=lasts)
    context = {"by": by, "agency": user.agency, "url": links.url(link, "agency_enter")}
    return partners.to_partner(user.name, user.email, purpose="agency", template=template, context=context)


def open_link(token: str) -> tuple[PersonalLink, AgencyUser]:
    """The link and whose it is. Raises LinkGone with one sentence for spent, old and forged ones, and for whoever may not come in."""
    link = links.open_link(token, PURPOSE)
    user = AgencyUser.objects.select_related("agency").filter(pk=link.subject_id or 0).first()
    if link.used_at or user is None or not user.may_come_in:
        raise LinkGone(links.GONE)
    return link, user


@transaction.atomic
def enter(session: SessionBase, link: PersonalLink, user: AgencyUser) -> None:
    """Spend the link and begin a session of its own, whatever this browser was before."""
    links.use(link)
    session.flush()
    session[WHO], session[SINCE] = user.pk, timezone.now().isoformat()
    session.set_expiry(int(SESSION_LASTS.total_seconds()))
    AgencyUser.objects.filter(pk=user.pk).update(last_seen_at=timezone.now())


def leave(session: SessionBase) -> None:
    session.flush()


def of(session: SessionBase) -> AgencyUser | None:
    """Who of an agency this session belongs to; asked of the database each time, so that an end is an end at once."""
    pk, since = session.get(WHO), session.get(SINCE)
    if not pk or not since:
        return None
    user = AgencyUser.objects.select_related("agency").filter(pk=pk).first()
    if user is None or not user.may_come_in or dt.datetime.fromisoformat(since) < user.sessions_from:
        return None
    _seen(user)
    return user


def _seen(user: AgencyUser) -> None:
    now = timezone.now()
    if user.last_seen_at is None or now - user.last_seen_at > SEEN_EVERY:
        AgencyUser.objects.filter(pk=user.pk).update(last_seen_at=now)


def why_not(message: Message) -> str:
    """Asked when a mail to an agency leaves: whoever was switched off meanwhile hears nothing more."""
    user = find(suppression.plain_address(message.to_address))
    return "" if user and user.may_come_in else "This person’s access has ended."


delivery.overtaken["agency"] = why_not
