"""A posting as the boards are told of it: the facts of its public page, said once for all formats (JOB-12, JOB-25)."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from functools import cached_property, lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from hiring.models import Location, Posting, PostingPlace
from hiring.models.jobs import Workplace
from hiring.postings import remote_countries, zone_of
from hiring.postings.places import pay_at, pay_in_all
from sourcing.boards.texts import literal
from sourcing.careers import markup
from sourcing.careers.words import COUNTRIES, terms

REMOTE, HYBRID = Workplace.REMOTE, Workplace.HYBRID
MEDIUM = "job_board"
TAG = re.compile(r"<[^>]*>")


class Advert:
    """One posting, as a whole or at one of its places (`site`). What a format does not ask for is not worked out.

    `source` is what the address of the posting names as where a visitor comes from; empty for no mark (JOB-18).
    """

    def __init__(self, posting: Posting, source: str = "", site: PostingPlace | None = None) -> None:
        self.posting, self.job, self.source = posting, posting.job, source
        self.is_whole = site is None
        self.site = site or posting.sites[0]

    @property
    def place(self) -> Location:
        """The place it is told at; of a whole posting the primary one."""
        return self.site.location

    @property
    def title(self) -> str:
        return self.posting.title.strip()

    @property
    def company(self) -> str:
        return str(settings.ORGANISATION_NAME)

    @property
    def reference(self) -> str:
        """The same for life, one for each place of work, given to no other (JOB-23, JOB-29). A whole posting has one of its own."""
        return str(self.posting.pk) if self.is_whole else f"{self.posting.pk}-{self.place.pk}"

    @property
    def reference_of_title(self) -> str:
        """The same until the title changes, for boards that keep a title for good (JOB-27)."""
        return f"{self.reference}-{zlib.crc32(self.title.encode('utf-8', 'replace')):08x}"

    @property
    def page(self) -> str:
        """The canonical address of the posting's page."""
        before, after = _page_address(settings.SITE_URL)
        return f"{before}{self.posting.slug}{after}"

    @property
    def url(self) -> str:
        """The address visitors are sent to; it never changes what the page says."""
        if not self.source:
            return self.page
        return f"{self.page}?{urlencode({'source': self.source, 'utm_medium': MEDIUM})}"

    # --- words ---

    @cached_property
    def html(self) -> str:
        """The plain tags boards lay out (JOB-4)."""
        return markup.description(self.posting)

    @cached_property
    def literal(self) -> str:
        return literal(self.html)

    @cached_property
    def plain(self) -> str:
        """The words alone. `html` is clean, so a bracket begins a tag and nothing else: no parser is needed, 50,000 times."""
        return " ".join(unescape(TAG.sub(" ", self.html)).split())

    # --- dates, on the clock of the place of work ---

    @cached_property
    def published(self) -> dt.datetime:
        return (self.posting.first_published_at or self.posting.changed_at).astimezone(zone_of(self.posting))

    @property
    def changed(self) -> dt.datetime:
        return max(self.posting.changed_at.astimezone(zone_of(self.posting)), self.published)

    @property
    def expires(self) -> dt.datetime | None:
        return self.posting.expires_at.astimezone(zone_of(self.posting)) if self.posting.expires_at else None

    @property
    def last_day(self) -> dt.date | None:
        return markup.last_day(self.posting)

    # --- place ---

    @property
    def is_remote(self) -> bool:
        return self.site.workplace == REMOTE

    @property
    def workplace(self) -> str:
        return self.site.workplace

    @property
    def countries(self) -> list[str]:
        """Where one may work from; the place's own country unless the posting names others (JOB-9)."""
        return (remote_countries(self.posting) if self.is_remote else []) or [self.place.country]

    @property
    def country_name(self) -> str:
        return COUNTRIES.get(self.place.country, self.place.country).removeprefix("the ")

    @property
    def where(self) -> str:
        """“City, State” in countries whose addresses name it, else “City, Country”."""
        in_states = self.place.country in {"US", "CA", "AU"} and self.place.region
        return f"{self.place.city}, {self.place.region if in_states else self.country_name}"

    # --- pay ---

    @cached_property
    def pay(self) -> dict[str, Any] | None:
        """What the page shows, and only when it shows it (JOB-7, JOB-20): low, high, currency, unit."""
        given = markup.pay(pay_in_all(self.posting) if self.is_whole else pay_at(self.site))
        if given is None:
            return None
        value = given["value"]
        low, high = value.get("minValue", value.get("value")), value.get("maxValue", value.get("value"))
        return {"low": low, "high": high, "currency": given["currency"], "unit": value["unitText"]}

    @cached_property
    def pay_in_words(self) -> str:
        """One line, as boards parse it: 52000 - 64000 EUR per year."""
        if not self.pay:
            return ""
        low, high = self.pay["low"], self.pay["high"]
        amount = f"{low}" if low == high else f"{low} - {high}"
        return f"{amount} {self.pay['currency']} per {self.pay['unit'].lower()}"

    @property
    def terms(self) -> Any:
        """As people read them."""
        return terms(self.posting)


@lru_cache(maxsize=4)
def _page_address(site: str) -> tuple[str, str]:
    """What stands before and after a slug: reversing an address is the slow part of 50,000 lines."""
    before, after = (site + reverse("careers:posting", args=["SLUG"])).split("SLUG")
    return before, after
