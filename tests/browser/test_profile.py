"""The profile in a browser: name a colleague, change one's words, narrow the timeline, fill in a field, take a value back,
follow, and be told; wide and on a phone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import candidates, notes
from hiring.models import CustomField, Notification
from pipeline import moves
from tests.browser.looks import axe, scrolls_sideways
from tests.processes import wait_for


@pytest.fixture
def noor(world, recruiter):
    CustomField.objects.create(key="notice", name="Notice period, months", type="number", kind="candidate")
    made = CustomField.objects.create(key="moves_home", name="Would move", type="choice", kind="application")
    made.options.create(label="Yes")
    notes.write(world.candidate, "Ask @Max Manager about the team.", by=recruiter, job=world.job)
    candidates.edit(world.candidate, by=recruiter, headline="Data Engineer")
    candidates.edit(world.candidate, by=recruiter, headline="Dta Engineer")
    return world.candidate


def test_a_colleague_is_named_by_keyboard_told_and_reads_it(page, sign_in, new_page, recruiter, coordinator, noor):
    sign_in(page, recruiter)
    page.goto(reverse("candidate", args=[noor.pk]))
    field = page.get_by_label("Note", exact=True)
    field.fill("")
    field.press_sequentially("Please look, @co", delay=30)
    option = page.get_by_role("option", name=re.compile("Cora Coordinator"))
    expect(option).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("Please look, @Cora Coordinator ")
    expect(page.get_by_role("listbox", name="Colleagues")).to_have_count(0)
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#timeline .tl-mention").first).to_have_text("@Cora Coordinator")

    hers = new_page()
    sign_in(hers, coordinator)
    hers.goto(reverse("candidates"))
    bell = hers.get_by_role("link", name="Notifications")
    expect(bell.locator("[data-count]")).to_contain_text("1")
    bell.click()
    told = hers.get_by_role("link", name="Rita Recruiter mentioned you in a note about Noor Haddad")
    told.click()
    expect(hers.get_by_role("heading", name="Noor Haddad")).to_be_visible()
    # The page that says so is gone by then, so the browser may not report the answer: the row does.
    wait_for(lambda: Notification.objects.get(user=coordinator).read_at is not None)


def test_ones_own_words_are_changed_deleted_and_brought_back_in_place(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(reverse("candidate", args=[noor.pk]))
    said = page.locator("#timeline .tl-said").filter(has_text="about the team")
    said.get_by_role("link", name="Edit").click()
    page.locator(".tl-note-edit").get_by_label("Note").fill("Ask about the budget.")
    page.locator(".tl-note-edit").get_by_role("button", name="Save").click()
    changed = page.locator("#timeline .tl-said").filter(has_text="about the budget")
    expect(changed).to_be_visible()
    changed.get_by_role("link", name="edited").click()
    expect(changed.locator(".tl-versions")).to_contain_text("about the team")
    changed.get_by_role("button", name="Delete").click()
    expect(page.locator("#timeline .tl-said")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#timeline .tl-said").filter(has_text="about the budget")).to_be_visible()


def test_the_timeline_is_narrowed_in_the_address_and_the_way_back_works(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(reverse("candidate", args=[noor.pk]))
    timeline = page.locator("#timeline")
    timeline.get_by_role("link", name="Notes", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?show=notes$"))
    expect(timeline.locator("li[id^=event-]")).to_have_count(1)
    timeline.get_by_role("link", name="Only mine").click()
    expect(page).to_have_url(re.compile(r"\?show=notes&mine=1$"))
    timeline.locator("summary", has_text="Job").click()
    timeline.locator(".tl-pop").get_by_role("link", name=re.compile("Data Engineer")).click()
    expect(page).to_have_url(re.compile(r"of=\d+"))
    expect(timeline.get_by_role("link", name="Show all jobs again")).to_be_visible()
    page.reload()
    expect(timeline.locator("[data-on]")).to_have_count(3)


def test_fields_history_and_following(page, sign_in, recruiter, noor, world):
    sign_in(page, recruiter)
    page.goto(reverse("candidate", args=[noor.pk]))
    page.get_by_role("link", name="Edit facts").first.click()
    field = page.get_by_label("Notice period, months")
    field.fill("soon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Notice period, months is a number, such as 12 or 7.5.").first).to_be_visible()
    page.console.expect("422")
    field.fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#facts .tl-custom-value")).to_have_text("3")

    page.get_by_role("link", name=re.compile("Fill in fields")).click()
    page.get_by_label("Would move").select_option("Yes")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#applications")).to_contain_text("Would move")

    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    expect(page.locator("#followers")).to_contain_text("You")
    moves.move(world.application, world.stages["screen"], by=world.people["admin"])
    assert Notification.objects.get(user=recruiter).words == "Noor Haddad moved to Screen for Data Engineer"

    page.goto(reverse("compliance:candidate_history", args=[noor.pk]))
    page.get_by_role("button", name=re.compile("Take “Data Engineer” back")).click()
    expect(page.get_by_text("Headline is what it was before.")).to_be_visible()
    page.goto(reverse("candidate", args=[noor.pk]))
    expect(page.locator(".tl-who-meta")).to_contain_text("Data Engineer")


@pytest.mark.parametrize("width", [1440, 390])
def test_it_fits_and_axe_has_nothing_to_say(page, sign_in, recruiter, noor, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, recruiter)
    for path in (
        reverse("candidate", args=[noor.pk]),
        reverse("compliance:candidate_history", args=[noor.pk]),
        reverse("notifications"),
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        if path.endswith(f"/{noor.pk}/") and "history" not in path:
            expect(page.locator("#followers-h")).to_be_visible()
            page.locator("#timeline .tl-said").get_by_role("link", name="Edit").click()
            expect(page.locator(".tl-note-edit")).to_be_visible()
        assert axe(page) == []
        assert not scrolls_sideways(page)
