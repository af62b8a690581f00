"""Finding people: the search copy of a candidate kept in step with the record, and the questions asked of it.

`refresh` rewrites the copy from the record with one statement for any number of people; verbs that change a person call
`refresh_soon`. What is missed (a crash between commit and copy) is found by `sweep`: the copy carries the time of
the record it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from hiring import contact_points, cursors
from hiring.errors import Refused
from hiring.models import Candidate, CandidateSearch, CandidateTag, ContactPoint, User
from hiring.names import fold
from hiring.semantic import storage

READ_AT_MOST = 200_000  # characters of a résumé; a vector has a limit of its own

REFRESH = """
INSERT INTO hiring_candidatesearch (candidate_id, name_norm, tsv, indexed_at)
SELECT c.id, c.name_key,
       setweight(to_tsvector('tl_simple', c.name), 'A') || setweight(to_tsvector('tl_text', c.name), 'A')
       || setweight(to_tsvector('tl_simple', about.said), 'B') || setweight(to_tsvector('tl_text', about.said), 'B')
       || setweight(to_tsvector('tl_text', left(coalesce(resume.text, ''), %(most)s)), 'C'),
       c.updated_at
  FROM hiring_candidate c
  CROSS JOIN LATERAL (
       SELECT concat_ws(' ', c.headline, c.company, c.location,
              (SELECT string_agg(t.name, ' ') FROM hiring_candidatetag ct JOIN hiring_tag t ON t.id = ct.tag_id
                WHERE ct.candidate_id = c.id)) AS said) about
  LEFT JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume ON true
 WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NULL
 ORDER BY c.id
    ON CONFLICT (candidate_id) DO UPDATE
   SET name_norm = EXCLUDED.name_norm, tsv = EXCLUDED.tsv, indexed_at = EXCLUDED.indexed_at
"""
FORGET = """
DELETE FROM hiring_candidatesearch s USING hiring_candidate c
 WHERE c.id = s.candidate_id AND c.merged_into_id IS NOT NULL AND s.candidate_id = ANY(%(ids)s)
"""
# The newest people by the index on updated_at; behind them everything was swept before.
STALE = """
SELECT newest.id FROM (
       SELECT id, updated_at FROM hiring_candidate WHERE merged_into_id IS NULL
        ORDER BY updated_at DESC, id DESC LIMIT %(newest)s) newest
  LEFT JOIN hiring_candidatesearch s ON s.candidate_id = newest.id
 WHERE s.candidate_id IS NULL OR s.indexed_at < newest.updated_at
"""

LONGEST_QUERY = 300
FENCE_UP_TO = 15_000  # matches the planner expects
COUNT_UP_TO = 20_000  # people; more are estimated
SHOWN_FROM = 40_000  # characters of a résumé a passage is looked for in
OPERATORS = re.compile(r"""["]|(?:^|\s)-\S|\bOR\b""")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{6,20}")
MARK_START, MARK_END = "\x02", "\x03"
PASSAGES = """SELECT c.id, ts_headline('tl_text', left(translate(resume.text, E'\\x02\\x03', ''), %s), asked.words,
                         E'StartSel="\\x02", StopSel="\\x03", MaxWords=24, MinWords=12, MaxFragments=1')
  FROM (SELECT {words} AS words) asked CROSS JOIN unnest(%s::bigint[]) AS c (id)
  CROSS JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume
"""


def refresh(candidate_ids: Iterable[int]) -> int:
    """Rewrite the search copies of these people from the record; those merged away lose theirs. Rows written."""
    ids = sorted(set(candidate_ids))
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"ids": ids})
        cursor.execute(REFRESH, {"ids": ids, "most": READ_AT_MOST})
        written = int(cursor.rowcount)
    storage.mark_due(ids)
    return written


