"""Is the process alive, and can it serve? Asked by the supervisor, containers and monitors; says nothing about people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hiring import health
from hiring.http import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    found = health.check()
    return JsonResponse(found.as_json(), status=200 if found.ready else 503)
