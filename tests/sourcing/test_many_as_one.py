"""Many people at once leave what one after the other would have: the same rows, whoever they are (hypothesis)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import acts, bulk, candidates, contact, following, merging
from hiring.errors import Refused
from hiring.matches import Matches
from hiring.models import Candidate, Message, Notification, Source
from pipeline import moves, starting
from pipeline.models import Application
from sourcing import ending, outreach, sequences
from sourcing.models import Referral
from sourcing.sequences import StepText
from tests.factories import CandidateFactory, EmailFactory, MailboxFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, tzinfo=dt.UTC)
STEPS = [StepText("mail", 0, "A role", "Hello {{ first_name }} at {{ company }}"), StepText("call", 2, "", "Ask.")]
TRAITS = (
    "no address", "bounced", "do not contact", "unsubscribed", "no basis", "consent withdrawn", "no company",
    "touched yesterday", "in touch", "in process", "applied before", "enrolled", "written to", "paused", "stopped",
    "enrolled elsewhere", "merged", "referred", "followed", "in Tokyo",
)  # fmt: skip


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def plans(world, recruiter, noon):
    Application.objects.filter(pk=world.application.pk).update(source=Source.objects.order_by("pk")[0])
    world.application.refresh_from_db()
    made = [sequences.create(name=name, owner=recruiter, mailbox=MailboxFactory()) for name in ("Autumn", "Winter")]
    return [sequences.launch(sequences.write_steps(one, STEPS), by=recruiter) for one in made]


def person(traits, number, world, plans):
    """Somebody of whom all this is true. `number` tells two of the same kind apart."""
    by = world.people["recruiter"]
    made = CandidateFactory(
        name=f"Robin Keller {number}",
        company="" if "no company" in traits else "Fjordline",
        time_zone="Asia/Tokyo" if "in Tokyo" in traits else "Europe/Paris",
        source=world.application.source,
        last_contacted_at=NOON - dt.timedelta(days=1) if "touched yesterday" in traits else None,
    )
    if "no address" not in traits:
        EmailFactory(
            candidate=made,
            value=f"robin{number}@mail.example",
            bounced_at=NOON if "bounced" in traits else None,
        )
    if "no basis" not in traits:
        basis = "consent" if "consent withdrawn" in traits else "legitimate_interest"
        made.bases.create(purpose="sourcing", basis=basis, controller="N", started_at=NOON - dt.timedelta(days=9))
    chosen = plans[1] if "enrolled elsewhere" in traits else plans[0]
    if {"enrolled", "written to", "paused", "stopped", "enrolled elsewhere"} & set(traits):
        _enrolled(made, chosen, traits, by)
    if "in process" in traits or "applied before" in traits:
        application = starting.open_application(made, world.job, by=by, stage=world.stages["lead"])
        if "applied before" in traits:
            moves.withdraw(application, by=by)
    if "unsubscribed" in traits and "no address" not in traits:
        contact.suppress(f"robin{number}@mail.example", "unsubscribe")
    if "do not contact" in traits:
        candidates.set_do_not_contact(made, True, by=by, reason="Asked us")
    if "in touch" in traits:
        contact.sign_of_life(made, "replied")
    if "referred" in traits:
        Referral.objects.create(
            candidate=made,
            referrer=world.people["interviewer"],
            credit="first",
            knows=True,
            submission_key=uuid.uuid4(),
            created_at=NOON,
        )
    if "followed" in traits:
        following.follow(world.people["coordinator"], candidate=made)
    return Candidate.objects.get(pk=made.pk)


def merge_away(people, traits, by):
    """Somebody else's record takes these over, after they were chosen."""
    for one, true in zip(people, traits, strict=True):
        if "merged" in true:
            merging.merge(CandidateFactory(name="Survivor"), one, by=by)


def _enrolled(made, plan, traits, by):
    try:
        path = outreach.enroll(plan, made, by=by)
    except Refused:
        return
    if "written to" in traits:
        type(path).objects.filter(pk=path.pk).update(next_at=NOON)
        outreach.take([path.pk])
    elif "paused" in traits:
        ending.pause(path, by=by)
    elif "stopped" in traits:
        ending.stop(path, by=by)


