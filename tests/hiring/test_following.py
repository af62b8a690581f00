"""Following people and jobs: what matters is told, to those who may see it, until one stops."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import following, merging, notifications, timeline
from hiring.models import Follow
from offers import terms
from pipeline import moves, starting
from tests import factories


def told(user) -> list[str]:
    return [row.words for row in notifications.page(user, only_new=False, before=None)]


@pytest.fixture
def followed(world, coordinator, manager, interviewer, outsider):
    for user in (coordinator, manager, interviewer, outsider):
        following.follow(user, candidate=world.candidate)
    return world


def test_a_move_is_told_to_followers_but_not_to_who_made_it(followed, recruiter, coordinator, manager, outsider):
    following.follow(recruiter, candidate=followed.candidate)

    moves.move(followed.application, followed.stages["screen"], by=recruiter)

    words = ["Noor Haddad moved to Screen for Data Engineer"]
    assert told(coordinator) == told(manager) == words
    assert told(recruiter) == []
    assert told(outsider) == []  # may not see the person, though the row is there


def test_a_follower_of_the_job_and_of_the_person_is_told_once(followed, recruiter, coordinator):
    following.follow(coordinator, job=followed.job)

    moves.move(followed.application, followed.stages["screen"], by=recruiter)

    assert len(told(coordinator)) == 1


def test_followers_of_a_job_hear_of_new_applications(world, recruiter, manager):
    following.follow(manager, job=world.job)

    starting.open_application(factories.CandidateFactory(name="Sam New"), world.job, by=recruiter)

    assert told(manager) == ["Sam New is a candidate for Data Engineer now"]


def test_many_who_are_added_at_once_are_told_of_once(world, recruiter, manager, coordinator):
    """Followers of the job hear that people were added, whatever the number of batches; followers of a person, of that one."""
    people = factories.CandidateFactory.create_batch(4)
    following.follow(manager, job=world.job)
    following.follow(coordinator, candidate=people[1])

    for some in (people[:2], people[2:]):
        starting.open_many(some, world.job, world.stages["lead"], by=recruiter, act=7)

    assert told(manager) == ["Rita Recruiter added people to Data Engineer"]
    assert told(coordinator) == [f"{people[1].name} is a candidate for Data Engineer now"]


def test_an_offer_is_only_told_to_those_who_may_see_pay(followed, recruiter, coordinator, manager, interviewer):
    offer = terms.draft(
        followed.application,
        by=recruiter,
        title="Engineer",
        salary=Decimal(60000),
        start_date=dt.date(2027, 2, 1),
        expires_at=timezone.now() + dt.timedelta(days=5),
    )

    terms.write_down(offer, "offer.sent", recruiter)

    assert told(manager) == ["The offer to Noor Haddad for Data Engineer is out"]
    assert told(coordinator) == told(interviewer) == []


def test_replies_are_told_to_those_who_read_mail_and_automatic_ones_to_nobody(followed, coordinator, manager):
    timeline.record(followed.candidate, "message.received", None, automatic=True)
    timeline.record(followed.candidate, "message.received", None, automatic=False)

    assert told(coordinator) == ["Noor Haddad wrote to us"]
    assert told(manager) == []


def test_interviews_are_told(followed, recruiter, coordinator, interviewer):
    timeline.record(followed.candidate, "interview.scheduled", recruiter, job=followed.job)

    assert told(coordinator) == ["An interview with Noor Haddad for Data Engineer is planned"]


def test_each_kind_can_be_turned_off_and_following_can_end(followed, recruiter, coordinator, manager):
    coordinator.quiet_kinds = [notifications.MOVED]
    coordinator.save()
    following.unfollow(manager, candidate=followed.candidate)

    moves.move(followed.application, followed.stages["screen"], by=recruiter)

    assert told(coordinator) == told(manager) == []


def test_an_event_nobody_follows_costs_one_query(world, recruiter):
    event = timeline.record(world.candidate, "application.withdrawn", recruiter, job=world.job)

    with CaptureQueriesContext(connection) as queries:
        following.hear([event])

    assert len(queries) == 1


def test_the_button_the_list_and_the_followers(client, world, recruiter):
    client.force_login(recruiter)
    person, job = [world.candidate.pk], [world.job.pk]
    swap = {"headers": {"HX-Request": "true"}}

    before = client.get(reverse("candidate", args=person)).content.decode()
    button = client.post(reverse("candidate_follow", args=person), **swap)
    client.post(reverse("job_follow", args=job))
    after = client.get(reverse("candidate", args=person)).content.decode()
    overview = client.get(reverse("job_overview", args=job)).content.decode()
    listed = client.get(reverse("following")).content.decode()
    followers = client.get(reverse("candidate_followers", args=person)).content.decode()
    client.post(reverse("candidate_follow", args=person), {"stop": "1", "back": "list"})

    assert 'aria-pressed="false"' in before and 'aria-pressed="true"' in after
    assert 'aria-pressed="true"' in button.content.decode() and "followed" in button["HX-Trigger"]
    assert 'aria-pressed="true"' in overview
    assert "Noor Haddad" in listed and "Data Engineer" in listed
    assert "You" in followers
    assert list(Follow.objects.values_list("job", flat=True)) == [world.job.pk]


def test_a_merge_keeps_each_follower_once_and_an_unmerge_brings_them_back(world, recruiter, coordinator):
    twin = factories.CandidateFactory()
    following.follow(recruiter, candidate=world.candidate)
    following.follow(recruiter, candidate=twin)
    following.follow(coordinator, candidate=twin)

    merged = merging.merge(world.candidate, twin, by=recruiter)
    united = following.followers_of(candidate=world.candidate)
    merging.unmerge(merged, by=recruiter)

    assert united == [coordinator, recruiter]
    assert following.followers_of(candidate=world.candidate) == [recruiter]
    assert following.followers_of(candidate=twin) == [coordinator, recruiter]
