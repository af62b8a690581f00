"""A job in a browser: from the form to the approver's phone to an open job with a public posting, and how its pages look."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import approvals, jobs
from hiring.models import Job, JobTemplate, Message, Posting
from tests import factories
from tests.browser.looks import look_over


@pytest.fixture
def organisation(recruiter, manager, admin):
    """A department whose jobs need the administrator, then the manager; and a template."""
    department = factories.DepartmentFactory(name="Data platform")
    factories.LocationFactory(name="Lyon")
    if not JobTemplate.objects.exists():
        factories.JobTemplateFactory(name="Engineering")
    chain = factories.ApprovalChainFactory(department=department)
    chain.groups.create(position=0).approvers.add(admin)
    chain.groups.create(position=1).approvers.add(manager)
    return department


def link_in_mail_to(person) -> str:
    text = Message.objects.filter(recipient=person, purpose="approval").latest("pk").text
    return re.search(r"/approve/\S+", text)[0]


def test_a_job_from_the_form_to_the_approvers_phone_to_the_public(
    new_page, sign_in, recruiter, manager, admin, organisation
):
    page = new_page()
    sign_in(page, recruiter)
    page.goto(reverse("jobs"))
    page.get_by_role("main").get_by_role("link", name="New job").first.click()
    page.get_by_label("Title").fill("Senior Data Engineer")
    page.get_by_label("Department").select_option("Data platform")
    page.locator("#chain").get_by_text("Ada Admin").wait_for()  # the chain, before anything is submitted
    page.get_by_label("Location").select_option("Lyon")
    page.get_by_label("Openings").fill("3")
    page.get_by_label("Pay from").fill("55,000")
    page.get_by_label("Pay to").fill("68,000")
    page.get_by_label("Hiring manager").select_option("Max Manager")
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("Waiting for approval").first.wait_for()
    job = Job.objects.get()
    assert (job.status, job.openings.count(), job.pay_max) == ("pending_approval", 3, 68000)

    phone = new_page(width=390, height=844)  # nobody is signed in here
    for approver in (admin, manager):
        phone.goto(link_in_mail_to(approver))
        phone.get_by_role("button", name="Approve").tap()
        phone.get_by_text("You approved this").wait_for()
    job.refresh_from_db()
    assert job.status == "open"

    page.goto(reverse("job_posting", args=[job.pk]))
    page.get_by_label("Description").fill(
        "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p><script>alert(1)</script>"
    )
    page.frame_locator("iframe[name=shown]").get_by_text("meters and people").first.wait_for()  # as it is typed
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_role("button", name="Take down").wait_for()

    posting = Posting.objects.public().get()
    assert "script" not in posting.description


def test_turning_down_on_a_phone_needs_words_and_they_reach_the_recruiter(
    new_page, sign_in, recruiter, admin, organisation
):
    job = jobs.create(
        by=recruiter,
        template=JobTemplate.objects.first(),
        title="Data Analyst",
        department=organisation,
        location=factories.LocationFactory(),
        recruiter=recruiter,
    )
    jobs.submit(job, by=recruiter)
    phone = new_page(width=390, height=844)
    phone.console.expect("status of 422")

    phone.goto(link_in_mail_to(admin))
    phone.get_by_role("button", name="Turn down").tap()
    phone.get_by_text("Say why").first.wait_for()
    phone.get_by_label("Comment").fill("One seat is enough this year.")
    phone.get_by_role("button", name="Turn down").tap()
    phone.get_by_text("You turned this down").wait_for()

    page = new_page()
    sign_in(page, recruiter)
    page.goto(reverse("job_overview", args=[job.pk]))
    expect(page.get_by_text("One seat is enough this year.").first).to_be_visible()
    expect(page.get_by_role("button", name="Submit for approval")).to_be_visible()


def test_the_list_is_searched_as_one_types_and_without_scripts(new_page, sign_in, recruiter):
    factories.JobFactory(title="Nurse")
    factories.JobFactory(title="Account Executive")
    page = new_page()
    sign_in(page, recruiter)

    page.goto(reverse("jobs"))
    page.get_by_label("Title or requisition").type("nur")
    page.get_by_text("Account Executive").wait_for(state="detached")
    assert "text=nur" in page.url

    plain = new_page(java_script_enabled=False)
    sign_in(plain, recruiter)
    plain.goto(reverse("jobs"))
    plain.get_by_label("Title or requisition").fill("acc")
    plain.get_by_role("button", name="Filter").click()
    expect(plain.get_by_role("link", name="Account Executive")).to_be_visible()
    expect(plain.get_by_role("link", name="Nurse")).to_have_count(0)


def test_the_pages_of_jobs_look_right(new_page, sign_in, recruiter, manager, admin, organisation):
    job = jobs.create(
        by=recruiter,
        template=JobTemplate.objects.first(),
        title="Senior Data Engineer for meters, networks and everything that counts",
        department=organisation,
        location=factories.LocationFactory(),
        recruiter=recruiter,
        hiring_manager=manager,
        headcount=3,
        pay_min=55000,
    )
    jobs.submit(job, by=recruiter)
    closed = factories.JobFactory(status="closed", close_reason="Budget")
    factories.PostingFactory(job=closed)
    routes = ["job_overview", "job_edit", "job_team", "job_posting", "pipeline:plan"]
    paths = [reverse(route, args=[job.pk]) for route in routes] + [
        reverse("jobs"),
        reverse("jobs") + "?text=zzz",
        reverse("job_create"),
        reverse("job_overview", args=[closed.pk]),
        reverse("approval", args=[approvals.current("job", job.pk).pk]),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []
    assert look_over(new_page, sign_in, None, [link_in_mail_to(admin), "/approve/nonsense/"]) == []