def rows_of(one):
    """Everything of a person the verbs write, without ids and numbers."""
    number = one.name.rsplit(" ", 1)[1]
    plain = {"application", "act", "message", "merge", "other"}
    return {
        "applications": list(
            one.applications.order_by("pk").values_list(
                "job",
                "stage",
                "status",
                "source",
                "applied_at",
                "entered_stage_at",
                "created_by",
                "reviewed_at",
                "closed_at",
            )
        ),
        "transitions": [
            (row.left_id, row.to_id, row.status, row.by_id, row.at, row.reason)
            for application in one.applications.order_by("pk")
            for row in application.transitions.order_by("pk")
        ],
        "paths": list(
            one.enrollments.order_by("pk").values_list(
                "sequence", "state", "position", "next_at", "state_note", "enrolled_by", "enrolled_at", "ended_at"
            )
        ),
        "events": sorted(
            (
                event.kind,
                event.actor_id or 0,
                event.job_id or 0,
                str({k: v for k, v in event.data.items() if k not in plain}),
            )
            for event in one.events.all()
        ),
        "mail": list(Message.objects.filter(candidate=one).order_by("pk").values_list("status", "status_note")),
        "referrals": [(row.state, row.application_id is None, row.handled_at) for row in one.referral_words.all()],
        "told": sorted(
            words.replace(number, "")
            for words in Notification.objects.filter(candidate=one).values_list("words", flat=True)
        ),
    }


UNDONE = ("applications", "transitions", "paths", "referrals")
PEOPLE = st.lists(st.sets(st.sampled_from(TRAITS), max_size=4), min_size=1, max_size=5)


def compare(people, world, plans, single, kind, params):
    """Each drawn person twice: one done alone, one in the batch. Then the batch is taken back."""
    by = world.people["recruiter"]
    with transaction.atomic():
        alone = [person(traits, f"a{place}", world, plans) for place, traits in enumerate(people)]
        together = [person(traits, f"b{place}", world, plans) for place, traits in enumerate(people)]
        before = [rows_of(one) for one in together]
        act = acts.start(bulk.kinds[kind], Matches.ticked(by, [one.pk for one in together]), params)
        merge_away([*alone, *together], [*people, *people], by)
        said = []
        for one in alone:
            try:
                single(Candidate.objects.live().get(pk=one.pk))
                said.append("done")
            except (Refused, Candidate.DoesNotExist):
                said.append("not done")
        act = acts.run(act)
        states = dict(act.items.values_list("candidate", "state"))

        assert ["done" if states.get(one.pk) == "done" else "not done" for one in together] == said
        assert [rows_of(one) for one in together] == [rows_of(one) for one in alone]

        if act.done:
            acts.run(acts.start_undo(act, by=by))
            for traits, was, one in zip(people, before, together, strict=True):
                if not {"merged", "written to", "do not contact"} & traits:  # those do not go on, or are written anew
                    now = rows_of(one)
                    assert {name: now[name] for name in UNDONE} == {name: was[name] for name in UNDONE}
        transaction.set_rollback(True)


HYPOTHESIS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@HYPOTHESIS
@given(people=PEOPLE)
def test_adding_many_to_a_job_leaves_what_adding_each_would(world, plans, people):
    by = world.people["recruiter"]

    def single(one):
        starting.open_application(one, world.job, by=by, stage=world.stages["lead"])

    params = {"job": world.job.pk, "stage": world.stages["lead"].pk, "name": world.job.title}
    compare(people, world, plans, single, "job", params)


@HYPOTHESIS
@given(people=PEOPLE)
def test_enrolling_many_leaves_what_enrolling_each_would(world, plans, people):
    def single(one):
        outreach.enroll(plans[0], one, by=world.people["recruiter"])

    compare(people, world, plans, single, "sequence", {"sequence": plans[0].pk, "name": "Autumn"})


@HYPOTHESIS
@given(people=PEOPLE)
def test_the_policy_answers_many_as_it_answers_each(world, plans, people):
    with transaction.atomic():
        everybody = [person(traits, f"c{place}", world, plans) for place, traits in enumerate(people)]

        together = contact.may_send_many(everybody, mailbox=plans[0].mailbox)

        again = Candidate.objects.in_bulk([one.pk for one in everybody])
        assert together == [contact.may_send(again[one.pk], mailbox=plans[0].mailbox) for one in everybody]
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["job", "sequence"])
def test_the_statements_do_not_grow_with_the_people(world, plans, kind):
    by = world.people["recruiter"]
    params = {
        "job": {"job": world.job.pk, "stage": world.stages["lead"].pk, "name": "x"},
        "sequence": {"sequence": plans[0].pk, "name": "x"},
    }[kind]
    counts = []
    for times, name in ((1, "d"), (6, "e")):
        made = [
            person({"consent withdrawn"} if place % 2 else set(), f"{name}{place}", world, plans)
            for place in range(2 * times)
        ]
        for one in made if kind == "job" else ():
            _enrolled(one, plans[1], (), by)
        act = acts.start(bulk.kinds[kind], Matches.ticked(by, [one.pk for one in made]), params)
        with CaptureQueriesContext(connection) as asked:
            acts.run(act)
        with CaptureQueriesContext(connection) as undone:
            acts.run(acts.start_undo(act, by=by))
        counts.append((len(asked), len(undone)))

    assert counts[0] == counts[1]
    assert not Application.objects.filter(job=world.job).exclude(candidate=world.candidate).exists()
