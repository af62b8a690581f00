"""The person: one row a human, the contact points that identify them, and what colleagues wrote about them.

The candidate row stays narrow (docs/performance.md): résumé text lives with its document, the search
copy in `CandidateSearch`, and columns that change often are never indexed beside the full-text index.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse

from hiring import access, masks
from hiring.models.people import check_time_zone
from hiring.models.sources import Source

if TYPE_CHECKING:
    from hiring.models.people import User


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def live(self) -> Self:
        """People as they are counted: a row merged into another is history."""
        return self.filter(merged_into=None)

    def visible_to(self, user: User) -> Self:
        return self.live().filter(access.candidates_visible_to(user))

    def for_row(self) -> Self:
        return self.select_related("owner", "source")


class Candidate(models.Model):
    """One human, whether sourced, referred, applied, rejected or hired. Never one row a job."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(
        max_length=200, blank=True, db_collation="C", help_text="The name folded for sorting and prefix search."
    )
    headline = models.CharField(max_length=200, blank=True, help_text="Current title and employer, in a line.")
    company = models.CharField(max_length=120, blank=True)
    location = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_time_zone])
    language = models.CharField(max_length=5, default="en")
    owner = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="candidates")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="candidates")
    source_note = models.CharField(max_length=200, blank=True)
    referred_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")

    do_not_contact = models.BooleanField(default=False)
    do_not_contact_reason = models.CharField(max_length=200, blank=True)
    collected_at = models.DateTimeField(help_text="When we first held data of this person.")
    notice_due_on = models.DateField(null=True, blank=True, help_text="PRIV-4: when the Article 14 notice is due.")
    notice_sent_at = models.DateTimeField(null=True, blank=True)
    last_contacted_at = models.DateTimeField(null=True, blank=True, help_text="Our last message or call.")
    last_sign_of_life_at = models.DateTimeField(
        null=True, blank=True, help_text="PRIV-16: the person's own last act; freezes automated outreach."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = CandidateQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["-updated_at", "-id"], name="candidate_recent"),
            models.Index(fields=["name_key", "id"], name="candidate_by_name"),
            models.Index(fields=["owner", "-updated_at"], name="candidate_by_owner"),
            models.Index(
                Greatest("last_contacted_at", "last_sign_of_life_at").desc(nulls_last=True),
                F("id").desc(),
                name="candidate_by_last_contact",
            ),
            models.Index(fields=["notice_due_on"], condition=Q(notice_sent_at=None), name="candidate_notice_due"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("candidate", args=[self.pk])

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        loaded = super().from_db(db, field_names, values, **kwargs)
        masks.met(loaded.pk)
        return loaded

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """What is stored is the truth, whoever stores it."""
        with masks.lifted():
            super().save_base(*args, **kwargs)

    @property
    def last_contact(self) -> tuple[str, dt.datetime] | None:
        """The last word between us in either direction, and whose it was."""
        theirs, ours = self.last_sign_of_life_at, self.last_contacted_at
        if theirs and (not ours or theirs >= ours):
            return "was in touch", theirs
        return ("contacted", ours) if ours else None

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


masks.cover(
    Candidate,
    name=lambda mask, name: mask,
    name_key=lambda mask, key: mask.lower(),
    headline=lambda mask, headline: "",
    source_note=lambda mask, note: "",
    do_not_contact_reason=lambda mask, reason: "",
)


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def emails(self) -> Self:
        return self.filter(kind=ContactPoint.Kind.EMAIL)


class ContactPoint(models.Model):
    """A typed e-mail, phone or profile link, raw and normalised; the keys of identity (hiring/identity.py).

    `live` follows the candidate: it turns false when the row is merged away, and the unique index lets go.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        LINK = "link", "Profile link"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    raw = models.CharField(max_length=320)
    value = models.CharField(max_length=320, db_collation="C", help_text="Normalised; compared byte by byte.")
    is_primary = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-is_primary", "pk")  # a merge appends what came with the other record; kinds stay together
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=Q(is_live=True, kind__in=["email", "link"]),
                name="one_person_per_contact_point",
            ),
            models.UniqueConstraint(fields=["candidate", "kind", "value"], name="contact_point_once_a_person"),
        )
        indexes = (models.Index(fields=["value"], name="contact_point_value"),)

    def __str__(self) -> str:
        return self.raw


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CandidateTag(models.Model):
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses")
    added_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("tag__name",)
        constraints = (models.UniqueConstraint(fields=["candidate", "tag"], name="tag_once_a_person"),)


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.notes_visible_to(user))


class Note(models.Model):
    """What a colleague wrote: a note, or the record of a call. The timeline points here, so that erasing a person is one place."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        CALL = "call", "Call"

    class Visibility(models.TextChoices):
        EVERYONE = "everyone", "Everyone"
        TEAM = "team", "Hiring team"
        PRIVATE = "private", "Only me"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="notes")
    job = models.ForeignKey("Job", null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.NOTE)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.TEAM)
    text = models.TextField(max_length=20_000)
    mentions = models.JSONField(default=list, help_text="[[from, to, colleague]]: whom the text names, and where.")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Taken back by its author; shown to nobody.")

    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="What it was written with was taken back; it is shown and says so."
    )

    not_told: ClassVar[Sequence[User]] = ()  # whom it mentions who may not see it: set by the verb that wrote it
    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["candidate", "-created_at"], name="note_by_candidate"),
            GinIndex(SearchVector("text", config="tl_text"), name="note_words"),
        )


class NoteVersion(models.Model):
    """What a note said before it was edited, and who could read it then."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    visibility = models.CharField(max_length=8)
    at = models.DateTimeField(help_text="Until when it said this.")

    class Meta:
        ordering = ("-at", "-pk")


class Follow(models.Model):
    """Somebody wants to know what happens to a person, or on a job. One of the two is set (hiring/following.py)."""

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="follows", db_index=False)
    candidate = models.ForeignKey(Candidate, null=True, on_delete=models.CASCADE, related_name="follows")
    job = models.ForeignKey("Job", null=True, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "candidate"], name="follows_a_person_once"),
            models.UniqueConstraint(fields=["user", "job"], name="follows_a_job_once"),
            models.CheckConstraint(
                condition=Q(candidate=None, job__isnull=False) | Q(candidate__isnull=False, job=None),
                name="follows_one_thing",
            ),
        )


class Task(models.Model):
    """Something a colleague promised to do, by a day; about a candidate or by itself."""

    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    assignee = models.ForeignKey("User", on_delete=models.PROTECT, related_name="tasks")
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    not_told: ClassVar[Sequence[User]] = ()  # as with notes

    class Meta:
        indexes = (models.Index(fields=["assignee", "due_on"], condition=Q(done_at=None), name="task_open"),)
