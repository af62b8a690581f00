"""Taking a referral in: matched first, credited by one stated rule, kept once however often it is sent.

Credit goes to whoever brought somebody in first: a referral counts unless the person is in process, or somebody else
referred them or we were in touch within REFERRAL_CREDIT_MONTHS before.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import access, identity, sources
from hiring.contact_points import normalise_email
from hiring.documents import checks
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.models import Candidate, Document, Job, ProcessingBasis, Source, User
from hiring.names import clean_name
from hiring.timeline import record
from pipeline.models import Application
from sourcing.referrals.models import Referral

Credit = Referral.Credit
AT_ONCE = 30  # a day's referrals of one colleague; more is a list, and lists are imported
MONTH = dt.timedelta(days=30)
AT_THE_SAME_TIME = dt.timedelta(minutes=1)  # a person and their application come into being in one transaction


@transaction.atomic
def refer(
    *,
    referrer: User,
    name: str,
    email: str = "",
    phone: str = "",
    link: str = "",
    job: Job | None = None,
    relation: str,
    why: str,
    knows: bool,
    resume: checks.Checked | None = None,
    wants_mail: bool = True,
    submission_key: uuid.UUID,
    by_link: bool = False,
) -> Referral:
    """Keep a colleague's word for somebody. Returns the first one when this was sent before, and the one they gave earlier
    (`was_given_before`) when they refer the same person for the same job again: what is new in it is not lost.

    Raises Refused with a sentence for the colleague. Somebody on record already keeps every fact they have; what the
    colleague knows of them is added only where it is missing.
    """
    User.objects.select_for_update().get(pk=referrer.pk)  # two clicks of one colleague take turns here
    if sent := Referral.objects.filter(submission_key=submission_key).first():
        return _same_sender(sent, referrer)
    _check(referrer, email, job)
    candidate, credit, created = _person(referrer, name, email, phone, link, knows)
    again = Referral.objects.filter(candidate=candidate, referrer=referrer, job=job).exclude(
        state=Referral.State.CLOSED
    )
    document = keep(candidate, resume, Document.Kind.RESUME, by=referrer) if resume else None
    if earlier := again.first():
        earlier.was_given_before = True
        return earlier
    referral = Referral.objects.create(
        candidate=candidate,
        referrer=referrer,
        job=job,
        resume=document,
        named=clean_name(name),
        relation=relation,
        why=why.strip()[:2_000],
        knows=knows,
        credit=credit,
        wants_mail=wants_mail,
        submission_key=submission_key,
        by_link=by_link,
        created_at=timezone.now(),
    )
    record(candidate, "referral.given", referrer, job=job, referral=referral.pk, new=created)
    return referral


def _person(referrer: User, name: str, email: str, phone: str, link: str, knows: bool) -> tuple[Candidate, str, bool]:
    """Whoever is meant: found or new, whether the colleague gets the credit for them, and whether they are new."""
    known = identity.match([email], [phone], [link], name=name)
    credit = credit_of(known, referrer)
    candidate, created = identity.match_or_create(
        name=name,
        emails=[email],
        phones=[phone],
        links=[link],
        source=source(),
        by=None if known else referrer,  # a link alone does not open somebody's record to a colleague's words
        purpose=ProcessingBasis.Purpose.SOURCING,
        basis=ProcessingBasis.Basis.LEGITIMATE_INTEREST,
        reference="Balancing test: referral; " + ("they know of it" if knows else "they do not know of it yet"),
        **({"referred_by": referrer} if credit == Credit.FIRST else {}),
    )
    if created and credit != Credit.FIRST:  # the link was on somebody with another name: this is not them
        credit, candidate.referred_by = Credit.FIRST, referrer
        candidate.save(update_fields=["referred_by"])
    return candidate, credit, created


def credit_of(known: Candidate | None, referrer: User, *, apart_from: Application | None = None) -> str:
    """Whether a referral of this person counts as the colleague's, and if not, why; an application that the referral itself
    brought speaks not against it."""
    if known is None:
        return Credit.FIRST
    since = timezone.now() - settings.REFERRAL_CREDIT_MONTHS * MONTH
    others = Referral.objects.filter(candidate=known, credit=Credit.FIRST, created_at__gte=since)
    if others.filter(referrer=referrer).exists():
        return Credit.FIRST  # another job, or the same word again
    if others.exists():
        return Credit.REFERRED
    applications = Application.objects.filter(candidate=known)
    applications = applications.exclude(pk=apart_from.pk) if apart_from else applications
    if applications.active().exists():
        return Credit.IN_PROCESS
    heard = (known.created_at, known.last_contacted_at, known.last_sign_of_life_at)
    recent = applications.filter(Q(applied_at__gte=since) | Q(closed_at__gte=since))
    if any(moment and moment >= since for moment in heard) or recent.exists():
        return Credit.KNOWN
    return Credit.FIRST


def credit_of_arrival(candidate: Candidate, application: Application, referrer: User) -> str:
    """The same for somebody who applied by a colleague's link: what counts is what was before this very application."""
    since = application.entered_stage_at - AT_THE_SAME_TIME
    others = Application.objects.filter(candidate=candidate).exclude(pk=application.pk).exists()
    was_there = candidate.created_at < since
    if not others and not was_there and not Referral.objects.filter(candidate=candidate).exists():
        return Credit.FIRST
    return credit_of(candidate, referrer, apart_from=application)


def credit_months() -> int:
    """For how many months an earlier contact stands against a referral."""
    return int(settings.REFERRAL_CREDIT_MONTHS)


def source() -> Source:
    """The source of referred people, whatever an administrator called it."""
    return sources.of_group(Source.Kind.REFERRAL, "Referral")


def open_jobs() -> list[Job]:
    """The jobs a colleague may refer somebody for: open ones that are no secret."""
    return list(Job.objects.filter(status=Job.Status.OPEN, confidential=False).order_by("title", "pk"))


def _check(referrer: User, email: str, job: Job | None) -> None:
    if not access.can_refer(referrer):
        raise Refused("Only colleagues can refer somebody.")
    if email and normalise_email(email) == normalise_email(referrer.email):
        raise Refused("This is your own address. Apply on the career site, or ask a recruiter.")
    if job and (job.status != Job.Status.OPEN or job.confidential):
        raise Refused("This job is no longer open. Choose another one, or any job.")
    today = timezone.now() - dt.timedelta(days=1)
    if Referral.objects.filter(referrer=referrer, created_at__gte=today).count() >= AT_ONCE:
        raise Refused(f"That is more than {AT_ONCE} people in a day. Ask a recruiter to import them as a list.")


def _same_sender(sent: Referral, referrer: User) -> Referral:
    if sent.referrer_id != referrer.pk:
        raise Refused("This form was sent by somebody else. Open it afresh.")
    return sent
