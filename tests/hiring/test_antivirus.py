"""SEC-16: nothing is read or handed out that the virus scanner has not called clean. Against a server that speaks clamd's protocol."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from hiring import documents, health
from hiring.documents import antivirus, reading
from hiring.models import Document, DocumentText
from tests import clamd, files
from tests.factories import CandidateFactory


@pytest.fixture(params=["tcp", "unix"])
def scanner(request, settings, tmp_path):
    with clamd.running(tmp_path / "clamd.ctl" if request.param == "unix" else None) as server:
        settings.CLAMD_ADDRESS = server.address
        yield server


@pytest.fixture
def over_tcp(settings):
    with clamd.running() as server:
        settings.CLAMD_ADDRESS = server.address
        yield server


def stored(data: bytes, name: str = "cv.txt") -> Document:
    return documents.store(CandidateFactory(), ContentFile(data, name=name), "resume")


def read_again(document: Document) -> Document:
    """What the sweep does once the file is due again."""
    Document.objects.held().update(held_until=timezone.now() - dt.timedelta(seconds=1))
    reading.sweep()
    reading.read(document.pk)
    document.refresh_from_db()
    return document


def test_clean_bytes_are_sent_whole_and_called_clean(scanner):
    data = files.pdf() * 60  # several chunks

    assert antivirus.find(data) == ""
    assert scanner.seen == [data]


def test_what_is_found_is_named(scanner):
    assert antivirus.find(files.EICAR) == "Eicar-Signature"


@pytest.mark.parametrize("mode", ["hangs up", "cut off", "silent", "broken"])
def test_a_scanner_that_gives_no_verdict_is_down(over_tcp, mode, monkeypatch):
    monkeypatch.setattr(antivirus, "SECONDS", 0.3)
    over_tcp.mode = mode

    with pytest.raises(antivirus.Unavailable):
        antivirus.find(b"Samira Rahimi")


def test_nobody_listening_is_down(settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:9"

    with pytest.raises(antivirus.Unavailable):
        antivirus.find(b"Samira Rahimi")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:/run/clamd.sock", "/run/clamd.sock"),
        ("unix:///run/clamd.sock", "/run/clamd.sock"),
        ("scanner:3311", ("scanner", 3311)),
        ("tcp://scanner", ("scanner", 3310)),
        ("[::1]:3310", ("::1", 3310)),
    ],
)
def test_addresses_as_people_write_them(address, place):
    assert antivirus.place(address) == place


@pytest.mark.parametrize("address", ["http://scanner", "scanner:x", ":3310", "tcp://scanner/path"])
def test_an_address_that_is_none_stops_the_start(address, settings):
    from hiring.checks import check_settings

    settings.CLAMD_ADDRESS = address

    assert "throughline.E012" in [problem.id for problem in check_settings(None)]


def test_a_file_is_held_while_the_scanner_is_down_and_read_once_it_answers(db, over_tcp, client, recruiter, caplog):
    document = stored(files.pdf(), "cv.pdf")
    over_tcp.mode = "hangs up"
    client.force_login(recruiter)

    for _ in range(5):  # however long it is down, the file is not given up
        held = read_again(document)
    page = client.get(reverse("document_preview", args=[document.pk]), headers={"HX-Request": "true"}).content.decode()

    assert (held.status, held.problem, held.attempts) == ("held", reading.SCANNER_DOWN, 0)
    assert held.held_until > timezone.now()
    assert not DocumentText.objects.exists() and not held.pages.exists()
    assert "Held until it is found clean" in page and reading.SCANNER_DOWN in page
    assert client.get(reverse("document_download", args=[document.pk])).status_code == 404
    assert health.due["virus scanner"]() == held.stored_at

    over_tcp.mode = "works"
    assert read_again(document).status == "ready"
    assert "Quill Bank" in document.extracted.text
    assert health.due["virus scanner"]() is None


def test_what_is_held_waits_for_its_time(db, over_tcp, monkeypatch):
    over_tcp.mode = "hangs up"
    document = stored(b"Samira Rahimi, engineer")
    reading.read(document.pk)

    reading.sweep()
    reading.read(document.pk)

    assert Document.objects.get().status == "held"


def test_a_finding_is_looked_at_again_for_a_week_and_then_the_file_is_refused(db, over_tcp):
    document = stored(files.EICAR)
    reading.read(document.pk)
    document.refresh_from_db()
    first = (document.status, document.held_until > timezone.now() + dt.timedelta(hours=23))

    last = [read_again(document).status for _ in range(reading.LOOKS - 1)]

    assert first == ("held", True)
    assert last == ["held"] * (reading.LOOKS - 2) + ["refused"]
    assert read_again(document).status == "refused"
    assert not DocumentText.objects.exists()


def test_a_finding_that_was_wrong_lets_the_file_through_once_signatures_are_corrected(db, over_tcp, monkeypatch):
    document = stored(b"EICAR is what I test scanners with. Samira Rahimi, engineer.")
    reading.read(document.pk)
    monkeypatch.setattr(antivirus, "clamd", lambda data: "")

    assert read_again(document).status == "ready"
