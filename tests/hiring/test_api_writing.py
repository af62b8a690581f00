"""Writing by the API: the one matching function, the verbs of the pages, and never twice (DATA-9, PRIV-1, SEC-2)."""

from __future__ import annotations

import json
import threading

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import api_keys, candidates
from hiring.api import once
from hiring.models import ApiAnswer, Candidate, ContactPoint, CustomField, Document, Note, TimelineEvent
from tests import factories, files
from tests.hiring.api_calls import Program, said, wrong


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def program(recruiter):
    return Program(recruiter)


@pytest.fixture
def fair(db):
    return factories.SourceFactory(name="Career fair", kind="event")


def mira(**changes):
    return {
        "name": "Mira Sol",
        "emails": ["Mira@Sol.example"],
        "source": "career FAIR",
        "purpose": "sourcing",
        "basis": "legitimate_interest",
    } | changes


# --- intake ---------------------------------------------------------------------------------------------------------


def test_somebody_new_is_created_with_source_and_basis(program, recruiter, fair):
    CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number")
    body = mira(phones=["06 39 98 00 41"], tags=["energy"], custom_fields={"notice": 3}, location="Lyon")

    response = program.post("/candidates", body)

    assert response.status_code == 201, response.content
    person = Candidate.objects.get()
    assert response.json() == {"outcome": "created", "id": person.pk, "filled": [], "suspects": []}
    assert (person.name, person.source, person.owner, person.location) == ("Mira Sol", fair, recruiter, "Lyon")
    assert person.notice_due_on  # PRIV-4
    basis = person.bases.get()
    assert (basis.purpose, basis.basis) == ("sourcing", "legitimate_interest")
    assert set(ContactPoint.objects.values_list("value", flat=True)) == {"mira@sol.example", "+33639980041"}
    value = person.custom_values.get()
    assert (int(value.number), value.origin, value.set_by) == (3, "api", recruiter)
    assert [use.tag.name for use in person.tags.all()] == ["energy"]


def test_somebody_known_is_joined_and_nothing_is_overwritten(program, fair, world):
    CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number")
    person = world.candidate
    candidates.edit(person, by=None, headline="Engineer")
    program.patch(f"/candidates/{person.pk}", {"custom_fields": {"notice": "1"}})
    body = mira(
        name="N. Haddad", emails=["noor@haddad.example"], headline="Other", company="Gridwise", phones=["+33639980041"]
    )

    response = program.post("/candidates", body | {"custom_fields": {"notice": "9"}})

    assert (response.status_code, response.json()["outcome"], response.json()["id"]) == (200, "joined", person.pk)
    assert set(response.json()["filled"]) >= {"company", "phone"}
    person.refresh_from_db()
    assert (person.name, person.headline, person.company) == ("Noor Haddad", "Engineer", "Gridwise")
    assert int(person.custom_values.get().number) == 1
    assert Candidate.objects.count() == 1


def test_somebody_much_like_another_is_said_to_be(program, fair, world):
    candidates.edit(world.candidate, by=None, company="Gridwise")
    from hiring import duplicates

    duplicates.look([world.candidate.pk])

    found = program.post("/candidates", mira(name="Noor Haddad", company="Gridwise")).json()

    assert found["outcome"] == "suspected" and found["id"] != world.candidate.pk
    assert [one["id"] for one in found["suspects"]] == [world.candidate.pk] and found["suspects"][0]["reasons"]


def test_what_is_wrong_is_said_field_by_field_and_nothing_is_kept(program, fair):
    CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number", is_required=True)
    bad = mira(emails=["nobody"], time_zone="Mars/North", source="Moon", owner="x@y.example", basis="contract")

    assert wrong(program.post("/candidates", bad)).keys() == {"emails.0", "time_zone", "source", "owner", "basis"}
    assert wrong(program.post("/candidates", mira(emails=[]))).keys() == {"emails"}
    assert wrong(program.post("/candidates", {"name": "Mira"})).keys() == {"source", "purpose", "basis"}
    assert wrong(program.post("/candidates", mira(stage="hired", is_staff=True))).keys() == {"stage", "is_staff"}
    assert wrong(program.post("/candidates", mira())) == {"custom_fields.notice": "Notice has to be filled in."}
    assert wrong(program.post("/candidates", mira(custom_fields={"notice": "soon"}))).keys() == {"custom_fields.notice"}
    strange = wrong(program.post("/candidates", mira(custom_fields={"notice": 1, "secret": 1})))
    assert strange == {"custom_fields.secret": "There is no such field."}
    odd = program.post("/candidates", mira(custom_fields={"notice": {"a": 1}}))
    assert wrong(odd).keys() == {"custom_fields.notice"}
    assert said(program.post("/candidates", "{"))[0] in (400, 422)
    assert (Candidate.objects.count(), ApiAnswer.objects.count(), TimelineEvent.objects.count()) == (0, 0, 0)


# --- once -----------------------------------------------------------------------------------------------------------


