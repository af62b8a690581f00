"""A profile as a JSON Resume that goes out (DATA-7). It begins with the file the profile was read from, where there is one, and
changes only what was corrected since; what a profile says shortly is written as the schema wants it: links with their scheme, a
place in its parts."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from hiring.resumes import merged, place_parts
from hiring.resumes.json_resume import OURS, SCHEMA, further_points, text_in
from hiring.resumes.profile import Profile
from hiring.resumes.rendition import tidy

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
NETWORKS = {
    "linkedin.com": "LinkedIn", "github.com": "GitHub", "gitlab.com": "GitLab", "xing.com": "XING", "twitter.com": "Twitter",
    "x.com": "X", "stackoverflow.com": "Stack Overflow", "medium.com": "Medium", "behance.net": "Behance", "dribbble.com": "Dribbble",
    "kaggle.com": "Kaggle", "researchgate.net": "ResearchGate",
}  # fmt: skip


def write(
    profile: Mapping[str, Any], *, original: Mapping[str, Any] | None = None, read: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A profile (as JSON, entries with their keys) as a JSON Resume.

    `original` is the file it was read from and `read` what was read: then only what differs from that is changed in it.
    """
    out: dict[str, Any] = copy.deepcopy(dict(original)) if original is not None else {"$schema": SCHEMA}
    before = merged.merge(read or Profile().as_json(), ()).profile
    basics = dict(out.get("basics") or {})
    for name, key in (("name", "name"), ("headline", "label"), ("summary", "summary")):
        if merged.shown(profile.get(name)) != merged.shown(before.get(name)):
            _put(basics, key, merged.shown(profile.get(name)))
    if merged.shown(profile.get("location")) != merged.shown(before.get("location")):
        _put(basics, "location", place_parts.parts_of(merged.shown(profile.get("location"))))
    _write_points(out, basics, profile, before)
    if basics or original is None:
        out["basics"] = basics
    for section, kind, change in (
        ("positions", "work", _work_of),
        ("education", "education", _education_of),
        ("languages", "languages", _language_of),
        ("certificates", "certificates", _certificate_of),
    ):
        if profile[section] != before[section]:
            items = list(out.get(kind) or ())
            place = {entry["key"]: number for number, entry in enumerate(before[section])}
            was = {entry["key"]: entry for entry in before[section]}
            out[kind] = [
                change(
                    copy.deepcopy(items[place[key]]) if key in place else {}, entry, was.get(key, merged.blank(section))
                )
                for entry in profile[section]
                for key in [entry["key"]]
            ]
    if profile["skills"] != before["skills"]:
        out["skills"] = _skills_of(list(out.get("skills") or ()), profile["skills"], before["skills"])
    return out


def _put(owner: dict[str, Any], key: str, value: Any) -> None:
    if value:
        owner[key] = value
    else:
        owner.pop(key, None)


def _write_points(
    out: dict[str, Any], basics: dict[str, Any], profile: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    """The schema has room for one address and one number; further ones go below `meta`."""
    more: dict[str, list[str]] = {}
    for name, key in (("emails", "email"), ("phones", "phone")):
        values = [entry["value"] for entry in profile[name]]
        if values != [entry["value"] for entry in before[name]]:
            _put(basics, key, values[0] if values else "")
            more[name] = values[1:]
    if any(more.values()) or (more and further_points(out)):
        meta = dict(out.get("meta") or {})
        ours = dict(meta.get(OURS) or {})
        for name, values in more.items():
            _put(ours, name, values)
        _put(meta, OURS, ours)
        _put(out, "meta", meta)
    links = [entry["value"] for entry in profile["links"]]
    if links == [entry["value"] for entry in before["links"]]:
        return
    wanted = {_bare(link) for link in links}
    known = [one for one in basics.get("profiles") or () if not one.get("url") or _bare(one["url"]) in wanted]
    if _bare(text_in(basics, "url")) not in wanted:
        basics.pop("url", None)
    there = {_bare(text_in(one, "url")) for one in known} | {_bare(text_in(basics, "url"))}
    _put(basics, "profiles", known + [_profile_of(link) for link in links if _bare(link) not in there])


def _bare(link: str) -> str:
    """A link as it is compared: with or without a scheme it is the same page."""
    return SCHEME.sub("", tidy(link)).rstrip("/").casefold()


def _profile_of(link: str) -> dict[str, str]:
    """A link as the schema keeps it: with its scheme, and the network where it is a known one."""
    url = link if SCHEME.match(link) else f"https://{link}"
    host = SCHEME.sub("", url).partition("/")[0].casefold()
    network = next((name for site, name in NETWORKS.items() if host == site or host.endswith(f".{site}")), "")
    return {"network": network, "url": url} if network else {"url": url}


def _set(item: dict[str, Any], key: str, now: str, was: str) -> None:
    if now != was:
        _put(item, key, now)


def _fields(
    item: dict[str, Any], entry: Mapping[str, Any], was: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    for name, key in names.items():
        _set(item, key, merged.shown(entry.get(name)), merged.shown(was.get(name)))
    return item


def _work_of(item: dict[str, Any], entry: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    names = {"title": "position", "employer": "name", "location": "location", "start": "startDate", "end": "endDate"}
    if not item:
        points = [merged.shown(one) for one in entry.get("highlights") or ()]
        _put(item, "summary", _body(entry, points))
        _put(item, "highlights", points)
    return _fields(item, entry, was, names)


def _body(entry: Mapping[str, Any], points: list[str]) -> str:
    """What a position's passage says beyond its head and its points."""
    said = merged.shown(entry.get("text"))
    for part in (*(merged.shown(entry.get(name)) for name in ("title", "employer", "location", "when")), *points):
        before, found, after = said.partition(part) if part else (said, "", "")
        said = f"{before} {after}" if found else said
    words = [word for word in said.split() if re.search(r"\w", word)]
    return " ".join(words)[:2000] if len(words) > 2 else ""


def _education_of(item: dict[str, Any], entry: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    names = {"degree": "studyType", "field": "area", "school": "institution", "start": "startDate", "end": "endDate"}
    return _fields(item, entry, was, names)


def _language_of(item: dict[str, Any], entry: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    level, before = (str(one.get("level") or "") for one in (entry, was))
    _set(item, "fluency", level[:1].upper() + level[1:], before[:1].upper() + before[1:])
    return _fields(item, entry, was, {"name": "language"})


def _certificate_of(item: dict[str, Any], entry: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    return _fields(item, entry, was, {"name": "name", "date": "date"})


def _skills_of(items: list[Any], now: list[dict[str, Any]], was: list[dict[str, Any]]) -> list[Any]:
    """The file's skills without those that were taken out, and with those that are new behind them."""
    names, before = ({entry["name"].casefold(): entry["name"] for entry in entries} for entries in (now, was))
    gone = set(before) - set(names)
    kept = []
    for item in items:
        words = item.get("keywords") or []
        left = [word for word in words if tidy(word).casefold() not in gone]
        if words and (left or not len(words)):
            kept.append(item | {"keywords": left})
        elif not words and tidy(text_in(item, "name")).casefold() not in gone:
            kept.append(item)
    return kept + [{"name": name} for key, name in names.items() if key not in before]
