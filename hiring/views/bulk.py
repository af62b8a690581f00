"""One thing done to many people: asked on the list, confirmed where it has to be, watched, looked up, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from hiring import access, acts, bulk, duplicates, events, exports, facets, sheets
from hiring.errors import Refused
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.matches import Matches
from hiring.models import Candidate, PeopleAct, PeopleActItem

PAGE, CONFIRM, LIST = "hiring/bulk_act.html", "hiring/bulk_confirm.html", "hiring/bulk_act_list.html"
TICKED_AT_MOST = 5_000
SHOWN = 50
REASONS = 12
State = PeopleActItem.State
RESULTS = {"left_out": State.LEFT_OUT, "already": State.ALREADY, "done": State.DONE}


@require_POST
def candidate_bulk(request: StaffRequest) -> HttpResponse:
    """Do something to the people who were ticked, or to everybody the search finds. What is final, far-reaching or needs
    more to be chosen is confirmed on a page of its own first."""
    if request.POST.get("action") == "merge":
        return _merge(request)
    kind = bulk.kinds.get(request.POST.get("action", ""))
    if kind is None:
        raise BadRequest("action")
    if not kind.may(request.user):
        raise PermissionDenied
    once = _once(request)
    if again := acts.confirmed(request.user, once):
        return go(request, again)
    matches = _matches(request)
    number = matches.count(acts.AT_MOST + 1)
    if not number:
        raise Refused("Choose at least one person first." if matches.ids is not None else "Nobody fits this search.")
    if number > acts.AT_MOST:
        raise Refused(f"More than {acts.AT_MOST:,} people at once are not possible. Narrow the search.")
    confirmed = "confirmed" in request.POST
    if _asks(request, kind) and not confirmed:
        return _confirm(request, kind, matches, number, {})
    try:
        params = kind.read(request.POST, request.POST.get(f"value_{kind.key}", "").strip(), request.user)
        if _is_confirmed_first(kind, matches) and not confirmed:
            return _confirm(request, kind, matches, number, params)
        expected = _agreed(request, kind, number)
        act = acts.start(kind, matches, params, expected=expected, once=once)
    except acts.AlreadyStarted as started:
        return go(request, started.act)
    except Refused as refused:
        if not confirmed:
            raise
        return _confirm(request, kind, matches, matches.count(acts.AT_MOST + 1), {}, error=refused.sentence)
    return _go_on(request, act)


@require_safe
def bulk_choices(request: StaffRequest, key: str) -> HttpResponse:
    """What one kind offers to choose from, as options, when it is opened in a bar."""
    kind = bulk.kinds.get(key)
    if kind is None or kind.choices is None:
        raise Http404
    if not kind.may(request.user):
        raise PermissionDenied
    return render(request, "hiring/_bulk_choices.html", {"choices": kind.choices(request.user)})


@require_safe
def bulk_act_list(request: StaffRequest) -> HttpResponse:
    """What one has done to many people, the latest first; administrators see everybody's."""
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied
    found = PeopleAct.objects.visible_to(request.user).select_related("by", "undone_by").order_by("-pk")
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: SHOWN + 1])
    context = {
        "rows": rows[:SHOWN],
        "next": str(rows[SHOWN - 1].pk) if len(rows) > SHOWN else "",
        "is_later": bool(after),
        "sees_all": request.user.role == access.ADMIN,
    }
    return page_or_part(request, LIST, "rows", context)


@require_safe
def bulk_act(request: StaffRequest, pk: int) -> HttpResponse:
    """How far it is; afterwards how many, who not and why, and the way back."""
    act = _find(request, pk)
    show = request.GET.get("show", "")
    if show not in RESULTS:
        show = "left_out" if act.left_out else ("already" if act.already and not act.done else "done")
    of_state = PeopleActItem.objects.filter(act=act, state=RESULTS[show])
    why, after = request.GET.get("why", ""), request.GET.get("after", "")
    reasons = _reasons(of_state) if act.is_finished else []
    items = (of_state.filter(reason=why) if why else of_state).select_related("candidate").order_by("candidate")
    if after.isdecimal() and len(after) < 19:
        items = items.filter(candidate__gt=int(after))
    rows = list(items[: SHOWN + 1]) if act.is_finished else []
    seen = _seen(request, rows)
    context = {
        "act": act,
        "kind": bulk.kinds.get(act.kind),
        "said": acts.said(act),
        "show": show,
        "tabs": [(key, state.label, getattr(act, key)) for key, state in RESULTS.items() if getattr(act, key)],
        "rows": [(item, item.candidate_id in seen) for item in rows[:SHOWN]],
        "next": str(rows[SHOWN - 1].candidate_id) if len(rows) > SHOWN else "",
        "is_later": bool(after),
        "reasons": reasons if len(reasons) > 1 else [],
        "why": why,
        "not_done": act.total - act.handled,
        "may_undo": acts.may_be_undone(act) and _may(request, act),
        **_pace(act),
    }
    return page_or_part(request, PAGE, "progress", context)


