"""Invariant 2: stage and status equal the last transition, whatever people do in whatever order."""

import datetime as dt
import threading
import time
from functools import partial
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring.errors import Refused
from hiring.models import Candidate, Job, Message, Opening, TimelineEvent
from pipeline import closing, entering, events, moves, rejection, starting, transfer
from pipeline.models import Application, BulkAct, Transfer, Transition
from tests import factories


def later(**delta):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + dt.timedelta(**delta))


def heard(signal):
    said = []

    def listen(sender, **kwargs):
        said.append(kwargs)

    signal.connect(listen, weak=False, dispatch_uid=f"test-{id(said)}")
    return said, lambda: signal.disconnect(dispatch_uid=f"test-{id(said)}")


def kinds(candidate):
    return list(TimelineEvent.objects.filter(candidate=candidate).order_by("pk").values_list("kind", "actor"))


def last(application):
    return application.transitions.order_by("at", "pk").last()


def test_open_application_starts_in_the_first_stage_for_applicants(world, recruiter):
    candidate = factories.CandidateFactory()

    application = starting.open_application(candidate, world.job, by=recruiter)

    first = last(application)
    assert (application.stage, application.status) == (world.stages["applied"], "active")
    assert (first.left, first.to, first.by, first.status) == (None, world.stages["applied"], recruiter, "active")
    assert kinds(candidate) == [("application.opened", recruiter.pk)]


def test_open_application_is_refused_while_one_is_active(world, recruiter):
    with pytest.raises(Refused, match="Noor Haddad already has an active application"):
        starting.open_application(world.candidate, world.job, by=recruiter)


def test_somebody_rejected_may_apply_again(world, recruiter):
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)

    again = starting.open_application(world.candidate, world.job, by=None)

    assert (again.status, again.pk != world.application.pk) == ("active", True)


def test_open_application_keeps_when_the_person_applied(world):
    yesterday = timezone.now() - dt.timedelta(days=1)

    application = starting.open_application(
        factories.CandidateFactory(), world.job, by=None, at=yesterday, receipt_number="R-1"
    )

    assert (application.applied_at, application.receipt_number) == (yesterday, "R-1")
    assert application.entered_stage_at > yesterday


def test_open_application_is_refused_on_a_closed_job(world):
    world.job.status = "closed"
    world.job.save(update_fields=["status"])

    with pytest.raises(Refused, match="closed"):
        starting.open_application(factories.CandidateFactory(), world.job, by=None)


def test_move_records_who_moved_it_and_how_long_it_stood(world, recruiter):
    said, stop = heard(events.applications_moved)

    with later(days=3):
        application = moves.move(world.application, world.stages["screen"], by=recruiter)
    stop()

    transition = last(application)
    assert application.stage == world.stages["screen"]
    assert (transition.left, transition.to, transition.by) == (
        world.stages["applied"],
        world.stages["screen"],
        recruiter,
    )
    assert abs(transition.seconds_in_left - 3 * 86_400) < 60
    assert kinds(world.candidate) == [("application.moved", recruiter.pk)]
    assert said == [
        {
            "signal": events.applications_moved,
            "applications": [application],
            "left": {application.pk: world.stages["applied"]},
            "by": recruiter,
        }
    ]


def test_stale_move_is_refused_with_who_moved_it(world, recruiter, manager):
    moves.move(world.application, world.stages["screen"], by=manager)

    with pytest.raises(Refused, match="Max Manager already moved Noor Haddad to Screen"):
        moves.move(world.application, world.stages["interview"], by=recruiter, seen=world.stages["applied"])


def test_nobody_is_moved_into_the_hired_stage(world, recruiter):
    with pytest.raises(Refused, match="accepting an offer"):
        moves.move(world.application, world.stages["hired"], by=recruiter)


def test_move_to_a_stage_of_another_job_is_refused(world, recruiter):
    with pytest.raises(Refused, match="another job"):
        moves.move(world.application, factories.StageFactory(), by=recruiter)


def test_moving_to_where_it_stands_writes_nothing(world, recruiter):
    moves.move(world.application, world.stages["applied"], by=recruiter)

    assert (world.application.transitions.count(), kinds(world.candidate)) == (1, [])


def test_undo_goes_back_and_days_in_stage_go_on_counting(world, recruiter):
    entered = world.application.entered_stage_at
    moves.move(world.application, world.stages["screen"], by=recruiter)

    application = moves.undo_move(world.application, by=recruiter)

    assert application.stage == world.stages["applied"]
    assert abs(application.entered_stage_at - entered) < dt.timedelta(seconds=2)
    assert last(application).reason == "undo"