def test_a_call_sent_again_is_carried_out_once(program, recruiter, world):
    address, body = f"/candidates/{world.candidate.pk}/notes", {"text": "Would move to Lyon."}
    first = program.post(address, body, Idempotency_Key="first-note")
    again = program.post(address, body, Idempotency_Key="first-note")

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again["Idempotency-Replayed"] == "true" and Note.objects.count() == 1
    other = program.post(address, {"text": "Something else."}, Idempotency_Key="first-note")
    assert said(other) == (422, once.OTHER)
    assert said(program.post(address, body, Idempotency_Key="")) == (400, once.MISSING)
    assert Program(recruiter, name="Another").post(address, body, Idempotency_Key="first-note").status_code == 201
    assert Note.objects.count() == 2  # the key of another program says nothing and is nothing
    kept = ApiAnswer.objects.first()
    assert "first-note" not in kept.call and "Lyon" not in json.dumps(kept.body)


def test_a_call_that_failed_may_be_sent_again_put_right(program, world):
    address = f"/candidates/{world.candidate.pk}/notes"

    assert program.post(address, {"text": ""}, Idempotency_Key="the-note-1").status_code == 422
    assert program.post(address, {"text": "Fine."}, Idempotency_Key="the-note-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_call_that_is_running_is_not_begun_again(recruiter, world):
    """What two of them would do at once, one does; the other is told to wait instead of standing in line."""
    program = Program(recruiter)
    sent = "the-same-call"
    address = f"/candidates/{world.candidate.pk}/notes"
    call = once._digest(f"{program.key.pk}:{sent}".encode())
    held, done = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [call])
            held.set()
            done.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    answer = program.post(address, {"text": "Now."}, Idempotency_Key=sent)
    done.set()
    other.join()

    assert said(answer) == (409, once.RUNNING)
    assert program.post(address, {"text": "Now."}, Idempotency_Key=sent).status_code == 201


# --- changing -------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_changed_and_nothing_else(program, recruiter, admin, world, fair):
    level = CustomField.objects.create(kind="candidate", key="level", name="Level", type="choice")
    level.options.create(label="Senior")
    for name in ("energy", "old"):
        candidates.tag(world.candidate, name, by=recruiter)
    address = f"/candidates/{world.candidate.pk}"
    before = program.get(address)

    changes = {"headline": "Lead", "source": str(fair.pk), "owner": admin.email, "tags": ["Energy", "speaker"]}
    response = program.patch(address, changes | {"custom_fields": {"level": "senior"}}, If_Match=before["ETag"])

    assert response.status_code == 200, response.content
    found = response.json()
    assert (found["headline"], found["source"]["name"], found["owner"]["name"]) == ("Lead", "Career fair", str(admin))
    assert (found["tags"], found["custom_fields"]) == (["energy", "speaker"], {"level": "Senior"})
    assert found["name"] == before.json()["name"] and response["ETag"] == program.get(address)["ETag"]
    emptied = program.patch(
        address, {"source": None, "owner": None, "custom_fields": {"level": None}, "tags": []}
    ).json()
    assert (emptied["source"], emptied["owner"], emptied["custom_fields"], emptied["tags"]) == (None, None, {}, [])


def test_contact_points_are_added_taken_away_and_put_first(program, recruiter, world):
    address, person = f"/candidates/{world.candidate.pk}", world.candidate
    candidates.arrange_contact_points(person, "email", ["old@mail.example", "kept@mail.example"], by=recruiter)
    kept = ContactPoint.objects.get(value="kept@mail.example")
    ContactPoint.objects.filter(pk=kept.pk).update(raw="Kept@Mail.example")

    def points(response):
        assert response.status_code == 200, response.content
        return [(one["raw"], one["is_primary"]) for one in response.json()["contact_points"]]

    changed = points(
        program.patch(address, {"emails": ["new@mail.example", "kept@mail.example"], "phones": ["06 39 98 00 41"]})
    )
    again = points(program.patch(address, {"emails": ["KEPT@mail.example", "new@mail.example", "New@Mail.example"]}))
    gone = points(program.patch(address, {"phones": [], "emails": ["kept@mail.example"], "headline": "Lead"}))

    assert changed == [("new@mail.example", True), ("Kept@Mail.example", False), ("06 39 98 00 41", True)]
    assert again == [("Kept@Mail.example", True), ("new@mail.example", False), ("06 39 98 00 41", True)]
    assert gone == [("Kept@Mail.example", True)] and ContactPoint.objects.filter(pk=kept.pk).exists()
    kinds = set(person.events.filter(actor=recruiter).values_list("kind", flat=True))
    assert kinds >= {f"candidate.contact_point_{what}" for what in ("added", "removed", "preferred")}


def test_a_contact_point_of_somebody_else_changes_nothing(program, recruiter, world):
    other = factories.CandidateFactory(name="Somebody Else")
    candidates.add_contact_point(other, "link", "linkedin.com/in/else", by=recruiter)
    address = f"/candidates/{world.candidate.pk}"
    before = program.get(address).json()

    status, sentence = said(
        program.patch(address, {"headline": "x", "emails": [], "links": ["https://www.linkedin.com/in/Else/"]})
    )

    assert status == 409 and "belongs to Somebody Else" in sentence
    assert program.get(address).json() == before
    assert wrong(program.patch(address, {"emails": ["no address"]})).keys() == {"emails.0"}


