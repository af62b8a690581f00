"""What a new organisation starts with: usable at once, and never forced on one that has its own."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from hiring import jobs, postings
from hiring.mail import compose
from hiring.models import Mailbox, MailTemplate, Source
from interviews.models import InterviewKit
from pipeline.models import RejectionReason, Stage
from tests.factories import DepartmentFactory, JobTemplateFactory, LocationFactory, SourceFactory

pytestmark = pytest.mark.django_db
starting = importlib.import_module("hiring.migrations.0008_fill_starting_points")
first_reasons = importlib.import_module("pipeline.migrations.0003_fill_rejection_reasons")
more_reasons = importlib.import_module("pipeline.migrations.0004_complete_rejection_reasons")


@pytest.mark.parametrize("template", starting.TEMPLATES, ids=lambda template: template["name"])
def test_a_job_from_each_template_has_its_stages_and_kits(recruiter, template):
    made = JobTemplateFactory(**{**template, "name": f"{template['name']} again"})

    job = jobs.create(
        by=recruiter, template=made, title="Role", department=DepartmentFactory(), location=LocationFactory()
    )

    stages = list(Stage.objects.filter(job=job).order_by("position"))
    kinds = [Stage.Kind.values.index(stage.kind) for stage in stages]
    assert [stage.name for stage in stages] == [stage["name"] for stage in template["stages"]]
    assert kinds == sorted(kinds)
    assert set(kinds) == set(range(6))
    kits = {(kit.stage.name, kit.name): kit for kit in InterviewKit.objects.filter(job=job).select_related("stage")}
    assert set(kits) == {(kit["stage"], kit["name"]) for kit in template["kits"]}
    assert all(kit.focus and kit.questions for kit in kits.values())
    assert postings.sanitise(template["description"]) == template["description"]


def test_letters_use_only_fields_that_exist():
    known = {*compose.MERGE_FIELDS, "receipt_number", "status_link"}

    assert {name for _, _, subject, body in starting.LETTERS for name in compose.FIELD.findall(subject + body)} <= known


def test_an_organisation_with_lists_of_its_own_keeps_them(db):
    Source.objects.all().delete()
    SourceFactory(name="Our fair")
    before = (MailTemplate.objects.count(), Mailbox.objects.count())

    starting.fill(apps, None)

    assert [source.name for source in Source.objects.all()] == ["Our fair"]
    assert (MailTemplate.objects.count(), Mailbox.objects.count()) == before


def test_an_empty_organisation_gets_everything(settings):
    for model in (Source, MailTemplate, Mailbox):
        model.objects.all().delete()

    starting.fill(apps, None)

    assert Source.objects.count() == len(starting.SOURCES)
    assert MailTemplate.objects.filter(kind="rejection").count() == 2
    assert Mailbox.objects.get(is_default=True).address == f"hiring@{settings.MAIL_DOMAIN}"


def test_the_reasons_cover_what_has_to_be_told_apart():
    """EQ-10: the smallest list that tells the ways out apart."""
    first_reasons.fill(apps, None)
    more_reasons.fill(apps, None)

    codes = set(RejectionReason.objects.values_list("code", flat=True))
    assert codes >= {
        "not-considered",
        "skills",
        "closer-candidate",
        "interview-result",
        "withdrew",
        "no-show",
        "declined-offer",
        "position-closed",
        "duplicate",
    }
    assert set(RejectionReason.objects.values_list("ended_by", flat=True)) == {"employer", "candidate"}
