"""Tracking links: what they count and what they never keep, where they lead, and the touches of an application (JOB-18, PRIV-22)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import threading
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from hiring import query
from hiring.errors import Refused
from hiring.models import Job
from hiring.query import QueryError
from pipeline import transfer
from pipeline.models import Application
from sourcing.careers import origin, remembering
from sourcing.tracking import codes, links, showing, visits
from sourcing.tracking.models import LETTERS, LinkDay, TrackingLink
from tests.factories import ApplicationFactory, SourceFactory
from tests.sourcing.test_careers import cv, hidden_of, open_posting, send

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def posting(db):
    return open_posting()


@pytest.fixture
def fair(db):
    return SourceFactory(name="Grid fair", kind="event")


@pytest.fixture
def poster(posting, fair, recruiter):
    return links.make(label="Poster", source=fair, campaign="Spring 2027", job=posting.job, by=recruiter)


def visits_of(link) -> int:
    return sum(LinkDay.objects.filter(link=link).values_list("visits", flat=True))


def came(link, way="first", **more):
    """An application whose touch came by this link."""
    return ApplicationFactory(origin={way: {"via": link.token, "utm_source": link.source.name, **more}})


# Where it leads


def test_a_link_leads_to_the_posting_with_what_the_application_will_remember(client, posting, poster):
    answer = client.get(f"/go/{poster.token}", headers=BROWSER)

    assert answer.status_code == 302
    assert answer["Location"] == (
        f"/careers/jobs/{posting.slug}/?utm_source=Grid+fair&utm_medium=event&utm_campaign=Spring+2027&via={poster.token}"
    )
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"
    assert len(answer.cookies) == 0


@pytest.mark.parametrize("typed", ["{}", "{}/", "{} "])
def test_an_address_may_be_typed_from_paper(client, poster, typed):
    assert "via=" in client.get(f"/go/{typed.format(poster.token.upper())}", headers=BROWSER)["Location"]
    assert not set(LETTERS) & set("01ilo")


def test_a_link_to_the_whole_site_and_an_unknown_one_lead_to_the_career_site(client, fair, recruiter):
    whole = links.make(label="Banner", source=fair, by=recruiter)

    assert client.get(f"/go/{whole.token}", headers=BROWSER)["Location"].startswith("/careers/?utm_source=")
    assert client.get("/go/nothing", headers=BROWSER)["Location"] == "/careers/"
    assert LinkDay.objects.get().link == whole


def test_a_retired_link_still_leads_on_and_counts(client, posting, poster, recruiter):
    links.retire(poster, by=recruiter)

    assert posting.slug in client.get(f"/go/{poster.token}", headers=BROWSER)["Location"]
    assert visits_of(poster) == 1


def test_a_link_to_a_closed_job_leads_to_the_page_that_says_so(client, posting, poster):
    Job.objects.filter(pk=posting.job_id).update(status="closed")

    page = client.get(f"/go/{poster.token}", headers=BROWSER, follow=True)

    assert page.status_code == 410 and "no longer open" in page.content.decode()


def test_a_confidential_job_has_no_public_link_and_one_that_became_confidential_leads_elsewhere(
    client, posting, poster, fair, recruiter
):
    Job.objects.filter(pk=posting.job_id).update(confidential=True)
    with pytest.raises(Refused, match="confidential"):
        links.make(label="Poster", source=fair, job=Job.objects.get(pk=posting.job_id), by=recruiter)

    assert client.get(f"/go/{poster.token}", headers=BROWSER)["Location"].startswith("/careers/?")


# What it counts


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "WhatsApp/2.23.20"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": "python-requests/2.32"},
        {},
        {**BROWSER, "sec-purpose": "prefetch;prerender"},
        {**BROWSER, "x-moz": "prefetch"},
    ],
)
def test_robots_and_prefetches_are_led_on_and_not_counted(client, poster, headers):
    assert client.get(f"/go/{poster.token}", headers=headers).status_code == 302
    assert visits_of(poster) == 0


def test_a_visit_is_a_number_a_day_and_nothing_about_the_visitor(client, poster):
    client.get(f"/go/{poster.token}", headers=BROWSER)
    client.get(f"/go/{poster.token}", headers=BROWSER)
    client.head(f"/go/{poster.token}", headers=BROWSER)

    day = LinkDay.objects.get()
    assert (day.visits, day.day) == (2, timezone.now().date())
    assert {field.name for field in LinkDay._meta.fields} == {"id", "link", "day", "visits"}


def test_a_count_that_fails_does_not_hold_up_the_visitor(client, poster, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sourcing_linkday ADD CONSTRAINT nothing_today CHECK (visits < 1)")

    assert client.get(f"/go/{poster.token}", headers=BROWSER).status_code == 302
    assert visits_of(poster) == 0


@pytest.mark.django_db(transaction=True)
def test_visits_at_once_are_all_counted(poster):
    def visit():
        visits.count(poster)
        connection.close()

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert visits_of(poster) == 8


# First and last touch


def test_the_touches_of_a_link_reach_the_application_and_its_source(client, posting, poster, fair):
    """JOB-18, through the whole form: the first way stays the first, however somebody comes back to it."""
    landed = client.get(client.get(f"/go/{poster.token}", headers=BROWSER)["Location"])
    carried = re.search(r'<a class="tl-company" href="([^"]+)"', landed.content.decode())[1]
    home = client.get(carried)
    onward = re.search(rf'href="(/careers/jobs/{posting.slug}/\?o=[^"]+)"', home.content.decode())[1]
    page = client.get(
        onward.replace("/?", "/apply/?") + "&utm_source=newsletter&utm_campaign=" + "<b>" * 60, headers=BROWSER
    )

    send(client, posting, o=hidden_of(page)["o"], resume=cv())

    application = Application.objects.get()
    first, last = application.origin["first"], application.origin["last"]
    assert (first["via"], first["utm_campaign"], first["utm_medium"]) == (poster.token, "Spring 2027", "event")
    assert (last["utm_source"], len(last["utm_campaign"])) == ("newsletter", 100)
    assert application.source == fair == application.candidate.source


def test_touches_never_change_what_a_page_says(client, posting, poster):
    """JOB-16, JOB-18: but for what it carries, the page is the same, and so is its canonical address."""
    plain = client.get(posting.get_absolute_url()).content.decode()
    touched = client.get(links.leads_to(poster)).content.decode()

    def bare(page):
        page = re.sub(r'\?o=[^"]+|<input type="hidden" name="o"[^>]*>', "", page)
        page = re.sub(r'name="(csrfmiddlewaretoken|submission_key|started)" value="[^"]*"', "", page)
        return [line.strip() for line in page.splitlines() if line.strip()]

    assert bare(touched) == bare(plain)
    assert "Spring 2027" not in touched


def test_a_carried_origin_ends_after_a_month(rf, monkeypatch):
    token = origin.write({"first": {"ref": "friend"}, "last": {"ref": "friend"}})
    monkeypatch.setattr(origin, "CARRIED", dt.timedelta(seconds=-1))

    assert origin.of(rf.get("/careers/", {"o": token})) == {}


# Leave to remember (PRIV-22)


@pytest.fixture
def remembering_on(settings):
    settings.REMEMBER_VISITORS_DAYS = 90


def kept_of(client) -> set[str]:
    return {name for name, cookie in client.cookies.items() if cookie.value} & {remembering.LEAVE, remembering.TOUCHES}


def test_without_the_setting_nobody_is_asked_and_no_cookie_is_set_even_for_a_yes(client, posting, poster):
    page = client.get(links.leads_to(poster)).content.decode()
    client.post(reverse("careers:remember"), {"leave": "yes"})

    assert "May we remember" not in page
    assert kept_of(client) == set()


def test_without_leave_only_the_form_itself_carries_the_touches(client, posting, poster, remembering_on):
    """Neither silence nor a no leaves anything to find by the next visit."""
    asked = client.get(links.leads_to(poster)).content.decode()
    silent = kept_of(client)
    client.post(reverse("careers:remember"), {"leave": "no", "next": posting.get_absolute_url()})
    refused = client.get(links.leads_to(poster)).content.decode()
    later = hidden_of(client.get(posting.apply_url))

    assert "May we remember" in asked and silent == set()
    assert kept_of(client) == {remembering.LEAVE}
    assert "May we remember" not in refused
    assert later.get("o", "") == ""


def test_with_leave_the_first_touch_is_there_at_a_later_visit(client, posting, poster, remembering_on, fair):
    landed = client.get(links.leads_to(poster))
    o = re.search(r'name="o" value="([^"]+)"', landed.content.decode())[1]
    answer = client.post(reverse("careers:remember"), {"leave": "yes", "o": o, "next": posting.get_absolute_url()})
    page = client.get(posting.apply_url + "?utm_source=newsletter")

    send(client, posting, o=hidden_of(page)["o"], resume=cv())

    found = Application.objects.get().origin
    assert (found["first"]["via"], found["last"]["utm_source"]) == (poster.token, "newsletter")
    assert answer["Location"] == posting.get_absolute_url()
    cookie = answer.cookies[remembering.TOUCHES]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/careers/"
    assert cookie["max-age"] == 90 * 86400
    assert "Cookie" in page["Vary"]


def test_leave_can_be_taken_back_and_everything_is_gone(client, posting, poster, remembering_on):
    client.post(reverse("careers:remember"), {"leave": "yes", "o": origin.write({"first": {"ref": "x", "at": "2027"}})})
    before = kept_of(client)
    client.post(reverse("careers:remember"), {"leave": "no"})

    assert before == {remembering.LEAVE, remembering.TOUCHES}
    assert kept_of(client) == {remembering.LEAVE}


def test_a_browser_that_says_no_by_itself_is_not_asked_and_not_remembered(client, posting, poster, remembering_on):
    """Global Privacy Control counts as an answer, also against a cookie of an earlier yes."""
    client.post(
        reverse("careers:remember"), {"leave": "yes", "o": origin.write({"first": {"ref": "old", "at": "2027"}})}
    )

    page = client.get(posting.apply_url + "?utm_source=fair", headers={"sec-gpc": "1"})

    assert "May we remember" not in page.content.decode()
    assert origin.read(hidden_of(page)["o"])["first"].get("ref") is None
    assert remembering.TOUCHES not in page.cookies


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/candidates/", "/careers/../admin/", ""])
def test_an_answer_leads_back_into_the_career_site_only(client, remembering_on, to):
    """SEC-11."""
    where = client.post(reverse("careers:remember"), {"leave": "no", "next": to})["Location"]

    assert where.startswith("/careers/") and "evil" not in where


def test_a_forged_cookie_is_nothing(client, posting, remembering_on):
    client.cookies[remembering.LEAVE], client.cookies[remembering.TOUCHES] = "yes", "eyJmaXJzdCI6e319:x:y"

    assert client.get(posting.get_absolute_url()).status_code == 200
    assert "o" not in hidden_of(client.get(posting.apply_url))


# The QR code


def test_the_code_comes_as_svg_and_png_and_names_no_service(client, recruiter, poster):
    client.force_login(recruiter)
    svg = client.get(reverse("sourcing:link_code", args=[poster.pk, "svg"]))
    png = client.get(reverse("sourcing:link_code", args=[poster.pk, "png"]), {"save": ""})
    other = client.get(f"/tracking/{poster.pk}/qr.gif")

    assert svg["Content-Type"] == "image/svg+xml"
    assert ET.fromstring(svg.content).tag.endswith("svg") and b"<script" not in svg.content
    picture = Image.open(io.BytesIO(png.content))
    assert picture.format == "PNG" and picture.width == picture.height >= codes.PIXELS
    assert png["Content-Disposition"] == f'attachment; filename="poster-{poster.token}.png"'
    assert other.status_code == 404


def test_a_code_says_the_short_address():
    """Read back module by module: the same text gives the same picture, another one another."""
    one, same, other = (codes.draw(f"https://jobs.example/go/{token}", "png") for token in ("abc", "abc", "abd"))

    assert one == same != other
    light = Image.open(io.BytesIO(one)).convert("L")
    assert light.getpixel((2, 2)) == 255  # the quiet zone


# Pages and numbers


@pytest.fixture
def as_recruiter(client, recruiter):
    client.force_login(recruiter)
    return client


def test_making_one_leads_to_its_page_with_address_and_code(as_recruiter, posting, fair):
    answer = as_recruiter.post(
        reverse("sourcing:link_create"),
        {"label": "Poster", "source": fair.pk, "campaign": "  Spring   2027 ", "job": posting.job_id},
        follow=True,
    )

    made = TrackingLink.objects.get()
    assert made.campaign == "Spring 2027"
    assert links.address_of(made) in answer.content.decode()


def test_what_is_missing_is_said_and_what_was_typed_stays(as_recruiter, fair):
    answer = as_recruiter.post(reverse("sourcing:link_create"), {"label": "Poster of spring", "source": ""})

    assert answer.status_code == 422
    assert "Poster of spring" in answer.content.decode() and not TrackingLink.objects.exists()


def test_changing_a_link_keeps_its_address_and_what_came(as_recruiter, poster, posting):
    application, token = came(poster), poster.token
    other = SourceFactory(name="Radio", kind="event")

    as_recruiter.post(
        reverse("sourcing:link_edit", args=[poster.pk]),
        {"label": "Radio", "source": other.pk, "campaign": "", "job": ""},
    )

    poster.refresh_from_db()
    assert (poster.token, poster.source, poster.job) == (token, other, None)
    application.refresh_from_db()
    assert application.origin["first"]["utm_source"] == "Grid fair"


def test_numbers_are_the_rows_behind_them(as_recruiter, recruiter, poster, fair, world):
    """Two brought, one of them transferred; one came last. Each number is what its page and its file list."""
    came(poster)
    went_on = came(poster)
    transfer.transfer(went_on, world.job, by=recruiter)
    came(poster, "last")
    [row] = showing.rows_of(recruiter, [poster])

    lists = {
        touch: as_recruiter.get(reverse("sourcing:link_people", args=[poster.pk, touch])) for touch in ("first", "last")
    }
    files = as_recruiter.get(reverse("sourcing:link_people", args=[poster.pk, "first"]), {"as": "csv"})

    assert (row.first, row.last) == (2, 1)
    assert lists["first"].content.decode().count("data-drawer-row") == 2
    assert lists["last"].content.decode().count("data-drawer-row") == 1
    lines = list(csv.reader(io.StringIO(b"".join(files.streaming_content).decode("utf-8-sig"))))
    assert len(lines) == 1 + 2
    assert as_recruiter.get(f"/tracking/{poster.pk}/applications/middle/").status_code == 404


def test_applications_for_a_confidential_job_count_for_its_team_only(recruiter, admin, poster):
    secret = came(poster).job
    Job.objects.filter(pk=secret.pk).update(confidential=True)

    before = showing.rows_of(recruiter, [poster])[0].first
    secret.team.create(user=recruiter, role="recruiter")

    assert (before, showing.rows_of(recruiter, [poster])[0].first) == (0, 1)


def test_a_link_to_a_confidential_job_is_not_seen_by_others(as_recruiter, poster, posting):
    Job.objects.filter(pk=posting.job_id).update(confidential=True)

    assert as_recruiter.get(poster.get_absolute_url()).status_code == 404
    assert "Poster" not in as_recruiter.get(reverse("sourcing:links")).content.decode()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_asks_no_more_for_more_links(rows, as_recruiter, fair, recruiter, django_assert_max_num_queries):
    for number in range(rows):
        made = links.make(label=f"Poster {number}", source=fair, by=recruiter)
        visits.count(made)
        came(made)
    with django_assert_max_num_queries(14):
        as_recruiter.get(reverse("sourcing:links"))


def test_the_list_is_paged_searched_and_leaves_retired_ones_out(as_recruiter, fair, recruiter):
    made = [links.make(label=f"Poster {number:02}", source=fair, by=recruiter) for number in range(showing.SIZE + 1)]
    links.retire(made[3], by=recruiter)
    links.make(label="Radio", source=fair, campaign="Autumn", by=recruiter)
    address = reverse("sourcing:links")

    first = showing.page(recruiter)
    second = showing.page(recruiter, after=first.next)

    assert [len(first.rows), len(second.rows), second.next] == [showing.SIZE, 1, ""]
    assert "Poster 03" not in as_recruiter.get(address).content.decode()
    assert "Poster 03" in as_recruiter.get(address, {"show": "retired"}).content.decode()
    found = as_recruiter.get(address, {"q": "autumn"}).content.decode()
    assert "Radio" in found and "Poster" not in found.split("</form>")[-1]


# Shown with the application


def test_the_profile_says_how_somebody_came_and_escapes_it(as_recruiter, poster):
    """JOB-18: what a stranger's address held is text."""
    application = came(poster, utm_campaign="<script>alert(1)</script>", at="2026-11-02T10:00:00+00:00")

    page = as_recruiter.get(application.candidate.get_absolute_url()).content.decode()

    assert "How they came" in page and "Grid fair" in page and "“Poster”" in page
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_touches_in_a_table_come_by_two_questions_for_any_number_of_rows(recruiter, poster, django_assert_num_queries):
    from pipeline.table.columns import Look, columns

    rows = [came(poster), came(poster, "last"), ApplicationFactory(), ApplicationFactory(origin={"first": "x"})]
    look = Look(recruiter, timezone.now())

    with django_assert_num_queries(2):
        first = columns["first_touch"].cells(look, rows)
        last = columns["last_touch"].cells(look, rows)

    assert [first[row.pk].text for row in rows] == ["Grid fair, “Poster”", "", "", ""]
    assert [last[row.pk].text for row in rows] == ["", "Grid fair, “Poster”", "", ""]


def test_people_are_found_by_campaign_and_by_link_of_one_application(recruiter, coordinator, poster):
    """Both speak of one application, first or last touch alike; those who see no links may not ask."""
    brought = came(poster, utm_campaign="Spring 2027")
    later = came(poster, "last", utm_campaign="Autumn")
    ApplicationFactory()

    def found(text, user=recruiter):
        return set(query.people(user, text).values_list("pk", flat=True))

    assert found('campaign:"spring 2027"') == {brought.candidate_id}
    assert found("campaign:aut*") == {later.candidate_id}
    assert found("link:Poster") == found(f"link:{poster.token}") == {brought.candidate_id, later.candidate_id}
    assert found("link:Poster campaign:autumn") == {later.candidate_id}
    assert found("link:nothing") == set()
    with pytest.raises(QueryError):
        found("link:Poster", coordinator)
