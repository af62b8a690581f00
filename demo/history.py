"""Twelve months of hiring at Nordvale Grid, played forward: each act calls its verb at its time and plans what follows.

A heap holds what is to happen; playing stops at the present, so the newest people stand wherever they got to. Everything
is drawn from one seeded source of chance, so the same day always gives the same company.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import heapq
import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import QuerySet

from demo import clock, governed, resumes, words
from demo import company as nordvale
from demo.clock import Clock
from demo.offered import Offered
from demo.ruled import Ruled
from hiring import approvals, candidates, context, jobs, masks, notes, postings, todo
from hiring.documents import checks, store
from hiring.errors import Refused
from hiring.mail import delivery
from hiring.models import Candidate, Job, MailTemplate, Opening, Source, User
from hiring.prepared import Given, prepared
from interviews import scheduling, scorecards
from interviews.models import Interview
from pipeline import intake, moves, rejection, starting
from pipeline.models import Application, RejectionReason, Stage

Act = Callable[[], object]


@prepared
def as_it_stands(pk: Given) -> QuerySet[Application]:
    return Application.objects.for_card().filter(pk=pk)


BATCH = 200


@contextlib.contextmanager
def without_savepoints() -> Iterator[None]:
    """Let nested blocks of a transaction be part of the outer one. Raises TransactionManagementError when one of them failed."""
    connection.features.uses_savepoints = False
    try:
        yield
        if connection.needs_rollback:
            raise transaction.TransactionManagementError
    finally:
        connection.features.uses_savepoints = True


@dataclass
class Person:
    """Somebody invented, before and after they become a candidate."""

    name: str
    email: str
    phone: str
    city: str
    country: str
    zone: str
    trade: str
    life: resumes.Life | None = None


class History:
    """Plays one company's year. `now` is the present, in UTC."""

    def __init__(self, company: nordvale.Company, clock: Clock, now: dt.datetime, seed: int = 412) -> None:
        self.company, self.clock, self.now = company, clock, now
        for colleague in company.people.values():
            colleague.hidden_kinds = []  # names are hidden on no job here: not to be asked anew in every act
        self.chance = random.Random(seed)  # noqa: S311 - it makes people up, it guards nothing
        self.queue: list[tuple[dt.datetime, int, User | None, str, Act]] = []
        self.order = itertools.count()
        self.names: set[str] = set()
        self.sources = {source.name: source for source in Source.objects.all()}
        self.reasons = {reason.code: reason for reason in RejectionReason.objects.all()}
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION).order_by("pk")
        self.letter, self.late_letter = letters[0], letters[1] if len(letters) > 1 else letters[0]
        self.jobs: dict[str, Job] = {}
        self.offered = Offered(self)
        self.ruled = Ruled(self)
        self.governed = governed.Governed(self)

    # --- Playing -----------------------------------------------------------------------------------------------

    def at(self, when: dt.datetime, by: User | None, act: Act, door: str = "page") -> None:
        """Plan an act. What lies after the present never happens."""
        if when <= self.now:
            heapq.heappush(self.queue, (when, next(self.order), by, door, act))

    def play(self, progress: Callable[[dt.datetime], None]) -> None:
        """Do everything in order, delivering mail on the way. A rule that says no is part of life: the act is dropped."""
        next_post = self.queue[0][0] if self.queue else self.now
        while self.queue:
            when, number, by, door, act = heapq.heappop(self.queue)
            if when >= next_post:
                self.deliver_mail(when)
                next_post = when + dt.timedelta(hours=3 if self.now - when < dt.timedelta(days=10) else 9)
                progress(when)
            self.clock.set(when)
            with (
                context.acting(
                    door=door, actor_id=by.pk if by else None, request_id=f"story-{number}", at=self.clock.at
                ),
                contextlib.suppress(Refused),
            ):
                if by:
                    masks.look_as(by)
                self._do(act)
        self.deliver_mail(self.now)

    def _do(self, act: Act) -> None:
        """Run an act in one savepoint instead of one for each verb in it: four in ten statements of a load would be those.

        An act in which something counted on taking back only its own part is taken back whole and run again the long way.
        """
        before = self.chance.getstate(), list(self.queue), set(self.names)
        try:
            with transaction.atomic(), without_savepoints():
                act()
        except transaction.TransactionManagementError:
            chance, self.queue, self.names = before
            self.chance.setstate(chance)
            with transaction.atomic():
                act()

    def deliver_mail(self, when: dt.datetime) -> None:
        self.clock.set(when)
        with context.acting(door="task", at=self.clock.at):
            while due := delivery.due(BATCH):
                self._do(functools.partial(delivery.deliver, due, durable=False))
                if len(due) < BATCH:
                    return

    def later(self, low: float, high: float) -> dt.datetime:
        """Between `low` and `high` days from now, on a working day in working hours."""
        when = self.clock.at + dt.timedelta(days=self.chance.uniform(low, high))
        return self.working(when)

    def working(self, when: dt.datetime) -> dt.datetime:
        return clock.working(when, self.chance)

    def ago(self, days: float) -> dt.datetime:
        return clock.ago(self.now, days, self.chance)

    # --- People ------------------------------------------------------------------------------------------------

    def person(self, trade: str) -> Person:
        while True:
            name = f"{self.chance.choice(words.GIVEN)} {self.chance.choice(words.FAMILY)}"
            if name not in self.names:
                break
        self.names.add(name)
        city, country, zone, phone = self.chance.choice(words.CITIES)
        plain = name.lower().translate(
            str.maketrans(
                "çčğıłšøöüåäâáàãèéêëíïîóôõúûýńśźżąęćñşőěřůďťň", "ccgilsoouaaaaaaeeeeiiiooouuynszzaecnsoerudtn"
            )
        )
        email = (
            f"{'.'.join(plain.replace(chr(39), '').split())}@{self.chance.choice(['mail', 'post', 'inbox'])}.example"
        )
        number = phone.format(
            self.chance.randint(0, 9) if "{:01}" in phone else self.chance.randint(10, 99), self.chance.randint(10, 99)
        )
        person = Person(name, email, number, city, country, zone, trade)
        person.life = resumes.invent(
            self.chance, words.TRADES[trade], name=name, email=email, phone=number, city=city, today=self.now.date()
        )
        return person

    def describe(self, candidate: Candidate, person: Person) -> None:
        """What a recruiter fills in after reading: headline, employer, zone."""
        life = person.life
        assert life is not None  # noqa: S101
        facts = {
            "headline": f"{life.posts[0].title} · {life.posts[0].employer}",
            "company": life.posts[0].employer,
            "location": person.city,
            "country": person.country,
            "time_zone": person.zone,
        }
        Candidate.objects.filter(pk=candidate.pk).update(**facts)
        for name, value in facts.items():
            setattr(candidate, name, value)

    def take_on(self, application: Application, by: User) -> None:
        """Whoever rings somebody up owns the relation from then on."""
        if application.candidate.owner_id is None:
            candidates.set_owner(application.candidate, by, by=by)

    # --- Jobs --------------------------------------------------------------------------------------------------

    def open_jobs(self) -> None:
        for plan in nordvale.JOBS:
            by = self.company.people[plan.recruiter]
            begun = self.working(self.now - dt.timedelta(days=plan.days_ago + 4))
            self.at(begun, by, lambda plan=plan, by=by: self.create_job(plan, by))  # type: ignore[misc]

    def create_job(self, plan: nordvale.Plan, by: User) -> None:
        people = self.company.people
        facts = nordvale.job_fields(plan, self.company, self.clock.at.date()) | governed.facts(plan)
        job = jobs.create(by=by, **facts)
        for key in plan.panel:
            jobs.add_member(job, people[key], "interviewer", by=by)
        posting = job.posting
        posting.description = postings.sanitise(nordvale.description(plan))
        posting.questions = self.ruled.ask(job)
        posting.save(update_fields=["description", "questions"])
        self.jobs[plan.title] = job
        if plan.fate != "draft":
            self.at(self.later(0.1, 0.5), by, lambda: self.submit_job(job, plan, by))

    def submit_job(self, job: Job, plan: nordvale.Plan, by: User) -> None:
        jobs.submit(job, by=by)
        oskar = self.company.people["oskar"]
        if plan.fate == "pending":
            self.at(self.later(0.5, 1), oskar, lambda: self.approve("job", job.pk))
        else:
            self.at(self.later(0.6, 1), oskar, lambda: self.first_yes(job, plan, by), "link")

    def first_yes(self, job: Job, plan: nordvale.Plan, by: User) -> None:
        self.approve("job", job.pk)
        self.at(self.later(1, 1.6), self.company.people["victor"], lambda: self.second_yes(job, plan, by), "link")

    def second_yes(self, job: Job, plan: nordvale.Plan, by: User) -> None:
        self.approve("job", job.pk)
        self.at(self.clock.at + dt.timedelta(hours=2), by, lambda: self.publish(job, plan, by))

    def approve(self, kind: str, subject: int) -> None:
        approval = approvals.current(kind, subject)
        group = approvals.waiting_group(approval) if approval else None
        vote = next((vote for vote in group.votes.all() if not vote.decision), None) if group else None
        if vote:
            approvals.decide(vote, "approve", by_link=True)

    def publish(self, job: Job, plan: nordvale.Plan, by: User) -> None:
        job.refresh_from_db()
        if not job.confidential:
            postings.publish(job.posting, by=by)
        first = self.clock.at + dt.timedelta(hours=5)
        ends_ago = {"filled": plan.days_ago * 0.45, "hold": 11}.get(plan.fate, 0)
        last = self.now - dt.timedelta(days=ends_ago)
        span = max((last - first).total_seconds(), 1)
        for number in range(plan.applicants):
            # Most people apply soon after a job is out; a stream goes on, and the last days are never empty.
            share = self.chance.random() ** (1.9 if number % 3 else 0.8)
            when = first + dt.timedelta(seconds=span * share)
            if plan.fate == "open" and number % 3 == 0:
                when = max(first, self.now - dt.timedelta(hours=self.chance.uniform(1, 480)))
            self.at(when, None, lambda: self.apply(job, plan), "page")
        if plan.fate == "hold":
            self.at(self.now - dt.timedelta(days=9), by, lambda: self.hold(job, by))
        if plan.fate == "filled":
            self.at(self.now - dt.timedelta(days=plan.days_ago * 0.2), by, lambda: self.wind_up(job, by))

    def hold(self, job: Job, by: User) -> None:
        job.refresh_from_db()
        self.governed.hold(job, by)

    def wind_up(self, job: Job, by: User) -> None:
        """The seat is taken, or given up: everybody who still waits gets an answer, then the job is closed."""
        taken = not job.openings.filter(status=Opening.Status.OPEN).exists()
        for application in Application.objects.active().filter(job=job):
            self.reject(application, by, "position-filled" if taken else "position-closed", self.letter)
        job.refresh_from_db()
        jobs.close(
            job, by=by, reason="All openings are filled" if taken else "Nobody was found; colleagues share the work"
        )

    # --- Applying ----------------------------------------------------------------------------------------------

    def apply(self, job: Job, plan: nordvale.Plan) -> None:
        person = self.person(plan.trade)
        life = person.life
        assert life is not None  # noqa: S101
        name, data = resumes.file_of(life, self.chance)
        by = self.company.people[plan.recruiter]
        if plan.fate == "confidential" or self.chance.random() < 0.18:
            application = self.bring_in(job, person, (name, data), by)
        else:
            via = self.chance.choices(["", "Job board", "Referral"], [5, 3, 1.5])[0]
            application = intake.submit(
                job.posting,
                name=person.name,
                email=person.email,
                phone=person.phone,
                location=person.city,
                link=life.link,
                resume=checks.check(ContentFile(data, name)),
                answers=self.ruled.answers(job),
                submission_key=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                origin={"first": {"source": via}, "last": {"source": via}} if via else {},
                stay_in_touch=self.chance.random() < 0.3,
            )
        self.describe(application.candidate, person)
        self.triage(application, plan, by)

    def bring_in(self, job: Job, person: Person, file: tuple[str, bytes], by: User) -> Application:
        """Sourced or referred: a colleague adds the person, then the application."""
        referred = self.chance.random() < 0.5
        candidate, _ = candidates.create(
            by=by,
            name=person.name,
            emails=[person.email],
            phones=[person.phone],
            purpose="sourcing",
            basis="legitimate_interest",
            source=self.sources["Referral" if referred else "Sourced by us"],
            referred_by=self.company.people["devon"] if referred else None,
        )
        document = store(candidate, ContentFile(file[1], file[0]), "resume", by=by)
        lead = job.stages.filter(kind=Stage.Kind.LEAD).first()
        application = starting.open_application(
            candidate, job, by=by, stage=lead, source=candidate.source, resume=document
        )
        self.at(self.later(1, 9), by, lambda: self.advance(application, by, Stage.Kind.APPLIED))
        return application

    # --- The pipeline ------------------------------------------------------------------------------------------

    def triage(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        """A person reads it, a few days later, and says yes or no. Lately they have been a little behind."""
        recent = self.now - self.clock.at < dt.timedelta(days=10)
        when = self.later(3, 10) if recent else self.later(1, 6)
        if self.chance.random() < 0.47:
            code = self.chance.choice(["experience", "skills", "skills", "closer-candidate", "no-work-permit"])
            self.at(when, by, lambda: self.reject(application, by, code, self.letter))
        elif self.chance.random() < 0.05:
            self.at(when, None, lambda: self.withdraw(application), "link")
        else:
            self.at(when, by, lambda: self.screen(application, plan, by))
        if self.chance.random() < 0.12:
            text = self.chance.choice(words.NOTES)
            self.at(self.later(1, 8), by, lambda: self.note(application, by, text))
        if self.chance.random() < 0.14:
            tag = self.chance.choice(words.TAGS)
            self.at(self.later(1, 8), by, lambda: self.tag(application, tag, by))

    def note(self, application: Application, by: User, text: str) -> None:
        notes.write(application.candidate, text, by=by, job=application.job)

    def tag(self, application: Application, name: str, by: User) -> None:
        candidates.tag(application.candidate, name, by=by)

    def reject(self, application: Application, by: User, code: str, letter: MailTemplate | None) -> None:
        rejection.reject(application, self.reasons[code], by=by, template=letter)

    def withdraw(self, application: Application) -> None:
        moves.withdraw(application)

    def fresh(self, application: Application) -> Application:
        return as_it_stands(pk=application.pk)[0]

    def advance(self, application: Application, by: User, kind: str) -> None:
        """To the first stage of a kind that lies ahead."""
        current = self.fresh(application)
        plan = starting.standing_stages(job=current.job_id)
        ahead = [one for one in plan if one.kind == kind and one.position > current.stage.position]
        if ahead:
            moves.move(current, ahead[0], by=by)

    def screen(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        self.advance(application, by, Stage.Kind.SCREEN)
        self.take_on(application, by)
        if self.chance.random() < 0.35:
            self.at(self.later(0.2, 1.5), by, lambda: self.book(application, plan, by, Stage.Kind.SCREEN, [by]))
        else:
            self.at(self.later(0.5, 4), by, lambda: self.call(application, plan, by))

    def call(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        """A first talk without an appointment: the recruiter just rings, and writes down what was said."""
        notes.write(application.candidate, self.chance.choice(words.NOTES), by=by, kind="call", job=application.job)
        self.at(self.later(0.2, 2), by, lambda: self.screened(application, plan, by))

    def book(self, application: Application, plan: nordvale.Plan, by: User, kind: str, panel: list[User]) -> None:
        """Find the first hour, some days ahead, in which the whole panel is free."""
        current = self.fresh(application)
        if not current.is_active:
            return
        kits = list(current.job.kits.filter(stage__kind=kind))
        kit = next((kit for kit in kits if kit.stage_id == current.stage_id), kits[0] if kits else None)
        day = self.clock.at + dt.timedelta(days=self.chance.randint(2, 6))
        for tries in range(14):
            start = self.working(day + dt.timedelta(days=tries // 4)).replace(minute=0, second=0, microsecond=0)
            start = start.replace(hour=self.chance.choice([9, 10, 12, 13, 14]))
            try:
                with transaction.atomic():
                    interview = scheduling.schedule(
                        current, kit=kit, panel=panel, starts_at=start, minutes=kit.minutes if kit else 45, by=by,
                        place="https://meet.nordvale.example/room-4",
                    )  # fmt: skip
            except Refused:
                continue
            for person in panel:
                self.at_end_of(interview, person)
            follows = self.screened if kind == Stage.Kind.SCREEN else self.debriefed
            self.at(
                interview.ends_at + dt.timedelta(days=self.chance.uniform(0.9, 3)),
                by,
                lambda follows=follows: follows(application, plan, by),  # type: ignore[misc]
            )
            return

    def at_end_of(self, interview: Interview, person: User) -> None:
        """The interviewer writes the scorecard the same day, the day after, or owes it."""
        recent = self.now - interview.ends_at < dt.timedelta(days=6)
        if recent and self.chance.random() < 0.3:
            return
        when = interview.ends_at + dt.timedelta(hours=self.chance.uniform(0.3, 20))
        self.at(when, person, lambda: self.score(interview, person), self.chance.choice(["page", "link"]))

    def score(self, interview: Interview, person: User) -> None:
        liking = self.chance.choices([1, 2, 3, 4], [1, 3, 5, 3])[0]
        focus = interview.kit.focus if interview.kit else []
        ratings = {
            name: {
                "score": min(4, max(1, liking + self.chance.choice([-1, 0, 0, 1]))),
                "note": self.chance.choice(words.SCORE_NOTES),
            }
            for name in focus
        }
        recommendation = ["strong_no", "no", "yes", "strong_yes"][liking - 1]
        scorecards.submit(
            interview,
            by=person,
            ratings=ratings,
            recommendation=recommendation,
            notes=self.chance.choice(words.SCORE_NOTES),
        )

    def screened(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        roll = self.chance.random()
        if roll < 0.34:
            self.reject(application, by, self.chance.choice(["experience", "skills", "closer-candidate"]), self.letter)
        elif roll < 0.4:
            rejection.reject(
                self.fresh(application), self.reasons[self.chance.choice(["pay", "location", "no-answer"])], by=by
            )
        else:
            self.advance(application, by, Stage.Kind.INTERVIEW)
            panel = [self.company.people[key] for key in plan.panel]
            if self.chance.random() < 0.5:
                panel.append(self.company.people[plan.manager])
            self.at(self.later(0.2, 1.2), by, lambda: self.book(application, plan, by, Stage.Kind.INTERVIEW, panel))

    def debriefed(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        roll = self.chance.random()
        if roll < 0.5:
            self.reject(application, by, self.chance.choice(["closer-candidate", "skills"]), self.late_letter)
        elif roll < 0.58:
            rejection.reject(self.fresh(application), self.reasons[self.chance.choice(["other-offer", "pay"])], by=by)
        else:
            self.at(self.later(0.5, 2), by, lambda: self.offered.make(application, plan, by))

    # --- Small things --------------------------------------------------------------------------------------------

    def leave_tasks(self) -> None:
        """A few things colleagues promised to do."""
        for key, text, days in (
            ("maya", "Call the two finalists for Data before Friday", 0),
            ("maya", "Send the hiring numbers to Victor", 2),
            ("jonas", "Ask Clara about the second van for the Rhône team", -1),
        ):
            person = self.company.people[key]
            when = self.ago(3)
            due = self.now.date() + dt.timedelta(days=days)
            self.at(when, person, lambda person=person, text=text, due=due: self.add_task(text, person, due))  # type: ignore[misc]

    def add_task(self, text: str, by: User, due: dt.date) -> None:
        todo.add(text, by=by, due_on=due)
