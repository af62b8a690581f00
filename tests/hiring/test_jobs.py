"""The life of a job: its states, its openings and team, and what takes its approval away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hiring import approvals, events, job_facts, jobs, postings
from hiring.errors import Refused
from hiring.models import Approval, Job, Opening, Posting
from tests.factories import ApprovalChainFactory, DepartmentFactory, JobTemplateFactory, LocationFactory, UserFactory

pytestmark = pytest.mark.django_db


def make(by, **fields):
    given = {
        "template": JobTemplateFactory(),
        "title": "Data Engineer",
        "department": DepartmentFactory(),
        "location": LocationFactory(),
        "pay_min": Decimal(55000),
        "pay_max": Decimal(68000),
        **fields,
    }
    return jobs.create(by=by, **given)


def chain_of(*approvers, needed=1):
    chain = ApprovalChainFactory()
    chain.groups.create(position=0, needed=needed).approvers.set(approvers)
    return chain


def approve(job, decision="approve", comment=""):
    vote = approvals.current("job", job.pk).groups.first().votes.first()
    approvals.decide(vote, decision, comment=comment)
    job.refresh_from_db()
    return job


def statuses(job):
    return list(job.openings.values_list("status", flat=True))


# --- create ---------------------------------------------------------------------------------------------------------


def test_create_makes_a_draft_with_openings_team_and_posting(recruiter, manager):
    template = JobTemplateFactory(
        description="<p onclick='x()'>Work</p><script>bad()</script>", questions=[{"key": "visa", "label": "Visa?"}]
    )

    job = make(
        recruiter,
        template=template,
        headcount=3,
        hiring_manager=manager,
        recruiter=recruiter,
        target_date=dt.date(2030, 1, 15),
    )

    assert job.status == "draft"
    assert [(opening.number, opening.target_start) for opening in job.openings.all()] == [
        (number, dt.date(2030, 1, 15)) for number in (1, 2, 3)
    ]
    assert set(job.team.values_list("user", "role")) == {(manager.pk, "hiring_manager"), (recruiter.pk, "recruiter")}
    assert job.posting.description == "<p>Work</p>"
    assert job.posting.questions == [{"key": "visa", "label": "Visa?"}]
    assert job.posting.status == "draft"
    assert job.posting.slug == f"data-engineer-{job.requisition_id.lower()}"


def test_requisition_ids_go_up_and_skip_those_that_an_import_brought(recruiter):
    first = make(recruiter)
    number = int(first.requisition_id.removeprefix("REQ-"))
    Job.objects.filter(pk=first.pk).update(requisition_id=f"REQ-{number + 1:04}")

    assert make(recruiter).requisition_id == f"REQ-{number + 2:04}"


def test_create_announces_the_job_with_its_template(recruiter):
    heard = []

    def listen(sender, job, template, **kwargs):
        heard.append((job, template))

    events.job_created.connect(listen)
    try:
        job = make(recruiter)
    finally:
        events.job_created.disconnect(listen)

    assert heard == [(job, job.template)]


def test_a_hiring_manager_sees_the_job_they_create(manager):
    job = make(manager)

    assert Job.objects.visible_to(manager).get() == job


def test_whoever_creates_a_confidential_job_for_others_still_sees_it(recruiter, manager):
    job = make(recruiter, hiring_manager=manager, confidential=True)

    assert Job.objects.visible_to(recruiter).filter(pk=job.pk).exists()


def test_create_refuses_a_field_a_job_does_not_have(recruiter):
    with pytest.raises(TypeError):
        make(recruiter, status="open")


@pytest.mark.parametrize("headcount", [0, -1, 501])
def test_create_refuses_an_impossible_headcount(recruiter, headcount):
    with pytest.raises(Refused):
        make(recruiter, headcount=headcount)


# --- approval -------------------------------------------------------------------------------------------------------


def test_submit_without_a_chain_opens_the_job_and_says_so(recruiter):
    job = jobs.submit(make(recruiter), by=recruiter)

    approval = approvals.current("job", job.pk)
    assert job.status == "open"
    assert job.opened_at is not None
    assert (approval.status, approval.note) == ("approved", approvals.NO_CHAIN)


def test_submit_waits_for_the_approver_and_opens_when_they_agree(recruiter, manager):
    chain_of(manager)

    job = jobs.submit(make(recruiter), by=recruiter)
    waiting = job.status
    approve(job)

    assert (waiting, job.status) == ("pending_approval", "open")


def test_a_rejection_gives_the_job_back_as_a_draft_with_the_reason(recruiter, manager):
    chain_of(manager)
    job = jobs.submit(make(recruiter), by=recruiter)

    approve(job, "reject", "One seat is enough.")

    rejection = jobs.rejection_of(approvals.current("job", job.pk))
    assert job.status == "draft"
    assert (rejection.approver, rejection.comment) == (manager, "One seat is enough.")


def test_a_job_without_openings_cannot_be_submitted(recruiter):
    job = make(recruiter)
    job.openings.update(status="cancelled")

    with pytest.raises(Refused, match="at least one opening"):
        jobs.submit(job, by=recruiter)


def test_opening_without_approval_is_refused(recruiter):
    """SEC-8: no step of the order can be skipped."""
    with pytest.raises(Refused, match="before it is approved"):
        jobs.open_job(make(recruiter), by=recruiter)


def test_a_job_that_changed_behind_the_verbs_does_not_open_with_the_old_approval(recruiter):
    job = jobs.hold(jobs.submit(make(recruiter), by=recruiter), by=recruiter, reason="Budget")
    Job.objects.filter(pk=job.pk).update(pay_max=99000)

    with pytest.raises(Refused):
        jobs.open_job(job, by=recruiter)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": "Head of Data"}, "Title changed from Data Engineer to Head of Data."),
        (
            {"pay_max": Decimal(90000)},
            "Pay changed from €\u00a055,000 to 68,000 a year to €\u00a055,000 to 90,000 a year.",
        ),
        ({"headcount": 4}, "Openings changed from 1 to 4."),
    ],
)
def test_a_guarded_change_of_an_open_job_takes_its_approval_and_asks_again(recruiter, manager, change, words):
    """Invariant 6."""
    chain_of(manager)
    job = approve(jobs.submit(make(recruiter), by=recruiter))

    job = jobs.edit(job, by=recruiter, **change)

    asked = list(Approval.objects.filter(subject_id=job.pk).order_by("pk").values_list("status", "note"))
    assert job.status == "pending_approval"
    assert asked == [("voided", words), ("pending", "")]
    assert [change.label for change in approvals.changes_since_approved(approvals.current("job", job.pk))] == [
        words.split()[0]
    ]


def test_department_and_location_are_guarded_too(recruiter, manager):
    chain_of(manager)
    job = approve(jobs.submit(make(recruiter), by=recruiter))

    jobs.edit(job, by=recruiter, department=DepartmentFactory(), location=LocationFactory())

    changed = approvals.changes_since_approved(approvals.current("job", job.pk))
    assert {change.label for change in changed} == {"Department", "Location"}


def test_an_unguarded_change_leaves_the_approval_alone(recruiter, manager):
    chain_of(manager)
    job = approve(jobs.submit(make(recruiter), by=recruiter))

    job = jobs.edit(job, by=recruiter, reason="Growth", target_date=dt.date(2031, 1, 1), title="Data Engineer")

    assert (job.status, approvals.current("job", job.pk).status) == ("open", "approved")


def test_a_guarded_change_while_waiting_asks_anew_with_the_new_facts(recruiter, manager):
    chain_of(manager)
    job = jobs.submit(make(recruiter), by=recruiter)
    old_vote = approvals.current("job", job.pk).groups.first().votes.first()

    job = jobs.edit(job, by=recruiter, title="Analytics Engineer")

    with pytest.raises(Refused, match=r"void\. Title changed from Data Engineer to Analytics Engineer\."):
        approvals.decide(old_vote, "approve")
    assert approvals.current("job", job.pk).snapshot["title"] == "Analytics Engineer"
    assert approve(job).status == "open"


def test_a_held_job_that_changed_is_approved_again_before_it_goes_on(recruiter, manager):
    chain_of(manager)
    job = jobs.hold(approve(jobs.submit(make(recruiter), by=recruiter)), by=recruiter, reason="Budget")

    held = jobs.edit(job, by=recruiter, headcount=2)
    resumed = jobs.resume(held, by=recruiter, reason="Confirmed")

    assert (held.status, resumed.status) == ("on_hold", "pending_approval")
    assert approve(job).status == "open"


def test_without_a_chain_a_guarded_change_is_approved_at_once_and_recorded(recruiter):
    job = jobs.submit(make(recruiter), by=recruiter)

    job = jobs.edit(job, by=recruiter, title="Analyst")

    assert job.status == "open"
    assert list(Approval.objects.filter(subject_id=job.pk).order_by("pk").values_list("status", flat=True)) == [
        "voided",
        "approved",
    ]


# --- change ---------------------------------------------------------------------------------------------------------


def test_fewer_openings_cancel_the_last_open_ones_and_keep_the_filled(recruiter):
    job = make(recruiter, headcount=3)
    job.openings.filter(number=3).update(status="filled")

    jobs.edit(job, by=recruiter, headcount=2)

    assert statuses(job) == ["open", "cancelled", "filled"]


def test_fewer_openings_than_are_filled_are_refused(recruiter):
    job = make(recruiter, headcount=2)
    job.openings.update(status="filled")

    with pytest.raises(Refused, match="already filled"):
        jobs.edit(job, by=recruiter, headcount=1)


def test_more_openings_never_reuse_a_number(recruiter):
    job = make(recruiter, headcount=2)
    jobs.edit(job, by=recruiter, headcount=1)

    jobs.edit(job, by=recruiter, headcount=2)

    assert list(job.openings.values_list("number", "status")) == [(1, "open"), (2, "cancelled"), (3, "open")]


def test_the_posting_follows_the_title_until_it_has_one_of_its_own(recruiter):
    job = make(recruiter)
    jobs.edit(job, by=recruiter, title="Analyst")
    followed = Posting.objects.get(job=job).title
    Posting.objects.filter(job=job).update(title="Insight Analyst")

    jobs.edit(job, by=recruiter, title="Scientist")

    assert (followed, Posting.objects.get(job=job).title) == ("Analyst", "Insight Analyst")


def test_a_closed_job_is_not_edited(recruiter):
    job = jobs.close(make(recruiter), by=recruiter, reason="Budget")

    with pytest.raises(Refused, match="closed"):
        jobs.edit(job, by=recruiter, title="Analyst")


def published(job, by):
    words = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"
    postings.edit(job.posting, by=by, title=job.title, description=words, show_pay=True)
    return postings.publish(job.posting, by=by)


def test_making_a_job_confidential_takes_its_posting_down(recruiter):
    job = jobs.submit(make(recruiter, recruiter=recruiter), by=recruiter)
    posting = published(job, recruiter)

    jobs.edit(job, by=recruiter, confidential=True)

    posting.refresh_from_db()
    assert posting.status == "unpublished"


# --- close and reopen -----------------------------------------------------------------------------------------------


def test_close_cancels_open_openings_takes_the_posting_down_and_is_announced(recruiter):
    """JOB-13: the advert goes with the job."""
    job = jobs.submit(make(recruiter, headcount=3), by=recruiter)
    posting = published(job, recruiter)
    job.openings.filter(number=1).update(status="filled")
    heard = []

    def listen(sender, job, by, **kwargs):
        heard.append((job.pk, by))

    events.job_closed.connect(listen)
    try:
        job = jobs.close(job, by=recruiter, reason="  Priorities changed ")
    finally:
        events.job_closed.disconnect(listen)

    posting.refresh_from_db()
    assert (job.status, job.close_reason) == ("closed", "Priorities changed")
    assert statuses(job) == ["filled", "cancelled", "cancelled"]
    assert posting.status == "unpublished"
    assert heard == [(job.pk, recruiter)]


def test_close_needs_a_reason(recruiter):
    with pytest.raises(Refused, match="why"):
        jobs.close(make(recruiter), by=recruiter, reason=" ")


def test_close_voids_what_is_still_being_decided(recruiter, manager):
    chain_of(manager)
    job = jobs.submit(make(recruiter), by=recruiter)
    vote = approvals.current("job", job.pk).groups.first().votes.first()
    jobs.close(job, by=recruiter, reason="Budget")

    with pytest.raises(Refused):
        approvals.decide(vote, "approve")


def test_a_reopened_job_is_a_draft_with_new_openings_and_no_approval(recruiter):
    job = jobs.submit(make(recruiter, headcount=2), by=recruiter)
    job.openings.filter(number=1).update(status="filled")
    job = jobs.close(job, by=recruiter, reason="Filled")

    job = jobs.reopen(job, by=recruiter, reason="Back", headcount=2)

    assert (job.status, job.closed_at, job.close_reason) == ("draft", None, "")
    assert list(job.openings.values_list("number", "status")) == [
        (1, "filled"),
        (2, "cancelled"),
        (3, "open"),
        (4, "open"),
    ]
    assert approvals.current("job", job.pk).status == "voided"


def test_hold_hides_the_posting_and_resume_shows_it_again(recruiter):
    job = jobs.submit(make(recruiter), by=recruiter)
    published(job, recruiter)

    held = jobs.hold(job, by=recruiter, reason="Budget")
    hidden = Posting.objects.public().exists()
    jobs.resume(held, by=recruiter, reason="Confirmed")

    assert (hidden, Posting.objects.public().exists()) == (False, True)


# --- team -----------------------------------------------------------------------------------------------------------


def test_adding_somebody_twice_is_once(recruiter, interviewer):
    job = make(recruiter)

    jobs.add_member(job, interviewer, "interviewer", by=recruiter)
    jobs.add_member(job, interviewer, "interviewer", by=recruiter)

    assert job.team.filter(user=interviewer).count() == 1


def test_somebody_who_left_is_not_put_on_a_team(recruiter):
    with pytest.raises(Refused, match="no longer works here"):
        jobs.add_member(make(recruiter), UserFactory(is_active=False), "interviewer", by=recruiter)


def test_the_last_one_who_can_look_after_a_job_stays(recruiter, interviewer):
    job = make(recruiter)
    interviewing = jobs.add_member(job, interviewer, "interviewer", by=recruiter)
    jobs.remove_member(interviewing, by=recruiter)

    with pytest.raises(Refused, match="look after"):
        jobs.remove_member(job.team.get(), by=recruiter)


# --- the state machine ----------------------------------------------------------------------------------------------

ACTS = {
    "submit": lambda job, by: jobs.submit(job, by=by),
    "approve": lambda job, by: approve(job),
    "reject": lambda job, by: approve(job, "reject", "No."),
    "hold": lambda job, by: jobs.hold(job, by=by, reason="Budget"),
    "resume": lambda job, by: jobs.resume(job, by=by, reason="Confirmed"),
    "close": lambda job, by: jobs.close(job, by=by, reason="Budget"),
    "reopen": lambda job, by: jobs.reopen(job, by=by, reason="Back"),
    "edit": lambda job, by: jobs.edit(job, by=by, title=f"{job.title[:20]} I"),
    "open": lambda job, by: jobs.open_job(job, by=by),
}


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=9), with_chain=st.booleans())
def test_no_order_of_acts_leaves_the_table_or_opens_an_unapproved_job(recruiter, manager, acts, with_chain):
    with transaction.atomic():
        if with_chain:
            chain_of(manager)
        job = make(recruiter)
        for act in acts:
            before = job.status
            try:
                with transaction.atomic():
                    ACTS[act](job, recruiter)
            except (Refused, AttributeError):
                pass  # AttributeError: nothing was ever asked, so there is no vote to cast
            job = Job.objects.get(pk=job.pk)
            at_once = (before, job.status) == ("draft", "open")  # submitted where nobody has to approve
            assert job.status == before or job.status in jobs.ALLOWED[before] or at_once
            if job.status == "open":
                assert approvals.covers("job", job.pk, job_facts.snapshot(job))
            if job.status == "pending_approval":
                assert approvals.current("job", job.pk).status == "pending"
            if job.status == "closed":
                assert not job.openings.filter(status=Opening.Status.OPEN).exists()
            assert Approval.objects.filter(subject_id=job.pk, status="pending").count() <= 1
        transaction.set_rollback(True)


def test_pay_reads_as_one_would_say_it():
    def said(low, high):
        return job_facts.pay_range(Job(pay_min=low, pay_max=high, pay_currency="EUR", pay_period="YEAR"))

    assert said(None, None) == ""
    assert said(Decimal(50000), Decimal(60000)) == "€\u00a050,000 to 60,000 a year"
    assert said(Decimal("50000.00"), None) == "from €\u00a050,000 a year"
    assert said(None, Decimal("18.5")) == "up to €\u00a018.50 a year"
    assert said(Decimal(50000), Decimal("50000.00")) == "€\u00a050,000 a year"


def test_a_job_says_it_was_opened_once(recruiter, monkeypatch):
    job = jobs.submit(make(recruiter), by=recruiter)
    first = job.opened_at
    later = timezone.now() + dt.timedelta(days=30)
    monkeypatch.setattr(timezone, "now", lambda: later)

    job = jobs.resume(jobs.hold(job, by=recruiter, reason="Budget"), by=recruiter, reason="Confirmed")

    assert job.opened_at == first


def test_the_life_of_a_job_is_written_down_with_who_and_why(recruiter, manager):
    chain_of(manager)
    job = approve(jobs.submit(make(recruiter), by=recruiter), "reject", comment="Too early")
    job = approve(jobs.submit(job, by=recruiter))
    with pytest.raises(Refused, match="Say why"):
        jobs.hold(job, by=recruiter, reason=" ")
    job = jobs.hold(job, by=recruiter, reason="The budget is being reviewed")
    with pytest.raises(Refused, match="Say why"):
        jobs.resume(job, by=recruiter, reason=" ")
    job = jobs.resume(job, by=manager, reason="The budget stands")
    job = jobs.hold(job, by=recruiter, reason="A second look")
    job = jobs.edit(job, by=recruiter, headcount=3)
    job = approve(jobs.resume(job, by=recruiter, reason="Three are needed"))
    job = jobs.close(job, by=manager, reason="Priorities changed")
    with pytest.raises(Refused, match="Say why"):
        jobs.reopen(job, by=recruiter, reason="")
    jobs.reopen(job, by=recruiter, reason="Back on the list")

    life = [(one.before, one.after, one.by, one.reason) for one in reversed(job.status_changes.all())]

    assert life == [
        ("draft", "pending_approval", recruiter, ""),
        ("pending_approval", "draft", manager, "Too early"),
        ("draft", "pending_approval", recruiter, ""),
        ("pending_approval", "open", manager, ""),
        ("open", "on_hold", recruiter, "The budget is being reviewed"),
        ("on_hold", "open", manager, "The budget stands"),
        ("open", "on_hold", recruiter, "A second look"),
        ("on_hold", "pending_approval", recruiter, "Three are needed"),
        ("pending_approval", "open", manager, ""),
        ("open", "closed", manager, "Priorities changed"),
        ("closed", "draft", recruiter, "Back on the list"),
    ]
