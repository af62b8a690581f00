"""What is typed and pasted into a posting, and what is kept of what was out. Standard ids: JOB-4, JOB-22."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from hiring import jobs, postings
from hiring.errors import Refused
from hiring.models import PostingPlace, PostingVersion
from hiring.postings import texts, versions
from hiring.postings.editing import is_current
from hiring.postings.places import Wanted
from tests.factories import JobFactory, LocationFactory, PostingFactory

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("1. Look\n2. Leap", "<ol><li>Look</li><li>Leap</li></ol>"),
        (
            "See [our site](https://nordvale.example/a?b=1&c=2).",
            '<p>See <a href="https://nordvale.example/a?b=1&amp;c=2" rel="nofollow noopener noreferrer">our site</a>.</p>',
        ),
        (
            "- [Mail](mailto:jobs@nordvale.example)",
            '<ul><li><a href="mailto:jobs@nordvale.example" rel="nofollow noopener noreferrer">Mail</a></li></ul>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("a [b] (c)", "<p>a [b] (c)</p>"),
    ],
)
def test_lists_with_numbers_and_links_are_typed_and_come_back(typed, html):
    assert postings.as_html(typed) == html
    assert postings.as_typed(html) == typed


@given(
    st.lists(
        st.sampled_from(["a", "1. b", "- c", "## d", "[e](https://f.example)", "", "&amp;", "]("]), max_size=8
    ).map("\n".join)
)
def test_no_word_is_lost_when_it_is_opened_and_saved_again(typed):
    html = postings.as_html(typed)

    assert postings.plain(postings.as_html(postings.as_typed(html))) == postings.plain(html)


WORD = """<html><head><style>p {color: red}</style></head><body><!--StartFragment-->
<h1 style='mso-x:1'>Your tasks</h1><p class=MsoNormal><b><span style='font-family:Arial'>You build</span></b> grids.<o:p></o:p></p>
<p>&nbsp;</p><ul><li><p>Meters</p></li><li>Pipelines, <a href="https://nordvale.example" onclick="x()">more</a></li></ul>
<script>alert(1)</script><table><tr><td>Pay</td></tr></table><!--EndFragment--></body></html>"""


def test_what_is_pasted_keeps_paragraphs_lists_and_links_and_none_of_its_looks():
    """JOB-4: from a word processor, a page or a mail."""
    said = texts.pasted(WORD)

    assert said == (
        "## Your tasks\n\nYou build grids.\n\n- Meters\n- Pipelines, [more](https://nordvale.example)\n\nPay"
    )
    assert "<" not in said


@pytest.mark.parametrize(
    "html", ["", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "just words", "<b>bold</b>"]
)
def test_whatever_is_pasted_is_plain(html):
    said = texts.pasted(html)

    assert "alert" not in said and "<" not in said


# --- what was out ---------------------------------------------------------------------------------------------------


def out(recruiter, **fields):
    job = JobFactory(location=LocationFactory(name="Lyon", city="Lyon", country="FR"), pay_min=Decimal(50000))
    made = PostingFactory(job=job, **{"status": "draft", "first_published_at": None, "description": LONG, **fields})
    return postings.publish(made, by=recruiter)


def test_every_text_that_was_out_is_kept_with_who_and_when(recruiter, coordinator):
    """JOB-22."""
    made = out(recruiter)
    postings.edit(made, by=coordinator, title="Senior Data Engineer")
    postings.edit(made, by=coordinator, title="Senior Data Engineer")  # nobody can see a difference
    postings.unpublish(made, by=recruiter)
    postings.edit(made, by=coordinator, title="A draft")

    rows = list(made.versions.order_by("number"))

    assert [(row.act, row.by, row.content["title"]) for row in rows] == [
        ("published", recruiter, "Data Engineer"),
        ("changed", coordinator, "Senior Data Engineer"),
        ("taken_down", recruiter, "Senior Data Engineer"),
    ]


def test_pay_that_changes_on_the_job_is_kept_as_it_was_shown(recruiter):
    """JOB-12, JOB-22."""
    made = out(recruiter)

    jobs.edit(made.job, by=recruiter, pay_max=Decimal(60000))

    first, second = made.versions.order_by("number")
    shown = [row.content["places"][0]["pay"]["high"] for row in (first, second)]
    assert shown == [None, "60000.00"]
    change = versions.changes(first.content, second.content)[0]
    assert change.label == "Places"
    assert "60000.00" in "".join(piece.words for piece in change.pieces if piece.kind == "in")


def test_nobody_changes_or_removes_what_was_out(recruiter):
    """JOB-22: not even past the product, before three years have gone."""
    row = out(recruiter).versions.get()

    for sql in ("UPDATE hiring_postingversion SET act = 'changed'", "DELETE FROM hiring_postingversion"):
        with pytest.raises(DatabaseError, match="stays so"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    old = PostingVersion.objects.create(
        posting=row.posting, number=9, act="published", at=row.at - dt.timedelta(days=3 * 366), content={}
    )
    old.delete()
    assert list(PostingVersion.objects.all()) == [row]


def test_what_changed_is_told_word_by_word():
    before = {"title": "Data Engineer", "description": "<p>You build grids.</p>", "translations": {}}
    after = {
        "title": "Data Engineer",
        "description": "<p>You build small grids.</p>",
        "translations": {"de": {"title": "Dateningenieur", "description": ""}},
    }

    found = versions.changes(before, after)

    assert [
        (change.label, [piece.words.strip() for piece in change.pieces if piece.kind == "in"]) for change in found
    ] == [
        ("Text", ["small"]),
        ("German: title", ["Dateningenieur"]),
    ]


# --- other languages and places -------------------------------------------------------------------------------------


def test_a_translation_is_out_of_date_when_the_original_changes(recruiter):
    made = out(recruiter)
    german = postings.translate(made, "de", by=recruiter, title="Dateningenieur (m/w/d)", description=LONG)
    fresh = is_current(german, made)

    changed = postings.edit(made, by=recruiter, title="Data Platform Engineer")

    assert (fresh, is_current(german, changed)) == (True, False)
    assert changed.versions.first().content["translations"]["de"]["title"] == "Dateningenieur (m/w/d)"


@pytest.mark.parametrize("title", ["DRINGEND Dateningenieur!!!", ""])
def test_a_translation_of_what_is_out_has_to_be_fit_to_be_read(recruiter, title):
    """JOB-3, JOB-4: refused, and nothing is kept of it."""
    made = out(recruiter)

    with pytest.raises(Refused, match="German:"):
        postings.translate(made, "de", by=recruiter, title=title, description=LONG)

    assert not made.translations.exists()


def test_a_translation_that_is_not_fit_keeps_the_posting_in(recruiter):
    made = out(recruiter)
    postings.unpublish(made, by=recruiter)
    postings.translate(made, "de", by=recruiter, title="Dateningenieur", description="<p>Kurz</p>")

    with pytest.raises(Refused, match="German: Describe the work"):
        postings.publish(made, by=recruiter)


def test_places_keep_their_order_and_their_rows(recruiter):
    made = out(recruiter)
    lyon, graz, oslo = (
        made.job.location,
        LocationFactory(name="Graz", country="AT"),
        LocationFactory(name="Oslo", country="NO"),
    )
    postings.edit(made, by=recruiter, sites=[Wanted(lyon), Wanted(graz, pay="own", pay_min=Decimal(42000))])
    kept = made.places.get(location=graz).pk

    changed = postings.edit(made, by=recruiter, sites=[Wanted(graz, pay="own", pay_min=Decimal(42000)), Wanted(oslo)])

    assert [str(place) for place in changed.sites] == ["Graz", "Oslo"]
    assert made.places.get(location=graz).pk == kept
    with pytest.raises(Refused, match="needs a place"):
        postings.edit(made, by=recruiter, sites=[])


def test_the_place_of_the_job_follows_the_job(recruiter):
    """A place of one's own stays."""
    made = out(recruiter)
    graz, oslo = LocationFactory(name="Graz", country="AT"), LocationFactory(name="Oslo", country="NO")
    postings.edit(made, by=recruiter, sites=[Wanted(made.job.location), Wanted(graz)])

    jobs.edit(made.job, by=recruiter, location=oslo, workplace="remote")
    moved = [(str(place), place.workplace) for place in PostingPlace.objects.filter(posting=made)]
    jobs.edit(made.job, by=recruiter, location=graz)

    assert moved == [("Oslo", "remote"), ("Graz", "hybrid")]
    assert [str(place) for place in PostingPlace.objects.filter(posting=made)] == ["Graz"]
