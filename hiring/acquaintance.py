"""Do we know this person already? Asked while somebody is still typing them in, before anything is kept.

Contact points say so for certain (hiring/identity.py). A name says so perhaps: whoever shares a blocking key with what was
typed (hiring/duplicates.py) is compared, and the likeliest are shown with the reasons. Nothing here stands in anybody's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from hiring import contact_points, duplicates, identity
from hiring.errors import Refused
from hiring.models import BlockingKey, Candidate, User
from hiring.names import clean_name, fold, surname_keys

SHOWN = 3
COMPARED = 200
WORTH_SAYING = 35  # points: a name alone is worth a look, where the queue of duplicates asks for more

SHARING = """
SELECT asked.key, found.ids
  FROM unnest(%(keys)s::text[]) AS asked (key)
 CROSS JOIN LATERAL (
       SELECT array_agg(block.candidate_id) AS ids FROM (
              SELECT candidate_id FROM hiring_blockingkey WHERE key = asked.key COLLATE "C" ORDER BY key, candidate_id
               LIMIT %(most)s + 1) block) found
 WHERE cardinality(found.ids) <= %(most)s
"""


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
) -> list[Suspect]:
    """The people who may be this one, at most SHOWN. The queries are the same few whatever the number of candidates."""
    try:
        typed = Candidate(name=clean_name(name), company=company[:120], location=place[:120])
    except Refused:
        return []
    facts = duplicates.Facts(typed, *_readable(emails, phones))
    others = duplicates.facts_of(_near(user, facts))
    return _likeliest(user, {pk: duplicates.compare(facts, other) for pk, other in others.items()})


def suspects_on_record(user: User, candidate: Candidate) -> list[Suspect]:
    """Who may be the same as somebody on record: scored by all that is known of both, as in the queue of duplicates."""
    mine = duplicates.facts_of([candidate.pk])
    if candidate.pk not in mine:
        return []
    known = mine | duplicates.facts_of(_near(user, mine[candidate.pk]) - {candidate.pk})
    pairs = [(candidate.pk, pk) for pk in known if pk != candidate.pk]
    return _likeliest(user, {pk: said for (_, pk), said in duplicates.compare_pairs(pairs, known).items()})


def _near(user: User, facts: duplicates.Facts) -> set[int]:
    """People the user may see who share a blocking key or the whole name: two queries, whatever the number of candidates."""
    sharing = BlockingKey.objects.filter(key__in=facts.keys()).order_by("key", "candidate").values("candidate")
    name = fold(facts.candidate.name)
    namesakes = Candidate.objects.live().filter(name_key=name).order_by("pk").values("pk")
    visible = Candidate.objects.visible_to(user)
    near = set(visible.filter(pk__in=sharing[:COMPARED]).values_list("pk", flat=True))
    return near | set(visible.filter(pk__in=namesakes[:COMPARED]).values_list("pk", flat=True))


def _likeliest(user: User, scores: Mapping[int, tuple[int, list[str]]]) -> list[Suspect]:
    worth = [(-score, pk) for pk, (score, _) in scores.items() if score >= WORTH_SAYING]
    likeliest = [pk for _, pk in sorted(worth)[:SHOWN]]
    rows = Candidate.objects.visible_to(user).for_row().in_bulk(likeliest)
    return [
        Suspect(rows[pk], scores[pk][0], [duplicates.REASONS[code][0] for code in scores[pk][1]])
        for pk in likeliest
        if pk in rows
    ]


@dataclass(frozen=True)
class Stranger:
    """Somebody on a list who is no record: a name as it is kept, contact points normalised."""

    name: str
    company: str = ""
    place: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()

    def facts(self) -> duplicates.Facts:
        person = Candidate(name=self.name, company=self.company, location=self.place)
        return duplicates.Facts(person, self._numbers(), self._mailboxes())

    def _numbers(self) -> set[str]:
        return {phone for phone in self.phones if contact_points.identifies(phone)}

    def _mailboxes(self) -> set[str]:
        return {local for email in self.emails for local in duplicates.mailbox_name(email)}

    def keys(self) -> list[str]:
        """The blocking keys that can lead to enough points: a name and a place alone never are, so its own keys are not asked."""
        found = [f"p {phone}" for phone in self._numbers()] + [f"m {local}" for local in self._mailboxes()]
        if employer := fold(self.company):
            found += [f"w {key} {employer}" for key in surname_keys(self.name)]
        return [key[:200] for key in found]


def suspects_of(strangers: Sequence[Stranger]) -> list[list[tuple[int, int, list[str]]]]:
    """For each stranger whom the queue of duplicates would suspect: (candidate, points, reasons' codes), the likeliest first.

    Four queries for any number of them.
    """
    keys = [stranger.keys() for stranger in strangers]
    with connection.cursor() as cursor:
        wanted = sorted({key for mine in keys for key in mine})
        cursor.execute(SHARING, {"keys": wanted, "most": duplicates.BLOCK_UP_TO})
        sharing: dict[str, list[int]] = dict(cursor.fetchall())
    near = [{pk for key in mine for pk in sharing.get(key, ())} for mine in keys]
    known = duplicates.facts_of(set().union(*near)) if any(near) else {}
    found = []
    for stranger, ids in zip(strangers, near, strict=True):
        mine = stranger.facts() if ids else None
        scored = [(pk, *duplicates.compare(mine, known[pk])) for pk in ids if pk in known] if mine else []
        likely = [one for one in scored if one[1] >= duplicates.ENOUGH]
        found.append(sorted(likely, key=lambda one: (-one[1], one[0]))[:SHOWN])
    return found


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
