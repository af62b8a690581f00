"""What sourcing does with many people at once: into a pool, into a sequence."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from hiring import access, bulk
from hiring.bulk import Deed, Params
from hiring.bulk_declared import OneOf, Tie, taking_back
from hiring.models import User
from sourcing import outreach
from sourcing.models import Enrollment, PoolMember, Sequence, TalentPool

REASON = "Chosen from a search"


POOLS = OneOf("pool", lambda user: TalentPool.objects.visible_to(user), "Choose a pool.")


def _read_pool(posted: QueryDict, value: str, user: User) -> Params:
    reason = " ".join(posted.get("reason", "").split())[:300] or REASON
    return {**POOLS.read(posted, value, user), "reason": reason}


def _worked_on(member: PoolMember, params: Params) -> str:
    as_it_came = (PoolMember.Stage.NEW, params["reason"], None)
    is_so = (member.stage, member.reason, member.next_touch_on) == as_it_came
    return "" if is_so else "Somebody has worked on them in the pool since."


MEMBERS = Tie(
    rows=PoolMember,
    key="pool",
    stands=lambda deed: POOLS.find(deed.by, deed.params["pool"]) is not None,
    gone="The pool is gone, or no longer yours to fill.",
    has="Is in this pool.",
    lacks="Is not in this pool.",
    changed="Somebody has taken them out or put them in again since.",
    tied="pool.added",
    untied="pool.removed",
    made=lambda deed: {"reason": deed.params["reason"], "added_by": deed.by, "added_at": timezone.now()},
    worked_on=_worked_on,
)
SEQUENCES = OneOf(
    "sequence",
    lambda user: Sequence.objects.visible_to(user).exclude(status=Sequence.Status.ARCHIVED),
    "Choose a sequence.",
)


def _enroll(deed: Deed) -> None:
    """The contact policy is asked about each person, now. One refusal holds back nobody else."""
    sequence = SEQUENCES.find(deed.by, deed.params["sequence"])
    if sequence is None:
        deed.leave_out_rest("The sequence is archived, or no longer yours to use.")
        return
    inside = Enrollment.objects.live().filter(sequence=sequence, candidate__in=deed.ids)
    for pk in inside.values_list("candidate", flat=True):
        deed.already(pk, "Is in this sequence.")
    waiting = set(deed.ids)
    outcome = outreach.enroll_many(sequence, [one for one in deed.people if one.pk in waiting], by=deed.by)
    for enrollment in outcome.started:
        deed.done(enrollment.candidate_id, enrollment=enrollment.pk)
    for person, why in outcome.left_out:
        deed.leave_out(person.pk, f"{why[:1].upper()}{why[1:]}".replace(person.name, "This person"))


bulk.register(
    bulk.Kind(
        key="pool",
        label="Put in pool",
        icon="stack-2",
        field="Pool",
        may=access.can_source,
        read=_read_pool,
        title=lambda params: f"Put in the pool {params['name']}",
        said="Put {people} in {what}. Say on the pool’s page why each belongs there.",
        do=MEMBERS.tie,
        undo=MEMBERS.untie_again,
        choices=POOLS.choices,
        button="Put in pool",
        order=20,
        on_board=True,
        options="sourcing/_bulk_reason.html",
    )
)
bulk.register(
    bulk.Kind(
        key="sequence",
        label="Enroll",
        icon="route",
        field="Sequence",
        may=access.can_source,
        read=SEQUENCES.read,
        title=lambda params: f"Enroll in {params['name']}",
        said="Enrolled {people} in {what}.",
        do=_enroll,
        undo=taking_back("enrollment", Enrollment, outreach.take_back_many, outreach.GONE),
        choices=SEQUENCES.choices,
        button="Enroll",
        asks_later=True,
        order=30,
        is_final=True,
        chunk=250,
        columns=(),
    )
)
