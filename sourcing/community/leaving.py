"""How membership ends: by their word, unconfirmed, or because the consent has run out. As easy as it began (PRIV-2)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import staying
from hiring.documents import drafts
from hiring.errors import Refused
from hiring.mail import compose, lists
from hiring.models import Message
from sourcing import pools
from sourcing.community.models import CommunityMember
from sourcing.models import PoolMember

CHANNEL = "community"
TOLD_BEFORE_END = dt.timedelta(days=30)
MAIL_IS_KEPT = dt.timedelta(days=30)
AT_ONCE = 200


@transaction.atomic
def leave(member: CommunityMember) -> None:
    """They take their word back: out of the pool, and no consent of theirs stands any more. Before it was confirmed, all that is
    there is deleted."""
    found = _locked(member)
    if found and found.candidate:
        _leave_pool(found)
        staying.refuse(found.candidate)
    if found:
        _forget(found)


@transaction.atomic
def run_out(member: CommunityMember) -> bool:
    """Its time is over. A consent they gave elsewhere meanwhile stands; one of this door alone ends. False when it was renewed."""
    found = _locked(member)
    if found is None or found.ends_at > timezone.now():
        return False
    if found.candidate:
        _leave_pool(found)
        others = found.candidate.consents.filter(purpose=staying.POOL, withdrawn_at=None).exclude(channel=CHANNEL)
        elsewhere = CommunityMember.objects.joined().filter(candidate=found.candidate).exclude(pk=found.pk)
        if not others.exists() and not elsewhere.exists():
            staying.refuse(found.candidate)
    _forget(found)
    return True


def sweep() -> int:
    """End what is over, ask whoever soon would be, and forget what was written to those we do not know. How many ended."""
    now = timezone.now()
    over = CommunityMember.objects.filter(ends_at__lte=now).order_by("ends_at", "pk")[:AT_ONCE]
    ended = sum(run_out(member) for member in list(over))
    soon = CommunityMember.objects.joined().filter(told_end=False, ends_at__lt=now + TOLD_BEFORE_END)
    for member in list(soon.select_related("candidate", "choice").order_by("ends_at", "pk")[:AT_ONCE]):
        ask_again(member)
    lists.forget("community:", CommunityMember.objects.all(), before=now - MAIL_IS_KEPT)
    return ended


@transaction.atomic
def ask_again(member: CommunityMember) -> None:
    """Their consent runs out soon: would they like to go on? Asked once; no answer is a no."""
    from sourcing.community import door

    if not CommunityMember.objects.filter(pk=member.pk, told_end=False).update(told_end=True) or not member.candidate:
        return
    write(member, "Shall we go on keeping you in mind?", "ends", {"url": door.url(member)})


def write(member: CommunityMember, subject: str, what: str, context: dict[str, object]) -> Message | None:
    """A mail about the membership to the address it was confirmed with; None where that does not work any more."""
    if member.candidate is None:
        return None
    about = {"member": member, "candidate": member.candidate, "organisation": settings.ORGANISATION_NAME}
    try:
        return compose.to_candidate(
            member.candidate,
            purpose="community",
            mail_class=Message.Class.TRANSACTIONAL,
            subject=subject,
            text=render_to_string(f"sourcing/email/community_{what}.txt", {**about, **context}),
            automatic=True,
            address=member.address,
            dedupe_key=f"community:{member.pk}:{what}:{member.ends_at:%Y%m%d}",
        )
    except Refused:
        return None


def _leave_pool(member: CommunityMember) -> None:
    """Only where they came in by themselves: whom a colleague put there, colleagues take out."""
    theirs = PoolMember.objects.filter(pool=member.choice.pool_id, candidate=member.candidate, added_by=None)
    for one in theirs.select_related("candidate"):
        pools.remove(one, by=None)


def _forget(member: CommunityMember) -> None:
    if member.resume:
        drafts.drop(member.resume)
    member.delete()


def _locked(member: CommunityMember) -> CommunityMember | None:
    rows = CommunityMember.objects.select_for_update(of=("self",)).select_related("candidate", "choice")
    return rows.filter(pk=member.pk).first()
