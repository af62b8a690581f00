"""Somebody is away: whom their votes reach, who may decide in their name, and that reminders and escalation decide nothing."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import approval_sweep, approvals, stand_ins, working_time
from hiring.errors import Refused
from hiring.models import Absence, ApprovalGroup, ApprovalVote, Holiday, Message, User
from tests.factories import ApprovalChainFactory, UserFactory
from tests.hiring.test_approvals import ask, chain, people, subject, vote_of  # noqa: F401 - `subject` is for every test

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    """A Monday at ten, so that hours of working days can be counted; `clock(hours=…)` moves it."""
    at = [dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)]
    monkeypatch.setattr(timezone, "now", lambda: at[0])

    def clock(**gone):
        at[0] += dt.timedelta(**gone)

    return clock


def away(user, stand_in, first=0, last=5):
    today = stand_ins.today_of(user)
    return stand_ins.appoint(user, stand_in, today + first * DAY, today + last * DAY)


def mails(person):
    return list(Message.objects.filter(recipient=person).order_by("pk").values_list("subject", flat=True))


# --- who stands in --------------------------------------------------------------------------------------------------


def test_a_new_vote_reaches_the_stand_in_and_both_names_are_kept(recruiter, subject):  # noqa: F811
    one, deputy = people(2)
    chain((1, [one]))
    away(one, deputy)

    approval = ask(recruiter)
    vote = vote_of(approval, one)
    mine = approvals.open_votes_of(deputy)
    approval = approvals.decide(vote, "approve", by=deputy, comment="Fine")

    assert mails(deputy) == [f"Please decide for {one}: Thing 7"]
    assert mails(one) == ["Please decide: Thing 7"]
    assert mine == [vote]
    vote.refresh_from_db()
    assert (vote.approver, vote.stand_in, vote.decided_by, vote.decider) == (one, deputy, deputy, deputy)
    assert subject == [("approved", deputy)]
    assert f"{deputy} for {one}: approved" in Message.objects.get(recipient=recruiter).text


def test_an_open_vote_reaches_whoever_stands_in_from_later_on_once(recruiter, monday):
    one, deputy = people(2)
    chain((1, [one]), remind_after=None)
    approval = ask(recruiter)
    away(one, deputy, first=1)

    approval_sweep.sweep()
    early = mails(deputy)
    monday(hours=24)
    approval_sweep.sweep()
    approval_sweep.sweep()

    assert (early, mails(deputy)) == ([], [f"Please decide for {one}: Thing 7"])
    assert approvals.decide(vote_of(approval, one), "approve", by=deputy).status == "approved"


def test_whoever_is_back_decides_alone_again(recruiter, monday):
    one, deputy = people(2)
    chain((1, [one]))
    absence = away(one, deputy)
    approval = ask(recruiter)
    stand_ins.take_back(absence)

    with pytest.raises(Refused, match="is back"):
        approvals.decide(vote_of(approval, one), "approve", by=deputy)
    assert approvals.open_votes_of(deputy) == []
    assert approvals.decide(vote_of(approval, one), "approve").status == "approved"


def test_a_stand_in_who_is_away_passes_on_and_a_circle_leads_nowhere(recruiter):
    one, two, three = people(3)
    chain((1, [one]))
    away(one, two)
    away(two, three)

    approval = ask(recruiter)
    through = vote_of(approval, one).stand_in
    approvals.void("job", 7)
    away(three, one)
    circle = vote_of(ask(recruiter), one)

    assert through == three
    assert circle.stand_in is None
    assert approvals.decide(circle, "approve").status == "approved"  # the approver always can


def test_nobody_decides_a_step_twice_or_what_they_asked_for(recruiter):
    one, two, three = people(3)
    chain((2, [one, two, three]))
    away(one, two)  # asked in this step anyway
    away(three, recruiter)  # asks for it

    approval = ask(recruiter)

    assert [vote.stand_in for vote in ApprovalVote.objects.all()] == [None, None, None]
    for person in (two, recruiter):
        with pytest.raises(Refused, match="not asked"):
            approvals.decide(vote_of(approval, one), "approve", by=person)


def test_a_person_who_stands_in_for_two_is_asked_for_one(recruiter):
    one, two, deputy = people(3)
    chain((2, [one, two]))
    away(one, deputy)
    away(two, deputy)
    approval = ask(recruiter)

    approvals.decide(vote_of(approval, one), "approve", by=deputy)

    assert vote_of(approval, two).stand_in is None
    with pytest.raises(Refused):
        approvals.decide(vote_of(approval, two), "approve", by=deputy)


@given(st.dictionaries(st.integers(0, 6), st.none() | st.integers(0, 6)), st.integers(0, 6), st.sets(st.integers(0, 6)))
def test_a_deputy_is_never_away_excluded_or_the_approver(away, approver, excluded):
    found = stand_ins.deputy(approver, away, excluded)

    assert found is None or (found not in away and found not in excluded and found != approver)


def test_impossible_absences_are_refused_by_verb_and_database(recruiter):
    one, two = people(2)
    left = UserFactory(is_active=False)
    today = stand_ins.today_of(one)
    away(one, two)

    for stand_in, first, last in (
        (one, today, today),
        (left, today, today),
        (two, today, today - DAY),
        (two, today - 3 * DAY, today - DAY),
        (two, today + DAY, today + 9 * DAY),
        (two, today, today + 400 * DAY),
    ):
        with pytest.raises(Refused):
            stand_ins.appoint(one, stand_in, first, last)
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(user=one, stand_in=two, first_day=today, last_day=today, created_at=timezone.now())
    assert Absence.objects.count() == 1


def test_the_page_names_a_stand_in_and_takes_it_back(client, manager, recruiter):
    client.force_login(manager)
    address, today = reverse("absences"), stand_ins.today_of(manager)
    data = {"stand_in": recruiter.pk, "first_day": f"{today}", "last_day": f"{today + DAY}"}

    client.post(address, data)
    again = client.post(address, data)
    mine = Absence.objects.get()
    client.force_login(recruiter)
    theirs = client.get(address).content.decode()
    foreign = client.post(reverse("absence_take_back", args=[mine.pk]))
    client.force_login(manager)
    client.post(reverse("absence_take_back", args=[mine.pk]))

    assert again.status_code == 422 and "have a stand-in already" in again.content.decode()
    assert "You stand in for" in theirs and str(manager) in theirs
    assert foreign.status_code == 404
    assert Absence.objects.standing().count() == 0


def test_the_stand_ins_link_works_for_these_days_and_names_both(recruiter):
    one, deputy = people(2)
    chain((1, [one]))
    absence = away(one, deputy)
    ask(recruiter)
    own, lent = [re.search(r"/approve/\S+", Message.objects.get(recipient=person).text)[0] for person in (one, deputy)]

    page = Client().get(lent).content.decode()
    stand_ins.take_back(absence)
    late = Client().post(lent, {"decision": "approve"})
    back = away(one, deputy)
    done = Client().post(lent, {"decision": "approve"}, follow=True)

    assert f"You decide for <b>{one}</b>" in page
    assert late.status_code == 409 and "is back and decides this" in late.content.decode()
    assert "You approved this" in done.content.decode() and back
    assert f"{deputy} approved it" in Client().get(own).content.decode()


# --- reminders and escalation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2026, 6, 1, 10), 24, (2026, 6, 2, 10)),  # Monday to Tuesday
        ((2026, 6, 5, 17), 24, (2026, 6, 8, 17)),  # Friday to Monday
        ((2026, 6, 6, 12), 8, (2026, 6, 8, 8)),  # a weekend has no hours
        ((2026, 6, 5, 17), 7, (2026, 6, 8, 0)),  # exactly to midnight: the next working moment
        ((2026, 3, 27, 10), 24, (2026, 3, 30, 10)),  # over a change of clocks
        ((2026, 6, 1, 10), 0, (2026, 6, 1, 10)),
        ((2026, 6, 1, 10), 240, (2026, 6, 15, 10)),
    ],
)
def test_hours_of_working_days(start, hours, end):
    zone = User(time_zone="Europe/Paris").zone
    assert working_time.after(dt.datetime(*start, tzinfo=zone), hours) == dt.datetime(*end, tzinfo=zone)


def test_a_step_is_reminded_once_and_only_those_who_are_silent(recruiter, monday):
    one, two, deputy = people(3)
    chain((2, [one, two]), remind_after=24)
    approval = ask(recruiter)
    away(two, deputy)
    approvals.decide(vote_of(approval, one), "approve")

    approval_sweep.sweep()
    before = [mails(person)[1:] for person in (one, two)]
    monday(hours=25)
    approval_sweep.sweep()
    approval_sweep.sweep()

    assert before == [[], []]
    assert [mails(person)[1:] for person in (one, two, deputy)] == [
        [],
        ["Still waiting for you: Thing 7"],
        [f"Still waiting for you for {two}: Thing 7"],
    ]
    assert ApprovalVote.objects.filter(decision="").count() == 1


def test_a_holiday_that_comes_in_between_puts_reminder_and_escalation_off(recruiter, monday):
    boss = UserFactory()
    one = UserFactory(lead=boss)
    chain((1, [one]), remind_after=23, escalate_after=24)
    ask(recruiter)
    Holiday.objects.create(name="Strike of the trains", day="2026-06-02", country="FR")

    monday(hours=25)
    approval_sweep.sweep()
    early = [mails(person)[1:] for person in (one, recruiter)] + [mails(boss)]
    monday(hours=24)
    approval_sweep.sweep()

    assert early == [[], [], []]
    assert mails(one)[1:] == ["Still waiting for you: Thing 7"]
    assert mails(boss) == ["Asked too, nobody has answered: Thing 7"]


def test_escalation_asks_the_lead_too_and_approves_nothing(recruiter, monday, subject):  # noqa: F811
    boss = UserFactory()
    one = UserFactory(lead=boss)
    chain((1, [one]), remind_after=None, escalate_after=48)
    approval = ask(recruiter)

    monday(hours=47)
    approval_sweep.sweep()
    early = mails(boss)
    monday(hours=2)
    approval_sweep.sweep()
    approval_sweep.sweep()

    approval.refresh_from_db()
    assert (early, mails(boss)) == ([], ["Asked too, nobody has answered: Thing 7"])
    assert (approval.status, subject) == ("pending", [])
    assert mails(recruiter) == ["No answer yet: Thing 7"]
    assert approvals.decide(vote_of(approval, boss), "approve").status == "approved"


def test_escalation_goes_to_whom_the_chain_names_and_says_when_there_is_nobody(recruiter, monday):
    one, named = people(2)
    chain((1, [one]), remind_after=None, escalate_after=8, escalate_to=named)
    ask(recruiter)
    approvals.request("job", 8, by=recruiter, snapshot={})
    ApprovalGroup.objects.filter(approval__subject_id=8).update(escalate_to=None)

    monday(hours=9)
    approval_sweep.sweep()

    assert mails(named) == ["Asked too, nobody has answered: Thing 7"]
    told = Message.objects.filter(recipient=recruiter).order_by("pk").values_list("text", flat=True)
    assert str(named) in told[0] and "Nobody else could be asked" in told[1]


def test_nothing_is_due_once_it_is_decided_or_void(recruiter, monday):
    one = UserFactory(lead=UserFactory())
    ApprovalChainFactory(remind_after=4, escalate_after=8).groups.create(position=0).approvers.add(one)
    approval = ask(recruiter)
    approvals.decide(vote_of(approval, one), "approve")
    approvals.request("job", 8, by=recruiter, snapshot={})
    approvals.void("job", 8)

    monday(hours=72)
    approval_sweep.sweep()

    assert len(mails(one)) == 2  # both askings, nothing else
    assert User.objects.filter(pk=one.lead_id, approval_votes__isnull=False).count() == 0
