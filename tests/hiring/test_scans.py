"""Scans: their text is recognised where Tesseract is installed, and the page says so where it is not. Standard ids: SEC-15, SEC-16."""

from __future__ import annotations

import datetime as dt
import io
import os

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from hiring import documents, masks
from hiring.documents import queue, reader, reading, recognising, scans
from hiring.models import ParsedProfile, Recognition
from hiring.resumes import record
from hiring.resumes.profile import Profile
from pipeline.blind import setting, showing
from tests import files
from tests.factories import CandidateFactory
from tests.pipeline.screened import give_resume

SWAP = {"HX-Request": "true"}
LINES = (
    "Samira Rahimi",
    "samira@rahimi.example",
    "Experience",
    "Data Engineer, Quill Bank, 2020 - 2024",
    "Built pipelines in Python and Kafka.",
)


def scan(*pages: tuple[str, ...]) -> bytes:
    """A PDF of pictures of these pages, as a scanner makes it."""
    sheets = []
    for lines in pages:
        sheet = Image.new("L", (1240, 1754), 255)
        pen = ImageDraw.Draw(sheet)
        for number, line in enumerate(lines):
            pen.text((110, 110 + 60 * number), line, font=ImageFont.load_default(30), fill=0)
        sheets.append(sheet)
    made = io.BytesIO()
    sheets[0].save(made, "PDF", resolution=150, save_all=True, append_images=sheets[1:])
    return made.getvalue()


@pytest.fixture(autouse=True)
def nothing_is_queued(monkeypatch):
    """What was handed to the second lane, in order."""
    sent: list[int] = []
    monkeypatch.setattr(queue, "hand_over_scan", lambda pk, **how: sent.append(pk))
    return sent


@pytest.fixture
def absent(monkeypatch, tmp_path):
    """As on a machine without Tesseract."""
    monkeypatch.setattr(scans, "PLACES", str(tmp_path))


def stored(data: bytes, kind: str = "resume"):
    document = documents.store(CandidateFactory(), ContentFile(data, name="cv.pdf"), kind)
    reading.read(document.pk)
    document.refresh_from_db()
    return document


def test_words_of_a_scan_are_read_with_their_places():
    found = reader.recognise(scan(LINES, ("Skills", "Docker")))

    assert found.text.split("\n")[0] == "Samira Rahimi"
    assert "samira@rahimi.example" in found.text and "Docker" in found.text
    assert {found.text[start:end]: page for start, end, page, *_ in found.words}["Docker"] == 2
    assert found.words[0][3:] == pytest.approx([900, 650, 700, 150], abs=400)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7" + os.urandom(3000), files.flate_bomb(), files.encrypted_pdf()])
def test_what_is_no_scan_yields_nothing_and_takes_nobody_down(data):
    assert (reader.recognise(data).text, reader.recognise(data).words) == ("", [])


@given(
    st.text(max_size=300)
    | st.lists(st.lists(st.text(max_size=6), min_size=12, max_size=12)).map(
        lambda rows: "head\n" + "\n".join("\t".join(["5", *row[1:10], "96", row[11]]) for row in rows)
    )
)
def test_whatever_a_table_says_boxes_stay_on_the_page(table):
    _, words = scans._told(table, 100, 0)

    assert all(0 <= edge <= scans.GRID for _, box in words for edge in box)
    assert all(box[0] + box[2] <= scans.GRID and box[1] + box[3] <= scans.GRID for _, box in words)


