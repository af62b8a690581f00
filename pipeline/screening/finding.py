"""Finding applications by what stands of their criteria, whether the rules said so or a person put it right.

Asked of the marks a judgement carries, one letter a criterion in order, which every correction rewrites. What was judged by
earlier criteria is not found until it is judged again: its letters stand for other questions.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q

from pipeline.models import Verdict
from pipeline.screening.criteria import Criteria
from pipeline.screening.results import LETTERS


def stands(held: Criteria, key: str, *verdicts: str) -> Q:
    """Filter over judgements: the criterion came to one of these verdicts. Nobody, where it is not asked."""
    places = [at for at, one in enumerate(held.criteria) if one.key == key]
    return _marked(held, places, verdicts)


def meets_every_must(held: Criteria) -> Q:
    return Q(criteria=held.pk, of__gt=0, musts_met=F("musts"))


def misses_no_must(held: Criteria) -> Q:
    """No must came to “not found”: what only a look can tell misses nothing."""
    musts = [at for at, one in enumerate(held.criteria) if one.is_must]
    judged = Q(criteria=held.pk, of__gt=0)
    return judged & ~_marked(held, musts, [Verdict.NOT_FOUND]) if musts else judged


def _marked(held: Criteria, places: Iterable[int], verdicts: Iterable[str]) -> Q:
    letters = "".join(LETTERS[Verdict(one)] for one in verdicts)
    said = "|".join(f".{{{at}}}" for at in places)
    if held.pk is None or not said or not letters:
        return Q(pk__in=[])
    return Q(criteria=held.pk, marks__regex=f"^(?:{said})[{letters}]")
