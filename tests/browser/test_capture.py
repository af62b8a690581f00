"""Ways people come in, in a browser: picking the other record of somebody by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import duplicates, identity
from tests.browser.looks import look_over

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def noor(recruiter):
    people = [
        identity.match_or_create(name="Noor Haddad", headline=headline, by=recruiter, **SOURCED)[0]
        for headline in ("Data Engineer at Quill Bank", "Engineer")
    ]
    people.append(identity.match_or_create(name="N. Abboud", emails=["noor@haddad.example"], **SOURCED)[0])
    duplicates.look([person.pk for person in people])
    return people[0]


def test_the_other_record_is_picked_by_hand_and_stands_beside_it(page, sign_in, recruiter, noor):
    sign_in(page, recruiter)
    page.goto(noor.get_absolute_url())
    page.get_by_label(f"More about {noor.name}").click()
    page.get_by_role("link", name="Merge with…").click()
    expect(page.get_by_text("Perhaps one of them")).to_be_visible()
    page.get_by_label("Name or e-mail of the other record").press_sequentially("noor@had", delay=10)
    page.get_by_role("button", name="Compare with N. Abboud").click()

    page.wait_for_url("**/candidates/duplicates/**")
    expect(page.get_by_role("button", name="Merge")).to_be_visible()


def test_the_picker_looks_right(new_page, sign_in, recruiter, noor):
    door = reverse("candidate_merge_with", args=[noor.pk])

    assert look_over(new_page, sign_in, recruiter, [door, f"{door}?q=noor", f"{door}?q=zebra"]) == []
