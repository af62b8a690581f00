"""E-mail addresses, phone numbers and profile links in the one form they are compared in. Normalising twice changes nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import idna
import phonenumbers
from django.conf import settings

from hiring import profile_links
from hiring.errors import Refused
from hiring.profile_links import SAFE_IN_PATH

ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"\x00-\x1f\x7f]+")
HOST_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
SHARED_HOSTS = frozenset(["youtube.com", "vimeo.com", "github.io", "wordpress.com", "blogspot.com", "notion.site"])
TRACKING = re.compile(
    r"utm_\w+|mc_\w+|fbclid|gclid|igshid|igsh|msclkid|ref|ref_src|trk|trkInfo|src|s|share|originalSubdomain"
)
SHORTEST_PHONE = 7
"""Digits, those of the country among them where it is known."""
NO_SUCH_SIGN = ("Cf", "Cs")  # invisible: pasted along from web pages and documents


def plain(raw: str) -> str:
    """Text as it was meant: composed, no invisible characters, no line breaks or other controls."""
    if raw.isascii() and raw.isprintable():
        return raw.strip()  # nearly every one, and a list has hundreds of thousands
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in raw.replace("\x00", ""))
    visible = "".join(char for char in kept if unicodedata.category(char) not in NO_SUCH_SIGN)
    return unicodedata.normalize("NFC", visible).strip()


def normalise_email(raw: str) -> str:
    """An address as it is compared: lower case, the domain as punycode (MAIL-12). Raises Refused with what is wrong."""
    text = plain(raw).replace("＠", "@")
    if text.lower().startswith("mailto:"):
        text = text[7:].partition("?")[0].strip()
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise Refused(f"“{_shown(raw)}” is not an e-mail address: it needs a name, an @ and a domain.")
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local.lower()).lower())
    if not ATOM.fullmatch(local):
        raise Refused(
            f"“{_shown(raw)}” is not an e-mail address: there are characters before the @ that cannot stand there."
        )
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise Refused(f"“{_shown(raw)}” is not an e-mail address: check the dots before the @.")
    address = f"{local}@{_domain(domain, raw)}"
    if len(local.encode()) > 64 or len(address.encode()) > 254:
        raise Refused(f"“{_shown(raw)}” is too long for an e-mail address.")
    return address


def _domain(domain: str, raw: str) -> str:
    host = _punycode(domain)
    if host is None:
        raise Refused(
            f"“{_shown(raw)}” is not an e-mail address: “{_shown(domain)}” is not a domain such as example.com."
        )
    return host


@lru_cache(maxsize=20_000)  # a list of people has few domains
def _punycode(domain: str) -> str | None:
    """A host name in ASCII and lower case, or None when it is none (addresses in numbers are none either)."""
    try:
        host = idna.encode(domain.strip().rstrip("."), uts46=True, transitional=False).decode().lower()
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        return None
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or labels[-1].isdigit():
        return None
    return host if all(HOST_LABEL.fullmatch(label) for label in labels) else None


def normalise_phone(raw: str, region: str | None = None) -> str:
    """A number as E.164 (+33639980041), read in `region` when it has no country code; else its digits, which identify nobody.

    Raises Refused when there is no number in it at all.
    """
    text = plain(raw)
    digits = "".join(filter(str.isdigit, text)) if text.isascii() else _digits(text)
    if not digits:
        raise Refused(f"“{_shown(raw)}” is not a phone number.")
    try:
        number = phonenumbers.parse(text, region or settings.DEFAULT_PHONE_REGION)
    except phonenumbers.NumberParseException:
        return digits[:40]
    if not phonenumbers.is_possible_number(number):
        return digits[:40]
    number.extension = None
    read = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Numbers of a few digits are said to be possible in some countries (12 in Germany), and reach no person.
    return read if len(read) > SHORTEST_PHONE else digits[:40]


def typed_phone(raw: str) -> str:
    """`normalise_phone` for what somebody types, who can be asked for the rest of it. Lists and documents keep what they say."""
    value = normalise_phone(raw)
    if len(value.lstrip("+")) < SHORTEST_PHONE:
        raise Refused(
            f"“{_shown(raw)}” is too short for a phone number. Write it as one dials it, such as +33 6 39 98 00 72."
        )
    return value


def phone_beginnings(raw: str) -> list[str]:
    """How numbers that begin like this may be kept: read as international (+33 6, 0033 6), as national in the default region
    (06), and as the bare digits of what could not be read. Empty without a digit."""
    text = plain(raw)
    digits = "".join(filter(str.isdigit, text)) if text.isascii() else _digits(text)
    if not digits:
        return []
    if text.startswith("+"):
        return [f"+{digits}"]
    found = [f"+{digits}", digits]
    if digits.startswith("00") and len(digits) > 2:
        found.append(f"+{digits[2:]}")
    region = settings.DEFAULT_PHONE_REGION
    code = phonenumbers.country_code_for_region(region)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    if code and trunk and digits.startswith(trunk) and len(digits) > len(trunk):
        found.append(f"+{code}{digits[len(trunk) :]}")
    elif code and not trunk:
        found.append(f"+{code}{digits}")
    return found


def _digits(text: str) -> str:
    """The digits of any script as Latin ones."""
    return "".join(
        str(unicodedata.digit(char)) for char in text if char.isdigit() and unicodedata.digit(char, None) is not None
    )


def identifies(phone: str) -> bool:
    """Whether a normalised number is complete enough to tell people apart."""
    return phone.startswith("+")


def normalise_link(raw: str) -> str:
    """A profile link as it is compared: https, lower-case host without www, no tracking, no fragment, no trailing slash.

    Addresses on networks of profiles are reduced to the person (hiring/profile_links.py). Raises Refused for what is no
    web address, and for pages that are nobody's, such as the front door of a site many people share: it would join them.
    """
    text = plain(raw)
    if "://" not in text:
        text = "https://" + text.lstrip("/")
    try:
        parts = urlsplit(text)
        host, port = _punycode(parts.hostname or ""), parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme.lower() not in {"http", "https"} or port not in {None, 80, 443}:
        raise Refused(f"“{_shown(raw)}” is not a web address such as linkedin.com/in/name.")
    link = _canonical(host, _path(parts.path), _query(parts.query))
    if link is None:
        raise Refused(f"“{_shown(raw)}” is not one person's page.")
    if len(link) > 320:
        raise Refused("This web address is too long.")
    return link


def _path(path: str) -> str:
    """Percent-encoding in one form, no empty steps."""
    steps = [quote(unquote(step), safe=SAFE_IN_PATH) for step in path.split("/") if step]
    return "".join(f"/{step}" for step in steps)


def _query(query: str) -> str:
    """What of the query tells pages apart, in one order; some sites name the person there."""
    kept = sorted((key, value) for key, value in parse_qsl(query) if not TRACKING.fullmatch(key))
    return f"?{urlencode(kept)}" if kept else ""


def _canonical(host: str, path: str, query: str) -> str | None:
    host = profile_links.plain_host(host)
    if profile_links.nobodys(host) or (host in SHARED_HOSTS and not path):
        return None
    if network := profile_links.network_of(host):
        return profile_links.person_at(network, path, query.removeprefix("?"))
    return f"https://{host}{path}{query}"


def _shown(text: str) -> str:
    """What was typed, short enough for a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"
