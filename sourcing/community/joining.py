"""Joining: what somebody entered waits for the word of its address, and only then is it anybody's record.

Whoever asks gets the same answer and the same work is done, whatever is known about the address (SEC-11). The address alone says
who it is: it was proven, and nothing else was.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import identity, legal, limits, sources, staying
from hiring.documents import drafts
from hiring.documents.store import keep as keep_file
from hiring.errors import Refused
from hiring.mail import partners
from hiring.models import Candidate, Department, Document, LegalText, Location, ProcessingBasis, Source
from hiring.names import clean_name
from sourcing import pools
from sourcing.community import door, leaving
from sourcing.community.models import CommunityChoice, CommunityMember
from sourcing.models import PoolMember

SOURCE = "Talent community"
MAILS_A_DAY = 5
LONGEST_REASON = 300


def words() -> LegalText | None:
    """What one agrees to; without such words nobody can join."""
    return legal.current(LegalText.Kind.POOL_CONSENT)


def open_choices() -> list[CommunityChoice]:
    """What a visitor may join now; none where there is nothing to agree to."""
    return list(CommunityChoice.objects.filter(is_active=True).select_related("pool")) if words() else []


def is_open() -> bool:
    """Whether there is anything to join: asked for a link to the page."""
    return CommunityChoice.objects.filter(is_active=True).exists() and words() is not None


def ask(
    choice: CommunityChoice,
    *,
    name: str,
    email: str,
    departments: Iterable[Department] = (),
    places: Iterable[Location] = (),
    wishes: str = "",
    resume: drafts.Draft | None = None,
    text: LegalText,
    origin: dict[str, Any] | None = None,
) -> None:
    """Keep it, unconfirmed, and write to the address; one that was asked often enough today is left in peace. Of somebody who is in
    already nothing changes. Raises Refused for what is no address or no name."""
    address, name = identity.normalise_email(email), clean_name(name)
    if not limits.allows("community-mail", address, most=MAILS_A_DAY, seconds=86_400):
        return
    now = timezone.now()
    entered = {
        "name": name,
        "departments": [one.pk for one in departments],
        "places": [one.pk for one in places],
        "words": wishes.strip(),
        "resume": resume.key if resume else "",
        "text": text,
        "origin": origin or {},
        "ends_at": now + drafts.lasts(),
    }
    with transaction.atomic():
        member, made = CommunityMember.objects.select_for_update(of=("self",)).get_or_create(
            address=address, choice=choice, defaults={**entered, "created_at": now}
        )
        if not made and member.confirmed_at is None:
            if member.resume and member.resume != entered["resume"]:
                drafts.drop(member.resume)
            CommunityMember.objects.filter(pk=member.pk).update(**entered)
        context = {"member": member, "choice": choice, "url": door.url(member), "days": drafts.lasts().days}
        partners.to_partner(
            name,
            address,
            purpose=door.PURPOSE,
            template="sourcing/email/community_asked",
            context=context,
            dedupe_key=f"community:{member.pk}:ask:{uuid.uuid4().hex}",
        )


@transaction.atomic
def confirm(member: CommunityMember) -> CommunityMember:
    """The address says that it is meant: from now on it is a person's, with their consent, in the pool. Twice is once."""
    member = _locked(member)
    if member.confirmed_at:
        return member
    if member.ends_at <= timezone.now():
        raise Refused("This has waited too long. Please join again.")
    candidate, _ = identity.match_or_create(
        name=member.name,
        emails=[member.address],
        source=_source(member),
        purpose=ProcessingBasis.Purpose.POOL,
        basis=ProcessingBasis.Basis.CONSENT,
    )
    staying.agree(candidate, locale=member.text.locale, channel=leaving.CHANNEL, words=member.text)
    if member.resume and (draft := drafts.find(member.resume)):
        keep_file(candidate, draft.checked, Document.Kind.RESUME)
        drafts.drop(member.resume)
    now = timezone.now()
    member.candidate, member.confirmed_at, member.resume = candidate, now, ""
    member.ends_at = now + lasts(member.choice)
    member.save()
    _put_in_pool(member, candidate)
    leave_url = door.url(member, "community_leave")
    leaving.write(
        member, "You are in our talent community", "joined", {"url": door.url(member), "leave_url": leave_url}
    )
    return member


@transaction.atomic
def change(
    member: CommunityMember, *, departments: Iterable[Department], places: Iterable[Location], wishes: str
) -> CommunityMember:
    """They look for something else now."""
    member = _locked(member)
    member.departments, member.places = [one.pk for one in departments], [one.pk for one in places]
    member.words = wishes.strip()
    member.save(update_fields=["departments", "places", "words"])
    if member.candidate:
        _put_in_pool(member, member.candidate)
    return member


@transaction.atomic
def renew(member: CommunityMember) -> CommunityMember:
    """They agree for another while, to the words of today."""
    member = _locked(member)
    text = words()
    if member.candidate is None or text is None:
        return member
    staying.agree(member.candidate, locale=text.locale, channel=leaving.CHANNEL, words=text)
    member.text, member.ends_at, member.told_end = text, timezone.now() + lasts(member.choice), False
    member.save(update_fields=["text", "ends_at", "told_end"])
    return member


def lasts(choice: CommunityChoice) -> dt.timedelta:
    return dt.timedelta(days=choice.months * 365 // 12)


def _source(member: CommunityMember) -> Source:
    """What the first or last touch names, by any name it goes by; else the community itself, on the career site."""
    touches = [touch for way in ("first", "last") if isinstance(touch := member.origin.get(way), dict)]
    names = [str(touch.get(key) or "") for touch in touches for key in ("source", "utm_source")]
    return sources.named_first(names) or sources.ensure(SOURCE, Source.Kind.CAREER_SITE)


def _put_in_pool(member: CommunityMember, candidate: Candidate) -> None:
    """With what they look for as the reason. Whom a colleague put there stays there for the colleague's reason."""
    said = member.interests
    reason = f"Joined the talent community{f': {said}' if said else '.'}"[:LONGEST_REASON]
    found = pools.add(member.choice.pool, candidate, reason=reason, by=None)
    if found.added_by_id is None and found.reason != reason:
        PoolMember.objects.filter(pk=found.pk).update(reason=reason)


def _locked(member: CommunityMember) -> CommunityMember:
    """Raises Refused when they left meanwhile."""
    rows = CommunityMember.objects.select_for_update(of=("self",)).select_related("choice__pool", "candidate", "text")
    if (row := rows.filter(pk=member.pk).first()) is None:
        raise Refused("You have left already.")
    return row
