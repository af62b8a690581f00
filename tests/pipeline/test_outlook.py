"""A job's numbers: each equals the people it leads to; the forecast says what it knows, and more people never lower the chance."""

import dataclasses
import datetime as dt
import itertools
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import todo
from hiring.errors import Refused
from hiring.templatetags.throughline import day
from pipeline import asking, moves, rejection
from pipeline.outlook import figures, forecast, funnel, health, past
from pipeline.outlook.forecast import Basis, Rates
from tests import factories

KINDS = ("applied", "screen", "interview", "offer")


def staged(job):
    return [factories.StageFactory(job=job, kind=kind, position=at) for at, kind in enumerate([*KINDS, "hired"])]


def arrived(stage):
    made = factories.ApplicationFactory(stage=stage)
    made.transitions.create(to=stage, status="active", at=made.applied_at)
    return made


# the funnel


class AnyWay(TestCase):
    """Moves, undos, rejections and restores in any order: every number of the funnel is the number of people it leads to."""

    @settings(max_examples=15)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 3), st.sampled_from(["move", "undo", "reject", "restore", "withdraw"]), st.integers(0, 3)
            ),
            max_size=25,
        )
    )
    def test_numbers_are_people(self, acts):
        job, user, why = factories.JobFactory(), factories.UserFactory(), factories.RejectionReasonFactory()
        stages = staged(job)
        people = [arrived(stages[0]) for _ in range(4)]
        for who, act, to in acts:
            one = people[who]
            one.refresh_from_db()
            try:
                if act == "move":
                    moves.move(one, stages[to], by=user)
                elif act == "undo":
                    moves.undo_move(one, by=user)
                elif act == "reject":
                    rejection.reject(one, why, by=user)
                elif act == "restore":
                    rejection.restore(one, by=user)
                else:
                    moves.withdraw(one, by=user)
            except Refused:
                pass
        for step in funnel.read(job, stages):
            for what in ("reached", "passed", "ended", "here"):
                assert getattr(step, what) == funnel.people(job, what, step.stage).count(), (what, step.stage)
            assert step.passed + step.ended <= step.reached
        steps = funnel.read(job, stages)
        assert steps[0].reached == 4
        assert all(later.reached == earlier.passed for earlier, later in itertools.pairwise(steps))


def test_an_undone_move_was_no_step_and_a_jump_counts_as_passing(recruiter):
    job = factories.JobFactory()
    stages = staged(job)
    wrong, jumped = arrived(stages[0]), arrived(stages[0])
    moves.move(wrong, stages[2], by=recruiter)
    moves.undo_move(wrong, by=recruiter)
    moves.move(jumped, stages[2], by=recruiter)
    rejection.reject(jumped, factories.RejectionReasonFactory(), by=recruiter)

    counts = [(step.reached, step.passed, step.ended, step.here, step.percent) for step in funnel.read(job, stages)]

    assert counts[:3] == [(2, 1, 0, 1, 100), (1, 1, 0, 0, 100), (1, 0, 1, 0, 0)]


# who waits for nobody


def test_whoever_has_nothing_planned_is_without_a_next_step(world, recruiter, manager):
    job = world.job
    moves.move(world.application, world.stages["screen"], by=recruiter)
    made = [arrived(world.stages["interview"]) for _ in range(5)]
    free, task, asked, met, offered = made
    todo.add("Call", by=recruiter, due_on=timezone.localdate(), candidate=task.candidate)
    asking.ask(job, [asked.pk], by=recruiter, reviewers=[manager], due_on=timezone.localdate())
    ahead = timezone.now() + dt.timedelta(days=1)
    factories.InterviewFactory(application=met, starts_at=ahead)
    offered.offers.create(
        title="Engineer",
        status="draft",
        created_at=timezone.now(),
        salary=1,
        start_date=timezone.localdate(),
        expires_at=ahead,
    )
    arrived(world.stages["applied"])  # nobody has looked at yet: that is the review's matter

    assert set(figures.idle(job)) == {world.application, free}


# the forecast

rates = st.builds(Rates, *(st.integers(0, 60) for _ in range(4)))
bases = st.builds(
    lambda here, rate, days: Basis(
        KINDS,
        dict(zip(KINDS, here, strict=True)),
        dict(zip(KINDS, rate, strict=True)),
        {kind: sorted(days) for kind in KINDS},
    ),
    st.lists(st.integers(0, 40), min_size=4, max_size=4),
    st.lists(rates, min_size=4, max_size=4),
    st.lists(st.integers(0, 150), min_size=1, max_size=12),
)


