"""Ways people come in, in a browser: the bookmarklet, a referral, picking the other record of somebody by hand."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from hiring import duplicates, identity, links
from hiring.models import Candidate
from sourcing import capture
from sourcing.referrals import door, giving
from tests import factories
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


LINKEDIN = "https://www.linkedin.com/in/noor-haddad/"
THEIR_PAGE = """<!doctype html><title>(2) Noor Haddad - Data Engineer - Quill Bank | LinkedIn</title>
<h1>Noor Haddad</h1><p id=about>Built meter pipelines. Write to noor@haddad.example.</p>"""


def press_bookmarklet(page, select="#about"):
    """Go to somebody's page, select a part of it, and press the bookmark; the window it opens."""
    body = {
        "body": THEIR_PAGE,
        "content_type": "text/html",
        "headers": {"content-security-policy": "default-src 'none'"},
    }
    page.route(LINKEDIN + "**", lambda route: route.fulfill(**body))
    page.goto(LINKEDIN + "?trk=x")
    page.evaluate("(place) => getSelection().selectAllChildren(document.querySelector(place))", select)
    code = capture.bookmarklet().removeprefix("javascript:")
    with page.expect_popup() as opened:
        page.evaluate(f"() => {{ {code} }}")
    return opened.value


def test_a_person_is_captured_from_a_page_though_one_has_to_sign_in_first(page, recruiter):
    recruiter.set_password("correct horse battery")
    recruiter.save()
    window = press_bookmarklet(page)
    window.set_viewport_size({"width": 480, "height": 780})
    window.get_by_label("E-mail", exact=True).fill(recruiter.email)
    window.get_by_label("Password", exact=True).fill("correct horse battery")
    window.get_by_role("button", name="Sign in", exact=True).click()

    expect(window.get_by_label("Name", exact=True)).to_have_value("Noor Haddad")
    expect(window.get_by_label("Headline")).to_have_value("Data Engineer, Quill Bank")
    expect(window.get_by_label("E-mail")).to_have_value("noor@haddad.example")
    expect(window.get_by_label("Profile link")).to_have_value("https://www.linkedin.com/in/noor-haddad/")
    expect(window.get_by_label("Note")).to_have_value("Built meter pipelines. Write to noor@haddad.example.")
    assert Candidate.objects.count() == 0
    assert "#" not in window.url
    window.get_by_role("button", name="Save", exact=True).click()
    expect(window.get_by_role("heading", name="Noor Haddad is on record")).to_be_visible()
    with window.expect_event("close"):
        window.get_by_role("button", name="Close this window").click()


def test_the_window_tells_at_once_that_somebody_is_known(page, sign_in, recruiter):
    known, _ = identity.match_or_create(name="N. Haddad", links=[LINKEDIN], by=recruiter, **SOURCED)
    sign_in(page, recruiter)
    window = press_bookmarklet(page, "h1")

    expect(window.get_by_text("You already know")).to_be_visible()
    window.get_by_role("button", name="Add link and note to their record").click()
    expect(window.get_by_role("heading", name="N. Haddad is on record")).to_be_visible()
    assert Candidate.objects.get() == known


def test_somebody_is_referred_by_personal_link_without_scripts_and_taken_up(new_page, sign_in, recruiter, interviewer):
    job = factories.JobFactory(title="Protection Engineer")
    for kind in ("applied", "hired"):
        factories.StageFactory(job=job, kind=kind)
    phone = new_page(width=390, java_script_enabled=False)
    phone.console.expect("422")
    phone.goto(reverse("sourcing:refer_by_link", args=[links.token(door.renew(interviewer))]))
    phone.get_by_label("Who is it?").fill("Ada Byron")
    phone.get_by_label("Why should we talk to them?").fill("Calm when the grid is not.")
    phone.get_by_label("Yes, and they agreed").check()
    phone.get_by_role("button", name="Refer them").click()
    expect(phone.get_by_text("Give an e-mail address, a phone number or a link").first).to_be_visible()
    expect(phone.get_by_label("Why should we talk to them?")).to_have_value("Calm when the grid is not.")
    phone.get_by_label("Their e-mail").fill("ada@byron.example")
    phone.get_by_role("button", name="Refer them").click()
    expect(phone.get_by_text("Received", exact=True)).to_be_visible()

    page = new_page()
    sign_in(page, recruiter)
    page.goto(reverse("sourcing:referral_list"))
    page.get_by_label("Job for Ada Byron").select_option("Protection Engineer")
    page.get_by_role("button", name="Add to job: Ada Byron").click()
    expect(page.get_by_text("Ada Byron is in process for Protection Engineer.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("In review", exact=True)).to_be_visible()


def test_the_pages_look_right(new_page, sign_in, recruiter, noor):
    given = giving.refer(
        referrer=recruiter,
        name="Ada Byron",
        email="ada@byron.example",
        relation="worked",
        why="Calm when the grid is not.",
        knows=False,
        submission_key=uuid.uuid4(),
    )
    token = links.token(door.renew(recruiter))
    paths = [
        reverse("sourcing:referrals"),
        reverse("sourcing:refer"),
        reverse("sourcing:referral_list"),
        reverse("sourcing:refer_by_link", args=[token]),
        given.candidate.get_absolute_url(),
        reverse("sourcing:ways_to_add"),
        reverse("sourcing:capture_new"),
        reverse("sourcing:capture_done", args=[noor.pk]),
    ]

    assert look_over(new_page, sign_in, recruiter, paths) == []
