"""What sourcing adds to the candidate list's bulk bar: into a pool, into a sequence."""

from __future__ import annotations

from hiring import access, bulk
from hiring.errors import Refused
from hiring.models import Candidate, User
from sourcing import outreach, pools
from sourcing.models import Sequence, TalentPool

NAMED = 5
"""How many of those left out are named in the sentence."""


def _pool(chosen: list[Candidate], value: str, by: User) -> str:
    pool = TalentPool.objects.visible_to(by).filter(pk=int(value)).first() if value.isdecimal() else None
    if pool is None:
        raise Refused("Choose a pool.")
    for candidate in chosen:
        pools.add(pool, candidate, reason="Chosen from a search", by=by)
    return f"{bulk.people(len(chosen)).capitalize()} in {pool}. Say on the pool’s page why each belongs there."


def _enroll(chosen: list[Candidate], value: str, by: User) -> str:
    """One refusal holds back nobody else, so the sentence says who was left out and why."""
    sequence = Sequence.objects.visible_to(by).filter(pk=int(value)).first() if value.isdecimal() else None
    if sequence is None:
        raise Refused("Choose a sequence.")
    outcome = outreach.enroll_many(sequence, chosen, by=by)
    if not outcome.left_out:
        return f"Enrolled {bulk.people(len(outcome.started))} in {sequence}."
    left = "; ".join(f"{person.name}: {why}" for person, why in outcome.left_out[:NAMED])
    more = f"; and {len(outcome.left_out) - NAMED} more" if len(outcome.left_out) > NAMED else ""
    return f"Enrolled {bulk.people(len(outcome.started))} in {sequence}. Left out: {left}{more}"


def _pools(user: User) -> list[bulk.Choice]:
    return [(str(pk), name) for pk, name in TalentPool.objects.visible_to(user).values_list("pk", "name")]


def _sequences(user: User) -> list[bulk.Choice]:
    open_ones = Sequence.objects.visible_to(user).exclude(status=Sequence.Status.ARCHIVED)
    return [(str(pk), name) for pk, name in open_ones.values_list("pk", "name")]


bulk.register(
    bulk.Action("pool", "Put in pool", "stack-2", "Pool", access.can_source, _pool, _pools, "Put in pool", 20, True)
)
bulk.register(
    bulk.Action("sequence", "Enroll", "route", "Sequence", access.can_source, _enroll, _sequences, "Enroll", 30)
)
