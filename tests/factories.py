"""Rows with no surprise in them: valid, minimal, and only what a test says is special."""

from __future__ import annotations

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from hiring import models as hiring
from interviews import models as interviews
from pipeline import models as pipeline


class UserFactory(DjangoModelFactory):
    class Meta:
        model = hiring.User

    email = factory.Sequence(lambda n: f"colleague{n}@northwind.example")
    full_name = factory.Sequence(lambda n: f"Colleague {n}")
    role = "recruiter"


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Department

    name = factory.Sequence(lambda n: f"Department {n}")


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Location

    name = factory.Sequence(lambda n: f"Lyon {n}")
    city = "Lyon"
    country = "FR"


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Source

    name = factory.Sequence(lambda n: f"Source {n}")
    kind = "career_site"


class CandidateFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Candidate

    name = factory.Sequence(lambda n: f"Person {n:04}")
    name_key = factory.LazyAttribute(lambda candidate: candidate.name.lower())
    collected_at = factory.LazyFunction(timezone.now)
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class EmailFactory(DjangoModelFactory):
    """A live primary e-mail address of a candidate."""

    class Meta:
        model = hiring.ContactPoint

    candidate = factory.SubFactory(CandidateFactory)
    kind = "email"
    value = factory.Sequence(lambda n: f"person{n}@mail.example")
    raw = factory.LazyAttribute(lambda point: point.value)
    is_primary = True


class JobFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Job

    requisition_id = factory.Sequence(lambda n: f"REQ-{n:04}")
    title = "Data Engineer"
    status = "open"
    department = factory.SubFactory(DepartmentFactory)
    location = factory.SubFactory(LocationFactory)
    created_at = factory.LazyFunction(timezone.now)
    opened_at = factory.LazyFunction(timezone.now)


class OpeningFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Opening

    job = factory.SubFactory(JobFactory)
    number = factory.Sequence(lambda n: n + 1)


class PostingFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Posting
        skip_postgeneration_save = True

    job = factory.SubFactory(JobFactory)
    slug = factory.Sequence(lambda n: f"data-engineer-{n}")
    title = "Data Engineer"
    description = "<p>You build pipelines that meters and people can trust.</p><ul><li>Python</li></ul>"
    status = "published"
    first_published_at = factory.LazyFunction(timezone.now)
    live_from = factory.LazyAttribute(lambda posting: posting.first_published_at or timezone.now())
    public_from = factory.LazyAttribute(lambda posting: None if posting.audience == "colleagues" else posting.live_from)
    audience = "everybody"
    changed_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def place(self, create, extracted, **changes):
        """The primary place is the job's, unless a list of locations is given as `place`."""
        if create:
            for position, location in enumerate(extracted or [self.job.location]):
                own = {"workplace": self.job.workplace, **changes}
                hiring.PostingPlace.objects.create(posting=self, location=location, position=position, **own)


class StageFactory(DjangoModelFactory):
    class Meta:
        model = pipeline.Stage

    job = factory.SubFactory(JobFactory)
    name = factory.Sequence(lambda n: f"Stage {n}")
    kind = "screen"
    position = factory.Sequence(lambda n: n)


class ApplicationFactory(DjangoModelFactory):
    """An active application in a stage of its own job. Written directly, so it has no transition: call the verb to get one."""

    class Meta:
        model = pipeline.Application

    candidate = factory.SubFactory(CandidateFactory)
    stage = factory.SubFactory(StageFactory)
    job = factory.SelfAttribute("stage.job")
    applied_at = factory.LazyFunction(timezone.now)
    entered_stage_at = factory.LazyFunction(timezone.now)


