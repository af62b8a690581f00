"""The steps of outreach, and what the audit says about all that happened."""

from __future__ import annotations

import io
import re
import smtplib
import urllib.request
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from hiring.mail.tasks import sweep
from hiring.models import Candidate, Message, Opening
from sourcing.models import Enrollment
from sourcing.tasks import run_sequences
from tests.browser.story import BO, MIRA, PIA, TOM, UMA, behind_the_back

# --- Sourcing ------------------------------------------------------------------------------------------------


def prospects_are_pooled_and_enrolled(hire) -> str:
    """Three people added by hand, put in a pool, enrolled in a sequence of two steps; then it is launched."""
    page = hire.page
    page.goto(reverse("sourcing:pool_create"))
    page.get_by_label("Name", exact=True).fill("Meters")
    page.get_by_role("button", name="Start pool").click()
    page.get_by_role("heading", name="Meters").wait_for()
    for name, email in (PIA, TOM, UMA):
        page.goto(reverse("candidate_create"))
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Add candidate").click()
        page.get_by_role("heading", name=name).wait_for()
        page.get_by_text("Put in a pool").click()
        page.get_by_label("Why they belong here").fill("Knows meters")
        page.get_by_role("button", name="Put in pool").click()
        page.get_by_text(f"{name} is in Meters").wait_for()

    page.goto(reverse("sourcing:sequence_create"))
    page.get_by_label("Name", exact=True).fill("Autumn")
    page.locator("#id_steps-0-subject").fill("A data role in Lyon")
    page.locator("#id_steps-0-body").fill("Hello {{ first_name }}, shall we talk?")
    page.locator("#id_steps-1-body").fill("Hello {{ first_name }}, once more.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved as a draft").wait_for()
    sequence = page.url
    page.goto(reverse("sourcing:pools"))
    page.get_by_role("link", name="Meters").click()
    page.get_by_label("Select everybody shown").check()
    page.locator(".tl-bulk").get_by_role("button", name="Enroll", exact=True).click()
    page.get_by_role("heading", name="Enroll: 3 people").wait_for()
    page.get_by_label("Sequence").select_option("Autumn")
    page.get_by_role("button", name="Enroll", exact=True).click()
    page.get_by_text("Enrolled 3 people in Autumn.").wait_for()
    what_is_due_is_done()
    page.goto(sequence)
    page.get_by_role("heading", name="People").wait_for()
    assert not Message.objects.filter(purpose="step").exists()  # a draft writes to nobody
    page.get_by_role("button", name="Launch").click()
    page.locator("#confirm").get_by_role("button", name="Launch").click()
    page.get_by_text("Launched.").first.wait_for()
    return sequence


def what_is_due_is_done() -> None:
    """What beat asks for every ten seconds. One worker takes both in this order."""
    sweep.delay()
    run_sequences.delay()


def the_first_step_leaves_and_two_of_them_stop_it(hire, sequence: str, inbound_port: int) -> None:
    what_is_due_is_done()
    first = {person: hire.mail(person, "A data role in Lyon") for person in (PIA, TOM, UMA)}

    [way_out] = re.findall(r"<(http[^>]+)>", first[PIA]["List-Unsubscribe"])
    assert first[PIA]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    request = urllib.request.Request(way_out, b"List-Unsubscribe=One-Click", method="POST")
    assert urllib.request.urlopen(request, timeout=20).status == 200

    hire.inbound.until(lambda: "Receiving mail" in hire.inbound.said)
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = TOM[1], first[TOM]["Reply-To"], "Re: A data role in Lyon"
    answer["In-Reply-To"], answer["Message-ID"] = first[TOM]["Message-ID"], "<yes@vidal.example>"
    answer.set_content("Gladly, next week.")
    with smtplib.SMTP("127.0.0.1", inbound_port, timeout=20) as post:
        post.send_message(answer, TOM[1], [answer["To"]])

    states = dict(Enrollment.objects.values_list("candidate__name", "state"))
    assert states == {PIA[0]: "unsubscribed", TOM[0]: "replied", UMA[0]: "active"}
    hire.page.goto(sequence)
    expect(hire.page.get_by_role("row", name="Tom Vidal").get_by_text("Replied").first).to_be_visible()


def only_who_kept_silent_gets_the_second_step(hire) -> None:
    hire.clock.go_on(days=7)
    what_is_due_is_done()
    hire.mail(UMA, "Re: A data role in Lyon")
    assert [hire.mails_to(person).count("A data role in Lyon") for person in (PIA, TOM, UMA)] == [1, 1, 1]
    assert [len(hire.mails_to(person)) for person in (PIA, TOM, UMA)] == [1, 1, 2]
    assert len(hire.mails_to(BO)) == 1  # the receipt; the rejection was stopped, though its time has passed


def a_prospect_becomes_an_applicant_on_the_same_record(hire, job) -> None:
    Opening.objects.create(job=job, number=2)
    page, before = hire.page, Candidate.objects.count()
    uma = Candidate.objects.get(name=UMA[0])
    page.goto(reverse("pipeline:application_create", args=[uma.pk]))
    page.get_by_label("Job", exact=True).select_option(str(job.pk))
    page.get_by_role("button", name="Add to job").click()
    page.locator("#applications").get_by_role("link", name="Data Engineer").wait_for()
    assert uma.applications.get().job == job
    assert uma.pool_memberships.count() == 1
    assert Candidate.objects.count() == before


# --- The audit -----------------------------------------------------------------------------------------------


def every_door_stands_in_the_audit(hire) -> None:
    raw = connection.connection  # as psql would: past Django, without a word about who acts
    raw.execute("SELECT set_config('throughline.context', '', false)")
    raw.execute("UPDATE hiring_candidate SET headline = 'By hand' WHERE name = %s", [MIRA[0]])
    raw.commit() if not raw.autocommit else None
    page = hire.new_page()
    hire.sign_in(page, hire.people["admin"])
    for door, said in {
        "page": "Rita Recruiter",
        "link": "Visitor",
        "task": "message",
        "mail": "Mail",
        "sql": "Direct SQL",
    }.items():
        page.goto(f"{reverse('compliance:audit')}?door={door}")
        expect(page.locator(".tl-audit tbody tr").first, door).to_be_visible()
        assert page.locator(".tl-audit tbody", has_text=said).count() == 1, (door, said)
    expect(page.locator(".tl-audit tbody").get_by_text("headline")).to_be_visible()
    page.get_by_role("button", name="Check the chain").click()
    page.get_by_role("heading", name="The chain holds").wait_for()


def the_chain_holds_until_somebody_alters_it() -> None:
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert "The audit chain holds" in said.getvalue()

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_entry WHERE door = 'sql' AND table_name = 'hiring_candidate'")
        [entry] = cursor.fetchone()
    behind_the_back(f"UPDATE audit_entry SET door = 'page' WHERE id = {entry}")
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=said, stderr=said)
    assert f"Entry {entry} was altered" in said.getvalue()
