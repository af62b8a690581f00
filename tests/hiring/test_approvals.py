"""The approval engine: who is asked, in what order, and that no step is skipped, doubled or taken by the wrong person (SEC-8)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from hiring import approvals, events, job_facts, links
from hiring.errors import Refused
from hiring.models import Approval, ApprovalVote, Message, PersonalLink
from tests.factories import ApprovalChainFactory, DepartmentFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def subject(monkeypatch):
    """Something to approve that does nothing by itself, so that the engine is tested alone."""
    decided = []
    monkeypatch.setitem(
        approvals.subjects,
        "job",
        approvals.Subject(
            find=lambda pk: pk,
            title=lambda pk: f"Thing {pk}",
            facts=lambda pk: [("Pay", "50,000 EUR")],
            url=lambda pk: f"/things/{pk}/",
            decided=lambda approval, by: decided.append((approval.status, by)),
        ),
    )
    return decided


def chain(*groups, **fields):
    """A chain whose groups are (needed, [approvers])."""
    made = ApprovalChainFactory(**fields)
    for position, (needed, people) in enumerate(groups):
        made.groups.create(position=position, needed=needed).approvers.set(people)
    return made


def ask(by, snapshot=None, **fields):
    return approvals.request("job", 7, by=by, snapshot=snapshot or {"title": "A"}, **fields)


def vote_of(approval, person):
    return ApprovalVote.objects.get(group__approval=approval, approver=person)


def mails_to(person):
    return list(
        Message.objects.filter(recipient=person, purpose="approval").order_by("pk").values_list("subject", flat=True)
    )


def people(count):
    return UserFactory.create_batch(count)


# --- who is asked ---------------------------------------------------------------------------------------------------


def test_without_a_chain_it_is_approved_at_once_and_the_record_says_why(recruiter, subject):
    approval = ask(recruiter)

    assert (approval.status, approval.note) == ("approved", approvals.NO_CHAIN)
    assert subject == [("approved", recruiter)]


def test_the_narrowest_chain_wins(recruiter):
    wide, narrow = people(2)
    department = DepartmentFactory()
    chain((1, [wide]))
    chain((1, [narrow]), department=department)

    own = ask(recruiter, case=approvals.Case(department=department))
    approvals.void("job", 7)
    other = ask(recruiter, case=approvals.Case(department=DepartmentFactory()))

    assert vote_of(own, narrow)
    assert vote_of(other, wide)


def test_inactive_chains_and_those_of_offers_are_not_asked(recruiter):
    chain((1, people(1)), is_active=False)
    chain((1, people(1)), subject_kind="offer")

    assert ask(recruiter).status == "approved"


def test_the_requester_is_left_out_when_enough_others_remain(recruiter):
    others = people(2)
    chain((2, [recruiter, *others]))

    approval = ask(recruiter)

    assert set(ApprovalVote.objects.filter(group__approval=approval).values_list("approver", flat=True)) == {
        person.pk for person in others
    }


def test_the_requester_decides_when_nobody_else_can(recruiter):
    chain((1, [recruiter]))

    approval = ask(recruiter)

    assert approvals.decide(vote_of(approval, recruiter), "approve").status == "approved"


def test_a_step_that_nobody_can_decide_is_refused_instead_of_skipped(recruiter):
    chain((1, [UserFactory(is_active=False)]))

    with pytest.raises(Refused, match="nobody can decide"):
        ask(recruiter)
    assert not Approval.objects.exists()


def test_changing_the_chain_later_leaves_a_running_request_alone(recruiter):
    approver, stranger = people(2)
    made = chain((1, [approver]))
    approval = ask(recruiter)

    made.groups.get().approvers.set([stranger])

    assert approvals.decide(vote_of(approval, approver), "approve").status == "approved"


def test_asking_twice_is_refused(recruiter):
    chain((1, people(1)))
    ask(recruiter)

    with pytest.raises(Refused, match="already waiting"):
        ask(recruiter)


def test_a_kind_nobody_registered_is_refused(recruiter):
    with pytest.raises(Refused):
        approvals.request("budget", 1, by=recruiter, snapshot={})


# --- order and number -----------------------------------------------------------------------------------------------


def test_groups_are_asked_one_after_the_other(recruiter):
    first, second = people(2)
    chain((1, [first]), (1, [second]))
    approval = ask(recruiter)
    asked_at_first = (mails_to(first), mails_to(second))

    approvals.decide(vote_of(approval, first), "approve")

    assert asked_at_first == (["Please decide: Thing 7"], [])
    assert mails_to(second) == ["Please decide: Thing 7"]
    assert Approval.objects.get().status == "pending"


def test_nobody_decides_before_their_turn(recruiter):
    first, second = people(2)
    chain((1, [first]), (1, [second]))
    approval = ask(recruiter)

    with pytest.raises(Refused, match="not your turn"):
        approvals.decide(vote_of(approval, second), "approve")


def test_n_of_m_is_enough_and_the_rest_is_told_kindly(recruiter, subject):
    one, two, three = people(3)
    last = UserFactory()
    chain((2, [one, two, three]), (1, [last]))
    approval = ask(recruiter)

    approvals.decide(vote_of(approval, one), "approve")
    still = approvals.waiting_group(approvals.current("job", 7)).position
    approvals.decide(vote_of(approval, three), "approve")

    assert (still, approvals.waiting_group(approvals.current("job", 7)).position) == (0, 1)
    with pytest.raises(Refused, match="Enough colleagues"):
        approvals.decide(vote_of(approval, two), "approve")
    assert subject == []


def test_one_rejection_rejects(recruiter, subject):
    one, two = people(2)
    chain((1, [one, two]))
    approval = ask(recruiter)

    approval = approvals.decide(vote_of(approval, two), "reject", comment=" Too dear. ")

    assert (approval.status, subject) == ("rejected", [("rejected", two)])
    assert vote_of(approval, two).comment == "Too dear."
    with pytest.raises(Refused, match="turned this down"):
        approvals.decide(vote_of(approval, one), "approve")


def test_more_needed_than_there_are_people_means_all_of_them(recruiter):
    one, two = people(2)
    chain((5, [one, two]))
    approval = ask(recruiter)

    approvals.decide(vote_of(approval, one), "approve")

    assert approvals.decide(vote_of(approval, two), "approve").status == "approved"


def test_deciding_twice_is_refused_and_changes_nothing(recruiter, subject):
    one, two = people(2)
    chain((2, [one, two]))
    approval = ask(recruiter)
    vote = vote_of(approval, one)
    approvals.decide(vote, "approve")

    with pytest.raises(Refused, match="already decided"):
        approvals.decide(vote, "reject")  # the stale object in hand still says undecided

    assert vote_of(approval, one).decision == "approve"
    assert subject == []


def test_somebody_who_left_decides_nothing(recruiter):
    (one,) = people(1)
    chain((1, [one]))
    approval = ask(recruiter)
    one.is_active = False
    one.save()

    with pytest.raises(Refused):
        approvals.decide(vote_of(approval, one), "approve")


# --- void and difference --------------------------------------------------------------------------------------------


def test_void_takes_back_and_a_new_request_can_follow(recruiter):
    (one,) = people(1)
    chain((1, [one]))
    first = ask(recruiter)

    approvals.void("job", 7, note="Pay changed")

    with pytest.raises(Refused, match=r"This request is void\. Pay changed\. If it still"):
        approvals.decide(vote_of(first, one), "approve")
    assert ask(recruiter).status == "pending"


def test_void_without_anything_to_void_says_so(recruiter):
    assert approvals.void("job", 7) is None


def test_the_difference_counts_from_the_last_approval_not_from_a_rejected_one(recruiter):
    (one,) = people(1)
    chain((1, [one]))
    first = ask(recruiter, {"title": "A", "pay": "50"})
    approvals.decide(vote_of(first, one), "approve")
    approvals.void("job", 7)
    second = ask(recruiter, {"title": "B", "pay": "50"})
    approvals.decide(vote_of(second, one), "reject")

    third = ask(recruiter, {"title": "C", "pay": "50", "level": "3"})

    assert set(approvals.changes_since_approved(third)) == {
        approvals.Change("Title", "A", "C"),
        approvals.Change("Level", "not set", "3"),
    }
    assert approvals.changes_since_approved(first) == []


def test_covers_only_exactly_what_was_approved(recruiter):
    ask(recruiter, {"title": "A"})

    assert approvals.covers("job", 7, {"title": "A"})
    assert not approvals.covers("job", 7, {"title": "B"})
    assert not approvals.covers("job", 8, {"title": "A"})


# --- who hears of it ------------------------------------------------------------------------------------------------


def test_the_result_is_announced_and_the_requester_told(recruiter):
    (one,) = people(1)
    chain((1, [one]))
    approval = ask(recruiter)
    heard = []

    def listen(sender, approval, by, **kwargs):
        heard.append((approval.status, by))

    events.approval_decided.connect(listen)
    try:
        approvals.decide(vote_of(approval, one), "approve", comment="Fine")
    finally:
        events.approval_decided.disconnect(listen)

    told = Message.objects.get(recipient=recruiter)
    assert heard == [("approved", one)]
    assert told.subject == "Approved: Thing 7"
    assert "Fine" in told.text


def test_a_receiver_that_fails_undoes_the_decision(recruiter):
    (one,) = people(1)
    chain((1, [one]))
    approval = ask(recruiter)

    def fail(sender, **kwargs):
        raise Refused("Not now.")

    events.approval_decided.connect(fail)
    try:
        with pytest.raises(Refused):
            approvals.decide(vote_of(approval, one), "approve")
    finally:
        events.approval_decided.disconnect(fail)

    assert vote_of(approval, one).decision == ""
    assert Approval.objects.get().status == "pending"


def test_the_mail_holds_the_facts_and_a_personal_link_for_fourteen_days(recruiter):
    """SEC-5: purpose-bound, expiring, for this approver's seat."""
    (one,) = people(1)
    chain((1, [one]))

    approval = ask(recruiter)

    link = PersonalLink.objects.get(purpose="approve")
    mail = Message.objects.get(recipient=one)
    assert (link.user, link.subject_id) == (one, vote_of(approval, one).pk)
    assert link.expires_at - link.created_at == dt.timedelta(days=14)
    assert links.url(link, "approve") in mail.text
    assert "Pay: 50,000 EUR" in mail.text


