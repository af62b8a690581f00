"""Applying in pieces and in two sittings: uploads that survive a broken connection, a form that is filled from the résumé and
waits for its person. Standard ids: A11Y-4, A11Y-6, SEC-5, SEC-8, SEC-9, SEC-13, SEC-16."""

from __future__ import annotations

import base64
import datetime as dt
import html
import re
import uuid

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring.documents import antivirus, drafts, prefilling
from hiring.models import DraftFile, DraftPiece, Message
from pipeline.models import Application, Arrival
from sourcing.careers import apply_views, browser, unsent
from sourcing.careers.models import UnsentForm
from tests import files
from tests.sourcing.test_careers import cv, entered, hidden_of, open_posting


@pytest.fixture(autouse=True)
def fresh_counters(monkeypatch):
    cache.clear()
    monkeypatch.setattr(apply_views, "READING_IS_WAITED_FOR", 0.0)


@pytest.fixture
def posting(db):
    return open_posting()


def at(posting, route="apply") -> str:
    return reverse(f"careers:{route}", args=[posting.slug])


# Files in pieces


def begin(client, size, name="cv.pdf"):
    named = base64.b64encode(name.encode()).decode()
    return client.post(
        reverse("careers:uploads"), headers={"Upload-Length": str(size), "Upload-Metadata": f"filename {named}"}
    )


def piece(client, place, offset, data):
    return client.patch(
        place, data, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(offset)}
    )


def big_pdf() -> bytes:
    return files.pdf() + b"%" + b"x" * 200_000


def key_of(place: str) -> str:
    return place.rstrip("/").rpartition("/")[2]


def test_a_file_comes_in_pieces_and_goes_on_where_the_connection_broke(client, posting):
    data, size = big_pdf(), len(big_pdf())
    begun = begin(client, size)
    place = begun["Location"]

    first = piece(client, place, 0, data[:100_000])
    standing = client.head(place)
    again = piece(client, place, 0, data[:100_000])
    rest = piece(client, place, int(standing["Upload-Offset"]), data[100_000:])

    assert (begun.status_code, first.status_code, again.status_code, rest.status_code) == (201, 204, 409, 204)
    assert standing["Upload-Offset"] == again["Upload-Offset"] == "100000" and rest["Upload-Offset"] == str(size)
    assert standing["Tus-Resumable"] == "1.0.0" and "no-store" in standing["Cache-Control"]
    found = drafts.find(key_of(place))
    assert (found.name, found.checked.data) == ("cv.pdf", data)
    assert not DraftPiece.objects.exists()
    review = client.post(at(posting), entered(link="", resume_draft=key_of(place)))
    assert "cv.pdf" in review.content.decode() and review.status_code == 200


@pytest.mark.django_db
@given(cuts=st.lists(st.integers(drafts.SMALLEST_PIECE, 90_000), max_size=6))
def test_however_a_file_is_cut_it_is_the_same_file(cuts):
    data = b"%PDF-1.7\n" + b"y" * 150_000 + b"\nstartxref\n0\n%%EOF"
    row = drafts.begin("cv.pdf", len(data), sent_from="192.0.2.1")
    at = 0

    for cut in [*cuts, len(data)]:
        row = drafts.add(row, at, data[at : at + cut])
        at = row.received
        if at == len(data):
            break

    assert drafts.complete(row).checked.data == data


@pytest.mark.parametrize(
    ("size", "name", "status", "sentence"),
    [
        (11 << 20, "cv.pdf", 413, "larger than 10 MB"),
        (0, "cv.pdf", 422, "empty"),
        (100, "cv.exe", 422, "cannot take this kind"),
        (100, "cv.docm", 422, "macros"),
        (100, "x" * 300 + ".pdf", 422, "longer than"),
        (100, "../../.pdf", 422, "needs a name"),
    ],
)
def test_what_could_never_be_taken_is_told_before_it_travels(client, db, size, name, status, sentence):
    answer = begin(client, size, name)

    assert (answer.status_code, DraftFile.objects.count()) == (status, 0)
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    "made",
    [files.macro_docx, files.encrypted_pdf, lambda: files.HTML, lambda: b"%PDF-1.7 nothing"],
)
def test_a_hostile_file_is_refused_when_it_is_whole_and_nothing_of_it_stays(client, db, made):
    """SEC-13 to SEC-15."""
    data = made()
    name = "cv.docx" if data.startswith(b"PK") else "cv.pdf"
    place = begin(client, len(data), name)["Location"]

    answer = piece(client, place, 0, data)

    assert answer.status_code == 422 and answer.content
    assert client.head(place).status_code == 404
    assert not DraftFile.objects.exists() and not DraftPiece.objects.exists()


