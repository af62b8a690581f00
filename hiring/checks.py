"""What the settings must be for this installation to work, checked at every start (`manage.py check`)."""

from __future__ import annotations

import ipaddress
import os
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
import redis
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError, connection

from hiring.documents import antivirus

OLDEST_POSTGRES = 160000
SHORTEST_KEY = 32


@register
def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every setting that can be told wrong without asking anybody."""
    return [
        problem
        for look in (_site, _files, _secret, _scanner, _place, _broker, _domains, _assistant)
        for problem in look()
    ]


def _site() -> Iterator[CheckMessage]:
    site = urlsplit(settings.SITE_URL)
    if site.scheme not in ("http", "https") or not site.hostname or site.path or site.query:
        yield Error(
            f"SITE_URL is “{settings.SITE_URL}”, which no link can begin with.",
            hint="Set it to scheme and host as people type them, for instance https://hiring.example.org.",
            id="throughline.E001",
        )


def _files() -> Iterator[CheckMessage]:
    if not settings.STORAGE_URL.startswith("file:///"):
        yield Error(
            f"STORAGE_URL is “{settings.STORAGE_URL.split('@')[-1]}”, which is not understood.",
            hint="Use file:// and an absolute path that all processes share, for instance file:///data/files.",
            id="throughline.E002",
        )
    elif not _writable(settings.MEDIA_ROOT):
        yield Error(
            f"Files cannot be stored in {settings.MEDIA_ROOT}.",
            hint="Let this user write there, or choose another place with STORAGE_URL.",
            id="throughline.E003",
        )


def _secret() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        yield Error(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters: it can be guessed, and with it every personal link.",
            hint="Set it to the output of `openssl rand -base64 48`.",
            id="throughline.E004",
        )


def _scanner() -> Iterator[CheckMessage]:
    if settings.CLAMD_ADDRESS and not _understood(settings.CLAMD_ADDRESS):
        yield Error(
            f"CLAMD_ADDRESS is “{settings.CLAMD_ADDRESS}”, where no clamd can be reached.",
            hint="Use the path of its socket, for instance /run/clamav/clamd.ctl, or host:3310.",
            id="throughline.E012",
        )


def _place() -> Iterator[CheckMessage]:
    """Where people live and phone from when they do not say."""
    if settings.ORGANISATION_TIME_ZONE not in zoneinfo.available_timezones():
        yield Error(
            f"ORGANISATION_TIME_ZONE is “{settings.ORGANISATION_TIME_ZONE}”, which is not a time zone.",
            hint="Use a name such as Europe/Paris.",
            id="throughline.E009",
        )
    if settings.ORGANISATION_COUNTRY not in phonenumbers.SUPPORTED_REGIONS:
        yield Error(
            f"ORGANISATION_COUNTRY is “{settings.ORGANISATION_COUNTRY}”, which is not a country.",
            hint="Use two capital letters, for instance FR.",
            id="throughline.E017",
        )
    if settings.DEFAULT_PHONE_REGION not in phonenumbers.SUPPORTED_REGIONS:
        yield Error(
            f"DEFAULT_PHONE_REGION is “{settings.DEFAULT_PHONE_REGION}”, which is not a country.",
            hint="Use two capital letters, for instance FR.",
            id="throughline.E010",
        )


def _broker() -> Iterator[CheckMessage]:
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        yield Error(
            "The broker is neither Valkey nor Redis.",
            hint="Set REDIS_URL (or CELERY_BROKER_URL) to redis://host:6379/0.",
            id="throughline.E005",
        )


def _domains() -> Iterator[CheckMessage]:
    for name in ("MAIL_DOMAIN", "INBOUND_DOMAIN"):
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", getattr(settings, name)):
            yield Error(
                f"{name} is “{getattr(settings, name)}”, which is not a domain.",
                hint="Write it in lower case and without @, for instance mail.example.org.",
                id="throughline.E006",
            )


def _assistant() -> Iterator[CheckMessage]:
    """Where the writing assistant sends texts about people: nowhere, or to one address that cannot be mistaken."""
    if not settings.ASSISTANT_URL:
        return
    if problem := _no_endpoint(settings.ASSISTANT_URL):
        yield Error(
            f"ASSISTANT_URL {problem}.",
            hint="Set it to the base address of the endpoint, for instance https://models.example.org/v1, or leave it empty.",
            id="throughline.E013",
        )
    if not settings.ASSISTANT_MODEL:
        yield Error(
            "ASSISTANT_MODEL is missing: the server would not know which model is meant.",
            hint="Set it to the model's name as the server of ASSISTANT_URL calls it.",
            id="throughline.E014",
        )
    if not re.fullmatch(r"[!-~]*", settings.ASSISTANT_KEY):
        yield Error(
            "ASSISTANT_KEY holds blanks or letters that no header can carry.",
            hint="Copy the key once more, without quotes or a line break.",
            id="throughline.E015",
        )
    for name, least, most in (("ASSISTANT_SECONDS", 5, 600), ("ASSISTANT_MAX_TOKENS", 200, 8000)):
        if not least <= getattr(settings, name) <= most:
            yield Error(
                f"{name} is {getattr(settings, name)}.",
                hint=f"Use a number from {least} to {most}.",
                id="throughline.E016",
            )


def _no_endpoint(address: str) -> str:
    """What is wrong with the address of an endpoint; empty when nothing is. The address itself is not said: it may hold a password."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return "is not an address that begins with http:// or https://"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "may hold neither a user nor anything behind ? or #; the key is ASSISTANT_KEY"
    if parts.path.endswith("/chat/completions"):
        return "should end before /chat/completions"
    if parts.scheme == "http" and not _is_near(parts.hostname):
        return "is plain http to a server elsewhere: texts and key could be read on the way"
    return ""


