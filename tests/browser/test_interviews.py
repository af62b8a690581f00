"""Interviews in a browser: booked by keyboard, answered from the mail's link on a phone, talked about side by side."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring import documents, links
from hiring.documents import reading
from hiring.models import Message
from interviews import invitations
from interviews.models import Interview, Scorecard
from tests import factories, files
from tests.browser.looks import axe, look_over, scrolls_sideways, until

RESUME = ("Noor Haddad", "Data engineer, Lyon", "Fathom Grid, 2021 to today: ran 140 pipelines for smart meters")


@pytest.fixture
def kit(world):
    return factories.InterviewKitFactory(
        job=world.job,
        stage=world.stages["interview"],
        name="Systems interview",
        focus=["Systems thinking", "Data modelling", "Explains clearly"],
        questions=["Which system of yours failed last, and how did you find out?", "What would you build again?"],
    )


@pytest.fixture
def resume(world):
    upload = SimpleUploadedFile("haddad.pdf", files.pdf(*RESUME), "application/pdf")
    document = documents.store(world.candidate, upload, "resume")
    reading.read(document.pk)
    world.application.resume = document
    world.application.save()
    return document


@pytest.fixture
def held(world, kit, resume):
    """Over since two hours: the interviewer owes a scorecard, the manager has handed in."""
    interview = factories.InterviewFactory(
        application=world.application,
        kit=kit,
        title=kit.name,
        place="https://meet.northwind.example/systems",
        starts_at=timezone.now() - dt.timedelta(hours=2),
    )
    factories.SeatFactory(interview=interview, user=world.people["interviewer"])
    factories.SeatFactory(interview=interview, user=world.people["hiring_manager"])
    ratings = {
        "Systems thinking": {"score": 4, "note": "Began with what can break and who notices."},
        "Data modelling": {"score": 2, "note": "Schema changes only when asked."},
    }
    factories.ScorecardFactory(
        interview=interview, author=world.people["hiring_manager"], ratings=ratings, notes="Would trust her on call."
    )
    return interview


def ahead(world, kit):
    starts_at = (timezone.now() + dt.timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    interview = factories.InterviewFactory(
        application=world.application, kit=kit, title="Team talk", starts_at=starts_at, place="Room 4"
    )
    factories.SeatFactory(interview=interview, user=world.people["interviewer"], answer="ACCEPTED")
    factories.SeatFactory(interview=interview, user=world.people["hiring_manager"], answer="DECLINED")
    return interview


def tab_to(page, locator, *, most: int = 80) -> None:
    """Reach a control with the Tab key alone."""
    for _ in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{locator} is not reached by keyboard")


def test_an_interview_is_booked_by_keyboard_alone(page, sign_in, world, kit):
    """A11Y-1: slots are chosen without a pointer; adding a person looks for new times without losing what was typed."""
    colleague = factories.UserFactory(full_name="Zoe Added", role="interviewer")
    sign_in(page, world.people["recruiter"])
    page.goto(reverse("interviews:schedule", args=[world.application.pk]))
    page.get_by_text("First common time").wait_for()

    tab_to(page, page.locator("#id_place"))
    page.keyboard.type("Room 4")
    tab_to(page, page.locator("#id_join"), most=200)
    page.keyboard.type("Zoe")
    page.get_by_role("checkbox", name="Zoe Added").wait_for()
    assert page.locator("#id_place").input_value() == "Room 4"
    tab_to(page, page.locator("input[name=slot]:checked"), most=200)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("input[name=slot]:checked").input_value()
    tab_to(page, page.get_by_role("button", name="Book and invite"), most=200)
    page.keyboard.press("Enter")

    page.wait_for_url("**/interviews/*/")
    interview = Interview.objects.get()
    assert interview.starts_at == dt.datetime.fromisoformat(chosen)
    assert interview.place == "Room 4"
    assert colleague.pk in interview.seats.values_list("user", flat=True)
    # One mail each: the panel as it was ticked, and the candidate.
    assert Message.objects.filter(purpose="invitation").count() == interview.seats.count() + 1
    expect(page.get_by_role("status").get_by_text("is booked")).to_be_visible()


def test_a_time_of_ones_own_is_meant_once_it_is_written(page, sign_in, world, kit):
    sign_in(page, world.people["recruiter"])
    page.goto(reverse("interviews:schedule", args=[world.application.pk]))
    day = timezone.now().date() + dt.timedelta(days=40)

    expect(page.locator("#id_day")).to_be_hidden()
    page.locator("#id_slot_own").check()
    page.locator("#id_day").fill(day.isoformat())
    page.locator("#id_time").fill("18:45")
    page.get_by_role("button", name="Book and invite").click()

    page.wait_for_url("**/interviews/*/")
    assert Interview.objects.get().wall_time == f"{day}T18:45"


def test_booking_works_without_scripts(new_page, sign_in, world, kit):
    page = new_page(java_script_enabled=False)
    sign_in(page, world.people["recruiter"])
    page.goto(reverse("interviews:schedule", args=[world.application.pk]))

    page.get_by_role("checkbox", name="Max Manager").check()
    page.get_by_role("button", name="Show times").click()
    assert page.get_by_role("checkbox", name="Max Manager").is_checked()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Book and invite").click()

    assert Interview.objects.get().seats.count() == 2


def test_the_brief_opens_from_the_mail_and_the_scorecard_is_filled_on_a_phone(new_page, sign_in, world, held):
    link = links.url(invitations.link(held.seats.get(user=world.people["interviewer"])), "interviews:brief")
    phone = new_page(width=390, height=844)
    phone.goto(link)

    expect(phone.get_by_text("Which system of yours failed last")).to_be_visible()
    assert not scrolls_sideways(phone)
    image = phone.locator(".tl-sheet img").first
    image.scroll_into_view_if_needed()
    until(phone, "document.querySelector('.tl-sheet img').naturalWidth > 100")
    phone.get_by_role("link", name="Write your scorecard").tap()
    phone.get_by_role("group", name="Systems thinking").get_by_role("radio", name=re.compile("^3")).tap(force=True)
    phone.get_by_label("Note on Systems thinking").fill("Named the failure before the feature.")
    phone.get_by_text(re.compile("Draft saved at")).wait_for()
    draft = Scorecard.objects.get(author=world.people["interviewer"])
    assert draft.ratings == {"Systems thinking": {"score": 3, "note": "Named the failure before the feature."}}
    assert draft.submitted_at is None
    assert "Would trust her on call" not in phone.content()

    phone.get_by_role("group", name="What do you recommend?").get_by_role("radio", name="Yes", exact=True).tap(
        force=True
    )
    phone.get_by_role("button", name="Submit scorecard").tap()

    phone.get_by_text("Would trust her on call").wait_for()
    assert not scrolls_sideways(phone)
    assert axe(phone) == []
    draft.refresh_from_db()
    assert draft.submitted_at


def test_a_reload_brings_the_draft_back(page, sign_in, world, held):
    sign_in(page, world.people["interviewer"])
    page.goto(reverse("interviews:scorecard", args=[held.pk]))

    page.get_by_label("What led you there?").fill("She asked what the numbers were for.")
    page.get_by_text(re.compile("Draft saved at")).wait_for()
    page.reload()

    assert page.get_by_label("What led you there?").input_value() == "She asked what the numbers were for."


def test_the_debrief_opens_once_ones_own_is_in(page, sign_in, world, held):
    interviewer = world.people["interviewer"]
    sign_in(page, interviewer)
    page.goto(reverse("interviews:debrief", args=[world.application.pk]))
    expect(page.get_by_text("Your own scorecard first")).to_be_visible()
    assert "Would trust her" not in page.content()

    page.get_by_role("link", name=re.compile("^Write scorecard")).click()
    page.get_by_role("group", name="What do you recommend?").get_by_role("radio", name="Strong yes").check(force=True)
    page.get_by_role("button", name="Submit scorecard").click()
    page.get_by_role("link", name="Debrief").click()

    expect(page.get_by_text("1 Strong yes")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Max Manager")).to_be_visible()
    expect(page.get_by_text("Would trust her on call")).to_be_visible()


def test_every_page_of_interviews_looks_right(new_page, sign_in, world, held, kit):
    other = ahead(world, kit)
    token = links.token(invitations.link(held.seats.get(user=world.people["interviewer"])))
    recruiter, interviewer = world.people["recruiter"], world.people["interviewer"]
    staff = [
        reverse("interviews:list"),
        reverse("interviews:interview", args=[other.pk]),
        reverse("interviews:schedule", args=[world.application.pk]),
        reverse("interviews:reschedule", args=[other.pk]),
        reverse("interviews:debrief", args=[world.application.pk]),
        reverse("interviews:plan", args=[world.job.pk]),
        reverse("interviews:kit_edit", args=[kit.pk]),
    ]
    own = [reverse("interviews:interview_brief", args=[held.pk]), reverse("interviews:scorecard", args=[held.pk])]
    linked = [reverse("interviews:brief", args=[token]), reverse("interviews:brief_scorecard", args=[token])]

    wrong = look_over(new_page, sign_in, recruiter, staff)
    wrong += look_over(new_page, sign_in, interviewer, own)
    wrong += look_over(new_page, sign_in, None, linked)

    assert wrong == []
