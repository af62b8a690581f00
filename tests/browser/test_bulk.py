"""Many people at once in a real browser: ticked over two pages, all matches, progress, undo, and keeping the search."""

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import expect

from hiring import acts, search
from hiring.models import Candidate, CandidateTag, PeopleAct
from sourcing.models import Segment
from tests.factories import CandidateFactory


def add_people(count: int) -> None:
    people = Candidate.objects.bulk_create(CandidateFactory.build(name=f"Person {n:03}") for n in range(count))
    search.refresh(person.pk for person in people)


def tag_with(page, name: str) -> None:
    page.locator(".tl-bulk summary", has_text="Tag").first.click()
    page.locator("#bulk-tag").fill(name)
    page.get_by_role("button", name="Add tag").click()


def test_people_ticked_on_two_pages_are_tagged_and_taken_back(page, sign_in, recruiter):
    add_people(60)
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    page.locator('input[name="candidate"]').nth(0).check()
    page.locator('input[name="candidate"]').nth(1).check()
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**after=**")
    page.locator('input[name="candidate"]').nth(2).check()
    expect(page.locator(".tl-bulk-n")).to_have_text("3 selected")

    tag_with(page, "energy")
    page.get_by_text("Tagged 3 people with energy.").wait_for()
    assert CandidateTag.objects.count() == 3
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Took it back for 3 people.").wait_for()

    assert CandidateTag.objects.count() == 0


def test_all_matches_are_worked_off_while_one_watches_and_the_search_is_kept(page, sign_in, recruiter, monkeypatch):
    monkeypatch.setattr(acts, "send", lambda pk: None)  # the worker comes when we say so
    add_people(60)
    CandidateFactory(name="Somebody Else")
    sign_in(page, recruiter)
    page.goto(f"{reverse('candidates')}?q=person")
    page.get_by_label("Select all on this page").check()
    page.get_by_label(re.compile("^All .*that match")).check()
    tag_with(page, "energy")
    page.get_by_role("heading", name="Tag with energy: 60 people").wait_for()
    page.get_by_role("button", name="Add tag").click()
    page.get_by_text("This goes on when you leave the page").wait_for()
    page.console.expect("Failed to load resource|htmx:sendError")
    page.context.set_offline(True)
    expect(page.locator(".tl-lost")).to_be_visible()
    page.wait_for_timeout(2_500)
    expect(page.locator(".tl-toast")).to_have_count(0)  # said in its place, and once
    page.context.set_offline(False)
    expect(page.locator(".tl-lost")).to_be_hidden()

    acts.run(PeopleAct.objects.get())
    page.get_by_text("Tagged 60 people with energy.").wait_for()
    assert CandidateTag.objects.count() == 60

    page.goto(f"{reverse('candidates')}?q=person")
    page.get_by_role("link", name="Save as segment").click()
    page.get_by_label("Name", exact=True).fill("All persons")
    box = page.get_by_role("combobox", name="Search", exact=True)
    box.press("End")
    box.press_sequentially(" ta", delay=20)
    expect(page.get_by_role("option", name="tag:")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("person tag:")
    box.press("End")
    box.press_sequentially("energy (", delay=20)
    expect(page.locator("#id_text_said mark")).to_be_visible()
    box.fill("person tag:energy")
    expect(page.locator("#id_text_said")).to_have_text("60 people match now.")
    page.get_by_role("button", name="Keep segment").click()
    page.get_by_text("“All persons” is kept.").wait_for()
    assert Segment.objects.get().text == "person tag:energy"
