"""A posting as it is being written: looked over and shown before it is saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from hiring.models import Posting, PostingPlace
from hiring.postings.places import Wanted
from hiring.postings.texts import as_html


def drawn(posting: Posting, words: Mapping[str, Any], sites: Sequence[Wanted] | None) -> Posting:
    """A copy that says what was typed. It belongs to no row: it is for reading only."""
    draft = copy.copy(posting)
    for name, value in words.items():
        setattr(draft, name, as_html(value) if name == "description" else value)
    if sites is not None:
        draft.drawn_sites = [_place(draft, one) for one in sites]
    return draft


def _place(draft: Posting, wanted: Wanted) -> PostingPlace:
    return PostingPlace(
        posting=draft,
        location=wanted.location,
        workplace=wanted.workplace,
        pay=wanted.pay,
        pay_min=wanted.pay_min,
        pay_max=wanted.pay_max,
        pay_currency=wanted.pay_currency,
        pay_period=wanted.pay_period,
    )
