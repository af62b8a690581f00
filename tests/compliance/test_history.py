"""What a record said before: who, when, from what to what, where from; and the way back, one fact at a time."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance import history
from compliance.models import AuditEntry
from hiring import candidates, context, custom_fields, merging
from hiring.errors import Refused
from hiring.models import Candidate, CustomField
from tests import factories


def told(page: history.Page) -> list[tuple[str, str, str]]:
    return [(change.label, change.before, change.after) for change in page.changes]


@pytest.fixture
def noor(world):
    return world.candidate


def newest(label: str, noor, user) -> history.Change:
    return next(change for change in history.of_candidate(noor, user).changes if change.label == label)


def test_each_change_is_told_with_who_and_from_where(noor, recruiter, coordinator):
    with context.acting(door="page", actor_id=recruiter.pk, request_id="one"):
        candidates.edit(noor, by=recruiter, headline="Engineer", location="Lyon")
    with context.acting(door="api", actor_id=coordinator.pk, request_id="two"):
        candidates.set_owner(noor, coordinator, by=coordinator)

    page = history.of_candidate(noor, recruiter)

    assert told(page)[:3] == [
        ("Owner", "", "Cora Coordinator"),
        ("Headline", "", "Engineer"),
        ("Location", "", "Lyon"),
    ]
    assert [(change.entry.who, change.origin) for change in page.changes[:2]] == [
        ("Cora Coordinator", "the API"),
        ("Rita Recruiter", "typed"),
    ]
    assert ("E-mail", "", "noor@haddad.example") in told(page)


def test_what_a_merge_brought_is_told_as_such(noor, recruiter):
    twin = factories.CandidateFactory(name="N. Haddad", headline="Physicist")
    with context.acting(door="page", actor_id=recruiter.pk, request_id="the merge"):
        merging.merge(noor, twin, by=recruiter)

    assert newest("Headline", noor, recruiter).origin == "the merge with N. Haddad"


def test_custom_fields_are_part_of_it_and_private_ones_only_for_their_roles(noor, recruiter, coordinator):
    CustomField.objects.create(key="notice", name="Notice", type="number", kind="candidate")
    CustomField.objects.create(
        key="wish", name="Wish", type="text", kind="candidate", is_private=True, roles=["recruiter"]
    )
    custom_fields.set_values(noor, recruiter, {"notice": "3", "wish": "more"})
    custom_fields.set_values(noor, recruiter, {"notice": "1.5"})
    custom_fields.set_values(noor, recruiter, {"notice": ""})

    assert told(history.of_candidate(noor, recruiter))[:4] == [
        ("Notice", "1.5", ""),
        ("Notice", "3", "1.5"),
        ("Wish", "", "more"),
        ("Notice", "", "3"),
    ] or told(history.of_candidate(noor, recruiter))[:4] == [
        ("Notice", "1.5", ""),
        ("Notice", "3", "1.5"),
        ("Notice", "", "3"),
        ("Wish", "", "more"),
    ]
    assert "Wish" not in {label for label, _, _ in told(history.of_candidate(noor, coordinator))}


def test_one_fact_has_a_history_of_its_own(client, noor, recruiter):
    CustomField.objects.create(key="notice", name="Notice", type="number", kind="candidate")
    candidates.edit(noor, by=recruiter, headline="Engineer", location="Lyon")
    candidates.edit(noor, by=recruiter, headline="Lead engineer")
    custom_fields.set_values(noor, recruiter, {"notice": "3"})
    client.force_login(recruiter)
    url = reverse("compliance:candidate_history", args=[noor.pk])

    def only(key: str) -> list[tuple[str, str, str]]:
        return told(history.of_candidate(noor, recruiter, only=key))

    assert only("headline") == [("Headline", "Engineer", "Lead engineer"), ("Headline", "", "Engineer")]
    assert only("cf.notice") == [("Notice", "", "3")]
    assert {label for label, _, _ in only("points")} == {"E-mail"}
    assert len(only("no_such")) == len(only("")) > 4
    page = client.get(url, {"fact": "headline"}).content.decode()
    assert "Lead engineer" in page and "Lyon" not in page
    assert "never written down" in client.get(url, {"fact": "country"}).content.decode()
    assert url in client.get(noor.get_absolute_url()).content.decode()


def test_an_old_value_is_taken_back_with_one_click(client, noor, recruiter):
    CustomField.objects.create(key="notice", name="Notice", type="number", kind="candidate")
    candidates.edit(noor, by=recruiter, headline="Engineer")
    candidates.edit(noor, by=recruiter, headline="Enginer")
    custom_fields.set_values(noor, recruiter, {"notice": "3"})
    custom_fields.set_values(noor, recruiter, {"notice": ""})
    phone = candidates.add_contact_point(noor, "phone", "+33639980041", by=recruiter)
    candidates.remove_contact_point(phone, by=recruiter)
    client.force_login(recruiter)
    back = reverse("compliance:candidate_back", args=[noor.pk])

    for label in ("Headline", "Notice", "Phone"):
        change = newest(label, noor, recruiter)
        assert change.may_return
        answer = client.post(back, {"entry": change.entry.pk, "column": change.column}, follow=True)
        assert f"{label} is what it was before." in answer.content.decode()

    shown = custom_fields.values_of("candidate", [noor.pk], recruiter)[noor.pk]
    assert Candidate.objects.get(pk=noor.pk).headline == "Engineer"
    assert [one.words for one in shown] == ["3"]
    assert noor.contact_points.filter(kind="phone").exists()


def test_a_change_of_somebody_else_is_not_taken_back_here(client, noor, recruiter):
    other = factories.CandidateFactory()
    candidates.edit(other, by=recruiter, headline="Engineer")
    entry = AuditEntry.objects.filter(table_name="hiring_candidate", action="update").latest("id")
    client.force_login(recruiter)

    answer = client.post(
        reverse("compliance:candidate_back", args=[noor.pk]),
        {"entry": entry.pk, "column": "headline"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 409
    with pytest.raises(Refused):
        history.take_back(noor, entry, "do_not_contact", by=recruiter)


def test_it_pages_at_a_constant_cost(client, noor, recruiter):
    costs = []
    for number in range(2):
        for turn in range(30 * number + 3):
            candidates.edit(noor, by=recruiter, headline=f"Engineer {number} {turn}")
        with CaptureQueriesContext(connection) as queries:
            page = history.of_candidate(noor, recruiter)
        costs.append(len(queries))
    client.force_login(recruiter)
    later = client.get(reverse("compliance:candidate_history", args=[noor.pk]), {"before": page.changes[30].entry.pk})

    assert costs[0] == costs[1] <= 14
    assert len(page.changes) >= 35
    assert "Engineer 0 1" in later.content.decode()


def test_a_jobs_history_keeps_pay_to_those_who_may_see_it(client, world, recruiter, manager, coordinator):
    from hiring import jobs

    with transaction.atomic():
        jobs.edit(world.job, by=recruiter, title="Data Lead", pay_max=90000)
    pages = {}
    for user in (manager, coordinator):
        client.force_login(user)
        pages[user] = client.get(reverse("compliance:job_history", args=[world.job.pk])).content.decode()
    client.force_login(manager)
    change = next(one for one in history.of_job(world.job, manager).changes if one.label == "Title")
    client.post(reverse("compliance:job_back", args=[world.job.pk]), {"entry": change.entry.pk, "column": "title"})

    assert all("Data Lead" in page for page in pages.values())
    assert "90000" in pages[manager] and "90000" not in pages[coordinator]
    world.job.refresh_from_db()
    assert world.job.title == "Data Engineer"
