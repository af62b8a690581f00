"""Openings one by one, and what a change of something approved costs: told before it is saved, asked for again after."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hiring import approvals, jobs, openings
from hiring.errors import Refused
from hiring.models import ApprovalVote, Job, Opening
from pipeline import moves
from tests.factories import (
    ApplicationFactory,
    ApprovalChainFactory,
    DepartmentFactory,
    JobTemplateFactory,
    LocationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    """Whom the chain asks."""
    boss = UserFactory(full_name="Vera Victor")
    ApprovalChainFactory(name="All jobs").groups.create(position=0).approvers.add(boss)
    return boss


@pytest.fixture
def job(recruiter, boss):
    """An open job of two openings, approved by the boss."""
    made = jobs.create(
        by=recruiter,
        template=JobTemplateFactory(),
        title="Data Engineer",
        department=DepartmentFactory(),
        location=LocationFactory(),
        recruiter=recruiter,
        headcount=2,
    )
    jobs.submit(made, by=recruiter)
    approvals.decide(ApprovalVote.objects.get(), "approve")
    return Job.objects.get(pk=made.pk)


def numbers(job, **fields):
    return list(job.openings.filter(**fields).values_list("number", flat=True))


def post(client, user, route, *args, data=None):
    client.force_login(user)
    return client.post(reverse(route, args=args), data or {}, follow=True)


def test_a_cancelled_opening_keeps_its_number_and_reason_and_asks_again(client, recruiter, job):
    first = job.openings.get(number=1)

    page = post(client, recruiter, "opening_cancel", job.pk, first.pk, data={"reason": "The project was cut."})
    post(client, recruiter, "openings_add", job.pk, data={"count": 2, "target_start": "2031-03-01"})

    job.refresh_from_db()
    first.refresh_from_db()
    assert (first.status, first.close_reason, first.closed_at is None) == ("cancelled", "The project was cut.", False)
    assert "has to be approved again" in page.content.decode()
    assert (job.status, numbers(job, status="open")) == ("pending_approval", [2, 3, 4])
    assert approvals.current("job", job.pk).snapshot["headcount"] == 3
    shown = client.get(reverse("job_openings", args=[job.pk])).content.decode()
    assert "The project was cut." in shown and "1 Mar" in shown


def test_a_start_is_put_off_without_asking_anybody(client, recruiter, job):
    first = job.openings.get(number=1)

    post(client, recruiter, "opening_start", job.pk, first.pk, data={"target_start": "2031-05-01"})
    wrong = post(client, recruiter, "opening_start", job.pk, first.pk, data={"target_start": "soon"})

    first.refresh_from_db()
    assert first.target_start == dt.date(2031, 5, 1)
    assert wrong.status_code == 422 and "Enter a valid date" in wrong.content.decode()
    assert Job.objects.get(pk=job.pk).status == "open"


def test_the_last_a_filled_and_a_foreign_opening_are_not_cancelled(client, recruiter, job):
    one, two = job.openings.all()
    openings.cancel(one, reason="Cut", by=recruiter)
    foreign = Opening.objects.create(job=jobs.create(
        by=recruiter, copy_of=job, title="Other", department=job.department, location=job.location), number=9)  # fmt: skip

    for opening in (one, two):
        with pytest.raises(Refused):
            openings.cancel(opening, reason="Cut", by=recruiter)
    refused = post(client, recruiter, "opening_cancel", job.pk, two.pk, data={"reason": "Cut"})
    without = post(client, recruiter, "opening_cancel", job.pk, two.pk)

    assert "Close the job instead" in refused.content.decode()
    assert without.status_code == 422 and "Say why the opening is cancelled." in without.content.decode()
    assert post(client, recruiter, "opening_cancel", job.pk, foreign.pk, data={"reason": "x"}).status_code == 404
    with pytest.raises(Refused, match="between 1 and"):
        openings.add(job, count=jobs.MAX_HEADCOUNT, by=recruiter)


def test_the_page_names_who_filled_an_opening_to_those_who_may_see_them(client, recruiter, interviewer, job):
    application = ApplicationFactory(job=job, stage=job.stages.first(), candidate__name="Hanna Hired")
    moves.hire(application, job.openings.get(number=1), by=recruiter)
    jobs.add_member(job, interviewer, "interviewer", by=recruiter)
    address = reverse("job_openings", args=[job.pk])

    client.force_login(recruiter)
    for_recruiter = client.get(address).content.decode()
    client.force_login(interviewer)
    for_interviewer = client.get(address).content.decode()

    assert "Hanna Hired" in for_recruiter and reverse("candidate", args=[application.candidate_id]) in for_recruiter
    assert "Filled" in for_interviewer and "Hanna" not in for_interviewer and "Add openings" not in for_interviewer


def test_the_page_asks_no_more_for_more_openings(client, recruiter, job):
    client.force_login(recruiter)
    address = reverse("job_openings", args=[job.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    openings.add(job, count=20, by=recruiter)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) <= len(few) + 1  # the votes of the new request


def test_closing_says_why_its_openings_were_cancelled(recruiter, job):
    jobs.close(job, by=recruiter, reason="No budget")

    assert set(job.openings.values_list("status", "close_reason")) == {("cancelled", "No budget")}


# --- told before it is saved ----------------------------------------------------------------------------------------


def typed(client, user, job, **changes):
    """The edit form as a browser sends it, with changes."""
    client.force_login(user)
    form = client.get(reverse("job_edit", args=[job.pk])).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)} | changes


def test_a_change_that_costs_the_approval_is_shown_before_it_is_saved(client, recruiter, boss, job):
    data = typed(client, recruiter, job, title="Lead Data Engineer", pay_max="90,000")

    shown = post(client, recruiter, "job_edit", job.pk, data=data)
    kept = Job.objects.get(pk=job.pk)
    key = shown.context["loss"].key
    other = post(client, recruiter, "job_edit", job.pk, data={**data, "title": "Else", "confirmed": key})
    still = Job.objects.get(pk=job.pk)
    post(client, recruiter, "job_edit", job.pk, data={**data, "confirmed": key})

    html = shown.content.decode()
    assert shown.status_code == 422 and "given by Vera Victor" in html
    assert "<del>Data Engineer</del> → <ins>Lead Data Engineer</ins>" in html and "“All jobs” is asked" in html
    assert (kept.title, still.title, other.status_code) == ("Data Engineer", "Data Engineer", 422)
    assert (Job.objects.get(pk=job.pk).title, Job.objects.get(pk=job.pk).status) == (
        "Lead Data Engineer",
        "pending_approval",
    )


def test_what_nobody_approved_is_saved_at_once(client, recruiter, boss, job):
    saved = post(client, recruiter, "job_edit", job.pk, data=typed(client, recruiter, job, reason="Growth"))
    jobs.edit(job, by=recruiter, title="Asked again")  # pending, nobody has answered yet
    again = post(client, recruiter, "job_edit", job.pk, data=typed(client, recruiter, job, title="Another"))

    assert (saved.status_code, again.status_code) == (200, 200)
    assert Job.objects.get(pk=job.pk).title == "Another"
