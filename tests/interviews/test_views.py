"""The pages of interviews: booking with and without scripts, the week, links that are forged, foreign or expired."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.models import Document, PageImage, PersonalLink
from interviews import invitations, scheduling
from interviews.models import Interview, Scorecard
from tests.factories import CandidateFactory, InterviewFactory, InterviewKitFactory, SeatFactory, UserFactory

SWAP = {"HX-Request": "true"}


def post_data(world, kit, **fields):
    return {"kit": kit.pk, "minutes": 45, "panel": [world.people["interviewer"].pk], "place": "Room 4", **fields}


@pytest.fixture
def held(world, kit):
    interview = InterviewFactory(application=world.application, kit=kit)
    SeatFactory(interview=interview, user=world.people["interviewer"])
    return interview


@pytest.fixture
def token(held):
    return links.token(invitations.link(held.seats.get()))


# Booking


def test_the_page_suggests_times_for_the_usual_panel(client, world, kit, monday):
    client.force_login(world.people["recruiter"])

    response = client.get(reverse("interviews:schedule", args=[world.application.pk]))

    page = response.content.decode()
    assert "First common time" in page
    assert "Ines works 09:00 to 17:30, all free" in page
    assert 'style="' not in page.split("<main")[1]


def test_a_suggested_time_is_booked(client, world, kit, monday, tuesday_ten):
    client.force_login(world.people["recruiter"])

    response = client.post(
        reverse("interviews:schedule", args=[world.application.pk]),
        post_data(world, kit, slot=tuesday_ten.isoformat()),
    )

    interview = Interview.objects.get()
    assert response["Location"] == reverse("interviews:interview", args=[interview.pk])
    assert (interview.starts_at, interview.place, interview.kit) == (tuesday_ten, "Room 4", kit)


def test_another_time_is_meant_on_the_clock_that_was_chosen(client, world, kit, monday):
    world.candidate.time_zone = "America/New_York"
    world.candidate.save()
    client.force_login(world.people["recruiter"])

    page = client.get(reverse("interviews:schedule", args=[world.application.pk]))
    client.post(
        reverse("interviews:schedule", args=[world.application.pk]),
        post_data(world, kit, slot="own", day="2026-12-02", time="09:30", zone="America/New_York"),
    )

    interview = Interview.objects.get()
    assert interview.starts_at == dt.datetime(2026, 12, 2, 14, 30, tzinfo=dt.UTC)
    assert (interview.time_zone, interview.wall_time) == ("America/New_York", "2026-12-02T09:30")
    assert ("America/New_York", "New York time (Noor’s)") in page.context["form"].fields["zone"].choices


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a time."),
        ({"slot": "own", "day": "2026-12-02"}, "Say at what time."),
        ({"slot": "own", "day": "9999-12-31", "time": "23:59"}, "less far away"),
        ({"slot": "own", "day": "0001-01-01", "time": "00:00"}, "less far away"),
        ({"slot": "own", "day": "2027-03-28", "time": "02:30", "zone": "Europe/Paris"}, "skip 02:30"),
        ({"slot": "2026-12-01T09:00:00+00:00", "panel": []}, "Choose at least one interviewer."),
        ({"slot": "2026-12-01T09:00:00+00:00", "day": "2026-12-04", "time": "09:00"}, "wrote another one"),
        ({"slot": "yesterday"}, "not on the list any more"),
        ({"slot": "2026-12-01T09:00:00"}, "not on the list any more"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, world, kit, monday, fields, sentence):
    client.force_login(world.people["recruiter"])

    response = client.post(reverse("interviews:schedule", args=[world.application.pk]), post_data(world, kit, **fields))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert 'value="Room 4"' in response.content.decode()
    assert not Interview.objects.exists()


def test_an_hour_that_comes_twice_is_asked_about(client, world, kit, monday):
    """CAL-17."""
    client.force_login(world.people["recruiter"])
    url = reverse("interviews:schedule", args=[world.application.pk])
    own = {"slot": "own", "day": "2027-10-31", "time": "02:30", "zone": "Europe/Paris"}

    asked = client.post(url, post_data(world, kit, **own))
    client.post(url, post_data(world, kit, **own, second="later"))

    assert asked.status_code == 422
    assert "02:30 CET, an hour later" in asked.content.decode()
    assert Interview.objects.get().starts_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_a_time_taken_meanwhile_is_refused_on_the_same_page(client, world, kit, monday, tuesday_ten):
    SeatFactory(user=world.people["interviewer"], interview=InterviewFactory(starts_at=tuesday_ten))
    client.force_login(world.people["recruiter"])

    response = client.post(
        reverse("interviews:schedule", args=[world.application.pk]),
        post_data(world, kit, slot=tuesday_ten.isoformat()),
    )

    assert response.status_code == 409
    assert "Ines Interviewer has another interview at that time" in response.content.decode()
    assert 'value="Room 4"' in response.content.decode()


def test_without_scripts_show_times_leads_to_an_address(client, world, kit, monday):
    client.force_login(world.people["recruiter"])
    colleague = UserFactory(full_name="Zoe Added")
    url = reverse("interviews:schedule", args=[world.application.pk])

    response = client.post(url, post_data(world, kit, show=1, join=colleague.pk), follow=True)

    ((address, _),) = response.redirect_chain
    assert f"join={colleague.pk}" in address
    assert "csrf" not in address
    assert "Zoe works" in response.content.decode()


def test_a_swap_answers_with_the_form_alone(client, world, kit, monday):
    client.force_login(world.people["recruiter"])
    short = InterviewKitFactory(job=world.job, stage=world.stages["interview"], minutes=20)

    response = client.get(
        reverse("interviews:schedule", args=[world.application.pk]),
        {"kit": short.pk, "kit_was": kit.pk, "minutes": 45, "panel": world.people["interviewer"].pk},
        headers=SWAP,
    )

    page = response.content.decode()
    assert "<html" not in page
    assert 'id="id_minutes" min="10" max="480" step="5" value="20"' in page  # the kit brings its length


@pytest.mark.parametrize(
    "query",
    [
        "?minutes=abc",
        "?minutes=999999",
        "?from_day=0001-01-01",
        "?from_day=9999-12-31",
        "?panel=x&join=y",
        "?panel=99999999999999999999",
        "?kit=99999999999999999999",
    ],
)
def test_a_mangled_address_shows_the_page(client, world, kit, query):
    client.force_login(world.people["recruiter"])

    response = client.get(reverse("interviews:schedule", args=[world.application.pk]) + query)

    assert response.status_code == 200
    assert world.candidate.name in response.text and not response.context["form"].is_bound


def test_rescheduling_keeps_the_time_unless_another_is_chosen(client, world, kit, monday, tuesday_ten):
    recruiter = world.people["recruiter"]
    interview = scheduling.schedule(
        world.application, kit=kit, panel=[world.people["interviewer"]], starts_at=tuesday_ten, minutes=45, by=recruiter
    )
    client.force_login(recruiter)
    url = reverse("interviews:reschedule", args=[interview.pk])

    client.post(url, post_data(world, kit, slot="keep", place="Room 5"))
    interview.refresh_from_db()
    assert (interview.starts_at, interview.place, interview.sequence) == (tuesday_ten, "Room 5", 0)
    later = tuesday_ten + dt.timedelta(days=1)
    client.post(url, post_data(world, kit, slot=later.isoformat()))

    interview.refresh_from_db()
    assert (interview.starts_at, interview.sequence) == (later, 1)


@pytest.mark.parametrize("route", ["interviews:reschedule", "interviews:interview"])
def test_strangers_see_no_interview(client, world, held, route):
    client.force_login(world.people["outsider"])

    assert client.get(reverse(route, args=[held.pk])).status_code == 404


def test_interviewers_do_not_schedule(client, world, held):
    client.force_login(world.people["interviewer"])

    assert client.get(reverse("interviews:schedule", args=[world.application.pk])).status_code == 403
    assert client.post(reverse("interviews:cancel", args=[held.pk])).status_code == 403


def test_cancelling_asks_by_post(client, world, kit, monday, tuesday_ten):
    interview = scheduling.schedule(
        world.application, kit=kit, panel=[world.people["interviewer"]], starts_at=tuesday_ten, minutes=45, by=None
    )
    client.force_login(world.people["coordinator"])
    url = reverse("interviews:cancel", args=[interview.pk])

    assert client.get(url).status_code == 405
    client.post(url, {"note": "The room flooded."})

    interview.refresh_from_db()
    assert interview.status == "cancelled"
    page = client.get(reverse("interviews:interview", args=[interview.pk])).content.decode()
    assert "Cancelled" in page


@pytest.mark.parametrize("people", [1, 3])
def test_the_booking_page_costs_the_same_for_three_as_for_one(
    client, world, kit, people, django_assert_max_num_queries
):
    client.force_login(world.people["recruiter"])
    panel = [UserFactory(role="interviewer").pk for _ in range(people)]

    with django_assert_max_num_queries(24):
        client.get(reverse("interviews:schedule", args=[world.application.pk]), {"panel": panel, "minutes": 30})


# The week


def test_the_week_shows_mine_or_everybodys(client, world, kit, monday, tuesday_ten):
    interview = InterviewFactory(application=world.application, starts_at=tuesday_ten, title="Systems talk")
    SeatFactory(interview=interview, user=world.people["interviewer"])
    client.force_login(world.people["recruiter"])

    everybody = client.get(reverse("interviews:list")).content.decode()
    mine = client.get(reverse("interviews:list"), {"who": "me"}).content.decode()
    next_week = client.get(reverse("interviews:list"), {"week": "2026-W50"}).content.decode()

    assert "Systems talk" in everybody
    assert "10:00" in everybody
    assert "Systems talk" not in mine
    assert "No interviews this week" in next_week


def test_the_week_counts_what_lies_behind_today(client, world, kit, monday, tuesday_ten):
    InterviewFactory(application=world.application, starts_at=tuesday_ten)
    monday(tuesday_ten + dt.timedelta(days=1))
    client.force_login(world.people["recruiter"])

    this_week = client.get(reverse("interviews:list")).content.decode()
    monday(tuesday_ten + dt.timedelta(days=8))
    last_week = client.get(reverse("interviews:list"), {"week": "2026-W49"}).content.decode()

    assert "Earlier this week: 1 interview<" in this_week
    assert "Earlier this week" not in last_week


@pytest.mark.parametrize("week", ["x", "2026-W99", "9999-W01", "2026-W", "-1-W3"])
def test_a_mangled_week_is_this_week(client, world, week):
    client.force_login(world.people["recruiter"])

    response = client.get(reverse("interviews:list"), {"week": week})

    assert (response.status_code, response.context["this_week"]) == (200, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_week_costs_the_same_for_three_as_for_one(
    client, world, kit, monday, tuesday_ten, rows, django_assert_max_num_queries
):
    client.force_login(world.people["recruiter"])
    for number in range(rows):
        interview = InterviewFactory(application=world.application, starts_at=tuesday_ten + dt.timedelta(hours=number))
        SeatFactory(interview=interview)

    with django_assert_max_num_queries(9):
        client.get(reverse("interviews:list"))


# By link


def test_the_brief_opens_from_the_mail_without_signing_in(client, world, held, token):
    page = client.get(reverse("interviews:brief", args=[token])).content.decode()

    assert "Noor Haddad" in page
    assert "Which system of yours failed last" in page
    assert "Systems thinking" in page


def test_looking_changes_nothing(client, held, token):
    """SEC-5."""
    client.get(reverse("interviews:brief", args=[token]))
    client.get(reverse("interviews:brief_scorecard", args=[token]))

    assert not Scorecard.objects.exists()
    assert PersonalLink.objects.get().used_at is None


def test_a_scorecard_is_saved_and_submitted_by_link(client, held, token, interviewer):
    url = reverse("interviews:brief_scorecard", args=[token])

    saved = client.post(url, {"score_0": "3", "note_0": "Drew it"}, headers=SWAP)
    early = client.post(url, {"score_0": "3", "submit": "1"})
    client.post(url, {"score_0": "3", "note_0": "Drew it", "recommendation": "yes", "submit": "1"})

    card = Scorecard.objects.get()
    assert saved.content.decode().startswith("Draft saved at")
    assert early.status_code == 422
    assert "Say what you recommend" in early.content.decode()
    assert card.author == interviewer
    assert card.submitted_at
    assert card.ratings == {"Systems thinking": {"score": 3, "note": "Drew it"}}


def test_a_submitted_scorecard_can_be_corrected_by_link_with_a_reason(client, held, token):
    url = reverse("interviews:brief_scorecard", args=[token])
    client.post(url, {"recommendation": "yes", "submit": "1"})

    without = client.post(url, {"recommendation": "no", "correct": "1"})
    client.post(url, {"recommendation": "no", "correct": "1", "reason": "Mixed up two people"})

    assert without.status_code == 422
    assert Scorecard.objects.get().recommendation == "no"


@pytest.mark.parametrize("how", ["forged", "other purpose", "expired", "revoked", "off the panel", "left the company"])
def test_a_link_that_is_not_valid_says_one_and_the_same_thing(client, held, token, interviewer, how):
    """SEC-5, SEC-11."""
    if how == "forged":
        token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    elif how == "other purpose":
        link = links.issue(PersonalLink.Purpose.STATUS, subject_id=held.seats.get().pk, valid_for=dt.timedelta(days=1))
        token = links.token(link)
    elif how == "expired":
        PersonalLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif how == "revoked":
        PersonalLink.objects.update(revoked_at=timezone.now())
    elif how == "off the panel":
        held.seats.all().delete()
    else:
        interviewer.is_active = False
        interviewer.save()

    for route in ("brief", "brief_scorecard"):
        response = client.get(reverse(f"interviews:{route}", args=[token]))
        assert response.status_code == 410
        assert links.GONE in response.content.decode()
        assert "Noor" not in response.content.decode()
    assert client.get(reverse("interviews:brief_page", args=[token, 1])).status_code == 410
    assert client.post(reverse("interviews:brief_scorecard", args=[token]), {"notes": "x"}).status_code == 410


def resume_of(candidate, **fields):
    values = {"status": "ready", "name": "cv.pdf", "content_type": "application/pdf", "size": 3, "sha256": "0" * 64}
    document = Document(candidate=candidate, kind="resume", uploaded_at=timezone.now(), **{**values, **fields})
    document.file.save("cv.pdf", ContentFile(b"%PDF-original"))
    page = PageImage(document=document, number=1, width=10, height=10)
    page.image.save("1.png", ContentFile(b"\x89PNG-page"))
    return document


def test_the_link_serves_page_images_of_this_resume_and_never_the_original(client, world, held, token):
    """SEC-17."""
    document = resume_of(world.candidate)
    resume_of(CandidateFactory())
    page = client.get(reverse("interviews:brief", args=[token])).content.decode()

    image = client.get(reverse("interviews:brief_page", args=[token, 1]))

    assert reverse("interviews:brief_page", args=[token, 1]) in page
    assert reverse("document_download", args=[document.pk]) not in page
    assert b"".join(image.streaming_content) == b"\x89PNG-page"
    assert image["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.get(reverse("interviews:brief_page", args=[token, 2])).status_code == 404


def test_a_refused_file_is_not_served_by_link(client, world, held, token):
    resume_of(world.candidate, status="refused")

    assert client.get(reverse("interviews:brief_page", args=[token, 1])).status_code == 404


def test_a_cancelled_interview_shows_nothing_of_the_person(client, world, kit, monday, tuesday_ten):
    interview = scheduling.schedule(
        world.application, kit=kit, panel=[world.people["interviewer"]], starts_at=tuesday_ten, minutes=45, by=None
    )
    token = links.token(invitations.link(interview.seats.get()))
    resume_of(world.candidate)
    scheduling.cancel(interview, by=None)

    page = client.get(reverse("interviews:brief", args=[token])).content.decode()

    assert "was cancelled" in page
    assert "brief_page" not in page
    assert client.get(reverse("interviews:brief_page", args=[token, 1])).status_code == 404


# The plan


def test_the_plan_is_read_by_the_team_and_changed_by_its_owners(client, world, kit):
    client.force_login(world.people["interviewer"])
    url = reverse("interviews:plan", args=[world.job.pk])

    page = client.get(url).content.decode()

    assert kit.name in page
    assert reverse("interviews:kit_edit", args=[kit.pk]) not in page
    assert client.get(reverse("interviews:kit_edit", args=[kit.pk])).status_code == 403


def test_a_kit_is_added_edited_moved_and_removed(client, world, kit):
    client.force_login(world.people["hiring_manager"])
    stage = world.stages["interview"]
    fields = {
        "name": "Values",
        "stage": stage.pk,
        "minutes": 30,
        "focus": "Listens\n\n Owns it \nListens",
        "questions": "",
    }

    client.post(reverse("interviews:kit_create", args=[world.job.pk]), fields)
    added = world.job.kits.get(name="Values")
    again = client.post(reverse("interviews:kit_create", args=[world.job.pk]), fields)
    client.post(reverse("interviews:kit_shift", args=[added.pk]), {"to": "up"})
    first = list(world.job.kits.values_list("name", flat=True))
    client.post(reverse("interviews:kit_remove", args=[kit.pk]))

    assert added.focus == ["Listens", "Owns it"]
    assert again.status_code == 422
    assert "already has an interview called Values" in again.content.decode()
    assert first == ["Values", kit.name]
    assert list(world.job.kits.all()) == [added]


def test_a_kit_that_was_used_stays(client, world, held, kit):
    client.force_login(world.people["admin"])

    client.post(reverse("interviews:kit_remove", args=[kit.pk]), headers={"Referer": "http://testserver/"})

    assert world.job.kits.filter(pk=kit.pk).exists()
