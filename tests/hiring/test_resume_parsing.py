"""A text in, a profile out: where each value stands, what is never taken for one, and that no text can hurt."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
import unicodedata

import pytest
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


# Where values stand

WORDS_OF_RESUMES = st.sampled_from(
    """Jan 2020 – Present|03/2018 - 12/2019|2015|Senior Engineer|at|Quill Bank GmbH|EXPERIENCE|Skills:|Python, R, Go|• Built pipelines in
    Scala|Education|MSc Physics, University of Delft|Zoë Müller-Ångström|zoe@müller.example|+49 30 901820|Name:|Languages|German (C1)
    |References|boss@other.example
    |www.zoe.example/me|ﬁne\u200b ligature|Ｆｕｌｌ width|S K I L L S|\t|2012 - 2010|seit 2019|10+ years of experience
    |Lyon, France
    |Curriculum Vitae|e-mail : a @ b.example|'19|√2|🙂|\x00|\u202eevil|İstanbul|ß|n\u0303|AWS Certified Developer Associate""".replace(
        "\n    ", " "
    ).split("|")
)
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(WORDS_OF_RESUMES, max_size=60).flatmap(
        lambda parts: st.lists(
            st.sampled_from(["\n", "\n\n", " ", ", ", " | ", "\t"]), min_size=len(parts), max_size=len(parts)
        ).map(lambda gaps: "".join(part + gap for part, gap in zip(parts, gaps, strict=True)))
    ),
)


def every_found(value: object) -> list[Found]:
    if isinstance(value, Found):
        return [value]
    if isinstance(value, tuple):
        return [found for one in value for found in every_found(one)]
    fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else ()
    return [found for field in fields for found in every_found(getattr(value, field.name))]


def letters(text: str) -> str:
    """What two ways of writing the same have in common: letters and digits, compared without case, width and accents."""
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in split if char.isalnum())


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_value_stands_where_it_says(text):
    """Whatever the text is: nothing raises, and `text[start:end]` holds each value (numbers in international form)."""
    profile = read(text)

    for found in every_found(profile):
        assert 0 <= found.start < found.end <= len(text)
        assert 0 <= found.confidence <= 1
        if found in profile.phones:
            national = "".join(
                char for char in unicodedata.normalize("NFKC", text[found.start : found.end]) if char.isdigit()
            )
            assert national[-6:] == found.value[-6:]
        else:
            assert letters(found.value) == letters(text[found.start : found.end])
    assert Profile.from_json(json.loads(json.dumps(profile.as_json()))) == profile


