"""Pools and sequences on the candidate's profile."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet

from hiring import access, person
from hiring.models import Job, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared
from sourcing.models import Enrollment, Ownership, PoolMember, Referral, Submission, TalentPool


@prepared
def memberships(candidate: Given) -> QuerySet[PoolMember]:
    return PoolMember.objects.filter(candidate=candidate).select_related("pool").order_by("pool__name")


@prepared
def latest_paths(candidate: Given) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(candidate=candidate).select_related("sequence__job").order_by("-enrolled_at")[:5]


@prepared
def pools_of(user: User) -> QuerySet[TalentPool]:
    return TalentPool.objects.visible_to(user)


@panel("right", 40)
def pools_and_sequences(asked: Asked) -> Panel | None:
    """Where the person is kept warm, with a way in and out. For those who source."""
    user, candidate = asked.user, asked.candidate
    if not access.can_source(user):
        return None
    members = memberships(candidate=candidate.pk) if person.has(candidate, "pools") else []
    paths = latest_paths(candidate=candidate.pk) if person.has(candidate, "enrollments") else []
    known = [path for path in paths if _is_known(user, path.sequence.job)]
    inside = {member.pool_id for member in members}
    context = {
        "candidate": candidate,
        "members": members,
        "enrollments": known,
        "pools": [pool for pool in pools_of(user) if pool.pk not in inside],
        "may_enroll": not any(path.state in Enrollment.LIVE for path in paths),
    }
    return Panel("sourcing/panel.html", context, add="" if members or known else "sourcing/_add.html")


def _is_known(user: User, job: Job | None) -> bool:
    """Whether whoever sources may read of this job: confidential ones are for their team."""
    return job is None or not job.confidential or access.on_team(user, job)


@prepared
def words_for(candidate: Given) -> QuerySet[Referral]:
    given = Referral.objects.filter(candidate=candidate).select_related("referrer", "job")
    return given.order_by("-created_at", "-pk")[:5]


@panel("right", 35)
def referred(asked: Asked) -> Panel | None:
    """What colleagues said when they referred the person, for those who work with candidates and whoever may open the job."""
    if not person.has(asked.candidate, "referrals"):
        return None
    given = [one for one in words_for(candidate=asked.candidate.pk) if _is_known(asked.user, one.job)]
    if not access.can_handle_referrals(asked.user):
        given = [
            one
            for one in given
            if one.referrer_id == asked.user.pk or (one.job and access.on_team(asked.user, one.job))
        ]
    if not given:
        return None
    may_handle = access.can_handle_referrals(asked.user)
    return Panel("sourcing/_referral_panel.html", {"referrals": given, "may_handle": may_handle})


@prepared
def presented(candidate: Given) -> QuerySet[Submission]:
    given = Submission.objects.filter(candidate=candidate).select_related("agency", "job")
    return given.order_by("-received_at", "-pk")[:5]


@prepared
def windows_of(candidate: Given) -> QuerySet[Ownership]:
    return Ownership.objects.filter(candidate=candidate).select_related("agency").order_by("-during")[:5]


@panel("right", 34)
def presented_by(asked: Asked) -> Panel | None:
    """Which agency presented the person, whose they are until when, and what was agreed: for those who work with agencies."""
    if not access.can_distribute(asked.user) or not person.has(asked.candidate, "submissions"):
        return None
    given = [one for one in presented(candidate=asked.candidate.pk) if _is_known(asked.user, one.job)]
    running = next((one for one in windows_of(candidate=asked.candidate.pk) if one.is_running), None)
    return (
        Panel("sourcing/_agency_panel.html", {"submissions": given, "running": running}) if given or running else None
    )


person.kept["submissions"] = lambda: Submission.objects.filter(candidate=OuterRef("pk"))
person.kept["pools"] = lambda: PoolMember.objects.filter(candidate=OuterRef("pk"))
person.kept["enrollments"] = lambda: Enrollment.objects.filter(candidate=OuterRef("pk"))
person.kept["referrals"] = lambda: Referral.objects.filter(candidate=OuterRef("pk"))
