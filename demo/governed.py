"""Who decides on jobs at Nordvale Grid, and how: chains by department and pay, who leads whom, a stand-in, a question to a
manager, people kept in mind, a job on hold with everything that goes with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from demo import company as nordvale
from hiring import openings, promises, stand_ins
from hiring.models import ApprovalChain, Job, MailTemplate, User
from hiring.models.jobs import Level
from pipeline import asking, holding, job_letters, rejection
from pipeline.models import Application, ManagerReview, ReviewAnswer

if TYPE_CHECKING:
    from demo.history import History

LEADS = {
    "devon": "lena", "yusuf": "marek", "aoife": "hannah", "tiago": "pedro", "mei": "pedro", "bilal": "clara", "maya": "oskar",
    "jonas": "oskar", "ines": "oskar", "lena": "victor", "marek": "victor", "hannah": "oskar", "pedro": "victor", "clara": "oskar",
}  # fmt: skip
URGENT = {"Field Technician": "urgent", "Senior Data Engineer": "high", "Account Manager, Municipalities": "low"}
REASONS = {
    "Field Technician": "Replacement: four colleagues retire this year",
    "Customer Support Specialist": "Growth: two more towns since spring",
    "Financial Controller": "Replacement for Anne Morel",
    "Head of Grid Operations": "Succession",
    "Site Reliability Engineer": "New: the on-call rota needs a fifth person",
}
BOARD, KEPT = "Senior Data Engineer", ("Tell them when a lead role opens", "Write in spring, when the budget is there")


def facts(plan: nordvale.Plan) -> dict[str, Any]:
    """What an approver reads besides title and pay."""
    return {
        "level": _level(plan.title),
        "priority": URGENT.get(plan.title, "normal"),
        "budget": Decimal(plan.pay[1]) * plan.headcount,
        "reason": REASONS.get(plan.title, "Growth"),
    }


def _level(title: str) -> str:
    for word, level in (("Senior", Level.SENIOR), ("Lead", Level.LEAD), ("Head", Level.DIRECTOR)):
        if word in title:
            return level
    return Level.MID


def found(people: dict[str, User], departments: dict[str, Any]) -> None:
    """Who leads whom, and the chains: one for a department, one for high pay, and one for everything else."""
    for key, lead in LEADS.items():
        people[key].lead = people[lead]
    User.objects.bulk_update(people.values(), ["lead"])
    general = ApprovalChain.objects.create(name="New jobs", subject_kind="job", remind_after=24, escalate_after=72)
    data = ApprovalChain.objects.create(
        name="Data platform", subject_kind="job", department=departments["Data platform"], remind_after=24
    )
    high = ApprovalChain.objects.create(name="High pay", subject_kind="job", pay_from=Decimal(90000), remind_after=8)
    offers = ApprovalChain.objects.create(name="Offers", subject_kind="offer", remind_after=8)
    for chain, steps in (
        (general, [(1, ["oskar"]), (1, ["victor"])]),
        (data, [(1, []), (1, ["victor", "oskar"])]),
        (high, [(2, ["oskar", "victor", "marek"])]),
        (offers, [(1, ["oskar", "victor"])]),
    ):
        for position, (needed, keys) in enumerate(steps):
            group = chain.groups.create(position=position, needed=needed, managers_lead=not keys)
            group.approvers.set([people[key] for key in keys])


class Governed:
    """Played late in the history."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.people = history.company.people

    def plan(self) -> None:
        for days, key, act in (
            (30, "maya", self.choose_letters),
            (21, "jonas", self.put_off),
            (6, "maya", self.keep_warm),
            (4, "victor", self.go_away),
            (1.9, "maya", self.ask_lena),
            (0.9, "lena", self.answer),
        ):
            when = self.history.now - dt.timedelta(days=days)
            self.history.at(when, self.people[key], act, "link" if key == "lena" else "page")

    def choose_letters(self) -> None:
        after_interview = MailTemplate.objects.filter(name="Rejection after an interview").first()
        if after_interview:
            reason = self.history.reasons["closer-candidate"]
            job_letters.add(self._job(BOARD), after_interview, reason=reason, by=self.people["maya"])

    def put_off(self) -> None:
        """Two of the openings wait for the new depot."""
        job = self._job("Field Technician")
        for opening in list(job.openings.filter(status="open").order_by("-number")[:2]):
            openings.put_off(opening, self.history.now.date() + dt.timedelta(days=120))

    def keep_warm(self) -> None:
        """A no for now, with a promise: whoever has not agreed to be kept in mind is asked in the letter."""
        maya, later = self.people["maya"], self.history.now.date() + dt.timedelta(days=90)
        liked = Application.objects.active().filter(job=self._job(BOARD), stage__kind__in=["screen", "interview"])
        for application, text in zip(liked.order_by("-applied_at").for_card()[:2], KEPT, strict=False):
            may = promises.standing(application.candidate)
            keep = promises.Keep(text=text, owner=maya.pk, due_on=later, title="Data Engineer", ask=may.answer == "ask")
            reason = self.history.reasons["closer-candidate"]
            rejection.reject(application, reason, by=maya, template=self.history.late_letter, keep=keep)

    def go_away(self) -> None:
        """Victor is at the regulator's for two weeks; Oskar decides for him."""
        today = self.history.now.date()
        stand_ins.appoint(
            self.people["victor"], self.people["oskar"], today - dt.timedelta(days=2), today + dt.timedelta(days=10)
        )

    def ask_lena(self) -> None:
        job = self._job(BOARD)
        fresh = Application.objects.to_review().filter(job=job).order_by("-applied_at").values_list("pk", flat=True)[:6]
        due_on = self.history.now.date() + dt.timedelta(days=2)
        note = "Who of these would you talk to? Kafka matters more than the cloud they come from."
        asking.ask(job, list(fresh), by=self.people["maya"], reviewers=[self.people["lena"]], due_on=due_on, note=note)

    def answer(self) -> None:
        """Lena has looked at half of them, on her phone."""
        review = ManagerReview.objects.filter(job=self._job(BOARD), closed_at=None).latest("pk")
        reviewer = review.reviewers.get(user=self.people["lena"])
        verdicts = (ReviewAnswer.Verdict.YES, ReviewAnswer.Verdict.TALK, ReviewAnswer.Verdict.NO)
        for person, verdict in zip(review.people.order_by("position"), verdicts, strict=False):
            asking.answer(reviewer, person, verdict, comment="Has run this at our size." if verdict == "yes" else "")

    def hold(self, job: Job, by: User) -> None:
        """The job rests: its questions and rules too, and its recruiter calls those who are in process."""
        word = holding.Word(colleague=by)
        reason = "The budget for the year is being reviewed"
        holding.hold(job, by=by, reason=reason, stop=["rules", "reviews"], word=word)

    def _job(self, title: str) -> Job:
        return Job.objects.select_related("department", "location").get(title=title)
