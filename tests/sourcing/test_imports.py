"""Bringing in a list: read, checked, run, taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hiring import candidates, suppression
from hiring.models import (
    Candidate,
    CandidateTag,
    ContactPoint,
    Note,
    ProcessingBasis,
    Suppression,
    Tag,
    TimelineEvent,
)
from sourcing import pools
from sourcing.imports import batches, steps
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.models import PoolMember
from tests.factories import EmailFactory, UserFactory

LIST = """Name;E-Mail;Telefon;Firma;Ort;Tags;Notiz
Ada Byron;ada@mail.example;+33 6 39 98 00 01;Enedis;Lyon;Python, SQL;Met at the fair
Noor Haddad;noor@mail.example;;RTE;Paris;;
;nobody@mail.example;;;;;
Karl Ohm;;;Siemens;;;
Ada B.;ADA@mail.example;;;Villeurbanne;Kafka;
"""


def take(recruiter, text=LIST, name="people.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return batches.take(SimpleUploadedFile(name, data), by=recruiter)


def checked(batch, source, **facts):
    given = {"purpose": "sourcing", "basis": "legitimate_interest", "source": source, "region": "FR"} | facts
    batches.start_check(batch, mapping=given.pop("mapping", batch.mapping), **given)
    steps.do(batch.pk)
    batch.refresh_from_db()
    return batch


def imported(recruiter, source, text=LIST, **facts):
    batch = checked(take(recruiter, text), source, **facts)
    assert batch.status == "checked", batch.problem
    batches.start_run(batch)
    steps.do(batch.pk)
    batch.refresh_from_db()
    return batch


def results(batch):
    return list(ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", "result"))


@pytest.mark.django_db
def test_a_list_is_read_by_its_own_words(recruiter):
    batch = take(recruiter)

    assert batch.shape | {"format": "csv", "separator": ";", "has_header": True, "encoding": "utf-8"} == batch.shape
    assert batch.mapping == ["name", "email", "phone", "company", "location", "tags", "notes"]


@pytest.mark.django_db
def test_a_check_says_what_would_happen_and_does_nothing(recruiter, source):
    EmailFactory(value="noor@mail.example", candidate__name="Noor Haddad")

    batch = checked(take(recruiter), source)

    assert results(batch) == [(2, "new"), (3, "updated"), (4, "error"), (5, "error"), (6, "duplicate")]
    assert [row.problems[0][1] for row in batch.rows.filter(result="error")] == [
        "There is no name.",
        "There is no e-mail address, phone number or profile link.",
    ]
    assert Candidate.objects.count() == 1


@pytest.mark.django_db
def test_a_run_brings_people_in_and_fills_up_those_we_know(recruiter, source):
    noor = EmailFactory(value="noor@mail.example", candidate__name="Noor Haddad").candidate
    pool = pools.create(name="Fair", owner=recruiter)

    batch = imported(recruiter, source, pool=pool, tag="Fair 2026", owner=recruiter)

    ada = ContactPoint.objects.get(value="ada@mail.example").candidate
    noor.refresh_from_db()
    assert (batch.status, batch.counts | {"new": 1, "updated": 1, "duplicate": 1, "error": 2}) == ("done", batch.counts)
    assert (ada.name, ada.company, ada.location, ada.source, ada.owner) == (
        "Ada Byron",
        "Enedis",
        "Lyon",
        source,
        recruiter,
    )
    assert (noor.company, noor.location, noor.owner, noor.source) == ("RTE", "Paris", recruiter, source)
    assert set(ada.contact_points.values_list("kind", "value", "is_primary")) == {
        ("email", "ada@mail.example", True),
        ("phone", "+33639980001", True),
    }
    assert set(ada.tags.values_list("tag__name", flat=True)) == {"Python", "SQL", "Kafka", "Fair 2026"}
    assert set(ProcessingBasis.objects.values_list("candidate__name", "purpose", "basis")) == {
        ("Ada Byron", "sourcing", "legitimate_interest"),
        ("Noor Haddad", "sourcing", "legitimate_interest"),
    }
    assert ada.notice_due_on is not None
    assert set(PoolMember.objects.values_list("candidate__name", flat=True)) == {"Ada Byron", "Noor Haddad"}
    assert Note.objects.get().text == "Met at the fair"
    assert TimelineEvent.objects.filter(candidate=ada, kind="candidate.imported").count() == 2
    assert ada.search.name_norm == "ada byron"


@pytest.mark.django_db
def test_nothing_is_overwritten_unless_that_was_chosen(recruiter, source):
    ada = EmailFactory(value="ada@mail.example", candidate__name="Ada King", candidate__company="Alstom").candidate

    imported(recruiter, source)
    ada.refresh_from_db()
    assert (ada.name, ada.company) == ("Ada King", "Alstom")

    imported(recruiter, source, overwrite=True)
    ada.refresh_from_db()
    assert (ada.name, ada.company, ada.location) == ("Ada B.", "Enedis", "Villeurbanne")


@pytest.mark.django_db
def test_whoever_was_erased_does_not_come_back(recruiter, source):
    suppression.suppress("ada@mail.example", Suppression.Reason.ERASURE)

    batch = imported(recruiter, source)

    assert results(batch)[0] == (2, "suppressed")
    assert not ContactPoint.objects.filter(value="ada@mail.example").exists()


@pytest.mark.django_db
def test_running_twice_brings_everybody_in_once(recruiter, source):
    batch = imported(recruiter, source)
    before = (Candidate.objects.count(), TimelineEvent.objects.count())

    steps.do(batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(status="running")
    steps.do(batch.pk)

    assert (Candidate.objects.count(), TimelineEvent.objects.count()) == before


@pytest.mark.django_db
def test_an_import_is_taken_back_as_a_whole(recruiter, source):
    noor = EmailFactory(value="noor@mail.example", candidate__name="Noor Haddad").candidate
    batch = imported(recruiter, source, tag="Fair 2026")

    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)

    batch.refresh_from_db()
    noor.refresh_from_db()
    assert batch.status == "undone"
    assert list(Candidate.objects.all()) == [noor]
    assert (noor.company, noor.location, noor.source) == ("", "", None)
    assert not Tag.objects.exists()
    assert not CandidateTag.objects.exists()
    assert not ProcessingBasis.objects.exists()
    assert list(ContactPoint.objects.values_list("value", flat=True)) == ["noor@mail.example"]


@pytest.mark.django_db
def test_people_with_a_life_since_are_kept_and_the_reason_is_said(recruiter, source):
    batch = imported(recruiter, source)
    ada = ContactPoint.objects.get(value="ada@mail.example").candidate
    candidates.set_owner(ada, UserFactory(), by=recruiter)

    batches.start_undo(batch, by=recruiter)
    steps.do(batch.pk)

    assert Candidate.objects.filter(name="Ada Byron").exists()
    assert (
        ImportRow.objects.exclude(kept_because="").get().kept_because
        == "Kept: something was recorded about this person since."
    )


@pytest.mark.django_db
def test_of_a_row_that_cannot_be_imported_nothing_is_said_to_count(client, recruiter, source):
    client.force_login(recruiter)
    batch = checked(take(recruiter, "Name,E-mail\nAda,not an address\nBea,bea@mail.example\n"), source)

    page = client.get(batch.get_absolute_url()).content.decode()

    assert "Cannot be imported" in page and "the rest of the row counts" not in page
