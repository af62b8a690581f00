"""What was out when: a version is kept when a posting goes out, when what readers see of it changes, and when it ends (JOB-22)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone

from hiring import events
from hiring.models import Posting, PostingPlace, PostingVersion, User
from hiring.models.postings import language_name
from hiring.postings.places import pay_at
from hiring.postings.texts import as_typed

Act = PostingVersion.Act


def keep(posting: Posting, act: str, *, by: User | None) -> PostingVersion | None:
    """Write down what is out now, or what just ended. A change that nobody can see is none."""
    content = content_of(posting)
    events.postings_changed.send(Posting)
    last = posting.versions.first()
    if act == Act.CHANGED and last is not None and last.content == content:
        return None
    number = (posting.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return posting.versions.create(number=number, act=act, at=timezone.now(), by=by, content=content)


def content_of(posting: Posting) -> dict[str, Any]:
    """Everything a reader can see, as plain JSON."""
    job = posting.job
    return {
        "language": posting.language,
        "title": posting.title,
        "description": posting.description,
        "translations": {
            one.language: {"title": one.title, "description": one.description} for one in posting.translations.all()
        },
        "places": [_place(place) for place in posting.sites],
        "remote_countries": posting.remote_countries,
        "employment": job.employment_type,
        "department": job.department.name,
        "requisition_id": job.requisition_id,
        "audience": posting.audience,
        "public_from": posting.public_from.isoformat() if posting.public_from else None,
        "expires_at": posting.expires_at.isoformat() if posting.expires_at else None,
    }


def _place(place: PostingPlace) -> dict[str, Any]:
    location, pay = place.location, pay_at(place)
    said = {
        "name": location.name,
        "city": location.city,
        "region": location.region,
        "country": location.country,
        "workplace": place.workplace,
    }
    if pay is None:
        return said
    low, high = (None if one is None else f"{one:f}" for one in (pay.low, pay.high))
    return said | {"pay": {"low": low, "high": high, "currency": pay.currency, "period": pay.period}}


# --- what changed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A run of words: taken out, put in, or the same before and after."""

    kind: str
    words: str


@dataclass(frozen=True)
class Change:
    """One thing that is different, as pieces of text."""

    label: str
    pieces: list[Piece]


LABELS = {
    "title": "Title", "description": "Text", "places": "Places", "remote_countries": "Remote from", "employment": "Employment",
    "department": "Department", "requisition_id": "Requisition", "audience": "Who reads it", "public_from": "For everybody from",
    "expires_at": "Last day", "language": "Language",
}  # fmt: skip


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two versions, word by word."""
    found = [
        Change(label, list(_pieces(_words(name, before), _words(name, after))))
        for name, label in LABELS.items()
        if before.get(name) != after.get(name)
    ]
    old, new = before.get("translations", {}), after.get("translations", {})
    for code in sorted({*old, *new}):
        for name in ("title", "description"):
            was, now = old.get(code, {}), new.get(code, {})
            if (was.get(name) or "") != (now.get(name) or ""):
                label = f"{language_name(code)}: {LABELS[name].lower()}"
                found.append(Change(label, list(_pieces(_words(name, was), _words(name, now)))))
    return found


def _words(name: str, content: dict[str, Any]) -> str:
    value = content.get(name)
    if value in (None, ""):
        return ""
    if name == "description":
        return as_typed(str(value))
    if name == "places":
        return "; ".join(_place_in_words(place) for place in value)
    return str(value)


def _place_in_words(place: dict[str, Any]) -> str:
    said, pay = f"{place['name']}, {place['workplace'].replace('_', ' ')}", place.get("pay")
    if not pay:
        return said
    ends = " to ".join(end for end in (pay["low"], pay["high"]) if end)
    return f"{said}, {ends} {pay['currency']} per {pay['period'].lower()}"


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", after)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("out", "".join(old[a:b]))
        if d > c:
            yield Piece("in", "".join(new[c:d]))
