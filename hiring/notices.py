"""What is said at a form before it is sent (PRIV-3, AI-10): the words of each place of the posting, in the reader's language.

For each place its own words come before those of its country, and these before the general ones; several places that share words
show them once. Which versions were shown is kept with the application (pipeline/noticing.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import jurisdictions
from hiring.jurisdictions import EVERYWHERE
from hiring.models import Job, LegalText, Posting
from hiring.models.postings import language_name
from hiring.postings.places import countries_of_remote_work

Kind = LegalText.Kind
READ = (Kind.APPLICATION_NOTICE, Kind.AI_NOTICE, Kind.EQUAL_OPPORTUNITY)
"""What is read at the form, in this order. The consent to stay in touch is apart: it is agreed to, or not."""
FOR_ALL = "en"

software_used: list[Callable[[Job], bool]] = []
"""Whether software reads what people send for a job: criteria, the assistant. Filled by the floor that knows; empty means it does."""

Place = Sequence[str]


@dataclass(frozen=True)
class Notices:
    """What one form shows. `read` are the notices in order, `consent` the words to agree to, if there are any."""

    read: tuple[LegalText, ...] = ()
    consent: LegalText | None = None

    @property
    def told_apart(self) -> set[str]:
        """The jurisdictions whose words have to be named, because there are several of a kind."""
        kinds = [text.kind for text in self.read]
        return {text.jurisdiction for text in self.read if kinds.count(text.kind) > 1}

    @property
    def ids(self) -> list[int]:
        return [text.pk for text in self.read]


def at_form(posting: Posting, language: str = "") -> Notices:
    """What the form of a posting shows now to somebody who reads `language`, else the posting's own."""
    language = language or posting.language
    places = places_of(posting)
    texts = list(standing([*READ, Kind.POOL_CONSENT], places, countries_of_remote_work(posting)))
    found: list[LegalText] = []
    for kind in READ:
        of_kind = [text for text in texts if text.kind == kind]
        if kind == Kind.AI_NOTICE and of_kind and not uses_software(posting.job):
            continue
        found += _chosen(of_kind, places, language)
        if kind == Kind.AI_NOTICE:
            found += _within(of_kind, found, countries_of_remote_work(posting), language)
    consents = _chosen([text for text in texts if text.kind == Kind.POOL_CONSENT], places[:1], language)
    return Notices(tuple(found), consents[0] if consents else None)


def places_of(posting: Posting) -> list[tuple[str, ...]]:
    """The jurisdictions of each place of a posting, the primary one first, and of the countries it lets people work from."""
    found = [jurisdictions.of_location(site.location) for site in posting.sites]
    found += [jurisdictions.of_place(country) for country in countries_of_remote_work(posting)]
    return list(dict.fromkeys(found))


def standing(
    kinds: Iterable[str], places: Iterable[Place], countries: Iterable[str] = (), at: dt.datetime | None = None
) -> QuerySet[LegalText]:
    """The texts of these kinds that hold in these places. `countries` bring the texts of their states and towns along."""
    at = at or timezone.now()
    where = Q(jurisdiction__in={one for place in places for one in place})
    for country in countries:
        where |= Q(jurisdiction__startswith=f"{country}-")
    return LegalText.objects.filter(where, kind__in=list(kinds), valid_from__lte=at).exclude(valid_to__lte=at)


def uses_software(job: Job) -> bool:
    return not software_used or any(uses(job) for uses in software_used)


def _chosen(texts: Sequence[LegalText], places: Iterable[Place], language: str) -> list[LegalText]:
    """For each place the most particular words there are; the same words once."""
    found: dict[int, LegalText] = {}
    for place in places:
        near = next((one for one in place if any(text.jurisdiction == one for text in texts)), None)
        if near and (text := _best([text for text in texts if text.jurisdiction == near], language)):
            found.setdefault(text.pk, text)
    return list(found.values())


def _within(
    texts: Sequence[LegalText], found: Sequence[LegalText], countries: Iterable[str], language: str
) -> list[LegalText]:
    """Of states and towns in which somebody who works from afar may live: what has to be said there before software is used."""
    near = {text.jurisdiction for text in texts if text.wait_days and text.jurisdiction[:2] in set(countries)}
    near -= {text.jurisdiction for text in found if text.kind == Kind.AI_NOTICE}
    best = (_best([text for text in texts if text.jurisdiction == one], language) for one in sorted(near))
    return [text for text in best if text]


def _best(texts: Sequence[LegalText], language: str) -> LegalText | None:
    """In the reader's language, else in English, else in whatever there is; the newest."""
    own = language.split("-")[0]
    return max(
        texts,
        key=lambda text: (
            text.locale == language,
            text.locale == own,
            text.locale == FOR_ALL,
            text.valid_from,
            text.pk,
        ),
        default=None,
    )


# --- what is missing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """Words that are missing for a posting. `stops`: there is nothing at all to show."""

    sentence: str
    language: str = ""
    stops: bool = False


def gaps(posting: Posting, languages: Sequence[str]) -> list[Gap]:
    """Where the form falls back on words that are not written for the place, or in one of the languages it is read in."""
    places = places_of(posting)
    texts = list(standing([*READ, Kind.POOL_CONSENT], places))
    if not any(text.kind == Kind.APPLICATION_NOTICE for text in texts):
        said = "There is no privacy notice to show at the form: an administrator has to write one."
        return [Gap(said, stops=True)]
    own = {text.jurisdiction for text in texts if text.kind == Kind.APPLICATION_NOTICE} - {EVERYWHERE}
    general = [jurisdictions.name_of(place[0]) for place in places if len(place) > 1 and not own & set(place)]
    found = [Gap(f"{_listed(general)}: no privacy notice of its own, so the general one is shown.")] if general else []
    with_software = list(languages) != [FOR_ALL] and uses_software(posting.job)
    kinds = [kind for kind in (*READ, Kind.POOL_CONSENT) if kind != Kind.AI_NOTICE or with_software]
    return found + [gap for one in languages if (gap := _in_language(places, texts, one, kinds))]


def _in_language(
    places: Sequence[Place], texts: Sequence[LegalText], language: str, kinds: Iterable[Kind]
) -> Gap | None:
    foreign = []
    for kind in kinds:
        shown = _chosen([text for text in texts if text.kind == kind], places, language)
        if any(text.locale != language.split("-")[0] and text.locale != language for text in shown):
            foreign.append(kind.label[:1].lower() + kind.label[1:])
    if not foreign:
        return None
    return Gap(f"Not there in {language_name(language)}, so shown in another language: {_listed(foreign)}.", language)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
