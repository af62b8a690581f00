"""The record by hand: every change is small, recorded, searchable and refused when it would make two people one."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hiring import candidates, search
from hiring.errors import Refused
from hiring.models import Candidate, CandidateTag, ContactPoint, Tag, TimelineEvent
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def noor(db):
    return factories.EmailFactory(candidate__name="Noor Haddad", value="noor@haddad.example").candidate


def kinds():
    return list(TimelineEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_somebody_added_by_hand_belongs_to_who_added_them(recruiter):
    candidate, created = candidates.create(
        name="Noor", emails=["n@haddad.example"], by=recruiter, purpose="sourcing", basis="legitimate_interest"
    )

    assert created
    assert candidate.owner == recruiter


def test_adding_a_known_person_keeps_their_owner(recruiter, coordinator):
    first, _ = candidates.create(
        name="Noor", emails=["n@haddad.example"], by=recruiter, purpose="sourcing", basis="legitimate_interest"
    )
    again, created = candidates.create(
        name="Noor", emails=["n@haddad.example"], by=coordinator, purpose="sourcing", basis="legitimate_interest"
    )

    assert (again, created, again.owner) == (first, False, recruiter)


def test_an_edit_names_only_what_changed(noor, recruiter):
    candidates.edit(noor, by=recruiter, name="Noor  El Haddad", headline="Data Engineer", location="")

    noor.refresh_from_db()
    event = TimelineEvent.objects.get()
    assert (noor.name, noor.name_key, noor.headline) == ("Noor El Haddad", "noor el haddad", "Data Engineer")
    assert (event.kind, event.actor, event.data) == ("candidate.edited", recruiter, {"fields": ["name", "headline"]})


def test_an_edit_that_changes_nothing_leaves_no_trace(noor, recruiter):
    before = noor.updated_at

    candidates.edit(noor, by=recruiter, headline="", location="")

    noor.refresh_from_db()
    assert noor.updated_at == before
    assert kinds() == []


@pytest.mark.parametrize("fields", [{"owner": None}, {"merged_into": None}, {"do_not_contact": False}])
def test_what_has_a_verb_of_its_own_is_not_edited(noor, recruiter, fields):
    with pytest.raises(TypeError):
        candidates.edit(noor, by=recruiter, **fields)


def test_nothing_changes_on_a_record_that_was_merged_away(noor, recruiter):
    Candidate.objects.filter(pk=noor.pk).update(merged_into=factories.CandidateFactory())

    with pytest.raises(Refused, match="merged"):
        candidates.tag(noor, "energy", by=recruiter)
    with pytest.raises(Refused, match="merged"):
        candidates.edit(noor, by=recruiter, headline="x")


# ---------- contact points ----------


def test_a_contact_point_is_normalised_and_the_first_of_its_kind_is_primary(noor, recruiter):
    phone = candidates.add_contact_point(noor, "phone", "06 39 98 00 41", by=recruiter)
    second = candidates.add_contact_point(noor, "email", "N@Haddad.example", by=recruiter)

    assert (phone.value, phone.is_primary) == ("+33639980041", True)
    assert (second.value, second.is_primary) == ("n@haddad.example", False)
    assert kinds() == ["candidate.contact_point_added"] * 2


def test_a_contact_point_of_somebody_else_is_refused_by_their_name(noor, recruiter):
    """Invariant 1"""
    other = factories.CandidateFactory(name="Samir Weber")

    with pytest.raises(Refused, match="Noor Haddad"):
        candidates.add_contact_point(other, "email", "NOOR@haddad.example", by=recruiter)

    assert other.contact_points.count() == 0


def test_the_same_contact_point_twice_is_refused(noor, recruiter):
    with pytest.raises(Refused, match="already"):
        candidates.add_contact_point(noor, "email", "NOOR@haddad.example", by=recruiter)


def test_removing_the_primary_one_makes_the_next_one_primary(noor, recruiter):
    second = candidates.add_contact_point(noor, "email", "n@haddad.example", by=recruiter)
    first = noor.contact_points.get(value="noor@haddad.example")

    candidates.remove_contact_point(first, by=recruiter)

    second.refresh_from_db()
    assert second.is_primary
    assert list(noor.contact_points.all()) == [second]


def test_only_one_of_a_kind_is_primary(noor, recruiter):
    second = candidates.add_contact_point(noor, "email", "n@haddad.example", by=recruiter)

    candidates.make_primary(second, by=recruiter)

    assert list(noor.contact_points.filter(is_primary=True)) == [second]


# ---------- owner, tags, contact ----------


def test_an_owner_change_is_recorded_once(noor, recruiter, coordinator):
    candidates.set_owner(noor, coordinator, by=recruiter)
    candidates.set_owner(noor, coordinator, by=recruiter)

    noor.refresh_from_db()
    assert noor.owner == coordinator
    assert TimelineEvent.objects.get().data == {"left": None, "to": coordinator.pk}


def test_somebody_who_left_cannot_own_anybody(noor, recruiter):
    gone = factories.UserFactory(is_active=False)

    with pytest.raises(Refused):
        candidates.set_owner(noor, gone, by=recruiter)


def test_a_tag_is_one_tag_whatever_its_case(noor, recruiter):
    first = candidates.tag(noor, "Energy", by=recruiter)
    again = candidates.tag(noor, "  energy ", by=recruiter)

    assert first == again
    assert Tag.objects.count() == CandidateTag.objects.count() == 1
    assert kinds() == ["candidate.tagged"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_tag_without_a_decent_name_is_refused(noor, recruiter, name):
    with pytest.raises(Refused):
        candidates.tag(noor, name, by=recruiter)


def test_a_tag_that_is_not_there_comes_off_silently(noor, recruiter):
    tag = candidates.tag(noor, "energy", by=recruiter)
    candidates.untag(noor, tag, by=recruiter)
    candidates.untag(noor, tag, by=recruiter)

    assert kinds() == ["candidate.tagged", "candidate.untagged"]


def test_do_not_contact_needs_a_reason_and_can_be_lifted(noor, recruiter):
    from hiring import contact

    with pytest.raises(Refused):
        candidates.set_do_not_contact(noor, True, by=recruiter)
    stopped = candidates.set_do_not_contact(noor, True, by=recruiter, reason="Asked on the phone")
    assert contact.may_send(stopped).answer == "never"

    lifted = candidates.set_do_not_contact(noor, False, by=recruiter)
    assert (lifted.do_not_contact, lifted.do_not_contact_reason) == (False, "")
    assert kinds() == ["candidate.contact_stopped", "candidate.contact_allowed"]


def test_every_change_marks_the_record_for_search(noor, recruiter):
    search.refresh([noor.pk])
    before = noor.updated_at
    candidates.tag(noor, "energy", by=recruiter)

    noor.refresh_from_db()
    assert noor.updated_at > before
    assert search.sweep() == 1


def test_history_holds_no_personal_data(noor, recruiter):
    """Erasing a person leaves the history whole."""
    candidates.edit(noor, by=recruiter, name="Secret Name", headline="Secret Headline")
    point = candidates.add_contact_point(noor, "email", "secret@haddad.example", by=recruiter)
    candidates.remove_contact_point(point, by=recruiter)
    candidates.set_do_not_contact(noor, True, by=recruiter, reason="Secret reason")

    assert "ecret" not in str(list(TimelineEvent.objects.values_list("data", flat=True)))


def test_a_set_clock_is_believed(recruiter, monkeypatch):
    """Demonstration data is built by calling the verbs in the past."""
    then = timezone.now().replace(year=2025)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)

    candidate, _ = candidates.create(
        name="Noor", emails=["n@haddad.example"], by=recruiter, purpose="sourcing", basis="legitimate_interest"
    )

    assert candidate.collected_at == candidate.created_at == candidate.updated_at == then
    assert TimelineEvent.objects.get().at == then
    assert ContactPoint.objects.get().candidate == candidate