def test_what_waits_for_me_is_my_turn_only(recruiter):
    one, two = people(2)
    chain((1, [one]), (1, [two]))
    approval = ask(recruiter)

    before = (len(approvals.open_votes_of(one)), len(approvals.open_votes_of(two)))
    approvals.decide(vote_of(approval, one), "approve")

    assert before == (1, 0)
    assert (len(approvals.open_votes_of(one)), len(approvals.open_votes_of(two))) == (0, 1)


@pytest.mark.parametrize("waiting", [1, 3])
def test_what_waits_for_me_asks_no_more_for_more(recruiter, waiting, django_assert_num_queries):
    (one,) = people(1)
    chain((1, [one]))
    for number in range(waiting):
        approvals.request("job", number, by=recruiter, snapshot={})

    with django_assert_num_queries(3):
        assert len(approvals.open_votes_of(one)) == waiting


# --- races ----------------------------------------------------------------------------------------------------------


def at_once(*acts):
    """Run the acts in threads that start together; what each raised or returned, in order."""
    results, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(place, act):
        try:
            start.wait()
            results[place] = act()
        except Refused as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_double_click_decides_once(recruiter, subject):
    one, two = people(2)
    chain((2, [one, two]))
    approval = ask(recruiter)
    vote = vote_of(approval, one)

    results = at_once(*[lambda: approvals.decide(vote, "approve")] * 4)

    assert sum(isinstance(result, Approval) for result in results) == 1
    assert Approval.objects.get().status == "pending"


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_settle_it_once_and_ask_the_next_group_once(recruiter, subject):
    one, two, last = people(3)
    chain((2, [one, two]), (1, [last]))
    approval = ask(recruiter)
    first, second = vote_of(approval, one), vote_of(approval, two)

    at_once(lambda: approvals.decide(first, "approve"), lambda: approvals.decide(second, "approve"))

    assert len(mails_to(last)) == 1
    approvals.decide(vote_of(approval, last), "approve")
    assert subject == [("approved", last)]


