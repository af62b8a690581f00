"""A text in, a profile out: where each value stands, what is never taken for one, and that no text can hurt."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from hiring.resumes.parsing import parse
from hiring.resumes.profile import Certificate, Education, Found, Language, Position, Profile, Skill

TODAY = dt.date(2026, 6, 15)


def read(text: str, regions: tuple[str, ...] = ("DE", "FR", "GB", "US")) -> Profile:
    return parse(text, regions=regions, today=TODAY)


# What comes out survives being stored

WORDS = st.text(max_size=12)
FOUND = st.builds(Found, WORDS, st.integers(0, 9999), st.integers(0, 9999), st.floats(0, 1))
MAYBE = st.none() | FOUND
MONTHS = st.none() | st.sampled_from(["2020", "2020-01", "1999-12"])


def some(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3).map(tuple)


PROFILES = st.builds(
    Profile,
    name=MAYBE,
    emails=some(FOUND),
    phones=some(FOUND),
    links=some(FOUND),
    location=MAYBE,
    headline=MAYBE,
    summary=MAYBE,
    positions=some(st.builds(Position, MAYBE, MAYBE, MAYBE, MONTHS, MONTHS, st.booleans(), FOUND, st.floats(0, 1))),
    education=some(st.builds(Education, MAYBE, MAYBE, MAYBE, MONTHS, MONTHS, FOUND)),
    skills=some(st.builds(Skill, WORDS, some(FOUND), WORDS, st.booleans(), st.none() | st.integers(0, 600))),
    languages=some(st.builds(Language, st.sampled_from(["de", "en"]), FOUND, WORDS)),
    certificates=some(st.builds(Certificate, FOUND, MONTHS)),
    years_stated=st.none() | st.floats(0, 60),
    years_computed=st.none() | st.floats(0, 60),
    text_language=st.sampled_from(["", "de"]),
    parser_version=WORDS,
    warnings=some(WORDS),
)


@settings(max_examples=150, deadline=None)
@given(PROFILES)
def test_a_profile_survives_json_unchanged(profile):
    assert Profile.from_json(json.loads(json.dumps(profile.as_json()))) == profile


def test_a_profile_of_a_later_version_is_read_without_what_is_new():
    assert Profile.from_json({"parser_version": "9", "photo": "x"}) == Profile(parser_version="9")
