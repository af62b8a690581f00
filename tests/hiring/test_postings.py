"""What may go out, what is taken out of it, and that it goes out and in at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import escape, strip_tags
from hypothesis import given
from hypothesis import strategies as st

from hiring import postings
from hiring.errors import Refused
from hiring.models import Location, Posting, PostingRule
from tests.factories import JobFactory, LocationFactory, PostingFactory

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"


def posting(*, job=None, country="FR", **fields):
    job = {
        "location": LocationFactory(name="Lyon", city="Lyon", country=country),
        "pay_min": Decimal(50000),
        **(job or {}),
    }
    return PostingFactory(
        job=JobFactory(**job), **{"status": "draft", "first_published_at": None, "description": LONG, **fields}
    )


# --- JOB-3: the title -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Data Engineer",
        "C++ Developer",
        "C# Developer (.NET)",
        "UI/UX Designer",
        "Head of R&D",
        "Full-stack Engineer, Payments",
        "ISO 9001 Auditor",
        "Nurse",
        "CFO",
        "Level 3 Support Engineer",
        "Forschungsingenieur für Wärmepumpen",
        "Directeur·rice financier·e",
    ],
)
def test_titles_that_name_the_role_pass(title, db):
    assert postings.title_problems(title, LocationFactory.build(name="Lyon", city="Lyon")) == []


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("", "Give the posting a title"),
        ("Data Engineer REQ-0012", "code"),
        ("Data Engineer (#4711)", "code"),
        ("Data Engineer 60k", "pay"),
        ("Data Engineer, 55.000 to 60.000", "pay"),
        ("Data Engineer €€", "pay"),
        ("URGENT: Data Engineer", "urgency"),
        ("Data Engineer asap", "urgency"),
        ("Data Engineer!!!", "punctuation"),
        ("*** Data Engineer ***", "punctuation"),
        ("Data Engineer -- Data Team", "punctuation"),
        ("Data Engineer Lyon", "place"),
        ("Data Engineer at Nordvale Grid", "company"),
        ("SENIOR DATA ENGINEER", "capitals"),
    ],
)
def test_titles_that_carry_more_than_the_role_are_named(title, about, settings, db):
    settings.ORGANISATION_NAME = "Nordvale Grid"

    found = postings.title_problems(title, LocationFactory.build(name="Lyon", city="Lyon"))

    assert any(about in sentence for sentence in found), found


# --- problems -------------------------------------------------------------------------------------------------------


def test_a_whole_posting_of_an_open_job_has_no_problem(db):
    assert postings.problems(posting()) == []


@pytest.mark.parametrize("status", ["draft", "pending_approval", "on_hold", "closed"])
def test_only_open_jobs_are_published(status, db):
    with pytest.raises(Refused, match="has to be open"):
        postings.publish(posting(job={"status": status}), by=None)


def test_a_confidential_job_is_never_published(db):
    with pytest.raises(Refused, match="confidential"):
        postings.publish(posting(job={"confidential": True}), by=None)


def test_markup_does_not_count_as_description(db):
    empty = posting(description="<p></p>" * 60)

    assert postings.problems(empty) == ["Describe the work in at least 100 characters; there are 0."]


@pytest.mark.parametrize("country", ["", "F", "fr", "Z1"])
def test_an_unknown_country_blocks(country, db):
    """JOB-8: blocked, not guessed."""
    made = posting()
    Location.objects.filter(pk=made.job.location_id).update(country=country)

    assert any("country" in sentence for sentence in postings.problems(made))


@pytest.mark.parametrize(
    ("country", "job", "show_pay", "blocked"),
    [
        ("FR", {"pay_min": None}, True, True),
        ("FR", {}, False, True),
        ("FR", {"pay_min": None, "pay_max": Decimal(60000)}, True, False),
        ("US", {"pay_min": None}, True, False),
        ("US", {}, False, False),
    ],
)
def test_pay_is_shown_where_the_law_wants_it(country, job, show_pay, blocked, db):
    """JOB-20a."""
    found = postings.problems(posting(country=country, job=job, show_pay=show_pay))

    assert bool(found) == blocked


def test_remote_from_an_eu_country_needs_pay_too(db):
    """JOB-9, JOB-20a."""
    made = posting(country="US", job={"workplace": "remote", "pay_min": None}, remote_countries="US, DE")

    assert postings.problems(made) == [PostingRule.objects.get(key="eu-pay").message]


def test_remote_countries_are_codes_and_only_for_remote_jobs(db):
    made = posting(remote_countries="France")

    assert len(postings.problems(made)) == 2


@pytest.mark.parametrize(
    "label",
    ["What is your current salary?", "Previous pay", "Your salary history", "What was your last annual gross salary?"],
)
def test_questions_about_past_pay_are_refused(label, db):
    """JOB-21."""
    assert any(
        "Past or present pay" in sentence
        for sentence in postings.problems(posting(questions=[{"key": "pay", "label": label}]))
    )


def test_plain_text_becomes_the_same_marks_as_html():
    typed = "We build <3 grids & more.\nEvery day.\n\n## You bring\n- SQL\n* patience\n\nWrite to us."

    html = postings.as_html(typed)

    assert html == (
        "<p>We build &lt;3 grids &amp; more.<br>Every day.</p><h3>You bring</h3>"
        "<ul><li>SQL</li><li>patience</li></ul><p>Write to us.</p>"
    )


@pytest.mark.parametrize(
    "typed",
    ["One.\n\n## Two\n\n- three\n- four\n\nFive & six\nseven", "Only a line", "", "- a\n- b"],
)
def test_plain_text_is_shown_again_as_it_was_typed(typed):
    assert postings.as_typed(postings.as_html(typed)) == typed


@pytest.mark.parametrize("html", ["<p>A <strong>b</strong></p>", "<p><em>a</em></p>", "<p>&lt;b&gt;</p>"])
def test_what_needs_html_stays_html(html):
    assert postings.as_typed(html) == html
    assert postings.as_html("<p onclick='x'>A<script>b</script></p>") == "<p>A</p>"


def test_a_question_about_expected_pay_is_fine(db):
    assert postings.problems(posting(questions=[{"key": "pay", "label": "What salary do you expect?"}])) == []


def test_a_last_day_in_the_past_blocks(db):
    assert postings.problems(posting(expires_at=timezone.now() - dt.timedelta(hours=1)))


# --- publish, edit, take down ---------------------------------------------------------------------------------------


def test_publish_sets_the_first_date_once(db, monkeypatch):
    """JOB-5: datePosted never changes again."""
    made = postings.publish(posting(), by=None)
    first = made.first_published_at
    later = timezone.now() + dt.timedelta(days=9)
    monkeypatch.setattr(timezone, "now", lambda: later)

    again = postings.publish(postings.unpublish(made, by=None), by=None)

    assert (again.first_published_at, again.changed_at) == (first, later)


def test_publish_sanitises_what_reached_the_row_by_another_door(db):
    made = posting(description=LONG + "<script>steal()</script><img src=x onerror=steal()>")

    assert postings.publish(made, by=None).description == LONG


def test_take_down_hides_it_and_says_when(db):
    made = postings.publish(posting(), by=None)

    gone = postings.unpublish(made, by=None)

    assert not Posting.objects.public().exists()
    assert gone.unpublished_at is not None
    with pytest.raises(Refused):
        postings.unpublish(made, by=None)


WORDS = {"show_pay": True}


def test_edit_keeps_a_public_posting_publishable(db):
    made = postings.publish(posting(), by=None)

    with pytest.raises(Refused, match="Take the urgency"):
        postings.edit(made, by=None, title="URGENT Data Engineer", description=LONG, **WORDS)

    made.refresh_from_db()
    assert made.title == "Data Engineer"


def test_edit_lets_a_draft_be_unfinished(db):
    made = postings.edit(posting(), by=None, title="URGENT", description="<p>Soon</p>", **WORDS)

    assert (made.title, made.description) == ("URGENT", "<p>Soon</p>")


def test_the_last_day_ends_at_midnight_where_the_job_is(db):
    made = posting()
    made.job.location.time_zone = "America/New_York"

    assert postings.end_of(dt.date(2030, 6, 30), made).isoformat() == "2030-07-01T00:00:00-04:00"


# --- JOB-4: sanitising ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p style='color:red' onclick=x>Hi</p>", "<p>Hi</p>"),
        ("<h1>Big</h1><h3>Small</h3>", "Big<h3>Small</h3>"),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="nofollow noopener noreferrer">x</a>'),
        (
            "<a href='https://a.example/' target=_blank>x</a>",
            '<a href="https://a.example/" rel="nofollow noopener noreferrer">x</a>',
        ),
        ("<ul><li>One<li>Two</ul>", "<ul><li>One</li><li>Two</li></ul>"),
        ("<svg><script>1</script></svg>text", "text"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_sanitise_keeps_plain_marks_only(dirty, clean):
    assert postings.sanitise(dirty) == clean


@given(st.text(alphabet=st.sampled_from(list("<>/\"'= abpscriptonload:jvx&;#-!")), max_size=80))
def test_sanitising_twice_changes_nothing_and_leaves_no_handler(text):
    once = postings.sanitise(text)

    assert postings.sanitise(once) == once
    assert "<script" not in once
    assert "<!" not in once


@pytest.mark.parametrize(
    "typed", ["Salary <negotiable>", "Send it to <jobs at nordvale>", "List<String> and Map<K, V>", "a < b > c"]
)
def test_words_in_angle_brackets_that_are_no_html_stay_text(typed):
    html = postings.as_html(typed)

    assert strip_tags(html).strip() == escape(typed)
    assert postings.as_typed(html) == typed
