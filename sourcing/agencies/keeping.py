"""What recruiters do with agencies: take one on, invite its people, give it jobs, and end each of these at once."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import links, sources
from hiring.contact_points import normalise_email
from hiring.errors import Refused
from hiring.mail import partners
from hiring.models import Job, Source, User
from sourcing.agencies import door
from sourcing.agencies.models import Agency, AgencyJob, AgencyUser

FACTS = ("window_days", "answer_days", "writes_to_people", "fee_note")


@transaction.atomic
def create(*, name: str, by: User | None, **facts: Any) -> Agency:
    """An agency, and the source its people carry: one of its name, made when there is none."""
    name = _free(name)
    named = sources.find(name)
    source = named if named and named.kind == Source.Kind.AGENCY else None
    if named and source is None:
        raise Refused(f"“{name}” is the name of a source of another kind. Choose another name.")
    source = source or sources.create(name=name, kind=Source.Kind.AGENCY, cost_kind=Source.CostKind.HIRE, by=by)
    return Agency.objects.create(name=name, source=source, created_by=by, created_at=timezone.now(), **facts)


@transaction.atomic
def edit(agency: Agency, *, name: str, by: User | None, **facts: Any) -> Agency:
    """Change its facts. Windows that run keep the days they began with."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if name != agency.name:
        name = _free(name)
    agency.name = name
    for fact in FACTS:
        setattr(agency, fact, facts[fact])
    agency.save()
    return agency


@transaction.atomic
def switch(agency: Agency, *, on: bool, by: User | None) -> Agency:
    """Stop working with an agency, or begin again. Stopping ends every session and link of its people at once."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    agency.is_active = on
    agency.save(update_fields=["is_active"])
    if not on:
        _end_sessions(agency.users.all())
    return agency


def _free(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("An agency needs a name.")
    if Agency.objects.filter(name__iexact=name).exists():
        raise Refused(f"There is an agency called {name} already.")
    return name


# --- its people -------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(agency: Agency, *, name: str, email: str, by: User | None) -> AgencyUser:
    """Let somebody of the agency in, and mail them the way. Somebody who is there already is sent a new link."""
    email, now = normalise_email(email), timezone.now()
    if not agency.is_active:
        raise Refused(f"{agency} is switched off. Begin working with it again first.")
    if User.objects.filter(email__iexact=email).exists():
        raise Refused("This is a colleague’s address.")
    known = door.find(email)
    if known and known.agency_id != agency.pk:
        raise Refused("This address belongs to another agency.")
    if known and not known.is_active:
        raise Refused(f"{known} was switched off. Switch them on again instead.")
    user = known
    if user is None:
        user = AgencyUser(agency=agency, name=" ".join(name.split()), email=email, invited_by=by)
        user.created_at = user.sessions_from = now
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            raise Refused("This address was invited this very moment.") from None
    door.invite(user, by=by)
    return user


@transaction.atomic
def switch_user(user: AgencyUser, *, on: bool, by: User | None) -> AgencyUser:
    """Let somebody of an agency in no longer, or again. An end holds at once: sessions and links are over."""
    user = AgencyUser.objects.select_for_update(of=("self",)).select_related("agency").get(pk=user.pk)
    user.is_active = on
    user.save(update_fields=["is_active"])
    if not on:
        _end_sessions([user])
    return user


def _end_sessions(users: Any) -> None:
    now = timezone.now()
    for user in users:
        AgencyUser.objects.filter(pk=user.pk).update(sessions_from=now)
        links.revoke(door.PURPOSE, user.pk)


# --- its jobs ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def give(agency: Agency, job: Job, *, brief: str = "", tells_secret: bool = False, by: User | None) -> AgencyJob:
    """Let an agency present people for a job. A confidential one only by somebody who says that the agency may know of it."""
    if job.status != Job.Status.OPEN:
        raise Refused("Only open jobs are given to agencies.")
    if job.confidential and not tells_secret:
        raise Refused(f"{job.title} is confidential. Say that {agency} may know of it, or choose another job.")
    if not agency.is_active:
        raise Refused(f"{agency} is switched off.")
    given, is_new = AgencyJob.objects.get_or_create(
        agency=agency,
        job=job,
        ended_at=None,
        defaults={"brief": brief.strip(), "tells_secret": tells_secret, "by": by, "at": timezone.now()},
    )
    if not is_new:
        raise Refused(f"{agency} has {job.title} already.")
    for user in agency.users.filter(is_active=True):
        partners.to_partner(
            user.name,
            user.email,
            purpose="agency",
            template="sourcing/email/agency_job",
            context={"agency": agency, "job": job},
            dedupe_key=f"agency_job:{given.pk}:{user.pk}",
        )
    return given


@transaction.atomic
def take_away(given: AgencyJob, *, by: User | None) -> AgencyJob:
    """No more people for this job by this agency. Whom it presented stay."""
    AgencyJob.objects.filter(pk=given.pk, ended_at=None).update(ended_at=timezone.now())
    given.refresh_from_db()
    return given
