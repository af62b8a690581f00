"""Which of some people fits a query best: how often and where its words stand; name and headline weigh most.

Ranking reads the whole text of each person (up to 10 us), so only the newest matches are ranked (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from hiring.query import marking
from hiring.query.tree import Node

RANKED_AT_MOST = 1_000
RANK = """
SELECT s.candidate_id, ts_rank_cd('{{0.1, 0.25, 0.7, 1.0}}', s.tsv, asked.words, 1) AS rank
  FROM (SELECT {words} AS words) asked, unnest(%s::bigint[]) WITH ORDINALITY AS c (id, place)
  JOIN hiring_candidatesearch s ON s.candidate_id = c.id
 ORDER BY rank DESC, c.place
"""


def ranked(node: Node, newest: Sequence[int]) -> list[int]:
    """These people, the best first; between equals, and without words to rank by, in the order given."""
    wanted = marking.tsquery(node)
    if not wanted or not newest:
        return list(newest)
    with connection.cursor() as cursor:
        cursor.execute(RANK.format(words=wanted.sql), [*wanted.params, list(newest)])
        order = [row[0] for row in cursor.fetchall()]
    known = set(order)
    return [*order, *(pk for pk in newest if pk not in known)]
