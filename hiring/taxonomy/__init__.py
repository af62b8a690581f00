"""Skills and job titles: one name for what has many, and which name answers which.

    taxonomy.canonical("k8s")            "Kubernetes"
    taxonomy.expand("Java")              {"java", "j2ee", "java ee", "spring boot", …}: whoever has one of them answers
    taxonomy.answers("Java")             the same as canonical names
    taxonomy.covers("J2EE", "Java")      True; the other way round False, and never for JavaScript
    taxonomy.terms()                     all names of skills, for finding them in a text
    taxonomy.canonical_title("Sr. Java-Entwicklerin (m/w/d)")   "Java Developer"
    taxonomy.titles_like("Programmer")   every name of that title and of narrower ones

Works without a database (`start`), for a process that has none; otherwise with what administrators made of it (`current`).
"""

from __future__ import annotations

from hiring.taxonomy import titles
from hiring.taxonomy.held import Taxonomy, current, entries, forget, start
from hiring.taxonomy.vocabulary import Entry, Term, Vocabulary, is_told_by_case, key, may_be_listed, read

__all__ = [
    "Entry",
    "Taxonomy",
    "Term",
    "Vocabulary",
    "answered_by",
    "answers",
    "canonical",
    "canonical_title",
    "covers",
    "current",
    "entries",
    "expand",
    "forget",
    "is_told_by_case",
    "key",
    "level",
    "may_be_listed",
    "meanwhile",
    "read",
    "start",
    "terms",
    "titles_like",
    "version",
]


def canonical(term: str) -> str | None:
    """The one name of a skill, None when it is not known."""
    return current().skills.canonical(term)


def expand(term: str) -> frozenset[str]:
    """Every name of a skill, as compared (`key`), that answers a question for `term`; only itself when it is not known."""
    return current().skills.expand(term)


def answers(term: str) -> frozenset[str]:
    """The canonical names of the skills that answer a question for `term`; empty when it is not known."""
    return current().skills.answers(term)


def meanwhile(term: str) -> tuple[frozenset[str], frozenset[str]]:
    """While search copies follow a change: the earlier names, as compared, under which they may still keep an answer to `term`,
    and the new names that only their texts say yet. Both empty otherwise."""
    held = current()
    if not held.changing:
        return frozenset(), frozenset()
    names = held.skills.expand(term)
    wanted = {key(name) for name in held.skills.answers(term)} or set(names)
    fresh = {name for name, _ in held.changing if name in names}
    earlier: set[str] = set()
    for name, became in reversed(held.changing):  # renamed twice: from the last name back to the first
        if became and (became in wanted or became in earlier):
            earlier.add(name)
    return frozenset((earlier | fresh) - wanted), frozenset(fresh)


def answered_by(term: str) -> frozenset[str]:
    """The canonical names of the skills a person with `term` can be asked for: it and everything broader."""
    return current().skills.answered_by(term)


def covers(has: str, asked: str) -> bool:
    """Whether somebody with the skill `has` answers a question for `asked`."""
    skills = current().skills
    return key(has) in skills.expand(asked)


def terms() -> tuple[Term, ...]:
    """All names of skills with what they mean."""
    return current().skills.terms()


def canonical_title(title: str) -> str | None:
    """The title that a written one is, whatever its seniority, language or gender; None when it is not known."""
    return titles.canonical(current().titles, title)


def titles_like(title: str) -> frozenset[str]:
    """Every name, as compared, of the same title and of narrower ones."""
    return titles.like(current().titles, title)


def level(title: str) -> str:
    """The seniority a title says: junior, middle, senior, lead, or nothing."""
    return titles.level(title)


def version() -> int:
    """Changes with every edit of the taxonomy: keep it beside what was made with it, to know when that is stale."""
    return current().version
