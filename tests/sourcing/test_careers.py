"""The career site: found by people and search engines, closed in the same minute. Standard ids: JOB-1 to JOB-19, A11Y-6, SEC-5, SEC-8."""

from __future__ import annotations

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
import zoneinfo
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.documents import drafts
from hiring.models import DraftFile, Message, PersonalLink, Posting
from hiring.postings.places import pay_in_all
from pipeline import status
from pipeline.models import Application
from sourcing.careers import facts, form, listing, markup, origin
from tests import files
from tests.factories import DepartmentFactory, LocationFactory, PostingFactory, StageFactory


@pytest.fixture(autouse=True)
def fresh_counters():
    """Limits are counted in the cache, which outlives a test."""
    cache.clear()


OF_THE_SITE = 5
"""What is counted of the site as a whole: asked each time in tests, once in some seconds elsewhere (sourcing/careers/facts.py)."""


def open_posting(**changes) -> Posting:
    posting = PostingFactory(**changes)
    for position, kind in enumerate(["applied", "interview", "offer", "hired"]):
        StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    return posting


@pytest.fixture
def posting(db):
    return open_posting(
        job__pay_min=Decimal(52000), job__pay_max=Decimal(64000), job__location__city="Lyon", job__location__name="Lyon"
    )


def get(client, posting, query="", **headers):
    return client.get(reverse("careers:posting", args=[posting.slug]) + query, **headers)


def data_of(answer) -> dict:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.content.decode(), re.DOTALL)
    assert len(blocks) == 1
    return json.loads(blocks[0])


# The posting as search engines read it


def test_a_posting_carries_exactly_one_data_block_with_the_required_facts(client, posting):
    """JOB-1, JOB-2, JOB-5, JOB-6, JOB-7, JOB-8, JOB-10, JOB-11."""
    data = data_of(get(client, posting))

    assert data == {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Data Engineer",
        "description": "<p>You build pipelines that meters and people can trust.</p><ul><li>Python</li></ul>",
        "identifier": {"@type": "PropertyValue", "name": "Nordvale Grid", "value": posting.job.requisition_id},
        "datePosted": timezone.localdate(posting.first_published_at, zoneinfo.ZoneInfo("Europe/Paris")).isoformat(),
        "employmentType": ["FULL_TIME"],
        "directApply": True,
        "hiringOrganization": {"@type": "Organization", "name": "Nordvale Grid"},
        "url": f"http://127.0.0.1:8000/careers/jobs/{posting.slug}/",
        "jobLocation": {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressLocality": "Lyon", "addressCountry": "FR"},
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "EUR",
            "value": {"@type": "QuantitativeValue", "unitText": "YEAR", "minValue": 52000, "maxValue": 64000},
        },
    }


def test_every_marked_up_fact_stands_on_the_page(client, posting):
    """JOB-12."""
    page = get(client, posting).content.decode()

    for fact in ("Data Engineer", "Lyon", "€\u00a052,000 to 64,000", "a year", "Full time", posting.job.requisition_id):
        assert fact in page


def test_no_text_of_a_posting_can_end_the_data_block(client, db):
    nasty = "<p>Ends </script><script>alert(1)</script> here \u2028 🎉 שלום</p>"
    posting = open_posting(title="R&D </script> lead", description=nasty)

    answer = get(client, posting)

    assert data_of(answer)["title"] == "R&D </script> lead"
    assert "<script>alert" not in answer.content.decode()


def test_a_list_and_the_home_page_carry_no_data_block(client, posting):
    assert "ld+json" not in client.get(reverse("careers:home")).content.decode()


def test_remote_work_names_countries_and_hybrid_work_a_place(db):
    """JOB-9."""
    remote = markup.job_posting(open_posting(job__workplace="remote", remote_countries="FR, BE"))
    anywhere_here = markup.job_posting(open_posting(job__workplace="remote"))
    hybrid = markup.job_posting(open_posting(job__workplace="hybrid"))

    assert remote["jobLocationType"] == "TELECOMMUTE"
    assert [country["name"] for country in remote["applicantLocationRequirements"]] == ["FR", "BE"]
    assert [country["name"] for country in anywhere_here["applicantLocationRequirements"]] == ["FR"]
    assert "jobLocation" not in remote
    assert "jobLocationType" not in hybrid and "jobLocation" in hybrid


