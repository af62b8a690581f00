"""One matching rule: what `identity.match` says of one person, `matching.match_many` says of thousands."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import identity, matching
from hiring.matching import Asked
from hiring.models import Candidate, ContactPoint
from hiring.names import fold
from tests.factories import CandidateFactory

# Few values, so that people collide.
EMAILS = [f"p{n}@mail.example" for n in range(4)]
LINKS = [f"https://linkedin.com/in/p{n}" for n in range(3)]
PHONES = ["+33639980001", "+33639980002", "0639"]
NAMES = ["Ada Byron", "Ada", "Byron Ada King", "Noor Haddad", "Zoë", ""]

point = st.one_of(
    st.tuples(st.just("email"), st.sampled_from(EMAILS)),
    st.tuples(st.just("link"), st.sampled_from(LINKS)),
    st.tuples(st.just("phone"), st.sampled_from(PHONES)),
)
person = st.tuples(st.sampled_from(NAMES[:-1]), st.lists(point, max_size=3, unique=True), st.booleans())
question = st.tuples(st.sampled_from(NAMES), st.lists(point, max_size=4, unique=True))


class SameAnswers(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(people=st.lists(person, max_size=6), questions=st.lists(question, min_size=1, max_size=6))
    def test_the_rule_for_many_and_for_one_agree(self, people, questions):
        merged = CandidateFactory()
        for name, points, is_live in people:
            someone = CandidateFactory(name=name, name_key=fold(name), merged_into=None if is_live else merged)
            for kind, value in points:
                held = ContactPoint.objects.filter(kind=kind, value=value, is_live=True)
                if kind == "phone" or not is_live or not held.exists():
                    ContactPoint.objects.create(candidate=someone, kind=kind, value=value, raw=value, is_live=is_live)

        together = matching.match_many([Asked(points, name) for name, points in questions])

        alone = [_one_by_one(name, points) for name, points in questions]
        assert together == alone


def _one_by_one(name, points):
    found = identity._match(identity.Points({key: key[1] for key in points}), name)
    return found.pk if found else None


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 40])
def test_it_asks_once_for_any_number_of_people(people, django_assert_num_queries):
    asked = [Asked([("email", f"p{n}@mail.example")], "Ada") for n in range(people)]
    with django_assert_num_queries(1):
        matching.match_many(asked)
    assert Candidate.objects.count() == 0
