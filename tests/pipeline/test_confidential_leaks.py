"""A confidential job does not exist for whoever is not on its team (SEC-1): neither its words nor a count tell of it.

Two crawls over every GET route. In one, everybody was on the team and lost their place: planted words are looked for in each
byte. In the other, pages are asked before and after such a job comes into being, and have to be the same.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import api_keys, following, jobs, notes, search
from hiring.mail import compose
from hiring.models import JobTemplate, Mailbox, Message, Promise, Thread, User
from interviews import scheduling
from offers import terms
from pipeline import asking, bulk, moves, starting
from sourcing import sequences
from sourcing.referrals import giving
from tests import factories
from tests.test_matrix import RULES

MARKERS = ("Zarquonade", "REQ-Z7731", "Quillonstage", "zvnote", "zvmail", "Plimsreason")
OUTSIDE = ("admin", "hiring_manager", "interviewer", "compliance_officer")
"""Recruiters and coordinators see nothing an administrator does not; hiring/access.py names each of them with one."""
PUBLIC = {"careers:home", "careers:posting", "sitemap", "sitemap_file", "api:openapi"}
KNOWS = {
    "approval": {"admin", "recruiter"},  # was asked to decide, or asked for it
    "interviews:interview": {"interviewer"},  # sat in it
    "interviews:interview_brief": {"interviewer"},
    "interviews:scorecard": {"interviewer"},
    "interviews:debrief": {"interviewer"},
    "interviews:list": {"interviewer"},
}
"""Who still knows of the job, because the route's own fixture asked or told them by name."""


def asks(name, args):
    """The addresses of a route: as page, and where it takes no argument with the planted word typed into its search."""
    address = reverse(name, args=args)
    typed = "&".join(f"{field}=Zarquonade" for field in ("q", "text", "find", "query", "name", "search", "job"))
    return [address] if args else [address, f"{address}?{typed}&status=all"]


def answer(user, rule, path, key):
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {key}"} if rule.by_key else {}
    if user and not rule.by_key:
        client.force_login(user)
    response = client.get(path, headers=headers)
    for _ in range(2):
        if response.status_code in (301, 302) and response["Location"].startswith("/"):
            response = client.get(response["Location"])
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, (body + str(dict(response.headers)).encode()).decode("utf-8", "replace")


def crawled():
    return [(name, rule) for name, rule in sorted(RULES.items()) if rule.method == "get"]


@pytest.fixture
def ivy(db):
    """The one colleague who stays, or is, on the team."""
    factories.UserFactory(role="interviewer", full_name="Rae Referrer")
    factories.MailboxFactory(name="Ivy")
    return factories.UserFactory(role="recruiter", full_name="Ivy Insider", email="ivy@northwind.example")


def fill(job, stages, person, by, manager):
    """Whatever can hang on an application: mail, notes, an interview, an offer, promises, a batch for the manager, bulk acts."""
    now = timezone.now()
    application = starting.open_application(person, job, by=by)
    application = moves.move(application, stages["screen"], by=by)
    notes.write(person, "zvnote", by=by, job=job, visibility="everyone")
    for number in range(2):
        mail = compose.to_candidate(
            person,
            purpose="message",
            mail_class="transactional",
            subject="zvmail",
            text=f"zvmail {number}",
            by=by,
            job=job,
        )
    Message.objects.filter(pk=mail.pk).update(status="unconfirmed")
    Thread.objects.filter(pk=mail.thread_id).update(waiting_since=now)
    asking.ask(job, [application.pk], by=by, reviewers=[manager], due_on=timezone.localdate())
    bulk.run(bulk.start_move(job, [application.pk], stages["interview"], by=by))
    scheduling.schedule(
        application, kit=None, panel=[by], starts_at=now + dt.timedelta(days=3), minutes=30, by=by, title="Quillonstage"
    )
    terms.draft(
        application, by=by, title="Zarquonade Chief", salary=Decimal(90000), start_date=timezone.localdate(),
        expires_at=now + dt.timedelta(days=5),
    )  # fmt: skip
    Promise.objects.create(candidate=person, owner=by, text="zvnote", due_on=timezone.localdate(), made_at=now, job=job)
    following.follow(by, job=job)
    plan = sequences.create(name="Zarquonade autumn", owner=by, mailbox=Mailbox.objects.get(name="Ivy"), job=job)
    sequences.write_steps(plan, [sequences.StepText("mail", 0, "Hello", "Hello {{ first_name }}")])
    plan.enrollments.create(
        candidate=person, state="stopped", enrolled_at=now, ended_at=now, next_at=now + dt.timedelta(days=9)
    )
    if not job.confidential:  # nobody is referred for what does not exist
        giving.refer(
            referrer=User.objects.get(full_name="Rae Referrer"), name=person.name, email="noor@haddad.example", job=job,
            relation="worked", why="Calm.", knows=True, submission_key=uuid.uuid4(),
        )  # fmt: skip
    return application


