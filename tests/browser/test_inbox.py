"""The inbox in a browser: through the conversations by keyboard, answering, stopping, and how its pages look."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring.mail import compose, outbox, threads
from hiring.mail import inbound as receiving
from hiring.mail.mime import Letter
from hiring.models import MailTemplate, Message, Thread
from tests.browser.looks import look_over
from tests.factories import EmailFactory, MailboxFactory

TEXTS = (
    "Happy to meet the team again. I would need to give two months of notice, so the earliest start is 1 February.",
    "Thank you for writing. Could you tell me more about the on-call rota?",
    "Not now, but please come back to me after the summer.",
)
NAMES = (("Noor Haddad", "noor"), ("Bo Lindqvist", "bo"), ("Cyrille Dupont-Beaumarchais", "cyrille"))


@pytest.fixture
def conversations(recruiter):
    """Three people who replied, the first of them waiting longest."""
    MailboxFactory(is_default=True, name="Northwind Talent", address="talent@throughline.example")
    MailTemplate.objects.create(name="Thank you", kind="message", subject="Thanks", body="Thank you, {{ first_name }}.")
    made = []
    for number, (name, short) in enumerate(NAMES):
        candidate = EmailFactory(
            candidate__name=name,
            candidate__headline="Senior Data Engineer at Fathom Grid",
            value=f"{short}@mail.example",
        ).candidate
        ours = compose.to_candidate(
            candidate,
            purpose="message",
            mail_class="transactional",
            subject="A data role in Lyon",
            text=f"Hello {name}",
            by=recruiter,
        )
        Message.objects.filter(pk=ours.pk).update(status="sent", at=timezone.now() - dt.timedelta(days=2))
        raw = (
            f"From: {name} <{short}@mail.example>\r\nMessage-ID: <{short}@mail.example>\r\nSubject: Re: A data role in Lyon\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{TEXTS[number]}\r\n\r\nOn Monday, Northwind wrote:\r\n> Hello {name}\r\n"
        )
        receiving.receive(raw.encode(), f"{short}@mail.example", [f"reply+{ours.token.hex}@in.throughline.example"])
        waiting = timezone.now() - dt.timedelta(hours=50 - number * 20)
        Thread.objects.filter(pk=ours.thread_id).update(waiting_since=waiting)
        made.append(Thread.objects.get(pk=ours.thread_id))
    threads.set_intent(made[1], "interested", by=recruiter)
    return made


@pytest.fixture
def troubles(conversations, recruiter):
    """Mail of an unknown sender, and a message nobody can vouch for."""
    raw = b"From: Eve <eve@other.example>\r\nSubject: From my other address\r\n\r\nIt is me, Noor."
    stored = receiving.receive(raw, "eve@other.example", ["jobs@in.throughline.example"])
    lost = compose.to_candidate(
        conversations[0].candidate,
        purpose="message",
        mail_class="transactional",
        subject="The next step",
        text="See you",
        by=recruiter,
    )
    outbox.OutboxBackend().send_messages([Letter(lost)])
    Message.objects.filter(pk=lost.pk).update(
        status="unconfirmed", status_note="The worker stopped while this was being sent."
    )
    return stored


def test_the_day_s_answers_by_keyboard_alone(page, sign_in, recruiter, conversations):
    sign_in(page, recruiter)
    page.goto(reverse("inbox"))

    page.keyboard.press("j")
    page.locator("#conversation").get_by_text(TEXTS[0]).wait_for()
    page.wait_for_url(f"**{reverse('inbox_thread', args=[conversations[0].pk])}*")
    page.keyboard.press("j")
    page.locator("#conversation").get_by_text(TEXTS[1]).wait_for()
    page.keyboard.press("k")
    page.locator("#conversation").get_by_text(TEXTS[0]).wait_for()
    page.keyboard.press("r")
    page.keyboard.type("Let us talk on Monday, {{ first_name }}.")
    page.keyboard.press("Tab")  # template
    page.keyboard.press("Tab")  # send
    page.keyboard.press("Enter")
    page.get_by_text("Let us talk on Monday, Noor.").wait_for()

    message = Message.objects.get(purpose="reply", direction="out")
    assert (message.status, message.thread) == ("queued", conversations[0])
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    page.get_by_text("Stopped. It was not sent.").wait_for()
    message.refresh_from_db()
    assert message.status == "cancelled"


def test_a_conversation_far_down_the_list_opens_in_view(new_page, sign_in, recruiter, conversations):
    page = new_page(width=1280, height=420)
    sign_in(page, recruiter)
    page.goto(reverse("inbox"))

    page.locator("#inbox-list a[data-conversation]").last.click()

    expect(page.locator("#conversation h2")).to_be_in_viewport()
    expect(page.locator("#inbox-list li[data-current]")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0  # the panes scroll, the page does not
    page.locator("#conversation").get_by_role("button", name="Previous").click()
    page.locator("#conversation").get_by_text(TEXTS[1]).wait_for()


def test_going_through_quickly_ends_at_the_last_one_asked_for(page, sign_in, recruiter, conversations):
    """Pressing j faster than the server answers: an answer that is no longer wanted must not win, nor the wanted one be lost."""
    sign_in(page, recruiter)
    page.route("**/inbox/*/?tab=*", lambda route: (time.sleep(0.3), route.continue_()))
    page.goto(reverse("inbox"))

    for _ in range(3):
        page.keyboard.press("j")

    page.locator("#conversation").get_by_text(TEXTS[2]).wait_for()
    expect(page).to_have_url(re.compile(reverse("inbox_thread", args=[conversations[2].pk])))


def test_assigning_needs_no_second_button(page, sign_in, recruiter, conversations):
    sign_in(page, recruiter)
    page.goto(reverse("inbox_thread", args=[conversations[0].pk]))

    expect(page.get_by_role("button", name="Assign", exact=True)).to_be_hidden()
    page.get_by_label("Assigned to").select_option(label="Assigned to me")
    page.get_by_text("Assigned to you.").wait_for()

    assert Thread.objects.get(pk=conversations[0].pk).assigned_to == recruiter


def test_it_works_without_javascript(new_page, sign_in, recruiter, conversations):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto(reverse("inbox"))

    page.get_by_role("link", name="Noor Haddad").click()
    page.get_by_label("Your answer").fill("Gladly.")
    page.get_by_role("button", name="Send answer").click()

    expect(page.get_by_text("Gladly.")).to_be_visible()
    page.get_by_role("button", name="Stop it").click()
    assert Message.objects.get(purpose="reply", direction="out").status == "cancelled"


def test_a_template_fills_the_message_on_the_profile(page, sign_in, recruiter, conversations):
    sign_in(page, recruiter)
    page.goto(conversations[0].candidate.get_absolute_url() + "?compose=mail")

    page.get_by_label("Template", exact=True).select_option("Thank you")
    page.get_by_role("button", name="Use").click()

    expect(page.locator("#mail-text")).to_have_value("Thank you, Noor.")
    assert page.get_by_label("Subject").input_value() == "Thanks"


def test_the_pages_look_right(new_page, sign_in, recruiter, troubles, conversations):
    paths = [
        reverse("inbox"),
        reverse("inbox_thread", args=[conversations[0].pk]),
        reverse("inbox_unmatched_mail", args=[troubles.pk]),
        reverse("inbox_unconfirmed"),
        reverse("message_write", args=[conversations[0].candidate_id]),
        reverse("outbox"),
        reverse("outbox_mail", args=outbox.names()[:1]),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []


def test_the_way_out_looks_right_to_a_visitor(new_page, sign_in, conversations):
    from hiring.mail import footer

    url = footer.unsubscribe_url(conversations[0].candidate)

    assert look_over(new_page, sign_in, None, [url]) == []
