"""What a merge of two records does to pools and sequences: once in a pool, one path at a time."""

from __future__ import annotations

from django.db.models import QuerySet

from hiring import merging
from hiring.candidate_rows import stays
from hiring.models import Candidate, Message
from sourcing import ending
from sourcing.models import Enrollment, Ownership, PoolMember

LONGEST_REASON = 300


def settle_pools(deed: merging.Merge) -> None:
    """In a pool both are in, the earlier membership is kept, with both reasons and the nearer date."""
    mine = {member.pool_id: member for member in PoolMember.objects.filter(candidate=deed.survivor)}
    for theirs in PoolMember.objects.filter(candidate=deed.other, pool__in=mine).order_by("pk"):
        own = mine[theirs.pool_id]
        first, later = sorted((own, theirs), key=lambda member: (member.added_at, member.pk))
        dates = [member.next_touch_on for member in (own, theirs) if member.next_touch_on]
        deed.remove(theirs)
        deed.change(
            own,
            added_at=first.added_at,
            added_by=first.added_by,
            stage=first.stage,
            reason=_both(first.reason, later.reason),
            next_touch_on=min(dates, default=None),
        )


def _both(first: str, later: str) -> str:
    united = first if later.casefold() in first.casefold() else f"{first} · {later}"
    return united[:LONGEST_REASON]


def settle_enrollments(deed: merging.Merge) -> None:
    """The survivor's live path goes on and the other's ends; a sequence both were in stays with each as it was."""
    own = Enrollment.objects.filter(candidate=deed.survivor)
    sequences, has_live = set(own.values_list("sequence", flat=True)), own.live().exists()
    for theirs in _paths(deed.other):
        again = theirs.sequence_id in sequences
        if theirs.state in Enrollment.LIVE and (has_live or again):
            queued = Message.objects.queued().filter(dedupe_key__startswith=f"step:{theirs.pk}:")
            with deed.watching(theirs, *queued):
                ending.stop(theirs, by=deed.by, note="Merged into a record that has its own path.")
        if again:
            deed.leave(theirs)


def _paths(candidate: Candidate) -> QuerySet[Enrollment]:
    return Enrollment.objects.select_for_update(of=("self",)).filter(candidate=candidate).order_by("pk")


def settle_ownership(deed: merging.Merge) -> None:
    """Where the windows of two agencies would overlap on one person, the one that began first stays."""
    mine = list(Ownership.objects.filter(candidate=deed.survivor))
    for theirs in Ownership.objects.filter(candidate=deed.other).order_by("pk"):
        overlapping = [one for one in mine if one.starts_at < theirs.ends_at and theirs.starts_at < one.ends_at]
        if any(one.starts_at <= theirs.starts_at for one in overlapping):
            deed.remove(theirs)
            continue
        for one in overlapping:
            deed.remove(one)
            mine.remove(one)


merging.movers["sourcing.Ownership"] = settle_ownership
merging.moves_freely.add("sourcing.Submission")  # each is an agency's word; what it was worth was settled when it came
merging.moves_freely.add("hiring.DataRequest")
merging.moves_freely.add(
    "sourcing.CommunityMember"
)  # each address has its own way out; consents and pools are settled above
merging.movers["sourcing.PoolMember"] = settle_pools
merging.movers["sourcing.Enrollment"] = settle_enrollments
merging.moves_freely.add(
    "sourcing.ImportRow"
)  # a row of a list leads to the person; what it did is kept apart (undoing.py)
stays["sourcing.SegmentSighting"] = "made anew when the segment is looked at next"
merging.moves_freely.add(
    "sourcing.Referral"
)  # each is one colleague's word; who is credited was settled when it was given
# What came by mail leads to the person it became a part of.
merging.moves_freely |= {"sourcing.MailedResume", "sourcing.MailedFile"}
