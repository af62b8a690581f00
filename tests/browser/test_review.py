"""Triage by keyboard: fifty people one after another, the next one always there, and every act of the page on the way."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring.models import Note
from pipeline import asking
from pipeline.models import DecisionRecord, JudgementCorrection, ReviewAnswer
from pipeline.screening import criteria, judging
from pipeline.screening.criteria import Criterion
from tests import factories
from tests.browser.looks import looks_wrong, until

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
    expect(page.get_by_role("checkbox", name="Kafka")).to_be_checked()
    page.locator("#drawer").get_by_role("button", name="Reject", exact=True).focus()
    page.keyboard.press("Enter")
    is_shown(page, names[3])

    def is_prefetch(response):
        return "application=" in response.url and response.request.headers.get("hx-target") == "review"

    shown_at_once.clear()
    for name in names[4:]:
        with page.expect_response(is_prefetch) if name != names[-1] else page.expect_response(lambda one: True):
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


def test_a_manager_answers_on_a_phone_also_without_a_connection(new_page, world, recruiter, manager, sign_in):
    """The answer is kept on the phone and sent by itself when there is a connection again."""
    review = asking.ask(
        world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=timezone.localdate(), note="Kafka?"
    )
    page = new_page(width=390, height=800)
    sign_in(page, manager)
    page.goto(reverse("pipeline:my_look_person", args=[review.pk, review.people.get().pk]))
    assert looks_wrong(page) == []
    page.console.expect("Failed to (load resource|fetch)|ERR_INTERNET_DISCONNECTED")

    page.context.set_offline(True)
    page.get_by_label("Why, in a few words").fill("Knows the stack")
    page.get_by_role("button", name="Yes", exact=True).tap()
    page.screenshot(path="/tmp/shots_screen/test_off.png"); print(page.url, page.content()[-1500:])
    page.get_by_text("Your answer is kept here and sent as soon as there is one").wait_for()
    assert not ReviewAnswer.objects.exists()
    page.context.set_offline(False)

    until(page, "!document.querySelector('[data-look-answer]') || location.pathname.endsWith('/look/')")
    assert ReviewAnswer.objects.values_list("verdict", "comment").get() == ("yes", "Knows the stack")
