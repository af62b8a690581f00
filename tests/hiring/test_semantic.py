"""People alike and people for a job: what decides, what must not, who is left out, and how vectors keep up with the record."""

from __future__ import annotations

import struct
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import acquaintance, duplicates, merging, search, semantic
from hiring.errors import CannotStart
from hiring.models import (
    Candidate,
    CandidateVector,
    Document,
    DocumentText,
    DuplicatePair,
    JobVector,
    ParsedProfile,
    SearchRecord,
    VectorDue,
)
from hiring.resumes.profile import Profile
from hiring.semantic import asking, embedding, languages, model, nearest, ranking, recall, storage, texts, words
from hiring.semantic.ranking import fuse
from hiring.semantic.words import Concept
from tests import factories

JAVA = (
    "Backend developer. Built payment services in Java with Spring Boot, PostgreSQL and Kafka. Deployed to Kubernetes. "
    * 3
)
J2EE = "Wrote J2EE services for invoicing on Oracle databases, moved them to containers and Postgres. " * 3
NURSE = "Registered nurse on an intensive care unit. Wound care, medication, looking after patients at night. " * 3
COOK = "Cook in a hotel kitchen. Prepared menus for two hundred guests, kept to HACCP, trained apprentices. " * 3


@pytest.fixture(scope="session")
def minilm():
    return model.Model()


@pytest.fixture(params=["halfvec", "bytes"])
def kept_as(request, monkeypatch):
    """Both ways of keeping vectors: with pgvector and without."""
    nearest.forget()
    monkeypatch.setattr(storage, "has_halfvec", lambda: request.param == "halfvec")
    yield request.param
    nearest.forget()


@pytest.fixture
def person(db):
    def make(name, resume, **facts):
        candidate = factories.CandidateFactory(name=name, **facts)
        document = Document.objects.create(
            candidate=candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1,
            sha256=texts.digest(resume),
            status="ready", uploaded_at=timezone.now(),
        )  # fmt: skip
        DocumentText.objects.create(document=document, text=resume, reader_version="1")
        search.refresh([candidate.pk])
        return candidate

    return make


@pytest.fixture
def people(person):
    return {
        "java": person("Noor Haddad", JAVA),
        "j2ee": person("Sam Weber", J2EE),
        "nurse": person("Ada Berg", NURSE),
        "cook": person("Ivo Roux", COOK),
    }


def embed_all(minilm):
    while embedding.step(minilm):
        pass
    embedding.step_jobs(minilm)


def names(ranking):
    known = dict(Candidate.objects.values_list("pk", "name"))
    return [known[match.candidate] for match in ranking.matches]


# --- the model and what it is given ---------------------------------------------------------------------------------


def test_the_model_puts_what_means_alike_close(minilm):
    def closeness(one, other):
        return sum(
            a * b for a, b in zip(storage.numbers(minilm.embed(one)), storage.numbers(minilm.embed(other)), strict=True)
        )

    assert closeness(JAVA, J2EE) > closeness(JAVA, NURSE) + 0.2
    assert closeness("nurse", "nurse") == pytest.approx(1, abs=0.01)
    assert minilm.embed(JAVA) == minilm.embed(JAVA)
    assert minilm.embed("") and minilm.embed("\x00 \ud83d\ude00".encode("utf-8", "ignore").decode())
    assert storage.packed(storage.literal(minilm.embed(COOK)))[:20] == minilm.embed(COOK)[:20]


def test_other_weights_are_refused(monkeypatch):
    monkeypatch.setattr(model, "WEIGHTS_SHA256", "0" * 64)

    with pytest.raises(CannotStart, match="not the file we know"):
        model.Model()


RESUME = """Noor HADDAD-Müller
Date of birth: 4 May 1988
Geburtsdatum: 04.05.1988
Nationality: French
Gender: female
Familienstand: verheiratet, 2 Kinder
Religion: none
Address: 12 Example Street, 69000 Lyon
Musterstraße 12, 80331 Munich
noor.haddad@example.org · +33 6 39 98 00 41 · https://linkedin.com/in/noor-haddad
Mrs Haddad, 36 years old, married
Data engineer at Fathom Grid, 2019 - 2023, builds Kafka pipelines in Python for power grids
"""


