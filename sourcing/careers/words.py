"""A posting's terms as people read them; the same facts as in the markup (JOB-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hiring.models import Posting, PostingPlace
from hiring.models.jobs import EmploymentType, Workplace
from hiring.postings.places import PayRange, countries_of_remote_work, differs, pay_at, pay_in_all
from hiring.templatetags.throughline import money

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

COUNTRIES: dict[str, StrOrPromise] = {
    "AT": _lazy("Austria"),
    "BE": _lazy("Belgium"),
    "BG": _lazy("Bulgaria"),
    "CA": _lazy("Canada"),
    "CH": _lazy("Switzerland"),
    "CZ": _lazy("Czechia"),
    "DE": _lazy("Germany"),
    "DK": _lazy("Denmark"),
    "EE": _lazy("Estonia"),
    "ES": _lazy("Spain"),
    "FI": _lazy("Finland"),
    "FR": _lazy("France"),
    "GB": _lazy("the United Kingdom"),
    "GR": _lazy("Greece"),
    "HR": _lazy("Croatia"),
    "HU": _lazy("Hungary"),
    "IE": _lazy("Ireland"),
    "IN": _lazy("India"),
    "IT": _lazy("Italy"),
    "JP": _lazy("Japan"),
    "LT": _lazy("Lithuania"),
    "LU": _lazy("Luxembourg"),
    "LV": _lazy("Latvia"),
    "NL": _lazy("the Netherlands"),
    "NO": _lazy("Norway"),
    "PL": _lazy("Poland"),
    "PT": _lazy("Portugal"),
    "RO": _lazy("Romania"),
    "SE": _lazy("Sweden"),
    "SI": _lazy("Slovenia"),
    "SK": _lazy("Slovakia"),
    "US": _lazy("the United States"),
}
WAYS: dict[Workplace, StrOrPromise] = {
    Workplace.ON_SITE: "",
    Workplace.HYBRID: _lazy("partly from home"),
    Workplace.REMOTE: _lazy("fully remote"),
}
WORKPLACES: dict[str, StrOrPromise] = {
    Workplace.ON_SITE: _lazy("On site"),
    Workplace.HYBRID: _lazy("Partly from home"),
    Workplace.REMOTE: _lazy("Fully remote"),
}
PERIODS: dict[str, StrOrPromise] = {
    "HOUR": _lazy("an hour"),
    "DAY": _lazy("a day"),
    "MONTH": _lazy("a month"),
    "YEAR": _lazy("a year"),
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
    kind = Workplace(ways.pop()) if len(ways) == 1 else Workplace.ON_SITE
    return Terms(
        place=place_of(posting),
        way="" if kind == Workplace.REMOTE else str(WAYS[kind]),
        pay=in_words(whole),
        pay_period=str(PERIODS[whole.period]) if whole else "",
        employment=str(EMPLOYMENT.get(posting.job.employment_type, posting.job.get_employment_type_display())),
        pay_varies=differs(posting),
        sites=tuple(_site(site, posting) for site in sites) if len(sites) > 1 else (),
    )


def _site(site: PostingPlace, posting: Posting) -> Site:
    pay = pay_at(site)
    where = _remote(posting) if site.workplace == Workplace.REMOTE else site.location.name
    way = "" if site.workplace == Workplace.REMOTE else str(WAYS[Workplace(site.workplace)])
    return Site(where, way, in_words(pay), str(PERIODS[pay.period]) if pay else "")


def place_of(posting: Posting) -> str:
    """“Lyon”, “Lyon, Graz or remote in France”, “Lyon and 4 more places”."""
    sites = posting.sites
    names = [site.location.name for site in sites if site.workplace != Workplace.REMOTE]
    if len(names) < len(sites):
        remote = _remote(posting)
        names.append(remote[0].lower() + remote[1:] if names else remote)
    if len(names) > NAMED:
        return _("%(first)s and %(more)d more places") % {"first": names[0], "more": len(names) - 1}
    return _or(names)


def _remote(posting: Posting) -> str:
    return _("Remote in %(countries)s") % {
        "countries": _or([str(COUNTRIES.get(code, code)) for code in countries_of_remote_work(posting)])
    }


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else _("%(all)s or %(last)s") % {"all": ", ".join(names[:-1]), "last": names[-1]}


def in_words(pay: PayRange | None) -> str:
    """“€ 52,000 to 64,000”; an open end is not spoken of."""
    if pay is None:
        return ""
    if pay.low is None or pay.high is None or pay.low == pay.high:
        return money(pay.low if pay.low is not None else pay.high, pay.currency)
    return _("%(low)s to %(high)s") % {"low": money(pay.low, pay.currency), "high": money(pay.high, "").strip()}
