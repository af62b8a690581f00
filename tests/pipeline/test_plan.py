"""The stages of a job as its team changes them, and the page on which they do."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring.errors import Refused
from interviews import plan as interview_plan
from interviews.models import InterviewKit
from pipeline import bulk, moves, plan, rejection, retiring, starting, tasks
from pipeline.blind import setting, whom
from pipeline.models import Application, BulkAct, DecisionRecord, Rule, RuleVersion, Stage
from tests import factories
from tests.factories import StageFactory

pytestmark = pytest.mark.django_db


def names(job):
    return list(Stage.objects.standing().filter(job=job).order_by("position").values_list("name", flat=True))


def test_two_stages_may_swap_their_names(world):
    screen, interview = world.stages["screen"], world.stages["interview"]

    plan.edit(
        world.job, [plan.Wanted(screen.pk, "Interview", 3), plan.Wanted(interview.pk, "Screen", None, 8)], by=None
    )

    assert names(world.job)[2:4] == ["Interview", "Screen"]
    assert Stage.objects.values_list("target_days", "limit").get(pk=interview.pk) == (None, 8)


@pytest.mark.parametrize("name", ["", "   ", "applied", "APPLIED"])
def test_a_stage_needs_a_name_of_its_own(world, name):
    with pytest.raises(Refused):
        plan.edit(world.job, [plan.Wanted(world.stages["screen"].pk, name)], by=None)
    assert names(world.job)[2] == "Screen"


def test_stages_of_another_job_are_not_reached(world):
    with pytest.raises(Refused, match="gone"):
        plan.edit(world.job, [plan.Wanted(StageFactory().pk, "Mine now")], by=None)


def test_stages_of_one_kind_change_places(world):
    made = plan.add(world.job, name="Onsite", kind="interview", by=None)
    assert names(world.job) == ["Lead", "Applied", "Screen", "Interview", "Onsite", "Offer", "Hired"]

    plan.shift(made, up=True, by=None)

    assert names(world.job)[3:5] == ["Onsite", "Interview"]


def test_kinds_keep_their_order(world):
    with pytest.raises(Refused, match="has to come before"):
        plan.shift(world.stages["offer"], up=False, by=None)
    with pytest.raises(Refused, match="stands first"):
        plan.shift(world.stages["lead"], up=True, by=None)


def test_an_untouched_stage_can_go_and_one_with_history_stays(world):
    plan.remove(world.stages["screen"], by=None)

    with pytest.raises(Refused, match="Say where they go"):
        plan.remove(
            plan.add(world.job, name="Applied again", kind="applied", by=None) and world.stages["applied"], by=None
        )
    assert names(world.job) == ["Lead", "Applied", "Applied again", "Interview", "Offer", "Hired"]
    assert list(Stage.objects.filter(job=world.job).order_by("position").values_list("position", flat=True)) == list(
        range(6)
    )


@pytest.mark.parametrize("kind", ["applied", "hired"])
def test_the_stages_a_job_cannot_do_without_stay(world, kind):
    with pytest.raises(Refused, match="needs its"):
        plan.remove(world.stages[kind], by=None)


def test_a_second_hired_stage_and_a_name_twice_are_refused(world):
    with pytest.raises(Refused):
        plan.add(world.job, name="Really hired", kind="hired", by=None)
    with pytest.raises(Refused):
        plan.add(world.job, name="offer", kind="offer", by=None)


# --- a stage in which people stood ----------------------------------------------------------------------------------


def standing(stage):
    return [one.candidate.name for one in stage.applications.active().order_by("pk")]


def test_a_stage_gives_way_its_people_go_on_and_its_history_stays(world, recruiter, manager):
    """One recorded act: nobody is decided on, who is new stays new, and whoever was turned down there comes back elsewhere."""
    screen, interview = world.stages["screen"], world.stages["interview"]
    kit = factories.InterviewKitFactory(job=world.job, stage=screen, name="Phone call")
    first, turned_down = (
        moves.move(one, screen, by=manager)
        for one in (world.application, starting.open_application(factories.CandidateFactory(), world.job, by=None))
    )
    new = starting.open_application(factories.CandidateFactory(name="Ada New"), world.job, by=None, stage=screen)
    rejection.reject(turned_down, factories.RejectionReasonFactory(), by=manager)
    decisions = DecisionRecord.objects.count()

    act = bulk.run(bulk.start_retiring(screen, interview, by=recruiter))

    assert (len(act.done), act.failed, standing(interview)) == (2, [], ["Noor Haddad", "Ada New"])
    assert names(world.job) == ["Lead", "Applied", "Interview", "Offer", "Hired"]
    new.refresh_from_db()
    assert new.reviewed_at is None and DecisionRecord.objects.count() == decisions
    steps = list(first.transitions.order_by("at", "pk").values_list("left__name", "to__name", "by", "reason"))
    assert steps[1:] == [
        ("Applied", "Screen", manager.pk, ""),
        ("Screen", "Interview", recruiter.pk, "retired"),
    ]
    kit.refresh_from_db()
    assert kit.stage == interview
    with pytest.raises(Refused, match="no longer in the plan"):
        moves.move(first, Stage.objects.get(pk=screen.pk), by=recruiter)
    assert rejection.restore(turned_down, by=recruiter).stage == interview
    plan.add(world.job, name="Screen", kind="screen", by=None)  # its name is free again
    with pytest.raises(Refused, match="another stage called “Screen”"):
        bulk.start_undo(act, by=recruiter)


def test_taking_it_back_puts_the_stage_and_those_who_did_not_move_since_where_they_were(world, recruiter, manager):
    screen = world.stages["screen"]
    case, _ = (factories.InterviewKitFactory(job=world.job, stage=screen, name=name) for name in ("Case", "Call"))
    first = moves.move(world.application, screen, by=manager)
    since = first.entered_stage_at
    other = moves.move(starting.open_application(factories.CandidateFactory(), world.job, by=None), screen, by=manager)
    act = bulk.run(bulk.start_retiring(screen, world.stages["applied"], by=recruiter))
    moves.move(other, world.stages["offer"], by=manager)
    said = {"name": "Case", "minutes": 45, "focus": [], "questions": [], "by": recruiter}
    interview_plan.edit(InterviewKit.objects.get(pk=case.pk), stage=world.stages["offer"], **said)

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    first.refresh_from_db()
    assert (undone.done, [pk for pk, _ in undone.failed]) == ([first.pk], [other.pk])
    assert (first.stage, abs(first.entered_stage_at - since) < dt.timedelta(seconds=2)) == (screen, True)
    assert dict(world.job.kits.values_list("name", "stage__name")) == {"Call": "Screen", "Case": "Offer"}
    assert names(world.job) == ["Lead", "Applied", "Screen", "Interview", "Offer", "Hired"]


def test_a_stage_gives_way_and_comes_back_at_the_same_cost_however_many_stood_in_it(world, recruiter):
    """Invariant 11, for the act that moves people because a plan changed."""

    def cost(people):
        stage = plan.add(world.job, name=f"Call {people}", kind="screen", by=None)
        factories.ApplicationFactory.create_batch(people, stage=stage)
        with CaptureQueriesContext(connection) as going:
            act = bulk.run(bulk.start_retiring(stage, world.stages["interview"], by=recruiter))
        with CaptureQueriesContext(connection) as coming:
            undone = bulk.run(bulk.start_undo(act, by=recruiter))
        assert (len(act.done), len(undone.done), stage.applications.active().count()) == (people, people, people)
        return len(going), len(coming)

    cost(2)

    assert cost(3) == cost(20)


def test_kits_that_were_taken_along_twice_find_back_to_whichever_stage_stands_again(world, recruiter):
    screen, interview, offer = (world.stages[kind] for kind in ("screen", "interview", "offer"))
    kit = factories.InterviewKitFactory(job=world.job, stage=screen, name="Call")
    acts = [
        bulk.run(bulk.start_retiring(left, to, by=recruiter)) for left, to in ((screen, interview), (interview, offer))
    ]

    def place():
        kit.refresh_from_db()
        return kit.stage.name

    went = place()
    bulk.run(bulk.start_undo(acts[1], by=recruiter))
    half = place()
    bulk.run(bulk.start_undo(acts[0], by=recruiter))

    assert (went, half, place(), kit.came_from) == ("Offer", "Interview", "Screen", [])


def test_whoever_comes_while_it_is_taken_out_goes_along_even_too_late(world, recruiter):
    screen = world.stages["screen"]
    moves.move(world.application, screen, by=recruiter)
    act = bulk.start_retiring(screen, world.stages["interview"], by=recruiter)
    second = starting.open_application(factories.CandidateFactory(name="Second"), world.job, by=None)
    moves.move(second, screen, by=recruiter)

    act = bulk.run(act)
    assert (act.total, len(act.done), standing(world.stages["interview"])) == (2, 2, ["Noor Haddad", "Second"])

    Application.objects.filter(pk=second.pk).update(stage=screen)  # a page that was open since before
    tasks.sweep_bulk_acts()
    assert standing(world.stages["interview"]) == ["Noor Haddad", "Second"]


def test_what_a_stage_is_needed_for_is_said(world, recruiter):
    screen, applied, interview = (world.stages[kind] for kind in ("screen", "applied", "interview"))
    setting.switch_on(world.job, interview, by=recruiter)
    rule = Rule.objects.create(job=world.job, name="Advance juniors", created_at=timezone.now())
    RuleVersion.objects.create(
        rule=rule, number=1, state="active", trigger={"kind": "applied"}, action={"kind": "move", "stage": screen.pk},
        changed_at=timezone.now(),
    )  # fmt: skip

    reasons = [retiring.in_the_way(stage) for stage in (screen, applied, interview)]

    assert "The rule “Advance juniors” is about “Screen”." in reasons[0]
    assert "needs its applied stage" in reasons[1] and "Names are hidden until “Interview”" in reasons[2]
    with pytest.raises(Refused, match="Choose the stage"):
        rule.delete()
        bulk.start_retiring(screen, world.stages["hired"], by=recruiter)


def test_blind_names_stay_hidden_of_people_in_a_stage_that_left_the_plan(world, recruiter, manager):
    """Its place stays before the stage until which names are hidden, also when stages before it go as well."""
    one = plan.add(world.job, name="Call", kind="screen", by=None)
    setting.switch_on(world.job, world.stages["interview"], by=recruiter)
    moves.move(world.application, one, by=recruiter)
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)
    for stage in (one, world.stages["screen"]):
        bulk.run(bulk.start_retiring(stage, world.stages["applied"], by=recruiter))

    assert list(whom.blind_applications(manager)) == [world.application]


def test_the_page_asks_where_people_go_and_comes_back_to_the_plan(client, recruiter, world):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    client.force_login(recruiter)

    asked = client.post(reverse("pipeline:stage_remove", args=[world.stages["screen"].pk]), follow=True)
    page = asked.content.decode()
    url, once = asked.redirect_chain[-1][0], uuid.uuid4()
    assert "Take “Screen” out of the plan" in page and "1</b> person stands in it now" in page
    assert client.post(url, {"to": world.stages["hired"].pk}).status_code == 422
    answer = client.post(url, {"to": world.stages["interview"].pk, "once": once}, follow=True)
    again = client.post(url, {"to": world.stages["interview"].pk, "once": once})

    act = BulkAct.objects.get()
    assert "“Screen” is out of the plan. 1 person went on to Interview." in answer.content.decode()
    assert again["Location"] == act.get_absolute_url()
    assert "Take “Screen” out of the plan" in client.get(act.get_absolute_url()).content.decode()


# --- page -----------------------------------------------------------------------------------------------------------


def rows(world, **changes):
    data = {"stages-TOTAL_FORMS": "6", "stages-INITIAL_FORMS": "6"}
    for number, (kind, stage) in enumerate(world.stages.items()):
        data |= {f"stages-{number}-stage": str(stage.pk), f"stages-{number}-name": changes.get(kind, stage.name)}
    return data


def test_the_page_saves_names(client, recruiter, world):
    client.force_login(recruiter)

    response = client.post(reverse("pipeline:plan", args=[world.job.pk]), rows(world, screen="Phone call"))

    assert response.status_code == 302
    assert names(world.job)[2] == "Phone call"


@pytest.mark.parametrize("name", ["", "Applied"])
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client, recruiter, world, name):
    client.force_login(recruiter)

    response = client.post(reverse("pipeline:plan", args=[world.job.pk]), rows(world, screen=name, offer="Typed offer"))

    assert response.status_code == 422
    assert "Typed offer" in response.content.decode()
    assert "Offer" in names(world.job)


def test_interviewers_read_the_plan_and_outsiders_do_not_find_it(client, interviewer, outsider, world):
    address = reverse("pipeline:plan", args=[world.job.pk])
    client.force_login(interviewer)
    page = client.get(address)
    refused = client.post(address, rows(world))
    client.force_login(outsider)

    assert "Add stage" not in page.content.decode()
    assert refused.status_code == 403
    assert client.get(address).status_code == 404
    assert client.post(reverse("pipeline:stage_remove", args=[world.stages["screen"].pk])).status_code == 404


def test_buttons_move_and_remove(client, recruiter, world):
    client.force_login(recruiter)
    client.post(reverse("pipeline:stage_create", args=[world.job.pk]), {"name": "Onsite", "kind": "interview"})
    onsite = Stage.objects.get(name="Onsite")

    client.post(reverse("pipeline:stage_shift", args=[onsite.pk]), {"to": "up"})
    moved = names(world.job)[3]
    client.post(reverse("pipeline:stage_remove", args=[onsite.pk]))

    assert moved == "Onsite"
    assert "Onsite" not in names(world.job)


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_asks_no_more_for_more_stages(client, recruiter, world, more, django_assert_num_queries):
    for number in range(more):
        plan.add(world.job, name=f"Round {number}", kind="interview", by=None)
    client.force_login(recruiter)
    client.get(reverse("pipeline:plan", args=[world.job.pk]))

    with django_assert_num_queries(8):
        client.get(reverse("pipeline:plan", args=[world.job.pk]))
