"""The list of jobs as it is shown in a frame. Nothing personal is on it, and nobody's session is asked: it is the same for everybody."""

from __future__ import annotations

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hiring.http import public
from sourcing.careers.asked import asked
from sourcing.embeds import showing

SHARED_SECONDS = 30  # as feeds: half of the minute in which a closed job is gone everywhere (JOB-13)


@public
@require_safe
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Only the web sites of this list may show it, and we ourselves, for the preview; every other page stays unframed (SEC-6)."""
    found = showing.find(key)
    if found is None:
        raise Http404
    wanted = asked(request)
    rows, has_more = showing.rows(found, wanted)
    context = {
        "embed": found,
        "rows": rows,
        "has_more": has_more,
        "sites": " ".join(found.origins),
        "more": showing.chosen(wanted),
        "carry": f"?ref={found.key}",
        "theme": request.GET.get("theme") if request.GET.get("theme") in ("light", "dark") else "",
    }
    answer = render(request, "careers/embed.html", context)
    answer._csp_replace = {"frame-ancestors": [SELF, *found.origins]}  # type: ignore[attr-defined]
    answer.xframe_options_exempt = True  # it knows no list of sites; the policy above does
    answer["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
    answer["X-Robots-Tag"] = "noindex"
    return answer
