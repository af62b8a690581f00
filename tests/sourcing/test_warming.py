"""Reject and nurture in one act, alone and with many; whatever has not left the house is taken back with it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import promises, staying
from hiring.errors import Refused
from hiring.models import Message, ProcessingBasis, Promise
from hiring.promises import Keep
from pipeline import bulk, rejection
from sourcing import pools
from sourcing.models import PoolMember
from tests import factories


def day(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def reason(db):
    return factories.RejectionReasonFactory()


@pytest.fixture
def letter(db):
    return factories.MailTemplateFactory(kind="rejection", body="Dear {{ first_name }},\n\nthank you.")


@pytest.fixture
def pool(recruiter):
    return pools.create(name="Night shift", owner=recruiter)


@pytest.fixture
def wanted(recruiter, pool):
    return Keep("Call when a senior role opens", recruiter.pk, day(60), pool=pool.pk, touch_on=day(30), ask=True)


def test_reject_and_nurture_is_one_act_and_undo_takes_back_all_of_it(world, recruiter, reason, letter, wanted, pool):
    staying.agree(world.candidate, locale="en", channel="test")
    rejection.reject(world.application, reason, by=recruiter, template=letter, keep=wanted)
    member = PoolMember.objects.get(pool=pool, candidate=world.candidate)
    assert (member.reason, member.next_touch_on) == (wanted.text, day(30))
    assert "keep you in mind" not in rejection.mail_of(world.application).get().text

    rejection.restore(world.application, by=recruiter)

    assert not PoolMember.objects.exists()
    assert Promise.objects.get().status == "dropped"
    assert rejection.mail_of(world.application).get().status == "cancelled"
    assert staying.has_agreed(world.candidate)


def test_the_pool_waits_for_their_yes_which_the_letter_asks_for(world, recruiter, reason, letter, wanted):
    rejection.reject(world.application, reason, by=recruiter, template=letter, keep=wanted)
    text = rejection.mail_of(world.application).get().text
    assert "/stay/" in text
    assert not PoolMember.objects.exists()

    staying.agree(world.candidate, locale="en", channel="letter")
    assert PoolMember.objects.get().next_touch_on == day(30)
    staying.refuse(world.candidate)

    assert not PoolMember.objects.exists()


def test_without_a_letter_to_ask_in_nothing_is_done_at_all(world, recruiter, reason, wanted):
    with pytest.raises(Refused, match="gets no letter"):
        rejection.reject(world.application, reason, by=recruiter, keep=wanted)

    world.application.refresh_from_db()
    assert (world.application.status, Promise.objects.count()) == ("active", 0)


def test_somebody_in_the_pool_already_stays_in_it(world, recruiter, reason, letter, wanted, pool):
    staying.agree(world.candidate, locale="en", channel="test")
    pools.add(pool, world.candidate, reason="Met at the fair", by=recruiter, next_touch_on=day(10))
    rejection.reject(world.application, reason, by=recruiter, template=letter, keep=wanted)
    rejection.restore(world.application, by=recruiter)

    member = PoolMember.objects.get()
    assert (member.reason, member.next_touch_on) == ("Met at the fair", day(10))


def test_who_was_worked_on_in_the_pool_since_stays(world, recruiter, reason, letter, wanted):
    staying.agree(world.candidate, locale="en", channel="test")
    rejection.reject(world.application, reason, by=recruiter, template=letter, keep=wanted)
    pools.keep(PoolMember.objects.get(), by=recruiter, stage="warm", reason="Wrote back", next_touch_on=None)

    rejection.restore(world.application, by=recruiter)

    assert PoolMember.objects.get().reason == "Wrote back"


def test_many_are_kept_alike_and_who_may_not_be_is_named_and_stays_active(world, recruiter, reason, letter, wanted):
    others = [
        factories.ApplicationFactory(
            stage=world.stages["screen"], candidate=factories.EmailFactory(value=f"p{n}@people.example").candidate
        )
        for n in range(3)
    ]
    blocked = others[0].candidate
    blocked.do_not_contact = True
    blocked.save()
    staying.agree(others[1].candidate, locale="en", channel="test")
    ids = [world.application.pk, *(one.pk for one in others)]

    act = bulk.run(
        bulk.start_rejection(
            world.job, ids, reason, by=recruiter, template=letter, delay=rejection.NEXT_MORNING, keep=wanted
        )
    )

    assert ([row[0] for row in act.failed], len(act.done)) == ([others[0].pk], 3)
    assert "cannot be kept in mind" in act.failed[0][1]
    others[0].refresh_from_db()
    assert others[0].is_active
    assert sorted(Promise.objects.values_list("status", flat=True)) == ["open", "waiting", "waiting"]
    undone = bulk.run(bulk.start_undo(act, by=recruiter))
    assert len(undone.done) == 3
    assert set(Promise.objects.values_list("status", flat=True)) == {"dropped"}
    assert not PoolMember.objects.exists()
    assert not Message.objects.queued().exists()


def test_the_page_keeps_what_was_typed_when_it_is_refused(client, world, recruiter, reason, letter, pool):
    client.force_login(recruiter)
    address = reverse("pipeline:application_reject", args=[world.application.pk])
    data = {"reason": reason.pk, "keep_warm": "1", "keep-text": "Call in spring", "keep-due_on": day(90)}

    refused = client.post(address, data)  # no letter to ask in
    assert (refused.status_code, "Call in spring" in refused.content.decode()) == (422, True)
    done = client.post(
        address,
        {**data, "template": letter.pk, "delay": "morning", "note": "Too junior by a year", "keep-ask": "on"},
    )

    world.application.refresh_from_db()
    promise = Promise.objects.get()
    assert (done.status_code, world.application.status, promise.status, promise.job) == (
        302,
        "rejected",
        "waiting",
        world.job,
    )
    assert world.candidate.notes.get().text == "Too junior by a year"


class AnyOrder(TestCase):
    """Reject with keeping, restore, their yes and their no, in any order: what stands is what the last of them left."""

    @settings(max_examples=30)
    @given(st.lists(st.sampled_from(["reject", "restore", "yes", "no", "send", "keep"]), max_size=10))
    def test_nothing_stands_that_was_taken_back(self, acts):
        user = factories.UserFactory()
        pool = pools.create(name="Any", owner=user)
        email = factories.EmailFactory()
        person = email.candidate
        application = factories.ApplicationFactory(candidate=person)
        application.transitions.create(to=application.stage, status="active", at=application.applied_at)
        why, template = factories.RejectionReasonFactory(), factories.MailTemplateFactory(kind="rejection")
        wanted = Keep("Come back", user.pk, day(5), pool=pool.pk, ask=True)
        for act in acts:
            try:
                if act == "reject":
                    rejection.reject(application, why, by=user, template=template, keep=wanted)
                elif act == "restore":
                    rejection.restore(application, by=user)
                elif act == "yes":
                    staying.agree(person, locale="en", channel="letter")
                elif act == "no":
                    staying.refuse(person)
                elif act == "send":
                    rejection.mail_of(application).filter(status="queued").update(status="sent")
                else:
                    for promise in Promise.objects.standing():
                        promises.settle(promise, "kept", by=user)
            except Refused:
                pass
            application.refresh_from_db()
            standing = Promise.objects.standing().filter(occasion=rejection.occasion(application))
            member = PoolMember.objects.filter(candidate=person).exists()
            agreed = staying.has_agreed(person)
            assert not (application.is_active and standing.exists())
            assert standing.count() <= 1
            assert not (standing.filter(status="open").exists() and not agreed)
            assert not (member and not Promise.objects.filter(status__in=["open", "kept"]).exists())
            assert agreed == ProcessingBasis.objects.filter(candidate=person, basis="consent", ended_at=None).exists()
            told = rejection.mail_of(application).filter(status__in=["queued", "sent"]).count()
            assert told <= 1
