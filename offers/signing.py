"""The candidate's side: consent to electronic form, read, sign or decline (REC-10..16).

Each step is a POST of the person; opening the link changes nothing. Signing re-checks everything in the transaction that
writes it: the version, the date, the opening, the job. The signed copy is drawn afterwards by a task, from rows, so that a
crash in between loses nothing (REC-14).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from hiring import contact
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Job, LegalText, Message, Opening, PersonalLink
from offers import letters, sending, terms
from offers.models import Offer, Signature
from pipeline import moves

log = logging.getLogger(__name__)

Status = Offer.Status
NOT_ANY_MORE = "This offer can no longer be signed. Please answer our mail, and a person will help you."


@dataclass(frozen=True)
class Signer:
    """Where the act came from (REC-12)."""

    ip: str | None
    user_agent: str


def offer_of(link: PersonalLink) -> Offer:
    return Offer.objects.for_row().select_related("signature", "letter", "signed_letter").get(pk=link.subject_id or 0)


def disclosure() -> LegalText:
    """The current words a person agrees to before an electronic document (REC-10)."""
    now = timezone.now()
    current = LegalText.objects.filter(kind=LegalText.Kind.ESIGN_CONSENT, valid_from__lte=now)
    text = current.exclude(valid_to__lte=now).order_by("-valid_from").first()
    if text is None:
        raise Refused(NOT_ANY_MORE)
    return text


@transaction.atomic
def consent(link: PersonalLink) -> Offer:
    """The person agrees to electronic form and opens the letter: the offer is viewed from here on."""
    offer = terms.lock(link.subject_id or 0)
    if offer.status == Status.SENT:
        offer.status, offer.viewed_at = Status.VIEWED, timezone.now()
        offer.save(update_fields=["status", "viewed_at"])
        contact.sign_of_life(offer.application.candidate, "offer_viewed")
        terms.write_down(offer, "offer.viewed", None)
    return offer


@transaction.atomic
def sign(link: PersonalLink, *, name: str, sha256: str, signer: Signer) -> Signature:
    """Sign the letter with this hash. `name` is what the person typed; `sha256` is of the letter the page showed (REC-13)."""
    offer = terms.lock(link.subject_id or 0)
    earlier = Signature.objects.filter(offer=offer).first()
    if earlier:
        return earlier  # a double click, a second tab: signed is signed, once
    _still_open(offer)
    if offer.status != Status.VIEWED:
        raise Refused("Please read the letter first.")
    if not name.strip():
        raise Refused("Type your name to sign.")
    if sha256 != offer.letter_sha256 or _hash_of_letter(offer) != offer.letter_sha256:
        raise Refused("The letter on this page is not the one on record. Reload the page and read it again.")
    opening = _opening(offer)
    now = timezone.now()
    address = contact.working_address(offer.application.candidate) or ""
    signature = Signature.objects.create(
        offer=offer,
        signer_name=name.strip()[:200],
        signer_email=address,
        consent_text=disclosure(),
        consented_at=offer.viewed_at or now,
        signed_at=now,
        ip=signer.ip,
        user_agent=signer.user_agent[:300],
        sha256_before=offer.letter_sha256,
        sha256_after="",
    )
    offer.status, offer.decided_at = Status.ACCEPTED, now
    offer.save(update_fields=["status", "decided_at"])
    contact.sign_of_life(offer.application.candidate, "offer_accepted")
    terms.write_down(offer, "offer.accepted", None)
    moves.hire(offer.application, opening, by=None)
    sending.tell_owner(offer, "offers/email/offer_accepted")
    transaction.on_commit(lambda: _queue_copy(signature.pk))
    return signature


@transaction.atomic
def decline(link: PersonalLink, *, reason: str) -> Offer:
    """The person says no. The application stays active: what follows is a recruiter's decision."""
    offer = terms.lock(link.subject_id or 0)
    if offer.status == Status.DECLINED:
        return offer
    _still_open(offer)
    offer.status, offer.decided_at, offer.decline_reason = Status.DECLINED, timezone.now(), reason.strip()[:2000]
    offer.save(update_fields=["status", "decided_at", "decline_reason"])
    contact.sign_of_life(offer.application.candidate, "offer_declined")
    terms.write_down(offer, "offer.declined", None)
    sending.tell_owner(offer, "offers/email/offer_declined")
    return offer


