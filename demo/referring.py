"""Whom colleagues at Nordvale Grid have referred, what became of it, and a few résumés that came by mail."""

from __future__ import annotations

import datetime as dt
import email.utils
import functools
import uuid
from email.message import EmailMessage

from django.core.files.base import ContentFile

from demo import resumes
from demo.history import History
from hiring.documents import checks
from hiring.mail import inbound
from hiring.models import Job, User
from pipeline.models import Stage
from sourcing.mailed import arriving
from sourcing.referrals import giving, handling
from sourcing.referrals.models import Referral

# days ago, who refers, trade, for which job, how they know each other, why, whether the person knows, what becomes of it
GIVEN = [
    (120, "yusuf", "software", "Backend Engineer", "worked", "We shared the on-call phone for two years. She fixes causes, not symptoms.", True, "interview"),
    (64, "devon", "data", "Senior Data Engineer", "worked", "Built the meter pipeline we still look up to at my last company.", True, "screen"),
    (41, "mei", "support", "Customer Support Specialist", "know", "Patient with angry people, in three languages.", True, "closed"),
    (30, "bilal", "field", "Field Technician", "studied", "Best of our class in cable work, and does not mind storms.", True, "screen"),
    (22, "aoife", "electrical", "", "met", "Gave the talk on protection relays everybody quoted for weeks.", False, "kept"),
    (9, "lena", "data", "Senior Data Engineer", "worked", "Led the migration I would have been afraid of.", True, "screen"),
    (4, "tiago", "design", "Product Designer", "know", "Thinks in systems and draws like a human being.", True, ""),
    (2, "devon", "data", "", "met", "Asked the only good question at the grid meetup.", False, ""),
    (1, "yusuf", "software", "Backend Engineer", "worked", "Would have stayed for him.", True, ""),
]  # fmt: skip


class Referring:
    """Referrals and mailed résumés, played on the same clock and heap as the rest of the history."""

    def __init__(self, history: History) -> None:
        self.history, self.people = history, history.company.people
        self.latest: tuple[str, str] | None = None  # name and address

    def plan(self) -> None:
        for days, who, trade, job, relation, why, knows, fate in GIVEN:
            act = functools.partial(self.refer, who, trade, job, relation, why, knows, fate)
            self.history.at(self.history.ago(days), self.people[who], act)
        self.history.at(self.history.ago(3), self.people["aoife"], self.refer_again)
        self.history.at(self.history.now - dt.timedelta(hours=7), None, self.mail_in, "mail")

    def refer(self, who: str, trade: str, job: str, relation: str, why: str, knows: bool, fate: str) -> None:
        history = self.history
        person = history.person(trade)
        assert person.life is not None  # noqa: S101
        name, data = resumes.file_of(person.life, history.chance)
        referral = giving.refer(
            referrer=self.people[who],
            name=person.name,
            email=person.email,
            link=person.life.link,
            job=self._job(job),
            relation=relation,
            why=why,
            knows=knows,
            resume=checks.check(ContentFile(data, name)) if knows else None,
            submission_key=uuid.UUID(int=history.chance.getrandbits(128), version=4),
        )
        history.describe(referral.candidate, person)
        self.latest = (person.name, person.email)
        by = self.people["maya"]
        if fate == "closed":
            history.at(history.later(1, 3), by, lambda: handling.close(referral, by=by))
        elif fate == "kept":
            history.at(history.later(1, 3), by, lambda: handling.keep_in_mind(referral, by=by))
        elif fate:
            history.at(history.later(1, 3), by, lambda: self.take_up(referral, fate, by))

    def take_up(self, referral: Referral, fate: str, by: User) -> None:
        job = referral.job
        if job is None:
            return
        application = handling.take_up(referral, job, by=by).application
        assert application is not None  # noqa: S101
        for step in (Stage.Kind.SCREEN, Stage.Kind.INTERVIEW):
            self.history.at(self.history.later(1, 4), by, lambda step=step: self.history.advance(application, by, step))  # type: ignore[misc]
            if step == fate:
                return

    def refer_again(self) -> None:
        """The same person once more, by another colleague: known by then, so the credit stays with the first."""
        if self.latest:
            name, email_address = self.latest
            giving.refer(
                referrer=self.people["aoife"],
                name=name,
                email=email_address,
                relation="heard",
                why="Several people have told me about them.",
                knows=False,
                submission_key=uuid.UUID(int=self.history.chance.getrandbits(128), version=4),
            )

    def mail_in(self) -> None:
        """One résumé from its own person, and one nobody can tell anything from. The reading worker does the rest."""
        person = self.history.person("data")
        assert person.life is not None  # noqa: S101
        name, data = resumes.file_of(person.life, self.history.chance)
        whole = self._mail(
            f"{person.name} <{person.email}>", "My résumé", "Hello,\n\nI would like to work with you.", 1
        )
        whole.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        empty = self._mail("office@agency.example", "Candidate for you", "Please find the profile attached.", 2)
        for made in (whole, empty):
            inbound.receive(made.as_bytes(), made["From"].addresses[0].addr_spec, [arriving.address_of()])

    def _mail(self, sender: str, subject: str, text: str, number: int) -> EmailMessage:
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = sender, arriving.address_of(), subject
        made["Date"] = email.utils.format_datetime(self.history.clock.at)
        made["Message-ID"] = f"<resume-{number}@mail.example>"
        made.set_content(text)
        return made

    def _job(self, title: str) -> Job | None:
        """The job as it stands then; one that is not open any more is any job."""
        job = self.history.jobs.get(title)
        return Job.objects.filter(pk=job.pk, status=Job.Status.OPEN, confidential=False).first() if job else None
