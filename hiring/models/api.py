"""Access keys of programs, and the answers they were given, so that a call sent twice is carried out once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from hiring.models.people import User


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, user: User) -> Self:
        """One's own keys: each acts as who made it."""
        return self.filter(user=user.pk)

    def live(self, now: dt.datetime) -> Self:
        """Keys that open something: neither revoked nor expired, of somebody who still works here."""
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class ApiKey(models.Model):
    """Lets a program act as the colleague who made it. Of the secret only a digest is kept; rows are never deleted, so that
    histories can name the key a fact came by."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    start = models.CharField(max_length=12, help_text="How the secret begins, to tell keys apart.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret, in hexadecimal.")
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_key_ends_after_it_begins"),
        )

    def __str__(self) -> str:
        return self.name

    def state(self, now: dt.datetime) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= now else "live"


class ApiAnswer(models.Model):
    """What a call under an `Idempotency-Key` was answered (DATA-9), written in the transaction that carried it out.

    Digests of what was sent, ids of what came of it: no words about anybody. Kept for two days.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="answers", db_index=False)
    call = models.CharField(max_length=64, help_text="Digest of the Idempotency-Key.")
    asked = models.CharField(max_length=64, help_text="Digest of method, address and body.")
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "call"], name="one_answer_a_call"),)
