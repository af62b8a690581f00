"""The résumé beside what was read from it: states, highlights, corrections in place, taking values over, looking for words."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import documents
from hiring.documents import preview, reading
from hiring.models import Document, ParsedProfile, ProfileCorrection
from hiring.resumes import corrections, record
from hiring.resumes.profile import Found, Position, Profile, Skill
from tests import files
from tests.factories import CandidateFactory

SWAP = {"HX-Request": "true", "HX-Target": "parsed"}
TEXT = "\n".join(files.RESUME)


def at(words: str, confidence: float = 0.9, value: str | None = None) -> Found:
    """Where these words stand in the résumé of the tests."""
    start = TEXT.index(words)
    return Found(value or words, start, start + len(words), confidence)


def life() -> Profile:
    title, employer = at("Senior data engineer"), at("Quill Bank", 0.6)
    whole = at("Senior data engineer at Quill Bank in Paris since 2021.")
    return Profile(
        name=at("Samira Rahimi"),
        headline=at("Senior data engineer", 0.4),
        location=at("Paris"),
        emails=(at("samira@rahimi.example"),),
        positions=(Position(title, employer, at("Paris"), "2021", None, True, whole, 0.9, at("since 2021")),),
        skills=(Skill("Data engineering", (at("data engineer"),), "experience", True, 40),),
        years_computed=5.0,
    )


@pytest.fixture
def read(db, monkeypatch):
    """A person whose résumé was read and parsed to `life`, whatever the parser makes of it."""
    monkeypatch.setattr(record, "read_text", lambda document, text: life())
    document = documents.store(CandidateFactory(name="S. Rahimi"), ContentFile(files.pdf(), name="cv.pdf"), "resume")
    reading.read(document.pk)
    return document


@pytest.fixture
def signed_in(client, recruiter):
    client.force_login(recruiter)
    return client


def page_of(client, document, /, **query) -> str:
    answer = client.get(reverse("candidate_resume", args=[document.candidate_id]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def parsed_of(client, candidate, /, **query) -> str:
    return client.get(reverse("candidate_parsed", args=[candidate.pk]), query, headers=SWAP).content.decode()


def key(document, section: str) -> str:
    return record.current(document.candidate).merged.profile[section][0]["key"]


# Shown


def test_each_value_leads_to_its_place_on_the_page_and_in_the_text(signed_in, read):
    page = page_of(signed_in, read)
    title = f"positions/{key(read, 'positions')}/title"

    months = title.replace("/title", "/when")
    for path in (
        "name",
        "location",
        title,
        months,
        f"emails/{key(read, 'emails')}/value",
        f"skills/{key(read, 'skills')}",
    ):
        ident = f"place-{path.replace('/', '-')}"
        assert f'href="#{ident}"' in page
        assert re.search(rf'<rect id="{ident}" x="\d+" y="\d+" width="\d+" height="\d+" data-place="{path}"', page)
        assert re.search(rf'<span[^>]* data-place="[^"]*{path}', page)
        assert f'data-reads="{path}"' in page
    assert "Senior data engineer" in page and "2021 – now" in page and "5 years" in page


def test_doubt_is_said_in_words_and_never_as_a_number(signed_in, read):
    parsed = parsed_of(signed_in, read.candidate)

    assert "not certain" in parsed and "a guess" in parsed
    assert not re.search(r"0\.[469]|\d ?%", parsed)


@pytest.mark.parametrize(
    ("state", "parsed", "words"),
    [
        ({"status": "stored"}, {}, ["Reading…", "load delay:1s", "Reading the file…"]),
        ({}, {"status": "due"}, ["Reading…", "load delay:1s"]),
        ({"status": "held", "problem": "The scanner is down."}, {}, ["Held until it is found clean", "held until a virus scanner"]),
        ({"status": "failed", "problem": "The PDF is damaged."}, {"profile": {}}, ["could not be read", "Nothing could be read"]),
        ({"problem": "It looks like a scan."}, {"profile": {}}, ["It looks like a scan", "it may be a scan"]),
        ({}, {"status": "failed", "profile": {}}, ["could not be taken apart"]),
    ],
)  # fmt: skip
def test_the_page_says_in_which_state_the_reading_is(signed_in, read, state, parsed, words):
    Document.objects.update(**state)
    ParsedProfile.objects.update(**parsed)

    page = page_of(signed_in, read)

    assert [word for word in words if word not in page] == []
    assert ("load delay" in page) == ("Reading…" in words)


def test_an_older_resume_is_shown_as_one_and_corrected_nowhere(signed_in, read):
    newer = documents.store(read.candidate, ContentFile(b"Samira Rahimi, engineer", name="new.txt"), "resume")
    reading.read(newer.pk)

    old, new = page_of(signed_in, read, document=read.pk), page_of(signed_in, read)

    assert "An older résumé" in old and "Correct the name" not in old
    assert "An older résumé" not in new and "Correct the name" in new
    assert "newest, " in new and f'href="?document={read.pk}"' in new


def test_other_documents_are_shown_without_a_profile(signed_in, read):
    letter = documents.store(read.candidate, ContentFile(b"Dear team", name="letter.txt"), "cover_letter")
    reading.read(letter.pk)

    page = page_of(signed_in, read, document=letter.pk)

    assert "Only résumés are read" in page and "Dear team" in page and "Cover letter, " in page


def test_a_person_without_documents_has_a_page_all_the_same(signed_in):
    answer = signed_in.get(reverse("candidate_resume", args=[CandidateFactory().pk]))

    assert answer.status_code == 200
    assert "No document yet" in answer.content.decode()


def test_what_a_file_says_is_escaped_wherever_it_is_shown(signed_in, read):
    evil = "<script>alert(1)</script>"
    hostile = Profile(
        name=Found(evil, 0, 5, 0.9),
        skills=(Skill(evil, (Found(evil, 0, 5, 0.9),), "skills", True, 1),),
        warnings=(evil,),
    )
    ParsedProfile.objects.update(profile=hostile.as_json())

    page = page_of(signed_in, read, find=evil)

    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_the_page_asks_no_more_for_more_that_was_read(signed_in, read):
    url = reverse("candidate_resume", args=[read.candidate_id])
    signed_in.get(url)
    with CaptureQueriesContext(connection) as few:
        signed_in.get(url)
    many = life()
    ParsedProfile.objects.update(
        profile=Profile(
            positions=many.positions * 8,
            skills=tuple(Skill(f"S{n}", many.skills[0].evidence, "", True, 1) for n in range(40)),
        ).as_json()
    )
    for fact in ("name", "headline", "location"):
        ProfileCorrection.objects.create(candidate=read.candidate, path=fact, value="x", at=read.uploaded_at)
    with CaptureQueriesContext(connection) as lots:
        signed_in.get(url, {"find": "a"})

    assert len(lots) == len(few)


# Corrected in place


def test_a_form_opens_in_place_and_as_a_page(signed_in, read):
    path = f"positions/{key(read, 'positions')}"

    part = parsed_of(signed_in, read.candidate, correct=path)
    adding = parsed_of(signed_in, read.candidate, correct="skills/add")
    page = page_of(signed_in, read, correct="headline")
    elsewhere = signed_in.get(reverse("candidate_parsed", args=[read.candidate_id]), {"correct": "name"})

    assert f'name="path" value="{path}"' in part and reverse("profile_correct", args=[read.candidate_id]) in part
    assert 'name="section" value="skills"' in adding and reverse("profile_add", args=[read.candidate_id]) in adding
    assert 'value="Quill Bank"' in part and 'value="now"' in part and "<html" not in part
    assert 'name="value" value="Senior data engineer"' in page
    assert elsewhere["Location"].endswith("/resume/?correct=name#parsed")


def test_a_correction_by_swap_shows_who_made_it_and_offers_the_way_back(signed_in, recruiter, read):
    url = reverse("profile_correct", args=[read.candidate_id])

    answer = signed_in.post(url, {"path": "headline", "value": "Head of data"}, headers=SWAP)
    row = ProfileCorrection.objects.get()

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Head of data" in page and "corrected by Rita Recruiter" in page and "read as “Senior data engineer”" in page
    assert reverse("correction_take_back", args=[row.pk]) in answer["HX-Trigger"]

    undone = signed_in.post(reverse("correction_take_back", args=[row.pk]), headers={"HX-Request": "true"})
    assert "profile-corrected" in undone["HX-Trigger"]
    assert "Head of data" not in parsed_of(signed_in, read.candidate)


def test_each_correction_of_an_entry_is_shown_once_and_an_added_entry_as_added(signed_in, recruiter, read):
    person, entry = read.candidate, key(read, "positions")
    corrections.correct_entry(person, "positions", entry, {"title": "Engineer", "start": "2020"}, by=recruiter)
    corrections.add_entry(person, "education", {"degree": "MSc", "school": "École 42", "end": "2015"}, by=recruiter)

    page = parsed_of(signed_in, person)

    assert page.count("corrected by Rita Recruiter") == 2
    assert (
        page.count("Take back") == 2
        and "read as “Senior data engineer”" in page
        and "start corrected" in " ".join(page.split())
    )
    assert page.count("added by Rita Recruiter") == 1


def test_what_is_refused_keeps_what_was_typed(signed_in, read):
    path = f"positions/{key(read, 'positions')}"
    data = {"path": path, "title": "Engineer", "employer": "Quill", "location": "", "start": "last May", "end": ""}
    url = reverse("profile_correct", args=[read.candidate_id])

    part, page = signed_in.post(url, data, headers=SWAP), signed_in.post(url, data)

    for answer in (part, page):
        assert answer.status_code == 422
        assert "“last May” is not a month" in answer.content.decode()
        assert 'value="Quill"' in answer.content.decode()
    assert "<html" in page.content.decode() and not ProfileCorrection.objects.exists()


def test_without_scripts_every_act_leads_back_to_the_page(signed_in, read):
    person, skill = read.candidate, f"skills/{key(read, 'skills')}"
    back = reverse("candidate_resume", args=[person.pk]) + "#parsed"

    answers = [
        signed_in.post(reverse("profile_correct", args=[person.pk]), {"path": "location", "value": "Lyon"}),
        signed_in.post(reverse("profile_add", args=[person.pk]), {"section": "skills", "name": "Kafka"}),
        signed_in.post(reverse("profile_remove", args=[person.pk]), {"path": skill}),
        signed_in.post(reverse("correction_take_back", args=[ProfileCorrection.objects.get(path="location").pk])),
    ]

    assert [answer["Location"] for answer in answers] == [back] * 4
    found = record.current_profile(person)
    assert (found.location.value, [one.name for one in found.skills]) == ("Paris", ["Kafka"])
    assert "1 taken out" in page_of(signed_in, read)


@pytest.mark.parametrize("data", [{"path": "nothing"}, {"path": "positions"}, {"path": "name/x"}, {}])
def test_a_path_nobody_offers_is_a_bad_request(signed_in, read, data):
    assert signed_in.post(reverse("profile_correct", args=[read.candidate_id]), data).status_code == 400


def test_who_may_only_look_sees_no_way_to_correct(client, officer, read):
    client.force_login(officer)

    page = page_of(client, read)

    assert "Samira Rahimi" in page and "Correct the" not in page and "Take Data engineering out" not in page


# Taken over


def test_what_differs_from_the_record_is_taken_over_with_its_origin(signed_in, recruiter, read):
    person = read.candidate
    page = page_of(signed_in, read)
    assert "On the record: S. Rahimi" in page and page.count(">Use</button>") == 4

    for path in ("name", "headline", "location", f"emails/{key(read, 'emails')}"):
        signed_in.post(reverse("profile_use", args=[person.pk]), {"path": path})

    person.refresh_from_db()
    assert (person.name, person.headline, person.location) == ("Samira Rahimi", "Senior data engineer", "Paris")
    assert person.contact_points.get().value == "samira@rahimi.example"
    events = person.events.filter(kind__in=["candidate.edited", "candidate.contact_point_added"])
    assert [event.data["document"] for event in events] == [read.pk] * 4
    assert ">Use</button>" not in page_of(signed_in, read)
    assert "from <a" in signed_in.get(person.get_absolute_url()).content.decode()


def test_an_address_of_somebody_else_is_not_taken_over(signed_in, read):
    other = CandidateFactory(name="Sami Rahimi")
    other.contact_points.create(kind="email", value="samira@rahimi.example", raw="samira@rahimi.example")

    answer = signed_in.post(
        reverse("profile_use", args=[read.candidate_id]), {"path": f"emails/{key(read, 'emails')}"}, headers=SWAP
    )

    assert answer.status_code == 409
    assert "This belongs to Sami Rahimi." in answer["HX-Trigger"].encode().decode("unicode_escape")


# Looked for


def test_words_are_counted_and_marked_on_the_pages_and_in_the_text(signed_in, read):
    page = page_of(signed_in, read, find="SENIOR  data", at=1)
    count = len(preview.occurrences(TEXT, "senior data"))

    assert f"1 of {count}" in page
    assert re.search(r'<rect id="hit-1" [^>]*data-hit="1" data-current', page)
    assert re.search(r'<mark[^>]* data-hit="1" data-current', page)


def test_the_preview_as_a_link_leads_to_the_persons_page_at_the_place(signed_in, read):
    answer = signed_in.get(reverse("document_preview", args=[read.pk]), {"find": "Paris", "at": "1"})

    assert answer["Location"].endswith(f"/resume/?find=Paris&at=1&document={read.pk}#hit-1")


def test_what_is_not_there_is_said(signed_in, read):
    answer = signed_in.get(reverse("document_preview", args=[read.pk]), {"find": "Kubernetes"}, headers=SWAP)

    assert "Not found" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "find", "found"),
    [
        ("Zoë ZOE zoe\u0308", "zoe", ["Zoë", "ZOE", "zoe"]),
        ("Quill\nBank, Quill  Bank", "quill bank", ["Quill\nBank", "Quill  Bank"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("Straße STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("nothing", "  ", []),
        ("a.b", ".", ["."]),
    ],
)
def test_words_are_found_whatever_their_accents_case_and_line_breaks(text, find, found):
    assert [text[start:end] for start, end in preview.occurrences(text, find)] == found


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_pieces_are_the_text_again_whatever_lights_up(data):
    text = data.draw(st.text("abc \né", max_size=60))
    spot = st.tuples(st.integers(-5, 70), st.integers(-5, 70)).map(sorted)
    passages = [preview.Passage(f"k{n % 3}", *data.draw(spot)) for n in range(data.draw(st.integers(0, 6)))]
    hits = preview.occurrences(text, data.draw(st.text("abc ", max_size=3)))

    pieces = preview.pieces(text, passages, hits)

    assert "".join(piece.text for piece in pieces) == text
    assert all(end <= len(text) for _, end in hits)
    for number, (start, end) in enumerate(hits, 1):
        assert "".join(piece.text for piece in pieces if piece.hit == number) == text[start:end]


# Several files, and the profile's panel


def test_several_files_are_kept_together_or_not_at_all(signed_in, read):
    url = reverse("candidate_add_document", args=[read.candidate_id])
    good = [ContentFile(b"Dear team", name="letter.txt"), ContentFile(files.docx(), name="reference.docx")]

    kept = signed_in.post(url, {"file": good, "kind": "other"})
    refused = signed_in.post(
        url,
        {"file": [ContentFile(b"More", name="more.txt"), ContentFile(files.EXE, name="a.exe")], "kind": "other"},
        headers=SWAP,
    )

    assert kept.status_code == 302
    assert (
        refused.status_code == 409
        and "a.exe: " in refused["HX-Trigger"]
        and "None of the files was kept" in refused["HX-Trigger"]
    )
    assert sorted(read.candidate.documents.values_list("name", flat=True)) == ["cv.pdf", "letter.txt", "reference.docx"]


def test_the_profile_shows_in_brief_what_the_resume_says_once_it_stands(signed_in, read):
    page = signed_in.get(read.candidate.get_absolute_url()).content.decode()
    brief = signed_in.get(
        reverse("candidate_parsed", args=[read.candidate_id]), headers={"HX-Request": "true", "HX-Target": "brief"}
    ).content.decode()

    assert 'id="brief"' in page and "Data engineering" not in page
    assert "Senior data engineer" in brief and "Data engineering" in brief and "2021 – now" in brief
    assert 'id="brief"' not in signed_in.get(CandidateFactory().get_absolute_url()).content.decode()
