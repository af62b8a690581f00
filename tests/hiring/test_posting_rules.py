"""What the law of its places wants of a posting, and wording that shuts people out. Standard ids: JOB-3, JOB-20, AI-4, AI-16."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from hiring import postings
from hiring.errors import Refused
from hiring.models import Location, Posting, PostingRule, RuleAnswer
from hiring.postings import rules, wording
from tests.factories import JobFactory, LocationFactory, PostingFactory

WORK = "You build pipelines that meters and people can trust, with a team that reviews and ships every week. " * 2
BENEFITS = "Benefits: health insurance and paid leave. "
ONTARIO = ("Toronto", "Ontario", "CA", "America/Toronto")
COLORADO = ("Denver", "CO", "US", "America/Denver")


@pytest.fixture(autouse=True)
def nothing_judges(monkeypatch):
    monkeypatch.setattr(rules, "ai_judges", [lambda job: False])


def at(place, words="", *, pay=(None, None), currency="CAD", period="YEAR", **fields):
    name, region, country, zone = place
    known = Location.objects.filter(name=name).first()
    location = known or LocationFactory(name=name, city=name, region=region, country=country, time_zone=zone)
    low, high = (None if end is None else Decimal(end) for end in pay)
    job = JobFactory(location=location, pay_min=low, pay_max=high, pay_currency=currency, pay_period=period)
    own = {"status": "draft", "first_published_at": None, "description": f"<p>{WORK}{words}</p>"}
    return PostingFactory(job=job, **{**own, **fields})


def keys(posting):
    return sorted(one.rule.key for one in rules.broken(posting))


VACANCY = "This posting is for an existing vacancy. "


@pytest.mark.parametrize(
    ("pay", "period", "expected"),
    [
        ((80_000, 130_000), "YEAR", []),
        ((80_000, 130_001), "YEAR", ["on-spread"]),
        ((120_000, 210_000), "YEAR", []),  # reaches above 200,000: may be wider
        ((80_000, None), "YEAR", ["on-spread"]),  # an open end is as wide as can be
        ((None, None), "YEAR", ["on-pay"]),
        ((20, 60), "HOUR", ["on-spread"]),
        ((20, 40), "HOUR", []),
    ],
)
def test_ontario_wants_a_range_of_fifty_thousand_at_most(db, pay, period, expected):
    """JOB-20b."""
    assert keys(at(ONTARIO, VACANCY, pay=pay, period=period)) == expected


def test_ontario_wants_pay_above_its_limit_neither_shown_nor_narrow(db):
    made = at(ONTARIO, VACANCY, pay=(150_000, 260_000), show_pay=False)

    assert keys(made) == []


def test_ontario_asks_for_statements_on_the_vacancy_and_on_ai(db, monkeypatch):
    """JOB-20b, AI-16: only where software judges; where nobody can tell, it is asked for."""
    made = at(ONTARIO, pay=(80_000, 90_000))
    without = keys(made)
    monkeypatch.setattr(rules, "ai_judges", [lambda job: True])
    with_it = keys(made)
    monkeypatch.setattr(rules, "ai_judges", [])

    assert (without, with_it, keys(made)) == (["on-vacancy"], ["on-ai", "on-vacancy"], ["on-ai", "on-vacancy"])


@pytest.mark.parametrize("key", ["on-ai", "on-vacancy", "us-contractor-tag-line", "co-last-day"])
def test_each_proposal_keeps_its_rule(db, key, monkeypatch):
    monkeypatch.setattr(rules, "ai_judges", [lambda job: True])
    rule = PostingRule.objects.get(key=key)
    PostingRule.objects.filter(pk=rule.pk).update(is_on=True)
    place = ONTARIO if key.startswith("on-") else COLORADO

    for proposal in rule.proposal.splitlines():
        assert key in keys(at(place, pay=(80_000, 90_000)))
        assert key not in keys(at(place, proposal, pay=(80_000, 90_000)))


def test_ontario_allows_no_canadian_experience_and_no_exemption(db, recruiter):
    """JOB-20b: neither in the text nor in the form."""
    text = at(ONTARIO, VACANCY + "Canadian experience is an asset.", pay=(80_000, 90_000))
    form = at(
        ("Ottawa", "ON", "CA", "America/Toronto"),
        VACANCY,
        pay=(80_000, 90_000),
        questions=[{"key": "x", "label": "Years of Canadian experience?", "type": "number"}],
    )

    assert keys(text) == keys(form) == ["on-canadian-experience"]
    with pytest.raises(Refused, match="no exception"):
        rules.answer(text, rules.broken(text)[0].rule, "We would rather have it.", by=recruiter)


@pytest.mark.parametrize(
    ("pay", "words", "last_day", "expected"),
    [
        ((80_000, 95_000), BENEFITS, True, []),
        ((80_000, None), BENEFITS, True, ["co-pay"]),
        ((80_000, 95_000), "", True, ["co-benefits"]),
        ((80_000, 95_000), BENEFITS, False, ["co-last-day"]),
        ((80_000, 95_000), BENEFITS + "Open until filled.", True, ["co-open-until-filled"]),
        ((80_000, 95_000), BENEFITS + "We accept applications on an ongoing basis.", False, []),
    ],
)
def test_colorado_wants_a_closed_range_benefits_and_a_last_day(db, pay, words, last_day, expected):
    """JOB-20c."""
    end = dt.datetime(2031, 1, 1, tzinfo=dt.UTC) if last_day else None

    assert keys(at(COLORADO, words, pay=pay, currency="USD", expires_at=end)) == expected


@pytest.mark.parametrize(
    ("city", "region", "expected"),
    [
        ("Los Angeles", "California", ["us-ca-pay"]),
        ("Seattle", "WA", ["us-wa-benefits", "us-wa-pay"]),
        ("New York", "NY", ["us-ny-pay", "us-nyc-pay"]),
        ("Albany", "New York", ["us-ny-pay"]),
        ("Austin", "TX", []),
    ],
)
def test_states_and_cities_are_rows(db, city, region, expected):
    """JOB-20c."""
    assert keys(at((city, region, "US", "America/New_York"))) == expected


def test_a_federal_contractor_owes_a_line_and_a_listing_with_its_number(db, recruiter):
    """JOB-20d: switched on by those who are; what was done is kept with who, when and where."""
    PostingRule.objects.filter(key__startswith="us-contractor").update(is_on=True)
    made = at(("Austin", "TX", "US", "America/Chicago"))
    line, listing = (
        PostingRule.objects.get(key="us-contractor-tag-line"),
        PostingRule.objects.get(key="us-contractor-listing"),
    )
    before = keys(made)
    postings.edit(made, by=recruiter, description=f"{WORK}\n\n{line.proposal}")
    made.refresh_from_db()

    said = rules.answer(made, listing, "WorkInTexas, job order 1234567", by=recruiter)

    assert before == ["us-contractor-listing", "us-contractor-tag-line"]
    assert (said.kind, said.by, said.reason) == ("done", recruiter, "WorkInTexas, job order 1234567")
    assert [(one.rule.key, one.stops) for one in rules.broken(made)] == [("us-contractor-listing", False)]
    internal = at(("Dallas", "TX", "US", "America/Chicago"), audience="colleagues")
    assert keys(internal) == []


def test_every_place_keeps_the_law_of_its_own(db):
    """Pay is told place by place; the one of a place elsewhere counts for nothing."""
    made = at(("Austin", "TX", "US", "America/Chicago"))
    graz = LocationFactory(name="Graz", city="Graz", country="AT")
    made.places.create(location=graz, position=1, pay="none")
    silent = keys(Posting.objects.get(pk=made.pk))
    made.places.filter(location=graz).update(pay="own", pay_min=Decimal(42_000), pay_currency="EUR")

    assert (silent, keys(Posting.objects.get(pk=made.pk))) == (["eu-pay"], [])


def test_remote_work_from_a_country_keeps_its_law(db):
    """JOB-9, JOB-20a."""
    made = at(("Austin", "TX", "US", "America/Chicago"), place__workplace="remote", remote_countries="US, DE")

    assert keys(made) == ["eu-pay"]


# --- exemptions -----------------------------------------------------------------------------------------------------


def test_an_exemption_is_named_kept_and_lets_it_out(db, recruiter):
    """JOB-20: who, why, when; taken back only while it is not out."""
    made = at(ONTARIO, VACANCY)
    rule = PostingRule.objects.get(key="on-pay")
    with pytest.raises(Refused, match="range"):
        postings.publish(made, by=recruiter)
    with pytest.raises(Refused, match="sentence"):
        rules.answer(made, rule, "no", by=recruiter)

    said = rules.answer(made, rule, "We have 12 people, and the law begins at 25.", by=recruiter)
    out = postings.publish(made, by=recruiter)

    assert (said.by, said.kind, out.status) == (recruiter, "exempt", "published")
    with pytest.raises(Refused, match="is out by this word"):
        rules.take_back(out, rule, by=recruiter)
    postings.unpublish(out, by=recruiter)
    rules.take_back(out, rule, by=recruiter)
    assert keys(made) == ["on-pay"] and rules.broken(made)[0].stops
    assert RuleAnswer.objects.get().taken_back_at


def test_one_answer_at_a_time(db, recruiter):
    made = at(ONTARIO, VACANCY)
    rule = PostingRule.objects.get(key="on-pay")
    rules.answer(made, rule, "We have 12 people here.", by=recruiter)
    rules.answer(made, rule, "We have 14 people here.", by=recruiter)

    assert made.rule_answers.filter(taken_back_at=None).get().reason == "We have 14 people here."
    with pytest.raises(IntegrityError), transaction.atomic():
        made.rule_answers.create(rule=rule, kind="exempt", reason="x", by=recruiter, at=made.changed_at)


def test_a_rule_that_is_kept_needs_no_word(db, recruiter):
    with pytest.raises(Refused, match="keeps that rule"):
        rules.answer(
            at(ONTARIO, VACANCY), PostingRule.objects.get(key="eu-pay"), "It does not apply here.", by=recruiter
        )


def test_rules_that_ended_or_have_not_begun_or_are_off_ask_for_nothing(db):
    made = at(("Wilmington", "DE", "US", "America/New_York"), pay=(None, None))
    delaware = PostingRule.objects.get(key="us-de-pay")
    PostingRule.objects.filter(pk=delaware.pk).update(valid_from=dt.date(2999, 1, 1))
    future = keys(made)
    PostingRule.objects.filter(pk=delaware.pk).update(valid_from=dt.date(2020, 1, 1))
    now = keys(made)
    PostingRule.objects.filter(pk=delaware.pk).update(valid_to=dt.date(2021, 1, 1))
    over = keys(made)
    PostingRule.objects.filter(pk=delaware.pk).update(valid_to=None, is_on=False)

    assert (future, now, over, keys(made)) == ([], ["us-de-pay"], [], [])


@pytest.mark.parametrize("places", [1, 4])
def test_the_rules_cost_the_same_for_one_place_and_for_many(db, places, django_assert_num_queries):
    made = at(ONTARIO)
    for number in range(1, places):
        made.places.create(location=LocationFactory(country="AT"), position=number)
    loaded = type(made).objects.with_places().prefetch_related("translations", "rule_answers").get(pk=made.pk)

    with django_assert_num_queries(2):  # the rules, and the notices that hold in these places
        postings.findings(loaded)


# --- wording --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "language", "word"),
    [
        ("Salesman", "en", "Salesman"),
        ("Chairman of the Board", "en", "Chairman"),
        ("Stewardess", "de", "Stewardess"),
        ("Kauffrau für Büromanagement", "de", "Kauffrau"),
        ("Ingenieurin Netzplanung", "de", "Ingenieurin"),
        ("Krankenschwester", "de", "Krankenschwester"),
        ("Directrice financière", "fr", "Directrice"),
        ("Programadora", "es", "Programadora"),
        ("Kauffrau (m/w/d)", "de", ""),
        ("Ingenieur:in", "de", ""),
        ("Ingenieur*in", "de", ""),
        ("Directeur·rice financier·e", "fr", ""),
        ("Ingénieure (H/F)", "fr", ""),
        ("Data Engineer", "en", ""),
        ("Teamleitung Netzbetrieb", "de", ""),
        ("Pflegefachkraft", "de", ""),
        ("Manager in Berlin", "de", ""),
    ],
)
def test_titles_that_name_one_gender_are_found(title, language, word):
    """JOB-20a."""
    assert wording.gendered(title, language) == word


@pytest.mark.parametrize(
    "title", ["Ingenieur*in", "Ingenieur:in", "Ingenieur (m/w/d)", "Ingenieur_in", "Ingénieur·e", "Ingénieur (H/F)"]
)
def test_marks_for_all_genders_are_no_punctuation(title):
    """JOB-3 next to JOB-20a."""
    assert postings.title_problems(title) == []


def test_a_gendered_title_stops_in_the_union_and_says_what_to_write(db):
    """JOB-20a."""
    made = at(("Graz", "", "AT", "Europe/Vienna"), pay=(40_000, 50_000), title="Salesman")

    assert postings.problems(made) == ["“Salesman” names one gender: write “salesperson”."]
    assert [
        one.sentence for one in postings.findings(at(("Austin", "TX", "US", "UTC"), title="Salesman")) if one.stops
    ] == []


def test_a_masculine_title_is_a_hint_in_languages_that_have_a_mark(db):
    assert wording.title_hints("Ingenieur Netzplanung", "de") == [
        "“Ingenieur” is a man's word to many readers: add “(m/w/d)”."
    ]
    assert wording.title_hints("Ingenieur (m/w/d)", "de") == wording.title_hints("Senior Engineer", "en") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Join a young and dynamic team.", "young"),
        ("You are a digital native.", "digital native"),
        ("Native English speaker wanted.", "Native English speaker"),
        ("Muttersprachler bevorzugt.", "Muttersprachler"),
        ("Ein junges Team sucht Verstärkung.", "junges"),
        ("He will report to the CFO.", "He"),
        ("You are able-bodied.", "able-bodied"),
        ("We look for a rockstar.", "rockstar"),
    ],
)
def test_words_that_shut_people_out_are_hints(text, word):
    found = wording.text_hints(text)

    assert found and found[0].startswith(f"“{word}”")


@pytest.mark.parametrize(
    "text",
    [
        "We welcome applications regardless of age, sex, religion or nationality.",
        "All genders are welcome. We are an equal opportunity employer of women, men and everyone.",
        "Schwerbehinderte werden bei gleicher Eignung bevorzugt, unabhängig von Alter und Herkunft.",
        "You work with young people in our training centre.",
        "In the age of renewables, grids have to change.",
        "You debug race conditions.",
        "You and they decide together; s/he or they may work from home.",
    ],
)
def test_sentences_that_open_the_door_are_left_alone(text):
    assert wording.text_hints(text) == []
