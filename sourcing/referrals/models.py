"""One colleague's word for one person: what they said, whether it counts as theirs, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from hiring import access
from hiring.models import Candidate, Document, Job
from pipeline.models import Application

if TYPE_CHECKING:
    from hiring.models import User


class ReferralQuerySet(models.QuerySet["Referral"]):
    def given_by(self, user: User) -> Self:
        """One's own, whatever one's role."""
        return self.filter(referrer=user)

    def visible_to(self, user: User) -> Self:
        """All, for those who work with candidates; those for a job, or in process there, only to those who see the job."""
        if not access.can_handle_referrals(user):
            return self.none()
        wanted = Q(job=None) | access.jobs_visible_to(user, "job")
        in_process = Q(application=None) | access.jobs_visible_to(user, "application__job")
        return self.filter(wanted, in_process, candidate__merged_into=None)

    def waiting(self) -> Self:
        return self.filter(state=Referral.State.WAITING)


class Referral(models.Model):
    """A person referred by a colleague, for a job or for any."""

    class Relation(models.TextChoices):
        WORKED = "worked", "We worked together"
        STUDIED = "studied", "We studied together"
        KNOW = "know", "I know them well"
        MET = "met", "We met, at an event for instance"
        HEARD = "heard", "I know them by name only"
        SHARED = "shared", "Applied by their link"

    class State(models.TextChoices):
        WAITING = "waiting", "To look at"
        TAKEN = "taken", "Taken up"
        CLOSED = "closed", "Closed"

    class Credit(models.TextChoices):
        FIRST = "first", "Credited"
        REFERRED = "referred", "A colleague referred them before"
        IN_PROCESS = "in_process", "Already in process"
        KNOWN = "known", "We were in touch already"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="referral_words")
    referrer = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="referrals_given")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="referrals"
    )
    resume = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    named = models.CharField(max_length=200, help_text="The name as the colleague gave it: all they see of the record.")
    relation = models.CharField(max_length=8, choices=Relation.choices)
    why = models.TextField(max_length=2_000)
    knows = models.BooleanField(help_text="The person knows that they were referred (PRIV-4).")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    credit = models.CharField(max_length=10, choices=Credit.choices)
    wants_mail = models.BooleanField(default=True)
    told = models.CharField(max_length=12, blank=True, help_text="The word the colleague was told last.")
    submission_key = models.UUIDField(unique=True, help_text="The form's own id: a second submit is the first one.")
    by_link = models.BooleanField(default=False, help_text="Came through the personal link, not signed in.")
    created_at = models.DateTimeField()
    handled_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)

    was_given_before = False  # the colleague had said so earlier: set by the verb that found it
    objects = ReferralQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["referrer", "-created_at", "-id"], name="referral_by_referrer"),
            models.Index(fields=["state", "-created_at", "-id"], name="referral_by_state"),
            models.Index(fields=["candidate", "-created_at"], name="referral_by_candidate"),
        )

    def __str__(self) -> str:
        return f"{self.named}, referred by {self.referrer}"

    @property
    def is_credited(self) -> bool:
        return self.credit == self.Credit.FIRST

    @property
    def is_shared(self) -> bool:
        """Came by a colleague's link and named themselves: to the colleague they stay somebody."""
        return self.relation == self.Relation.SHARED


class ReferralSettings(models.Model):
    """What the organisation decided about referrals: one row, or none as long as nobody decided anything."""

    share_subject = models.CharField(
        "subject of a shared mail", max_length=150, blank=True, help_text="Empty: the words that come with Throughline."
    )
    share_text = models.TextField("words to share a job with", max_length=1_000, blank=True)
    has_leaderboard = models.BooleanField(
        "leaderboard", default=False, help_text="Colleagues see who referred how many people, and how many were hired."
    )

    class Meta:
        verbose_name = verbose_name_plural = "settings of referrals"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_row_of_referral_settings"),)

    def __str__(self) -> str:
        return "Settings of referrals"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> ReferralSettings:
        return cls.objects.first() or cls()


class ReferralPreference(models.Model):
    """What one colleague wants of it."""

    user = models.OneToOneField("hiring.User", on_delete=models.CASCADE, related_name="referral_preference")
    is_on_leaderboard = models.BooleanField(default=True)
