"""Files that can be read in part or not at all: what is said about them, and who may have the original all the same."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from hiring import documents
from hiring.documents import reader, reading
from hiring.models import Document
from tests import files
from tests.factories import CandidateFactory

SWAP = {"HX-Request": "true"}


def shifted(text: str) -> str:
    """As glyph numbers come out when a font does not say which letters they are."""
    return "".join(chr(ord(letter) - 29) if letter.isalpha() else letter for letter in text)


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 3 0 R /Resources"
        b" << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    )
    return files.raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        files.stream(b"BT /F1 9 Tf 20 200 Td (Samira Rahimi, data engineer in Paris, samira@rahimi.example) Tj ET"),
        *[page] * count,
    )


def read(data: bytes, name: str) -> Document:
    document = documents.store(CandidateFactory(), ContentFile(data, name=name), "resume")
    reading.read(document.pk)
    document.refresh_from_db()
    return document


def test_a_text_of_glyph_numbers_is_called_garbled(db):
    words = "Samira Rahimi senior data engineer at Quill Bank in Paris with streams and pipelines since 2021 " * 3
    lines = b" ".join(
        b"(%s) ' " % shifted(words[at : at + 60]).encode("latin-1", "replace").replace(b"\\", b"")
        for at in range(0, 280, 60)
    )
    document = read(files.page_pdf(files.stream(b"BT /F1 9 Tf 12 TL 20 700 Td " + lines + b"ET")), "cv.pdf")

    assert (document.status, document.page_count) == ("ready", 1)
    assert "garbled" in document.problem and "another copy" in document.problem
    assert document.may_be_downloaded


@pytest.mark.parametrize(
    "text",
    [
        "SQL AWS GCP HTML CSS " * 20 + "Senior engineer in Paris, leading teams of people " * 6,
        "Krzysztof Wójcik, księgowy w Łodzi " * 8,
        "李伟 数据工程师 " * 40,
    ],
)
def test_what_only_looks_odd_is_not(text):
    assert not reader.read(text.encode(), "txt").garbled


def test_a_book_is_read_in_part_and_says_so(db):
    document = read(many_pages(500), "cv.pdf")

    assert (document.status, document.pages.count(), document.page_count) == ("ready", 40, 500)
    assert document.problem == "Only the first 40 of its 500 pages were read."


def test_lines_of_several_encodings_are_each_read_in_their_own():
    made = b"\n".join(["Łódź, Zoë".encode(), "André Müller".encode("cp1252"), "Wałęsa, księgowość".encode("cp1250")])

    assert reader.read(made, "txt").text.split("\n") == ["Łódź, Zoë", "André Müller", "Wałęsa, księgowość"]


@pytest.mark.parametrize(
    ("data", "name", "handed_out"),
    [
        (files.docx(" ", "  "), "cv.docx", True),  # nothing in it, and it was looked through
        (files.pdf()[:900] + b"startxref", "cv.pdf", False),
        (files.lying_docx(), "cv.docx", False),
        (files.deep_rtf(), "cv.rtf", False),
    ],
    ids=["empty", "cut off", "lying", "deep"],  # the bytes hold the time they were made at
)
def test_a_file_that_says_nothing_is_kept_and_handed_out_only_when_it_was_looked_through(
    client, recruiter, data, name, handed_out
):
    document = read(data, name)
    client.force_login(recruiter)

    page = client.get(reverse("document_preview", args=[document.pk]), headers=SWAP).content.decode()
    answer = client.get(reverse("document_download", args=[document.pk]))

    assert document.status == "failed" and document.problem in page
    assert (answer.status_code, document.may_be_downloaded) == (200 if handed_out else 404, handed_out)
    assert ("was looked through" if handed_out else "not handed out, because it holds") in page
    if handed_out:
        assert b"".join(answer.streaming_content) == data


def test_a_scan_says_what_becomes_of_its_text(db):
    picture = files.stream(
        bytes(number * 37 % 251 for number in range(300 * 100)),
        entries=b"/Type /XObject /Subtype /Image /Width 300 /Height 100 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    document = read(
        files.page_pdf(
            files.stream(b"q 595 0 0 842 0 0 cm /I Do Q"), resources=b"/XObject << /I 6 0 R >>", more=(picture,)
        ),
        "cv.pdf",
    )

    assert (document.status, document.pages.count()) == ("ready", 1)
    assert document.problem.startswith("It is a scan, and") and document.may_be_downloaded