def _is_near(host: str) -> bool:
    """This machine, a private network, or a name without dots (another container)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


@register(deploy=True)
def check_for_real_people(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Things that are fine for a trial and wrong where candidates are real."""
    problems: list[CheckMessage] = []
    if settings.HTTPS and not settings.SECURE_PROXY_SSL_HEADER:
        problems.append(
            Warning(
                "SITE_URL is https, but no proxy is announced: every request would be redirected for ever.",
                hint="Set BEHIND_PROXY=1 when a proxy ends TLS and sets X-Forwarded-Proto itself.",
                id="throughline.W001",
            )
        )
    return problems


@register("database")
def check_database(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except DatabaseError:
        return [
            Error(
                "The database cannot be reached.",
                hint="Look at DATABASE_URL, and whether the server runs and lets this machine in.",
                id="throughline.E007",
            )
        ]
    if version < OLDEST_POSTGRES:
        return [
            Error(
                f"PostgreSQL {version // 10000} is too old.",
                hint="Throughline needs PostgreSQL 16 or newer, with pgvector.",
                id="throughline.E008",
            )
        ]
    return []


def check_broker() -> list[CheckMessage]:
    """Whether broker and cache answer. Asked at the start only: later /readyz says it."""
    for name, url in (("broker", settings.CELERY_BROKER_URL), ("cache", settings.CACHES["default"]["LOCATION"])):
        try:
            with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as server:
                server.ping()
        except (redis.RedisError, ValueError):
            return [
                Error(
                    f"The {name} cannot be reached.",
                    hint="Look at REDIS_URL (CELERY_BROKER_URL, CACHE_URL), and whether the server runs and lets this machine in.",
                    id="throughline.E011",
                )
            ]
    return []


def _understood(address: str) -> bool:
    try:
        antivirus.place(address)
    except ValueError:
        return False
    return True


def _writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, or the folder itself in the nearest place that exists."""
    for place in (folder, *folder.parents):
        if place.exists():
            return place.is_dir() and os.access(place, os.W_OK)
    return False
