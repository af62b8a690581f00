"""Logs as one JSON object a line, with the id of the request or task, and without personal data.

A line names routes, tasks, ids and milliseconds. Addresses of personal links, query strings, form data, mail addresses and
local variables stay out: Django's own messages are replaced, and what an exception says is scrubbed.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse

from hiring.context import acting_now

requests = logging.getLogger("hiring.request")
tasks = logging.getLogger("hiring.task")

OURS = ("hiring", "pipeline", "interviews", "offers", "sourcing", "compliance", "demo")
EMAIL = re.compile(r"[^\s<>()\",;:]+@[^\s<>()\"'=,;:]+")
DIGITS = re.compile(r"\+?\d[\d ()./-]{6,}\d")
QUOTED = re.compile(r"""(?<!\w)(["'“]).*?["'”](?!\w)""")
DETAIL = re.compile(r"\s(DETAIL|CONTEXT|LINE \d+|HINT):.*", re.DOTALL)
SPEAKS_OF_THINGS = ("django.db.", "psycopg.", "redis.", "kombu.", "celery.", *(f"{app}." for app in OURS))
"""Modules whose errors name tables, servers and tasks. What others say may be anything, a person's own words included."""
LONGEST = 300

FIELDS = ("route", "method", "status", "ms", "user", "task", "task_id", "state", "queue")
WORDS = ("what", "limit", "hash", "content_type")
"""What else our own lines may say in words, all of them ours. Numbers they may always say: ids and counts are nobody's data."""
STANDARD = frozenset(vars(logging.makeLogRecord({})))


def scrub(text: str) -> str:
    """What may be a person's: quoted values, mail addresses, numbers long enough to be a phone, the details of a database."""
    text = DETAIL.sub("", text)
    text = QUOTED.sub("‹value›", text)
    return DIGITS.sub("‹number›", EMAIL.sub("‹address›", text))[:LONGEST]


def trace(error: BaseException, tb: TracebackType | None) -> dict[str, Any]:
    """The kind of the error, its scrubbed words where they are about things, and where it came from: file, line and
    function, never values."""
    frames = traceback.extract_tb(tb)[-25:]
    said = {"error": type(error).__qualname__}
    if type(error).__module__.startswith(SPEAKS_OF_THINGS) or isinstance(
        error, OSError | ImportError | AttributeError | NameError
    ):
        said["said"] = scrub(str(error))
    return said | {"where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def facts(record: logging.LogRecord) -> dict[str, Any]:
    acting = acting_now()
    said: dict[str, Any] = {"logger": record.name, "level": record.levelname.lower(), "message": _message(record)}
    for name in FIELDS:
        if (value := getattr(record, name, None)) not in (None, ""):
            said[name] = value
    said |= {name: value for name, value in _more(record).items() if name not in said}
    if acting.request_id:
        said["request_id"] = acting.request_id
    if acting.door != "shell":
        said["door"] = acting.door
    if acting.actor_id and "user" not in said:
        said["user"] = acting.actor_id
    if record.exc_info and record.exc_info[1]:
        said |= trace(record.exc_info[1], record.exc_info[2])
    return said


def _more(record: logging.LogRecord) -> dict[str, Any]:
    """What a line of ours carries beside its message: which row it is about, how many."""
    if record.name.partition(".")[0] not in (*OURS, "throughline"):
        return {}
    more = {name: value for name, value in vars(record).items() if name not in STANDARD and name not in FIELDS}
    numbers = {name: value for name, value in more.items() if isinstance(value, int | float)}
    words = {name: str(more[name]) for name in WORDS if name in more}
    return numbers | words | ({"error": scrub(str(more["error"]))} if "error" in more else {})


def _message(record: logging.LogRecord) -> str:
    """Django puts the path into its message, and a path can be somebody's personal link: name the route instead."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        return f"{getattr(record, 'status_code', '')} {route_of(request)}".strip()
    if record.name == "celery.app.trace" and record.exc_info:
        # Celery writes the exception into its message; the facts beside it say what may be said of it.
        return f"task {getattr(record, 'data', {}).get('name', '')} {record.levelname.lower()}"
    message = record.getMessage()
    return message if record.name.startswith("hiring.") else scrub_addresses(message)


def scrub_addresses(text: str) -> str:
    return EMAIL.sub("‹address›", text)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": at, **facts(record)}, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same facts for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        said = facts(record)
        places = said.pop("where", [])
        head = f"{said.pop('level'):<7} {said.pop('message')}"
        rest = " ".join(f"{key}={value}" for key, value in said.items() if key not in ("logger", "door"))
        return "\n".join([f"{head} {rest}".rstrip(), *(f"    {place}" for place in places)])


def route_of(request: HttpRequest) -> str:
    """The name of a route, never its address."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unknown"


def request_finished(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """One line a request. Health checks come every few seconds and are left out while they are well."""
    route = route_of(request)
    if route in ("healthz", "readyz") and response.status_code == 200:
        return
    requests.log(
        logging.ERROR if response.status_code >= 500 else logging.INFO,
        "%s %s %s",
        request.method,
        route,
        response.status_code,
        extra={
            "route": route,
            "method": request.method,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )
