"""A posting's terms as people read them; the same facts as in the markup (JOB-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _lazy

from hiring.models import Posting, PostingPlace
from hiring.models.jobs import EmploymentType, Workplace
from hiring.postings.places import PayRange, countries_of_remote_work, differs, pay_at, pay_in_all
from hiring.templatetags.throughline import money

COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CA": "Canada", "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "the United Kingdom", "GR": "Greece",
    "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "NL": "the Netherlands", "NO": "Norway", "PL": "Poland", "PT": "Portugal",
    "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia", "US": "the United States",
}  # fmt: skip
WAYS = {Workplace.ON_SITE: "", Workplace.HYBRID: "partly from home", Workplace.REMOTE: "fully remote"}
if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORKPLACES: dict[str, StrOrPromise] = {
    Workplace.ON_SITE: _lazy("On site"),
    Workplace.HYBRID: _lazy("Partly from home"),
    Workplace.REMOTE: _lazy("Fully remote"),
}
EMPLOYMENT: dict[str, StrOrPromise] = {
    EmploymentType.FULL_TIME: _lazy("Full time"),
    EmploymentType.PART_TIME: _lazy("Part time"),
    EmploymentType.CONTRACTOR: _lazy("Contractor"),
    EmploymentType.TEMPORARY: _lazy("Temporary"),
    EmploymentType.INTERN: _lazy("Internship"),
}
NAMED = 3
"""So many places are named in one line; of more, all but the first are counted."""


@dataclass(frozen=True)
class Site:
    """One place of several, with what is said of it alone."""

    place: str
    way: str
    pay: str
    pay_period: str


@dataclass(frozen=True)
class Terms:
    """`sites` are told one by one where there are several; `pay_varies` says that `pay` spans what they pay."""

    place: str
    way: str
    pay: str
    pay_period: str
    employment: str
    pay_varies: bool = False
    sites: tuple[Site, ...] = ()


def terms(posting: Posting) -> Terms:
    sites, whole = posting.sites, pay_in_all(posting)
    ways = {site.workplace for site in sites}
    way = WAYS[Workplace(ways.pop())] if len(ways) == 1 else ""
    return Terms(
        place=place_of(posting),
        way="" if way == WAYS[Workplace.REMOTE] else way,
        pay=in_words(whole),
        pay_period=whole.per if whole else "",
        employment=posting.job.get_employment_type_display(),
        pay_varies=differs(posting),
        sites=tuple(_site(site, posting) for site in sites) if len(sites) > 1 else (),
    )


def _site(site: PostingPlace, posting: Posting) -> Site:
    pay = pay_at(site)
    where = _remote(posting) if site.workplace == Workplace.REMOTE else site.location.name
    way = "" if site.workplace == Workplace.REMOTE else WAYS[Workplace(site.workplace)]
    return Site(where, way, in_words(pay), pay.per if pay else "")


def place_of(posting: Posting) -> str:
    """“Lyon”, “Lyon, Graz or remote in France”, “Lyon and 4 more places”."""
    sites = posting.sites
    names = [site.location.name for site in sites if site.workplace != Workplace.REMOTE]
    if len(names) < len(sites):
        remote = _remote(posting)
        names.append(remote[0].lower() + remote[1:] if names else remote)
    if len(names) > NAMED:
        return f"{names[0]} and {len(names) - 1} more places"
    return _or(names)


def _remote(posting: Posting) -> str:
    return "Remote in " + _or([COUNTRIES.get(code, code) for code in countries_of_remote_work(posting)])


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def in_words(pay: PayRange | None) -> str:
    """“€ 52,000 to 64,000”; an open end is not spoken of."""
    if pay is None:
        return ""
    if pay.low is None or pay.high is None or pay.low == pay.high:
        return money(pay.low if pay.low is not None else pay.high, pay.currency)
    return f"{money(pay.low, pay.currency)} to {money(pay.high, '').strip()}"
