"""A large, invented data set, written set by set: résumé texts by COPY, rows by INSERT ... SELECT, triggers off.

Sizes follow docs/performance.md: per person about two contact points, 1.5 applications, three transitions and ten
events; jobs of 300, 5,000 and (from 100k on) 20,000 active applications; one person with 10,000 events.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from django.db import connection, transaction

from demo import words
from hiring import names, search_copy, search_facts, taxonomy
from hiring.query import places
from pipeline.screening.matching import JUDGING_VERSION

JOBS = 500
BIG = ((1, 300), (2, 5_000), (3, 20_000))


def everything(size: int, tell: Callable[[str], None] = lambda line: None) -> None:
    """Fill a migrated database with `size` people and what hangs on them."""
    grow(size, tell)
    tell("  outreach")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        outreach(size)


def grow(size: int, tell: Callable[[str], None] = lambda line: None) -> None:
    """Add `size` people, with jobs and colleagues of their own, to whatever is there; all of it or nothing.

    Nothing of it acts by itself: no sequence runs, no mail waits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no audit rows for rows nobody wrote
        cursor.execute("SELECT coalesce(max(id), 0) FROM hiring_candidate")
        after = int(cursor.fetchone()[0])
        for step in (house, people, texts, applications, judgements, events, conversations):
            tell(f"  {step.__name__}")
            step(size, after)
    with connection.cursor() as cursor:
        tell("  statistics")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")


def _run(sql: str, **values: int | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(sql, values or None)  # without values a percent sign is one


def house(size: int, after: int) -> None:
    """Colleagues, jobs with stages, and two mailboxes."""
    _run("""
        INSERT INTO hiring_user (email, password, full_name, job_title, role, time_zone, workday_start, workday_end, workdays,
            theme, notification_mail, quiet_kinds, single_key_shortcuts, is_active, is_staff, is_superuser, date_joined)
        SELECT 'bench' || n || '@bench.example', '!', 'Colleague ' || n, '', CASE WHEN n = 1 THEN 'admin' ELSE 'recruiter' END,
            'Europe/Paris', '09:00', '17:30', '12345', 'auto', 'none', '[]', true, true, n = 1, n = 1, now()
        FROM generate_series(1, 20) n;
        INSERT INTO hiring_department (name) SELECT 'Department ' || n FROM generate_series(1, 10) n;
        INSERT INTO hiring_location (name, city, region, postal_code, street, country, time_zone)
        SELECT 'Place ' || n, 'Lyon', '', '', '', 'FR', 'Europe/Paris' FROM generate_series(1, 10) n
    """)
    _run(
        """
        INSERT INTO hiring_job (requisition_id, title, status, department_id, location_id, workplace, employment_type,
            pay_currency, pay_period, reason, confidential, created_at, opened_at, close_reason, pay_min, pay_max, level, priority,
            eeo_category)
        SELECT 'BENCH-' || n, 'Engineer ' || n, CASE WHEN n <= 100 THEN 'open' ELSE 'closed' END,
            (SELECT min(id) FROM hiring_department WHERE name LIKE 'Department %%') + n %% 10,
            (SELECT min(id) FROM hiring_location WHERE name LIKE 'Place %%') + n %% 10, 'hybrid',
            'FULL_TIME', 'EUR', 'YEAR', '', false, now() - n * interval '6 hours', now() - n * interval '6 hours', '', 50000, 60000,
            'senior', 'normal', ''
        FROM generate_series(1, %(jobs)s) n;
        INSERT INTO pipeline_stage (job_id, name, kind, position, target_days)
        SELECT j.id, initcap(k.kind), k.kind, k.position - 1, 7
        FROM hiring_job j CROSS JOIN unnest(ARRAY['lead','applied','screen','interview','offer','hired']) WITH ORDINALITY k(kind, position)
        WHERE j.requisition_id LIKE 'BENCH-%%';
        INSERT INTO hiring_opening (job_id, number, status, close_reason) SELECT id, 1, 'open', '' FROM hiring_job WHERE requisition_id LIKE 'BENCH-%%';
        INSERT INTO hiring_teammember (job_id, user_id, role)
        SELECT j.id, (SELECT min(id) FROM hiring_user WHERE email LIKE '%%@bench.example') + j.id %% 20, 'recruiter' FROM hiring_job j
        WHERE j.requisition_id LIKE 'BENCH-%%';
        INSERT INTO hiring_posting (job_id, slug, language, title, description, status, audience, internal_days, show_pay,
            remote_countries, questions, fields, held_for, live_from, public_from, first_published_at, changed_at)
        SELECT id, 'bench-' || id, 'en', title, '<p>' || repeat('Work that keeps the lights on. ', 20) || '</p>', 'published', 'everybody',
            7, true, '', '[]', '{}', '', now(), now(), now(), now() FROM hiring_job WHERE status = 'open' AND requisition_id LIKE 'BENCH-%%';
        INSERT INTO hiring_postingplace (posting_id, location_id, position, workplace, pay, pay_currency, pay_period)
        SELECT p.id, j.location_id, 0, j.workplace, 'job', 'EUR', 'YEAR' FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id
        WHERE j.requisition_id LIKE 'BENCH-%%'
        """,
        jobs=JOBS,
    )


def people(size: int, after: int) -> None:
    """Candidates with names as they are distributed: a few common ones, many rare ones."""
    chance = random.Random(7)
    first_owner = _first(
        "hiring_user", "email LIKE '%@bench.example'"
    )  # asked now: a connection that copies answers nothing else
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY hiring_candidate (name, name_key, headline, company, location, country, time_zone, language, owner_id, source_note,"
            " do_not_contact, do_not_contact_reason, collected_at, created_at, updated_at) FROM STDIN"
        ) as copy,
    ):
        for number in range(size):
            name = f"{_common(chance, words.GIVEN)} {_common(chance, words.FAMILY)}{'' if number % 3 else 's'}"
            trade = words.TRADES[chance.choice(list(words.TRADES))]
            at = f"2026-{1 + number % 10:02}-{1 + number % 28:02} 10:{number % 60:02}:00+00"
            city, country, zone, _ = chance.choice(words.CITIES)
            employer = chance.choice(words.EMPLOYERS)
            copy.write_row(
                (name, names.fold(name), f"{trade.titles[-2]} · {employer}", employer, city, country, zone, "en",
                 first_owner + number % 20, "", False, "", at, at, at)
            )  # fmt: skip
    _run(
        """
        INSERT INTO hiring_contactpoint (candidate_id, kind, raw, value, is_primary, is_live, created_at)
        SELECT id, 'email', 'p' || id || '@bench.example', 'p' || id || '@bench.example', true, true, now() FROM hiring_candidate
        WHERE id > %(after)s;
        INSERT INTO hiring_contactpoint (candidate_id, kind, raw, value, is_primary, is_live, created_at)
        SELECT id, 'phone', '+336' || lpad(id::text, 8, '0'), '+336' || lpad(id::text, 8, '0'), false, true, now() FROM hiring_candidate
        WHERE id > %(after)s;
        INSERT INTO hiring_processingbasis (candidate_id, purpose, basis, controller, reference, started_at)
        SELECT id, 'sourcing', 'legitimate_interest', 'Bench', '', created_at FROM hiring_candidate WHERE id > %(after)s
        """,
        after=after,
    )


