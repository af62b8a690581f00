"""The edge shared by all views: what is a swap and what a page, and who gets past without signing in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect as django_redirect
from django.shortcuts import render
from django.template import RequestContext
from django.template.loader import get_template
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django_htmx.middleware import HtmxDetails

from hiring import context
from hiring.errors import Refused
from hiring.models import User


class AnyRequest(HttpRequest):
    htmx: HtmxDetails
    request_id: str


class StaffRequest(AnyRequest):
    """A request that StaffOnlyMiddleware let through: `user` is a signed-in colleague."""

    user: User


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public(view: View) -> View:
    """Let people without an account reach this view. Everything else demands a sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def shared(view: View) -> View:
    """A public view whose page is the same for everybody, so that caches between us may keep it: whoever is signed in is nobody
    here, and stands as `request.colleague` for what only they may see."""
    view.is_shared = True  # type: ignore[attr-defined]
    return public(view)


Opened = TypeVar("Opened")
Gone = Callable[[HttpRequest, Refused], HttpResponseBase]


def is_gone(request: HttpRequest, no: Refused) -> HttpResponseBase:
    """One sentence for anything not valid."""
    return render(request, "410.html", {"sentence": no.sentence}, status=410)


def by_link(
    open_link: Callable[[str], Opened], gone: Gone = is_gone
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """The one door of personal links: open what is behind it (`open_link`, of the token) and give it to the view with the token.

    What belongs to a colleague (it has a `user`) is opened under their name and on their clock. Whatever is not valid, for one
    reason or another, gets one and the same answer, which `gone` gives (SEC-11).
    """

    def opening(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: AnyRequest, token: str, **more: Any) -> HttpResponseBase:
            try:
                found = open_link(token)
            except Refused as no:
                return gone(request, no)
            if isinstance(owner := getattr(found, "user", None), User):
                context.set_actor(owner.pk, door="link")
                timezone.activate(owner.zone)
            return view(request, found, token, **more)

        return opened

    return opening


def is_swap(request: HttpRequest) -> bool:
    """True when htmx asks for a part: not for boosted links and not when the back button restores a page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render `template`, or only its partial `part` for a swap. `Vary` keeps caches from mixing the two."""
    name = f"{template}#{part}" if is_swap(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@contextmanager
def drawing(request: HttpRequest) -> Iterator[Callable[[str, dict[str, Any]], SafeString]]:
    """Draw many small templates for one page. What every template knows of a request is worked out once for all of them; what one
    is given, the others do not see."""
    shared = RequestContext(request)

    def draw(name: str, values: dict[str, Any]) -> SafeString:
        with shared.push(**values):
            return get_template(name).template.render(shared)  # type: ignore[attr-defined]  # of Django's own engine

    with shared.bind_template(get_template("base.html").template):  # type: ignore[attr-defined]
        yield draw


def go(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Send the browser to a page, also from within a swap (HX-Redirect). `to` is what django.shortcuts.redirect takes."""
    response = django_redirect(to, *args, **kwargs)
    if is_swap(request):
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def tell(
    response: HttpResponse, request: HttpRequest, *events: str, toast: str = "", undo: str = "", tone: str = "good"
) -> HttpResponse:
    """Announce what happened with a swap: browser events that other panels listen to, and a toast with an optional undo URL.

    For full pages use django.contrib.messages; queued messages ride along here too, so none is lost between the two.
    """
    said: dict[str, Any] = dict.fromkeys(events, True)
    toasts = [{"text": str(message), "tone": message.level_tag} for message in get_messages(request)]
    if toast:
        toasts.append({"text": toast, "undo": undo, "tone": tone})
    if toasts:
        said["toast"] = {"toasts": toasts}
    response["HX-Trigger"] = json.dumps(said)
    return response


def say(request: HttpRequest, text: str, *, undo: str = "", tone: int = messages.SUCCESS) -> None:
    """Tell it on the next page, with an optional URL that takes it back. `tell` is the same for swaps."""
    messages.add_message(request, tone, text, extra_tags=f"undo:{undo}" if undo else "")
