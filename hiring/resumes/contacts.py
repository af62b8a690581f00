"""E-mail addresses, phone numbers and profile links of the person, and not those of their referees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hiring.resumes.outline import Outline
from hiring.resumes.page import Page, words
from hiring.resumes.profile import Found

# Every quantifier is bounded, so that a long run of letters costs its length and no more.
AT = re.compile(r"[ ]?(?:@|\(at\)|\[at\]|\(@\))[ ]?")
LOCAL = re.compile(r"[a-z0-9][a-z0-9._%+'-]{0,63}$|[a-z0-9_]$", re.IGNORECASE)
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[ ]?\.[ ]?){1,5}[a-z]{2,24}(?![a-z0-9-])", re.IGNORECASE)
GLUED_LABEL = re.compile(r"^(?:e-?mail|mail|courriel|correo|email-?id|id|e)(?:[-:_.]{1,2})(?=[a-z0-9])", re.IGNORECASE)
GLUED_AFTER = re.compile(
    r"(?:phone|tel|mobile|mobil|linkedin|github|address|adresse|telefon|website|skype)$", re.IGNORECASE
)
# What follows a dot in an address and is no common word. Two letters are countries.
ENDINGS = words(
    """com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post xxx app dev io ai tech online
    site email cloud design studio digital agency academy consulting engineering software solutions systems team works world xyz
    club group global live life me blog page link space store berlin hamburg koeln wien paris london eus bzh gal scot swiss nyc
    test example localhost invalid"""
)
LINK = re.compile(
    r"(?<![\w@./-])(?:https?://)?(?:www\.)?(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?:/[\w\-./%~?=&#+@]{0,200})?",
    re.IGNORECASE,
)
# An address broken by the end of a line, at a hyphen, or at the bar before the name in a profile's.
WRAPPED = re.compile(r"\n((?:in/|pub/|profile/|users/)?[\w-]{2,60})(?=\s|$)")
PROFILES = ("linkedin.", "github.", "gitlab.", "xing.", "stackoverflow.", "behance.", "dribbble.", "orcid.", "kaggle.", "medium.",
            "twitter.", "x.com", "researchgate.", "scholar.google", "bitbucket.", "about.me", "viadeo.")  # fmt: skip
NOT_LINKS = {"node.js", "vue.js", "asp.net", "d3.js", "next.js", "react.js", "express.js", "three.js", "nuxt.js", "vb.net", "ado.net",
             "socket.io", "ml.net", "b.sc", "m.sc", "ph.d", "b.tech", "m.tech", "b.com", "m.com", "b.a", "m.a"}  # fmt: skip

NUMBER = re.compile(r"(?<![\w@./+-])(?:\+|00)?[(]?[0-9](?:[ ()./\u2010-\u2015-]{0,3}[0-9]){6,16}(?![\w@])")
LABELLED = re.compile(
    r"(?:mob|tel|cell|phone|handy|fon|portable|movil|telemovel|cellulare|gsm|call|contact|whats|t|m|p)[\w.]{0,8}[ :.]{0,3}$"
)
NO_PHONE = re.compile(
    r"(?:passport|passeport|reisepass|pasaporte|\bid\b|\bpin\b|\bdni\b|\bnie\b|\bnif\b|\bssn\b|\bpan\b|aadhaar"
    r"|ausweis|iban|account"
    r"|konto|siret|siren|permit|licen[cs]e|certificate|zertifikat|isbn|issn|doi|orcid|registration|reg\.|matricul"
    r"|member|postcode"
    r"|tax|steuer|vat|nummer der|zip|fax|no\. ?:?)[\w .:#/-]{0,12}$"
)
NORTH_AMERICAN = re.compile(r"\(?[2-9][0-9]{2}\)?[ .-]{0,2}[2-9][0-9]{2}[ .-][0-9]{4}")
DATES = re.compile(
    r"(?:19|20)[0-9]{2}[ ]?[-–/.][ ]?(?:19|20)[0-9]{2}|(?<![0-9])(?:[0-3]?[0-9][./-])?(?:0?[1-9]|1[0-2])[./-](?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}-[01][0-9](?![0-9])"
)


def emails(page: Page, sections: Outline) -> tuple[Found, ...]:
    """The person's addresses, the first being the main one. Those below a heading for referees are not taken."""
    found: dict[str, Found] = {}
    for start, end, value in _addresses(page.text):
        if value not in found and sections.family_at(start) != "references":
            found[value] = page.found(start, end, 0.97 if value.count(".") < 5 else 0.8, value)
    return tuple(found.values())