def test_what_must_not_count_never_reaches_the_model():
    said = texts.of_candidate(
        RESUME, name="Noor Haddad-Muller", headline="Data engineer at Fathom Grid", company="Fathom Grid"
    )

    assert "builds Kafka pipelines in Python for power grids" in said and said.startswith("Data engineer")
    for hidden in (
        "noor", "haddad", "müller", "1988", "french", "female", "verheiratet", "kinder", "religion", "example street", "69000", "munich",
        "musterstra", "@", "98 00", "linkedin", "mrs", "36 years", "married", "fathom", "2019",
    ):  # fmt: skip
        assert hidden not in said.lower(), hidden


def test_a_job_is_its_title_and_the_words_of_its_advert():
    said = texts.of_job(
        "Grid planner", "<h3>What you will do</h3><p>Plan &amp; draw</p> jobs@northwind.example", "Northwind"
    )

    assert said == "Grid planner. Grid planner. What you will do Plan & draw"
    assert texts.of_job("Grid planner", "", "") == "Grid planner"


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_can_be_stripped(resume, name):
    said = texts.of_candidate(resume, name=name, headline=name, company=name)

    assert len(said) <= texts.LONGEST
    assert texts.digest(said) == texts.digest(said)


# --- keeping up with the record (invariant 10) ----------------------------------------------------------------------


def test_a_vector_is_made_once_for_a_text_and_again_when_it_changes(people, minilm, kept_as, monkeypatch):
    made = []
    monkeypatch.setattr(minilm, "embed", lambda text, embed=minilm.embed: made.append(text) or embed(text))
    embed_all(minilm)
    assert len(made) == 4
    first = storage.of(CandidateVector, people["java"].pk)
    assert first and CandidateVector.objects.get(pk=people["java"].pk).model == model.NAME

    kept = _place(people["java"].pk)
    search.refresh([people["java"].pk])  # touched, the same words
    embed_all(minilm)
    assert len(made) == 4
    assert _place(people["java"].pk) == kept  # its row is not written: the index of nearness would take it in anew
    DocumentText.objects.filter(document__candidate=people["java"]).update(text=NURSE)
    search.refresh([people["java"].pk])
    embed_all(minilm)

    assert len(made) == 5
    assert storage.of(CandidateVector, people["java"].pk) != first
    assert not VectorDue.objects.exists()


