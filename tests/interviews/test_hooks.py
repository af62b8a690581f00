"""What other pages hear of interviews: kits of a new job, the profile's panel, Today, cards, status page, timeline."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from hiring import events, frame, timeline, today
from hiring.models import Candidate, Job, JobTemplate
from hiring.panels import Asked
from interviews import candidate_view, panels, plan, scheduling
from interviews import today as interviews_today
from pipeline import cards, status
from pipeline.events import stages_made
from tests.factories import InterviewFactory, JobFactory, ScorecardFactory, SeatFactory, StageFactory, UserFactory
from tests.interviews.test_scheduling import book

KITS = [
    {"stage": "Interview", "name": "Systems", "minutes": 60, "focus": ["Depth", "Depth", " "], "questions": ["Why?"]},
    {"stage": "screen", "name": "First talk", "minutes": 30, "focus": [], "questions": []},
    {"stage": "Renamed since", "name": "Values", "minutes": None, "focus": ["Listens"]},
]


@pytest.fixture
def template(db):
    return JobTemplate.objects.create(name="Engineer", kits=KITS)


def test_a_new_job_gets_the_kits_of_its_template_in_their_stages(world, template):
    plan.copy_from(template, world.job)

    kits = [(kit.stage.name, kit.name, kit.minutes, kit.focus) for kit in world.job.kits.order_by("pk")]
    assert kits == [
        ("Interview", "Systems", 60, ["Depth"]),
        ("Screen", "First talk", 30, []),
        ("Interview", "Values", 45, ["Listens"]),
    ]


@pytest.mark.django_db
def test_whichever_signal_comes_with_the_stages_makes_the_kits_once(template):
    job = JobFactory(template=template)

    events.job_created.send(Job, job=job, template=template)
    stages_made.send(Job, job=job, template=template)

    assert job.kits.count() == 3


@pytest.mark.django_db
def test_kits_wait_for_stages(template):
    job = JobFactory(template=template)

    assert plan.copy_from(template, job) == []
    StageFactory(job=job, kind="interview", name="Interview")
    assert len(plan.copy_from(template, job)) == 3


def test_interviewers_see_the_people_they_meet_and_nobody_else(world, kit, monday, tuesday_ten):
    stranger = UserFactory(role="interviewer")
    assert not Candidate.objects.visible_to(stranger).exists()

    interview = book(world, kit, tuesday_ten, panel=[stranger])
    assert list(Candidate.objects.visible_to(stranger)) == [world.candidate]

    scheduling.reschedule(interview, panel=[world.people["interviewer"]], by=None)
    assert not Candidate.objects.visible_to(stranger).exists()


def test_today_lists_my_late_scorecards_first(world, interviewer):
    now = timezone.now()
    fresh = InterviewFactory(application=world.application, starts_at=now - dt.timedelta(hours=2), title="Fresh")
    old = InterviewFactory(application=world.application, starts_at=now - dt.timedelta(days=3), title="Old")
    done = InterviewFactory(application=world.application, starts_at=now - dt.timedelta(days=4), title="Done")
    for interview in (fresh, old, done):
        SeatFactory(interview=interview, user=interviewer)
    ScorecardFactory(interview=done, author=interviewer)

    group = interviews_today.scorecards_due(interviewer)

    assert [(line.note.split(",")[0], line.late) for line in group.lines] == [("Old", True), ("Fresh", False)]
    assert frame.counts["interviews"](interviewer) == 2


def test_the_day_shows_what_i_sit_in(world, kit, monday, tuesday_ten):
    monday(tuesday_ten - dt.timedelta(hours=1))
    book(world, kit, tuesday_ten)

    (entry,) = today.day_of(world.people["interviewer"])

    assert entry.title == f"{kit.name}: Noor Haddad"
    assert entry.note == "Data Engineer, with Max"
    assert entry.brief_url


def test_declined_invitations_come_to_who_schedules(world, kit, monday, tuesday_ten):
    interview = book(world, kit, tuesday_ten)
    interview.seats.filter(user=world.people["interviewer"]).update(answer="DECLINED")

    group = interviews_today.declined(world.people["recruiter"])

    assert [line.note for line in group.lines] == [f"Ines declined {kit.name}"]
    assert interviews_today.declined(world.people["interviewer"]) is None


def test_the_profile_offers_to_schedule_and_shows_what_is_ahead(world, kit, monday, tuesday_ten):
    book(world, kit, tuesday_ten)

    panel = panels.interviews(Asked(world.people["recruiter"], world.candidate))

    (entry,) = panel.context["entries"]
    assert entry.schedule_url
    assert [(row.names, row.handed_in, row.is_ahead) for row in entry.rows] == [
        ("Ines Interviewer, Max Manager", 0, True)
    ]


def test_my_due_scorecard_is_the_profiles_next_step(world):
    interviewer = world.people["interviewer"]
    SeatFactory(interview=InterviewFactory(application=world.application), user=interviewer)

    panel = panels.interviews(Asked(interviewer, world.candidate))

    assert panel.action["label"] == "Write scorecard"


def test_a_card_names_the_next_interview_and_who_is_late(world, kit, monday, tuesday_ten):
    book(world, kit, tuesday_ten)
    late = InterviewFactory(application=world.application, starts_at=timezone.now() - dt.timedelta(days=3))
    SeatFactory(interview=late, user=world.people["interviewer"])

    lines = cards.notices_for(world.people["recruiter"], [world.application.pk])[world.application.pk]

    assert [line.text for line in lines] == ["Scorecard late: Ines Interviewer", f"{kit.name} Tue 1 Dec, 10:00"]


def test_the_status_page_tells_the_candidate_their_own_hour(world, kit, monday, tuesday_ten):
    world.candidate.time_zone = "America/New_York"
    world.candidate.save()
    book(world, kit, tuesday_ten, place="Video")

    (sentence,) = status.next_dates["interviews"](world.application)

    assert sentence == (
        "Interview with Ines Interviewer and Max Manager on Tuesday 1 December 2026, 04:00 (New York time), 45 minutes, Video"
    )
    monday(tuesday_ten + dt.timedelta(days=1))
    assert candidate_view.ahead(world.application) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_costs_the_same_for_three_as_for_one(world, rows, django_assert_num_queries):
    for _ in range(rows):
        SeatFactory(interview=InterviewFactory(application=world.application))

    with django_assert_num_queries(4):
        panels.interviews(Asked(world.people["recruiter"], world.candidate))


def test_the_timeline_tells_it_in_words_and_only_to_those_who_may_see_it(client, world, kit, monday, tuesday_ten):
    recruiter = world.people["recruiter"]
    interview = book(world, kit, tuesday_ten)
    scheduling.reschedule(interview, starts_at=tuesday_ten + dt.timedelta(hours=1), by=recruiter)
    timeline.record(
        world.candidate, "interview.answered", None, job=world.job, interview=interview.pk, answer="ACCEPTED"
    )
    scheduling.cancel(interview, by=recruiter)
    client.force_login(recruiter)

    page = " ".join(strip_tags(client.get(world.candidate.get_absolute_url()).content.decode()).split())

    for words in (
        f"You scheduled {kit.name}",
        f"You moved {kit.name}",
        f"Noor accepted {kit.name}",
        f"You cancelled {kit.name}",
    ):
        assert words in page
    hidden = timeline.page(world.candidate, world.people["outsider"], show="interviews")
    assert hidden.entries == []
