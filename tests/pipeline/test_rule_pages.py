"""The pages of rules, without JavaScript: write a draft, try it, activate it, look at what waits and decide."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from pipeline.models import Rule, RuleFiring
from pipeline.rules import versions
from tests import factories
from tests.pipeline.test_rules import LICENCE, NO_LICENCE, a_rule, applicant, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(world):
    world.posting.questions = [LICENCE, {"key": "years", "label": "How many years?", "type": "number", "options": []}]
    world.posting.save()
    return world.job


@pytest.fixture
def page(client, recruiter):
    client.force_login(recruiter)
    return client


def typed(**changes):
    return {
        "name": "No licence",
        "trigger": "applied",
        "match": "all",
        "g0-match": "all",
        "delay": "2",
        "unit": "days",
        "action": "tag",
        "tag": "No licence",
        "waits_for_person": "yes",
        "sample_percent": "10",
        **changes,
    }


CONDITION = {
    "g0-0-fact": "answer:licence",
    "g0-0-type": "yes_no",
    "g0-0-label": "x",
    "g0-0-op": "is",
    "g0-0-value": "no",
}


def test_a_rule_is_written_tried_and_activated_with_plain_forms(page, job, world):
    new = reverse("pipeline:rule_create", args=[job.pk])
    added = page.post(new, typed(**{"add": "g0", "g0-new": "answer:licence"}))
    assert (added.status_code, added.content.decode().count('name="g0-0-value"')) == (200, 2)
    assert not Rule.objects.exists()

    kept = page.post(new, typed(**CONDITION), follow=True)
    rule = Rule.objects.get()
    assert rule.versions.get().conditions["groups"][0]["atoms"] == [NO_LICENCE]
    assert "the answer to “Do you have a licence?” is No" in kept.content.decode()
    assert "disabled>Activate" in kept.content.decode().replace("\n", "")

    applicant(job)
    trial = page.post(reverse("pipeline:rule_try", args=[rule.pk]), follow=True).content.decode()
    assert "Ola Berg" in trial
    assert "the answer to “Do you have a licence?” was “No”" in trial
    page.post(reverse("pipeline:rule_activate", args=[rule.pk]), {"present": "on"})
    queue = page.get(reverse("pipeline:rules", args=[job.pk])).content.decode()

    assert rule.versions.get().state == "active"
    assert RuleFiring.objects.get().state == "waiting"
    assert "Ola Berg" in queue
    assert "because the answer to “Do you have a licence?” was “No”" in queue
    assert "Ola Berg" in page.get(reverse("pipeline:rules_everywhere")).content.decode()


@pytest.mark.parametrize("delay", ["-1", "abc", "9" * 20])
def test_a_wait_that_is_none_is_not_taken_for_no_wait(page, job, delay):
    answer = page.post(reverse("pipeline:rule_create", args=[job.pk]), typed(**CONDITION, delay=delay))

    assert answer.status_code == 422
    assert "A rule waits at most" in answer.content.decode()
    assert not Rule.objects.exists()


def test_a_character_no_text_may_hold_is_refused_in_words(page, job):
    answer = page.post(
        reverse("pipeline:rule_create", args=[job.pk]), typed(**CONDITION, tag="a\x00b"), headers={"HX-Request": "true"}
    )

    assert answer.status_code in {409, 422}
    assert "NUL" in str(answer.headers) + answer.content.decode()
    assert not Rule.objects.exists()


def test_the_editor_keeps_what_was_typed_and_says_what_is_wrong(page, job):
    answer = page.post(
        reverse("pipeline:rule_create", args=[job.pk]),
        typed(**CONDITION, action="task", task_text="", name="Call them"),
    )

    assert answer.status_code == 422
    assert "Say in at most 300 characters what is to be done." in answer.content.decode()
    assert "Call them" in answer.content.decode()


@pytest.mark.parametrize(
    ("typing", "after"),
    [
        ({"name": " "}, 'id="r-name"'),
        ({"trigger": "entered"}, 'id="r-tstage"'),
        ({**CONDITION, "g0-1-fact": "days", "g0-1-type": "days", "g0-1-op": "at_least"}, 'name="g0-1-value"'),
        ({"delay": "9999"}, 'id="r-delay"'),
        ({"action": ""}, 'id="r-action"'),
        ({"action": "reject"}, 'id="r-reason"'),
    ],
)
def test_what_is_wrong_stands_on_top_and_once_more_where_it_is_put_right(page, job, typing, after):
    """A11Y-6."""
    answer = page.post(reverse("pipeline:rule_create", args=[job.pk]), typed(**typing))

    shown = answer.text
    sentence = re.search(r'role="alert"[^>]*>.*?<span>(.*?)</span>', shown, re.DOTALL)[1]
    beside = re.findall(rf'<p class="tl-errors[^>]*>{re.escape(sentence)}</p>', shown)
    assert answer.status_code == 422 and len(beside) == 1
    assert shown.index(after) < shown.index(beside[0])


def test_editing_shows_what_was_stored_and_removes_conditions_and_groups(page, job, recruiter):
    years = {"fact": "answer:years", "type": "number", "op": "less", "values": [3], "label": "How many years?"}
    rule = a_rule(
        job, recruiter, {"kind": "tag", "tag": "Junior"}, conditions=asked(NO_LICENCE, years, match="any"), active=False
    )
    edit = reverse("pipeline:rule_edit", args=[rule.pk])
    shown = page.get(edit).content.decode()
    assert 'value="3"' in shown

    removed = page.post(edit, typed(**CONDITION, remove="g0-0", **{"g1-match": "any"})).content.decode()

    assert "g0-0-fact" not in removed
    assert "g1-match" in removed


@pytest.mark.parametrize("do", ["stop", "go", "undo", "disagree"])
def test_what_is_decided_on_the_page_of_a_firing(page, job, recruiter, do):
    a_rule(job, recruiter, {"kind": "tag", "tag": "No licence"}, conditions=asked(NO_LICENCE))
    applicant(job)
    firing = RuleFiring.objects.get()
    decide = reverse("pipeline:rule_firing_decide", args=[firing.pk])
    if do == "undo":
        page.post(decide, {"do": "go"})

    page.post(decide, {"do": do, "next": "/"})

    firing.refresh_from_db()
    assert firing.state == {"stop": "stopped", "go": "done", "undo": "undone", "disagree": "waiting"}[do]
    words = page.get(firing.get_absolute_url()).content.decode()
    assert "The answer to “Do you have a licence?” was “No”" in words


def test_nobody_reads_of_people_on_a_confidential_job(page, client, job, recruiter, outsider):
    a_rule(job, recruiter, {"kind": "tag", "tag": "x"}, conditions=asked(NO_LICENCE))
    applicant(job)
    job.confidential = True
    job.save()
    client.force_login(factories.UserFactory(role="recruiter"))

    everywhere = client.get(reverse("pipeline:rules_everywhere")).content.decode()

    assert "Ola Berg" not in everywhere
    assert client.get(RuleFiring.objects.get().get_absolute_url()).status_code == 404
    assert client.get(Rule.objects.get().get_absolute_url()).status_code == 404


@pytest.mark.parametrize("more", [1, 12])
def test_the_queue_asks_no_more_for_more_rules_and_firings(page, job, recruiter, more, django_assert_num_queries):
    for number in range(more):
        a_rule(
            job, recruiter, {"kind": "tag", "tag": f"Tag {number}"}, conditions=asked(NO_LICENCE), name=f"Rule {number}"
        )
    for number in range(more):
        applicant(job, name=f"Person {number}")
    page.get(reverse("pipeline:rules", args=[job.pk]))

    with django_assert_num_queries(12):
        page.get(reverse("pipeline:rules", args=[job.pk]))


def test_pausing_retiring_and_throwing_away_on_the_page(page, job, recruiter):
    rule = a_rule(job, recruiter, {"kind": "tag", "tag": "x"})
    state = reverse("pipeline:rule_state", args=[rule.pk])
    page.post(state, {"do": "pause"})
    assert "Rests" in page.get(rule.get_absolute_url()).content.decode()
    page.post(state, {"do": "resume"})
    versions.edit(
        rule, by=recruiter, name="y", trigger={"kind": "applied"}, asked={}, action={"kind": "tag", "tag": "x"}
    )
    page.post(state, {"do": "discard"})
    page.post(state, {"do": "retire"})

    assert list(rule.versions.values_list("state", flat=True)) == ["past"]
    assert "Retired" in page.get(rule.get_absolute_url()).content.decode()
