"""Searching in a browser: completions by keyboard, a facet that edits the query, a mistake put right, why, and a phone's width."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import candidates, search
from tests import factories
from tests.browser.looks import axe

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}
BOX = "Name, words, e-mail or phone"


@pytest.fixture
def people(recruiter):
    for name, headline, city in (
        ("Noor Haddad", "Data Engineer, Python and Kafka", "Lyon"),
        ("Samir Weber", "Data Engineer, Python", "Berlin"),
        ("Lena Sommer", "Nurse", "Berlin"),
    ):
        candidates.create(
            name=name, headline=headline, location=city, by=recruiter, source=factories.SourceFactory(), **SOURCED
        )
    search.sweep()


def test_a_search_is_completed_narrowed_by_a_facet_and_explained(page, sign_in, recruiter, people):
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    box = page.get_by_label(BOX)

    box.press_sequentially("ski", delay=20)
    expect(page.get_by_role("option", name="skill:")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    box.press_sequentially("pyth", delay=20)
    page.get_by_role("option", name="Python", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("skill:Python ")
    expect(page.get_by_role("link", name="Lena Sommer")).to_have_count(0)
    expect(page.get_by_text("2 people")).to_be_visible()

    page.locator("#facets").get_by_role("link", name="Lyon").click()
    expect(page.get_by_role("link", name="Samir Weber")).to_have_count(0)
    expect(page.get_by_label(BOX)).to_have_value("skill:Python location:Lyon")
    expect(page).to_have_url(re.compile("location%3ALyon"))
    page.get_by_role("button", name="Why is this here? Noor Haddad").click()
    expect(page.locator(".tl-why-list")).to_contain_text("Skill: Python")
    assert axe(page) == []

    page.get_by_role("link", name="Without Location: Lyon").click()
    expect(page.get_by_role("link", name="Samir Weber")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Samir Weber")).to_have_count(0)


def test_facets_of_another_search_take_nothing_back_that_was_typed(page, sign_in, recruiter, people):
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    facets = page.locator("[data-facets-of]")
    expect(facets).not_to_have_attribute("inert", "")
    page.route(f"**{reverse('candidate_facets')}*", lambda route: route.fulfill(status=204))

    page.get_by_label(BOX).fill("skill:python")
    expect(page.get_by_text("2 people")).to_be_visible()
    expect(facets).to_have_attribute("inert", "")
    page.unroute_all()
    page.get_by_label(BOX).fill("skill:python noor")

    expect(page.get_by_text("1 person")).to_be_visible()
    expect(facets).not_to_have_attribute("inert", "")
    page.locator("#facets").get_by_role("link", name="Lyon").click()
    expect(page.get_by_label(BOX)).to_have_value("skill:python noor location:Lyon")


def test_a_mistake_is_shown_in_its_place_and_put_right_by_a_click_also_on_a_phone(page, sign_in, recruiter, people):
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, recruiter)
    page.goto(reverse("candidates") + "?q=skil:python")

    expect(page.get_by_role("alert").filter(has_text="There is no field")).to_be_visible()
    expect(page.locator(".tl-query-problem mark")).to_have_text("skil:")
    assert axe(page) == []
    page.get_by_role("link", name="Search for skill:python").click()

    expect(page.get_by_label(BOX)).to_have_value("skill:python")
    expect(page.get_by_role("link", name="Noor Haddad")).to_be_visible()
    page.locator("summary", has_text="Narrow").click()
    expect(page.locator("#facets").get_by_role("link", name="Berlin")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_a_form_and_links_do_it_all(new_page, sign_in, recruiter, people):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    page.get_by_label(BOX).fill("python")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("2 people")).to_be_visible()
    page.get_by_role("link", name="Show what they have in common").click()
    page.locator("#facets").get_by_role("link", name="Lyon").click()
    expect(page.get_by_role("link", name="Samir Weber")).to_have_count(0)
    page.get_by_role("button", name="Why is this here? Noor Haddad").click()
    expect(page.get_by_role("heading", name="Why Noor Haddad is found")).to_be_visible()


def test_the_box_is_a_combobox_for_keyboards_and_help_opens_in_its_place(page, sign_in, recruiter, people):
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    box = page.get_by_label(BOX)

    box.press_sequentially("C#", delay=20)
    expect(page.get_by_role("option", name="skill:C#")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "completion-1")
    page.keyboard.press("Tab")
    expect(box).to_have_value("skill:C# ")
    expect(box).to_be_focused()
    box.fill("loc")
    expect(page.get_by_role("option", name="location:")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Completions")).to_be_hidden()
    expect(box).to_have_value("loc")

    page.locator("summary", has_text="How to search").click()
    expect(page.locator("#find-help-text").get_by_role("link", name="experience:>=5")).to_be_visible()
    assert axe(page) == []
    page.locator("#find-help-text").get_by_role("link", name="skill:python", exact=True).click()
    expect(page.get_by_label(BOX)).to_have_value("skill:python")
