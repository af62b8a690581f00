"""The grammar: what is read, what is refused and where, and that every tree is written so that it reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring import query
from hiring.query import QueryError, tree
from hiring.query.lexer import LONGEST
from hiring.query.tree import And, Everything, Not, Or, Phrase, Term, Word


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Everything()),
        ("  \n ", Everything()),
        ("kafka", Word("kafka")),
        ("develop*", Word("develop", is_prefix=True)),
        ('"data engineer"', Phrase("data engineer")),
        ("“data  engineer”", Phrase("data engineer")),
        ("data engineer", And((Word("data"), Word("engineer")))),
        ("data AND engineer", And((Word("data"), Word("engineer")))),
        ("kafka OR cobol java", Or((Word("kafka"), And((Word("cobol"), Word("java")))))),
        ("(kafka OR cobol) java", And((Or((Word("kafka"), Word("cobol"))), Word("java")))),
        ("a (b (c d))", And((Word("a"), Word("b"), Word("c"), Word("d")))),
        ("-cobol", Not(Word("cobol"))),
        ("NOT NOT cobol", Word("cobol")),
        ("-(a OR b)", Not(Or((Word("a"), Word("b"))))),
        ("haddad-müller", Word("haddad-müller")),
        ("or and not", And((Word("or"), Word("and"), Word("not")))),
        ("C / Java, Go", And((Word("C"), Word("Java"), Word("Go")))),
        ("skill:python", Term("skill", "python")),
        ("Skills: python", Term("skill", "python")),
        ("skill:c++", Term("skill", "c++")),
        ('title:"data engineer"', Term("title", "data engineer")),
        ("skill:(python OR java)", Or((Term("skill", "python"), Term("skill", "java")))),
        ("skill:(python -java)", And((Term("skill", "python"), Not(Term("skill", "java"))))),
        ("experience:>=5", Term("experience", "5", ">=")),
        ("experience:≥ 5", Term("experience", "5", ">=")),
        ("experience:3..8", Term("experience", "3", "..", "8")),
        ("contacted:>90d", Term("contacted", "90d", ">")),
        ("applied:2026-01..2026-03", Term("applied", "2026-01", "..", "2026-03")),
        ("applied:..2026-03", Term("applied", "", "..", "2026-03")),
        ('near:"Berlin" 50km', Term("near", "Berlin", within=50)),
        ("near:Berlin 30mi", Term("near", "Berlin", within=48)),
        ('near:"Berlin" 50 km kafka', And((Term("near", "Berlin", within=50), Word("kafka")))),
        ("near:Berlin 50 AND km", And((Term("near", "Berlin"), Word("50"), Word("km")))),
        ("near:Berlin 50", And((Term("near", "Berlin"), Word("50")))),
        ("*", Everything()),
        ("NOT *", Not(Everything())),
        ("-(* /) kafka", And((Not(Everything()), Word("kafka")))),
        ("kafka -/ 🦄", Word("kafka")),
        ("-tag:🦄", Not(Term("tag", "🦄"))),
        ("https://github.com/noor", Word("https://github.com/noor")),
        ("10:30", Word("10:30")),
    ],
)
def test_a_query_reads_as_it_is_meant(text, meant):
    assert query.parse(text) == meant
    assert query.parse(query.format(meant)) == meant


def test_the_example_of_the_guide_reads():
    text = (
        '("data engineer" OR analytics) AND skill:python location:berlin contacted:>90d -stage:rejected source:referral'
    )

    node = query.parse(text)

    assert query.format(node) == text.replace("AND ", "")
    assert [(leaf.start, leaf.end) for leaf in tree.leaves(node)][2] == (
        text.index("skill"), text.index("skill") + len("skill:python")
    )  # fmt: skip


NOTHING = ["🦄", ":", "%_%", '""', "-", " -/ ", "NOT 🦄", '"…"', "()", ", ,", '-"%"', "'", "(/ OR -:)"]
"""Marks alone: what is done with all who match must not reach everybody."""


@pytest.mark.parametrize(
    ("text", "place", "said", "offer"),
    [
        ('kafka "data eng', '"data eng', "quote is not closed", 'kafka "data eng"'),
        ("(kafka OR cobol", "(kafka OR cobol", "bracket is not closed", "(kafka OR cobol)"),
        ("kafka) cobol", ")", "closes nothing", "kafka cobol"),
        ("kafka OR", "OR", "needs something after", "kafka"),
        ("AND kafka", "AND", "needs something before", "kafka"),
        ("kafka NOT", "NOT", "needs something after", "kafka"),
        ("skil:python x", "skil:", "Did you mean skill:?", "skill:python x"),
        ("zzqx:1", "zzqx:", "There is no field", ""),
        ("kafka skill:", "skill:", "needs a value, such as skill:python", ""),
        ("skill:()", "skill:", "needs a value", ""),
        ("skill:(tag:x)", "tag:", "only values", ""),
        ("d*p", "d*p", "only stand at the end", ""),
        ("d*", "d*", "at least two letters", ""),
        ("experience:>", ">", "needs a number", ""),
        ("(" * 30 + "a" + ")" * 30, "(", "nested too deeply", ""),
        *((mark, mark.strip(), "nothing to look for", "") for mark in NOTHING),
    ],
)
def test_a_mistake_is_answered_with_its_place_and_a_way_out(text, place, said, offer):
    with pytest.raises(QueryError) as caught:
        query.parse(text)

    problem = caught.value
    assert said in problem.message
    assert text[problem.start : problem.end] == place
    assert problem.offer == offer
    if offer:
        query.parse(offer)


def test_a_query_has_an_end():
    with pytest.raises(QueryError):
        query.parse("a" * (LONGEST + 1))
    with pytest.raises(QueryError):
        query.parse(" ".join(["ab"] * 200))


LETTERS = st.characters(categories=["L", "N"])
words = st.text(LETTERS, min_size=1, max_size=8).filter(lambda text: text not in ("AND", "OR", "NOT"))
values = st.one_of(
    words,
    st.text(st.one_of(LETTERS, st.sampled_from(" -:.,<>=*()+#&|/!")), min_size=1, max_size=10).map(lambda text: " ".join(text.split())),
).filter(bool)  # fmt: skip
numbers = st.integers(0, 99).map(str)
leaves = st.one_of(
    words.map(Word),
    st.text(LETTERS, min_size=2, max_size=8).map(lambda text: Word(text, is_prefix=True)),
    st.lists(words, min_size=1, max_size=3).map(lambda found: Phrase(" ".join(found))),
    st.builds(Term, st.sampled_from(["skill", "title", "tag", "owner", "job", "pool"]), values),
    st.builds(Term, st.just("skill"), st.text(LETTERS, min_size=2, max_size=8), is_prefix=st.just(True)),
    st.builds(Term, st.just("experience"), numbers, st.sampled_from([">", ">=", "<", "<="])),
    st.builds(Term, st.just("applied"), numbers, st.just(".."), numbers),
    st.builds(Term, st.just("near"), values, within=st.sampled_from([0, 5, 100])),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(tree.negated),
        st.lists(inner, min_size=2, max_size=4).map(tree.all_of),
        st.lists(inner, min_size=2, max_size=4).map(tree.any_of),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(trees)
def test_what_is_written_reads_as_the_same(node):
    assert query.parse(query.format(node)) == node


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="\"“'()-*:<>=.,|& aé7ANDORT\n", max_size=40), st.lists(
    st.sampled_from(["skill:", "near:", '"', "(", ")", "OR", "AND", "NOT", "-", "a", "x*", ">=", "5", "..", "50km", ",", " ", "\x00"]),
    max_size=20).map("".join)))  # fmt: skip
def test_any_text_reads_or_is_refused_with_a_place_inside_it(text):
    try:
        node = query.parse(text)
    except QueryError as problem:
        assert 0 <= problem.start <= problem.end <= max(len(text), 1)
        assert problem.message
    else:
        assert query.parse(query.format(node)) == node
