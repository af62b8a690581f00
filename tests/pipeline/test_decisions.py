"""Every decision leaves a record of what was known then; nobody can change it, and it says in plain words what decided (AI-2)."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.models import AuditEntry
from hiring import merging
from pipeline import bulk, moves, rejection
from pipeline.decisions import judged, words
from pipeline.decisions.grounds import Grounds, of_rule
from pipeline.models import DecisionRecord
from tests import factories


@pytest.fixture
def reason(db):
    return factories.RejectionReasonFactory(code="too-junior", label="Needs more experience")


def records(application):
    return list(DecisionRecord.objects.filter(application=application))


def told(application):
    return [(one.outcome, one.way, one.by) for one in records(application)]


def judging(monkeypatch, *verdicts):
    """Whatever the criteria are: each (importance, verdict), one after the other."""
    said = [
        {"name": f"Criterion {number}", "importance": importance, "verdict": verdict, "evidence": []}
        for number, (importance, verdict) in enumerate(verdicts)
    ]
    known = judged.Snapshot(criteria_version=3, judging_version="7", judgements=said)
    monkeypatch.setattr(
        "pipeline.decisions.recording.snapshots", lambda applications: {one.pk: known for one in applications}
    )


def test_each_decision_is_recorded_with_its_transition_and_taking_it_back_names_it(world, recruiter, manager, reason):
    application, screen = world.application, world.stages["screen"]
    moves.move(application, screen, by=manager)
    moves.undo_move(application, by=recruiter)
    moves.move(application, world.stages["interview"], by=manager, because=Grounds("review", note="Knows Kafka"))
    moves.move(application, screen, by=manager)
    rejection.reject(application, reason, by=recruiter)
    rejection.restore(application, by=recruiter)
    moves.withdraw(application)
    rejection.restore(application, by=recruiter)

    assert told(application) == [
        ("advance", "hand", manager), ("take_back", "hand", recruiter), ("advance", "review", manager),
        ("send_back", "hand", manager), ("reject", "hand", recruiter), ("take_back", "hand", recruiter),
    ]  # fmt: skip
    first, undone, noted, _, rejected, restored = records(application)
    assert (undone.takes_back, restored.takes_back, noted.note) == (first, rejected, "Knows Kafka")
    assert (rejected.reason, rejected.transition.status, rejected.at) == (reason, "rejected", rejected.transition.at)
    assert application.transitions.count() == 9  # coming in, and the two of the withdrawal, are nobody's decision


def test_hiring_is_a_decision_too_and_a_withdrawal_is_none_of_ours(world, recruiter):
    opening = world.job.openings.get()
    moves.hire(world.application, opening, by=None)

    assert told(world.application) == [("hire", "offer", None)]
    assert words.told(records(world.application)[0]).sentences[0].startswith("The candidate signed")


def test_a_record_keeps_what_the_criteria_came_to_and_marks_a_decision_against_them(
    world, recruiter, reason, monkeypatch
):
    judging(monkeypatch, ("must", "met"), ("must", "not_found"), ("bonus", "met"))
    moves.move(world.application, world.stages["screen"], by=recruiter, because=Grounds(override_reason="Learns fast"))
    judging(monkeypatch, ("must", "met"), ("must", "met"))
    rejection.reject(world.application, reason, by=recruiter)

    advanced, rejected = records(world.application)
    assert (advanced.criteria_version, advanced.judging_version, len(advanced.judgements)) == (3, "7", 3)
    assert (advanced.is_override, advanced.override_reason, rejected.is_override) == (True, "Learns fast", True)
    assert "Of 3 criteria (version 3) 2 were met, of the musts 1 of 2, as judged by version 7." in " ".join(
        words.told(advanced).sentences
    )
    assert (
        "This is not what the criteria alone suggest. Why all the same: “Learns fast”" in words.told(advanced).sentences
    )
    assert "No reason was given." in " ".join(words.told(rejected).sentences)  # asked for, never forced
    assert advanced.input_digest != rejected.input_digest and len(advanced.input_digest) == 64


@pytest.mark.parametrize(
    ("verdicts", "outcome", "against"),
    [
        ([], "reject", False),
        ([("must", "met")], "reject", True),
        ([("must", "unknown")], "reject", False),
        ([("must", "unknown")], "advance", False),
        ([("must", "partly")], "advance", False),
        ([("must", "not_found")], "advance", True),
        ([("bonus", "not_found")], "advance", False),
    ],
)
def test_only_clear_cases_are_against_the_criteria(verdicts, outcome, against):
    said = [{"importance": importance, "verdict": verdict} for importance, verdict in verdicts]

    assert judged.goes_against(outcome, judged.Snapshot(judgements=said)) is against


def test_a_rule_that_decides_is_named_with_its_version(world, reason):
    rejection.reject(world.application, reason, by=None, because=of_rule("No permit", 4))

    record = records(world.application)[0]
    assert (record.by, record.rule, record.rule_version) == (None, "No permit", 4)
    assert words.told(record).sentences[0].startswith("Decided by the rule “No permit”, version 4. No person decided")
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionRecord.objects.create(
            application=world.application, transition=world.application.transitions.first(), way="rule", rule="x",
            outcome="reject", at=record.at, input_digest="",
        )  # fmt: skip


def test_nobody_changes_a_record_and_the_chain_hears_of_it(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    record = records(world.application)[0]

    with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
        DecisionRecord.objects.update(note="It was different")
    entry = AuditEntry.objects.get(table_name="pipeline_decisionrecord", object_id=str(record.pk))
    assert entry.action == "insert" and "judgements" in entry.payload.body


def test_a_refused_verb_leaves_no_record(world, recruiter, reason, monkeypatch):
    monkeypatch.setattr("pipeline.moves.write_down", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        moves.move(world.application, world.stages["screen"], by=recruiter)

    assert told(world.application) == []


def test_many_at_once_are_recorded_one_by_one_with_their_act(world, recruiter, reason):
    others = [factories.ApplicationFactory(stage=world.stages["applied"]) for _ in range(3)]
    act = bulk.run(bulk.start_rejection(world.job, [one.pk for one in others], reason, by=recruiter))

    assert {(one.way, one.act, one.outcome) for one in DecisionRecord.objects.all()} == {("bulk", act, "reject")}
    assert DecisionRecord.objects.count() == 3


def test_records_follow_a_merge_and_go_with_the_application(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    survivor = factories.CandidateFactory()
    merged = merging.merge(survivor, world.candidate, by=recruiter)

    assert [one.outcome for one in words.of_candidate(survivor, recruiter)] == ["advance"]
    merging.unmerge(merged, by=recruiter)
    assert [one.outcome for one in words.of_candidate(world.candidate, recruiter)] == ["advance"]
    world.application.delete()
    assert not DecisionRecord.objects.exists()


def test_the_page_says_it_in_plain_words_and_asks_no_more_for_more(client, world, recruiter, reason, monkeypatch):
    judging(monkeypatch, ("must", "met"))
    client.force_login(recruiter)
    address = reverse("pipeline:decision_list", args=[world.candidate.pk])
    assert "Nothing was decided yet" in client.get(address).content.decode()
    rejection.reject(world.application, reason, by=recruiter)
    with CaptureQueriesContext(
        connection,
    ) as one:
        page = client.get(address).content.decode()
    for _ in range(3):
        rejection.restore(world.application, by=recruiter)
        rejection.reject(world.application, reason, by=recruiter)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    for said in ("Rejected at Applied", "Decided by Rita Recruiter, by hand.", "Needs more experience (we said no; code too-junior)",
                 "No language model took part.", "Criterion 0"):  # fmt: skip
        assert said in page
    assert len(one) == len(many)


def test_they_are_taken_out_as_json_and_csv_and_that_is_noted(client, world, officer, recruiter, reason, monkeypatch):
    judging(monkeypatch, ("must", "met"))
    rejection.reject(world.application, reason, by=recruiter, because=Grounds(note="=1+1"))
    client.force_login(officer)

    response = client.get(reverse("pipeline:decision_export", args=[world.candidate.pk, "json"]))
    (said,) = json.loads(response.content)["decisions"]
    table = b"".join(
        client.get(reverse("pipeline:decision_export", args=[world.candidate.pk, "csv"])).streaming_content
    )

    assert (said["outcome"], said["decided_by"]["user"], said["reason"]["code"]) == (
        "reject",
        "Rita Recruiter",
        "too-junior",
    )
    assert said["judgements"][0]["verdict"] == "met" and dt.datetime.fromisoformat(said["at"])
    assert "'=1+1" in table.decode() and "Criterion 0: Met" in table.decode()
    assert "attachment" in response["Content-Disposition"]
    assert AuditEntry.objects.filter(action="exported", table_name="pipeline_decisionrecord").count() == 2


def test_decisions_on_a_job_one_does_not_see_are_left_out(world, recruiter, manager):
    other = factories.StageFactory(job=factories.JobFactory(confidential=True), kind="applied", position=1)
    hidden = factories.ApplicationFactory(candidate=world.candidate, stage=other)
    moves.move(hidden, factories.StageFactory(job=other.job, position=2), by=None)
    moves.move(world.application, world.stages["screen"], by=recruiter)

    assert [one.application for one in words.of_candidate(world.candidate, manager)] == [world.application]
