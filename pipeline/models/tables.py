"""Tables of applications as somebody likes to see them: views kept under a name, columns, and what opens first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from hiring import access
from hiring.models import Job

if TYPE_CHECKING:
    from hiring.models import User


class TableViewQuerySet(models.QuerySet["TableView"]):
    def visible_to(self, user: User) -> Self:
        """One's own and the shared ones; those of one job for whoever may open its pipeline."""
        open_to = Q(job=None) | access.pipelines_visible_to(user, "job")
        return self.filter(Q(owner=user.pk) | Q(is_shared=True), open_to, removed_at=None)


class TableView(models.Model):
    """A table under a name: columns, order and filters. Whoever opens it sees only applications they may see anyway.

    `asks` is what the address of the table holds, a stage by its name; `words` what its columns and stage were called, so
    that one that is gone can still be named.
    """

    name = models.CharField(max_length=80)
    owner = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="table_views")
    job = models.ForeignKey(
        Job,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="table_views",
        help_text="Empty: any job's table.",
    )
    is_everywhere = models.BooleanField(default=False, help_text="For the table of all jobs' applications.")
    is_shared = models.BooleanField(default=False)
    asks: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    words: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TableViewQuerySet.as_manager()

    class Meta:
        ordering = (Lower("name"), "pk")
        constraints = (
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(removed_at=None), name="table_view_once_an_owner"
            ),
            models.CheckConstraint(condition=Q(job=None) | Q(is_everywhere=False), name="table_view_of_one_place"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it opens; nowhere by itself when it is for any job."""
        if self.is_everywhere:
            return f"{reverse('pipeline:applications')}?view={self.pk}"
        return f"{reverse('pipeline:table', args=[self.job_id])}?view={self.pk}" if self.job_id else ""


class TableColumns(models.Model):
    """The columns a colleague last chose, for the tables of jobs or for that of all of them."""

    user = models.ForeignKey("hiring.User", on_delete=models.CASCADE, related_name="table_columns")
    is_everywhere = models.BooleanField(default=False)
    columns: models.JSONField[list[str], list[str]] = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "is_everywhere"], name="table_columns_once"),)


class TableDefault(models.Model):
    """The view that opens first for a colleague: at most one for a job, one for any job, one for the table of all."""

    user = models.ForeignKey("hiring.User", on_delete=models.CASCADE, related_name="table_defaults")
    view = models.ForeignKey(TableView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "view"], name="table_default_once"),)
