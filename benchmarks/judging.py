"""Applications judged by their job's criteria, against reading and writing the same rows as plain SQL in batches of the same size."""

from __future__ import annotations

import datetime as dt
import time

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from benchmarks.measure import Result
from hiring.models import Candidate, Document, DocumentText, Job, ParsedProfile
from hiring.resumes.parsing import parse
from hiring.resumes.profile import PARSER_VERSION
from pipeline.models import Application, Judgement
from pipeline.screening import criteria as held
from pipeline.screening import judging
from pipeline.screening.criteria import Criterion

PEOPLE = 2_000
RESUME = """{name}
{title}
Lyon, France

Summary
Works with {first} and {second}; explains numbers to people who decide.

Experience
{title}, Quill Bank, Lyon
Mar 2021 - Present
• Built services with {first} and {third}, on call one week in five
• Moved the monthly closing from nine hours to forty minutes with {second}

Analyst, Hollow Grid, Paris
Jan {year} - Feb 2021
• Wrote reports in SQL and automated them with {first}

Education
MSc Statistics, University of Lyon

Skills
{first}, {second}, {third}, SQL, Excel, Git

Languages
English (C1), French (native), German (A2)

Certifications
AWS Certified Solutions Architect - 2022
"""
SKILLS = ("Python", "Java", "Kafka", "Terraform", "Kubernetes", "React", "Tableau", "Power BI", "Scala", "Docker")
ASKED = (
    Criterion("skill", "must", 5, {"skill": "Python", "years": 3}),
    Criterion("skill", "must", 4, {"skill": "Kubernetes", "years": 0}),
    Criterion("experience", "must", 3, {"years": 5}),
    Criterion("title", "should", 3, {"title": "Data Engineer", "years": 2}),
    Criterion("language", "should", 2, {"language": "en", "level": "B2"}),
    Criterion("location", "bonus", 1, {"city": "Lyon", "country": "FR"}),
    Criterion("certificate", "bonus", 1, {"name": "AWS Certified Solutions Architect"}),
    Criterion("statement", "should", 2, {"text": "Has explained numbers to people who decide"}),
)
READ = """SELECT a.id, a.answers, d.profile, x.text FROM pipeline_application a
    JOIN hiring_parsedprofile d ON d.document_id = a.resume_id JOIN hiring_documenttext x ON x.document_id = a.resume_id
   WHERE a.id = ANY(%(ids)s)"""
WRITE = """UPDATE pipeline_judgement j SET results = r.results, judged_at = now() FROM (SELECT application_id, results FROM pipeline_judgement
   WHERE application_id = ANY(%(ids)s)) r WHERE r.application_id = j.application_id"""


def criteria(client: Client) -> Result:
    """Applications a second under eight criteria. Rolled back afterwards."""
    with transaction.atomic():
        ids = _applications()
        begun = time.perf_counter()
        done = judging.judge_due(ids)
        ours = done / (time.perf_counter() - begun)
        if done != len(ids) or not Judgement.objects.filter(pk__in=ids, met__gt=0).exists():
            raise RuntimeError(
                f"criteria: {done} of {len(ids)} applications were judged; the figure would say nothing."
            )
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            for start in range(0, len(ids), judging.AT_ONCE):
                cursor.execute(READ, {"ids": ids[start : start + judging.AT_ONCE]})
                cursor.fetchall()
                cursor.execute(WRITE, {"ids": ids[start : start + judging.AT_ONCE]})
        limit = len(ids) / (time.perf_counter() - begun)
        transaction.set_rollback(True)
    return Result("criteria", per_second=ours, limit_per_second=limit)


def _applications() -> list[int]:
    """Two thousand people with a parsed résumé each, active on one job that asks for eight things."""
    job = Job.objects.filter(status="open").order_by("pk")[0]
    stage = job.stages.order_by("position")[1]
    people = list(Candidate.objects.live().exclude(applications__job=job).order_by("pk")[:PEOPLE])
    now = timezone.now()
    documents = Document.objects.bulk_create(
        Document(candidate=person, kind="resume", name="cv.pdf", size=1, sha256="0", status="ready", uploaded_at=now)
        for person in people
    )
    texts, profiles = [], []
    for at, document in enumerate(documents):
        words = [SKILLS[(at * step) % len(SKILLS)] for step in (1, 3, 7)]
        text = RESUME.format(
            name=people[at].name, title=("Data Engineer", "Analyst", "Developer")[at % 3], first=words[0], second=words[1], third=words[2],
            year=2010 + at % 10,
        )  # fmt: skip
        texts.append(DocumentText(document=document, text=text, reader_version="bench"))
        read = parse(text, regions=("FR",), today=dt.date(2026, 6, 1)).as_json()
        profiles.append(
            ParsedProfile(document=document, status="done", due_at=now, profile=read, parser_version=PARSER_VERSION)
        )
    DocumentText.objects.bulk_create(texts)
    ParsedProfile.objects.bulk_create(profiles)
    made = Application.objects.bulk_create(
        Application(candidate=person, job=job, stage=stage, resume=document, applied_at=now, entered_stage_at=now)
        for person, document in zip(people, documents, strict=True)
    )
    held.copy(job, ASKED, by=None)
    return [application.pk for application in made]


ALL = (criteria,)
