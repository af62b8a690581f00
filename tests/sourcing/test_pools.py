"""Pools: people with a reason and a date, and their pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import TimelineEvent
from sourcing import pools
from sourcing.models import PoolMember
from sourcing.today import next_touches
from tests.factories import CandidateFactory


@pytest.fixture
def pool(recruiter):
    return pools.create(name="Data platform, Lyon", purpose="Engineers who know meters", owner=recruiter)


@pytest.mark.django_db
def test_a_member_has_a_reason(pool, recruiter):
    with pytest.raises(Refused, match="why"):
        pools.add(pool, CandidateFactory(), reason=" ", by=recruiter)


@pytest.mark.django_db
def test_adding_twice_keeps_one_member_and_the_first_reason(pool, recruiter):
    person = CandidateFactory()
    pools.add(pool, person, reason="Knows meters", by=recruiter)
    pools.add(pool, person, reason="Another", by=recruiter, next_touch_on=dt.date(2027, 3, 1))

    member = PoolMember.objects.get()
    assert (member.reason, member.next_touch_on) == ("Knows meters", dt.date(2027, 3, 1))
    assert list(TimelineEvent.objects.values_list("kind", flat=True)) == ["pool.added"]


@pytest.mark.django_db
def test_two_pools_cannot_share_a_name(pool, recruiter):
    with pytest.raises(Refused, match="already a pool"):
        pools.create(name=pool.name, owner=recruiter)


@pytest.mark.django_db
def test_a_name_that_is_taken_is_said_at_the_form_which_keeps_what_was_typed(client, pool, recruiter):
    client.force_login(recruiter)

    response = client.post(reverse("sourcing:pool_create"), {"name": pool.name, "purpose": "A long thought"})

    page = response.content.decode()
    assert (response.status_code, "already a pool" in page, "A long thought" in page) == (422, True, True)


@pytest.mark.django_db
def test_the_page_lists_members_with_reason_and_late_date(client, pool, recruiter):
    late = timezone.now().astimezone(recruiter.zone).date() - dt.timedelta(days=2)
    pools.add(pool, CandidateFactory(name="Ada Byron"), reason="Knows meters", by=recruiter, next_touch_on=late)
    client.force_login(recruiter)

    page = client.get(pool.get_absolute_url()).content.decode()

    assert "Ada Byron" in page
    assert "Knows meters" in page
    assert "2 days ago" in page


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_no_more_for_more_members(client, pool, recruiter, people, django_assert_num_queries):
    for _ in range(people):
        pools.add(pool, CandidateFactory(), reason="Knows meters", by=recruiter)
    client.force_login(recruiter)
    client.get(pool.get_absolute_url())
    with django_assert_num_queries(5):
        client.get(pool.get_absolute_url())


@pytest.mark.django_db
def test_today_reminds_the_owner_of_due_members(client, pool, recruiter):
    pools.add(
        pool,
        CandidateFactory(name="Ada Byron"),
        reason="Knows meters",
        by=recruiter,
        next_touch_on=timezone.localdate(),
    )
    client.force_login(recruiter)

    assert "People to come back to" in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_member_can_be_put_off_and_taken_out(client, pool, recruiter):
    member = pools.add(pool, CandidateFactory(), reason="Knows meters", by=recruiter)
    client.force_login(recruiter)

    client.post(
        reverse("sourcing:member", args=[member.pk]),
        {"stage": "warm", "reason": "Spoke in May", "next_touch_on": "2027-03-01"},
    )
    member.refresh_from_db()
    client.post(reverse("sourcing:member_remove", args=[member.pk]))

    assert (member.stage, member.next_touch_on) == ("warm", dt.date(2027, 3, 1))
    assert not pool.members.exists()


@pytest.mark.django_db
def test_pools_are_not_for_hiring_managers(client, pool, manager):
    client.force_login(manager)

    assert client.get(reverse("sourcing:pools")).status_code == 403
    assert client.get(pool.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_people_of_a_search_go_into_a_pool_together(client, pool, recruiter):
    people = [CandidateFactory() for _ in range(3)]
    client.force_login(recruiter)

    client.post(
        reverse("candidate_bulk"),
        {
            "action": "pool",
            "value": str(pool.pk),
            "value_pool": str(pool.pk),
            "candidate": [person.pk for person in people],
        },
    )

    assert pool.members.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "word"), [(0, "Today"), (1, "1 day late"), (3, "3 days late")])
def test_how_late_a_person_to_come_back_to_is(pool, recruiter, days, word):
    due = timezone.localdate() - dt.timedelta(days=days)
    pools.add(pool, CandidateFactory(name="Ada Byron"), reason="Knows meters", by=recruiter, next_touch_on=due)
    assert next_touches(recruiter).lines[0].due == word


@pytest.mark.django_db
def test_a_pool_can_be_called_something_else(client, pool, recruiter):
    client.force_login(recruiter)

    client.post(reverse("sourcing:pool_edit", args=[pool.pk]), {"name": "Meter people", "purpose": "For the next team"})

    pool.refresh_from_db()
    assert (pool.name, pool.purpose) == ("Meter people", "For the next team")


@pytest.mark.django_db
def test_a_pool_does_not_take_the_name_of_another(pool, recruiter):
    other = pools.create(name="Electricians", owner=recruiter)

    with pytest.raises(Refused, match="already a pool"):
        pools.edit(other, name=pool.name, purpose="", by=recruiter)


@pytest.mark.django_db
def test_a_member_is_acted_on_from_one_menu_and_many_from_the_bar(client, pool, recruiter):
    pools.add(pool, CandidateFactory(name="Ada Byron"), reason="Knows meters", by=recruiter)
    client.force_login(recruiter)

    page = client.get(pool.get_absolute_url()).content.decode()

    assert "More about Ada Byron in this pool" in page
    assert 'class="tl-bulk"' in page
