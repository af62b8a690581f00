"""Suspected duplicates: which two records may be one person, why, and what somebody decided about it.

No name is compared with all others. Each record has a few blocking keys (docs/performance.md, section 8); only people
who share one are compared, and a key many people share says nothing. Where two score high enough, the pair waits for a
person: nothing is ever merged by itself. A pair that was settled is never asked about again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from hiring import contact_points, person
from hiring.errors import Refused
from hiring.models import (
    BlockingKey,
    Candidate,
    ContactPoint,
    Document,
    DuplicateLook,
    DuplicatePair,
    User,
)
from hiring.names import fold, likeness, surname_keys
from hiring.prepared import Given, prepared
from hiring.semantic import storage

BATCH = 1_000
BLOCK_UP_TO = 40  # people; a key that more of them share tells nobody apart
SHORTEST_LOCAL = 5  # info@, hr@ and jobs@ are nobody's name
ENOUGH = 60
RESUMES_ALIKE = 0.985  # cosine of what two résumés say; two versions of one reach it, two people of one trade do not
PAGE = 50
PLACE = re.compile(r"([0-9]{1,3})-([0-9]{1,18})")

REASONS = {
    "same_name": ("Same name", 45),
    "similar_name": ("Similar name", 35),
    "same_phone": ("Same phone number", 45),
    "same_mailbox_name": ("Same name before the @", 35),
    "same_employer": ("Same employer", 25),
    "same_file": ("Same résumé file", 45),
    "resumes_alike": ("Résumés nearly alike", 30),
    "same_place": ("Same place", 10),
    "same_link": ("Same profile link", 60),
    "by_hand": ("Chosen by a colleague", 0),
}
SAID_ONCE = ("same_link", "by_hand")
"""Code to (words, points). Names have to agree for anything but a file to be enough."""

# Whoever has changed since they were looked at, or never was.
CHANGED = """
SELECT c.id FROM hiring_candidate c LEFT JOIN hiring_duplicatelook l ON l.candidate_id = c.id
 WHERE c.merged_into_id IS NULL AND (l.candidate_id IS NULL OR l.looked_at < c.updated_at)
 ORDER BY c.id LIMIT %(batch)s
"""
SHARING = """
SELECT DISTINCT least(mine.candidate_id, theirs.candidate_id), greatest(mine.candidate_id, theirs.candidate_id)
  FROM (SELECT candidate_id, key FROM hiring_blockingkey WHERE candidate_id = ANY(%(ids)s)) mine
 CROSS JOIN LATERAL (
       SELECT array_agg(block.candidate_id) AS ids FROM (
              SELECT candidate_id FROM hiring_blockingkey WHERE key = mine.key ORDER BY key, candidate_id
               LIMIT %(most)s + 1) block) found
 CROSS JOIN LATERAL unnest(found.ids) AS theirs (candidate_id)
 WHERE cardinality(found.ids) <= %(most)s AND theirs.candidate_id <> mine.candidate_id
