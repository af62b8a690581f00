"""Answers on the form as colleagues see them: private ones, those of hidden people, and what they are worth (invariant 5)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.application_form import building
from hiring.application_form.answers import PRIVATE
from hiring.models import Document, Job, TeamMember
from pipeline import answered
from pipeline.rules import facts, trying, versions
from pipeline.screening import criteria, judging, suggesting
from pipeline.screening.forms import comparable
from tests.pipeline.screened import criterion, give_resume

PAY = {
    "key": "pay",
    "label": "What pay do you expect?",
    "type": "number",
    "required": False,
    "options": [],
    "private": True,
}
VAN = {"key": "van", "label": "Do you hold a van licence?", "type": "yes_no", "required": True, "options": []}
SCORED = {**VAN, "marks": [{"value": "no", "knock_out": True}, {"value": "yes", "points": 3}]}


@pytest.fixture
def application(world):
    world.application.questions, world.application.answers = [PAY, VAN], {"pay": 60000.0, "van": "no"}
    world.application.save()
    return world.application


def said(application, user):
    return [(one.label, one.said) for one in answered.of(application, user)]


def review(client, world, user):
    client.force_login(user)
    return client.get(reverse("pipeline:review", args=[world.job.pk])).content.decode()


# --- private answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("admin", True),
        ("recruiter", True),
        ("coordinator", False),
        ("hiring_manager", False),
        ("interviewer", False),
        ("compliance_officer", False),
    ],
)
def test_a_private_answer_is_for_recruiters(world, application, role, reads):
    assert said(application, world.people[role])[0] == ("What pay do you expect?", "60000" if reads else PRIVATE)


def test_on_a_confidential_job_private_answers_are_for_its_own_recruiters(world, application, admin, recruiter):
    Job.objects.filter(pk=world.job.pk).update(confidential=True)
    application.job.refresh_from_db()
    TeamMember.objects.filter(user=recruiter).update(role="coordinator")

    assert [said(application, user)[0][1] for user in (admin, recruiter)] == [PRIVATE, PRIVATE]
    TeamMember.objects.filter(user=recruiter).update(role="recruiter")
    assert said(application, recruiter)[0][1] == "60000"


def test_the_rule_for_one_job_and_for_many_agree(world, application):
    for user in world.people.values():
        listed = Job.objects.filter(access.jobs_with_visible_answers(user), pk=world.job.pk).exists()
        assert listed == access.can_see_private_answers(user, world.job), user.role


def test_the_review_page_withholds_a_private_answer(client, world, application, coordinator):
    page = review(client, world, coordinator)

    assert PRIVATE in page
    assert "60000" not in page


def test_no_rule_and_no_criterion_stands_on_a_private_answer(world, application, recruiter):
    """Whom a rule fits, and what is met, would tell it."""
    world.posting.questions = [PAY, {**VAN, "private": True}]
    world.posting.save()

    assert [key for key in facts.catalogue(world.job) if key.startswith("answer:")] == []
    assert comparable(world.posting.questions) == []
    assert [one for one in suggesting.waiting(world.job, ()) if one.criterion.kind == "answer"] == []


def test_a_criterion_on_a_question_that_became_private_is_judged_no_more(world, application):
    give_resume(world.candidate)
    criteria.add(world.job, criterion("answer", question="pay", label="What pay do you expect?", least=50000), by=None)
    judging.judge_due([application.pk])

    (judged,) = judging.judged(application)
    assert (judged.verdict, judged.rule, judged.evidence) == ("unknown", "answer_private", ())


def test_what_was_answered_before_a_question_became_private_is_private_too(world, application, recruiter, coordinator):
    public = {key: value for key, value in PAY.items() if key != "private"}
    world.posting.questions = [public, VAN]
    world.posting.save()
    building.publish(world.posting, by=recruiter)
    application.questions = [public, VAN]
    application.save()
    before = said(application, coordinator)[0][1]

    building.change(world.posting, "pay", PAY, by=recruiter)
    building.publish(world.posting, by=recruiter)

    application.refresh_from_db()
    assert (before, said(application, coordinator)[0][1]) == ("60000", PRIVATE)
    assert [one["key"] for one in application.questions] == ["pay", "van"]


def test_a_file_given_in_private_is_neither_named_nor_handed_out(client, world, recruiter, coordinator):
    document = Document.objects.create(
        candidate=world.candidate, kind="private", name="Private answer.pdf", content_type="application/pdf", size=9,
        sha256="0" * 64, status="ready", uploaded_at=timezone.now(),
    )  # fmt: skip
    seen = {
        user.role: Document.objects.visible_to(user).filter(pk=document.pk).exists() for user in world.people.values()
    }

    client.force_login(coordinator)
    answer = client.get(reverse("document_download", args=[document.pk]))

    assert {role for role, sees in seen.items() if sees} == {"admin", "recruiter"}
    assert answer.status_code == 404


# --- what answers are worth --------------------------------------------------------------------------------------------


def test_a_knock_out_answer_is_shown_and_decides_nothing(client, world, application, recruiter):
    world.posting.questions = [SCORED]
    world.posting.save()

    page = review(client, world, recruiter)

    assert "Knock-out answer. No rule acts on it: you decide." in page
    assert "0 of 3 points" in page
    application.refresh_from_db()
    assert application.is_active


def test_a_knock_out_answer_names_the_rule_that_acts_on_it(client, world, application, recruiter):
    world.posting.questions = [SCORED]
    world.posting.save()
    atom = {"fact": "answer:van", "type": "yes_no", "op": "is", "values": ["no"], "label": VAN["label"]}
    rule = versions.create(
        job=world.job, name="No van licence", by=recruiter, trigger={"kind": "applied"},
        asked={"match": "all", "groups": [{"match": "all", "atoms": [atom]}]},
        action={"kind": "notify", "role": "recruiter", "text": "no licence"}, delay=0,
    )  # fmt: skip
    draft = rule.versions.get()
    trying.try_out(draft, by=recruiter)
    versions.activate(draft, by=recruiter, seen_problems=True)

    assert "“No van licence”: Tell the recruiters of the job" in review(client, world, recruiter).replace("&quot;", '"')
