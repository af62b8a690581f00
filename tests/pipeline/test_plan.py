"""The stages of a job as its team changes them, and the page on which they do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring.errors import Refused
from pipeline import plan
from pipeline.models import Stage
from tests.factories import StageFactory

pytestmark = pytest.mark.django_db


def names(job):
    return list(Stage.objects.filter(job=job).order_by("position").values_list("name", flat=True))


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

    with pytest.raises(Refused, match="Rename it"):
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