def _addresses(text: str) -> Iterator[tuple[int, int, str]]:
    for at in AT.finditer(text):
        before = text[max(0, at.start() - 64) : at.start()]
        local = LOCAL.search(before)
        domain = DOMAIN.match(text, at.end())
        if not local or not domain:
            continue
        name = GLUED_LABEL.sub("", local.group()).strip(".'")
        host = domain.group().replace(" ", "").lower()
        host, cut = _real_end(host)
        if not name or not host:
            continue
        start = at.start() - len(before) + local.start() + local.group().find(name)
        yield start, domain.end() - cut, f"{name}@{host}".lower()


def _real_end(host: str) -> tuple[str, int]:
    """The host up to an ending that exists, and how many letters had been glued to it."""
    head, _, ending = host.rpartition(".")
    if ending in ENDINGS or len(ending) == 2:
        return host, 0
    glued = GLUED_AFTER.search(ending)
    if glued and ending[: glued.start()] in ENDINGS:
        return f"{head}.{ending[: glued.start()]}", len(glued.group())
    for known in ("com", "org", "net", "edu", "de", "fr"):
        if ending.startswith(known) and len(ending) > 6:
            return f"{head}.{known}", len(ending) - len(known)
    return (host, 0) if len(ending) <= 12 else ("", 0)


def links(page: Page, sections: Outline) -> tuple[Found, ...]:
    """Addresses of profiles and personal sites, with the scheme where one was written."""
    found: dict[str, Found] = {}
    for match in LINK.finditer(page.text):
        raw, end = match.group().rstrip(".,;/"), match.end()
        rest = None
        breaks = (
            "-/_" if match.group().lower().removeprefix("https://").removeprefix("www.").startswith(PROFILES) else "-_"
        )
        while match.group()[-1] in breaks and page.text[end - 1] in breaks and (more := WRAPPED.match(page.text, end)):
            raw = (raw if rest else match.group()) + more.group(1)
            rest, end = more, more.end()
        low = raw.lower()
        bare = low.removeprefix("https://").removeprefix("http://").removeprefix("www.")
        host = bare.split("/")[0]
        known = bare.startswith(PROFILES) or any(f".{name}" in f".{host}" for name in PROFILES)
        plain = low.startswith(("http", "www.")) or (known and "/" in bare)
        own = (host.split(".")[-1] in ENDINGS and "/" in bare) or sections.family_at(match.start()) in (
            "top",
            "personal",
        )
        if known and "/" not in bare:
            continue  # the name of a network is nobody's page
        if host in NOT_LINKS or (match.end() < len(page.text) and page.text[match.end()] == "@"):
            continue
        ending = host.split(".")[-1]
        if not plain and not (
            own and (ending in ENDINGS or ending in ("de", "fr", "uk", "es", "nl", "it", "eu", "ch", "at"))
        ):
            continue
        if not plain and match.start() and page.text[match.start() - 1].isalnum():
            continue
        if bare not in found and sections.family_at(match.start()) != "references":
            end = end if rest else match.start() + len(raw)
            found[bare] = page.found(match.start(), end, 0.95 if known else 0.7, raw)
    return tuple(found.values())[:20]


def phones(page: Page, sections: Outline, regions: Sequence[str], home: str | None) -> tuple[Found, ...]:
    """The person's numbers in E.164: valid at `home`, where the person says to live, or in one of the regions, or at least
    labelled as a phone."""
    found: dict[str, Found] = {}
    for match in NUMBER.finditer(page.text):
        if len(found) == 10:
            break
        before = page.folded[max(0, match.start() - 40) : match.start()].rsplit("\n", 1)[-1]
        if NO_PHONE.search(before) or DATES.search(match.group()) or sections.family_at(match.start()) == "references":
            continue
        number, sure = _number(match.group(), before, regions, home)
        if number and number not in found:
            found[number] = page.found(match.start(), match.end(), 0.95 if sure else 0.6, number)
    return tuple(found.values())


def _number(raw: str, before: str, regions: Sequence[str], home: str | None) -> tuple[str, bool]:
    """E.164 or nothing, and whether it is a number that can exist."""
    import phonenumbers

    plain = raw.replace("(0)", "") if raw.lstrip("(").startswith(("+", "00")) else raw
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    digits = sum(letter.isdigit() for letter in plain)
    labelled = bool(LABELLED.search(before))
    if not 7 <= digits <= 15 or (digits < 9 and not labelled):
        return "", False
    possible = ""
    american = ("US",) if NORTH_AMERICAN.fullmatch(plain) else ()
    for region in (None,) if plain.startswith("+") else (*([home] if home else ()), *american, *regions) or ("US",):
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            continue
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return value, True
        if not possible and phonenumbers.is_possible_number(number):
            possible = value
    return (possible, False) if labelled or plain.startswith("+") else ("", False)
