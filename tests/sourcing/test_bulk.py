"""What sourcing and pipeline do with many people at once, and how it is taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from hiring import acts, bulk, candidates, notes
from hiring.matches import Matches
from hiring.models import Candidate, Message, PeopleAct
from pipeline import moves
from pipeline.models import Application
from sourcing import outreach, pools, sequences
from sourcing.models import Enrollment
from tests.factories import CandidateFactory, EmailFactory, MailboxFactory

pytestmark = pytest.mark.django_db


def prospect(**about):
    person = EmailFactory(candidate__time_zone="Europe/Paris", **about).candidate
    person.bases.create(
        purpose="sourcing", basis="legitimate_interest", controller="Northwind", started_at=person.created_at
    )
    return person


def act_on(people, kind, by, value, **posted):
    query = QueryDict(mutable=True)
    query.update(posted)
    params = bulk.kinds[kind].read(query, str(value), by)
    return acts.run(acts.start(bulk.kinds[kind], Matches.ticked(by, [one.pk for one in people]), params))


def undo(act, by):
    return acts.run(acts.start_undo(act, by=by))


def result(act):
    return (act.done, act.already, act.left_out)


@pytest.fixture
def sequence(recruiter):
    found = sequences.create(name="Autumn", owner=recruiter, mailbox=MailboxFactory())
    sequences.write_steps(found, [sequences.StepText("mail", 0, "A role", "Hello {{ first_name }}")])
    return found


# ---------- pools ----------


def test_a_pool_takes_people_once_and_gives_back_whom_nobody_worked_on(recruiter):
    pool, people = pools.create(name="Meters", owner=recruiter), CandidateFactory.create_batch(4)
    pools.add(pool, people[0], reason="Known for long", by=recruiter)

    act = act_on(people, "pool", recruiter, pool.pk, reason="Worked on meters")
    worked_on = pool.members.get(candidate=people[1])
    pools.keep(worked_on, by=recruiter, stage="warm", reason=worked_on.reason, next_touch_on=None)
    pools.remove(pool.members.get(candidate=people[2]), by=recruiter)
    back = undo(act, recruiter)

    assert (result(act), result(back)) == ((3, 1, 0), (1, 0, 2))
    assert set(pool.members.values_list("candidate", flat=True)) == {people[0].pk, people[1].pk}
    assert worked_on.reason == "Worked on meters"


# ---------- sequences ----------


def test_the_contact_policy_is_asked_about_each_person_when_it_is_done(client, recruiter, sequence):
    fine, stopped, nowhere = prospect(), prospect(), CandidateFactory()
    act = acts.start(
        bulk.kinds["sequence"],
        Matches.ticked(recruiter, [fine.pk, stopped.pk, nowhere.pk]),
        {"sequence": sequence.pk, "name": "Autumn"},
    )
    candidates.set_do_not_contact(stopped, True, by=recruiter, reason="Asked us not to")  # after they were chosen

    act = acts.run(act)

    reasons = dict(act.items.filter(state="left_out").values_list("candidate", "reason"))
    assert (result(act), Enrollment.objects.get().candidate) == ((1, 0, 2), fine)
    assert "Asked us not to" in reasons[stopped.pk] and "no e-mail address" in reasons[nowhere.pk]
    assert stopped.name not in str(reasons)
    client.force_login(recruiter)
    page = client.get(act.get_absolute_url())
    assert dict(page.context["reasons"]) == dict.fromkeys(reasons.values(), 1)
    narrowed = client.get(act.get_absolute_url(), {"why": reasons[nowhere.pk]})
    assert [item.candidate for item, _ in narrowed.context["rows"]] == [nowhere]


def test_an_enrollment_is_taken_back_only_before_anything_was_sent(recruiter, sequence):
    people = [prospect() for _ in range(3)]
    act = act_on(people, "sequence", recruiter, sequence.pk)
    sequences.launch(sequence, by=recruiter)
    queued, sent, waits = (Enrollment.objects.get(candidate=one) for one in people)
    Enrollment.objects.filter(pk__in=[queued.pk, sent.pk]).update(next_at=timezone.now() - dt.timedelta(hours=1))
    outreach.take([queued.pk, sent.pk])
    Message.objects.filter(dedupe_key=outreach.step_key(sent)).update(status="sent")

    back = undo(act, recruiter)

    assert (result(back), Enrollment.objects.get()) == ((2, 0, 1), sent)
    assert sent.state == "active" and "step was taken" in back.items.get(state="left_out").reason
    assert Message.objects.get(dedupe_key=outreach.step_key(queued)).status == "cancelled"

    again = act_on(people, "sequence", recruiter, sequence.pk)  # as if they had never been in it

    assert (result(again), Enrollment.objects.count(), waits.candidate.enrollments.get().state) == (
        (2, 1, 0),
        3,
        "active",
    )


def test_above_thirty_the_number_is_typed_and_kept_to(client, recruiter, sequence):
    people = [prospect() for _ in range(31)]
    client.force_login(recruiter)
    url = reverse("candidate_bulk")
    data = {"action": "sequence", "candidate": [one.pk for one in people]}
    asked = client.post(url, data).content.decode()
    agreed = {**data, "confirmed": "1", "value_sequence": sequence.pk, "asked_for": "31"}

    untyped = client.post(url, agreed)
    wrong = client.post(url, {**agreed, "number": "30"})

    assert "Type <b" in asked and (untyped.status_code, wrong.status_code) == (422, 422)
    assert not PeopleAct.objects.exists()
    Candidate.objects.filter(pk=people[0].pk).update(merged_into=people[1])
    fewer = client.post(url, {**agreed, "number": "30"})  # one has gone since the number was asked for
    assert fewer.status_code == 422 and "30 people" in fewer.content.decode()
    client.post(url, {**agreed, "number": "30", "asked_for": "30"})
    assert Enrollment.objects.count() == 30


# ---------- jobs ----------


def test_people_are_added_to_a_job_as_leads_and_only_untouched_ones_are_taken_back(world, recruiter, sequence):
    fresh, moved, noted, wrote = people = [prospect() for _ in range(4)]
    path = outreach.enroll(sequence, fresh, by=recruiter)
    act = act_on([*people, world.candidate], "job", recruiter, world.job.pk)
    opened = {one.candidate_id: one for one in Application.objects.filter(candidate__in=people)}
    path.refresh_from_db()
    assert (result(act), path.state) == ((4, 1, 0), "applied")  # whoever is in process is not in a sequence
    assert {(one.stage, one.transitions.count()) for one in opened.values()} == {(world.stages["lead"], 1)}

    moves.move(opened[moved.pk], world.stages["screen"], by=recruiter)
    notes.write(noted, "Met her at a fair.", by=recruiter, job=world.job)
    back = undo(act, recruiter)

    left = set(Application.objects.filter(job=world.job).values_list("candidate", flat=True))
    assert (result(back), left) == ((2, 0, 2), {moved.pk, noted.pk, world.candidate.pk})
    path.refresh_from_db()
    assert (path.state, path.ended_at) == ("active", None)  # what the adding had ended goes on
    kinds = [event.kind for event in fresh.events.filter(job=world.job).order_by("pk")]
    assert kinds == ["application.opened", "application.taken_back"]
    assert wrote.pk not in left


def test_a_job_one_may_not_add_to_is_not_offered(client, world, outsider, coordinator):
    world.job.confidential = True
    world.job.save()

    assert bulk.kinds["job"].choices(world.people["recruiter"])  # on the team
    assert not bulk.kinds["job"].choices(coordinator)
    assert not bulk.kinds["job"].may(outsider)


def test_an_act_about_a_confidential_job_does_not_name_it_to_administrators(client, world, recruiter, admin):
    """Administrators read everybody's acts; what is confidential is for the job's team."""
    world.job.confidential, world.job.title = True, "Successor of the CFO"
    world.job.save()
    person = CandidateFactory()

    act = act_on([person], "job", recruiter, world.job.pk)

    assert result(act) == (1, 0, 0)
    client.force_login(admin)
    for url in (reverse("bulk_acts"), act.get_absolute_url()):
        page = client.get(url).content.decode()
        assert world.job.requisition_id in page and "Successor" not in page