def _place(pk):
    """Where the row of a vector lies: elsewhere once it was written again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM hiring_candidatevector WHERE candidate_id = %s", [pk])
        return cursor.fetchone()[0]


def test_another_model_makes_everybody_due_and_its_vectors_never_mix(people, minilm):
    embed_all(minilm)
    CandidateVector.objects.update(model="another")

    assert storage.of(CandidateVector, people["java"].pk) is None
    assert storage.mark_outdated() == 4 and storage.mark_outdated() == 0
    embed_all(minilm)
    assert set(CandidateVector.objects.values_list("model", flat=True)) == {model.NAME}


def test_who_is_marked_while_being_embedded_stays_due(people, minilm):
    pk = people["java"].pk
    VectorDue.objects.exclude(pk=pk).delete()

    embedding.step(minilm, between=lambda: None)
    assert not VectorDue.objects.filter(pk=pk).exists()
    search.refresh([pk])
    DocumentText.objects.filter(document__candidate=pk).update(text=COOK)

    class Slow:
        def embed(self, text):
            storage.mark_due([pk])  # somebody changes the record meanwhile
            return minilm.embed(text)

    embedding.step(Slow())
    assert VectorDue.objects.filter(pk=pk, taken_at=None).exists()
    assert embedding.step(minilm) == 1
    assert not VectorDue.objects.filter(pk=pk).exists()


def test_two_processes_do_not_take_the_same_people(people, minilm):
    taken = VectorDue.objects.filter(pk=people["java"].pk)
    taken.update(taken_at=timezone.now())

    assert embedding.step(minilm) == 3
    taken.update(taken_at=timezone.now() - embedding.TAKEN_FOR * 2)  # the process that took it died
    assert embedding.step(minilm) == 1


def test_whom_nobody_marked_is_found_and_health_says_who_waits(people, settings):
    VectorDue.objects.all().delete()

    assert storage.mark_missed() == 4 and storage.mark_missed() == 0
    assert embedding.oldest_due() is not None
    settings.SEMANTIC_SEARCH = False
    assert embedding.oldest_due() is None


def test_those_missed_are_looked_for_slice_by_slice_round_after_round(people, monkeypatch):
    monkeypatch.setattr(storage, "SLICE", 3)
    place = storage.Round()
    VectorDue.objects.all().delete()

    assert [storage.mark_missed(place) for _ in range(3)] == [3, 1, 0]
    VectorDue.objects.filter(pk=people["java"].pk).delete()
    found = [storage.mark_missed(place) for _ in range(3)]

    assert sum(found) == 1 and place.after == 0


def test_a_merge_and_its_undoing_make_vectors_anew(people, minilm, recruiter, django_capture_on_commit_callbacks):
    embed_all(minilm)
    survivor, other = people["java"], people["nurse"]
    with django_capture_on_commit_callbacks(execute=True):
        deed = merging.merge(survivor, other, by=recruiter)
    assert not CandidateVector.objects.filter(pk=other.pk).exists()
    assert set(VectorDue.objects.values_list("pk", flat=True)) == {survivor.pk}

    with django_capture_on_commit_callbacks(execute=True):
        merging.unmerge(deed, by=recruiter)

    assert set(VectorDue.objects.values_list("pk", flat=True)) == {other.pk, survivor.pk}
    other.refresh_from_db()
    Candidate.objects.filter(pk=people["cook"].pk).delete()
    assert not CandidateVector.objects.filter(pk=people["cook"].pk).exists()


def test_a_job_is_embedded_when_it_reads_differently(db, minilm):
    posting = factories.PostingFactory(title="Nurse", description="<p>Looks after patients</p>")

    assert embedding.step_jobs(minilm) == 1 and embedding.step_jobs(minilm) == 0
    before = storage.of(JobVector, posting.job_id)
    posting.description = "<p>Writes Java services</p>"
    posting.save()

    assert embedding.step_jobs(minilm) == 1
    assert storage.of(JobVector, posting.job_id) != before


def test_two_versions_of_a_resume_make_people_of_one_name_suspected(person, minilm, kept_as):
    longer = JAVA * 2 + "Led a team of four. Speaks at conferences. "
    one, two = (
        person("Robert Miller", longer),
        person("Bob Miller", longer.replace("2019", "2020") + "References on request."),
    )
    three = person("Rob Miller", NURSE * 2)
    duplicates.sweep()
    assert not DuplicatePair.objects.exists()  # names alone are not enough

    embed_all(minilm)  # makes them be looked at again
    duplicates.sweep()

    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == (one.pk, two.pk)
    assert pair.reasons == ["similar_name", "resumes_alike"] and pair.score == 65
    assert three.pk not in (pair.first_id, pair.second_id)
    assert duplicates.words(pair) == ["Similar name", "Résumés nearly alike"]

    # The same score wherever two people are compared: while one is picked to merge, and side by side.
    recruiter = factories.UserFactory(role="recruiter")
    found = acquaintance.suspects_on_record(recruiter, Candidate.objects.get(pk=one.pk))
    likely, *others = [(who.person.pk, who.score, who.reasons) for who in found]
    assert likely == (two.pk, 65, duplicates.words(pair))
    assert others in ([], [(three.pk, 35, ["Similar name"])])  # shown to whoever picks, never queued
    DuplicatePair.objects.all().delete()
    chosen = duplicates.put_side_by_side(two, one, by=recruiter)
    assert (chosen.score, chosen.reasons) == (65, ["similar_name", "resumes_alike", "by_hand"])


def test_a_mere_headline_makes_nobody_suspected(db, minilm):
    for name in ("Robert Miller", "Bob Miller"):
        search.refresh([factories.CandidateFactory(name=name, headline="Data Engineer").pk])
    embed_all(minilm)

    duplicates.sweep()

    assert not DuplicatePair.objects.exists()


# --- rankings -------------------------------------------------------------------------------------------------------


def test_people_alike_come_first_with_the_skills_they_share(people, minilm, recruiter, kept_as):
    embed_all(minilm)

    found = semantic.similar_people(recruiter, people["java"])

    assert found.by_meaning and names(found)[0] == "Sam Weber"
    best = found.matches[0]
    assert {"Java", "PostgreSQL"} <= set(best.skills)  # J2EE answers Java, Postgres is PostgreSQL
    assert best.closeness > found.matches[-1].closeness and best.score == pytest.approx(best.by_meaning + best.by_words)
    assert people["java"].pk not in [match.candidate for match in found.matches]


def test_the_index_and_the_exact_way_agree(people, minilm, recruiter, monkeypatch):
    embed_all(minilm)
    exact = semantic.similar_people(recruiter, people["java"])
    monkeypatch.setattr(ranking, "EXACT_UP_TO", -1)

    by_index = semantic.similar_people(recruiter, people["java"])

    assert [match.candidate for match in by_index.matches] == [match.candidate for match in exact.matches]


def test_how_well_the_index_finds_is_measured_kept_and_warned_of(people, minilm, admin, client, caplog, monkeypatch):
    embed_all(minilm)

    kept = recall.check()

    assert (kept.recall, kept.queries, kept.people, kept.model) == (1.0, 4, 4, model.NAME)
    assert not caplog.records
    monkeypatch.setattr(recall, "_share", lambda vector: 0.5)
    assert recall.check().recall == 0.5
    assert [record.message for record in caplog.records] == ["semantic_recall_low"]
    client.force_login(admin)
    html = client.get(reverse("admin:hiring_recallcheck_changelist")).text
    assert "below 0.9: rebuild the index" in html and "good" in html
    monkeypatch.setattr(storage, "has_halfvec", lambda: False)
    assert recall.check() is None


def test_texts_the_model_does_not_read_are_named(people, recruiter, client, minilm):
    embed_all(minilm)
    for key, code in (("java", "de"), ("j2ee", "en"), ("nurse", "fr")):
        document = Document.objects.get(candidate=people[key])
        profile = {**Profile().as_json(), "text_language": code}
        ParsedProfile.objects.update_or_create(
            document=document, defaults={"status": "done", "profile": profile, "due_at": timezone.now()}
        )
    everybody = [person.pk for person in people.values()]

    assert languages.unread(everybody) == {people["java"].pk: "German", people["nurse"].pk: "French"}
    assert (
        languages.of_text("Wir suchen eine Person, die mit uns für die Netze arbeitet und das Team leitet.") == "German"
    )
    assert languages.of_text(JAVA) == languages.of_text("") == ""
    client.force_login(recruiter)
    german = client.get(reverse("candidate_like", args=[people["java"].pk])).text
    english = client.get(reverse("candidate_like", args=[people["j2ee"].pk])).text
    assert "This text is in German." in german
    assert "This text is in" not in english and "résumé in German" in english


def test_a_job_proposes_whoever_fits_and_is_not_on_it(people, minilm, recruiter, world, client):
    job = world.job
    job.title = "Backend developer"
    job.save()
    world.posting.description = "<p>Java, Spring Boot and PostgreSQL on Kubernetes</p>"
    world.posting.save()
    embed_all(minilm)
    assert names(semantic.people_for_job(recruiter, job))[:2] == ["Noor Haddad", "Sam Weber"]

    factories.ApplicationFactory(candidate=people["java"], stage=world.stages["applied"], status="rejected")

    found = semantic.people_for_job(recruiter, job)
    assert "Noor Haddad" not in names(found) and names(found)[0] == "Sam Weber"
    assert world.candidate.pk not in [match.candidate for match in found.matches]
    client.force_login(recruiter)
    client.get(reverse("sourcing:people_for_job", args=[job.pk]), {"q": "skill:java"})
    client.get(reverse("candidate_like", args=[people["java"].pk]))
    kept = SearchRecord.objects.order_by("pk").values_list("query", "job", "shown__0")
    assert list(kept) == [  # EQ-12: a list by likeness is a search as well
        ("(people who fit the job) skill:java", job.pk, people["j2ee"].pk),
        (f"(people like record {people['java'].pk})", None, people["j2ee"].pk),
    ]
    semantic.on_the_job.clear()
    try:
        assert semantic.people_for_job(recruiter, job).matches == []  # nobody says who is on it: nobody is proposed
    finally:
        from pipeline import receivers

        semantic.on_the_job["applications"] = receivers.people_of


def test_only_people_one_may_see_and_whom_the_filter_leaves(
    people, minilm, recruiter, manager, outsider, world, kept_as
):
    embed_all(minilm)
    Candidate.objects.filter(pk=people["j2ee"].pk).update(do_not_contact=True)

    assert semantic.similar_people(outsider, people["java"]).matches == []
    factories.ApplicationFactory(candidate=people["nurse"], stage=world.stages["applied"])
    assert (
        {"Ada Berg"}
        <= set(names(semantic.similar_people(manager, people["java"])))
        <= {"Ada Berg", world.candidate.name}
    )
    assert (
        names(semantic.similar_people(recruiter, people["java"]))[0] == "Sam Weber"
    )  # not to be contacted: shown all the same
    narrowed = Candidate.objects.filter(pk__in=[people["nurse"].pk, people["cook"].pk])
    assert set(names(semantic.similar_people(recruiter, people["java"], narrowed))) == {"Ada Berg", "Ivo Roux"}
    Candidate.objects.filter(pk=people["nurse"].pk).update(merged_into=people["java"])
    assert "Ada Berg" not in names(semantic.similar_people(recruiter, people["java"]))


@pytest.mark.parametrize("off", [True, False], ids=["switched off", "not embedded yet"])
def test_without_vectors_words_alone_decide(people, recruiter, settings, off):
    settings.SEMANTIC_SEARCH = not off

    found = semantic.similar_people(recruiter, people["java"])

    assert not found.by_meaning and names(found)[:1] == ["Sam Weber"]
    assert found.matches[0].closeness is None and found.matches[0].percent is None
    assert "Ada Berg" not in names(found)


def test_a_text_without_known_skills_is_ranked_by_its_rarest_words(people, recruiter):
    found = semantic.like_text(recruiter, "somebody who prepared menus for guests")

    assert names(found)[0] == "Ivo Roux"
    assert semantic.like_text(recruiter, "  ").matches == []
    assert semantic.like_text(recruiter, "'); DROP TABLE x; -- \\ 'a':*").matches == []


def test_half_of_a_name_is_not_the_skill(person, recruiter):
    person("Ivo Roux", "Version history of recipes, control of stock, engineer of sauces. ")

    assert semantic.like_text(recruiter, "Git, site reliability engineering, REST APIs").matches == []


def test_skills_that_look_alike_in_a_text_are_told_apart(person, recruiter):
    person("Ivo Roux", "Skills: C++, Qt")
    person("Sam Weber", "Skills: C#, Azure")

    assert names(semantic.like_text(recruiter, "C++, Qt")) == ["Ivo Roux"]
    assert names(semantic.like_text(recruiter, "C#, Azure")) == ["Sam Weber"]


def test_names_find_nobody_by_likeness(person, recruiter):
    person("Java Kubernetes", COOK)

    assert semantic.like_text(recruiter, "Java and Kubernetes").matches == []


def test_a_typed_text_gets_its_vector_from_the_embedding_process(people, minilm, recruiter, monkeypatch):
    monkeypatch.setattr(asking, "QUESTIONS", "semantic:test")
    embed_all(minilm)
    broker = asking._broker()
    broker.delete(asking.ALIVE)
    words_alone = semantic.like_text(recruiter, "looks after sick people")
    stop = threading.Event()
    desk = asking.Desk()
    desk.answer(minilm, wait=0)

    def serve():
        while not stop.is_set():
            desk.answer(minilm, wait=0.2)

    server = threading.Thread(target=serve)
    server.start()
    try:
        monkeypatch.setattr(asking, "PATIENCE", 5)
        found = semantic.like_text(recruiter, "looks after sick people")
    finally:
        stop.set()
        server.join()

    assert not words_alone.by_meaning
    assert found.by_meaning and names(found)[0] == "Ada Berg"
    assert semantic.like_text(recruiter, "looks after sick people").by_meaning  # remembered for a while
    broker.delete(asking.ALIVE)
    assert asking.vector_of("something nobody answers") is None


def test_queries_do_not_grow_with_people(people, person, minilm, recruiter, django_assert_num_queries):
    embed_all(minilm)
    semantic.similar_people(recruiter, people["java"])  # what a process reads once
    with django_assert_num_queries(7):
        semantic.similar_people(recruiter, people["java"])
    for number in range(5):
        person(f"Kim {number}", JAVA)
    embed_all(minilm)
    with django_assert_num_queries(7):
        semantic.similar_people(recruiter, people["java"])


def test_nothing_about_people_is_logged(people, minilm, recruiter, caplog):
    caplog.set_level("DEBUG")
    embed_all(minilm)
    semantic.like_text(recruiter, "Noor Haddad Kafka")

    assert not [record for record in caplog.records if "Noor" in record.getMessage() or "Kafka" in str(record.__dict__)]


# --- the arithmetic -------------------------------------------------------------------------------------------------


def concept(name, share=0.1):
    return Concept(name, (f"'{name}'",), share, is_skill=True)


def test_scores_are_z_of_meaning_plus_a_third_of_z_of_words():
    rows = [(1, True, 0.2, 0.0), (2, True, 0.4, 0.5), (3, False, 0.6, 1.0)]

    matches = {match.candidate: match for match in fuse(rows, [concept("java")])}

    # closeness .8, .6, .4: z = 1.2247, 0, -1.2247; words 0, .5, 1: the other way round, times 0.3
    assert matches[1].score == pytest.approx(1.2247 - 0.3 * 1.2247, abs=1e-3)
    assert matches[2].score == pytest.approx(0, abs=1e-9)
    assert [match.candidate for match in fuse(rows, [concept("java")])] == [1, 2, 3]
    assert matches[3].skills == ("java",) and matches[1].skills == ()


@given(st.lists(st.tuples(st.booleans(), st.none() | st.floats(0, 2), st.floats(0, 1), st.floats(0, 1)), max_size=30))
def test_any_rows_are_ranked_without_holes(rows):
    given_rows = [(number, *row) for number, row in enumerate(rows)]

    matches = fuse(given_rows, [concept("java"), concept("sql", 0.5)])

    assert len({match.candidate for match in matches}) == len(matches) <= len(rows)
    assert {row[0] for row in given_rows if row[1]} <= {match.candidate for match in matches}
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_common_words_score_but_fetch_nobody():
    asked = [concept("rare", 0.001), concept("mid", 0.004), concept("common", 0.4)]

    assert words.to_fetch(asked, 100_000) == "'rare' | 'mid'"
    assert words.to_fetch([concept("common", 0.4)], 100_000) == ""
    assert words.to_fetch(asked, 500) == "'rare' | 'mid' | 'common'"
    assert asked[0].weight > asked[1].weight > asked[2].weight


def test_vectors_survive_their_way_through_postgresql():
    value = struct.pack("<384e", *([0.05] * 384))

    assert storage.packed(storage.literal(value)) == value
