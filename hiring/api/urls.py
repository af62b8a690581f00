"""The addresses under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from hiring.api import describing, door
from hiring.api.assembling import v1

urlpatterns = [
    *(
        path(str(pattern.pattern), door.sealed(pattern.callback), name=pattern.name)
        for pattern in v1.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
    path("openapi.json", describing.openapi, name="openapi"),
]
