"""Firings that are due together are done together, and leave what each alone leaves."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline import moves, tasks
from pipeline.models import Application, RuleFiring
from pipeline.rules import firing, firing_many
from tests.pipeline.test_bulk import left_by
from tests.pipeline.test_rules import (  # noqa: F401 - fixtures
    MONDAY,
    NO_LICENCE,
    a_rule,
    actions_of,
    applicant,
    asked,
    at,
    job,
    knock_out,
    letter,
    reason,
)

DUE = MONDAY + dt.timedelta(days=3)


def firings(people):
    rows = RuleFiring.objects.filter(application__in=people).order_by("pk")
    return [(one.state, one.why, sorted(one.did), one.acted_at == DUE) for one in rows]


@pytest.mark.parametrize("kind", ["reject", "move", "tag", "task", "notify"])
def test_many_done_together_are_left_as_one_alone(job, recruiter, world, actions_of, reason, letter, kind):  # noqa: F811
    actions = {**actions_of, "reject": {"kind": "reject", "reason": reason.pk, "template": letter.pk}}
    more = {"waits_for_person": False, "ground": "contract"} if kind == "reject" else {}
    with at(MONDAY):
        a_rule(job, recruiter, actions[kind], conditions=asked(NO_LICENCE), **more)
        alone, *others = [applicant(job) for _ in range(7)]
        RuleFiring.objects.filter(state="held").update(
            state="waiting", is_sample=False
        )  # the first three of a rejection
    with at(DUE):
        firing.act(RuleFiring.objects.get(application=alone).pk)
        left = firing_many.act(firing.due())

    assert left == [] and len(firings(others)) == 6
    assert firings(others) == firings([alone]) * 6 and firings([alone])[0][0] == "done"
    assert [left_by(one) for one in others] == [left_by(alone)] * 6


def test_who_does_not_fit_any_more_is_left_alone_with_the_reason(job, knock_out, recruiter, world):  # noqa: F811
    with at(MONDAY):
        fine, moved, answered, hired = [applicant(job, name=f"Ines Falk {at}") for at in range(4)]
    with at(MONDAY + dt.timedelta(hours=1)):
        moves.move(moved, world.stages["screen"], by=recruiter)
        moves.withdraw(hired)
        Application.objects.filter(pk=answered.pk).update(answers={"licence": "yes"})

    with at(DUE):
        assert firing_many.act(firing.due()) == []

    said = dict(RuleFiring.objects.values_list("application", "why"))
    assert said == {
        fine.pk: "",
        moved.pk: "Rita Recruiter moved {name} since, to Screen.",
        answered.pk: "The conditions do not fit any more.",
        hired.pk: "{name} is no longer active here: withdrawn.",
    }
    states = dict(RuleFiring.objects.values_list("application", "state"))
    assert states == {fine.pk: "done", moved.pk: "void", answered.pk: "void", hired.pk: "void"}


def test_where_one_stands_in_the_way_of_all_each_is_tried_alone(job, knock_out, letter):  # noqa: F811
    """The letter asks for a value only one of them has: nobody is lost, and nobody is rejected without it."""
    letter.body = "You know {{ company }}."
    letter.save()
    with at(MONDAY):
        fine, without = applicant(job, name="Ines Falk"), applicant(job, name="Ola Berg")
    fine.candidate.company = "Fjordline"
    fine.candidate.save()

    with at(DUE):
        tasks.sweep_rules()

    states = dict(RuleFiring.objects.values_list("application__candidate__name", "state"))
    assert states == {"Ines Falk": "done", "Ola Berg": "refused"}
    without.refresh_from_db()
    assert without.is_active


def test_more_firings_cost_no_more_statements(job, recruiter, actions_of):  # noqa: F811
    with at(MONDAY):
        a_rule(job, recruiter, actions_of["move"], conditions=asked(NO_LICENCE))

    def cost(count):
        with at(MONDAY):
            made = [applicant(job) for _ in range(count)]
        with at(DUE), CaptureQueriesContext(connection) as queries:
            assert firing_many.act(firing.due()) == []
        assert {one[0] for one in firings(made)} == {"done"}
        return len(queries)

    cost(2)
    assert cost(12) == cost(3)
