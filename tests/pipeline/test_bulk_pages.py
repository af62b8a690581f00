"""Writing to many people of a board, and taking many over to another job: the pages that ask first, and what then happens."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import contact
from hiring.errors import Refused
from hiring.models import Job, Message, Suppression
from pipeline import bulk, mailing, moves, transfer
from pipeline.mailing import Words
from pipeline.models import Application, BulkAct
from tests import factories

WORDS = Words("About {{ job_title }}", "Dear {{ first_name }}, we are a little late.")


@pytest.fixture
def people(world):
    """Noor, who can be written to; Ben, without an address; Cleo, who wants no mail at all."""
    ben = factories.CandidateFactory(name="Ben Nolan")
    cleo = factories.EmailFactory(candidate__name="Cleo Marsh", value="cleo@marsh.example").candidate
    contact.suppress("cleo@marsh.example", Suppression.Reason.COMPLAINT, scope="everything")
    return [
        world.application,
        *(factories.ApplicationFactory(candidate=one, stage=world.stages["applied"]) for one in (ben, cleo)),
    ]


def picked(people):
    return [one.pk for one in people]


def mails():
    return {message.candidate.name: (message.subject, message.text) for message in Message.objects.queued()}


def post(client, world, people, **more):
    url = reverse("pipeline:bulk_mail", args=[world.job.pk])
    said = {"subject": WORDS.subject, "text": WORDS.text, "delay": "0", "pick": picked(people)}
    return client.post(url, said | more)


def test_whoever_gets_nothing_is_named_with_the_reason_before_anything_leaves(client, world, people, recruiter):
    client.force_login(recruiter)
    looked = post(client, world, people, look="1")
    page = looked.content.decode()
    said = {"send": "1", "once": uuid.uuid4(), **{key: looked.context[key] for key in ("checked", "reaches")}}

    assert "2 of 3 get nothing" in page and "Send to 1 person" in page and not Message.objects.exists()
    assert "Ben Nolan" in page and "There is no e-mail address." in page
    assert "Cleo Marsh" in page and "Dear Noor, we are a little late." in page
    sent = post(client, world, people, **said)
    again = post(client, world, people, **said)

    act = BulkAct.objects.get()
    assert sent["Location"] == again["Location"] == act.get_absolute_url()
    assert mails() == {"Noor Haddad": ("About Data Engineer", "Dear Noor, we are a little late.")}
    assert {pk for pk, _ in act.failed} == {people[1].pk, people[2].pk}
    message = Message.objects.get()
    assert (message.job, message.mail_class) == (world.job, "transactional")
    assert message.not_before >= act.at + dt.timedelta(minutes=5)

    client.post(reverse("pipeline:bulk_undo", args=[act.pk]))
    assert not Message.objects.queued().exists()
    assert BulkAct.objects.get(undoes=act).done == [world.application.pk]


def test_nothing_is_sent_that_was_not_looked_at(client, world, people, recruiter):
    client.force_login(recruiter)
    looked = post(client, world, people, look="1").context
    said = {"send": "1", "checked": looked["checked"], "reaches": looked["reaches"]}

    unseen = post(client, world, people, send="1")
    changed = post(client, world, people, **said, text="Other words")
    fewer = post(client, world, people, **said | {"reaches": "3"})
    empty = post(client, world, people, look="1", text="")

    assert [answer.status_code for answer in (unseen, changed, fewer, empty)] == [422] * 4
    assert "The words have changed" in changed.content.decode() and "Other words" in changed.content.decode()
    assert "Meanwhile it reaches 1 people" in fewer.content.decode()
    assert "The message is empty." in empty.content.decode()
    assert not BulkAct.objects.exists()


def test_above_thirty_the_number_is_typed(client, world, recruiter):
    people = [
        factories.ApplicationFactory(candidate=factories.EmailFactory().candidate, stage=world.stages["screen"])
        for _ in range(31)
    ]
    client.force_login(recruiter)
    looked = post(client, world, people, look="1").context
    said = {"send": "1", "checked": looked["checked"], "reaches": looked["reaches"]}

    assert "Type the number" in post(client, world, people, **said).content.decode()
    post(client, world, people, **said, number="31")

    assert len(mails()) == 31


def test_what_changes_between_the_look_and_the_writing_counts(world, people, recruiter):
    """Stopped half way by a crash, taken up again; somebody unsubscribes, somebody leaves the process, a field is empty."""
    gone, quiet, fine = (
        factories.ApplicationFactory(candidate=factories.EmailFactory(value=value).candidate, stage=world.stages["screen"])
        for value in ("gone@x.example", "quiet@x.example", "fine@x.example")
    )  # fmt: skip
    ids = picked([world.application, gone, quiet, fine])
    act = bulk.start_mail(world.job, ids, WORDS, by=recruiter, delay=dt.timedelta())
    moves.withdraw(gone)
    contact.suppress("quiet@x.example", Suppression.Reason.COMPLAINT, scope="everything")

    bulk.run(act)
    act = bulk.run(act)

    assert set(mails()) == {"Noor Haddad", fine.candidate.name}
    assert sorted(pk for pk, _ in act.failed) == sorted([gone.pk, quiet.pk])
    assert (
        mailing.left_out(ids, WORDS, world.job, by=recruiter)[fine.pk]
        == "{name} has had this very message in the last day."
    )
    other = Words("At {{ company }}", WORDS.text)
    assert mailing.left_out(ids, other, world.job, by=recruiter)[fine.pk] == "No value for: Where the person works."


def test_what_has_left_cannot_be_stopped_and_is_named(world, recruiter):
    act = bulk.run(bulk.start_mail(world.job, [world.application.pk], WORDS, by=recruiter, delay=dt.timedelta()))
    Message.objects.update(status="sent")

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    assert undone.done == [] and "already left" in undone.failed[0][1]


def test_more_than_fit_and_people_who_write_no_mail_are_turned_away(client, world, manager, recruiter):
    client.force_login(manager)

    assert post(client, world, [world.application]).status_code == 403
    with pytest.raises(Refused, match="At most 5,000"):
        bulk.start_mail(world.job, range(5_001), WORDS, by=recruiter, delay=dt.timedelta())


# --- to another job -------------------------------------------------------------------------------------------------


@pytest.fixture
def other(world):
    job = factories.JobFactory(title="Data Analyst", status=Job.Status.OPEN)
    for position, kind in enumerate(["applied", "screen", "hired"]):
        factories.StageFactory(job=job, kind=kind, name=kind.title(), position=position)
    return job


@pytest.mark.parametrize(("start", "stages"), [("alike", {"applied", "screen"}), ("first", {"applied"})])
def test_many_go_to_another_job_and_who_cannot_is_named_first(client, world, other, recruiter, start, stages):
    screened = factories.ApplicationFactory(stage=world.stages["screen"])
    busy = factories.ApplicationFactory(stage=world.stages["screen"], candidate__name="Ola Berg")
    ahead = timezone.now() + dt.timedelta(days=1)
    factories.InterviewFactory(application=busy, starts_at=ahead, ends_at=ahead + dt.timedelta(hours=1))
    client.force_login(recruiter)
    url, people = reverse("pipeline:bulk_transfer", args=[world.job.pk]), picked([world.application, screened, busy])

    page = client.post(url, {"pick": people}).content.decode()
    assert "1 of them cannot leave" in page and "Ola Berg has an interview ahead" in page
    assert client.post(url, {"pick": people, "job": world.job.pk, "start": start}).status_code == 422
    client.post(url, {"pick": people, "job": other.pk, "start": start, "once": uuid.uuid4()})

    act = BulkAct.objects.get()
    assert (sorted(act.done), [pk for pk, _ in act.failed]) == (sorted(people[:2]), [busy.pk])
    assert set(other.applications.values_list("stage__kind", flat=True)) == stages
    shown = client.get(act.get_absolute_url()).content.decode()
    assert "Take 3 people over to Data Analyst" in shown
    client.post(reverse("pipeline:bulk_undo", args=[act.pk]))
    assert not other.applications.exists() and world.job.applications.active().count() == 3


def test_whoever_takes_it_back_decides_on_both_jobs(client, world, other, recruiter, manager):
    act = bulk.run(bulk.start_transfer(world.job, [world.application.pk], other.stages.first(), by=recruiter))
    client.force_login(manager)

    assert client.post(reverse("pipeline:bulk_undo", args=[act.pk])).status_code == 403
    assert Application.objects.get(job=other).is_active and transfer.held([world.application.pk]) == {}


def test_the_page_of_an_act_says_who_took_it_back_and_whom_that_did_not_reach(
    client, world, people, recruiter, manager
):
    _noor, ben, _cleo = people
    act = bulk.run(bulk.start_move(world.job, picked(people), world.stages["screen"], by=recruiter))
    client.force_login(recruiter)
    before = client.get(act.get_absolute_url()).content.decode()
    moves.move(ben, world.stages["interview"], by=recruiter)

    back = bulk.start_undo(act, by=manager)
    under_way = client.get(act.get_absolute_url()).content.decode()
    bulk.run(back)
    after = client.get(act.get_absolute_url())

    assert "Taken back" not in before and "Undo</button>" in before
    assert "Being taken back" in under_way and "0 of 3 people so far" in under_way and "every 1s" in under_way
    page = " ".join(after.content.decode().split())
    assert f'<a href="{back.get_absolute_url()}">Taken back</a> by Max Manager' in page and "2 of 3 people." in page
    assert after.context["left_behind"] == [("Ben Nolan", "Ben Nolan has moved on since.")]
    assert "1 could not be taken back and stays as this act left them." in page
    assert "Undo</button>" not in page and "every 1s" not in page
    assert "Take back: Move 3 people to Screen" in " ".join(
        client.get(back.get_absolute_url()).content.decode().split()
    )
