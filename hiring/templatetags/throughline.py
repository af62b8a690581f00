"""Template tags and filters of the frame. A builtin library: pages load nothing.

Times are shown in the current time zone, which the middleware sets to the signed-in colleague's own; `clock` takes
another zone where wall time elsewhere matters.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import zoneinfo
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

from django import template
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString

from hiring import addresses
from hiring.models.postings import language_name as named_language

register = template.Library()

NBSP = "\u00a0"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
Moment = dt.datetime | dt.date | None


class Address(URLNode):
    """`{% url "candidate" row.pk %}`: what Django's own tag gives, sooner where all arguments are numbers and plain words."""

    def render(self, context: template.Context) -> str:
        if self.kwargs:
            return super().render(context)
        arguments = [argument.resolve(context) for argument in self.args]
        route = str(self.view_name.resolve(context))
        # Which of several admin sites is the request's to say.
        if route.startswith("admin:") or not all(map(addresses.can_hold, arguments)):
            return super().render(context)
        if not self.asvar:
            return addresses.of(route, *arguments)
        try:
            context[self.asvar] = addresses.of(route, *arguments)
        except NoReverseMatch:
            context[self.asvar] = ""
        return ""


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> Address:
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag(name="static")
@cache  # a page names a dozen files
def static_address(path: str) -> SafeString:
    """The address of a static file, as Django's own tag gives it."""
    return format_html("{}", static(path))


@register.simple_tag
@cache  # a page shows seventy of them, of a dozen kinds
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of @tabler/icons. `size="sm"` beside small text. Decorative, unless `label` says what it means."""
    classes = f"tl-i tl-i-{size}" if size else "tl-i"
    href = f"{static('sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href)


@register.filter
def breakable(address: str) -> SafeString:
    """An address or a link that a narrow column may break where a reader would: before @, after a slash."""
    words = address.replace("/", "/\0").replace("@", "\0@").split("\0")
    return format_html_join(SafeString("<wbr>"), "{}", ((word,) for word in words))


@register.filter
def link_words(address: str) -> str:
    """A web address as people read it: no scheme, letters instead of their codes. Codes of what nobody sees stay."""
    read = unquote(address)
    return (read if read.isprintable() and " " not in read else address).removeprefix("https://")


@register.filter
def initials(person: Any) -> str:
    """First letters of first and last name, of a person or of a text."""
    if hasattr(person, "initials"):
        return str(person.initials)
    words = str(person or "").split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper() or "?"


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Initials in a circle. The name stands beside it, so assistive technology skips it. `size`: lg or xs."""
    classes = f"avatar avatar-{size}" if size else "avatar"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(person))


@register.simple_tag
def stage_chip(stage: Any) -> SafeString:
    """A stage's name with the dot of its kind; nothing for no stage."""
    return _chip(stage.kind, stage.name) if stage else SafeString("")


@lru_cache(maxsize=1_000)  # a job's stages are named on each of its people
def _chip(kind: str, name: str) -> SafeString:
    return format_html('<span class="tl-stage" data-kind="{}">{}</span>', kind, name)


@register.inclusion_tag("components/policy_chip.html")
def policy_chip(verdict: Any, about: str = "") -> dict[str, Any]:
    """The contact policy's answer as a chip that opens the reasons. Takes a hiring.contact.Verdict.

    `about` says what the mail is for where it is no outreach: "about the application".
    """
    return {"verdict": verdict, "about": about}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The current query string with keys set, or dropped where the value is empty: `<a href="{% query sort='name' %}">`."""
    request = context.get("request")
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"


def _zone(zone: Any) -> dt.tzinfo:
    """A zone given as itself, by name, or as somebody who has one."""
    zone = getattr(zone, "time_zone", zone)
    if isinstance(zone, dt.tzinfo):
        return zone
    try:
        return zoneinfo.ZoneInfo(zone) if zone else timezone.get_current_timezone()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_current_timezone()


def _day(value: dt.date, today: dt.date, *, weekday: bool = True) -> str:
    """`Tue 24 Nov`; the year only where it is another one."""
    text = f"{value:%a} {value.day} {value:%b}" if weekday else f"{value.day} {value:%b}"
    return text if value.year == today.year else f"{text} {value.year}"


def _exact(value: dt.datetime) -> str:
    return f"{value:%A} {value.day} {value:%B %Y, %H:%M} {value.tzname()}"


def _days_apart(days: int) -> str:
    """A distance in days in words; negative lies ahead."""
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in near:
        return near[days]
    count = abs(days)
    for size, unit in ((365, "year"), (30, "month"), (7, "week")):
        if count >= 2 * size:
            count, name = count // size, unit
            break
    else:
        name = "day"
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"{words} ago" if days > 0 else f"in {words}"


def relative(value: dt.datetime, now: dt.datetime) -> str:
    """How long ago, or how far ahead, as one would say it. Both in the reader's zone."""
    seconds = (now - value).total_seconds()
    days = (now.date() - value.date()).days
    if abs(seconds) < 60:
        return "just now"
    if abs(seconds) < 3600:
        words = f"{int(abs(seconds) // 60)} min"
    elif abs(seconds) < 12 * 3600 or days == 0:
        words = f"{int(abs(seconds) // 3600)} h"
    else:
        return _days_apart(days)
    return f"{words} ago" if seconds > 0 else f"in {words}"


