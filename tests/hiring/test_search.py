"""Finding people: what is found, what it costs, what stays hidden, and how the copy keeps up with the record."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import candidates, cursors, search
from hiring.models import Candidate, CandidateSearch, Document, DocumentText
from tests import factories


@pytest.fixture
def person(db):
    """A maker of people with a search copy."""

    def make(name="Noor Haddad", resume="", emails=(), **facts):
        candidate, _ = candidates.create(
            name=name, emails=emails, by=None, purpose="sourcing", basis="legitimate_interest", **facts
        )
        if resume:
            document = Document.objects.create(
                candidate=candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
                status="ready", uploaded_at=timezone.now(),
            )  # fmt: skip
            DocumentText.objects.create(document=document, text=resume, reader_version="1")
        search.refresh([candidate.pk])
        return candidate

    return make


def found(query, user, **more):
    return [candidate.name for candidate in search.find(query, user, **more).rows]


@pytest.mark.parametrize(
    "query",
    ["noor", "NOOR haddad", "had", "haddad no", "noor h", "Élodie", "elod", "müller", "Muller", "noor élodie haddad-müller",
     "engineer", "engineers", "data engineer", "fathom", "lyon", '"data engineer"', "kafka", "resumes -cobol", "cobol OR kafka",
     "noor@haddad.example", "NOOR@HADDAD.example", "06 39 98 00 41", "+33639980041", "linkedin.com/in/noor-haddad"],
)  # fmt: skip
def test_people_are_found_by_name_words_tags_and_contact_points(person, recruiter, query):
    noor = person(
        "Noor Élodie Haddad-Müller", "Résumés of Kafka pipelines", ["noor@haddad.example"], phones=["0639980041"],
        links=["https://www.linkedin.com/in/noor-haddad/"], headline="Data Engineer at Fathom Grid", location="Lyon",
    )  # fmt: skip
    person("Samir Weber", "Wrote COBOL")
    candidates.tag(noor, "speaks at meetups", by=recruiter)
    search.refresh([noor.pk])

    assert "Noor Élodie Haddad-Müller" in found(query, recruiter)
    assert "Noor Élodie Haddad-Müller" in found("meetups", recruiter)
    assert found("nobody-here", recruiter) == []


def test_excluded_words_and_phrases_hold(person, recruiter):
    person("Noor", "data engineer with kafka")
    person("Samir", "engineer of data and cobol")

    assert found('"data engineer"', recruiter) == ["Noor"]
    assert found("engineer -cobol", recruiter) == ["Noor"]
    assert set(found("kafka OR cobol", recruiter)) == {"Noor", "Samir"}


def test_notes_are_never_searched(person, recruiter):
    """Their visibility would leak through a match."""
    from hiring import notes

    noor = person()
    notes.write(noor, "zebra", by=recruiter)
    search.refresh([noor.pk])

    assert found("zebra", recruiter) == []


def test_an_empty_query_lists_everybody_newest_change_first(person, recruiter):
    first, second = person("First"), person("Second")
    candidates.edit(first, by=recruiter, location="Lyon")

    assert found("", recruiter) == ["First", "Second"]
    assert found("   ", recruiter, narrow=Q(pk=second.pk)) == ["Second"]


def test_a_manager_finds_only_people_of_their_own_jobs(person, outsider):
    """SEC-1"""
    person("Noor", "kafka")

    assert found("noor", outsider) == []
    assert found("kafka", outsider) == []


def test_somebody_merged_away_is_not_found(person, recruiter):
    survivor, other = person("Noor"), person("Noor Double")
    Candidate.objects.filter(pk=other.pk).update(merged_into=survivor)
    search.refresh([other.pk])

    assert found("noor", recruiter) == ["Noor"]
    assert not CandidateSearch.objects.filter(pk=other.pk).exists()


def test_pages_follow_each_other_without_gap_or_double(person, recruiter):
    at = timezone.now()
    for number in range(7):
        person(f"Noor {number}", "kafka")
    Candidate.objects.update(updated_at=at)  # all in one moment: ids decide

    for query in ("", "kafka"):
        seen, after = [], ""
        while True:
            page = search.find(query, recruiter, after=after, size=3)
            seen += [candidate.pk for candidate in page.rows]
            after = page.next
            if not after:
                break
        assert seen == list(Candidate.objects.order_by("-pk").values_list("pk", flat=True))


moments = st.integers(0, 4 * 10**15).map(lambda micro: cursors.EPOCH + dt.timedelta(microseconds=micro))


@given(moments, st.integers(0, 10**17))
def test_a_cursor_reads_as_it_was_written(at, pk):
    assert cursors.read(cursors.write(at, pk)) == (at, pk)


@given(st.text())
def test_a_made_up_cursor_never_breaks_a_page(text):
    cursors.read(text)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.text(alphabet="\"'()&|!:*<>\\-%_ aéOR@/.0")))
def test_no_query_breaks_the_search(recruiter, text):
    search.find(text, recruiter)


def test_the_matching_passage_is_marked_and_everything_else_escaped(person, recruiter):
    person(
        "Noor",
        "Before that " * 30
        + "moved <script>alert(1)</script> pipelines to Kafka\x02 in a year. "
        + "Then rested. " * 30,
    )

    passages = search.find("pipeline kafka", recruiter).passages

    passage = next(iter(passages.values()))
    assert "<mark>pipelines</mark>" in passage
    assert "<mark>Kafka</mark>" in passage
    assert "<script>" not in passage
    assert "\x02" not in passage


def test_a_passage_says_that_it_is_cut_and_keeps_its_lines_apart(person, recruiter):
    person(
        "Noor",
        "Wisdom\n" * 40 + "Skills\nSQL, Kafka\nLanguages\nPortuguese (good), French (" + "native and " * 30 + "so)",
    )

    passage = next(iter(search.find("kafka", recruiter).passages.values()))

    assert (passage.startswith("… "), passage.endswith("\N{NO-BREAK SPACE}…")) == (True, True)
    assert "Skills · SQL, <mark>Kafka</mark> · Languages · Portuguese (good), French native" in passage


def test_the_total_is_counted_and_above_the_limit_estimated(person, recruiter, monkeypatch):
    for number in range(5):
        person(f"Noor {number}", "kafka")
    person("Samir", "cobol")

    def total(query, narrow=None):
        page = search.find(query, recruiter, size=2, narrow=narrow)
        return page.total, page.is_estimate

    assert [total(query) for query in ("", "kafka", "zebra")] == [(6, False), (5, False), (0, False)]
    assert total("", Q(pk__in=[])) == (0, False)
    assert search.find("cobol", recruiter).total == 1
    monkeypatch.setattr(search, "COUNT_UP_TO", 0)
    assert total("")[1] is True
    monkeypatch.setattr(search, "FENCE_UP_TO", 0)
    assert [total("kafka")[1], total("kafka", Q(location=""))] == [True, (None, True)]


def test_who_matches_by_name_alone_shows_no_passage(person, recruiter):
    person("Noor", "Kafka and more")

    assert search.find("noor", recruiter).passages == {}


@pytest.mark.parametrize("people", [1, 3, 20])
def test_a_page_of_results_costs_the_same_for_more_people(person, recruiter, people, django_assert_num_queries):
    for number in range(people):
        candidates.tag(
            person(f"Noor {number}", "kafka", source=factories.SourceFactory()), f"tag {number}", by=recruiter
        )

    with django_assert_num_queries(3):  # estimate, people with owner, source and tags, passages
        page = search.find("kafka", recruiter)
        assert [(row.source.name, row.owner, row.tag_names) for row in page.rows]


# ---------- the copy keeps up ----------


def test_a_commit_rewrites_the_copy(recruiter, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        noor, _ = candidates.create(name="Noor", by=recruiter, purpose="sourcing", basis="legitimate_interest")
        candidates.edit(noor, by=recruiter, headline="Beekeeper")

    assert found("beekeeper", recruiter) == ["Noor"]


def test_many_changes_in_one_transaction_cost_one_rewrite(
    recruiter, django_capture_on_commit_callbacks, django_assert_num_queries
):
    connection.__dict__.pop("search_copies_to_refresh", None)
    with django_capture_on_commit_callbacks() as callbacks:
        noor, _ = candidates.create(name="Noor", by=recruiter, purpose="sourcing", basis="legitimate_interest")
        for word in ("a", "b", "c"):
            candidates.tag(noor, word, by=recruiter)

    with django_assert_num_queries(4):  # forget the merged, write the living: the copy, and whose vector is due
        for callback in callbacks:
            callback()


def test_the_sweep_finds_what_a_crash_left_behind(person, recruiter):
    noor = person("Noor")
    Candidate.objects.filter(pk=noor.pk).update(headline="Beekeeper", updated_at=timezone.now())
    factories.CandidateFactory(name="Forgotten", name_key="forgotten")

    assert search.sweep() == 2
    assert search.sweep() == 0
    assert found("beekeeper", recruiter) == ["Noor"]
    assert found("forgotten", recruiter) == ["Forgotten"]


def test_a_very_long_resume_is_searched_as_far_as_it_goes(person, recruiter):
    person("Noor", "kafka " + " ".join(f"word{number}" for number in range(60_000)))

    assert found("kafka", recruiter) == ["Noor"]


def test_a_rare_word_is_matched_before_people_are_walked(person, recruiter):
    """docs/performance.md: the fence."""
    person("Noor", "kafka")
    question = search.Question.read("kafka")
    sql = str(Candidate.objects.filter(question.match(question.expected())).query)

    assert "AS MATERIALIZED" in sql


def test_a_very_common_word_is_walked_not_gathered(person, recruiter, monkeypatch):
    """docs/performance.md"""
    for number in range(5):
        person(f"Noor {number}", "kafka")
    person("Samir", "cobol")
    gathered = found("kafka", recruiter)
    monkeypatch.setattr(search, "FENCE_UP_TO", 0)
    question = search.Question.read("kafka")
    sql = str(Candidate.objects.filter(question.match(question.expected())).query)

    assert "MATERIALIZED" not in sql
    assert found("kafka", recruiter) == gathered
    assert len(gathered) == 5
