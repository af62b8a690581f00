"""Which approval chain is asked for what: an overview for administrators, who change chains in the administration."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hiring import access, approval_chains
from hiring.forms.approvals import TryChainForm
from hiring.http import StaffRequest
from hiring.models import ApprovalChain


@require_safe
def chains(request: StaffRequest) -> HttpResponse:
    """All chains, the narrowest first, with their steps and ties; and, for a case typed in, who would be asked and why."""
    if not access.can_administer(request.user):
        raise PermissionDenied
    form = TryChainForm(request.GET or None, initial={"kind": "job"})
    tried = None
    if request.GET and form.is_valid():
        tried = approval_chains.ahead(form.cleaned_data["kind"], form.case(), None)
    found = approval_chains.in_use()
    page = {
        "kinds": [
            (label, [chain for chain in found if chain.subject_kind == kind])
            for kind, label in ApprovalChain.SubjectKind.choices
        ],
        "ties": approval_chains.ties(found),
        "form": form,
        "tried": tried,
    }
    return render(request, "hiring/approval_chains.html", page, status=422 if request.GET and form.errors else 200)
