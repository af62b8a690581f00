"""The data block of a posting against a schema of the JOB rules, on awkward postings. Standard ids: JOB-1 to JOB-13, JOB-19."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from django.urls import reverse

from hiring import jobs, postings
from hiring.models import Job
from sourcing.careers import markup
from tests.factories import LocationFactory, PostingFactory

SCHEMA = json.loads((Path(__file__).parent / "job_posting.schema.json").read_text())
CHECK = jsonschema.Draft202012Validator(SCHEMA)
LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"


def place(name, country="FR", zone="Europe/Paris", region=""):
    return LocationFactory(name=name, city=name, country=country, time_zone=zone, region=region)


def data_on(page) -> dict:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.DOTALL)
    assert len(blocks) == 1
    return json.loads(blocks[0])


def read(client, posting) -> dict:
    """What the page says to search engines, once it fits the schema."""
    data = data_on(client.get(reverse("careers:posting", args=[posting.slug])))
    assert [error.message for error in CHECK.iter_errors(data)] == []
    return data


def test_the_schema_is_one_and_refuses_what_search_engines_refuse():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    bad = {"@context": "https://schema.org", "@type": "JobPosting", "title": "", "employmentType": ["Full time"]}

    assert len(list(CHECK.iter_errors(bad))) > 5


def test_three_sites_are_three_places_and_one_range(client, db):
    """JOB-8: an array, the primary one first."""
    sites = [place("Lyon"), place("Lille", region="Hauts-de-France"), place("Nantes")]
    made = PostingFactory(place=sites, job__location=sites[0], job__pay_min=Decimal(50000), job__pay_max=Decimal(60000))

    data = read(client, made)

    assert [one["address"]["addressLocality"] for one in data["jobLocation"]] == ["Lyon", "Lille", "Nantes"]
    assert data["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "unitText": "YEAR",
        "minValue": 50000,
        "maxValue": 60000,
    }


def test_sites_that_pay_differently_are_one_span_that_the_page_says_too(client, db):
    """JOB-7, JOB-12: told by place on the page, as a span in the data."""
    lyon, lille = place("Lyon"), place("Lille")
    made = PostingFactory(
        place=[lyon, lille], job__location=lyon, job__pay_min=Decimal(50000), job__pay_max=Decimal(60000)
    )
    made.places.filter(location=lille).update(pay="own", pay_min=Decimal(46000), pay_max=Decimal(55000))

    data = read(client, made)
    page = client.get(made.get_absolute_url()).content.decode()

    value = data["baseSalary"]["value"]
    assert (value["minValue"], value["maxValue"]) == (46000, 60000)
    for said in (
        "€\u00a046,000 to 60,000",
        "depending on the place",
        "€\u00a046,000 to 55,000",
        "€\u00a050,000 to 60,000",
    ):
        assert said in page


@pytest.mark.parametrize("other", [{"pay_currency": "CHF"}, {"pay_period": "MONTH"}, {"pay": "none"}])
def test_sites_that_share_no_measure_have_no_range_in_common(client, db, other):
    lyon, basel = place("Lyon"), place("Basel", "CH", "Europe/Zurich")
    made = PostingFactory(
        place=[lyon, basel], job__location=lyon, job__pay_min=Decimal(50000), job__pay_max=Decimal(60000)
    )
    own = {"pay": "own", "pay_min": Decimal(90000), "pay_max": Decimal(99000)} | other
    made.places.filter(location=basel).update(**own)

    assert "baseSalary" not in read(client, made)
    assert "€\u00a050,000 to 60,000" in client.get(made.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("pay", "expected"),
    [
        (
            {"job__pay_min": Decimal(50000), "job__pay_max": Decimal(50000)},
            ("EUR", {"value": 50000, "unitText": "YEAR"}),
        ),
        (
            {
                "job__pay_min": Decimal(1800),
                "job__pay_max": Decimal(2400),
                "job__pay_currency": "JPY",
                "job__pay_period": "HOUR",
            },
            ("JPY", {"minValue": 1800, "maxValue": 2400, "unitText": "HOUR"}),
        ),
        ({"job__pay_min": Decimal("17.50"), "job__pay_period": "HOUR"}, ("EUR", {"value": 17.5, "unitText": "HOUR"})),
        ({}, None),
        ({"job__pay_min": Decimal(50000), "show_pay": False}, None),
    ],
)
def test_pay_is_a_number_as_it_is_stated_or_absent(client, db, pay, expected):
    """JOB-7: minimum equal to maximum, hourly in yen, unpaid, not shown."""
    said = read(client, PostingFactory(**pay)).get("baseSalary")

    given = said and (said["currency"], {key: value for key, value in said["value"].items() if key != "@type"})
    assert given == expected


@pytest.mark.parametrize(
    ("last_day", "zone", "expected"),
    [
        (dt.date(2027, 3, 27), "Europe/Paris", "2027-03-28T00:00:00+01:00"),
        (dt.date(2027, 3, 28), "Europe/Paris", "2027-03-29T00:00:00+02:00"),  # a day of 23 hours
        (dt.date(2027, 10, 31), "Europe/Paris", "2027-11-01T00:00:00+01:00"),  # and one of 25
        (dt.date(2027, 6, 1), "Asia/Kolkata", "2027-06-02T00:00:00+05:30"),
    ],
)
def test_the_last_day_ends_at_midnight_of_its_place_over_changes_of_clocks(client, db, last_day, zone, expected):
    """JOB-5."""
    made = PostingFactory(job__location=place("Somewhere", zone=zone))
    made.expires_at = postings.end_of(last_day, made)
    made.save()

    data = read(client, made)

    assert data["validThrough"] == expected
    assert data["validThrough"] > data["datePosted"]


def test_a_reopened_job_keeps_its_address_its_id_and_its_first_day(client, recruiter):
    """JOB-5, JOB-11."""
    made = PostingFactory(description=LONG, job__pay_min=Decimal(50000))
    type(made).objects.filter(pk=made.pk).update(first_published_at=dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC))
    before = read(client, made)

    jobs.close(made.job, by=recruiter, reason="Filled")
    gone = client.get(made.get_absolute_url()).status_code
    Job.objects.filter(pk=made.job_id).update(status="open", closed_at=None)
    made.refresh_from_db()
    postings.publish(made, by=recruiter)

    assert gone == 410
    after = read(client, made)
    assert (after["url"], after["identifier"], after["datePosted"]) == (
        before["url"],
        before["identifier"],
        "2026-01-05",
    )


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("R&D </script> lead", "<p>Ends </script><script>alert(1)</script> and <!-- here -->.</p>"),
        ("مهندس بيانات", "<p>שלום 👩‍🔧 مرحبا ‏بكم</p>"),
        ('Quote " and \\ back', "<p>\u2028 \u2029 ]]&gt; &amp;lt;</p>"),
    ],
)
def test_no_words_break_the_block(client, db, title, text):
    """JOB-4: </script>, right-to-left letters, emoji."""
    data = read(client, PostingFactory(title=title, description=text))

    assert data["title"] == title
    assert "alert(1)" not in re.sub(r"&lt;.*?&gt;", "", data["description"])


@pytest.mark.parametrize(
    "workplaces",
    [["remote"], ["remote", "remote"], ["on_site", "remote"], ["hybrid", "hybrid"], ["remote", "hybrid", "on_site"]],
)
def test_only_fully_remote_places_are_telecommuting(client, db, workplaces):
    """JOB-9: a job that may be done at a place or remotely says both; hybrid has a place."""
    sites = [place(f"Place {number}") for number in range(len(workplaces))]
    made = PostingFactory(place=sites, job__location=sites[0])
    for site, workplace in zip(made.places.all(), workplaces, strict=True):
        type(site).objects.filter(pk=site.pk).update(workplace=workplace)

    data = read(client, made)

    places = data.get("jobLocation", [])
    assert len(places if isinstance(places, list) else [places]) == sum(one != "remote" for one in workplaces)
    assert ("jobLocationType" in data) == ("remote" in workplaces)


@pytest.mark.parametrize("hidden", [{"audience": "colleagues"}, {"job__confidential": True}])
def test_internal_and_confidential_postings_have_no_block(client, recruiter, hidden):
    made = PostingFactory(first_published_at=None, **hidden)
    for somebody in (None, recruiter):
        if somebody:
            client.force_login(somebody)
        assert "ld+json" not in client.get(made.get_absolute_url()).content.decode()


def test_what_ended_has_no_block_and_what_is_told_follows_the_page(client, recruiter):
    """JOB-13."""
    made = PostingFactory(description=LONG, job__pay_min=Decimal(50000))
    postings.unpublish(made, by=recruiter)

    page = client.get(made.get_absolute_url())

    assert page.status_code == 410
    assert "ld+json" not in page.content.decode()
    assert markup.job_posting(made)["@type"] == "JobPosting"