HOSTILE = {
    "one letter": "a" * 400_000,
    "at signs": "a@" * 200_000,
    "dots": "a." * 200_000,
    "digits": "1" * 400_000,
    "digits apart": "1 " * 200_000,
    "years": "2019-" * 80_000,
    "blanks": " " * 400_000,
    "lines": "\n" * 400_000,
    "commas": "Skills\n" + "a," * 190_000,
    "terms": "Skills\n" + "Python, " * 49_000,
    "terms in prose": "Experience\n" + "used java and python and sql " * 13_000,
    "headings": "Experience\n" * 36_000,
    "dated lines": "Experience\n" + "Engineer, Bank GmbH 2001 - 2019\n" * 12_000,
    "degrees": "Education\n" + "BSc Physics, University of Delft\n" * 12_000,
    "brackets": "(" * 200_000 + ")" * 200_000,
    "spaced capitals": "S K I L L S " * 33_000,
    "combining": "e\u0301" * 200_000,
    "marks": "\u0301" * 400_000,
    "joined": "x and y or " * 36_000,
    "ors in a list": "Skills\n" + "x and y " * 49_000,
    "streets": "1 Street, " * 40_000,
    "places": "Lyon, France | " * 26_000,
    "months": "january " * 50_000,
    "labels": "Name: " * 66_000,
    "upper": "A B " * 100_000,
    "links": "http://a.b/" * 36_000,
    "languages": "Languages\n" + "German (C1) " * 33_000,
    "legal": "& Co " * 80_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_work_grows_with_the_length_of_a_text_and_no_faster(what):
    """Steps are counted rather than time: four times the text is at most about four times the work (SEC-16)."""
    text = HOSTILE[what]
    read(text)

    quarter, whole = calls(text[:10_000]), calls(text[:40_000])

    assert whole <= 5 * quarter + 5_000


def calls(text: str) -> int:
    """How many function calls, including those of built-ins such as regular expressions, a parse takes."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return count


# Whole résumés

FULL = """Samira Rahimi
Senior Data Engineer
12 Rue de la Paix, 69001 Lyon, France | samira.rahimi@mail.example | 06 12 34 56 78 | linkedin.com/in/samira-rahimi

SUMMARY
Data engineer with 8+ years of experience in building pipelines with Python and Spark.

PROFESSIONAL EXPERIENCE
Senior Data Engineer, Quill Bank                                    Jan 2020 – Present
• Built pipelines in Python and Kafka; ran queries and supported work of others.
• Managed a team of 4.
Data Engineer, Northwind Traders GmbH                                    03/2016 - 06/2020
• Wrote Python and SQL.

EDUCATION
Master of Science in Computer Science, Université Claude Bernard, 2014 - 2016
BSc Mathematics, University of Tehran, 2010 - 2014

SKILLS
Python, SQL, project management, stakeholder wrangling, support, queries
Languages: French (native), English (C1), German - basic

CERTIFICATIONS
AWS Certified Solutions Architect, 2021

REFERENCES
John Boss, boss@other.example, +44 20 7946 0958
"""


def of(found: Found | None) -> str | None:
    return found.value if found else None


def test_a_whole_resume_becomes_a_profile():
    profile = read(FULL, ("FR", "DE"))

    assert of(profile.name) == "Samira Rahimi"
    assert of(profile.headline) == "Senior Data Engineer"
    assert of(profile.location) == "Lyon, France"
    assert [one.value for one in profile.emails] == ["samira.rahimi@mail.example"]
    assert [one.value for one in profile.phones] == ["+33612345678"]
    assert [one.value for one in profile.links] == ["linkedin.com/in/samira-rahimi"]
    assert [(of(p.title), of(p.employer), p.start, p.end, p.is_current) for p in profile.positions] == [
        ("Senior Data Engineer", "Quill Bank", "2020-01", None, True),
        ("Data Engineer", "Northwind Traders GmbH", "2016-03", "2020-06", False),
    ]
    assert [(of(e.degree), of(e.school), e.start, e.end) for e in profile.education] == [
        ("Master of Science in Computer Science", "Université Claude Bernard", "2014", "2016"),
        ("BSc Mathematics", "University of Tehran", "2010", "2014"),
    ]
    assert [(one.code, one.level) for one in profile.languages] == [("fr", "native"), ("en", "C1"), ("de", "basic")]
    assert [(of(one.name), one.date) for one in profile.certificates] == [("AWS Certified Solutions Architect", "2021")]
    assert (profile.text_language, profile.years_stated, profile.years_computed) == ("en", 8, 10.3)
    assert profile.warnings == ("The text speaks of 8 years of experience; the dated jobs add up to 10.3.",)


def test_skills_come_with_their_proof_and_common_words_are_none():
    """Overlapping months count once; `ran`, `work`, `support` and `queries` are words, whatever a public list says."""
    skills = {skill.name: skill for skill in read(FULL).skills}

    python = skills["Python"]
    assert (python.section, python.is_strong, python.months, len(python.evidence)) == ("experience", True, 124, 4)
    assert (skills["Project management"].is_strong, skills["Project management"].months) == (False, None)
    assert "stakeholder wrangling" in skills
    assert not {"ran", "work", "support", "queries", "team", "others"} & {name.lower() for name in skills}
