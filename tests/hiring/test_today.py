"""Today: what needs me, late first, and nothing that does not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import approvals, today
from hiring.models import ApprovalChain, Task
from tests import factories


@pytest.fixture
def chain(admin, manager):
    """Two steps: the administrator first, then the manager."""
    chain = ApprovalChain.objects.create(name="Two steps", subject_kind="job")
    chain.groups.create(position=0).approvers.add(admin)
    chain.groups.create(position=1).approvers.add(manager)
    return chain


def task(user, *, days=0, candidate=None, text="Call"):
    due = timezone.now().astimezone(user.zone).date() + dt.timedelta(days=days)
    return Task.objects.create(assignee=user, candidate=candidate, text=text, due_on=due, created_by=user)


def group(user, key):
    return next((group for group in today.for_user(user) if group.key == key), None)


def test_an_approval_waits_for_the_one_whose_turn_it_is(chain, world, admin, manager, recruiter):
    approval = approvals.request("job", world.job.pk, by=recruiter, snapshot={"title": "Data Engineer"})

    asked = group(admin, "approvals")
    assert [(line.name, line.action, line.url) for line in asked.lines] == [
        ("Data Engineer", "Decide", reverse("approval", args=[approval.pk]))
    ]
    assert group(manager, "approvals") is None

    approvals.decide(approval.groups.get(position=0).votes.get(), "approve")
    assert group(admin, "approvals") is None
    assert group(manager, "approvals").total == 1


def test_tasks_come_when_they_are_due_late_ones_first(recruiter):
    person = factories.CandidateFactory(name="Noor Haddad")
    task(recruiter, days=0, text="Today")
    task(recruiter, days=-2, candidate=person, text="Late")
    task(recruiter, days=1, text="Tomorrow")
    task(recruiter, days=-9, text="Done").delete()

    due = group(recruiter, "tasks")

    assert [(line.name, line.note, line.due, line.late) for line in due.lines] == [
        ("Noor Haddad", "Late", "2 days late", True),
        ("Today", "", "Today", False),
    ]
    assert (due.total, due.late) == (2, 1)


def test_a_task_of_somebody_else_is_not_mine(recruiter, coordinator):
    task(coordinator)

    assert group(recruiter, "tasks") is None


def test_the_day_ends_on_the_users_own_clock(recruiter, monkeypatch):
    """23:30 UTC on Tuesday is Wednesday in Tokyo: what is due on Wednesday is due there."""
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC))
    Task.objects.create(assignee=recruiter, text="Call", due_on=dt.date(2026, 11, 25), created_by=recruiter)

    recruiter.time_zone = "Europe/London"
    assert group(recruiter, "tasks") is None
    recruiter.time_zone = "Asia/Tokyo"
    assert group(recruiter, "tasks").total == 1


def test_at_most_ten_lines_are_shown_and_all_are_counted(recruiter):
    for _ in range(12):
        task(recruiter, days=-1)

    due = group(recruiter, "tasks")

    assert (len(due.lines), due.total, due.late) == (10, 12, 12)


@pytest.mark.parametrize("rows", [1, 3])
def test_today_asks_no_more_for_more_lines(client, world, admin, recruiter, chain, rows, django_assert_max_num_queries):
    for _ in range(rows):
        task(admin, candidate=factories.CandidateFactory())
        approvals.request("job", factories.JobFactory().pk, by=recruiter, snapshot={"title": "Data Engineer"})
    client.force_login(admin)
    client.get(reverse("today"))

    with django_assert_max_num_queries(30):
        client.get(reverse("today"))


def test_appointments_stand_in_order_around_now(client, recruiter, monkeypatch):
    now = timezone.now()

    def mine(user, start, end):
        return [
            today.Appointment(start=now + dt.timedelta(minutes=5), title="Later"),
            today.Appointment(start=now - dt.timedelta(minutes=5), title="Earlier", state="done", note="Screen"),
        ]

    monkeypatch.setattr(today, "days", [mine])
    client.force_login(recruiter)

    page = client.get(reverse("today"))

    assert [entry.title for entry in page.context["before"]] == ["Earlier"]
    assert [entry.title for entry in page.context["after"]] == ["Later"]
    assert page.content.index(b"Earlier") < page.content.index(b"data-now") < page.content.index(b"Later")


def test_a_new_installation_says_how_to_begin(client, recruiter, admin):
    client.force_login(recruiter)

    page = client.get(reverse("today")).content.decode()

    assert "Nothing waits yet" in page
    assert reverse("job_create") in page


def test_with_all_done_nothing_waits(client, recruiter, interviewer):
    factories.JobFactory()
    for user in (recruiter, interviewer):
        client.force_login(user)
        assert b"Nothing waits for you" in client.get(reverse("today")).content


def test_a_swap_gets_the_list_alone(client, recruiter):
    task(recruiter, text="Call about the start")
    client.force_login(recruiter)

    page = client.get(reverse("today"), headers={"HX-Request": "true"}).content.decode()

    assert "Call about the start" in page
    assert "<html" not in page


def test_words_of_others_are_escaped(client, recruiter):
    task(recruiter, text="<script>alert(1)</script>")
    client.force_login(recruiter)

    assert b"<script>alert" not in client.get(reverse("today")).content


def test_a_day_without_interviews_names_the_next(client, recruiter, monkeypatch):
    tomorrow = timezone.now() + dt.timedelta(days=1)

    def mine(user, start, end):
        ahead = [today.Appointment(start=tomorrow, title="Screen: Noor Haddad", url="/interviews/1/")]
        return [entry for entry in ahead if start <= entry.start < end]

    monkeypatch.setattr(today, "days", [mine])
    client.force_login(recruiter)

    page = client.get(reverse("today")).content.decode()

    assert "No interviews today" in page
    assert "Screen: Noor Haddad" in page
    assert "data-no-day" not in page


def test_without_interviews_at_all_the_list_has_the_whole_width(client, recruiter):
    task(recruiter)
    client.force_login(recruiter)

    assert b"data-no-day" in client.get(reverse("today")).content


def test_a_task_about_nobody_says_itself_and_has_an_icon(recruiter):
    task(recruiter, text="Order badges")

    line = group(recruiter, "tasks").lines[0]

    assert (line.name, line.note, line.icon) == ("Order badges", "", "checkbox")