def texts(size: int, after: int) -> None:
    """A résumé of about 3 KB for seven in ten people, and everybody's search row."""
    chance = random.Random(11)
    _run(
        """
        INSERT INTO hiring_document (candidate_id, kind, file, name, content_type, size, sha256, status, problem, page_count,
            attempts, uploaded_at, withheld, hides, can_wait)
        SELECT id, 'resume', 'bench', 'cv.pdf', 'application/pdf', 1, md5(id::text), 'ready', '', 1, 1, created_at, '', '', false
        FROM hiring_candidate WHERE id %% 10 < 7 AND id > %(after)s
        """,
        after=after,
    )
    paragraphs = [" ".join(_resume_words(chance)) for _ in range(3_000)]
    skills = [search_facts.skills_in(paragraph) for paragraph in paragraphs]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, candidate_id FROM hiring_document WHERE file = 'bench' AND candidate_id > %s", [after]
        )
        ids = cursor.fetchall()
        chosen = [[chance.randrange(len(paragraphs)) for _ in range(6)] for _ in ids]
        with cursor.copy("COPY hiring_documenttext (document_id, text, unseen, reader_version) FROM STDIN") as copy:
            for (document, _), picked in zip(ids, chosen, strict=True):
                copy.write_row((document, "\n".join(paragraphs[place] for place in picked), "", "bench"))
        cursor.execute(
            "CREATE TEMP TABLE bench_skills (candidate_id bigint, skills text[], years smallint) ON COMMIT DROP"
        )
        with cursor.copy("COPY bench_skills FROM STDIN") as copy:
            for (_, person), picked in zip(ids, chosen, strict=True):
                known = sorted({skill for place in picked for skill in skills[place]})
                copy.write_row((person, known, person % 25))
    search_copies(after)


# The words of a text, folded, each behind a mark of what it is of (hiring/search_facts.py).
MARKED = (
    "(SELECT coalesce(array_agg(DISTINCT '{mark}:' || word), '{{}}') "
    "FROM regexp_split_to_table(lower(unaccent({text})), '[^a-z0-9]+') AS word WHERE word <> '')"
)


