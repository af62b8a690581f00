"""“What can this person see, and why?” answers as the querysets do, because it asks the same rules."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hiring import access, access_explained
from hiring.models import Candidate, Job, User
from pipeline import asking
from pipeline.blind import setting, whom
from tests.factories import (
    ApplicationFactory,
    DepartmentFactory,
    JobFactory,
    LocationFactory,
    SeatFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ROLES = [role for role, _ in User.Role.choices]
PARTS = ["recruiter", "coordinator", "hiring_manager", "sourcer", "interviewer"]


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


@given(
    role=st.sampled_from(ROLES),
    jobs=st.lists(st.tuples(st.booleans(), st.none() | st.sampled_from(PARTS)), min_size=1, max_size=4),
)
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_answer_is_what_visible_to_says_and_has_a_reason(db, role, jobs):
    user = UserFactory(role=role)
    department, location = DepartmentFactory(), LocationFactory()
    made, people = [], []
    for confidential, part in jobs:
        job = JobFactory(confidential=confidential, department=department, location=location)
        if part:
            job.team.create(user=user, role=part)
        made.append(job)
        people.append(ApplicationFactory(job=job, stage=StageFactory(job=job)).candidate)

    answers = access_explained.jobs(user, made)

    seen = set(Job.objects.visible_to(user).filter(pk__in=[job.pk for job in made]).values_list("pk", flat=True))
    assert {pk for pk, answer in answers.items() if answer.sees} == seen
    assert all(answer.reasons for answer in answers.values())
    met = set(Candidate.objects.visible_to(user).values_list("pk", flat=True))
    for job, person, (_, part) in zip(made, people, jobs, strict=True):
        one = access_explained.job(user, job)
        rights = dict(one.rights)
        assert one.sees == (job.pk in seen)
        assert rights["See its pay, budget and offers"] == (
            job.pk in seen and Job.objects.filter(access.jobs_with_visible_pay(user), pk=job.pk).exists()
        )
        assert any(reason.startswith("on its team as") for reason in one.reasons) == bool(part)
        assert access_explained.candidate(user, person).sees == (person.pk in met)


def test_the_page_answers_for_a_job_and_a_person(desk, admin, interviewer, recruiter):
    own, other = JobFactory(title="Wind Turbine Technician"), JobFactory(title="Secret Director", confidential=True)
    own.team.create(user=interviewer, role="interviewer")
    other.team.create(user=admin, role="recruiter")
    person = ApplicationFactory(job=own, stage=StageFactory(job=own), candidate__name="Noor Haddad").candidate

    def page(user, **asked):
        return desk.get(reverse("access_explained"), {"user": user.pk, **asked}).content.decode()

    yes = page(interviewer, job="wind turbine", candidate="Noor Haddad")
    no = page(recruiter, job=other.requisition_id, candidate="nobody such")

    assert "sees Wind Turbine Technician" in yes and "On its team as interviewer." in yes
    assert "sees Noor Haddad" in yes and "its pay is hidden" in yes
    assert "does not see Secret Director" in no and "confidential, and they are not on its team" in no
    assert "Confidential jobs they do not see" in no and "Nobody found" in no
    assert str(person.pk) and page(interviewer, job="x" * 300, user_="²")


def test_an_administrator_learns_nothing_of_confidential_jobs_of_others(desk, recruiter):
    secret = JobFactory(title="Secret Director", confidential=True)
    secret.team.create(user=recruiter, role="recruiter")

    page = desk.get(reverse("access_explained"), {"user": recruiter.pk, "job": secret.requisition_id}).content.decode()

    assert "Secret Director" not in page and "No job found" in page


@pytest.mark.parametrize("size", [1, 4])
def test_the_page_asks_no_more_for_more_jobs(desk, recruiter, size, django_assert_num_queries):
    for _ in range(size):
        JobFactory().team.create(user=recruiter, role="recruiter")
    address = reverse("access_explained")
    desk.get(address, {"user": recruiter.pk})

    with django_assert_num_queries(18):
        desk.get(address, {"user": recruiter.pk})


ON_THE_JOB = {
    "See the board and everybody on it": "pipeline:board",
    "Move and turn down people": "pipeline:review",
    "Change the job, its posting and team": "job_edit",
    "Write its rules, and let them rest": "pipeline:rule_create",
    "See who looked behind a hidden name, and why": "pipeline:unmaskings",
    "See what was changed on it": "compliance:job_history",
}
ANYWHERE = {
    "Create jobs": "job_create",
    "Add people": "candidate_create",
    "Write mail to candidates and read their mail": "inbox",
    "Source: pools, sequences": "sourcing:pools",
    "Import lists and archives of people": "sourcing:imports",
    "Handle what colleagues refer": "sourcing:referral_list",
    "Merge duplicates": "duplicates",
    "See the rules of the jobs they see": "pipeline:rules_everywhere",
    "See how the writing assistant is used": "pipeline:assistant_use",
    "Read the outbox of a machine that sends nothing": "outbox",
    "Read the audit": "compliance:audit",
    "See who searched for whom": "compliance:searches",
    "Answer what people ask about their data": "compliance:data_requests",
    "Keep accounts, templates and chains": "approval_chains",
}


def test_what_it_says_a_colleague_may_do_is_what_the_pages_let_them_do(client, world):
    said, real = {}, {}
    for who, user in world.people.items():
        client.force_login(user)
        on_job, in_general = dict(access_explained.job(user, world.job).rights), dict(access_explained.rights(user))
        for label, route in ON_THE_JOB.items():
            said[who, label] = on_job[label]
            real[who, label] = client.get(reverse(route, args=[world.job.pk])).status_code < 400
        for label, route in ANYWHERE.items():
            said[who, label] = in_general[label]
            real[who, label] = client.get(reverse(route)).status_code < 400

    assert said == real


def test_hidden_names_questions_and_seats_are_explained_as_they_hold(desk, world, recruiter, manager, interviewer):
    setting.switch_on(world.job, world.stages["interview"], by=recruiter)
    SeatFactory(interview__application=world.application, user=interviewer)
    asking.ask(world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=timezone.localdate())
    person = world.candidate

    hidden, seen = access_explained.candidate(manager, person), access_explained.candidate(interviewer, person)

    mask = whom.pseudonym(world.application.pk)
    assert (hidden.sees, hidden.reasons) == (
        False, [f"names are hidden from them there: they read of {mask} until a later stage"],
    )  # fmt: skip
    assert dict(hidden.rights)["Look behind the name, for a reason that is kept"] is False
    assert not Candidate.objects.visible_to(manager).filter(pk=person.pk).exists()
    assert seen.sees and "is or was interviewed by them" in seen.reasons, "whoever meets a person knows them"
    asked = access_explained.jobs(manager, [world.job])[world.job.pk].reasons
    assert "is asked about 1 person on it, also by a link from the mail" in asked
    sits = access_explained.jobs(interviewer, [world.job])[world.job.pk].reasons
    assert "sits in 1 interview on it, and meets those people there" in sits
    assert "names are hidden from them there" in desk.get(
        reverse("access_explained"), {"user": manager.pk, "candidate": "NOOR haddad"}
    ).text.replace("Names", "names")
