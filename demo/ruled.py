"""What happens by itself at Nordvale Grid: the technicians' form asks two questions, and two rules look at the answers and the stages."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from hiring.models import Job, MailTemplate
from pipeline.models import RejectionReason, Rule, RuleFiring, Stage
from pipeline.rules import finding, firing, trying, versions

if TYPE_CHECKING:
    from demo.history import History

JOB = "Field Technician"
QUESTIONS: list[dict[str, Any]] = [
    {"key": "licence", "label": "Do you hold a driving licence for vans (class B)?", "type": "yes_no", "required": True, "options": []},
    {"key": "site_years", "label": "For how many years have you worked on site?", "type": "number", "required": False, "options": []},
]  # fmt: skip
NO_LICENCE = {
    "match": "all",
    "groups": [
        {
            "match": "all",
            "atoms": [{"fact": "answer:licence", "type": "yes_no", "op": "is", "values": ["no"], "label": QUESTIONS[0]["label"]}],
        }
    ],
}  # fmt: skip
BEGAN, LOOKS_EVERY, NOT_LOOKED_AT = 40, 2, 7


class Ruled:
    """Answers from a source of chance of their own, so that everything else stays as it was drawn."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.chance = random.Random(77)  # noqa: S311 - it makes people up, it guards nothing
        self.jonas = history.company.people["jonas"]

    def ask(self, job: Job) -> list[dict[str, Any]]:
        """The questions of a job's form."""
        return QUESTIONS if job.title == JOB else []

    def answers(self, job: Job) -> dict[str, Any]:
        if job.title != JOB:
            return {}
        said: dict[str, Any] = {"licence": "no" if self.chance.random() < 0.4 else "yes"}
        if self.chance.random() < 0.8:
            said["site_years"] = float(self.chance.randint(0, 18))
        return said

    def plan(self) -> None:
        history = self.history
        history.at(history.working(history.now - dt.timedelta(days=BEGAN)), self.jonas, self.write)
        for days in range(BEGAN - 3, 0, -LOOKS_EVERY):
            when = history.working(history.now - dt.timedelta(days=days))
            history.at(when, None, self.act, "task")
            if days > NOT_LOOKED_AT:
                history.at(when + dt.timedelta(minutes=20), self.jonas, self.look)

    def write(self) -> None:
        """Jonas writes both rules, tries them on those who have applied so far, and activates them."""
        job = Job.objects.get(title=JOB)
        letter = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION).order_by("pk").first()
        reason = RejectionReason.objects.filter(code__in=["skills", "experience"]).order_by("-code").first()
        screen = job.stages.filter(kind=Stage.Kind.SCREEN).first()
        if not (letter and reason and screen):
            return
        self._activate(
            versions.create(
                job=job,
                name="No van licence",
                by=self.jonas,
                trigger={"kind": "applied"},
                asked=NO_LICENCE,
                action={"kind": "reject", "reason": reason.pk, "template": letter.pk},
                delay=1,
            )
        )
        self._activate(
            versions.create(
                job=job,
                name="Nobody waits in the phone screen",
                by=self.jonas,
                trigger={"kind": "stands", "stage": screen.pk, "days": 5},
                asked={},
                action={
                    "kind": "notify",
                    "role": "recruiter",
                    "text": "five days in the phone screen; call, or decide",
                },
                delay=0,
            )
        )

    def _activate(self, rule: Rule) -> None:
        draft = rule.versions.select_related("rule__job").get()
        trying.try_out(draft, by=self.jonas)
        versions.activate(draft, by=self.jonas, seen_problems=True)

    def act(self) -> None:
        for version in finding.active_versions().order_by("pk"):
            finding.sweep(version)
        for pk in firing.due():
            firing.act(pk)

    def look(self) -> None:
        """Jonas says yes to those without a licence, and no where he knows better. Those of the last days still wait."""
        since = self.history.clock.at - dt.timedelta(days=1)
        for one in list(RuleFiring.objects.filter(state=RuleFiring.State.HELD, found_at__lt=since).order_by("pk")):
            if self.chance.random() < 0.12:
                firing.disagree(one, by=self.jonas, why="Passes the driving test next month; the site can wait.")
            else:
                firing.agree(one, by=self.jonas)
