"""The list of jobs in somebody's web site: only those that were named may frame it, and nothing else of ours (SEC-5, SEC-6, SEC-8)."""

from __future__ import annotations

import html

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sourcing.embeds.models import CareerEmbed, check_sites, site_of
from tests.factories import PostingFactory

SITE = "https://www.nordvale.example"


@pytest.fixture
def embed(db):
    return CareerEmbed.objects.create(name="Web site", sites=f"{SITE}/\nhttps://jobs.nordvale.example:8443")


def show(client, embed, query=""):
    return client.get(reverse("careers:embed", args=[embed.key]) + query)


def ancestors(answer) -> str:
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if " " in part.strip()
    )
    return policy["frame-ancestors"]


def test_only_the_named_web_sites_may_frame_it(client, embed):
    PostingFactory(title="Data Engineer")

    answer = show(client, embed)

    assert ancestors(answer) == f"'self' {SITE} https://jobs.nordvale.example:8443"
    assert "X-Frame-Options" not in answer and "Data Engineer" in answer.content.decode()
    assert not answer.cookies and "public" in answer["Cache-Control"]
    assert "<script>" not in answer.content.decode() and f'data-sites="{SITE} ' in answer.content.decode()


def test_everything_else_stays_unframed(client, embed):
    posting = PostingFactory()

    for address in (
        reverse("careers:home"),
        posting.get_absolute_url(),
        reverse("careers:alerts"),
        "/careers/embed/none/",
    ):
        answer = client.get(address)
        assert ancestors(answer) == "'none'" and answer["X-Frame-Options"] == "DENY"


def test_a_list_that_is_switched_off_shows_nothing(client, embed):
    CareerEmbed.objects.update(is_active=False)

    assert show(client, embed).status_code == 404


def test_it_shows_what_was_chosen_and_only_what_is_public(client, embed):
    wanted = PostingFactory(title="Wanted")
    PostingFactory(title="Elsewhere")
    PostingFactory(title="Inside", audience="colleagues", job__department=wanted.job.department)

    page = show(client, embed, f"?department={wanted.job.department_id}").content.decode()

    assert "Wanted" in page and "Elsewhere" not in page and "Inside" not in page
    assert f"{wanted.get_absolute_url()}?ref={embed.key}" in page  # JOB-18


@pytest.mark.parametrize("jobs", [2, 5])
def test_more_jobs_ask_no_more(client, embed, jobs, django_assert_max_num_queries):
    for _ in range(jobs):
        PostingFactory()

    with django_assert_max_num_queries(6):
        assert show(client, embed).content.decode().count('class="tl-job"') == jobs


@pytest.mark.parametrize(
    ("typed", "is_meant"),
    [
        ("https://www.Nordvale.example/", "https://www.nordvale.example"),
        (" https://nordvale.example:443 ", "https://nordvale.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_a_web_site_is_kept_as_browsers_compare_it(typed, is_meant):
    assert site_of(typed) == is_meant


@pytest.mark.parametrize(
    "wrong",
    [
        "http://nordvale.example",
        "https://*.example",
        "*",
        "https://a.example/page",
        "https://me@a.example",
        "https://a.example; script-src *",
        "javascript:alert(1)",
        "https://",
        "https://a.example?x",
        "https://a.example:99999",
        "",
    ],
)
def test_what_is_no_web_site_is_refused(wrong):
    with pytest.raises(ValidationError):
        check_sites(wrong)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_gets_more_into_the_policy_than_an_origin(text):
    """Whatever is let through is scheme, host and port: no blank, no quote, no second directive."""
    try:
        found = site_of(text)
    except ValidationError:
        return
    assert not set(found) - set("abcdefghijklmnopqrstuvwxyz0123456789-.:/") and found.count("/") == 2


def test_administrators_copy_what_belongs_into_the_web_site(client, embed, admin, recruiter):
    wanted = PostingFactory()
    client.force_login(admin)

    page = client.get(reverse("sourcing:embeds") + f"?department={wanted.job.department_id}").content.decode()

    assert f"/careers/embed/{embed.key}/?department={wanted.job.department_id}" in page
    shown = html.unescape(page)
    assert "&lt;iframe" in page and "/static/js/embed.js" in shown and "/careers/api/jobs/?department=" in shown
    client.force_login(recruiter)
    assert client.get(reverse("sourcing:embeds")).status_code == 403


def test_the_data_can_be_read_by_scripts_of_any_web_site(client, embed):
    assert client.get(reverse("careers:api_jobs"))["Access-Control-Allow-Origin"] == "*"
