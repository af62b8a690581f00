"""Imports, referrals, agencies and mailed résumés bring facts about a person."""

from __future__ import annotations

from django.db.models import Q

from hiring import origins
from hiring.models import Candidate
from sourcing.agencies.models import Submission
from sourcing.imports.models import ImportBatch
from sourcing.mailed.models import MailedResume
from sourcing.referrals.models import Referral

IMPORT, MAILED = "import", "mailed"


def _imports(candidate: Candidate) -> list[origins.Occasion]:
    rows = ImportBatch.objects.filter(rows__candidate=candidate).distinct().only("pk", "name").order_by("-pk")[:100]
    return [
        origins.Occasion(
            "sourcing_importbatch",
            row.pk,
            f"the import {row.name}",
            row.get_absolute_url(),
            origins.task_of(IMPORT, row.pk),
        )
        for row in rows
    ]


def _referrals(candidate: Candidate) -> list[origins.Occasion]:
    rows = Referral.objects.filter(candidate=candidate).select_related("referrer").order_by("-pk")[:100]
    return [origins.Occasion("sourcing_referral", row.pk, f"the referral by {row.referrer}") for row in rows]


def _presented(candidate: Candidate) -> list[origins.Occasion]:
    rows = Submission.objects.filter(candidate=candidate).select_related("agency").order_by("-pk")[:100]
    return [origins.Occasion("sourcing_submission", row.pk, f"the agency {row.agency}") for row in rows]


def _mailed(candidate: Candidate) -> list[origins.Occasion]:
    theirs = Q(candidate=candidate) | Q(files__candidate=candidate)
    rows = MailedResume.objects.filter(theirs).distinct().only("pk", "at", "sender").order_by("-pk")[:100]
    return [
        origins.Occasion(
            "sourcing_mailedresume",
            row.pk,
            f"the mail from {row.sender}",
            row.get_absolute_url(),
            origins.task_of(MAILED, row.pk),
        )
        for row in rows
    ]


origins.occasions += [_imports, _referrals, _presented, _mailed]
