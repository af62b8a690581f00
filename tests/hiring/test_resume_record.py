"""Parsed profiles on the record: made after each reading, found again when left behind, made anew by a later parser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from hiring import documents, health
from hiring.documents import reading
from hiring.models import Document, ParsedProfile
from hiring.resumes import record
from hiring.resumes.profile import PARSER_VERSION, Found, Profile
from tests import files
from tests.factories import CandidateFactory

TEXT = b"Samira Rahimi\nsamira@rahimi.example\n"


def stored(data: bytes = TEXT, name: str = "cv.txt", kind: str = "resume", **more) -> Document:
    return documents.store(more.pop("candidate", None) or CandidateFactory(), ContentFile(data, name=name), kind)


def row_of(document: Document) -> ParsedProfile:
    return ParsedProfile.objects.get(pk=document.pk)


def late() -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=10)


def test_a_resume_is_parsed_right_after_it_was_read(db):
    document = stored(files.pdf(), "cv.pdf")

    reading.read(document.pk)

    row, profile = row_of(document), record.profile_of(document)
    assert (row.status, row.attempts, row.parser_version) == ("done", 1, PARSER_VERSION)
    assert [one.value for one in profile.emails] == ["samira@rahimi.example"]
    text = document.extracted.text
    assert text[profile.emails[0].start : profile.emails[0].end] == "samira@rahimi.example"
    assert record.current_profile(document.candidate) == profile


@pytest.mark.parametrize("kind", ["cover_letter", "other"])
def test_other_documents_are_not_parsed(db, kind):
    document = stored(kind=kind)

    reading.read(document.pk)

    assert record.profile_of(document) is None
    assert not ParsedProfile.objects.exists()


def test_a_text_whose_parse_was_lost_is_found_and_one_that_got_stuck_is_put_back_twice(db, monkeypatch):
    document = stored()
    monkeypatch.setattr(record, "parse", lambda ids: 0)
    reading.read(document.pk)
    monkeypatch.undo()
    assert (row_of(document).status, record.sweep()) == ("due", [])
    assert health.due["profiles"]() is not None

    ParsedProfile.objects.update(due_at=late())
    found = [record.sweep()]
    for attempt in (1, 2, 3):
        ParsedProfile.objects.update(status="working", claimed_at=late(), attempts=attempt)
        found.append(record.sweep())

    assert found == [[document.pk], [document.pk], [document.pk], []]
    assert row_of(document).status == "failed"


def test_parsing_twice_is_parsing_once_and_an_erased_person_leaves_nothing(db, monkeypatch):
    document = stored()
    reading.read(document.pk)
    assert record.parse([document.pk]) == 0

    record.expect(document)

    def erased_meanwhile(document, text):
        document.candidate.events.all().delete()
        Document.objects.filter(pk=document.pk).delete()
        return Profile()

    monkeypatch.setattr(record, "read_text", erased_meanwhile)
    assert record.parse([document.pk]) == 0
    assert not ParsedProfile.objects.exists()


def test_a_text_that_breaks_the_parser_fails_alone_and_is_asked_again_by_the_next_version(db, monkeypatch):
    broken, whole = stored(), stored(b"Mara Lind\nmara@lind.example")
    real = record.read_text

    def breaks(document, text):
        if "Samira" in text:
            raise RecursionError
        return real(document, text)

    monkeypatch.setattr(record, "read_text", breaks)
    reading.read(broken.pk)
    reading.read(whole.pk)
    assert [row_of(broken).status, row_of(whole).status] == ["failed", "done"]
    assert record.sweep() == []

    monkeypatch.undo()
    monkeypatch.setattr(record, "PARSER_VERSION", "999")
    again = record.sweep()
    record.parse(again)

    assert again == [broken.pk, whole.pk]
    assert {row.parser_version for row in ParsedProfile.objects.filter(status="done")} == {"999"}
    assert record.sweep() == []


def test_a_command_parses_what_waits_and_what_another_version_parsed_and_on_request_everything(db, monkeypatch, capsys):
    old, waiting, current = stored(), stored(b"Mara Lind\nmara@lind.example"), stored(b"Ann Wu\nann@wu.example")
    for document in (old, waiting, current):
        reading.read(document.pk)
    ParsedProfile.objects.filter(pk=old.pk).update(parser_version="0")
    record.expect(waiting)
    parsed = []
    real = record.read_text
    monkeypatch.setattr(record, "read_text", lambda document, text: parsed.append(document.pk) or real(document, text))

    call_command("parse_stored")
    first, parsed[:] = sorted(parsed), []
    call_command("parse_stored", "--all")

    assert first == [old.pk, waiting.pk]
    assert sorted(parsed) == [old.pk, waiting.pk, current.pk]
    assert "3 were not" in capsys.readouterr().out


def test_the_newest_resume_that_could_be_read_counts_and_older_ones_stay(db):
    person = CandidateFactory()
    old = stored(candidate=person)
    new = stored(b"Samira Rahimi\nsam@rahimi.example", candidate=person)
    for document in (old, new):
        reading.read(document.pk)
    broken = stored(b"x\n", candidate=person)
    Document.objects.filter(pk=broken.pk).update(status="failed")

    assert record.newest_resume(person) == new
    assert [one.value for one in record.current_profile(person).emails] == ["sam@rahimi.example"]
    assert [one.value for one in record.profile_of(old).emails] == ["samira@rahimi.example"]


def test_a_phone_number_is_read_in_the_persons_country_first(db, monkeypatch):
    seen = {}
    monkeypatch.setattr("hiring.resumes.parsing.parse", lambda text, **given: seen.update(given) or Profile())
    document = stored(candidate=CandidateFactory(country="PL"))

    reading.read(document.pk)

    assert seen["regions"] == ["PL", "FR"]


def test_a_profile_says_whether_more_is_to_come(db):
    document = stored()
    person = document.candidate
    states = [record.current(person).is_awaited]
    reading.read(document.pk)
    states.append(record.current(person).is_awaited)
    record.expect(document)
    states.append(record.current(person).is_awaited)

    assert states == [True, False, True]


def test_nobody_without_a_resume_has_a_profile_and_nothing_breaks(db):
    assert record.current_profile(CandidateFactory()) == Profile()


def test_a_stored_profile_is_the_one_that_was_read(db, monkeypatch):
    profile = Profile(name=Found("Samira", 0, 6, 0.9), years_stated=4.5, warnings=("Dates overlap.",))
    monkeypatch.setattr(record, "read_text", lambda document, text: profile)
    document = stored()

    reading.read(document.pk)

    assert record.profile_of(document) == profile
