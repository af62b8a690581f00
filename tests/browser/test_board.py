"""The board in a browser: by mouse, by keyboard, by two people at once; review and rejection by keyboard."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring.models import MailTemplate
from pipeline import moves, rejection, starting
from tests import factories
from tests.browser.looks import look_over, looks_wrong, until
from tests.pipeline.crowds import copies

CONFLICT = "409"


@pytest.fixture
def board(world):
    """Five more people in Applied, on the world's job."""
    for name in ("Samira Rahimi", "Dmitri Volkov", "Grace Whitfield", "Farid Benali", "Lucía Ferrer"):
        starting.open_application(
            factories.EmailFactory(candidate__name=name, candidate__headline="Data Engineer").candidate,
            world.job,
            by=None,
        )
    return reverse("pipeline:board", args=[world.job.pk])


@pytest.fixture
def opened(new_page, sign_in, board, recruiter):
    page = new_page()
    sign_in(page, recruiter)
    page.goto(board)
    return page


def column(page, world, kind):
    return page.locator(f'.tl-col[data-stage="{world.stages[kind].pk}"]')


def card(page, name):
    return page.locator("[data-card]", has_text=name)


def stage_of(world, name):
    return world.job.applications.get(candidate__name=name).stage.kind


def move_by_keyboard(page, name, to):
    card(page, name).get_by_role("link", name=f"Move {name} to…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=to, exact=True).focus()
    page.keyboard.press("Enter")


def test_a_card_is_dragged_and_the_move_taken_back(opened, world):
    card(opened, "Dmitri Volkov").drag_to(column(opened, world, "screen").locator(".tl-cards"))
    opened.get_by_text("Moved Dmitri Volkov to Screen").wait_for()
    column(opened, world, "screen").locator("[data-card]", has_text="Dmitri Volkov").wait_for()
    assert stage_of(world, "Dmitri Volkov") == "screen"

    opened.keyboard.press("z")
    opened.get_by_text("Dmitri Volkov is back in Applied").wait_for()

    column(opened, world, "applied").locator("[data-card]", has_text="Dmitri Volkov").wait_for()
    assert stage_of(world, "Dmitri Volkov") == "applied"


def test_move_to_works_by_keyboard_and_focus_stays_with_the_card(opened, world):
    """A11Y-1: nothing needs dragging."""
    move_by_keyboard(opened, "Grace Whitfield", "Interview")

    column(opened, world, "interview").locator("[data-card]", has_text="Grace Whitfield").wait_for()
    until(opened, "document.activeElement.textContent === 'Grace Whitfield'")
    assert stage_of(world, "Grace Whitfield") == "interview"


def test_a_colleague_sees_the_move_within_five_seconds_and_keeps_focus_and_selection(
    opened, new_page, sign_in, board, world, manager
):
    other = new_page()
    sign_in(other, manager)
    other.goto(board)
    card(other, "Samira Rahimi").get_by_role("checkbox").check()
    card(other, "Farid Benali").get_by_role("link", name="Farid Benali", exact=True).focus()

    move_by_keyboard(opened, "Dmitri Volkov", "Screen")

    column(other, world, "screen").locator("[data-card]", has_text="Dmitri Volkov").wait_for(timeout=6_000)
    assert card(other, "Samira Rahimi").get_by_role("checkbox").is_checked()
    assert other.evaluate("document.activeElement.textContent") == "Farid Benali"
    assert "Dmitri Volkov is now in Screen" in other.locator("[data-board-said]").inner_text()


def test_a_colleagues_move_arrives_also_when_cards_have_changed_meanwhile(opened, world, manager):
    """An age ticks, a line is added: each card of the column is drawn anew while others come and go."""
    old = timezone.now() - dt.timedelta(days=2)
    world.job.applications.update(entered_stage_at=old)
    application = world.job.applications.get(candidate__name="Dmitri Volkov")

    moves.move(application, world.stages["screen"], by=manager)

    column(opened, world, "screen").locator("[data-card]", has_text="Dmitri Volkov").wait_for(timeout=6_000)
    ages = column(opened, world, "applied").locator(".tl-age")
    until(
        opened,
        "[...document.querySelectorAll('.tl-col[data-kind=applied] .tl-age')].every(age => age.textContent.includes('2 d'))",
    )
    expect(ages).to_have_count(5)


def test_a_drag_that_never_reached_the_server_is_put_back(opened, world):
    opened.console.expect("Failed to load resource|htmx:sendError")
    opened.route("**/move/", lambda route: route.abort())

    card(opened, "Dmitri Volkov").drag_to(column(opened, world, "screen").locator(".tl-cards"))

    opened.get_by_text("No connection. Nothing was sent").wait_for()
    column(opened, world, "applied").locator("[data-card]", has_text="Dmitri Volkov").wait_for()
    assert stage_of(world, "Dmitri Volkov") == "applied"


def test_a_stale_move_names_who_moved_it(opened, world, manager):
    opened.console.expect(CONFLICT)
    opened.route("**/changes/**", lambda route: route.fulfill(status=204))
    moves.move(world.application, world.stages["offer"], by=manager)

    move_by_keyboard(opened, "Noor Haddad", "Screen")

    opened.get_by_text("Max Manager already moved Noor Haddad to Offer").wait_for()
    assert stage_of(world, "Noor Haddad") == "offer"


def test_of_two_people_who_move_the_same_card_the_second_is_told_who_was_first(
    opened, new_page, sign_in, board, world, manager
):
    opened.console.expect(CONFLICT)
    other = new_page()
    sign_in(other, manager)
    other.goto(board)
    card(opened, "Noor Haddad").get_by_role("link", name="Move Noor Haddad to…").focus()
    opened.keyboard.press("Enter")
    opened.get_by_role("heading", name="Move Noor Haddad to…").wait_for()

    move_by_keyboard(other, "Noor Haddad", "Interview")
    column(other, world, "interview").locator("[data-card]", has_text="Noor Haddad").wait_for()
    opened.get_by_role("button", name="Screen", exact=True).click()

    opened.get_by_text("Max Manager already moved Noor Haddad to Interview just now.").wait_for()
    column(opened, world, "interview").locator("[data-card]", has_text="Noor Haddad").wait_for()
    assert stage_of(world, "Noor Haddad") == "interview"
    assert world.application.transitions.count() == 2


def test_a_long_column_keeps_its_cards_its_place_and_what_is_ticked_also_over_a_lost_connection(
    opened, world, board, manager
):
    """More cards than are ever drawn at once: they stay when something happens, and the lost connection is said."""
    copies(world.application, 640)
    opened.goto(board)
    applied = column(opened, world, "applied")
    shown = f"[data-stage='{world.stages['applied'].pk}'] [data-card]"
    for _ in range(11):
        loaded = applied.locator("[data-card]").count()
        applied.locator("[data-more]").dispatch_event("click")
        until(opened, f'document.querySelectorAll("{shown}").length > {loaded}')
    assert loaded > 500
    loaded = applied.locator("[data-card]").count()
    card(opened, "Copy 00530").get_by_role("checkbox").check()
    card(opened, "Copy 00520").get_by_role("link", name="Copy 00520", exact=True).focus()
    at = "document.activeElement.getBoundingClientRect().top"
    stood = opened.evaluate(at)

    moves.move(world.job.applications.get(candidate__name="Copy 00510"), world.stages["screen"], by=manager)

    column(opened, world, "screen").locator("[data-card]", has_text="Copy 00510").wait_for(timeout=6_000)
    expect(applied.locator("[data-card]")).to_have_count(loaded - 1)
    assert card(opened, "Copy 00530").get_by_role("checkbox").is_checked()
    assert opened.evaluate("document.activeElement.textContent") == "Copy 00520"
    assert abs(opened.evaluate(at) - stood) < 5

    opened.console.expect("Failed to load resource")
    opened.context.set_offline(True)
    lost = opened.locator("#board > .tl-lost")
    lost.wait_for()
    moves.move(world.job.applications.get(candidate__name="Copy 00001"), world.stages["offer"], by=manager)
    opened.wait_for_timeout(4_500)
    expect(opened.locator(".tl-toast")).to_have_count(0)  # said in its place, and once
    opened.context.set_offline(False)
    column(opened, world, "offer").locator("[data-card]", has_text="Copy 00001").wait_for(timeout=6_000)

    expect(lost).to_be_hidden()
    assert card(opened, "Copy 00530").get_by_role("checkbox").is_checked()
    expect(opened.locator("[data-board-count]")).to_have_text("1 selected")


def test_many_are_moved_at_once_and_taken_back_at_once(opened, world):
    boxes = column(opened, world, "applied").get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    opened.get_by_text("3 selected").wait_for()

    opened.keyboard.press("m")
    opened.get_by_role("button", name="Screen", exact=True).click()
    opened.get_by_text("Moved 3 people to Screen").wait_for()
    assert world.job.applications.filter(stage=world.stages["screen"]).count() == 3

    opened.locator(".tl-toast [data-undo]").last.click()
    opened.get_by_text("Took it back for 3 people").wait_for()
    assert world.job.applications.filter(stage=world.stages["applied"]).count() == 6


def test_a_whole_column_but_one_is_rejected_with_a_reason_and_restored(opened, world):
    factories.MailTemplateFactory(name="Kind words")
    factories.RejectionReasonFactory(label="Not this time")
    applied = column(opened, world, "applied")
    applied.locator("summary").click()
    applied.get_by_role("button", name="Select all 6").click()
    card(opened, "Grace Whitfield").get_by_role("checkbox").uncheck()
    opened.get_by_text("5 selected").wait_for()

    opened.get_by_role("button", name="Reject…").click()
    opened.get_by_role("heading", name="Reject 5 people").wait_for()
    opened.get_by_label("Reason").select_option(label="Not this time")
    opened.get_by_role("button", name="Reject 5 people").click()

    opened.get_by_text("5 mails wait and can be stopped").wait_for()
    assert world.job.applications.filter(status="rejected").count() == 5
    opened.keyboard.press("z")
    opened.get_by_text("Took it back for 5 people").wait_for()
    assert world.job.applications.filter(status="active").count() == 6
    assert set(rejection.mail_of(world.application).values_list("status", flat=True)) == {"cancelled"}


def test_many_are_written_to_by_keyboard_and_what_is_asked_before_looks_right(opened, world):
    def press(name, role="button"):
        opened.get_by_role(role, name=name, exact=True).focus()
        opened.keyboard.press("Enter")

    applied = column(opened, world, "applied")
    applied.locator("summary").focus()
    opened.keyboard.press("Enter")
    press("Select all 6")
    press("Write…")
    opened.get_by_label("Subject").fill("About {{ job_title }}")
    opened.get_by_label("Message").fill("Dear {{ first_name }}, we are a little late.")
    opened.keyboard.press("Tab")
    press("Look at it first")
    opened.get_by_text("Dear Noor, we are a little late.").wait_for()
    assert looks_wrong(opened) == []
    press("Send to 6 people")

    opened.get_by_text("A mail to 6 people waits, and can be stopped until it leaves.").wait_for()
    assert world.candidate.messages.get().text == "Dear Noor, we are a little late."
    opened.keyboard.press("z")
    opened.get_by_text("Took it back for 6 people").wait_for()
    assert world.candidate.messages.get().status == "cancelled"

    card(opened, "Noor Haddad").get_by_role("checkbox").check()
    press("To another job…")
    opened.get_by_role("heading", name="Take 1 person over to another job").wait_for()
    assert looks_wrong(opened) == []


def test_on_a_phone_the_bar_is_one_row_and_the_rest_a_sheet_above_it(new_page, sign_in, world, board, recruiter):
    page = new_page(width=390, height=844)
    sign_in(page, recruiter)
    page.goto(board)
    card(page, "Noor Haddad").get_by_role("checkbox").check()

    bar = page.locator("#bulk")
    assert bar.bounding_box()["height"] < 60 and page.get_by_role("button", name="Write…").is_hidden()
    bar.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Write…").wait_for()
    assert looks_wrong(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Write…")).to_be_hidden()
    expect(bar.get_by_text("1 selected")).to_be_visible()  # Escape closed the sheet, and nothing else
    bar.get_by_role("button", name="More").click()
    page.locator("#bulk-acts summary", has_text="Tag").click()
    page.get_by_label("Tag", exact=True).fill("energy")
    page.get_by_role("button", name="Add tag").click()
    page.get_by_text("Tagged 1 person").wait_for()


def test_the_drawer_walks_its_column_and_moves_from_its_foot(opened, world):
    card(opened, "Lucía Ferrer").get_by_role("link", name="Lucía Ferrer", exact=True).click()
    drawer = opened.locator("#drawer")
    drawer.get_by_text("1 of 6 in Applied").wait_for()
    assert drawer.get_by_role("button", name="Previous person").is_disabled()
    opened.keyboard.press("j")
    drawer.get_by_role("heading", name="Farid Benali").wait_for()

    drawer.get_by_role("button", name="Move to Screen").click()
    drawer.get_by_role("button", name="Move to Interview").wait_for()
    assert stage_of(world, "Farid Benali") == "screen"
    drawer.get_by_role("button", name="Next person").click()

    drawer.get_by_role("heading", name="Grace Whitfield").wait_for()
    drawer.get_by_text("3 of 6 in Applied").wait_for()


def test_the_head_counts_what_the_columns_count(opened, world):
    review = opened.get_by_role("link", name="Review 6 new")
    review.wait_for()
    move_by_keyboard(opened, "Dmitri Volkov", "Screen")
    opened.get_by_role("link", name="Review 5 new").wait_for()
    opened.locator("#status").get_by_role("button", name="Undo").click()
    review.wait_for()


def test_rejecting_from_the_drawer_comes_back_to_the_board(opened, world):
    MailTemplate.objects.filter(kind="rejection").delete()  # else the product's own letters come first
    factories.MailTemplateFactory(body="Dear {{ first_name }}, thank you.")
    factories.RejectionReasonFactory(label="Not this time")
    card(opened, "Noor Haddad").get_by_role("link", name="Noor Haddad", exact=True).click()
    opened.locator("#drawer-foot").get_by_role("link", name="Reject…").click()
    opened.get_by_role("heading", name="Reject Noor Haddad").wait_for()

    opened.locator("#drawer").get_by_label("Reason").select_option(label="Not this time")
    opened.get_by_text("Dear Noor, thank you.").wait_for()
    opened.locator("#drawer").get_by_role("button", name="Reject", exact=True).click()

    opened.wait_for_url(f"**{reverse('pipeline:board', args=[world.job.pk])}*")
    opened.get_by_text("Rejected Noor Haddad. The mail waits and can be stopped.").wait_for()
    expect(card(opened, "Noor Haddad")).to_have_count(0)


def test_more_cards_come_as_the_column_is_scrolled(opened, world, board):
    for number in range(40):
        starting.open_application(factories.CandidateFactory(name=f"Person {number:02}"), world.job, by=None)
    opened.goto(board)
    cards = column(opened, world, "applied").locator("[data-card]")
    first = cards.count()

    column(opened, world, "applied").locator(".tl-cards").evaluate("list => { list.scrollTop = list.scrollHeight; }")

    shown = f"[data-stage='{world.stages['applied'].pk}'] [data-card]"
    until(opened, f'document.querySelectorAll("{shown}").length === 46')
    assert first < 46


def test_review_by_keyboard_alone(opened, world):
    factories.RejectionReasonFactory(label="Not this time")
    opened.get_by_role("link", name="Review 6 new").click()
    opened.get_by_role("heading", name="Noor Haddad").wait_for()

    opened.keyboard.press("a")
    opened.get_by_text("Advanced Noor Haddad to Screen").wait_for()
    opened.get_by_role("heading", name="Samira Rahimi").wait_for()
    opened.keyboard.press("s")
    opened.get_by_role("heading", name="Dmitri Volkov").wait_for()
    opened.keyboard.press("n")
    opened.keyboard.type("Ask about the migration")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    opened.locator("#notes li", has_text="Ask about the migration").wait_for()
    opened.locator("#main").focus()
    opened.keyboard.press("r")
    opened.get_by_role("heading", name="Reject Dmitri Volkov").wait_for()
    opened.locator("#drawer").get_by_label("Reason").select_option(label="Not this time")
    opened.locator("#drawer").get_by_role("button", name="Reject", exact=True).click()

    opened.get_by_role("heading", name="Grace Whitfield").wait_for()
    opened.get_by_text("2 of 6 reviewed").wait_for()
    kinds = {name: stage_of(world, name) for name in ("Noor Haddad", "Samira Rahimi")}
    assert kinds == {"Noor Haddad": "screen", "Samira Rahimi": "applied"}


def test_the_pages_look_right_everywhere(new_page, sign_in, world, board, recruiter):
    starting.open_application(
        factories.CandidateFactory(name="Ola Berg", headline="A" * 90, referred_by=recruiter), world.job, by=recruiter
    )
    empty = factories.JobFactory(status="draft")
    application = reverse("pipeline:application_reject", args=[world.application.pk])
    paths = [
        board,
        f"{board}?q=nobody-at-all",
        reverse("pipeline:board", args=[empty.pk]),
        reverse("pipeline:table", args=[world.job.pk]),
        f"{reverse('pipeline:applications')}?choose=1",
        f"{reverse('pipeline:view_create')}?of={world.job.pk}",
        reverse("pipeline:review", args=[world.job.pk]),
        application,
        reverse("pipeline:application_move", args=[world.application.pk]),
        reverse("pipeline:application_create", args=[factories.CandidateFactory().pk]),
        reverse("pipeline:stage_retire", args=[world.stages["applied"].pk]),
        reverse("pipeline:stage_retire", args=[world.stages["screen"].pk]),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []
