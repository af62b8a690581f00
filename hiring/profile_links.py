"""Addresses of profiles in one form a person: which part of a network's address names somebody, and what is nobody's page.

Every network has several doors to one profile: a country's, a phone's, old and new names, pages below it. What is known
of them stands in `NETWORKS`, one line each. All other sites keep their whole address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote

SAFE_IN_PATH = "/-._~!$&'()*+,;=:@"
Steps = list[str]


class Network(NamedTuple):
    """A site of profiles: its own name, and what of the steps of a path, in lower case, is the person (None: nobody)."""

    host: str
    person: Callable[[Steps, str], str | None]


def _first(*nobodys: str, name: str = r"[^@].*") -> Callable[[Steps, str], str | None]:
    """The first step names the person, unless it is one of the site's own words."""
    own, shape = frozenset(nobodys), re.compile(name)

    def person(steps: Steps, query: str) -> str | None:
        return steps[0] if steps and steps[0] not in own and shape.fullmatch(steps[0]) else None

    return person


def _handle(steps: Steps, query: str) -> str | None:
    """/@name, with whatever stands below."""
    return steps[0] if steps and re.fullmatch(r"@[^@]+", steps[0]) else None


def _after(*words: str, more: int = 1) -> Callable[[Steps, str], str | None]:
    """One of these words and the step (or steps) after it."""

    def person(steps: Steps, query: str) -> str | None:
        return "/".join(steps[: 1 + more]) if len(steps) > 1 and steps[0] in words else None

    return person


def _linkedin(steps: Steps, query: str) -> str | None:
    """/in/name, from phones /mwlite/in/name; the old /pub/name/1/2/3. Companies, schools, posts and searches are nobody."""
    if steps[:1] in (["mwlite"], ["m"]):
        steps = steps[1:]
    if len(steps) > 1 and steps[0] == "in":
        return f"in/{steps[1]}"
    if len(steps) > 1 and steps[0] == "pub" and steps[1] != "dir":
        return "/".join(["pub", *steps[1:5]])
    number = parse_qs(query).get("id", [""])[0]
    return f"profile/view?id={quote(number, safe='')}" if steps[:2] == ["profile", "view"] and number else None


def _xing(steps: Steps, query: str) -> str | None:
    return f"profile/{steps[1]}" if len(steps) > 1 and steps[0] in ("profile", "profiles") else None


def _x(steps: Steps, query: str) -> str | None:
    handle = steps[0].removeprefix("@") if steps else ""
    return handle if re.fullmatch(r"[a-z0-9_]{1,15}", handle) and handle not in X_OWN else None


def _facebook(steps: Steps, query: str) -> str | None:
    if steps == ["profile.php"]:
        number = parse_qs(query).get("id", [""])[0]
        return f"profile.php?id={number}" if re.fullmatch(r"[0-9]{1,20}", number) else None
    return _first("groups", "pages", "events", "watch", "marketplace", "people", "login", "share", "sharer.php")(
        steps, query
    )


X_OWN = frozenset(["home", "search", "intent", "i", "hashtag", "share", "explore", "settings", "login", "messages"])
GITHUB_OWN = (
    "about", "apps", "collections", "contact", "customer-stories", "enterprise", "events", "explore", "features", "join", "login",
    "marketplace", "new", "notifications", "orgs", "pricing", "pulls", "issues", "readme", "search", "security", "settings",
    "site", "sponsors", "stars", "team", "topics", "trending",
)  # fmt: skip
GITLAB_OWN = ("-", "admin", "api", "dashboard", "explore", "groups", "help", "projects", "public", "search", "users")

NETWORKS = {
    "linkedin.com": Network("linkedin.com", _linkedin),
    "github.com": Network("github.com", _first(*GITHUB_OWN, name=r"[a-z0-9-]{1,39}")),
    "gist.github.com": Network("github.com", _first("discover", "starred", name=r"[a-z0-9-]{1,39}")),
    "gitlab.com": Network("gitlab.com", _first(*GITLAB_OWN)),
    "bitbucket.org": Network("bitbucket.org", _first("product", "account", "dashboard")),
    "x.com": Network("x.com", _x),
    "twitter.com": Network("x.com", _x),
    "xing.com": Network("xing.com", _xing),
    "facebook.com": Network("facebook.com", _facebook),
    "instagram.com": Network("instagram.com", _first("p", "reel", "reels", "explore", "accounts", "stories")),
    "threads.net": Network("threads.com", _handle),
    "threads.com": Network("threads.com", _handle),
    "medium.com": Network("medium.com", _handle),
    "stackoverflow.com": Network("stackoverflow.com", _after("users")),
    "bsky.app": Network("bsky.app", _after("profile")),
    "kaggle.com": Network("kaggle.com", _first("c", "competitions", "code", "datasets", "discussions", "learn", "models")),
    "dribbble.com": Network("dribbble.com", _first("shots", "search", "jobs", "designers")),
    "behance.net": Network("behance.net", _first("gallery", "search", "joblist", "galleries")),
    "researchgate.net": Network("researchgate.net", _after("profile")),
}  # fmt: skip
"""Host to what names a person there. Pages below a known host that name nobody are refused: they would join strangers."""

NOBODYS_HOSTS = frozenset(
    ["bing.com", "duckduckgo.com", "yahoo.com", "live.com", "lnkd.in", "t.co", "bit.ly", "tinyurl.com"]
)
GOOGLE = re.compile(r"(?:(?:www|mail|docs|drive|calendar)\.)?google\.[a-z.]{2,6}")


def plain_host(host: str) -> str:
    """A host without the names of doors that lead to the same pages: www, and those of phones."""
    while host.startswith(("www.", "m.", "mobile.", "amp.")) and host.count(".") > 1:
        host = host.partition(".")[2]
    return host


def network_of(host: str) -> Network | None:
    """The known site behind a host: its countries' doors count as it, a person's own page below a host does not."""
    if host in NETWORKS:
        return NETWORKS[host]
    parent = host.partition(".")[2]
    spread = ("linkedin.com", "facebook.com", "xing.com")  # fr.linkedin.com, de-de.facebook.com
    return NETWORKS[parent] if parent in spread else None


def person_at(network: Network, path: str, query: str) -> str | None:
    """The one address of the person a network's page is about; None for a page that is nobody's."""
    person = network.person(_steps(path), query)
    return f"https://{network.host}/{person}" if person else None


def nobodys(host: str) -> bool:
    """Whether a host is a search engine, a mail program or a shortener: its addresses say nothing about who somebody is."""
    return bool(GOOGLE.fullmatch(host)) or any(host == own or host.endswith(f".{own}") for own in NOBODYS_HOSTS)


def _steps(path: str) -> Steps:
    """The steps of a path in lower case and one encoding; networks do not tell case apart."""
    steps = []
    for step in path.split("/"):
        lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", unquote(step)).lower()).strip()
        if lower not in ("", ".", ".."):
            steps.append(quote(lower, safe=SAFE_IN_PATH.replace("/", "")))
    return steps
