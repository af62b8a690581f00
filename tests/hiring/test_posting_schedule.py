"""When a posting can be read, and by whom: to the second, on the clock of its place. Standard ids: JOB-5, JOB-13."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from hiring import jobs, postings
from hiring.errors import Refused
from hiring.models import Job, Location, Notification, Posting, TeamMember
from hiring.postings import places, publishing, standing
from tests.factories import JobFactory, LocationFactory, PostingFactory

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"
NOON = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock(monkeypatch):
    now = [NOON]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


def draft(recruiter=None, **fields):
    lyon = LocationFactory(name=f"Lyon {Location.objects.count()}", city="Lyon", country="FR", time_zone="Europe/Paris")
    job = JobFactory(location=lyon, pay_min=Decimal(50000))
    if recruiter:
        TeamMember.objects.create(job=job, user=recruiter, role="recruiter")
    given = {"status": "draft", "first_published_at": None, "live_from": None, "public_from": None, "description": LONG}
    return PostingFactory(job=job, **{**given, **fields})


def readers(posting, somebody):
    """Whether the world, and whether a colleague, can read it now."""
    of = Posting.objects.filter(pk=posting.pk)
    return of.readable_by(AnonymousUser()).exists(), of.readable_by(somebody).exists()


# --- scheduled ------------------------------------------------------------------------------------------------------


def test_a_scheduled_posting_is_public_from_its_second_on(recruiter, clock):
    made = draft(recruiter)
    at = NOON + dt.timedelta(hours=3)
    postings.schedule(made, at, by=recruiter)

    clock[0] = at - dt.timedelta(minutes=2)
    publishing.sweep()
    clock[0] = at - dt.timedelta(seconds=1)
    before = readers(made, recruiter)
    clock[0] = at

    assert before == (False, False)
    assert readers(made, recruiter) == (True, True)
    made.refresh_from_db()
    assert (made.first_published_at, made.live_from, made.public_from) == (at, at, at)


def test_a_sweep_that_comes_late_publishes_as_of_then(recruiter, clock):
    """Losing the worker loses nothing; the date says when it could be read (JOB-5)."""
    made = postings.schedule(draft(recruiter), NOON + dt.timedelta(hours=1), by=recruiter)

    clock[0] = NOON + dt.timedelta(hours=5)
    done = [publishing.sweep(), publishing.sweep()]

    made.refresh_from_db()
    assert (done, made.first_published_at, made.versions.count()) == ([1, 0], clock[0], 1)


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        (dt.date(2027, 3, 26), dt.time(9, 0), "2027-03-26T08:00:00+00:00"),
        (dt.date(2027, 3, 29), dt.time(9, 0), "2027-03-29T07:00:00+00:00"),  # clocks went forward on the 28th
        (dt.date(2027, 10, 31), dt.time(2, 30), "2027-10-31T00:30:00+00:00"),  # comes twice: the first
        (dt.date(2027, 3, 28), dt.time(2, 30), None),  # never comes
    ],
)
def test_times_are_wall_times_of_the_place_of_work(db, day, time, utc):
    moment = places.moment_of(day, time, draft())

    assert (moment and moment.astimezone(dt.UTC).isoformat()) == utc


def test_what_stands_against_it_holds_it_back_and_says_so_once(recruiter, clock):
    made = postings.schedule(draft(recruiter), NOON + dt.timedelta(hours=1), by=recruiter)
    Job.objects.filter(pk=made.job_id).update(status="on_hold")
    clock[0] = NOON + dt.timedelta(minutes=56)

    done = [publishing.sweep() for _ in range(3)]

    made.refresh_from_db()
    told = Notification.objects.get(user=recruiter)
    assert (done, made.status, standing.of(made).key) == ([0, 0, 0], "scheduled", "held")
    assert "The job has to be open; it is on hold." in made.held_for
    assert "does not go out at its time" in told.words and told.url.endswith(f"/jobs/{made.job_id}/posting/")


def test_it_goes_out_as_soon_as_that_is_put_right(recruiter, clock):
    made = postings.schedule(draft(recruiter, title="URGENT Data Engineer"), NOON + dt.timedelta(hours=1), by=recruiter)
    clock[0] = NOON + dt.timedelta(hours=2)
    publishing.sweep()
    postings.edit(made, by=recruiter, title="Data Engineer")

    publishing.sweep()

    made.refresh_from_db()
    assert (made.status, made.held_for, made.first_published_at) == ("published", "", clock[0])


def test_a_time_can_be_called_off_also_when_it_is_near(recruiter, clock):
    near, far = draft(recruiter), draft(recruiter)
    for one in (near, far):
        postings.schedule(one, NOON + dt.timedelta(minutes=4 if one is near else 90), by=recruiter)
    publishing.sweep()
    assert Posting.objects.get(pk=near.pk).status == "published"

    for one in (near, far):
        postings.unpublish(one, by=recruiter)
    clock[0] = NOON + dt.timedelta(days=1)
    publishing.sweep()

    for one in (near, far):
        one.refresh_from_db()
        assert (one.status, one.publish_at, one.first_published_at, readers(one, recruiter)) == (
            "draft",
            None,
            None,
            (False, False),
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "published"}, "out already"),
        ({"expires_at": NOON + dt.timedelta(minutes=30)}, "after its last day"),
        ({"job__status": "closed"}, "closed job"),
        ({"job__confidential": True}, "confidential"),
    ],
)
def test_times_that_make_no_sense_are_refused(recruiter, clock, change, said):
    given = {"live_from": NOON, "public_from": NOON} if "status" in change else {}
    made = draft(**{name: value for name, value in change.items() if not name.startswith("job__")}, **given)
    Job.objects.filter(pk=made.job_id).update(
        **{name[5:]: value for name, value in change.items() if name.startswith("job__")}
    )

    with pytest.raises(Refused, match=said):
        postings.schedule(made, NOON + dt.timedelta(hours=1), by=recruiter)
    with pytest.raises(Refused, match="passed"):
        postings.schedule(draft(), NOON, by=recruiter)


def test_closing_a_job_calls_off_what_was_scheduled(recruiter, clock):
    made = postings.schedule(draft(recruiter), NOON + dt.timedelta(hours=1), by=recruiter)

    jobs.close(made.job, by=recruiter, reason="No budget")
    clock[0] = NOON + dt.timedelta(hours=2)

    assert publishing.sweep() == 0
    assert Posting.objects.get(pk=made.pk).status == "draft"


# --- internal and external ------------------------------------------------------------------------------------------


def test_an_internal_posting_is_for_colleagues_alone(recruiter, clock):
    made = postings.publish(draft(audience="colleagues"), by=recruiter)

    clock[0] += dt.timedelta(days=400)

    assert readers(made, recruiter) == (False, True)
    assert (made.public_from, made.first_published_at) == (None, None)
    recruiter.is_active = False
    assert readers(made, recruiter) == (False, False)


def test_colleagues_first_means_whole_days_on_the_clock_of_the_place(recruiter, clock):
    """Seven days over the change to summer time are 167 hours. datePosted is the day everybody could read it (JOB-5)."""
    clock[0] = dt.datetime(2027, 3, 25, 8, 0, tzinfo=dt.UTC)  # 09:00 in Lyon
    made = postings.publish(draft(audience="colleagues_first", internal_days=7), by=recruiter)
    opens = dt.datetime(2027, 4, 1, 7, 0, tzinfo=dt.UTC)  # 09:00 again
    seen = []

    for now in (clock[0], opens - dt.timedelta(seconds=1), opens):
        clock[0] = now
        seen.append(readers(made, recruiter))

    assert seen == [(False, True), (False, True), (True, True)]
    assert made.first_published_at == opens


def test_other_readers_count_at_once_and_the_first_day_stays(recruiter, clock):
    made = postings.publish(draft(), by=recruiter)
    clock[0] += dt.timedelta(days=2)
    inside = postings.edit(made, by=recruiter, audience="colleagues")
    seen = [readers(inside, recruiter)]
    clock[0] += dt.timedelta(days=2)
    outside = postings.edit(made, by=recruiter, audience="everybody")
    seen.append(readers(outside, recruiter))

    assert seen == [(False, True), (True, True)]
    assert (outside.first_published_at, outside.public_from) == (NOON, clock[0])


def test_an_internal_posting_taken_down_before_its_day_was_never_public(recruiter, clock):
    made = postings.publish(draft(audience="colleagues_first"), by=recruiter)

    postings.unpublish(made, by=recruiter)

    made.refresh_from_db()
    assert made.first_published_at is None
    assert made.versions.count() == 2


# --- the end --------------------------------------------------------------------------------------------------------


def test_a_posting_ends_with_its_last_day_in_its_place(recruiter, clock):
    """The query ends it to the second; the sweep says so, keeps it and tells, once."""
    clock[0] = dt.datetime(2027, 10, 30, 12, 0, tzinfo=dt.UTC)
    made = draft(recruiter)
    made = postings.edit(made, by=recruiter, expires_at=postings.end_of(dt.date(2027, 10, 31), made))
    postings.publish(made, by=recruiter)
    end = dt.datetime(2027, 10, 31, 23, 0, tzinfo=dt.UTC)  # midnight in Lyon, after clocks went back
    seen = []

    for now in (end - dt.timedelta(seconds=1), end):
        clock[0] = now
        seen.append(readers(made, recruiter))
    done = [publishing.sweep(), publishing.sweep()]

    made.refresh_from_db()
    assert seen == [(True, True), (False, False)]
    assert (done, made.status, made.unpublished_at) == ([1, 0], "unpublished", end)
    assert [row.act for row in made.versions.all()] == ["expired", "published"]
    assert "its last day to apply has passed" in Notification.objects.get(user=recruiter).words


def test_a_row_that_fails_holds_up_no_other(recruiter, clock, monkeypatch):
    broken, fine = draft(recruiter, audience="colleagues_first"), draft(recruiter)
    for one in (broken, fine):
        postings.schedule(one, NOON + dt.timedelta(minutes=1), by=recruiter)
    Location.objects.filter(pk=broken.job.location_id).update(time_zone="Mars/Olympus")

    publishing.sweep()

    assert list(Posting.objects.filter(status="published")) == [fine]


def test_a_posting_says_of_itself_what_the_lists_say_of_it(db):
    """JOB-13: whoever applies is let in by the same rule by which the job is listed."""
    now = timezone.now()
    earlier, later, moments = now - dt.timedelta(days=1), now + dt.timedelta(days=1), (None, now - dt.timedelta(days=1))
    posting = PostingFactory()
    seen = set()
    for status, job_status, confidential in itertools.product(Posting.Status, ("open", "on_hold"), (False, True)):
        for live_from, public_from, expires_at in itertools.product(
            (earlier, later), (*moments, later), (*moments, later)
        ):
            Posting.objects.filter(pk=posting.pk).update(
                status=status, live_from=live_from, public_from=public_from, expires_at=expires_at, publish_at=now
            )
            Job.objects.filter(pk=posting.job_id).update(status=job_status, confidential=confidential)
            one = Posting.objects.select_related("job").get(pk=posting.pk)
            says = (one.is_live(timezone.now()), one.is_public(timezone.now()))
            assert says == (Posting.objects.live().exists(), Posting.objects.public().exists())
            seen.add(says)
    assert seen == {(False, False), (True, False), (True, True)}