@pytest.mark.django_db(transaction=True)
def test_approval_and_rejection_at_once_leave_one_result(recruiter, subject):
    one, two = people(2)
    chain((1, [one, two]))
    approval = ask(recruiter)
    first, second = vote_of(approval, one), vote_of(approval, two)

    results = at_once(lambda: approvals.decide(first, "approve"), lambda: approvals.decide(second, "reject"))

    assert sum(isinstance(result, Approval) for result in results) == 1
    assert len(subject) == 1
    assert ApprovalVote.objects.exclude(decision="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_editing_and_approving_at_once_neither_deadlocks_nor_opens_the_changed_job(recruiter, monkeypatch):
    """Whoever comes second sees what the first did: never an open job with facts nobody approved (invariant 6)."""
    from hiring import jobs

    monkeypatch.setitem(
        approvals.subjects,
        "job",
        approvals.Subject(
            find=approvals_find,
            title=str,
            facts=job_facts.facts,
            url=lambda job: "/",
            decided=jobs._approval_decided,
            lock=lambda pk: jobs.Job.objects.select_for_update().get(pk=pk),
        ),
    )
    (one,) = people(1)
    chain((1, [one]))
    for _ in range(5):
        job = JobFactory(status="draft", opened_at=None)
        job.openings.create(number=1)
        jobs.submit(job, by=recruiter)
        vote = vote_of(approvals.current("job", job.pk), one)

        at_once(
            lambda vote=vote: approvals.decide(vote, "approve"),
            lambda job=job: jobs.edit(job, by=recruiter, title="Other"),
        )

        job.refresh_from_db()
        assert job.status == "pending_approval"
        assert approvals.current("job", job.pk).snapshot["title"] == "Other"


def approvals_find(pk):
    from hiring import jobs

    return jobs.Job.objects.for_row().get(pk=pk)


def test_time_of_asking_is_when_the_turn_came(recruiter, monkeypatch):
    first, second = people(2)
    chain((1, [first]), (1, [second]))
    approval = ask(recruiter)
    later = timezone.now() + dt.timedelta(hours=5)
    monkeypatch.setattr(timezone, "now", lambda: later)

    approvals.decide(vote_of(approval, first), "approve")

    assert [group.asked_at == later for group in approval.groups.all()] == [False, True]
