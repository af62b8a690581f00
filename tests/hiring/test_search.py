"""Finding people: what is found, what it costs, what stays hidden, and how the copy keeps up with the record."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import candidates, cursors, finder, passages, query, ranking, search, search_facts
from hiring.models import (
    Candidate,
    CandidateSearch,
    Document,
    DocumentText,
    NameForm,
    NameToken,
    ParsedProfile,
    ProfileCorrection,
)
from hiring.query import QueryError, marking, matching
from hiring.resumes.profile import Profile
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


FINDS_NOOR = ["noor", "NOOR haddad", "had", "haddad no", "noor h", "Élodie", "elod", "müller", "Muller", "noor élodie haddad-müller",
     "engineer", "engineers", "data engineer", "fathom", "lyon", '"data engineer"', "kafka", "resumes -cobol", "cobol OR kafka",
     "noor@haddad.example", "NOOR@HADDAD.example", "06 39 98 00 41", "+33639980041", "linkedin.com/in/noor-haddad"]  # fmt: skip


def test_people_are_found_by_name_words_tags_and_contact_points(person, recruiter):
    noor = person(
        "Noor Élodie Haddad-Müller", "Résumés of Kafka pipelines", ["noor@haddad.example"], phones=["0639980041"],
        links=["https://www.linkedin.com/in/noor-haddad/"], headline="Data Engineer at Fathom Grid", location="Lyon",
    )  # fmt: skip
    person("Samir Weber", "Wrote COBOL")
    candidates.tag(noor, "speaks at meetups", by=recruiter)
    search.refresh([noor.pk])

    assert [
        text for text in [*FINDS_NOOR, "meetups"] if "Noor Élodie Haddad-Müller" not in found(text, recruiter)
    ] == []
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

    for text in ("", "kafka"):
        seen, after = [], ""
        while True:
            page = search.find(text, recruiter, after=after, size=3)
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
    found = cursors.read(text)

    assert found is None or cursors.read(cursors.write(*found)) == found


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.one_of(st.text(), st.text(alphabet="\"'()&|!:*<>\\-%_ aéOR@/.0")))
def test_no_query_breaks_the_search(recruiter, text):
    try:
        search.find(text, recruiter)
    except QueryError as problem:
        assert 0 <= problem.start <= problem.end <= max(len(text), 1)


def test_the_matching_passage_is_marked_and_everything_else_escaped(person, recruiter):
    person(
        "Noor",
        "Before that " * 30
        + "moved <script>alert(1)</script> pipelines to Kafka\x02 in a year. "
        + "Then rested. " * 30,
    )

    passages = search.find("pipeline kafka", recruiter).passages

    passage = next(iter(passages.values())).text
    assert "<mark>pipelines</mark>" in passage
    assert "<mark>Kafka</mark>" in passage
    assert "<script>" not in passage
    assert "\x02" not in passage


def test_a_passage_says_that_it_is_cut_and_keeps_its_lines_apart(person, recruiter):
    person(
        "Noor",
        "Wisdom\n" * 40 + "Skills\nSQL, Kafka\nLanguages\nPortuguese (good), French (" + "native and " * 30 + "so)",
    )

    passage = next(iter(search.find("kafka", recruiter).passages.values())).text

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
    monkeypatch.setattr(matching, "FENCE_UP_TO", 0)
    assert [total("kafka")[1], total("kafka", Q(location=""))[1]] == [True, True]


def test_who_matches_by_name_alone_shows_no_passage(person, recruiter):
    person("Noor", "Kafka and more")

    assert search.find("noor", recruiter).passages == {}


@pytest.mark.parametrize("people", [1, 3, 20])
def test_a_page_of_results_costs_the_same_for_more_people(person, recruiter, people, django_assert_num_queries):
    for number in range(people):
        candidates.tag(
            person(f"Noor {number}", "kafka", source=factories.SourceFactory()), f"tag {number}", by=recruiter
        )

    with django_assert_num_queries(4):  # estimate, ids, people with owner, source and tags, passages
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

    with django_assert_num_queries(
        11
    ):  # facts of the living, forget the merged, write the living, their names, vectors due, judgements due
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


def test_one_who_cannot_be_copied_holds_up_none_of_the_others(person, recruiter, monkeypatch):
    everybody = [person(name) for name in ("Ada", "Noor", "Zoe")]
    Candidate.objects.update(headline="Beekeeper", updated_at=timezone.now())
    real = search_facts.of_people

    def broken(ids):
        if everybody[1].pk in ids:
            raise ValueError
        return real(ids)

    monkeypatch.setattr(search_facts, "of_people", broken)

    assert search.sweep() == 2
    assert sorted(found("beekeeper", recruiter)) == ["Ada", "Zoe"]


def test_a_very_long_resume_is_searched_as_far_as_it_goes(person, recruiter):
    person("Noor", "kafka " + " ".join(f"word{number}" for number in range(60_000)))

    assert found("kafka", recruiter) == ["Noor"]


def test_a_rare_word_is_matched_before_people_are_walked(person, recruiter):
    """docs/performance.md: the fence."""
    person("Noor", "kafka")

    assert "AS MATERIALIZED" in str(query.people(recruiter, "kafka skill:python").query)


def test_a_very_common_word_is_walked_not_gathered(person, recruiter, monkeypatch):
    """docs/performance.md"""
    for number in range(5):
        person(f"Noor {number}", "kafka")
    person("Samir", "cobol")
    gathered = found("kafka", recruiter)
    monkeypatch.setattr(matching, "FENCE_UP_TO", 0)

    walked = Candidate.objects.filter(query.match(query.parse("kafka"), recruiter).filter())
    assert "MATERIALIZED" not in str(walked.query)
    assert "MATERIALIZED" in str(query.people(recruiter, "kafka").query), "all of them are gathered all the same"
    assert found("kafka", recruiter) == gathered
    assert len(gathered) == 5


def test_a_walk_that_finds_too_few_ends_and_gathers(person, recruiter, manager, monkeypatch):
    """Whom the planner expects may not exist: the page is right all the same, and its number is no secret's."""
    for number in range(6):
        person(f"Noor {number}", "kafka" if number < 3 else "cobol")
    monkeypatch.setattr(matching, "FENCE_UP_TO", -1)
    monkeypatch.setattr(search, "WALKED_AT_MOST", 2)

    assert found("kafka", recruiter, size=2) == ["Noor 2", "Noor 1"]
    after = search.find("kafka", recruiter, size=2).next
    assert found("kafka", recruiter, size=2, after=after) == ["Noor 0"]
    assert (found("kafka", manager), search.find("kafka", manager).total) == ([], 0)


