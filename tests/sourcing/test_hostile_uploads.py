"""What is wrong with a file is said beside it, on the real form, and everything else stays as it was typed (FIX-5).
Standard ids: SEC-13, SEC-14, SEC-15, A11Y-6."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hiring.documents import checks
from hiring.models import DraftFile
from pipeline.models import Application, Arrival
from sourcing.careers.form import ApplyForm
from tests import files
from tests.sourcing.test_careers import cv, entered, hidden_of, open_posting

HOSTILE = {
    "zip bomb": (files.bomb_docx, "cv.docx", "would unpack into far more"),
    "lying header": (files.lying_docx, "cv.docx", ""),
    "overlapping parts": (files.overlapping_docx, "cv.docx", "damaged"),
    "too many parts": (files.crowded_docx, "cv.docx", "too many parts"),
    "nested archive": (lambda: files.renamed_docx("word/inner.zip"), "cv.docx", "another archive"),
    "way out of the archive": (lambda: files.renamed_docx("../../etc/x"), "cv.docx", "damaged"),
    "macros": (files.macro_docx, "cv.docx", "macros"),
    "PDF and HTML": (files.pdf_with_page, "cv.pdf", "two kinds of file in one"),
    "PDF and ZIP": (files.pdf_with_zip, "cv.pdf", "two kinds of file in one"),
    "a program": (lambda: files.EXE, "cv.pdf", "does not look like a document"),
    "SVG as text": (lambda: files.SVG, "cv.txt", "does not look like a document"),
    "a PDF called DOCX": (files.pdf, "cv.docx", "does not hold what its name says"),
    "under a password": (files.encrypted_pdf, "cv.pdf", "protected by a password"),
    "thousands of pages": (lambda: files.pdf_of_pages(2_000), "cv.pdf", "more than 500 pages"),
    "nothing in it": (lambda: b"", "cv.pdf", "The file is empty"),
    "too large": (lambda: b"%PDF-1.7" + b"x" * checks.MAX_BYTES, "cv.pdf", "larger than 10 MB"),
    "two endings": (files.pdf, "cv.html.pdf", "two endings"),
    "another kind": (files.pdf, "cv.exe", "cannot take this kind of file"),
}


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def posting(db):
    return open_posting()


def send(client, posting, **changes):
    return client.post(reverse("careers:apply", args=[posting.slug]), entered(**changes))


@pytest.mark.parametrize("what", [what for what in HOSTILE if HOSTILE[what][2]])
@pytest.mark.parametrize("step", ["review", "send"])
def test_it_is_said_at_the_file_and_the_rest_stays(client, posting, what, step):
    made, name, sentence = HOSTILE[what]

    answer = send(client, posting, resume=SimpleUploadedFile(name, made()), step=step, location="Lyon")

    page = answer.content.decode()
    field = re.search(r'(?s)<input[^>]*name="resume"[^>]*>', page)[0]
    assert answer.status_code == 422 and sentence in page
    assert 'aria-invalid="true"' in field and re.search(r'aria-describedby="[^"]*error', field)
    assert 'value="Samira Rahimi"' in page and 'value="Lyon"' in page and "samira@rahimi.example" in page
    assert not DraftFile.objects.exists() and not Arrival.objects.exists()


def test_the_person_goes_on_with_a_good_file_from_the_page_that_refused_the_bad_one(client, posting):
    refused = send(client, posting, resume=SimpleUploadedFile("cv.docx", files.bomb_docx()))
    review = send(client, posting, resume=cv(), submission_key=hidden_of(refused)["submission_key"])
    client.post(
        reverse("careers:apply", args=[posting.slug]),
        entered() | hidden_of(review) | {"step": "send", "started": entered()["started"]},
    )

    assert Application.objects.get().resume.name == "cv.pdf"


def test_a_bad_file_costs_no_good_one(client, posting):
    """Another file of the same form was fine: it lies there as a draft, with its name."""
    answer = send(
        client, posting, resume=cv(name="mine.pdf"), cover_letter=SimpleUploadedFile("l.docx", files.macro_docx())
    )

    page = answer.content.decode()
    assert answer.status_code == 422 and "macros" in page
    if "cover_letter" in ApplyForm(posting).fields:
        assert "mine.pdf" in page and DraftFile.objects.get().name == "mine.pdf"


@pytest.mark.parametrize("name", ["../../etc/cv.pdf", "C:\\\\fakepath\\\\cv.pdf", "/var/www/cv.pdf"])
def test_a_path_in_a_name_is_only_its_last_part(client, posting, name):
    upload = cv()
    upload._name = name  # as a program would send it: Django's own class shortens it before it leaves

    answer = send(client, posting, resume=upload)

    assert answer.status_code == 200 and DraftFile.objects.get().name == "cv.pdf"


def test_what_a_server_in_front_refused_for_its_size_has_a_page_that_says_what_to_do(client, db):
    answer = client.get(reverse("careers:too_large"))

    page = answer.content.decode()
    assert answer.status_code == 200 and "10 MB" in page and "back" in page.lower()
