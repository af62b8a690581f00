"""Who may use which address of offers. Pay is field-level: coordinators, interviewers and compliance never see it (SEC-1)."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from hiring import links
from hiring.documents import reading
from hiring.models import LegalText, PersonalLink
from offers import sending, signing, terms
from offers.models import Offer, Signature
from tests.matrix import Rule

MAKERS = frozenset({"admin", "recruiter", "hiring_manager"})


def offer(world):
    found = Offer.objects.filter(application=world.application).first()
    return found or terms.draft(
        world.application,
        by=world.people["recruiter"],
        title="Senior Data Engineer",
        salary=Decimal(72000),
        start_date=timezone.localdate() + dt.timedelta(days=40),
        expires_at=timezone.now() + dt.timedelta(days=7),
    )


def token(world):
    LegalText.objects.get_or_create(
        kind="esign_consent", defaults={"valid_from": timezone.now(), "text": "You agree.", "sha256": "0" * 64}
    )
    found = offer(world)
    if found.status == "draft":
        terms.submit(found, by=world.people["recruiter"])
        sending.send(found, by=world.people["recruiter"])
    link = PersonalLink.objects.get(purpose="sign", subject_id=found.pk)
    return links.token(link)


def opened(world):
    """The token of a link whose person agreed to electronic form, so that the letter is open and its pages are drawn."""
    found = token(world)
    link = links.open_link(found, PersonalLink.Purpose.SIGN)
    letter = signing.consent(link).letter
    if not letter.pages.exists():
        reading.read(letter.pk)
    return found


def certificate(world):
    signed = Signature.objects.first()
    if not signed:
        link = links.open_link(opened(world), PersonalLink.Purpose.SIGN)
        sha256, signer = signing.offer_of(link).letter.sha256, signing.Signer(None, "")
        signed = signing.sign(link, name=world.candidate.name, sha256=sha256, signer=signer)
    return signed.certificate_id


def letter_args(world):
    """The draft while there is one, else what was sent."""
    found = offer(world)
    return [found.pk, "sent" if found.letter_id else "draft"]


ROUTES = {
    "offers:list": Rule(allowed=MAKERS, outsider=403),
    "offers:offer": Rule(args=lambda world: [offer(world).pk], allowed=MAKERS, others=404, outsider=404),
    "offers:edit": Rule(args=lambda world: [offer(world).pk], allowed=MAKERS, others=404, outsider=404),
    "offers:letter": Rule(args=letter_args, allowed=MAKERS, others=404, outsider=404),
    "offers:act": Rule(
        args=lambda world: [offer(world).pk, "submit"], allowed=MAKERS, others=404, outsider=404, method="post"
    ),
    "offers:create": Rule(args=lambda world: [world.application.pk], allowed=MAKERS, others=403, outsider=404),
    "offers:sign": Rule(args=lambda world: [token(world)], public=True),
    "offers:consent": Rule(args=lambda world: [token(world)], public=True, method="post"),
    "offers:sign_it": Rule(args=lambda world: [token(world)], public=True, method="post"),
    "offers:decline": Rule(args=lambda world: [token(world)], public=True),
    "offers:sign_letter": Rule(args=lambda world: [opened(world), "letter"], public=True),
    "offers:sign_page_image": Rule(args=lambda world: [opened(world), 1], public=True),
    "offers:verify": Rule(args=lambda world: [certificate(world)], public=True),
}
