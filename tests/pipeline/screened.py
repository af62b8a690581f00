"""Résumés and applications for tests of screening."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from hiring import taxonomy
from hiring.models import Document, DocumentText, ParsedProfile
from hiring.resumes.parsing import parse
from hiring.resumes.profile import PARSER_VERSION
from pipeline.screening.criteria import Criterion
from pipeline.screening.facts import Facts

TODAY = dt.date(2026, 6, 1)
RESUME = """Noor Haddad
Senior Data Engineer
12 Rue des Lilas, 69003 Lyon, France
noor@haddad.example | +33 6 12 34 56 78

Summary
Data engineer who likes Terraform and quiet dashboards.

Experience
Senior Data Engineer, Quill Bank, Lyon
Mar 2021 - Present
• Built streaming pipelines in Python and Kafka
• Moved reporting to Snowflake

Data Analyst, Hollow Grid, Paris
Jan 2018 - Feb 2021
• Wrote SQL reports and automated them with Python

Education
MSc Statistics, University of Lyon, 2017

Skills
Python, SQL, Kafka, Docker, Tableau

Languages
English (C1), French (native), German (A2)

Certifications
AWS Certified Solutions Architect - 2022
"""


def criterion(kind, need="must", weight=3, **asks):
    return Criterion(kind, need, weight, asks)


SKILL = criterion("skill", skill="Python", years=3)
ALL = (
    SKILL,
    criterion("skill", skill="Docker"),
    criterion("experience", years=5),
    criterion("title", title="Data Engineer", years=2),
    criterion("language", "should", language="en", level="B2"),
    criterion("location", "bonus", city="Lyon", country="FR"),
    criterion("certificate", "bonus", name="AWS Certified Solutions Architect"),
    criterion("answer", question="permit", label="May you work in the EU?", accept=["yes"]),
    criterion("statement", text="Has explained numbers to people who decide"),
)
QUESTIONS = [{"key": "permit", "label": "May you work in the EU?", "type": "yes_no"}]


def facts_of(text=RESUME, *, answers=None, questions=(), name="Noor Haddad", **more):
    profile = parse(text, regions=("FR",), today=TODAY)
    return Facts(profile, text, taxonomy.start(), TODAY, name=name, answers=answers or {}, questions=questions, **more)


def give_resume(candidate, text=RESUME, *, parsed=True):
    """A résumé of the candidate that has been read, and parsed unless said otherwise."""
    document = Document.objects.create(
        candidate=candidate, kind="resume", name="cv.pdf", content_type="application/pdf", size=1, sha256="0", status="ready",
        uploaded_at=timezone.now(),
    )  # fmt: skip
    DocumentText.objects.create(document=document, text=text, reader_version="1")
    profile = parse(text, regions=("FR",), today=TODAY).as_json() if parsed else {}
    ParsedProfile.objects.create(
        document=document, status="done" if parsed else "due", due_at=timezone.now(), profile=profile,
        parser_version=PARSER_VERSION if parsed else "",
    )  # fmt: skip
    return document
