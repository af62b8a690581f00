"""Parsed profiles on the record: made after each reading, found again when left behind, made anew by a later parser."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from hiring import documents, health, search
from hiring.documents import checks, queue, reading, tasks
from hiring.documents.store import keep
from hiring.models import CandidateSearch, Document, ParsedProfile
from hiring.resumes import apart, parsing, record
from hiring.resumes.profile import PARSER_VERSION, Found, Profile
from hiring.supervisor import PROCESSES
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

    assert again == [whole.pk, broken.pk]
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
    monkeypatch.setattr(apart, "parse", lambda text, **given: seen.update(given) or Profile())
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


def loops(text: str, **more: object) -> Profile:
    while True:
        pass


def dies(text: str, **more: object) -> Profile:
    os.kill(os.getpid(), 11)
    return Profile()


def devours(text: str, **more: object) -> Profile:
    held = bytearray(3 << 30)
    return Profile(warnings=(str(len(held)),))


@pytest.mark.parametrize(("does", "said"), [(loops, "more time"), (dies, "stumbled"), (devours, "more time or memory")])
def test_a_text_that_holds_up_or_kills_the_parser_fails_alone_with_a_sentence(db, monkeypatch, does, said):
    poisonous, whole = stored(b"Poison"), stored(b"Mara Lind\nmara@lind.example")
    monkeypatch.setattr(apart, "CPU_SECONDS", 1)
    monkeypatch.setattr(apart, "WALL_SECONDS", 20.0)
    real = parsing.parse
    monkeypatch.setattr(parsing, "parse", lambda text, **more: (does if "Poison" in text else real)(text, **more))

    reading.read(poisonous.pk)
    reading.read(whole.pk)

    assert [row_of(poisonous).status, row_of(whole).status] == ["failed", "done"]
    assert row_of(poisonous).problem.startswith("The text could not be read: ") and said in row_of(poisonous).problem
    assert record.sweep() == []


class Killed(BaseException):
    """As good as kill -9: nothing of ours runs after it."""


@pytest.mark.parametrize("when", ["before the search copy", "before the commit"])
def test_a_worker_killed_between_profile_and_search_copy_leaves_both_to_the_sweep(db, monkeypatch, when):
    document = stored(b"Samira Rahimi\nsamira@rahimi.example\n\nSkills\nPython, Terraform\n")
    real = search.refresh

    def dies_here(ids):
        if when == "before the commit":
            real(ids)
        raise Killed

    monkeypatch.setattr(search, "refresh", dies_here)
    with pytest.raises(Killed):
        reading.read(document.pk)
    monkeypatch.undo()
    found = CandidateSearch.objects.filter(candidate=document.candidate_id, skills__contains=["python"])
    assert (row_of(document).status, found.exists()) == ("working", False)

    ParsedProfile.objects.update(claimed_at=late(), due_at=late())
    record.parse(record.sweep())

    assert (row_of(document).status, found.exists()) == ("done", True)


def test_one_person_whose_copy_cannot_be_written_holds_up_nobody(db, monkeypatch):
    good, bad = stored(b"Mara Lind\nmara@lind.example"), stored()
    for document in (good, bad):
        reading.read(document.pk)
        record.expect(document)
    real = search.refresh

    def refuses(ids):
        if bad.candidate_id in list(ids):
            raise DatabaseError
        return real(ids)

    monkeypatch.setattr(search, "refresh", refuses)

    assert record.parse([bad.pk, good.pk]) == 1
    assert (row_of(good).status, row_of(bad).status) == ("done", "working")


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, object]]:
    """What was handed to which lane, in order."""
    found: list[tuple[str, object]] = []
    for task in (tasks.read, tasks.parse):
        monkeypatch.setattr(task, "apply_async", lambda args, queue, **more: found.append((queue, args[0])))
    return found


def test_what_somebody_waits_for_never_stands_behind_a_load(db, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        load = [
            keep(
                CandidateFactory(), checks.check(ContentFile(b"One of %d" % n, name="cv.txt")), "resume", can_wait=True
            )
            for n in range(3)
        ]
        single = stored()
    assert sent == [*(("documents_later", one.pk) for one in load), ("documents", single.pk)]

    sent.clear()
    Document.objects.update(uploaded_at=late())
    reading.sweep()

    assert sent == [("documents", single.pk), *(("documents_later", one.pk) for one in reversed(load))]
    assert PROCESSES["documents"].split("--queues ")[1].split()[0] == "documents"
    assert PROCESSES["documents_later"].split("--queues ")[1].split()[0] == "documents,documents_later"


def test_the_newest_and_the_single_ones_are_parsed_first_a_few_at_a_time(db, sent, monkeypatch):
    monkeypatch.setattr(record, "parse", lambda ids: 0)
    made = [stored(b"Mara Lind %d" % n) for n in range(3)]
    for document in made:
        reading.read(document.pk)
    Document.objects.filter(pk=made[2].pk).update(can_wait=True)
    for hours, document in zip((3, 2, 1), made, strict=True):
        ParsedProfile.objects.filter(pk=document.pk).update(due_at=timezone.now() - dt.timedelta(hours=hours))
    monkeypatch.setattr(queue, "PARSED_AT_ONCE", 2)

    tasks.sweep_profiles()

    assert sent == [("documents_later", [made[1].pk, made[0].pk]), ("documents_later", [made[2].pk])]


def test_a_file_of_a_load_that_somebody_looks_at_comes_next(db, client, recruiter, sent):
    cache.clear()
    waits, parsed_later = stored(), stored(b"Mara Lind\nmara@lind.example")
    Document.objects.update(can_wait=True)
    reading.read(parsed_later.pk)
    record.expect(parsed_later)
    client.force_login(recruiter)

    for document in (waits, parsed_later, waits):  # asked for again every two seconds
        client.get(reverse("candidate_resume", args=[document.candidate_id]))

    assert sent == [("documents", waits.pk), ("documents", [parsed_later.pk])]
