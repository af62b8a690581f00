"""Every page of the product, once: nothing for axe to object to, nothing to scroll sideways on a phone, a silent console.

The pages are those of the rules in tests/*/routes.py, and no route is without a rule (tests/test_matrix.py), so a new page
is looked at here without anybody remembering it. What is not a page by itself (files, parts of pages) is left out by what
it answers, not by a list.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.browser.looks import axe, ready_for_axe, scrolls_sideways
from tests.matrix import Rule
from tests.sourcing import agency_routes

TABLES = sorted(path.parent.name for path in Path(__file__).parent.parent.glob("*/routes.py"))


def rules_of(table: str) -> dict[str, Rule]:
    found: dict[str, Rule] = importlib.import_module(f"tests.{table}.routes").ROUTES
    return {name: rule for name, rule in found.items() if rule.method == "get"}


def is_page(page, path: str) -> bool:
    answer = page.request.get(path)
    return answer.headers.get("content-type", "").startswith("text/html") and "<html" in answer.text()


def objections(page, path: str) -> list[str]:
    """Everything that is wrong with one page, wide and narrow."""
    before = len(page.console.lines)
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(path)
    found = [f"answered {answer.status}"] if answer.status >= 400 else []
    found += axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    if scrolls_sideways(page):
        found.append("scrolls sideways at 390 pixels")
    said, page.console.lines = page.console.lines[before:], page.console.lines[:before]
    return found + [f"console: {line}" for line in said]


def who_opens(rule: Rule) -> str:
    if rule.public or rule.agency:
        return "agency" if rule.agency else "visitor"
    return "admin" if "admin" in rule.allowed else min(rule.allowed)


def come_in(page, who: str, sign_in, world) -> None:
    """Colleagues by the sign-in page, an agency by a link of its own."""
    if who != "agency":
        sign_in(page, world.people[who])
        return
    page.goto(reverse("agency_enter", args=agency_routes.enter(world)))
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/agency/")


@pytest.mark.parametrize("table", TABLES)
def test_every_page_is_accessible_fits_a_phone_and_keeps_the_console_silent(table, new_page, sign_in, world):
    cache.clear()  # limits of visitors are counted there
    browsers = {"visitor": new_page()}
    ready_for_axe(browsers["visitor"])
    wrong, looked_at = [], 0
    for name, rule in rules_of(table).items():
        who = who_opens(rule)
        if who not in browsers:
            browsers[who] = new_page()
            ready_for_axe(browsers[who])
            come_in(browsers[who], who, sign_in, world)
        path = reverse(name, args=rule.args(world))
        if is_page(browsers[who], path):
            looked_at += 1
            wrong += [f"{name} ({path}) as {who}: {objection}" for objection in objections(browsers[who], path)]

    assert looked_at, "No page was looked at"
    assert wrong == []
