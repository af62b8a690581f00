"""Each application judged by its job's criteria, in the background, with evidence, and put right by people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from hiring.documents import removing
from hiring.errors import Refused
from hiring.models import DocumentText, ParsedProfile, TimelineEvent
from hiring.resumes import corrections as profile
from hiring.taxonomy.vocabulary import Entry, Vocabulary
from pipeline import rejection
from pipeline.models import Judgement, JudgementCorrection
from pipeline.screening import correcting, criteria, judging, matching
from pipeline.screening.results import Tally
from pipeline.tasks import sweep_judgements
from tests.factories import ApplicationFactory, RejectionReasonFactory
from tests.pipeline.screened import ALL, QUESTIONS, RESUME, criterion, facts_of, give_resume

pytestmark = pytest.mark.django_db

PYTHON = criterion("skill", skill="Python", years=3)
RUST = criterion("skill", skill="Rust")
STATEMENT = criterion("statement", "should", text="Has explained numbers to people who decide")


@pytest.fixture
def application(world):
    """Somebody with a résumé that was read, for a job with three criteria."""
    document = give_resume(world.candidate)
    world.application.resume = document
    world.application.save()
    criteria.add(world.job, PYTHON, RUST, STATEMENT, by=None)
    return world.application


def verdicts(application):
    return [one.verdict for one in judging.judged(application)]


def judge(*applications):
    return judging.judge_due([application.pk for application in applications])


def test_an_application_is_judged_with_the_words_that_show_it(application):
    assert judging.standing(application).is_awaited

    assert judge(application) == 1

    python, rust, statement = judging.judged(application)
    assert (python.verdict, python.rule) == ("met", "skill_years")
    assert python.place.quote == "Built streaming pipelines in Python and Kafka"
    assert RESUME[python.place.start : python.place.end] == "Python"
    assert python.document == application.resume_id
    assert (rust.verdict, rust.evidence, rust.note) == ("not_found", (), "Rust is not named in the résumé.")
    assert (statement.verdict, statement.label) == ("unknown", "Needs a look")
    assert judging.summary(application) == Tally(
        of=3, met=1, partly=0, unknown=1, musts=2, musts_met=1, weighed=50, marks="yol"
    )


def test_the_record_of_a_decision_holds_all_of_it_with_the_versions(application, recruiter):
    judge(application)
    correcting.correct(application, RUST.key, "partly", "Says so in the cover letter", by=recruiter)

    said = judging.standing(application).as_record()

    assert (said["criteria_version"], said["judging_version"]) == (1, judging.JUDGING_VERSION)
    assert [(one["says"], one["verdict"], one["judged"]) for one in said["criteria"]] == [
        ("Python, at least 3 years", "met", "met"),
        ("Rust", "partly", "not_found"),
        (STATEMENT.says, "unknown", "unknown"),
    ]
    assert said["criteria"][1]["corrected"]["reason"] == "Says so in the cover letter"


@pytest.mark.parametrize(
    ("asked", "said", "verdict"),
    [
        ("PMP", "Project Management Professional, 2021", "met"),
        ("Project Management Professional", "PMP (2021)", "met"),
        (
            "AWS Certified Solutions Architect",
            "AWS Solutions Architect – Professional",
            "met",
        ),  # what stands above answers
        ("RHCE", "Red Hat Certified System Administrator", "not_found"),  # what stands below does not
        ("Driving licence B", "Führerschein Klasse B", "met"),
        ("PSM I", "Certified Scrum Master", "not_found"),  # another body's certificate is another one
        ("CKA", "Preparing for Certified Kubernetes Administrator", "partly"),
        ("Blue Lantern Diploma", "Blue Lantern Diploma, 2020", "met"),  # no list knows it
    ],
)
def test_a_certificate_is_found_by_each_of_its_names(asked, said, verdict):
    facts = facts_of(RESUME.replace("AWS Certified Solutions Architect - 2022", said))
    (result,) = matching.judge([criterion("certificate", name=asked)], facts)
    assert (result.verdict, bool(result.evidence)) == (verdict, verdict != "not_found")


def test_a_name_that_administrators_add_to_a_skill_counts_for_the_certificate_of_that_name():
    skills = Vocabulary.of([Entry("PMP", ("PMI licence",), ("Project management",))])
    facts = facts_of(RESUME.replace("AWS Certified Solutions Architect - 2022", "PMI licence, 2019"))
    facts.taxonomy = replace(facts.taxonomy, skills=skills)
    (result,) = matching.judge([criterion("certificate", name="PMP")], facts)
    assert result.verdict == "met"


def test_judging_twice_gives_the_same(application):
    judge(application)
    first = Judgement.objects.values("results", "input_sha256", "met", "weighed").get()

    judging.mark([application.pk])
    judge(application)

    assert Judgement.objects.values("results", "input_sha256", "met", "weighed").get() == first


def test_a_correction_stands_when_it_is_judged_again_and_can_be_taken_back(application, recruiter):
    judge(application)
    made = correcting.correct(application, RUST.key, "met", "Wrote the parser we use", by=recruiter)
    assert Judgement.objects.values_list("met", "musts_met").get() == (2, 2)

    criteria.change(application.job, RUST.key, criteria.with_weight(RUST, "should", 5), by=None)
    judge(application)

    rust = next(one for one in judging.judged(application) if one.criterion.key == RUST.key)
    assert (rust.verdict, rust.judged, rust.corrected_by) == ("met", "not_found", recruiter)
    assert Judgement.objects.get().met == 2

    correcting.take_back(made, by=recruiter)
    assert (judging.summary(application).met, Judgement.objects.get().met) == (1, 1)
    kinds = TimelineEvent.objects.filter(kind__startswith="application.judgement").values_list("kind", flat=True)
    assert sorted(kinds) == ["application.judgement_corrected", "application.judgement_taken_back"]


def test_another_question_is_not_answered_by_an_old_correction(application, recruiter):
    judge(application)
    correcting.correct(application, PYTHON.key, "not_found", "Only as a student", by=recruiter)

    criteria.change(application.job, PYTHON.key, criterion("skill", skill="Python"), by=None)
    judge(application)

    assert verdicts(application)[0] == "met"
    assert JudgementCorrection.objects.standing().count() == 1


@pytest.mark.parametrize(("verdict", "reason"), [("met", "  "), ("maybe", "because"), ("met", "x" * 301)])
def test_a_correction_needs_a_verdict_and_a_reason(application, recruiter, verdict, reason):
    judge(application)
    with pytest.raises(Refused):
        correcting.correct(application, RUST.key, verdict, reason, by=recruiter)
    with pytest.raises(Refused, match="no longer asked"):
        correcting.correct(application, "0" * 12, "met", "because", by=recruiter)


def test_a_corrected_profile_is_judged_again_and_tells_who_said_so(
    application, recruiter, django_capture_on_commit_callbacks
):
    judge(application)
    with django_capture_on_commit_callbacks(execute=True):
        profile.add_entry(application.candidate, "skills", {"name": "Rust"}, by=recruiter)
    assert Judgement.objects.due().exists()

    judge(application)

    rust = judging.judged(application)[1]
    assert (rust.verdict, rust.evidence[0].source, rust.evidence[0].where) == ("met", "record", "Added by a colleague")


def test_an_application_waits_for_its_resume_to_be_read(world, django_capture_on_commit_callbacks):
    from hiring.resumes import record

    document = give_resume(world.candidate, parsed=False)
    criteria.add(world.job, PYTHON, by=None)
    judge(world.application)
    assert Judgement.objects.get().status == "waiting"

    assert record.parse([document.pk]) == 1
    judge(world.application)

    assert (Judgement.objects.get().status, verdicts(world.application)) == ("done", ["met"])


def test_where_there_is_nothing_to_look_in_nothing_is_said_to_be_missing(world):
    criteria.add(world.job, PYTHON, criterion("answer", question="permit", label="Permit?", accept=["yes"]), by=None)
    judge(world.application)
    assert [(one.verdict, one.note) for one in judging.judged(world.application)] == [
        ("unknown", "There is no résumé to look in."),
        ("not_found", "The question was not asked when they applied."),
    ]

    document = give_resume(world.candidate)
    ParsedProfile.objects.filter(pk=document.pk).update(status="failed", profile={})
    judging.mark([world.application.pk])
    judge(world.application)
    assert judging.judged(world.application)[0].note == "The résumé could not be read."


def test_those_who_ended_keep_what_they_were_judged_by(application, recruiter):
    judge(application)
    rejection.reject(application, RejectionReasonFactory(), by=recruiter, template=None)

    criteria.remove(application.job, RUST.key, by=None)

    standing = judging.standing(application)
    assert (standing.criteria_version, standing.is_awaited, len(standing.judged)) == (1, False, 3)


def test_quotes_of_a_deleted_document_go_with_it(application, recruiter, django_capture_on_commit_callbacks):
    judge(application)
    rejection.reject(application, RejectionReasonFactory(), by=recruiter, template=None)

    with django_capture_on_commit_callbacks(execute=True):
        removing.remove(application.resume, reason="Sent by mistake", by=recruiter)

    python = judging.judged(application)[0]
    assert (python.verdict, python.evidence) == ("met", ())


def test_nobody_is_judged_where_nothing_is_asked(world):
    judging.mark([world.application.pk])
    assert not Judgement.objects.exists()
    assert judging.judged(world.application) == []


def test_new_applications_are_due_by_themselves(world, recruiter):
    from pipeline import starting
    from tests.factories import CandidateFactory

    criteria.add(world.job, PYTHON, by=None)
    made = starting.open_application(CandidateFactory(), world.job, by=recruiter)

    assert Judgement.objects.due().filter(pk=made.pk).exists()


def test_the_sweep_finds_what_was_left_behind_and_what_older_rules_judged(application, monkeypatch):
    sent = []
    monkeypatch.setattr(judging, "hand_over", lambda ids: sent.append(list(ids)))
    Judgement.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    sweep_judgements()

    judge(application)
    sweep_judgements()
    Judgement.objects.update(judging_version="0")
    sweep_judgements()

    assert sent == [[application.pk], [], [application.pk]]
    Judgement.objects.update(status="working", attempts=3, claimed_at=timezone.now() - dt.timedelta(hours=1))
    assert judging.sweep() == []
    assert Judgement.objects.get().status == "failed"


def test_what_became_due_again_meanwhile_is_not_overwritten(application, monkeypatch):
    """Two workers, or a change while one is at work: the later word counts."""
    seen = judging.cases

    def slowly(ids):
        found = seen(ids)
        judging.mark(ids)
        return found

    monkeypatch.setattr(judging, "cases", slowly)
    assert judge(application) == 0
    assert Judgement.objects.get().status == "due"


def test_a_hundred_are_judged_with_the_questions_of_one(world, django_assert_num_queries):
    criteria.add(world.job, *ALL, by=None)
    judge(world.application)
    people = [
        ApplicationFactory(stage=world.stages["applied"], questions=QUESTIONS, answers={"permit": "yes"})
        for _ in range(12)
    ]
    for one in people:
        one.resume = give_resume(one.candidate)
        one.save()
    judging.mark([one.pk for one in people])
    assert DocumentText.objects.count() == 12

    with django_assert_num_queries(11):
        assert judging.judge_due([one.pk for one in people]) == 12
    with django_assert_num_queries(2):
        found = judging.standings([one.pk for one in people])
    assert {standing.tally.met for standing in found.values()} == {7}
