"""Applying as people do it: on a phone, with and without scripts, by keyboard, with a real PDF (A11Y-4 to A11Y-10)."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from hiring.documents import antivirus, prefilling, queue, reading
from hiring.models import LegalText, Message
from pipeline.models import Application
from sourcing.careers import facts, form
from tests import files
from tests.browser.looks import WIDTHS, axe, looks_wrong, until
from tests.factories import PostingFactory, StageFactory

PHONE = 390
QUESTIONS = [
    {"key": "visa", "label": "May you work in the EU without a visa?", "type": "yes_no", "required": True},
    {
        "key": "tools",
        "label": "Which tools do you know?",
        "type": "multi",
        "required": False,
        "options": ["SQL", "dbt"],
    },
    {"key": "start", "label": "When could you start?", "type": "text", "required": True},
]


@pytest.fixture(autouse=True)
def fresh_counters(monkeypatch):
    """Limits are counted in the cache, which outlives a test. And Playwright types faster than the form believes of a person
    (tests/sourcing/test_careers.py proves that rule)."""
    cache.clear()
    monkeypatch.setattr(form, "QUICKEST_SECONDS", 0)


@pytest.fixture
def posting(transactional_db):
    for kind in ("application_notice", "pool_consent"):
        LegalText.objects.get_or_create(
            kind=kind,
            jurisdiction="*",
            locale="en",
            defaults={"valid_from": timezone.now(), "text": "We use your data to decide.", "sha256": "0" * 64},
        )
    posting = PostingFactory(questions=QUESTIONS, job__pay_min=52000, job__pay_max=64000)
    for position, kind in enumerate(["applied", "interview", "offer", "hired"]):
        StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    return posting


@pytest.fixture
def cv(tmp_path):
    path = tmp_path / "Rahimi CV.pdf"
    path.write_bytes(files.pdf())
    return path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visitor_applies_on_a_phone_with_or_without_scripts(new_page, posting, cv, scripts):
    page = new_page(width=PHONE, java_script_enabled=scripts)
    page.console.expect("status of 422")
    page.goto("/careers/?utm_source=newsletter")
    page.get_by_role("link", name="Data Engineer").click()
    page.get_by_role("link", name="Apply for this job").click()

    # The first try misses an answer: nothing that was entered or uploaded is lost.
    page.get_by_label("Résumé").set_input_files(cv)
    page.get_by_label("Full name").fill("Samira Rahimi")
    page.get_by_label("E-mail").fill("samira@rahimi.example")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("SQL").check()
    page.get_by_role("button", name="Review application").click()
    page.get_by_role("link", name="Please answer: When could you start?").click()
    page.get_by_label("When could you start?").fill("March")
    page.get_by_role("button", name="Review application").click()
    page.get_by_role("button", name="Send application").click()
    page.get_by_role("heading", name="We have your application").wait_for()

    application = Application.objects.get()
    expect(page.get_by_text(application.receipt_number)).to_be_visible()
    assert application.answers == {"visa": "yes", "tools": ["SQL"], "start": "March"}
    assert application.origin["first"]["utm_source"] == "newsletter"
    reading.read(application.resume.pk)
    application.resume.refresh_from_db()
    assert (application.resume.name, application.resume.status) == ("Rahimi CV.pdf", "ready")

    # The mail leads to the status page, and there is a way out.
    page.goto(re.search(r"(/status/\S+)", Message.objects.get().text)[1])
    page.get_by_role("link", name="Withdraw the application").click()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("heading", name="You withdrew your application").wait_for()
    application.refresh_from_db()
    assert application.status == "withdrawn"


def test_a_visitor_applies_by_keyboard_alone(new_page, posting, cv):
    page = new_page(width=1280, height=720)
    page.goto(posting.apply_url + "#apply")

    focused = "document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent"

    def tab_to(label):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(focused).strip().startswith(label):
                return
        raise AssertionError(f"No way to {label!r} by keyboard")

    tab_to("Full name")
    page.keyboard.type("Samira Rahimi")
    tab_to("E-mail")
    page.keyboard.type("samira@rahimi.example")
    tab_to("Link to a profile")
    page.keyboard.type("linkedin.com/in/samira")
    tab_to("Yes")
    page.keyboard.press("Space")
    tab_to("When could you start?")
    page.keyboard.type("March")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Is everything right?").wait_for()
    tab_to("Send application")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="We have your application").wait_for()

    assert Application.objects.get().candidate.name == "Samira Rahimi"


def test_an_error_summary_takes_focus_and_leads_to_the_field(new_page, posting):
    page = new_page(width=PHONE)
    page.console.expect("status of 422")
    page.goto(posting.apply_url)
    page.get_by_role("button", name="Review application").click()
    page.locator("#problems").wait_for()

    until(page, "document.activeElement.id === 'problems'")
    page.get_by_role("link", name="Please tell us your name.").click()
    until(page, "location.hash === '#id_name'")
    assert page.locator("#id_name").get_attribute("aria-invalid") == "true"


def test_a_resume_fills_the_form_over_a_connection_that_breaks(new_page, posting, cv, monkeypatch):
    """A11Y-4, A11Y-7: in pieces, again after a break, read in the background, marked and announced; corrected, it is theirs.
    Whoever comes back finds it all."""
    sent = []

    def read_at_once(pk):
        prefilling.read(pk)

    def break_the_second(route):
        sent.append(route.request.headers["upload-offset"])
        route.abort() if len(sent) == 2 else route.continue_()

    monkeypatch.setattr(queue, "hand_over_draft", read_at_once)
    monkeypatch.setattr(antivirus, "scanners", [])
    cv.write_bytes(files.pdf() + b"%" + b"x" * 600_000)
    page = new_page(width=PHONE)
    page.console.expect("ERR_FAILED")
    page.route(
        "**/careers/uploads/*/",
        lambda route: break_the_second(route) if route.request.method == "PATCH" else route.continue_(),
    )
    page.goto(posting.apply_url)
    page.get_by_label("E-mail").fill("mine@rahimi.example")
    page.get_by_label("Résumé").set_input_files(cv)

    expect(page.locator("[data-upload=resume] [data-state]")).to_have_text("Read: 1 field filled below, please check")
    expect(page.get_by_label("Full name")).to_have_value("Samira Rahimi")
    expect(page.get_by_label("E-mail")).to_have_value("mine@rahimi.example")
    expect(page.locator("#id_name")).to_have_attribute("aria-describedby", "id_name_origin")
    assert len(sent) == len(set(sent)) + 1 == 4  # three pieces, one of them twice
    assert axe(page) == []
    with page.expect_response("**/keep/"):
        page.get_by_label("Full name").fill("Samira R. Rahimi")
    assert page.locator("[data-fact=name]").get_attribute("data-read") is None

    page.goto(posting.apply_url)
    expect(page.get_by_text("Welcome back")).to_be_visible()
    expect(page.get_by_label("Full name")).to_have_value("Samira R. Rahimi")
    expect(page.get_by_text("Rahimi CV.pdf")).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("When could you start?").fill("March")
    page.get_by_role("button", name="Review application").click()
    page.get_by_role("button", name="Send application").click()
    page.get_by_role("heading", name="We have your application").wait_for()
    assert Application.objects.get().resume.size == len(files.pdf()) + 600_001


def test_a_file_that_is_too_large_is_told_before_it_travels(new_page, posting, tmp_path):
    big = tmp_path / "big.pdf"
    big.write_bytes(b"%PDF-1.7" + b"x" * (11 << 20))
    page = new_page()
    page.goto(posting.apply_url)
    page.get_by_label("Résumé").set_input_files(big)

    expect(page.get_by_text("larger than 10 MB")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_are_accessible_and_fit(new_page, posting, cv, width):
    """axe on every page, by day and by night; no sideways scroll; the data block of the posting makes no console error under the
    strict CSP."""
    page = new_page(width=width)
    for status_code in (404, 410, 422):
        page.console.expect(f"status of {status_code}")
    found: dict[str, list[str]] = {}

    def look(name):
        if problems := looks_wrong(page):
            found[name] = problems

    page.goto("/careers/")
    look("home")
    page.goto("/careers/?q=nothing")
    look("empty home")
    department = posting.job.department
    page.goto(facts.address("department", department.pk, department.name))
    look("department")
    page.goto(posting.get_absolute_url())
    look("posting")
    page.get_by_role("link", name="Apply for this job").click()
    page.get_by_role("heading", name="Apply", exact=True).wait_for()
    look("form")
    page.get_by_role("button", name="Review application").click()
    page.locator("#problems").wait_for()
    look("errors")
    page.get_by_label("Résumé").set_input_files(cv)
    page.get_by_label("Full name").fill("Samira Rahimi")
    page.get_by_label("E-mail").fill("samira@rahimi.example")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("When could you start?").fill("March")
    page.get_by_role("button", name="Review application").click()
    page.get_by_role("heading", name="Is everything right?").wait_for()
    look("review")
    page.get_by_role("button", name="Send application").click()
    page.get_by_role("heading", name="We have your application").wait_for()
    look("receipt")
    status = re.search(r"(/status/\S+)", Message.objects.get().text)[1]
    for name, url in {
        "status": status,
        "withdraw": status + "withdraw/",
        "dead link": "/status/x/",
        "again": "/status/",
    }.items():
        page.goto(url)
        look(name)
    posting.job.__class__.objects.update(status="closed")
    page.goto(posting.apply_url)
    look("gone")

    assert found == {}
