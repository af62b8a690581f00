"""JSON Resume in and out (DATA-7): what comes in goes out again as it was, with what was corrected since."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring.documents import reading
from hiring.errors import Refused
from hiring.models import Candidate, Document, ProcessingBasis
from hiring.resumes import corrections, exchange, handing_out, json_resume, merged, parsing, place_parts, record
from hiring.resumes.profile import Profile
from tests.factories import CandidateFactory, EmailFactory
from tests.hiring.test_corrections import LIFE, PROFILE, read_as

SAMIRA = {
    "basics": {
        "name": "Samira Rahimi",
        "label": "Senior data engineer",
        "email": "samira@rahimi.example",
        "phone": "+33 6 39 98 00 41",
        "url": "https://rahimi.example",
        "image": "https://rahimi.example/me.jpg",
        "summary": "Builds pipelines that\ncan be explained.",
        "location": {"city": "Paris", "countryCode": "FR", "postalCode": "75011"},
        "profiles": [{"network": "GitHub", "username": "samira", "url": "https://github.com/samira"}],
    },
    "work": [
        {"name": "Quill Bank", "position": "Senior data engineer", "startDate": "2021-03-15", "highlights": ["Moved 40 TB."]},
        {"name": "Nordlicht", "position": "Analyst", "startDate": "2018", "endDate": "2021-02", "x-team": {"size": 4}},
    ],
    "volunteer": [{"organization": "Code club", "position": "Mentor"}],
    "education": [{"institution": "École 42", "area": "Computing", "studyType": "MSc", "endDate": "2018", "courses": ["Ada"]}],
    "awards": [{"title": "Best pipe", "date": "2022-11"}],
    "certificates": [{"name": "CKA", "date": "2023-01-01", "issuer": "CNCF"}],
    "publications": [{"name": "On streams"}],
    "skills": [{"name": "Languages", "level": "Master", "keywords": ["Python", "SQL"]}, {"name": "Kafka"}],
    "languages": [{"language": "French", "fluency": "Native speaker"}, {"language": "Farsi", "fluency": "Rather good"}],
    "interests": [{"name": "Climbing", "keywords": ["indoor"]}],
    "references": [{"name": "Mara Lind", "reference": "She is great."}],
    "projects": [{"name": "streams", "roles": ["lead"]}],
    "meta": {"version": "v1.0.0", "theme": "elegant"},
    "x-unknown": [1, None, {"deep": True}],
}  # fmt: skip


def file_of(data: object, name: str = "samira.json") -> ContentFile:
    return ContentFile(data if isinstance(data, bytes) else json.dumps(data).encode(), name=name)


def brought_in(data: object, **more) -> Candidate:
    candidate, _ = exchange.bring_in(file_of(data), by=None, purpose="sourcing", basis="legitimate_interest", **more)
    for document in candidate.documents.filter(status="stored"):
        reading.read(document.pk)
    return candidate


def test_what_comes_in_goes_out_again_as_it_was_and_is_a_document_with_pages_and_text(db):
    person = brought_in(SAMIRA)

    document, profile = person.documents.get(), record.current_profile(person)
    text = document.extracted.text
    assert exchange.export(person) == SAMIRA
    assert (document.kind, document.content_type, document.status, document.name) == (
        "resume",
        "application/json",
        "ready",
        "samira.json",
    )
    assert document.pages.count() == 1 and document.places.words
    assert (person.name, person.headline, person.location) == ("Samira Rahimi", "Senior data engineer", "Paris, FR")
    assert set(person.contact_points.values_list("kind", flat=True)) == {"email", "phone", "link"}
    assert ProcessingBasis.objects.get(candidate=person).purpose == "sourcing"
    assert [(one.title.value, one.employer.value, one.start, one.end, one.is_current) for one in profile.positions] == [
        ("Senior data engineer", "Quill Bank", "2021-03", None, True),
        ("Analyst", "Nordlicht", "2018", "2021-02", False),
    ]
    assert [skill.name for skill in profile.skills] == ["Python", "SQL", "Kafka"]
    assert [(one.name.value, one.level) for one in profile.languages] == [("French", "native"), ("Farsi", "")]
    found = [
        profile.name,
        *profile.emails,
        profile.positions[0].title,
        profile.education[0].school,
        profile.certificates[0].name,
    ]
    assert [text[one.start : one.end] for one in found] == [one.value for one in found]
    assert "Moved 40 TB." in text


def test_only_what_was_corrected_changes_in_the_file_and_the_rest_is_kept(db, recruiter):
    person = brought_in(SAMIRA)
    entries = record.current(person).merged.profile

    corrections.correct_fact(person, "headline", "Head of data", by=recruiter)
    corrections.correct_entry(
        person, "positions", entries["positions"][1]["key"], {"title": "Data analyst"}, by=recruiter
    )
    corrections.correct_entry(person, "positions", entries["positions"][0]["key"], {"end": "2024-05"}, by=recruiter)
    corrections.remove_entry(person, "skills", entries["skills"][1]["key"], by=recruiter)
    corrections.add_entry(person, "skills", {"name": "Spark"}, by=recruiter)
    corrections.remove_entry(person, "languages", entries["languages"][1]["key"], by=recruiter)
    corrections.add_entry(person, "emails", {"value": "sam@rahimi.example"}, by=recruiter)

    expected = copy.deepcopy(SAMIRA)
    expected["basics"]["label"] = "Head of data"
    expected["work"][0]["endDate"] = "2024-05"
    expected["work"][1]["position"] = "Data analyst"
    expected["skills"] = [
        {"name": "Languages", "level": "Master", "keywords": ["Python"]},
        {"name": "Kafka"},
        {"name": "Spark"},
    ]
    expected["languages"] = expected["languages"][:1]
    expected["meta"]["throughline"] = {"emails": ["sam@rahimi.example"]}
    assert exchange.export(person) == expected


@settings(max_examples=150, deadline=None)
@given(PROFILE)
def test_a_profile_that_goes_out_comes_in_and_goes_out_the_same(profile):
    out = handing_out.write(merged.merge(profile.as_json(), ()).profile)

    back = json_resume.read(json.dumps(out).encode())
    text, again = json_resume.written_out(back)
    once_more = handing_out.write(merged.merge(again.as_json(), ()).profile, original=back, read=again.as_json())

    assert once_more == out
    assert Profile.from_json(again.as_json()) == again
    for one in (
        *again.emails,
        *(found for entry in again.positions for found in (entry.title, entry.employer) if found),
    ):
        assert text[one.start : one.end] == one.value
    assert [(one.title.value if one.title else "", one.start) for one in again.positions] == [
        (one.title.value if one.title else "", one.start) for one in profile.positions
    ]


LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text("aé\n ", max_size=6)
WITHIN = {"max_size": 3}
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, **WITHIN) | st.dictionaries(st.text("abc", **WITHIN), inner, **WITHIN)
)
PARTS = st.sampled_from(
    ["basics", "work", "education", "skills", "languages", "certificates", "meta", "volunteer", "x"]
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(PARTS, ANYTHING, max_size=5))
def test_any_object_is_taken_and_given_back_or_refused_with_a_sentence(data):
    try:
        found = json_resume.read(json.dumps(data).encode())
    except Refused as refused:
        assert refused.sentence.endswith(".")
        return

    _, profile = json_resume.written_out(found)

    assert (
        handing_out.write(merged.merge(profile.as_json(), ()).profile, original=found, read=profile.as_json()) == data
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"basics": {\n  "name": "Samira",,\n}}', "line 2, column 20"),
        (b'{"basics": {"name": "Samira"}', "line 1, column 30: a comma is missing"),
        (b'{"basics": "Samira', "line 1, column 12: a text begins that does not end"),
        (b"", "empty"),
        (b"[]", "one object"),
        (b'{"a": NaN}', "NaN is no number"),
        ('{"a": "é"}'.encode("latin-1"), "not UTF-8 text: byte 8"),
        (b'{"a": "\\ud800"}', "a holds a character that no text has"),
        (b'{"work": [{"position": "x\\u0000"}]}', "work[0].position holds a character"),
        (b"[" * 5000, "nested more deeply"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "nested more deeply"),
        (b'{"work": {}}', "work has to be a list"),
        (b'{"work": [1]}', "work[0] has to be an object"),
        (b'{"work": [{"startDate": "May 2020"}]}', "work[0].startDate is \u201cMay 2020\u201d"),
        (b'{"basics": {"name": 5}}', "basics.name has to be a text"),
        (b'{"skills": [{"keywords": [1]}]}', "skills[0].keywords has to be a list of texts"),
        (b'{"basics": {"email": "a@b.example"}}', "basics.name is missing"),
        (b'{"basics": {"name": "Samira"}}', "no e-mail address, phone number or link"),
        (b'{"basics": {"name": "Samira", "email": "nowhere"}}', "not an e-mail address"),
        (b"{" + b" " * json_resume.MAX_BYTES + b"}", "larger than 1 MB"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(client, recruiter, data, words):
    client.force_login(recruiter)

    answer = client.post(reverse("json_resume_import"), {"file": file_of(data), "why": "sourcing"})

    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&quot;", '"')
    assert not Candidate.objects.exists() and not Document.objects.exists()


def test_somebody_known_gets_the_file_as_a_further_resume(client, recruiter):
    known = EmailFactory(candidate__name="Samira Rahimi", value="samira@rahimi.example").candidate
    client.force_login(recruiter)

    answer = client.post(reverse("json_resume_import"), {"file": file_of(SAMIRA), "why": "sourcing"}, follow=True)

    assert "You already know Samira Rahimi. The résumé is on the record." in answer.content.decode()
    assert Candidate.objects.get() == known
    assert known.documents.get().uploaded_by == recruiter


def test_a_file_is_added_to_a_record_where_documents_are(client, recruiter):
    person = CandidateFactory()
    client.force_login(recruiter)
    url = reverse("candidate_add_document", args=[person.pk])

    wrong = client.post(url, {"file": file_of(b"{"), "kind": "resume"}, headers={"HX-Request": "true"})
    right = client.post(url, {"file": file_of(SAMIRA), "kind": "resume"})

    assert (wrong.status_code, "line 1, column 2" in wrong["HX-Trigger"]) == (409, True)
    assert right.status_code == 302 and person.documents.get().content_type == "application/json"


def test_a_profile_goes_out_as_an_attachment_to_those_who_may_see_the_person(client, recruiter, outsider):
    person = CandidateFactory(name="Samira “Sam” Rahimi")
    url = reverse("candidate_json_resume", args=[person.pk])
    client.force_login(recruiter)
    before = client.get(url).status_code
    read_as(person, LIFE)

    answer = client.get(url)
    client.force_login(outsider)

    assert (before, client.get(url).status_code) == (404, 404)
    assert answer["Content-Type"] == "application/json" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Samira")
    out = answer.json()
    assert out["$schema"] == json_resume.SCHEMA
    assert [(one["position"], one["name"]) for one in out["work"]] == [
        ("Data Enginer", "Quill Bank"),
        ("Analyst", "Nordlicht"),
    ]
    assert out["skills"] == [{"name": "Python"}, {"name": "Jira"}]


def test_a_parse_of_the_stored_file_gives_the_same_profile_again(db):
    person = brought_in(SAMIRA)
    first = record.current_profile(person)

    record.expect(person.documents.get())
    record.parse([person.documents.get().pk])

    assert record.current_profile(person) == first


def test_points_of_a_job_that_was_read_go_out_as_highlights_and_come_back():
    text = (
        "Samira Rahimi\nsamira@rahimi.example\n\nExperience\nSenior data engineer, Quill Bank, Paris\n03/2021 – today\n"
        "Ran the platform team of six.\n• Moved 40 TB without a night shift\n• Cut costs by half, in\n  three months\n"
        "Data engineer at Orchard SA\n2017 - 02/2021\n• Built streams\n"
    )
    read = parsing.parse(text, regions=["FR"], today=dt.date(2026, 6, 1))

    out = handing_out.write(merged.merge(read.as_json(), ()).profile)
    written, again = json_resume.written_out(out)

    assert [(one.get("summary"), one["highlights"]) for one in out["work"]] == [
        ("Ran the platform team of six.", ["Moved 40 TB without a night shift", "Cut costs by half, in three months"]),
        (None, ["Built streams"]),
    ]
    assert [[one.value for one in job.highlights] for job in again.positions] == [
        one["highlights"] for one in out["work"]
    ]
    assert [written[job.when.start : job.when.end] for job in again.positions if job.when] == [
        "2021-03 – now",
        "2017 – 2021-02",
    ]
    kept = merged.merge(again.as_json(), ()).profile
    assert handing_out.write(kept, original=out, read=again.as_json()) == out
    assert [text[job.when.start : job.when.end] for job in read.positions if job.when] == [
        "03/2021 – today",
        "2017 - 02/2021",
    ]


def test_links_go_out_with_their_scheme_and_a_place_in_its_parts(db, recruiter):
    text = (
        "Ines Varga\nAustin, TX\nines@varga.example | linkedin.com/in/ines-varga | http://varga.example/me\n\n"
        "Skills\nSQL\n"
    )
    read = parsing.parse(text, regions=["US"], today=dt.date(2026, 6, 1))

    out = handing_out.write(merged.merge(read.as_json(), ()).profile)
    _, again = json_resume.written_out(out)

    assert out["basics"]["profiles"] == [
        {"network": "LinkedIn", "url": "https://linkedin.com/in/ines-varga"},
        {"url": "http://varga.example/me"},
    ]
    assert out["basics"]["location"] == {"city": "Austin", "region": "TX", "countryCode": "US"}
    assert again.location.value == "Austin, TX, US"
    assert handing_out.write(merged.merge(again.as_json(), ()).profile, original=out, read=again.as_json()) == out

    person = brought_in(SAMIRA)
    corrections.add_entry(person, "links", {"value": "xing.com/profile/samira_r"}, by=recruiter)
    corrections.correct_fact(person, "location", "Zürich, Schweiz", by=recruiter)
    basics = exchange.export(person)["basics"]
    assert [one["url"] for one in basics["profiles"]] == [
        "https://github.com/samira",
        "https://xing.com/profile/samira_r",
    ]
    assert (basics["url"], basics["location"]) == ("https://rahimi.example", {"city": "Zürich", "countryCode": "CH"})


@pytest.mark.parametrize(
    ("where", "parts"),
    [
        ("Lyon", {"city": "Lyon"}),
        ("69001 Lyon, France", {"postalCode": "69001", "city": "Lyon", "countryCode": "FR"}),
        ("75011, Paris, FR", {"postalCode": "75011", "city": "Paris", "countryCode": "FR"}),
        ("Berlin, DE", {"city": "Berlin", "countryCode": "DE"}),
        ("Wilmington, DE", {"city": "Wilmington", "region": "DE", "countryCode": "US"}),
        ("Toronto, ON", {"city": "Toronto", "region": "ON", "countryCode": "CA"}),
        ("Leeds, West Yorkshire, UK", {"city": "Leeds", "region": "West Yorkshire", "countryCode": "GB"}),
        ("Deutschland", {"countryCode": "DE"}),
        ("Singapore", {"city": "Singapore", "countryCode": "SG"}),
        ("Remote", {"city": "Remote"}),
        (" , ", {}),
    ],
)
def test_a_place_is_parted_only_where_its_parts_are_known(where, parts):
    assert place_parts.parts_of(where) == parts
