"""Work that Celery carries for offers; the sweep finds what a lost broker or a crash left behind."""

from __future__ import annotations

import logging

from celery import shared_task

from hiring import sweeping
from offers import sending, signing
from offers.models import Signature

log = logging.getLogger(__name__)


@shared_task(name="offers.signed_copy")
def signed_copy(signature_id: int) -> None:
    signing.make_signed_copy(signature_id)


def queue_copy(signature_id: int) -> None:
    """Hand the copy to a worker. With the broker down the signature stands, and the sweep makes the copy."""
    try:
        signed_copy.delay(signature_id)
    except Exception:
        log.warning("signed copy not queued", extra={"signature": signature_id})


@shared_task(name="offers.sweep")
def sweep() -> None:
    """Expire what is past its date, and draw signed copies that are missing."""
    sending.expire_due()
    missing = Signature.objects.filter(offer__signed_letter=None).order_by("pk")
    sweeping.each("signature", list(missing.values_list("pk", flat=True)[:20]), signing.make_signed_copy)