@settings(max_examples=10)
@given(bases, st.integers(1, 4), st.sampled_from(KINDS), st.integers(1, 20))
def test_more_people_never_lower_the_chance_and_more_places_never_raise_it(basis, places, kind, more):
    before = forecast.forecast(basis, places)
    after = forecast.forecast(dataclasses.replace(basis, here={**basis.here, kind: basis.here[kind] + more}), places)
    harder = forecast.forecast(basis, places + 1)

    slack = 1e-9
    for one, other in zip(before.chances, after.chances, strict=True):
        assert other >= one - slack
    assert all(one <= other + slack for one, other in zip(harder.chances, before.chances, strict=True))
    assert list(before.chances) == sorted(before.chances)  # a later day is never less likely
    for low, chance, high in zip(before.low, before.chances, before.high, strict=True):
        assert 0.0 <= low <= high <= 1.0
        assert -slack <= chance <= 1.0 + slack
    assert forecast.forecast(basis, places) == before


def test_the_forecast_agrees_with_playing_it_out():
    basis = Basis(
        ("interview", "offer"),
        {"interview": 6, "offer": 1},
        {"interview": Rates(300, 700), "offer": Rates(800, 200)},
        {"interview": [10, 20, 30, 40], "offer": [5, 10]},
    )
    chance = random.Random(7)
    played = 20_000

    def hired(kind):
        shares = {"interview": 0.3 * 0.8, "offer": 0.8}
        return chance.random() < shares[kind] and chance.choice(basis.days[kind]) <= 28

    filled = sum(sum(hired(kind) for kind, n in basis.here.items() for _ in range(n)) >= 2 for _ in range(played))

    assert forecast.forecast(basis, 2).at(28)[0] == pytest.approx(filled / played, abs=0.03)


def past_job(hired, ended, **job):
    """A job of before: so many were hired, and so many ended at each kind of stage."""
    stages = staged(factories.JobFactory(**job))
    for at, people in [*enumerate([ended] * 4), (4, hired)]:
        for _ in range(people):
            status = "hired" if at == 4 else "rejected"
            one = factories.ApplicationFactory(stage=stages[at], status=status, closed_at=timezone.now())
            for before, after in itertools.pairwise([None, *stages[: at + 1]]):
                one.transitions.create(left=before, to=after, status="active", at=one.applied_at)


def test_without_enough_to_learn_from_it_says_what_is_missing(client, world, recruiter):
    client.force_login(recruiter)
    past_job(hired=3, ended=2, department=world.job.department)
    past_job(hired=1, ended=1)

    outlook = health.outlook(world.job)
    page = " ".join(client.get(reverse("pipeline:forecast", args=[world.job.pk])).content.decode().split())

    assert outlook.forecast is None
    assert outlook.thin == [
        "9 of 10 decided at Screen",
        "7 of 10 decided at Interview",
        "5 of 10 decided at Offer",
        "3 of 5 hires",
    ]
    assert outlook.missing == ["7 of 10 decided at Offer", "4 of 5 hires"]
    assert f"In {world.job.department}: 9 of 10 decided at Screen, 7 of 10 decided at Interview, " in page
    assert "In the whole company: 7 of 10 decided at Offer, 4 of 5 hires. The last three years count." in page


def test_where_the_department_has_too_little_the_whole_company_stands_in_and_its_range_is_wider(
    client, world, recruiter
):
    client.force_login(recruiter)
    past_job(hired=8, ended=4)

    world.job.target_date = timezone.localdate() - dt.timedelta(days=5)
    world.job.save()
    outlook = health.outlook(world.job)
    page = " ".join(client.get(reverse("pipeline:forecast", args=[world.job.pk])).content.decode().split())

    assert outlook.is_wide and outlook.similar == 1 and outlook.missing == []
    assert "0 of 5 hires" in outlook.thin
    chance, low, high = outlook.forecast.at(182)
    assert 0 < low < chance < high < 1
    assert f"{world.job.department} alone has too little to learn from: 0 of 10 decided at Applied, " in page
    assert "So this learns from 1 job of the whole company, which counts half as much" in page
    assert f"The planned {day(world.job.target_date)} has passed." in page
    wide, narrow = Rates(0, 0, 60, 40, forecast.WIDE_WORTH).beta, Rates(0, 0, 60, 40).beta
    assert wide[0] / sum(wide) == pytest.approx(narrow[0] / sum(narrow), abs=0.01)
    assert sum(wide) < sum(narrow)


