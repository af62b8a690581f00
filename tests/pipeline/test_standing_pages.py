"""Pages of what an application waits for and of a transfer; who stands too long is told of once."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import stand_ins
from hiring.models import Job, Notification
from pipeline import moves, nudging, rejection, starting, sub_status
from pipeline.models import Application, BulkAct, StuckNudge, SubStatus, Transfer
from tests import factories


def test_what_one_waits_for_is_set_explained_and_taken_back(client, world, recruiter):
    client.force_login(recruiter)
    url = reverse("pipeline:application_waits", args=[world.application.pk])
    assert "Nobody has looked at the application yet." in client.get(url).content.decode()

    client.post(url, {"key": "waiting_candidate", "note": "asked for dates"})
    page = client.get(url).content.decode()
    assert "Waiting for candidate" in page and "asked for dates" in page and str(recruiter) in page
    assert client.post(url, {"key": "nonsense"}).status_code == 422
    client.post(url, {"key": ""})

    assert not SubStatus.objects.exists()


def test_a_transfer_leads_both_ways_and_back(client, world, recruiter):
    other = factories.JobFactory(title="Data Analyst", status=Job.Status.OPEN)
    factories.StageFactory(job=other, kind="applied", name="Applied", position=0)
    client.force_login(recruiter)
    url = reverse("pipeline:application_transfer", args=[world.application.pk])
    assert "Data Analyst" in client.get(url).content.decode()
    assert client.post(url, {"job": ""}).status_code == 422

    client.post(url, {"job": other.pk, "seen": world.stages["applied"].pk})
    made = Transfer.objects.get()
    panel = client.get(reverse("pipeline:candidate_applications", args=[world.candidate.pk])).content.decode()
    assert f"Came over from {world.job}" in panel and "Went on as Data Analyst" in panel
    client.post(reverse("pipeline:transfer_undo", args=[made.opened_id]))

    world.application.refresh_from_db()
    assert world.application.is_active and not Transfer.objects.exists()


@pytest.mark.parametrize("route", ["reject", "move", "transfer", "waits"])
def test_what_has_ended_is_said_with_who_and_when_and_no_form_is_offered(client, world, recruiter, manager, route):
    reason = factories.RejectionReasonFactory(label="Needs more experience")
    rejection.reject(world.application, reason, by=manager)
    client.force_login(recruiter)
    address = reverse(f"pipeline:application_{route}", args=[world.application.pk])

    page = client.get(address).text
    drawer = client.get(address, headers={"HX-Request": "true"}).text if route == "reject" else page

    for shown in (page, drawer):
        assert f"Rejected by {manager}" in shown and "Needs more experience" in shown and "No letter went out" in shown
        assert not re.search(
            r'<form[^>]*method="post"[^>]*>\s*<input[^>]*csrf[^>]*>\s*<input[^>]*name="(next|seen)"', shown
        )
        assert 'name="reason"' not in shown and 'name="to"' not in shown and 'name="job"' not in shown


def test_a_bulk_move_sent_twice_is_one_act_and_leaves_out_who_moved_since(client, world, recruiter, manager):
    client.force_login(recruiter)
    url, stage = reverse("pipeline:bulk", args=[world.job.pk]), world.stages["screen"]
    data = {"act": "move", "to": stage.pk, "pick": [world.application.pk], "once": uuid.uuid4()}

    client.post(url, data)
    second = client.post(url, data)
    assert BulkAct.objects.count() == 1 and second["Location"] == BulkAct.objects.get().get_absolute_url()

    seen = timezone.now().timestamp()
    moves.move(Application.objects.get(pk=world.application.pk), world.stages["interview"], by=manager)
    client.post(url, data | {"once": uuid.uuid4(), "seen": f"{seen:.6f}-abc"})
    act = BulkAct.objects.order_by("pk").last()
    assert act.done == [] and act.failed[0][1] == "Max Manager already moved {name} to Interview just now."


@pytest.fixture
def stuck(world):
    """The application stands a week in a stage that should take two days, on an open job."""
    Job.objects.filter(pk=world.job.pk).update(status=Job.Status.OPEN)
    stage = world.stages["applied"]
    stage.target_days = 2
    stage.save()
    Application.objects.filter(pk=world.application.pk).update(entered_stage_at=timezone.now() - dt.timedelta(days=7))
    return world.application


def test_the_owner_is_told_once_a_stay_why_and_not_again(world, stuck, recruiter):
    world.candidate.owner = recruiter
    world.candidate.save()

    assert (nudging.nudge_all(), nudging.nudge_all()) == (1, 0)
    told = Notification.objects.get()
    assert (told.user, told.kind) == (recruiter, "stuck")
    assert "has stood in Applied for 7 days" in told.words and "is 2. You hear this once." in told.words

    moves.move(stuck, world.stages["screen"], by=recruiter)
    moves.undo_move(stuck, by=recruiter)
    assert nudging.nudge_all() == 0 and StuckNudge.objects.count() == 1


def test_whoever_is_away_hears_nothing_but_their_stand_in_does(world, stuck, recruiter, coordinator):
    world.candidate.owner = recruiter
    world.candidate.save()
    today = stand_ins.today_of(recruiter)
    stand_ins.appoint(recruiter, coordinator, today, today)

    nudging.nudge_all()

    assert [told.user for told in Notification.objects.all()] == [coordinator]


def test_many_on_one_job_are_one_notification_and_who_is_on_hold_or_quiet_rests(world, stuck, recruiter):
    past = timezone.now() - dt.timedelta(days=4)
    for _ in range(2):
        one = starting.open_application(factories.CandidateFactory(), world.job, by=None)
        Application.objects.filter(pk=one.pk).update(entered_stage_at=past)
    held = starting.open_application(factories.CandidateFactory(), world.job, by=None)
    Application.objects.filter(pk=held.pk).update(entered_stage_at=past)
    sub_status.put(held, "on_hold", by=recruiter)

    assert nudging.nudge_all() == 3
    assert [row.words[:15] for row in Notification.objects.all()] == ["3 people stand "]
