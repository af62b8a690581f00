"""One person open in two tabs: nobody's change is undone unseen, and who changed what is said."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from hiring import candidates, custom_fields
from hiring.models import Candidate, CustomField
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor(recruiter):
    CustomField.objects.create(key="notice", name="Notice", type="number", kind="candidate")
    return factories.CandidateFactory(name="Noor Haddad", company="Acme", location="Lyon")


def opened(client, address):
    """What the form holds when somebody opens it, hidden fields and all."""
    page = client.get(address).text
    form = next(part for part in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="seen' in part)
    held = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in said:
            held[said["name"]] = html.unescape(said.get("value", ""))
    return held


@pytest.mark.parametrize("swap", [{}, {"HX-Request": "true"}])
def test_what_a_colleague_changed_meanwhile_is_named_and_kept(client, recruiter, coordinator, noor, swap):
    client.force_login(recruiter)
    edit = reverse("candidate_edit", args=[noor.pk])
    tab = opened(client, edit)
    candidates.edit(noor, by=coordinator, company="Nordwind", location="Berlin")
    custom_fields.set_values(noor, coordinator, {"notice": "3"})

    refused = client.post(edit, {**tab, "company": "Acme SA", "cf-notice": "6", "headline": "Engineer"}, headers=swap)

    assert refused.status_code == 422
    assert "Cora Coordinator changed this to “Nordwind” meanwhile." in refused.text
    assert "Cora Coordinator changed this to “3” meanwhile." in refused.text
    assert 'value="Acme SA"' in refused.text
    assert Candidate.objects.get().company == "Nordwind"


def test_what_one_did_not_touch_stays_as_the_other_left_it(client, recruiter, coordinator, noor):
    client.force_login(recruiter)
    edit = reverse("candidate_edit", args=[noor.pk])
    tab = opened(client, edit)
    candidates.edit(noor, by=coordinator, company="Nordwind")
    custom_fields.set_values(noor, coordinator, {"notice": "3"})

    client.post(edit, {**tab, "headline": "Engineer"})

    found = Candidate.objects.get()
    assert (found.company, found.headline) == ("Nordwind", "Engineer")
    assert custom_fields.values_of("candidate", [noor.pk], recruiter)[noor.pk][0].raw == "3"


def test_saving_once_more_is_a_decision(client, recruiter, coordinator, noor):
    client.force_login(recruiter)
    alone = reverse("custom_fields", args=["candidate", noor.pk])
    tab = opened(client, alone)
    custom_fields.set_values(noor, coordinator, {"notice": "3"})
    refused = client.post(alone, {**tab, "cf-notice": "6"})
    again = html.unescape(re.search(r'name="seen-cf" value="([^"]*)"', refused.text)[1])

    client.post(alone, {"cf-notice": "6", "seen-cf": again})

    assert refused.status_code == 422
    assert custom_fields.values_of("candidate", [noor.pk], recruiter)[noor.pk][0].raw == "6"


@pytest.mark.parametrize("seen", ["[]", "no json", '{"company": {"a": 1}, "nothing": 2}'])
def test_a_broken_trace_is_no_obstacle_unless_it_speaks_of_the_field(client, recruiter, noor, seen):
    client.force_login(recruiter)
    edit = reverse("candidate_edit", args=[noor.pk])

    answer = client.post(edit, {"name": "Noor Haddad", "company": "Acme", "location": "Lyon", "seen": seen})

    assert answer.status_code == 302
