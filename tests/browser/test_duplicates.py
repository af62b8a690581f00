"""Two records side by side in a browser: merged and parted again without JavaScript, and how the pages look."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import duplicates, identity
from hiring.models import DuplicatePair
from tests.browser.looks import look_over

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def pair(recruiter):
    names = ("Ana Diaz", "Ana Díaz")
    people = [identity.match_or_create(name=name, company="Nordgrid", by=recruiter, **SOURCED)[0] for name in names]
    duplicates.look([one.pk for one in people])
    return DuplicatePair.objects.get()


def test_two_records_are_merged_and_parted_without_javascript(new_page, sign_in, recruiter, pair):
    page = new_page(java_script_enabled=False)
    sign_in(page, recruiter)
    page.goto(reverse("duplicates"))
    page.get_by_role("link", name="Compare Ana Diaz with Ana Díaz").click()
    page.get_by_label("Name: Ana Díaz").check()
    page.get_by_role("button", name="Merge").click()

    page.wait_for_url("**" + pair.first.get_absolute_url())
    expect(page.get_by_role("heading", name="Ana Díaz", level=1)).to_be_visible()
    page.get_by_role("button", name="Unmerge").first.click()
    page.wait_for_load_state("load")

    expect(page.get_by_role("heading", name="Ana Diaz", level=1)).to_be_visible()
    pair.refresh_from_db()
    assert pair.second.merged_into is None


def test_the_pages_look_right(new_page, sign_in, recruiter, pair):
    paths = [reverse("duplicates"), reverse("duplicate_pair", args=[pair.pk]), pair.first.get_absolute_url()]

    assert look_over(new_page, sign_in, recruiter, paths) == []
