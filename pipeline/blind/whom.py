"""Who is hidden from whom, as filters, and what hidden people are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from hiring import access, accounts, masks
from hiring.models import User
from hiring.prepared import Given, prepared
from pipeline.models import Application, ApplicationQuerySet, BlindReview, Stage, Transition, Unmasking

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like numbers
MEETS = (Stage.Kind.INTERVIEW, Stage.Kind.OFFER, Stage.Kind.HIRED)

known_from: list[Callable[[User], QuerySet[Any, Any]]] = []
"""Ids of people the user knows anyway, by what floors above know: whoever sits in an interview with them."""


def hidden(user: User) -> Q | None:
    """Filter over candidates whom this user may not know: those in a blind stage of a job the user sees, unless they know them
    already. None when nobody can be hidden from them."""
    if not _may_hide(user):
        return None
    return Q(pk__in=_applications(user).values("candidate"))


def called(user: User, candidates: Collection[int], job: int | None) -> dict[int, str]:
    """The hidden ones of these people, by what they are called: on the job whose page it is, else where they applied last."""
    if not hides_now(user):
        return {}
    rows = _applications(user).filter(candidate__in=candidates).order_by("pk").values_list("candidate", "pk", "job")
    found: dict[int, str] = {}
    on_this_job = set()
    for candidate, pk, its_job in rows:
        if candidate not in on_this_job:
            found[candidate] = pseudonym(pk)
        if its_job == job:
            on_this_job.add(candidate)
    return found


def pseudonym(application: int) -> str:
    """`Candidate A7`: the same for an application for good, and never the same for two."""
    number, letter = divmod(application, len(LETTERS))
    return f"Candidate\u00a0{LETTERS[letter]}{number}"  # held together, so that it is nobody's first name and surname


def application_called(text: str) -> int:
    """The number of the application somebody typed what it is called of: `A7`, `candidate a7`; 0 for anything else."""
    typed = text.replace("\u00a0", " ").upper().removeprefix("CANDIDATE").strip()
    if not typed or typed[0] not in LETTERS or not (typed[1:].isascii() and typed[1:].isdecimal()) or len(typed) > 15:
        return 0
    return int(typed[1:]) * len(LETTERS) + LETTERS.index(typed[0])


def hides_from_viewer() -> bool:
    """Whether the job whose page this is hides names from whoever looks, at least of some people."""
    looking = masks.viewer()
    if looking is None or looking.job is None:
        return False
    standing = BlindReview.objects.standing().filter(job=looking.job, hidden_from__in=_kinds(looking.user))
    return standing.exists()


def blind_applications(user: User) -> ApplicationQuerySet:
    """Applications in a blind stage of a job the user sees, for users from whom that job hides names."""
    standing = Q(job__blind_reviews__ended_at=None, job__blind_reviews__hidden_from__in=_kinds(user))
    before = Q(stage__position__lt=F("job__blind_reviews__until__position"))
    seen = access.jobs_visible_to(user, "job")
    return Application.objects.filter(standing, before, job__blind_reviews__isnull=False).filter(seen)


def decided_blind(transitions: Sequence[Transition]) -> set[int]:
    """Of applications that just moved, those whose person was hidden from whoever moved them, by where they stood before."""
    user = transitions[0].by if transitions else None
    if user is None or not hides_now(user):
        return set()
    jobs = {one.application.job_id for one in transitions}
    standing = BlindReview.objects.standing().filter(job__in=jobs, hidden_from__in=_kinds(user))
    until = dict(standing.values_list("job", "until__position"))
    moved = {
        one.application_id for one in transitions
        if one.left and one.left.position < until.get(one.application.job_id, 0) and one.application.created_by_id != user.pk
    }  # fmt: skip
    if not moved:
        return set()
    return set(_unknown(Application.objects.filter(pk__in=moved), user, but=moved).values_list("pk", flat=True))


def _applications(user: User) -> ApplicationQuerySet:
    """Blind applications of people the user does not know."""
    return _unknown(blind_applications(user).exclude(created_by=user.pk), user)


def _unknown(found: ApplicationQuerySet, user: User, but: Collection[int] = ()) -> ApplicationQuerySet:
    """Without those whose person the user knows: by looking, by meeting them on another job, or by what floors above know."""
    meets = Application.objects.visible_to(user).filter(stage__kind__in=MEETS)
    meets = meets.exclude(pk__in=but) if but else meets
    found = found.exclude(candidate__in=Unmasking.objects.filter(by=user.pk).values("application__candidate"))
    found = found.exclude(candidate__in=meets.values("candidate"))
    for ids in known_from:
        found = found.exclude(candidate__in=ids(user))
    return found


def hidden_applications(user: User, candidate: int) -> list[Application]:
    """The blind applications under which this person is hidden from the user, the oldest first; empty where they know them."""
    if not hides_now(user):
        return []
    return list(_applications(user).filter(candidate=candidate).select_related("job").order_by("pk"))


def is_blind(stage: Stage, user: User) -> bool:
    """Whether names are hidden from this user in this stage."""
    standing = BlindReview.objects.standing().filter(job=stage.job_id, hidden_from__in=_kinds(user))
    return standing.filter(until__position__gt=stage.position).exists()


@prepared
def standing_reviews(kinds: Given) -> QuerySet[BlindReview, int]:
    return BlindReview.objects.standing().filter(hidden_from__any=kinds).values_list("pk", flat=True)[:1]


def hides_now(user: User) -> bool:
    """Whether some job does. One small question for users that come from no session, before the large ones."""
    if user.hidden_kinds is None:
        return bool(standing_reviews(kinds=_kinds(user)))
    return _may_hide(user)


def _may_hide(user: User) -> bool:
    """Whether some job may hide names from a user of this role. The session's user brings along what there is."""
    kinds = _kinds(user)
    return bool(kinds) and (user.hidden_kinds is None or any(kind in user.hidden_kinds for kind in kinds))


def _kinds(user: User) -> list[str]:
    """The settings under which names are hidden from somebody of this role."""
    return [kind for kind, roles in BlindReview.ROLES if user.role in roles]


def page_of(user: User, candidate: int) -> str:
    """The review page, which shows what may be known; for those who may open it."""
    found = _applications(user).filter(access.jobs_movable_by(user, "job"), candidate=candidate).order_by("-pk").first()
    return f"{reverse('pipeline:review', args=[found.job_id])}?application={found.pk}" if found else ""


masks.hiding.append(hidden)
masks.elsewhere.append(page_of)
masks.names.append(called)
accounts.facts["hidden_kinds"] = lambda _: ArraySubquery(
    BlindReview.objects.standing().order_by("hidden_from").values("hidden_from").distinct()
)
