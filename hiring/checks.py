"""What the settings must be for this installation to work, checked at every start (`manage.py check`)."""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Sequence
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
    problems: list[CheckMessage] = []
    site = urlsplit(settings.SITE_URL)
    if site.scheme not in ("http", "https") or not site.hostname or site.path or site.query:
        problems.append(
            Error(
                f"SITE_URL is “{settings.SITE_URL}”, which no link can begin with.",
                hint="Set it to scheme and host as people type them, for instance https://hiring.example.org.",
                id="throughline.E001",
            )
        )
    if not settings.STORAGE_URL.startswith("file:///"):
        problems.append(
            Error(
                f"STORAGE_URL is “{settings.STORAGE_URL.split('@')[-1]}”, which is not understood.",
                hint="Use file:// and an absolute path that all processes share, for instance file:///data/files.",
                id="throughline.E002",
            )
        )
    elif not _writable(settings.MEDIA_ROOT):
        problems.append(
            Error(
                f"Files cannot be stored in {settings.MEDIA_ROOT}.",
                hint="Let this user write there, or choose another place with STORAGE_URL.",
                id="throughline.E003",
            )
        )
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        problems.append(
            Error(
                f"SECRET_KEY has {len(settings.SECRET_KEY)} characters: it can be guessed, and with it every personal link.",
                hint="Set it to the output of `openssl rand -base64 48`.",
                id="throughline.E004",
            )
        )
    if settings.CLAMD_ADDRESS and not _understood(settings.CLAMD_ADDRESS):
        problems.append(
            Error(
                f"CLAMD_ADDRESS is “{settings.CLAMD_ADDRESS}”, where no clamd can be reached.",
                hint="Use the path of its socket, for instance /run/clamav/clamd.ctl, or host:3310.",
                id="throughline.E012",
            )
        )
    if settings.ORGANISATION_TIME_ZONE not in zoneinfo.available_timezones():
        problems.append(
            Error(
                f"ORGANISATION_TIME_ZONE is “{settings.ORGANISATION_TIME_ZONE}”, which is not a time zone.",
                hint="Use a name such as Europe/Paris.",
                id="throughline.E009",
            )
        )
    if settings.DEFAULT_PHONE_REGION not in phonenumbers.SUPPORTED_REGIONS:
        problems.append(
            Error(
                f"DEFAULT_PHONE_REGION is “{settings.DEFAULT_PHONE_REGION}”, which is not a country.",
                hint="Use two capital letters, for instance FR.",
                id="throughline.E010",
            )
        )
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        problems.append(
            Error(
                "The broker is neither Valkey nor Redis.",
                hint="Set REDIS_URL (or CELERY_BROKER_URL) to redis://host:6379/0.",
                id="throughline.E005",
            )
        )
    for name in ("MAIL_DOMAIN", "INBOUND_DOMAIN"):
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", getattr(settings, name)):
            problems.append(
                Error(
                    f"{name} is “{getattr(settings, name)}”, which is not a domain.",
                    hint="Write it in lower case and without @, for instance mail.example.org.",
                    id="throughline.E006",
                )
            )
    return problems


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
