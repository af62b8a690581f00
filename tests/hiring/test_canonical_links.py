"""Links stored in older forms are brought up to today's; what collides waits as a suspected duplicate."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hiring import canonical_links, duplicates, identity, merging
from hiring.models import Candidate, ContactPoint, DuplicatePair
from tests.factories import CandidateFactory


def link(person: Candidate, value: str, **more) -> ContactPoint:
    return ContactPoint.objects.create(candidate=person, kind="link", raw=value, value=value, **more)


def rewrite() -> canonical_links.Done:
    return canonical_links.rewrite(ContactPoint, DuplicatePair)


def values(person: Candidate) -> list[str]:
    return sorted(person.contact_points.filter(kind="link").values_list("value", flat=True))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://twitter.com/Ada_Byron", "https://x.com/ada_byron"),
        ("https://x.com/ada/status/1?s=20", "https://x.com/ada"),
        ("https://xing.com/profile/Ada_Byron2/cv", "https://xing.com/profile/ada_byron2"),
        ("https://de.xing.com/profile/Ada_Byron2", "https://xing.com/profile/ada_byron2"),
        ("https://gitlab.com/Ada/project", "https://gitlab.com/ada"),
        ("https://fr.linkedin.com/in/Ada", "https://linkedin.com/in/ada"),
        ("https://ada.example/CV", "https://ada.example/CV"),
        (
            "https://twitter.com/search",
            "https://twitter.com/search",
        ),  # nobody's page by the rules of today: left as it is
    ],
)
def test_an_older_form_becomes_todays_and_finds_the_person(db, old, new):
    person = CandidateFactory()
    stored = link(person, old)

    done, again = rewrite(), rewrite()

    stored.refresh_from_db()
    assert stored.value == new and stored.raw == old
    assert (done.rewritten, again.rewritten) == (int(old != new), 0)
    if old != new:
        assert identity.match(links=[new]) == person


def test_two_records_of_one_link_are_suspected_and_merging_settles_it(db, recruiter, monkeypatch):
    monkeypatch.setattr(canonical_links, "BATCH", 2)
    ada, twin, third = (CandidateFactory(name=name) for name in ("Ada Byron", "A. Byron", "Ada King"))
    link(ada, "https://x.com/ada")
    link(twin, "https://twitter.com/ada")
    link(twin, "https://twitter.com/ada_b", is_primary=True)
    link(twin, "https://x.com/ada_b")
    link(third, "https://mobile.twitter.com/ada")

    done = rewrite()

    assert values(ada) == ["https://x.com/ada"]
    assert values(twin) == ["https://twitter.com/ada", "https://x.com/ada_b"]
    assert twin.contact_points.get(value="https://x.com/ada_b").is_primary
    assert (done.rewritten, done.doubled) == (0, 1)
    assert done.suspected == {(ada.pk, twin.pk), (ada.pk, third.pk)}
    pair = DuplicatePair.objects.get(first=ada, second=twin)
    assert duplicates.words(pair) == ["Same profile link"] and pair.score >= duplicates.ENOUGH
    assert pair in duplicates.queue(recruiter).pairs
    merging.merge(ada, twin, by=recruiter)
    assert rewrite().doubled == 1
    assert values(ada) == ["https://x.com/ada", "https://x.com/ada_b"]


def test_what_was_told_apart_stays_so_and_rows_of_merged_people_follow(db, recruiter):
    ada, twin = CandidateFactory(), CandidateFactory()
    link(ada, "https://x.com/ada")
    link(twin, "https://twitter.com/ada")
    gone = link(CandidateFactory(merged_into=ada), "https://twitter.com/ada", is_live=False)
    pair = duplicates.put_side_by_side(ada, twin, by=recruiter)
    duplicates.decide(pair, "different", by=recruiter)

    rewrite()

    assert DuplicatePair.objects.get().status == "different"
    gone.refresh_from_db()
    assert gone.value == "https://x.com/ada"


def test_the_statements_do_not_grow_with_the_links(db):
    costs = []
    for number in (3, 60):
        for at in range(number):
            link(CandidateFactory(), f"https://twitter.com/ada_{number}_{at}")
        with CaptureQueriesContext(connection) as queries:
            assert rewrite().rewritten == number
        costs.append(len(queries))

    assert costs[0] == costs[1]