class AssistantDraftFactory(DjangoModelFactory):
    """A summary a machine wrote of an application, which nobody has looked at."""

    class Meta:
        model = pipeline.AssistantDraft

    kind = "summary"
    state = "done"
    application = factory.SubFactory(ApplicationFactory)
    job = factory.SelfAttribute("application.job")
    candidate = factory.SelfAttribute("application.candidate")
    asked_by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyFunction(timezone.now)
    answered_at = factory.LazyFunction(timezone.now)
    prompt_version = "summary-1"
    model = "little-model"
    host = "127.0.0.1:11434"
    answer = factory.LazyFunction(
        lambda: {
            "points": [{"text": "Ran SCADA migrations.", "quote": "ran the SCADA migration", "is_found": True}],
            "to_ask": ["How much on-call work was there?"],
            "left_out": 0,
        }
    )


class RejectionReasonFactory(DjangoModelFactory):
    class Meta:
        model = pipeline.RejectionReason

    code = factory.Sequence(lambda n: f"reason-{n}")
    label = "Lacks a basic qualification"
    ended_by = "employer"


class MailboxFactory(DjangoModelFactory):
    class Meta:
        model = hiring.Mailbox

    address = factory.Sequence(lambda n: f"hiring{n}@throughline.example")
    name = "Northwind Talent"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """A default mailbox takes the place of the one every installation starts with."""
        if kwargs.get("is_default"):
            model_class.objects.filter(is_default=True).delete()
        return super()._create(model_class, *args, **kwargs)


class InterviewKitFactory(DjangoModelFactory):
    class Meta:
        model = interviews.InterviewKit

    stage = factory.SubFactory(StageFactory, kind="interview")
    job = factory.SelfAttribute("stage.job")
    name = factory.Sequence(lambda n: f"Systems interview {n}")
    minutes = 45
    focus = factory.LazyFunction(lambda: ["Systems thinking", "Explains clearly"])
    questions = factory.LazyFunction(lambda: ["Which system of yours failed last, and how?"])


class InterviewFactory(DjangoModelFactory):
    """An interview that is over, written directly: nobody was invited. Add seats with SeatFactory."""

    class Meta:
        model = interviews.Interview

    application = factory.SubFactory(ApplicationFactory)
    title = "Systems interview"
    starts_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=3))
    ends_at = factory.LazyAttribute(lambda interview: interview.starts_at + dt.timedelta(minutes=45))
    time_zone = "Europe/Paris"
    created_at = factory.LazyFunction(timezone.now)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = interviews.Seat

    interview = factory.SubFactory(InterviewFactory)
    user = factory.SubFactory(UserFactory, role="interviewer")
    during = factory.LazyAttribute(lambda seat: (seat.interview.starts_at, seat.interview.ends_at))


class ScorecardFactory(DjangoModelFactory):
    """A submitted scorecard; `submitted_at=None` makes it a draft."""

    class Meta:
        model = interviews.Scorecard

    interview = factory.SubFactory(InterviewFactory)
    author = factory.SubFactory(UserFactory, role="interviewer")
    ratings = factory.LazyFunction(lambda: {"Systems thinking": {"score": 3, "note": "Drew the failure first."}})
    recommendation = "yes"
    notes = "Calm under questions."
    started_at = factory.LazyFunction(timezone.now)
    saved_at = factory.LazyFunction(timezone.now)
    submitted_at = factory.LazyFunction(timezone.now)


class MailTemplateFactory(DjangoModelFactory):
    class Meta:
        model = hiring.MailTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    kind = "rejection"
    subject = "Your application"
    body = "Dear {{ first_name }}"


class JobTemplateFactory(DjangoModelFactory):
    class Meta:
        model = hiring.JobTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    description = "<p>What you will do.</p>"
    stages = factory.LazyFunction(lambda: [{"name": "Applied", "kind": "applied"}, {"name": "Hired", "kind": "hired"}])


class ApprovalChainFactory(DjangoModelFactory):
    """A chain for jobs of every department: add groups with `chain.groups.create(position=…, needed=…)`."""

    class Meta:
        model = hiring.ApprovalChain

    name = factory.Sequence(lambda n: f"Chain {n}")
    subject_kind = "job"