def refresh_soon(*candidate_ids: int) -> None:
    """Refresh once the transaction is through, in the same process (about 3 ms a person), so that who was just added is found.

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
    return sum(refresh(stale[start : start + 500]) for start in range(0, len(stale), 500))


# ---------- Asking ----------


@dataclass
class Results:
    """One page of people, newest change first. `next` is the cursor of the page after; `passages` shows why, by candidate.

    `total` is how many there are on all pages: exact up to COUNT_UP_TO, above it the planner's estimate, None when not even that.
    """

    rows: Sequence[Candidate] = field(default_factory=list)
    next: str = ""
    total: int | None = None
    is_estimate: bool = False
    passages: dict[int, str] = field(default_factory=dict)


def find(query: str, user: User, *, after: str = "", narrow: Q | None = None, size: int = 50) -> Results:
    """People `user` may see who match `query` and `narrow`, from the cursor `after` on.

    Words are looked for in name, headline, tags and résumé (quotes for a phrase, OR, a minus to exclude); the beginning of
    a name is enough. An e-mail address, phone number or profile link finds whom it identifies.
    """
    question = Question.read(query)
    expected = question.expected()
    people = Candidate.objects.visible_to(user).filter(narrow or Q()).filter(question.match(expected))
    page = people
    if cursor := cursors.read(after):
        at, pk = cursor
        page = page.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=pk), updated_at__lte=at)
    tags = CandidateTag.objects.filter(candidate=OuterRef("pk")).order_by("tag__name").values("tag__name")
    found = list(page.for_row().annotate(tag_names=ArraySubquery(tags)).order_by("-updated_at", "-pk")[: size + 1])
    rows = found[:size]
    following = cursors.write(rows[-1].updated_at, rows[-1].pk) if len(found) > size else ""
    total: tuple[int | None, bool] = (len(rows), False)
    if cursor or following:
        total = _total(people, None if expected <= FENCE_UP_TO else expected, is_narrowed=bool(narrow))
    return Results(rows, following, *total, question.passages(rows))


def _total(people: QuerySet[Candidate], words_match: int | None, *, is_narrowed: bool) -> tuple[int | None, bool]:
    """How many people, and whether that is an estimate. Never counts past COUNT_UP_TO (performance.md, section 2).

    `words_match` is what the planner expects of words so common that people are walked instead of matched.
    """
    if words_match is not None:
        return (None, True) if is_narrowed else (words_match, True)
    plan = people.order_by().values("pk").explain(format="json")
    expected = int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0  # no plan: it is known to be empty
    if expected > COUNT_UP_TO:
        return expected, True
    counted = people.order_by()[: COUNT_UP_TO + 1].count()
    return (counted, False) if counted <= COUNT_UP_TO else (max(expected, COUNT_UP_TO), True)


@dataclass(frozen=True)
class Question:
    """A query as it is understood: `point` when it is a contact point, else words."""

    text: str = ""
    point: str = ""

    @classmethod
    def read(cls, query: str) -> Question:
        text = " ".join(query.replace("\x00", "").split())[:LONGEST_QUERY]
        return cls(text, _contact_point(text))

    @property
    def is_plain(self) -> bool:
        """Only words: no quotes, no minus, no OR. Then the beginning of a name counts too."""
        return not OPERATORS.search(self.text)

    def match(self, expected: int) -> Q:
        """The filter over candidates; `expected` is how many the words are expected to match."""
        if self.point:
            points = ContactPoint.objects.filter(value=self.point, is_live=True).values("candidate")
            return Q(pk__in=points)
        if not self.text:
            return Q()
        if expected > FENCE_UP_TO:
            # Very many match: walking people by date and asking each is over after a page of them (finding 2).
            asked = RawSQL(f"tsv @@ ({self._words})", self._word_params, output_field=BooleanField())  # noqa: S611
            answer = CandidateSearch.objects.filter(pk=OuterRef("pk")).annotate(matches=asked).values("matches")
            return Q(Subquery(answer, output_field=BooleanField()))
        # The planner would walk people by date and test the text row by row; the fence makes it match first (finding 1).
        # A union, because an OR over two indexes would read every match's text again to be sure.
        parts = [(f"tsv @@ ({self._words})", self._word_params), *self._name_parts()]
        rows = " UNION ".join(f"SELECT candidate_id FROM hiring_candidatesearch WHERE {where}" for where, _ in parts)  # noqa: S608
        sql = f"(WITH found AS MATERIALIZED ({rows}) SELECT candidate_id FROM found)"  # noqa: S608
        return Q(pk__in=RawSQL(sql, [param for _, params in parts for param in params]))  # noqa: S611

    def _name_parts(self) -> list[tuple[str, list[str]]]:
        """The beginning of the whole name, and the beginnings of its words in any order."""
        words = fold(self.text).split() if self.is_plain else []
        if not words or len(words) > 5 or len(max(words, key=len)) < 2:
            return []
        beginnings = " & ".join(f"'{word}':*" for word in words)
        return [
            ("name_norm LIKE %s", [" ".join(words) + "%"]),
            ("to_tsvector('simple', name_norm) @@ to_tsquery('simple', %s)", [beginnings]),
        ]

    @property
    def _words(self) -> str:
        """A tsquery expression. Plain words are looked for stemmed and as they stand; with operators one reading has to do."""
        stemmed = "websearch_to_tsquery('tl_text', %s)"
        return f"{stemmed} || websearch_to_tsquery('tl_simple', %s)" if self.is_plain else stemmed

    @property
    def _word_params(self) -> list[str]:
        return [self.text] * (2 if self.is_plain else 1)

    def expected(self) -> int:
        """How many people the planner expects the words to match, 0 without words; asking costs 0.2 ms."""
        if self.point or not self.text:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"EXPLAIN (FORMAT JSON) SELECT 1 FROM hiring_candidatesearch WHERE tsv @@ ({self._words})",  # noqa: S608
                self._word_params,
            )
            plan = cursor.fetchone()[0]
        return int(plan[0]["Plan"]["Plan Rows"])

    def passages(self, candidates: Sequence[Candidate]) -> dict[int, str]:
        """The piece of each résumé that matches, as safe HTML with the words marked. Only for the people of one page."""
        if not self.text or self.point or not candidates:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                PASSAGES.format(words=self._words), [SHOWN_FROM, *self._word_params, [row.pk for row in candidates]]
            )
            return {pk: _mark(text) for pk, text in cursor.fetchall() if text and MARK_START in text}


def _mark(text: str) -> SafeString:
    """A passage as one line that says it is a passage: escape what a stranger wrote, then turn our own two marks into tags."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    escaped = str(escape(f"… {_whole_brackets(' · '.join(line for line in lines if line))}\N{NO-BREAK SPACE}…"))
    return mark_safe(escaped.replace(MARK_START, "<mark>").replace(MARK_END, "</mark>"))


def _whole_brackets(text: str) -> str:
    """Without brackets whose other half was cut off."""
    open_ones, alone = [], set()
    for place, letter in enumerate(text):
        if letter == "(":
            open_ones.append(place)
        elif letter == ")":
            if open_ones:
                open_ones.pop()
            else:
                alone.add(place)
    alone.update(open_ones)
    return "".join(letter for place, letter in enumerate(text) if place not in alone) if alone else text


def _contact_point(text: str) -> str:
    """The normalised contact point a query is, or nothing."""
    if " " not in text and "@" in text:
        readers = [contact_points.normalise_email]
    elif " " not in text and "/" in text and "." in text:
        readers = [contact_points.normalise_link]
    elif PHONE.fullmatch(text):
        readers = [contact_points.normalise_phone]
    else:
        readers = []
    for read in readers:
        try:
            return read(text)
        except Refused:
            return ""
    return ""
