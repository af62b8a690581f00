"""Building a form whose questions depend on each other, and answering it on a phone, with and without scripts (A11Y-1, A11Y-7, A11Y-8)."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from pipeline.models import Application
from sourcing.careers import form
from tests import files
from tests.browser.looks import looks_wrong
from tests.factories import PostingFactory, StageFactory


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    cache.clear()
    monkeypatch.setattr(form, "QUICKEST_SECONDS", 0)


@pytest.fixture
def posting(transactional_db):
    posting = PostingFactory(job__pay_min=52000, job__pay_max=64000)
    for position, kind in enumerate(["applied", "interview", "offer", "hired"]):
        StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    return posting


def build(page, posting):
    """By what a recruiter sees: a yes-or-no question, one that depends on it, order by button, publish."""
    page.goto(reverse("job_form", args=[posting.job_id]))
    page.get_by_label("Kind of question").select_option("yes_no")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question", exact=True).fill("Do you drive vans?")
    page.get_by_label("Must be answered").check()
    page.get_by_text("What answers are worth").click()
    page.get_by_role("group", name="No", exact=True).get_by_label("Knock-out").check()
    page.get_by_role("button", name="Save the question").click()
    page.get_by_label("Kind of question").select_option("number")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question", exact=True).fill("For how many years?")
    page.get_by_label("Must be answered").check()
    page.get_by_text("Only asked when…").click()
    page.get_by_role("group", name=re.compile("Do you drive vans")).get_by_label("Yes").check()
    page.get_by_role("button", name="Save the question").click()
    expect(page.get_by_text("Only if they answered “Yes” to “Do you drive vans?”")).to_be_visible()
    page.get_by_role("button", name="Publish the changes").click()
    expect(page.get_by_text("is asked from now on")).to_be_visible()
    page.wait_for_function(
        "document.getAnimations().every((one) => one.playState !== 'running')"
    )  # colours are judged as they stay


def test_a_form_with_conditions_is_built_and_answered_on_a_phone(new_page, sign_in, recruiter, posting, tmp_path):
    cv = tmp_path / "cv.pdf"
    cv.write_bytes(files.pdf())
    desk = new_page(width=1440, height=900)
    sign_in(desk, recruiter)
    build(desk, posting)
    assert looks_wrong(desk) == []
    desk.set_viewport_size({"width": 390, "height": 844})
    assert looks_wrong(desk) == []

    for scripts, name in ((True, "Samira Rahimi"), (False, "Noor Haddad")):
        phone = new_page(width=390, java_script_enabled=scripts)
        phone.console.expect("status of 422")
        phone.goto(posting.apply_url)
        years = phone.get_by_label("For how many years?")
        expect(years).to_be_visible(visible=not scripts)
        phone.get_by_label("Résumé").set_input_files(cv)
        phone.get_by_label("Full name").fill(name)
        phone.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@mail.example")
        phone.get_by_label("Yes", exact=True).check()
        if scripts:
            expect(phone.get_by_text("1 question added below.")).to_be_attached()
            assert phone.evaluate("document.activeElement.value") == "yes"  # focus stays where one answers
            phone.get_by_label("No", exact=True).check()
            expect(years).to_be_hidden()
            phone.get_by_label("Yes", exact=True).check()
        else:
            expect(phone.get_by_text("Only if you answered “Yes” to “Do you drive vans?”")).to_be_visible()
        phone.get_by_role("button", name="Review application").click()
        phone.get_by_role("link", name="Please answer: For how many years?").click()
        years.fill("7")
        phone.get_by_role("button", name="Review application").click()
        phone.get_by_role("button", name="Send application").click()
        phone.get_by_role("heading", name="We have your application").wait_for()

    answers = Application.objects.order_by("pk").values_list("answers", flat=True)
    assert list(answers) == [{"do_you_drive_vans": "yes", "for_how_many_years": 7.0}] * 2