# ---------- skills, places, years ----------


def test_skills_are_found_under_all_their_names_and_never_by_likeness(person, recruiter):
    person("Ada", "Ten years of J2EE and k8s")
    person("Bea", "JavaScript only; go for it")
    person("Cyd", "Skills: Go, R, C++")

    assert found("skill:java", recruiter) == ["Ada"]
    assert found("skill:kubernetes", recruiter) == found("skill:K8S", recruiter) == ["Ada"]
    assert found('skill:"java ee" OR skill:javascript', recruiter) == ["Bea", "Ada"]
    assert found("skill:go", recruiter) == found("skill:c++", recruiter) == ["Cyd"]
    assert found("-skill:java", recruiter) == ["Cyd", "Bea"]


def test_words_that_full_text_cannot_read_are_the_skill(person, recruiter):
    person("Ada", "Skills: C++17, Python")
    person("Bea", "Skills: C#, .NET 6 · vitamin C against colds")
    person("Cyd", "Skills: R, NodeJS, C")
    person("Go Tanaka", "Skills: accounting")
    person("Gordon Meyer", "Skills: Go, F#; on the go")

    assert found("C++", recruiter) == found('"c++"', recruiter) == found("cpp OR C++", recruiter) == ["Ada"]
    assert found("c#", recruiter) == found('"C#" .net', recruiter) == ["Bea"]
    assert found(".NET", recruiter) == ["Gordon Meyer", "Bea"]
    assert found("R", recruiter) == found("node.js", recruiter) == found('"Node.js"', recruiter) == ["Cyd"]
    assert found("C", recruiter) == ["Cyd"]
    assert found("F#", recruiter) == ["Gordon Meyer"]
    assert found("Go", recruiter) == ["Gordon Meyer", "Go Tanaka"]
    assert found("go tanaka", recruiter) == ["Go Tanaka"]
    assert found("python C++", recruiter) == ["Ada"]
    assert found("-C++ -C#", recruiter) == ["Gordon Meyer", "Go Tanaka", "Cyd"]
    assert "<mark>C++17</mark>" in next(iter(search.find("C++", recruiter).passages.values())).text
    assert "<mark>C#</mark>" in next(iter(search.find("C#", recruiter).passages.values())).text
    assert passages.mark("C++ and C# in C", marking.words(query.parse("C#"))) == "C++ and <mark>C#</mark> in C"