def test_undo_of_the_first_look_makes_the_card_new_again(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)

    application = moves.undo_move(world.application, by=recruiter)

    assert application.reviewed_at is None
    assert list(Application.objects.to_review()) == [application]


def test_undo_of_a_later_move_leaves_it_looked_at(world, recruiter):
    looked = moves.move(world.application, world.stages["screen"], by=recruiter).reviewed_at
    moves.move(world.application, world.stages["interview"], by=recruiter)

    assert moves.undo_move(world.application, by=recruiter).reviewed_at == looked


def test_undo_is_refused_after_ten_minutes_and_twice(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)

    with later(minutes=11), pytest.raises(Refused, match="too old"):
        moves.undo_move(world.application, by=recruiter)
    moves.undo_move(world.application, by=recruiter)
    with pytest.raises(Refused, match="no move to undo"):
        moves.undo_move(world.application, by=recruiter)


def test_undo_is_refused_once_something_left_the_house(world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    now = timezone.now()
    Message.objects.create(
        candidate=world.candidate, job=world.job, direction="out", mail_class="transactional", purpose="message",
        status="sent", message_id="<1@x>", from_address="a@x.example", to_address="b@x.example", subject="Hello",
        text="Hello", not_before=now, created_at=now, at=now,
    )  # fmt: skip

    with pytest.raises(Refused, match="gone out"):
        moves.undo_move(world.application, by=recruiter)


def test_withdraw_closes_and_says_so(world):
    said, stop = heard(events.application_closed)

    application = moves.withdraw(world.application)
    stop()

    assert (application.status, application.closed_at is not None, last(application).reason) == (
        "withdrawn",
        True,
        "withdrawn",
    )
    assert kinds(world.candidate) == [("application.withdrawn", None)]
    assert [heard["application"] for heard in said] == [application]


def test_hire_fills_the_opening_and_stands_in_the_hired_stage(world, recruiter):
    opening = world.job.openings.get()

    application = moves.hire(world.application, opening, by=recruiter)

    opening.refresh_from_db()
    assert (application.status, application.stage, application.opening) == ("hired", world.stages["hired"], opening)
    assert (opening.status, opening.filled_at is not None) == ("filled", True)
    assert (last(application).status, last(application).to) == ("hired", world.stages["hired"])
    assert kinds(world.candidate) == [("application.hired", recruiter.pk)]


def test_one_opening_is_filled_once(world, recruiter):
    opening = world.job.openings.get()
    second = starting.open_application(factories.CandidateFactory(), world.job, by=recruiter)
    moves.hire(world.application, opening, by=recruiter)

    with pytest.raises(Refused, match="filled"):
        moves.hire(second, opening, by=recruiter)


def test_hire_into_another_jobs_opening_is_refused(world, recruiter):
    with pytest.raises(Refused, match="another job"):
        moves.hire(world.application, factories.OpeningFactory(), by=recruiter)


VERBS = ["open", "move", "undo", "reject", "restore", "withdraw", "hire", "transfer", "bring_back"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5), st.integers(0, 40)), max_size=14))
def test_stage_and_status_equal_the_last_transition_after_any_sequence(world, recruiter, steps):
    """Invariant 2, with refusals allowed: whatever is refused must leave no trace either."""
    stages = list(world.stages.values())
    reason = factories.RejectionReasonFactory()
    other = factories.JobFactory()
    stages += [
        factories.StageFactory(job=other, kind=kind, position=place) for place, kind in enumerate(["applied", "screen"])
    ]
    with transaction.atomic():
        clock = timezone.now()
        for verb, choice, minutes in steps:
            clock += dt.timedelta(minutes=minutes)
            mine = list(Application.objects.filter(candidate=world.candidate).order_by("pk"))
            target = mine[choice % len(mine)]
            before = Transition.objects.count()
            acts = {
                "open": partial(starting.open_application, world.candidate, world.job),
                "move": partial(moves.move, target, stages[choice]),
                "undo": partial(moves.undo_move, target),
                "reject": partial(rejection.reject, target, reason),
                "restore": partial(rejection.restore, target),
                "withdraw": partial(moves.withdraw, target),
                "hire": partial(moves.hire, target, world.job.openings.first()),
                "transfer": partial(transfer.transfer, target, other if target.job_id == world.job.pk else world.job),
                "bring_back": partial(transfer.undo, target),
            }
            with mock.patch("django.utils.timezone.now", return_value=clock):
                try:
                    acts[verb](by=recruiter)
                except Refused:
                    assert Transition.objects.count() == before
        for application in Application.objects.filter(candidate=world.candidate):
            newest = last(application)
            assert (application.stage_id, application.status) == (newest.to_id, newest.status)
            assert (application.closed_at is None) == application.is_active
            chain = list(application.transitions.order_by("at", "pk"))
            assert [step.left_id for step in chain[1:]] == [step.to_id for step in chain[:-1]]
        active = Application.objects.filter(candidate=world.candidate, status="active")
        assert len(set(active.values_list("job", flat=True))) == active.count()
        for made in Transfer.objects.select_related(
            "left", "opened"
        ):  # whoever went on stands where they went, or was ended there
            assert made.left.status == "converted" and made.left.job_id != made.opened.job_id
        filled = Opening.objects.filter(job=world.job, status="filled").count()
        assert filled == Application.objects.filter(job=world.job, status="hired").count()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_movers_exactly_one_wins(world, recruiter, manager):
    start, outcomes = threading.Barrier(2), []

    def go(person, to):
        start.wait()
        try:
            moves.move(world.application, to, by=person, seen=world.stages["applied"])
            outcomes.append("moved")
        except Refused as refusal:
            outcomes.append(refusal.sentence)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=go, args=(recruiter, world.stages["screen"])),
        threading.Thread(target=go, args=(manager, world.stages["interview"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome == "moved" for outcome in outcomes) == [False, True]
    assert "already moved Noor Haddad" in next(outcome for outcome in outcomes if outcome != "moved")
    assert world.application.transitions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_waited_sees_the_stage_a_colleague_made_meanwhile(world):
    """The statement that waits began before that stage was there."""
    held, found = threading.Event(), []

    def wait_and_look():
        held.wait(5)
        try:
            with transaction.atomic():
                found.append(entering.lock(world.application).stage.name)
        finally:
            connection.close()

    waiting = threading.Thread(target=wait_and_look)
    waiting.start()
    with transaction.atomic():
        entering.lock(world.application)
        held.set()
        for _ in range(200):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.02)
        stage = factories.StageFactory(job=world.job, name="Case study", position=90)
        Application.objects.filter(pk=world.application.pk).update(stage=stage)
    waiting.join()

    assert found == ["Case study"]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_added_to_a_job_while_it_closes_and_people_held_before_do_not_block(world, recruiter):
    """Those who add people only share the job: a bulk act that holds people first and a form that holds the job first pass
    each other; who closes the job counts everybody, or is there first and the others are refused."""
    person, reason = factories.CandidateFactory(), factories.RejectionReasonFactory()
    bulk_holds, form_holds, closing_holds = threading.Event(), threading.Event(), threading.Event()
    outcomes = {}

    def in_thread(name, work):
        def go():
            try:
                outcomes[name] = work()
            except Refused as refusal:
                outcomes[name] = refusal.sentence
            finally:
                connection.close()

        thread = threading.Thread(target=go)
        thread.start()
        return thread

    def many():
        with transaction.atomic():
            held = Candidate.objects.select_for_update().get(pk=person.pk)
            bulk_holds.set()
            form_holds.wait(5)
            time.sleep(0.3)  # who closes stands in the queue by now
            return len(starting.open_many([held], world.job, world.stages["lead"], by=recruiter, act=1))

    def form():
        """The job first, then the person, as applicants do."""
        with transaction.atomic():
            starting.hold_job(world.job.pk)
            form_holds.set()
            bulk_holds.wait(5)
            Candidate.objects.select_for_update().get(pk=person.pk)
        return "through"

    def close():
        form_holds.wait(5)
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=world.job.pk)
            closing_holds.set()
            time.sleep(0.3)  # somebody is added by hand meanwhile
            closing.close(world.job, by=recruiter, reason="Filled", answer=closing.Answer(reason))
        return "closed"

    def by_hand():
        closing_holds.wait(5)
        return starting.open_application(factories.CandidateFactory(), world.job, by=recruiter).status

    threads = [in_thread(work.__name__, work) for work in (many, form, close, by_hand)]
    for thread in threads:
        thread.join(15)

    refused = f"{world.job.title} is closed. Reopen it before adding people."
    assert outcomes == {"many": 1, "form": "through", "close": "closed", "by_hand": refused}
    answered = {pk for act in BulkAct.objects.all() for pk in act.waiting}
    assert set(Application.objects.active().filter(job=world.job).values_list("pk", flat=True)) == answered
