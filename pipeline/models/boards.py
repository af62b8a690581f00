"""What stands around an application on its board: what it waits for, where it was moved from, who was reminded."""

from __future__ import annotations

from django.db import models

from pipeline.models.applications import Application, Stage


class SubStatus(models.Model):
    """What an application waits for in its stage, as somebody set it by hand.

    It holds while the application stands in `stage`, and until a newer fact says otherwise (pipeline/sub_status.py).
    """

    class Key(models.TextChoices):
        TO_SCHEDULE = "to_schedule", "To schedule"
        WAITING_FEEDBACK = "waiting_feedback", "Waiting for feedback"
        WAITING_CANDIDATE = "waiting_candidate", "Waiting for candidate"
        WAITING_TEAM = "waiting_team", "Waiting for the team"
        TO_DECIDE = "to_decide", "To decide"
        ON_HOLD = "on_hold", "On hold"

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="sub_status")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=20, choices=Key.choices)
    note = models.CharField(max_length=140, blank=True, help_text="Why, in a few words; colleagues read it.")
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Transfer(models.Model):
    """An application that went on as another one, for another job. Both keep their own history."""

    left = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="transferred_to")
    opened = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="transferred_from")
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class StuckNudge(models.Model):
    """Somebody was told that an application stands too long in its stage: once for each stay."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="nudges")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    entered_at = models.DateTimeField(help_text="When the stay began.")
    user = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "stage", "entered_at"], name="one_nudge_a_stay"),)
