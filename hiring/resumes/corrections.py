"""Putting a parsed profile right by hand. Each correction is a row; a re-parse never overwrites one (hiring/resumes/merged.py)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import contact_points, search
from hiring.errors import Refused
from hiring.models import Candidate, ProfileCorrection, User
from hiring.names import clean_name
from hiring.resumes import merged, record
from hiring.timeline import record as record_event

LONGEST = {"name": 200, "headline": 200, "location": 120, "summary": 2000}
LONGEST_VALUE = 200
MOST_STANDING = 500
MONTH = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
LEVELS = ("native", "C2", "C1", "B2", "B1", "A2", "A1", "fluent", "good", "basic")
WORDS = {
    "name": "name", "headline": "headline", "location": "location", "summary": "summary", "positions": "positions",
    "education": "education", "skills": "skills", "languages": "languages", "certificates": "certificates",
    "emails": "e-mail addresses", "phones": "phone numbers", "links": "links",
}  # fmt: skip


@transaction.atomic
def correct_fact(candidate: Candidate, fact: str, value: str, *, by: User | None) -> ProfileCorrection | None:
    """Say what a single value is; an empty one says that there is none. None when that is what stands there already."""
    if fact not in merged.FACTS:
        raise TypeError(fact)
    current = _locked(candidate)
    said = clean_name(value) if fact == "name" and value.strip() else _text(value, LONGEST[fact])
    if said == merged.shown(current.merged.profile.get(fact)):
        return None
    return _write(candidate, fact, said, by=by)


@transaction.atomic
def correct_entry(
    candidate: Candidate, section: str, key: str, values: Mapping[str, str], *, by: User | None
) -> list[ProfileCorrection]:
    """Correct fields of one entry of a list; those whose value stays as it is are left alone. The corrections made."""
    current = _locked(candidate)
    entry = current.entry(section, key)
    said = {name: read_value(section, name, value) for name, value in values.items()}
    changed = {name: value for name, value in said.items() if value != _standing(section, entry, name)}
    _must_say_something(section, {name: said.get(name, _standing(section, entry, name)) for name in _names(section)})
    seen = current.seen(section, key)
    return [_write(candidate, f"{section}/{key}/{name}", value, by=by, seen=seen) for name, value in changed.items()]


@transaction.atomic
def add_entry(candidate: Candidate, section: str, values: Mapping[str, str], *, by: User | None) -> str:
    """Add an entry nobody read: a skill, a position. The key it got. Refused when it stands there already."""
    current = _locked(candidate)
    said = {name: read_value(section, name, value) for name, value in values.items() if name in merged.ENTRIES[section]}
    _must_say_something(section, said)
    entry = merged.blank(section) | {name: {"value": value} for name, value in said.items() if value}
    for other in current.merged.profile[section]:
        if merged.alike(section, entry, other):
            raise Refused(f"“{merged.name_of(section, other)}” is there already.")
    key = f"{merged.NEW}{secrets.token_hex(4)}"
    for name, value in said.items():
        if value:
            _write(candidate, f"{section}/{key}/{name}", value, by=by)
    return key


@transaction.atomic
def remove_entry(candidate: Candidate, section: str, key: str, *, by: User | None) -> ProfileCorrection | None:
    """Take an entry out, for good. One that was added by hand simply goes: its corrections are taken back."""
    current = _locked(candidate)
    current.entry(section, key)
    standing = ProfileCorrection.objects.standing().filter(candidate=candidate, path__startswith=f"{section}/{key}/")
    if key.startswith(merged.NEW):
        standing.update(taken_back_at=timezone.now(), taken_back_by=by)
        _said(candidate, f"{section}/", by)
        return None
    return _write(candidate, f"{section}/{key}", None, is_removed=True, by=by, seen=current.seen(section, key))


@transaction.atomic
def take_back(correction: ProfileCorrection, *, by: User | None) -> None:
    """Let what was read stand again. Twice is once."""
    changed = ProfileCorrection.objects.standing().filter(pk=correction.pk)
    if changed.update(taken_back_at=timezone.now(), taken_back_by=by):
        _said(correction.candidate, correction.path, by, kind="profile.correction_taken_back")


def read_value(section: str, name: str, value: str) -> str | None:
    """A typed value as it is kept; None for nothing. Refused with what is wrong."""
    kind = merged.ENTRIES[section][name]
    text = _text(value, LONGEST_VALUE)
    if not text:
        return None
    if kind == "month":
        return _month(text, may_last=section == "positions" and name == "end")
    if name == "level":
        found = next((level for level in LEVELS if level.lower() == text.lower()), None)
        if found is None:
            raise Refused(f"“{text}” is not one of the levels: {', '.join(LEVELS)}.")
        return found
    if section == "emails":
        return contact_points.normalise_email(text)
    if section == "phones":
        return contact_points.normalise_phone(text)
    if section == "links":
        return contact_points.normalise_link(text)
    return text


def _month(text: str, *, may_last: bool) -> str:
    if may_last and text.lower() in ("now", "today", "present", "current"):
        return "now"
    turned = re.sub(r"^(\d{1,2})[./-](\d{4})$", lambda m: f"{m[2]}-{int(m[1]):02}", text)
    if not MONTH.fullmatch(turned):
        raise Refused(f"“{text}” is not a month. Write it as 2021-03, or only the year.")
    return turned


def _text(value: str, most: int) -> str:
    text = " ".join(value.replace("\x00", "").split())
    if len(text) > most:
        raise Refused(f"That is too long: at most {most} characters.")
    return text


def _names(section: str) -> list[str]:
    return list(merged.ENTRIES[section])


def _standing(section: str, entry: Mapping[str, Any], name: str) -> str | None:
    if section == "positions" and name == "end" and entry.get("is_current"):
        return "now"
    return merged.shown(entry.get(name)) or None


def _must_say_something(section: str, said: Mapping[str, str | None]) -> None:
    needed = merged.TOLD_APART_BY[section][:2]
    if not any(said.get(name) for name in needed):
        raise Refused(
            f"Give at least {' or '.join('a value' if name == 'value' else name for name in needed)}. To take it out, remove it."
        )
    start, end = said.get("start"), said.get("end")
    if start and end and end != "now" and end < start[: len(end)]:
        raise Refused("It ends before it begins.")


def _locked(candidate: Candidate) -> record.Current:
    """The profile as it stands, with the person held, so that two corrections at once come one after the other."""
    if Candidate.objects.select_for_update().get(pk=candidate.pk).merged_into_id:
        raise Refused("This record was merged into another one. Open that one.")
    return record.current(candidate)


def _write(
    candidate: Candidate,
    path: str,
    value: Any,
    *,
    by: User | None,
    is_removed: bool = False,
    seen: Mapping[str, Any] | None = None,
) -> ProfileCorrection:
    now = timezone.now()
    standing = ProfileCorrection.objects.standing().filter(candidate=candidate)
    standing.filter(path=path).update(taken_back_at=now, taken_back_by=by)
    if standing.count() >= MOST_STANDING:
        raise Refused(f"{MOST_STANDING} corrections stand already. Take some back first.")
    row = ProfileCorrection.objects.create(
        candidate=candidate,
        path=path,
        value=value,
        is_removed=is_removed or value in (None, ""),
        seen=dict(seen or {}),
        by=by,
        at=now,
    )
    _said(candidate, path, by)
    return row


def _said(candidate: Candidate, path: str, by: User | None, *, kind: str = "profile.corrected") -> None:
    record_event(candidate, kind, by, part=path.partition("/")[0])
    Candidate.objects.filter(pk=candidate.pk).update(updated_at=timezone.now())
    search.refresh_soon(candidate.pk)
