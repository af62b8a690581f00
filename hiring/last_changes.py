"""Who changed a column of a row last, for the sentence that says so. The audit chain above knows; without it, somebody did."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import FieldDoesNotExist
from django.db import models

tellers: list[Callable[[models.Model, str], str]] = []
"""Each is given a row and a column, and answers with a name, or with nothing where it knows none."""


def who(thing: models.Model | None, name: str) -> str:
    if thing is None:
        return "Somebody"
    try:
        column = thing._meta.get_field(name).attname  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return "Somebody"
    return next((found for teller in tellers if (found := teller(thing, column))), "Somebody")
