"""What was sent is never lost: stored before anything else, taken in later if need be. Standard ids: JOB-13, SEC-8."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hiring import identity
from hiring.documents import checks
from hiring.errors import Refused
from hiring.models import Candidate, Document, Message, Notification, Posting
from pipeline import arriving, closing, intake
from pipeline.models import Application, Arrival, ArrivedFile
from pipeline.tasks import take_in_arrivals
from tests import files
from tests.factories import PostingFactory, StageFactory


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def posting(db):
    posting = PostingFactory(
        questions=[{"key": "visa", "label": "May you work here?", "type": "yes_no", "required": True}]
    )
    for position, kind in enumerate(["applied", "interview", "offer", "hired"]):
        StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    return posting


def send(posting: Posting, **changes) -> Arrival:
    sent = {
        "name": "Samira Rahimi",
        "email": "samira@rahimi.example",
        "phone": "+33 6 39 98 00 72",
        "answers": {"visa": "yes"},
        "origin": {"first": {"utm_source": "newsletter"}},
        "submission_key": uuid.uuid4(),
        "files": {"resume": checks.check(ContentFile(files.pdf(), name="cv.pdf"))},
    }
    return arriving.receive(posting, **(sent | changes))


def test_what_was_sent_is_stored_before_anything_is_made_of_it(posting):
    arrival = send(posting)

    assert (arrival.status, Application.objects.count(), Candidate.objects.count()) == ("waiting", 0, 0)
    assert arrival.sent["email"] == "samira@rahimi.example" and arrival.sent["questions"] == posting.questions
    file = ArrivedFile.objects.get()
    assert (file.field, file.name, file.format, file.size) == ("resume", "cv.pdf", "pdf", len(files.pdf()))


def test_taken_in_it_is_an_application_under_its_number_and_nothing_is_kept_twice(posting):
    arrival = send(posting)
    key = ArrivedFile.objects.get().file.name

    application = arriving.take_in(arrival.pk)

    arrival.refresh_from_db()
    assert (arrival.status, arrival.application, arrival.sent) == ("done", application, {})
    assert (application.receipt_number, application.applied_at) == (arrival.receipt_number, arrival.received_at)
    assert application.answers == {"visa": "yes"} and application.origin["first"] == {"utm_source": "newsletter"}
    assert application.resume.file.name == key and application.resume.file.read() == files.pdf()
    assert not ArrivedFile.objects.exists()
    assert Message.objects.get().purpose == "receipt"


def test_taking_in_twice_is_taking_in_once(posting):
    arrival = send(posting)

    assert arriving.take_in(arrival.pk) is not None
    assert arriving.take_in(arrival.pk) is None
    assert Application.objects.count() == Message.objects.count() == 1


def test_the_questions_are_those_that_were_answered(posting):
    """They may change between the form and the moment it is taken in."""
    arrival, asked = send(posting), posting.questions
    Posting.objects.update(questions=[])

    assert arriving.take_in(arrival.pk).questions == asked


def test_the_same_file_again_is_one_document_and_leaves_nothing_in_storage(posting, django_capture_on_commit_callbacks):
    first, again = send(posting), send(posting)
    key = again.files.get().file.name

    arriving.take_in(first.pk)
    with django_capture_on_commit_callbacks(execute=True):
        arriving.take_in(again.pk)

    assert Document.objects.count() == Application.objects.count() == 1
    assert not default_storage.exists(key)
    assert default_storage.exists(Document.objects.get().file.name)


def fails_once(monkeypatch, module, name, error):
    real, left = getattr(module, name), [error]

    def failing(*args, **kwargs):
        if left:
            raise left.pop()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, failing)


def test_whatever_fails_while_it_is_taken_in_costs_the_person_nothing(posting, monkeypatch):
    fails_once(monkeypatch, identity, "match_or_create", Refused("Somebody is changing this person right now."))
    arrival = send(posting)

    arriving.go_on(arrival)
    arrival.refresh_from_db()
    put_off = (arrival.status, arrival.attempts, arrival.problem, arrival.due_at > timezone.now())
    arriving.take_in_due()
    too_early = Application.objects.count()
    Arrival.objects.update(due_at=timezone.now())
    take_in_arrivals()

    assert put_off == ("waiting", 1, "Somebody is changing this person right now.", True)
    assert (too_early, Application.objects.count()) == (0, 1)


def test_one_that_cannot_be_taken_in_holds_up_no_other(posting, monkeypatch):
    fails_once(monkeypatch, intake, "submit", ValueError("no name of a person belongs here"))
    bad, good = send(posting), send(posting, email="noor@haddad.example", name="Noor Haddad")

    assert arriving.take_in_due() == 1

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.problem, good.status) == ("waiting", "ValueError", "done")
    assert arriving.oldest() == bad.received_at


def test_it_is_tried_later_and_later_and_never_given_up(posting):
    arrival = send(posting)
    waits = []
    for _ in range(7):
        before = timezone.now()
        arriving._put_off(arrival.pk, ValueError())
        arrival.refresh_from_db()
        waits.append(round((arrival.due_at - before) / dt.timedelta(seconds=30)))

    assert waits == [1, 4, 20, 120, 720, 720, 720]
    assert arrival.status == "waiting"


def test_what_fails_again_and_again_is_told_to_colleagues_who_can_try_it_at_once(
    client, posting, recruiter, monkeypatch
):
    posting.job.team.create(user=recruiter, role="recruiter")
    arrival = send(posting)
    for _ in range(arriving.STUCK_AFTER + 1):
        arriving._put_off(arrival.pk, ValueError("no name of a person belongs here"))
    client.force_login(recruiter)
    overview = client.get(reverse("job_overview", args=[posting.job_id])).content.decode()
    page = client.get(reverse("pipeline:held_list", args=[posting.job_id])).content.decode()
    fails_once(monkeypatch, intake, "submit", ValueError())
    settle = reverse("pipeline:held_settle", args=[arrival.pk])
    in_vain = client.post(settle, {"act": "again"}, follow=True).content.decode()
    at_last = client.post(settle, {"act": "again"}, follow=True).content.decode()

    assert Notification.objects.filter(user=recruiter, kind="stuck_application").count() == 1
    assert "could not be filed yet" in overview and reverse("pipeline:held_list", args=[posting.job_id]) in overview
    assert arrival.receipt_number in page and "ValueError" in page
    assert "Rahimi" not in page and "no name of a person" not in page
    assert "It failed again" in in_vain and "Samira Rahimi is in Applied" in at_last
    assert Application.objects.count() == 1 and not arriving.stuck(posting.job_id)


def test_the_door_asks_few_questions_whatever_was_sent(posting, django_assert_max_num_queries):
    """SEC-8: it is asked fifty times a second in a rush."""
    resume = checks.check(ContentFile(files.pdf(), name="cv.pdf"))
    send(posting)

    with django_assert_max_num_queries(10):
        send(posting, email="noor@haddad.example", files={"resume": resume, "cover_letter": resume, "q_cv": resume})


def test_in_a_rush_it_is_left_to_the_workers(posting):
    arrivals = [send(posting) for _ in range(arriving.A_RUSH + 1)]

    arriving.go_on(arrivals[0])
    assert not Application.objects.exists()
    take_in_arrivals()

    assert Application.objects.count() == 1  # one person, who sent it five times
    assert {one.status for one in Arrival.objects.all()} == {"done"}


def test_without_broker_and_cache_it_is_stored_and_the_sweep_finds_it(posting, settings):
    """Invariant 10: losing Valkey loses nothing."""
    arrivals = [send(posting) for _ in range(arriving.A_RUSH + 1)]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }

    arriving.go_on(arrivals[0])
    arriving.run()

    assert {one.status for one in Arrival.objects.all()} == {"done"}


def test_sending_twice_is_arriving_once(posting):
    key = uuid.uuid4()

    first, second = send(posting, submission_key=key), send(posting, submission_key=key, name="Other")

    assert first == second and Arrival.objects.count() == ArrivedFile.objects.count() == 1


@pytest.mark.parametrize("change", [{"status": "unpublished"}, {"expires_at": timezone.now()}])
def test_a_job_that_closed_takes_nothing_but_what_came_in_time_counts(posting, change):
    """JOB-13."""
    in_time = send(posting)
    Posting.objects.update(**change)

    with pytest.raises(Refused, match="no longer takes applications"):
        send(posting)
    assert arriving.take_in(in_time.pk) is not None


def test_a_job_closes_only_after_what_came_is_on_the_board(posting, recruiter):
    arrival = send(posting)

    with pytest.raises(Refused, match="An application came in just now"):
        closing.close(posting.job, by=recruiter, reason="Filled")
    arriving.take_in(arrival.pk)
    with pytest.raises(Refused, match="still waiting for an answer"):
        closing.close(posting.job, by=recruiter, reason="Filled")


@pytest.mark.django_db(transaction=True)
def test_a_double_click_and_two_workers_make_one_application(posting):
    key = uuid.uuid4()
    came: list[Arrival] = []

    def at_once(act):
        def run():
            try:
                act()
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

    at_once(lambda: came.append(send(posting, submission_key=key)))
    at_once(arriving.take_in_due)

    assert len(came) == 4 and len({arrival.receipt_number for arrival in came}) == 1
    assert Application.objects.count() == Arrival.objects.count() == Document.objects.count() == 1
