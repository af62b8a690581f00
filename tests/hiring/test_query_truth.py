"""A query finds exactly whom a slow and plain reading of it in Python finds; and no text whatever breaks a page."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import candidates, query, search
from hiring.models import Candidate, CandidateSearch
from hiring.query import tree
from hiring.query.tree import And, Everything, Not, Or, Phrase, Term, Word
from tests import factories

NAMES = ["Noor Haddad", "Samir Weber", "Lena Berg", "Ivo Roux", "Mia Costa", "Tom Falk"]
WORDS = ["kafka", "cobol", "welding", "payroll", "turbines"]
SKILLS = {"python": "Python", "java": "Java", "j2ee": "Java EE", "kubernetes": "Kubernetes"}
TAGS, CITIES, SOURCES = ["speaker", "boomerang"], ["Berlin", "Lyon", "Potsdam", ""], ["Fair", "Friends"]


@pytest.fixture
def crowd(recruiter):
    """Thirty people of a fixed chance, as rows of plain facts: what the evaluation below reads."""
    chance, now, rows = random.Random(7), timezone.now(), []
    sources = {name: factories.SourceFactory(name=name, kind="event") for name in SOURCES}
    for _ in range(30):
        words, skills = chance.sample(WORDS, chance.randint(0, 3)), chance.sample(sorted(SKILLS), chance.randint(0, 2))
        row = {
            "name": chance.choice(NAMES), "words": words, "skills": skills, "city": chance.choice(CITIES),
            "tags": chance.sample(TAGS, chance.randint(0, 2)), "mine": chance.random() < 0.4,
            "source": chance.choice([None, *SOURCES]), "months": chance.choice([None, 18, 30, 60, 71, 130]),
            "contacted": chance.choice([None, 3, 40, 200]),
        }  # fmt: skip
        headline = f"Works with {', '.join([*words, *skills])}"
        person, _ = candidates.create(
            name=row["name"], headline=headline, location=row["city"], source=sources.get(row["source"]), emails=(),
            by=None, purpose="sourcing", basis="legitimate_interest",
        )  # fmt: skip
        for tag in row["tags"]:
            candidates.tag(person, tag, by=recruiter)
        ago = row["contacted"] and now - dt.timedelta(days=row["contacted"])
        Candidate.objects.filter(pk=person.pk).update(owner=recruiter if row["mine"] else None, last_contacted_at=ago)
        search.refresh([person.pk])
        months = row["months"]
        CandidateSearch.objects.filter(pk=person.pk).update(
            months=months, years=None if months is None else months // 12
        )
        rows.append((person.pk, row))
    return rows


def holds(node, row) -> bool:
    """The plain reading."""
    if isinstance(node, Everything):
        return True
    if isinstance(node, Not):
        return not holds(node.child, row)
    if isinstance(node, And):
        return all(holds(child, row) for child in node.children)
    if isinstance(node, Or):
        return any(holds(child, row) for child in node.children)
    said = f"{row['name']} works with {' '.join([*row['words'], *row['skills'], *row['tags'], row['city']])}".lower()
    if isinstance(node, Word):
        return any(word.startswith(node.text) if node.is_prefix else word == node.text for word in said.split())
    if isinstance(node, Phrase):
        return node.text in said
    return _term(node, row)


def _term(term, row) -> bool:
    months, days = row["months"], row["contacted"]
    if term.field == "skill":
        return bool({"java": {"java", "j2ee"}}.get(term.text, {term.text}) & set(row["skills"]))
    if term.field == "location":
        return row["city"].lower() == term.text
    if term.field == "near":
        return row["city"] in (["Berlin", "Potsdam"] if term.text == "berlin" else ["Lyon"])
    if term.field == "tag":
        return term.text in row["tags"] if term.text != "none" else not row["tags"]
    if term.field == "owner":
        return row["mine"] == (term.text == "me")
    if term.field == "source":
        return row["source"] == (None if term.text == "none" else term.text)
    if term.field == "contacted":
        if term.text == "never":
            return days is None
        return days is not None and (days > int(term.text[:-1]) if term.op == ">" else days < int(term.text[:-1]))
    years = None if months is None else months // 12
    if years is None:
        return False
    if term.op == "..":
        low, high = sorted((int(term.text), int(term.to)))
        return low <= years <= high
    if "." in term.text:
        return months >= float(term.text) * 12
    return {"": years == int(term.text), ">": years > int(term.text), ">=": years >= int(term.text),
            "<": years < int(term.text), "<=": years <= int(term.text)}[term.op]  # fmt: skip


choose = st.sampled_from
leaves = st.one_of(
    choose(WORDS + [word for name in NAMES for word in name.lower().split()]).map(Word),
    choose(["kaf", "weld", "turb", "sami", "pay"]).map(lambda text: Word(text, is_prefix=True)),
    choose(["samir weber", "lena berg", "tom falk"]).map(Phrase),
    st.builds(Term, st.just("skill"), choose(sorted(SKILLS))),
    st.builds(Term, st.just("location"), choose(["berlin", "lyon", "potsdam"])),
    st.builds(Term, st.just("near"), choose(["berlin", "lyon"]), within=st.just(60)),
    st.builds(Term, st.just("tag"), choose([*TAGS, "none"])),
    st.builds(Term, st.just("owner"), choose(["me", "none"])),
    st.builds(Term, st.just("source"), choose([*SOURCES, "none"])),
    st.builds(Term, st.just("contacted"), choose(["30d", "90d"]), choose(["<", ">"])),
    st.just(Term("contacted", "never")),
    st.builds(Term, st.just("experience"), choose(["1", "2", "5", "10"]), choose(["", ">", ">=", "<", "<="])),
    st.builds(Term, st.just("experience"), choose(["1", "9"]), st.just(".."), choose(["2", "5"])),
    st.builds(Term, st.just("experience"), choose(["1.5", "2.5", "5.5"]), st.just(">=")),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(tree.negated),
        st.lists(inner, min_size=2, max_size=3).map(tree.all_of),
        st.lists(inner, min_size=2, max_size=3).map(tree.any_of),
    ),
    max_leaves=6,
)
ONCE = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ONCE
@given(trees)
def test_a_query_finds_whom_a_plain_reading_finds(crowd, recruiter, node):
    text = query.format(node)

    found = set(query.people(recruiter, text).values_list("pk", flat=True))

    assert found == {pk for pk, row in crowd if holds(node, row)}, text


PIECES = ["skill:", "near:", "experience:", "applied:", "contacted:", "cf.",
          "is:", '"', "(", ")", " OR ", " AND ", "NOT ", "-", "kafka",
          "x*", ">=", "2,5", "..", "9999y", "50km", ",", " ", "\x00", "C++", ".NET", "R", "ß", "İ", "王", "مح", "'", "\\", "%", ":*",
          "2026-Q1",
          "0000", "_", "stage:", "job:", "segment:", "pool:", "note:", "email:@", "phone:+", "name:"]  # fmt: skip


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.one_of(st.text(max_size=40), st.lists(choose(PIECES), max_size=9).map("".join)),
    choose(["newest", "best", "name", "contact"]),
)
def test_no_text_breaks_a_page(recruiter, client, text, sort):
    client.force_login(recruiter)
    for name, more in (
        ("candidates", {"sort": sort}),
        ("candidate_complete", {"at": len(text)}),
        ("candidate_facets", {}),
    ):
        assert client.get(reverse(name), {"q": text, **more}).status_code == 200, (name, text)