def test_parts_of_a_year_of_experience_count(person, recruiter):
    for name, text in {"Ada": "2020-01", "Bea": "2020-07", "Cyd": "2021-01"}.items():
        candidate = person(name, f"Engineer, Fathom Grid, 2018-01 to {text}")
        document = Document.objects.get(candidate=candidate)
        months = {"Ada": 2.0, "Bea": 2.5, "Cyd": 3.0}[name]
        profile = {**Profile().as_json(), "years_computed": months}
        ParsedProfile.objects.update_or_create(
            document=document, defaults={"status": "done", "profile": profile, "due_at": timezone.now()}
        )
        search.refresh([candidate.pk])

    assert found("experience:2", recruiter) == ["Bea", "Ada"]
    assert found("experience:2.5", recruiter) == found("experience:2,5", recruiter) == ["Bea"]
    assert found("experience:>=2.5", recruiter) == ["Cyd", "Bea"]
    assert found("experience:>2.5", recruiter) == ["Cyd"]
    assert found("experience:<2.5", recruiter) == ["Ada"]
    assert found("experience:3..2.5", recruiter) == ["Cyd", "Bea"]
    CandidateSearch.objects.update(months=None)  # a copy of an older version
    assert found("experience:>=2.5", recruiter) == ["Cyd"]
    assert found("experience:unknown", recruiter) == []


def test_skills_places_and_titles_are_look_ups_not_phrases(recruiter):
    """docs/performance.md: a phrase reads the text of everybody who has both words."""
    for text, wanted in {
        'skill:"machine learning"': "skills &&",
        "near:Berlin": "place = ANY",
        "title:engineer": "facts @@",
        "location:berlin": "facts @@",
    }.items():
        sql = str(query.people(recruiter, text).query)
        assert wanted in sql
        assert "tsv" not in sql


def test_near_knows_cities_by_all_their_names_and_how_far(person, recruiter):
    person("Ada", location="Potsdam, Germany")
    person("Bea", location="Köln")
    person("Cyd", location="Berlin Mitte")
    factories.LocationFactory(name="Headquarters", city="Cologne", country="DE")

    assert found("near:Berlin", recruiter) == ["Cyd", "Ada"]
    assert found("near:Berlin 5km", recruiter) == ["Cyd"]
    assert found("near:Cologne", recruiter) == found("near:Headquarters 10km", recruiter) == ["Bea"]
    assert found("location:(cologne OR germany)", recruiter) == ["Cyd", "Bea", "Ada"]
    with pytest.raises(QueryError, match="Did you mean “Berlin”"):
        found("kafka near:Berlinn", recruiter)


def test_a_place_and_what_is_known_of_several_words_are_asked_of_the_index(person, recruiter):
    near = query.match(query.parse("near:Berlin 50km"), recruiter).search
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT 1 FROM hiring_candidatesearch WHERE {near.sql}", near.params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "candidate_search_facts" in plan, "an array of another width than the column's is no question to its index"


def test_what_several_words_together_are_expected_to_match_is_doubted_and_walked_first(person, recruiter, monkeypatch):
    for number in range(6):
        person(f"Kafka Engineer {number}", headline="Data Engineer, Kafka")
    monkeypatch.setattr(matching, "DOUBTED_FROM", 0)

    doubted = query.match(query.parse("title:engineer kafka"), recruiter).expected
    sure = query.match(query.parse("kafka"), recruiter).expected
    monkeypatch.setattr(search, "COUNT_UP_TO", 0)
    page = search.find("title:engineer kafka", recruiter, size=2)

    assert (doubted.is_doubtful, sure.is_doubtful) == (True, False)
    assert ([row.name for row in page.rows], page.is_estimate) == (["Kafka Engineer 5", "Kafka Engineer 4"], True)
    monkeypatch.setattr(search, "WALKED_AT_MOST", 1)  # it ends without a page, so all are gathered
    page = search.find("title:engineer kafka", recruiter, size=2)
    assert ([row.name for row in page.rows], page.total) == (["Kafka Engineer 5", "Kafka Engineer 4"], 6)


