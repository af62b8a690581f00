"""On hold and reopened, with a check list: what goes on is stopped or left knowingly, and who knows of it is known."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import job_facts, jobs
from hiring.errors import Refused
from hiring.models import Approval, Job, Message, Promise, Task
from interviews import scheduling
from offers import terms
from pipeline import asking, bulk, closing, holding, news, rejection
from pipeline.models import BulkAct, RejectionReason, Rule
from sourcing import sequences
from tests import factories
from tests.pipeline import rule_routes


@pytest.fixture
def letter(db):
    return factories.MailTemplateFactory(
        kind="message", subject="{{ job_title }} rests", body="Dear {{ first_name }},\n\nwe will write by May."
    )


def applicant(world, name, *, stage="applied", mail=True):
    if mail:
        person = factories.EmailFactory(candidate__name=name, value=f"{name.lower()}@people.example").candidate
    else:
        person = factories.CandidateFactory(name=name)
    return factories.ApplicationFactory(candidate=person, stage=world.stages[stage])


@pytest.fixture
def busy(world, recruiter, manager):
    """A job with a rule, an interview ahead, an offer, a sequence and a question to the manager."""
    rule_routes.rule(world)
    ahead = timezone.now() + dt.timedelta(days=3)
    scheduling.schedule(
        world.application, kit=None, panel=[manager], starts_at=ahead, minutes=30, by=recruiter, title="Systems"
    )
    terms.draft(
        world.application, by=recruiter, title="Engineer", salary=Decimal(60000), start_date=timezone.localdate(),
        expires_at=timezone.now() + dt.timedelta(days=5),
    )  # fmt: skip
    mailbox = factories.MailboxFactory()
    plan = sequences.create(name="Autumn", owner=recruiter, mailbox=mailbox, job=world.job)
    sequences.write_steps(plan, [sequences.StepText("mail", 0, "Hello", "Hello {{ first_name }}")])
    sequences.launch(plan, by=recruiter)
    asking.ask(world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=timezone.localdate())
    return world


def going_on(job):
    return {name: len(things) for name, _, things in holding.found_on(job)}


def letters(job):
    queued = Message.objects.filter(job=job, status="queued", dedupe_key__startswith="hold:")
    return sorted(queued.values_list("candidate__name", flat=True))


def test_what_was_chosen_is_stopped_and_the_rest_goes_on_and_is_listed(busy, recruiter, client):
    client.force_login(recruiter)
    page = reverse("pipeline:holding", args=[busy.job.pk])
    before = client.get(page).text
    assert going_on(busy.job) == {"rules": 1, "reviews": 1, "interviews": 1, "offers": 1, "sequences": 1}
    assert all(word in before for word in ("The rule “Tag” acts", "Systems", "draft", "“Autumn” of", "are asked about"))

    client.post(
        page, {"reason": "Budget", "posting": "stay", "stop": ["rules", "interviews", "sequences"], "tell": "nobody"}
    )

    assert Job.objects.get(pk=busy.job.pk).status == "on_hold"
    assert going_on(busy.job) == {"reviews": 1, "offers": 1}
    assert Rule.objects.get(job=busy.job).paused_at
    called_off = Message.objects.filter(job=busy.job, calendar_method="CANCEL")
    assert {message.to_address.partition("@")[2].strip(">") for message in called_off} >= {"haddad.example"}
    held = client.get(page).text
    assert "1 person has had no mail about it" in held
    assert "“Autumn” of" not in held and "Open offers" in held and "Noor Haddad" in held


def test_everybody_in_process_is_written_to_once_for_each_hold(world, recruiter, letter, client):
    applicant(world, "Lead", stage="lead")
    applicant(world, "Silent", mail=False)
    applicant(world, "Mira", stage="screen")
    client.force_login(recruiter)
    page = reverse("pipeline:holding", args=[world.job.pk])

    client.post(page, {"reason": "Budget", "posting": "stay", "tell": "letter", "template": letter.pk, "delay": "24"})

    assert letters(world.job) == ["Mira", "Noor Haddad"], "a lead never applied, and Silent has no address"
    shown = client.get(page).text
    assert "Silent" in shown and "no working e-mail address" in shown and "had no mail about it" not in shown
    assert holding.tell(world.job, letter, by=recruiter) == [], "nobody is written to twice"
    late = applicant(world, "Late")
    client.post(reverse("pipeline:holding_tell", args=[world.job.pk]), {"template": letter.pk, "delay": "24"})
    assert letters(world.job) == ["Late", "Mira", "Noor Haddad"]
    act = BulkAct.objects.get(done=[late.pk])
    bulk.run(bulk.start_undo(act, by=recruiter))
    assert letters(world.job) == ["Mira", "Noor Haddad"]
    assert [one.candidate.name for one in closing.reachable(news.untold(world.job))] == ["Late"]


def test_after_the_job_went_on_nobody_is_told_that_it_rests(world, recruiter, letter):
    jobs.hold(world.job, by=recruiter, reason="Budget")
    Job.objects.filter(pk=world.job.pk).update(status="open")
    world.job.status_changes.create(before="on_hold", after="open", at=timezone.now())

    with pytest.raises(Refused, match="not on hold"):
        holding.tell(world.job, letter, by=recruiter)
    with pytest.raises(Refused, match="not on hold any more"):
        news.write_to(world.application, letter, by=recruiter, delay=dt.timedelta())


def test_a_colleague_is_given_the_telling_as_a_task(world, recruiter, manager, client):
    client.force_login(recruiter)
    said = {"reason": "Budget", "posting": "go", "tell": "colleague", "colleague": manager.pk}

    client.post(reverse("pipeline:holding", args=[world.job.pk]), said)

    task = Task.objects.get()
    assert (task.assignee, task.due_on) == (manager, timezone.localdate() + dt.timedelta(days=2))
    assert task.text == f"Tell 1 person in process that Data Engineer ({world.job.requisition_id}) is on hold"
    world.posting.refresh_from_db()
    assert world.posting.status == "unpublished" and letters(world.job) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"reason": ""}, "Say why the job is put on hold."),
        ({"tell": ""}, "Say who tells those who are in process"),
        ({"tell": "letter"}, "Choose the letter they get"),
        ({"tell": "colleague"}, "Choose who tells them"),
        ({"stop": ["rockets"]}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(busy, recruiter, client, said, wrong):
    client.force_login(recruiter)
    whole = {"reason": "The budget rests", "posting": "go", "tell": "nobody", "stop": ["rules"]}

    page = client.post(reverse("pipeline:holding", args=[busy.job.pk]), whole | said)

    assert page.status_code == 422 and wrong in page.text
    assert Job.objects.get(pk=busy.job.pk).status == "open" and going_on(busy.job)["rules"] == 1
    assert ("The budget rests" in page.text) == ("reason" not in said)
    if "stop" not in said:
        assert 'name="stop" value="rules" checked' in page.text


def test_the_page_costs_the_same_for_more_people(busy, recruiter, client):
    client.force_login(recruiter)
    page = reverse("pipeline:holding", args=[busy.job.pk])
    client.get(page)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        return len(asked)

    few = queries()
    for number in range(30):
        applicant(busy, f"Person{number}", mail=bool(number % 3))

    assert queries() <= few + 2, "only how many there are besides those named is asked"


def test_whoever_reopens_reads_what_became_of_it_and_of_whom(world, recruiter, manager, client):
    jobs.edit(world.job, by=recruiter, pay_max=Decimal(70000))
    answer = closing.Answer(
        RejectionReason.objects.get(code="position-filled"), factories.MailTemplateFactory(kind="rejection")
    )
    [act] = [bulk.run(one) for one in closing.close(world.job, by=recruiter, reason="Frozen", answer=answer)]
    Promise.objects.create(
        candidate=world.candidate, owner=manager, text="Write when it opens again", title="Data Engineer",
        made_at=timezone.now(),
    )  # fmt: skip
    client.force_login(recruiter)
    page = reverse("pipeline:reopening", args=[world.job.pk])

    said = client.get(page).text

    for words in (
        "closed", "Frozen", "0 filled, 1 cancelled", "It was never approved", "1 person was turned down", "1 letter has",
        "Noor Haddad", "Write when it opens again", reverse("pipeline:bulk_act", args=[act.pk]),
    ):  # fmt: skip
        assert words in said, words
    assert client.post(page, {"headcount": "0"}).status_code == 422
    assert client.post(page, {"headcount": "2", "reason": "Budget is back"}).url == reverse(
        "job_overview", args=[world.job.pk]
    )
    job = Job.objects.get(pk=world.job.pk)
    assert (job.status, job.openings.filter(status="open").count()) == ("draft", 2)
    assert client.get(page).status_code == 302


def test_a_reopened_job_tells_what_differs_from_what_was_approved_and_interviewers_read_no_pay(
    world, recruiter, interviewer, coordinator, client
):
    chain = factories.ApprovalChainFactory(name="All")
    chain.groups.create(position=0, needed=1).approvers.add(recruiter)
    Approval.objects.create(
        subject_kind="job", subject_id=world.job.pk, status="voided", requested_at=timezone.now(),
        decided_at=timezone.now(), snapshot={**job_facts.snapshot(world.job), "pay": "€ 1 a year", "location": "Porto"},
    )  # fmt: skip
    rejection.reject(world.application, RejectionReason.objects.get(code="position-filled"), by=recruiter)
    jobs.close(world.job, by=recruiter, reason="Frozen")

    def page(user):
        client.force_login(user)
        return client.get(reverse("pipeline:reopening", args=[world.job.pk])).text

    theirs, others = page(recruiter), page(coordinator)

    assert "<del>Porto</del>" in theirs and "€ 1 a year" in theirs and "“All” is asked" in theirs
    assert "<del>Porto</del>" in others and "€ 1 a year" not in others and "can reopen it" in others