def test_a_scan_is_readable_at_once_and_its_text_follows(db, nothing_is_queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = stored(scan(LINES))
    assert (document.status, document.pages.count(), document.extracted.text) == ("ready", 1, "")
    assert "is being read" in document.problem and nothing_is_queued == [document.pk]

    recognising.recognise(document.pk)

    document.refresh_from_db()
    assert "recognised from a scan" in document.problem
    assert "Kafka" in document.extracted.text and document.places.words
    read = ParsedProfile.objects.get(document=document)
    assert read.status == "done" and read.profile["emails"][0]["value"] == "samira@rahimi.example"


def test_what_was_recognised_is_less_certain_than_what_was_written(db):
    document = give_resume(CandidateFactory())
    written = record.read_text(document, document.extracted.text)
    Recognition.objects.create(document=document, status="done", due_at=timezone.now())

    recognised = record.read_text(document, document.extracted.text)

    def sure(profile: Profile) -> list[float]:
        several = [profile.name, *profile.emails, *(entry.title for entry in profile.positions)]
        return [one.confidence for one in [*several, *profile.positions] if one]

    assert len(sure(written)) > 3
    assert sure(recognised) == pytest.approx([one * record.RECOGNISED for one in sure(written)], abs=0.001)
    assert recognised.emails[0].value == written.emails[0].value


def test_without_tesseract_the_page_says_so_until_it_is_installed(
    client, recruiter, absent, nothing_is_queued, monkeypatch
):
    document = stored(scan(LINES))
    client.force_login(recruiter)
    page = client.get(reverse("document_preview", args=[document.pk]), headers=SWAP).content.decode()

    assert "no text recognition is installed" in page and "delay:5s" not in page
    assert reader.recognise(b"").text == "" and recognising.sweep() == 0
    assert document.recognition.status == "absent" and nothing_is_queued == []

    monkeypatch.setattr(scans, "PLACES", "/usr/local/bin:/usr/bin:/bin")
    assert recognising.sweep() == 1 and nothing_is_queued == [document.pk]
    page = client.get(reverse("document_preview", args=[document.pk]), headers=SWAP).content.decode()
    assert "is being read" in page and "delay:5s" in page


def test_a_scan_of_nothing_says_that_nothing_was_recognised(db):
    document = stored(scan(()))

    recognising.recognise(document.pk)

    document.refresh_from_db()
    assert "could not be recognised" in document.problem
    assert document.recognition.status == "failed" and document.pages.count() == 1


def test_a_text_that_was_written_waits_for_no_recognition(db):
    assert not Recognition.objects.filter(document=stored(files.pdf())).exists()


def test_twice_is_once_and_nothing_is_written_of_a_file_that_is_gone(db, monkeypatch):
    document = stored(scan(LINES))
    calls = []

    def gone_meanwhile(data):
        calls.append(data)
        Recognition.objects.filter(document=document).delete()
        return reader.Reading(text="Too late")

    monkeypatch.setattr(reader, "recognise", gone_meanwhile)
    recognising.recognise(document.pk)
    recognising.recognise(document.pk)

    document.refresh_from_db()
    assert len(calls) == 1
    assert (document.extracted.text, "is being read" in document.problem) == ("", True)


def test_what_a_dead_worker_left_is_taken_up_once_and_then_given_up(db, nothing_is_queued):
    document = stored(scan(LINES))
    long_ago = timezone.now() - recognising.STUCK_AFTER - dt.timedelta(minutes=1)
    rows = Recognition.objects.filter(document=document)

    rows.update(status="working", claimed_at=long_ago, attempts=1, due_at=long_ago)
    assert recognising.sweep() == 1 and rows.get().status == "due"
    rows.update(status="working", claimed_at=long_ago, attempts=recognising.ATTEMPTS)
    assert recognising.sweep() == 0 and rows.get().status == "failed"

    document.refresh_from_db()
    assert "could not be recognised" in document.problem


def test_nothing_of_a_scan_is_shown_of_a_person_who_is_hidden(world, recruiter, manager):
    """A name that was recognised wrongly would not be found to be cut."""
    document = give_resume(world.candidate, "Arma Berg\nBuilt Kafka pipelines")
    world.application.resume = document
    world.application.save()
    setting.switch_on(world.job, world.stages["interview"], by=recruiter)

    with masks.showing_to(manager):
        assert showing.of(world.application, document).resume
        Recognition.objects.create(document=document, status="done", due_at=timezone.now())
        hidden = showing.of(world.application, document)

    assert (hidden.resume, list(hidden.words), hidden.pages) == ([], [], [])
