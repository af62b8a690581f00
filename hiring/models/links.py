"""Personal links: what a person without an account may do from a mail (SEC-5)."""

from __future__ import annotations

import uuid

from django.db import models


class PersonalLink(models.Model):
    """One purpose, one subject, one addressee. The token is this key, signed (hiring/links.py): nothing secret is stored."""

    class Purpose(models.TextChoices):
        STATUS = "status", "Application status"
        CONFIRM = "confirm", "Confirm the address one applied with"
        APPROVE = "approve", "Decide an approval"
        FEEDBACK = "feedback", "Interview brief and scorecard"
        REVIEW = "review", "Say what one thinks of people"
        SIGN = "sign", "Read and sign an offer"
        DATA = "data", "See what is kept about oneself"
        STAY = "stay", "Agree to be kept in mind"
        UNSUBSCRIBE = "unsubscribe", "Unsubscribe"
        REFER = "refer", "Refer somebody"
        AGENCY = "agency", "Come in as an agency"
        FIRST_ADMIN = "first_admin", "Create the first administrator"

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    candidate = models.ForeignKey("Candidate", null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey("User", null=True, blank=True, on_delete=models.CASCADE, related_name="links")
    subject_id = models.BigIntegerField(null=True, blank=True, help_text="Id of the application, vote, seat or offer.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["purpose", "subject_id"], name="link_by_subject"),)
