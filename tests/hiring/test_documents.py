"""Files: refused at the door, read in a confined process, withheld or served. Standard ids: SEC-13 to SEC-17."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
import threading
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import documents
from hiring.documents import antivirus, checks, places, queue, reader, reading
from hiring.errors import Refused
from hiring.models import Document, DocumentText, PageImage
from tests import files
from tests.factories import CandidateFactory

KINDS = {
    "cv.pdf": files.pdf,
    "cv.docx": files.docx,
    "cv.odt": files.odt,
    "cv.rtf": files.rtf,
    "cv.txt": lambda: "\n".join(files.RESUME).encode(),
}
SWAP = {"HX-Request": "true"}
HOSTILE = {
    "flate bomb": ("pdf", files.flate_bomb),
    "doubling forms": ("pdf", files.doubling_forms),
    "truncated": ("pdf", lambda: files.pdf()[:700]),
    "no objects": ("pdf", lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF"),
    "random": ("pdf", lambda: b"%PDF-1.7" + os.urandom(5000) + b"startxref"),
    "lying sizes": ("docx", files.lying_docx),
    "entity to a file": ("docx", files.xxe_docx),
    "billion laughs": ("docx", files.laughing_docx),
    "nested groups": ("rtf", files.deep_rtf),
}


def upload(data: bytes, name: str) -> ContentFile:
    return ContentFile(data, name=name)


# At the door


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_people_send_is_taken(name):
    found = checks.check(upload(KINDS[name](), name))

    assert (found.kind, found.name) == (name[3:], name)


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (lambda: b"", "cv.pdf", "empty"),
        (lambda: b"%PDF-1.7" + b"x" * checks.MAX_BYTES, "cv.pdf", "10 MB"),
        (files.pdf, "cv.docx", "does not hold"),
        (lambda: files.JPEG, "cv.pdf", "document"),
        (lambda: files.EXE, "cv.txt", "document"),
        (lambda: files.SVG, "cv.txt", "document"),
        (lambda: files.HTML, "cv.txt", "document"),
        (lambda: "\ufeff<html>".encode("utf-16"), "cv.txt", "document"),
        (lambda: files.OLD_DOC, "cv.docx", "old or protected"),
        (lambda: b"x", "cv.doc", "old Word"),
        (lambda: b"x", "cv.docm", "macros"),
        (lambda: b"x", "photo.jpg", "picture"),
        (files.macro_docx, "cv.docx", "macros"),
        (files.bomb_docx, "cv.docx", "unpack"),
        (files.crowded_docx, "cv.docx", "too many parts"),
        (files.overlapping_docx, "cv.docx", "damaged"),
        (files.symlink_docx, "cv.docx", "damaged"),
        (lambda: files.renamed_docx("../../etc/x"), "cv.docx", "damaged"),
        (lambda: files.renamed_docx("/etc/x"), "cv.docx", "damaged"),
        (lambda: files.renamed_docx("word/inner.zip"), "cv.docx", "another archive"),
        (lambda: files.zipped({"a.txt": b"x"}), "cv.docx", "archive"),
        (lambda: files.docx()[:-10], "cv.docx", "damaged"),
        (files.encrypted_pdf, "cv.pdf", "password"),
        (files.pdf_with_zip, "cv.pdf", "two kinds"),
        (files.pdf_with_page, "cv.pdf", "two kinds"),
        (lambda: files.pdf()[:700], "cv.pdf", "not complete"),
        (lambda: b"\n" + files.pdf(), "cv.pdf", "document"),
    ],
)
def test_what_is_certainly_wrong_is_refused_with_a_sentence(data, name, word):
    with pytest.raises(Refused, match=word):
        checks.check(upload(data(), name))


def test_pdf_with_only_an_owner_password_is_taken():
    assert checks.check(upload(files.encrypted_pdf(user_password=""), "cv.pdf")).kind == "pdf"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/Rahimi CV.pdf", "Rahimi CV.pdf"),
        ("C:\\fakepath\\cv.pdf", "cv.pdf"),
        ("cv\u202efdp.pdf", "cvfdp.pdf"),
        ("Re\u0301sume\u0301.PDF", "Résumé.PDF"),
        ("cv.docx.pdf", "cv.docx.pdf"),
        ("a\r\nb\t.pdf", "a b .pdf"),
        ('say "hi" <b>.pdf', "say _hi_ _b_.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
    ],
)
def test_names_are_cleaned_for_display_and_download(name, cleaned):
    assert checks.clean_name(name) == cleaned


@pytest.mark.parametrize(
    "name",
    [
        "cv.pdf.html",
        "cv.html.pdf",
        "cv.exe.pdf",
        "cv\x00.pdf",
        ".pdf",
        ".htaccess",
        "cv\u202efdp.exe",
        "x" * 250 + ".pdf",
        "",
        "cv",
    ],
)
def test_names_made_to_deceive_are_refused(name):
    with pytest.raises(Refused):
        checks.clean_name(name)


@given(st.text(max_size=300))
def test_a_cleaned_name_is_safe_and_stays_as_it_is(name):
    try:
        cleaned = checks.clean_name(name + ".pdf")
    except Refused:
        return

    assert len(cleaned) <= checks.MAX_NAME
    assert cleaned == cleaned.strip() and not cleaned.startswith(".")
    assert not set(cleaned) & set('/\\\x00\r\n\t"<>|\u202e\u200f\u2066')
    assert checks.clean_name(cleaned) == cleaned


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40),
        st.binary(max_size=200),
        max_size=6,
    ),
    st.integers(0, 400),
)
def test_no_archive_however_built_or_cut_is_anything_but_taken_or_refused(parts, cut):
    try:
        data = files.docx_with(parts)
    except (ValueError, UnicodeError):
        return
    for attempt in (data, data[: len(data) - cut], data[cut:]):
        try:
            kind = checks.kind_of(attempt)
        except Refused:
            continue
        assert kind in ("docx", "txt")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_at_all_raise_anything_but_a_refusal(data):
    for head in (b"", b"PK\x03\x04", b"%PDF-", b"{\\rtf"):
        try:
            assert checks.kind_of(head + data) in checks.CONTENT_TYPES
        except Refused:
            pass


# In the child process


@pytest.mark.parametrize("name", KINDS)
def test_text_and_page_images_are_read(name):
    found = reader.read(KINDS[name](), name[3:])

    assert "samira@rahimi.example" in found.text
    assert "Senior data engineer at Quill Bank in Paris since 2021." in found.text
    assert [(page.number, page.width > 500, page.png[:4]) for page in found.pages] == [(1, True, b"\x89PNG")]
    assert (found.problem, found.acts, found.scanned) == ("", [], False)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_ends_as_a_sentence_and_never_as_an_exception(what):
    kind, made = HOSTILE[what]

    found = reader.read(made(), kind)

    assert found.problem or found.scanned
    assert "root:" not in found.text
    assert len(found.text) <= reader.MAX_TEXT


@pytest.mark.parametrize(
    ("made", "kind", "act"),
    [
        (files.pdf_with_script, "pdf", "a script"),
        (files.pdf_with_hidden_script, "pdf", "a script"),
        (files.pdf_with_launch, "pdf", "a command to start a program"),
        (files.pdf_with_attachment, "pdf", "an attached file"),
        (files.pdf_with_form, "pdf", "an active form"),
        (files.template_docx, "docx", "a part fetched from elsewhere"),
        (files.dde_docx, "docx", "a command to start a program"),
        (lambda: files.docx_with({"word/embeddings/oleObject1.bin": b"x"}), "docx", "an embedded object"),
        (lambda: files.rtf("{\\object\\objdata 01}Samira Rahimi"), "rtf", "an embedded object"),
    ],
)
def test_active_content_is_named_and_the_text_is_read_all_the_same(made, kind, act):
    found = reader.read(made(), kind)

    assert act in found.acts
    assert "Samira Rahimi" in found.text
    assert found.pages


def test_a_first_page_chosen_on_opening_is_harmless():
    assert reader.read(files.pdf_with_first_page(), "pdf").acts == []


def test_words_glued_together_by_the_first_reader_are_read_again_by_the_second():
    from hiring.documents import child

    glued = " ".join(["buildspipelinesandthings", "understandseverything"] + ["reading", "engine", "python"] * 10)

    assert child.lost_spaces(glued)
    assert not child.lost_spaces("engineering pipelines " * 40)


def test_text_boxes_headers_and_tables_of_word_files_are_read():
    box = (
        b'<w:p><w:r><w:t>Before</w:t></w:r><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
        b"<w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r></w:p>"
        b"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>In the table</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body>"
    )
    body = files.paragraphs("First").replace(b"</w:body>", box)
    header = files.paragraphs("In the header").replace(b"w:document", b"w:hdr").replace(b"w:body", b"w:p2")
    data = files.zipped(
        {"[Content_Types].xml": files.DOCX_TYPES, "word/document.xml": body, "word/header1.xml": header}
    )

    assert reader.read(data, "docx").text.split("\n") == [
        "In the header",
        "First",
        "Before",
        "In the box",
        "In the table",
    ]


def test_a_text_in_an_old_encoding_and_with_direction_marks_is_read_clean():
    found = reader.read("Zo\xeb \x96 engineer".encode("latin-1"), "txt")

    assert found.text == "Zoë – engineer"
    assert reader.read("abc\u202edef\u200b ﬁne\x07".encode(), "txt").text == "abcdef fine"


def test_a_picture_of_a_page_says_that_it_is_a_scan():
    found = reader.read(files.page_pdf(files.stream(b"0 0 100 100 re f")), "pdf")

    assert (found.scanned, found.text, len(found.pages)) == (True, "", 1)


def test_the_child_sees_no_secret_and_cannot_write_much():
    """Its environment is empty, its disk and memory are capped, and it runs isolated from the site."""
    probe = (
        "import os,sys,importlib.util as u;"
        f"s=u.spec_from_file_location('child',{str(reader.CHILD)!r});c=u.module_from_spec(s);s.loader.exec_module(c);c.confine();"
        "import resource as r;print(sorted(os.environ),sys.flags.isolated,r.getrlimit(r.RLIMIT_AS)[0],r.getrlimit(r.RLIMIT_FSIZE)[0])"
    )

    said = subprocess.run(
        [sys.executable, "-I", "-c", probe], env={"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == f"['LC_ALL'] 1 {1 << 30} {1 << 20}"


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import os; os.abort()",
        "print('x' * 5_000_000)",
        """print('{"text": 5, "page_count": -1, "acts": 7}')""",
        "print('[' * 100_000)",
        """import os; os.symlink('/etc/passwd', 'page-1.png'); print('{"page": 1}')""",
    ],
)
def test_whatever_a_child_does_the_parent_lives_on(code, monkeypatch, tmp_path):
    rogue = tmp_path / "child.py"
    rogue.write_text(code)
    monkeypatch.setattr(reader, "CHILD", rogue)
    monkeypatch.setattr(reader, "WALL_SECONDS", 1)

    found = reader.read(b"x", "txt")

    assert (found.text, found.pages, found.was_read) == ("", [], False)
    assert found.problem == reader.BROKEN_OFF


# Stored and read


@pytest.fixture
def stored(db):
    return documents.store(CandidateFactory(name="Samira Rahimi"), upload(files.pdf(), "Rahimi CV.pdf"), "resume")


def test_store_keeps_the_file_under_a_key_that_says_nothing(stored):
    assert stored.file.name.startswith("documents/")
    assert "Rahimi" not in stored.file.name
    assert (stored.name, stored.content_type, stored.status) == ("Rahimi CV.pdf", "application/pdf", "stored")
    assert stored.candidate.events.get().kind == "document.added"


def test_the_same_file_of_the_same_person_is_stored_once(stored):
    again = documents.store(stored.candidate, upload(files.pdf(), "other name.pdf"), "resume")

    assert again == stored


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_stored_once_and_two_files_are_two_versions(monkeypatch):
    monkeypatch.setattr(queue, "on_commit", lambda document: None)
    person, start, failed, pdf = CandidateFactory(), threading.Barrier(6), [], files.pdf()

    def send(number: int) -> None:
        try:
            start.wait(timeout=10)
            data = pdf if number % 3 else b"Noor Haddad\nData Engineer"
            documents.store(person, upload(data, "cv.pdf" if number % 3 else "cv.txt"), "resume")
        except Exception as error:  # shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert not failed
    assert sorted(person.documents.values_list("version", flat=True)) == [1, 2]


def test_a_refused_file_leaves_nothing_behind(db):
    with pytest.raises(Refused):
        documents.store(CandidateFactory(), upload(files.EXE, "cv.pdf"), "resume")

    assert not Document.objects.exists()


def test_reading_writes_text_and_pages_once(stored):
    reading.read(stored.pk)
    reading.read(stored.pk)

    stored.refresh_from_db()
    assert (stored.status, stored.page_count, stored.problem, stored.attempts) == ("ready", 1, "", 1)
    assert "Quill Bank" in stored.extracted.text
    assert stored.pages.count() == 1


def test_what_acts_by_itself_is_shown_but_the_original_is_withheld(db):
    stored = documents.store(CandidateFactory(), upload(files.pdf_with_script(), "cv.pdf"), "resume")

    reading.read(stored.pk)

    stored.refresh_from_db()
    assert (stored.status, stored.withheld) == ("ready", "a script, an action on opening")
    assert not stored.may_be_downloaded


@pytest.mark.parametrize("what", ["doubling forms", "lying sizes"])
def test_a_hostile_file_fails_its_document_and_keeps_the_file(what, db):
    kind, made = HOSTILE[what]
    stored = documents.store(CandidateFactory(), upload(made(), f"cv.{kind}"), "resume")

    reading.read(stored.pk)

    stored.refresh_from_db()
    assert stored.status in ("failed", "ready")
    assert stored.problem
    assert not stored.may_be_downloaded
    assert default_storage.exists(stored.file.name)


def test_a_person_erased_while_their_file_is_read_leaves_no_page_behind(stored, monkeypatch):
    real = reader.read

    def erased_meanwhile(data, kind):
        found = real(data, kind)
        stored.candidate.events.all().delete()
        Document.objects.filter(pk=stored.pk).delete()
        return found

    monkeypatch.setattr(reader, "read", erased_meanwhile)
    reading.read(stored.pk)

    assert not PageImage.objects.exists() and not DocumentText.objects.exists()
    assert not any(default_storage.listdir("pages")[1]) if default_storage.exists("pages") else True
    assert all(not default_storage.listdir(f"pages/{folder}")[1] for folder in default_storage.listdir("pages")[0])


def test_a_document_stuck_in_reading_is_put_back_twice_and_then_given_up(stored, monkeypatch):
    monkeypatch.setattr(reading.queue, "hand_over", lambda pk: None)
    outcomes = []
    for _ in range(3):
        Document.objects.waiting().update(
            status="reading",
            reading_since=timezone.now() - dt.timedelta(minutes=10),
            attempts=stored.attempts + 1 + len(outcomes),
        )
        reading.sweep()
        outcomes.append(Document.objects.get().status)

    assert outcomes == ["stored", "stored", "failed"]
    assert "three times" in Document.objects.get().problem


def test_a_document_whose_task_was_lost_is_queued_again(stored, monkeypatch):
    queued = []
    monkeypatch.setattr(reading.queue, "hand_over", lambda pk, lane, *, again: queued.append((pk, lane, again)))

    assert reading.sweep() == 0
    Document.objects.update(uploaded_at=timezone.now() - dt.timedelta(minutes=5))
    reading.sweep()

    assert queued == [(stored.pk, "documents", True)]


def test_storing_survives_a_broker_that_is_down(db, monkeypatch, django_capture_on_commit_callbacks):
    from hiring.documents import tasks

    def down(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(tasks.read, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        documents.store(CandidateFactory(), upload(files.pdf(), "cv.pdf"), "resume")

    assert Document.objects.waiting().count() == 1


def test_a_file_a_scanner_objects_to_is_locked_away(db, monkeypatch):
    monkeypatch.setattr(antivirus, "scanners", [lambda data: "Eicar-Signature" if files.EICAR in data else ""])
    stored = documents.store(CandidateFactory(), upload(files.EICAR, "cv.txt"), "resume")

    reading.read(stored.pk)

    stored.refresh_from_db()
    assert (stored.status, stored.problem) == ("held", "A virus scanner found Eicar-Signature in this file.")
    assert not DocumentText.objects.exists()


# Served


@pytest.fixture
def ready(stored):
    reading.read(stored.pk)
    stored.refresh_from_db()
    return stored


def test_the_original_is_an_attachment_that_no_browser_opens(client, recruiter, ready):
    Document.objects.update(name="Résumé “2026”.pdf")
    client.force_login(recruiter)

    answer = client.get(reverse("document_download", args=[ready.pk]))

    assert b"".join(answer.streaming_content) == files.pdf()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9sum%C3%A9")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    assert "no-store" in answer["Cache-Control"]


def test_a_page_is_a_picture(client, recruiter, ready):
    client.force_login(recruiter)

    answer = client.get(reverse("document_page", args=[ready.pk, 1]))

    assert answer["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert client.get(reverse("document_page", args=[ready.pk, 2])).status_code == 404


@pytest.mark.parametrize(
    "state",
    [
        {"status": "stored"},
        {"status": "held"},
        {"status": "failed", "withheld": "something"},
        {"status": "refused"},
        {"withheld": "a script"},
    ],
)
def test_an_original_that_is_not_cleared_is_not_served(client, recruiter, ready, state):
    Document.objects.update(**state)
    client.force_login(recruiter)

    assert client.get(reverse("document_download", args=[ready.pk])).status_code == 404


@pytest.mark.parametrize("route", ["document_preview", "document_download"])
def test_a_stranger_to_the_person_finds_nothing(client, outsider, ready, route):
    client.force_login(outsider)

    assert client.get(reverse(route, args=[ready.pk])).status_code == 404


def test_an_offer_letter_is_not_served_here(client, recruiter, ready):
    Document.objects.update(kind="offer_letter")
    client.force_login(recruiter)

    assert client.get(reverse("document_preview", args=[ready.pk])).status_code == 404


def test_the_preview_asks_again_while_the_file_is_being_read(client, recruiter, stored):
    client.force_login(recruiter)
    url = reverse("document_preview", args=[stored.pk])

    before = client.get(url, headers=SWAP).content.decode()
    reading.read(stored.pk)
    after = client.get(url, headers=SWAP).content.decode()

    assert "Reading the file…" in before and "load delay:2s" in before and f'hx-get="{url}"' in before
    assert "Quill Bank" in after and "load delay" not in after
    assert reverse("document_page", args=[stored.pk, 1]) in after


def test_the_preview_says_plainly_what_is_wrong(client, recruiter, stored):
    Document.objects.update(status="failed", problem="The PDF is damaged and could not be opened.")
    client.force_login(recruiter)

    page = client.get(reverse("document_preview", args=[stored.pk]), headers=SWAP).content.decode()

    assert "This file could not be read" in page and "The PDF is damaged" in page


def test_the_preview_escapes_what_people_wrote(client, recruiter, db):
    stored = documents.store(
        CandidateFactory(), upload(b"Samira\n<script>alert(1)</script> engineer", "cv.txt"), "resume"
    )
    reading.read(stored.pk)
    client.force_login(recruiter)

    page = client.get(reverse("document_preview", args=[stored.pk]), headers=SWAP).content.decode()

    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def test_files_above_the_cap_are_dropped_while_they_arrive(monkeypatch):
    from hiring.documents import uploads

    monkeypatch.setattr(uploads, "MOST", 10)
    handler = uploads.CappedUploadHandler()
    handler.new_file("resume", "cv.pdf", "application/pdf", None)

    assert [handler.receive_data_chunk(b"12345", 0) for _ in range(4)] == [b"12345", b"12345", None, None]


def test_archive_of_the_tests_is_what_it_says():
    """The hostile fixtures are only worth something while they really are what they claim."""
    assert len(files.lying_docx()) < 200_000
    assert zipfile.ZipFile(io.BytesIO(files.lying_docx())).getinfo("word/document.xml").file_size == 1000
    assert len(files.flate_bomb()) < 20_000


# Where words stand


def placed(*words):
    """Words of one page, each a tenth of it wide, ten to a line."""
    return [
        places.Placed(word, 1, (1000 * (index % 10), 500 * (index // 10), 900, 200)) for index, word in enumerate(words)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_each_word_of_a_file_is_placed_on_its_page(name):
    found = reader.read(KINDS[name](), name[3:])
    start = found.text.index("Quill Bank")

    patch = places.Places(found.words).of(start, start + len("Quill Bank"))

    assert len(found.words) == len(found.text.split())
    assert [(one.page, 0 < one.left < 5000, 0 < one.top < 2000, one.width > 300) for one in patch] == [
        (1, True, True, True)
    ]


def test_words_another_reader_parted_share_the_box_of_the_glued_one():
    text = "adds energy to teams"

    words = places.align(text, placed("addsenergy", "to", "teams"))

    assert [(*word[:2], word[3], word[5]) for word in words] == [
        (0, 4, 0, 360),
        (5, 11, 360, 540),
        (12, 14, 1000, 900),
        (15, 20, 2000, 900),
    ]


def test_columns_in_another_order_are_found_and_what_is_uncertain_has_no_place():
    text = "Experience Quill Bank Skills Python Kafka at at"

    words = places.align(text, placed("Skills", "Python", "Kafka", "Experience", "Quill", "Bank"))

    assert {text[word[0] : word[1]]: word[3] for word in words} == {
        "Experience": 3000, "Quill": 4000, "Bank": 5000, "Skills": 0, "Python": 1000, "Kafka": 2000,
    }  # fmt: skip


def test_a_part_of_a_word_is_a_part_of_its_box():
    words = places.align("engineer, Quill", placed("engineer,", "Quill"))

    assert [(one.left, one.width) for one in places.Places(words).of(0, 8)] == [(0, 800)]


def test_a_passage_over_two_lines_is_two_patches():
    words = places.align("a b c d e f g h i j k l", placed(*"abcdefghijkl"))

    patch = places.Places(words).of(16, 23)

    assert [(one.left, one.top, one.width) for one in patch] == [(8000, 0, 1900), (0, 500, 1900)]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=12), max_size=30))
def test_whatever_text_and_page_say_places_lie_within_both(text, seen):
    words = places.align(text, placed(*seen))

    assert all(0 <= word[0] < word[1] <= len(text) and 0 <= word[3] <= places.GRID for word in words)
    places.Places(words).of(0, len(text))


@pytest.mark.parametrize(
    "line",
    [
        '{"words": 1, "said": "a b", "boxes": [1, 2, 3, 4]}',
        '{"words": 1, "said": "a", "boxes": [1, 2, 3, 1e9]}',
        '{"words": 1, "said": "a", "boxes": [true, 2, 3, 4]}',
        '{"words": "x", "said": 5, "boxes": null}',
    ],
)
def test_places_that_cannot_be_are_not_believed(line):
    assert reader._words(reader._believe(line.encode() + b"\n")) == []
