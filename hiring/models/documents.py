"""Files about a candidate. The original is only ever handed out as an attachment; what people read are page images and text."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hiring import access
from hiring.models.candidates import Candidate

if TYPE_CHECKING:
    from hiring.models.people import User


def random_key(document: Document, filename: str) -> str:
    """SEC-17: the storage key says nothing about the person or the file."""
    return f"documents/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


def page_key(page: PageImage, filename: str) -> str:
    return f"pages/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}.png"


class DocumentQuerySet(models.QuerySet["Document"]):
    def waiting(self) -> Self:
        """Stored, not read yet: what the reading worker finds, whatever became of the broker (invariant 10)."""
        return self.filter(status=Document.Status.STORED)

    def held(self) -> Self:
        """Kept from everybody until a virus scanner has called it clean (SEC-16)."""
        return self.filter(status=Document.Status.HELD)

    def visible_to(self, user: User) -> Self:
        return self.filter(access.documents_visible_to(user), candidate__in=Candidate.objects.visible_to(user))


class Document(models.Model):
    """One uploaded or generated file, immutable once stored."""

    class Kind(models.TextChoices):
        RESUME = "resume", "Résumé"
        COVER_LETTER = "cover_letter", "Cover letter"
        OFFER_LETTER = "offer_letter", "Offer letter"
        ANSWER = "answer", "Answer on a form"
        PRIVATE = "private", "Private answer"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        STORED = "stored", "Waiting to be read"
        READING = "reading", "Being read"
        HELD = "held", "Held for the virus scanner"
        READY = "ready", "Read"
        FAILED = "failed", "Could not be read"
        REFUSED = "refused", "Refused"  # kept for the record, never opened again

    CHOSEN = (Kind.RESUME, Kind.COVER_LETTER, Kind.OTHER)
    """The kinds a colleague gives a file; the others are made by the offer or the form they belong to."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    file = models.FileField(upload_to=random_key, max_length=120)
    name = models.CharField(max_length=200, help_text="As the person called it, cleaned for display and download.")
    content_type = models.CharField(max_length=100, help_text="Found from the bytes, never believed from the client.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.STORED)
    problem = models.CharField(
        max_length=300, blank=True, help_text="A sentence for the recruiter when it could not be read."
    )
    withheld = models.CharField(
        max_length=200,
        blank=True,
        help_text="What it would do by itself when opened: then only pages and text are shown (SEC-15).",
    )
    hides = models.CharField(
        max_length=200, blank=True, help_text="How much it says that nobody sees, and how: 214 words beside the page."
    )
    page_count = models.PositiveSmallIntegerField(default=0)
    can_wait = models.BooleanField(
        default=False, help_text="One of many that came in one load: read after what somebody waits for."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    reading_since = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="When a held file is shown to the scanner again."
    )
    series = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="The first version's number where a file replaced another one; the résumés of a person are one series, 0.",
    )
    version = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="Within its series; never given twice."
    )
    uploaded_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    stored_at = models.DateTimeField(
        db_default=Now(), help_text="When the row was written; uploaded_at may be told of the past."
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["candidate", "-uploaded_at"], name="document_by_candidate"),
            models.Index(fields=["id"], condition=Q(status__in=["stored", "reading"]), name="document_unread"),
            models.Index(fields=["sha256"], name="document_sha256"),
            models.Index(fields=["held_until"], condition=Q(status="held"), name="document_held"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def own_series(self) -> int:
        """The series later versions of this file belong to."""
        return 0 if self.kind == self.Kind.RESUME else self.series or self.pk

    @property
    def is_being_read(self) -> bool:
        return self.status in (self.Status.STORED, self.Status.READING)

    @property
    def is_recognised(self) -> bool:
        """Whether its text was recognised from a scan, with letters that may be wrong. Asks."""
        return Recognition.objects.filter(document=self.pk, status=Recognition.Status.DONE).exists()

    @property
    def may_be_shown(self) -> bool:
        """Whether there are pages and text of it that people may see."""
        return self.status == self.Status.READY

    @property
    def may_be_downloaded(self) -> bool:
        """SEC-16, fail closed: the original goes out only once it was looked through and nothing was found. That holds for one
        without a readable text, too; what could not be looked through is withheld."""
        return self.status in (self.Status.READY, self.Status.FAILED) and not self.withheld


class DocumentText(models.Model):
    """The text of a document: in its own table, so that listing documents never drags résumés along."""

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.CASCADE, related_name="extracted")
    text = models.TextField()
    unseen = models.TextField(
        blank=True, help_text="What the file says and nobody sees: kept to be looked at, no part of the text."
    )
    reader_version = models.CharField(max_length=20)


