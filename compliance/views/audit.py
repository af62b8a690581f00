"""The audit page: who changed what, through which door, and whether the chain holds."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from compliance import capture, chain, reading
from compliance.forms import AuditFilter
from compliance.models import AuditEntry
from hiring import access
from hiring.http import StaffRequest, page_or_part

SHOWN = 50


@require_GET
def audit(request: StaffRequest) -> HttpResponse:
    _must_see_audit(request)
    form = AuditFilter(request.GET, tables=[model._meta.db_table for model in capture.tracked_models()])
    entries = AuditEntry.objects.visible_to(request.user).select_related("actor", "payload").order_by("-id")
    chosen = form.cleaned_data if form.is_valid() else {}
    for field, column in (("door", "door"), ("table", "table_name"), ("action", "action"), ("object_id", "object_id")):
        if chosen.get(field):
            entries = entries.filter(**{column: chosen[field]})
    if chosen.get("actor"):
        entries = entries.filter(actor=chosen["actor"])
    narrowed = bool(chosen.get("door") or chosen.get("object_id"))  # whoever asks for one of these gets all of it
    background = narrowed or request.GET.get("background") == "1"
    if not background:
        entries = entries.without_bookkeeping()
    if (before := request.GET.get("before", "")).isdecimal():
        entries = entries.filter(id__lt=int(before))
    rows = list(entries[: SHOWN + 1])
    about = reading.subjects(rows, request.user)
    reading.name_keys(rows)
    for entry in rows:
        entry.subject = about.get((entry.table_name, entry.object_id))  # type: ignore[attr-defined]
        body = _body(entry)
        entry.noun = reading.nouns().get(entry.table_name, entry.table_name)  # type: ignore[attr-defined]
        entry.changed = reading.fields_of(entry, body)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "rows": rows[:SHOWN],
        "next_before": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "state": reading.state(),
        "filtered": any(chosen.values()),
        "background": background,
        "narrowed": narrowed,
    }
    return page_or_part(request, "compliance/audit_list.html", "rows", context)


@require_GET
def audit_entry(request: StaffRequest, pk: int) -> HttpResponse:
    _must_see_audit(request)
    entry = get_object_or_404(AuditEntry.objects.visible_to(request.user).select_related("actor", "payload"), pk=pk)
    body = _body(entry)
    reading.name_keys([entry])
    context = {
        "entry": entry,
        "subject": reading.subjects([entry], request.user).get((entry.table_name, entry.object_id)),
        "noun": reading.nouns().get(entry.table_name, entry.table_name),
        "changes": reading.changes(entry, body),
        "erased": not hasattr(entry, "payload"),
        "row_hash": bytes(entry.row_hash).hex(),
    }
    return render(request, "compliance/audit_entry.html", context)


@require_POST
def audit_verify(request: StaffRequest) -> HttpResponse:
    """Prove the chain now. On a very large one the command line is the better place, and the page says so."""
    _must_see_audit(request)
    chain.seal()
    return render(request, "compliance/audit_proof.html", {"proof": chain.verify()})


def _body(entry: AuditEntry) -> dict[str, object]:
    return entry.payload.body if hasattr(entry, "payload") else {}


def _must_see_audit(request: StaffRequest) -> None:
    if not access.can_see_audit(request.user):
        raise PermissionDenied
