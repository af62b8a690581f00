"""Questions of an application form: what is one, in which order they stand, who is asked which, what answers are worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiring.application_form import answers, asking, ordering
from hiring.application_form.questions import TYPES, Unfit, clean
from hiring.errors import Refused


def when(question: str, kind: str, op: str, *values, match: str = "all") -> dict:
    atom = {"fact": f"answer:{question}", "type": kind, "op": op, "values": list(values), "label": question.title()}
    return {"match": "all", "groups": [{"match": match, "atoms": [atom]}]}


def question(key: str, kind: str = "text", **more) -> dict:
    raw = {"label": key.title(), "type": kind, **more}
    if kind in ("choice", "multi"):
        raw.setdefault("options", ["Day", "Night"])
    return raw


def form(*raws: tuple[str, dict]) -> list[dict]:
    made: list[dict] = []
    for key, raw in raws:
        made.append(clean(raw, key=key, earlier=made))
    return made


VAN = form(
    ("drives", question("drives", "yes_no", required=True)),
    ("shift", question("shift", "choice", required=True, when=when("drives", "yes_no", "is", "yes"))),
    ("nights", question("nights", "number", when=when("shift", "choice", "one_of", "Night"))),
)


# --- what a question is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "field", "sentence"),
    [
        ({"label": " "}, "label", "Write the question."),
        ({"label": "Which?", "type": "choice", "options": "One\n\none more "}, None, ""),
        ({"label": "Which?", "type": "choice", "options": "One\nOne"}, "options", "Give two to 60 choices, one a line."),
        ({"label": "Which?", "type": "colour"}, "type", "There is no such kind of question."),
        ({"label": "Read this", "type": "info"}, "text", "Write what applicants read."),
        ({"label": "Agree", "type": "consent"}, "text", "Write what applicants agree to."),
        ({"label": "How many?", "type": "number", "least": "5", "most": "3"}, "most", "This is below the least."),
        ({"label": "How many?", "type": "number", "least": "nan"}, "least", "This is not a number."),
        ({"label": "When?", "type": "date", "least": "31.12.2026"}, "least", "This is not a day."),
        ({"label": "Why?", "type": "text", "most": "501"}, "most", "A whole number from 1 to 500."),
        ({"label": "Why?", "type": "yes_no", "private": True, "marks": [{"value": "no", "knock_out": True}]}, "private",
         "A private answer is read by recruiters alone: it has no points and is no knock-out."),
        ({"label": "Why?", "type": "yes_no", "marks": [{"value": "no", "points": "1000"}]}, "marks",
         "Points go from -100 to 100."),
        ({"label": "Why?", "when": when("gone", "yes_no", "is", "yes")}, "when",
         "It depends on “Gone”, which is not asked before it."),
    ],
)  # fmt: skip
def test_what_is_no_question_is_said_at_its_field(raw, field, sentence):
    if field is None:
        assert clean(raw, key="which")["options"] == ["One", "one more"]
        return
    with pytest.raises(Unfit) as refused:
        clean(raw, key="which")
    assert refused.value.errors == {field: sentence}


def test_what_is_absent_is_not_kept_and_a_kind_keeps_only_what_it_has():
    raw = {"label": " Do  you drive? ", "type": "yes_no", "options": "A\nB", "help": " ", "least": "3", "text": "x"}

    assert clean(raw, key="drives") == {
        "key": "drives",
        "label": "Do you drive?",
        "type": "yes_no",
        "required": False,
        "options": [],
    }


def test_information_is_never_required_and_never_private():
    made = clean(
        {"label": "Good to know", "type": "info", "text": "We ship.", "required": True, "private": True}, key="k"
    )

    assert (made["required"], "private" in made) == (False, False)


MARKS = st.fixed_dictionaries(
    {},
    optional={
        "value": st.text(max_size=5),
        "points": st.integers(),
        "from": st.floats(),
        "to": st.floats(),
        "knock_out": st.booleans(),
    },
)


@given(
    st.fixed_dictionaries(
        {"label": st.text(max_size=300)},
        optional={
            "type": st.sampled_from([kind for kind, _ in TYPES]),
            "options": st.lists(st.text(max_size=120), max_size=5) | st.text(max_size=200),
            "least": st.one_of(st.none(), st.text(max_size=6), st.floats(), st.integers()),
            "most": st.one_of(st.none(), st.text(max_size=6), st.floats(), st.integers()),
            "text": st.text(max_size=50),
            "required": st.booleans(),
            "private": st.booleans(),
            "marks": st.lists(MARKS, max_size=3),
        },
    )
)  # fmt: skip
def test_whatever_is_typed_is_a_question_or_refused_and_cleaning_it_again_changes_nothing(raw):
    try:
        made = clean(raw, key="k")
    except Unfit:
        return

    assert clean(made, key="k") == made


# --- the list ----------------------------------------------------------------------------------------------------------


def test_a_key_is_never_given_twice():
    made = ordering.added([], {"label": "Why us?"})
    made = ordering.added(made, {"label": "Why us?"}, taken={"why_us_2"})

    assert [one["key"] for one in made] == ["why_us", "why_us_3"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda rows: ordering.removed(rows, "drives"),
            "“Shift” is asked depending on this question. Change that one first.",
        ),
        (
            lambda rows: ordering.shifted(rows, "drives", up=False),
            "“Shift” depends on “Drives”, so it is asked after it.",
        ),
        (
            lambda rows: ordering.shifted(rows, "shift", up=True),
            "“Shift” depends on “Drives”, so it is asked after it.",
        ),
        (lambda rows: ordering.removed(rows, "elsewhere"), "A colleague took this question out meanwhile."),
    ],
)
def test_a_question_stays_behind_what_it_depends_on(change, sentence):
    with pytest.raises(Refused) as refused:
        change(VAN)
    assert refused.value.sentence == sentence


def test_a_form_has_an_end():
    full = [{"key": str(number), "label": "Q", "type": "text"} for number in range(40)]

    with pytest.raises(Refused, match="at most 40 questions"):
        ordering.added(full, {"label": "One more?"})


def test_a_condition_on_a_choice_that_is_gone_is_broken_not_dropped():
    less = ordering.changed(VAN, "shift", {**VAN[1], "options": ["Day", "Weekend"]})

    assert ordering.broken_conditions(less) == {
        "nights": "It depends on “Night” as an answer to “Shift”, which is no choice any more."
    }


# --- who is asked what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_answers", "asked"),
    [
        ({}, ["drives"]),
        ({"drives": "no", "shift": "Night", "nights": 3}, ["drives"]),
        ({"drives": "yes"}, ["drives", "shift"]),
        ({"drives": "yes", "shift": "Night"}, ["drives", "shift", "nights"]),
        ({"shift": "Night"}, ["drives"]),
    ],
)
def test_a_question_is_asked_when_an_earlier_answer_says_so_and_hidden_answers_count_for_nothing(given_answers, asked):
    assert [one["key"] for one in asking.asked_of(VAN, given_answers)] == asked


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "drives": st.sampled_from(["yes", "no", ""]),
            "shift": st.sampled_from(["Day", "Night", "", "Weekend"]),
            "nights": st.one_of(st.none(), st.floats(), st.text(max_size=3)),
            "forged": st.text(max_size=3),
        },
    )
)
def test_only_answers_to_what_was_asked_are_kept_and_asking_again_asks_the_same(given_answers):
    asked, kept = asking.kept(VAN, given_answers)

    assert kept.keys() <= {one["key"] for one in asked}
    assert asking.kept(VAN, kept) == (asked, kept)


def test_a_condition_is_said_in_the_applicants_words():
    both = clean(
        question("both", when={"match": "all", "groups": [{"match": "any", "atoms": [
            {"fact": "answer:drives", "type": "yes_no", "op": "is", "values": ["yes"], "label": "Drives"},
            {"fact": "answer:nights", "type": "number", "op": "at_least", "values": [2], "label": "Nights"},
        ]}]}), key="both", earlier=VAN,
    )  # fmt: skip

    assert asking.in_words(both) == "you answered “Yes” to “Drives” or you answered at least 2 to “Nights”"


# --- what answers are worth --------------------------------------------------------------------------------------------

TOOLS = [{"value": "SQL", "points": 3}, {"value": "dbt", "points": 1}]
YEARS = [{"from": 2, "to": 4, "points": 1}, {"from": 5, "points": 4}, {"to": 0, "knock_out": True}]
SCORED = form(
    ("drives", question("drives", "yes_no", marks=[{"value": "no", "knock_out": True}, {"value": "yes", "points": 2}])),
    ("tools", question("tools", "multi", options=["SQL", "dbt", "Spark"], marks=TOOLS)),
    ("years", question("years", "number", marks=YEARS)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given_answers", "points", "knock_outs"),
    [
        ({"drives": "yes", "tools": ["SQL", "dbt"], "years": 7.0}, 10, []),
        ({"drives": "no", "tools": ["Spark"], "years": 0}, 0, ["Drives", "Years"]),
        ({"years": 4.5}, 0, []),
        ({}, 0, []),
    ],
)
def test_answers_are_worth_the_points_of_their_marks(given_answers, points, knock_outs):
    worth = answers.worth(SCORED, SCORED, given_answers)

    assert (worth.points, [mark.label for mark in worth.knock_outs]) == (points, knock_outs)


def test_an_answer_counts_only_when_it_was_asked_in_the_same_kind_and_never_when_private():
    as_text = [{**SCORED[0], "type": "text"}]
    private = [{**SCORED[0], "private": True}]

    assert answers.worth(SCORED, as_text, {"drives": "no"}).marks == ()
    assert answers.worth(private, private, {"drives": "no"}).marks == ()
