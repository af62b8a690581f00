"""A candidate asks for another time without an account: shown when the panel is free, heard where a declined invitation is.
Standard ids: SEC-5, CAL-6, CAL-8."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse

from hiring import links
from hiring.errors import Refused
from hiring.models import Notification
from interviews import scheduling, today, wishing
from interviews.models import Interview
from pipeline import moves, status


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def interview(world, kit, monday, tuesday_ten) -> Interview:
    return scheduling.schedule(
        world.application,
        kit=kit,
        panel=[world.people["interviewer"]],
        starts_at=tuesday_ten,
        minutes=60,
        by=world.people["recruiter"],
        time_zone="Europe/Paris",
    )


def page(world) -> str:
    return reverse("status", args=[links.token(status.link_for(world.application))])


def test_they_choose_among_times_that_suit_the_panel_and_it_lands_on_the_list_of_who_schedules(
    client, world, interview, recruiter
):
    url = f"{page(world)}interviews/{interview.pk}/"
    shown = client.get(url).content.decode()
    times = wishing.free_times(Interview.objects.for_page().get())

    sent = client.post(
        url, {"suits": [times[0].isoformat()], "words": "Or any\nevening."}, follow=True
    ).content.decode()

    interview.refresh_from_db()
    assert times and all(at.date() > dt.date(2026, 11, 30) and at != interview.starts_at for at in times)
    assert f"{times[0]:%H:%M}" in shown and "It stays booked" in shown
    assert (interview.candidate_answer, interview.status) == ("DECLINED", "scheduled")
    assert f"{times[0]:%H:%M}" in interview.candidate_comment and "Or any evening." in interview.candidate_comment
    assert "those who plan the interview know" in sent and "You asked for another time" in sent
    group = today.declined(recruiter)
    assert group and group.lines[0].url == reverse("interviews:reschedule", args=[interview.pk])
    assert Notification.objects.get(user=recruiter, kind="other_time").url == group.lines[0].url


def test_nothing_said_and_times_nobody_offered_are_put_right_and_words_kept(client, world, interview):
    url = f"{page(world)}interviews/{interview.pk}/"

    empty = client.post(url, {})
    made_up = client.post(url, {"suits": ["2026-12-24T03:00:00+01:00"], "words": "At night"})
    long = client.post(url, {"words": "x" * 400})

    interview.refresh_from_db()
    assert [one.status_code for one in (empty, made_up, long)] == [422, 422, 422]
    assert "choose a time that suits you" in empty.content.decode() and "At night" in made_up.content.decode()
    assert interview.candidate_answer == "NEEDS-ACTION"


def test_a_new_time_answers_the_wish_and_it_may_be_asked_anew(world, interview, recruiter, tuesday_ten):
    """CAL-8."""
    wishing.ask(interview, [], "Not on Tuesdays")
    moved = scheduling.reschedule(interview, by=recruiter, starts_at=tuesday_ten + dt.timedelta(days=1))

    assert (moved.candidate_answer, moved.candidate_comment) == ("NEEDS-ACTION", "")
    wishing.ask(moved, [], "Nor on Wednesdays")
    assert Notification.objects.filter(user=recruiter, kind="other_time").count() == 2


def test_what_is_over_called_off_or_anothers_cannot_be_asked_about(client, world, interview, recruiter, monday):
    others = client.get(f"{page(world)}interviews/{interview.pk + 1}/")
    scheduling.cancel(interview, by=recruiter)
    off = client.get(f"{page(world)}interviews/{interview.pk}/")

    assert others.status_code == off.status_code == 302
    with pytest.raises(Refused, match="no longer ahead"):
        wishing.ask(interview, [], "Please")


def test_who_withdrew_asks_for_no_time(client, world, interview):
    moves.withdraw(world.application, by=None)

    assert client.get(f"{page(world)}interviews/{interview.pk}/").status_code == 302
