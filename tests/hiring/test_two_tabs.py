"""One person open in two tabs: nobody's change is undone unseen, and who changed what is said."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from hiring import candidates, custom_fields, jobs
from hiring.models import Candidate, CustomField, Job
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


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def job(recruiter):
    job = factories.JobFactory(pay_min=50000, pay_max=60000)
    job.team.create(user=recruiter, role="recruiter")
    job.openings.create(number=1)
    return job


def held(client, address):
    """What a browser would send of the page's job form."""
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "on" if value is True else value for name, value in data.items() if value not in (None, False)}
    return {**data, "seen": form.seen}


def test_an_older_tab_does_not_make_a_confidential_job_public_again(client, recruiter, job):
    client.force_login(recruiter)
    edit = reverse("job_edit", args=[job.pk])
    older, newer = held(client, edit), held(client, edit)
    client.post(
        edit, {**newer, "confidential": "on", "priority": "urgent", "headcount": "3", "target_date": "2031-01-02"}
    )

    saved = client.post(edit, {**older, "reason": "Growth"})

    found = Job.objects.get(pk=job.pk)
    assert saved.status_code == 302
    assert (found.confidential, found.priority, found.reason) == (True, "urgent", "Growth")
    assert (found.openings.count(), str(found.target_date)) == (3, "2031-01-02")


def test_what_both_changed_on_a_job_is_refused_by_name_and_the_rest_stays_when_saved_again(
    client, recruiter, admin, job
):
    client.force_login(recruiter)
    edit = reverse("job_edit", args=[job.pk])
    tab = held(client, edit)
    client.force_login(admin)
    client.post(edit, {**held(client, edit), "confidential": "on", "reason": "A project", "pay_max": "90000"})
    client.force_login(recruiter)

    refused = client.post(edit, {**tab, "reason": "Growth", "pay_min": "70000"})
    shown = refused.context["form"]
    again = {name: shown[name].value() for name in shown.fields if shown[name].value() not in (None, False)}
    kept = Job.objects.get(pk=job.pk).reason
    client.post(edit, {**again, "seen": shown.seen})

    found = Job.objects.get(pk=job.pk)
    assert refused.status_code == 422
    assert f"{admin} changed this to “A project” meanwhile." in refused.text
    assert (kept, found.reason, found.confidential) == ("A project", "Growth", True)
    assert (found.pay_min, found.pay_max) == (70000, 90000)


def test_a_range_two_people_made_between_them_is_looked_at_whole(client, recruiter, job):
    client.force_login(recruiter)
    edit = reverse("job_edit", args=[job.pk])
    tab = held(client, edit)
    jobs.edit(job, by=recruiter, pay_max=52000)

    refused = client.post(edit, {**tab, "pay_min": "55000"})

    assert refused.status_code == 422
    assert "The range ends below its start." in refused.text


@pytest.mark.parametrize("seen", ["", "[]", "no json", '{"confidential": "False"}'])
def test_a_job_stays_confidential_unless_that_was_seen_and_taken_away(client, recruiter, job, seen):
    jobs.edit(job, by=recruiter, confidential=True)
    client.force_login(recruiter)
    edit = reverse("job_edit", args=[job.pk])
    tab = held(client, edit)
    del tab["confidential"]

    client.post(edit, {**tab, "seen": seen})
    still = Job.objects.get(pk=job.pk).confidential
    client.post(edit, tab)

    assert still and not Job.objects.get(pk=job.pk).confidential


def plan_held(client, address):
    data = {"stages-TOTAL_FORMS": "6", "stages-INITIAL_FORMS": "6"}
    for row in client.get(address).context["rows"]:
        data |= {row.add_prefix(name): "" if row[name].value() is None else row[name].value() for name in row.fields}
        data[row.seen_name] = row.seen
    return data


def test_an_older_tab_does_not_undo_a_stage_s_new_name(client, recruiter, world):
    client.force_login(recruiter)
    page = reverse("pipeline:plan", args=[world.job.pk])
    older, newer = plan_held(client, page), plan_held(client, page)
    client.post(page, {**newer, "stages-2-name": "Phone call", "stages-2-limit": "9"})

    saved = client.post(page, {**older, "stages-3-target_days": "5"})

    names = dict(world.job.stages.values_list("position", "name"))
    assert (saved.status_code, names[2]) == (302, "Phone call")
    assert list(
        world.job.stages.filter(position__in=[2, 3]).order_by("position").values_list("target_days", "limit")
    ) == [
        (None, 9),
        (5, None),
    ]


def test_a_stage_both_renamed_keeps_the_first_name_and_says_whose(client, recruiter, admin, world):
    client.force_login(recruiter)
    page = reverse("pipeline:plan", args=[world.job.pk])
    tab = plan_held(client, page)
    client.force_login(admin)
    client.post(page, {**plan_held(client, page), "stages-2-name": "Phone call"})
    client.force_login(recruiter)
    client.post(page, {**plan_held(client, page), "stages-2-target_days": "5"})

    refused = client.post(page, {**tab, "stages-2-name": "First talk"})

    assert refused.status_code == 422
    assert f"{admin} changed this to “Phone call” meanwhile." in refused.text
    assert "First talk" in refused.text
    assert world.job.stages.get(position=2).name == "Phone call"
