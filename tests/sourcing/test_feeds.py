"""Feeds of job boards: written, escaped, streamed, in step with the site. Standard ids: JOB-13, JOB-18, JOB-20, JOB-23 to 29, FIX-4."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring.models import Posting, Source
from hiring.postings import as_html, sanitise
from pipeline import intake
from sourcing.boards import choosing, keeping, planning, streaming, texts
from sourcing.boards.models import Board, BoardFetch
from sourcing.boards.registry import FORMATS
from sourcing.careers import listing
from tests.factories import PostingFactory
from tests.sourcing import awkward

GOLDEN = Path(__file__).parent / "feeds"
XML = ("indeed", "linkedin", "jooble", "adzuna", "talent", "rss")
TOKEN = "0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def own_site(settings):
    """Plans are kept in the cache, which outlives a test."""
    cache.clear()
    settings.SITE_URL = "https://jobs.nordvale.example"
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def clock(monkeypatch):
    now = [awkward.NOW]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


@pytest.fixture
def all_on(db):
    Board.objects.filter(key="linkedin").update(company_id="4711", contact_email="jobs@nordvale.example")
    Board.objects.update(token=TOKEN)
    for board in keeping.boards():
        keeping.switch(board, on=True, by=None)


@pytest.fixture
def awkward_ones(clock, all_on):
    return awkward.make()


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def fetch(client, key, **headers):
    return client.get(keeping.path_of(keeping.board_of(key)), headers=headers)


def sent(key) -> list[int]:
    board = keeping.board_of(key)
    return planning.make(board).sent.tolist()


def jobs_of(key, data: bytes) -> list[dict[str, str]]:
    """Every posting of a feed, as an independent parser reads it."""
    root = ET.fromstring(data)
    tag = "item" if key == "rss" else "job"
    return [{child.tag: child.text or "" for child in one} | one.attrib for one in root.iter(tag)]


# FIX-4: 12 awkward postings


@pytest.mark.parametrize("key", FORMATS)
def test_each_feed_says_what_its_golden_file_says(key, client, awkward_ones):
    """`WRITE_GOLDEN=1` writes the files anew, to be read before they are kept."""
    got = body(fetch(client, key)).decode()
    file = GOLDEN / f"{key}.{'xml' if key in XML else 'json'}"
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(got)

    assert got == file.read_text()


@pytest.mark.parametrize("key", XML)
def test_each_xml_feed_is_well_formed_and_reads_back_whole(key, client, awkward_ones, tmp_path):
    """JOB-24: xmllint takes it, and a second parser finds every title and every word again."""
    data = body(fetch(client, key))
    file = tmp_path / "feed.xml"
    file.write_bytes(data)

    linted = subprocess.run(["xmllint", "--noout", str(file)], capture_output=True, check=False)
    read = jobs_of(key, data)

    assert (linted.returncode, linted.stderr) == (0, b"")
    assert len(read) == len(sent(key))
    text = " ".join(" ".join(one.values()) for one in read)
    for words in ("R&D Lead", "]]&gt;" if key == "rss" else "]]>", "مهندس بيانات 🎉", "👩‍🔧"):
        assert words in text
    assert "alert(2)" not in text


def test_boards_refuse_what_they_would_not_take_and_say_why(awkward_ones):
    """The names of the refusals a page counts; the feed holds the rest and nothing else."""
    image, buyer = 9009, 9012
    every = set(range(9001, 9013))
    plans = {key: planning.make(keeping.board_of(key)) for key in FORMATS}

    assert plans["indeed"].why == {"Description too short": 1, "Pay": 1, "Postal code": 1, "Title": 1}
    assert set(plans["indeed"].refused) == {image, buyer, 9008}
    assert plans["jooble"].why == {"Description too short": 1, "Pay": 1, "Title": 1, "Too old": 1}
    assert set(plans["linkedin"].refused) == set(plans["adzuna"].refused) == {image, buyer}
    for key, plan in plans.items():
        assert set(plan.sent) | set(plan.refused) == every, (
            key
        )  # none that is expired, confidential, on hold, draft or down
        assert not set(plan.sent) & set(plan.refused), key
    for key in ("rss", "json-feed", "api"):
        assert set(plans[key].sent) == every  # what anybody may read says what the site says (JOB-25)
    assert set(Posting.objects.public().values_list("pk", flat=True)) == every


def test_indeed_gets_dates_of_the_page_stable_references_and_no_entities(client, awkward_ones):
    """JOB-23, JOB-24."""
    read = {one["requisitionid"]: one for one in jobs_of("indeed", body(fetch(client, "indeed")))}

    plain, tokyo, remote = read["REQ-9001"], read["REQ-9003"], read["REQ-9002"]
    assert plain["referencenumber"] == "9001-91"
    assert plain["date"] == "2026-10-31T10:30:00+01:00"
    assert plain["url"].startswith("https://jobs.nordvale.example/careers/jobs/posting-9001/?source=Indeed")
    assert plain["salary"] == "52000 - 64000 EUR per year"
    assert tokyo["salary"] == "1800 - 2400 JPY per hour"
    assert (remote["remotetype"], remote["salary"]) == ("Fully remote", "60000 EUR per year")
    assert "salary" not in read["REQ-9010"]  # what the page does not show
    assert [one for one in read.values() if re.search(r"&#?\w+;", one["description"])] == []


def test_linkedin_counts_what_it_announces_and_gives_a_new_title_a_new_id(client, awkward_ones):
    """JOB-27."""
    root = ET.fromstring(body(fetch(client, "linkedin")))
    ids = {job.findtext("applyUrl"): job.findtext("partnerJobId") for job in root.iter("job")}

    assert root.findtext("expectedJobCount") == str(len(ids)) == "10"
    assert {job.findtext("companyId") for job in root.iter("job")} == {"4711"}
    assert max(map(len, ids.values())) <= 40
    Posting.objects.filter(pk=9001).update(title="Data Platform Engineer")
    after = {
        job.findtext("applyUrl"): job.findtext("partnerJobId")
        for job in ET.fromstring(body(fetch(client, "linkedin"))).iter("job")
    }
    assert [address for address in ids if ids[address] != after[address]] == [
        "https://jobs.nordvale.example/careers/jobs/posting-9001/?source=LinkedIn&utm_medium=job_board"
    ]


# Escaping


HOSTILE = st.text(max_size=60) | st.sampled_from(
    ["]]>", "<![CDATA[", "&lt;b&gt;", "&amp;amp;", "<script>", "\x00\x0b\ufffe", "&#60;", "a<b", "<"]
)


@settings(max_examples=300)
@given(st.lists(HOSTILE, max_size=5).map("".join))
def test_no_text_breaks_an_element(text):
    """JOB-24: whatever it is, one parser and another read back the text without what XML cannot hold."""
    data = texts.element("a", text)

    assert (ET.fromstring(data).text or "") == texts.legal(text)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [tag, *[name for name, _ in attrs]]


@settings(max_examples=300)
@given(st.lists(HOSTILE, max_size=5).map("".join))
def test_literal_html_has_no_entities_and_grows_no_tags(text):
    """JOB-24: a bracket that was text never becomes a tag, and nothing is left that Indeed would show as an entity."""
    clean = sanitise(as_html(text))

    literal = texts.literal(clean)

    assert re.search(r"&#?\w+;", literal) is None
    assert Tags(literal).found == Tags(clean).found


# In step with the site


def test_an_unchanged_feed_is_not_sent_again(client, awkward_ones):
    """JOB-29: by its tag, and by its moment for readers that know no tags."""
    first = fetch(client, "indeed")
    body(first)

    by_tag = fetch(client, "indeed", if_none_match=first["ETag"])
    by_moment = fetch(client, "indeed", if_modified_since=first["Last-Modified"])

    assert (by_tag.status_code, by_moment.status_code, by_tag.content) == (304, 304, b"")
    assert by_tag["ETag"] == first["ETag"]
    ages = [int(age) for age in re.findall(r"max-age=(\d+)", first["Cache-Control"])]
    assert ages == [30] and "public" in first["Cache-Control"]


@pytest.mark.parametrize("key", FORMATS)
def test_what_leaves_the_site_leaves_every_feed_at_once(key, client, awkward_ones, clock):
    """JOB-13: taken down, held, confidential, expired; neither tag nor moment keeps an old copy alive."""
    path, gone = keeping.path_of(keeping.board_of(key)), []
    acts = {
        9001: lambda: Posting.objects.get(pk=9001).job.__class__.objects.filter(pk=9001).update(status="on_hold"),
        9002: lambda: Posting.objects.get(pk=9002).job.__class__.objects.filter(pk=9002).update(confidential=True),
        9003: lambda: Posting.objects.filter(pk=9003).update(status="unpublished"),
        9004: lambda: clock.__setitem__(0, dt.datetime(2027, 3, 28, 23, 0, 1, tzinfo=dt.UTC)),
    }
    for pk, act in acts.items():
        before = client.get(path)
        body(before)
        act()
        asked = {"if_none_match": before["ETag"]}, {"if_modified_since": before["Last-Modified"]}
        answers = [client.get(path, headers=headers) for headers in asked]
        gone.append(pk)

        assert [answer.status_code for answer in answers] == [200, 200]
        for answer in answers:
            assert not any(f"posting-{one}" in body(answer).decode() for one in gone)


def test_changes_of_pay_place_and_title_change_the_tag_whoever_made_them(client, awkward_ones):
    tags = [fetch(client, "adzuna")["ETag"]]
    job = awkward_ones[0].job
    for change in (
        lambda: type(job).objects.filter(pk=job.pk).update(pay_max=65000),
        lambda: type(job.location).objects.filter(pk=job.location_id).update(city="Villeurbanne"),
        lambda: type(job.department).objects.filter(pk=job.department_id).update(name="Grid"),
        lambda: Source.objects.filter(name="Adzuna").update(name="Adzuna UK"),
    ):
        change()
        tags.append(fetch(client, "adzuna")["ETag"])

    assert len(set(tags)) == 5


def test_a_republished_posting_keeps_its_id_and_its_date(client, awkward_ones):
    """JOB-5, JOB-29."""

    def said():
        return {(one["referencenumber"], one["date"]) for one in jobs_of("indeed", body(fetch(client, "indeed")))}

    before = said()
    Posting.objects.filter(pk=9001).update(status="unpublished")
    between = said()
    Posting.objects.filter(pk=9001).update(status="published", changed_at=awkward.NOW + dt.timedelta(days=1))

    assert len(before - between) == 1
    assert said() == before


@pytest.mark.parametrize("key", XML)
def test_no_postings_are_a_valid_empty_feed(key, client, all_on, tmp_path):
    """JOB-29; and a board that is off finds the same, which takes its ads down."""
    PostingFactory(job__confidential=True)

    data = body(fetch(client, key))

    assert jobs_of(key, data) == []


def test_a_board_that_is_off_or_a_trial_site_sends_nothing(client, awkward_ones, settings):
    """JOB-25: no test tenants on job boards; the site's own feeds say noindex there, as its pages do."""
    settings.INDEXABLE = False
    trial = jobs_of("indeed", body(fetch(client, "indeed")))
    own = fetch(client, "rss")
    settings.INDEXABLE = True
    keeping.switch(keeping.board_of("indeed"), on=False, by=None)
    keeping.switch(keeping.board_of("rss"), on=False, by=None)

    assert trial == []
    assert (len(jobs_of("rss", body(own))), own["X-Robots-Tag"]) == (12, "noindex")
    assert jobs_of("indeed", body(fetch(client, "indeed"))) == []
    assert fetch(client, "rss").status_code == 404


