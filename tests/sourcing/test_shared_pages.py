"""Pages that caches between us and the visitors may keep: who has one is told so, nobody gets another's, and what ends is gone.

Standard ids: JOB-13, JOB-18, JOB-19, SEC-9.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from hiring import postings
from hiring.models import Department, Location, Posting
from sourcing.careers import facts, shared
from tests.factories import PostingFactory, StageFactory


@pytest.fixture
def posting(db):
    made = PostingFactory(title="Data Engineer")
    StageFactory(job=made.job, kind="applied", position=0)
    return made


@pytest.fixture
def kept(monkeypatch):
    cache.clear()
    monkeypatch.setattr(facts, "SECONDS", 15)
    yield
    cache.clear()


def addresses(posting) -> dict[str, str]:
    job = posting.job
    return {
        "home": "/careers/",
        "search": "/careers/?q=data",
        "department": facts.address("department", job.department_id, job.department.name),
        "place": facts.address("location", job.location_id, job.location.name),
        "posting": posting.get_absolute_url(),
    }


PAGES = ["home", "search", "department", "place", "posting"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_everybody_may_be_kept_and_is_not_sent_twice(client, recruiter, posting, page):
    """No cookie in or out, whoever asks; less than a minute in all caches together."""
    where = addresses(posting)[page]
    first = client.get(where)
    client.force_login(recruiter)
    again = client.get(where, headers={"if-none-match": first["ETag"]})

    assert first["Cache-Control"] == shared.PUBLIC and first["Cache-Control"].startswith("public, max-age=")
    assert shared.CACHES + shared.LATE + shared.BROWSERS < 60
    for answer in (first, again):
        assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(where).content == first.content  # a colleague gets the same


def test_a_304_builds_nothing_and_asks_one_question(client, posting, kept, monkeypatch, django_assert_num_queries):
    tag = client.get(posting.get_absolute_url())["ETag"]
    monkeypatch.setattr("sourcing.careers.views.render", None)

    with django_assert_num_queries(1):
        assert client.get(posting.get_absolute_url(), headers={"if-none-match": tag}).status_code == 304


def test_a_page_that_is_kept_is_not_built_again(client, posting, kept, monkeypatch):
    first = client.get(posting.get_absolute_url()).content
    monkeypatch.setattr("sourcing.careers.views.render", None)

    assert client.get(posting.get_absolute_url()).content == first


@pytest.mark.parametrize(
    "change",
    [
        lambda posting, by: Posting.objects.filter(pk=posting.pk).update(title="Grid Engineer"),
        lambda posting, by: Department.objects.update(name="Grid"),
        lambda posting, by: Location.objects.update(name="Graz"),
        lambda posting, by: posting.job.__class__.objects.update(pay_min=1234, pay_max=2345),
        lambda posting, by: StageFactory(job=posting.job, kind="screen", position=1),
        lambda posting, by: PostingFactory(job__department=posting.job.department),
    ],
)
def test_any_change_is_another_page(client, recruiter, posting, change):
    """Through whichever door: also one that no code of ours hears of."""
    where = posting.get_absolute_url()
    tag = client.get(where)["ETag"]
    change(posting, recruiter)

    assert client.get(where, headers={"if-none-match": tag}).status_code == 200


def test_what_is_taken_down_is_gone_here_at_once_whatever_was_kept(client, recruiter, posting, kept):
    """JOB-13."""
    known = {page: client.get(where)["ETag"] for page, where in addresses(posting).items()}
    postings.unpublish(posting, by=recruiter)

    answer = client.get(posting.get_absolute_url(), headers={"if-none-match": known["posting"]})
    assert (answer.status_code, answer["Cache-Control"]) == (410, "private, no-store")
    for page in ("home", "search", "department", "place"):
        later = client.get(addresses(posting)[page], headers={"if-none-match": known[page]})
        assert later.status_code == 200 and posting.slug not in later.content.decode()


def test_a_posting_ends_by_the_clock_for_whoever_has_its_page(client, posting, kept):
    tag = client.get(posting.get_absolute_url())["ETag"]
    Posting.objects.filter(pk=posting.pk).update(expires_at=timezone.now())

    assert client.get(posting.get_absolute_url(), headers={"if-none-match": tag}).status_code == 410


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("came", ["?utm_source=fair", "referer", "?from=search.example"])
def test_a_visitor_who_came_from_somewhere_has_a_page_of_their_own(client, posting, page, came):
    """JOB-18: what its links carry is theirs, so no cache may keep it."""
    where = addresses(posting)[page]
    headers = {"referer": "https://search.example/?q=x"} if came == "referer" else {}
    query = came.replace("?", "&") if "?" in where else came
    answer = client.get(where + ("" if came == "referer" else query), headers=headers)

    assert answer["Cache-Control"] == "private, no-cache" and "ETag" not in answer
    assert "?o=" in answer.content.decode() and not answer.cookies


def test_the_host_a_script_names_reaches_the_form_and_nothing_else_does(client, posting):
    form = client.get(posting.apply_url + "?from=search.example").content.decode()
    odd = client.get(posting.apply_url + "?from=%22%3E%3Cb%3E").content.decode()

    assert 'name="o"' in form and 'name="o"' not in odd


def test_the_form_is_never_kept_by_anybody(client, posting):
    """SEC-9: token, stamp and number of a form are one visitor's."""
    answer = client.get(posting.apply_url)

    assert "no-store" in answer["Cache-Control"] and "ETag" not in answer
    assert "csrfmiddlewaretoken" in answer.content.decode()


def test_two_visitors_behind_one_cache_send_two_applications(client, posting):
    """The page in front of the form is the same for both, their forms are not."""
    forms = []
    for _ in range(2):
        client.cookies.clear()
        client.get(posting.get_absolute_url())
        forms.append(client.get(reverse("careers:apply", args=[posting.slug])).context["form"])

    assert forms[0].initial["submission_key"] != forms[1].initial["submission_key"]


def test_an_internal_posting_is_kept_by_nobody(client, recruiter, posting):
    Posting.objects.filter(pk=posting.pk).update(audience="colleagues", public_from=None, first_published_at=None)
    stranger = client.get(posting.get_absolute_url())
    client.force_login(recruiter)
    answer = client.get(posting.get_absolute_url())

    assert stranger.status_code == 404
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
