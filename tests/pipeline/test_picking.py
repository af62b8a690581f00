"""Whom somebody picked on the board: as one field, whole columns with exceptions, thousands, and never twice."""

import uuid

import pytest
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring.models import CandidateTag, PeopleAct
from pipeline import feed, moves, picking, starting
from pipeline.filters import Filters
from pipeline.models import Application, BulkAct
from tests import factories
from tests.pipeline.crowds import copies


@pytest.fixture
def url(world):
    return reverse("pipeline:bulk", args=[world.job.pk])


@given(ids=st.sets(st.integers(1, 2**63 - 1)))
def test_ids_come_back_as_they_were_packed(ids):
    assert picking.unpack(picking.pack(ids)) == sorted(ids)


@pytest.mark.parametrize("text", ["", ".", "1..2", "é", "-1", "1_0", " 1", "z" * 14, ".".join(["zzzzzzzzzzzz"] * 9)])
def test_what_is_not_understood_picks_nobody(text):
    assert picking.unpack(text) == []


def test_a_column_of_25_000_people_is_asked_about_in_one_field_and_goes_through(client, world, url, recruiter):
    copies(world.application, 24_998)
    elsewhere, reason = factories.ApplicationFactory(), factories.RejectionReasonFactory()
    client.force_login(recruiter)

    page = client.post(url, {"act": "reject", "all": world.stages["applied"].pk})
    picked = page.context["picked"]
    ids = [*picking.unpack(picked), elsewhere.pk]
    client.post(url, {"act": "reject", "picked": picking.pack(ids), "reason": reason.pk, "delay": 48})

    assert "Reject 24,999 people" in page.content.decode() and len(page.content) < 150_000
    act = BulkAct.objects.get()
    assert (act.total, elsewhere.pk in act.waiting, act.is_finished) == (24_999, False, False)
    copies(world.application, 2)
    assert "More than 25,000" in client.post(url, {"act": "reject", "all": world.stages["applied"].pk}).content.decode()


def test_a_whole_column_leaves_out_who_was_unticked_and_who_came_later(world, recruiter):
    copies(world.application, 3)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    seen_at = feed.seen_at(feed.newest(world.job))
    out = Application.objects.get(candidate__name="Copy 00002")
    late = starting.open_application(factories.CandidateFactory(), world.job, by=None)
    sent = QueryDict(f"all={world.stages['applied'].pk}&except={out.pk}")

    chosen = picking.picked(sent, world.job, recruiter, Filters(), at_most=100, seen_at=seen_at)

    names = set(Application.objects.filter(pk__in=chosen).values_list("candidate__name", flat=True))
    assert names == {"Copy 00001", "Copy 00003"} and late.pk not in chosen


def test_a_tag_from_the_board_sent_twice_is_one_act(client, world, url, recruiter):
    client.force_login(recruiter)
    data = {"action": "tag", "value_tag": "Rust", "pick": world.application.pk, "page": uuid.uuid4()}

    client.post(url, data)
    again = client.post(url, data)
    client.post(url, data | {"value_tag": "Go"})  # another tag from the same page is another act

    first = PeopleAct.objects.order_by("pk").first()
    assert again["Location"] == first.get_absolute_url()
    assert (PeopleAct.objects.count(), CandidateTag.objects.count()) == (2, 2)


def test_people_are_given_to_a_colleague_from_the_board_and_taken_back(client, world, url, recruiter, coordinator):
    client.force_login(recruiter)

    answer = client.post(
        url, {"action": "owner", "value_owner": coordinator.pk, "pick": world.application.pk}, follow=True
    )
    world.candidate.refresh_from_db()
    given_to = world.candidate.owner
    client.post(reverse("bulk_act_undo", args=[PeopleAct.objects.get().pk]))

    world.candidate.refresh_from_db()
    assert f"{coordinator} now looks after 1 person." in answer.content.decode()
    assert (given_to, world.candidate.owner) == (coordinator, None)
