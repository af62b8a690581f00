"""Reading by the API: the grammar, the pages, one person, and nothing beyond what the key's user sees (SEC-1, DATA-10)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import candidates, custom_fields, documents, notes, search
from hiring.api import describing
from hiring.documents import reading
from hiring.models import Candidate, CustomField, SearchRecord
from hiring.resumes import record
from sourcing import referrals  # noqa: F401 - floors above are there, as in the product
from tests import factories, files
from tests.hiring.api_calls import Program, said, wrong

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def program(recruiter):
    return Program(recruiter)


def people(count, by):
    found = []
    for number in range(count):
        person, _ = candidates.create(
            name=f"Person {number:02}", emails=[f"p{number}@mail.example"], headline="Data Engineer", by=by, **SOURCED
        )
        candidates.tag(person, "energy", by=by)
        found.append(person)
    search.refresh([person.pk for person in found])
    return found


def test_the_list_answers_the_grammar_of_the_search_box(program, recruiter, world):
    people(2, recruiter)

    found = program.get("/candidates", {"q": 'name:"Person 01" tag:energy'}).json()

    assert [row["name"] for row in found["items"]] == ["Person 01"]
    row = found["items"][0]
    assert (row["tags"], row["owner"]["email"]) == (["energy"], recruiter.email)
    assert [point["value"] for point in row["contact_points"]] == ["p1@mail.example"]
    assert (found["total"], found["is_estimate"], found["next"]) == (1, False, None)


def test_a_mistake_is_answered_with_its_place(program):
    response = program.get("/candidates", {"q": "python (kafka"})

    status, detail = said(response)
    assert status == 400 and detail
    assert (response.json()["code"], response.json()["start"], response.json()["end"]) == ("query", 7, 13)
    assert wrong(program.get("/candidates", {"q": "x" * 2000})).keys() == {"q"}
    assert wrong(program.get("/candidates", {"size": 101})).keys() == {"size"}


def test_every_search_is_written_down_whole(program, recruiter, world):
    """EQ-12. Nothing of what a program asks is being typed, so a longer question is a second one; a further page is not."""
    people(3, recruiter)
    first = program.get("/candidates", {"q": "tag:energy", "size": 2}).json()
    program.get("/candidates", {"q": "tag:energy", "size": 2, "after": first["next"]})
    program.get("/candidates", {"q": "tag:energy Person"})
    program.get("/candidates")

    kept = [(one.query, one.by, len(one.shown)) for one in SearchRecord.objects.order_by("pk")]
    assert kept == [("tag:energy", recruiter, 3), ("tag:energy Person", recruiter, 3)]


def test_a_list_with_contact_points_is_an_export(recruiter, coordinator, world):
    """SEC-1. Who may not take lists of people out of the product reads how to reach them one by one."""
    pk = world.candidate.pk
    program = Program(coordinator)
    in_list, alone = program.get("/candidates").json()["items"][0], program.get(f"/candidates/{pk}").json()

    assert (in_list["contact_points"], in_list["custom_fields"], len(alone["contact_points"])) == (None, None, 1)
    assert len(Program(recruiter).get("/candidates").json()["items"][0]["contact_points"]) == 1


@pytest.mark.parametrize("sort", ["newest", "name", "contact", "best"])
def test_pages_show_everybody_once_in_every_order(program, recruiter, sort):
    known = {person.pk for person in people(7, recruiter)}
    asked, seen = {"q": "engineer", "size": 3, "sort": sort}, []

    while True:
        page = program.get("/candidates", asked).json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        asked["after"] = page["next"]

    assert (len(seen), set(seen)) == (7, known)
    assert wrong(program.get("/candidates", {"after": "made up", "sort": sort})).keys() == {"after"}


def test_a_page_asks_no_more_for_more_people(program, recruiter):
    CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number")
    everybody = people(9, recruiter)
    for person in everybody:
        custom_fields.set_values(person, recruiter, {"notice": "3"})
    program.get("/candidates", {"q": "tag:energy"})
    asked = []

    for size in (2, 8):
        with CaptureQueriesContext(connection) as found:
            page = program.get("/candidates", {"q": "tag:energy", "size": size}).json()
        assert len(page["items"]) == size and page["items"][0]["custom_fields"] == {"notice": "3"}
        asked.append(len(found))

    assert asked[0] == asked[1] < 15


@pytest.mark.parametrize("count", [1, 6])
def test_one_person_asks_no_more_for_more_that_hangs_on_them(
    program, recruiter, world, count, django_assert_num_queries
):
    for _ in range(count):
        factories.ApplicationFactory(candidate=world.candidate, stage=factories.StageFactory(), status="rejected")
        candidates.tag(world.candidate, factories.SourceFactory().name, by=recruiter)
    address = f"/candidates/{world.candidate.pk}"
    program.get(address)

    with django_assert_num_queries(8):
        assert len(program.get(address).json()["applications"]) == count + 1


def test_one_person_in_full(program, recruiter, world):
    CustomField.objects.create(kind="candidate", key="start", name="Start", type="date")
    level = CustomField.objects.create(kind="candidate", key="levels", name="Levels", type="multi")
    for label in ("Junior", "Senior"):
        level.options.create(label=label)
    pay = CustomField.objects.create(
        kind="candidate", key="pay", name="Pay", type="money", is_private=True, roles=["admin"]
    )
    said_of = {"start": "2026-12-01", "levels": ["Junior", "Senior"]}
    custom_fields.set_values(world.candidate, recruiter, said_of)
    custom_fields.set_values(world.candidate, world.people["admin"], {"pay": "70000"})
    notes.write(world.candidate, "A secret note", by=world.people["admin"], visibility="private")
    document = documents.store(world.candidate, ContentFile(files.pdf(), name="cv.pdf"), "resume")
    reading.read(document.pk)
    record.parse([document.pk])

    found = program.get(f"/candidates/{world.candidate.pk}").json()
    above = Program(world.people["admin"]).get(f"/candidates/{world.candidate.pk}").json()

    assert (found["name"], found["custom_fields"]) == ("Noor Haddad", said_of)
    assert above["custom_fields"] == {**said_of, "pay": "70000"} and pay.key not in json.dumps(found)
    assert [(one["job"], one["stage"], one["status"]) for one in found["applications"]] == [
        (world.job.pk, "applied", "active")
    ]
    assert found["resume"]["basics"] and "A secret note" not in json.dumps(above)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", found["created_at"])


def test_an_etag_saves_the_answer_until_something_changes(program, recruiter, world):
    address = f"/candidates/{world.candidate.pk}"
    tag = program.get(address)["ETag"]

    again = program.get(address, None, **{"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-store")
    candidates.tag(world.candidate, "energy", by=recruiter)
    assert program.get(address, None, **{"If-None-Match": tag}).status_code == 200


def test_a_record_that_was_merged_sends_on_to_the_survivor(program, recruiter, world):
    from hiring import merging

    gone = factories.EmailFactory(candidate__name="Nour Haddad", value="nour@haddad.example").candidate
    merging.merge(world.candidate, gone, by=recruiter)

    response = program.get(f"/candidates/{gone.pk}")

    assert (response.status_code, response["Location"]) == (308, f"/api/v1/candidates/{world.candidate.pk}")
    assert program.patch(f"/candidates/{gone.pk}", {"headline": "x"}).status_code == 308
    assert said(Program(world.people["outsider"]).get(f"/candidates/{gone.pk}"))[0] == 404


def test_a_key_sees_what_its_user_sees(world):
    """Whom, which jobs, whose pay: the answers differ by role exactly as the pages do."""
    secret = factories.JobFactory(title="Head of Trading", confidential=True, pay_min=90_000)
    other = factories.ApplicationFactory(stage__job=secret, candidate=world.candidate)
    factories.CandidateFactory(name="Somebody Else")
    world.job.pay_min = 50_000
    world.job.save()
    people, programs = world.people, {}

    def seen(role):
        program = programs.get(role) or programs.setdefault(role, Program(people[role]))
        jobs = program.get("/jobs").json().get("items", [])
        one = program.get(f"/candidates/{world.candidate.pk}")
        applied = [a["job"] for a in one.json()["applications"]] if one.status_code == 200 else one.status_code
        named = {row["name"] for row in program.get("/candidates").json().get("items", [])}
        return [(job["title"], bool(job["pay"])) for job in jobs], applied, len(named)

    assert seen("recruiter") == ([("Data Engineer", True)], [world.job.pk], 2)
    assert seen("coordinator") == ([("Data Engineer", False)], [world.job.pk], 2)
    assert seen("hiring_manager") == ([("Data Engineer", True)], [world.job.pk], 1)
    assert seen("interviewer") == ([], [world.job.pk], 0)
    assert seen("outsider") == ([], 404, 0)
    secret.team.create(user=people["outsider"], role="hiring_manager")
    assert seen("outsider") == ([("Head of Trading", True)], [secret.pk], 1)
    assert said(Program(people["interviewer"], name="b").get("/jobs"))[0] == 403
    assert other.pk not in {a["id"] for a in Program(people["admin"]).get("/applications").json()["items"]}


def test_the_catalogue_names_what_may_be_seen(program, world):
    level = CustomField.objects.create(kind="candidate", key="level", name="Level", type="choice", is_required=True)
    level.options.create(label="Senior")
    CustomField.objects.create(kind="job", key="budget", name="Budget", type="money", is_private=True, roles=["admin"])
    CustomField.objects.create(kind="offer", key="car", name="Car", type="text")

    assert [(one["key"], one["kind"]) for one in program.get("/custom-fields").json()] == [
        ("level", "candidate"),
        ("car", "offer"),
    ]
    found = program.get("/custom-fields", {"kind": "candidate"}).json()
    assert (found[0]["options"][0]["label"], found[0]["is_required"]) == ("Senior", True)
    assert wrong(program.get("/custom-fields", {"kind": "planet"})).keys() == {"kind"}
    factories.SourceFactory(name="Fair", is_active=False)
    assert "Fair" not in [one["name"] for one in program.get("/sources").json()]


def test_jobs_come_in_pages(program, recruiter, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("hiring.api.catalogue.PAGE", 2)
    ids = [factories.JobFactory().pk for _ in range(5)]
    first = program.get("/jobs").json()
    with django_assert_num_queries(4):
        second = program.get("/jobs", {"after": first["next"]}).json()
    third = program.get("/jobs", {"after": second["next"]}).json()

    pages = [[job["id"] for job in page["items"]] for page in (first, second, third)]
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]] and third["next"] is None
    assert program.get("/jobs", {"status": "closed"}).json()["items"] == []
    one = first["items"][0]
    assert program.get(f"/jobs/{one['id']}").json() == one
    secret = factories.JobFactory(confidential=True)
    assert said(program.get(f"/jobs/{secret.pk}"))[0] == said(program.get("/jobs/999999"))[0] == 404


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.text(max_size=60), after=st.text(max_size=30), sort=st.sampled_from(["newest", "best", "name", "contact", "x"])
)
def test_no_question_breaks_the_list(program, world, q, after, sort):
    cache.clear()
    response = program.get("/candidates", {"q": q, "after": after, "sort": sort})

    assert response.status_code in (200, 400, 422), response.content


# --- the document ---------------------------------------------------------------------------------------------------


def test_the_document_describes_every_operation(client, recruiter, db):
    found = client.get(reverse("api:openapi")).json()

    assert found["openapi"].startswith("3.1")
    assert found["components"]["securitySchemes"]["Key"] == {"type": "http", "scheme": "bearer"}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            named = f"{method} {path}"
            assert operation["security"] == [{"Key": []}], named
            assert operation["description"] and operation["summary"], named
            assert "Problem" in json.dumps(operation["responses"]), named
            if method == "post":
                assert any(one["name"] == "Idempotency-Key" for one in operation["parameters"]), named


def test_what_programs_rely_on_stays(db):
    """DATA-10: tests/hiring/api_surface.txt is what was promised as version 1. Adding to it is fine: renew the file with what this
    test prints. Taking something away, or requiring more, breaks programs: that is another version, under /api/v2/."""
    lines = [
        f"{call.method} {call.path} ?{names(call.given)} <{names(call.body)} >{names(call.answer)}"
        for group in describing.groups("/")
        for call in group.calls
    ]
    for shape, schema in sorted(describing.document()["components"]["schemas"].items()):
        lines.append(f"{shape}: {names(describing.members(schema))}")
    said = "\n".join(lines)

    assert said + "\n" == (Path(__file__).parent / "api_surface.txt").read_text()


def names(members):
    return ",".join(f"{one.name}{'!' if one.is_required else ''}" for one in members)


def test_the_page_explains_every_operation_and_a_call_to_copy(client, recruiter):
    client.force_login(recruiter)
    page = client.get(reverse("api_docs")).content.decode()
    found = client.get(reverse("api:openapi")).json()

    for path, methods in found["paths"].items():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page and path in page
    assert page.count("Authorization: Bearer $KEY") == sum(len(methods) for methods in found["paths"].values())
    assert "`" not in page and "“next” of the page before" in page  # marks for code are for programs that read Markdown
    assert 'src="http' not in page and Candidate.objects.count() == 0
