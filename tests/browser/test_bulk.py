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
    monkeypatch.setattr(acts, "_send", lambda pk: None)  # the worker comes when we say so
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

    acts.run(PeopleAct.objects.get())
    page.get_by_text("Tagged 60 people with energy.").wait_for()
    assert CandidateTag.objects.count() == 60

    page.goto(f"{reverse('candidates')}?q=person")
    page.get_by_role("link", name="Save as segment").click()
    page.get_by_label("Name", exact=True).fill("All persons")
    page.get_by_role("button", name="Keep segment").click()
    page.get_by_text("“All persons” is kept.").wait_for()
    assert Segment.objects.get().text == "person"
