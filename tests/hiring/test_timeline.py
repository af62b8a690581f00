"""The timeline: constant cost, cursors, and nothing shown that the reader may not see."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.conf import settings
from django.db import connection
from django.template import VariableDoesNotExist
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import BlockNode
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from hiring import candidates, notes, timeline, todo
from hiring.models import TimelineEvent
from tests import factories


@pytest.fixture
def candidate(db):
    return factories.CandidateFactory(name="Noor Haddad")


def kinds(page):
    return [entry.event.kind for entry in page.entries]


def test_the_newest_event_comes_first_and_older_pages_follow_without_gap(candidate, recruiter):
    at = timezone.now()
    for number in range(7):  # three share one moment: the cursor must not lose one
        timeline.record(candidate, f"test.event{number}", recruiter, at=at - dt.timedelta(hours=number // 3))

    seen, before = [], ""
    while True:
        page = timeline.page(candidate, recruiter, before=before, size=2)
        seen += [entry.event.pk for entry in page.entries]
        before = page.older
        if not before:
            break

    assert seen == list(TimelineEvent.objects.order_by("-at", "-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "1-2-3", "9" * 40 + "-1", "²-1", "<script>"])
def test_a_broken_cursor_means_from_the_start(candidate, recruiter, cursor):
    timeline.record(candidate, "test.event", recruiter)

    assert len(timeline.page(candidate, recruiter, before=cursor).entries) == 1


@pytest.mark.parametrize("events", [1, 3, 40])
def test_a_page_costs_the_same_however_much_happened(candidate, recruiter, events, django_assert_num_queries):
    for number in range(events):
        notes.write(candidate, f"Note {number}", by=recruiter)
        candidates.tag(candidate, f"tag {number}", by=recruiter)

    with django_assert_num_queries(3):  # events, notes, tags
        page = timeline.page(candidate, recruiter)
        for entry in page.entries:
            entry.template.render({"entry": entry})


def test_filters_narrow_to_kinds(candidate, recruiter):
    notes.write(candidate, "A word", by=recruiter)
    todo.add("Call her", by=recruiter, due_on=timezone.localdate(), candidate=candidate)
    candidates.tag(candidate, "energy", by=recruiter)

    assert set(kinds(timeline.page(candidate, recruiter, show="notes"))) == {"note.written", "task.added"}
    assert kinds(timeline.page(candidate, recruiter, show="mail")) == []
    assert len(timeline.page(candidate, recruiter, show="nonsense").entries) == 3


def test_a_private_note_leaves_no_trace_for_others(candidate, recruiter, admin):
    notes.write(candidate, "Between me and me", by=recruiter, visibility="private")

    assert kinds(timeline.page(candidate, recruiter)) == ["note.written"]
    assert kinds(timeline.page(candidate, admin)) == []


def test_events_of_a_confidential_job_stay_with_its_team(candidate, recruiter, admin):
    job = factories.JobFactory(confidential=True)
    job.team.create(user=recruiter, role="recruiter")
    timeline.record(candidate, "test.event", recruiter, job=job)

    assert len(timeline.page(candidate, recruiter).entries) == 1
    assert timeline.page(candidate, admin).entries == []


def test_an_unknown_kind_renders_a_plain_line(candidate, recruiter):
    timeline.record(candidate, "visa.checked_again", None)

    entry = timeline.page(candidate, recruiter).entries[0]

    assert "Visa checked again" in entry.template.render({"entry": entry})


def test_each_kind_is_told_as_its_template_says(candidate, recruiter):
    """Set into its frame once, it says what it says when the frame is found anew."""
    timeline.record(candidate, "test.event", recruiter)
    told, kinds = timeline.page(candidate, recruiter).entries[0], []
    for path in sorted((settings.BASE_DIR / "templates/timeline").glob("[!_]*.html")):
        with contextlib.suppress(NoReverseMatch, VariableDoesNotExist, AttributeError):  # wants a row of its own
            plain = render_to_string(f"timeline/{path.name}", {"entry": told})
            kinds.append((path.stem, plain))

    assert len(kinds) > 50
    for kind, plain in kinds:
        assert timeline.template_of(kind).render({"entry": told}) == plain, kind
    blocks = {name for kind, _ in kinds for name in _blocks_of(f"timeline/{kind}.html")}
    assert blocks <= set(_blocks_of("timeline/_line.html")), "what the frame has no place for is not shown"


def _blocks_of(name):
    nodes = get_template(name).template.nodelist
    return [node.name for node in nodes.get_nodes_by_type(BlockNode)]


def test_a_row_that_is_gone_does_not_break_its_event(candidate, recruiter):
    tag = candidates.tag(candidate, "energy", by=recruiter)
    tag.delete()

    entry = timeline.page(candidate, recruiter).entries[0]

    assert "(deleted)" in entry.template.render({"entry": entry})


def test_what_people_wrote_is_escaped(candidate, recruiter):
    notes.write(candidate, "<script>alert(1)</script>", by=recruiter)
    candidates.tag(candidate, "<b>x</b>", by=recruiter)

    html = "".join(entry.template.render({"entry": entry}) for entry in timeline.page(candidate, recruiter).entries)

    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_each_day_has_one_heading(candidate, recruiter):
    now = timezone.now().replace(hour=12)
    for days in (0, 0, 1, 5, 200, 201):
        timeline.record(candidate, "test.event", recruiter, at=now - dt.timedelta(days=days))

    headings = [entry.heading for entry in timeline.page(candidate, recruiter).entries]

    assert headings[0] == "Today"
    assert headings[1] == ""
    assert headings[2] == "Yesterday"
    assert headings[3] != ""
    assert timeline.page(candidate, recruiter).entries[0].actor_name == "You"


# ---------- Ten thousand events ----------


@pytest.fixture
def long_history(candidate, recruiter):
    """Ten thousand mails, a few other things among the oldest, and the many events of other people around them."""
    job, other = factories.JobFactory(), factories.CandidateFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, job_id, data) "
            "SELECT CASE WHEN n %% 4 = 0 THEN %(candidate)s ELSE %(other)s END, now() - n * interval '1 minute', 'message.sent', "
            "CASE WHEN n %% 4 > 0 THEN %(actor)s::bigint END, CASE WHEN n %% 4 > 1 THEN %(job)s::bigint END, '{}' "
            "FROM generate_series(1, 40000) AS n",
            {"candidate": candidate.pk, "other": other.pk, "actor": recruiter.pk, "job": job.pk},
        )
        cursor.execute("ANALYZE hiring_timelineevent")
    long_ago = timezone.now() - dt.timedelta(days=300)
    timeline.record(candidate, "interview.scheduled", recruiter, job=job, at=long_ago)
    timeline.record(candidate, "note.written", recruiter, at=long_ago)
    return job


def test_ten_thousand_events_are_read_from_the_index_whatever_is_asked(candidate, recruiter, long_history):
    asked = {
        "everything": {},
        "a rare kind": {"show": "interviews"},
        "mine": {"mine": True},
        "none": {"show": "mail", "mine": True},
        "a job": {"job": long_history.pk},
    }
    found, plans = {}, {}
    for name, narrowed in asked.items():
        timeline.page(candidate, recruiter, **narrowed)
        with CaptureQueriesContext(connection) as queries:
            found[name] = len(timeline.page(candidate, recruiter, **narrowed).entries)
        assert len(queries) <= 2  # the events, and the boards one may open
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {queries[0]['sql']}")
            plans[name] = "\n".join(row[0] for row in cursor.fetchall())

    assert found == {"everything": 30, "a rare kind": 1, "mine": 2, "none": 0, "a job": 1}
    assert {name for name, plan in plans.items() if "Seq Scan on hiring_timelineevent" in plan} == set()
    assert {name for name, plan in plans.items() if "using event_timeline" not in plan} == set(), plans


def test_narrowed_pages_go_on_where_they_ended(candidate, recruiter, admin, long_history):
    for number in range(5):
        timeline.record(candidate, "offer.sent", admin if number % 2 else recruiter, job=long_history)

    seen, before = [], ""
    while True:
        page = timeline.page(candidate, recruiter, show="offers", mine=True, job=long_history.pk, before=before, size=2)
        seen += [entry.event.actor for entry in page.entries]
        before = page.older
        if not before:
            break

    assert seen == [recruiter] * 3
    assert timeline.jobs_of(candidate, recruiter) == [long_history]


def test_the_filters_are_in_the_address(client, candidate, recruiter, long_history):
    client.force_login(recruiter)

    page = client.get(reverse("candidate", args=[candidate.pk]), {"show": "interviews", "of": long_history.pk})
    jobs = client.get(reverse("candidate_timeline_jobs", args=[candidate.pk]), {"show": "interviews"})
    nothing = client.get(reverse("candidate", args=[candidate.pk]), {"show": "offers", "mine": "1", "of": "x"})

    html = page.content.decode()
    assert page.context["page"].to.query == f"show=interviews&of={long_history.pk}"
    assert f"?show=mail&amp;of={long_history.pk}#timeline" in html
    assert f"?show=interviews&amp;of={long_history.pk}#timeline" in jobs.content.decode()
    assert "Nothing of this kind yet." in nothing.content.decode()
