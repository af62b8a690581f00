"""Whatever people, sweeps and crashes do in whatever order: a rule does each thing once at most, and never against a person."""

from __future__ import annotations

import contextlib
import datetime as dt
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hiring.errors import Refused
from hiring.models import Message, TimelineEvent
from pipeline import moves, rejection
from pipeline.models import Application, RuleFiring, Transition
from pipeline.rules import finding, firing, firing_many, versions
from tests import factories
from tests.pipeline.test_rules import LICENCE, MONDAY, NO_LICENCE, a_rule, applicant, asked

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """A worker that dies in the middle."""


class Firings(RuleBasedStateMachine):
    """One job with a rejecting rule (by itself, some drawn for a look) and a tagging one, a few applicants, one clock."""

    world = recruiter = reason = letter = None

    def __init__(self):
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        self.now = MONDAY
        self.clock = mock.patch("django.utils.timezone.now", side_effect=lambda: self.now)
        self.clock.start()
        self.refused_by_people = set()  # what somebody stopped, disagreed with or took back

    def teardown(self):
        self.clock.stop()
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    @initialize(people=st.integers(1, 3), sample=st.sampled_from([5, 100]))
    def begin(self, people, sample):
        job = self.world.job
        self.knock_out = a_rule(
            job,
            self.recruiter,
            {"kind": "reject", "reason": self.reason.pk, "template": self.letter.pk},
            conditions=asked(NO_LICENCE),
            delay=1,
            waits_for_person=False,
            ground="contract",
            sample_percent=sample,
        )
        self.tag = a_rule(job, self.recruiter, {"kind": "tag", "tag": "No licence"}, conditions=asked(NO_LICENCE))
        with mock.patch.object(finding, "FIRST_LOOKED_AT", 0):
            self.people = [applicant(job, name=f"Person {number}") for number in range(people)]

    def pick(self, number):
        return Application.objects.get(pk=self.people[number % len(self.people)].pk)

    def firing(self, number):
        rows = list(RuleFiring.objects.order_by("pk"))
        return rows[number % len(rows)]

    @rule(hours=st.sampled_from([0, 1, 30, 80]))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours, minutes=1)

    @rule()
    def sweep(self):
        for version in finding.active_versions():
            finding.sweep(version)

    @rule(together=st.booleans())
    def act(self, together=False):
        due = firing.due()
        for pk in firing_many.act(due) if together else due:
            firing.act(pk)
            firing.act(pk)  # another worker, late

    @rule(at_save=st.booleans())
    def crash_while_acting(self, at_save):
        what = (RuleFiring, "save") if at_save else (firing.actions, "do")
        for pk in firing.due()[:1]:
            with mock.patch.object(*what, side_effect=Crash), contextlib.suppress(Crash), transaction.atomic():
                firing.act(pk)

    @rule(number=st.integers(0, 9), do=st.sampled_from(["stop", "let_go", "agree", "disagree", "undo"]))
    def a_person_decides_on_a_firing(self, number, do):
        one = self.firing(number)
        said = {"why": "Not so."} if do == "disagree" else {}
        with contextlib.suppress(Refused), transaction.atomic():
            getattr(firing, do)(one, by=self.recruiter, **said)
            if do in ("stop", "disagree", "undo"):
                self.refused_by_people.add(one.pk)

    @rule()
    def somebody_waves_through_what_was_drawn(self):
        for one in RuleFiring.objects.open().filter(is_sample=True):
            with contextlib.suppress(Refused), transaction.atomic():
                firing.let_go(one, by=self.recruiter)

    @rule(number=st.integers(0, 9))
    def a_person_rejects(self, number):
        with contextlib.suppress(Refused), transaction.atomic():
            rejection.reject(self.pick(number), self.reason, by=self.recruiter, template=self.letter)

    @rule(number=st.integers(0, 9))
    def somebody_is_told_taken_back_in_and_turned_down_again(self, number):
        for _ in range(2):
            self.a_person_rejects(number)
            self.letters_leave()
            self.a_person_takes_back_in(number)

    @rule(number=st.integers(0, 9), to=st.sampled_from(["applied", "screen"]))
    def a_person_moves(self, number, to):
        with contextlib.suppress(Refused), transaction.atomic():
            moves.move(self.pick(number), self.world.stages[to], by=self.recruiter)

    @rule(number=st.integers(0, 9), to=st.sampled_from(["applied", "screen"]))
    def a_person_moves_before_it_is_due(self, number, to):
        self.a_person_moves(number, to)
        self.now += dt.timedelta(hours=80)
        self.act()

    @rule(number=st.integers(0, 9))
    def a_person_takes_back_in(self, number):
        with contextlib.suppress(Refused), transaction.atomic():
            rejection.restore(self.pick(number), by=self.recruiter)

    @rule(number=st.integers(0, 9))
    def somebody_withdraws(self, number):
        with contextlib.suppress(Refused), transaction.atomic():
            moves.withdraw(self.pick(number))

    @rule()
    def letters_leave(self):
        Message.objects.filter(purpose="rejection", status="queued").update(status="sent")

    @precondition(lambda self: hasattr(self, "knock_out"))
    @rule(do=st.sampled_from(["pause", "resume"]))
    def the_rule_rests_or_goes_on(self, do):
        with contextlib.suppress(Refused), transaction.atomic():
            getattr(versions, do)(self.knock_out, by=self.recruiter)

    @invariant()
    def one_firing_for_each_version_and_person(self):
        rows = list(RuleFiring.objects.values_list("version", "application"))
        assert len(rows) == len(set(rows))

    @invariant()
    def each_thing_is_done_once_and_only_by_what_is_done(self):
        done = RuleFiring.objects.filter(state__in=["done", "undone"])
        rejected = TimelineEvent.objects.filter(kind="application.rejected", data__has_key="rule")
        assert rejected.count() == done.filter(version__action__kind="reject").count()
        tagged = TimelineEvent.objects.filter(kind="candidate.tagged", data__has_key="rule")
        assert tagged.count() <= done.filter(version__action__kind="tag").count()

    @invariant()
    def nothing_drawn_for_a_look_happened_without_one(self):
        for one in RuleFiring.objects.filter(is_sample=True, state="done"):
            assert (one.agreed, one.decided_by) == (True, self.recruiter)

    @invariant()
    def what_people_refused_is_not_in_force(self):
        assert not RuleFiring.objects.filter(
            pk__in=self.refused_by_people, state__in=["done", "waiting", "held"]
        ).exists()

    @invariant()
    def whom_a_rule_rejected_nobody_had_moved(self):
        """Between finding and rejecting nobody decided: the transition before the rejection is the one that was seen."""
        for one in RuleFiring.objects.filter(state="done", version__action__kind="reject"):
            ran = list(Transition.objects.filter(application=one.application_id).order_by("pk"))
            at = next(place for place, each in enumerate(ran) if each.pk == one.seen_transition)
            assert ran[at + 1].status == "rejected"

    @invariant()
    def nobody_is_told_twice(self):
        letters = Message.objects.filter(purpose="rejection", status="sent").values_list("candidate", flat=True)
        assert len(letters) == len(set(letters))


def test_rules_never_do_a_thing_twice_or_against_a_person(world, recruiter):
    Firings.world, Firings.recruiter = world, recruiter
    Firings.reason = factories.RejectionReasonFactory(code="no-licence")
    Firings.letter = factories.MailTemplateFactory()
    world.posting.questions = [LICENCE]
    world.posting.save()
    quick = settings(max_examples=25, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Firings, settings=quick)
