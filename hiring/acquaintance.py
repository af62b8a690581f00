"""Do we know this person already? Asked while somebody is still typing them in, before anything is kept.

Contact points say so for certain (hiring/identity.py). A name says so perhaps: whoever shares a blocking key with what was
typed (hiring/duplicates.py) is compared, and the likeliest are shown with the reasons. Nothing here stands in anybody's way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hiring import contact_points, duplicates, identity
from hiring.errors import Refused
from hiring.models import BlockingKey, Candidate, User
from hiring.names import clean_name, fold

SHOWN = 3
COMPARED = 200
WORTH_SAYING = 35  # points: a name alone is worth a look, where the queue of duplicates asks for more


@dataclass
class Suspect:
    """Somebody who may be the one being typed in, with the reasons in words."""

    person: Candidate
    score: int
    reasons: list[str]


@dataclass
class Known:
    """Who the typed person is for certain, by which kind of contact point; else who they may be, the likeliest first."""

    person: Candidate | None = None
    by: str = ""
    suspects: list[Suspect] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.person or self.suspects)


def look(
    user: User, *, name: str = "", email: str = "", phone: str = "", link: str = "", company: str = "", place: str = ""
) -> Known:
    """What the record says about a person as far as they are typed. Half-typed and unreadable values say nothing.

    Only people `user` may see are named.
    """
    for kind, text in (("email", email), ("link", link), ("phone", phone)):
        if found := _holder(kind, text, name):
            seen = Candidate.objects.visible_to(user).for_row().filter(pk=found.pk).first()
            return Known(seen, kind) if seen else Known()
    return Known(suspects=suspects(user, name, emails=[email], phones=[phone], company=company, place=place))


def suspects(
    user: User,
    name: str,
    *,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    company: str = "",
    place: str = "",
    apart_from: Candidate | None = None,
) -> list[Suspect]:
    """The people who may be this one, at most SHOWN. The queries are the same few whatever the number of candidates."""
    try:
        typed = Candidate(name=clean_name(name), company=company[:120], location=place[:120])
    except Refused:
        return []
    facts = duplicates.Facts(typed, *_readable(emails, phones))
    sharing = BlockingKey.objects.filter(key__in=facts.keys()).order_by("key", "candidate").values("candidate")
    namesakes = Candidate.objects.live().filter(name_key=fold(typed.name)).order_by("pk").values("pk")
    visible = Candidate.objects.visible_to(user)
    near = set(visible.filter(pk__in=sharing[:COMPARED]).values_list("pk", flat=True))
    near |= set(visible.filter(pk__in=namesakes[:COMPARED]).values_list("pk", flat=True))
    near -= {apart_from.pk} if apart_from else set()
    found = []
    for pk, other in duplicates.facts_of(near).items():
        score, reasons = duplicates.compare(facts, other)
        if score >= WORTH_SAYING:
            found.append((-score, pk, [duplicates.REASONS[code][0] for code in reasons]))
    likeliest = sorted(found)[:SHOWN]
    rows = visible.for_row().in_bulk([pk for _, pk, _ in likeliest])
    return [Suspect(rows[pk], -score, reasons) for score, pk, reasons in likeliest if pk in rows]


def _holder(kind: str, text: str, name: str) -> Candidate | None:
    if not text.strip():
        return None
    given: dict[str, list[str]] = {f"{kind}s": [text[:2000]]}
    try:
        return identity.match(**given, name=name[:200])
    except Refused:
        return None


def _readable(emails: Iterable[str], phones: Iterable[str]) -> tuple[set[str], set[str]]:
    """Phone numbers that identify, and what stands before the @, as the duplicates' comparison wants them."""
    numbers: set[str] = set()
    mailboxes: set[str] = set()
    for phone in phones:
        try:
            number = contact_points.normalise_phone(phone)
        except Refused:
            continue
        numbers |= {number} if contact_points.identifies(number) else set()
    for email in emails:
        try:
            mailboxes |= duplicates.mailbox_name(contact_points.normalise_email(email))
        except Refused:
            continue
    return numbers, mailboxes
