"""Applications by the API: opened by the pipeline's own verb, seen by who sees the pipeline."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from hiring import custom_fields
from hiring.models import CustomField, Job
from pipeline import rejection
from pipeline.models import Application, Transition
from tests import factories
from tests.hiring.api_calls import Program, said, wrong


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def test_an_application_is_opened_with_its_transition(world, recruiter):
    person = factories.CandidateFactory()
    program = Program(recruiter)

    response = program.post("/applications", {"candidate": person.pk, "job": world.job.pk, "start": "lead"})

    application = Application.objects.get(candidate=person)
    assert response.status_code == 201
    assert (response.json()["id"], response.json()["stage"]) == (application.pk, "lead")
    assert Transition.objects.get(application=application).by == recruiter
    event = person.events.get(kind="application.opened")
    assert event.data["api_key"] == program.key.pk
    again = program.post("/applications", {"candidate": person.pk, "job": world.job.pk})
    assert said(again)[0] == 409 and "already has an active application" in said(again)[1]


def test_what_cannot_be_seen_is_not_there(world, coordinator):
    program = Program(coordinator)
    secret = factories.JobFactory(confidential=True)
    person = factories.CandidateFactory()

    assert wrong(program.post("/applications", {"candidate": person.pk, "job": secret.pk})).keys() == {"job"}
    assert wrong(program.post("/applications", {"candidate": 999_999, "job": world.job.pk})).keys() == {"candidate"}
    Job.objects.filter(pk=world.job.pk).update(status="on_hold")
    assert wrong(program.post("/applications", {"candidate": person.pk, "job": world.job.pk})).keys() == {"job"}


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_no_more_for_more_rows(world, recruiter, count, django_assert_num_queries):
    factories.ApplicationFactory.create_batch(count, stage=world.stages["screen"])
    program = Program(recruiter)
    program.get("/applications")

    with django_assert_num_queries(3):
        found = program.get("/applications", {"job": world.job.pk}).json()["items"]

    assert len(found) == count + 1 and found[-1]["stage_name"] == "Applied"


def test_own_fields_of_an_application_are_read_by_those_who_may(world, recruiter, coordinator):
    for key, is_private in (("notice", False), ("wish", True)):
        CustomField.objects.create(key=key, name=key, type="number", kind="application", is_private=is_private)
    custom_fields.set_values(world.application, recruiter, {"notice": "3", "wish": "7.5"})

    mine, theirs = Program(recruiter), Program(coordinator)

    def fields(program):
        return program.get("/applications").json()["items"][0]["custom_fields"]

    assert fields(mine) == {"notice": "3", "wish": "7.5"}
    assert fields(theirs) == {"notice": "3"}
    person = theirs.get(f"/candidates/{world.candidate.pk}").json()
    assert person["applications"][0]["custom_fields"] == {"notice": "3"}


def test_the_list_is_narrowed_and_paged(world, recruiter, monkeypatch):
    monkeypatch.setattr("pipeline.api.PAGE", 2)
    factories.ApplicationFactory.create_batch(3, stage=world.stages["screen"])
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)
    program = Program(recruiter)

    first = program.get("/applications").json()
    second = program.get("/applications", {"after": first["next"]}).json()

    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 2, None]
    assert [one["id"] for one in program.get("/applications", {"status": "rejected"}).json()["items"]] == [
        world.application.pk
    ]
    mine = program.get("/applications", {"candidate": world.candidate.pk}).json()["items"]
    assert [one["status"] for one in mine] == ["rejected"]
    assert Program(world.people["interviewer"]).get("/applications").json()["items"] == []
    assert len(Program(world.people["hiring_manager"]).get("/applications").json()["items"]) == 2


ASKED = [
    {"key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": []},
    {"key": "past", "label": "Anything else?", "type": "text", "required": False, "options": [], "private": True},
]


def answers(user, application):
    return Program(user).get(f"/applications/{application.pk}/answers")


def test_answers_come_with_the_question_as_it_was_asked(world, recruiter):
    Application.objects.filter(pk=world.application.pk).update(
        questions=ASKED, answers={"van": "yes", "past": "Secret"}
    )

    found = answers(recruiter, world.application).json()

    assert found["application"] == world.application.pk and found["form_version"] is None
    assert found["answers"][0] == {
        "key": "van", "question": "Do you drive vans?", "type": "yes_no", "answer": "Yes", "value": "yes", "is_private": False,
    }  # fmt: skip
    assert (found["answers"][1]["answer"], found["answers"][1]["is_private"]) == ("Secret", True)


def test_private_answers_are_not_there_for_who_may_not_read_them(world, manager):
    Application.objects.filter(pk=world.application.pk).update(
        questions=ASKED, answers={"van": "yes", "past": "Secret"}
    )

    found = answers(manager, world.application)

    assert [one["key"] for one in found.json()["answers"]] == ["van"]
    assert "Secret" not in found.content.decode()


def test_answers_of_what_cannot_be_seen_are_not_there(world, outsider):
    assert answers(outsider, world.application).status_code == 404
