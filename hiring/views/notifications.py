"""What one was told: the list behind the bell."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from hiring import cursors, notifications
from hiring.http import StaffRequest, is_swap, page_or_part, say, tell
from hiring.models import Notification


@require_safe
def notification_list(request: StaffRequest) -> HttpResponse:
    return page_or_part(request, "hiring/notification_list.html", "list", _list(request))


@require_POST
def notification_read(request: StaffRequest, pk: int) -> HttpResponse:
    """It is seen. The page marks by itself what one opens."""
    row = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    notifications.read(request.user, [row.pk])
    return _answer(request)


@require_POST
def notification_read_all(request: StaffRequest) -> HttpResponse:
    many = notifications.read(request.user)
    return _answer(request, "Nothing was new." if not many else "All marked as read.")


def _answer(request: StaffRequest, sentence: str = "") -> HttpResponse:
    if is_swap(request):
        part = page_or_part(request, "hiring/notification_list.html", "list", _list(request))
        return tell(part, request, "notifications-read", toast=sentence)
    if sentence:
        say(request, sentence)
    return redirect("notifications")


def _list(request: StaffRequest) -> dict[str, object]:
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    rows = notifications.page(request.user, only_new=show == "new", before=cursors.read(after))
    shown = rows[: notifications.PAGE]
    for row in shown:
        kind = notifications.kinds.get(row.kind)
        row.icon = kind.icon if kind else "bell"  # type: ignore[attr-defined]
    more = cursors.write(shown[-1].at, shown[-1].pk) if len(rows) > notifications.PAGE else ""
    return {
        "rows": shown,
        "show": show,
        "after": after,
        "next_after": more,
        "some_new": any(not row.read_at for row in shown),
    }
