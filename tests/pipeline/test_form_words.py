"""What is missing in a form about jobs, approvals and decisions is said in words of its own, not “This field is required”."""

import importlib
import pkgutil

import pytest
from django import forms
from django.utils.functional import Promise

import pipeline
from pipeline.models import CriterionKind
from pipeline.screening.forms import CriterionForm

ABOUT_JOBS = ("hiring.forms.jobs", "hiring.forms.approvals")


def modules():
    found = [module.name for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.") if "form" in module.name]
    return [*ABOUT_JOBS, *found]


def wordless(form):
    """Fields people fill in that would say nothing of their own. Django's words are lazy, ours are written down."""
    return [
        f"{form.__module__}.{form.__name__}.{name}"
        for name, field in form.base_fields.items()
        if field.required and not field.widget.is_hidden and isinstance(field.error_messages["required"], Promise)
    ]


def test_every_field_that_is_needed_says_what_is_missing():
    classes = {
        found
        for name in modules()
        for found in vars(importlib.import_module(name)).values()
        if isinstance(found, type) and issubclass(found, forms.BaseForm) and found.__module__ == name
    }

    assert len(classes) > 30
    assert [name for form in classes - {CriterionForm} for name in wordless(form)] == []


@pytest.mark.parametrize("kind", list(CriterionKind.values))
@pytest.mark.parametrize("question", [{"type": "number"}, {"type": "yes_no"}, {"type": "choice", "options": ["a"]}])
def test_a_criterion_says_what_it_lacks(kind, question):
    form = CriterionForm({}, kind=kind, question={"key": "q", "label": "How?", **question})

    assert not form.is_valid()
    assert not any("This field is required" in said for errors in form.errors.values() for said in errors)
