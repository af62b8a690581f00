"""Answers where many people are looked at: columns, filters and cards; and the rule that may be made of a knock-out. Nothing is
decided by any of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring.application_form import versions
from hiring.models import Posting
from pipeline.models import Application, Rule
from tests.factories import ApplicationFactory

VAN = {
    "key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": [],
    "marks": [{"value": "yes", "points": 2}, {"value": "no", "knock_out": True}],
}  # fmt: skip
YEARS = {
    "key": "years", "label": "Since how many years?", "type": "number", "required": False, "options": [],
    "marks": [{"from": 5, "points": 3}, {"to": 0, "knock_out": True}],
}  # fmt: skip
TOOLS = {
    "key": "in", "label": "Which tools?", "type": "multi", "required": False, "options": ["Drill", "Saw"],
    "marks": [{"value": "Drill", "points": 1}, {"value": "Saw", "points": 4}],
}  # fmt: skip
WHY = {"key": "why", "label": "Why us?", "type": "long_text", "required": False, "options": []}
PAST = {
    "key": "past",
    "label": "Anything we should know?",
    "type": "text",
    "required": False,
    "options": [],
    "private": True,
}
ASKED = [VAN, YEARS, TOOLS, WHY, PAST]


@pytest.fixture
def people(world):
    """Three people: one fit, one who is out by both, one who was asked nothing."""
    posting = Posting.objects.get(job=world.job)
    posting.questions = ASKED
    posting.save()
    versions.publish(posting, by=None)
    said = [
        {"van": "yes", "years": 7.0, "in": ["Drill", "Saw"], "why": "The grid", "past": "A secret"},
        {"van": "no", "years": 0.0, "in": ["Drill"]},
        {},
    ]
    return [
        ApplicationFactory(
            stage=world.stages["applied"], candidate__name=name, questions=ASKED if answers else [], answers=answers
        )
        for name, answers in zip(("Fit Fiona", "Out Otto", "Blank Bea"), said, strict=True)
    ]


def page(client, user, route, job, **query) -> str:
    client.force_login(user)
    return client.get(reverse(route, args=[job.pk]), query).content.decode()


def shown(client, user, job, route="pipeline:table", **query) -> list[str]:
    text = page(client, user, route, job, **query)
    names = [name for name in ("Fit Fiona", "Out Otto", "Blank Bea") if name in text]
    return sorted(names, key=text.index)


def test_the_table_has_columns_for_answers_points_and_knock_outs(client, recruiter, world, people):
    text = page(
        client, recruiter, "pipeline:table", world.job, cols="answer.years,answer.in,answer.why,points,knock_outs"
    )

    for said in ("Drill, Saw", "The grid", "10 of 10", "1 of 10", "Do you drive vans? No; Since how many years? 0"):
        assert said in text


def test_private_answers_are_in_the_tables_of_recruiters_alone(client, recruiter, manager, world, people):
    cols = "answer.past"

    assert "A secret" in page(client, recruiter, "pipeline:table", world.job, cols=cols)
    text = page(client, manager, "pipeline:table", world.job, cols=cols)
    assert "Fit Fiona" in text
    assert "A secret" not in text and "Anything we should know?" not in text


@pytest.mark.parametrize("column", ["points", "answer.years", "answer.van"])
def test_the_table_is_ordered_by_points_and_answers(client, recruiter, world, people, column):
    found = shown(client, recruiter, world.job, cols=column, sort=f"-{column}")

    assert found == ["Fit Fiona", "Out Otto", "Blank Bea"]


@pytest.mark.parametrize("route", ["pipeline:table", "pipeline:board"])
@pytest.mark.parametrize(
    ("token", "names"),
    [
        ("van:no", ["Out Otto"]),
        ("in:Saw", ["Fit Fiona"]),
        ("years:#0", ["Fit Fiona"]),
        ("years:#1", ["Out Otto"]),
        ("knock-out", ["Out Otto"]),
    ],
)
def test_lists_are_narrowed_to_an_answer(client, recruiter, world, people, route, token, names):
    assert shown(client, recruiter, world.job, route, answer=token) == names


@pytest.mark.parametrize("token", ["van:perhaps", "nothing:no", "years:#9", "past:A secret", "van", ":", "' OR 1=1"])
def test_what_cannot_be_asked_narrows_nothing(client, recruiter, world, people, token):
    assert len(shown(client, recruiter, world.job, answer=token)) == 3


def test_a_chosen_answer_stands_on_the_cards(client, recruiter, manager, world, people):
    text = page(client, recruiter, "pipeline:board", world.job, show="van")

    assert "Do you drive vans: Yes" in text and "Do you drive vans: No" in text
    assert "A secret" in page(client, recruiter, "pipeline:board", world.job, show="past")
    assert "A secret" not in page(client, manager, "pipeline:board", world.job, show="past")


def test_answers_cost_a_list_one_query_for_any_number_of_columns(
    client, recruiter, world, people, django_assert_max_num_queries
):
    client.force_login(recruiter)
    url = reverse("pipeline:table", args=[world.job.pk])
    client.get(url)
    with django_assert_max_num_queries(60) as none:
        client.get(url, {"cols": "stage"})
    with django_assert_max_num_queries(len(none) + 1):
        client.get(url, {"cols": "stage,answer.van,answer.years,answer.in,answer.why,points,knock_outs"})


def test_a_rule_is_begun_with_the_knock_out_as_its_condition(client, recruiter, world, people):
    """Nothing is made by it: the draft is kept when somebody saves it, and acts when somebody activates it."""
    client.force_login(recruiter)
    review = client.get(reverse("pipeline:review", args=[world.job.pk]), {"application": people[1].pk}).content.decode()
    url = f"{reverse('pipeline:rule_create', args=[world.job.pk])}?answer=van&amp;mark=1"

    text = client.get(
        reverse("pipeline:rule_create", args=[world.job.pk]), {"answer": "van", "mark": "1"}
    ).content.decode()

    assert url in review
    assert 'name="g0-0-fact" value="answer:van"' in text
    assert 'name="g0-0-value" value="no" checked' in text
    assert not Rule.objects.exists()
    assert Application.objects.get(pk=people[1].pk).is_active


def test_a_range_becomes_its_two_ends(client, recruiter, world, people):
    text = page(client, recruiter, "pipeline:rule_create", world.job, answer="years", mark="1")

    assert 'name="g0-0-fact" value="answer:years"' in text
    assert '<option value="at_most" selected>' in text


@pytest.mark.parametrize("query", [{"answer": "gone", "mark": "0"}, {"answer": "van", "mark": "9"}, {"answer": "van"}])
def test_what_the_form_does_not_mark_begins_an_empty_rule(client, recruiter, world, people, query):
    text = page(client, recruiter, "pipeline:rule_create", world.job, **query)

    assert "No condition yet" in text
