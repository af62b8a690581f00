"""The career site with 10,000 open postings of three places and two languages each: home, search, a posting, requests a second."""

from __future__ import annotations

import time

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from benchmarks.feeds import JOBS, PLACES, POSTS, WORDS
from benchmarks.measure import Result, page
from hiring.models import Posting

POSTINGS = 10_000
RATE_SECONDS = 3.0
MORE_PLACES = """INSERT INTO hiring_postingplace (posting_id, location_id, position, workplace, pay, pay_min, pay_max, pay_currency, pay_period)
  SELECT p.posting_id, l.id, 1, 'hybrid', 'own', 30000, 41000, 'EUR', 'YEAR' FROM hiring_postingplace p
    CROSS JOIN LATERAL (SELECT id FROM hiring_location WHERE id <> p.location_id ORDER BY id LIMIT 2) l
   WHERE p.posting_id IN (SELECT id FROM hiring_posting WHERE slug LIKE 'feed-%%')"""
LANGUAGES = """INSERT INTO hiring_postingtranslation (posting_id, language, title, description, labels, translates, changed_at)
  SELECT id, 'de', 'Netzplanung', description, '{}', '', now() FROM hiring_posting WHERE slug LIKE 'feed-%%'"""
LIST = """SELECT p.id, p.title, p.slug, j.pay_min, j.pay_max, d.name FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id
    JOIN hiring_department d ON d.id = j.department_id
  WHERE p.status = 'published' AND p.public_from <= now() AND j.status = 'open' AND NOT j.confidential
  ORDER BY p.first_published_at DESC, p.id DESC LIMIT 31"""
ONE = """SELECT p.*, j.*, l.* FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id JOIN hiring_postingplace x ON x.posting_id = p.id
    JOIN hiring_location l ON l.id = x.location_id WHERE p.slug = %(slug)s"""


def career_site(client: Client) -> list[Result]:
    """`career_home`, `career_search`, `posting_page`, and `posting_page_rate` against a bare page of the same stack. Rolled back."""
    visitor = Client(SERVER_NAME="127.0.0.1")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(JOBS, {"many": POSTINGS})
            cursor.execute(POSTS, {"words": WORDS})
            for statement in (PLACES, MORE_PLACES, LANGUAGES):
                cursor.execute(statement, {})
            cursor.execute("ANALYZE hiring_job, hiring_posting, hiring_postingplace, hiring_postingtranslation")
        slug = Posting.objects.filter(slug__startswith="feed-").values_list("slug", flat=True).latest("pk")
        address = reverse("careers:posting", args=[slug])
        found = [
            page("career_home", visitor, reverse("careers:home"), (LIST, {})),
            page("career_search", visitor, reverse("careers:home") + "?q=netzplanung+lyon", (LIST, {})),
            page("posting_page", visitor, address, (ONE, {"slug": slug})),
            Result(
                "posting_page_rate", per_second=_rate(visitor, address), limit_per_second=_rate(visitor, "/healthz")
            ),
        ]
        transaction.set_rollback(True)
    return found


def _rate(client: Client, path: str) -> float:
    """Requests a second, one after the other."""
    client.get(path)
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < RATE_SECONDS:
        client.get(path)
        count += 1
    return count / (time.perf_counter() - begun)


ALL = (career_site,)
