"""The internal board: colleagues find what is meant for them, apply as who they are, and nobody can borrow that. Ids: JOB-18, SEC-1."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.models import Application
from sourcing.careers import origin
from sourcing.internal import board
from tests import files
from tests.factories import PostingFactory
from tests.sourcing.test_careers import entered, open_posting

BOARD = "/internal-jobs/"


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def inside(db):
    return open_posting(title="Grid Analyst", audience="colleagues", first_published_at=None)


def titles(client, query="") -> list[str]:
    page = client.get(BOARD + query).content.decode()
    return re.findall(r'<a class="tl-link" href="[^"]*">([^<]*)</a>', page)


def test_colleagues_read_what_is_meant_for_them_and_nobody_else_does(client, interviewer, inside):
    early = PostingFactory(
        title="Early",
        audience="colleagues_first",
        public_from=timezone.now() + dt.timedelta(days=3),
        first_published_at=None,
    )
    PostingFactory(title="For all")
    PostingFactory(title="Secret", job__confidential=True)
    PostingFactory(title="Draft", status="draft")

    assert client.get(BOARD).status_code == 302
    assert "Grid Analyst" not in client.get(reverse("careers:home")).content.decode()
    client.force_login(interviewer)

    assert sorted(titles(client)) == ["Early", "For all", "Grid Analyst"]
    assert sorted(titles(client, "?internal=1")) == ["Early", "Grid Analyst"]
    assert titles(client, "?q=analyst") == ["Grid Analyst"]
    assert titles(client, f"?department={early.job.department_id}") == ["Early"]
    assert titles(client, f"?location={inside.job.location_id}&q=nothing") == []
    assert client.get(BOARD)["Cache-Control"].count("no-store") == 1


@pytest.mark.parametrize("jobs", [2, 6])
def test_more_jobs_ask_no_more(client, interviewer, jobs, django_assert_max_num_queries):
    for number in range(jobs):
        PostingFactory(audience="colleagues" if number % 2 else "everybody")
    client.force_login(interviewer)

    with django_assert_max_num_queries(11):
        assert len(titles(client)) == jobs


def test_pages_follow_each_other_without_a_gap(client, interviewer, monkeypatch):
    monkeypatch.setattr(board, "SIZE", 2)
    for number in range(5):
        PostingFactory(title=f"Job {number}", audience="colleagues")
    client.force_login(interviewer)

    seen, query = [], ""
    for _ in range(3):
        seen += titles(client, query)
        more = re.search(r'href="(\?after=[^"]+)" rel="next"', client.get(BOARD + query).content.decode())
        query = more[1] if more else ""

    assert sorted(seen) == [f"Job {number}" for number in range(5)]


def apply(client, posting, token, **more) -> Application:
    where = reverse("careers:apply", args=[posting.slug])
    client.post(where, entered(step="send", o=token, resume=SimpleUploadedFile("cv.pdf", files.pdf()), **more))
    return Application.objects.latest("pk")


def test_whoever_applies_from_the_board_is_marked_as_working_here(client, interviewer, inside):
    client.force_login(interviewer)
    page = client.get(BOARD).content.decode()
    token = re.search(r"\?o=([^\"]+)\"", page)[1]
    assert "?o=" in client.get(inside.get_absolute_url() + f"?o={token}").content.decode()

    sent = apply(client, inside, token)

    assert (sent.source.name, sent.source.kind) == ("Internal", "internal")
    assert sent.origin["employee"] == interviewer.pk and sent.origin["first"]["source"] == "Internal"


def test_an_address_from_the_board_makes_nobody_else_a_colleague(client, interviewer, manager):
    """Handed on to a friend, or to another colleague."""
    posting = open_posting()
    token = board.origin_of(interviewer)
    other = Client()
    other.force_login(manager)

    for who, email in ((client, "friend@mail.example"), (other, "max@mail.example")):
        assert "employee" not in apply(who, posting, token, email=email).origin

    assert "employee" not in origin.read(token[:-2] + "xx")


def test_a_friend_is_referred_for_the_job_of_the_line(client, interviewer, inside):
    client.force_login(interviewer)

    assert f"{reverse('sourcing:refer')}?job={inside.job_id}" in client.get(BOARD).content.decode()
    form = client.get(reverse("sourcing:refer") + f"?job={inside.job_id}").content.decode()
    assert f'<option value="{inside.job_id}" selected>' in form


def test_recruiters_see_that_they_work_here(client, recruiter, interviewer, inside):
    client.force_login(interviewer)
    sent = apply(client, inside, board.origin_of(interviewer))
    sent.job.team.create(user=recruiter, role="recruiter")
    client.force_login(recruiter)

    assert (
        "Works here"
        in client.get(reverse("pipeline:candidate_applications", args=[sent.candidate_id])).content.decode()
    )