@pytest.mark.parametrize("data", [b"x" * 100, b"x" * (drafts.LARGEST_PIECE + 1)])
def test_pieces_are_of_a_size_that_was_agreed(client, db, data):
    place = begin(client, 9 << 20)["Location"]

    assert piece(client, place, 0, data).status_code in (413, 422)
    assert client.head(place)["Upload-Offset"] == "0"


def test_one_place_has_so_many_unsent_files_and_no_more(client, db, monkeypatch):
    """SEC-8."""
    monkeypatch.setattr(drafts, "MOST_FROM_ONE_PLACE", 2)

    answers = [begin(client, 100).status_code for _ in range(3)]

    assert answers == [201, 201, 422]


def test_a_file_is_taken_back_and_what_nobody_finished_is_gone_after_a_day(client, db):
    taken_back, unfinished = begin(client, 100)["Location"], begin(client, 50_000)["Location"]
    piece(client, unfinished, 0, b"x" * 20_000)
    stored = DraftPiece.objects.get().file.name
    DraftFile.objects.update(touched_at=timezone.now() - dt.timedelta(hours=25))

    assert client.delete(taken_back).status_code == 204 and client.head(taken_back).status_code == 404
    assert drafts.sweep() == 1
    assert not default_storage.exists(stored) and not DraftFile.objects.exists()


@pytest.mark.parametrize("key", ["x", "5f0c9b8e6a534b1e9f523b0b9d2c5a11.forged"])
def test_a_forged_key_opens_nothing(client, db, key):
    assert client.head(reverse("careers:upload", args=[key])).status_code == 404
    assert client.get(reverse("careers:reading", args=[key])).status_code == 404


# Filled from the résumé


def read_all():
    for pk in DraftFile.objects.to_read().values_list("pk", flat=True):
        prefilling.read(pk)


def test_the_form_is_filled_from_the_resume_only_where_it_is_empty(client, posting):
    """A11Y-4, without a script."""
    url = at(posting)
    first = client.post(url, entered(name="", email="mine@rahimi.example", link="", resume=cv(), step="read"))
    waiting = first.content.decode()
    read_all()

    second = client.post(url, hidden_of(first) | {"name": "", "email": "mine@rahimi.example", "step": "read"})

    page = second.content.decode()
    assert (first.status_code, second.status_code) == (200, 200)
    assert "still being read" in waiting and "Look again" in waiting and "Please tell us" not in waiting
    assert 'value="Samira Rahimi"' in page and 'value="mine@rahimi.example"' in page
    assert re.findall(r'data-fact="(\w+)" data-read', page)[0] == "name"
    assert 'aria-describedby="id_name_origin"' in page and "please check" in page


def test_a_script_asks_what_the_resume_says(client, posting):
    draft = drafts.keep(cv())
    url = reverse("careers:reading", args=[draft.key])

    asked, waiting = client.post(url).json(), client.get(url).json()
    read_all()
    done = client.get(url).json()

    assert (asked["is_over"], waiting["is_over"], done["is_over"]) == (False, False, True)
    assert done["fields"]["name"] == "Samira Rahimi" and done["fields"]["email"] == "samira@rahimi.example"


@pytest.mark.parametrize("scanner", [lambda data: "Eicar", lambda data: 1 / 0])
def test_what_the_scanner_objects_to_or_cannot_see_is_not_read_and_holds_nobody_up(
    client, posting, monkeypatch, scanner
):
    """SEC-16: the file is held when it is sent (hiring/documents/reading.py); applying goes on."""
    monkeypatch.setattr(antivirus, "scanners", [scanner])
    draft = drafts.keep(cv())
    prefilling.ask(draft.row)
    read_all()

    page = client.post(at(posting), entered(resume_draft=draft.key, step="read")).content.decode()

    assert "could not be read" in page
    assert client.post(at(posting), entered(resume_draft=draft.key)).status_code == 200


def test_a_reading_nobody_does_is_given_up_and_forgotten(posting):
    draft = drafts.keep(cv())
    prefilling.ask(draft.row)
    DraftFile.objects.update(touched_at=timezone.now() - dt.timedelta(minutes=3))

    assert prefilling.sweep() == 1
    prefilling.read(draft.row.pk)
    assert DraftFile.objects.get().reading == "failed"


# Left and come back


def test_whoever_comes_back_with_the_same_browser_finds_everything_and_nobody_else_does(client, posting):
    client.post(at(posting, "keep"), entered(name="Samira R", email="sam", resume=cv()))

    mine = client.get(posting.apply_url)
    client.cookies.clear()
    elsewhere = client.get(posting.apply_url).content.decode()

    page = mine.content.decode()
    assert "Welcome back" in page and 'value="Samira R"' in page and 'value="sam"' in page and "cv.pdf" in page
    assert "no-store" in mine["Cache-Control"]
    assert "Samira R" not in elsewhere and "Welcome back" not in elsewhere


