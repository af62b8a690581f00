"""How fast a list of people comes in, through the code of the real task, from the file to the last row.

A hundred thousand rows: three in ten are people of the data set, one in twenty stands twice in the file. What is counted is the
whole: reading and checking the file, matching, writing people with contact points, bases and events, audited. Everything
is taken out again afterwards, so that the next run finds the same data set.
"""

from __future__ import annotations

import gc
import io
import random
import resource
import time
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from benchmarks.measure import Result
from demo import words
from hiring import duplicates
from hiring.context import acting
from hiring.models import Candidate, Source, User
from sourcing.imports import batches, checking, running, undoing
from sourcing.imports.models import ImportBatch

ROWS = 100_000
HEADER = "Name;E-mail;Phone;Company;Location;Headline;LinkedIn\n"


def imports(client: Client) -> list[Result]:
    """Rows a second from the uploaded file to people, and back; the limits are the same by plain SQL, unaudited."""
    data = table(ROWS, known=Candidate.objects.order_by("pk").values_list("pk", flat=True)[: ROWS * 3 // 10]).encode()
    user = User.objects.get(email="bench2@bench.example")
    source = Source.objects.get_or_create(name="Bench list", defaults={"kind": Source.Kind.IMPORT})[0]
    last = _highest()
    _with_blocks()
    began = time.perf_counter()
    with acting(door="task", actor_id=user.pk):
        batch = batches.take(SimpleUploadedFile("list.csv", data), by=user)
        batches.start_check(
            batch, mapping=batch.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
        )
        gc.freeze()  # as steps.do does
        checking.check(batch.pk)
        checked = time.perf_counter()
        batches.start_run(ImportBatch.objects.get(pk=batch.pk))
        running.run(batch.pk)
        gc.unfreeze()
    taken = time.perf_counter() - began
    done = ImportBatch.objects.get(pk=batch.pk)
    if done.status != ImportBatch.Status.DONE or sum(done.counts.values()) < ROWS:
        raise RuntimeError(f"import_100k ended as {done.status}: {done.problem} {done.counts}")
    print(
        f"  check {checked - began:.1f} s, run {began + taken - checked:.1f} s, {done.counts}, "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    began = time.perf_counter()
    with acting(door="task", actor_id=user.pk):
        batches.start_undo(done, by=user)
        gc.freeze()
        undoing.undo(batch.pk)
        gc.unfreeze()
    undone = time.perf_counter() - began
    done.refresh_from_db()
    if done.status != ImportBatch.Status.UNDONE or _highest() != last:
        raise RuntimeError(f"undo_import_100k ended as {done.status}, with people left")
    limit, undo_limit = plain_sql(data)
    clean_up(batch.pk, last)
    return [
        Result("import_100k", per_second=ROWS / taken, limit_per_second=limit),
        Result("undo_import_100k", per_second=ROWS / undone, limit_per_second=undo_limit),
    ]


def _with_blocks() -> None:
    """What suspected duplicates are found by, for everybody of the data set: the first run of a size pays for it."""
    without = Candidate.objects.live().filter(duplicate_look=None).order_by("pk").values_list("pk", flat=True)
    while ids := list(without[:2_000]):
        duplicates.look(ids)


def table(size: int, known: Any) -> str:
    """An invented list as CSV."""
    chance = random.Random(5)
    return HEADER + "".join(_lines(chance, size, list(known)))


def _lines(chance: random.Random, size: int, known: list[int]) -> Iterator[str]:
    given, family = list(words.GIVEN), list(words.FAMILY)
    for number in range(size):
        roll = chance.random()
        if known and roll < 0.3:
            email = f"p{chance.choice(known)}@bench.example"
        elif roll < 0.35 and number > 100:
            email = f"list{chance.randrange(number)}@list.example"
        else:
            email = f"list{number}@list.example"
        name = f"{chance.choice(given)} {chance.choice(family)}"
        city = chance.choice(words.CITIES)[0]
        employer = chance.choice(words.EMPLOYERS)
        link = f"https://www.linkedin.com/in/list-{number}/" if number % 2 else ""
        yield f"{name};{email};+33 7 {number:08};{employer};{city};Engineer at {employer};{link}\n"


def plain_sql(data: bytes) -> tuple[float, float]:
    """The same rows as bare as PostgreSQL can take them: COPY to a table, match by e-mail, insert people, points, bases, events;
    and those deleted again. Rows a second there and back."""
    rows = data.decode().partition("\n")[2]
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "CREATE TEMP TABLE staged (name text, email text, phone text, company text, location text, headline text, link text) ON COMMIT DROP"
        )
        with cursor.copy("COPY staged FROM STDIN (FORMAT csv, DELIMITER ';')") as copy:
            stream = io.StringIO(rows)
            while piece := stream.read(256 * 1024):
                copy.write(piece)
        cursor.execute(
            """
            CREATE TEMP TABLE fresh ON COMMIT DROP AS
            SELECT nextval(pg_get_serial_sequence('hiring_candidate', 'id')) AS id, s.* FROM (
                SELECT DISTINCT ON (lower(email)) * FROM staged) s
             WHERE NOT EXISTS (SELECT 1 FROM hiring_contactpoint p WHERE p.kind = 'email' AND p.value = 'x' || lower(s.email) AND p.is_live);
            INSERT INTO hiring_candidate (id, name, name_key, headline, company, location, country, time_zone, language, source_note,
                do_not_contact, do_not_contact_reason, collected_at, created_at, updated_at)
            SELECT id, name, lower(name), headline, company, location, '', '', 'en', '', false, '', now(), now(), now() FROM fresh;
            INSERT INTO hiring_contactpoint (candidate_id, kind, raw, value, is_primary, is_live, created_at)
            SELECT id, 'email', email, 'x' || lower(email), true, true, now() FROM fresh
            UNION ALL SELECT id, 'phone', phone, replace(phone, ' ', ''), true, true, now() FROM fresh
            UNION ALL SELECT id, 'link', link, 'x' || link, true, true, now() FROM fresh WHERE link <> '';
            INSERT INTO hiring_processingbasis (candidate_id, purpose, basis, controller, reference, started_at)
            SELECT id, 'sourcing', 'legitimate_interest', 'Bench', '', now() FROM fresh;
            INSERT INTO hiring_timelineevent (candidate_id, at, kind, data) SELECT id, now(), 'candidate.imported', '{}' FROM fresh
            """
        )
        taken = time.perf_counter() - began
        began = time.perf_counter()
        for table_name in ("hiring_contactpoint", "hiring_processingbasis", "hiring_timelineevent"):
            cursor.execute(f"DELETE FROM {table_name} WHERE candidate_id IN (SELECT id FROM fresh)")
        cursor.execute("DELETE FROM hiring_candidate WHERE id IN (SELECT id FROM fresh)")
        back = time.perf_counter() - began
        transaction.set_rollback(True)
    return ROWS / taken, ROWS / back


def _highest() -> int:
    return Candidate.objects.order_by("-pk").values_list("pk", flat=True)[0]


def clean_up(batch: int, last: int) -> None:
    """Take out whatever came in; the audit chain keeps that it was there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")
        for table_name in (
            "hiring_contactpoint",
            "hiring_processingbasis",
            "hiring_timelineevent",
            "sourcing_importrow",
        ):
            cursor.execute(f"DELETE FROM {table_name} WHERE candidate_id > %s", [last])
        cursor.execute("DELETE FROM sourcing_importrow WHERE batch_id = %s", [batch])
        cursor.execute("DELETE FROM sourcing_importbatch WHERE id = %s", [batch])
        cursor.execute("DELETE FROM hiring_candidate WHERE id > %s", [last])
