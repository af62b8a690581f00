"""What was read from a document about a person, and what colleagues corrected in it by hand."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from hiring.models.candidates import Candidate
from hiring.models.documents import Document


class ParsedProfileQuerySet(models.QuerySet["ParsedProfile"]):
    def due(self) -> Self:
        """Texts that wait to be parsed, for the first time or again (invariant 10)."""
        return self.filter(status=ParsedProfile.Status.DUE)


class ParsedProfile(models.Model):
    """The structured profile of a document's text. Made from it and made anew by a better parser; never corrected itself."""

    class Status(models.TextChoices):
        DUE = "due", "Waiting to be parsed"
        WORKING = "working", "Being parsed"
        DONE = "done", "Parsed"
        FAILED = "failed", "Could not be parsed"

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.CASCADE, related_name="parsed")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    profile = models.JSONField(default=dict, help_text="hiring.resumes.profile.Profile as JSON; empty until parsed.")
    parser_version = models.CharField(max_length=20, blank=True)
    problem = models.CharField(max_length=200, blank=True, help_text="Why it could not be parsed, for the recruiter.")
    text_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the text the places in it are places of.")
    parsed_at = models.DateTimeField(null=True, blank=True)

    objects = ParsedProfileQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=Q(status__in=["due", "working"]), name="profile_due"),
            models.Index(
                fields=["parser_version"], condition=Q(status__in=["done", "failed"]), name="profile_by_parser"
            ),
        )

    def __str__(self) -> str:
        return f"Profile of {self.document_id}"


class ProfileCorrectionQuerySet(models.QuerySet["ProfileCorrection"]):
    def standing(self) -> Self:
        """Corrections nobody has taken back."""
        return self.filter(taken_back_at=None)


class ProfileCorrection(models.Model):
    """One value of a person's profile, put right by a colleague. It stands whatever a parser reads later.

    `path` is a field (`headline`) or a field of an entry (`positions/5f2a91c04b/title`), where the entry's key was made
    from what was read when it was first corrected. `seen` is that entry as it was read: it is how the entry is found
    again after another reading, and what stays of it should it not be.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="profile_corrections")
    path = models.CharField(max_length=80)
    value = models.JSONField(null=True, blank=True)
    is_removed = models.BooleanField(default=False)
    seen = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ProfileCorrectionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["candidate", "path"], condition=Q(taken_back_at=None), name="one_standing_correction_a_path"
            ),
        )

    def __str__(self) -> str:
        return self.path

    @property
    def what(self) -> str:
        """The field in a word: start, level."""
        return self.path.rpartition("/")[2]
