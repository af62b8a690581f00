"""What the pipeline tells the floors below: stages of a new job, who may be written to, what waits today."""

import datetime as dt

import pytest
from django.utils import timezone

from hiring import access, contact, events, frame, jobs_panels
from hiring.models import Candidate, Job
from pipeline import moves, receivers, today
from pipeline.stages import make_stages
from tests import factories


def test_a_new_job_gets_the_stages_of_its_template(db):
    job = factories.JobFactory()
    template = factories.JobTemplateFactory(
        stages=[{"name": "In", "kind": "applied", "target_days": 3}, {"name": "Chat", "kind": "interview"}]
    )

    events.job_created.send(Job, job=job, template=template)

    assert [(stage.name, stage.kind, stage.target_days) for stage in job.stages.all()] == [
        ("In", "applied", 3), ("Chat", "interview", None), ("Hired", "hired", None),
    ]  # fmt: skip


@pytest.mark.parametrize("stages", [[], [{"name": "", "kind": "applied"}], [{"name": "X", "kind": "nonsense"}]])
def test_a_template_without_usable_stages_gives_the_default_six(db, stages):
    job = factories.JobFactory()

    make_stages(job, factories.JobTemplateFactory(stages=stages))

    assert [stage.kind for stage in job.stages.all()] == ["lead", "applied", "screen", "interview", "offer", "hired"]


def test_outreach_rests_while_somebody_is_in_a_process(world):
    asked = [world.candidate.pk]
    finding = receivers.active_application(asked, timezone.now(), None)[world.candidate.pk]

    assert (finding.answer, finding.rule) == ("wait", "active_application")
    assert "Data Engineer" in finding.reason
    assert contact.guards["active_application"] is receivers.active_application
    moves.withdraw(world.application)
    assert receivers.active_application(asked, timezone.now(), None) == {}


def test_a_confidential_job_is_not_named(world):
    world.job.confidential = True
    world.job.save()

    found = receivers.active_application([world.candidate.pk], timezone.now(), None)
    assert "Data Engineer" not in found[world.candidate.pk].reason


def test_a_manager_sees_the_people_of_their_own_jobs_only(world, manager, outsider):
    factories.ApplicationFactory()

    assert list(Candidate.objects.visible_to(manager)) == [world.candidate]
    assert list(Candidate.objects.visible_to(outsider)) == []


def test_the_filters_over_jobs_agree_with_the_questions(world):
    hidden = factories.JobFactory(confidential=True)
    for user in world.people.values():
        for job in (world.job, hidden):
            jobs = Job.objects.filter(pk=job.pk)
            assert jobs.filter(access.jobs_movable_by(user)).exists() == access.can_move(user, job)
            seen = jobs.visible_to(user).exists() and access.can_see_pipeline(user, job)
            assert jobs.filter(access.pipelines_visible_to(user)).exists() == seen


def test_today_shows_what_waits_on_my_teams_only(world, recruiter, admin):
    group = today.to_review(recruiter)

    assert (group.total, [line.note for line in group.lines]) == (1, ["1 new application"])
    assert today.to_review(admin) is None
    assert (frame.counts["jobs"](recruiter), frame.counts["jobs"](admin)) == (1, 0)


def test_decided_applications_wait_no_longer(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    moves.move(world.application, world.stages["applied"], by=recruiter)

    assert today.to_review(recruiter) is None


def test_today_shows_people_past_the_stages_target(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    world.stages["screen"].target_days = 5
    world.stages["screen"].save()
    long_ago = timezone.now() - dt.timedelta(days=8)
    type(world.application).objects.filter(pk=world.application.pk).update(entered_stage_at=long_ago)

    group = today.past_target(recruiter)

    assert (group.total, group.lines[0].name, group.lines[0].due) == (1, "Noor Haddad", "3 days over")


def test_the_list_of_jobs_counts_active_people_by_stage(world):
    counts = jobs_panels.counts_for([world.job.pk])[world.job.pk]

    assert [(count.kind, count.count) for count in counts] == [
        ("lead", 0), ("applied", 1), ("screen", 0), ("interview", 0), ("offer", 0),
    ]  # fmt: skip
