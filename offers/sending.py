"""Sending an approved offer, and letting it expire."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hiring import approvals, links, sweeping
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Message, Opening, PersonalLink, User
from offers import letters, terms
from offers.models import Offer
from pipeline import moves
from pipeline.models import Stage

Status = Offer.Status


@transaction.atomic
def send(offer: Offer, *, by: User | None) -> Offer:
    """Draw the letter, freeze it by its hash, and mail the personal link. From here on the terms are immutable."""
    offer = terms.lock(offer.pk)
    application = offer.application
    now = timezone.now()
    if offer.status != Status.APPROVED or not approvals.covers("offer", offer.pk, terms.snapshot(offer)):
        raise Refused("These terms are not approved. Submit the offer for approval first.")
    if offer.expires_at <= now:
        raise Refused("The date to answer by has passed. Set a later one before sending.")
    if not application.is_active:
        raise Refused(f"{application.candidate.name} is no longer active on {application.job.title}.")
    if not application.job.openings.filter(status=Opening.Status.OPEN).exists():
        raise Refused(f"Every opening of {application.job.title} is filled.")
    offer.sent_at = now
    offer.letter = letters.keep(offer, letters.draw(offer), letters.file_name(offer))
    offer.letter_sha256 = offer.letter.sha256
    offer.status = Status.SENT
    offer.save()
    offer_stage = application.job.stages.standing().filter(kind=Stage.Kind.OFFER).first()
    if offer_stage and application.stage.position < offer_stage.position:
        moves.move(application, offer_stage, by=by)
    _mail(offer, by)
    terms.write_down(offer, "offer.sent", by)
    return offer


def link_of(offer: Offer) -> PersonalLink:
    """The live personal link of a sent offer."""
    return PersonalLink.objects.get(purpose=PersonalLink.Purpose.SIGN, subject_id=offer.pk, revoked_at=None)


def _mail(offer: Offer, by: User | None) -> None:
    candidate = offer.application.candidate
    link = links.issue(
        PersonalLink.Purpose.SIGN,
        candidate=candidate,
        subject_id=offer.pk,
        valid_for=None,  # the offer's own date decides; afterwards the link still shows what became of it
    )
    until = letters.moment(offer, offer.expires_at)
    compose.to_candidate(
        candidate,
        purpose="offer",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=f"Your offer from {settings.ORGANISATION_NAME}: {offer.title}",
        text=(
            f"Dear {candidate.first_name},\n\nwe would like you to join us as {offer.title}.\n\n"
            f"Read the offer, and sign or decline it, on your personal page:\n{links.url(link, 'offers:sign')}\n\n"
            f"The offer stands until {until}. If anything is unclear, answer this mail.\n\n"
            f"{by.full_name if by else settings.ORGANISATION_NAME}\n"
        ),
        by=by,
        job=offer.application.job,
        dedupe_key=f"offer:{offer.pk}",
    )


def expire_due() -> int:
    """End every offer whose date has passed unanswered. Returns how many; each in its own transaction."""
    due = Offer.objects.filter(status__in=terms.OUT, expires_at__lte=timezone.now()).values_list("pk", flat=True)
    return sum(sweeping.each("offer past its date", list(due), expire))


@transaction.atomic
def expire(offer_id: int) -> bool:
    offer = terms.lock(offer_id)
    if offer.status not in terms.OUT or offer.expires_at > timezone.now():
        return False
    offer.status, offer.decided_at = Status.EXPIRED, timezone.now()
    offer.save(update_fields=["status", "decided_at"])
    terms.write_down(offer, "offer.expired", None)
    tell_owner(offer, "offers/email/offer_expired")
    return True


def tell_owner(offer: Offer, template: str) -> None:
    if offer.created_by and offer.created_by.is_active:
        compose.to_colleague(
            offer.created_by,
            purpose="offer",
            template=template,
            context={"offer": offer, "candidate": offer.application.candidate, "job": offer.application.job},
            job=offer.application.job,
            dedupe_key=f"{template.rpartition('/')[2]}:{offer.pk}",
        )
