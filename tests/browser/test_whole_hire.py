"""One hire from end to end, as section 3 of the first promise says it: real files, real mail, a real worker, one browser.

The web pages are served by the test's server; the worker and the inbound listener are processes of the product on the same
database, and mail goes to a real SMTP server. All of them share a clock that the test moves: the days between a booking
and the interview, or between two steps of a sequence, pass by themselves.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from hiring.models import Candidate, JobTemplate
from tests import factories, files
from tests.browser.story import BO, MIRA, NOOR, PASSWORD, Hire, behind_the_back
from tests.browser.story_hiring import (
    a_job_is_made_from_a_template_and_approved_from_the_mail,
    an_interview_is_booked,
    an_offer_is_approved_and_sent,
    apply,
    bo_is_rejected_and_the_mail_is_stopped,
    it_is_published,
    mira_still_waits_for_an_answer,
    noor_moves_on_the_board_and_gets_a_note,
    noor_signs,
    the_preview_appears_by_itself_once_the_worker_reads,
    the_receipt_leads_to_the_status_page,
    the_recruiter_reads_both_side_by_side,
    the_recruiter_signs_in,
    two_scorecards_are_written_apart,
)
from tests.browser.story_sourcing import (
    a_prospect_becomes_an_applicant_on_the_same_record,
    every_door_stands_in_the_audit,
    only_who_kept_silent_gets_the_second_step,
    prospects_are_pooled_and_enrolled,
    the_chain_holds_until_somebody_alters_it,
    the_first_step_leaves_and_two_of_them_stop_it,
)
from tests.clocked import Clock, moved
from tests.mail_server import free_port
from tests.processes import Processes

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
EVERYTHING_AWAY = "DELETE FROM audit_entry; DELETE FROM audit_payload; DELETE FROM audit_seal"


@pytest.fixture
def anchors(transactional_db, settings, tmp_path):
    """An audit chain of our own: its tables only grow, so other tests' entries are still there, and ours would stay."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    behind_the_back(EVERYTHING_AWAY)
    yield
    behind_the_back(EVERYTHING_AWAY)


@pytest.fixture
def people(recruiter, manager, interviewer, admin, anchors):
    """The colleagues, a template to start a job from, and Ada, who approves jobs and offers."""
    recruiter.set_password(PASSWORD)
    recruiter.save()
    department = factories.DepartmentFactory(name="Data platform")
    factories.LocationFactory(name="Lyon")
    for kind in ("job", "offer"):
        chain: Any = factories.ApprovalChainFactory(name=kind, subject_kind=kind, department=department)
        chain.groups.create(position=0).approvers.add(admin)
    assert JobTemplate.objects.filter(name="Engineering").exists()  # what every installation starts with
    return {"recruiter": recruiter, "manager": manager, "interviewer": interviewer, "admin": admin}


@pytest.fixture
def hire(people, new_page, sign_in, smtp_sink, live_server, settings, tmp_path, monkeypatch):
    cache.clear()  # and whatever an earlier test left in the broker
    clock = Clock(tmp_path / "clock")
    monkeypatch.setattr(timezone, "now", moved(clock.file))
    tuesday = timezone.now().astimezone(PARIS) + dt.timedelta(days=(1 - timezone.now().weekday()) % 7 or 7)
    clock.go_to(tuesday.replace(hour=9, minute=30))
    processes = Processes(tmp_path, clock, EMAIL_URL=f"smtp://127.0.0.1:{smtp_sink.port}", SITE_URL=live_server.url)
    yield Hire(new_page, sign_in, smtp_sink, clock, processes, people)
    processes.stop()


def test_the_whole_hire(hire):
    inbound_port = free_port()
    hire.worker = hire.processes.worker("default,mail")  # files wait until the documents queue is taken, too
    hire.inbound = hire.processes.inbound(inbound_port)

    the_recruiter_signs_in(hire)
    job = a_job_is_made_from_a_template_and_approved_from_the_mail(hire)
    address = it_is_published(hire, job)

    apply(hire, address, NOOR, "cv.pdf", files.pdf(NOOR[0], NOOR[1], "Ran 140 pipelines for smart meters in Lyon"))
    the_receipt_leads_to_the_status_page(hire)
    noor = Candidate.objects.get(name=NOOR[0])
    the_preview_appears_by_itself_once_the_worker_reads(hire, noor)
    apply(hire, address, ("N. Haddad", NOOR[1].upper()), "newer.docx", files.docx(NOOR[0], "Now with Kafka"))
    assert noor.applications.count() == Candidate.objects.count() == 1
    apply(hire, address, BO, "bo.docx", files.docx(BO[0], "Spreadsheets"))
    apply(hire, address, MIRA, "mira.pdf", files.pdf(MIRA[0], "Streams"))

    noor_moves_on_the_board_and_gets_a_note(hire, job)
    bo_is_rejected_and_the_mail_is_stopped(hire, job)
    interview = an_interview_is_booked(hire, noor.applications.get())
    two_scorecards_are_written_apart(hire, interview)
    the_recruiter_reads_both_side_by_side(hire, noor)

    offer = an_offer_is_approved_and_sent(hire, noor.applications.get())
    noor_signs(hire, offer)
    mira_still_waits_for_an_answer(hire, job)

    sequence = prospects_are_pooled_and_enrolled(hire)
    the_first_step_leaves_and_two_of_them_stop_it(hire, sequence, inbound_port)
    only_who_kept_silent_gets_the_second_step(hire)
    a_prospect_becomes_an_applicant_on_the_same_record(hire, job)

    every_door_stands_in_the_audit(hire)
    the_chain_holds_until_somebody_alters_it()