def test_a_revoked_address_leads_nowhere_and_is_noticed(client, awkward_ones):
    """JOB-29: board token revoked."""
    old = keeping.path_of(keeping.board_of("indeed"))
    keeping.readdress(keeping.board_of("indeed"), by=None)

    answers = [client.get(old, headers={"user-agent": "Indeedbot/1.0 (someone@indeed.example)"}) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {404}
    assert fetch(client, "indeed").status_code == 200
    logged = BoardFetch.objects.get(status=404)
    assert (logged.agent, logged.times) == ("Indeed", 1)  # one row for many
    for path in ("/feeds/rss/abc.xml", "/feeds/nothing/abc.xml", "/careers/feeds/indeed/", "/careers/feeds/api/"):
        assert client.get(path).status_code == 404


# Streaming


def test_a_feed_streams_packed_or_plain_with_the_same_words(client, awkward_ones):
    plain = fetch(client, "indeed")
    packed = fetch(client, "indeed", accept_encoding="br, gzip")

    assert plain.streaming and packed.streaming
    assert packed["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed["Vary"]
    assert packed["ETag"] == plain["ETag"]
    assert gzip.decompress(body(packed)) == body(plain)
    head = client.head(keeping.path_of(keeping.board_of("indeed")))
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", plain["ETag"])


@pytest.mark.parametrize("rows", [1, 7])
def test_questions_grow_with_chunks_and_not_with_postings(rows, client, all_on, monkeypatch, django_assert_num_queries):
    """Settings 3, state 3, its moment 1, plan 5, postings 3, log 3; asked again with the tag 6, and nothing is written."""
    PostingFactory.create_batch(rows)
    path = keeping.path_of(keeping.board_of("rss"))
    with django_assert_num_queries(18):
        first = client.get(path)
        body(first)
    known = {"if_none_match": first["ETag"]}
    client.get(path, headers=known)
    with django_assert_num_queries(6):
        assert client.get(path, headers=known).status_code == 304
    monkeypatch.setattr(planning, "CHUNK", 3)
    monkeypatch.setattr(streaming, "CHUNK", 3)
    cache.clear()
    assert len(jobs_of("rss", body(fetch(client, "rss")))) == rows


def test_who_hangs_up_is_logged_as_that_and_who_asks_often_costs_no_writes(client, awkward_ones, clock):
    """The log: kind of program, answer, size; nothing a person is known by; and it stays small."""
    left = fetch(client, "indeed", user_agent="Mozilla/5.0 (Jane Doe; jane@mail.example)")
    next(left.streaming_content)
    for close in left._resource_closers:  # what the server calls when the line breaks
        close()
    for _ in range(5):
        whole = fetch(client, "indeed", user_agent="Indeedbot")
        size = len(body(whole))
    tag = whole["ETag"]
    for _ in range(40):
        assert fetch(client, "indeed", if_none_match=tag, user_agent="Indeedbot").status_code == 304

    rows = list(BoardFetch.objects.order_by("pk").values_list("status", "agent", "jobs", "size", "times", "is_whole"))

    assert rows[0][:2] == (200, "A browser") and rows[0][5] is False
    assert rows[1:6] == [(200, "Indeed", 9, size, 1, True)] * 5
    assert rows[6:] == [(304, "Indeed", 0, 0, 1, True)]


def test_the_log_forgets(client, awkward_ones):
    board = keeping.board_of("indeed")
    old = timezone.now() - dt.timedelta(days=91)
    lately = [timezone.now() - dt.timedelta(minutes=minutes) for minutes in range(1, 221)]
    BoardFetch.objects.bulk_create(BoardFetch(board=board, at=at, status=200, agent="curl") for at in [old, *lately])

    body(fetch(client, "indeed"))

    kept = BoardFetch.objects.filter(board=board)
    assert (kept.count(), kept.filter(at=old).exists()) == (200, False)


# Chosen per board, and known when they apply


def test_departments_locations_and_single_choices_decide_what_a_board_gets(awkward_ones, recruiter):
    lyon, buyer = {9001, 9002, 9005}, 9012
    board = keeping.board_of("adzuna")
    place = awkward_ones[0].job.location
    kept = {"by": recruiter, "source": board.source, "departments": []}

    keeping.edit(board, scope="only", locations=[place], **kept)
    assert set(sent("adzuna")) == lyon
    choosing.choose(keeping.board_of("adzuna"), awkward_ones[2], is_wanted=True, by=recruiter)
    choosing.choose(keeping.board_of("adzuna"), awkward_ones[0], is_wanted=False, by=recruiter)
    assert set(sent("adzuna")) == {9002, 9003, 9005}
    keeping.edit(board, scope="except", locations=[place], **kept)
    assert 9002 not in sent("adzuna") and {9003, 9004} <= set(sent("adzuna"))
    choosing.choose(
        keeping.board_of("adzuna"), awkward_ones[2], is_wanted=True, by=recruiter
    )  # as the settings say: no row
    assert [choice.posting_id for choice in keeping.board_of("adzuna").choices.all()] == [9001]
    assert buyer not in sent("adzuna") and 9001 in sent("indeed")  # one board's choice is no other's


def test_an_application_from_a_board_carries_its_source(client, awkward_ones):
    """JOB-18."""
    address = jobs_of("adzuna", body(fetch(client, "adzuna")))[0]["url"]
    page = client.get(address.removeprefix("https://jobs.nordvale.example"))

    assert page.status_code == 200
    assert f'<link rel="canonical" href="{address.partition("?")[0]}">' in page.content.decode()
    assert intake._source({"first": {"source": "Adzuna", "utm_medium": "job_board"}}) == Source.objects.get(
        name="Adzuna"
    )
    assert Source.objects.get(name="Adzuna").kind == Source.Kind.JOB_BOARD


# The public API


def test_the_api_leads_through_all_jobs_and_takes_the_filters_of_the_site(client, awkward_ones):
    address, found = f"{reverse('careers:api_jobs')}?limit=5", []
    while address:
        answer = client.get(address)
        found += answer.json()["jobs"]
        address = (answer.json()["next"] or "").removeprefix("https://jobs.nordvale.example")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert {job["id"].partition("-")[0] for job in found} == {str(pk) for pk in range(9001, 9013)} and len(found) == 12
    place = awkward_ones[0].job.location_id
    narrowed = client.get(reverse("careers:api_jobs"), {"q": "engineer", "location": place, "remote": "1"}).json()
    assert [job["slug"] for job in narrowed["jobs"]] == ["posting-9002"]
    one = client.get(reverse("careers:api_job", args=["posting-9005"])).json()
    assert one["pay"] == {"min": 70000, "max": 70000, "currency": "EUR", "period": "YEAR"}
    assert "<script" not in one["description_html"]
    assert client.get(reverse("careers:api_job", args=["posting-9012"])).json()["pay"] is None


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("after=zz", "after"),
        ("department=x", "department"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_question(query, word, client, db):
    answer = client.get(f"{reverse('careers:api_jobs')}?{query}")

    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_the_api_hides_what_is_not_public_and_can_be_switched_off(client, awkward_ones):
    closed = [client.get(reverse("careers:api_job", args=[f"posting-{pk}"])) for pk in range(9101, 9106)]
    first = client.get(reverse("careers:api_jobs"))
    again = client.get(reverse("careers:api_jobs"), headers={"if-none-match": first["ETag"]})
    other = client.get(reverse("careers:api_jobs"), {"limit": "2"}, headers={"if-none-match": first["ETag"]})
    keeping.switch(keeping.board_of("api"), on=False, by=None)

    assert {answer.status_code for answer in closed} == {404}
    assert (again.status_code, other.status_code) == (304, 200)
    assert client.get(reverse("careers:api_jobs")).status_code == 404
    assert listing.matching(listing.Wanted()).count() == 12  # the site itself goes on


def test_json_feed_keeps_to_its_standard(client, awkward_ones):
    """JOB-28."""
    answer = fetch(client, "json-feed")
    data = json.loads(body(answer))
    home = client.get(reverse("careers:home")).content.decode()

    assert f'type="application/feed+json" title="JSON Feed" href="{data["feed_url"]}"' in home
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert all({"id", "url", "content_html", "date_published"} <= item.keys() for item in data["items"])
    assert len(data["items"]) == 12
