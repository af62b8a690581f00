"""The writing assistant: for which jobs it was switched on, and what it drafted. Drafts are text to be read; nothing is decided by them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hiring import access
from hiring.models import Candidate, Job
from pipeline.models.applications import Application

if TYPE_CHECKING:
    from hiring.models import User


class AssistantSwitch(models.Model):
    """Somebody switched the assistant on or off for a job. The newest row counts; append-only.

    `host` is where texts went at that time: when the operator chooses another server, the job is off until somebody agrees again.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="assistant_switches")
    is_on = models.BooleanField()
    host = models.CharField(max_length=260)
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["job", "-id"], name="assistant_switch_newest"),)


class AssistantDraftQuerySet(models.QuerySet["AssistantDraft"]):
    def visible_to(self, user: User) -> Self:
        """Drafts about jobs whose pipeline one may see; a message only to whoever asked for it."""
        message = AssistantDraft.Kind.MESSAGE
        return self.filter(access.pipelines_visible_to(user, "job"), ~Q(kind=message) | Q(asked_by=user.pk))

    def waiting(self) -> Self:
        return self.filter(state=AssistantDraft.State.WAITING)

    def due(self, now: dt.datetime) -> Self:
        """What is to be asked now (invariant 10). A row that is carried is not due until its carrier must have given up."""
        return self.waiting().filter(due_at__lte=now)

    def standing(self) -> Self:
        """What a page shows: everything a person has not put away."""
        return self.exclude(state=AssistantDraft.State.DISCARDED)

    def for_page(self) -> Self:
        return self.select_related("job", "asked_by", "decided_by")


class AssistantDraft(models.Model):
    """One question to the language model and what came of it (AI-2). `answer` is checked, plain text in a shape of ours.

    `sent_sha256` is the digest of what was sent, which itself is not kept. `about` tells apart what may wait side by side on one
    job: the kit, the colleague. `brief` is what the colleague said about the wish.
    """

    class Kind(models.TextChoices):
        CRITERIA = "criteria", "Criteria"
        SUMMARY = "summary", "Summary"
        QUESTIONS = "questions", "Interview questions"
        MESSAGE = "message", "Message"

    class State(models.TextChoices):
        WAITING = "waiting", "Being written"
        DONE = "done", "Draft"
        REFUSED = "refused", "Declined"
        FAILED = "failed", "Failed"
        DISCARDED = "discarded", "Discarded"
        USED = "used", "Kept"

    kind = models.CharField(max_length=9, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="assistant_drafts")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="assistant_drafts"
    )
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="assistant_drafts"
    )
    about = models.CharField(max_length=40, blank=True)
    brief = models.JSONField(default=dict, blank=True)
    asked_by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    carried_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    prompt_version = models.CharField(max_length=30, blank=True)
    host = models.CharField(max_length=260, blank=True)
    model = models.CharField(max_length=120, blank=True, help_text="As the server called itself.")
    sent_sha256 = models.CharField(max_length=64, blank=True)
    sent_characters = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    trouble = models.CharField(max_length=20, blank=True, help_text="What went wrong, as a code that can be counted.")
    problem = models.CharField(max_length=400, blank=True, help_text="The same in a sentence, with what to do.")
    decided_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AssistantDraftQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="assistant_draft_due"),
            models.Index(fields=["job", "kind", "-id"], name="assistant_draft_of_job"),
            models.Index(fields=["application", "-id"], name="assistant_draft_of_app"),
            models.Index(fields=["asked_by", "-asked_at"], name="assistant_draft_by"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "job", "application", "candidate", "about"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
                name="assistant_asked_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.job_id}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def can_be_read(self) -> bool:
        """Whether there is a text a person may use."""
        return self.state in (self.State.DONE, self.State.USED)

    @property
    def is_tried_again(self) -> bool:
        """Asked before without an answer, and waiting for the next attempt."""
        return self.is_waiting and bool(self.problem) and self.carried_since is None and self.due_at > timezone.now()
