"""After a merge every old address leads to the person, and nothing is lost that was typed below it."""

from __future__ import annotations

import re

import pytest
from django.urls import URLResolver, get_resolver, reverse

from hiring import candidates
from hiring.models import Candidate

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def noor(recruiter):
    return candidates.create(name="Noor Haddad", headline="Data Engineer", by=recruiter, **SOURCED)[0]


@pytest.fixture
def merged(recruiter, noor):
    other, _ = candidates.create(name="N. Haddad", by=recruiter, **SOURCED)
    Candidate.objects.filter(pk=other.pk).update(merged_into=noor)
    return other


NUMBERED = re.compile(r"<int:(pk|candidate)>")


def hanging_on_people() -> list[str]:
    """Every address that hangs on a person's number, with {} in its place."""
    found = []
    for entry in get_resolver().url_patterns:
        inside = entry.url_patterns if isinstance(entry, URLResolver) else [entry]
        prefix = str(entry.pattern) if isinstance(entry, URLResolver) else ""
        found += [
            f"/{prefix}{one.pattern}" for one in inside if re.search("candidates/<int", f"/{prefix}{one.pattern}")
        ]
    return [*(NUMBERED.sub("{}", one, count=1).replace("<int:tag>", "1") for one in found), "/fields/candidate/{}/"]


def test_whatever_hangs_on_a_record_that_was_merged_leads_to_the_survivor(client, admin, noor, merged):
    client.force_login(admin)
    addresses = hanging_on_people()
    asked = [one.format(merged.pk) for one in addresses]
    led = {}
    for address in asked:
        found = client.get(address, {"show": "x y"})
        if found.status_code == 405:
            found = client.post(f"{address}?show=x+y", {"text": "typed"})
        led[address] = (found.status_code, found.get("Location", "").split("?")[0], "show=x+y" in found["Location"])

    kept = {
        address: (led[address][0], one.format(noor.pk), True) for address, one in zip(asked, addresses, strict=True)
    }
    assert len(asked) > 25 and led == kept
    assert {status for status, _, _ in led.values()} == {302, 307}
    assert (
        "Noor Haddad"
        in client.get(
            reverse("candidate_drawer", args=[merged.pk]), headers={"HX-Request": "true"}, follow=True
        ).content.decode()
    )
    assert client.get(reverse("candidate", args=[merged.pk + 1000])).status_code == 404
    assert client.post(reverse("note_write", args=[merged.pk + 1000])).status_code == 404


def test_what_was_typed_while_somebody_merged_is_not_lost(client, recruiter, noor, merged):
    client.force_login(recruiter)

    client.post(reverse("note_write", args=[merged.pk]), {"text": "Called her", "visibility": "everyone"}, follow=True)
    facts = {"name": "N. Haddad", "headline": "Typed before", "time_zone": "Europe/Berlin"}
    form = client.post(reverse("candidate_edit", args=[merged.pk]), facts, follow=True)

    assert [note.text for note in noor.notes.all()] == ["Called her"]
    assert form.status_code == 422 and "merged into another one" in form.text and "Typed before" in form.text
    noor.refresh_from_db()
    assert noor.name == "Noor Haddad"  # what the merge decided is not written over unseen
    assert f'action="{reverse("candidate_edit", args=[noor.pk])}"' in form.text
