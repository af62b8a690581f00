"""Closing a job: nobody is left unanswered, and whom no mail reaches is named."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hiring.errors import Refused
from hiring.models import Job, Message
from offers import terms
from pipeline import bulk, closing, moves, rejection
from pipeline.models import Application, BulkAct, RejectionReason
from tests import factories


@pytest.fixture
def reason(db):
    return RejectionReason.objects.get(code="position-filled")


@pytest.fixture
def letter(db):
    return factories.MailTemplateFactory(
        kind="rejection", subject="Your application for {{ job_title }}", body="Dear {{ first_name }},\n\nthank you."
    )


@pytest.fixture
def answer(reason, letter):
    return closing.Answer(reason, letter)


def applicant(world, name, *, stage="applied", mail=True):
    if mail:
        person = factories.EmailFactory(candidate__name=name, value=f"{name.lower()}@people.example").candidate
    else:
        person = factories.CandidateFactory(name=name)
    return factories.ApplicationFactory(candidate=person, stage=world.stages[stage])


def letters(job):
    return sorted(Message.objects.queued().filter(job=job).values_list("candidate__name", flat=True))


def test_closing_turns_everybody_down_and_writes_to_those_who_applied(world, recruiter, answer):
    applicant(world, "Lead", stage="lead")
    applicant(world, "Silent", mail=False)

    acts = [bulk.run(act) for act in closing.close(world.job, by=recruiter, reason="Filled", answer=answer)]

    assert Job.objects.get(pk=world.job.pk).status == "closed"
    assert not closing.waiting(world.job).exists()
    assert letters(world.job) == ["Noor Haddad"], "a lead never applied, and Silent has no address"
    assert [row.candidate.name for row in closing.unreachable(closing.untold(world.job))] == ["Silent"]
    assert [(act.kind, act.total, act.failed) for act in acts] == [("reject", 2, []), ("reject", 1, [])]


def test_a_job_with_people_does_not_close_without_an_answer_for_them(world, recruiter):
    with pytest.raises(Refused, match="1 person is still waiting"):
        closing.close(world.job, by=recruiter, reason="Filled")

    assert Job.objects.get(pk=world.job.pk).status == "open"


def test_an_open_offer_and_an_interview_ahead_come_first(client, world, recruiter, answer):
    offer = terms.draft(
        world.application, by=recruiter, title="Data Engineer", salary=Decimal(60000), currency="EUR", period="YEAR",
        start_date=timezone.localdate() + dt.timedelta(days=40), place="Lyon", expires_at=timezone.now() + dt.timedelta(7),
    )  # fmt: skip
    ahead = timezone.now() + dt.timedelta(days=2)
    interview = factories.InterviewFactory(
        application=world.application, starts_at=ahead, ends_at=ahead + dt.timedelta(hours=1)
    )

    found = {obstacle.url for obstacle in closing.in_the_way(world.job)}
    assert found == {
        reverse("offers:offer", args=[offer.pk]),
        reverse("interviews:interview", args=[interview.pk]),
    }
    with pytest.raises(Refused, match="Noor Haddad"):
        closing.close(world.job, by=recruiter, reason="Filled", answer=answer)
    client.force_login(recruiter)
    reject = client.get(reverse("pipeline:application_reject", args=[world.application.pk])).content.decode()
    assert all(f'href="{url}"' in reject for url in found), "whoever turns one person down is told as well"
    terms.void(offer, by=recruiter)
    type(interview).objects.update(status="cancelled")
    assert closing.close(world.job, by=recruiter, reason="Filled", answer=answer)


@pytest.mark.django_db(transaction=True)
def test_who_applies_while_a_job_closes_is_not_left_behind(world, recruiter):
    moves.withdraw(world.application, by=recruiter)
    holds, may_end = threading.Event(), threading.Event()

    def apply():  # as pipeline.intake does: the job first
        try:
            with transaction.atomic():
                Job.objects.select_for_update(no_key=True).get(pk=world.job.pk)
                holds.set()
                may_end.wait(5)
                applicant(world, "Late")
        finally:
            connections.close_all()

    applying = threading.Thread(target=apply)
    applying.start()
    assert holds.wait(5)
    threading.Timer(0.5, may_end.set).start()

    with pytest.raises(Refused, match="1 person is still waiting"):
        closing.close(world.job, by=recruiter, reason="Filled")

    applying.join()


def test_what_was_stopped_half_way_is_finished_from_the_same_page(world, recruiter, answer, client):
    acts = closing.close(world.job, by=recruiter, reason="Filled", answer=answer)
    bulk.cancel(acts[0])
    bulk.run(acts[0])
    client.force_login(recruiter)

    overview = client.get(reverse("job_overview", args=[world.job.pk])).text
    page = reverse("pipeline:closing", args=[world.job.pk])
    assert f'href="{page}"' in overview
    response = client.post(page, {"reason": answer.reason.pk, "template": answer.template.pk, "delay": "48"})

    assert response.status_code == 302
    assert (closing.waiting(world.job).count(), letters(world.job)) == (0, ["Noor Haddad"])


def test_whoever_was_turned_down_without_a_word_can_be_written_to_once(world, recruiter, reason, letter, client):
    mira, silent = applicant(world, "Mira"), applicant(world, "Silent", mail=False)
    left = RejectionReason.objects.get(code="withdrew")
    for application, why in ((world.application, left), (mira, reason), (silent, reason)):
        rejection.reject(application, why, by=recruiter)
    client.force_login(recruiter)
    address = reverse("pipeline:closing_write", args=[world.job.pk])

    for _ in range(2):
        client.post(address, {"template": letter.pk, "delay": "24"})

    assert letters(world.job) == ["Mira"]
    [act] = BulkAct.objects.filter(kind="letter")
    assert (act.done, act.failed) == ([mira.pk], [])
    page = client.get(reverse("pipeline:closing", args=[world.job.pk])).text
    assert ("Silent" in page, "Mira" in page) == (True, False)
    bulk.run(bulk.start_undo(act, by=recruiter))
    assert (letters(world.job), Application.objects.get(pk=mira.pk).status) == ([], "rejected")


def test_letters_afterwards_cost_the_same_for_many_and_whoever_is_told_by_then_is_named(
    world, recruiter, reason, letter
):
    def cost(people, first):
        those = [applicant(world, f"P{first + number}") for number in range(people)]
        for one in those:
            rejection.reject(one, reason, by=recruiter)
        with CaptureQueriesContext(connection) as writing:
            [act] = [bulk.run(act) for act in closing.write_to_untold(world.job, letter, by=recruiter)]
        gone = Message.objects.get(candidate=those[0].candidate)
        Message.objects.filter(pk=gone.pk).update(status="sent", at=timezone.now())
        with CaptureQueriesContext(connection) as stopping:
            undone = bulk.run(bulk.start_undo(act, by=recruiter))
        assert (len(act.done), act.failed) == (people, [])
        assert (len(undone.done), undone.failed) == (people - 1, [[those[0].pk, "The mail to {name} has left."]])
        again = bulk.run(bulk.start_letter(world.job, [one.pk for one in those], letter, by=recruiter))
        assert again.failed == [[those[0].pk, "{name} was already told; no second mail is sent."]]
        return len(writing), len(stopping)

    cost(2, 0)

    assert cost(3, 10) == cost(12, 20)


def test_who_cannot_be_written_to_is_named_and_whoever_was_turned_down_twice_hears_it_once(
    world, recruiter, reason, letter
):
    mira, silent, waits = applicant(world, "Mira"), applicant(world, "Silent", mail=False), applicant(world, "Waits")
    earlier = factories.ApplicationFactory(candidate=mira.candidate, stage=world.stages["screen"], status="rejected")
    for one in (mira, silent):
        rejection.reject(one, reason, by=recruiter)
    ids = [mira.pk, silent.pk, waits.pk, earlier.pk]

    act = bulk.run(bulk.start_letter(world.job, ids, letter, by=recruiter))

    assert (act.done, letters(world.job)) == ([earlier.pk], ["Mira"])
    assert dict(act.failed) == {
        mira.pk: "A mail about this job waits for {name} already; no second one is written.",
        silent.pk: "{name} has no working e-mail address; no mail is sent.",
        waits.pk: "{name} is not turned down here.",
    }


def test_nobody_who_is_told_or_still_in_process_gets_the_letter(world, recruiter, reason, letter):
    now = dt.timedelta()
    with pytest.raises(Refused, match="is not turned down here"):
        rejection.write_to(world.application, letter, by=recruiter, delay=now)
    rejection.reject(world.application, reason, by=recruiter, template=letter)
    with pytest.raises(Refused, match="waits already"):
        rejection.write_to(world.application, letter, by=recruiter, delay=now)
    Message.objects.update(status="sent")
    with pytest.raises(Refused, match="already told"):
        rejection.write_to(world.application, letter, by=recruiter, delay=now)


def test_the_page_names_who_waits_and_keeps_what_was_typed(world, recruiter, answer, client):
    applicant(world, "Silent", mail=False)
    client.force_login(recruiter)
    page = reverse("pipeline:closing", args=[world.job.pk])

    shown = client.get(page).text
    refused = client.post(page, {"why": "", "reason": answer.reason.pk, "template": answer.template.pk, "delay": "72"})

    assert all(name in shown for name in ("Noor Haddad", "Silent", "no working e-mail address"))
    assert refused.status_code == 422
    assert '<option value="72" selected>' in refused.text
    assert "Say why the job is closed." in refused.text
    assert Job.objects.get(pk=world.job.pk).status == "open"


def test_the_page_costs_the_same_for_more_people(world, recruiter, answer, client):
    client.force_login(recruiter)
    page = reverse("pipeline:closing", args=[world.job.pk])
    client.get(page)
    few = _queries(client, page)
    for number in range(30):
        applicant(world, f"Person{number}", mail=bool(number % 3))

    assert _queries(client, page) <= few + 1, "only whether there are more than are named is asked"


def _queries(client, page):
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return len(asked)


@pytest.mark.parametrize(("who", "status"), [("coordinator", 403), ("manager", 302)])
def test_only_who_may_change_the_job_closes_it(world, client, request, answer, who, status):
    client.force_login(request.getfixturevalue(who))
    page = reverse("pipeline:closing", args=[world.job.pk])

    response = client.post(
        page, {"why": "Filled", "reason": answer.reason.pk, "template": answer.template.pk, "delay": "48"}
    )

    assert response.status_code == status
    assert Job.objects.get(pk=world.job.pk).status == ("closed" if status == 302 else "open")


def test_many_are_answered_in_the_background_and_can_be_taken_back(world, recruiter, answer, client, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "AT_MOST", 2)
    for name in ("Ada", "Bea", "Cyd"):
        applicant(world, name)
    client.force_login(recruiter)

    response = client.post(
        reverse("pipeline:closing", args=[world.job.pk]),
        {"why": "Filled", "reason": answer.reason.pk, "template": answer.template.pk, "delay": "48"},
    )

    acts = list(BulkAct.objects.order_by("pk"))
    assert response.url == reverse("pipeline:bulk_act", args=[acts[0].pk])
    assert [(act.total, len(act.waiting)) for act in acts] == [(2, 2), (2, 2)]
    acts = [bulk.run(act) for act in acts]
    assert len(letters(world.job)) == 4
    bulk.run(bulk.start_undo(acts[0], by=recruiter))
    assert (closing.waiting(world.job).count(), len(letters(world.job))) == (2, 2)


FATES = ["waits", "turned down in silence", "written to", "withdrew", "lead", "no address", "no address, turned down"]


@given(fates=st.lists(st.sampled_from(FATES), max_size=7), stopped=st.booleans())
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happened_before_a_closed_job_ends_with_nobody_unanswered_who_is_not_named(
    world, recruiter, answer, fates, stopped
):
    """Everybody has a decision; who applied and was turned down has a letter, or stands on the page by name."""
    with transaction.atomic():
        left = RejectionReason.objects.get(code="withdrew")
        for number, fate in enumerate(fates):
            stage, mail = ("lead" if fate == "lead" else "screen"), not fate.startswith("no address")
            one = applicant(world, f"P{number}", stage=stage, mail=mail)
            if fate in ("turned down in silence", "no address, turned down"):
                rejection.reject(one, answer.reason, by=recruiter)
            elif fate == "written to":
                rejection.reject(one, answer.reason, by=recruiter, template=answer.template)
            elif fate == "withdrew":
                rejection.reject(one, left, by=recruiter)

        acts = closing.close(world.job, by=recruiter, reason="Filled", answer=answer)
        if stopped:
            bulk.cancel(acts[0])
        for act in acts:
            bulk.run(act)
        for act in closing.answer_waiting(world.job, answer, by=recruiter):
            bulk.run(act)
        for act in closing.write_to_untold(world.job, answer.template, by=recruiter):
            bulk.run(act)

        assert not closing.waiting(world.job).exists()
        assert not closing.reachable(closing.untold(world.job)).exists()
        told, named = set(letters(world.job)), {one.candidate.name for one in closing.untold(world.job)}
        ours = Application.objects.filter(job=world.job, status="rejected", reason__ended_by="employer")
        applied = set(ours.exclude(stage__kind="lead").values_list("candidate__name", flat=True))
        assert (told | named, told & named) == (applied, set())
        transaction.set_rollback(True)