def test_the_cookie_is_a_secret_of_the_browser_alone(client, posting):
    """SEC-5: stored as a digest; set for nobody who has not begun."""
    assert browser.COOKIE not in client.get(posting.apply_url).cookies

    morsel = client.post(at(posting, "keep"), entered()).cookies[browser.COOKIE]

    assert morsel["httponly"] and morsel["samesite"] == "Lax" and morsel["path"] == "/careers/"
    assert UnsentForm.objects.get().browser == browser.digest(morsel.value) != morsel.value


def test_a_kept_form_is_sent_as_it_was_and_then_emptied(client, posting):
    client.post(at(posting, "keep"), entered(resume=cv(), link=""))
    back = client.get(posting.apply_url)
    sent = client.post(
        at(posting), entered(link="") | hidden_of(back) | {"step": "send", "started": entered()["started"]}
    )

    kept = UnsentForm.objects.get()
    assert sent.status_code == 302 and Application.objects.get().resume.name == "cv.pdf"
    assert (kept.entered, kept.files, kept.arrival) == ({}, {}, Arrival.objects.get())
    assert not DraftFile.objects.exists()


def test_a_second_visit_says_when_they_applied_and_nothing_about_them(client, posting):
    """SEC-11: the browser's own past, no name, no address."""
    client.post(at(posting, "keep"), entered())
    client.post(at(posting), entered(step="send"))

    page = client.get(posting.apply_url).content.decode()
    client.cookies.clear()

    assert "You applied for this job with this browser on" in page and reverse("status_again") in page
    assert "Rahimi" not in page and "rahimi" not in page
    assert "You applied" not in client.get(posting.apply_url).content.decode()


def test_two_tabs_and_the_way_back_send_one_application(client, posting):
    client.post(at(posting, "keep"), entered(resume=cv()))
    tabs = [hidden_of(client.get(posting.apply_url)) for _ in range(2)]
    assert tabs[0]["submission_key"] == tabs[1]["submission_key"]

    answers = [
        client.post(at(posting), entered() | tab | {"step": "send", "started": entered()["started"]}) for tab in tabs
    ]
    client.post(at(posting, "keep"), entered() | tabs[0])  # the second tab goes on typing what was sent

    assert [one.status_code for one in answers] == [302, 302]
    assert Application.objects.count() == Message.objects.count() == 1
    assert UnsentForm.objects.get().entered == {}


def test_it_can_be_deleted_at_once_and_is_gone_after_a_week(client, posting):
    client.post(at(posting, "keep"), entered(resume=cv()))
    stored = DraftFile.objects.get().file.name
    client.post(at(posting), {"step": "forget"})
    gone = (UnsentForm.objects.count(), DraftFile.objects.count(), default_storage.exists(stored))

    client.post(at(posting, "keep"), entered(resume=cv()))
    UnsentForm.objects.update(touched_at=timezone.now() - dt.timedelta(days=8))
    hidden = "Welcome back" in client.get(posting.apply_url).content.decode()
    unsent.sweep()

    assert gone == (0, 0, False)
    assert not hidden and not UnsentForm.objects.exists() and not DraftFile.objects.exists()


def test_what_was_typed_beyond_all_measure_is_not_kept(client, posting):
    client.post(at(posting, "keep"), entered(name="x" * 70_000))

    assert not UnsentForm.objects.exists()


def test_without_a_script_go_on_later_leads_back_to_the_form(client, posting):
    answer = client.post(at(posting, "keep"), entered(step="later"), follow=True)

    assert "Welcome back" in html.unescape(answer.content.decode())


def test_the_receipt_says_whether_it_is_filed_and_the_same_to_whoever_sent_it(client, posting):
    """SEC-11: held back, joined to an earlier one or new: the page says the same of each."""
    arrivals = {
        state: Arrival.objects.create(
            posting=posting, submission_key=uuid.uuid4(), receipt_number=f"AB{at}", received_at=timezone.now(), due_at=timezone.now(),
            status=state, sent={"name": "Samira Rahimi", "email": "samira@rahimi.example"},
        )
        for at, state in enumerate(["waiting", "done", "held", "let_go"])
    }  # fmt: skip
    said = {}
    for state, arrival in arrivals.items():
        url = reverse("careers:sent", args=[signing.dumps(arrival.receipt_number, salt=apply_views.SENT_SALT)])
        page = client.get(url).content.decode().replace(url, "")
        assert arrival.receipt_number in page and "rahimi" not in page.lower()
        said[state] = page.replace(arrival.receipt_number, "")

    assert "We are filing it" in said["waiting"] and "need not send it again" in said["waiting"]
    assert "It is filed" in said["done"]
    assert said["done"] == said["held"] == said["let_go"]
