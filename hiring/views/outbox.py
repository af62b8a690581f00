"""What would have left the house, for a machine that sends nothing: every mail as it was written, its links to follow."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hiring import access
from hiring.http import StaffRequest
from hiring.mail import outbox

PAGE = 50


def _may_read(request: StaffRequest) -> None:
    if not access.can_read_outbox(request.user):
        raise PermissionDenied


@require_GET
def outbox_page(request: StaffRequest) -> HttpResponse:
    _may_read(request)
    names = outbox.names()
    start = next((number + 1 for number, name in enumerate(names) if name == request.GET.get("after")), 0)
    shown = names[start : start + PAGE]
    more = shown[-1] if start + PAGE < len(names) else ""
    return render(request, "hiring/outbox.html", {"mails": [outbox.glance(name) for name in shown], "next": more})


@require_GET
def outbox_mail(request: StaffRequest, name: str) -> HttpResponse:
    _may_read(request)
    mail = outbox.opened(name)
    if mail is None:
        raise Http404
    return render(request, "hiring/outbox_mail.html", {"mail": mail})


@require_GET
def outbox_attachment(request: StaffRequest, name: str, number: int) -> HttpResponse:
    _may_read(request)
    found = outbox.attachment(name, number)
    if found is None:
        raise Http404
    file_name, _, content = found
    response = HttpResponse(content, content_type="application/octet-stream")
    clean = "".join(char if char.isalnum() or char in "-_. " else "_" for char in file_name)
    response["Content-Disposition"] = f'attachment; filename="{clean}"'
    return response