"""


@dataclass
class Facts:
    """What of a person is compared."""

    candidate: Candidate
    phones: set[str] = field(default_factory=set)
    locals: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    @property
    def employer(self) -> str:
        return fold(self.candidate.company)

    def keys(self) -> set[str]:
        names = surname_keys(self.candidate.name)
        found = {f"n {key}" for key in names}
        if self.employer:  # finer blocks: where a name is common, its employer still tells few apart
            found |= {f"w {key} {self.employer}" for key in names}
        found |= {f"p {phone}" for phone in self.phones} | {f"f {digest}" for digest in self.files}
        found |= {f"m {local}" for local in self.locals}
        return {key[:200] for key in found}


def sweep(batches: int = 20) -> int:
    """Look at the people who changed since they were looked at. Pairs found."""
    found = 0
    for _ in range(batches):
        with connection.cursor() as cursor:
            cursor.execute(CHANGED, {"batch": BATCH})
            ids = [row[0] for row in cursor.fetchall()]
        found += look(ids) if ids else 0
        if len(ids) < BATCH:
            break
    return found


@transaction.atomic
def look(candidate_ids: Collection[int]) -> int:
    """Look for duplicates of these people now: make their keys, compare with those who share one, keep what is likely.

    Returns how many pairs are new. The queries are the same few for any number of people.
    """
    mine = facts_of(candidate_ids)
    _write_keys(mine.values())
    with connection.cursor() as cursor:
        cursor.execute(SHARING, {"ids": sorted(mine), "most": BLOCK_UP_TO})
        sharing: list[tuple[int, int]] = cursor.fetchall()
    known = mine | facts_of({pk for pair in sharing for pk in pair} - set(mine))
    now = timezone.now()
    rows = [
        DuplicatePair(first_id=first, second_id=second, score=score, reasons=reasons, found_at=now)
        for (first, second), (score, reasons) in compare_pairs(sharing, known).items()
        if score >= ENOUGH
    ]
    return _keep(rows)


def compare_pairs(
    pairs: Iterable[tuple[int, int]], known: Mapping[int, Facts]
) -> dict[tuple[int, int], tuple[int, list[str]]]:
    """`compare` for pairs of records with all that is known of them, their résumés included: two queries for any number."""
    pairs = [pair for pair in pairs if pair[0] in known and pair[1] in known]
    worth = [(first, second) for first, second in pairs if compare(known[first], known[second])[0]]
    near = storage.pairs_alike(worth, RESUMES_ALIKE)
    return {
        (first, second): compare(known[first], known[second], resumes_alike=(first, second) in near)
        for first, second in pairs
    }


def compare(one: Facts, two: Facts, *, resumes_alike: bool = False) -> tuple[int, list[str]]:
    """How likely two records are one person, 0 to 100, with the reasons. A likeness of résumés counts only beside names."""
    a, b = one.candidate, two.candidate
    alike = likeness(a.name, b.name)
    checks = {
        "same_name": alike == 2,
        "similar_name": alike == 1,
        "same_phone": bool(one.phones & two.phones),
        "same_mailbox_name": alike > 0 and bool(one.locals & two.locals),
        "same_employer": bool(one.employer) and one.employer == two.employer,
        "same_file": bool(one.files & two.files),
        "resumes_alike": resumes_alike and not one.files & two.files,
        "same_place": bool(a.location) and fold(a.location) == fold(b.location),
    }
    reasons = [code for code, holds in checks.items() if holds]
    if not alike and "same_file" not in reasons:
        return 0, []
    return min(100, sum(REASONS[code][1] for code in reasons)), reasons


def words(pair: DuplicatePair) -> list[str]:
    """The reasons of a pair, for people."""
    return words_of(pair.reasons)


def words_of(codes: Iterable[str]) -> list[str]:
    return [REASONS[code][0] for code in codes if code in REASONS]


def suspect(pairs: Iterable[tuple[int, int, int, list[str]]]) -> None:
    """Let pairs wait for a decision: (one candidate, the other, points, reasons' codes). Pairs that are known stay as they are."""
    now = timezone.now()
    _keep(
        [
            DuplicatePair(
                first_id=min(one, other), second_id=max(one, other), score=score, reasons=reasons, found_at=now
            )
            for one, other, score, reasons in pairs
        ]
    )


@transaction.atomic
def decide(pair: DuplicatePair, answer: str, *, by: User | None) -> DuplicatePair:
    """Say that two records are different people, which is remembered, or that it is to be decided later."""
    if answer not in (DuplicatePair.Status.DIFFERENT, DuplicatePair.Status.LATER):
        raise Refused("Say that they are different, or later.")
    pair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if pair.status == DuplicatePair.Status.MERGED:
        raise Refused("A colleague already merged these records.")
    pair.status, pair.decided_by, pair.decided_at = answer, by, timezone.now()
    pair.save(update_fields=["status", "decided_by", "decided_at"])
    return pair


@transaction.atomic
def put_side_by_side(one: Candidate, other: Candidate, *, by: User) -> DuplicatePair:
    """The pair of two people somebody wants to compare though nobody suspected them, or who were kept apart before."""
    if one.pk == other.pk:
        raise Refused("That is the same record.")
    if one.merged_into_id or other.merged_into_id:
        raise Refused("One of these records was merged already. Open the one that is left.")
    first, second = sorted((one.pk, other.pk))
    score, reasons = compare_pairs([(first, second)], facts_of({first, second}))[first, second]
    pair, new = DuplicatePair.objects.select_for_update(of=("self",)).get_or_create(
        first_id=first,
        second_id=second,
        defaults={"score": score, "reasons": [*reasons, "by_hand"], "found_at": timezone.now()},
    )
    if not new:
        kept = [code for code in pair.reasons if code in SAID_ONCE]  # what no comparison finds again
        pair.score = min(100, score + sum(REASONS[code][1] for code in kept))
        pair.reasons = list(dict.fromkeys([*reasons, *kept]))
        if pair.status != DuplicatePair.Status.OPEN:
            pair.status, pair.decided_by, pair.decided_at = DuplicatePair.Status.OPEN, by, timezone.now()
        pair.save(update_fields=["status", "decided_by", "decided_at", "score", "reasons"])
    return pair


FIRST = 3  # on Today


@dataclass
class Queue:
    """One page of pairs, the likeliest first; `next` is the cursor of the page after."""

    pairs: list[DuplicatePair]
    next: str = ""


def queue(user: User, *, put_off: bool = False, after: str = "", size: int = PAGE) -> Queue:
    """The pairs that wait for a decision, or those put off."""
    pairs = DuplicatePair.objects.visible_to(user)
    pairs = pairs.put_off() if put_off else pairs.waiting()
    if place := PLACE.fullmatch(after):
        score, pk = int(place[1]), int(place[2])
        pairs = pairs.filter(Q(score__lt=score) | Q(score=score, pk__lt=pk), score__lte=score)
    rows = list(pairs.select_related("first", "second").order_by("-score", "-pk")[: size + 1])
    more = f"{rows[size - 1].score}-{rows[size - 1].pk}" if len(rows) > size else ""
    return Queue(rows[:size], more)


@prepared
def likeliest(user: User) -> QuerySet[DuplicatePair]:
    """The first few that wait, each with how many there are."""
    pairs = DuplicatePair.objects.visible_to(user).waiting().annotate(total=Window(Count("pk")))
    return pairs.select_related("first", "second").order_by("-score", "-pk")[:FIRST]


@prepared
def open_pairs(candidate: Given) -> QuerySet[DuplicatePair]:
    mine = Q(first=candidate) | Q(second=candidate)
    return DuplicatePair.objects.waiting().filter(mine).order_by("-score", "-pk")[:1]


def open_pair(candidate: Candidate) -> DuplicatePair | None:
    """The likeliest pair of this person that waits for a decision: one query, none where there is known to be no pair."""
    return open_pairs.first(candidate=candidate.pk) if person.has(candidate, "pairs") else None


person.kept["pairs"] = lambda: DuplicatePair.objects.waiting().filter(
    Q(first=OuterRef("pk")) | Q(second=OuterRef("pk"))
)


def waiting_count(user: User) -> int:
    return DuplicatePair.objects.visible_to(user).waiting().count()


# ---------- Reading and writing many at once ----------


def facts_of(candidate_ids: Collection[int]) -> dict[int, Facts]:
    people = Candidate.objects.live().filter(pk__in=candidate_ids)
    columns = ("name", "company", "location", "updated_at")
    found = {person.pk: Facts(person) for person in people.only(*columns)}
    points = ContactPoint.objects.filter(candidate__in=list(found), is_live=True, kind__in=["email", "phone"])
    for pk, kind, value in points.values_list("candidate", "kind", "value"):
        if kind == "phone":
            found[pk].phones |= {value} if contact_points.identifies(value) else set()
        else:
            found[pk].locals |= mailbox_name(value)
    resumes = Document.objects.filter(candidate__in=list(found), kind=Document.Kind.RESUME)
    for pk, digest in resumes.values_list("candidate", "sha256"):
        found[pk].files.add(digest)
    return found


def mailbox_name(address: str) -> set[str]:
    """What stands before the @ without dots and what follows a plus: ana.diaz+jobs and anadiaz are one mailbox's name."""
    local = address.partition("@")[0].partition("+")[0]
    local = "".join(char for char in local if char.isalnum())
    return {local} if len(local) >= SHORTEST_LOCAL else set()


def _write_keys(people: Iterable[Facts]) -> None:
    """Replace the keys of these people by those of today, and note that they were looked at."""
    people = sorted(people, key=lambda facts: facts.candidate.pk)  # one order for everybody
    ids = [facts.candidate.pk for facts in people]
    wanted = {facts.candidate.pk: facts.keys() for facts in people}
    held: dict[int, set[str]] = defaultdict(set)
    stale = []
    for row_pk, pk, key in BlockingKey.objects.filter(candidate__in=ids).values_list("pk", "candidate", "key"):
        held[pk].add(key)
        if key not in wanted[pk]:
            stale.append(row_pk)
    BlockingKey.objects.filter(pk__in=stale).delete()
    new = [BlockingKey(candidate_id=pk, key=key) for pk in ids for key in sorted(wanted[pk] - held[pk])]
    BlockingKey.objects.bulk_create(new, ignore_conflicts=True)
    DuplicateLook.objects.bulk_create(
        [DuplicateLook(candidate=facts.candidate, looked_at=facts.candidate.updated_at) for facts in people],
        update_conflicts=True,
        unique_fields=["candidate"],
        update_fields=["looked_at"],
    )


def _keep(rows: list[DuplicatePair]) -> int:
    """Write new pairs; one that waits gets its new score, one that was settled stays as it is."""
    firsts = {row.first_id for row in rows}
    known = {(pair.first_id, pair.second_id): pair for pair in DuplicatePair.objects.filter(first__in=firsts)}
    new, rescored = [], []
    for row in rows:
        pair = known.get((row.first_id, row.second_id))
        if pair is None:
            new.append(row)
        elif (pair.score, pair.reasons) != (row.score, row.reasons) and pair.decided_at is None:
            pair.score, pair.reasons = row.score, row.reasons
            rescored.append(pair)
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True)
    DuplicatePair.objects.bulk_update(rescored, ["score", "reasons"])
    return len(new)
