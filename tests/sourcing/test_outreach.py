"""A person's path through a sequence: each step once, frozen by any sign of life (MAIL-6, MAIL-17, invariants 3, 4, 10)."""

from __future__ import annotations

import datetime as dt
import threading
import zoneinfo

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import contact
from hiring.errors import Refused
from hiring.mail import delivery
from hiring.models import Candidate, Message, ProcessingBasis, Suppression, Task
from pipeline import starting
from sourcing import ending, outreach, sequences
from sourcing.models import Enrollment, Sequence
from sourcing.sequences import StepText
from tests.factories import CandidateFactory, EmailFactory, JobFactory, MailboxFactory, StageFactory, UserFactory

NOON = dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC)  # a Tuesday, midday in Paris

FIRST = StepText("mail", 0, "Data at {{ organisation }}", "Hello {{ first_name }}, shall we talk?")
SECOND = StepText("mail", 3, "", "Hello again {{ first_name }}.")
CALL = StepText("call", 1, "", "Ask about Lyon.")


@pytest.fixture
def noon(monkeypatch):
    """A clock that stands still until the test sets it."""
    clock = {"now": NOON}
    monkeypatch.setattr(timezone, "now", lambda: clock["now"])
    return clock


def prospect(name="Ada Byron", **fields):
    point = EmailFactory(candidate__name=name, candidate__time_zone="Europe/Paris", **fields)
    ProcessingBasis.objects.create(
        candidate=point.candidate,
        purpose="sourcing",
        basis="legitimate_interest",
        controller="Northwind",
        started_at=timezone.now() - dt.timedelta(days=1),
    )
    return point.candidate


@pytest.fixture
def plan(recruiter, noon):
    made = sequences.create(name="Data, autumn", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(made, [FIRST, SECOND])
    return sequences.launch(made, by=recruiter)


def steps_of(enrollment):
    found = Message.objects.filter(dedupe_key__startswith=f"step:{enrollment.pk}:").order_by("pk")
    return [(message.subject, message.status) for message in found]


def deliver_due():
    return delivery.deliver(delivery.due(100), durable=False)


@pytest.mark.django_db
def test_a_path_sends_each_step_in_its_time(plan, noon, recruiter, mailoutbox):
    enrollment = outreach.enroll(plan, prospect(), by=recruiter)

    outreach.run_due()
    deliver_due()
    enrollment.refresh_from_db()
    due_again = enrollment.next_at
    noon["now"] = due_again + dt.timedelta(minutes=1)
    outreach.run_due()
    deliver_due()

    enrollment.refresh_from_db()
    assert due_again.date() == dt.date(2026, 11, 27)  # three working days after Tuesday
    assert [mail.subject for mail in mailoutbox] == ["Data at Nordvale Grid", "Re: Data at Nordvale Grid"]
    assert (enrollment.state, enrollment.position) == ("finished", 2)


@pytest.mark.django_db
def test_nothing_leaves_before_a_person_launched_the_sequence(recruiter, noon):
    draft = sequences.create(name="Draft", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(draft, [FIRST])
    outreach.enroll(draft, prospect(), by=recruiter)

    assert outreach.run_due() == 0
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_reply_freezes_the_path_and_stops_what_is_queued(plan, recruiter):
    person = prospect()
    enrollment = outreach.enroll(plan, person, by=recruiter)
    outreach.run_due()

    contact.sign_of_life(person, "replied")

    enrollment.refresh_from_db()
    assert (enrollment.state, steps_of(enrollment)) == ("replied", [("Data at Nordvale Grid", "cancelled")])


@pytest.mark.django_db
def test_a_reply_after_the_step_was_taken_still_wins_at_delivery(plan, recruiter, mailoutbox):
    """MAIL-17: the policy is asked again in the sending transaction."""
    person = prospect()
    outreach.enroll(plan, person, by=recruiter)
    outreach.run_due()
    Candidate.objects.filter(pk=person.pk).update(last_sign_of_life_at=timezone.now() + dt.timedelta(seconds=1))

    deliver_due()

    assert mailoutbox == []
    assert Enrollment.objects.get().state == "stopped"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "state"),
    [("unsubscribe", "unsubscribed"), ("complaint", "unsubscribed"), ("hard_bounce", "bounced"), ("manual", "stopped")],
)
def test_suppression_ends_every_path_at_once(plan, recruiter, reason, state):
    """MAIL-6."""
    person = prospect(value="ada@mail.example")
    outreach.enroll(plan, person, by=recruiter)

    contact.suppress("Ada@Mail.example", Suppression.Reason(reason))

    assert Enrollment.objects.get().state == state


@pytest.mark.django_db
def test_becoming_an_applicant_ends_the_path_on_the_same_record(plan, recruiter, world):
    person = prospect()
    outreach.enroll(plan, person, by=recruiter)

    application = starting.open_application(person, world.job, by=recruiter, stage=world.stages["lead"])

    assert application.candidate_id == person.pk
    assert Enrollment.objects.get().state == "applied"


