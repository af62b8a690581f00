"""The approval engine as a state machine: whatever order people answer, leave, stand in, and hours pass in."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hiring import approval_subjects, approval_sweep, approvals, stand_ins
from hiring.errors import Refused
from hiring.models import Absence, Approval, ApprovalGroup, ApprovalVote, Message, User
from tests.factories import ApprovalChainFactory, UserFactory

PEOPLE = 7
person = st.integers(0, PEOPLE - 1)
DECIDED: list[tuple[int, str]] = []
SUBJECT = approval_subjects.Subject(
    find=lambda pk: pk,
    title=lambda pk: f"Thing {pk}",
    facts=lambda pk: [],
    url=lambda pk: f"/things/{pk}/",
    decided=lambda approval, by: DECIDED.append((approval.pk, approval.status)),
)


class Machine(RuleBasedStateMachine):
    """Seven colleagues, the first of whom asks; one chain of steps; hours that pass."""

    def __init__(self) -> None:
        super().__init__()
        DECIDED.clear()
        self.now = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
        self.patches = [
            mock.patch.object(timezone, "now", lambda: self.now),
            mock.patch.dict(approval_subjects.subjects, {"job": SUBJECT}),
        ]
        for patch in self.patches:
            patch.start()
        self.people = UserFactory.create_batch(PEOPLE)
        self.answers: dict[int, tuple[str, int]] = {}  # seat to (decision, who gave it), as they were first given
        self.requests: list[Approval] = []

    def teardown(self) -> None:
        for patch in self.patches:
            patch.stop()

    @initialize(
        steps=st.lists(st.tuples(st.integers(1, 3), st.sets(person, min_size=1, max_size=3)), min_size=1, max_size=2),
        leads=st.lists(st.none() | person, min_size=PEOPLE, max_size=PEOPLE),
        hours=st.sampled_from([(None, None), (24, None), (24, 48), (None, 8)]),
    )
    def set_up(self, steps, leads, hours) -> None:
        for one, lead in zip(self.people, leads, strict=True):
            User.objects.filter(pk=one.pk).update(lead=self.people[lead] if lead is not None else None)
        chain = ApprovalChainFactory(remind_after=hours[0], escalate_after=hours[1])
        for position, (needed, people) in enumerate(steps):
            chain.groups.create(position=position, needed=needed).approvers.set([self.people[one] for one in people])

    def pending(self) -> Approval | None:
        return Approval.objects.filter(status="pending").first()

    @rule()
    def ask(self) -> None:
        try:
            self.requests.append(approvals.request("job", 1, by=self.people[0], snapshot={"title": "A"}))
        except Refused:
            assert self.pending() or not User.objects.filter(is_active=True).exists()

    @precondition(lambda self: self.requests)
    @rule(who=person, seat=st.integers(0, 20), decision=st.sampled_from(["approve", "approve", "approve", "reject"]))
    def answer(self, who, seat, decision) -> None:
        """Anybody tries any seat of the newest request; only who is asked gets through, and only once."""
        seats = list(ApprovalVote.objects.filter(group__approval=self.requests[-1]).order_by("pk"))
        vote, by = seats[seat % len(seats)], User.objects.get(pk=self.people[who].pk)
        away = stand_ins.away_now()
        asked = by.pk == vote.approver_id or (by.pk == vote.stand_in_id and vote.approver_id in away)
        try:
            approvals.decide(vote, decision, by=by)
        except Refused:
            return
        assert asked and by.is_active and vote.pk not in self.answers and vote.group.asked_at
        self.answers[vote.pk] = (decision, by.pk)

    @precondition(lambda self: self.requests)
    @rule(who=person)
    def answer_what_waits(self, who) -> None:
        """Whatever somebody is shown as waiting for them can be decided by them."""
        by = User.objects.get(pk=self.people[who].pk)
        for vote in approvals.open_votes_of(by)[:1]:
            approvals.decide(vote, "approve", by=by)
            self.answers[vote.pk] = ("approve", by.pk)

    @rule(who=person, stand_in=person, days=st.integers(0, 4))
    def go_away(self, who, stand_in, days) -> None:
        today = stand_ins.today_of(self.people[who])
        try:
            stand_ins.appoint(self.people[who], self.people[stand_in], today, today + dt.timedelta(days=days))
        except Refused:
            assert who == stand_in or Absence.objects.standing().filter(user=self.people[who]).exists()

    @rule(who=person)
    def come_back(self, who) -> None:
        for absence in Absence.objects.standing().filter(user=self.people[who]):
            stand_ins.take_back(absence)

    @rule()
    def void(self) -> None:
        approvals.void("job", 1)

    @rule(hours=st.integers(1, 60))
    def let_time_pass(self, hours) -> None:
        self.now += dt.timedelta(hours=hours)
        before = list(Approval.objects.values_list("pk", "status").order_by("pk"))
        decided = ApprovalVote.objects.exclude(decision="").count()
        approval_sweep.sweep()
        mails = Message.objects.count()
        approval_sweep.sweep()
        assert list(Approval.objects.values_list("pk", "status").order_by("pk")) == before
        assert ApprovalVote.objects.exclude(decision="").count() == decided
        assert Message.objects.count() == mails  # each once

    @invariant()
    def what_was_said_stays(self) -> None:
        votes = ApprovalVote.objects.exclude(decision="")
        assert {vote.pk: (vote.decision, vote.decider_id) for vote in votes} == self.answers

    @invariant()
    def nobody_decides_a_step_twice_and_the_result_follows_from_the_answers(self) -> None:
        for approval in Approval.objects.prefetch_related("groups__votes"):
            groups = list(approval.groups.all())
            for group in groups:
                deciders = [vote.decider_id for vote in group.votes.all() if vote.decision]
                assert len(deciders) == len(set(deciders))
                assert not deciders or group.asked_at
            enough = all(approvals.is_complete(group) for group in groups)
            turned_down = any(vote.decision == "reject" for group in groups for vote in group.votes.all())
            if approval.status == "approved":
                assert enough and not turned_down
            elif approval.status == "pending":
                assert not enough and not turned_down
            elif approval.status == "rejected":
                assert turned_down
        settled = Approval.objects.filter(decided_at__isnull=False).values_list("pk", flat=True)
        assert sorted(pk for pk, _ in DECIDED) == sorted(settled)  # announced once each

    @invariant()
    def steps_are_asked_in_order(self) -> None:
        for approval in Approval.objects.prefetch_related("groups__votes"):
            asked = [bool(group.asked_at) for group in approval.groups.all()]
            assert asked == sorted(asked, reverse=True)
        assert ApprovalGroup.objects.filter(asked_at=None, remind_at__isnull=False).count() == 0


@pytest.mark.django_db
def test_the_engine_holds_whatever_happens():
    class Undone(Machine):
        def __init__(self) -> None:
            self.undone = transaction.atomic()
            self.undone.__enter__()
            super().__init__()

        def teardown(self) -> None:
            super().teardown()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    run_state_machine_as_test(
        Undone, settings=settings(max_examples=25, stateful_step_count=18, deadline=None, derandomize=True)
    )
