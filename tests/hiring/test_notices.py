"""What is said at a form, by place and language (PRIV-3, AI-10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hiring import jurisdictions, legal, notices
from hiring.models import LegalText, Location, Posting, PostingPlace
from hiring.postings import findings
from tests.factories import LocationFactory, PostingFactory

Kind = LegalText.Kind


@pytest.fixture(autouse=True)
def own_words(db, monkeypatch):
    """Only what a test writes itself; no software is used unless it says so."""
    LegalText.objects.all().delete()
    monkeypatch.setattr(notices, "software_used", [lambda job: False])


def words(kind: str, jurisdiction: str = "*", locale: str = "en", **more) -> LegalText:
    text = f"{kind} {jurisdiction} {locale}"
    start = {"valid_from": timezone.now() - dt.timedelta(days=1), "text": text, "sha256": legal.sha256(text)}
    return LegalText.objects.create(kind=kind, jurisdiction=jurisdiction, locale=locale, **(start | more))


def at(*places: tuple[str, str, str], **more) -> Posting:
    """A posting with these places: country, region, city."""
    posting = PostingFactory(**more)
    posting.places.all().delete()
    for position, (country, region, city) in enumerate(places):
        name = city or region or country
        where = Location.objects.filter(name=name).first()
        where = where or LocationFactory(name=name, country=country, region=region, city=city)
        PostingPlace.objects.create(posting=posting, location=where, position=position)
    return posting


def shown(posting: Posting, language: str = "") -> list[str]:
    return [text.text for text in notices.at_form(posting, language).read]


def test_the_words_of_the_smallest_place_come_first():
    for jurisdiction in ("*", "EU", "US", "US-CA"):
        words(Kind.APPLICATION_NOTICE, jurisdiction)

    assert shown(at(("US", "California", "Oakland"))) == ["application_notice US-CA en"]
    assert shown(at(("US", "Texas", "Austin"))) == ["application_notice US en"]
    assert shown(at(("FR", "", "Lyon"))) == ["application_notice EU en"]
    assert shown(at(("JP", "", "Osaka"))) == ["application_notice * en"]


def test_several_places_show_all_that_apply_and_nothing_twice():
    words(Kind.APPLICATION_NOTICE, "EU")
    words(Kind.APPLICATION_NOTICE, "GB")
    posting = at(("FR", "", "Lyon"), ("DE", "", "Kiel"), ("GB", "", "Leeds"))

    found = notices.at_form(posting)

    assert [text.text for text in found.read] == ["application_notice EU en", "application_notice GB en"]
    assert found.told_apart == {"EU", "GB"}


def test_words_are_in_the_readers_language_else_in_english_else_as_they_are():
    words(Kind.APPLICATION_NOTICE, "EU", "en")
    words(Kind.APPLICATION_NOTICE, "EU", "de")
    words(Kind.EQUAL_OPPORTUNITY, "EU", "fr")
    posting = at(("FR", "", "Lyon"), language="de-at")

    assert shown(posting) == ["application_notice EU de", "equal_opportunity EU fr"]
    assert shown(posting, "it")[0] == "application_notice EU en"


def test_a_new_version_takes_over_at_its_time():
    now = timezone.now()
    words(Kind.APPLICATION_NOTICE, text="old", valid_to=now - dt.timedelta(hours=1))
    words(Kind.APPLICATION_NOTICE, text="now", valid_from=now - dt.timedelta(hours=1))
    words(Kind.APPLICATION_NOTICE, text="next", valid_from=now + dt.timedelta(hours=1))

    assert shown(at(("FR", "", "Lyon"))) == ["now"]


def test_software_is_spoken_of_only_where_it_is_used(monkeypatch):
    """AI-10."""
    words(Kind.AI_NOTICE)
    posting = at(("FR", "", "Lyon"))

    assert shown(posting) == []
    monkeypatch.setattr(notices, "software_used", [lambda job: False, lambda job: job == posting.job])
    assert shown(posting) == ["ai_notice * en"]
    monkeypatch.setattr(notices, "software_used", [])  # nobody knows: it is said
    assert shown(posting) == ["ai_notice * en"]


def test_work_from_afar_brings_the_notices_that_come_ahead_of_use(monkeypatch):
    """AI-10: people of New York City may apply for a job that is done from anywhere in the country."""
    monkeypatch.setattr(notices, "software_used", [])
    words(Kind.AI_NOTICE)
    words(Kind.AI_NOTICE, "US-NYC", wait_days=10)
    posting = at(("US", "Texas", "Austin"))
    here = shown(posting)
    posting.places.update(workplace="remote")

    assert here == ["ai_notice * en"]
    assert shown(Posting.objects.get(pk=posting.pk)) == ["ai_notice * en", "ai_notice US-NYC en"]


def test_the_consent_is_that_of_the_first_place():
    words(Kind.POOL_CONSENT)
    own = words(Kind.POOL_CONSENT, "GB")

    assert notices.at_form(at(("GB", "", "Leeds"), ("FR", "", "Lyon"))).consent == own
    assert notices.at_form(at(("FR", "", "Lyon"), ("GB", "", "Leeds"))).consent != own


def test_the_editor_says_which_words_are_missing():
    words(Kind.APPLICATION_NOTICE)
    words(Kind.APPLICATION_NOTICE, "EU")
    posting = at(("CA", "Ontario", "Toronto"), ("FR", "", "Lyon"))
    posting.translations.create(language="de", title="Ingenieurin", changed_at=timezone.now())

    said = [(one.sentence, one.stops) for one in findings(posting) if one.at == "notices"]

    assert said == [
        ("Ontario: no privacy notice of its own, so the general one is shown.", False),
        ("Not there in German, so shown in another language: privacy notice at the form.", False),
    ]


def test_nothing_goes_out_without_any_privacy_notice():
    said = [(one.sentence, one.stops) for one in findings(at(("FR", "", "Lyon"))) if one.at == "notices"]

    assert said == [("There is no privacy notice to show at the form: an administrator has to write one.", True)]


@pytest.mark.parametrize(("posting_places", "more"), [(1, 0), (4, 0)])
def test_choosing_asks_once_however_many_places(posting_places, more, django_assert_num_queries):
    words(Kind.APPLICATION_NOTICE)
    made = at(*[(code, "", code) for code in ("FR", "DE", "US", "GB")[:posting_places]])
    posting = Posting.objects.with_places().get(pk=made.pk)

    with django_assert_num_queries(1):
        notices.at_form(posting)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("*", "everywhere"),
        ("EU", "European Union"),
        ("US-NYC", "New York City"),
        ("CA-ON", "Ontario"),
        ("FR", "France"),
    ],
)
def test_jurisdictions_have_names(code, name):
    assert jurisdictions.name_of(code) == name
    assert jurisdictions.is_one(code)


@pytest.mark.parametrize("code", ["", "fr", "FRA", "US-XX", "US-NY-1", "Europe"])
def test_what_is_no_jurisdiction_is_told(code):
    assert not jurisdictions.is_one(code)
