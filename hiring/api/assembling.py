"""All operations of all floors, put together. Imported when the first program asks (hiring/late_urls.py)."""

from __future__ import annotations

from importlib import import_module

from ninja import NinjaAPI

from hiring import api
from hiring.api import door

DESCRIPTION = """The candidate record for programs. A key acts as the colleague who made it, and sees and does what they may.
Every POST carries an Idempotency-Key. What is wrong is answered as application/problem+json."""

v1 = NinjaAPI(
    title="Throughline",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=door.Key(),
)
door.say_problems(v1)
for name in api.routers:
    v1.add_router("", import_module(name).router)
