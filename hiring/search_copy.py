"""The search copy of people, kept in step with the record.

`refresh` rewrites the copy from the record with a few statements for any number of people; verbs that change a person call
`refresh_soon`. What is missed (a crash between commit and copy) is found by `sweep`: the copy carries the time of
the record it was made from.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence

from django.db import InterfaceError, OperationalError, connection, transaction

from hiring import search_facts
from hiring.semantic import storage

logger = logging.getLogger(__name__)

READ_AT_MOST = 200_000  # characters of a résumé; a vector has a limit of its own

followers: list[Callable[[Sequence[int]], None]] = []
"""Who else follows when what is known of people may have changed, in the same transaction; each asks one statement for them all."""

REFRESH = """
INSERT INTO hiring_candidatesearch
       (candidate_id, name_norm, tsv, skills, facts, titles, companies, place, years, months, layout, indexed_at)
SELECT c.id, rtrim(c.name_key || ' ' || known.latin),
       setweight(to_tsvector('tl_simple', c.name), 'A') || setweight(to_tsvector('tl_text', c.name), 'A')
       || setweight(to_tsvector('tl_simple', about.said), 'B') || setweight(to_tsvector('tl_text', about.said), 'B')
       || setweight(to_tsvector('tl_text', left(coalesce(resume.text, ''), %(most)s)), 'C'),
       known.skills, array_to_tsvector(known.facts), known.titles, known.companies, known.place, known.years,
       known.months, 1, c.updated_at
  FROM jsonb_to_recordset(%(facts)s::jsonb)
       AS known (pk bigint, skills text[], facts text[], titles text, companies text, place int, years smallint,
                 months smallint, latin text)
  JOIN hiring_candidate c ON c.id = known.pk AND c.merged_into_id IS NULL
  CROSS JOIN LATERAL (
       SELECT concat_ws(' ', c.headline, c.company, c.location,
              (SELECT string_agg(t.name, ' ') FROM hiring_candidatetag ct JOIN hiring_tag t ON t.id = ct.tag_id
                WHERE ct.candidate_id = c.id)) AS said) about
  LEFT JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume ON true
 ORDER BY c.id
    ON CONFLICT (candidate_id) DO UPDATE
   SET name_norm = EXCLUDED.name_norm, tsv = EXCLUDED.tsv, skills = EXCLUDED.skills, facts = EXCLUDED.facts,
       titles = EXCLUDED.titles, companies = EXCLUDED.companies, place = EXCLUDED.place, years = EXCLUDED.years,
       months = EXCLUDED.months, layout = 1, indexed_at = EXCLUDED.indexed_at
"""
FORGET = """
DELETE FROM hiring_candidatesearch s USING hiring_candidate c
 WHERE c.id = s.candidate_id AND c.merged_into_id IS NOT NULL AND s.candidate_id = ANY(%(ids)s)
"""
# A word that is new gets its forms: itself, and what is left of it without one letter.
NAMES_OF = """
WITH fresh AS (
       INSERT INTO hiring_nametoken (token)
       SELECT DISTINCT token FROM hiring_candidate c, unnest(string_to_array(c.name_key, ' ')) AS token
        WHERE {whose} AND length(token) BETWEEN 2 AND 40 ORDER BY token
           ON CONFLICT DO NOTHING RETURNING token)
INSERT INTO hiring_nameform (form, token)
SELECT token, token FROM fresh
 UNION
SELECT left(token, place - 1) || substr(token, place + 1), token
  FROM fresh, generate_series(1, length(token)) AS place WHERE length(token) > 3
"""
NAMES = NAMES_OF.format(whose="c.id = ANY(%(ids)s)")
NAMES_OF_ALL = NAMES_OF.format(whose="c.id > %(after)s")
UNUSED_NAMES = """
WITH gone AS (
       DELETE FROM hiring_nametoken n WHERE NOT EXISTS (
              SELECT 1 FROM hiring_candidatesearch s
               WHERE to_tsvector('simple', s.name_norm) @@ to_tsquery('simple', quote_literal(n.token)))
       RETURNING token)
DELETE FROM hiring_nameform f USING gone WHERE f.token = gone.token
"""
# The newest people by the index on updated_at; behind them everything was swept before.
# Copies of layout 0 were written by an older version.
STALE = """
SELECT newest.id FROM (
       SELECT id, updated_at FROM hiring_candidate WHERE merged_into_id IS NULL
        ORDER BY updated_at DESC, id DESC LIMIT %(newest)s) newest
  LEFT JOIN hiring_candidatesearch s ON s.candidate_id = newest.id
 WHERE s.candidate_id IS NULL OR s.indexed_at < newest.updated_at
 UNION
(SELECT candidate_id FROM hiring_candidatesearch WHERE layout = 0 LIMIT %(newest)s)
"""


def refresh(candidate_ids: Iterable[int]) -> int:
    """Rewrite the search copies of these people from the record; those merged away lose theirs. Rows written."""
    ids = sorted(set(candidate_ids))
    if not ids:
        return 0
    facts = [found.as_row() for found in search_facts.of_people(ids)]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"ids": ids})
        cursor.execute(REFRESH, {"facts": json.dumps(facts), "most": READ_AT_MOST})
        written = int(cursor.rowcount)
        cursor.execute(NAMES, {"ids": ids})
    storage.mark_due(ids)
    for follow in followers:
        follow(ids)
    return written


def refresh_soon(*candidate_ids: int) -> None:
    """Refresh once the transaction is through, in the same process (a few ms a person), so that who was just added is found.

    Several calls in one transaction become one. A failure is logged and left to the sweep: it must not undo the verb.
    """
    waiting: set[int] = connection.__dict__.setdefault("search_copies_to_refresh", set())
    waiting.update(candidate_ids)

    def run() -> None:
        ids = list(waiting)
        waiting.clear()
        refresh(ids)

    transaction.on_commit(run, robust=True)


def sweep(newest: int = 5_000) -> int:
    """Refresh what was missed among the `newest` changed people. Rows written."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"newest": newest})
        stale = [row[0] for row in cursor.fetchall()]
    return sum(_refresh_what_can_be(stale[start : start + 500]) for start in range(0, len(stale), 500))


def _refresh_what_can_be(ids: list[int]) -> int:
    """Refresh these people; one whose record cannot be copied is logged and holds up none of the others."""
    try:
        with transaction.atomic():
            return refresh(ids)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(ids) == 1:
            logger.exception("search_copy_not_made", extra={"candidate": ids[0]})
            return 0
    half = len(ids) // 2
    return _refresh_what_can_be(ids[:half]) + _refresh_what_can_be(ids[half:])


def forget_unused_names() -> int:
    """Words of names that nobody has any more, after somebody was renamed or erased. Forms removed."""
    with connection.cursor() as cursor:
        cursor.execute(UNUSED_NAMES)
        return int(cursor.rowcount)