def test_people_who_were_changed_at_the_same_moment_are_walked_and_counted_too(person, recruiter, monkeypatch):
    for number in range(8):
        person(f"Noor {number}", "kafka" if number % 2 else "cobol")
    Candidate.objects.update(updated_at=timezone.now())  # as a list that is brought in
    monkeypatch.setattr(matching, "FENCE_UP_TO", -1)
    monkeypatch.setattr(search, "COUNT_UP_TO", 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hiring_candidatesearch")
    monkeypatch.setattr(query.Match, "gathered", lambda match: pytest.fail("the walk found nobody"))

    first = search.find("kafka", recruiter, size=2)
    second = search.find("kafka", recruiter, size=1, after=first.next)

    assert [row.name for page in (first, second) for row in page.rows] == ["Noor 7", "Noor 5", "Noor 3"]
    assert [(page.total, page.is_estimate) for page in (first, second)] == [(5, True), (4, True)]


def test_texts_are_read_last(person, recruiter):
    """docs/performance.md: who is out by a cheaper condition is not read."""
    search_of = query.match(query.parse("kafka experience:>=5 title:engineer"), recruiter).search

    assert search_of is not None
    assert search_of.sql.rindex("years") < search_of.sql.index("tsv")


def test_titles_answer_each_other_and_keep_their_order(person, recruiter):
    person("Ada", headline="Senior Programmer at Fathom Grid")
    person("Bea", headline="Engineer, data platform")
    person("Cyd", headline="Data Engineer · Northwind")

    assert found('title:"data engineer"', recruiter) == ["Cyd"]
    assert "Ada" in found('title:"software developer"', recruiter)
    assert found("company:northwind OR title:platform", recruiter) == ["Cyd", "Bea"] or found(
        "title:platform", recruiter
    ) == ["Bea"]


def test_a_parsed_profile_is_believed_and_its_corrections_more(person, recruiter):
    noor = person("Noor", "Kafka and Terraform")
    profile = {
        "skills": [{"name": "Kafka", "evidence": [], "section": "", "is_strong": False, "months": None}],
        "languages": [{"code": "pl", "name": {"value": "polski", "start": 0, "end": 6, "confidence": 1}, "level": ""}],
        "positions": [], "years_computed": 6.4,
    }  # fmt: skip
    ParsedProfile.objects.create(
        document=noor.documents.get(),
        status="done",
        profile=Profile.from_json(profile).as_json(),
        due_at=timezone.now(),
    )
    search.refresh([noor.pk])

    assert found("skill:kafka language:polish experience:6", recruiter) == ["Noor"]
    assert found("skill:terraform", recruiter) == []  # the parser did not call it a skill
    ProfileCorrection.objects.create(
        candidate=noor, path="skills/new-1/name", value="Terraform", by=recruiter, at=timezone.now()
    )
    search.refresh([noor.pk])
    assert found("skill:terraform skill:kafka", recruiter) == ["Noor"]


def test_years_and_languages_come_from_the_resume(person, recruiter):
    person("Ada", "Engineer with 8 years of experience")
    person("Bea", "Engineer with 3 years", language="fr")
    person("Cyd")

    assert found("experience:>=5", recruiter) == ["Ada"]
    assert found("experience:1..3", recruiter) == found("experience:<8", recruiter) == ["Bea"]
    assert found("-experience:>=5", recruiter) == ["Cyd", "Bea"]
    assert found("language:French", recruiter) == found("language:fr", recruiter) == ["Bea"]


# ---------- names ----------


def test_names_forgive_a_slip_and_know_nicknames(person, recruiter):
    person("Robert Müller")
    person("Noor Haddad")

    assert found("name:muler", recruiter) == found("name:mulelr", recruiter) == ["Robert Müller"]
    assert found("name:hadad", recruiter) == ["Noor Haddad"]
    assert found("bob muller", recruiter) == found("name:bob", recruiter) == ["Robert Müller"]
    assert found("bob", recruiter) == ["Robert Müller"]  # nobody is called Bob
    assert found("name:xaddxd", recruiter) == []
    assert [person.name for person in finder.people("hadda", recruiter)] == ["Noor Haddad"]
    assert [person.name for person in finder.people("hadad", recruiter)] == ["Noor Haddad"]
    assert [person.name for person in finder.people("bob muelr", recruiter)] == []
    assert [person.name for person in finder.people("bob muler", recruiter)] == ["Robert Müller"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Jürgen Strauß", ["jurgen", "JÜRGEN", "juergen strauss", "Strauß", "strauss jürg"]),
        ("Juergen Mueller", ["müller", "jürgen müller", "mueller"]),
        ("Søren Kjær", ["soren", "Soeren kjaer", "kjær", "SØREN"]),
        ("Łukasz Żółć", ["lukasz", "zolc", "ŁUKASZ"]),
        ("Işık İbrahimoğlu", ["isik", "IŞIK", "ibrahim", "ibrahimoglu"]),
        ("José Nuñez", ["jose nunez", "JOSÉ"]),
        ("Γιώργος Παπαδόπουλος", ["γιώργος", "ΓΙΩΡΓΟΣ", "giorgos", "papadopoulos giorg"]),
        ("Наталья Иванова", ["наталья", "ИВАНОВА", "ivanova", "natal ivanova"]),
        ("Oleksandr Shevchenko", ["шевченко", "Shevchenko"]),
        ("محمد العلي", ["محمد", "العلي محمد"]),
        ("王小明", ["王小明", "王小", "王"]),
        ("李 娜", ["李", "娜 李"]),
        ("김민준", ["김민준", "김민"]),
        ("O’Brien Conor", ["obrien", "o'brien", "conor o’brien"]),
    ],
)
def test_names_are_found_however_they_are_written(person, recruiter, name, asked):
    person(name)
    person("Somebody Else")

    assert {text: found(text, recruiter) for text in asked} == {text: [name] for text in asked}
    assert found(f'name:"{asked[0]}"', recruiter) == [name]


