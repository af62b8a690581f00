"""The posting the public reads: its words in each language, its places with what they pay, and what was out when."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.conf.locale import LANG_INFO
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from hiring.models.jobs import Job, PayPeriod, Workplace

LONGEST_CODE = 10


def language_name(code: str) -> str:
    """“German”; the code itself where nobody knows a name."""
    return str(LANG_INFO.get(code, {}).get("name", code))


class PostingQuerySet(models.QuerySet["Posting"]):
    def live(self) -> Self:
        """What somebody may read and apply for now: published and begun, not past its last day, its job open and not confidential."""
        now = timezone.now()
        lasts = Q(expires_at=None) | Q(expires_at__gt=now)
        out = Q(status=Posting.Status.PUBLISHED, live_from__lte=now)
        return self.filter(lasts, out, job__status=Job.Status.OPEN, job__confidential=False)

    def public(self) -> Self:
        """What the world may read: live, and meant for everybody by now. Internal postings are never among these."""
        return self.live().filter(public_from__lte=timezone.now())

    def readable_by(self, user: Any) -> Self:
        """What whoever looks may read: everybody what is public, colleagues what is internal as well."""
        return self.live() if getattr(user, "is_authenticated", False) and user.is_active else self.public()

    def with_places(self) -> Self:
        """With job, department, and the places in their order: what a page, a list entry or a feed says of a posting."""
        places = PostingPlace.objects.select_related("location")
        return self.select_related("job__department", "job__location").prefetch_related(Prefetch("places", places))


class Posting(models.Model):
    """The advert of a job. `first_published_at` is JOB-5's datePosted: when everybody could first read it; it never changes again
    once it has passed, and an internal posting has none.

    It can be read while its status says published, from `live_from` by colleagues and from `public_from` by everybody; an
    internal posting has no `public_from`. A scheduled one waits for `publish_at`; `held_for` says what keeps it back then.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Not published"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        UNPUBLISHED = "unpublished", "Taken down"

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", "Everybody"
        COLLEAGUES = "colleagues", "Colleagues only"
        COLLEAGUES_FIRST = "colleagues_first", "Colleagues first, then everybody"

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="posting")
    slug = models.SlugField(max_length=120, unique=True)
    language = models.CharField(max_length=LONGEST_CODE, default="en", help_text="Of title and description, as in en.")
    title = models.CharField(max_length=150, help_text="The role only (JOB-3).")
    description = models.TextField(blank=True, help_text="Sanitised HTML.")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.DRAFT)
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.EVERYBODY)
    internal_days = models.PositiveSmallIntegerField(
        default=7, help_text="How long colleagues see it before everybody."
    )
    show_pay = models.BooleanField(default=True)
    remote_countries = models.CharField(max_length=60, blank=True, help_text="JOB-9: ISO codes, separated by commas.")
    questions = models.JSONField(
        default=list,
        blank=True,
        help_text="The form as it is being written (hiring/application_form); what is asked is its newest version.",
    )
    fields = models.JSONField(
        default=dict, blank=True, help_text="The usual fields of the form that are not as usual: {field: mode}."
    )
    publish_at = models.DateTimeField(null=True, blank=True, help_text="When a scheduled posting goes out.")
    scheduled_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_for = models.TextField(blank=True, help_text="What kept a scheduled posting back at its time.")
    live_from = models.DateTimeField(null=True, blank=True, help_text="Since when colleagues can read it.")
    public_from = models.DateTimeField(null=True, blank=True, help_text="Since when everybody can read it.")
    expires_at = models.DateTimeField(null=True, blank=True)
    first_published_at = models.DateTimeField(null=True, blank=True)
    unpublished_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    spoken: PostingTranslation | None = (
        None  # whose words it says, once it was asked to (sourcing/careers/languages.py)
    )
    drawn_sites: list[PostingPlace] | None = (
        None  # places that are being written, for showing (hiring/postings/drafting.py)
    )
    objects = PostingQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["status", "-first_published_at"], name="posting_by_status"),
            models.Index(
                fields=["-first_published_at", "-id"], condition=Q(status="published"), name="posting_newest_first"
            ),
            models.Index(fields=["publish_at"], condition=Q(status="scheduled"), name="posting_to_publish"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False), name="posting_scheduled_for_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(audience="colleagues") | Q(public_from=None), name="posting_internal_is_never_public"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(live_from__isnull=False), name="posting_published_since_a_time"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("careers:posting", args=[self.slug])

    def is_live(self, now: dt.datetime) -> bool:
        """What `PostingQuerySet.live` says of rows, of one that was read with its job."""
        is_out = self.status == Posting.Status.PUBLISHED and self.live_from is not None and self.live_from <= now
        lasts = self.expires_at is None or self.expires_at > now
        return is_out and lasts and self.job.status == Job.Status.OPEN and not self.job.confidential

    def is_public(self, now: dt.datetime) -> bool:
        """What `PostingQuerySet.public` says of rows, likewise."""
        return self.is_live(now) and self.public_from is not None and self.public_from <= now

    @property
    def apply_url(self) -> str:
        """Where its form is."""
        return reverse("careers:apply", args=[self.slug])

    @property
    def sites(self) -> list[PostingPlace]:
        """Its places in order, the primary one first. One that has none yet is where its job is."""
        if self.drawn_sites is not None:
            return self.drawn_sites
        if "places" not in getattr(self, "_prefetched_objects_cache", {}):
            models.prefetch_related_objects([self], Prefetch("places", PostingPlace.objects.select_related("location")))
        return list(self.places.all()) or [
            PostingPlace(posting=self, location=self.job.location, workplace=self.job.workplace)
        ]


