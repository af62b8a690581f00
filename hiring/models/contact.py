"""Facts about a person that decide contact: why we hold data, what was agreed to, who must not be written to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LegalText(models.Model):
    """A notice, consent or disclosure as it was shown: versioned, so that old records keep their words."""

    class Kind(models.TextChoices):
        APPLICATION_NOTICE = "application_notice", "Privacy notice at the form"
        SOURCING_NOTICE = "sourcing_notice", "Notice to sourced people"
        POOL_CONSENT = "pool_consent", "Consent to stay in touch"
        ESIGN_CONSENT = "esign_consent", "Consent to sign electronically"
        AI_NOTICE = "ai_notice", "Notice of automated tools"
        EQUAL_OPPORTUNITY = "equal_opportunity", "Equal opportunity notice"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    jurisdiction = models.CharField(
        max_length=8,
        default="*",
        help_text="* for everywhere, EU, a country such as FR, a state such as US-CA or CA-ON, or US-NYC.",
    )
    locale = models.CharField("language", max_length=5, default="en", help_text="Of the words: en, de, fr.")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    wait_days = models.PositiveSmallIntegerField(
        "working days before use",
        default=0,
        db_default=0,
        help_text="Of a notice of automated tools: how many working days lie between it and the first use. 10 in New York City.",
    )

    class Meta:
        indexes = (models.Index(fields=["kind", "jurisdiction", "-valid_from"], name="legal_text_current"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.jurisdiction}, {self.locale}"

    @property
    def place(self) -> str:
        """Where it holds, in words."""
        from hiring import jurisdictions

        return jurisdictions.name_of(self.jurisdiction)


class ProcessingBasis(models.Model):
    """PRIV-1: why we may hold this person's data, for what, since when."""

    class Purpose(models.TextChoices):
        APPLICATION = "application", "Application"
        SOURCING = "sourcing", "Sourcing"
        POOL = "pool", "Talent pool"
        LEGAL_DUTY = "legal_duty", "Legal duty"

    class Basis(models.TextChoices):
        CONTRACT = "contract", "Steps before a contract, Art. 6(1)(b)"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interest, Art. 6(1)(f)"
        CONSENT = "consent", "Consent, Art. 6(1)(a)"
        LEGAL_DUTY = "legal_duty", "Legal duty, Art. 6(1)(c)"

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="bases")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    basis = models.CharField(max_length=20, choices=Basis.choices)
    controller = models.CharField(max_length=120)
    reference = models.CharField(max_length=200, blank=True, help_text="The balancing test or duty it rests on.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["candidate", "purpose", "basis", "started_at"], name="basis_once"),
        )


class Consent(models.Model):
    """PRIV-2: who agreed to what, when, shown which words; withdrawn as easily."""

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=ProcessingBasis.Purpose.choices)
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="consents")
    locale = models.CharField(max_length=5, default="en")
    channel = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Suppression(models.Model):
    """MAIL-25: an address that is not to be written to. Keyed hash, so that it outlives erasure and re-import."""

    class Reason(models.TextChoices):
        UNSUBSCRIBE = "unsubscribe", "Unsubscribed"
        HARD_BOUNCE = "hard_bounce", "Address does not exist"
        COMPLAINT = "complaint", "Reported as spam"
        OBJECTION = "objection", "Objected"
        ERASURE = "erasure", "Erased"
        MANUAL = "manual", "Set by a colleague"

    class Scope(models.TextChoices):
        OUTREACH = "outreach", "Outreach"
        EVERYTHING = "everything", "All mail"

    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.OUTREACH)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["address_hash", "reason"], name="suppressed_once_a_reason"),)


class DataRequest(models.Model):
    """What a person asks us to do about their data, recorded when it came. GDPR 12 gives us a month."""

    class Kind(models.TextChoices):
        ERASURE = "erasure", "Erase everything"
        ACCESS = "access", "A full copy"

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    handled_by = models.ForeignKey(
        "User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who has taken it on."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "kind"], condition=Q(settled_at=None), name="one_open_data_request"
            ),
        )
