"""The résumé in a browser: what was read lights up where it stands, is corrected in place, and words are found by keyboard."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import expect

from hiring import documents
from hiring.documents import reading
from hiring.resumes import record
from tests import files
from tests.browser.looks import look_over
from tests.factories import CandidateFactory
from tests.hiring.test_resume_pages import life


@pytest.fixture
def stored(recruiter):
    return documents.store(CandidateFactory(name="S. Rahimi"), ContentFile(files.pdf(), name="cv.pdf"), "resume")


@pytest.fixture
def resume(stored, monkeypatch):
    monkeypatch.setattr(record, "read_text", lambda document, text: life())
    reading.read(stored.pk)
    return stored


@pytest.fixture
def opened(page, sign_in, recruiter, resume):
    sign_in(page, recruiter)
    page.goto(reverse("candidate_resume", args=[resume.candidate_id]))
    return page


def title_of(resume) -> str:
    return f"positions/{record.current(resume.candidate).merged.profile['positions'][0]['key']}/title"


def test_a_value_lights_up_on_the_page_and_in_the_text_when_it_is_pointed_at_or_focused(opened, resume):
    path = title_of(resume)
    patch, words = opened.locator(f'rect[data-place="{path}"]'), opened.locator(f'span[data-place~="{path}"]')

    opened.locator(f'[data-reads="{path}"]').hover()
    expect(patch).to_have_attribute("data-lit", "")
    expect(words.first).to_have_attribute("data-lit", "")
    box, sheet = patch.bounding_box(), opened.locator(".tl-sheet img").first.bounding_box()
    assert sheet["x"] < box["x"] < sheet["x"] + sheet["width"] and sheet["y"] < box["y"] < sheet["y"] + 200

    opened.locator(f'[data-reads="{path}"] .tl-read').focus()
    opened.mouse.move(5, 5)
    expect(patch).to_have_attribute("data-lit", "")
    opened.locator('[data-reads="name"] .tl-read').focus()
    expect(patch).not_to_have_attribute("data-lit", "")
    expect(opened.locator('rect[data-place="name"]')).to_have_attribute("data-lit", "")


def test_a_value_is_corrected_in_place_and_the_correction_taken_back_by_keyboard(opened, resume):
    opened.get_by_role("link", name="Correct the headline").press("Enter")
    box = opened.get_by_role("textbox", name="Headline")
    expect(box).to_be_focused()
    box.fill("Head of data")
    box.press("Enter")

    expect(opened.locator("#parsed")).to_contain_text("corrected by Rita Recruiter")
    expect(opened.locator("#status")).to_contain_text("Corrected.")
    assert record.current_profile(resume.candidate).headline.value == "Head of data"

    opened.locator("#status").get_by_role("button", name="Undo").click()
    expect(opened.locator("#parsed")).not_to_contain_text("Head of data")
    expect(opened.locator('[data-reads="headline"]')).to_contain_text("Senior data engineer")


def test_an_entry_is_corrected_and_one_added(opened, resume):
    opened.get_by_role("link", name="Correct Senior data engineer").click()
    opened.get_by_role("textbox", name="Employer").fill("Quill Bank AG")
    opened.get_by_role("button", name="Save").click()
    expect(opened.locator("#parsed")).to_contain_text("Quill Bank AG")

    opened.get_by_role("link", name="Add a skill").click()
    opened.locator(".tl-parsed-form").get_by_role("textbox", name="Name").fill("Kafka")
    opened.get_by_role("button", name="Add", exact=True).click()
    expect(opened.locator("#parsed .tl-tag", has_text="Kafka")).to_be_visible()

    found = record.current_profile(resume.candidate)
    assert (found.positions[0].employer.value, [one.name for one in found.skills]) == (
        "Quill Bank AG",
        ["Data engineering", "Kafka"],
    )


def test_words_are_found_and_stepped_through_by_keyboard(opened):
    box = opened.get_by_role("searchbox", name="Words in this document")
    box.fill("data engineer")
    box.press("Enter")
    expect(opened.locator("[data-look-count]")).to_have_text("1 of 1")
    expect(opened.locator("rect[data-current]")).to_have_count(1)
    expect(box).to_be_focused()

    box.fill("in")
    box.press("Enter")
    expect(opened.locator("[data-look-count]")).to_have_text(re.compile(r"1 of ([2-9]|\d\d)"))
    count = opened.locator("[data-look-count]").inner_text().split()[-1]
    box.press("Enter")
    expect(opened.locator("[data-look-count]")).to_have_text(f"2 of {count}")
    box.press("Shift+Enter")
    box.press("Shift+Enter")
    expect(opened.locator("[data-look-count]")).to_have_text(f"{count} of {count}")
    expect(opened.locator("mark[data-current]")).to_have_attribute("data-hit", count)


def test_all_of_it_works_without_javascript(new_page, sign_in, recruiter, resume):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto(reverse("candidate_resume", args=[resume.candidate_id]))

    page.get_by_role("searchbox", name="Words in this document").fill("in")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Next place").click()
    expect(page.locator("[data-look-count]")).to_contain_text("2 of ")
    expect(page.locator("rect:target")).to_have_count(1)

    page.get_by_role("link", name="Correct the location").click()
    page.get_by_role("textbox", name="Location").fill("Lyon")
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("load")
    expect(page.locator('[data-reads="location"]')).to_contain_text("Lyon")
    page.get_by_role("button", name="Use this name on the record").click()
    page.wait_for_load_state("load")
    expect(page.get_by_role("heading", level=1)).to_have_text("Samira Rahimi")


def test_the_page_fills_in_by_itself_once_the_file_was_read(page, sign_in, recruiter, stored, monkeypatch):
    monkeypatch.setattr(record, "read_text", lambda document, text: life())
    sign_in(page, recruiter)
    page.goto(reverse("candidate_resume", args=[stored.candidate_id]))
    expect(page.locator("#parsed")).to_contain_text("Reading…")

    reading.read(stored.pk)

    expect(page.locator(".tl-sheet img")).to_be_visible()
    expect(page.locator("#parsed")).to_contain_text("Quill Bank")
    page.locator('[data-reads="name"]').hover()
    expect(page.locator('rect[data-place="name"]')).to_have_attribute("data-lit", "")


def test_the_pages_look_right(new_page, sign_in, recruiter, resume):
    person = reverse("candidate_resume", args=[resume.candidate_id])
    paths = [
        f"{person}?find=data",
        f"{person}?correct={title_of(resume).rpartition('/')[0]}",
        reverse("json_resume_import"),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []
