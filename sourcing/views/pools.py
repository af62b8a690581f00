"""Pools: the list, one pool with its members, and the few things one does to a member."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hiring import access, bulk
from hiring.errors import Refused
from hiring.http import StaffRequest, go, page_or_part
from hiring.models import Candidate
from sourcing import pools, segments
from sourcing.forms import AddToPoolForm, MemberForm, PoolForm
from sourcing.models import PoolMember, TalentPool

SHOWN = 50
PAGE = "sourcing/pool_page.html"
ACTS = {"tag", "sequence", "job", "export"}
"""What can be done with members of a pool, from its page."""


@require_GET
def pool_list(request: StaffRequest) -> HttpResponse:
    _must_source(request)
    today = timezone.localdate()
    found = TalentPool.objects.visible_to(request.user).select_related("owner")
    counted = found.annotate(
        people=Count("members"), due=Count("members", filter=Q(members__next_touch_on__lte=today))
    ).order_by("name")
    return render(request, "sourcing/pool_list.html", {"pools": counted})


def pool_create(request: StaffRequest) -> HttpResponse:
    _must_source(request)
    form = PoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, pools.create(owner=request.user, **form.cleaned_data))
        except Refused as refused:
            form.add_error("name", refused.sentence)
    status = 422 if request.method == "POST" else 200
    return render(request, "sourcing/pool_form.html", {"form": form}, status=status)


def pool_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = _pool(request, pk)
    form = PoolForm(request.POST or None, initial={"name": found.name, "purpose": found.purpose})
    if request.method == "POST" and form.is_valid():
        return go(request, pools.edit(found, by=request.user, **form.cleaned_data))
    status = 422 if request.method == "POST" else 200
    return render(request, "sourcing/pool_form.html", {"form": form, "pool": found}, status=status)


@require_GET
def pool(request: StaffRequest, pk: int) -> HttpResponse:
    found = _pool(request, pk)
    members = found.members.select_related("candidate", "added_by").order_by("-added_at", "-pk")
    stage = request.GET.get("stage", "")
    if stage in PoolMember.Stage.values:
        members = members.filter(stage=stage)
    if (after := request.GET.get("after", "")).isdecimal():
        members = members.filter(pk__lt=int(after))
    rows = list(members[: SHOWN + 1])
    counts = dict(found.members.values_list("stage").annotate(n=Count("pk")).order_by())
    context: dict[str, Any] = {
        "pool": found,
        "rows": rows[:SHOWN],
        "next_after": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "stages": [(value, label, counts.get(value, 0)) for value, label in PoolMember.Stage.choices],
        "total": sum(counts.values()),
        "stage": stage,
        "today": timezone.localdate(),
        "asked": urlencode({"q": f'pool:"{found.name}"'}),
        "acts": [kind for kind in bulk.for_user(request.user) if kind.key in ACTS],
        "segments": segments.offered(request.user),
    }
    return page_or_part(request, PAGE, "rows", context)


def member(request: StaffRequest, pk: int) -> HttpResponse:
    """Say where a member stands and when to come back to them."""
    found = _member(request, pk)
    initial = {"stage": found.stage, "reason": found.reason, "next_touch_on": found.next_touch_on}
    form = MemberForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        pools.keep(found, by=request.user, **form.cleaned_data)
        messages.success(request, f"Saved for {found.candidate.name}.")
        return go(request, found.pool)
    status = 422 if request.method == "POST" else 200
    return render(request, "sourcing/member_form.html", {"form": form, "member": found}, status=status)


@require_POST
def member_remove(request: StaffRequest, pk: int) -> HttpResponse:
    found = _member(request, pk)
    pools.remove(found, by=request.user)
    messages.success(request, f"{found.candidate.name} is no longer in {found.pool}.")
    return go(request, found.pool)


@require_POST
def pool_add(request: StaffRequest, candidate: int) -> HttpResponse:
    """Put one person in a pool, from their profile."""
    person = get_object_or_404(Candidate.objects.visible_to(request.user), pk=candidate)
    _must_source(request)
    form = AddToPoolForm(request.POST, user=request.user)
    if form.is_valid():
        chosen = form.cleaned_data.pop("pool")
        pools.add(chosen, person, by=request.user, **form.cleaned_data)
        messages.success(request, f"{person.name} is in {chosen}.")
    else:
        messages.error(request, "Choose a pool and say why they belong in it.")
    return go(request, person)


def _must_source(request: StaffRequest) -> None:
    if not access.can_source(request.user):
        raise PermissionDenied


def _pool(request: StaffRequest, pk: int) -> TalentPool:
    return get_object_or_404(TalentPool.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _member(request: StaffRequest, pk: int) -> PoolMember:
    visible = TalentPool.objects.visible_to(request.user)
    return get_object_or_404(PoolMember.objects.select_related("pool", "candidate").filter(pool__in=visible), pk=pk)