@pytest.mark.parametrize(
    ("low", "high", "shown", "value"),
    [
        (Decimal(50000), Decimal(50000), True, {"value": 50000}),
        (Decimal("17.50"), None, True, {"value": 17.5}),
        (None, Decimal(3000), True, {"value": 3000}),
        (None, None, True, None),
        (Decimal(50000), Decimal(60000), False, None),
    ],
)
def test_pay_is_marked_up_only_as_the_employer_states_it(db, low, high, shown, value):
    """JOB-7."""
    posting = open_posting(job__pay_min=low, job__pay_max=high, show_pay=shown)

    pay = markup.job_posting(posting).get("baseSalary")

    assert (pay and {key: pay["value"][key] for key in ("value",) if key in pay["value"]}) == value
    assert bool(markup.pay(pay_in_all(posting))) == bool(value)


def test_the_last_day_is_given_with_the_clock_of_the_place(db):
    """JOB-5: 31 December ends at midnight in Lyon, also in summer time's absence."""
    end = dt.datetime(2027, 1, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
    posting = open_posting(expires_at=end)

    assert markup.job_posting(posting)["validThrough"] == "2027-01-01T00:00:00+01:00"
    assert markup.last_day(posting) == dt.date(2026, 12, 31)
    assert "validThrough" not in markup.job_posting(open_posting())


def test_headings_do_not_glue_to_what_follows(db):
    posting = open_posting(
        description="<h3>You will</h3><ol><li>build</li></ol><p onclick='x()'>It <strong>runs</strong></p>"
    )

    assert markup.description(posting) == "<p>You will</p><ul><li>build</li></ul><p>It runs</p>"


def test_tracking_never_changes_the_canonical_address(client, posting):
    """JOB-16, JOB-17, JOB-18."""
    page = get(client, posting, "?utm_source=board&ref=x%22%3E").content.decode()

    assert f'<link rel="canonical" href="http://127.0.0.1:8000/careers/jobs/{posting.slug}/">' in page
    for name in ("og:title", "og:type", "og:image", "og:url", "og:description", "og:locale"):
        assert f'property="{name}"' in page


def test_a_posting_answers_to_head_and_may_be_indexed(client, posting, settings):
    """JOB-19."""
    url = reverse("careers:posting", args=[posting.slug])

    assert client.head(url).status_code == 200
    assert "noindex" not in client.get(url).content.decode()
    settings.INDEXABLE = False
    assert client.get(url)["X-Robots-Tag"] == "noindex"


# What is public and what is not


@pytest.mark.parametrize(
    "closed",
    [
        lambda posting: posting.job.__class__.objects.update(status="closed"),
        lambda posting: posting.job.__class__.objects.update(status="on_hold"),
        lambda posting: Posting.objects.filter(pk=posting.pk).update(status="unpublished"),
        lambda posting: Posting.objects.filter(pk=posting.pk).update(expires_at=timezone.now()),
    ],
)
def test_a_job_that_ends_leaves_every_public_place_at_once(client, posting, closed):
    """JOB-13: gone from page, data block, list, sitemap; the form refuses."""
    closed(posting)
    before = Application.objects.count()

    page = get(client, posting)
    sent = client.post(reverse("careers:apply", args=[posting.slug]), entered())

    assert page.status_code == sent.status_code == 410
    assert "no longer open" in page.content.decode() and "ld+json" not in page.content.decode()
    assert posting.slug not in client.get(reverse("careers:home")).content.decode()
    assert posting.slug not in client.get("/sitemap.xml").content.decode()
    assert Application.objects.count() == before


def test_a_closed_job_shows_open_ones_like_it(client, posting):
    other = open_posting(title="Analytics Engineer", job__department=posting.job.department)
    Posting.objects.filter(pk=posting.pk).update(status="unpublished")

    assert other.get_absolute_url() in get(client, posting).content.decode()


@pytest.mark.parametrize("hidden", [{"job__confidential": True}, {"status": "draft", "first_published_at": None}])
def test_confidential_jobs_and_drafts_do_not_exist_out_here(client, db, hidden):
    posting = open_posting(title="Head of Secrets", **hidden)

    assert get(client, posting).status_code == 404
    assert client.post(reverse("careers:apply", args=[posting.slug]), entered()).status_code == 404
    for url in ("/careers/", "/sitemap.xml"):
        assert posting.slug not in client.get(url).content.decode()


def test_the_sitemap_lists_open_jobs_with_their_last_change(client, posting):
    """JOB-15."""
    answer = client.get("/sitemap.xml")
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    urls = ET.fromstring(answer.content).findall("s:url", spaces)

    assert answer["Content-Type"].startswith("application/xml")
    department, place = posting.job.department, posting.job.location
    assert [url.find("s:loc", spaces).text for url in urls] == [
        "http://127.0.0.1:8000/careers/",
        "http://127.0.0.1:8000" + facts.address("department", department.pk, department.name),
        "http://127.0.0.1:8000" + facts.address("location", place.pk, place.name),
        f"http://127.0.0.1:8000/careers/jobs/{posting.slug}/",
    ]
    assert dt.datetime.fromisoformat(urls[-1].find("s:lastmod", spaces).text) == posting.changed_at.replace(
        microsecond=0
    )


def test_more_jobs_than_one_sitemap_holds_become_an_index(client, db, monkeypatch):
    from sourcing.careers import robots_views

    monkeypatch.setattr(robots_views, "MOST_IN_A_FILE", 2)
    slugs = {open_posting().slug for _ in range(4)}

    index = ET.fromstring(client.get("/sitemap.xml").content)
    pages = [client.get(place[0].text.removeprefix("http://127.0.0.1:8000")).content.decode() for place in index]

    assert len(pages) == 7  # home, a department and a place each, and the four jobs: thirteen addresses
    assert set(re.findall(r"/careers/jobs/([\w-]+)/", "".join(pages))) == slugs
    assert client.get("/sitemap-9.xml").status_code == 404


def test_robots_keeps_forms_and_personal_pages_out(client, db, settings):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /careers/jobs/*/apply/" in text and "Allow: /careers/" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    settings.INDEXABLE = False
    assert client.get("/robots.txt").content.decode().startswith("User-agent: *\nDisallow: /\n")


# Finding a job


def test_words_and_filters_narrow_the_list(client, db):
    lyon, berlin = LocationFactory(name="Lyon", city="Lyon"), LocationFactory(name="Berlin Mitte", city="Berlin")
    data = DepartmentFactory(name="Data")
    engineer = open_posting(title="Data Engineer", job__location=lyon, job__department=data)
    analyst = open_posting(title="Analyst", job__location=berlin, job__department=data)
    operator = open_posting(title="Operator", job__location=berlin, job__workplace="remote")

    def found(**wanted):
        return set(listing.matching(listing.Wanted(**wanted)))

    assert found(words="data") == {engineer, analyst}
    assert found(words="data berlin") == {analyst}
    assert found(location=berlin.pk) == {analyst, operator}
    assert found(department=data.pk, location=lyon.pk) == {engineer}
    assert found(remote=True) == {operator}
    assert found(words="100% _") == set()
    page = client.get("/careers/", {"q": "nothing like it"}).content.decode()
    assert "No job like this" in page and 'content="noindex, follow"' in page


@pytest.mark.parametrize(
    "query",
    ["department=x", "location=99999999999999999999", "after=x-y", "after=9999999999999999-1", "q=%00", "page=2"],
)
def test_nonsense_in_the_address_is_ignored(client, posting, query):
    assert client.get(f"/careers/?{query}").status_code == 200


def test_pages_follow_each_other_without_gap_or_double(db, monkeypatch):
    at = timezone.now()
    ids = [open_posting(first_published_at=at - dt.timedelta(hours=hour // 2)).pk for hour in range(7)]
    seen, after = [], ""

    while True:
        page = listing.find(listing.Wanted(), after=after, size=3)
        seen += [posting.pk for posting in page.postings]
        if not (after := page.older):
            break

    assert sorted(seen) == sorted(ids) and len(seen) == 7


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_for_more_jobs(client, db, rows, django_assert_num_queries):
    for _ in range(rows):
        open_posting()
    with django_assert_num_queries(6 + OF_THE_SITE):
        client.get("/careers/")


@pytest.mark.parametrize("stages", [1, 3])
def test_a_posting_asks_a_fixed_number_of_questions(client, posting, stages, django_assert_num_queries):
    for number in range(stages):
        StageFactory(job=posting.job, kind="screen", name=f"S{number}", position=20 + number)
    with django_assert_num_queries(14):
        get(client, posting)


# Applying


def entered(**changes):
    return {
        "name": "Samira Rahimi",
        "email": "samira@rahimi.example",
        "phone": "",
        "location": "",
        "link": "https://www.linkedin.com/in/samira",
        "website": "",
        "submission_key": "5f0c9b8e-6a53-4b1e-9f52-3b0b9d2c5a11",
        "started": _earlier(),
    } | changes


def _earlier() -> str:
    from django.core import signing

    at = timezone.now().timestamp() - 60
    return signing.TimestampSigner(salt=form.STARTED_SALT).sign_object({"at": at})


def cv(data=None, name="cv.pdf"):
    return SimpleUploadedFile(name, files.pdf() if data is None else data)


def hidden_of(answer) -> dict[str, str]:
    import html

    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
        if name != "csrfmiddlewaretoken"
    }


def send(client, posting, **changes):
    """Both steps, as a browser would take them."""
    url = reverse("careers:apply", args=[posting.slug])
    review = client.post(url, entered(**changes))
    assert review.status_code == 200, review.content.decode()
    return client.post(url, hidden_of(review) | {"step": "send"})


def test_a_visitor_looks_through_it_once_more_and_sends_it(client, posting):
    """A11Y-6."""
    url = reverse("careers:apply", args=[posting.slug])

    review = client.post(url, entered(resume=cv()))
    assert not Application.objects.exists()
    sent = client.post(url, hidden_of(review) | {"step": "send"}, follow=True)

    application = Application.objects.get()
    assert "Is everything right?" in review.content.decode() and "cv.pdf" in review.content.decode()
    assert application.receipt_number in sent.content.decode()
    assert application.resume.name == "cv.pdf"
    assert "no-store" in sent["Cache-Control"]


def test_pressing_send_twice_gives_the_same_receipt(client, posting):
    first, second = send(client, posting, resume=cv()), send(client, posting, resume=cv())

    assert Application.objects.count() == Message.objects.count() == 1
    assert first.status_code == second.status_code == 302
    assert first["Location"].split(":")[0] == second["Location"].split(":")[0]


def test_a_mistake_keeps_the_file_and_every_word(client, posting):
    url = reverse("careers:apply", args=[posting.slug])

    wrong = client.post(url, entered(email="samira@", resume=cv(), location="Lyon, Croix-Rousse"))
    kept = hidden_of(wrong)["resume_draft"]
    right = client.post(url, entered(resume_draft=kept, link=""))

    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'href="#id_email"' in page and "not complete" in page and "autofocus" in page
    assert "Lyon, Croix-Rousse" in page and "cv.pdf" in page
    assert right.status_code == 200 and "cv.pdf" in right.content.decode()


def test_changing_something_brings_the_form_back_filled(client, posting):
    url = reverse("careers:apply", args=[posting.slug])
    review = client.post(url, entered(resume=cv()))

    back = client.post(url, hidden_of(review) | {"step": "change"})

    assert 'value="Samira Rahimi"' in back.content.decode() and "cv.pdf" in back.content.decode()
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (lambda: cv(files.macro_docx(), "cv.docx"), "macros"),
        (lambda: cv(b"", "cv.pdf"), "empty"),
        (lambda: cv(b"%PDF-1.7" + b"x" * (11 << 20)), "10 MB"),
        (lambda: cv(files.encrypted_pdf()), "password"),
        (lambda: cv(files.HTML, "cv.html"), "PDF, DOCX"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_at_its_field(client, posting, upload, sentence):
    answer = client.post(reverse("careers:apply", args=[posting.slug]), entered(resume=upload()))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DraftFile.objects.exists()


@pytest.mark.parametrize("key", ["", "forged", "eyJwYXRoIjoiLi4vLi4vZXRjL3Bhc3N3ZCJ9:x:y"])
def test_a_forged_draft_is_no_file(client, posting, key):
    answer = client.post(reverse("careers:apply", args=[posting.slug]), entered(link="", resume_draft=key))

    assert "Please add your résumé, or a link" in answer.content.decode()


def test_files_of_forms_that_were_never_sent_are_gone_after_a_week(posting):
    kept = drafts.keep(cv())
    path = kept.row.file.name
    assert (drafts.sweep(), drafts.find(kept.key)) == (0, kept)
    DraftFile.objects.update(touched_at=timezone.now() - dt.timedelta(days=7))

    assert drafts.find(kept.key) is None
    assert drafts.sweep() == 1
    assert not default_storage.exists(path)


QUESTIONS = [
    {"key": "visa", "label": "May you work here?", "type": "yes_no", "required": True},
    {"key": "why", "label": "Why us?", "type": "long_text", "required": False},
    {"key": "shift", "label": "Which shift?", "type": "choice", "required": True, "options": ["Early", "Late"]},
    {"key": "tools", "label": "Which tools?", "type": "multi", "required": False, "options": ["SQL", "dbt", "Spark"]},
    {"key": "years", "label": "How many years?", "type": "number", "required": False},
    {"key": "from", "label": "From when?", "type": "date", "required": False},
    {"key": "city", "label": "City?", "type": "text", "required": False},
]


def test_every_kind_of_question_is_asked_and_its_answer_stored(client, posting):
    Posting.objects.update(questions=QUESTIONS)
    answers = {
        "q_visa": "no",
        "q_why": "Two lines",
        "q_shift": "Late",
        "q_tools": ["SQL", "Spark"],
        "q_years": "8",
        "q_from": "2027-03-01",
        "q_city": "Lyon",
    }
    url = reverse("careers:apply", args=[posting.slug])

    review = client.post(url, entered(**answers))
    client.post(url, hidden_of(review) | answers | {"step": "send"})

    application = Application.objects.get()
    assert application.questions == QUESTIONS
    assert application.answers == {
        "visa": "no",
        "why": "Two lines",
        "shift": "Late",
        "tools": ["SQL", "Spark"],
        "years": 8.0,
        "from": "2027-03-01",
        "city": "Lyon",
    }
    assert "SQL, Spark" in review.content.decode()


def test_an_answer_that_was_not_offered_is_refused(client, posting):
    Posting.objects.update(questions=QUESTIONS)

    answer = client.post(reverse("careers:apply", args=[posting.slug]), entered(q_visa="maybe", q_shift=""))

    assert answer.status_code == 422
    assert "Please answer: Which shift?" in answer.content.decode()


def test_what_the_form_does_not_ask_for_is_ignored(client, posting):
    """SEC-2: nobody sets their own stage."""
    send(client, posting, resume=cv(), stage="4", status="hired", candidate="1")

    assert Application.objects.get().stage.kind == "applied"


def test_a_program_that_fills_everything_at_once_is_asked_to_look_again(client, posting):
    """SEC-8: neither the hidden field nor the stop-watch loses what a person entered."""
    url = reverse("careers:apply", args=[posting.slug])

    filled = client.post(url, entered(website="http://spam.example"))
    quick = client.post(url, entered(started=form.stamp(), step="send"))
    again = client.post(url, hidden_of(quick) | {"step": "send", "started": _earlier()})

    assert filled.status_code == quick.status_code == 422
    assert "stop programs" in filled.content.decode()
    assert "quicker than we expected" in quick.content.decode()
    assert again.status_code == 302


def test_too_many_from_one_place_wait_with_everything_kept(client, posting, monkeypatch):
    """SEC-8: a kind sentence, and nothing lost."""
    from sourcing.careers import apply_views as views

    monkeypatch.setattr(views.limits, "allows", lambda what, *args, **kwargs: what != "apply-send")

    answer = client.post(reverse("careers:apply", args=[posting.slug]), entered(step="send", resume=cv()))

    assert answer.status_code == 429
    assert "Many applications" in answer.content.decode() and "Samira Rahimi" in answer.content.decode()
    assert not Application.objects.exists()


def test_applying_works_while_the_cache_is_down(client, posting, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    assert send(client, posting, resume=cv()).status_code == 302


def test_a_form_without_its_token_is_not_accepted(posting):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(reverse("careers:apply", args=[posting.slug]), entered())

    assert answer.status_code == 403


# Where people came from


def test_first_and_last_touch_reach_the_application_without_a_cookie(client, posting):
    """JOB-18."""
    landed = client.get("/careers/?utm_source=newsletter&utm_campaign=" + "x" * 500)
    carried = re.search(r'href="(/careers/jobs/[^"]*\?o=[^"]+)"', landed.content.decode())[1]
    apply = re.search(r'href="(/careers/jobs/[^"]*/apply/\?o=[^"]+)"', client.get(carried).content.decode())[1]
    page = client.get(apply + "&ref=friend")

    token = hidden_of(page)["o"]
    send(client, posting, o=token, resume=cv())

    found = Application.objects.get().origin
    assert found["first"]["utm_source"] == "newsletter" and len(found["first"]["utm_campaign"]) == 100
    assert found["last"]["ref"] == "friend"
    assert "o" not in landed.cookies and list(landed.cookies) == []


def test_a_visit_from_elsewhere_names_only_the_host(rf):
    request = rf.get("/careers/", headers={"referer": "https://search.example/?q=secret"})

    touch = origin.of(request)["first"]
    assert touch["referrer"] == "search.example" and "secret" not in json.dumps(touch)
    assert origin.of(rf.get("/careers/", headers={"referer": "http://testserver/careers/"})) == {}


@pytest.mark.parametrize("token", ["x", "a:b:c", "x" * 5000])
def test_a_forged_origin_is_none(rf, token):
    assert origin.of(rf.get("/careers/", {"o": token})) == {}


# The status page


@pytest.fixture
def application(client, posting):
    send(client, posting, resume=cv())
    return Application.objects.get()


@pytest.fixture
def url(application):
    return reverse("status", args=[links.token(status.link_for(application))])


def test_the_status_page_shows_where_it_stands_and_keeps_to_itself(client, application, url):
    """SEC-5, SEC-9."""
    answer = client.get(url)

    page = answer.content.decode()
    assert "We have your application" in page and application.receipt_number in page and "you are here" in page
    assert "no-store" in answer["Cache-Control"] and answer["Referrer-Policy"] == "same-origin"


def test_the_link_in_the_receipt_is_the_one_to_the_status(client, application):
    path = re.search(r"http://127.0.0.1:8000(/status/\S+)", Message.objects.get().text)[1]

    assert client.get(path).status_code == 200


def test_looking_changes_nothing_and_withdrawing_asks_first(client, application, url):
    """SEC-5: GET and HEAD of either page leave everything as it is."""
    for method in (client.get, client.head):
        method(url), method(url + "withdraw/")
    application.refresh_from_db()
    assert application.is_active

    done = client.post(url + "withdraw/", follow=True)
    again = client.post(url + "withdraw/", follow=True)

    application.refresh_from_db()
    assert application.status == "withdrawn"
    assert "You withdrew" in done.content.decode() and "You withdrew" in again.content.decode()
    assert application.transitions.filter(status="withdrawn").count() == 1


@pytest.mark.parametrize("state", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}, {"purpose": "sign"}])
def test_dead_links_get_one_answer_and_a_way_to_a_new_one(client, application, url, state):
    PersonalLink.objects.update(**state)
    dead, forged = client.get(url), client.get("/status/forged/")

    strip = re.compile(r'value="[^"]{40,}"')
    assert dead.status_code == forged.status_code == 404
    assert strip.sub("", dead.content.decode()) == strip.sub("", forged.content.decode())
    assert client.post(url + "withdraw/").status_code == 404


def test_asking_for_the_link_again_tells_a_stranger_nothing(client, application):
    """SEC-11."""
    Message.objects.all().delete()

    known = client.post("/status/", {"email": "samira@rahimi.example"})
    unknown = client.post("/status/", {"email": "nobody@nowhere.example"})

    strip = re.compile(r'value="[^"]{40,}"')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())
    assert [message.purpose for message in Message.objects.all()] == ["status_link"]


def test_a_receipt_page_is_not_there_for_a_guess(client, application):
    assert client.get("/careers/sent/abc:def:ghi/").status_code == 404


def test_a_job_created_by_hand_and_applied_for_again_gives_nothing_away(client, posting):
    """SEC-11: one that a colleague entered has no number yet; the receipt looks like every other."""
    from hiring.identity import match_or_create
    from pipeline.starting import open_application

    known, _ = match_or_create(
        name="Samira Rahimi", emails=["samira@rahimi.example"], purpose="sourcing", basis="legitimate_interest"
    )
    open_application(known, posting.job, by=None)

    sent = send(client, posting, resume=cv())

    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", client.get(sent["Location"]).content.decode())
    assert "Your number" in client.get(sent["Location"]).content.decode() and Message.objects.count() == 1
