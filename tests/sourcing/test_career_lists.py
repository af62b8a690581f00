"""Home, search, departments and places of the career site, and what is kept of them. Standard ids: JOB-13, JOB-15, JOB-16, A11Y-9."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.urls import reverse

from hiring import jobs, postings
from hiring.models import Posting
from sourcing.careers import facts, listing
from tests.factories import DepartmentFactory, LocationFactory, PostingFactory


@pytest.fixture
def data(db):
    return DepartmentFactory(name="Data & Grid")


@pytest.fixture
def lyon(db):
    return LocationFactory(name="Lyon Part-Dieu", city="Lyon")


@pytest.fixture
def posting(data, lyon):
    return PostingFactory(title="Data Engineer", job__department=data, job__location=lyon)


@pytest.fixture
def kept(monkeypatch):
    """What is counted is kept, as outside of tests."""
    cache.clear()
    monkeypatch.setattr(facts, "SECONDS", 15)
    yield
    cache.clear()


def page_of(client, address) -> str:
    return client.get(address).content.decode()


def address(kind, one) -> str:
    return facts.address(kind, one.pk, one.name)


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_what_is_counted_of_the_site_is_asked_once(client, posting, kept, django_assert_num_queries):
    client.get("/careers/")

    with django_assert_num_queries(2):  # which jobs, and that nothing of them changed
        client.get("/careers/")


@pytest.mark.parametrize("act", ["unpublish", "hold"])
def test_what_was_counted_goes_with_the_posting(
    posting, kept, recruiter, act, django_capture_on_commit_callbacks, monkeypatch
):
    before = facts.site()
    with django_capture_on_commit_callbacks(execute=True):
        if act == "hold":
            jobs.hold(posting.job, by=recruiter, reason="Budget")
        else:
            postings.unpublish(posting, by=recruiter)

    assert (before.count, facts.site().count, facts.site().departments) == (1, 0, ())


def test_a_list_never_shows_what_is_no_longer_open_whatever_is_kept(client, posting, kept):
    """JOB-13: numbers may be some seconds old, jobs are not."""
    facts.site()
    Posting.objects.update(status="unpublished")

    assert posting.slug not in page_of(client, "/careers/")


def test_without_a_cache_the_site_stays_up(client, posting, kept, monkeypatch):
    def broken(*given, **more):
        raise ConnectionError

    monkeypatch.setattr(facts, "cache", SimpleNamespace(get=broken, set=broken, delete=broken))

    assert posting.slug in page_of(client, "/careers/")


# --- departments and places -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "says"), [("department", "Data &amp; Grid: jobs at"), ("location", "Jobs in Lyon")])
def test_a_department_and_a_place_have_a_page_of_their_own(client, posting, data, lyon, kind, says):
    PostingFactory(title="Elsewhere")
    where = address(kind, data if kind == "department" else lyon)

    page = page_of(client, where)

    assert posting.get_absolute_url() in page and "Elsewhere" not in page
    assert says in page and f'<link rel="canonical" href="http://127.0.0.1:8000{where}">' in page
    assert "noindex" not in page and '<meta name="description" content="1 open job at' in page
    crumbs = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2]
    assert crumbs["itemListElement"][1]["item"].endswith(where)
    assert where in page_of(client, "/careers/") and where in page_of(client, "/sitemap.xml")


def test_an_old_name_in_the_address_leads_to_the_new_one(client, posting, data):
    answer = client.get(f"/careers/departments/was-called-so-{data.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, address("department", data))


def test_a_department_without_open_jobs_says_so_and_is_not_for_engines(client, posting, data):
    Posting.objects.update(status="unpublished")

    page = page_of(client, address("department", data))

    assert "No open jobs right now" in page and "noindex, follow" in page
    assert address("department", data) not in page_of(client, "/sitemap.xml")


@pytest.mark.parametrize("made", [{"first_published_at": None, "status": "draft"}, {"job__confidential": True}])
def test_a_department_nobody_has_read_of_does_not_exist(client, db, made):
    """Its name may be the secret."""
    hidden = DepartmentFactory(name="Project X")
    PostingFactory(job__department=hidden, **made)

    assert client.get(address("department", hidden)).status_code == 404
    for nonsense in ("x", "99999999999", "-", f"{hidden.pk}x"):
        assert client.get(f"/careers/departments/{nonsense}/").status_code == 404


# --- search ---------------------------------------------------------------------------------------------------------


def test_a_search_can_be_narrowed_by_everything_a_list_says(client, posting, lyon):
    intern = PostingFactory(title="Intern", job__employment_type="INTERN", job__workplace="on_site", language="de")

    def found(query):
        page = page_of(client, "/careers/?" + query)
        return {one for one in (posting, intern) if one.get_absolute_url() in page}

    assert found("employment=INTERN") == found("language=de") == found("workplace=on_site") == {intern}
    assert found(f"q=data&location={lyon.pk}&employment=FULL_TIME") == {posting}
    assert found("employment=BOSS&workplace=moon&language=klingon") == {posting, intern}
    page = page_of(client, "/careers/?employment=INTERN")
    assert '<option value="INTERN" selected>Internship' in page and "<details" in page and " open>" in page


def test_a_search_that_finds_nothing_offers_to_leave_something_out(client, posting, lyon):
    page = page_of(client, f"/careers/?q=astronaut&location={lyon.pk}")

    assert "No job like this right now" in page
    assert f'href="/careers/?location={lyon.pk}"' in page and 'href="/careers/?q=astronaut"' in page


def test_a_search_counts_once_and_its_next_page_goes_on(client, db, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    for _ in range(3):
        PostingFactory(title="Planner")
    page = listing.find(listing.Wanted(words="planner"), size=2, counts=True)
    later = listing.find(listing.Wanted(words="planner"), size=2, after=page.older, counts=True)

    assert (page.count, len(page.postings), later.count, len(later.postings)) == (3, 2, None, 1)


# --- the posting ----------------------------------------------------------------------------------------------------


def test_a_posting_names_similar_jobs_and_leads_to_its_form(client, posting, data):
    other = PostingFactory(title="Analyst", job__department=data)

    page = page_of(client, posting.get_absolute_url())

    assert "Similar jobs" in page and other.get_absolute_url() in page
    assert f'href="{reverse("careers:apply", args=[posting.slug])}"' in page
    assert "<form" not in page and "csrfmiddlewaretoken" not in page


def test_a_similar_job_that_ended_is_not_named_though_it_was_kept(client, posting, data, kept):
    """JOB-13."""
    other = PostingFactory(title="Analyst", job__department=data)
    page_of(client, posting.get_absolute_url())
    Posting.objects.filter(pk=other.pk).update(status="unpublished")

    assert other.get_absolute_url() not in page_of(client, posting.get_absolute_url())