def search_copies(after: int) -> None:
    """Everybody's search row, and the words of names with their slips, from what was written before."""
    indexes = _without_indexes("hiring_candidatesearch") if after == 0 else []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_place (city text, place int) ON COMMIT DROP")
        for city, country, *_ in words.CITIES:
            found = places.locate(city, country)
            cursor.execute("INSERT INTO bench_place VALUES (%s, %s)", [city, found.number if found else 0])
    title = MARKED.format(mark="t", text="split_part(c.headline, ' · ', 1)")
    employer, where = MARKED.format(mark="c", text="c.company"), MARKED.format(mark="l", text="c.location")
    _run(
        f"""
        INSERT INTO hiring_candidatesearch
            (candidate_id, name_norm, tsv, skills, facts, titles, companies, place, years, layout, indexed_at)
        SELECT c.id, c.name_key, setweight(to_tsvector('tl_simple', c.name), 'A')
            || setweight(to_tsvector('tl_text', c.headline || ' ' || c.location), 'B')
            || setweight(to_tsvector('tl_text', coalesce(x.text, '')), 'C'),
            coalesce(known.skills, '{{}}'), array_to_tsvector({title} || {employer} || {where} || ARRAY['g:' || c.language]),
            '| ' || lower(unaccent(split_part(c.headline, ' · ', 1))) || ' |', '| ' || lower(unaccent(c.company)) || ' |',
            coalesce(p.place, 0), known.years, 1, c.updated_at
        FROM hiring_candidate c LEFT JOIN hiring_document d ON d.candidate_id = c.id AND d.file = 'bench'
        LEFT JOIN hiring_documenttext x ON x.document_id = d.id
        LEFT JOIN bench_skills known ON known.candidate_id = c.id
        LEFT JOIN bench_place p ON p.city = c.location
        WHERE c.id > {after}
        """
    )
    for index in indexes:
        _run(index)
    with connection.cursor() as cursor:
        cursor.execute(search_copy.NAMES_OF_ALL, {"after": after})


