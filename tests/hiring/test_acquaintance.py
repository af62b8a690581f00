"""Whether a typed person is known, for certain or perhaps, and picking the other record of somebody by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring import acquaintance, duplicates, identity, merging
from hiring.errors import Refused
from hiring.models import DuplicatePair
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


def person(name="Noor Haddad", **facts):
    made, _ = identity.match_or_create(name=name, **facts, **SOURCED)
    duplicates.look([made.pk])
    return made


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ({"email": "NOOR@haddad.example"}, "email"),
        ({"link": "https://fr.linkedin.com/in/Noor-Haddad/"}, "link"),
        ({"phone": "06 39 98 00 41", "name": "Noor"}, "phone"),
    ],
)
def test_contact_points_tell_for_certain(recruiter, typed, by):
    noor = person(emails=["noor@haddad.example"], links=["linkedin.com/in/noor-haddad"], phones=["+33639980041"])

    known = acquaintance.look(recruiter, **typed)

    assert (known.person, known.by, known.suspects) == (noor, by, [])


def test_a_name_says_who_it_may_be_with_the_reasons(recruiter):
    noor = person(company="Quill Bank")
    robert = person("Robert Stone")
    person("Somebody Else")

    same = acquaintance.look(recruiter, name="haddad  NOOR", company="quill bank")
    nick = acquaintance.look(recruiter, name="Bob Stone")

    assert [(found.person, found.reasons) for found in same.suspects] == [(noor, ["Same name", "Same employer"])]
    assert [(found.person, found.reasons) for found in nick.suspects] == [(robert, ["Similar name"])]


def test_half_typed_and_broken_values_say_nothing(recruiter):
    person(emails=["noor@haddad.example"])

    assert not acquaintance.look(recruiter)
    assert not acquaintance.look(recruiter, name="\x00", email="noor@", link="javascript:1", phone="x" * 9000)


def test_nobody_is_named_to_those_who_may_not_see_them(interviewer):
    person(emails=["noor@haddad.example"])

    assert not acquaintance.look(interviewer, name="Noor Haddad", email="noor@haddad.example")
    assert not acquaintance.look(interviewer, name="Noor Haddad")


@pytest.mark.parametrize("namesakes", [1, 6])
def test_looking_asks_no_more_for_more_people(recruiter, namesakes, django_assert_num_queries):
    for _ in range(namesakes):
        person()
    with django_assert_num_queries(6):
        found = acquaintance.look(recruiter, name="Noor Haddad")
    assert len(found.suspects) == min(namesakes, acquaintance.SHOWN)


def test_the_form_says_who_it_may_be_and_adds_all_the_same(client, recruiter):
    noor = person()
    client.force_login(recruiter)
    typed = {"name": "Noor Haddad", "email": "n@other.example", "why": "sourcing"}

    said = client.post(reverse("candidate_known"), typed).content.decode()
    added = client.post(reverse("candidate_create"), typed)

    assert "Is this one of them?" in said
    assert noor.get_absolute_url() in said
    assert added.status_code == 302
    assert added["Location"] != noor.get_absolute_url()


def test_two_nobody_suspected_are_put_side_by_side_and_merged(client, recruiter):
    noor, maiden = person(), person("N. Abboud")
    client.force_login(recruiter)
    door = reverse("candidate_merge_with", args=[noor.pk])

    listed = client.get(door, {"q": "N. Abb"}).content.decode()
    answer = client.post(door, {"other": maiden.pk})

    pair = DuplicatePair.objects.get()
    assert "Compare with N. Abboud" in listed
    assert answer["Location"] == reverse("duplicate_pair", args=[pair.pk])
    assert "Chosen by a colleague" in client.get(answer["Location"]).content.decode()
    client.post(reverse("duplicate_merge", args=[pair.pk]), {"keep": "first"})
    maiden.refresh_from_db()
    assert maiden.merged_into == noor


def test_people_kept_apart_before_can_be_compared_again(recruiter):
    noor, other = person(), person("Noor Hadad")
    pair = duplicates.put_side_by_side(other, noor, by=recruiter)
    duplicates.decide(pair, "different", by=recruiter)

    again = duplicates.put_side_by_side(noor, other, by=recruiter)

    assert (again.pk, again.status) == (pair.pk, "open")


def test_a_record_is_not_compared_with_itself_or_with_one_merged_away(client, recruiter):
    noor, other, third = person(), person("N. Abboud"), factories.CandidateFactory()
    merging.merge(noor, other, by=recruiter)
    other.refresh_from_db()
    client.force_login(recruiter)
    door = reverse("candidate_merge_with", args=[noor.pk])

    with pytest.raises(Refused, match="same record"):
        duplicates.put_side_by_side(noor, noor, by=recruiter)
    with pytest.raises(Refused, match="merged already"):
        duplicates.put_side_by_side(third, other, by=recruiter)
    assert client.post(door, {"other": other.pk}).status_code == 404
    assert client.post(door, {"other": "1e9"}).status_code == 404
    assert client.post(door, {"other": noor.pk}).status_code == 409


def test_the_picker_shows_who_looks_alike_before_anything_is_typed(client, recruiter):
    noor, twin = person(), person("Noor Haddad")
    client.force_login(recruiter)

    shown = client.get(reverse("candidate_merge_with", args=[noor.pk])).content.decode()

    assert "Perhaps one of them" in shown
    assert shown.count("Compare with Noor Haddad") == 1
    assert twin.get_absolute_url() in shown
