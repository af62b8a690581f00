"""Segments: kept searches, their counts, other searches made of them, and being told of new people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import access, candidates, notes, notifications, query, search
from hiring.errors import Refused
from hiring.models import CustomField, Message, Notification
from hiring.query import QueryError
from pipeline import starting
from sourcing import alerts, segments
from sourcing.models import Segment, SegmentSighting, SegmentWatch
from sourcing.tasks import sweep_segments
from tests.factories import CandidateFactory, JobFactory, StageFactory

pytestmark = pytest.mark.django_db


def tagged(*names, tag="energy"):
    people = [CandidateFactory(name=name) for name in names]
    for person in people:
        candidates.tag(person, tag, by=None)
    search.refresh(person.pk for person in people)
    return people


def keep(by, name="Energy", text="tag:energy", **more):
    return segments.save(None, name=name, text=text, by=by, **more)


def found(user, text):
    return set(query.people(user, text).values_list("name", flat=True))


def words(user):
    return list(Notification.objects.filter(user=user, kind="segment").order_by("pk").values_list("words", flat=True))


def looks(watch):
    """Make the watch due and look."""
    SegmentWatch.objects.filter(pk=watch.pk).update(due_at=timezone.now())
    alerts.look_due()
    watch.refresh_from_db()


# ---------- keeping ----------


def test_a_query_that_cannot_be_read_is_shown_with_its_place_and_kept(client, recruiter):
    client.force_login(recruiter)

    page = client.post(reverse("sourcing:segment_create"), {"name": "X", "text": "java (lyon", "sharing": "private"})

    body = page.content.decode()
    assert (page.status_code, Segment.objects.count()) == (422, 0)
    assert 'value="java (lyon"' in body and "<mark>" in body and 'role="combobox"' in body


def test_a_name_is_taken_once_by_an_owner_whatever_its_case(recruiter, coordinator):
    tagged("Ada")
    keep(recruiter)
    keep(coordinator)

    with pytest.raises(Refused, match="already have"):
        keep(recruiter, name="ENERGY")


def test_who_sees_which_segment(recruiter, coordinator, manager, interviewer):
    tagged("Ada")
    keep(recruiter, "Mine")
    keep(recruiter, "All", sharing="everybody")
    keep(recruiter, "Managers", sharing="roles", roles=["hiring_manager"])

    seen = [
        set(Segment.objects.visible_to(user).values_list("name", flat=True))
        for user in (recruiter, coordinator, manager, interviewer)
    ]
    assert seen == [{"Mine", "All", "Managers"}, {"All"}, {"All", "Managers"}, set()]


def test_counts_are_made_in_the_background_and_say_as_of_when(recruiter, monkeypatch):
    tagged("Ada", "Grace")
    segment = keep(recruiter)
    assert segment.count is None

    sweep_segments()
    tagged("Hedy")
    sweep_segments()  # not due yet

    segment.refresh_from_db()
    assert (segment.count, segment.problem) == (2, "")
    assert segment.due_at == segment.counted_at + segments.COUNT_EVERY
    Segment.objects.update(text="pool:nowhere", due_at=timezone.now())  # a pool that was there once
    sweep_segments()
    segment.refresh_from_db()
    assert "no pool" in segment.problem and segment.due_at > timezone.now()


# ---------- in other searches ----------


def test_a_segment_is_part_of_other_searches_as_whoever_asks_sees_it(recruiter, coordinator):
    tagged("Ada Byron", "Grace Hopper")
    tagged("Hedy Lamarr", tag="film")
    keep(recruiter, "Energy people")
    keep(recruiter, "Shared", "tag:film", sharing="everybody")

    assert found(recruiter, 'segment:"Energy people" name:ada') == {"Ada Byron"}
    assert found(recruiter, '-segment:"energy PEOPLE"') == {"Hedy Lamarr"}
    assert found(coordinator, "segment:shared OR name:grace") == {"Hedy Lamarr", "Grace Hopper"}
    with pytest.raises(QueryError, match="no segment"):
        found(coordinator, 'segment:"Energy people"')


def test_circles_are_refused_with_their_place(recruiter):
    tagged("Ada")
    first = keep(recruiter, "First")
    second = keep(recruiter, "Second", "segment:First OR name:ada")
    keep(recruiter, "Third", "segment:Second")

    for text in ("segment:First", "segment:Second", "name:ada segment:Third"):
        with pytest.raises(QueryError, match="made of itself") as caught:
            segments.save(first, name="First", text=text, by=recruiter)
        assert text[caught.value.start : caught.value.end].startswith("segment:")
    Segment.objects.filter(pk=first.pk).update(text="segment:Second")  # as two people may do at the same moment
    with pytest.raises(QueryError, match="made of itself"):
        found(recruiter, "segment:First")
    Segment.objects.filter(pk=second.pk).update(due_at=timezone.now())
    segments.refresh_due()
    second.refresh_from_db()
    assert "made of itself" in second.problem


def test_a_new_name_is_written_where_the_old_one_stood_and_a_used_one_stays(recruiter):
    tagged("Ada")
    first = keep(recruiter, "First")
    second = keep(recruiter, "Second", '(segment:first OR name:grace) -segment:"First"')

    segments.save(first, name="Energy people", text=first.text, by=recruiter)

    second.refresh_from_db()
    assert second.text == '(segment:"Energy people" OR name:grace) -segment:"Energy people"'
    with pytest.raises(Refused, match="Second"):
        segments.delete(first)
    segments.delete(second)
    segments.delete(first)


def test_the_name_of_a_private_segment_is_not_told_to_who_cannot_delete_theirs(recruiter, coordinator):
    tagged("Ada")
    shared = keep(recruiter, "First", sharing="everybody")
    keep(coordinator, "Secret plan", "segment:First name:ada")

    with pytest.raises(Refused, match="Cora Coordinator uses it") as refused:
        segments.delete(shared)
    assert "Secret" not in refused.value.sentence


# ---------- being told ----------


def test_the_first_look_remembers_and_later_ones_tell_who_is_new(recruiter):
    tagged("Ada Byron", "Grace Hopper")
    watch = alerts.watch(keep(recruiter), recruiter, "at_once")

    looks(watch)
    assert (words(recruiter), watch.sightings.count()) == ([], 2)
    looks(watch)
    assert words(recruiter) == []
    tagged("Hedy Lamarr")
    looks(watch)
    notifications.read(recruiter)
    tagged("Mary Jackson", "Katherine Johnson")
    looks(watch)

    assert words(recruiter) == ["Hedy Lamarr matches “Energy” now.", "2 new people match “Energy”."]
    assert watch.due_at > timezone.now()


def test_what_is_unread_grows_so_that_a_long_import_is_told_of_once(recruiter, mailoutbox):
    type(recruiter).objects.filter(pk=recruiter.pk).update(notification_mail="at_once")
    tagged("Ada")
    watch = alerts.watch(keep(recruiter), recruiter, "at_once")
    looks(watch)

    for number in range(4):
        tagged(f"Person {number}", f"Other {number}")
        looks(watch)

    assert words(recruiter) == ["8 new people match “Energy”."]
    assert Message.objects.filter(purpose="notification").count() == 1


def test_nobody_is_told_of_their_own_doing(recruiter, coordinator):
    tagged("Ada")
    mine, theirs, both = tagged("Mine", "Theirs", "Both", tag="other")
    segment = keep(recruiter, sharing="everybody")
    watches = [alerts.watch(segment, user, "at_once") for user in (recruiter, coordinator)]
    for watch in watches:
        looks(watch)

    candidates.tag(mine, "energy", by=recruiter)
    candidates.tag(theirs, "energy", by=coordinator)
    candidates.tag(both, "energy", by=recruiter)
    notes.write(both, "Met at a fair.", by=coordinator)
    for watch in watches:
        looks(watch)

    assert words(recruiter) == ["2 new people match “Energy”."]
    assert words(coordinator) == ["2 new people match “Energy”."]
    new = SegmentSighting.objects.filter(watch=watches[0], is_new=True).values_list("candidate__name", flat=True)
    assert set(new) == {"Theirs", "Both"}


@pytest.mark.parametrize("text", ["stage:lead", "status:active", 'job:"Secret role"', "applied:<1d"])
def test_a_confidential_job_does_not_show_through_a_segment(world, recruiter, coordinator, text):
    """Whoever does not see the job hears nothing of who is on it, though they see the person."""
    secret = JobFactory(title="Secret role", confidential=True)
    lead = StageFactory(job=secret, kind="lead", name="Lead")
    secret.team.create(user=recruiter, role="recruiter")
    person = CandidateFactory(name="Secret Person")
    segment = keep(recruiter, "Led", text, sharing="everybody")
    watches = [alerts.watch(segment, user, "at_once") for user in (recruiter, coordinator)]
    for watch in watches:
        looks(watch)

    starting.open_application(person, secret, by=None, stage=lead)
    search.refresh([person.pk])
    for watch in watches:
        looks(watch)

    assert words(recruiter) == ["Secret Person matches “Led” now."]
    assert words(coordinator) == []


def test_beside_the_query_stands_what_is_wrong_or_how_many_match(client, recruiter, interviewer):
    tagged("Ada", "Grace")
    client.force_login(recruiter)
    url = reverse("candidate_check")

    fine = client.get(url, {"text": "tag:energy"}).content.decode()
    wrong = client.get(url, {"text": "tag:energy (lyon"}).content.decode()
    nobody = client.get(url, {"text": "tag:energy is:hired"}).content.decode()

    assert "2 people match now" in fine and "Nobody matches" in nobody
    assert "<mark>" in wrong and client.get(url, {"text": " "}).content.strip() == b""


def test_who_leaves_and_comes_back_is_new_again(recruiter):
    ada, _ = tagged("Ada Byron", "Grace Hopper")
    tag = ada.tags.get().tag
    watch = alerts.watch(keep(recruiter), recruiter, "at_once")
    looks(watch)

    candidates.untag(ada, tag, by=None)
    looks(watch)
    assert (words(recruiter), watch.sightings.count()) == ([], 1)
    candidates.tag(ada, "energy", by=None)
    looks(watch)

    assert words(recruiter) == ["Ada Byron matches “Energy” now."]


def test_nobody_is_told_of_people_they_may_not_see(world, recruiter, manager, outsider):
    """The same shared segment, asked as each of those who watch it."""
    tagged("Nobody")
    segment = keep(recruiter, "People", "tag:energy", sharing="everybody")
    watches = [alerts.watch(segment, user, "at_once") for user in (recruiter, manager, outsider)]
    for watch in watches:
        looks(watch)

    candidates.tag(world.candidate, "energy", by=None)  # the manager's own applicant
    search.refresh([world.candidate.pk])
    tagged("Hidden Person")
    for watch in watches:
        looks(watch)

    assert words(recruiter) == ["2 new people match “People”."]
    assert words(manager) == ["Noor Haddad matches “People” now."]
    assert words(outsider) == []


def test_another_question_starts_afresh_and_so_nobody_is_flooded(recruiter):
    tagged("Ada")
    tagged("Hedy", tag="film")
    segment = keep(recruiter)
    watch = alerts.watch(segment, recruiter, "at_once")
    looks(watch)

    segments.save(segment, name="Energy", text="tag:film", by=recruiter)
    watch.refresh_from_db()
    looks(watch)

    assert (words(recruiter), set(watch.sightings.values_list("candidate__name", flat=True))) == ([], {"Hedy"})


def test_whoever_left_or_lost_the_segment_is_not_told(recruiter, coordinator):
    tagged("Ada")
    segment = keep(recruiter, sharing="everybody")
    watch, own = alerts.watch(segment, coordinator, "at_once"), alerts.watch(segment, recruiter, "at_once")
    looks(watch)
    looks(own)

    segments.save(segment, name="Energy", text=segment.text, by=recruiter)  # private again
    type(recruiter).objects.filter(pk=recruiter.pk).update(is_active=False)
    tagged("Grace")
    looks(watch)
    looks(own)

    assert words(coordinator) == words(recruiter) == []


def test_a_segment_that_is_too_wide_says_so(recruiter, monkeypatch):
    monkeypatch.setattr(alerts, "AT_MOST", 1)
    tagged("Ada", "Grace")
    watch = alerts.watch(keep(recruiter), recruiter, "at_once")

    looks(watch)

    assert "Narrow the search" in watch.problem and not watch.sightings.exists()
    assert watch.due_at > timezone.now() + dt.timedelta(hours=1)


def test_daily_news_come_in_the_morning(recruiter):
    recruiter.time_zone = "Europe/Paris"
    recruiter.save()
    tagged("Ada")
    watch = alerts.watch(keep(recruiter), recruiter, "daily")
    looks(watch)

    local = watch.due_at.astimezone(recruiter.zone)
    assert (local.hour, local.minute) == (alerts.MORNING, 0)
    alerts.watch(watch.segment, recruiter, "")
    assert not SegmentSighting.objects.exists()


def test_a_look_asks_no_more_for_more_people(recruiter, django_assert_max_num_queries):
    tagged(*[f"Person {number}" for number in range(30)])
    watch = alerts.watch(keep(recruiter), recruiter, "at_once")
    looks(watch)
    tagged(*[f"Other {number}" for number in range(30)])
    with django_assert_max_num_queries(20):
        looks(watch)
    assert words(recruiter) == ["30 new people match “Energy”."]


# ---------- pages ----------


@pytest.mark.parametrize("many", [1, 8])
def test_the_list_asks_no_more_for_more_segments(client, recruiter, many, django_assert_num_queries):
    tagged("Ada")
    for number in range(many):
        keep(recruiter, f"Energy {number}")
    client.force_login(recruiter)
    with django_assert_num_queries(3):
        page = client.get(reverse("sourcing:segments")).content.decode()
    assert "Energy 0" in page


def test_a_segment_is_edited_by_its_owner_and_duplicated_by_anybody_who_sees_it(client, recruiter, coordinator):
    tagged("Ada")
    segment = keep(recruiter, sharing="everybody")
    client.force_login(coordinator)

    assert client.get(reverse("sourcing:segment_edit", args=[segment.pk])).status_code == 403
    assert client.post(reverse("sourcing:segment_delete", args=[segment.pk])).status_code == 403
    client.post(reverse("sourcing:segment_duplicate", args=[segment.pk]))

    twin = Segment.objects.get(owner=coordinator)
    assert (twin.name, twin.text, twin.sharing) == ("Energy", "tag:energy", "private")


def test_everybody_of_a_segment_is_put_into_a_pool(client, recruiter):
    from sourcing import pools

    people = tagged("Ada", "Grace")
    tagged("Hedy", tag="film")
    pool = pools.create(name="Meters", owner=recruiter)
    segment = keep(recruiter)
    client.force_login(recruiter)
    url = reverse("candidate_bulk")

    page = client.get(segment.get_absolute_url()).content.decode()
    data = {"action": "pool", "all": "1", "asked": "q=tag%3Aenergy", "ask": "1", "back": segment.get_absolute_url()}
    asked = client.post(url, data).content.decode()
    client.post(url, {**data, "confirmed": "1", "value_pool": pool.pk, "reason": "All of them"})

    assert "q=tag%3Aenergy" in page and "2 people" in asked and "Meters" in asked
    assert set(pool.members.values_list("candidate", "reason")) == {(one.pk, "All of them") for one in people}


def test_pools_and_sequences_take_everybody_of_a_segment(client, recruiter):
    from sourcing import pools

    people = tagged("Ada", "Grace")
    pool = pools.create(name="Meters", owner=recruiter)
    with pytest.raises(Refused, match="quotation marks"):
        keep(recruiter, "Energy “wind”")
    keep(recruiter, "Energy & wind")
    client.force_login(recruiter)
    page = client.get(pool.get_absolute_url()).content.decode()
    [asked] = [asked for asked, _ in segments.offered(recruiter)]
    data = {"action": "pool", "all": "1", "asked": asked, "value_pool": pool.pk, "back": pool.get_absolute_url()}

    confirm = client.post(reverse("candidate_bulk"), data).content.decode()
    client.post(reverse("candidate_bulk"), {**data, "confirmed": "1"})

    assert f'value="{asked}"' in page and "Put in the pool Meters: 2 people" in confirm
    assert set(pool.members.values_list("candidate", flat=True)) == {one.pk for one in people}


def test_whoever_sees_other_people_sees_no_count(client, world, recruiter, manager):
    tagged("Ada")
    segment = keep(recruiter, sharing="everybody")
    sweep_segments()
    client.force_login(manager)

    page = client.get(segment.get_absolute_url()).content.decode()

    assert "depends on whom you may see" in page and "With everybody in it" not in page
    assert not access.can_share_segments(manager)
    assert not client.post(
        reverse("sourcing:segment_create"), {"name": "Own", "text": "ada", "sharing": "everybody"}
    ).context
    assert Segment.objects.get(owner=manager).sharing == "private"


def test_a_shared_search_says_nothing_of_fields_and_notes_that_are_not_the_readers(client, admin, recruiter):
    CustomField.objects.create(
        key="wage", name="Wage now", kind="candidate", type="number", is_private=True, roles=["admin"]
    )
    tagged("Ada")
    secret = keep(admin, name="Secret", text="cf.wage:>50000", sharing="everybody")
    noted = keep(admin, name="Noted", text="note:handshake", sharing="everybody")
    plain = keep(admin, name="Plain", text="ada", sharing="everybody")
    sweep_segments()
    client.force_login(recruiter)

    pages = {one.name: client.get(one.get_absolute_url()).content.decode() for one in (secret, noted, plain)}
    listed = client.get(reverse("sourcing:segments")).content.decode()
    twin = client.post(reverse("sourcing:segment_duplicate", args=[secret.pk]))

    assert "50000" not in pages["Secret"] + listed and "not open to you" in pages["Secret"]
    assert "handshake" in pages["Noted"] and "depends on whom you may see" in pages["Noted"]
    assert "person" in pages["Plain"] and "depends on whom" not in pages["Plain"]
    assert twin.status_code != 500 and not Segment.objects.filter(owner=recruiter).exists()