class DocumentPlaces(models.Model):
    """Where the words of a document's text stand on its pages: rows of start, end, page, left, top, width, height
    (hiring/documents/places.py)."""

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.CASCADE, related_name="places")
    words = models.JSONField(default=list)


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def due(self) -> Self:
        """Scans whose text waits to be recognised (invariant 10)."""
        return self.filter(status=Recognition.Status.DUE)


class Recognition(models.Model):
    """The recognition of a scan's text, which is read with less certainty than text that was written as such."""

    class Status(models.TextChoices):
        DUE = "due", "Waiting to be recognised"
        WORKING = "working", "Being recognised"
        DONE = "done", "Recognised"
        FAILED = "failed", "Could not be recognised"
        ABSENT = "absent", "No text recognition installed"

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.CASCADE, related_name="recognition")
    status = models.CharField(max_length=7, choices=Status.choices)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(status__in=["due", "working", "absent"]), name="recognition_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"Recognition of {self.document_id}"

    @property
    def is_awaited(self) -> bool:
        return self.status in (self.Status.DUE, self.Status.WORKING)


class PageImage(models.Model):
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    image = models.FileField(upload_to=page_key, max_length=120)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="one_image_a_page"),)


class RemovedDocument(models.Model):
    """What is left of a document that was deleted: that it was there, who deleted it and why. `document` is the number it had.

    `files` are its keys in storage until they are gone from there; `files_due_at` is set as long as they wait (invariant 10).
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="removed_documents")
    document = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=Document.Kind.choices)
    name = models.CharField(max_length=200)
    series = models.BigIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    files = models.JSONField(default=list)
    files_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["files_due_at"], condition=Q(files_due_at__isnull=False), name="removed_document_files"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_removed(self) -> bool:
        return True


def piece_key(piece: DraftPiece, filename: str) -> str:
    return f"drafts/{uuid.uuid4().hex}"


class DraftFileQuerySet(models.QuerySet["DraftFile"]):
    def to_read(self) -> Self:
        return self.filter(reading=DraftFile.Reading.DUE)


class DraftFile(models.Model):
    """A file for a form that is not sent yet: on its way, piece by piece, or whole and checked. It is nobody's document; it is
    gone when the form was sent, or when nobody came back for it (hiring/documents/drafts.py)."""

    class Reading(models.TextChoices):
        NONE = "", "Not asked for"
        DUE = "due", "Waiting to be read"
        READING = "reading", "Being read"
        READ = "read", "Read"
        FAILED = "failed", "Could not be read"

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="Of the whole file, as announced; as it is once it is whole.")
    received = models.PositiveIntegerField(default=0)
    format = models.CharField(max_length=4, blank=True, help_text="Empty until it is whole and checked.")
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to=random_key, max_length=120, blank=True)
    sent_from = models.CharField(max_length=64, blank=True, help_text="A digest of the network address, to count by.")
    touched_at = models.DateTimeField()
    reading = models.CharField(max_length=8, choices=Reading.choices, default=Reading.NONE, blank=True)
    reading_since = models.DateTimeField(null=True, blank=True)
    person = models.JSONField(default=dict, blank=True, help_text="Whose it is and how to reach them, as it says.")

    objects = DraftFileQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["touched_at"], name="draft_file_age"),
            models.Index(fields=["sent_from"], name="draft_file_by_origin"),
            models.Index(fields=["id"], condition=Q(reading__in=["due", "reading"]), name="draft_file_unread"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return bool(self.format)


class DraftPiece(models.Model):
    """A part of a file that is on its way; the bytes from `offset` on."""

    draft = models.ForeignKey(DraftFile, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveIntegerField()
    file = models.FileField(upload_to=piece_key, max_length=120)

    class Meta:
        ordering = ("offset",)
        constraints = (models.UniqueConstraint(fields=["draft", "offset"], name="each_piece_once"),)
