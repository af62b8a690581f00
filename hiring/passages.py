"""Where a person's text says what was asked: the passage with the words marked, and marks in the short texts of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from hiring.models import Candidate, Note, User
from hiring.names import fold
from hiring.query import marking
from hiring.query.standard import notes_that_say
from hiring.query.tree import Node, Term, leaves

SHOWN_FROM = 40_000  # characters of a résumé a passage is looked for in
MARK_START, MARK_END = "\x02", "\x03"
CUT = 'StartSel="\\x02", StopSel="\\x03", MaxWords=24, MinWords=12, MaxFragments=1'
RESUMES = """SELECT c.id, ts_headline('tl_text', left(translate(resume.text, E'\\x02\\x03', ''), %s), asked.words, E'{cut}')
  FROM (SELECT {words} AS words) asked CROSS JOIN unnest(%s::bigint[]) AS c (id)
  CROSS JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume
"""
NOTES = """SELECT n.id, ts_headline('tl_text', translate(n.text, E'\\x02\\x03', ''), asked.words, E'{cut}')
  FROM (SELECT {words} AS words) asked, hiring_note n WHERE n.id = ANY(%s)
"""
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Passage:
    """`text` is safe HTML with <mark> around what was asked; `where` says what it was taken from."""

    text: SafeString
    where: str = "Résumé"

    def __str__(self) -> str:
        return self.text


def of_page(node: Node, user: User, rows: Sequence[Candidate]) -> dict[int, Passage]:
    """The piece of each person's résumé, or of a note the user may see, that matches. Only for the people of one page."""
    wanted = marking.tsquery(node)
    if not wanted or not rows:
        return {}
    ids = [row.pk for row in rows]
    found = _of_notes(node, user, ids)
    with connection.cursor() as cursor:
        cursor.execute(RESUMES.format(words=wanted.sql, cut=CUT), [SHOWN_FROM, *wanted.params, ids])
        for pk, text in cursor.fetchall():
            if text and MARK_START in text:
                found.setdefault(pk, Passage(_marked(text)))
    return found


def _of_notes(node: Node, user: User, ids: Sequence[int]) -> dict[int, Passage]:
    terms = [leaf for leaf in leaves(node, wanted_only=True) if isinstance(leaf, Term) and leaf.field == "note"]
    if not terms:
        return {}
    notes: dict[int, Note] = {}
    for term in terms:
        for note in notes_that_say(user, term.text).filter(candidate__in=ids).select_related("author"):
            notes[note.pk] = note
    wanted = marking.tsquery(node)
    if not notes or not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NOTES.format(words=wanted.sql, cut=CUT), [*wanted.params, list(notes)])
        return {
            notes[pk].candidate_id: Passage(_marked(text), f"Note by {notes[pk].author}")
            for pk, text in cursor.fetchall()
            if MARK_START in text
        }


def mark(text: str, wanted: Iterable[tuple[str, bool]]) -> SafeString:
    """A short text with the wanted words marked: as they stand, as beginnings, or with an ending of theirs cut off."""
    known = list(wanted)
    made, place = [], 0
    for found in WORD.finditer(text):
        word = fold(found.group())
        if any(_is_meant(word, asked, is_prefix=is_prefix) for asked, is_prefix in known):
            made.append(f"{escape(text[place : found.start()])}<mark>{escape(found.group())}</mark>")
            place = found.end()
    return mark_safe("".join(made) + escape(text[place:]))


def _is_meant(word: str, asked: str, *, is_prefix: bool) -> bool:
    if not word:
        return False
    if is_prefix:
        return word.startswith(asked)
    short, long = sorted((word, asked), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3)


def _marked(text: str) -> SafeString:
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
