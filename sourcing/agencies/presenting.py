"""Presenting somebody, as the portal does it: kept as it was sent, once, with nothing looked up about the person.

Whoever sends the form gets the same page in the same time, whether we know the person, another agency was first, or neither.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from hiring.documents import checks
from hiring.errors import Refused
from hiring.models import Job
from hiring.names import clean_name
from sourcing.agencies import deciding, terms
from sourcing.agencies.models import AgencyJob, AgencyTerms, AgencyUser, Submission

A_DAY = 50  # of one agency; more is a list, and lists are not presented
LEEWAY_HOURS = 48
STATEMENT = (
    "I confirm that {name} agreed, before I send this, that we give {organisation} their data for this job, that they know that "
    "{organisation} keeps it as its own controller, and that they have read how {organisation} handles applicants’ data."
)


def statement(name: str) -> str:
    return STATEMENT.format(name=name or "this person", organisation=settings.ORGANISATION_NAME)


@transaction.atomic
def present(
    user: AgencyUser,
    job: Job,
    *,
    name: str,
    email: str,
    phone: str = "",
    link: str = "",
    words: str = "",
    basis: str,
    agreed_on: dt.date,
    agreed_how: str,
    resume: checks.Checked,
    submission_key: uuid.UUID,
) -> Submission:
    """Keep what an agency sends for one of its jobs. Raises Refused where the agency, the job or the terms do not allow it, never
    for anything about the person."""
    AgencyUser.objects.select_for_update().get(pk=user.pk)  # two clicks of one person take turns here
    if sent := Submission.objects.of(user.agency).filter(submission_key=submission_key).first():
        return sent
    accepted = _may_present(user, job)
    now = timezone.now()
    submission = Submission(
        agency=user.agency,
        user=user,
        job=job,
        terms=accepted,
        name=clean_name(name),
        email=email,
        phone=phone,
        link=link,
        words=words.strip()[:2_000],
        basis=basis,
        agreed_on=agreed_on,
        agreed_how=agreed_how,
        statement=hashlib.sha256(statement(name).encode()).hexdigest(),
        file_name=resume.name,
        received_at=now,
        answer_at=now + dt.timedelta(days=user.agency.answer_days) + _leeway(submission_key),
        submission_key=submission_key,
    )
    submission.file.save(resume.name, ContentFile(resume.data), save=False)
    submission.save(force_insert=True)
    deciding.on_commit(submission)
    return submission


def _may_present(user: AgencyUser, job: Job) -> AgencyTerms:
    if not user.may_come_in:
        raise Refused("Your access has ended.")
    if not AgencyJob.objects.open_to(user.agency).filter(job=job).exists():
        raise Refused("This job is not open to you any more.")
    accepted = terms.accepted_by(user.agency)
    if accepted is None:
        raise Refused("Accept the terms first.")
    today = timezone.now() - dt.timedelta(days=1)
    if Submission.objects.of(user.agency).filter(received_at__gte=today).count() >= A_DAY:
        raise Refused(f"That is more than {A_DAY} people in a day. Write to your contact here.")
    return accepted


def _leeway(key: uuid.UUID) -> dt.timedelta:
    """Up to two days more, from the form's own id: the hour of an answer tells nothing."""
    return dt.timedelta(minutes=key.int % (LEEWAY_HOURS * 60))
