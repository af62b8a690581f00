"""Triage by keyboard: fifty people one after another, the next one always there, and every act of the page on the way."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring.models import Note
from pipeline.models import DecisionRecord, JudgementCorrection
from pipeline.screening import criteria, judging
from pipeline.screening.criteria import Criterion
from tests import factories
from tests.browser.looks import until

KAFKA = Criterion("skill", "must", 3, {"skill": "Kafka"})
PEOPLE = 50


def start(world, names):
    """These people wait in this order, behind the world's own person."""
    begins = timezone.now() - dt.timedelta(days=3)
    for number, name in enumerate(names):
        factories.ApplicationFactory(
            candidate__name=name, stage=world.stages["applied"], applied_at=begins + dt.timedelta(minutes=number)
        )
    world.application.applied_at = begins - dt.timedelta(minutes=1)
    world.application.save()


def is_shown(page, name):
    until(
        page,
        f"document.querySelector('#review h1')?.textContent.includes('{name}') && !document.getElementById('review-leaving')",
    )


def until_fetched(page, fetched):
    """Whoever reads for a moment has the next person there."""
    wanted = page.locator("#review").get_attribute("data-next")
    while not any(url.endswith(wanted) for url in fetched):
        page.wait_for_timeout(20)
    page.wait_for_timeout(40)


def test_fifty_people_are_triaged_by_keyboard(new_page, sign_in, world, recruiter):
    names = [f"Person {number:02}" for number in range(1, PEOPLE)]
    start(world, names)
    criteria.add(world.job, KAFKA, by=None)
    judging.judge_due(world.job.applications.values_list("pk", flat=True))
    page = new_page()
    sign_in(page, recruiter)
    page.goto(reverse("pipeline:review", args=[world.job.pk]))
    shown_at_once = []
    page.on(
        "request", lambda one: shown_at_once.append("x-shown-next" in one.headers) if one.method == "POST" else None
    )
    fetched = []
    page.on("requestfinished", lambda one: fetched.append(one.url))
    is_shown(page, "Noor Haddad")

    def on_to(name, *keys):
        for key in keys:
            page.keyboard.press(key)
        is_shown(page, name)

    # A note, saved from the field; a criterion put right; then further.
    page.keyboard.press("n")
    page.keyboard.type("Ask about the migration")
    page.keyboard.press("Control+Enter")
    page.locator("#notes li", has_text="Ask about the migration").wait_for()
    page.locator("h1").focus()
    page.keyboard.press("c")
    expect(page.get_by_role("link", name="Put right: Kafka")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Met", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Said so on the phone")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("1 of 1 met").wait_for()
    page.locator("h1").focus()
    on_to(names[0], "a")

    # Put off until tomorrow, skipped, turned down for a criterion.
    page.keyboard.press("l")
    page.get_by_role("button", name="Tomorrow").focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"{names[0]} comes back on").wait_for()
    is_shown(page, names[1])
    page.wait_for_load_state("load")
    on_to(names[2], "s")
    page.keyboard.press("r")
    page.get_by_role("heading", name=f"Reject {names[2]}").wait_for()
    page.locator("summary", has_text="Criteria it rests on").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Kafka").focus()
    page.keyboard.press("Space")
    page.locator("#drawer").get_by_label("Reason").select_option(label="Lacks a required skill")
    until(page, "!document.querySelector('#drawer .htmx-request')")
    page.locator("#drawer").get_by_role("button", name="Reject", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#review").get_by_role("heading", name=names[3]).wait_for()
    page.wait_for_load_state("load")

    shown_at_once.clear()
    for name in names[4:]:
        until_fetched(page, fetched)
        page.keyboard.press("a")
        is_shown(page, name)
    assert len(shown_at_once) == len(names) - 4 and shown_at_once.count(True) >= len(names) - 6

    page.keyboard.press("?")
    said = page.locator("#shortcuts").inner_text()
    for words in (
        "Advance to Screen",
        "Reject",
        "Skip for now",
        "Put off until a day",
        "Write a note",
        "Ask the manager",
        "Next criterion",
    ):
        assert words in said
    page.keyboard.press("Escape")
    on_to(names[1], "a")  # who was skipped comes round again
    page.keyboard.press("a")
    page.get_by_role("heading", name=f"All {PEOPLE - 1} reviewed").wait_for()
    page.get_by_role("link", name="1 put off until a later day").wait_for()

    assert world.job.applications.filter(stage=world.stages["screen"]).count() == PEOPLE - 2
    assert set(DecisionRecord.objects.values_list("way", flat=True)) == {"review"}
    assert DecisionRecord.objects.get(outcome="reject").grounds[0]["name"] == "Kafka"
    assert JudgementCorrection.objects.get().reason == "Said so on the phone" and Note.objects.count() == 1
