"""Following a person or a job: being told what matters about them, until one stops.

What matters is declared by the floor that knows it (`watch`): a kind of timeline event, the words for it, and who may hear.
Each event tells the followers of its person and of its job once; what one may not see is not told (hiring/notifications.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import access, merging, notifications, timeline
from hiring.models import Candidate, Follow, Job, TimelineEvent, User
from hiring.prepared import Given, prepared

Words = Callable[[TimelineEvent], str]
May = Callable[[User, TimelineEvent], bool]


@dataclass(frozen=True)
class Watched:
    """`kind` is the notification's. `words` may be empty for an event that is not worth it. `many`: what somebody did who
    caused many such events at once, before the name of the job."""

    kind: str
    words: Words
    may: May
    many: str = ""


watched: dict[str, Watched] = {}


def watch(event_kind: str, kind: str, words: Words, may: May = lambda user, event: True, many: str = "") -> None:
    watched[event_kind] = Watched(kind, words, may, many)
    timeline.listeners.setdefault(event_kind, []).append(hear)


@prepared
def follows_of(people: Given, job: Given) -> QuerySet[Follow]:
    """Asked with every event that is worth telling."""
    about = Q(candidate__any=people) | Q(job=job)
    return Follow.objects.filter(about, user__is_active=True).select_related("user").order_by("pk")


def hear(events: Sequence[TimelineEvent]) -> None:
    """Tell the followers of the events' people and job. One query where nobody follows them.

    Of many events of one act, followers of a person hear of that person, followers of the job once, without names.
    """
    first = events[0]
    people = list({event.candidate_id for event in events})
    follows = [row for row in follows_of(people=people, job=first.job_id) if row.user_id != first.actor_id]
    if not follows:
        return
    of_job = {follow.user_id: follow.user for follow in follows if follow.candidate_id is None}
    of_people: dict[int, dict[int, User]] = defaultdict(dict)
    for follow in follows:
        if follow.candidate_id:
            of_people[follow.candidate_id][follow.user_id] = follow.user
    if len(events) == 1:
        _tell(first, of_job | of_people[first.candidate_id])
        return
    known = Candidate.objects.in_bulk(of_people)
    for event in events:
        if event.candidate_id in known:
            event.candidate = known[event.candidate_id]
            _tell(event, of_people[event.candidate_id])
    _tell_of_many(first, of_job)


def _tell(event: TimelineEvent, followers: Mapping[int, User]) -> None:
    what = watched[event.kind]
    words = what.words(event)
    hearing = [user for user in followers.values() if what.may(user, event)]
    if words and hearing:
        notifications.tell(
            hearing,
            what.kind,
            words,
            key=f"event:{event.pk}",
            url=event.candidate.get_absolute_url(),
            candidate=event.candidate,
            job=event.job,
            by=event.actor,
        )


def _tell_of_many(event: TimelineEvent, followers: Mapping[int, User]) -> None:
    """`event` stands for all of its act, which may come in several batches: told once."""
    what = watched[event.kind]
    act = next((f"{name}:{event.data[name]}" for name in ("act", "bulk") if name in event.data), "")
    hearing = [user for user in followers.values() if what.may(user, event)]
    if what.many and hearing and event.job:
        notifications.tell(
            hearing,
            what.kind,
            f"{event.actor or 'Somebody'} {what.many} {event.job}",
            key=f"{act}:{event.kind}" if act else f"event:{event.pk}",
            url=event.job.get_absolute_url(),
            job=event.job,
            by=event.actor,
        )


@transaction.atomic
def follow(user: User, *, candidate: Candidate | None = None, job: Job | None = None) -> Follow:
    """Follow one person or one job. Twice is once."""
    made, _ = Follow.objects.get_or_create(user=user, candidate=candidate, job=job, defaults={"since": timezone.now()})
    return made


@transaction.atomic
def unfollow(user: User, *, candidate: Candidate | None = None, job: Job | None = None) -> None:
    Follow.objects.filter(user=user, candidate=candidate, job=job).delete()


def followers_of(*, candidate: Candidate | None = None, job: Job | None = None) -> list[User]:
    """Who follows, by name: one query."""
    rows = Follow.objects.filter(candidate=candidate, job=job, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__full_name", "user")[:100]]


def followed_by(user: User) -> tuple[list[Candidate], list[Job]]:
    """The people and jobs one follows and may still see, newest first."""
    people = Candidate.objects.visible_to(user).filter(follows__user=user.pk).order_by("-follows__since", "pk")
    jobs = Job.objects.visible_to(user).filter(follows__user=user.pk).order_by("-follows__since", "pk")
    return list(people[:200]), list(jobs[:200])


def settle_follows(deed: merging.Merge) -> None:
    """Who followed both follows the survivor once."""
    mine = Follow.objects.filter(candidate=deed.survivor).values("user")
    for theirs in Follow.objects.filter(candidate=deed.other, user__in=mine):
        deed.remove(theirs)


merging.movers["hiring.Follow"] = settle_follows


def _replied(event: TimelineEvent) -> str:
    return "" if event.data.get("automatic") else f"{event.candidate} wrote to us"


watch("message.received", notifications.REPLY, _replied, lambda user, event: access.can_write_mail(user))
