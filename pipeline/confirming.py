"""Whether the address somebody applied with is theirs: asked in the receipt where a job or the limits of applying say so.

The application counts from the first moment and is never lost for it; until they confirm, colleagues read “address not
confirmed”. The link goes to that address alone, and nobody but whoever opens it is told anything (SEC-5, SEC-11).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from hiring import identity, links
from hiring.errors import LinkGone, Refused
from hiring.mail import compose
from hiring.models import Job, Message, PersonalLink
from hiring.timeline import record
from pipeline import limiting
from pipeline.models import AddressCheck, AddressConfirmation, Application

LINK_LASTS = dt.timedelta(days=60)
REMIND_AFTER = dt.timedelta(days=3)
REMIND_UNTIL = dt.timedelta(days=30)
LINE = "\n\nPlease confirm that this address is yours, so that we can reach you: {link}\nYour application counts either way.\n"


def is_on(job: Job) -> bool:
    """Whether applicants of this job are asked: as the job says, else as the limits of applying say."""
    own = asks(job)
    return limiting.limits().confirm_address if own is None else own


def asks(job: Job) -> bool | None:
    """What the job itself says; None when it says nothing."""
    return AddressCheck.objects.filter(job=job).values_list("is_on", flat=True).first()


def choose(job: Job, wanted: bool | None) -> None:
    """What the job says; None: as everywhere."""
    if wanted is None:
        AddressCheck.objects.filter(job=job).delete()
    else:
        AddressCheck.objects.update_or_create(job=job, defaults={"is_on": wanted})


def ask(application: Application, email: str) -> str:
    """The words that go into the receipt; empty when there is nothing to ask. An address that was confirmed once stays so."""
    if not email or not is_on(application.job):
        return ""
    address = identity.normalise_email(email)
    known = AddressConfirmation.objects.filter(application__candidate=application.candidate_id, address=address)
    if known.exclude(confirmed_at=None).exists():
        return ""
    row, _ = AddressConfirmation.objects.get_or_create(
        application=application, defaults={"address": address, "asked_at": timezone.now()}
    )
    return "" if row.confirmed_at or row.address != address else LINE.format(link=_link(row))


def _link(row: AddressConfirmation) -> str:
    application = row.application
    link = links.issue(
        PersonalLink.Purpose.CONFIRM, candidate=application.candidate, subject_id=row.pk, valid_for=LINK_LASTS
    )
    return links.url(link, "confirm_address")


def open_link(token: str) -> AddressConfirmation:
    """What a link asks to confirm. Raises LinkGone, with one sentence for forged, expired and revoked ones."""
    link = links.open_link(token, PersonalLink.Purpose.CONFIRM)
    rows = AddressConfirmation.objects.select_related("application__job", "application__candidate")
    row = rows.filter(pk=link.subject_id or 0).first()
    if row is None:
        raise LinkGone(links.GONE)
    return row


@transaction.atomic
def confirm(row: AddressConfirmation) -> None:
    """It is theirs, and so it is for all they applied for with it. Doing it twice is doing it once."""
    theirs = AddressConfirmation.objects.filter(
        application__candidate=row.application.candidate_id, address=row.address, confirmed_at=None
    )
    for one in theirs.select_related("application__job", "application__candidate").select_for_update(of=("self",)):
        one.confirmed_at = timezone.now()
        one.save(update_fields=["confirmed_at"])
        application = one.application
        record(application.candidate, "applicant.confirmed", None, job=application.job, application=application.pk)


def unconfirmed() -> Exists:
    """Whether the outer application waits for its address to be confirmed."""
    return Exists(AddressConfirmation.objects.filter(application=OuterRef("pk"), confirmed_at=None))


def to_remind(now: dt.datetime) -> QuerySet[AddressConfirmation]:
    """Who has not opened the link for some days, in an application that goes on: reminded once."""
    rows = AddressConfirmation.objects.filter(confirmed_at=None, reminded_at=None, asked_at__lt=now - REMIND_AFTER)
    rows = rows.filter(asked_at__gt=now - REMIND_UNTIL, application__status=Application.Status.ACTIVE)
    return rows.select_related("application__job", "application__candidate").order_by("pk")[:200]


@transaction.atomic
def remind(row: AddressConfirmation) -> None:
    if not AddressConfirmation.objects.filter(pk=row.pk, reminded_at=None).update(reminded_at=timezone.now()):
        return
    application = row.application
    try:
        with transaction.atomic():
            compose.to_candidate(
                application.candidate,
                purpose="confirm_address",
                mail_class=Message.Class.TRANSACTIONAL,
                subject=f"Is this your address? Your application as {application.job.title}",
                text=f"Hello {application.candidate.first_name},\n\nsomebody applied as {application.job.title} with this address."
                " Was it you? Then please confirm it, so that we know we can reach you:\n\n"
                f"{_link(row)}\n\nYour application counts either way, and we do not ask again. It was not you? Then somebody typed your"
                " address; you need not do anything.\n",
                job=application.job,
                automatic=True,
                address=row.address,
                dedupe_key=f"confirm_address:{row.pk}",
            )
    except Refused:
        return
