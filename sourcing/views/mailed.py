"""Résumés that came by mail: those somebody has to look at, and what became of the others."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, acquaintance, cursors
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from sourcing.forms import MailedForm
from sourcing.mailed import arriving, queue
from sourcing.mailed.models import MailedResume

SIZE = 50


@require_safe
def mailed_list(request: StaffRequest) -> HttpResponse:
    """The latest first: to look at, or all."""
    _may(request)
    show_all = request.GET.get("show") == "all"
    rows = MailedResume.objects.visible_to(request.user).select_related("candidate", "forwarded_by", "job")
    rows = rows if show_all else rows.to_look_at()
    if cursor := cursors.read(request.GET.get("after", "")):
        rows = rows.filter(Q(at__lt=cursor[0]) | Q(at=cursor[0], pk__lt=cursor[1]))
    found = list(rows.defer("text").order_by("-at", "-pk")[: SIZE + 1])
    following = cursors.write(found[SIZE - 1].at, found[SIZE - 1].pk) if len(found) > SIZE else ""
    context = {
        "rows": found[:SIZE],
        "next": following,
        "show_all": show_all,
        "address": arriving.address_of(),
        "days": settings.MAILED_RESUMES_DAYS,
    }
    return render(request, "sourcing/mailed_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: StaffRequest, pk: int) -> HttpResponse:
    """One mail: what it says, what came along, and the form that says who it is."""
    _may(request)
    found = _find(request, pk)
    files = list(found.files.select_related("candidate", "document"))
    seems: dict[str, str] = next((file.seems for file in files if file.seems), {})
    guessed = {"name": seems.get("name") or found.sender_name, "email": seems.get("email", "")}
    if not found.forwarded_by_id and not found.is_automatic:
        guessed["email"] = guessed["email"] or found.sender
    form = MailedForm(request.POST or None, initial={**seems, **guessed})
    if request.method == "POST" and form.is_valid():
        try:
            candidate = queue.take(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            say(request, f"{candidate} is on record, with what came along.")
            return redirect(candidate)
    typed = form.data if form.is_bound else form.initial
    known = acquaintance.look(
        request.user, **{key: str(typed.get(key, ""))[:400] for key in ("name", "email", "phone", "link")}
    )
    context = {"mailed": found, "files": files, "form": form, "known": known if found.state == "look" else None}
    return render(request, "sourcing/mailed.html", context, status=422 if form.errors else 200)


@require_POST
def mailed_ignore(request: StaffRequest, pk: int) -> HttpResponse:
    _may(request)
    queue.ignore(_find(request, pk), by=request.user)
    say(request, "Set aside. The mail and its files are emptied.")
    return redirect("sourcing:mailed_list")


def _find(request: StaffRequest, pk: int) -> MailedResume:
    rows = MailedResume.objects.visible_to(request.user).select_related("inbound", "forwarded_by", "job", "candidate")
    return get_object_or_404(rows.defer("inbound__raw"), pk=pk)


def _may(request: StaffRequest) -> None:
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
