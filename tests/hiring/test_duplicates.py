"""Suspected duplicates: who is suspected and why, who is not, and that a decision is remembered."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hiring import duplicates, identity, merging
from hiring.duplicate_tasks import sweep
from hiring.errors import Refused
from hiring.models import BlockingKey, Candidate, Document, DuplicatePair
from hiring.names import likeness, surname_keys
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


def person(name, *, phone="", **fields):
    found = identity.match_or_create(name=name, **SOURCED, **fields)[0]
    if phone:
        factories.EmailFactory(candidate=found, kind="phone", value=phone)
    return found


def resume(candidate, digest="a" * 64):
    return Document.objects.create(
        candidate=candidate, kind="resume", name="cv.pdf", content_type="application/pdf", size=1, sha256=digest,
        uploaded_at=timezone.now(),
    )  # fmt: skip


def reasons(*people):
    duplicates.look([one.pk for one in people])
    pair = DuplicatePair.objects.first()
    return pair.reasons if pair else None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ana Díaz", "ana diaz", 2),
        ("Diaz, Ana", "Ana Diaz", 2),
        ("Jürgen Müller", "Juergen Mueller", 2),
        ("Иван Петров", "Ivan Petrov", 2),
        ("Νίκος Παππάς", "Nikos Pappas", 2),
        ("Bob Miller", "Robert Miller", 1),
        ("R. Miller", "Robert Miller", 1),
        ("Robert J. Miller", "Robert Miller", 1),
        ("Miller Bob", "Robert Miller", 1),
        ("Robert Miller", "Robert Muller", 0),
        ("Roland Miller", "Robert Miller", 0),
        ("Madonna", "Madonna", 1),
        ("", "Ana", 0),
    ],
)
def test_names_are_compared_as_people_write_them(one, other, alike):
    assert likeness(one, other) == likeness(other, one) == alike
    if alike and " " in one:
        assert surname_keys(one) & surname_keys(other)


@pytest.mark.django_db
def test_a_nickname_and_a_phone_number_are_enough():
    one, other = person("Bob Miller", phone="+33639980041"), person("Robert Miller", phone="+33639980041")

    assert reasons(one, other) == ["similar_name", "same_phone"]
    assert DuplicatePair.objects.get().score == 80


@pytest.mark.django_db
def test_a_household_shares_a_number_without_being_one_person():
    assert reasons(person("Ana Diaz", phone="+33639980041"), person("Bruno Costa", phone="+33639980041")) is None


@pytest.mark.django_db
def test_a_common_name_alone_is_no_suspicion():
    assert reasons(person("Ana Diaz", location="Lyon"), person("Ana Diaz", location="Lyon")) is None


@pytest.mark.django_db
def test_name_and_employer_are_enough():
    assert reasons(person("Ana Diaz", company="Nordgrid"), person("A. Díaz", company="NORDGRID")) == [
        "similar_name",
        "same_employer",
    ]


@pytest.mark.django_db
def test_the_name_before_the_at_counts_with_a_name_that_agrees():
    one = person("Ana Diaz", emails=["ana.diaz+jobs@mail.example"])

    assert reasons(one, person("Ana Diaz", emails=["anadiaz@work.example"])) == ["same_name", "same_mailbox_name"]


@pytest.mark.django_db
def test_info_is_nobodys_name():
    one, other = person("Ana Diaz", emails=["info@a.example"]), person("Ana Diaz", emails=["info@b.example"])

    assert reasons(one, other) is None


@pytest.mark.django_db
def test_one_resume_on_two_records_is_a_suspicion_with_a_name_that_agrees():
    one, other = person("Ana Diaz"), person("A. Diaz")
    resume(one), resume(other)

    assert reasons(one, other) == ["similar_name", "same_file"]


@pytest.mark.django_db
def test_a_key_that_many_share_says_nothing_but_a_finer_one_does():
    crowd = [person("Jan Novak") for _ in range(duplicates.BLOCK_UP_TO)]
    pair = [person("Jan Novak", company="Nordgrid") for _ in range(2)]
    duplicates.look([one.pk for one in crowd + pair])

    found = DuplicatePair.objects.get()
    assert (found.first, found.second) == tuple(pair)


@pytest.mark.django_db
def test_looking_asks_no_more_for_more_people():
    few = [person("Eva Klein", company="Nordgrid") for _ in range(2)]
    many = [person("Ana Diaz", company="Nordgrid") for _ in range(30)]
    with CaptureQueriesContext(connection) as asked:
        duplicates.look([one.pk for one in few])
    with CaptureQueriesContext(connection) as asked_for_many:
        duplicates.look([one.pk for one in many])

    assert len(asked_for_many) == len(asked)


@pytest.mark.django_db
def test_the_sweep_looks_at_who_changed_and_at_nobody_twice(django_assert_num_queries):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz")
    sweep()
    assert not DuplicatePair.objects.exists()

    Candidate.objects.filter(pk=other.pk).update(company="Nordgrid", updated_at=timezone.now())
    sweep()

    assert DuplicatePair.objects.filter(first=one, second=other, status="open").exists()
    with django_assert_num_queries(1):
        duplicates.sweep()


@pytest.mark.django_db
def test_keys_follow_the_record():
    one = person("Ana Diaz", phone="+33639980041")
    duplicates.look([one.pk])
    one.contact_points.all().delete()
    duplicates.look([one.pk])

    assert not BlockingKey.objects.filter(key__startswith="p ").exists()


@pytest.mark.django_db
def test_different_is_remembered(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    duplicates.decide(DuplicatePair.objects.get(), "different", by=recruiter)

    factories.EmailFactory(candidate=one, kind="phone", value="+33639980041")
    factories.EmailFactory(candidate=other, kind="phone", value="+33639980041")
    assert duplicates.look([one.pk, other.pk]) == 0
    pair = DuplicatePair.objects.get()
    assert (pair.status, pair.decided_by) == ("different", recruiter)
    assert duplicates.open_pair(one) is None


@pytest.mark.django_db
def test_later_leaves_the_queue_but_is_not_settled(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    duplicates.decide(DuplicatePair.objects.get(), "later", by=recruiter)

    assert not DuplicatePair.objects.waiting().exists()
    assert DuplicatePair.objects.put_off().count() == 1


@pytest.mark.django_db
def test_a_merged_pair_cannot_be_called_different(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    pair = DuplicatePair.objects.get()
    merging.merge(one, other, by=recruiter)

    with pytest.raises(Refused, match="already merged"):
        duplicates.decide(pair, "different", by=recruiter)


@pytest.mark.django_db
def test_a_merged_record_is_suspected_no_more_and_parted_people_are_not_asked_about_again(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    merged = merging.merge(one, other, by=recruiter)
    sweep()
    assert not BlockingKey.objects.filter(candidate=other).exists()
    assert not DuplicatePair.objects.waiting().exists()

    merging.unmerge(merged, by=recruiter)
    sweep()
    assert DuplicatePair.objects.get().status == "different"
