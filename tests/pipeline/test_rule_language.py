"""The language of conditions: what fits, what can fit at all, and that silence never does. Against brute force over small domains."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiring import conditions, working_time
from hiring.conditions import Atom, Conditions, Group, dump, matches, parse
from hiring.errors import Refused
from pipeline.rules import facts, reach

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
CHOICES = ("a", "b", "c")
DATES = tuple(f"2026-03-0{n}" for n in range(1, 5))
FACTS = {
    "answer:yn": "yes_no",
    "answer:one": "choice",
    "answer:some": "multi",
    "answer:n": "number",
    "answer:d": "date",
}
UNIVERSE = {"answer:one": CHOICES, "answer:some": CHOICES}

DOMAINS = {
    "answer:yn": ["yes", "no"],
    "answer:one": list(CHOICES),
    "answer:some": [frozenset(one) for n in (1, 2, 3) for one in itertools.combinations(CHOICES, n)],
    "answer:n": [n / 2 for n in range(-3, 10)],  # between and beyond the whole numbers that are compared with
    "answer:d": [f"2026-0{m}-{d:02}" for m, d in [(2, 28), (3, 1), (3, 2), (3, 3), (3, 4), (3, 5)]],
}
"""Every value that can make a difference to an atom below. Dates lie close together, as days do; numbers do not."""


def values_of(kind):
    some = st.sets(st.sampled_from(CHOICES), min_size=1, max_size=2).map(lambda found: tuple(sorted(found)))
    return {
        "yes_no": st.sampled_from([("yes",), ("no",)]),
        "choice": some,
        "multi": some,
        "number": st.integers(0, 3).map(lambda n: (float(n),)),
        "date": st.sampled_from(DATES).map(lambda day: (day,)),
    }[kind]


@st.composite
def atoms(draw):
    fact, kind = draw(st.sampled_from(sorted(FACTS.items())))
    return Atom(fact, kind, draw(st.sampled_from(sorted(conditions.OPERATORS[kind]))), draw(values_of(kind)), fact)


groups = st.builds(Group, st.sampled_from(["all", "any"]), st.lists(atoms(), min_size=1, max_size=3).map(tuple))
some_conditions = st.builds(Conditions, st.sampled_from(["all", "any"]), st.lists(groups, max_size=3).map(tuple))
known = st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in DOMAINS.items()})


def assignments(*asked):
    """All facts that can matter to these conditions, known each."""
    named = sorted({atom.fact for one in asked for atom in one.atoms})
    for picked in itertools.product(*(DOMAINS[fact] for fact in named)):
        yield dict(zip(named, picked, strict=True))


@given(some_conditions, some_conditions)
def test_two_rules_meet_exactly_when_somebody_fits_both(one, other):
    somebody = any(
        matches(one, person) is not None and matches(other, person) is not None for person in assignments(one, other)
    )

    assert reach.possible([one, other], UNIVERSE) == somebody


@given(some_conditions)
def test_what_is_kept_is_what_was_written(asked):
    assert parse(dump(asked)) == Conditions(asked.match, asked.groups)


@given(some_conditions)
def test_silence_fits_nothing_that_asks_anything(asked):
    held = matches(asked, {})

    assert held is None if asked.groups else held == []


@given(some_conditions, known)
def test_what_fits_names_facts_that_are_known_and_would_fit_alone(asked, person):
    for atom in matches(asked, person) or []:
        assert atom.fact in person
        assert conditions.fits(atom, person[atom.fact])


@given(some_conditions, known, st.sampled_from(sorted(FACTS)))
def test_an_answer_more_or_less_changes_nothing_that_does_not_ask_it(asked, person, fact):
    fewer = {key: value for key, value in person.items() if key != fact}
    if all(atom.fact != fact for atom in asked.atoms):
        assert matches(asked, person) == matches(asked, fewer)


@pytest.mark.parametrize(
    "document",
    [
        {"match": "none"},
        {"groups": [{}] * 5},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "yes_no", "op": "is", "values": ["perhaps"]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "number", "op": "less", "values": ["nan"]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "number", "op": "less", "values": [1, 2]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "date", "op": "on", "values": ["2026-02-30"]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "choice", "op": "has_any", "values": ["a"]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "score", "op": "less", "values": [1]}]}]},
        {"groups": [{"atoms": [{"fact": "answer:x", "type": "choice", "op": "one_of", "values": []}]}]},
        {"groups": [{"atoms": [{"fact": "", "type": "yes_no", "op": "is", "values": ["no"]}]}]},
        {"groups": [{"atoms": "all"}]},
        {"groups": [{"atoms": [{"fact": "a", "type": "yes_no", "op": "is", "values": ["no"]}] * 13}]},
    ],
)
def test_what_is_not_of_the_language_is_refused(document):
    with pytest.raises(Refused):
        parse(document)


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("yes_no", True, "yes"),
        ("yes_no", "no", "no"),
        ("yes_no", "maybe", None),
        ("number", "3,5", 3.5),
        ("number", "many", None),
        ("number", [3], None),
        ("multi", ["a", "b"], frozenset("ab")),
        ("multi", [], None),
        ("choice", "", None),
        ("date", "2026-13-01", None),
        ("text", "  Lyon ", "lyon"),
    ],
)
def test_facts_are_read_as_their_type_or_are_unknown(kind, value, read):
    assert conditions.read_fact(kind, value) == read


# --- business days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-06T17:00+01:00", 1, "2026-03-09T17:00+01:00"),  # Friday to Monday
        ("2026-03-07T10:00+01:00", 1, "2026-03-09T10:00+01:00"),  # Saturday to Monday
        ("2026-03-02T09:00+01:00", 5, "2026-03-09T09:00+01:00"),  # a week
        ("2026-03-27T09:00+01:00", 1, "2026-03-30T09:00+02:00"),  # over the change of clocks, at the same time of day
        ("2026-03-02T09:00+01:00", 0, "2026-03-02T09:00+01:00"),
    ],
)
def test_days_are_business_days_at_the_same_time_of_day(start, days, due):
    found = working_time.after_days(dt.datetime.fromisoformat(start), days, PARIS)

    assert found == dt.datetime.fromisoformat(due)


moments = st.integers(0, 8760 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)


@given(moments, st.integers(0, 40), st.integers(0, 90 * 24))
def test_business_days_passed_are_the_most_that_are_not_ahead(start, days, hours):
    now = start + dt.timedelta(hours=hours)
    passed = working_time.days_passed(start, now, PARIS)

    assert passed == 0 or working_time.after_days(start, passed, PARIS) <= now
    assert working_time.after_days(start, passed + 1, PARIS) > now
    assert working_time.after_days(start, days, PARIS) - start >= dt.timedelta(days=days) - dt.timedelta(hours=1)


# --- the whitelist ------------------------------------------------------------------------------------------------------


@given(st.sampled_from(["reject", "move", "tag", "assign", "task", "notify"]), st.text(max_size=20))
def test_a_rejection_is_served_by_answers_that_are_chosen_or_counted_and_nothing_else(action, key):
    for kind in ("yes_no", "choice", "multi", "number", "date", "text", "long_text"):
        fact = facts.of_question({"key": key, "label": "Do you have a licence?", "type": kind, "options": ["a"]})
        if fact and fact.serves("reject"):
            assert fact.is_answer
            assert kind in facts.COUNTED