@pytest.fixture
def left(world, ivy):
    """The world's job with planted words, whose whole team but Ivy is about to lose its place."""
    job, people = world.job, world.people
    job.title, job.requisition_id, job.reason = "Zarquonade Successor", "REQ-Z7731", "Plimsreason"
    job.save()
    world.posting.title, world.posting.slug = job.title, "zarquonade-successor-req-z7731"
    world.posting.save()
    for stage in ("screen", "interview"):
        world.stages[stage].name = f"Quillonstage {stage}"
        world.stages[stage].save()
    job.team.create(user=ivy, role="hiring_manager")
    moves.withdraw(world.application, by=ivy)
    world.application = fill(job, world.stages, world.candidate, ivy, people["hiring_manager"])
    for person in people.values():
        following.follow(person, job=job) if person.role != "compliance_officer" else None
    search.refresh([world.candidate.pk])
    return world


def test_no_byte_tells_of_a_job_whose_team_one_has_left(left, ivy):
    leaks, seen = [], 0
    outside = {role: left.people[role] for role in OUTSIDE}
    threads = Thread.objects.filter(subject="zvmail").values_list("pk", flat=True)
    more = {"inbox": [f"{reverse('inbox')}?tab=all", *(reverse("inbox_thread", args=[pk]) for pk in threads)]}
    for name, rule in crawled():
        if rule.public and name not in PUBLIC:
            continue
        with transaction.atomic():
            paths = asks(name, rule.args(left)) + more.get(name, [])
            jobs.edit(left.job, by=ivy, confidential=True)
            left.job.team.exclude(user=ivy).delete()
            for role, user in outside.items():
                if role in KNOWS.get(name, ()):
                    continue
                key = api_keys.make(user, "Crawl", scope="read", days=1)[1] if rule.by_key else ""
                for path in paths:
                    status, said = answer(user, rule, path, key)
                    seen += 1
                    said = re.sub(r"Zarquonade(?=[&\"'<”]|%|$)", "", said) if "?" in path else said
                    if marks := [mark for mark in MARKERS if mark.lower() in said.lower()]:
                        leaks.append((name, role, path, status, marks))
            transaction.set_rollback(True)

    assert not leaks, "\n".join(map(str, leaks))
    assert seen > 400


ONE_WAY = re.compile(
    r'\b[A-Za-z0-9]{64}\b|nonce="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|name="started" value="[^"]*"|"seen" value="[^"]*"'
    r'|Number for support: <span class="tl-code">[^<]*|\?o=[\w:.-]+'
)
"""What differs between any two answers."""
NO_MATTER = {"api:me", "compliance:audit"}
"""A key's own dates; and the audit, which holds every change for the two roles that answer for it, the job named by its number."""


def pages(world, doors):
    said = {}
    for role in ("admin", "hiring_manager"):
        user = world.people[role]
        for name, rule, path in doors:
            with transaction.atomic():
                key = api_keys.make(user, "Crawl", scope="read", days=1)[1] if rule.by_key else ""
                said[name, role, path] = ONE_WAY.sub("", answer(user, rule, path, key)[1].rpartition("{'")[0])
                transaction.set_rollback(True)
    return said


def difference(before, after):
    """The first place where two answers part."""
    at = next((at for at, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), 0)
    return f"{before[max(at - 60, 0) : at + 60]!r} became {after[max(at - 60, 0) : at + 60]!r}"


def steady(world):
    """The doors that need nothing made: lists, and pages of the world's own person, job and application."""
    found = []
    for name, rule in crawled():
        if name in NO_MATTER or (rule.public and name not in PUBLIC):
            continue
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            args = rule.args(world)
            transaction.set_rollback(True)
        if not any((query["sql"] or "").startswith("INSERT") for query in asked):
            found.append((name, rule, reverse(name, args=args)))
    return found


def test_no_page_is_other_for_a_confidential_job(world, ivy, monkeypatch):
    """Not what it lists, not a count: whoever compares the pages before and after learns nothing."""
    now = timezone.now()
    search.refresh([world.candidate.pk])
    monkeypatch.setattr(timezone, "now", lambda: now)
    doors = steady(world)
    before = pages(world, doors)
    secret = jobs.create(
        by=ivy, template=JobTemplate.objects.first(), title="Zarquonade Successor", headcount=3, confidential=True,
        department=world.job.department, location=world.job.location,
    )  # fmt: skip
    jobs.submit(secret, by=ivy)
    fill(secret, {stage.kind: stage for stage in secret.stages.all()}, world.candidate, ivy, ivy)
    search.refresh([world.candidate.pk])
    after = pages(world, doors)

    other = {key: difference(before[key], after[key]) for key in before if before[key] != after[key]}
    assert not other, "\n".join(f"{key}: {said}" for key, said in other.items())
    assert len(before) > 150