@require_POST
def bulk_act_undo(request: StaffRequest, pk: int) -> HttpResponse:
    act = _find(request, pk)
    if not _may(request, act):
        raise PermissionDenied
    return _go_on(request, acts.start_undo(act, by=request.user))


@require_POST
def bulk_act_stop(request: StaffRequest, pk: int) -> HttpResponse:
    act = _find(request, pk)
    acts.cancel(act)
    return go(request, act)


@require_safe
def bulk_act_results(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What became of each person, as a table. Streamed; names only of people one still sees."""
    act = _find(request, pk)
    if not act.is_finished:
        raise Http404
    events.sensitive_read.send(PeopleAct, action="exported", table=PeopleAct._meta.db_table, object_id=act.pk)
    lines = sheets.csv_lines(["Person", "Result", "Reason", "Address"], _results(request, act))
    response = StreamingHttpResponse(lines, content_type=exports.TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="bulk-act-{act.pk}.csv"'
    return response


@require_safe
def bulk_act_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The file of an export, for a day, for whoever made it and may still export. Each download is recorded."""
    act = get_object_or_404(PeopleAct.objects.visible_to(request.user), pk=pk, by=request.user)
    if not access.can_export(request.user):
        raise PermissionDenied
    if not act.file or act.file_until is None or act.file_until <= timezone.now():
        raise Http404
    if exports.names_hidden_people(act, request.user):
        raise Refused("This file names people whom you may not know any more. Make it again without them.")
    events.sensitive_read.send(PeopleAct, action="downloaded", table=PeopleAct._meta.db_table, object_id=act.pk)
    return FileResponse(
        act.file.open("rb"),
        as_attachment=True,
        filename=exports.name_of(act),
        content_type=exports.TYPES[act.params["format"]],
    )


# ---------- Asking ----------


def _matches(request: StaffRequest) -> Matches:
    asked = request.POST.get("asked", "")[:4_000]
    if request.POST.get("all"):
        return Matches(request.user, asked)
    ticked = [*request.POST.getlist("candidate"), *request.POST.get("candidates", "").split(",")]
    ids = facets.ids(ticked)
    if len(ids) > TICKED_AT_MOST:
        raise Refused(f"At most {TICKED_AT_MOST:,} people can be ticked. Take all that match the search instead.")
    return Matches.ticked(request.user, ids, asked)


def _once(request: StaffRequest) -> uuid.UUID | None:
    """What names the page that was confirmed."""
    try:
        return uuid.UUID(request.POST.get("once", ""))
    except ValueError:
        return None


def _merge(request: StaffRequest) -> HttpResponse:
    """Exactly two records go to the page that compares them; nothing is done here."""
    if not access.can_settle_duplicates(request.user):
        raise PermissionDenied
    people = list(_matches(request).people().order_by("pk")[:3])
    if len(people) != 2:
        raise Refused("Tick exactly two records to make one of them.")
    return redirect("duplicate_pair", duplicates.put_side_by_side(*people, by=request.user).pk)


def _asks(request: StaffRequest, kind: bulk.Kind) -> bool:
    """Whether the page that confirms asks for the value too: its choices are many, or there was no place to say it."""
    has_said = bool(request.POST.get(f"value_{kind.key}"))
    return bool(kind.field) and ((kind.asks_later and not has_said) or "ask" in request.POST)


def _is_confirmed_first(kind: bulk.Kind, matches: Matches) -> bool:
    return kind.is_final or kind.whole is not None or matches.ids is None


def _confirm(
    request: StaffRequest, kind: bulk.Kind, matches: Matches, number: int, params: bulk.Params, *, error: str = ""
) -> HttpResponse:
    """Ask with the number and the act in words. What was chosen comes along as it was."""
    context = {
        "kind": kind,
        "number": number,
        "title": kind.title(params) if params and not kind.whole else kind.label,
        "matches": matches,
        "once": _once(request) or uuid.uuid4(),
        "ids": ",".join(map(str, matches.ids or ())),
        "value": request.POST.get(f"value_{kind.key}", ""),
        "back": _back(request),
        "asks": _asks(request, kind),
        "choices": list(kind.choices(request.user)) if kind.choices and _asks(request, kind) else None,
        "must_type": kind.is_final and number > acts.TYPE_ABOVE,
        "error": error,
        "chosen": request.POST.getlist("column") or params.get("columns", []),
        "format": request.POST.get("format", "csv"),
        "reason": request.POST.get("reason", ""),
        "is_in_background": number > acts.AT_ONCE,
        **(kind.offers(request.user) if kind.offers else {}),
    }
    return render(request, CONFIRM, context, status=422 if error else 200)


def _agreed(request: StaffRequest, kind: bulk.Kind, number: int) -> int | None:
    """The number somebody agreed to, for what nothing can undo. Raises Refused when it has to be typed and was not."""
    if not kind.is_final:
        return None
    typed = request.POST.get("number", "").strip().replace(",", "").replace(" ", "")
    if number > acts.TYPE_ABOVE and typed != str(number):
        raise Refused(f"Type the number of people, {number}, to go on.")
    asked = request.POST.get("asked_for", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else number


def _go_on(request: StaffRequest, act: PeopleAct) -> HttpResponse:
    """Few are done within the request; many become a task with a page that shows its progress."""
    if act.total > acts.AT_ONCE:
        return go(request, act)
    act = acts.run(act)
    if act.left_out or act.file:
        return go(request, act)
    undo = reverse("bulk_act_undo", args=[act.pk]) if acts.may_be_undone(act) else ""
    if is_swap(request):
        return tell(HttpResponse(status=204), request, "people-changed", toast=acts.said(act), undo=undo)
    say(request, acts.said(act), undo=undo)
    return redirect(_back(request))


def _back(request: StaffRequest) -> str:
    back = request.POST.get("back", "")
    same_site = url_has_allowed_host_and_scheme(back, None, request.is_secure())
    return back if same_site and back.startswith("/") else reverse("candidates")


# ---------- Telling ----------


def _pace(act: PeopleAct) -> dict[str, Any]:
    """How quick it goes, and for how long."""
    rate = act.per_second(timezone.now())
    left = (act.total - act.handled) / rate if rate else None
    return {
        "rate": round(rate) if rate >= 1 else 0,
        "seconds_left": None if left is None else max(1, round(left)),
        "minutes_left": None if left is None else round(left / 60),
    }


def _reasons(items: QuerySet[PeopleActItem]) -> list[tuple[str, int]]:
    """Why not, and for how many, the most frequent first."""
    named = items.exclude(reason="").order_by().values_list("reason")
    return list(named.annotate(people=Count("pk")).order_by("-people", "reason")[:REASONS])


def _seen(request: StaffRequest, rows: list[PeopleActItem]) -> set[int]:
    ids = [item.candidate_id for item in rows]
    return set(Candidate.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))


def _results(request: StaffRequest, act: PeopleAct) -> Iterator[list[str]]:
    after = 0
    while True:
        items = PeopleActItem.objects.filter(act=act, candidate__gt=after).select_related("candidate")
        rows = list(items.order_by("candidate")[: exports.AT_ONCE])
        if not rows:
            return
        seen = _seen(request, rows)
        for item in rows:
            person = item.candidate
            name, url = (
                (person.name, request.build_absolute_uri(person.get_absolute_url())) if person.pk in seen else ("", "")
            )
            state = "Not done" if item.state == State.WAITING else item.get_state_display()
            yield [name or f"Record {person.pk}", state, item.reason, url]
        after = rows[-1].candidate_id


def _may(request: StaffRequest, act: PeopleAct) -> bool:
    kind = bulk.kinds.get(act.kind)
    return kind is not None and kind.may(request.user)


def _find(request: StaffRequest, pk: int) -> PeopleAct:
    return get_object_or_404(
        PeopleAct.objects.visible_to(request.user).select_related("by", "undoes", "undone_by"), pk=pk
    )
