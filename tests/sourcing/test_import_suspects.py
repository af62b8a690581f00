"""Rows that look like somebody we know: shown with the reasons before anything is done, decided by a person, taken back."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from hiring import duplicates, merging
from hiring.acquaintance import Stranger, suspects_of
from hiring.models import Candidate, ContactPoint, DuplicatePair
from sourcing.imports import batches, steps, suspecting
from sourcing.imports.models import ImportRow
from tests.factories import CandidateFactory, EmailFactory
from tests.sourcing.test_imports import checked, take

LIST = (
    "Name,E-mail,Employer,Location\n"
    "Bob Mueller,bob@new.example,Siemens AG,Lyon\n"
    "Ольга Петрова,olga@new.example,RTE,\n"
    "Zoe Unknown,zoe@new.example,Siemens AG,Lyon\n"
)


def person(name, email, company):
    return EmailFactory(value=email, candidate__name=name, candidate__company=company).candidate


@pytest.fixture
def known(db):
    """Two people the list means under other addresses and other spellings, and a namesake elsewhere."""
    people = [
        person("Robert Müller", "robert.mueller@old.example", "Siemens AG"),
        person("Olga Petrova", "olga.p@old.example", "RTE"),
        person("Robert Müller", "other@old.example", "Enedis"),
    ]
    duplicates.look([one.pk for one in people])
    DuplicatePair.objects.all().delete()
    return people


@pytest.fixture
def batch(recruiter, source, known):
    return checked(take(recruiter, LIST), source)


def run(batch):
    batches.start_run(batch)
    steps.do(batch.pk)
    batch.refresh_from_db()
    return [(row.number, row.result, row.candidate_id) for row in batch.rows.order_by("number")]


def undo(batch, by):
    batches.start_undo(batch, by=by)
    steps.do(batch.pk)


def test_nicknames_umlauts_and_other_alphabets_are_suspected_with_the_reasons(batch, known):
    assert [(row.result, row.suspects) for row in batch.rows.order_by("number")] == [
        ("new", [[known[0].pk, 60, ["similar_name", "same_employer"]]]),
        ("new", [[known[1].pk, 70, ["same_name", "same_employer"]]]),
        ("new", []),
    ]
    assert batch.counts["suspected"] == 2


def test_as_somebody_new_the_pair_waits_among_the_duplicates(batch, known, recruiter):
    (_, result, made), (_, _, olga), _ = run(batch)

    assert result == "new" and made != known[0].pk
    waiting = {(pair.first_id, pair.second_id, pair.score) for pair in DuplicatePair.objects.waiting()}
    assert waiting == {(known[0].pk, made, 60), (known[1].pk, olga, 70)}

    undo(batch, recruiter)
    assert (Candidate.objects.count(), DuplicatePair.objects.count()) == (3, 0)


def test_joined_to_the_person_we_know_and_taken_back(batch, known, recruiter):
    suspecting.choose_for_all(batch, "join")
    suspecting.choose(batch.rows.get(number=3), "skip")

    outcome = run(batch)

    assert outcome[:2] == [(2, "updated", known[0].pk), (3, "skipped", None)]
    assert set(known[0].contact_points.values_list("value", flat=True)) == {
        "robert.mueller@old.example",
        "bob@new.example",
    }
    known[0].refresh_from_db()
    assert (known[0].name, known[0].location) == ("Robert Müller", "Lyon")
    assert not ContactPoint.objects.filter(value="olga@new.example").exists()

    undo(batch, recruiter)
    known[0].refresh_from_db()
    assert (known[0].location, known[0].contact_points.count(), Candidate.objects.count()) == ("", 1, 3)


def test_whoever_was_merged_or_erased_meanwhile_is_joined_as_who_they_are_now(batch, known, recruiter):
    suspecting.choose_for_all(batch, "join")
    merging.merge(known[2], known[0], by=recruiter)
    known[1].delete()

    outcome = run(batch)

    assert outcome[0] == (2, "updated", known[2].pk)
    assert (outcome[1][1], Candidate.objects.get(pk=outcome[1][2]).name) == ("new", "Ольга Петрова")


def test_a_row_that_could_be_two_joins_the_one_that_was_chosen(recruiter, source, known):
    twin = person("Robert Mueller", "third@old.example", "Siemens AG")
    duplicates.look([twin.pk])
    batch = checked(take(recruiter, LIST), source)
    row = batch.rows.get(number=2)
    assert {pk for pk, _, _ in row.suspects} == {known[0].pk, twin.pk}
    second = row.suspects[1][0]

    suspecting.choose(row, "join", person=second)

    assert run(batch)[0] == (2, "updated", second)


def test_later_rows_with_the_joined_rows_address_are_the_same_person(recruiter, source, known):
    batch = checked(take(recruiter, LIST + "R. Mueller,bob@new.example,,\n"), source)
    suspecting.choose_for_all(batch, "join")

    outcome = run(batch)

    assert outcome[3] == (5, "duplicate", known[0].pk)
    assert ContactPoint.objects.filter(value="bob@new.example").count() == 1


def test_the_choice_is_made_on_the_page_survives_reload_and_stands_in_the_report(client, recruiter, batch, known):
    client.force_login(recruiter)
    address = f"{batch.get_absolute_url()}?show=suspected"
    page = client.get(address).content.decode()
    assert known[0].get_absolute_url() in page and "similar name, same employer" in page

    client.post(reverse("sourcing:import_suspects", args=[batch.pk]), {"choice": "join"})
    swap = client.post(
        reverse("sourcing:import_suspect", args=[batch.pk, 3]),
        {"choice": "skip"},
        headers={"HX-Request": "true", "HX-Target": "row-3"},
    )
    wrong = client.post(reverse("sourcing:import_suspect", args=[batch.pk, 3]), {"choice": "join-999999"})

    assert swap.content.decode().strip().startswith('<tr id="row-3">')
    assert wrong.status_code in (302, 409)
    page = client.get(address).content.decode()
    assert '<option value="join" selected>' in page and '<option value="skip" selected>Leave out' in page
    run(batch)
    report = b"".join(client.get(reverse("sourcing:import_report", args=[batch.pk])).streaming_content).decode()
    said = [row[-1] for row in csv.reader(io.StringIO(report))]
    assert said == [
        "May be",
        "Robert Müller (similar name, same employer): added to that person",
        "Olga Petrova (same name, same employer): left out",
        "",
    ]
    assert "Left out" in client.get(batch.get_absolute_url()).content.decode()
    late = client.post(reverse("sourcing:import_suspect", args=[batch.pk, 3]), {"choice": "new"}, follow=True)
    assert "has gone on meanwhile" in late.content.decode()
    assert ImportRow.objects.get(number=3).choice == "skip"


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 40])
def test_any_number_of_rows_is_compared_by_the_same_few_queries(people, django_assert_num_queries):
    for number in range(people):
        CandidateFactory(name=f"Ada Byron{number}", company="Enedis")
    duplicates.look(Candidate.objects.values_list("pk", flat=True))
    strangers = [Stranger(f"Ada Byron{number}", "Enedis") for number in range(people)]

    with django_assert_num_queries(4):
        found = suspects_of(strangers)

    assert all(len(one) == 1 and one[0][1] == 70 for one in found)


@pytest.mark.django_db
def test_a_block_that_many_share_says_nothing():
    for _ in range(duplicates.BLOCK_UP_TO + 1):
        CandidateFactory(name="Ada Byron", company="Enedis")
    duplicates.look(Candidate.objects.values_list("pk", flat=True))

    assert suspects_of([Stranger("Ada Byron", "Enedis")]) == [[]]