@register.filter
def ago(value: Moment) -> str:
    """`3 days ago`, with the exact time on hover. Takes moments and days, past and future."""
    if not value:
        return ""
    if not isinstance(value, dt.datetime):
        today = timezone.localdate()
        words = _days_apart((today - value).days)
        return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), f"{value:%A %d %B %Y}", words)
    there = timezone.localtime(value)
    words = relative(there, timezone.localtime())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', there.isoformat(timespec="minutes"), _exact(there), words
    )


@register.filter
def age(value: Moment) -> str:
    """How long something has lasted, short: `5 h`, `3 d`. For cards and columns of figures."""
    if not value:
        return ""
    if not isinstance(value, dt.datetime):
        return f"{max((timezone.localdate() - value).days, 0)}{NBSP}d"
    seconds = max(int((timezone.now() - value).total_seconds()), 0)
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min"
    return f"{seconds // 3600}{NBSP}h" if seconds < 86_400 else f"{seconds // 86_400}{NBSP}d"


@register.filter
def clock(value: dt.datetime | None, zone: Any = None) -> str:
    """`Tue 24 Nov, 15:00` on the clock of `zone` (a zone, its name, or a person); the reader's own by default."""
    if not value:
        return ""
    there = value.astimezone(_zone(zone))
    today = timezone.now().astimezone(_zone(zone)).date()
    text = f"{_day(there.date(), today)}, {there:%H:%M}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', there.isoformat(timespec="minutes"), _exact(there), text
    )


@register.filter
def hour(value: dt.datetime | None, zone: Any = None) -> str:
    """`15:00` on the clock of `zone`."""
    return f"{value.astimezone(_zone(zone)):%H:%M}" if value else ""


@register.filter
def day(value: Moment, zone: Any = None) -> str:
    """`Tue 24 Nov`; with the year where it is not this one."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(_zone(zone)).date()
    return _day(value, timezone.now().astimezone(_zone(zone)).date())


@register.filter
def zone_name(zone: Any) -> str:
    """`Europe/Paris` as people say it: Paris."""
    name = str(getattr(zone, "time_zone", zone) or "")
    return name.rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def language_name(code: str) -> str:
    """`German` for `de`; the code itself where nobody knows a name."""
    return named_language(code)


@register.filter
def money(amount: Any, currency: str = "EUR") -> str:
    """`€ 65,000`; cents only where there are some."""
    if amount in (None, ""):
        return ""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    places = 0 if value == value.to_integral_value() else 2
    figure = number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{SYMBOLS.get(currency, currency)}{NBSP}{figure}"


OUR_WORDS = {
    "Two-Factor Authentication": "Two-step sign-in",
    "Activate": "Set up",
    "Activate Authenticator App": "Set up an authenticator app",
    "Deactivate": "Turn off",
    "Deactivate Authenticator App": "Turn off the authenticator app",
    "Don't Trust": "Do not trust",
}


@register.filter
def in_our_words(title: str) -> str:
    """A heading or button of allauth as we write it: our words where we have some, else in sentence case."""
    said = " ".join(title.split())  # escaped already, and stays so
    known = OUR_WORDS.get(html.unescape(said))
    return known or re.sub(r"(?<=[ -])[A-Z](?=[a-z])", lambda letter: letter[0].lower(), said)


@register.filter
def thousands(number: Any) -> str:
    """`12,480`."""
    return number_format(number, use_l10n=True, force_grouping=True) if number not in (None, "") else ""


@register.filter
def told(note: Any) -> SafeString:
    """What a note says, in paragraphs, with the colleagues it names set off. Everything that was typed is escaped."""
    parts, end = [], 0
    for start, stop, _ in note.mentions:
        if not end <= start < stop <= len(note.text):
            continue
        parts += [escape(note.text[end:start]), format_html('<b class="tl-mention">{}</b>', note.text[start:stop])]
        end = stop
    parts.append(escape(note.text[end:]))
    return SafeString(linebreaks("".join(parts)))


@register.filter
def undo_url(message: Message) -> str:
    """The address that takes back what a message tells (hiring.http.say)."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix("undo:") if tags.startswith("undo:") else ""


@register.filter
def without_links(text: str) -> str:
    """A mail as colleagues read it: personal links in it lose their token, since they act for the person (SEC-5)."""
    from hiring.links import hide

    return hide(str(text or ""))
