"""Questions whose SQL is written once: they answer as the plain query does, whoever asks, and nothing of the first asker stays."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hiring import access, candidates, duplicates, timeline
from hiring import person as people
from hiring.accounts import accounts, memberships_of
from hiring.models import (
    Candidate,
    CandidateTag,
    ContactPoint,
    DuplicatePair,
    Job,
    ProcessingBasis,
    TeamMember,
    User,
)
from hiring.prepared import SHAPES_AT_MOST, Given, prepared, prepared_for_skew, settle, unpacked
from pipeline import panels as pipeline_panels
from pipeline.models import Application
from tests import factories

ROOT = Path(__file__).parents[2]


@prepared
def seen_jobs(user: User, candidate: Given):
    return Job.objects.visible_to(user).filter(applications__candidate=candidate).order_by("pk")


@pytest.fixture
def applied(db):
    """A person with an application to an open job and one to a confidential job."""
    person = factories.CandidateFactory()
    known = factories.ApplicationFactory(candidate=person)
    secret = factories.ApplicationFactory(candidate=person, job=factories.JobFactory(confidential=True))
    return person, known, secret


def test_a_question_answers_for_each_value_and_asks_the_database_once(applied, recruiter):
    person, known, _ = applied
    nobody = factories.CandidateFactory()

    assert seen_jobs(recruiter, candidate=person.pk) == [known.job]
    with CaptureQueriesContext(connection) as asked:
        assert seen_jobs(recruiter, candidate=nobody.pk) == []
        assert seen_jobs(recruiter, candidate=person.pk) == [known.job]
    assert len(asked) == 2


@pytest.mark.parametrize("role", sorted(User.Role.values))
def test_every_role_gets_what_the_plain_query_gives(applied, role):
    person, _, secret = applied
    user = factories.UserFactory(role=role)
    other = factories.UserFactory(role=role)
    TeamMember.objects.create(job=secret.job, user=other, role="recruiter")
    for one in (user, other):
        access.remember_teams(one)
        plain = Application.objects.visible_to(one).filter(candidate=person).order_by("-applied_at", "-pk")
        assert pipeline_panels.applications_of(one, candidate=person.pk) == list(plain)


def test_who_joins_a_team_sees_the_confidential_job_and_who_leaves_does_not(applied, recruiter):
    person, known, secret = applied
    access.remember_teams(recruiter)
    assert seen_jobs(recruiter, candidate=person.pk) == [known.job]

    member = TeamMember.objects.create(job=secret.job, user=recruiter, role="recruiter")
    access.remember_teams(recruiter)
    assert seen_jobs(recruiter, candidate=person.pk) == [known.job, secret.job]

    member.delete()
    access.remember_teams(recruiter)
    assert seen_jobs(recruiter, candidate=person.pk) == [known.job]


def test_the_sessions_user_brings_the_teams_along_and_asks_again_when_they_change(applied, recruiter):
    person, known, secret = applied
    member = TeamMember.objects.create(job=secret.job, user=recruiter, role="hiring_manager")
    user = accounts.first(user=recruiter.pk)

    with CaptureQueriesContext(connection) as asked:
        access.remember_teams(user)
        assert access.on_team(user, secret.job, {"hiring_manager"}) and not access.on_team(user, known.job)
    assert len(asked) == 0
    assert seen_jobs(user, candidate=person.pk) == [known.job, secret.job]

    member.delete()
    access.remember_teams(user)
    assert not access.on_team(user, secret.job)
    assert seen_jobs(user, candidate=person.pk) == [known.job]


def test_a_change_of_role_changes_the_answer(applied, recruiter):
    person, known, _ = applied
    assert seen_jobs(recruiter, candidate=person.pk) == [known.job]

    recruiter.role = User.Role.INTERVIEWER
    assert seen_jobs(recruiter, candidate=person.pk) == []


def test_rows_are_models_with_their_relations_their_json_and_their_times(db, recruiter):
    first, second = factories.CandidateFactory(), factories.CandidateFactory()
    at = timezone.now()
    pair = DuplicatePair.objects.create(first=first, second=second, score=70, reasons=["same_phone"], found_at=at)
    found = duplicates.open_pair(second)
    assert (found, found.reasons, found.found_at) == (pair, ["same_phone"], at)

    timeline.record(first, "test.event", recruiter, at=at, score=7, words={"a": [1]})
    entry = timeline.page(first, recruiter).entries[0]
    assert entry.event.data == {"score": 7, "words": {"a": [1]}}
    assert entry.event.at == at
    with CaptureQueriesContext(connection) as asked:
        assert entry.event.actor == recruiter
    assert len(asked) == 0


def test_a_list_is_given_as_a_list(db):
    people = factories.CandidateFactory.create_batch(3)

    @prepared
    def some(pks: Given):
        return Candidate.objects.filter(pk__any=pks).order_by("pk").values_list("pk", flat=True)

    @prepared
    def owners(of: Given):
        return Candidate.objects.filter(owner__any=of).values_list("pk", "name")

    assert some(pks=[people[2].pk, people[0].pk]) == [people[0].pk, people[2].pk]
    assert some(pks=[]) == []
    assert owners(of=[1]) == []


def test_annotations_and_an_answer_known_to_be_empty(db):
    person = factories.CandidateFactory()

    @prepared
    def days_old(candidate: Given):
        from django.db.models import F
        from django.db.models.functions import ExtractYear

        return Candidate.objects.filter(pk=candidate).annotate(year=ExtractYear(F("collected_at")))

    @prepared
    def none(candidate: Given):
        return Candidate.objects.filter(pk=candidate).none()

    assert days_old.first(candidate=person.pk).year == person.collected_at.astimezone(dt.UTC).year
    assert none(candidate=person.pk) == []
    assert none.first(candidate=person.pk) is None


def test_rows_that_come_along_are_the_rows_of_their_own_question(db, recruiter):
    person = factories.CandidateFactory()
    emails = [factories.EmailFactory(candidate=person, bounced_at=at) for at in (None, timezone.now())]
    factories.EmailFactory()
    basis = person.bases.create(
        purpose="sourcing", basis="consent", controller='Nordvale "HR"', started_at=timezone.now()
    )

    found = people.find(recruiter, person.pk)

    def told(rows):
        return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]

    with CaptureQueriesContext(connection) as asked:
        points, bases = list(found.contact_points.all()), list(found.bases.all())
    assert len(asked) == 0
    assert (len(points), told(points)) == (len(emails), told(ContactPoint.objects.filter(candidate=person)))
    assert told(bases) == told([ProcessingBasis.objects.get(pk=basis.pk)])
    assert all(point._state.db == "default" and not point._state.adding for point in points)


def test_what_json_would_change_does_not_come_along(db):
    with pytest.raises(TypeError):
        unpacked(Job, [dict.fromkeys((field.attname for field in Job._meta.concrete_fields), 1)])


def test_what_it_cannot_do_it_refuses(db):
    @prepared
    def prefetched():
        return Candidate.objects.prefetch_related("tags")

    @prepared
    def named():
        return Candidate.objects.values("name")

    for question in (prefetched, named):
        with pytest.raises(TypeError):
            question()
    with pytest.raises(TypeError):
        seen_jobs([1], candidate=1)  # a list is no shape


def test_shapes_do_not_pile_up(db):
    @prepared
    def at_least(pk: int):
        return Candidate.objects.filter(pk__gt=pk)

    for number in range(SHAPES_AT_MOST + 5):
        at_least(number)
    assert len(at_least._written) <= SHAPES_AT_MOST


def test_a_person_with_many_rows_is_planned_for_and_gives_the_same_answer(db):
    person = factories.CandidateFactory()
    for number in range(4):
        timeline.record(person, f"test.event{number}", None)

    def newest(candidate):
        from hiring.models import TimelineEvent

        return TimelineEvent.objects.filter(candidate=candidate).order_by("-at", "-pk")[:3]

    expected = list(newest(person.pk))
    assert prepared(newest)(candidate=person.pk) == expected
    assert prepared_for_skew(newest)(candidate=person.pk) == expected


def test_a_broken_transaction_is_no_worse_than_with_a_plain_query(db):
    """More executions than PostgreSQL needs to keep a plan, inside and outside savepoints."""
    from django.db import transaction

    user = factories.UserFactory()
    for _ in range(8):
        with transaction.atomic():
            assert memberships_of(user=user.pk) == []


def test_related_rows_can_be_settled_as_a_prefetch_would(db, recruiter):
    person = factories.CandidateFactory()
    candidates.tag(person, "python", by=recruiter)
    rows = list(CandidateTag.objects.select_related("tag"))

    settle(person, "tags", rows)

    with CaptureQueriesContext(connection) as asked:
        assert [use.tag.name for use in person.tags.all()] == ["python"]
    assert len(asked) == 0


CHANGES_BY_ITSELF = {"now", "localdate", "localtime", "today", "settings", "get_solo", "random"}


def test_no_question_reads_a_clock_or_a_setting_while_it_is_written():
    """What is read then would stay for the life of the process."""
    found = []
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] in {"tests", "node_modules"} or ".venv" in path.parts:
            continue
        text = path.read_text()
        if "@prepared" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef):
                continue
            if not any(getattr(mark, "id", "").startswith("prepared") for mark in node.decorator_list):
                continue
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            names |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            found.append((f"{path.name}: {node.name}", names & CHANGES_BY_ITSELF))
    assert len(found) > 15
    assert [entry for entry in found if entry[1]] == []
