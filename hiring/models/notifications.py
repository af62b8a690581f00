"""What colleagues are told: one row for a person and an occasion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from hiring import access
from hiring.models.candidates import Candidate

if TYPE_CHECKING:
    from hiring.models.people import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """One's own, about what one may still see: access that was taken back takes its notifications along."""
        from hiring.models.candidates import Note
        from hiring.models.jobs import Job

        return self.filter(
            Q(candidate=None) | Q(candidate__in=Candidate.objects.visible_to(user)),
            Q(job=None) | Q(job__in=Job.objects.filter(access.jobs_visible_to(user))),
            Q(note=None) | Q(note__in=Note.objects.visible_to(user)),
            user=user.pk,
        )

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing one colleague is told. `key` names the occasion: telling it twice writes one row (hiring/notifications.py)."""

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    words = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    candidate = models.ForeignKey(Candidate, null=True, on_delete=models.CASCADE, related_name="notifications")
    job = models.ForeignKey("Job", null=True, on_delete=models.CASCADE, related_name="+")
    note = models.ForeignKey("Note", null=True, on_delete=models.CASCADE, related_name="notifications")
    by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True, help_text="When the digest may carry it, while unread.")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="told_once"),)
        indexes = (
            models.Index(fields=["user", "-at", "-id"], name="notification_newest"),
            models.Index(fields=["user", "-at", "-id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notification_to_mail"),
        )

    def __str__(self) -> str:
        return self.words
