"""A posting of several places and languages, and who may not see it. Standard ids: JOB-13, JOB-16, JOB-23, JOB-29."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from hiring import postings
from hiring.models import PostingTranslation
from hiring.postings.places import Wanted
from pipeline.models import Application
from sourcing.boards import choosing, keeping, planning
from sourcing.boards.models import Board
from sourcing.boards.registry import FORMATS
from sourcing.careers import facts, listing
from tests.factories import DepartmentFactory, LocationFactory, PostingFactory, StageFactory
from tests.sourcing.test_careers import entered

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"
BY_PLACE = [key for key in FORMATS if FORMATS[key].by_place]
OF_THE_SITE = 5
"""What is counted of the site as a whole: asked each time in tests, once in some seconds elsewhere (sourcing/careers/facts.py)."""
WHOLE = [key for key in FORMATS if not FORMATS[key].by_place]


@pytest.fixture(autouse=True)
def own_site(settings):
    cache.clear()
    settings.SITE_URL = "https://jobs.nordvale.example"
    settings.ALLOWED_HOSTS = ["*"]


def place(name, country="FR", **more):
    facts = {"postal_code": "1000", "region": "", "time_zone": "Europe/Paris", **more}
    return LocationFactory(name=name, city=name, country=country, **facts)


@pytest.fixture
def sites(db):
    return [place("Lyon"), place("Tokyo", "JP", time_zone="Asia/Tokyo"), place("London", "GB")]


@pytest.fixture
def posting(sites):
    made = PostingFactory(
        place=sites, description=LONG, job__location=sites[0], job__pay_min=Decimal(50000), job__pay_max=Decimal(60000)
    )
    own = {"pay": "own", "pay_min": Decimal(7000000), "pay_max": Decimal(9000000), "pay_currency": "JPY"}
    made.places.filter(location=sites[1]).update(**own)
    StageFactory(job=made.job, kind="applied", position=0)
    return made


@pytest.fixture
def all_on(db):
    Board.objects.filter(key="linkedin").update(company_id="4711", contact_email="jobs@nordvale.example")
    for board in keeping.boards():
        keeping.switch(board, on=True, by=None)


def body(client, key):
    answer = client.get(keeping.path_of(keeping.board_of(key)))
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# --- the site -------------------------------------------------------------------------------------------------------


def test_a_posting_is_found_by_any_of_its_places(posting, sites):
    for location in sites:
        assert list(listing.matching(listing.Wanted(location=location.pk))) == [posting]
        assert list(listing.matching(listing.Wanted(words=location.city.upper()))) == [posting]
    assert [int(one.value) for one in facts.site().locations] == [one.pk for one in sorted(sites, key=str)]
    assert not listing.matching(listing.Wanted(location=place("Graz").pk)).exists()


def test_remote_is_found_where_one_place_is_remote(posting, sites):
    before = list(listing.matching(listing.Wanted(remote=True)))
    posting.places.filter(location=sites[2]).update(workplace="remote")

    assert (before, list(listing.matching(listing.Wanted(remote=True)))) == ([], [posting])


def test_similar_jobs_share_any_place(posting, sites):
    near = PostingFactory(job__location=sites[2], job__department=DepartmentFactory(name="Elsewhere"))
    PostingFactory(job__location=place("Graz"), job__department=DepartmentFactory(name="Far"))

    assert listing.alike(posting) == [near]


def test_the_list_and_the_page_name_the_places_and_what_each_pays(client, posting):
    home = client.get(reverse("careers:home")).content.decode()
    page = client.get(posting.get_absolute_url()).content.decode()

    assert "Lyon, Tokyo or London" in home
    assert "¥\u00a07,000,000 to 9,000,000" in page and page.count("€\u00a050,000 to 60,000") == 2


@pytest.mark.parametrize("many", [1, 6])
def test_the_list_asks_no_more_for_more_postings_and_places(client, db, many, django_assert_num_queries):
    for number in range(many):
        PostingFactory(place=[place(f"Place {number}-{one}") for one in range(many)])
    client.get(reverse("careers:home"))

    with django_assert_num_queries(6 + OF_THE_SITE):
        client.get(reverse("careers:home"))


@pytest.mark.parametrize("many", [1, 5])
def test_the_page_asks_no_more_for_more_places_and_languages(client, db, many, django_assert_num_queries):
    made = PostingFactory(place=[place(f"Place {number}") for number in range(many)], description=LONG)
    for code in ("de", "fr", "es", "it", "nl")[:many]:
        translated(made, code)
    client.get(made.get_absolute_url())

    with django_assert_num_queries(14):
        client.get(made.get_absolute_url())


# --- feeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", BY_PLACE)
def test_boards_that_know_one_place_get_one_entry_a_place(client, all_on, posting, key):
    """JOB-23: a number of its own for each, and its own pay."""
    root = ET.fromstring(body(client, key))
    entries = list(root.iter("job"))
    texts = [ET.tostring(entry, encoding="unicode") for entry in entries]

    assert len(entries) == 3
    assert [sum(city in text for text in texts) for city in ("Lyon", "Tokyo", "London")] == [1, 1, 1]
    assert "7000000" in next(text for text in texts if "Tokyo" in text)
    ids = re.findall(rf"{posting.pk}-\d+", "".join(texts))
    assert len(set(ids)) == 3
    if key == "linkedin":
        assert root.findtext("expectedJobCount") == "3"


@pytest.mark.parametrize("key", WHOLE)
def test_readers_of_whole_postings_get_one(client, all_on, posting, key):
    text = body(client, key).decode()

    assert text.count(f"/careers/jobs/{posting.slug}/") == 1
    if key == "api":
        job = json.loads(text)["jobs"][0]
        assert [one["city"] for one in job["locations"]] == ["Lyon", "Tokyo", "London"]
        assert job["locations"][1]["pay"] == {"min": 7000000, "max": 9000000, "currency": "JPY", "period": "YEAR"}
        assert job["pay"] is None


def test_a_reference_is_never_given_to_another_place(client, all_on, posting, sites, recruiter):
    """JOB-23: the order does not matter, and a place that comes back has the number it had."""

    def ids():
        root = ET.fromstring(body(client, "indeed"))
        return {job.findtext("city"): job.findtext("referencenumber") for job in root.iter("job")}

    before = ids()
    graz = place("Graz", "AT", postal_code="8010")
    postings.edit(posting, by=recruiter, sites=[Wanted(graz), Wanted(sites[2]), Wanted(sites[0])])
    between = ids()
    postings.edit(posting, by=recruiter, sites=[Wanted(one) for one in (*sites, graz)])

    assert between["Lyon"] == before["Lyon"] and between["London"] == before["London"]
    assert between["Graz"] not in before.values()
    assert ids() == before | {"Graz": between["Graz"]}


def test_a_board_for_some_places_gets_those_of_a_posting(client, all_on, posting, sites):
    board = Board.objects.get(key="indeed")
    board.scope = "only"
    board.save()
    board.locations.set([sites[1]])
    only = re.findall(rb"<city><!\[CDATA\[(\w+)", body(client, "indeed"))
    Board.objects.filter(key="indeed").update(scope="except")
    all_but = re.findall(rb"<city><!\[CDATA\[(\w+)", body(client, "indeed"))
    choosing.choose(keeping.board_of("indeed"), posting, is_wanted=True, by=None)

    assert (only, all_but) == ([b"Tokyo"], [b"Lyon", b"London"])


def test_a_change_of_a_place_changes_the_feed(client, all_on, posting, sites, recruiter):
    tags = [planning.state(keeping.board_of("indeed")).mark]
    for change in (
        lambda: posting.places.filter(location=sites[1]).update(pay_max=Decimal(8000000)),
        lambda: type(sites[2]).objects.filter(pk=sites[2].pk).update(city="Croydon"),
        lambda: posting.places.filter(location=sites[2]).delete(),
    ):
        change()
        tags.append(planning.state(keeping.board_of("indeed")).mark)

    assert len(set(tags)) == 4


# --- languages ------------------------------------------------------------------------------------------------------


def translated(posting, code, title="Dateningenieur (m/w/d)"):
    return PostingTranslation.objects.create(
        posting=posting, language=code, title=title, description=LONG.replace("You", "Sie"), changed_at=timezone.now()
    )


def links(page):
    found = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page)
    return dict(found), re.findall(r'<link rel="canonical" href="([^"]+)">', page)


def test_each_language_has_an_address_and_all_point_at_each_other(client, posting):
    """JOB-16: self-referencing, reciprocal, absolute, with a default; each is its own canonical page."""
    translated(posting, "de")
    translated(posting, "ar", "مهندس بيانات")
    base = f"https://jobs.nordvale.example/careers/jobs/{posting.slug}/"
    addresses = {"en": base, "ar": f"{base}ar/", "de": f"{base}de/", "x-default": base}

    for code in ("en", "ar", "de"):
        page = client.get(addresses[code].removeprefix("https://jobs.nordvale.example")).content.decode()
        assert links(page) == (addresses, [addresses[code]])
        assert f'<html lang="{code}"' in page
        assert page.count("application/ld+json") == 1
    assert (
        'dir="rtl">مهندس بيانات' in page
        or "مهندس" in client.get(addresses["ar"].removeprefix("https://jobs.nordvale.example")).content.decode()
    )


def test_a_page_in_another_language_says_its_words_and_ours_are_in_it_too(client, posting):
    """JOB-19, A11Y-9."""
    translated(posting, "de")

    page = client.get(f"{posting.get_absolute_url()}de/?utm_source=x").content.decode()

    assert "Dateningenieur (m/w/d)" in page and "Sie build" in page
    assert '<html lang="de">' in page and '<header class="tl-public-top">' in page
    assert "<h2>So geht es weiter" in page


@pytest.mark.parametrize("code", ["fr", "en", "xx"])
def test_a_language_it_has_no_words_in_leads_to_the_original(client, posting, code):
    answer = client.get(f"{posting.get_absolute_url()}{code}/")

    assert (answer.status_code, answer["Location"]) == (302, posting.get_absolute_url())


def test_languages_of_a_posting_that_ended_are_gone_too(client, posting, recruiter):
    """JOB-13."""
    translated(posting, "de")
    postings.unpublish(posting, by=recruiter)

    assert client.get(f"{posting.get_absolute_url()}de/").status_code == 410
    assert "/de/" not in client.get("/sitemap.xml").content.decode()


def test_the_sitemap_holds_every_language_with_its_alternates(client, posting):
    """JOB-15, JOB-16."""
    translated(posting, "de")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}

    urls = ET.fromstring(client.get("/sitemap.xml").content).findall("s:url", spaces)

    base = f"https://jobs.nordvale.example/careers/jobs/{posting.slug}/"
    assert [url.find("s:loc", spaces).text for url in urls[-2:]] == [base, f"{base}de/"]
    for url in urls[-2:]:
        said = {one.get("hreflang"): one.get("href") for one in url.findall("x:link", spaces)}
        assert said == {"en": base, "de": f"{base}de/", "x-default": base}


def test_languages_count_where_a_sitemap_is_full(client, posting, monkeypatch):
    from sourcing.careers import robots_views

    for other in (PostingFactory(), PostingFactory()):
        translated(other, "de")
    monkeypatch.setattr(robots_views, "MOST_IN_A_FILE", 4)

    index = ET.fromstring(client.get("/sitemap.xml").content)
    counts = [
        client.get(one[0].text.removeprefix("https://jobs.nordvale.example")).content.count(b"<loc>") for one in index
    ]

    lists = 1 + len(facts.site().departments) + len(facts.site().locations)
    assert max(counts) <= 4 and sum(counts) == lists + 5


def test_a_posting_is_found_by_its_title_in_another_language(posting):
    translated(posting, "de")

    assert list(listing.matching(listing.Wanted(words="dateningenieur"))) == [posting]


def test_feeds_say_the_language_and_the_api_names_the_others(client, all_on, posting):
    translated(posting, "de")

    rss, own = body(client, "rss").decode(), json.loads(body(client, "json-feed"))
    job = client.get(reverse("careers:api_job", args=[posting.slug])).json()

    assert "<dc:language><![CDATA[en]]></dc:language>" in rss
    assert own["items"][0]["language"] == job["language"] == "en"
    assert job["translations"] == [
        {
            "language": "de",
            "title": "Dateningenieur (m/w/d)",
            "url": f"https://jobs.nordvale.example/careers/jobs/{posting.slug}/de/",
        }
    ]


# --- internal -------------------------------------------------------------------------------------------------------


def crawl(client, start="/careers/"):
    """Every page and file a stranger reaches from the home page, the sitemap, the announced feeds and the API."""
    waiting, seen = [start, "/sitemap.xml", "/robots.txt", "/careers/api/jobs/", "/careers/?q=secret"], {}
    waiting += [keeping.path_of(board) for board in keeping.boards()]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 200:
            continue
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[path] = content.decode()
        found = re.findall(
            r"(?:href=\"|<loc>|\"url\": ?\"|<!\[CDATA\[)(?:https://jobs\.nordvale\.example)?(/[^\"<\]?# ]*)", seen[path]
        )
        waiting += [one for one in found if one.startswith(("/careers/", "/feeds/", "/sitemap"))]
    return seen


def test_a_crawl_finds_nothing_of_what_is_internal(client, all_on, posting, recruiter):
    """Not in the list, a search, the sitemap, a feed, the API, similar jobs; and its own address knows nothing."""
    same = {"job__department": posting.job.department, "job__location": posting.job.location}
    hidden = [
        PostingFactory(
            title="Secret Planner",
            slug="secret-planner",
            audience="colleagues",
            first_published_at=None,
            description=LONG,
            **same,
        ),
        PostingFactory(
            title="Secret Lead",
            slug="secret-lead",
            audience="colleagues_first",
            first_published_at=timezone.now() + timezone.timedelta(days=3),
            public_from=timezone.now() + timezone.timedelta(days=3),
            live_from=timezone.now(),
            description=LONG,
            **same,
        ),
    ]
    for one in hidden:
        translated(one, "de", "Secret auf Deutsch")
    ended = PostingFactory(status="unpublished", **same)

    seen = crawl(client) | {"ended": client.get(ended.get_absolute_url()).content.decode()}

    assert posting.get_absolute_url() in seen and len(seen) > 12
    assert [
        path
        for path, text in seen.items()
        if "secret" in text.lower().replace('value="secret"', "").replace("?q=secret", "")
    ] == []
    for one in hidden:
        for path in (
            one.get_absolute_url(),
            f"{one.get_absolute_url()}de/",
            reverse("careers:api_job", args=[one.slug]),
        ):
            assert client.get(path).status_code == 404
        assert client.post(reverse("careers:apply", args=[one.slug]), entered()).status_code == 404
    assert not Application.objects.exists()


@pytest.mark.parametrize("audience", ["colleagues", "colleagues_first"])
def test_a_colleague_reads_it_and_no_engine_may(client, recruiter, posting, audience):
    opens = None if audience == "colleagues" else timezone.now() + timezone.timedelta(days=3)
    type(posting).objects.filter(pk=posting.pk).update(audience=audience, public_from=opens, first_published_at=opens)
    client.force_login(recruiter)

    answer = client.get(posting.get_absolute_url())
    page = answer.content.decode()

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex" and "private" in answer["Cache-Control"]
    assert ("Only colleagues can read this" in page) == (audience == "colleagues")
    assert "ld+json" not in page and "canonical" not in page
