"""The personal link of a member, and what is asked before a mail about it leaves."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse

from hiring import links
from hiring.mail import delivery, lists
from hiring.models import Message
from sourcing.community import leaving
from sourcing.community.models import CommunityMember

PURPOSE = "community"  # of its mails, and of its tokens
KEY = re.compile(r"^community:(\d{1,18}):")


def token(member: CommunityMember) -> str:
    return links.sign(member.key, PURPOSE)


def url(member: CommunityMember, route: str = "community_member") -> str:
    return settings.SITE_URL + reverse(route, args=[token(member)])


def find(token: str) -> CommunityMember | None:
    """Whose token it is; None for anything forged, and for whoever has left."""
    key = links.unsign(token, PURPOSE)
    return (
        CommunityMember.objects.select_related("choice__pool", "candidate", "text").filter(key=key).first()
        if key
        else None
    )


def of(message: Message) -> CommunityMember | None:
    """Whom a mail was written for; its key says so."""
    named = KEY.match(message.dedupe_key or "")
    return CommunityMember.objects.select_related("candidate").filter(pk=int(named[1])).first() if named else None


def why_not(message: Message) -> str:
    """Asked when a mail leaves."""
    return "" if of(message) else "They have left the talent community."


def _way_out(message: Message) -> str:
    member = of(message)
    return url(member, "community_leave") if member and member.confirmed_at else ""


def _leave(message: Message) -> None:
    if member := of(message):
        leaving.leave(member)


delivery.overtaken[PURPOSE] = why_not
lists.lists[PURPOSE] = lists.MailList(way_out=_way_out, leave=_leave)