@pytest.mark.django_db
def test_a_path_that_a_confidential_job_ended_does_not_name_it(client, plan, recruiter):
    """Everybody who sources sees the sequence; what is confidential is for the job's team."""
    person, secret = prospect(), JobFactory(title="Successor of the CFO", confidential=True)
    outreach.enroll(plan, person, by=recruiter)

    starting.open_application(person, secret, by=None, stage=StageFactory(job=secret))

    client.force_login(UserFactory(role="recruiter"))
    page = client.get(reverse("sourcing:sequence", args=[plan.pk])).content.decode()
    assert person.name in page and "Now in process for another job." in page
    assert "Successor" not in page


@pytest.mark.django_db
def test_a_person_is_in_one_sequence_at_a_time(plan, recruiter, noon):
    other = sequences.create(name="Other", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(other, [FIRST])
    person = prospect()
    outreach.enroll(plan, person, by=recruiter)

    with pytest.raises(Refused, match="another sequence"):
        outreach.enroll(other, person, by=recruiter)


@pytest.mark.django_db
def test_nobody_goes_through_a_sequence_twice(plan, recruiter):
    person = prospect()
    ending.stop(outreach.enroll(plan, person, by=recruiter), by=recruiter)

    with pytest.raises(Refused, match="already been through"):
        outreach.enroll(plan, person, by=recruiter)


@pytest.mark.django_db
def test_enrolling_many_names_who_was_left_out_and_why(plan, recruiter):
    fine, gone = prospect("Fine Person"), prospect("Gone Person", value="gone@mail.example")
    contact.suppress("gone@mail.example", Suppression.Reason.UNSUBSCRIBE)
    nobody = CandidateFactory(name="No Address")

    outcome = outreach.enroll_many(plan, [fine, gone, nobody], by=recruiter)

    assert [path.candidate.name for path in outcome.started] == ["Fine Person"]
    assert [(person.name, bool(why)) for person, why in outcome.left_out] == [
        ("Gone Person", True),
        ("No Address", True),
    ]


@pytest.mark.django_db
def test_a_missing_merge_field_holds_back_only_that_person(recruiter, noon):
    plan = sequences.create(name="Named", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(plan, [StepText("mail", 0, "Hello", "How is {{ company }}?")])
    known, unknown = prospect("Known Person", candidate__company="Parcela"), prospect("Unknown Person")

    outcome = outreach.enroll_many(plan, [known, unknown], by=recruiter)

    assert [path.candidate for path in outcome.started] == [known]
    assert "where the person works" in outcome.left_out[0][1]


@pytest.mark.django_db
def test_a_call_step_becomes_a_task_and_waits(recruiter, noon):
    plan = sequences.create(name="Call", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(plan, [StepText("call", 0, "", "Ask about Lyon."), FIRST])
    enrollment = outreach.enroll(sequences.launch(plan, by=recruiter), prospect(), by=recruiter)

    outreach.run_due()
    enrollment.refresh_from_db()
    waiting = enrollment.state
    outreach.resume(enrollment, by=recruiter)

    enrollment.refresh_from_db()
    assert (waiting, Task.objects.get().assignee) == ("waiting", recruiter)
    assert (enrollment.state, enrollment.position) == ("active", 1)


@pytest.mark.django_db
def test_a_paused_path_goes_on_with_the_step_it_stood_at(plan, recruiter, mailoutbox):
    enrollment = outreach.enroll(plan, prospect(), by=recruiter)
    outreach.run_due()
    ending.pause(enrollment, by=recruiter)
    deliver_due()
    held = len(mailoutbox)

    outreach.resume(enrollment, by=recruiter)
    outreach.run_due()
    deliver_due()

    assert (held, len(mailoutbox)) == (0, 1)


@pytest.mark.django_db
def test_pausing_a_sequence_holds_what_was_already_written_until_it_is_launched_again(
    plan, noon, recruiter, mailoutbox
):
    outreach.enroll(plan, prospect(), by=recruiter)
    outreach.run_due()
    sequences.pause(plan, by=recruiter)

    deliver_due()
    held = Message.objects.get()
    assert (mailoutbox, held.status, held.status_note) == ([], "queued", "The sequence “Data, autumn” is paused.")

    sequences.launch(plan, by=recruiter)
    deliver_due()
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_change_that_is_refused_keeps_what_was_typed_in_all_steps(client, plan, recruiter, mailoutbox):
    outreach.enroll(plan, prospect(), by=recruiter)
    outreach.run_due()
    deliver_due()
    client.force_login(recruiter)
    typed = {"name": plan.name, "mailbox": plan.mailbox_id, "window_start": "09:00", "window_end": "17:00"}
    typed |= {"steps-TOTAL_FORMS": 2, "steps-INITIAL_FORMS": 2, "steps-MIN_NUM_FORMS": 0, "steps-MAX_NUM_FORMS": 20}
    typed |= {"steps-0-kind": "mail", "steps-0-wait_days": 0, "steps-0-subject": "New", "steps-0-body": "Changed."}
    typed |= {
        "steps-1-kind": "mail",
        "steps-1-wait_days": 3,
        "steps-1-subject": "",
        "steps-1-body": "My long new words.",
    }

    response = client.post(reverse("sourcing:sequence_edit", args=[plan.pk]), typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Step 1 has already been sent to people" in page
    assert "My long new words." in page


@pytest.mark.django_db
def test_a_step_already_sent_cannot_be_rewritten(plan, recruiter, mailoutbox):
    outreach.enroll(plan, prospect(), by=recruiter)
    outreach.run_due()
    deliver_due()

    with pytest.raises(Refused, match="Step 1"):
        sequences.write_steps(plan, [StepText("mail", 0, "Another", "text"), SECOND])


@pytest.mark.django_db
def test_a_worker_that_died_after_sending_is_made_good(plan, recruiter, mailoutbox):
    """The message left, but the path never heard of it: it goes on, and nothing is sent twice."""
    enrollment = outreach.enroll(plan, prospect(), by=recruiter)
    outreach.run_due()
    Message.objects.update(status=Message.Status.SENT, at=timezone.now())

    outreach.run_due()

    enrollment.refresh_from_db()
    assert (enrollment.position, Message.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 4])  # one number for both, or a batch asks once per person
def test_a_batch_asks_no_more_for_more_people(plan, recruiter, people, django_assert_num_queries):
    for number in range(people):
        outreach.enroll(plan, prospect(f"Person {number}", value=f"p{number}@mail.example"), by=recruiter)
    due = list(Enrollment.objects.values_list("pk", flat=True))

    with django_assert_num_queries(11):  # two of them the savepoint
        assert outreach.take(due) == people

    assert Message.objects.count() == people
    assert Enrollment.objects.filter(next_at=None).count() == people


@pytest.mark.django_db
def test_a_path_that_breaks_a_batch_holds_up_nobody_else(plan, recruiter, noon, monkeypatch, caplog):
    paths = [
        outreach.enroll(plan, prospect(name, value=f"{name[:3]}@mail.example"), by=recruiter)
        for name in ("Ada B", "Bob C")
    ]
    write = outreach._write_mail

    def breaks_for_ada(batch, enrollment, *rest):
        if enrollment.candidate.name == "Ada B":
            raise ZeroDivisionError
        write(batch, enrollment, *rest)

    monkeypatch.setattr(outreach, "_write_mail", breaks_for_ada)
    assert outreach.run_due() == 1
    assert [message.candidate.name for message in Message.objects.all()] == ["Bob C"]
    assert [(record.message, getattr(record, "enrollment", None)) for record in caplog.records] == [
        ("sequence_batch_failed", None),
        ("sequence_step_failed", paths[0].pk),
    ]

    monkeypatch.setattr(outreach, "_write_mail", write)  # mended: due again, and once
    assert outreach.run_due() == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_follow_up_answers_its_own_thread_in_a_batch(plan, noon, recruiter, mailoutbox):
    """MAIL-15, for two people at once."""
    for name in ("Ada B", "Bob C"):
        outreach.enroll(plan, prospect(name, value=f"{name[:3]}@mail.example"), by=recruiter)
    outreach.run_due()
    deliver_due()
    noon["now"] = max(Enrollment.objects.values_list("next_at", flat=True)) + dt.timedelta(minutes=1)

    outreach.run_due()

    first, second = (
        list(Message.objects.filter(dedupe_key__endswith=f":{step}").order_by("candidate")) for step in (0, 1)
    )
    assert [one.in_reply_to for one in second] == [one.message_id for one in first]
    assert [one.thread_id for one in second] == [one.thread_id for one in first]


@pytest.mark.django_db(transaction=True)
def test_four_workers_take_each_step_once(recruiter, noon):
    plan = sequences.create(name="Race", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(plan, [FIRST])
    sequences.launch(plan, by=recruiter)
    for number in range(12):
        outreach.enroll(plan, prospect(f"Person {number}", value=f"p{number}@mail.example"), by=recruiter)

    def work():
        try:
            outreach.run_due()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    keys = list(Message.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) == 12


@pytest.mark.parametrize(
    "steps",
    [
        [StepText("mail", 0, "", "No subject")],
        [StepText("mail", 0, "Hello", "  ")],
        [StepText("mail", 0, "Hello", "{{ salary }}")],
    ],
    ids=["no subject", "no words", "unknown field"],
)
def test_the_editor_says_what_is_wrong_with_a_step(steps):
    assert sequences.step_problems(steps)[0].startswith("Step 1")


ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
MOMENTS = st.datetimes(
    min_value=dt.datetime(2026, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=dt.datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)


@given(after=MOMENTS, zone=ZONES, wait=st.integers(0, 10))
def test_a_send_time_lies_in_the_window_on_a_working_day_and_never_before(after, zone, wait):
    person = Candidate(time_zone=zone)
    plan = Sequence(window_start=dt.time(9), window_end=dt.time(17))

    at = outreach.send_time(plan, person, after=after, wait_days=wait)

    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    assert at >= after
    assert local.weekday() < 5
    assert dt.time(9) <= local.time() < dt.time(17)
    days = sum(
        (after.astimezone(local.tzinfo).date() + dt.timedelta(n)).weekday() < 5
        for n in range(1, (local.date() - after.astimezone(local.tzinfo).date()).days + 1)
    )
    assert days >= wait
