"""The audit page: whom a change was about, in words, and what is left out until it is asked for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compliance.models import AuditEntry
from hiring.context import acting
from hiring.models import Candidate
from tests.factories import CandidateFactory, EmailFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(UserFactory(role="compliance_officer", full_name="Odile Garnier"))
    return client


def shown(auditor, **asked):
    return auditor.get(reverse("compliance:audit"), asked).content.decode()


def test_a_change_is_named_after_the_person_it_is_about(auditor):
    point = EmailFactory(candidate__name="Ada Byron")

    page = shown(auditor, table="hiring_contactpoint")

    assert f'contact point: <a href="{point.candidate.get_absolute_url()}">Ada Byron</a>' in page


def test_a_row_that_is_gone_keeps_its_number(auditor):
    candidate = CandidateFactory(name="Ada Byron")
    number = candidate.pk
    Candidate.objects.filter(pk=number).delete()

    page = shown(auditor, table="hiring_candidate", action="delete")

    assert f"object_id={number}" in page


def test_what_tasks_update_by_themselves_is_left_out_and_the_page_says_so(auditor):
    candidate = CandidateFactory()
    with acting(door="task"):
        Candidate.objects.filter(pk=candidate.pk).update(headline="Read anew")
    entry = AuditEntry.objects.filter(door="task").latest("id")
    row = reverse("compliance:audit_entry", args=[entry.pk])

    assert row not in shown(auditor)
    assert "is left out" in shown(auditor)
    assert row in shown(auditor, background="1")
    assert row in shown(auditor, door="task")


def test_who_acted_is_said_also_when_nobody_was_signed_in(auditor):
    with acting(door="task"):
        CandidateFactory()
    system = AuditEntry.objects.filter(table_name="hiring_candidate").latest("id")
    with acting(door="page"):
        CandidateFactory()
    visitor = AuditEntry.objects.filter(table_name="hiring_candidate").latest("id")

    assert (system.who, visitor.who) == ("System", "Visitor")


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_no_more_for_more_people(auditor, people, django_assert_num_queries):
    EmailFactory.create_batch(people)
    shown(auditor)
    with django_assert_num_queries(8):
        shown(auditor)
