"""What the people of Nordvale Grid keep an eye on: fields of their own, people and jobs they follow, words to each other."""

from __future__ import annotations

import datetime as dt

from demo.history import History
from hiring import custom_fields, following, notes, todo
from hiring.models import CustomField, Job
from pipeline.models import Application

FIELDS: list[tuple[str, str, str, str, tuple[str, ...], bool]] = [
    ("candidate", "notice_period", "Notice period, months", "number", (), False),
    ("candidate", "work_permit", "Work permit", "choice", ("European Union", "Has one", "Needs one"), False),
    ("candidate", "wish", "Pay they wish for", "money", (), True),
    ("application", "relocates", "Would move", "choice", ("Yes", "For the right offer", "No"), False),
    ("job", "cost_centre", "Cost centre", "text", (), False),
]  # fmt: skip
WORDS = [
    "@Lena could you look at the second page before Thursday? The migration story is the one we talked about.",
    "Asked about remote days; I said two. @Devon please check how deep the streaming work went.",
    "Very clear in writing. @Lena I would bring them in this week.",
]


class Watched:
    """Played in the last weeks, about those who stand in the pipeline of the data job."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.people = history.company.people

    def plan(self) -> None:
        at = self.history.at
        for days, by, act in (
            (60, None, self.define),
            (10, self.people["maya"], self.fill),
            (6, self.people["lena"], self.follow),
            (2, self.people["maya"], self.speak),
        ):
            at(self.history.ago(days), by, act, "page" if by else "admin")

    def define(self) -> None:
        for place, (kind, key, name, type_, options, is_private) in enumerate(FIELDS):
            made = CustomField.objects.create(
                kind=kind, key=key, name=name, type=type_, position=place, is_private=is_private
            )
            for number, label in enumerate(options):
                made.options.create(label=label, position=number)

    def fill(self) -> None:
        maya = self.people["maya"]
        for number, application in enumerate(self._standing(12)):
            filled = {"notice_period": str(number % 4), "work_permit": FIELDS[1][4][number % 3]}
            if number % 2:
                filled["wish"] = str(64_000 + 1_500 * number)
            custom_fields.set_values(application.candidate, maya, filled)
            custom_fields.set_values(application, maya, {"relocates": FIELDS[3][4][number % 3]})
        for number, job in enumerate(Job.objects.filter(status=Job.Status.OPEN).order_by("pk")):
            custom_fields.set_values(job, None, {"cost_centre": f"CC-{410 + number}"})

    def follow(self) -> None:
        lena, maya = self.people["lena"], self.people["maya"]
        for application in self._standing(4):
            following.follow(lena, candidate=application.candidate)
            following.follow(maya, candidate=application.candidate)
        job = Job.objects.filter(title="Senior Data Engineer").first()
        if job:
            following.follow(lena, job=job)
            following.follow(maya, job=job)

    def speak(self) -> None:
        maya = self.people["maya"]
        for application, text in zip(self._standing(3), WORDS, strict=False):
            notes.write(application.candidate, text, by=maya, job=application.job)
        for application in self._standing(2):
            due = self.history.now.date() + dt.timedelta(days=1)
            todo.add(
                "Ask for two referees",
                by=self.people["lena"],
                assignee=maya,
                due_on=due,
                candidate=application.candidate,
            )

    def _standing(self, most: int) -> list[Application]:
        rows = Application.objects.active().filter(job__title="Senior Data Engineer")
        return list(rows.select_related("candidate", "job", "stage").order_by("-stage__position", "pk")[:most])
