"""Who may use which address of interviews. Brief and scorecard belong to a seat, whatever the role."""

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from hiring import links
from hiring.models import Document, PageImage
from interviews import invitations
from interviews.models import Interview
from tests.factories import InterviewFactory, InterviewKitFactory, SeatFactory
from tests.matrix import Rule

SCHEDULERS = frozenset({"admin", "recruiter", "coordinator", "hiring_manager"})
PLANNERS = frozenset({"admin", "recruiter", "hiring_manager"})


def interview(world, *, ahead=False):
    """One that is over, or one to come, with the world's interviewer in it."""
    title = "Ahead" if ahead else "Over"
    found = Interview.objects.filter(application=world.application, title=title).first()
    if found is None:
        starts_at = timezone.now() + dt.timedelta(days=2 if ahead else -2)
        found = InterviewFactory(application=world.application, title=title, starts_at=starts_at)
        SeatFactory(interview=found, user=world.people["interviewer"])
    return found


def application(world):
    interview(world)
    return world.application


def seat(world):
    return interview(world).seats.get()


def kit(world):
    stage = world.stages["interview"]
    return stage.kits.first() or InterviewKitFactory(job=world.job, stage=stage)


def token(world):
    return links.token(invitations.link(seat(world)))


def token_with_resume(world):
    if not world.candidate.documents.exists():
        document = Document.objects.create(
            candidate=world.candidate, kind="resume", status="ready", size=1, uploaded_at=timezone.now()
        )
        PageImage(document=document, number=1, width=1, height=1).image.save("1.png", ContentFile(b"png"))
    return token(world)


ROUTES = {
    "interviews:list": Rule(allowed=SCHEDULERS | {"interviewer"}),
    "interviews:interview": Rule(args=lambda world: [interview(world).pk], outsider=404),
    "interviews:reschedule": Rule(
        args=lambda world: [interview(world, ahead=True).pk], allowed=SCHEDULERS, others=403, outsider=404
    ),
    "interviews:cancel": Rule(
        args=lambda world: [interview(world, ahead=True).pk],
        allowed=SCHEDULERS,
        others=403,
        outsider=404,
        method="post",
    ),
    "interviews:interview_brief": Rule(
        args=lambda world: [interview(world).pk], allowed=frozenset({"interviewer"}), others=404, outsider=404
    ),
    "interviews:scorecard": Rule(
        args=lambda world: [interview(world).pk], allowed=frozenset({"interviewer"}), others=404, outsider=404
    ),
    "interviews:remind": Rule(
        args=lambda world: [seat(world).pk], allowed=SCHEDULERS, others=403, outsider=404, method="post"
    ),
    "interviews:schedule": Rule(
        args=lambda world: [application(world).pk], allowed=SCHEDULERS, others=403, outsider=404
    ),
    "interviews:debrief": Rule(
        args=lambda world: [application(world).pk], allowed=SCHEDULERS | {"interviewer"}, others=403, outsider=404
    ),
    "interviews:plan": Rule(args=lambda world: [world.job.pk], outsider=404),
    "interviews:kit_create": Rule(args=lambda world: [world.job.pk], allowed=PLANNERS, outsider=404),
    "interviews:kit_edit": Rule(args=lambda world: [kit(world).pk], allowed=PLANNERS, outsider=404),
    "interviews:kit_shift": Rule(args=lambda world: [kit(world).pk], allowed=PLANNERS, outsider=404, method="post"),
    "interviews:kit_remove": Rule(args=lambda world: [kit(world).pk], allowed=PLANNERS, outsider=404, method="post"),
    "interviews:brief": Rule(args=lambda world: [token(world)], public=True),
    "interviews:brief_scorecard": Rule(args=lambda world: [token(world)], public=True),
    "interviews:brief_page": Rule(args=lambda world: [token_with_resume(world), 1], public=True),
}