def test_who_was_quicker_is_not_overwritten(program, recruiter, world):
    address = f"/candidates/{world.candidate.pk}"
    tag = program.get(address)["ETag"]
    candidates.edit(world.candidate, by=recruiter, headline="Principal")

    assert said(program.patch(address, {"headline": "Lead"}, If_Match=tag))[0] == 412
    assert Candidate.objects.get(pk=world.candidate.pk).headline == "Principal"


def test_a_change_is_whole_or_not_at_all(program, world):
    CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number")
    address = f"/candidates/{world.candidate.pk}"

    bad = wrong(program.patch(address, {"headline": "Lead", "custom_fields": {"notice": "soon"}}))
    assert bad.keys() == {"custom_fields.notice"}
    assert wrong(program.patch(address, {"merged_into": 1, "headline": "x" * 201})).keys() == {
        "merged_into",
        "headline",
    }
    assert wrong(program.patch(address, {"name": "", "language": "", "source": "Moon"})).keys() >= {"name"}
    assert Candidate.objects.get(pk=world.candidate.pk).headline == ""
    assert not TimelineEvent.objects.filter(kind="candidate.edited").exists()


def test_a_private_field_is_neither_seen_nor_written(world):
    CustomField.objects.create(kind="candidate", key="pay", name="Pay", type="money", is_private=True, roles=["admin"])
    program = Program(world.people["coordinator"])

    found = wrong(program.patch(f"/candidates/{world.candidate.pk}", {"custom_fields": {"pay": 1}}))
    assert found == {"custom_fields.pay": "There is no such field."}


# --- files and notes ------------------------------------------------------------------------------------------------


def test_a_file_passes_the_checks_of_an_upload(program, recruiter, world):
    address = f"/candidates/{world.candidate.pk}/documents"
    first = program.upload(address, {"file": ContentFile(files.pdf(), name="cv.pdf"), "kind": "resume"})
    again = program.upload(address, {"file": ContentFile(files.pdf(), name="cv.pdf")})

    document = Document.objects.get()
    assert (first.status_code, again.json()) == (201, first.json())
    assert (first.json()["id"], document.uploaded_by, document.kind) == (document.pk, recruiter, "resume")
    bad = wrong(program.upload(address, {"file": ContentFile(b"MZ\x90\x00", name="cv.exe")}))
    assert bad.keys() == {"file"} and bad["file"]
    assert wrong(program.upload(address, {"kind": "resume"})).keys() == {"file"}
    assert wrong(program.upload(address, {"file": ContentFile(b"x", name="x.txt"), "kind": "offer_letter"})).keys() == {
        "kind"
    }


def test_a_file_sent_again_is_the_same_call_only_with_the_same_bytes(program, world):
    address = f"/candidates/{world.candidate.pk}/documents"
    name = {"Idempotency-Key": "the-file-1"}
    first = program.upload(address, {"file": ContentFile(files.pdf(), name="cv.pdf")}, **name)

    assert program.upload(address, {"file": ContentFile(files.pdf(), name="cv.pdf")}, **name).json() == first.json()
    assert said(program.upload(address, {"file": ContentFile(b"Other", name="cv.txt")}, **name))[0] == 422


def test_notes_are_whose_key_it_is(program, recruiter, world):
    address = f"/candidates/{world.candidate.pk}/notes"
    found = program.post(
        address, {"text": " Call me\x00 ", "kind": "call", "job": world.job.pk, "visibility": "private"}
    )

    note = Note.objects.get(pk=found.json()["id"])
    assert (note.text, note.author, note.kind, note.visibility, note.job) == (
        "Call me", recruiter, "call", "private", world.job,
    )  # fmt: skip
    secret = factories.JobFactory(confidential=True)
    assert wrong(program.post(address, {"text": "x", "job": secret.pk})).keys() == {"job"}
    assert said(program.post("/candidates/999999/notes", {"text": "x"}))[0] == 404


# --- anything at all ------------------------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "name",
    "emails",
    "phones",
    "links",
    "headline",
    "source",
    "owner",
    "tags",
    "custom_fields",
    "time_zone",
    "language",
]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), ANYTHING, max_size=4))
def test_no_body_breaks_the_intake_or_a_change(program, fair, world, changed):
    CustomField.objects.get_or_create(kind="candidate", key="notice", defaults={"name": "Notice", "type": "number"})
    cache.clear()
    taken = program.post("/candidates", mira(**changed))
    edited = program.patch(f"/candidates/{world.candidate.pk}", changed)

    assert taken.status_code in (200, 201, 409, 422), taken.content
    assert edited.status_code in (200, 409, 422), edited.content
    assert api_keys.ANSWERS_KEPT
