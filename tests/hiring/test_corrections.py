"""Corrections by hand: made, kept through every re-parse, taken back, merged with the people they are about."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import merging
from hiring.errors import Refused
from hiring.models import Document, ParsedProfile, ProfileCorrection
from hiring.resumes import corrections, merged, record
from hiring.resumes.profile import Certificate, Education, Found, Language, Position, Profile, Skill
from tests.factories import CandidateFactory

# Profiles as a parser may read them: of the same life, in other words, in another order, with and without parts

WORDS = st.sampled_from(
    ["Data Engineer", "Analyst", "Quill Bank", "Nordlicht", "École 42", "Python", "C", "C++", "", "Straße"]
)
MONTHS = st.sampled_from([None, "2015", "2018-03", "2020-01", "2021"])
FOUND = st.builds(Found, WORDS, st.integers(0, 50), st.integers(50, 90), st.sampled_from([0.4, 0.9]))
MAYBE = st.none() | FOUND
POSITION = st.builds(Position, MAYBE, MAYBE, MAYBE, MONTHS, MONTHS, st.booleans(), FOUND, st.just(0.8))
STUDY = st.builds(Education, MAYBE, MAYBE, MAYBE, MONTHS, MONTHS, FOUND)
SKILL = st.builds(Skill, WORDS, st.tuples(FOUND), st.just("skills"), st.booleans(), st.none())
PROFILE = st.builds(
    Profile,
    name=MAYBE,
    headline=MAYBE,
    location=MAYBE,
    emails=st.lists(FOUND, max_size=2).map(tuple),
    positions=st.lists(POSITION, max_size=4).map(tuple),
    education=st.lists(STUDY, max_size=3).map(tuple),
    skills=st.lists(SKILL, max_size=4).map(tuple),
    languages=st.lists(st.builds(Language, st.just(""), FOUND, st.sampled_from(["", "C1"])), max_size=2).map(tuple),
    certificates=st.lists(st.builds(Certificate, FOUND, MONTHS), max_size=2).map(tuple),
)
VALUE = {
    "found": st.text("abcé ", min_size=1, max_size=8),
    "text": st.text("abc", min_size=1, max_size=8),
    "month": st.just("2019-05"),
}


def made(data: st.DataObject, profile: Profile) -> list[merged.Correction]:
    """Random corrections of what a person sees: single values, fields of entries, entries taken out, entries added."""
    standing: dict[str, merged.Correction] = {}
    for _ in range(data.draw(st.integers(1, 6))):
        shown = merged.merge(profile.as_json(), standing.values()).profile
        section = data.draw(st.sampled_from([*merged.FACTS, *merged.ENTRIES]))
        if section in merged.FACTS:
            path, seen, name = section, {}, ""
        else:
            entries = shown[section]
            entry = data.draw(st.sampled_from(entries)) if entries and data.draw(st.booleans()) else None
            key = entry["key"] if entry else f"{merged.NEW}{data.draw(st.integers(0, 3))}"
            earlier = next((one.seen for path, one in standing.items() if path.startswith(f"{section}/{key}")), None)
            seen = earlier if earlier is not None else {k: v for k, v in (entry or {}).items() if k != "key"}
            name = data.draw(st.sampled_from(list(merged.ENTRIES[section])))
            path = f"{section}/{key}" if entry and data.draw(st.booleans()) else f"{section}/{key}/{name}"
        removes = path.count("/") == 1
        value = None if removes else data.draw(VALUE[merged.ENTRIES[section][name]] if name else VALUE["found"])
        standing.pop(path, None)
        standing[path] = merged.Correction(path, value, removes, copy.deepcopy(seen), len(standing) + 1)
    return list(standing.values())


@settings(max_examples=200, deadline=None)
@given(st.data(), PROFILE, PROFILE)
def test_no_reading_however_different_takes_a_correction_away(data, first, second):
    standing = made(data, first)

    for reading in (first, second, Profile()):
        before = copy.deepcopy(reading.as_json())
        found = merged.merge(before, standing)

        assert before == reading.as_json()
        taken_out = {one.path for one in standing if one.path.count("/") == 1}
        for one in standing:
            section, _, rest = one.path.partition("/")
            key, _, name = rest.partition("/")
            if section in merged.FACTS:
                assert merged.shown(found.profile[section]) == one.value
                continue
            entries = [entry for entry in found.profile[section] if entry["key"] == key]
            if f"{section}/{key}" in taken_out:
                assert entries == []
            else:
                assert [merged.shown(entry[name]) for entry in entries] == [one.value]
                assert found.corrected[one.path] == one.pk
        assert all(
            len({entry["key"] for entry in found.profile[section]}) == len(found.profile[section])
            for section in merged.ENTRIES
        )
        assert Profile.from_json(found.profile)


@settings(max_examples=100, deadline=None)
@given(st.data(), PROFILE)
def test_corrections_touch_nothing_else_and_without_them_all_is_as_it_was_read(data, profile):
    standing = made(data, profile)
    read = merged.merge(profile.as_json(), []).profile

    found = merged.merge(profile.as_json(), standing).profile
    touched = {"/".join(one.path.split("/")[:2]) for one in standing}

    assert Profile.from_json(read) == profile
    for fact in set(merged.FACTS) - touched:
        assert found[fact] == read[fact]
    for section in merged.ENTRIES:
        untouched = [entry for entry in read[section] if f"{section}/{entry['key']}" not in touched]
        assert [entry for entry in found[section] if f"{section}/{entry['key']}" not in touched] == untouched


def test_an_entry_read_in_other_words_is_found_again_by_its_likeness():
    first = Profile(
        positions=(position("Data Enginer", "Quill Bank", "2021-03"), position("Analyst", "Nordlicht", "2018"))
    )
    later = Profile(
        positions=(position("Analyst", "Nordlicht", "2018"), position("Data Engineer II", "Quill Bank", "2021-03"))
    )
    key, seen = entry_of(first, 0)
    standing = [merged.Correction(f"positions/{key}/title", "Data Engineer", False, seen, 1)]

    found = merged.merge(later.as_json(), standing).profile["positions"]

    assert [(merged.shown(one["title"]), merged.shown(one["employer"])) for one in found] == [
        ("Analyst", "Nordlicht"),
        ("Data Engineer", "Quill Bank"),
    ]


def position(title: str, employer: str, start: str | None) -> Position:
    return Position(said(title), said(employer), None, start, None, False, said(f"{title} at {employer}"), 0.9)


def said(value: str) -> Found:
    return Found(value, 0, len(value), 0.9)


def entry_of(profile: Profile, number: int, section: str = "positions") -> tuple[str, dict]:
    entry = merged.merge(profile.as_json(), []).profile[section][number]
    return entry["key"], {name: value for name, value in entry.items() if name != "key"}


# On the record

LIFE = Profile(
    name=said("SAMIRA RAHIMI"),
    headline=said("Data Engineer"),
    emails=(Found("samira@rahimi.example", 20, 41, 0.9),),
    positions=(position("Data Enginer", "Quill Bank", "2021-03"), position("Analyst", "Nordlicht", "2018")),
    skills=(
        Skill("Python", (said("Python"),), "skills", True, 40),
        Skill("Jira", (said("Jira"),), "skills", False, None),
    ),
)


@pytest.fixture
def person(db):
    return CandidateFactory(name="Samira Rahimi")


def read_as(person, profile: Profile) -> Document:
    """A résumé of this person that was read to this profile: what a parse leaves behind, whatever the parser is."""
    from django.utils import timezone

    document, _ = Document.objects.get_or_create(
        candidate=person,
        kind="resume",
        defaults={"name": "cv.pdf", "size": 1, "status": "ready", "uploaded_at": timezone.now(), "file": "documents/x"},
    )
    ParsedProfile.objects.update_or_create(
        document=document,
        defaults={
            "status": "done",
            "due_at": timezone.now(),
            "parsed_at": timezone.now(),
            "profile": profile.as_json(),
        },
    )
    return document


def key_of(person, section: str, number: int = 0) -> str:
    return record.current(person).merged.profile[section][number]["key"]


def test_a_value_put_right_stands_says_who_did_it_and_survives_the_next_reading(person, recruiter):
    read_as(person, LIFE)

    corrections.correct_fact(person, "name", "Samira  Rahimi", by=recruiter)
    corrections.correct_entry(
        person, "positions", key_of(person, "positions"), {"title": "Data Engineer", "end": "now"}, by=recruiter
    )
    read_as(person, Profile(name=said("Curriculum Vitae"), positions=LIFE.positions[1:]))

    found = record.current_profile(person)
    assert found.name.value == "Samira Rahimi"
    assert [(one.title.value, one.employer.value, one.is_current) for one in found.positions] == [
        ("Data Engineer", "Quill Bank", True),
        ("Analyst", "Nordlicht", False),
    ]
    assert {(row.path.rpartition("/")[2], row.by) for row in ProfileCorrection.objects.all()} == {
        ("name", recruiter),
        ("title", recruiter),
        ("end", recruiter),
    }
    assert person.events.filter(kind="profile.corrected").count() == 3


def test_what_stands_there_already_is_no_correction(person, recruiter):
    read_as(person, LIFE)

    corrections.correct_fact(person, "headline", "Data Engineer", by=recruiter)
    corrections.correct_entry(
        person, "positions", key_of(person, "positions"), {"employer": "Quill Bank"}, by=recruiter
    )

    assert not ProfileCorrection.objects.exists()


def test_a_correction_corrected_again_keeps_the_last_word_and_both_rows(person, recruiter):
    read_as(person, LIFE)
    key = key_of(person, "positions")

    corrections.correct_entry(person, "positions", key, {"title": "Engineer"}, by=recruiter)
    corrections.correct_entry(person, "positions", key, {"title": "Data Engineer"}, by=recruiter)

    assert record.current_profile(person).positions[0].title.value == "Data Engineer"
    assert [row.taken_back_at is None for row in ProfileCorrection.objects.order_by("pk")] == [False, True]


def test_taking_a_correction_back_lets_what_was_read_stand_again(person, recruiter):
    read_as(person, LIFE)
    row = corrections.correct_fact(person, "headline", "Engineer", by=recruiter)

    corrections.take_back(row, by=recruiter)
    corrections.take_back(row, by=recruiter)

    assert record.current_profile(person) == LIFE
    assert person.events.filter(kind="profile.correction_taken_back").count() == 1


def test_skills_are_added_and_taken_out(person, recruiter):
    read_as(person, LIFE)

    corrections.add_entry(person, "skills", {"name": "Kafka"}, by=recruiter)
    corrections.remove_entry(person, "skills", key_of(person, "skills", 1), by=recruiter)
    with pytest.raises(Refused, match="there already"):
        corrections.add_entry(person, "skills", {"name": "kafka"}, by=recruiter)

    assert [skill.name for skill in record.current_profile(person).skills] == ["Python", "Kafka"]
    added = next(entry["key"] for entry in record.current(person).merged.profile["skills"] if entry["name"] == "Kafka")
    corrections.remove_entry(person, "skills", added, by=recruiter)
    read_as(person, LIFE)
    assert [skill.name for skill in record.current_profile(person).skills] == ["Python"]


@pytest.mark.parametrize(
    ("section", "values", "word"),
    [
        ("positions", {"title": "", "employer": ""}, "Give at least title or employer"),
        ("positions", {"start": "May 2020"}, "not a month"),
        ("positions", {"start": "2021-03", "end": "2019"}, "ends before it begins"),
        ("positions", {"title": "x" * 300}, "too long"),
        ("emails", {"value": "samira"}, "not an e-mail address"),
        ("languages", {"name": "French", "level": "so so"}, "not one of the levels"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(person, recruiter, section, values, word):
    read_as(person, LIFE)

    with pytest.raises(Refused, match=word):
        if section == "positions":
            corrections.correct_entry(person, section, key_of(person, section), values, by=recruiter)
        else:
            corrections.add_entry(person, section, values, by=recruiter)

    assert not ProfileCorrection.objects.exists()


@pytest.mark.parametrize("end", ["2021-03", "2021", "now", "03/2021"])
def test_months_are_taken_as_people_write_them(person, recruiter, end):
    read_as(person, LIFE)

    corrections.correct_entry(person, "positions", key_of(person, "positions"), {"end": end}, by=recruiter)

    found = record.current_profile(person).positions[0]
    assert (found.end, found.is_current) == (
        (None, True) if end == "now" else ({"03/2021": "2021-03"}.get(end, end), False)
    )


def test_what_follows_from_the_entries_is_added_up_again(person, recruiter, monkeypatch):
    read_as(person, LIFE)
    first, second = (key_of(person, "positions", number) for number in (0, 1))

    corrections.correct_entry(person, "positions", first, {"start": "2020-01", "end": "2021-12"}, by=recruiter)
    corrections.correct_entry(person, "positions", second, {"start": "2019-01", "end": "2020-06"}, by=recruiter)
    corrections.add_entry(person, "languages", {"name": "Français", "level": "c1"}, by=recruiter)

    found = record.current_profile(person)
    assert found.years_computed == 3.0
    assert [(one.code, one.level) for one in found.languages] == [("fr", "C1")]


def test_an_entry_that_is_gone_meanwhile_is_said_and_nothing_is_written(person, recruiter):
    read_as(person, LIFE)
    key = key_of(person, "positions")
    read_as(person, Profile())

    with pytest.raises(Refused, match="no longer there"):
        corrections.correct_entry(person, "positions", key, {"title": "Engineer"}, by=recruiter)


def test_a_correction_lets_search_know(person, recruiter, monkeypatch):
    asked = []
    monkeypatch.setattr(corrections.search, "refresh_soon", lambda *ids: asked.extend(ids))
    read_as(person, LIFE)
    before = person.updated_at

    row = corrections.correct_fact(person, "headline", "Engineer", by=recruiter)
    corrections.take_back(row, by=recruiter)

    person.refresh_from_db()
    assert asked == [person.pk, person.pk]
    assert person.updated_at > before


def test_merged_people_keep_the_survivors_word_and_part_with_their_own(person, recruiter):
    other = CandidateFactory(name="Samira Rahimi")
    read_as(person, LIFE)
    mine = corrections.correct_fact(person, "headline", "Engineer", by=recruiter)
    theirs = corrections.correct_fact(other, "headline", "Head of data", by=recruiter)
    corrections.add_entry(other, "skills", {"name": "Kafka"}, by=recruiter)

    deed = merging.merge(person, other, by=recruiter)
    united = record.current_profile(person)
    merging.unmerge(deed, by=recruiter)

    assert (united.headline.value, [skill.name for skill in united.skills]) == ("Engineer", ["Python", "Jira", "Kafka"])
    assert set(ProfileCorrection.objects.standing().filter(candidate=person)) == {mine}
    assert theirs in ProfileCorrection.objects.standing().filter(candidate=other)
    assert [skill.name for skill in record.current_profile(other).skills] == ["Kafka"]
