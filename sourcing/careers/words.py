"""A posting's terms as people read them; the same facts as in the markup (JOB-12)."""

from __future__ import annotations

from dataclasses import dataclass

from hiring.models import Posting
from hiring.models.jobs import Workplace
from hiring.postings import remote_countries
from hiring.templatetags.throughline import money
from sourcing.careers import markup

COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CA": "Canada", "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "the United Kingdom", "GR": "Greece",
    "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "NL": "the Netherlands", "NO": "Norway", "PL": "Poland", "PT": "Portugal",
    "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia", "US": "the United States",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    place: str
    way: str
    pay: str
    pay_period: str
    employment: str


def terms(posting: Posting) -> Terms:
    job = posting.job
    pay = _pay(posting)
    return Terms(
        place=_place(posting),
        way={Workplace.ON_SITE: "", Workplace.HYBRID: "partly from home", Workplace.REMOTE: "fully remote"}[
            Workplace(job.workplace)
        ],
        pay=pay,
        pay_period=job.get_pay_period_display() if pay else "",
        employment=job.get_employment_type_display(),
    )


def _place(posting: Posting) -> str:
    job = posting.job
    if job.workplace != Workplace.REMOTE:
        return job.location.name
    codes = remote_countries(posting) or [job.location.country]
    names = [COUNTRIES.get(code, code) for code in codes]
    return "Remote in " + (names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}")


def _pay(posting: Posting) -> str:
    job = posting.job
    if markup.pay(posting) is None:
        return ""
    low, high = job.pay_min, job.pay_max
    if low is None or high is None or low == high:
        return money(low if low is not None else high, job.pay_currency)
    return f"{money(low, job.pay_currency)} to {money(high, '').strip()}"
