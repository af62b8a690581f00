"""The audit chain: every door is heard, nothing is altered unnoticed (REC-3..7)."""

from __future__ import annotations

import json
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from compliance import capture, chain
from compliance.models import AuditEntry, AuditSeal
from hiring import logs
from hiring.context import acting
from hiring.models import ContactPoint, Department, User
from tests.factories import CandidateFactory, DepartmentFactory


def entries_of(row):
    found = AuditEntry.objects.filter(table_name=row._meta.db_table, object_id=str(row.pk)).order_by("id")
    return [(entry.action, entry.door, entry.actor_id) for entry in found]


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def tamper(statement, *params):
    """What a database owner could do: switch the refusal off, change the past, switch it on again."""
    sql("SET session_replication_role = replica")
    try:
        sql(statement, *params)
    finally:
        sql("SET session_replication_role = origin")


def seal_until(count):
    """Seal `count` entries, in one seal as far as that is up to us. Another database's transaction on the same server can
    hold the window back for a moment, so wait until nothing older than the entries runs."""
    done, deadline = 0, time.monotonic() + 30
    while done < count and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())), true) FROM audit_entry"
            )
            if cursor.fetchone()[0]:
                done += chain.seal()
        time.sleep(0.02)
    return done


@pytest.fixture
def sealed(transactional_db, tmp_path, settings):
    """Nine entries in three seals."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    # Other tests' entries stay in these append-only tables, so start this chain from nothing.
    sql("SET session_replication_role = replica")
    sql("DELETE FROM audit_entry; DELETE FROM audit_payload; DELETE FROM audit_seal")
    sql("SET session_replication_role = origin")
    for batch in range(3):
        for number in range(3):
            DepartmentFactory(name=f"Department {batch}.{number}")
        assert seal_until(3) == 3
    return list(AuditEntry.objects.order_by("id"))


@pytest.mark.django_db
def test_a_change_in_a_page_names_actor_and_door(recruiter):
    with acting(door="page", actor_id=recruiter.pk, request_id="r1", ip="127.0.0.1"):
        department = DepartmentFactory()

    entry = AuditEntry.objects.get(table_name="hiring_department", object_id=str(department.pk))
    assert (entry.action, entry.door, entry.actor_id, entry.request_id, entry.ip) == (
        "insert",
        "page",
        recruiter.pk,
        "r1",
        "127.0.0.1",
    )


@pytest.mark.django_db
def test_direct_sql_is_heard_as_such():
    department = DepartmentFactory()
    raw = connection.connection
    raw.execute("SELECT set_config('throughline.context', '', true)")

    raw.execute("UPDATE hiring_department SET name = 'Renamed by hand' WHERE id = %s", [department.pk])

    assert entries_of(department) == [("insert", "shell", None), ("update", "sql", None)]


@pytest.mark.django_db
def test_bulk_changes_are_heard_row_by_row():
    with acting(door="task"):
        made = Department.objects.bulk_create([Department(name=f"Bulk {number}") for number in range(3)])
        Department.objects.filter(pk__in=[row.pk for row in made]).update(name=connection_upper())
        Department.objects.filter(pk=made[0].pk).delete()

    assert entries_of(made[1]) == [("insert", "task", None), ("update", "task", None)]
    assert AuditEntry.objects.filter(table_name="hiring_department", action="delete").count() == 1


@pytest.mark.django_db
def test_rows_added_and_removed_by_the_thousand_are_recorded_as_one_by_one(recruiter):
    """The statement's trigger writes what the row's would: the same words, hashes that hold, one entry a row."""
    one, other = CandidateFactory.create_batch(2)
    with acting(door="task", actor_id=recruiter.pk, request_id="r9"):
        points = [
            ContactPoint(candidate=person, kind="phone", raw="1", value=f"+3363998{person.pk:04}")
            for person in (one, other)
        ]
        ContactPoint.objects.bulk_create(points)
        ContactPoint.objects.filter(pk=points[0].pk).update(raw="2")
        ContactPoint.objects.filter(candidate__in=[one, other]).delete()

    for point in points:
        assert entries_of(point)[:1] + entries_of(point)[-1:] == [
            ("insert", "task", recruiter.pk),
            ("delete", "task", recruiter.pk),
        ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.action, e.request_id, p.body, e.payload_hash = audit_payload_hash(p.salt, p.body), e.row_hash = audit_row_hash(e.id,"
            " e.xid, e.at, e.actor_id, e.door, e.request_id, e.ip, e.action, e.table_name, e.object_id, e.payload_hash)"
            " FROM audit_entry e JOIN audit_payload p ON p.entry_id = e.id"
            " WHERE e.table_name = 'hiring_contactpoint' AND e.object_id = %s ORDER BY e.id",
            [str(points[0].pk)],
        )
        added, changed, removed = cursor.fetchall()
    assert (added[0], added[1], added[3:], changed[0], removed[0], removed[3:]) == (
        "insert", "r9", (True, True), "update", "delete", (True, True),
    )  # fmt: skip
    said = json.loads(added[2])
    assert said | {"raw": "1", "kind": "phone", "candidate_id": one.pk, "id": points[0].pk} == said
    assert json.loads(removed[2]) == said | {"raw": "2"}
    assert not capture.BY_STATEMENT & set(capture.HASHED)


def connection_upper():
    from django.db.models.functions import Upper

    return Upper("name")


@pytest.mark.django_db
def test_an_update_keeps_before_and_after_of_what_changed_only():
    department = DepartmentFactory(name="Before")
    department.name = "After"
    department.save()

    entry = AuditEntry.objects.filter(table_name="hiring_department", action="update").latest("id")
    assert entry.payload.body == {"name": ["Before", "After"]}


@pytest.mark.django_db
def test_saving_without_a_change_leaves_no_entry():
    department = DepartmentFactory()

    department.save()

    assert [action for action, _, _ in entries_of(department)] == ["insert"]


@pytest.mark.django_db
def test_passwords_are_recorded_only_as_changed(recruiter):
    recruiter.set_password("correct horse battery")
    recruiter.save()

    entry = AuditEntry.objects.filter(table_name="hiring_user", action="update").latest("id")
    assert all(side.startswith("sha256:") for side in entry.payload.body["password"])


@pytest.mark.django_db
def test_the_context_survives_a_rolled_back_savepoint(recruiter):
    with acting(door="page", actor_id=recruiter.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            DepartmentFactory(name="Once")
            DepartmentFactory(name="Once")
        department = DepartmentFactory(name="Twice")

    assert entries_of(department) == [("insert", "page", recruiter.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_write_outside_a_transaction_carries_the_context_too():
    with acting(door="command"):
        department = DepartmentFactory()
    with acting(door="task"):
        Department.objects.filter(pk=department.pk).update(name="Later")

    assert entries_of(department) == [("insert", "command", None), ("update", "task", None)]


@pytest.mark.django_db
def test_a_read_costs_no_extra_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        list(Department.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(("table", "assignment"), [("audit_entry", "door = 'x'"), ("audit_seal", "n = 0")])
def test_the_chain_refuses_change(statement, table, assignment):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement.format(table, assignment))


def test_an_untouched_chain_holds(sealed):
    proof = chain.verify()

    assert (proof.entries, proof.seals, proof.unsealed, proof.finding) == (9, 3, 0, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 99 WHERE id = %s",
        'UPDATE audit_payload SET body = \'{"name": "Nobody"}\' WHERE entry_id = %s',
        "DELETE FROM audit_entry WHERE id = %s",
        "UPDATE audit_entry SET actor_id = 99, row_hash = audit_row_hash(id, xid, at, 99, door, request_id, ip, action, table_name,"
        " object_id, payload_hash) WHERE id = %s",
    ],
    ids=["altered", "payload altered", "removed", "rewritten with its hash"],
)
def test_tampering_names_the_row(sealed, statement):
    victim = sealed[4]

    tamper(statement, victim.pk)

    assert chain.verify().finding.entry == victim.pk


def test_an_entry_slipped_into_a_sealed_window_is_named(sealed):
    tamper(
        "INSERT INTO audit_entry SELECT 900000, xid, at, 7, door, request_id, ip, action, table_name, object_id, payload_hash,"
        " audit_row_hash(900000, xid, at, 7, door, request_id, ip, action, table_name, object_id, payload_hash)"
        " FROM audit_entry WHERE id = %s",
        sealed[4].pk,
    )

    assert chain.verify().finding.entry == 900000


def test_a_cut_tail_is_found_by_the_published_anchor(sealed):
    tamper("DELETE FROM audit_entry WHERE id >= %s", sealed[6].pk)
    tamper("DELETE FROM audit_seal WHERE seal = 3")

    assert chain.verify().finding.seal == 3


def test_a_rebuilt_chain_is_found_by_the_published_anchor(sealed):
    tamper("DELETE FROM audit_entry WHERE id = %s", sealed[4].pk)
    tamper("DELETE FROM audit_seal")
    seal_until(8)

    assert "published" in chain.verify().finding.sentence


def test_an_erased_payload_leaves_the_proof_whole(sealed):
    """REC-6: the words can go, the chain stays and says who took them."""
    assert chain.erase_words([sealed[4].pk]) == 1

    proof = chain.verify()
    assert (proof.finding, proof.erased) == (None, 1)
    assert AuditEntry.objects.get(action="erase").object_id == str(sealed[4].pk)


def test_words_cannot_be_wiped_by_plain_sql(sealed):
    with pytest.raises(ProgrammingError, match=f"audit entry {sealed[4].pk} are erased by the product only"):
        sql("DELETE FROM audit_payload WHERE entry_id = %s", sealed[4].pk)


def test_words_that_were_taken_behind_the_triggers_back_are_missed(sealed):
    tamper("DELETE FROM audit_payload WHERE entry_id = %s", sealed[4].pk)

    finding = chain.verify().finding
    assert (finding.entry, finding.sentence) == (
        sealed[4].pk,
        f"The words of entry {sealed[4].pk} are gone, and nothing records an erasure.",
    )


def test_an_entry_that_commits_late_is_sealed_exactly_once(sealed):
    started, go = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                DepartmentFactory(name="Slow")
                started.set()
                go.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(10)
    DepartmentFactory(name="Quick")
    first = chain.seal()
    go.set()
    thread.join()
    second = seal_until(2)

    assert (first, second) == (0, 2)
    assert chain.verify().unsealed == 0


def test_the_command_fails_with_the_row_it_found(sealed, capsys):
    tamper("UPDATE audit_entry SET door = 'page' WHERE id = %s", sealed[2].pk)

    with pytest.raises((SystemExit, CommandError)):
        call_command("verify_audit")

    assert f"Entry {sealed[2].pk}" in capsys.readouterr().err


def test_the_command_says_that_the_chain_holds(sealed, capsys):
    call_command("verify_audit")

    assert "9 entries in 3 seals" in capsys.readouterr().out


def test_each_seal_is_published_outside_the_database(sealed, settings):
    published = [json.loads(line) for line in settings.AUDIT_ANCHOR_FILE.read_text().splitlines()]

    stored = AuditSeal.objects.order_by("seal")
    assert [(p["seal"], p["hash"]) for p in published] == [(s.seal, bytes(s.hash).hex()) for s in stored]


def test_each_seal_is_in_the_log_that_leaves_the_machine(sealed, caplog):
    """Whoever owns the database cannot reach it there; so the line has to say the hash, in the form it is written in."""
    caplog.set_level("INFO")
    chain.note("signed_in", "hiring_user", 1)
    assert seal_until(1) == 1

    last = AuditSeal.objects.order_by("-seal").first()
    (said,) = [json.loads(logs.JsonFormatter().format(one)) for one in caplog.records if "sealed" in one.message]
    assert (said["seal"], said["hash"]) == (last.seal, bytes(last.hash).hex())


@pytest.mark.django_db
def test_every_table_of_ours_is_tracked_or_says_why_not():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_row'")
        triggered = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname IN ('audit_added', 'audit_removed')"
        )
        at_once = set(cursor.fetchall())

    assert triggered == {model._meta.db_table for model in capture.tracked_models()}
    assert at_once == {
        (table, name)
        for table in capture.BY_STATEMENT
        for name in ("audit_added", "audit_removed")
        if name == "audit_removed" or table not in capture.ONLY_LATER_CHANGES
    }


@pytest.mark.django_db
def test_signing_in_is_an_entry(client, recruiter):
    client.force_login(recruiter)
    entry = AuditEntry.objects.get(action="signed_in", object_id=str(recruiter.pk))
    assert entry.actor_id == recruiter.pk
    assert User.objects.get(pk=recruiter.pk).is_active


def test_merkle_root_depends_on_order_and_number():
    leaves = [bytes([n]) * 32 for n in range(5)]
    roots = {
        chain.merkle_root(leaves),
        chain.merkle_root(leaves[::-1]),
        chain.merkle_root(leaves[:4]),
        chain.merkle_root([]),
    }
    assert len(roots) == 4
