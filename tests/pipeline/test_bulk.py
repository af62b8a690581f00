"""Acts on many as sets: what they leave is what the single verbs leave, and their statements do not grow with the number."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hiring import following
from hiring.mail import compose
from hiring.models import Message, Notification, TimelineEvent
from pipeline import bulk, moves, rejection
from pipeline.models import Application, DecisionRecord, RuleFiring
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
    moves.open_application(again.candidate, world.job, by=recruiter)

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert undone.done == [other.pk]
    assert dict(undone.failed) == {again.pk: "{name} has applied again since; that application is active."}


@pytest.mark.parametrize("kind", ["move", "reject"])
def test_more_people_cost_no_more_statements(world, people, recruiter, kind):
    reason, letter = factories.RejectionReasonFactory(), factories.MailTemplateFactory()

    def asked(count):
        ids = [one.pk for one in people(count)]
        if kind == "move":
            act = bulk.start_move(world.job, ids, world.stages["screen"], by=recruiter)
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
