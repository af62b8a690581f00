"""Values of a query: times, ages and numbers as people write them, and what is said about those that are none."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import query
from hiring.query import QueryError, edits
from hiring.query.tree import Term
from hiring.query.values import months, span

PARIS, AUCKLAND = zoneinfo.ZoneInfo("Europe/Paris"), zoneinfo.ZoneInfo("Pacific/Auckland")
NOW = dt.datetime(2026, 5, 31, 22, 30, tzinfo=dt.UTC)  # half past midnight on 1 June in Paris


def read(text, zone=PARIS):
    """From and until, as they stand on a clock of that zone."""
    term = query.parse(f"applied:{text}")
    return tuple(moment and moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") for moment in span(term, NOW, zone))


def day(text):
    return f"{text} 00:00"


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-01-31", day("2026-01-31"), day("2026-02-01")),
        ("31.1.2026", day("2026-01-31"), day("2026-02-01")),
        ("31/01/2026", day("2026-01-31"), day("2026-02-01")),
        ("01/31/2026", day("2026-01-31"), day("2026-02-01")),
        ("2026-02", day("2026-02-01"), day("2026-03-01")),
        ("02.2026", day("2026-02-01"), day("2026-03-01")),
        ("feb-2026", day("2026-02-01"), day("2026-03-01")),
        ('"February 2026"', day("2026-02-01"), day("2026-03-01")),
        ("2026-12", day("2026-12-01"), day("2027-01-01")),
        ("2026-Q1", day("2026-01-01"), day("2026-04-01")),
        ("q4-2025", day("2025-10-01"), day("2026-01-01")),
        ("2026-W01", day("2025-12-29"), day("2026-01-05")),
        ("2026", day("2026-01-01"), day("2027-01-01")),
        ("today", day("2026-06-01"), day("2026-06-02")),
        ("yesterday", day("2026-05-31"), day("2026-06-01")),
        ("this-month", day("2026-06-01"), day("2026-07-01")),
        ('"last month"', day("2026-05-01"), day("2026-06-01")),
        ("last-quarter", day("2026-01-01"), day("2026-04-01")),
        ("last-year", day("2025-01-01"), day("2026-01-01")),
        ("this-week", day("2026-06-01"), day("2026-06-08")),
        (">2026-01", day("2026-02-01"), None),
        (">=2026-01", day("2026-01-01"), None),
        ("<2026-01", None, day("2026-01-01")),
        ("<=2026-01", None, day("2026-02-01")),
        ("2026-01..2026-03", day("2026-01-01"), day("2026-04-01")),
        ("2026-03..2026-01", day("2026-01-01"), day("2026-04-01")),
        ("2026-Q1..2026-Q2", day("2026-01-01"), day("2026-07-01")),
        ("2026-01..", day("2026-01-01"), None),
        ("..2026-01", None, day("2026-02-01")),
        (">30d", None, "2026-05-02 00:30"),
        ("<30d", "2026-05-02 00:30", None),
        ("30d", "2026-05-02 00:30", None),
        ("24h", "2026-05-31 00:30", None),
        ("3m", "2026-02-28 23:30", None),
        ("30d..90d", "2026-03-02 23:30", "2026-05-02 00:30"),
        ("90d..30d", "2026-03-02 23:30", "2026-05-02 00:30"),
        ("30d..", None, "2026-05-02 00:30"),
        ("..30d", "2026-05-02 00:30", None),
        ("90d..2026-04", "2026-03-02 23:30", day("2026-05-01")),
    ],
)
def test_times_are_read_as_people_write_them(text, begins, ends):
    assert read(text) == (begins, ends)


def test_a_day_is_the_day_of_whoever_asks():
    assert read("today") == (day("2026-06-01"), day("2026-06-02"))
    assert read("yesterday", AUCKLAND) == (day("2026-05-31"), day("2026-06-01"))
    assert span(Term("applied", "today"), NOW, PARIS) != span(Term("applied", "today"), NOW, AUCKLAND)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "“soon” is not a time. Write a date"),
        ("2026-13", "not a time"),
        ("2026-02-30", "not a time"),
        ("2026-W60", "not a time"),
        ("0000", "not a time"),
        ("9999-12-31", "not a time"),
        ("9999y", "not a time"),
        ("03/04/2026", "“03/04/2026” could be 2026-04-03 or 2026-03-04. Write it as year-month-day."),
    ],
)
def test_what_is_no_time_is_said(text, said):
    with pytest.raises(QueryError) as caught:
        read(text)

    assert said in caught.value.message


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5", 60, 71),
        (">5", 72, None),
        (">=5", 60, None),
        ("5+", 60, None),
        ("<5", None, 59),
        ("<=5", None, 71),
        ("3..8", 36, 107),
        ("8..3", 36, 107),
        ("3..", 36, None),
        ("..8", None, 107),
        ("2.5", 27, 33),
        ("2,5", 27, 33),
        (">=2.5", 30, None),
        (">=2,5", 30, None),
        (">2.5", 31, None),
        ("<2.5", None, 29),
        ("2.5..5", 30, 71),
        ("2,5..3,5", 30, 42),
        ("18mo..3", 18, 47),
        (">=18months", 18, None),
        ('"5 years"', 60, 71),
        ("5y", 60, 71),
        ("0.5", 3, 9),
    ],
)
def test_years_may_have_parts_and_ranges_either_order(text, low, high):
    assert months(query.parse(f"experience:{text}")) == (low, high)


@pytest.mark.parametrize("text", ["many", "2.5.1", "5d", "-3", "1e3", "..many", "1234567"])
def test_what_is_no_number_of_years_is_said(text):
    with pytest.raises(QueryError, match=r"is not a number of years\. Write experience:>=5"):
        months(query.parse(f"experience:{text}"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=12), st.sampled_from(["", ">", ">=", "<", "<=", ".."]), st.text(max_size=6))
def test_any_value_is_read_or_refused(text, op, to):
    for reads in (months, lambda term: span(term, NOW, AUCKLAND)):
        try:
            low, high = reads(Term("applied", text, op, to))
        except QueryError as problem:
            assert problem.message
        else:
            assert low is None or high is None or op == "" or low <= high


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("kafka has:resme -java", "kafka has:resume -java"),
        ("is:prospct", "is:prospect"),
        ("has:(resme OR phone)", ""),
        ("near:Berln 20 km", "near:Berlin 20km"),
        ("kafka applied:never", "kafka -is:applicant"),
        ("stage:aplied kafka", "stage:applied kafka"),
        ("kafka skil:python", "kafka skill:python"),
        ("skil:python AND", "skill:python"),
        ("skil:python has:resme OR", "skill:python has:resume"),
        ("skil:python zzqx:1", ""),  # rather nothing than an offer that is wrong again
        ("skil:python experience:many", ""),
    ],
)
def test_a_wrong_value_is_put_right_where_it_stands(recruiter, text, offer):
    with pytest.raises(QueryError) as caught:
        query.people(recruiter, text)

    assert edits.put_right(text, caught.value, recruiter) == offer
    if offer:
        query.people(recruiter, offer)
