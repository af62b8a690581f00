"""The form page of a job: questions one by one, in order, published as versions (JOB-21, A11Y-1)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring.application_form import building, versions
from hiring.models import Posting
from tests.factories import JobFactory, PostingFactory

VAN = {"key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": []}
SHIFT = {"key": "shift", "label": "Which shift?", "type": "choice", "required": False, "options": ["Day", "Night"]}


@pytest.fixture
def job(recruiter):
    job = JobFactory(location__country="FR")
    PostingFactory(job=job, questions=[VAN, SHIFT])
    return job


def get(client, user, route, *args, **data):
    client.force_login(user)
    return client.get(reverse(route, args=args), data)


def post(client, user, route, *args, **data):
    client.force_login(user)
    return client.post(reverse(route, args=args), data)


def asked(job):
    return Posting.objects.get(job=job).questions


def text(answer):
    return answer.content.decode()


def test_a_question_is_added_with_when_it_is_asked_and_what_answers_are_worth(client, recruiter, job):
    answer = post(
        client, recruiter, "form_question_add", job.pk, type="number", label="Since how many years?", help="Full years.",
        least="0", most="50", required="on", when_van=["yes"], match="all", from_0="5", points_0="3", to_1="0", out_1="on",
    )  # fmt: skip

    assert answer.status_code == 302
    assert asked(job)[-1] == {
        "key": "since_how_many_years",
        "label": "Since how many years?",
        "type": "number",
        "required": True,
        "options": [],
        "help": "Full years.",
        "least": 0,
        "most": 50,
        "marks": [{"from": 5, "points": 3}, {"to": 0, "knock_out": True}],
        "when": {
            "match": "all",
            "groups": [
                {
                    "match": "all",
                    "atoms": [
                        {
                            "fact": "answer:van",
                            "type": "yes_no",
                            "op": "is",
                            "values": ["yes"],
                            "label": "Do you drive vans?",
                        }
                    ],
                }
            ],
        },
    }


def test_what_was_saved_stands_in_the_form_again_and_saving_it_changes_nothing(client, recruiter, job):
    post(
        client,
        recruiter,
        "form_question_add",
        job.pk,
        type="multi",
        label="Tools?",
        options="SQL\ndbt",
        when_shift=["Night"],
        match="any",
    )
    post(client, recruiter, "form_question", job.pk, "tools", type="multi", label="Tools?", options="SQL\ndbt", when_shift=["Night"],
         match="any", points_0="2", out_1="on")  # fmt: skip
    before = asked(job)[-1]
    page = get(client, recruiter, "form_question", job.pk, "tools")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields}

    post(
        client,
        recruiter,
        "form_question",
        job.pk,
        "tools",
        **{name: value for name, value in sent.items() if value not in (None, False)},
    )

    assert before["marks"] == [{"value": "SQL", "points": 2}, {"value": "dbt", "knock_out": True}]
    assert asked(job)[-1] == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"type": "choice", "label": "Which?", "options": "One"}, "Give two to 60 choices"),
        ({"type": "text", "label": ""}, "Write the question."),
        ({"type": "text", "label": "What is your current salary?"}, "Ask instead: “What pay do you expect?”"),
        ({"type": "number", "label": "How many?", "least": "few"}, "This is not a number."),
        (
            {"type": "yes_no", "label": "Night work?", "private": "on", "out_1": "on"},
            "A private answer is read by recruiters alone",
        ),
    ],
)
def test_what_is_no_question_comes_back_with_what_was_typed(client, recruiter, job, typed, sentence):
    answer = post(client, recruiter, "form_question_add", job.pk, **typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert len(asked(job)) == 2


def test_another_kind_keeps_what_was_typed_and_saves_nothing(client, recruiter, job):
    answer = post(
        client, recruiter, "form_question", job.pk, "shift", type="text", label="Which shift, in words?", retype="1"
    )

    assert "Which shift, in words?" in text(answer)
    assert asked(job)[1] == SHIFT


def test_an_older_tab_does_not_undo_what_a_colleague_changed(client, recruiter, job):
    seen = get(client, recruiter, "form_question", job.pk, "shift").context["form"].seen
    building.change(job.posting, "shift", {**SHIFT, "help": "In Lyon.", "label": "Which shift suits?"}, by=None)

    untouched = post(
        client,
        recruiter,
        "form_question",
        job.pk,
        "shift",
        type="choice",
        label="Which shift?",
        options="Day\nNight\nWeekend",
        seen=seen,
    )
    both = post(
        client,
        recruiter,
        "form_question",
        job.pk,
        "shift",
        type="choice",
        label="Your shift?",
        options="Day\nNight",
        seen=seen,
    )

    assert untouched.status_code == 302
    assert (asked(job)[1]["label"], asked(job)[1]["help"], asked(job)[1]["options"][-1]) == (
        "Which shift suits?",
        "In Lyon.",
        "Weekend",
    )
    assert both.status_code == 422
    assert "meanwhile" in text(both)


def test_questions_are_put_in_order_by_buttons_and_by_place(client, recruiter, job):
    post(client, recruiter, "form_question_move", job.pk, "shift", to="up")
    once = [one["key"] for one in asked(job)]
    post(client, recruiter, "form_question_move", job.pk, "shift", to="1")

    assert once == ["shift", "van"]
    assert [one["key"] for one in asked(job)] == ["van", "shift"]
    assert post(client, recruiter, "form_question_move", job.pk, "shift", to="²").status_code == 404


def test_changes_are_published_as_a_version_or_discarded(client, recruiter, job):
    post(client, recruiter, "form_question_remove", job.pk, "shift")
    page = text(get(client, recruiter, "job_form", job.pk))
    post(client, recruiter, "job_form_publish", job.pk)
    newest = versions.newest(job.posting)
    post(client, recruiter, "form_question_remove", job.pk, "van")
    post(client, recruiter, "job_form_discard", job.pk)

    assert "Not published: 1 taken out" in page
    assert (newest.number, newest.by, newest.change) == (2, recruiter, "1 taken out")
    assert [one["key"] for one in asked(job)] == ["van"]


def test_usual_fields_are_saved_and_shown_in_the_preview(client, recruiter, job):
    usual = {"resume": "required", "phone": "off", "location": "optional", "link": "optional", "cover_letter": "off",
             "preferred_name": "off", "earliest_start": "required", "notice_period": "off"}  # fmt: skip
    saved = post(client, recruiter, "job_form", job.pk, **usual)
    wrong = post(client, recruiter, "job_form", job.pk, **{**usual, "phone": "either"})
    preview = text(get(client, recruiter, "sourcing:form_preview", job.pk))

    assert (saved.status_code, wrong.status_code) == (302, 422)
    assert Posting.objects.get(job=job).fields == {
        "resume": "required",
        "phone": "off",
        "cover_letter": "off",
        "earliest_start": "required",
    }
    assert "When could you start, at the earliest?" in preview
    assert 'name="phone"' not in preview


def test_a_preview_can_send_nothing_and_is_framed_by_us_alone(client, recruiter, job):
    answer = get(client, recruiter, "sourcing:form_preview", job.pk)

    assert "/apply" not in text(answer).replace("js/apply.js", "")
    assert 'method="post"' not in text(answer)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert get(client, recruiter, "sourcing:form_preview", job.pk, version="99").status_code == 404


def test_an_unlawful_question_is_shown_with_its_reason_and_an_administrator_may_exempt_it(
    client, admin, recruiter, job
):
    post(client, recruiter, "form_question_add", job.pk, type="text", label="What is your religion?")
    page = text(get(client, recruiter, "job_form", job.pk))
    post(client, recruiter, "job_form_publish", job.pk)
    stopped = versions.newest(job.posting).number
    refused = post(
        client, recruiter, "form_question_exempt", job.pk, "what_is_your_religion", topic="religion", reason="x" * 20
    )
    post(
        client,
        admin,
        "form_question_exempt",
        job.pk,
        "what_is_your_religion",
        topic="religion",
        reason="A parish hires its sexton.",
    )
    post(client, recruiter, "job_form_publish", job.pk)

    assert "unless the work of a church demands it" in page
    assert refused.status_code == 403
    assert (stopped, versions.newest(job.posting).number) == (1, 2)
    assert "Exempted by Ada Admin" in text(get(client, recruiter, "job_form", job.pk))


def test_the_form_of_another_job_is_copied_with_its_conditions(client, recruiter, job):
    other = JobFactory(location__country="FR")
    PostingFactory(job=other, questions=[{**SHIFT, "key": "shift", "label": "Own"}, VAN], fields={"phone": "off"})
    building.add(
        other.posting,
        {"label": "How long?", "type": "number", "when": {"match": "all", "groups": [{"match": "all", "atoms": [
            {"fact": "answer:van", "type": "yes_no", "op": "is", "values": ["yes"], "label": "Do you drive vans?"}]}]}},
        by=None,
    )  # fmt: skip

    post(client, recruiter, "job_form_copy", job.pk, job=str(other.pk))
    post(client, recruiter, "job_form_copy", job.pk, job=str(other.pk))

    assert [one["key"] for one in asked(job)] == ["van", "shift", "own", "how_long"]
    assert asked(job)[-1]["when"]["groups"][0]["atoms"][0]["fact"] == "answer:van"
    assert Posting.objects.get(job=job).fields == {"phone": "off"}


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_asks_no_more_for_more_questions(client, recruiter, job, count, django_assert_max_num_queries):
    Posting.objects.filter(job=job).update(
        questions=[{**VAN, "key": f"v{number}", "label": f"Van {number}?"} for number in range(count)]
    )
    get(client, recruiter, "job_form", job.pk)

    with django_assert_max_num_queries(16):
        get(client, recruiter, "job_form", job.pk)
