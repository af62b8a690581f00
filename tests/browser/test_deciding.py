"""Deciding where it is awkward: without a connection, about a rule that is on its way, and about a job that was closed."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring import jobs
from hiring.models import Message
from pipeline import asking, starting
from pipeline.models import ReviewAnswer, RuleFiring
from pipeline.rules import firing, trying, versions
from tests import factories


def test_a_manager_answers_without_connection_and_the_answer_arrives_when_there_is_one(
    new_page, world, recruiter, manager
):
    second = factories.ApplicationFactory(stage=world.stages["screen"], candidate__name="Person Two")
    due = timezone.localdate() + dt.timedelta(days=3)
    asking.ask(world.job, [world.application.pk, second.pk], by=recruiter, reviewers=[manager], due_on=due)
    address = re.search(r"/look/[^/\s]+/", Message.objects.get(purpose="manager_review").text)[0]
    page = new_page(width=390)
    page.console.expect("ERR_INTERNET_DISCONNECTED")
    page.goto(address)
    page.get_by_role("link", name="Start with").click()
    first = page.get_by_role("heading", level=1).inner_text()
    page.get_by_label("Why, in a few words").fill("Has run streams at night")

    page.context.set_offline(True)
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("[data-look-said]")).to_contain_text("No connection. Your answer is kept here")
    kept, shown = ReviewAnswer.objects.count(), page.get_by_role("heading", level=1).inner_text()
    page.context.set_offline(False)

    other = ({"Noor Haddad", "Person Two"} - {first}).pop()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    expect(page.locator("#look-said")).to_contain_text("1 answered")
    assert (kept, shown) == (0, first)
    answer = ReviewAnswer.objects.get()
    assert (answer.verdict, answer.comment) == ("yes", "Has run streams at night")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('look:'))") == []


def test_a_rule_is_stopped_for_one_person_and_undone_for_another(new_page, sign_in, world, recruiter):
    screen = world.stages["screen"]
    rule = versions.create(
        job=world.job, name="Straight to the call", by=recruiter, trigger={"kind": "applied"}, asked={},
        action={"kind": "move", "stage": screen.pk},
    )  # fmt: skip
    trying.try_out(rule.versions.get(), by=recruiter)
    versions.activate(rule.versions.get(), by=recruiter, seen_problems=True)
    people = [factories.EmailFactory(candidate__name=name).candidate for name in ("Wanda Waits", "Dora Done")]
    waits, done = (starting.open_application(one, world.job, by=None) for one in people)
    long_ago = timezone.now() - dt.timedelta(days=1)
    RuleFiring.objects.filter(application=done).update(found_at=long_ago, due_at=long_ago)
    firing.act(RuleFiring.objects.get(application=done).pk)
    page = new_page()
    sign_in(page, recruiter)

    page.goto(reverse("pipeline:rules", args=[world.job.pk]))
    page.get_by_role("link", name="Wanda Waits", exact=True).click()
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator("#main")).to_contain_text("Stopped by Rita Recruiter")
    page.goto(reverse("pipeline:rules", args=[world.job.pk]) + "?show=past")
    page.get_by_role("link", name="Dora Done", exact=True).click()
    expect(page.locator("#main")).to_contain_text("in Screen")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#main")).to_contain_text("in Applied")

    waits.refresh_from_db()
    done.refresh_from_db()
    assert (waits.stage.name, done.stage.name) == ("Applied", "Applied")
    assert set(RuleFiring.objects.values_list("state", flat=True)) == {"stopped", "undone"}


def test_a_closed_job_is_reopened_as_a_draft_with_a_place_to_fill(new_page, sign_in, world, recruiter):
    jobs.close(world.job, by=recruiter, reason="Budget gone")
    page = new_page()
    page.console.expect("status of 422")
    sign_in(page, recruiter)

    page.goto(reverse("job_overview", args=[world.job.pk]))
    page.get_by_role("link", name="Reopen…").click()
    page.get_by_role("button", name="Reopen as a draft").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Why").fill("The budget is back")
    page.get_by_role("button", name="Reopen as a draft").click()
    expect(page.locator("#main")).to_contain_text("Draft")

    world.job.refresh_from_db()
    assert world.job.status == "draft"
    assert world.job.openings.filter(status="open").count() == 1
