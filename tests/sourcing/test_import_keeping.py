"""A file that came out of an archive is there once: whoever deletes the document, or the person, has deleted it (PRIV-9)."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from benchmarks.resumes import office
from hiring.documents import removing
from hiring.models import Candidate, Document
from sourcing.imports import batches, filing, keeping, running, steps
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.tasks import import_trim, imports_sweep
from tests.sourcing.test_import_archives import ADA, NOOR, imported, take

SCAN = "No address at all in here."


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@cache
def files() -> dict[str, bytes]:
    ada = office.docx([("p", line) for line in ADA.split("\n")])
    return {"cvs/ada.docx": ada, "cvs/noor.txt": NOOR.encode(), "cvs/scan.txt": SCAN.encode()}


def held(kept) -> set[str]:
    """The files of people that lie in storage, in archives or by themselves, and lists as "list"."""
    found: set[str] = set()
    known = {data: name for name, data in files().items()}
    for path in kept.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if data in known:
            found.add(known[data])
        elif zipfile.is_zipfile(io.BytesIO(data)):
            found |= {f"zip:{name}" for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
        elif b"E-mail" in data:
            found.add("list")
    return found


def ran(recruiter, source, capture) -> ImportBatch:
    with capture(execute=True):
        return imported(recruiter, source, files())


@pytest.mark.django_db
def test_what_is_stored_with_its_person_waits_in_no_archive_and_goes_with_them(
    kept, recruiter, source, django_capture_on_commit_callbacks
):
    batch = ran(recruiter, source, django_capture_on_commit_callbacks)
    ada, noor = (Candidate.objects.get(name=name) for name in ("Ada Byron", "Noor Haddad"))

    assert held(kept) == {"cvs/ada.docx", "cvs/noor.txt", "zip:cvs/scan.txt"}
    assert (batch.status, batch.trimmed, batch.leaving, batch.is_emptied) == ("done", True, [], False)

    with django_capture_on_commit_callbacks(execute=True):
        removing.remove(ada.documents.get(), reason="Asked for it", by=recruiter)
        filing.remove(noor.documents.values_list("pk", flat=True))
    noor.delete()
    assert held(kept) == {"zip:cvs/scan.txt"}

    row = ImportRow.objects.get(result="needs")
    with django_capture_on_commit_callbacks(execute=True):
        filing.complete(row, name="Karl Ohm", email="karl@mail.example", by=recruiter)
    steps.do(batch.pk)
    assert held(kept) == {"cvs/scan.txt"}
    with django_capture_on_commit_callbacks(execute=True):
        removing.remove(Document.objects.get(), reason="Asked for it", by=recruiter)
    assert held(kept) == set()


@pytest.mark.django_db
def test_a_document_deleted_while_its_import_runs_is_out_of_the_archive_and_the_run_goes_on(
    kept, recruiter, source, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(running, "FILES_AT_ONCE", 1)
    batch = take(recruiter, files())
    batches.start_check(
        batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
    )
    steps.do(batch.pk)
    batch.refresh_from_db()
    batches.start_run(batch)
    running._run_chunk(batch.pk, running.CHUNK)
    ada = Candidate.objects.get()
    assert held(kept) >= {"zip:cvs/ada.docx", "zip:cvs/noor.txt"}

    with django_capture_on_commit_callbacks(execute=True):
        removing.remove(ada.documents.get(), reason="Asked for it", by=recruiter)
    import_trim(batch.pk)  # as its task does, and goes on with the run

    batch.refresh_from_db()
    assert batch.status == "done" and {row.result for row in batch.rows.all()} == {"new", "needs"}
    assert held(kept) == {"cvs/noor.txt", "zip:cvs/scan.txt"}


@pytest.mark.django_db
def test_a_list_is_gone_once_its_rows_are_in_and_can_still_be_taken_back(
    kept, client, recruiter, source, django_capture_on_commit_callbacks
):
    client.force_login(recruiter)
    sheet = b"Name,E-mail\nAda Byron,ada@mail.example\n"
    with django_capture_on_commit_callbacks(execute=True):
        batch = batches.take(SimpleUploadedFile("people.csv", sheet), by=recruiter)
        assert held(kept) == {"list"}
        batches.start_check(
            batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source
        )
        steps.do(batch.pk)
        batch.refresh_from_db()
        batches.start_run(batch)
        steps.do(batch.pk)
    batch.refresh_from_db()

    assert held(kept) == set() and not batch.file and batch.sample == []
    assert b"Ada Byron" in b"".join(client.get(reverse("sourcing:import_report", args=[batch.pk])).streaming_content)
    assert b"Undo the import" in client.get(batch.get_absolute_url()).content
    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)
    assert not Candidate.objects.exists()


@pytest.mark.django_db
def test_what_a_crash_left_behind_is_swept_and_an_undone_archive_keeps_nothing(
    kept, recruiter, source, monkeypatch, django_capture_on_commit_callbacks
):
    def die(batch):
        raise OSError("storage is down")

    with monkeypatch.context() as broken:
        broken.setattr(keeping, "empty", die)
        imported(recruiter, source, files())
    batch = ImportBatch.objects.get()
    assert (batch.trimmed, len(batch.leaving)) == (True, 1) and "zip:cvs/ada.docx" in held(kept)

    imports_sweep()
    assert held(kept) == {"cvs/ada.docx", "cvs/noor.txt", "zip:cvs/scan.txt"}
    batches.start_undo(batch, by=recruiter)
    with django_capture_on_commit_callbacks(execute=True):
        steps.do(batch.pk)
    assert held(kept) == set() and default_storage.exists("")
