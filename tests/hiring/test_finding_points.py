"""The box on top finds people by the beginning of whatever they can be reached at, by short stretches of one index."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hiring import candidates, finder, query, search
from hiring.errors import Refused
from hiring.models import ContactPoint
from tests import factories


@pytest.fixture
def noor(recruiter):
    found = factories.CandidateFactory(name="Noor Haddad")
    for kind, raw in (
        ("phone", "06 39 98 00 41"),
        ("link", "www.linkedin.com/in/noor-h"),
        ("email", "noor@haddad.example"),
    ):
        candidates.add_contact_point(found, kind, raw, by=recruiter)
    return found


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("0639", True), ("06 39 98 0", True), ("+33 6 39", True), ("0033639", True), ("(06) 39-98", True),
        ("063", False), ("0640", False), ("+0639", False),
        ("linkedin.com/in/noo", True), ("https://www.linkedin.com/in/noor-h", True), ("www.LinkedIn.com/in/no", True),
        ("de.linkedin.com/in/noor-h", True), ("linkedin.com/in/nor", False),
        ("noor@had", True), ("haddad@", False),
    ],
)  # fmt: skip
def test_people_are_found_by_the_beginning_of_a_contact_point(noor, recruiter, outsider, typed, is_found):
    assert [one.pk for one in finder.people(typed, recruiter)] == [noor.pk] * is_found
    assert finder.people(typed, outsider) == []


@pytest.mark.parametrize("typed", ["0639", "linkedin.com/in/", "noor@h"])
def test_it_costs_as_much_for_many_and_never_reads_the_table(noor, recruiter, typed):
    asked = []
    for more in (0, 40):
        for _ in range(more):
            other = factories.CandidateFactory(name="Zed Other")
            ContactPoint.objects.create(candidate=other, kind="phone", value=f"+3363999{other.pk:04}", raw="x")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            finder.people(typed, recruiter)
        asked.append(len(queries))
    statement = next(one["sql"] for one in queries if "hiring_contactpoint" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
        plan = json.dumps(cursor.fetchone()[0])

    assert asked[0] == asked[1]
    assert "contact_point_value" in plan and "Seq Scan" not in plan and "Index Cond" in plan


NAMES = [
    "Jan Muller",
    "Ada Mueller",
    "Max Müller",
    "Ole Aagaard",
    "Per Ågaard",
    "Kim Søby",
    "Lin Soeby",
    "Eva Straße",
    "Tom Strasse",
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *((typed, {"Jan Muller", "Ada Mueller", "Max Müller"}) for typed in ("muller", "mueller", "müller", "MÜLL")),
        *((typed, {"Ole Aagaard", "Per Ågaard"}) for typed in ("aagaard", "ågaard", "agaard")),
        *((typed, {"Kim Søby", "Lin Soeby"}) for typed in ("søby", "soby", "soeby")),
        *((typed, {"Eva Straße", "Tom Strasse"}) for typed in ("straße", "strasse")),
    ],
)
def test_marks_written_as_two_letters_meet_in_every_direction(recruiter, typed, found):
    search.refresh([factories.CandidateFactory(name=name).pk for name in NAMES])

    assert {one.name for one in finder.people(typed, recruiter)} == found
    assert {one.name for one in query.people(recruiter, f"name:{typed}")} == found


def test_somebody_who_sees_few_people_finds_theirs_among_many_alike(world, manager):
    for number in range(30):
        stranger = factories.CandidateFactory()
        candidates.add_contact_point(stranger, "email", f"aa{number}@many.example", by=manager)
    candidates.add_contact_point(world.candidate, "email", "aazz@many.example", by=manager)

    assert [one.pk for one in finder.people("aa", manager)] == []  # two letters are too few
    assert [one.pk for one in finder.people("aaz", manager)] == [world.candidate.pk]
    for number in range(30):
        candidates.add_contact_point(factories.CandidateFactory(), "email", f"aaz{number}@many.example", by=manager)
    assert [one.pk for one in finder.people("aaz", manager)] == [world.candidate.pk]


def test_whose_an_address_is_is_said_only_to_those_who_may_see_them(world, recruiter, manager):
    stranger = factories.CandidateFactory(name="Secret Stranger")
    candidates.add_contact_point(stranger, "email", "known@many.example", by=recruiter)

    with pytest.raises(Refused, match="belongs to Secret Stranger"):
        candidates.add_contact_point(world.candidate, "email", "known@many.example", by=recruiter)
    with pytest.raises(Refused, match="belongs to somebody else"):
        candidates.add_contact_point(world.candidate, "email", "known@many.example", by=manager)