def test_people_from_where_nobody_was_ever_hired_are_left_out_and_named(client, world, recruiter):
    client.force_login(recruiter)
    past_job(hired=8, ended=4)
    arrived(world.stages["lead"])

    outlook = health.outlook(world.job)
    page = client.get(reverse("pipeline:forecast", args=[world.job.pk])).content.decode()

    assert outlook.uncounted == [("Lead", 1)] and outlook.missing == []
    assert outlook.forecast == forecast.forecast(outlook.basis.counted(), outlook.places)
    assert "Not counted: 1 at Lead." in page


def test_with_nobody_in_the_pipeline_it_says_that_and_asks_no_further(client, world, recruiter):
    client.force_login(recruiter)
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)

    page = client.get(reverse("pipeline:forecast", args=[world.job.pk])).content.decode()

    assert "Nobody is in the pipeline now" in page and "Not enough" not in page


def test_it_learns_from_this_job_and_from_similar_ones_but_not_from_confidential_ones(recruiter):
    job = factories.JobFactory()
    similar = factories.JobFactory(department=job.department)
    hidden = factories.JobFactory(department=job.department, confidential=True)
    factories.JobFactory()
    why = factories.RejectionReasonFactory()
    for one in (job, similar, hidden):
        stages = staged(one)
        for number in range(3):
            person = arrived(stages[0])
            moves.move(person, stages[1], by=recruiter)
            if number:
                rejection.reject(person, why, by=recruiter)

    assert past.similar_to(job) == [similar.pk]
    basis = past.basis(job, [similar.pk])
    assert (basis.rates["applied"], basis.rates["screen"]) == (Rates(3, 0, 3, 0), Rates(0, 2, 0, 2))
    assert basis.here == {"applied": 0, "screen": 1, "interview": 0, "offer": 0}


def test_whoever_was_never_moved_has_passed_nothing(recruiter):
    job = factories.JobFactory()
    stages = staged(job)
    arrived(stages[0])
    rejection.reject(arrived(stages[0]), factories.RejectionReasonFactory(), by=recruiter)

    basis = past.basis(job, [])

    assert (basis.rates["applied"], basis.rates["offer"]) == (Rates(0, 1), Rates())
    assert basis.here["applied"] == 1


# pages


def test_the_overview_says_it_and_each_number_leads_to_its_people(client, world, recruiter):
    letter = factories.MailTemplateFactory(kind="rejection")
    reason = factories.RejectionReasonFactory(label="Needs <more>")
    gone = arrived(world.stages["screen"])
    factories.EmailFactory(candidate=gone.candidate, value="g@people.example")
    rejection.reject(gone, reason, by=recruiter, template=letter)
    client.force_login(recruiter)

    page = client.get(reverse("job_overview", args=[world.job.pk])).content.decode()
    address = reverse("pipeline:figure", args=[world.job.pk, f"reason-{reason.pk}"])
    people = client.get(address).content.decode()
    letters = client.get(reverse("pipeline:figure", args=[world.job.pk, "letters"])).content.decode()
    table = b"".join(client.get(f"{address}?as=csv").streaming_content).decode()
    book = b"".join(client.get(f"{address}?as=xlsx").streaming_content)

    assert "Needs &lt;more&gt;" in page
    assert address in page
    assert gone.candidate.name in people
    assert gone.candidate.name in letters
    assert "Everybody whose application ended for this reason" in people
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == [gone.candidate.name]
    assert book[:2] == b"PK"


def test_files_are_for_those_who_may_take_lists_away(client, world, manager):
    client.force_login(manager)
    address = reverse("pipeline:figure", args=[world.job.pk, "idle"])

    assert client.get(address).status_code == 200
    assert client.get(f"{address}?as=csv").status_code == 403
    assert client.get(reverse("pipeline:figure", args=[world.job.pk, "reached-999999"])).status_code == 404


def test_the_pages_ask_no_more_for_many(client, world, recruiter):
    client.force_login(recruiter)
    addresses = [
        reverse("job_overview", args=[world.job.pk]),
        reverse("pipeline:forecast", args=[world.job.pk]),
        reverse("pipeline:figure", args=[world.job.pk, f"reached-{world.stages['applied'].pk}"]),
    ]

    def asked():
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    asked()
    before = asked()
    for stage in ("screen", "interview"):
        for _ in range(15):
            rejection.reject(arrived(world.stages[stage]), factories.RejectionReasonFactory(), by=recruiter)
            arrived(world.stages[stage])

    assert asked() == before
