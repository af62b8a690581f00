"""Taking an application over to another job: what goes along, what stays, and the way back (invariant 2)."""

import datetime as dt

import pytest
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job
from pipeline import bulk, moves, starting, status, transfer
from pipeline.models import Application, Transfer
from tests import factories


@pytest.fixture
def other(world):
    """Another job with the same steps."""
    job = factories.JobFactory(title="Data Analyst", status=Job.Status.OPEN)
    for position, kind in enumerate(["applied", "screen", "interview", "hired"]):
        factories.StageFactory(job=job, kind=kind, name=kind.title(), position=position)
    return job


def last(application):
    found = application.transitions.order_by("at", "pk").last()
    return found.to_id, found.status, found.reason


def test_it_goes_on_in_a_stage_alike_with_all_the_person_gave(world, other, recruiter):
    Application.objects.filter(pk=world.application.pk).update(answers={"why": "Energy"}, origin={"first": "x"})
    application = moves.move(world.application, world.stages["interview"], by=recruiter)

    opened = transfer.transfer(application, other, by=recruiter)

    application.refresh_from_db()
    assert (application.status, last(application)) == (
        "converted",
        (world.stages["interview"].pk, "converted", "transferred"),
    )
    assert (opened.job, opened.stage.kind, opened.applied_at) == (other, "interview", application.applied_at)
    assert (opened.answers, opened.origin) == ({"why": "Energy"}, {"first": "x"})
    assert last(opened) == (opened.stage_id, "active", "")
    made = Transfer.objects.get()
    assert (made.left, made.opened, made.by) == (application, opened, recruiter)


def test_undo_puts_everything_back_until_somebody_works_on_it(world, other, recruiter, manager):
    opened = transfer.transfer(world.application, other, by=recruiter)
    back = transfer.undo(opened, by=recruiter)
    assert (back.status, back.stage, back.reviewed_at) == ("active", world.stages["applied"], None)
    assert not Application.objects.filter(pk=opened.pk).exists() and not Transfer.objects.exists()

    opened = transfer.transfer(back, other, by=recruiter)
    moves.move(opened, other.stages.get(kind="screen"), by=manager)
    with pytest.raises(Refused, match="worked on"):
        transfer.undo(opened, by=recruiter)
    assert Transfer.objects.get().opened == opened


def test_what_is_open_holds_it_and_a_stale_sight_is_refused(world, other, recruiter, manager):
    ahead = timezone.now() + dt.timedelta(days=1)
    meeting = factories.InterviewFactory(
        application=world.application, starts_at=ahead, ends_at=ahead + dt.timedelta(hours=1)
    )
    with pytest.raises(Refused, match="Noor Haddad has an interview ahead"):
        transfer.transfer(world.application, other, by=recruiter)
    meeting.delete()
    moves.move(world.application, world.stages["screen"], by=manager)
    with pytest.raises(Refused, match="Max Manager already moved Noor Haddad to Screen just now"):
        transfer.transfer(world.application, other, by=recruiter, seen=world.stages["applied"])
    starting.open_application(world.candidate, other, by=recruiter)
    with pytest.raises(Refused, match="already has an active application"):
        transfer.transfer(world.application, other, by=recruiter)
    world.application.refresh_from_db()
    assert world.application.is_active and not Transfer.objects.exists()


def test_many_are_taken_over_as_one_act_and_brought_back(world, other, recruiter):
    more = [starting.open_application(factories.CandidateFactory(), world.job, by=None) for _ in range(3)]
    ids = [world.application.pk, *(one.pk for one in more)]

    act = bulk.run(bulk.start_transfer(world.job, ids, other.stages.get(kind="applied"), by=recruiter))
    assert (len(act.done), act.failed, other.applications.count()) == (4, [], 4)
    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert (len(undone.done), other.applications.count()) == (4, 0)
    assert world.job.applications.active().count() == 4


def test_the_person_reads_where_it_went(world, other, recruiter):
    transfer.transfer(world.application, other, by=recruiter)
    world.application.refresh_from_db()

    assert status.standing(world.application).headline == "We moved your application to another job"
