"""An import as a unit of work: the file, what its columns mean, each of its rows and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import Candidate, ProcessingBasis, Source

if TYPE_CHECKING:
    from hiring.models import User


def file_key(batch: ImportBatch, filename: str) -> str:
    """SEC-17: the storage key says nothing about the file."""
    return f"imports/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> Self:
        return self.all() if access.can_import(user) else self.none()

    def at_work(self) -> Self:
        """Batches a worker has to do something about, whatever became of the broker."""
        return self.filter(status__in=ImportBatch.AT_WORK)


class ImportBatch(models.Model):
    """One file brought in. A query finds what is due."""

    class Kind(models.TextChoices):
        TABLE = "table", "List"
        RESUMES = "resumes", "Résumés"

    class Status(models.TextChoices):
        MAPPING = "mapping", "Columns to be set"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Ready to run"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Could not be read"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    AT_WORK = (Status.CHECKING, Status.RUNNING, Status.UNDOING)
    ENDED = (Status.DONE, Status.STOPPED, Status.UNDONE)

    class Suspected(models.TextChoices):
        """What becomes of a row whose person looks like somebody we know though no contact point says so."""

        NEW = "new", "Import as somebody new"
        JOIN = "join", "Add to the person we know"
        SKIP = "skip", "Leave out"

    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.TABLE)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.MAPPING)
    name = models.CharField(max_length=200, help_text="What the file was called.")
    file = models.FileField(upload_to=file_key, max_length=120, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    shape = models.JSONField(
        default=dict, help_text="How the file is read: format, encoding, separator, sheet, header, sheets."
    )
    headers = models.JSONField(default=list, help_text="The names of the columns, in order.")
    sample = models.JSONField(default=list, help_text="The first rows, for the page that maps columns.")
    signature = models.CharField(
        max_length=64, blank=True, help_text="Of the column names: the same list again is mapped alike."
    )
    mapping = models.JSONField(default=list, help_text="What each column is; empty for one that is left out.")

    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_note = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=12, choices=ProcessingBasis.Purpose.choices, blank=True)
    basis = models.CharField(max_length=20, choices=ProcessingBasis.Basis.choices, blank=True)
    owner = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey("sourcing.TalentPool", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tag = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=2, blank=True, help_text="How phone numbers without a country code are read.")
    overwrite = models.BooleanField(default=False, help_text="Values of the file replace those we have.")
    suspected = models.CharField(max_length=4, choices=Suspected.choices, default=Suspected.NEW)

    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text="The last row, as numbered in the file, that is done.")
    done = models.PositiveIntegerField(default=0, help_text="How many rows of the current step are done.")
    counts = models.JSONField(default=dict, help_text="Result to how many rows; foreseen while checked, true once run.")
    problem = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often the current step failed.")
    claim = models.UUIDField(null=True, blank=True, help_text="Whoever reads the file now.")
    step_began_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="When a worker last got on with it.")
    stop_asked = models.CharField(max_length=4, blank=True, choices=(("keep", "Keep"), ("undo", "Undo")))
    finished_at = models.DateTimeField(null=True, blank=True)
    indexed_to = models.PositiveIntegerField(default=0, help_text="The last row whose person can be found by words.")
    undone_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    trimmed = models.BooleanField(
        default=False, help_text="Its file holds no more than what somebody still has to look at."
    )
    leaving = ArrayField(
        models.CharField(max_length=120), default=list, blank=True, help_text="Files on their way out of storage."
    )
    emptied_at = models.DateTimeField(null=True, blank=True, help_text="When the words of its rows were forgotten.")
    made_tags = ArrayField(models.BigIntegerField(), default=list, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="import_recent"),
            models.Index(fields=["signature", "-created_at"], name="import_signature"),
            models.Index(
                fields=["id"], condition=Q(status__in=["checking", "running", "undoing"]), name="import_at_work"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:import", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.status in self.AT_WORK

    @property
    def has_run(self) -> bool:
        """Whether people came of it, or may have."""
        return self.status in (*self.ENDED, self.Status.RUNNING, self.Status.UNDOING)

    @property
    def is_emptied(self) -> bool:
        """Whether it ended so long ago that the words of its rows are gone."""
        return self.emptied_at is not None

    @property
    def query(self) -> str:
        """What finds everybody of it in the list of candidates."""
        return f"import:{self.pk}"

    @property
    def per_second(self) -> float:
        """Rows a second in the current step; 0 before the first ones are through."""
        if not self.step_began_at or not self.beat_at or not self.done:
            return 0
        return self.done / max((self.beat_at - self.step_began_at).total_seconds(), 0.1)

    @property
    def remaining(self) -> dt.timedelta | None:
        """How long the current step still takes, judged by its pace; None before that can be said."""
        if not self.per_second or not self.total:
            return None
        return dt.timedelta(seconds=round((self.total - self.done) / self.per_second))

    @property
    def pace(self) -> int:
        return round(self.per_second)

    @property
    def remaining_words(self) -> str:
        """`40 seconds`, `3 minutes`; empty before that can be said."""
        if self.remaining is None:
            return ""
        seconds = int(self.remaining.total_seconds())
        number, word = (max(seconds, 1), "second") if seconds < 90 else (round(seconds / 60), "minute")
        return f"{number} {word}{'' if number == 1 else 's'}"


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def touched(self) -> Self:
        """Rows that made or changed somebody."""
        return self.filter(result__in=(ImportRow.Result.NEW, ImportRow.Result.UPDATED))


class ImportRow(models.Model):
    """One row of the file as it stands there, what is read in it, and what became of it."""

    class Result(models.TextChoices):
        WAITING = "", "To be checked"
        NEW = "new", "New"
        UPDATED = "updated", "Updated"
        SAME = "same", "Nothing to add"
        DUPLICATE = "duplicate", "Twice in the file"
        SUPPRESSED = "suppressed", "Not imported: suppressed"
        SKIPPED = "skipped", "Left out: may be somebody we know"
        NEEDS = "needs", "Needs a look"
        ERROR = "error", "Not imported"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="The row as a spreadsheet counts it.")
    cells = models.JSONField(default=list, help_text="As they stand in the file.")
    line = models.JSONField(default=dict, help_text="What was read in the cells (lines.Line).")
    problems = models.JSONField(default=list, help_text="[[column, what is wrong, what to do]]")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.WAITING, blank=True)
    suspects = models.JSONField(
        default=list,
        help_text="Whom it may be, found while checked, the likeliest first: [[candidate, points, [reason]]]",
    )
    choice = models.CharField(
        max_length=4,
        choices=ImportBatch.Suspected.choices,
        blank=True,
        help_text="What becomes of it though it looks like somebody; empty: as for the whole list. Joins the first suspect.",
    )
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="import_rows"
    )
    effects = models.JSONField(default=dict, help_text="What the row made and changed, to take it back.")
    undone = models.BooleanField(default=False)
    kept_because = models.CharField(max_length=200, blank=True, help_text="Why undoing left this person alone.")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),)
        indexes = (models.Index(fields=["batch", "result", "number"], name="import_row_by_result"),)

    @property
    def name(self) -> str:
        return str(self.line.get("name", ""))

    @property
    def file(self) -> str:
        """The résumé in the archive this row is about; empty for a row of a list."""
        return str(self.line.get("file", ""))

    @property
    def title(self) -> str:
        return self.name or self.file or (str(self.candidate) if self.candidate else "No name")


def forgotten_before() -> dt.datetime:
    """Files and rows of imports that ended before are emptied: they hold personal data nobody needs any more."""
    from django.conf import settings

    return timezone.now() - dt.timedelta(days=settings.IMPORT_KEEP_DAYS)
