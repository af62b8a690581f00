"""What sourcing does with many people at once: into a pool, into a sequence."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from hiring import access, bulk
from hiring.bulk import Deed, Params
from hiring.errors import Refused
from hiring.models import Message, User
from hiring.timeline import record_all
from sourcing import outreach
from sourcing.models import Enrollment, PoolMember, Sequence, TalentPool

REASON = "Chosen from a search"


def _read_pool(posted: QueryDict, value: str, user: User) -> Params:
    pool = TalentPool.objects.visible_to(user).filter(pk=int(value)).first() if _is_id(value) else None
    if pool is None:
        raise Refused("Choose a pool.")
    reason = " ".join(posted.get("reason", "").split())[:300] or REASON
    return {"pool": pool.pk, "name": pool.name, "reason": reason}


def _pool(deed: Deed) -> None:
    pool = TalentPool.objects.visible_to(deed.by).filter(pk=deed.params["pool"]).first()
    if pool is None:
        deed.leave_out_rest("The pool is gone, or no longer yours to fill.")
        return
    inside = PoolMember.objects.filter(pool=pool, candidate__in=deed.ids)
    for pk in inside.values_list("candidate", flat=True):
        deed.already(pk, "Is in this pool.")
    now, reason = timezone.now(), deed.params["reason"]
    members = PoolMember.objects.bulk_create(
        PoolMember(pool=pool, candidate_id=pk, reason=reason, added_by=deed.by, added_at=now) for pk in deed.ids
    )
    for member in members:
        deed.done(member.candidate_id, member=member.pk)
    said = {"pool": pool.pk, "act": deed.act.pk}
    record_all("pool.added", deed.by, {member.candidate_id: said for member in members})


def _out_of_pool(deed: Deed) -> None:
    """Whoever was worked on in the pool since stays in it."""
    pool, reason = deed.params["pool"], deed.params["reason"]
    rows = {row.candidate_id: row for row in PoolMember.objects.filter(pool=pool, candidate__in=deed.ids)}
    gone = {}
    for pk in deed.ids:
        row = rows.get(pk)
        if row is None or row.pk != deed.kept[pk].get("member"):
            deed.leave_out(pk, "Somebody has taken them out or put them in again since.")
        elif (row.stage, row.reason, row.next_touch_on) != (PoolMember.Stage.NEW, reason, None):
            deed.leave_out(pk, "Somebody has worked on them in the pool since.")
        else:
            gone[pk] = row.pk
            deed.done(pk)
    PoolMember.objects.filter(pk__in=gone.values()).delete()
    said = {"pool": pool, "act": deed.act.pk}
    record_all("pool.removed", deed.by, dict.fromkeys(gone, said))


def _read_sequence(posted: QueryDict, value: str, user: User) -> Params:
    sequence = _open_ones(user).filter(pk=int(value)).first() if _is_id(value) else None
    if sequence is None:
        raise Refused("Choose a sequence.")
    return {"sequence": sequence.pk, "name": sequence.name}


def _enroll(deed: Deed) -> None:
    """The contact policy is asked about each person, now. One refusal holds back nobody else."""
    sequence = _open_ones(deed.by).filter(pk=deed.params["sequence"]).first()
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
        deed.leave_out(person.pk, why.replace(person.name, "This person"))


def _end_again(deed: Deed) -> None:
    """Only paths on which nothing has gone out: what was said cannot be unsaid."""
    ids = [kept["enrollment"] for kept in deed.kept.values() if "enrollment" in kept]
    paths = Enrollment.objects.select_related("sequence", "candidate").filter(pk__in=ids)
    found = {path.candidate_id: path for path in paths}
    for pk in deed.ids:
        path = found.get(pk)
        if path is None:
            deed.leave_out(pk, "This path is gone.")
        elif path.position or _left_the_house(path):
            deed.leave_out(pk, "A step was taken already. Stop the path on the sequence’s page.")
        else:
            try:
                outreach.stop(path, by=deed.by, note="Taken back before anything was sent.")
            except Refused as refused:
                deed.leave_out(pk, refused.sentence)
            else:
                if _left_the_house(path):  # it was just being handed over; the path ends after it
                    deed.leave_out(pk, "A mail was leaving this very second. The path ends after it.")
                else:
                    deed.done(pk)


def _left_the_house(path: Enrollment) -> bool:
    sent = Message.objects.filter(dedupe_key__startswith=f"step:{path.pk}:")
    return sent.exclude(status__in=[Message.Status.QUEUED, Message.Status.CANCELLED]).exists()


def _is_id(value: str) -> bool:
    return value.isdecimal() and len(value) < 19


def _open_ones(user: User) -> QuerySet[Sequence]:
    return Sequence.objects.visible_to(user).exclude(status=Sequence.Status.ARCHIVED)


def _pools(user: User) -> list[bulk.Choice]:
    return [(str(pk), name) for pk, name in TalentPool.objects.visible_to(user).values_list("pk", "name")]


def _sequences(user: User) -> list[bulk.Choice]:
    return [(str(pk), name) for pk, name in _open_ones(user).values_list("pk", "name")]


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
        do=_pool,
        undo=_out_of_pool,
        choices=_pools,
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
        read=_read_sequence,
        title=lambda params: f"Enroll in {params['name']}",
        said="Enrolled {people} in {what}.",
        do=_enroll,
        undo=_end_again,
        choices=_sequences,
        button="Enroll",
        asks_later=True,
        order=30,
        is_final=True,
        chunk=25,
        columns=(),
    )
)
