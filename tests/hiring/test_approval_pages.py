"""Deciding from the mail and in the app (SEC-5): looking changes nothing, a link works once, for one seat, for fourteen days."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEntry
from hiring import approvals, jobs, links
from hiring.models import ApprovalVote, Job, Message, PersonalLink
from tests.factories import ApprovalChainFactory, DepartmentFactory, JobTemplateFactory, LocationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(recruiter, manager):
    """A job waiting for the manager, who is not on its team."""
    ApprovalChainFactory().groups.create(position=0).approvers.add(manager)
    made = jobs.create(
        by=recruiter,
        template=JobTemplateFactory(),
        title="Data Engineer",
        department=DepartmentFactory(),
        location=LocationFactory(),
        pay_min=55000,
        reason="Growth",
    )
    return jobs.submit(made, by=recruiter)


@pytest.fixture
def address(job, manager):
    """The address as the mail holds it, without the host."""
    text = Message.objects.get(recipient=manager).text
    return re.search(r"/approve/\S+", text)[0]


@pytest.fixture
def visitor():
    return Client()


def status(job):
    return Job.objects.get(pk=job.pk).status


def test_the_mail_leads_to_a_page_with_the_facts_without_signing_in(visitor, address):
    page = visitor.get(address)

    assert page.status_code == 200
    for words in ("Rita Recruiter asks", "Data Engineer", "from €\u00a055,000 a year", "Growth", "Turn down"):
        assert words in page.content.decode()


def test_looking_changes_nothing(visitor, address, job):
    for _ in range(3):
        visitor.get(address)

    assert status(job) == "pending_approval"
    assert PersonalLink.objects.get(purpose="approve").used_at is None


def test_approving_from_the_mail_opens_the_job_and_shows_it(visitor, address, job, manager):
    response = visitor.post(address, {"decision": "approve"}, follow=True)

    vote = ApprovalVote.objects.get()
    assert status(job) == "open"
    assert (vote.approver, vote.by_link) == (manager, True)
    assert "You approved this" in response.content.decode()


def test_the_audit_names_the_approver_behind_the_link(visitor, address, manager):
    visitor.post(address, {"decision": "approve"})

    entries = AuditEntry.objects.filter(table_name="hiring_approvalvote", action="update").order_by("-pk")
    assert [(entry.actor_id, entry.door) for entry in entries] == [(manager.pk, "link")]


def test_turning_down_needs_a_reason(visitor, address, job):
    response = visitor.post(address, {"decision": "reject"})

    assert response.status_code == 422
    assert status(job) == "pending_approval"
    assert "Say why" in response.content.decode()


def test_turning_down_gives_the_job_back(visitor, address, job):
    visitor.post(address, {"decision": "reject", "comment": "Too many seats."})

    assert status(job) == "draft"


def test_a_used_link_shows_the_answer_and_decides_nothing_more(visitor, address, job):
    visitor.post(address, {"decision": "approve"})

    again = visitor.post(address, {"decision": "reject", "comment": "No, wait"})

    assert again.status_code == 409
    assert status(job) == "open"
    assert "You approved this" in visitor.get(address).content.decode()


def test_a_link_runs_out(visitor, address, job, monkeypatch):
    later = timezone.now() + dt.timedelta(days=14, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert visitor.get(address).status_code == 410
    assert visitor.post(address, {"decision": "approve"}).status_code == 410
    assert status(job) == "pending_approval"


def test_forged_foreign_revoked_and_departed_links_get_one_and_the_same_answer(visitor, address, manager):
    """SEC-11: nothing tells them apart."""
    foreign = links.issue(PersonalLink.Purpose.SIGN, user=manager, subject_id=1, valid_for=dt.timedelta(days=1))
    lost = links.issue(
        PersonalLink.Purpose.APPROVE, user=UserFactory(), subject_id=ApprovalVote.objects.get().pk, valid_for=None
    )
    tried = [
        "/approve/nonsense/",
        address[:-3] + "xx/",
        reverse("approve", args=[links.token(foreign)]),
        reverse("approve", args=[links.token(lost)]),
    ]

    pages = {visitor.get(path).content for path in tried}
    PersonalLink.objects.update(revoked_at=timezone.now())
    pages.add(visitor.get(address).content)

    assert len(pages) == 1
    assert links.GONE in pages.pop().decode()


def test_an_approver_who_left_decides_nothing(visitor, address, manager, job):
    manager.is_active = False
    manager.save()

    assert visitor.post(address, {"decision": "approve"}).status_code == 410
    assert status(job) == "pending_approval"


def test_a_closed_job_tells_the_old_mail_so_and_no_change_is_made_up(client, visitor, address, job, recruiter):
    jobs.close(job, by=recruiter, reason="Frozen")
    client.force_login(recruiter)

    overview = client.get(reverse("job_overview", args=[job.pk])).text

    assert "void. The job was closed. If it still" in visitor.get(address).text
    assert (
        "The job was closed." in overview and "changed" not in overview.partition("Approval")[2].partition("Posting")[0]
    )


def test_what_changed_is_named_once_by_the_name_it_has_everywhere(visitor, address, job, recruiter, manager):
    visitor.post(address, {"decision": "approve"})
    jobs.edit(job, by=recruiter, headcount=3)
    mail = Message.objects.filter(recipient=manager).latest("pk").text

    page = visitor.get(re.search(r"/approve/\S+", mail)[0]).text

    assert "- Openings: 1 -> 3" in mail and mail.count("Openings") == 1 and "Headcount" not in mail
    assert "<dt>Openings</dt><dd><del>1</del> → <ins>3</ins></dd>" in page
    assert page.count("Openings") == 1 and "Headcount" not in page


def test_a_changed_job_tells_the_old_mail_so(visitor, address, job, recruiter):
    jobs.edit(job, by=recruiter, title="Analyst")

    assert "void. Title changed from Data Engineer to Analyst. If it still" in visitor.get(address).text
    assert visitor.post(address, {"decision": "approve"}).status_code == 409


def test_the_second_request_shows_what_changed(visitor, address, job, recruiter, manager):
    visitor.post(address, {"decision": "approve"})
    jobs.edit(job, by=recruiter, title="Analyst")
    mail = Message.objects.filter(recipient=manager).latest("pk").text

    page = visitor.get(re.search(r"/approve/\S+", mail)[0]).content.decode()

    assert "Title: Data Engineer -> Analyst" in mail
    assert "<del>Data Engineer</del> → <ins>Analyst</ins>" in page


def test_a_post_without_a_csrf_token_is_refused(address, job):
    assert Client(enforce_csrf_checks=True).post(address, {"decision": "approve"}).status_code == 403
    assert status(job) == "pending_approval"


def test_personal_pages_are_neither_stored_nor_found(visitor, address):
    page = visitor.get(address)

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in page.content.decode()


# --- in the app -----------------------------------------------------------------------------------------------------


def in_app(job):
    return reverse("approval", args=[approvals.current("job", job.pk).pk])


def test_an_approver_decides_in_the_app(client, manager, job):
    client.force_login(manager)
    page = client.get(in_app(job)).content.decode()

    response = client.post(in_app(job), {"decision": "approve"}, follow=True)

    assert "Your decision" in page
    assert "Your decision" not in response.content.decode()
    assert (status(job), ApprovalVote.objects.get().by_link) == ("open", False)


def test_the_requester_reads_but_does_not_decide(client, recruiter, job):
    client.force_login(recruiter)

    assert "Your decision" not in client.get(in_app(job)).content.decode()
    assert client.post(in_app(job), {"decision": "approve"}).status_code == 403


def test_others_do_not_find_the_request(client, outsider, admin, job):
    for person in (outsider, admin):
        client.force_login(person)
        assert client.get(in_app(job)).status_code == 404
        assert client.post(in_app(job), {"decision": "approve"}).status_code == 404


def test_an_approver_off_the_team_gets_no_dead_link_to_the_job(client, manager, recruiter, job):
    client.force_login(manager)
    off_team = client.get(in_app(job)).content.decode()
    client.force_login(recruiter)
    on_team = client.get(in_app(job)).content.decode()

    overview = reverse("job_overview", args=[job.pk])
    assert overview not in off_team
    assert overview in on_team
