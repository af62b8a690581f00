"""A second, independent reader of iCalendar: strict about bytes, ignorant of the library that wrote them (FIX-3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

NAME = re.compile(r"[A-Za-z0-9-]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Property:
    name: str
    value: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [found for found in self.properties if found.name == name]

    def one(self, name: str) -> Property:
        (found,) = self.all(name)
        return found

    def parts(self, name: str) -> list[Component]:
        return [child for child in self.children if child.name == name]


def read(raw: bytes) -> Component:
    """Parse one calendar object, asserting CAL-1 on the way: CRLF, 75 octets, whole characters, balanced components."""
    assert raw.endswith(b"\r\n")
    physical = raw.split(b"\r\n")[:-1]
    for line in physical:
        assert b"\r" not in line
        assert b"\n" not in line
        assert 0 < len(line) <= 75, line
        line.decode("utf-8")  # folding never cuts a character
    logical: list[str] = []
    for line in physical:
        text = line.decode()
        if text[0] in " \t":
            logical[-1] += text[1:]
        else:
            logical.append(text)
    stack = [Component("")]
    for text in logical:
        assert not CONTROL.search(text), text
        found = _property(text)
        if found.name == "BEGIN":
            stack.append(Component(found.value))
        elif found.name == "END":
            closed = stack.pop()
            assert closed.name == found.value
            stack[-1].children.append(closed)
        else:
            stack[-1].properties.append(found)
    (root,) = stack
    (calendar,) = root.children
    assert calendar.name == "VCALENDAR"
    return calendar


def _property(text: str) -> Property:
    match = NAME.match(text)
    assert match, text
    name, at, params = match[0], match.end(), {}
    while text[at] == ";":
        match = NAME.match(text, at + 1)
        assert match, text
        key, at = match[0], match.end() + 1
        assert text[at - 1] == "="
        if text[at] == '"':
            end = text.index('"', at + 1)
            value, at = text[at + 1 : end], end + 1
        else:
            end = min(position for mark in ";:" if (position := text.find(mark, at)) >= 0)
            value, at = text[at:end], end
            assert "," not in value, f"unquoted comma in {text}"
            assert '"' not in value
        assert key not in params
        params[key] = value
    assert text[at] == ":", text
    return Property(name.upper(), text[at + 1 :], params)


def text_value(value: str) -> str:
    """Undo TEXT escapes; anything else behind a backslash is an error (RFC 5545 3.3.11)."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), f"unescaped ; or , in {value}"
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n", "\\": "\\", ";": ";", ",": ","}[found[1]], value)


def instant(found: Property, calendar: Component) -> dt.datetime:
    """What a DTSTART means, taken from the object's own VTIMEZONE alone."""
    if found.value.endswith("Z"):
        assert "TZID" not in found.params  # CAL-16
        return dt.datetime.strptime(found.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    (zone,) = [part for part in calendar.parts("VTIMEZONE") if part.one("TZID").value == found.params["TZID"]]
    wall = dt.datetime.strptime(found.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
    onsets = sorted((_onset(part), _offset(part.one("TZOFFSETTO").value)) for part in zone.children)
    offset = [to for begins, to in onsets if begins <= wall][-1]
    return (wall - offset).replace(tzinfo=dt.UTC)


def _onset(part: Component) -> dt.datetime:
    return dt.datetime.strptime(part.one("DTSTART").value, "%Y%m%dT%H%M%S")  # noqa: DTZ007


def _offset(value: str) -> dt.timedelta:
    match = re.fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?", value)
    assert match, value
    size = dt.timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return size if match[1] == "+" else -size