class PostingPlace(models.Model):
    """One place of work of a posting, in the order of `position`; the first is the primary one.

    `pay` says what is said of pay here: the job's range, one of the place's own, or nothing.
    """

    class Pay(models.TextChoices):
        JOB = "job", "As the job"
        OWN = "own", "Its own range"
        NONE = "none", "Nothing"

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="places")
    location = models.ForeignKey("Location", on_delete=models.PROTECT, related_name="posting_places")
    position = models.PositiveSmallIntegerField(default=0)
    workplace = models.CharField(max_length=8, choices=Workplace.choices, default=Workplace.HYBRID)
    pay = models.CharField(max_length=4, choices=Pay.choices, default=Pay.JOB)
    pay_min = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_max = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_currency = models.CharField(max_length=3, default="EUR")
    pay_period = models.CharField(max_length=5, choices=PayPeriod.choices, default=PayPeriod.YEAR)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["posting", "location"], name="posting_place_once"),
            models.CheckConstraint(
                condition=Q(pay_min=None) | Q(pay_max=None) | Q(pay_min__lte=F("pay_max")),
                name="posting_place_pay_min_up_to_max",
            ),
        )

    def __str__(self) -> str:
        return self.location.name


class PostingTranslation(models.Model):
    """Title and description in another language. `translates` is the mark of the original words it was made from."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=LONGEST_CODE)
    title = models.CharField(max_length=150)
    description = models.TextField(blank=True, help_text="Sanitised HTML.")
    labels = models.JSONField(default=dict, blank=True, help_text="Questions in this language, by their key.")
    translates = models.CharField(max_length=32, blank=True)
    changed_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("language",)
        constraints = (models.UniqueConstraint(fields=["posting", "language"], name="posting_in_a_language_once"),)

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    def get_absolute_url(self) -> str:
        return reverse("careers:posting_in", args=[self.posting.slug, self.language])


class PostingVersion(models.Model):
    """What a posting said while it was out: written when it goes out, changes or ends, and never changed (JOB-22).

    `content` is everything a reader could see. A trigger keeps rows from being changed, and from being removed before
    three years have passed.
    """

    class Act(models.TextChoices):
        PUBLISHED = "published", "Published"
        CHANGED = "changed", "Changed"
        TAKEN_DOWN = "taken_down", "Taken down"
        EXPIRED = "expired", "Ended by its last day"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=10, choices=Act.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["posting", "number"], name="posting_version_once"),)

    def __str__(self) -> str:
        return f"{self.posting_id}, version {self.number}"
