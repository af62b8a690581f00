"""Acts on many as sets: what they leave is what the single verbs leave, and their statements do not grow with the number."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hiring import custom_fields, following
from hiring.mail import compose
from hiring.models import CustomField, Job, Message, Note, Notification, ProcessingBasis, Promise, TimelineEvent
from hiring.promises import Keep
from pipeline import bulk, moves, rejection, starting, transfer
from pipeline.models import Application, DecisionRecord, RuleFiring, Transfer
from sourcing import pools
from sourcing.models import PoolMember
from tests import factories
from tests.pipeline.test_rules import a_rule

CLOCK = {
    "at",
    "seconds_in_left",
    "applied_at",
    "entered_stage_at",
    "closed_at",
    "reviewed_at",
    "not_before",
    "created_at",
    "cancelled_at",
}
OWN = {"id", "application_id", "candidate_id", "transition_id", "message_id", "token", "dedupe_key", "thread_id", "act_id", "to_address",
       "takes_back_id", "input_digest", "way"}  # fmt: skip


@pytest.fixture
def people(world):
    def some(count):
        now = timezone.now() - dt.timedelta(hours=1)
        made = [factories.EmailFactory(candidate__name=f"Ines Falk {at}").candidate for at in range(count)]
        return [
            factories.ApplicationFactory(stage=world.stages["applied"], candidate=one, entered_stage_at=now)
            for one in made
        ]

    return some


def left_by(application):
    """What an act left of one person, without clocks and what only tells people apart."""

    def plain(rows):
        return [
            {name: value for name, value in row.items() if name not in CLOCK | OWN}
            for row in rows.order_by("pk").values()
        ]

    events = TimelineEvent.objects.filter(candidate=application.candidate_id).order_by("pk")
    return (
        plain(Application.objects.filter(pk=application.pk)),
        plain(application.transitions.all()),
        plain(DecisionRecord.objects.filter(application=application)),
        plain(Message.objects.filter(candidate=application.candidate_id)),
        [(one.kind, one.actor_id, sorted(one.data.keys() - {"bulk"})) for one in events],
    )


def test_a_bulk_move_and_its_undo_leave_what_single_ones_leave(world, people, recruiter):
    alone, *others = people(3)
    moves.move(alone, world.stages["screen"], by=recruiter)
    act = bulk.run(bulk.start_move(world.job, [one.pk for one in others], world.stages["screen"], by=recruiter))
    assert (len(act.done), act.failed) == (2, [])
    assert [left_by(one) for one in others] == [left_by(alone)] * 2

    moves.undo_move(alone, by=recruiter)
    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert (len(undone.done), undone.failed) == (2, [])
    assert [left_by(one) for one in others] == [left_by(alone)] * 2
    assert DecisionRecord.objects.filter(takes_back__isnull=False).count() == 3
    again = Application.objects.get(pk=others[0].pk)
    assert again.reviewed_at is None
    assert abs(again.entered_stage_at - others[0].entered_stage_at) < dt.timedelta(seconds=1)


def test_a_bulk_rejection_with_letters_and_its_undo_leave_what_single_ones_leave(world, people, recruiter):
    reason, letter = factories.RejectionReasonFactory(), factories.MailTemplateFactory(body="Dear {{ name }}, no.")
    alone, *others = people(3)
    rejection.reject(alone, reason, by=recruiter, template=letter)
    ids = [one.pk for one in others]
    act = bulk.run(bulk.start_rejection(world.job, ids, reason, by=recruiter, template=letter))
    for at, one in enumerate(others, 1):
        assert rejection.mail_of(one).get().text == f"Dear Ines Falk {at}, no."
    Message.objects.update(text="")
    assert [left_by(one) for one in others] == [left_by(alone)] * 2

    rejection.restore(alone, by=recruiter)
    bulk.run(bulk.start_undo(act, by=recruiter))

    assert [left_by(one) for one in others] == [left_by(alone)] * 2
    assert set(Message.objects.values_list("status", flat=True)) == {"cancelled"}


def kept_of(application):
    """What a rejection kept of one person besides: promise, note, pool, basis."""
    person = application.candidate_id
    return (
        list(
            Promise.objects.filter(candidate=person).values_list("status", "text", "owner", "due_on", "job", "made_by")
        ),
        list(Note.objects.filter(candidate=person).values_list("text", "job", "author", "visibility", "withdrawn_at")),
        list(PoolMember.objects.filter(candidate=person).values_list("pool", "reason", "next_touch_on", "added_by")),
        list(ProcessingBasis.objects.filter(candidate=person).values_list("purpose", "basis", "reference")),
    )


@pytest.mark.parametrize("basis", ["legitimate_interest", "consent"])
def test_many_rejected_with_a_note_and_a_promise_are_left_as_one_alone(world, people, recruiter, settings, basis):
    settings.KEEP_WARM_BASIS = basis
    reason, letter = factories.RejectionReasonFactory(), factories.MailTemplateFactory()
    pool = pools.create(name="Night shift", owner=recruiter)
    day = timezone.localdate() + dt.timedelta(days=9)
    keep = Keep("Call in spring", recruiter.pk, day, pool=pool.pk, touch_on=day, ask=True)
    said = {"template": letter, "note": "Close, but too junior.", "keep": keep}
    alone, *others = people(3)
    rejection.reject(alone, reason, by=recruiter, **said)
    act = bulk.run(bulk.start_rejection(world.job, [one.pk for one in others], reason, by=recruiter, **said))
    assert (len(act.done), act.failed) == (2, [])
    links = {rejection.mail_of(one).get().text.partition("/stay/")[2] for one in (alone, *others)}
    assert len(links) == (3 if basis == "consent" else 1)  # each asked by a link of their own, or nobody
    Message.objects.update(text="")
    assert [left_by(one) for one in others] == [left_by(alone)] * 2
    assert [kept_of(one) for one in others] == [kept_of(alone)] * 2
    assert [len(rows) for rows in kept_of(alone)[:3]] == ([1, 1, 0] if basis == "consent" else [1, 1, 1])

    rejection.restore(alone, by=recruiter)
    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert (len(undone.done), undone.failed) == (2, [])
    Note.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=timezone.now())
    assert [left_by(one) for one in others] == [left_by(alone)] * 2
    assert {one.withdrawn_at is not None for one in Note.objects.all()} == {True}
    assert not PoolMember.objects.exists() and set(Promise.objects.values_list("status", flat=True)) == {"dropped"}


def test_many_taken_to_another_job_and_back_are_left_as_one_alone(world, people, recruiter, manager):
    other = factories.JobFactory(title="Data Analyst", status=Job.Status.OPEN)
    for position, kind in enumerate(["applied", "interview", "hired"]):
        factories.StageFactory(job=other, kind=kind, name=kind.title(), position=position)
    CustomField.objects.create(kind="application", key="weeks", name="Weeks of notice", type="number")
    alone, *others = people(4)
    for one in (alone, *others):
        Application.objects.filter(pk=one.pk).update(answers={"why": "Energy"}, origin={"first": "x"})
        custom_fields.set_values(one, recruiter, {"weeks": 4})
    there = starting.open_application(others[2].candidate, other, by=manager)
    transfer.transfer(alone, other, by=recruiter, stage=other.stages.get(kind="applied"))

    act = bulk.run(
        bulk.start_transfer(
            world.job, [one.pk for one in others], other.stages.get(kind="applied"), by=recruiter, alike=True
        )
    )

    assert act.done == [others[0].pk, others[1].pk]
    assert dict(act.failed) == {others[2].pk: "{name} already has an active application for Data Analyst."}
    opened = {one.candidate_id: one for one in Application.objects.filter(job=other).exclude(pk=there.pk)}
    of = [opened[one.candidate_id] for one in (alone, *others[:2])]
    assert [left_by(one) for one in others[:2]] == [left_by(alone)] * 2
    assert [left_by(one) for one in of[1:]] == [left_by(of[0])] * 2
    assert {(one.answers["why"], one.origin["first"], one.custom_values.get().number) for one in of} == {
        ("Energy", "x", 4)
    }
    assert Transfer.objects.count() == 3

    moves.move(of[1], other.stages.get(kind="interview"), by=manager)
    transfer.undo(of[0], by=recruiter)
    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert undone.done == [others[1].pk]
    assert dict(undone.failed) == {others[0].pk: "Somebody has worked on this application since."}
    assert left_by(others[1]) == left_by(alone)
    assert set(Application.objects.filter(job=other)) == {of[1], there}
    assert Application.objects.get(pk=others[1].pk).reviewed_at is None


def test_each_who_stands_in_the_way_is_named_and_the_others_are_done(world, people, recruiter, manager):
    reason, letter = factories.RejectionReasonFactory(), factories.MailTemplateFactory(body="You know {{ company }}.")
    fine, moved, gone, withdrawn, without_value = people(5)
    fine.candidate.company = "Fjordline"
    fine.candidate.save()
    act = bulk.start_rejection(
        world.job,
        [one.pk for one in (fine, moved, gone, withdrawn, without_value)],
        reason,
        by=recruiter,
        template=letter,
    )
    moves.move(moved, world.stages["screen"], by=manager)
    was_gone = gone.pk
    gone.delete()
    moves.withdraw(withdrawn)

    act = bulk.run(act)

    assert act.done == [fine.pk]
    said = dict(act.failed)
    assert said.pop(moved.pk).startswith(f"{manager} already moved {{name}} to Screen")
    assert said == {
        was_gone: "This application is gone.",
        withdrawn.pk: "{name} is no longer active here: withdrawn.",
        without_value.pk: "The message to {name} has no value for: company.",
    }
    assert Application.objects.get(pk=without_value.pk).is_active


def test_undoing_leaves_those_who_went_on_or_were_written_to(world, people, recruiter):
    back, on, told = people(3)
    act = bulk.run(bulk.start_move(world.job, [back.pk, on.pk, told.pk], world.stages["screen"], by=recruiter))
    moves.move(on, world.stages["interview"], by=recruiter)
    written = compose.to_candidate(
        told.candidate, purpose="mail", mail_class="transactional", subject="Hello", text="Hello", job=world.job
    )
    Message.objects.filter(pk=written.pk).update(status="sent")

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert undone.done == [back.pk]
    assert dict(undone.failed) == {
        on.pk: "{name} has moved on since.",
        told.pk: "A message has gone out since. Move the card instead.",
    }


def test_who_applied_again_keeps_only_their_own_rejection_from_being_taken_back(world, people, recruiter):
    again, other = people(2)
    act = bulk.run(
        bulk.start_rejection(world.job, [again.pk, other.pk], factories.RejectionReasonFactory(), by=recruiter)
    )
    starting.open_application(again.candidate, world.job, by=recruiter)

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert undone.done == [other.pk]
    assert dict(undone.failed) == {again.pk: "{name} has applied again since; that application is active."}


@pytest.mark.parametrize("kind", ["move", "reject", "keep", "transfer"])
def test_more_people_cost_no_more_statements(world, people, recruiter, kind):
    reason, letter = factories.RejectionReasonFactory(), factories.MailTemplateFactory()
    pool = pools.create(name="Night shift", owner=recruiter)
    day = timezone.localdate() + dt.timedelta(days=9)
    keep = Keep("Call in spring", recruiter.pk, day, pool=pool.pk, touch_on=day, ask=True)
    start = factories.StageFactory(job=factories.JobFactory(status=Job.Status.OPEN), kind="applied")

    def asked(count):
        ids = [one.pk for one in people(count)]
        if kind == "move":
            act = bulk.start_move(world.job, ids, world.stages["screen"], by=recruiter)
        elif kind == "transfer":
            act = bulk.start_transfer(world.job, ids, start, by=recruiter, alike=True)
        elif kind == "keep":
            act = bulk.start_rejection(world.job, ids, reason, by=recruiter, template=letter, note="Close.", keep=keep)
        else:
            act = bulk.start_rejection(world.job, ids, reason, by=recruiter, template=letter)
        with CaptureQueriesContext(connection) as queries:
            act = bulk.run(act)
        assert len(act.done) == count
        with CaptureQueriesContext(connection) as back:
            bulk.run(bulk.start_undo(act, by=recruiter))
        return len(queries), len(back)

    asked(2)
    assert asked(12) == asked(2)


def test_a_bulk_move_tells_followers_of_the_job_once_and_rules_fire_for_each(world, people, recruiter, coordinator):
    following.follow(coordinator, job=world.job)
    trigger = {"kind": "entered", "stage": world.stages["screen"].pk}
    a_rule(world.job, recruiter, {"kind": "tag", "tag": "Seen"}, trigger=trigger)
    some = people(3)

    bulk.run(bulk.start_move(world.job, [one.pk for one in some], world.stages["screen"], by=recruiter))

    told = list(Notification.objects.filter(user=coordinator).values_list("words", flat=True))
    assert told == [f"{recruiter} moved people in {world.job}"]
    assert {one.application_id for one in RuleFiring.objects.all()} == {one.pk for one in some}