def _still_open(offer: Offer) -> None:
    """REC-16: expiry, withdrawal and closure are checked again in the deciding transaction."""
    if offer.status not in terms.OUT:
        raise Refused(NOT_ANY_MORE)
    if offer.expires_at <= timezone.now():
        raise Refused("The date to answer by has passed. Please answer our mail if you are still interested.")
    application = offer.application
    if not application.is_active or application.job.status == Job.Status.CLOSED:
        raise Refused(NOT_ANY_MORE)


def _opening(offer: Offer) -> Opening:
    waiting = offer.application.job.openings.filter(status=Opening.Status.OPEN).order_by("number")
    opening = waiting.select_for_update(skip_locked=True).first() or waiting.first()
    if opening is None:
        raise Refused(NOT_ANY_MORE)
    return opening


def _hash_of_letter(offer: Offer) -> str:
    if offer.letter is None:
        return ""
    with offer.letter.file.open("rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _queue_copy(signature_id: int) -> None:
    from offers import tasks

    tasks.queue_copy(signature_id)


@transaction.atomic
def make_signed_copy(signature_id: int) -> bool:
    """Draw letter and certificate, keep them and write the mails to both sides, all or nothing (REC-14).

    Keeps one copy, however often it is called. Somebody without a working address still gets it on the personal page.
    """
    offer, signed = _keep_signed_copy(signature_id)
    if offer is None:
        return False
    copy = (letters.file_name(offer, signed=True), "application/pdf", signed)
    try:
        _mail_signer(offer, copy)
    except Refused:
        log.warning("signed copy not mailed", extra={"offer": offer.pk})
    _mail_owner(offer, copy)
    return True


def _keep_signed_copy(signature_id: int) -> tuple[Offer | None, bytes]:
    found = Signature.objects.select_for_update(of=("self",)).select_related(
        "offer__application__candidate", "offer__application__job", "offer__letter", "offer__created_by", "consent_text"
    )
    signature = found.get(pk=signature_id)
    offer = signature.offer
    if offer.signed_letter_id or offer.letter is None:
        return None, b""
    with offer.letter.file.open("rb") as file:
        signed = letters.certify(signature, file.read())
    offer.signed_letter = letters.keep(offer, signed, letters.file_name(offer, signed=True))
    offer.save(update_fields=["signed_letter"])
    signature.sha256_after = offer.signed_letter.sha256
    signature.save(update_fields=["sha256_after"])
    return offer, signed


def _mail_signer(offer: Offer, copy: tuple[str, str, bytes]) -> None:
    candidate = offer.application.candidate
    compose.to_candidate(
        candidate,
        purpose="offer",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=f"Signed: {offer.title}",
        text=(
            f"Dear {candidate.first_name},\n\nthank you, and welcome. The signed letter with its certificate is attached; "
            "keep it for your records.\n\nYour contact will write to you about the first day.\n"
        ),
        job=offer.application.job,
        dedupe_key=f"offer-signed:{offer.pk}",
        attachments=[copy],
        automatic=True,
    )


def _mail_owner(offer: Offer, copy: tuple[str, str, bytes]) -> None:
    if offer.created_by and offer.created_by.is_active:
        compose.to_colleague(
            offer.created_by,
            purpose="offer",
            template="offers/email/offer_signed_copy",
            context={"offer": offer, "candidate": offer.application.candidate, "job": offer.application.job},
            job=offer.application.job,
            dedupe_key=f"offer-signed-copy:{offer.pk}",
            attachments=[copy],
        )
