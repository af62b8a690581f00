"""Offers: versioned terms, the letter they became, and the signature under it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hiring import access
from hiring.models import CustomValue, Document, LegalText
from hiring.models.custom_fields import once, searched
from pipeline.models import Application

if TYPE_CHECKING:
    from hiring.models import User


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        """Offers carry pay: only for those who may see it on that job (SEC-1, field level)."""
        return self.filter(access.jobs_with_visible_pay(user, "application__job"))

    def for_row(self) -> Self:
        return self.select_related("application__candidate", "application__job__location", "application__stage")


class Offer(models.Model):
    """Terms for an application. A sent offer is immutable: a change makes version n + 1 (invariant 6, REC-16)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PENDING_APPROVAL = "pending_approval", "Waiting for approval"
        APPROVED = "approved", "Approved"
        SENT = "sent", "Sent"
        VIEWED = "viewed", "Viewed"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Expired"
        VOIDED = "voided", "Void"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="offers")
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(max_length=150)
    salary = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    period = models.CharField(max_length=5, default="YEAR")
    bonus = models.CharField(max_length=200, blank=True)
    start_date = models.DateField()
    place = models.CharField(max_length=150, blank=True)
    terms = models.TextField(max_length=10_000, blank=True, help_text="Further terms, plain paragraphs.")
    expires_at = models.DateTimeField()
    letter = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    letter_sha256 = models.CharField(max_length=64, blank=True)
    signed_letter = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(max_length=2000, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "version"], name="offer_version"),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=["draft", "pending_approval", "approved", "sent", "viewed", "accepted"]),
                name="one_live_offer",
            ),
            models.CheckConstraint(condition=Q(salary__gt=0), name="offer_salary_positive"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(expires_at__gt=F("sent_at")), name="offer_expires_after_sending"
            ),
        )
        indexes = (models.Index(fields=["status", "expires_at"], name="offer_by_status"),)

    @property
    def is_overdue(self) -> bool:
        """Whether its date to answer by passed before anybody decided: it can be neither sent nor signed."""
        return self.decided_at is None and self.expires_at <= timezone.now()


class Signature(models.Model):
    """REC-10..15: who signed which bytes, how we know, and what they agreed to before."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="signature")
    certificate_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signer_name = models.CharField(max_length=200)
    signer_email = models.CharField(max_length=320)
    consent_text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    sha256_before = models.CharField(max_length=64, help_text="Of the exact letter shown (REC-13).")
    sha256_after = models.CharField(max_length=64)


class OfferValue(CustomValue):
    """What was filled into a custom field of an offer."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="custom_values")

    class Meta:
        constraints = once("offer")
        indexes = searched("offer")
