"""The product's own `migrate`: quicker, and otherwise Django's."""

from __future__ import annotations

import gc

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, StateApps
from django.db.models import Field

from hiring.management.commands.migrate import copied_fields, kept_memory


def as_told(apps: StateApps) -> dict[str, list[object]]:
    """Each model with its bases, options and fields, as a migration would write them."""
    states = {model._meta.label: ModelState.from_model(model) for model in apps.get_models(include_auto_created=True)}
    return {
        label: [state.bases, state.options.keys(), {name: field.deconstruct() for name, field in state.fields.items()}]
        for label, state in states.items()
    }


def test_models_of_the_past_are_what_django_makes_of_them():
    state = MigrationLoader(None).project_state()
    built = as_told(StateApps([], state.models))
    with copied_fields():
        copied = as_told(StateApps([], state.models))

    assert len(built) > 100
    assert copied.keys() == built.keys()
    for label, told in built.items():
        assert repr(copied[label]) == repr(told), label


def test_everything_is_as_it_was_afterwards():
    before = Field.clone
    with copied_fields(), kept_memory():
        assert (Field.clone is before, gc.isenabled()) == (False, False)

    assert (Field.clone is before, gc.isenabled()) == (True, True)
