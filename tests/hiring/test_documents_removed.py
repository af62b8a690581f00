"""A document is deleted with a reason and leaves no bytes behind, or is replaced by its next version."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone

from compliance.models import AuditEntry
from hiring import documents, merging, search, timeline
from hiring.documents import reading, removing
from hiring.documents.store import next_version
from hiring.errors import Refused
from hiring.models import (
    Candidate,
    Document,
    DocumentText,
    PageImage,
    ParsedProfile,
    ProfileCorrection,
    RemovedDocument,
)
from hiring.resumes import corrections, record, taking_over
from offers.models import Offer
from pipeline import starting
from tests import factories, files
from tests.hiring.test_resume_pages import life

OTHER = files.pdf("Noor Haddad", "noor@haddad.example", "Welder at Volt Works in Lyon since 2019.")


def added(person, data, name="cv.pdf", kind="resume"):
    found = documents.store(person, ContentFile(data, name=name), kind)
    reading.read(found.pk)
    return Document.objects.get(pk=found.pk)


@pytest.fixture
def resume(world, monkeypatch):
    """A résumé that was read and parsed to `life`, and an older one of which nothing could be told."""
    older = added(world.candidate, OTHER, "old.pdf")
    monkeypatch.setattr(record, "read_text", lambda document, text: life())
    newest = added(world.candidate, files.pdf())
    ParsedProfile.objects.filter(document=older).update(profile={"positions": [], "skills": []}, status="done")
    return newest


def stored(document) -> list[str]:
    names = [document.file.name, *PageImage.objects.filter(document=document).values_list("image", flat=True)]
    assert all(default_storage.exists(name) for name in names)
    return names


def found(text, user) -> set[str]:
    return {person.name for person in search.find(text, user).rows}


def test_what_came_only_from_it_goes_and_what_was_taken_over_stays(
    world, recruiter, resume, django_capture_on_commit_callbacks
):
    person, names = world.candidate, stored(resume)
    taking_over.use(person, "headline", by=recruiter)
    position = record.current(person).merged.profile["positions"][0]["key"]
    corrections.correct_entry(person, "positions", position, {"title": "Lead engineer"}, by=recruiter)
    by_hand = corrections.add_entry(person, "skills", {"name": "Welding"}, by=recruiter)
    search.refresh([person.pk])
    before = found("quill bank", recruiter)

    with django_capture_on_commit_callbacks(execute=True):
        gone = removing.remove(resume, reason="  They asked\nfor it ", by=recruiter)

    assert before == {person.name} and found("quill bank", recruiter) == set() and len(names) > 1
    assert not any(default_storage.exists(name) for name in names)
    assert not Document.objects.filter(pk=resume.pk).exists()
    assert not DocumentText.objects.filter(document=resume.pk).exists()
    assert (gone.reason, gone.by, gone.version, gone.name) == ("They asked for it", recruiter, 2, "cv.pdf")
    current = record.current(person).merged.profile
    assert current["positions"] == []
    assert [(skill["name"], skill["key"]) for skill in current["skills"]] == [("Welding", by_hand)]
    assert not any("Quill" in str(row.seen) for row in ProfileCorrection.objects.all())
    assert Candidate.objects.get(pk=person.pk).headline == "Senior data engineer"
    assert AuditEntry.objects.filter(table_name="hiring_document", action="delete", object_id=str(resume.pk)).exists()
    assert AuditEntry.objects.filter(table_name="hiring_removeddocument", action="insert").exists()


def test_the_history_goes_on_telling_of_it(world, recruiter, resume, client):
    taking_over.use(world.candidate, "headline", by=recruiter)
    removing.remove(resume, reason="Belongs to somebody else", by=recruiter)
    client.force_login(recruiter)

    page = client.get(world.candidate.get_absolute_url()).content.decode()
    told = [entry.event.kind for entry in timeline.page(world.candidate, recruiter).entries]

    assert {"document.removed", "document.added", "candidate.edited"} <= set(told)
    assert "Belongs to somebody else" in page and "deleted since" in page
    assert f"document={resume.pk}" not in page


def test_numbers_are_not_given_twice(world, recruiter, resume):
    assert (resume.version, record.newest_resume(world.candidate)) == (2, resume)

    removing.remove(resume, reason="Wrong file", by=recruiter)
    third = added(world.candidate, files.pdf("Somebody", "Welder"))
    removing.remove(third, reason="Wrong file", by=recruiter)
    again = added(world.candidate, files.pdf("Somebody", "Miller"))

    assert (third.version, again.version) == (3, 4)
    certificate = added(world.candidate, files.pdf("Welding certificate"), "weld.pdf", "other")
    letter = added(world.candidate, files.pdf("A letter"), "letter.pdf", "other")
    newer = documents.replace(
        certificate, ContentFile(files.pdf("Certificate, renewed"), name="weld2.pdf"), by=recruiter
    )
    removing.remove(certificate, reason="Old", by=recruiter)
    removing.remove(newer, reason="Old", by=recruiter)
    assert (certificate.version, letter.version, newer.version) == (1, 1, 2)
    assert next_version(world.candidate, "other", certificate.pk) == 3


def test_files_a_crash_left_are_taken_by_the_sweep(world, recruiter, resume, monkeypatch):
    names = stored(resume)
    removing.remove(resume, reason="Wrong file", by=recruiter)  # nothing ran after the transaction
    assert default_storage.exists(names[0])
    monkeypatch.setattr(removing, "LEFT_BEHIND_AFTER", removing.dt.timedelta(0))

    assert (removing.sweep(), removing.sweep()) == (1, 0)

    assert not any(default_storage.exists(name) for name in names)
    row = RemovedDocument.objects.get()
    assert (row.files, row.files_due_at) == ([], None)


def test_a_file_that_is_being_read_meanwhile_leaves_nothing(world, recruiter, monkeypatch):
    upload = ContentFile(files.pdf(), name="cv.pdf")
    document = documents.store(world.candidate, upload, "resume")
    read = reading.reader.read
    pages = set(Path(default_storage.path("")).rglob("*.png"))

    def meanwhile(data, kind):
        removing.remove(document, reason="Wrong file", by=recruiter)
        return read(data, kind)

    monkeypatch.setattr(reading.reader, "read", meanwhile)
    reading.read(document.pk)

    assert set(Path(default_storage.path("")).rglob("*.png")) == pages
    assert not Document.objects.filter(pk=document.pk).exists()


def test_an_application_and_a_merge_outlive_it(world, recruiter, resume):
    stage = factories.StageFactory()
    application = starting.open_application(world.candidate, stage.job, by=recruiter, stage=stage, resume=resume)
    twin = factories.CandidateFactory()
    removing.remove(resume, reason="Wrong file", by=recruiter)
    application.refresh_from_db()

    merged = merging.merge(twin, world.candidate, by=recruiter)
    joined = RemovedDocument.objects.get().candidate
    merging.unmerge(merged, by=recruiter)

    assert application.resume is None
    assert (joined, RemovedDocument.objects.get().candidate) == (twin, world.candidate)
    with pytest.raises(Refused, match="already deleted"):
        removing.remove(resume, reason="Again", by=recruiter)


def test_an_offer_letter_stays_with_its_offer(world, recruiter):
    letter = added(world.candidate, files.pdf("An offer"), "offer.pdf", "offer_letter")

    with pytest.raises(Refused, match="belongs to its offer"):
        removing.remove(letter, reason="Wrong", by=recruiter)
    with pytest.raises(Refused, match="belongs to its offer"):
        documents.replace(letter, ContentFile(OTHER, name="x.pdf"), by=recruiter)
    assert not Offer.objects.exists()


def test_the_page_says_what_goes_and_wants_a_reason(client, world, recruiter, resume):
    taking_over.use(world.candidate, "headline", by=recruiter)
    position = record.current(world.candidate).merged.profile["positions"][0]["key"]
    corrections.correct_entry(world.candidate, "positions", position, {"title": "Lead engineer"}, by=recruiter)
    client.force_login(recruiter)
    url = reverse("document_remove", args=[resume.pk])
    beside = client.get(reverse("candidate_resume", args=[world.candidate.pk])).content.decode()

    page = client.get(url).content.decode()
    refused = client.post(url, {"reason": "  "})
    kept = Document.objects.filter(pk=resume.pk).exists()
    done = client.post(url, {"reason": "Belongs to somebody else"}, follow=True)

    assert url in beside and reverse("document_replace", args=[resume.pk]) in beside
    assert "1 correction of" in page and "staying on the record: headline" in page and "old.pdf counts then" in page
    assert (refused.status_code, kept) == (422, True)
    assert "cv.pdf is deleted." in done.content.decode()
    assert client.get(url).status_code == 404


def test_replacing_keeps_the_earlier_one_and_the_same_file_is_refused(client, world, recruiter, resume, manager):
    client.force_login(recruiter)
    url = reverse("document_replace", args=[resume.pk])
    upload = SimpleUploadedFile("new.pdf", files.pdf("Noor Haddad", "Foreman"), "application/pdf")

    nothing = client.post(url)
    same = client.post(url, {"file": SimpleUploadedFile("again.pdf", files.pdf(), "application/pdf")})
    done = client.post(url, {"file": upload}, follow=True)

    assert (nothing.status_code, same.status_code) == (409, 409)
    newest = record.newest_resume(world.candidate)
    assert (newest.name, newest.version, world.candidate.documents.count()) == ("new.pdf", 3, 3)
    assert "new.pdf is version 3 now." in done.content.decode()
    event = world.candidate.events.filter(kind="document.added").latest("pk")
    assert event.data["replaced"] == resume.pk


def test_files_that_no_row_knows_are_deleted_and_all_others_stay(recruiter, settings):
    from hiring.documents import ownerless

    person = factories.CandidateFactory()
    owned = documents.store(person, SimpleUploadedFile("cv.txt", b"Noor Haddad, engineer"), "resume", by=recruiter)
    lost = [
        default_storage.save(f"{folder}/{shelf}ab", ContentFile(b"of nobody"))
        for folder, shelf in (
            ("documents", "00/"),
            ("drafts", ""),
            ("pages", "ff/"),
            ("imports", "7f/"),
            ("exports", ""),
            ("agencies", ""),
        )
    ]
    elsewhere = default_storage.save("elsewhere/abc", ContentFile(b"of others"))
    now = timezone.now()

    assert sum(ownerless.sweep(now + dt.timedelta(hours=hour)) for hour in range(23)) == 0  # young: still being written
    later = now + dt.timedelta(days=2)
    assert sum(ownerless.sweep(later + dt.timedelta(hours=hour)) for hour in range(ownerless.LOOKS)) == len(lost)
    assert not any(default_storage.exists(key) for key in lost)
    assert default_storage.exists(owned.file.name) and default_storage.exists(elsewhere)


def test_every_kind_of_file_that_rows_keep_is_looked_after(recruiter):
    from hiring.documents import ownerless

    roots = set()
    for model, name in ownerless._file_fields():
        keys = {field.name: uuid.uuid4() for field in model._meta.fields if isinstance(field, models.UUIDField)}
        roots.add(model._meta.get_field(name).generate_filename(model(**keys), "x").partition("/")[0])
    assert roots == set(ownerless.FOLDERS)
