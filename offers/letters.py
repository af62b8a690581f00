"""The offer as a letter: facts, HTML, and the PDF that is hashed, shown and signed.

WeasyPrint draws it with tags for screen readers (PDF/UA, A11Y-10) and may fetch nothing: the letter is made of its own words.
"""

from __future__ import annotations

import hashlib
import uuid
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from hiring.documents import queue
from hiring.models import Document
from hiring.models.jobs import PayPeriod
from hiring.templatetags.throughline import money, zone_name

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from offers.models import Offer, Signature


def pay(amount: Decimal, currency: str, period: str) -> str:
    """An amount as a person reads it: € 72,000 a year."""
    return f"{money(amount, currency)} {PayPeriod(period).label}"


def zone(offer: Offer) -> zoneinfo.ZoneInfo:
    """The one clock an offer is told by, in letter, mail and pages alike: that of the place of the job."""
    return zoneinfo.ZoneInfo(offer.application.job.location.time_zone)


def moment(offer: Offer, at: dt.datetime) -> str:
    """5 December 2026, 18:00 (Paris time)."""
    there = zone(offer)
    return f"{date_format(timezone.localtime(at, there), 'j F Y, H:i')} ({zone_name(there)} time)"


def facts(offer: Offer) -> list[tuple[str, str]]:
    """The terms as label and value, in the order of the letter; empty ones are left out."""
    told = [
        ("Position", offer.title),
        ("Pay", pay(offer.salary, offer.currency, offer.period)),
        ("Bonus", offer.bonus),
        ("Start", date_format(offer.start_date, "j F Y")),
        ("Place of work", offer.place),
        ("Answer by", moment(offer, offer.expires_at)),
        ("Further terms", offer.terms),
    ]
    return [(label, value) for label, value in told if value]


def _no_fetch(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    raise ValueError("A letter loads nothing from outside.")


def _pdf(template: str, context: dict[str, Any]) -> bytes:
    # Imported here: WeasyPrint takes most of a second to load, and most requests draw no letter.
    from weasyprint import CSS, HTML

    html = render_to_string(template, {**context, "organisation": settings.ORGANISATION_NAME})
    style = CSS(filename=str(settings.BASE_DIR / "offers" / "letter.css"))
    drawn: bytes = HTML(string=html, url_fetcher=_no_fetch).write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return drawn


def draw(offer: Offer) -> bytes:
    """The letter of an offer as PDF bytes."""
    return _pdf("offers/letter.html", {"offer": offer, "facts": facts(offer), "today": offer.sent_at or timezone.now()})


def keep(offer: Offer, pdf: bytes, name: str) -> Document:
    """Store a letter with the candidate's documents. It is ours and text already, so nothing has to be read from it but its pages."""
    document = Document(
        candidate=offer.application.candidate,
        kind=Document.Kind.OFFER_LETTER,
        name=name,
        content_type="application/pdf",
        size=len(pdf),
        sha256=hashlib.sha256(pdf).hexdigest(),
        uploaded_at=timezone.now(),
    )
    document.file.save(f"{uuid.uuid4().hex}.pdf", ContentFile(pdf), save=False)
    document.save()
    queue.on_commit(document)  # its pages become the pictures on the signing page
    return document


def file_name(offer: Offer, *, signed: bool = False) -> str:
    person = slugify(offer.application.candidate.name) or "candidate"
    return f"offer-{person}-v{offer.version}{'-signed' if signed else ''}.pdf"


def certify(signature: Signature, letter: bytes) -> bytes:
    """The signed copy: the exact letter, followed by the certificate page (REC-15)."""
    import io

    import pypdf

    offer = signature.offer
    pages = len(pypdf.PdfReader(io.BytesIO(letter)).pages)
    certificate = _pdf(
        "offers/certificate.html",
        {
            "signature": signature,
            "offer": offer,
            "pages": pages,
            "verify_url": f"{settings.SITE_URL}/offer/verify/{signature.certificate_id}/",
        },
    )
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(letter))
    writer.append(io.BytesIO(certificate))
    signed = io.BytesIO()
    writer.write(signed)
    return signed.getvalue()
