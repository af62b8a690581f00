"""The taxonomy of sources: looked at by those who decide where we advertise, changed by administrators."""

from __future__ import annotations

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, sources
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Source, SourceAlias, SourceMerge
from hiring.source_tasks import carry
from sourcing.channels import showing
from sourcing.channels.forms import AliasForm, MergeForm, SourceForm

AT_ONCE = 2.0  # seconds a click waits for a merge; what is left is carried on by a task


@require_safe
def source_list(request: StaffRequest) -> HttpResponse:
    _may_look(request)
    context = {
        "groups": showing.groups(request.user),
        "merges": showing.merges(),
        "unknown": showing.unknown(),
        "may_edit": access.can_edit_sources(request.user),
        "offered": Source.objects.filter(merged_into=None),
    }
    return render(request, "sourcing/source_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source_create(request: StaffRequest) -> HttpResponse:
    _may_edit(request)
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sources.create(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, f"{made} is offered from now on.")
            return redirect("sourcing:sources")
    return render(request, "sourcing/source_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: StaffRequest, pk: int) -> HttpResponse:
    """One source: its facts, which are sent back here, its other names, and merging it."""
    _may_look(request)
    found = get_object_or_404(Source.objects.select_related("merged_into"), pk=pk)
    if request.method == "POST":
        _may_edit(request)
    form = SourceForm(request.POST or None, source=found)
    if request.method == "POST" and form.is_valid():
        try:
            sources.edit(found, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, "Saved.")
            return redirect(found)
    context = {
        "source": found,
        "form": form,
        "aliases": found.aliases.all(),
        "alias_form": AliasForm(),
        "merge_form": MergeForm(source=found),
        "moves": sources.moves_of(found),
        "may_edit": access.can_edit_sources(request.user),
    }
    return render(request, "sourcing/source.html", context, status=422 if form.errors else 200)


@require_POST
def source_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """What an administrator does with a source: retire, restore, merge, alias."""
    _may_edit(request)
    found = get_object_or_404(Source.objects.all(), pk=pk)
    if act == "retire":
        sources.retire(found, by=request.user)
        say(request, f"{found} is not offered any more; reports go on counting it.", undo=_act(found, "restore"))
    elif act == "restore":
        sources.bring_back(found, by=request.user)
        say(request, f"{found} is offered again.")
    elif act == "merge":
        return _merge(request, found)
    elif act == "alias":
        _alias(request, found)
    elif act == "unalias":
        alias = get_object_or_404(SourceAlias.objects.all(), source=found, pk=request.POST.get("alias") or 0)
        sources.remove_alias(alias, by=request.user)
        say(request, f"“{alias}” does not mean {found} any more.")
    else:
        raise BadRequest("act")
    return redirect(found)


@require_POST
def source_alias(request: StaffRequest) -> HttpResponse:
    """Say what a name means under which people arrive."""
    _may_edit(request)
    if not request.POST.get("source", "").isdecimal():
        raise Refused("Choose the source the name means.")
    _alias(request, get_object_or_404(Source.objects.all(), pk=request.POST["source"][:18]))
    return redirect("sourcing:sources")


@require_POST
def source_unmerge(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    _may_edit(request)
    made = get_object_or_404(SourceMerge.objects.select_related("source"), pk=pk)
    sources.unmerge(made, by=request.user)
    is_done = _carry(made)
    say(
        request,
        f"{made.source} stands by itself again." + ("" if is_done else " What it had comes back within minutes."),
    )
    return redirect("sourcing:sources")


def _merge(request: StaffRequest, found: Source) -> HttpResponse:
    form = MergeForm(request.POST, source=found)
    if not form.is_valid():
        raise Refused("Choose the source it becomes a part of.")
    made = sources.merge(found, form.cleaned_data["into"], by=request.user)
    is_done = _carry(made)
    later = "" if is_done else " There is much to move: it is done within minutes."
    undo = reverse("sourcing:source_unmerge", args=[made.pk])
    say(request, f"{found} is a part of {made.into} now, with everything it had.{later}", undo=undo if is_done else "")
    return redirect("sourcing:sources")


def _carry(made: SourceMerge) -> bool:
    """Whether it is done already; a task goes on where it is not."""
    if sources.carry(made.pk, seconds=AT_ONCE):
        return True
    carry.delay_on_commit(made.pk)
    return False


def _alias(request: StaffRequest, found: Source) -> None:
    form = AliasForm(request.POST)
    if not form.is_valid():
        raise Refused("Write the name as it arrives, in at most 100 letters.")
    made = sources.add_alias(found, form.cleaned_data["name"], by=request.user)
    say(request, f"Whoever comes by “{made}” came by {found}, from now on.")


def _act(found: Source, act: str) -> str:
    return reverse("sourcing:source_act", args=[found.pk, act])


def _may_look(request: StaffRequest) -> None:
    if not access.can_distribute(request.user):
        raise PermissionDenied


def _may_edit(request: StaffRequest) -> None:
    if not access.can_edit_sources(request.user):
        raise PermissionDenied
