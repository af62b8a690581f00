"""Searching: the page over a mix of rare, common, quoted and combined queries, its facets, and the box that answers each letter.

The limit is the bare SQL of the same questions: the ids of a page with the count where it comes along, the names that begin so,
the words a slip away, the counts of skills over the people found.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Window
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.measure import Result
from demo import words
from hiring import query
from hiring.models import Candidate, User

EACH = 6  # times every query is asked

QUERIES = (
    "project15000",
    "project900",
    "project20",
    "project2",
    "kafka",
    '"{duty}"',
    "skill:kafka",
    "skill:kafka location:Lyon",
    "skill:python near:Porto 80km contacted:>90d",
    "project40 skill:terraform",
    'title:"data engineer" experience:>=5',
    "(kafka OR terraform) -python",
    "skill:(kafka AND python) language:en stage:applied",
    "name:{family}",
    "develop* skill:sql",
)


def queries() -> list[str]:
    duty = " ".join(next(iter(words.TRADES.values())).duties[0].split()[:3])
    return [text.format(duty=duty, family=words.FAMILY[3]) for text in QUERIES]


def search_page(client: Client) -> Result:
    addresses = [f"{reverse('candidates')}?{urlencode({'q': text})}" for text in queries()]
    return _over("search_page", client, addresses, lambda: [_ids_of(text) for text in queries()])


def facets(client: Client) -> Result:
    addresses = [f"{reverse('candidate_facets')}?{urlencode({'q': text})}" for text in queries()]
    return _over("facets", client, addresses, lambda: [_skills_of(text) for text in queries()])


def search_box_prefix(client: Client) -> Result:
    """Every letter of a few names, as they are typed."""
    names = [f"{given} {family}" for given, family in zip(words.GIVEN[:4], words.FAMILY[2:6], strict=True)]
    typed = [name[:length].lower() for name in names for length in range(2, len(name) + 1, 2)]
    sql = "SELECT id, name, headline FROM hiring_candidate WHERE name_key LIKE %s AND merged_into_id IS NULL ORDER BY name_key, id LIMIT 6"
    return _over(
        "search_box_prefix",
        client,
        [f"{reverse('search_box')}?{urlencode({'q': text})}" for text in typed],
        lambda: [(sql, [f"{text}%"]) for text in typed],
    )


def search_box_typo(client: Client) -> Result:
    """Names with a letter left out, in, or swapped."""
    names = [name.lower() for name in words.FAMILY[:12] if len(name) > 5]
    typed = [
        wrong
        for name in names
        for wrong in (name[:2] + name[3:], name[:3] + "x" + name[3:], name[0] + name[2] + name[1] + name[3:])
    ]
    sql = (
        "SELECT c.id, c.name FROM hiring_candidatesearch s JOIN hiring_candidate c ON c.id = s.candidate_id WHERE "
        "to_tsvector('simple', s.name_norm) @@ to_tsquery('simple', coalesce((SELECT string_agg(DISTINCT token, ' | ') "
        "FROM hiring_nameform WHERE form = ANY(%s)), 'zzzz')) LIMIT 6"
    )
    return _over(
        "search_box_typo",
        client,
        [f"{reverse('search_box')}?{urlencode({'q': text})}" for text in typed],
        lambda: [(sql, [[text, *(text[:place] + text[place + 1 :] for place in range(len(text)))]]) for text in typed],
    )


def _over(name: str, client: Client, addresses: list[str], limits: Callable[[], Iterable[tuple[str, Any]]]) -> Result:
    """Every address several times in turn; median, p95 and queries over all of them."""
    asked = 0
    for address in addresses:
        with CaptureQueriesContext(connection) as context:
            response = client.get(address)
        asked = max(asked, len(context))
        if response.status_code != 200:
            raise RuntimeError(f"{name}: {address} answered {response.status_code}")
    taken = [_once(lambda address=address: client.get(address)) for address in itertools.chain(*[addresses] * EACH)]  # type: ignore[misc]
    statements = list(limits())
    bare = [_once(lambda one=one: _run(*one)) for one in itertools.chain(*[statements] * EACH)]  # type: ignore[misc]
    return Result(
        name, statistics.median(taken), statistics.quantiles(taken, n=20)[18], asked, len(response.content),
        statistics.median(bare),
    )  # fmt: skip


def _once(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _run(sql: str, params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.fetchall()


def _ids_of(text: str) -> tuple[str, Any]:
    """The statement behind a page: ids in order and, where few match, how many in all."""
    user = User.objects.get(email="bench2@bench.example")
    match = query.match(query.parse(text), user)
    people = Candidate.objects.visible_to(user).filter(match.filter()).order_by("-updated_at", "-pk")
    if match.search is not None and not match.is_walked:
        people = people.annotate(in_all=Window(Count("pk")))
    return people.values_list("pk", "updated_at")[:51].query.sql_with_params()


def _skills_of(text: str) -> tuple[str, Any]:
    """The counts of skills over the newest 5,000 who match, in one statement."""
    user = User.objects.get(email="bench2@bench.example")
    match = query.match(query.parse(text), user).filter()
    people = Candidate.objects.visible_to(user).filter(match).order_by("-updated_at", "-pk").values_list("pk")[:5_000]
    sql, params = people.query.sql_with_params()
    return (
        f"WITH m (candidate_id) AS MATERIALIZED ({sql}) SELECT skill, count(*) FROM m JOIN hiring_candidatesearch s ON s.candidate_id = m.candidate_id, "
        "unnest(s.skills) AS skill GROUP BY skill ORDER BY count(*) DESC LIMIT 25",
        params,
    )


ALL = (search_page, search_box_prefix, search_box_typo, facets)
