"""Why somebody is among the people found: each part of the query, and where the person answers it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from hiring import evidence, passages, query, ranking, search
from hiring.models import Candidate, User
from hiring.names import fold
from hiring.query import marking
from hiring.query.fields import Asked, find
from hiring.query.likeness import nicknames, slips
from hiring.query.matching import condition, on_record
from hiring.query.tree import And, Everything, Leaf, Node, Not, Or, Phrase, Term, Word


@dataclass(frozen=True)
class Reason:
    """`part` as it stands in the query; `where` it is answered; `text` is the piece that does, as safe HTML."""

    part: str
    where: str
    text: str = ""


def why(text: str, user: User, candidate: Candidate, *, sort: str = "") -> list[Reason]:
    """What of the query this person answers, and with `sort` by best match what put them where they are. Raises
    query.QueryError. A few short questions: asked for one person at a time."""
    node = query.parse(text)
    found = [] if _matches(node, user, candidate) else _similar(node, text, candidate)
    found = found or [reason for part in _parts(node) for reason in _reasons(part, user, candidate)]
    return found + (_order(node, candidate) if found and sort == "best" else [])


def _similar(node: Node, text: str, candidate: Candidate) -> list[Reason]:
    """A name that was looked for instead, when nobody has the words themselves."""
    similar = search.similar(node)
    if similar is None or not Candidate.objects.filter(on_record(similar), pk=candidate.pk).exists():
        return []
    wanted = fold(text).split()
    near = slips(wanted)
    meant = {word: {*near.get(word, ()), *nicknames(word)} for word in wanted}
    own = candidate.name_key.split()
    said = [
        f"“{word}” read as {other}"
        for word, others in meant.items()
        if word not in own
        for other in own
        if other in others
    ]
    marked = passages.mark(candidate.name, [(other, False) for others in meant.values() for other in others])
    return [Reason(text, f"Name, {', '.join(said) or 'spelled alike'}", marked)]


def _order(node: Node, candidate: Candidate) -> list[Reason]:
    by_words, by_meaning = ranking.parts(node, candidate.pk)
    meaning = "not asked: the model is off or did not answer" if by_meaning is None else f"{by_meaning:.2f} of 1"
    where = f"Order: words {by_words:.2f} (name and headline weigh most), nearness in meaning {meaning}"
    return [Reason("Best match", where)]


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
    if isinstance(part, Word | Phrase) and (skill := marking.skill_of(part)):
        return _of_term(Term("skill", skill), written, user, candidate) or _of_name(part, written, candidate)
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
        names = evidence.skill(candidate, term.text)
        said = passages.of_page(term, user, [candidate]).get(candidate.pk)
        return [Reason(written, f"Skill: {names}" if names else "Résumé", said.text if said else "")]
    shown = evidence.of(user, candidate, term)
    if shown and term.field not in ("title",):
        return [Reason(written, known.label, passages.mark(shown, marking.words(term)))]
    if term.field in ("title", "company", "location", "near", "name"):
        wanted = marking.words(term)
        text = candidate.location if term.field in ("location", "near") else candidate.headline or candidate.company
        text = candidate.name if term.field == "name" else text
        where = f"{known.label}: {shown}" if shown else known.label
        return [Reason(written, where, passages.mark(text, wanted))]
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
    found = found or _of_name(leaf, written, candidate)
    if said := passages.of_page(leaf, user, [candidate]).get(candidate.pk):
        found.append(Reason(written, said.where, said.text))
    return found


def _of_name(leaf: Leaf, written: str, candidate: Candidate) -> list[Reason]:
    """A word that begins one of the name."""
    wanted = fold(leaf.text)
    if not isinstance(leaf, Word) or not wanted or not any(w.startswith(wanted) for w in candidate.name_key.split()):
        return []
    return [Reason(written, "Name", passages.mark(candidate.name, [(wanted, True)]))]


def _says(text: str, wanted: query.OnSearch) -> bool:
    if not text:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_tsvector('tl_text', %s) @@ ({wanted.sql})", [text, *wanted.params])
        return bool(cursor.fetchone()[0])
