"""The pages of a sequence: read as a person would read it, written without losing a word."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring.models import ProcessingBasis
from sourcing import outreach, sequences
from sourcing.models import Sequence
from sourcing.sequences import StepText
from tests.factories import EmailFactory, MailboxFactory


@pytest.fixture
def draft(recruiter):
    made = sequences.create(name="Data, autumn", owner=recruiter, mailbox=MailboxFactory())
    first = StepText("mail", 0, "Data at {{ organisation }}", "Hello {{ first_name }}, shall we talk?")
    return sequences.write_steps(made, [first, StepText("call", 1, "", "Ask about Lyon.")])


def editor(mailbox, *steps, **more):
    """What the editor sends: (kind, subject, body) a step."""
    data = {"name": "Spring", "mailbox": mailbox.pk, "window_start": "09:00", "window_end": "17:00", **more}
    data |= {"steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": 0}
    for number, (kind, subject, body) in enumerate(steps):
        data |= {f"steps-{number}-kind": kind, f"steps-{number}-wait_days": 2}
        data |= {f"steps-{number}-subject": subject, f"steps-{number}-body": body}
    return data


@pytest.mark.django_db
def test_the_page_shows_steps_as_they_are_read_and_not_their_fields(client, draft, recruiter, settings):
    client.force_login(recruiter)

    page = client.get(draft.get_absolute_url()).content.decode()

    assert f"Data at {settings.ORGANISATION_NAME}" in page
    assert "Hello Robin, shall we talk?" in page
    assert "{{" not in page


@pytest.mark.django_db
def test_whoever_is_enrolled_in_a_draft_waits_for_its_launch(client, draft, recruiter):
    point = EmailFactory()
    ProcessingBasis.objects.create(
        candidate=point.candidate,
        purpose="sourcing",
        basis="legitimate_interest",
        controller="Northwind",
        started_at=point.candidate.created_at,
    )
    outreach.enroll(draft, point.candidate, by=recruiter)
    client.force_login(recruiter)

    page = client.get(draft.get_absolute_url()).content.decode()
    listed = client.get(reverse("sourcing:sequences")).content.decode()

    assert "Waiting for launch" in page
    assert "waiting for launch" in listed


@pytest.mark.django_db
def test_one_more_step_keeps_what_was_written_and_saves_nothing(client, recruiter):
    client.force_login(recruiter)
    data = editor(MailboxFactory(), ("mail", "Hello", "Hello {{ first_name }}"), more="1")

    page = client.post(reverse("sourcing:sequence_create"), data)

    assert page.status_code == 200
    assert [form["body"].value() for form in page.context["steps"]] == ["Hello {{ first_name }}", None]
    assert "Nothing is saved yet" not in page.content.decode()
    assert not Sequence.objects.exists()


@pytest.mark.django_db
def test_the_preview_follows_what_is_being_written(client, recruiter):
    client.force_login(recruiter)
    data = editor(MailboxFactory(), ("mail", "Hello", "Dear {{ first_name }} of {{ nowhere }}"), look="1")

    part = client.post(reverse("sourcing:sequence_create"), data, headers={"HX-Request": "true"}).content.decode()

    assert "Dear Robin of {{ nowhere }}" in part
    assert "<form" not in part
    assert not Sequence.objects.exists()


@pytest.mark.django_db
def test_a_call_has_no_subject(client, recruiter):
    client.force_login(recruiter)
    data = editor(MailboxFactory(), ("mail", "Hello", "Hello"), ("call", "left over", "Ask about Lyon."))

    client.post(reverse("sourcing:sequence_create"), data)

    assert list(Sequence.objects.get().steps.values_list("kind", "subject")) == [("mail", "Hello"), ("call", "")]
