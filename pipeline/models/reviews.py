"""What stands around an application while it waits to be looked at for the first time."""

from __future__ import annotations

from django.db import models

from pipeline.models.applications import Application


class ReviewSnooze(models.Model):
    """Somebody is not to be looked at before `until`: out of the review and of what waits, and back by themselves."""

    application = models.OneToOneField(Application, primary_key=True, on_delete=models.CASCADE, related_name="snooze")
    until = models.DateTimeField()
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Snoozed until {self.until:%Y-%m-%d}"
