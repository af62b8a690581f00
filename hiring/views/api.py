"""Access keys of one's own, and the page that explains what they open."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import api_keys as keys
from hiring.errors import Refused
from hiring.forms.api import KeyForm
from hiring.http import StaffRequest, say
from hiring.models import ApiKey

PAGE = "hiring/api_keys.html"
SENT = "api_keys_sent"


@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: StaffRequest) -> HttpResponse:
    """One's keys, and the form for another. A secret is on the answer that made it and nowhere else.

    The same form sent again, by a reload, makes no second key: it could not show the first one's secret.
    """
    form, made, secret = KeyForm(request.POST or None), None, ""
    sent, token = request.session.get(SENT, []), request.POST.get("once", "")[:36]
    if token and token in sent:
        say(
            request,
            "That key is made, and its secret was shown once. If you did not copy it, revoke it and make another.",
        )
        return redirect("api_keys")
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = keys.make(request.user, **form.cleaned_data)
            form = KeyForm()
            request.session[SENT] = [*sent[-19:], token]
        except Refused as refused:
            form.add_error("name", refused.sentence)
    now = timezone.now()
    rows = [(key, key.state(now)) for key in ApiKey.objects.visible_to(request.user)[:100]]
    context = {"form": form, "made": made, "secret": secret, "rows": rows, "once": uuid.uuid4()}
    return render(request, PAGE, context, status=422 if form.errors else 200)


@require_POST
def api_key_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """End one of one's keys now."""
    key = keys.revoke(get_object_or_404(ApiKey.objects.visible_to(request.user), pk=pk))
    say(request, f"{key} opens nothing any more.")
    return redirect("api_keys")


@require_safe
def api_docs(request: StaffRequest) -> HttpResponse:
    """Every operation with what it takes, what it answers and a call to copy, read from the API itself."""
    from hiring.api import describing

    return render(request, "hiring/api_docs.html", {"groups": describing.groups(request.build_absolute_uri("/"))})
