"""One person on two rows: the pairs somebody should look at, and the merges that were made, each of which can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from hiring import access, masks

if TYPE_CHECKING:
    from hiring.models.people import User


class BlockingKey(models.Model):
    """What two rows of one person probably share (hiring/duplicates.py). Made from the record, never the truth."""

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="blocking_keys")
    key = models.CharField(max_length=200, db_collation="C")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "candidate"], name="blocking_key_once"),)


class DuplicateLook(models.Model):
    """That duplicates of a person were looked for, as the record was then."""

    candidate = models.OneToOneField(
        "Candidate", primary_key=True, on_delete=models.CASCADE, related_name="duplicate_look"
    )
    looked_at = models.DateTimeField(help_text="The record's own time of change when it was looked at.")


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, user: User) -> Self:
        if not access.can_settle_duplicates(user):
            return self.none()
        return self.filter(masks.without_hidden(user, "first", "second"))

    def waiting(self) -> Self:
        """Pairs nobody has settled, of two rows that still stand."""
        return self.filter(status=DuplicatePair.Status.OPEN, first__merged_into=None, second__merged_into=None)

    def put_off(self) -> Self:
        return self.filter(status=DuplicatePair.Status.LATER, first__merged_into=None, second__merged_into=None)


class DuplicatePair(models.Model):
    """Two candidates that may be one person, the older row first. A settled pair stays, so that nobody is asked twice."""

    class Status(models.TextChoices):
        OPEN = "open", "To be decided"
        DIFFERENT = "different", "Different people"
        LATER = "later", "Decide later"
        MERGED = "merged", "Merged"

    first = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="pairs_as_first", db_index=False)
    second = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="pairs_as_second")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list, help_text="Codes: same_phone, same_name.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    decided_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="pair_score_at_most_100"),
        )
        indexes = (models.Index(fields=["status", "-score", "-id"], name="pair_queue"),)


class MergeRecordQuerySet(models.QuerySet["MergeRecord"]):
    def visible_to(self, user: User) -> Self:
        if not access.can_settle_duplicates(user):
            return self.none()
        return self.filter(masks.without_hidden(user, "survivor", "other"))

    def standing(self) -> Self:
        return self.filter(undone_at=None)


class MergeRecord(models.Model):
    """One merge: whose value of each fact was kept, and all that has to be put back to undo it (hiring/merging.py)."""

    survivor = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="merges_away")
    origins = models.JSONField(default=dict, help_text="Fact to survivor or other: where its value came from.")
    snapshot = models.JSONField(default=dict, help_text="Rows moved, fields changed, rows removed and added.")
    by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeRecordQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["other"], condition=Q(undone_at=None), name="merged_away_once"),)
