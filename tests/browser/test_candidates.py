"""Candidates in a browser: add by hand, find, the drawer, writing by keyboard, several at once, and how the pages look."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring import candidates, notes, search, todo
from hiring.models import Candidate, Document, DocumentText, Note
from tests import factories
from tests.browser.looks import axe, look_over

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def noor(recruiter):
    """Somebody with a bit of everything."""
    person, _ = candidates.create(
        name="Noor Haddad", emails=["noor@haddad.example"], phones=["+33 6 39 98 00 41"], links=["linkedin.com/in/noor-haddad"],
        headline="Senior Data Engineer at Fathom Grid", location="Lyon", time_zone="Europe/Paris", source=factories.SourceFactory(),
        by=recruiter, **SOURCED,
    )  # fmt: skip
    candidates.tag(person, "speaks at meetups", by=recruiter)
    notes.write(person, "Strong on ownership.\n\nGo deep on schema evolution.", by=recruiter)
    notes.write(person, "Earliest start is 1 February.", by=recruiter, kind="call")
    todo.add("Send the rota", by=recruiter, due_on=timezone.localdate() - dt.timedelta(days=1), candidate=person)
    document = Document.objects.create(
        candidate=person, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1, sha256="0" * 64, status="ready",
        uploaded_at=timezone.now(),
    )  # fmt: skip
    DocumentText.objects.create(
        document=document, text="Moved pipelines of 1,900 substations to Kafka.", reader_version="1"
    )
    search.refresh([person.pk])
    return person


def test_somebody_is_added_by_hand_and_known_the_next_time(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    page.get_by_role("link", name="New candidate").first.click()
    page.get_by_label("Name", exact=True).fill("Noor Haddad")
    page.get_by_label("E-mail").fill("noor@haddad.example")
    page.get_by_role("button", name="Add candidate").click()
    page.get_by_role("heading", name="Noor Haddad").wait_for()

    page.goto(reverse("candidate_create"))
    page.get_by_label("Name", exact=True).fill("N. Haddad")
    page.get_by_label("E-mail").fill("NOOR@haddad.example")
    page.get_by_label("Phone").fill("06 39 98 00 41")
    page.get_by_text("You already know").wait_for()  # said while the form is still being filled in
    page.get_by_role("button", name="Add candidate").click()

    page.get_by_text("You already know Noor Haddad. Added to the record: phone number.").wait_for()
    assert Candidate.objects.count() == 1


def test_people_are_found_while_typing_and_the_address_keeps_the_search(page, sign_in, recruiter, noor):
    factories.CandidateFactory(name="Samir Weber", name_key="samir weber")
    search.sweep()
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))

    page.get_by_label("Name, words, e-mail or phone").press_sequentially("kafka", delay=20)
    page.locator("mark", has_text="Kafka").wait_for()

    expect(page.get_by_text("Samir Weber")).to_have_count(0)
    page.wait_for_url("**q=kafka**")
    page.reload()
    expect(page.locator("mark", has_text="Kafka")).to_be_visible()


def test_the_drawer_opens_over_the_list_takes_a_note_and_closes_with_escape(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    page.get_by_role("link", name="Noor Haddad").click()
    drawer = page.get_by_role("dialog", name="Noor Haddad")
    drawer.get_by_text("Earliest start").wait_for()
    assert page.url.endswith(noor.get_absolute_url())
    assert page.locator("#drawer-title").evaluate("element => element === document.activeElement")

    assert drawer.get_by_label("Note", exact=True).is_hidden()
    drawer.get_by_role("button", name="Note", exact=True).click()
    drawer.get_by_label("Note", exact=True).fill("From the drawer")
    drawer.get_by_role("button", name="Save note").click()
    drawer.locator("#latest").get_by_text("From the drawer").wait_for()
    assert axe(page, within="#drawer") == []
    page.keyboard.press("Escape")

    drawer.wait_for(state="hidden")
    assert page.url.endswith(reverse("candidates"))


def test_a_note_is_written_by_keyboard_alone(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_label("Note", exact=True).focus()
    page.keyboard.type("Runs marathons")
    page.keyboard.press("Tab")
    page.keyboard.type("Only me")  # picks the option of the visibility select
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.locator("#timeline").get_by_text("Runs marathons").wait_for()
    page.get_by_text("Note saved.").wait_for()
    assert Note.objects.latest("pk").visibility == "private"
    assert page.get_by_label("Note", exact=True).input_value() == ""


def test_a_note_survives_the_end_of_the_session(page, sign_in, recruiter, noor, live_server):
    """Signed out under an open page: the words stay, and the same button works once one has signed in elsewhere."""
    page.console.expect("401")
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_label("Note", exact=True).fill("A long thought")
    page.context.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save note").click()
    page.get_by_text("You are signed out. What you typed is still here").wait_for()
    assert page.get_by_label("Note", exact=True).input_value() == "A long thought"

    sign_in(page, recruiter)
    page.context.add_cookies(
        [{"name": "csrftoken", "value": "n" * 32, "url": live_server.url}]
    )  # as signing in renews it
    page.get_by_role("button", name="Save note").click()

    page.locator("#timeline").get_by_text("A long thought").wait_for()


def test_the_tabs_of_the_composer_work_without_scripts(new_page, sign_in, recruiter, noor):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.locator("#composer").get_by_role("link", name="Task").click()
    page.get_by_label("What is to be done").fill("Call back")
    page.get_by_role("button", name="Save task").click()

    expect(page.locator("#tasks").get_by_text("Call back")).to_be_visible()


def test_a_task_is_ticked_and_taken_back(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_role("button", name="Done: Send the rota").click()
    page.locator("#tasks").get_by_text("Send the rota").wait_for(state="hidden")
    page.locator(".tl-toast").get_by_role("button", name="Undo").click()

    page.locator("#tasks").get_by_text("Send the rota").wait_for()


def test_a_tag_comes_off_and_back(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_role("button", name="Remove the tag speaks at meetups").click()
    page.locator("#tags").get_by_text("None").wait_for()
    page.locator(".tl-toast").get_by_role("button", name="Undo").click()

    page.locator("#tags").get_by_text("speaks at meetups").wait_for()


def test_facts_are_corrected_in_place(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_role("link", name="Edit facts").last.click()
    page.get_by_label("Location").fill("Paris")
    page.get_by_role("button", name="Save", exact=True).first.click()

    page.get_by_text("Saved.").wait_for()
    expect(page.get_by_text("Paris").first).to_be_visible()


def test_several_people_are_tagged_at_once(page, sign_in, recruiter, noor):
    candidates.create(name="Samir Weber", by=recruiter, **SOURCED)
    sign_in(page, recruiter)
    page.goto(reverse("candidates"))
    assert page.locator(".tl-bulk").is_hidden()
    page.get_by_label("Select all on this page").check()
    page.locator(".tl-bulk summary", has_text="Tag").first.click()
    page.locator("#bulk-tag").fill("energy")
    page.get_by_role("button", name="Add tag").click()

    page.get_by_text("Tagged 2 people with energy.").wait_for()
    expect(page.locator("tr", has_text="Samir Weber").get_by_text("energy")).to_be_visible()


def test_older_events_arrive_in_place(page, sign_in, recruiter, noor):
    for number in range(40):
        notes.write(noor, f"Word number {number}.", by=recruiter)
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_role("link", name="Older").click()

    page.get_by_text("Word number 3.").wait_for()
    expect(page.get_by_text("Word number 39.")).to_be_visible()


def test_the_pages_look_right_by_day_and_night_wide_and_narrow(new_page, sign_in, recruiter, noor):
    paths = [
        reverse("candidates"),
        reverse("candidates") + "?q=kafka",
        reverse("candidates") + "?q=zebra",
        noor.get_absolute_url(),
        noor.get_absolute_url() + "?compose=task",
        reverse("candidate_create"),
        reverse("candidate_edit", args=[noor.pk]),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []
