"""One thing done to many people: recorded as a unit, with what became of each of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from hiring.models.candidates import Candidate

if TYPE_CHECKING:
    from hiring.models.people import User


def random_key(act: PeopleAct, filename: str) -> str:
    return f"exports/{uuid.uuid4().hex}"


class PeopleActQuerySet(models.QuerySet["PeopleAct"]):
    def visible_to(self, user: User) -> Self:
        from hiring import access

        return self.filter(access.people_acts_visible_to(user))

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)


class PeopleAct(models.Model):
    """Who did what to which people, and how far it is. Its items are its work list (invariant 10): a worker that dies
    leaves them waiting, and whoever comes next goes on. The registry of `hiring/bulk.py` says what a `kind` does."""

    kind = models.CharField(max_length=20)
    params = models.JSONField(default=dict, help_text="What the kind needs: ids and choices.")
    title = models.CharField(max_length=200, help_text="What is done, in words: Tag with energy.")
    asked = models.TextField(blank=True, help_text="The query string of the list; empty when people were ticked.")
    by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="people_acts")
    at = models.DateTimeField()
    once = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The page that was confirmed; sent twice, it is one act."
    )
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(help_text="When a worker last did some of it.")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    copies_due = models.BooleanField(
        default=False, help_text="The search copies of its people are still to be rewritten."
    )
    file = models.FileField(upload_to=random_key, max_length=120, blank=True)
    file_until = models.DateTimeField(null=True, blank=True, help_text="When the file is taken away.")

    objects = PeopleActQuerySet.as_manager()

    class Meta:
        verbose_name = "bulk act"
        indexes = (
            models.Index(fields=["by", "-id"], name="people_act_by"),
            models.Index(fields=["id"], condition=Q(finished_at=None) | Q(copies_due=True), name="people_act_due"),
            models.Index(fields=["file_until"], condition=Q(file_until__isnull=False), name="people_act_file"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("bulk_act", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def handled(self) -> int:
        return self.done + self.already + self.left_out

    @property
    def query(self) -> str:
        """The words that were searched for."""
        return str(QueryDict(self.asked).get("q", ""))

    @property
    def list_url(self) -> str:
        return f"{reverse('candidates')}?{self.asked}"

    def per_second(self, now: dt.datetime) -> float:
        seconds = ((self.finished_at or now) - self.at).total_seconds()
        return self.handled / seconds if seconds > 0 else 0.0


class PeopleActItem(models.Model):
    """One person of an act. `data` holds the ids an undo needs, `reason` why it was not done, without names."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        ALREADY = "already", "Already so"
        LEFT_OUT = "left_out", "Left out"

    act = models.ForeignKey(PeopleAct, on_delete=models.CASCADE, related_name="items", db_index=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="act_items")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["act", "candidate"], name="once_in_an_act"),)
        indexes = (
            models.Index(fields=["act", "candidate"], condition=Q(state="waiting"), name="act_item_waiting"),
            models.Index(fields=["act", "state", "candidate"], name="act_item_by_state"),
        )
