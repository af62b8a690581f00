"""People found on a page of the web: kept once, compared first, and nothing of the page believed."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from hiring import identity
from hiring.models import Candidate, Note, ProcessingBasis
from sourcing import capture, pools
from sourcing.models import PoolMember
from tests import factories

PAGE = "https://www.linkedin.com/in/noor-haddad/?session=secret"
SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


def typed(**more):
    return {
        "name": "Noor Haddad",
        "headline": "Data Engineer",
        "link": "linkedin.com/in/noor-haddad",
        "text": "Built the meter pipelines.",
        "page": PAGE,
        "why": "sourcing",
        **more,
    }


@pytest.fixture
def window(client, recruiter):
    client.force_login(recruiter)
    return lambda **more: client.post(reverse("sourcing:capture_new"), typed(**more))


def test_what_was_found_becomes_a_person_with_source_basis_notice_note_and_pool(window, recruiter):
    """PRIV-1, PRIV-4"""
    pool = pools.create(name="Data", owner=recruiter)

    answer = window(pool=pool.pk, email="noor@haddad.example")

    noor = Candidate.objects.get()
    assert answer["Location"] == reverse("sourcing:capture_done", args=[noor.pk])
    assert (noor.name, noor.headline, noor.owner) == ("Noor Haddad", "Data Engineer", recruiter)
    assert (noor.source.kind, noor.source_note) == ("sourced", "www.linkedin.com/in/noor-haddad")
    assert noor.notice_due_on == identity.a_month_after(noor.collected_at.date())
    assert list(ProcessingBasis.objects.values_list("purpose", "basis")) == [("sourcing", "legitimate_interest")]
    assert Note.objects.get().text == "Built the meter pipelines.\n\nFrom www.linkedin.com/in/noor-haddad"
    assert PoolMember.objects.get().reason == "Found on www.linkedin.com"
    assert set(noor.contact_points.values_list("value", flat=True)) == {
        "https://linkedin.com/in/noor-haddad",
        "noor@haddad.example",
    }


@pytest.mark.parametrize("twice", [{}, {"link": ""}])
def test_sending_twice_keeps_one_person_and_one_note(window, twice):
    window(**twice)
    window(**twice)

    assert (Candidate.objects.count(), Note.objects.count()) == (1, 1)


def test_the_window_says_who_is_known_and_who_it_may_be(client, recruiter, window):
    noor, _ = identity.match_or_create(name="Noor Haddad", links=["linkedin.com/in/noor-haddad"], **SOURCED)
    other, _ = identity.match_or_create(name="Noor Haddad", headline="Painter", **SOURCED)
    ask = reverse("sourcing:capture_known")

    certain = client.post(ask, typed()).content.decode()
    perhaps = client.post(ask, typed(link="")).content.decode()

    assert "You already know" in certain
    assert f'name="to" value="{noor.pk}"' in certain
    assert "Is this one of them?" in perhaps
    assert f'name="to" value="{other.pk}"' in perhaps
    assert Note.objects.count() == 0


def test_link_and_note_go_to_somebody_known_instead(window, recruiter):
    noor = factories.CandidateFactory(name="N. Haddad", headline="Painter")

    answer = window(to=noor.pk, name="", why="nonsense")
    window(to=noor.pk)

    noor.refresh_from_db()
    assert answer["Location"] == reverse("sourcing:capture_done", args=[noor.pk])
    assert (noor.name, noor.headline) == ("N. Haddad", "Painter")
    assert [point.value for point in noor.contact_points.all()] == ["https://linkedin.com/in/noor-haddad"]
    assert Note.objects.count() == 1
    assert Candidate.objects.count() == 1


def test_a_link_that_belongs_to_somebody_else_is_said_and_the_note_is_kept(client, window):
    owner, _ = identity.match_or_create(name="Samir Weber", links=["linkedin.com/in/noor-haddad"], **SOURCED)
    noor = factories.CandidateFactory(name="N. Haddad")

    answer = window(to=noor.pk)

    said = client.get(answer["Location"]).content.decode()
    assert "This belongs to Samir Weber." in said
    assert noor.notes.count() == 1
    assert owner.contact_points.count() == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"page": "javascript:alert(1)"},
        {"page": "https://[::1"},
        {"page": "file:///etc/passwd"},
        {"page": "https://user:secret@haddad.example/?token=1"},
    ],
)
def test_odd_pages_leave_no_trace(window, odd):
    assert window(**odd).status_code == 302

    assert Candidate.objects.get().source_note in ("", "haddad.example")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"text": "x" * 4001},
        {"page": "https://a.example/" + "x" * 2000},
        {"link": "linkedin.com/feed/"},
        {"email": "noor@"},
        {"why": "because"},
        {"pool": "999999"},
        {"name": "No\x00or"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(window, wrong):
    answer = window(**wrong)

    assert answer.status_code == 422
    assert "Built the meter pipelines." in answer.content.decode() or "text" in wrong
    assert Candidate.objects.count() == 0


@pytest.mark.parametrize("to", ["0", "x", "99999999999999999999", "-1", "1 or 1=1"])
def test_a_made_up_record_is_not_found(window, to):
    assert window(to=to).status_code == 404


def test_words_of_the_page_are_shown_as_words(client, window, recruiter):
    window(name="<img src=x onerror=alert(1)>", text="<script>alert(1)</script>", link="haddad.example/<b>")
    page = client.get(Candidate.objects.get().get_absolute_url()).content.decode()

    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_the_bookmarklet_is_one_line_and_carries_our_address(client, recruiter, settings):
    client.force_login(recruiter)
    page = client.get(reverse("sourcing:ways_to_add")).content.decode()
    code = capture.bookmarklet()

    assert re.fullmatch(r"javascript:[^\n\"%]+", code)
    assert f"{settings.SITE_URL}/capture/#" in code
    assert code.replace("'", "&#x27;").replace("&&", "&amp;&amp;").replace(">", "&gt;") in page or "javascript:" in page


def test_the_door_holds_nothing_and_is_open(client):
    answer = client.get(reverse("sourcing:capture"))

    assert answer.status_code == 200
    assert reverse("sourcing:capture_new") in answer.content.decode()


def test_who_only_coordinates_sees_no_pools(client, coordinator):
    client.force_login(coordinator)

    assert "id_pool" not in client.get(reverse("sourcing:capture_new")).content.decode()
    assert client.post(reverse("sourcing:capture_new"), typed()).status_code == 302


@given(st.text())
def test_no_page_breaks_the_note_of_where(page):
    place = capture.place_of(page)

    assert len(place) <= 200
    assert "?" not in place
    assert json.dumps(unquote(place))
