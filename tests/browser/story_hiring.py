"""The steps from an idea for a job to a signed offer, each as the people concerned take it."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse
from playwright.sync_api import expect

from hiring.celery import app as celery_app
from hiring.models import Candidate, Job, Message, Opening
from interviews.models import Interview, Scorecard
from offers.models import Offer
from pipeline.models import Application
from tests.browser.looks import scrolls_sideways, until
from tests.browser.story import BO, MIRA, NOOR, PASSWORD

# --- A job ---------------------------------------------------------------------------------------------------


def the_recruiter_signs_in(hire) -> None:
    page = hire.page
    page.goto("/")
    page.locator("input[name=login]").fill(hire.people["recruiter"].email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Today").first.wait_for()


def a_job_is_made_from_a_template_and_approved_from_the_mail(hire) -> Job:
    page = hire.page
    page.goto(reverse("jobs"))
    page.get_by_role("main").get_by_role("link", name="New job").first.click()
    page.get_by_label("Template").select_option("Engineering")
    page.get_by_label("Title").fill("Data Engineer")
    page.get_by_label("Department").select_option("Data platform")
    page.locator("#chain").get_by_text("Ada Admin").wait_for()
    page.get_by_label("Location").select_option("Lyon")
    page.get_by_label("Openings").fill("1")
    page.get_by_label("Pay from").fill("55,000")
    page.get_by_label("Pay to").fill("68,000")
    page.get_by_label("Hiring manager").select_option("Max Manager")
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("Waiting for approval").first.wait_for()

    approve_by_link(hire, "Data Engineer")
    job = Job.objects.get()
    assert job.status == "open"
    assert [stage.kind for stage in job.stages.order_by("position")][:3] == ["lead", "applied", "screen"]
    return job


def approve_by_link(hire, subject: str) -> None:
    """Ada decides on her phone, where nobody is signed in."""
    phone = hire.new_page(width=390, height=844)
    phone.goto(hire.link(hire.people["admin"], subject, "approve"))
    phone.get_by_role("button", name="Approve").tap()
    phone.get_by_text("You approved this").wait_for()
    phone.context.close()


def it_is_published(hire, job) -> str:
    page = hire.page
    page.goto(reverse("job_posting", args=[job.pk]))
    page.get_by_label("Description").fill("<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>")
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_role("button", name="Take down").wait_for()
    return page.get_by_role("link", name="See it as the public does").get_attribute("href")


# --- Applications --------------------------------------------------------------------------------------------


def apply(hire, address: str, person: tuple[str, str], name: str, content: bytes) -> None:
    visitor = hire.new_page()
    visitor.goto("/careers/")
    visitor.get_by_role("link", name="Data Engineer").click()
    assert visitor.url.endswith(address)
    visitor.get_by_role("link", name="Apply for this job").click()
    visitor.get_by_label("Résumé").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    visitor.get_by_label("Full name").fill(person[0])
    visitor.get_by_label("E-mail").fill(person[1])
    hire.clock.go_on(minutes=4)  # nobody is faster, and who is, is asked to look once more
    visitor.get_by_role("button", name="Review application").click()
    visitor.get_by_role("button", name="Send application").click()
    visitor.get_by_role("heading", name="We have your application").wait_for()
    visitor.context.close()


def the_receipt_leads_to_the_status_page(hire) -> None:
    visitor = hire.new_page(width=390)
    visitor.goto(hire.link(NOOR, "Data Engineer", "status"))
    expect(visitor.get_by_text(Application.objects.get().receipt_number)).to_be_visible()
    visitor.context.close()


def the_preview_appears_by_itself_once_the_worker_reads(hire, noor) -> None:
    page = hire.page
    page.goto(reverse("candidate_resume", args=[noor.pk]))
    page.get_by_role("heading", name="Reading the file").wait_for()

    celery_app.control.add_consumer("documents")
    page.locator(".tl-sheet img").first.wait_for(timeout=60_000)  # nobody touched the page

    until(page, "document.querySelector('.tl-sheet img').naturalWidth > 100")
    page.get_by_text("Text", exact=True).click()
    expect(page.get_by_text("Ran 140 pipelines")).to_be_visible()


# --- The board -----------------------------------------------------------------------------------------------


def card(page, name):
    return page.locator("[data-card]", has_text=name)


def column(page, job, kind):
    return page.locator(f'.tl-col[data-stage="{job.stages.filter(kind=kind).first().pk}"]')


def noor_moves_on_the_board_and_gets_a_note(hire, job) -> None:
    page = hire.page
    page.goto(reverse("pipeline:board", args=[job.pk]))
    card(page, NOOR[0]).drag_to(column(page, job, "screen").locator(".tl-cards"))
    page.get_by_text("Moved Noor Haddad to Screen").wait_for()
    page.keyboard.press("z")
    page.get_by_text("Noor Haddad is back in Applied").wait_for()
    column(page, job, "applied").locator("[data-card]", has_text=NOOR[0]).wait_for()

    card(page, NOOR[0]).get_by_role("link", name="Move Noor Haddad to…").click()
    page.locator("#move").get_by_role("button", name="Technical interview").click()
    column(page, job, "interview").locator("[data-card]", has_text=NOOR[0]).wait_for()

    card(page, NOOR[0]).get_by_role("link", name=NOOR[0], exact=True).click()
    drawer = page.get_by_role("dialog", name=NOOR[0])
    drawer.get_by_role("button", name="Note", exact=True).click()
    drawer.get_by_label("Note", exact=True).fill("Asks good questions")
    drawer.get_by_role("button", name="Save note").click()
    drawer.locator("#latest").get_by_text("Asks good questions").wait_for()
    page.keyboard.press("Escape")
    assert noor_stage(job) == "interview"


def noor_stage(job) -> str:
    return job.applications.get(candidate__name=NOOR[0]).stage.kind


def bo_is_rejected_and_the_mail_is_stopped(hire, job) -> None:
    page = hire.page
    card(page, BO[0]).get_by_role("link", name=BO[0], exact=True).click()
    drawer = page.locator("#drawer")
    drawer.get_by_role("link", name="Reject…").click()
    drawer.get_by_label("Reason").select_option(index=1)
    drawer.get_by_text("Dear Bo").wait_for()
    drawer.get_by_role("button", name="Reject", exact=True).click()
    page.get_by_text("The mail waits and can be stopped.").wait_for()
    page.goto(Candidate.objects.get(name=BO[0]).get_absolute_url())
    page.locator("#applications").get_by_role("button", name="Stop", exact=True).click()
    page.locator("#applications").get_by_role("button", name="Stop", exact=True).wait_for(state="detached")
    assert Message.objects.get(purpose="rejection").status == "cancelled"


# --- Interviews ----------------------------------------------------------------------------------------------


def an_interview_is_booked(hire, application) -> Interview:
    page = hire.page
    page.goto(reverse("interviews:schedule", args=[application.pk]))
    page.get_by_label("Interview", exact=True).select_option(label="Technical interview · Technical interview")
    page.locator("#id_join").select_option(label="Ines Interviewer")
    page.get_by_role("checkbox", name="Ines Interviewer").wait_for()
    page.get_by_role("checkbox", name="Max Manager").check()
    page.get_by_role("row", name="Max Manager").wait_for()  # in the chart of who is free
    page.get_by_role("button", name="Book and invite").click()
    page.wait_for_url("**/interviews/*/")

    interview = Interview.objects.get()
    assert {seat.user.full_name for seat in interview.seats.all()} == {"Ines Interviewer", "Max Manager"}
    for person in (NOOR, hire.people["interviewer"], hire.people["manager"]):
        mail = hire.mail(person, "Technical interview" if person != NOOR else "interview")
        [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        assert calendar.get_param("method") == "REQUEST"
        assert (
            f"DTSTART;TZID=Europe/Paris:{interview.wall_time.replace('-', '').replace(':', '')}"
            in calendar.get_content()
        )
    return interview


def two_scorecards_are_written_apart(hire, interview) -> None:
    """Ines on her phone, from the mail; Max by his link afterwards, who reads nothing of hers before he wrote his own."""
    hire.clock.go_to(interview.starts_at + dt.timedelta(minutes=40))
    phone = by_link(hire, "interviewer", width=390)
    assert not scrolls_sideways(phone)
    phone.get_by_role("link", name="Write your scorecard").tap()
    phone.get_by_role("group", name="Depth in the field").get_by_role("radio", name=re.compile("^4")).tap(force=True)
    phone.get_by_label("Note on Depth in the field").fill("Named the failure before the feature.")
    recommend(phone, "Strong yes")
    assert not scrolls_sideways(phone)

    other = by_link(hire, "manager", width=1280)
    other.get_by_role("link", name="Write your scorecard").click()
    other.get_by_role("group", name="What do you recommend?").wait_for()
    assert "Named the failure" not in other.content()
    recommend(other, "Yes")
    other.get_by_text("Named the failure before the feature.").first.wait_for()
    assert Scorecard.objects.exclude(submitted_at=None).count() == 2


def by_link(hire, role: str, *, width: int):
    page = hire.new_page(width=width, height=844)
    page.goto(hire.link(hire.people[role], "Technical interview", "brief"))
    page.get_by_text("Questions to draw from").wait_for()
    return page


def recommend(page, words: str) -> None:
    page.get_by_role("group", name="What do you recommend?").get_by_role("radio", name=words, exact=True).check(
        force=True
    )
    page.get_by_role("button", name="Submit scorecard").click()
    page.get_by_role("button", name="Submit scorecard").wait_for(state="detached")


def the_recruiter_reads_both_side_by_side(hire, noor) -> None:
    page = hire.page
    page.goto(reverse("interviews:debrief", args=[noor.applications.get().pk]))
    for who in ("Ines Interviewer", "Max Manager"):
        page.get_by_role("columnheader", name=who).wait_for()
    expect(page.get_by_text("Named the failure before the feature.")).to_be_visible()


# --- The offer -----------------------------------------------------------------------------------------------


def an_offer_is_approved_and_sent(hire, application) -> Offer:
    page = hire.page
    page.goto(reverse("offers:create", args=[application.pk]))
    page.get_by_label("Pay", exact=True).fill("64000")
    page.get_by_role("button", name="Save terms").click()
    page.get_by_role("button", name="Submit for approval").click()
    page.get_by_text("is asked to approve").wait_for()
    approve_by_link(hire, NOOR[0])
    page.reload()
    page.get_by_role("button", name="Send offer").click()
    page.locator("#confirm").get_by_role("button", name="Send offer").click()
    page.get_by_text("The offer is on its way").first.wait_for()
    return Offer.objects.get()


def noor_signs(hire, offer) -> None:
    visitor = hire.new_page(width=390, height=844)
    visitor.goto(hire.link(NOOR, "Your offer", "offer"))
    visitor.get_by_role("button", name="Agree and open the offer").tap()
    visitor.get_by_label("Your full name").fill("Noor Haddad")
    visitor.get_by_role("button", name="Sign the offer").tap()
    visitor.get_by_role("heading", name="Signed. Welcome!").wait_for()

    offer.refresh_from_db()
    assert (offer.status, offer.application.status) == ("accepted", "hired")
    assert Opening.objects.get().status == "filled"
    signed = hire.mail(NOOR, "Signed")
    [copy] = [part for part in signed.iter_attachments() if part.get_content_type() == "application/pdf"]
    assert copy.get_content().startswith(b"%PDF")
    visitor.reload()
    expect(visitor.get_by_role("link", name="Your signed copy")).to_be_visible()


def mira_still_waits_for_an_answer(hire, job) -> None:
    hire.page.goto(reverse("pipeline:closing", args=[job.pk]))
    waiting = hire.page.locator("#waiting")
    expect(waiting.get_by_role("link", name=MIRA[0], exact=True)).to_be_visible()
    assert waiting.locator("li").count() == 1  # neither who was hired nor who was rejected