def test_a_misspelt_name_alone_shows_similar_ones_and_says_so(person, recruiter):
    person("Noor Haddad")

    results = search.find("nor hadad", recruiter)

    assert ([row.name for row in results.rows], results.similar) == (["Noor Haddad"], "nor hadad")
    assert search.find("nor hadad skill:python", recruiter).rows == []
    assert search.find("noor", recruiter).similar == ""


def test_words_of_names_go_when_nobody_has_them_any_more(person, recruiter):
    noor = person("Noor Haddad")
    noor.delete()
    person("Noor Weber")

    search.forget_unused_names()

    assert sorted(NameToken.objects.values_list("token", flat=True)) == ["noor", "weber"]
    assert set(NameForm.objects.values_list("token", flat=True)) == {"noor", "weber"}


# ---------- orders ----------


@pytest.mark.parametrize("sort", ["newest", "name", "contact", "best"])
def test_every_order_pages_without_gap_or_double(person, recruiter, sort):
    now = timezone.now()
    for number in range(7):
        noor = person(f"Noor {number % 3}", "kafka " * (number + 1))
        touched = now - dt.timedelta(days=number // 2) if number % 3 else None
        Candidate.objects.filter(pk=noor.pk).update(last_contacted_at=touched)

    seen, after = [], ""
    while True:
        page = search.find("kafka", recruiter, after=after, size=2, sort=sort)
        seen += [candidate.pk for candidate in page.rows]
        after = page.next
        if not after:
            break

    people = {candidate.pk: candidate for candidate in Candidate.objects.all()}
    order = {
        "newest": lambda pk: (-people[pk].updated_at.timestamp(), -pk),
        "name": lambda pk: (people[pk].name_key, pk),
        "contact": lambda pk: (
            people[pk].last_contacted_at is None,
            -(people[pk].last_contacted_at or now).timestamp(),
            -pk,
        ),
    }.get(sort)
    assert sorted(seen) == sorted(people)
    if order:
        assert seen == sorted(people, key=order)


def test_the_best_match_says_it_in_name_or_headline(person, recruiter):
    person("Ada", headline="Kafka Engineer")
    person("Bea", "Some Kafka, long ago. " + "Other things. " * 200)

    assert found("kafka", recruiter) == ["Bea", "Ada"]
    assert found("kafka", recruiter, sort="best") == ["Ada", "Bea"]


def test_the_best_match_is_also_near_in_meaning(person, recruiter, monkeypatch):
    ada, bea = person("Ada", "kafka"), person("Bea", "kafka kafka")
    near = {ada.pk: 0.9, bea.pk: 0.1}
    monkeypatch.setattr(ranking, "_by_meaning", lambda vector, people: {pk: near[pk] for pk in people})

    assert found("kafka", recruiter, sort="best") == ["Ada", "Bea"]
    monkeypatch.setattr(ranking, "_by_meaning", lambda vector, people: {})
    assert found("kafka", recruiter, sort="best") == ["Bea", "Ada"]


def test_the_best_of_many_are_not_the_newest_alone(person, recruiter, client, monkeypatch):
    person("Ada", headline="Kafka Engineer")
    person("Bea", "Skills: Kafka")
    for name in ("Cyd", "Dan", "Eve"):
        person(name, "They spoke of Kafka once.")
    monkeypatch.setattr(ranking, "RANKED_AT_MOST", 2)
    monkeypatch.setattr(search, "RANKED_AT_MOST", 2)

    assert found("kafka", recruiter, sort="best")[:1] == ["Ada"]
    assert set(found("kafka", recruiter, sort="best")) == {"Ada", "Bea", "Cyd", "Dan", "Eve"}
    assert search.find("kafka", recruiter, sort="best", size=2).ranked == 0
    near = {Candidate.objects.get(name="Dan").pk}
    monkeypatch.setattr(ranking, "_vector", lambda text: b"asked")
    monkeypatch.setattr(ranking, "_by_meaning", lambda vector, people: {pk: float(pk in near) for pk in people})
    monkeypatch.setattr(ranking.storage, "nearest", lambda vector, people, most: near)
    assert found("kafka", recruiter, sort="best")[0] == "Dan"

    monkeypatch.setattr(search, "CHOSEN_FROM", 3)
    page = search.find("kafka", recruiter, sort="best", size=50)
    assert ([row.name for row in page.rows], page.ranked, page.total) == (["Dan", "Eve"], 2, 5)
    client.force_login(recruiter)
    html = client.get(reverse("candidates"), {"q": "kafka", "sort": "best"}).text
    assert "The best of the newest 2 people are first" in html


# ---------- marks ----------


def test_a_skill_is_marked_by_the_name_the_text_calls_it(person, recruiter):
    person("Ada", "Before. " * 30 + "Then J2EE for a bank.")

    passage = next(iter(search.find("skill:java", recruiter).passages.values()))

    assert "<mark>J2EE</mark>" in passage.text


def test_a_note_that_matches_is_the_passage_for_those_who_may_see_it(person, recruiter, admin):
    from hiring import notes

    noor = person("Noor")
    notes.write(noor, "Her notice period is 3 < 4 & months.", by=recruiter)

    passage = search.find('note:"notice period"', admin).passages[noor.pk]

    assert passage.where == "Note by Rita Recruiter"
    assert "<mark>notice</mark> <mark>period</mark> is 3 &lt; 4 &amp; months" in passage.text


def test_short_texts_are_marked_and_escaped():
    wanted = marking.words(query.parse("engineers dat* skill:java"))

    assert passages.mark("Data <b> Engineer, J2EE", wanted) == (
        "<mark>Data</mark> &lt;b&gt; <mark>Engineer</mark>, <mark>J2EE</mark>"
    )


# ---------- may be written to ----------


def test_contactable_follows_the_contact_policy(person, recruiter, world):
    """Whoever it finds, the policy lets through by day; whoever it leaves out, it holds back."""
    from hiring import contact

    ada = person("Ada", emails=["ada@mail.example"])
    person("Bea")
    cyd = person("Cyd", emails=["cyd@mail.example"])
    Candidate.objects.filter(pk=cyd.pk).update(do_not_contact=True)
    dan = person("Dan", emails=["dan@mail.example"])
    contact.suppress("dan@mail.example", "unsubscribe", candidate=dan)
    eve = person("Eve", emails=["eve@mail.example"])
    Candidate.objects.filter(pk=eve.pk).update(last_contacted_at=timezone.now())
    search.refresh([dan.pk])

    assert found("contactable:yes", recruiter) == ["Ada"]
    assert set(found("contactable:no", recruiter)) == {"Bea", "Cyd", "Dan", "Eve", world.candidate.name}
    for candidate in Candidate.objects.all():
        rules = {finding.rule for finding in contact.may_send(candidate).findings} - {"quiet_hours"}
        assert bool(rules) == (candidate.pk != ada.pk)
