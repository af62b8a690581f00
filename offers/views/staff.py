"""Offers as colleagues see them: list, terms, approval, sending, and what is left to decide after a hire."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from hiring import access, approval_chains, approvals, cursors, custom_fields, job_facts
from hiring.errors import Refused
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.http import StaffRequest, go, page_or_part
from hiring.models import Job, Message
from hiring.models.approvals import Approval
from offers import letters, sending, terms
from offers.forms import TermsForm
from offers.models import Offer, OfferQuerySet
from pipeline.models import Application

LIST = "offers/offer_list.html"
PAGE = "offers/offer_page.html"
FORM = "offers/offer_form.html"
SHOWN = 50
LIVE = "live"
IN_WORK, OUT = ["draft", "pending_approval", "approved"], ["sent", "viewed"]
VIEWS: dict[str, tuple[str, list[str]]] = {
    LIVE: ("Live", IN_WORK + OUT),
    "open": ("In work", IN_WORK),
    "out": ("With the candidate", OUT),
    "accepted": ("Accepted", ["accepted"]),
    "ended": ("Ended", ["declined", "expired", "voided"]),
}
DATED = {LIVE, "open", "out"}


@require_GET
def offer_list(request: StaffRequest) -> HttpResponse:
    if not _may_use_offers(request):
        raise PermissionDenied
    shown = request.GET.get("show", "")
    shown = shown if shown in VIEWS else LIVE
    after = request.GET.get("after", "")
    visible = Offer.objects.visible_to(request.user)
    rows, more = _page(visible.for_row().filter(status__in=VIEWS[shown][1]), by_date=shown in DATED, after=after)
    counts = dict(visible.order_by().values_list("status").annotate(Count("pk")))
    context = {
        "rows": rows,
        "next_after": more,
        "after": after,
        "views": [
            {"key": key, "label": label, "count": sum(counts.get(status, 0) for status in statuses)}
            for key, (label, statuses) in VIEWS.items()
        ],
        "shown": shown,
    }
    return page_or_part(request, LIST, "rows", context)


def _page(offers: OfferQuerySet, *, by_date: bool, after: str) -> tuple[list[Offer], str]:
    """A page of offers and the cursor of the next: by the date to answer by, so that late ones stand first, or newest first."""
    cursor = cursors.read(after)
    if by_date:
        offers = offers.order_by("expires_at", "pk")
        if cursor:
            offers = offers.filter(Q(expires_at__gt=cursor[0]) | Q(expires_at=cursor[0], pk__gt=cursor[1]))
    else:
        offers = offers.order_by("-created_at", "-pk")
        if cursor:
            offers = offers.filter(Q(created_at__lt=cursor[0]) | Q(created_at=cursor[0], pk__lt=cursor[1]))
    rows = list(offers[: SHOWN + 1])
    if len(rows) <= SHOWN:
        return rows, ""
    last = rows[SHOWN - 1]
    return rows[:SHOWN], cursors.write(last.expires_at if by_date else last.created_at, last.pk)


def offer_create(request: StaffRequest, application: int) -> HttpResponse:
    found = get_object_or_404(Application.objects.for_card().visible_to(request.user), pk=application)
    _must_make_offers(request, found.job)
    form = TermsForm(request.POST or None, application=found)
    custom = CustomFieldsForm(request.POST or None, kind="offer", user=request.user)
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        with transaction.atomic():
            offer = terms.draft(found, by=request.user, **form.cleaned_data)
            custom_fields.set_values(offer, request.user, custom.values())
        _warn(request, form)
        return go(request, "offers:offer", offer.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, FORM, _form_context(found, form, custom), status=status)


def offer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    offer = _offer(request, pk)
    _must_make_offers(request, offer.application.job)
    if request.method != "POST" and offer.status not in terms.CHANGEABLE:
        raise Refused(terms.STAYS)  # before anybody fills in a form that cannot be saved
    form = TermsForm(request.POST or None, instance=offer, application=offer.application)
    custom = CustomFieldsForm(request.POST or None, kind="offer", user=request.user, thing_id=offer.pk)
    lost = None
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        lost = terms.loss(offer.pk, form.cleaned_data, request.user)
        if lost and request.POST.get("confirmed") == lost.key:
            lost = None
    if request.method == "POST" and not lost and form.is_valid() and custom.is_valid():
        before = Offer.objects.visible_to(request.user).values_list("status", flat=True).get(pk=pk)
        try:
            with transaction.atomic():
                edited = terms.edit(offer, by=request.user, **form.cleaned_data)
                custom_fields.set_values(offer, request.user, custom.values())
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            if before != edited.status:
                messages.warning(request, "The terms changed, so the approval is void. Submit the offer again.")
            _warn(request, form)
            return go(request, "offers:offer", offer.pk)
    status = 422 if request.method == "POST" else 200
    context = {**_form_context(offer.application, form, custom), "offer": offer, "loss": lost}
    return render(request, FORM, context, status=status)


@require_GET
def offer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _offer(request, pk)
    may_act = access.can_make_offer(request.user, found.application.job)
    approval = approvals.current("offer", found.pk)
    context = {
        "offer": found,
        "facts": letters.facts(found),
        "custom": custom_fields.values_of("offer", [found.pk], request.user).get(found.pk, []),
        "approval": approval,
        "waiting": approvals.waiting_group(approval) if approval else None,
        "changes": approvals.changes_since_approved(approval) if approval else [],
        "ahead": None if approval else approval_chains.ahead("offer", terms.case(found), request.user),
        "may_act": may_act,
        "versions": found.application.offers.order_by("-version"),
        "signature": getattr(found, "signature", None),
        "mail": Message.objects.filter(dedupe_key=f"offer:{found.pk}").first(),
        "is_pending": approval is not None and approval.status == Approval.Status.PENDING,
    }
    return render(request, PAGE, context)


@require_GET
def offer_letter(request: StaffRequest, pk: int, which: str) -> HttpResponse:
    """The letter as a file: the draft as it would be sent, the sent one, or the signed copy. Always an attachment (SEC-17)."""
    found = _offer(request, pk)
    document = {"sent": found.letter, "signed": found.signed_letter}.get(which)
    if which == "draft" and found.status in (Offer.Status.DRAFT, Offer.Status.PENDING_APPROVAL, Offer.Status.APPROVED):
        return _attachment(letters.draw(found), f"draft-{letters.file_name(found)}")
    if document is None:
        return render(request, "404.html", status=404)
    with document.file.open("rb") as file:
        return _attachment(file.read(), document.name)


@require_POST
def offer_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """Submit, send, take back or revise: one button each."""
    found = _offer(request, pk)
    _must_make_offers(request, found.application.job)
    name = found.application.candidate.name
    if act == "submit":
        given = terms.submit(found, by=request.user).status == Approval.Status.APPROVED
        messages.success(request, "Approved." if given else "Sent to the approvers.")
    elif act == "send":
        sending.send(found, by=request.user)
        messages.success(request, f"The offer is on its way to {name}.")
    elif act == "void":
        terms.void(found, by=request.user)
        messages.success(request, f"The offer to {name} is taken back. Its link no longer works.")
    elif act == "revise":
        found = terms.revise(found, by=request.user)
        messages.success(request, f"Version {found.version} is a draft. Version {found.version - 1} is void.")
        return go(request, "offers:edit", found.pk)
    else:
        return render(request, "404.html", status=404)
    return go(request, "offers:offer", found.pk)


def _offer(request: StaffRequest, pk: int) -> Offer:
    offers = Offer.objects.visible_to(request.user).for_row()
    joined = offers.select_related("letter", "signed_letter", "signature", "created_by", "application__job__department")
    return get_object_or_404(joined, pk=pk)


def _may_use_offers(request: StaffRequest) -> bool:
    on_a_team = request.user.teams.filter(role__in=["recruiter", "hiring_manager"]).exists
    return request.user.role in access.SOURCES or on_a_team()


def _must_make_offers(request: StaffRequest, job: Job) -> None:
    if not access.can_make_offer(request.user, job):
        raise PermissionDenied


def _warn(request: StaffRequest, form: TermsForm) -> None:
    if sentence := form.outside_range():
        messages.warning(request, sentence)


def _form_context(application: Application, form: TermsForm, custom: CustomFieldsForm) -> dict[str, Any]:
    return {
        "custom": custom,
        "application": application,
        "candidate": application.candidate,
        "job": application.job,
        "pay_range": job_facts.pay_range(application.job),
        "form": form,
    }


def _attachment(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
