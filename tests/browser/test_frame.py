"""The frame in a browser: search by keyboard, theme, drawer, shortcuts, toasts, and how its pages look."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring import search
from hiring.models import Task, User
from tests import factories
from tests.browser.looks import axe, look_over


def person(name: str, **facts):
    candidate = factories.CandidateFactory(name=name, name_key=name.lower(), **facts)
    search.refresh([candidate.pk])
    return candidate


def task(candidate, user, text="Call about the start date"):
    return Task.objects.create(
        candidate=candidate, assignee=user, text=text, due_on=timezone.localdate(), created_by=user
    )


# --- search ---------------------------------------------------------------------------------------------------------


def test_search_finds_a_person_by_keyboard_alone(page, sign_in, recruiter):
    noor = person("Noor Haddad", headline="Data Engineer")
    person("Noa Levy")
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("hadd")
    page.get_by_role("option", name="Noor Haddad").wait_for()
    chosen = page.locator("#search").get_attribute("aria-activedescendant")
    assert chosen == page.locator("#search-results [aria-selected=true]").get_attribute("id")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{reverse('candidate', args=[noor.pk])}")


def test_arrows_choose_and_escape_leaves_the_search(page, sign_in, recruiter):
    first, second = person("Noa Levy"), person("Noor Haddad")
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("no")
    page.get_by_role("option", name=first.name).wait_for()
    page.keyboard.press("ArrowDown")
    assert second.name in page.locator("#search-results [aria-selected=true]").inner_text()
    page.keyboard.press("Escape")

    assert page.locator("#search-results").is_hidden()
    assert page.locator("#search").get_attribute("aria-expanded") == "false"


def test_search_works_without_javascript(new_page, sign_in, recruiter):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto("/")

    page.get_by_role("combobox", name="Search people, jobs and pages").fill("noor")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{reverse('candidates')}?q=noor")


# --- keys -----------------------------------------------------------------------------------------------------------


def test_g_and_a_letter_go_somewhere(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("g")
    page.keyboard.press("c")

    page.wait_for_url(f"**{reverse('candidates')}")


def test_question_mark_lists_the_shortcuts_and_escape_closes(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")

    assert page.get_by_role("dialog", name="Shortcuts").is_hidden()


def test_single_keys_can_be_turned_off(page, sign_in, recruiter):
    """A11Y-9, WCAG 2.1.4."""
    User.objects.filter(pk=recruiter.pk).update(single_key_shortcuts=False)
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("?")
    page.keyboard.press("/")

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") != "search"


def test_letters_typed_into_a_field_are_no_shortcuts(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto(reverse("account"))

    page.get_by_label("Name", exact=True).fill("")
    page.keyboard.type("g?/c")

    assert page.get_by_label("Name", exact=True).input_value() == "g?/c"
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- theme, menus, counts -------------------------------------------------------------------------------------------


def test_the_theme_turns_at_once_and_stays(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto("/")

    with page.expect_response(re.compile("/account/theme/")):
        page.get_by_role("button", name="Switch between light and dark").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_add_menu_opens_walks_and_closes_by_keyboard(page, sign_in, recruiter):
    sign_in(page, recruiter)
    page.goto("/")

    page.locator("summary", has_text="Add").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Candidate"
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Candidate", exact=True)).to_have_count(0)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_menu_tells_how_much_waits(page, sign_in, recruiter):
    task(person("Noor Haddad"), recruiter)
    sign_in(page, recruiter)

    page.goto("/")

    page.get_by_role("link", name=re.compile("Today.*1 waiting")).wait_for()


def test_on_a_phone_the_menu_is_one_button_away(new_page, sign_in, recruiter):
    page = new_page(width=390, height=844)
    sign_in(page, recruiter)
    page.goto("/")

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Candidates").click()

    page.wait_for_url(f"**{reverse('candidates')}")


# --- drawer ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawer_page(page, sign_in, recruiter):
    """Any page with a link that opens in the drawer; here one that the test puts there."""
    noor = person("Noor Haddad")
    url = reverse("candidate", args=[noor.pk])
    sign_in(page, recruiter)
    page.goto("/")
    page.evaluate(
        """(url) => {
          const link = Object.assign(document.createElement("a"), { id: "noor", href: url, textContent: "Open Noor" });
          link.dataset.drawer = `${url}drawer/`;
          document.getElementById("main").prepend(link);
        }""",
        url,
    )
    page.url_of_noor = url
    return page


def test_the_drawer_has_its_own_address_and_the_back_button_closes_it(drawer_page):
    page = drawer_page

    page.get_by_role("link", name="Open Noor").click()
    page.get_by_role("dialog", name="Noor Haddad").wait_for()
    assert page.url.endswith(page.url_of_noor)
    page.go_back()

    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.evaluate("location.pathname") == "/"
    assert page.evaluate("document.activeElement.id") == "noor"


def test_escape_closes_the_drawer_and_focus_comes_back(drawer_page):
    page = drawer_page

    page.get_by_role("link", name="Open Noor").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Noor Haddad").wait_for()
    assert page.evaluate("document.activeElement.id") == "drawer-title"
    page.keyboard.press("Escape")

    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "noor"


# --- what happened ---------------------------------------------------------------------------------------------------


def test_a_task_is_done_in_place_and_undone_from_the_toast(page, sign_in, recruiter):
    """A11Y-7: said in the live region; the list follows without a reload."""
    todo = task(person("Noor Haddad"), recruiter)
    sign_in(page, recruiter)
    page.goto("/")

    page.get_by_role("button", name="Done: Noor Haddad").click()
    page.get_by_role("status").get_by_text("Done.").wait_for()
    page.get_by_role("heading", name="Tasks due").wait_for(state="hidden")
    todo.refresh_from_db()
    assert todo.done_at is not None
    page.get_by_role("status").get_by_role("button", name="Undo").click()

    page.get_by_role("heading", name="Tasks due").wait_for()
    todo.refresh_from_db()
    assert todo.done_at is None


def test_a_lost_connection_is_said_and_nothing_typed_is_lost(page, sign_in, recruiter):
    task(person("Noor Haddad"), recruiter)
    page.console.expect("ERR_FAILED|ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
    sign_in(page, recruiter)
    page.goto("/")
    page.context.set_offline(True)

    page.get_by_role("button", name="Done: Noor Haddad").click()

    page.get_by_role("status").get_by_text("No connection.").wait_for()
    expect(page.get_by_role("button", name="Done: Noor Haddad")).to_be_visible()


# --- looks ----------------------------------------------------------------------------------------------------------


def test_the_frames_pages_look_right(new_page, sign_in, recruiter):
    for name in ("Noor Haddad", "Ilse Brandt", "A Person With a Name That Does Not Seem to End at All"):
        task(
            person(name),
            recruiter,
            text="Call about the start date, and ask what else would have to be true to say yes",
        )
    pages = ["/", reverse("account"), reverse("account_change_password"), reverse("mfa_index"), "/nothing-here/"]

    assert look_over(new_page, sign_in, recruiter, pages) == []


def test_the_empty_today_looks_right(new_page, sign_in, recruiter):
    assert look_over(new_page, sign_in, recruiter, ["/"]) == []


def test_the_visitors_pages_of_signing_in_look_right(new_page, sign_in):
    pages = [
        reverse(name)
        for name in (
            "account_login",
            "account_request_login_code",
            "account_reset_password",
            "account_reset_password_done",
        )
    ]

    assert look_over(new_page, sign_in, None, [*pages, "/nothing-here/"]) == []


def test_open_parts_of_the_frame_look_right(page, sign_in, recruiter):
    person("Noor Haddad")
    sign_in(page, recruiter)
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("noor")
    page.get_by_role("option", name="Noor Haddad").wait_for()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Add").click()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Help and shortcuts").first.click()
    assert axe(page) == []
