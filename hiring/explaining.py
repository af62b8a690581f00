"""Why somebody is among the people found: each part of the query, and where the person answers it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from hiring import passages, query, taxonomy
from hiring.models import Candidate, CandidateSearch, User
from hiring.names import fold
from hiring.query import marking
from hiring.query.copied import skill_keys
from hiring.query.fields import Asked, find
from hiring.query.matching import condition, on_record
from hiring.query.tree import And, Everything, Leaf, Node, Not, Or, Phrase, Term, Word


@dataclass(frozen=True)
class Reason:
    """`part` as it stands in the query; `where` it is answered; `text` is the piece that does, as safe HTML."""

    part: str
    where: str
    text: str = ""


def why(text: str, user: User, candidate: Candidate) -> list[Reason]:
    """What of the query this person answers. Raises query.QueryError. A few short questions: asked for one person at a time."""
    node = query.parse(text)
    return [reason for part in _parts(node) for reason in _reasons(part, user, candidate)]


def _parts(node: Node) -> list[Node]:
    if isinstance(node, Everything):
        return []
    if isinstance(node, And | Or):
        return [part for child in node.children for part in _parts(child)]
    return [node]


def _reasons(part: Node, user: User, candidate: Candidate) -> list[Reason]:
    written = query.format(part)
    if isinstance(part, Not):
        return [Reason(written, "Does not apply to them")] if _matches(part, user, candidate) else []
    if isinstance(part, Term):
        return _of_term(part, written, user, candidate)
    if isinstance(part, Word | Phrase):
        return _of_words(part, written, user, candidate)
    return []


def _matches(part: Node, user: User, candidate: Candidate) -> bool:
    found = condition(part, Asked(user, timezone.now()))
    found = on_record(found) if isinstance(found, query.OnSearch) else found
    return Candidate.objects.filter(found, pk=candidate.pk).exists()


def _of_term(term: Term, written: str, user: User, candidate: Candidate) -> list[Reason]:
    known = find(term.field)
    if known is None or not _matches(term, user, candidate):
        return []
    if term.field == "skill":
        has = set(CandidateSearch.objects.filter(pk=candidate.pk).values_list("skills", flat=True).first() or [])
        names = [taxonomy.canonical(key) or key for key in skill_keys(term.text) if key in has]
        said = passages.of_page(term, user, [candidate]).get(candidate.pk)
        where = f"Skill: {', '.join(names)}" if names else "Résumé"
        return [Reason(written, where, said.text if said else "")]
    if term.field in ("title", "company", "location", "near", "name"):
        wanted = marking.words(term)
        text = candidate.location if term.field in ("location", "near") else candidate.headline or candidate.company
        text = candidate.name if term.field == "name" else text
        return [Reason(written, known.label, passages.mark(text, wanted))]
    said = passages.of_page(term, user, [candidate]).get(candidate.pk) if term.field == "note" else None
    return [Reason(written, said.where if said else known.label, said.text if said else "")]


def _of_words(leaf: Leaf, written: str, user: User, candidate: Candidate) -> list[Reason]:
    tags = ", ".join(candidate.tags.values_list("tag__name", flat=True))
    places = {
        "Name": candidate.name,
        "Headline": candidate.headline,
        "Employer": candidate.company,
        "Location": candidate.location,
        "Tags": tags,
    }
    wanted, words = marking.tsquery(leaf), marking.words(leaf)
    if wanted is None:
        return []
    found = [
        Reason(written, where, passages.mark(text, words)) for where, text in places.items() if _says(text, wanted)
    ]
    if (
        not found
        and isinstance(leaf, Word)
        and any(word.startswith(fold(leaf.text)) for word in candidate.name_key.split())
    ):
        found.append(Reason(written, "Name", passages.mark(candidate.name, [(fold(leaf.text), True)])))
    if said := passages.of_page(leaf, user, [candidate]).get(candidate.pk):
        found.append(Reason(written, said.where, said.text))
    return found


def _says(text: str, wanted: query.OnSearch) -> bool:
    if not text:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_tsvector('tl_text', %s) @@ ({wanted.sql})", [text, *wanted.params])
        return bool(cursor.fetchone()[0])
