"""The offer as the candidate meets it, from a personal link: agree to electronic form, read, sign or decline."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import links
from hiring.documents import serving
from hiring.http import public
from hiring.models import PersonalLink
from offers import letters, signing, terms
from offers.forms import DeclineForm, SignForm, VerifyForm
from offers.models import Offer, Signature

PAGE = "offers/sign_page.html"


@public
@never_cache
@require_GET
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Where the offer stands for the person. Opening the page changes nothing (SEC-5)."""
    return render(request, PAGE, _context(_link(token), token))


@public
@never_cache
@require_POST
def consent(request: HttpRequest, token: str) -> HttpResponse:
    signing.consent(_link(token))
    return redirect("offers:sign", token)


@public
@never_cache
@require_POST
def sign_it(request: HttpRequest, token: str) -> HttpResponse:
    link = _link(token)
    form = SignForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, {**_context(link, token), "form": form}, status=422)
    signer = signing.Signer(request.META.get("REMOTE_ADDR"), request.META.get("HTTP_USER_AGENT", ""))
    signing.sign(link, signer=signer, **form.cleaned_data)
    return redirect("offers:sign", token)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    link = _link(token)
    if request.method == "GET" and signing.offer_of(link).status not in terms.OUT:
        return redirect("offers:sign", token)  # signed or taken back meanwhile: that page says so
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signing.decline(link, reason=form.cleaned_data["reason"])
        return redirect("offers:sign", token)
    return render(request, "offers/decline_page.html", {**_context(link, token), "form": form})


@public
@never_cache
@require_GET
def letter(request: HttpRequest, token: str, which: str) -> HttpResponseBase:
    """The letter as PDF, once the person agreed to electronic form; the signed copy once there is one."""
    offer = signing.offer_of(_link(token))
    document = {"letter": offer.letter, "signed": offer.signed_letter}.get(which)
    if document is None or offer.viewed_at is None:
        raise Http404
    return serving.attachment(document)


@public
@never_cache
@require_GET
def letter_page(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """One page of the letter as a picture."""
    offer = signing.offer_of(_link(token))
    if offer.letter is None or offer.viewed_at is None:
        raise Http404
    return serving.page_image(get_object_or_404(offer.letter.pages, number=number))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, certificate: Any) -> HttpResponse:
    """Whether a file is the signed letter of this certificate, byte for byte (REC-13). Tells nothing about the person."""
    signature = get_object_or_404(
        Signature.objects.select_related("offer__application__job__location"), certificate_id=certificate
    )
    form = VerifyForm(request.POST or None, request.FILES or None)
    answer = None
    if request.method == "POST" and form.is_valid():
        found = hashlib.sha256(form.cleaned_data["file"].read()).hexdigest()
        answer = found in {signature.sha256_before, signature.sha256_after} - {""}
    signed_at = letters.moment(signature.offer, signature.signed_at)
    page = {"signature": signature, "signed_at": signed_at, "form": form, "answer": answer}
    return render(request, "offers/verify_page.html", page)


def _link(token: str) -> PersonalLink:
    return links.open_link(token, PersonalLink.Purpose.SIGN)


def _context(link: PersonalLink, token: str) -> dict[str, Any]:
    offer = signing.offer_of(link)
    expired = offer.status in ("sent", "viewed") and not offer.expires_at > signing.timezone.now()
    return {
        "offer": offer,
        "candidate": offer.application.candidate,
        "facts": letters.facts(offer),
        "zone": letters.zone(offer),
        "until": letters.moment(offer, offer.expires_at),
        "token": token,
        "state": "expired" if expired else offer.status,
        "disclosure": signing.disclosure() if offer.status == Offer.Status.SENT else None,
        "form": SignForm(initial={"sha256": offer.letter_sha256}),
        "pages": list(offer.letter.pages.all()) if offer.letter else [],
        "signature": getattr(offer, "signature", None),
    }
