"""Word about a job on hold to somebody who is in process there: one letter each for a hold, whoever writes it and however often."""

from __future__ import annotations

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from hiring import contact, masks
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Job, MailTemplate, Message, User
from pipeline import rejection
from pipeline.models import Application, ApplicationQuerySet, Stage
from pipeline.moves import lock, no_longer_active
from pipeline.rejection import Delay

KEY = "hold:"
"""How the dedupe keys of these letters begin; the hold follows, the application, and the how-manieth it is."""
TOLD = (Message.Status.QUEUED, *rejection.ALREADY_TOLD)


def hold_of(job: Job) -> int:
    """Which hold this is: the change of status that began it; 0 while the job is not on hold."""
    last = job.status_changes.first()
    return last.pk if last and last.after == Job.Status.ON_HOLD else 0


def in_process(job: Job) -> ApplicationQuerySet:
    """Those who applied and wait; whom we only noted as leads expects nothing of us."""
    return Application.objects.active().filter(job=job).exclude(stage__kind=Stage.Kind.LEAD).order_by("pk")


def untold(job: Job) -> ApplicationQuerySet:
    """Those in process whom no letter about this hold has reached, or waits for."""
    key = Concat(Value(f"{KEY}{hold_of(job)}:"), Cast(OuterRef("pk"), CharField()), Value(":"))
    letters = Message.objects.filter(candidate=OuterRef("candidate"), status__in=TOLD, dedupe_key__startswith=key)
    return in_process(job).filter(~Exists(letters))


@transaction.atomic
def write_to(application: Application, template: MailTemplate, *, by: User | None, delay: Delay) -> Application:
    """Tell one person. Refused for those who know already, and for those whom no mail reaches."""
    application = lock(application)
    hold = hold_of(application.job)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    if not hold:
        raise Refused(f"{application.job.title} is not on hold any more.")
    if _letters(application, hold).filter(status__in=TOLD).exists():
        raise Refused(f"{application.candidate.name} was already told.")
    if not contact.working_address(application.candidate):
        raise Refused(f"{application.candidate.name} has no working e-mail address; no mail is sent.")
    with masks.lifted(application.candidate):
        subject, text = rejection.merged(application, template, by=by)
    compose.to_candidate(
        application.candidate,
        purpose="message",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=subject,
        text=text,
        by=by,
        job=application.job,
        dedupe_key=f"{KEY}{hold}:{application.pk}:{_letters(application, hold).count() + 1}",
        not_before=rejection.leaves_at(application.candidate, by=by, delay=delay),
    )
    return application


def stop(application: Application, *, by: User | None) -> bool:
    """Stop the letter while it waits. False when none does."""
    message = _letters(application, hold_of(application.job)).filter(status=Message.Status.QUEUED).first()
    if message is None:
        return False
    compose.cancel(message, by=by, note="Stopped before it left.")
    return True


def _letters(application: Application, hold: int) -> QuerySet[Message]:
    key = f"{KEY}{hold}:{application.pk}:"
    return Message.objects.filter(candidate=application.candidate_id, dedupe_key__startswith=key)