def _without_indexes(table: str) -> list[str]:
    """Drop a table's indexes, the primary key excepted, and give the statements that make them anew: over all rows at once
    it takes a fifth of the time that it takes row by row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%_pkey'", [table]
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in found]


def applications(size: int, after: int) -> None:
    """Three full jobs, and the rest spread over all; each with its way through the stages."""
    first = _first("hiring_candidate", f"id > {after}")
    for number, wanted in BIG:
        count = min(wanted, size // 2)
        _run(
            """
            INSERT INTO pipeline_application (candidate_id, job_id, stage_id, status, origin, questions, answers, applied_at, entered_stage_at)
            SELECT %(first)s + n, j.id, s.id, 'active', '{}', '[]', '{}', now() - n * interval '7 minutes', now() - n * interval '5 minutes'
            FROM generate_series(0, %(count)s - 1) n
            JOIN hiring_job j ON j.requisition_id = 'BENCH-' || %(job)s
            JOIN pipeline_stage s ON s.job_id = j.id AND s.position = (ARRAY[0,1,1,1,2,2,3,3,4])[1 + n %% 9]
            """,
            first=first,
            count=count,
            job=number,
        )
    _run(
        """
        INSERT INTO pipeline_application (candidate_id, job_id, stage_id, status, origin, questions, answers, applied_at, entered_stage_at, closed_at)
        SELECT c.id, j.id, s.id, CASE WHEN r.roll < 0.9 THEN 'rejected' ELSE 'active' END, '{}', '[]', '{}',
            now() - r.roll * interval '700 days', now() - r.roll * interval '690 days', now() - r.roll * interval '680 days'
        FROM hiring_candidate c CROSS JOIN LATERAL (SELECT random() AS roll, 4 + (c.id %% (%(jobs)s - 3)) AS job) r
        JOIN hiring_job j ON j.requisition_id = 'BENCH-' || r.job
        JOIN pipeline_stage s ON s.job_id = j.id AND s.position = 1 + (c.id %% 3)
        WHERE c.id > %(after)s
        """,
        jobs=JOBS,
        after=after,
    )
    _run(
        """
        INSERT INTO pipeline_transition (application_id, "left_id", to_id, status, at, seconds_in_left, reason)
        SELECT id, NULL, stage_id, 'active', applied_at, 0, '' FROM pipeline_application WHERE candidate_id > %(after)s;
        INSERT INTO pipeline_transition (application_id, "left_id", to_id, status, at, seconds_in_left, reason)
        SELECT id, stage_id, stage_id, status, entered_stage_at, 86400, '' FROM pipeline_application WHERE candidate_id > %(after)s
        """,
        after=after,
    )


def judgements(size: int, after: int) -> None:
    """The full jobs ask for five things, and who stands in them was judged by that."""
    _run(
        """
        INSERT INTO pipeline_criteriaversion (job_id, number, criteria, change, at)
        SELECT id, 1, (SELECT jsonb_agg(jsonb_build_object('kind', 'skill', 'need', CASE WHEN n < 3 THEN 'must' ELSE 'should' END,
            'weight', 3, 'asks', jsonb_build_object('skill', (ARRAY['Python','SQL','Kafka','Docker','Java'])[n], 'years', 0)))
            FROM generate_series(1, 5) n), '', now()
        FROM hiring_job WHERE requisition_id IN ('BENCH-1', 'BENCH-2', 'BENCH-3');
        INSERT INTO pipeline_judgement (application_id, status, due_at, attempts, criteria_id, judging_version, taxonomy_version,
            input_sha256, results, "of", met, partly, unknown, musts, musts_met, marks, weighed, judged_at)
        SELECT a.id, 'done', now(), 1, v.id, %(version)s, %(taxonomy)s, '', '[]', 5, 1 + a.id %% 5, 0, 4 - a.id %% 5, 2, least(2, 1 + a.id %% 5),
            repeat('y', (1 + a.id %% 5)::int) || repeat('l', (4 - a.id %% 5)::int), 20 * (1 + a.id %% 5), now()
        FROM pipeline_application a JOIN pipeline_criteriaversion v ON v.job_id = a.job_id AND v.number = 1
        JOIN hiring_job j ON j.id = a.job_id AND j.requisition_id IN ('BENCH-1', 'BENCH-2', 'BENCH-3')
        WHERE a.candidate_id > %(after)s
        """,
        after=after,
        version=JUDGING_VERSION,  # so that nobody judges them anew
        taxonomy=taxonomy.version(),
    )


def events(size: int, after: int) -> None:
    """Ten events a person, and 10,000 for the first one."""
    _run(
        """
        INSERT INTO hiring_timelineevent (candidate_id, at, kind, data)
        SELECT c.id, now() - (n * 31 + c.id %% 300) * interval '1 day', (ARRAY['candidate.edited','candidate.added'])[1 + n %% 2], '{}'
        FROM generate_series(1, 10) n CROSS JOIN hiring_candidate c WHERE c.id > %(after)s
        """,
        after=after,
    )
    _run(
        """
        INSERT INTO hiring_timelineevent (candidate_id, at, kind, data)
        SELECT %(first)s, now() - n * interval '50 minutes', 'candidate.edited', '{}' FROM generate_series(1, 10000) n
        """,
        first=_first("hiring_candidate", f"id > {after}"),
    )


def outreach(size: int) -> None:
    """A live sequence with people due, so that a batch can be taken."""
    _run(
        """
        INSERT INTO hiring_mailbox (address, name, daily_cap, min_gap_seconds, is_default, pause_reason)
        VALUES ('bench@bench.example', 'Bench', 1000000, 0, false, '');
        INSERT INTO sourcing_sequence (name, owner_id, mailbox_id, status, window_start, window_end, created_at)
        SELECT 'Bench', (SELECT min(id) FROM hiring_user), (SELECT max(id) FROM hiring_mailbox), 'live', '00:00', '23:59:59', now();
        INSERT INTO sourcing_step (sequence_id, position, kind, wait_days, subject, body)
        SELECT id, n, 'mail', n, CASE n WHEN 0 THEN 'Hello' ELSE '' END, 'Hello {{ first_name }}, shall we talk?'
        FROM sourcing_sequence, generate_series(0, 1) n;
        INSERT INTO sourcing_enrollment (sequence_id, candidate_id, state, position, next_at, state_note, enrolled_at)
        SELECT q.id, c.id, 'active', 0, now() - interval '1 minute', '', now()
        FROM sourcing_sequence q, (SELECT id FROM hiring_candidate ORDER BY id DESC LIMIT %(due)s) c
        """,
        due=min(size // 4, 2_000),
    )


def conversations(size: int, after: int) -> None:
    """Threads, some of which wait for an answer."""
    _run(
        """
        INSERT INTO hiring_thread (candidate_id, subject, intent, waiting_since, last_message_at)
        SELECT id, 'A question', '', CASE WHEN id %% 400 = 0 THEN now() - interval '2 hours' END, now() - id * interval '1 minute'
        FROM hiring_candidate WHERE id %% 4 = 0 AND id > %(after)s
        """,
        after=after,
    )


def _first(table: str, where: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table} WHERE {where}")
        return int(cursor.fetchone()[0])


def _common(chance: random.Random, choices: list[str]) -> str:
    """Zipf-like: the n-th name is about n times rarer than the first."""
    return choices[min(int(len(choices) ** chance.random()) - 1, len(choices) - 1)]


def _resume_words(chance: random.Random) -> Iterator[str]:
    trade = words.TRADES[chance.choice(list(words.TRADES))]
    for _ in range(6):
        yield chance.choice(trade.duties)
        yield chance.choice(trade.skills)
        yield f"project{int(20_000 ** chance.random())}"
