"""What people ask about their data is seen to, in time, and nobody answers it twice (GDPR 12, 17)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance import data_requests
from hiring.errors import Refused
from hiring.models import DataRequest, Notification
from sourcing.careers import my_data
from tests.factories import CandidateFactory


@pytest.fixture
def asked(world, officer):
    return my_data.ask_for_erasure(world.candidate)


@pytest.mark.parametrize(
    ("due_in", "settled_after", "words"),
    [(20, None, "Open"), (5, None, "Due soon"), (-1, None, "Overdue"), (5, 0, "Answered"), (-3, 0, "Answered late")],
)
def test_each_says_where_it_stands(asked, due_in, settled_after, words):
    asked.due_on = timezone.localdate() + dt.timedelta(days=due_in)
    asked.settled_at = None if settled_after is None else timezone.now()

    assert data_requests.standing(asked).words == words


def test_an_officer_takes_one_on_answers_it_and_finds_it_among_the_answered(client, asked, officer, world):
    client.force_login(officer)
    url, act = reverse("compliance:data_requests"), reverse("compliance:data_request", args=[asked.pk])

    before = client.get(url).content.decode()
    taken = client.post(act, {"act": "take"}, follow=True).content.decode()
    client.post(act, {"act": "settle"})
    after, answered = client.get(url).content.decode(), client.get(f"{url}?settled=1").content.decode()

    asked.refresh_from_db()
    assert "Noor Haddad" in before and "nobody yet" in before and "Erase everything" in before
    assert officer.full_name in taken and (asked.handled_by, asked.settled_by) == (officer, officer)
    assert "Nobody waits for an answer" in after and "Noor Haddad" in answered
    assert Notification.objects.get(user=officer, kind="data_request").url == url
    with pytest.raises(Refused, match="answered this already"):
        data_requests.settle(asked, by=officer)


@pytest.mark.parametrize("people", [1, 6])
def test_the_list_asks_no_more_for_more_requests(client, asked, officer, people, django_assert_num_queries):
    for _ in range(people):
        my_data.ask_for_erasure(CandidateFactory())
    client.force_login(officer)
    url = reverse("compliance:data_requests")
    client.get(url)

    with django_assert_num_queries(2):
        client.get(url)
    assert DataRequest.objects.count() == people + 1
