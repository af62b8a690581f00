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
from hiring.query.fields import OnSearch
from hiring.query.standard import notes_that_say
from hiring.query.tree import Node, Term, leaves

SHOWN_FROM = 40_000  # characters of a résumé a passage is looked for in
BEFORE, ABOUT = 300, 700  # characters: where a piece begins before a word as it was typed, and its length
MARK_START, MARK_END = "\x02", "\x03"
CUT = 'StartSel="\\x02", StopSel="\\x03", MaxWords=24, MinWords=12, MaxFragments=1'
RESUMES = """SELECT c.candidate_id, ts_headline('tl_text', translate(piece.text, E'\\x02\\x03', ''), asked.words, E'{cut}')
  FROM (SELECT {words} AS words) asked
  JOIN hiring_candidatesearch c ON c.candidate_id = ANY(%(ids)s::bigint[]) AND ts_filter(c.tsv, '{{c}}') @@ asked.words
  CROSS JOIN LATERAL (
       SELECT left(x.text, %(shown_from)s) AS text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.candidate_id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume
  CROSS JOIN LATERAL ({piece}) piece
"""
WHOLE = "SELECT resume.text"
AROUND = """SELECT substr(resume.text, greatest(found.place - %(before)s, 1), %(about)s) AS text FROM (
           SELECT strpos(small.text, said) AS place, turn
             FROM (SELECT lower(resume.text) AS text OFFSET 0) small,
                  unnest(%(said)s::text[]) WITH ORDINALITY AS s (said, turn) OFFSET 0) found
        WHERE found.place > 0 ORDER BY found.turn LIMIT 1"""
LITERAL = """SELECT c.id, substr(resume.text, greatest(resume.place - 90, 1), 220) FROM unnest(%s::bigint[]) AS c (id)
  CROSS JOIN LATERAL (
       SELECT newest.text, regexp_instr(left(newest.text, %s), %s) AS place
         FROM (SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
                WHERE d.candidate_id = c.id AND d.kind = 'resume'
                ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) newest) resume WHERE resume.place > 0
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
    wanted, literals = marking.tsquery(node), marking.literals(node)
    if not rows or not (wanted or literals):
        return {}
    ids = [row.pk for row in rows]
    found = _of_notes(node, user, ids) | _of_literals(literals, ids)
    if not wanted:
        return found
    said = [text for text in marking.literally(node) if text.isascii()]
    for piece in (AROUND, WHOLE) if said else (WHOLE,):
        for pk, text in _of_resumes(wanted, piece, said, [pk for pk in ids if pk not in found]):
            if text and MARK_START in text:
                found[pk] = Passage(_marked(text))
    return found


def _of_resumes(wanted: OnSearch, piece: str, said: Sequence[str], ids: Sequence[int]) -> list[tuple[int, str]]:
    """The best lines of each newest résumé. Cutting them from a whole text reads every word of it, so the surroundings of a
    word as it was typed are tried first; what stands there in another form is found in the whole."""
    if not ids:
        return []
    named = {f"w{place}": value for place, value in enumerate(wanted.params)}
    words = wanted.sql % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(
            RESUMES.format(words=words, cut=CUT, piece=piece),
            {"ids": list(ids), "said": list(said), "shown_from": SHOWN_FROM, "before": BEFORE, "about": ABOUT, **named},
        )
        return cursor.fetchall()


def _of_literals(names: Sequence[str], ids: Sequence[int]) -> dict[int, Passage]:
    """The piece of each résumé that has one of these names as it is written, C++ among them."""
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LITERAL, [list(ids), SHOWN_FROM, _standing_alone(names, alnum="[:alnum:]")])
        rows = cursor.fetchall()
    signs = re.compile(_standing_alone(names, alnum=r"\w"))
    found = {}
    for pk, text in rows:
        plain = text.translate({ord(mark): None for mark in (MARK_START, MARK_END)})
        whole = plain[plain.find(" ") + 1 : plain.rfind(" ")] if plain.count(" ") > 1 and len(plain) > 200 else plain
        if signs.search(whole):
            found[pk] = Passage(_marked(signs.sub(f"{MARK_START}\\g<0>{MARK_END}", whole)))
    return found


def _standing_alone(names: Sequence[str], *, alnum: str) -> str:
    """A pattern for any of these names; those with signs in whatever case."""
    either = "|".join(
        "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else re.escape(letter) for letter in name)
        if marking.LOST.search(name)
        else re.escape(name)
        for name in names
    )
    return f"(?<![{alnum}+#_])(?:{either})(?![{alnum}+#_])"


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
    """A short text with the wanted words marked: as they stand, as beginnings, or with an ending of theirs cut off. Words with
    signs (C++) and capitals (Go) only as they stand."""
    known = list(wanted)
    literal = [word for word, _ in known if marking.LOST.search(word) or word != word.lower()]
    pattern = (
        re.compile(f"(?P<literal>{_standing_alone(literal, alnum='0-9A-Za-z')})|{WORD.pattern}") if literal else WORD
    )
    made, place = [], 0
    for found in pattern.finditer(text):
        word = fold(found.group())
        is_literal = bool(literal) and found["literal"] is not None
        if is_literal or any(_is_meant(word, asked, is_prefix=is_prefix) for asked, is_prefix in known):
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
