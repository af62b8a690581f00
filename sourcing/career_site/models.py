"""What administrators set of the career site. One row with its words, links and pictures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

LONGEST_INTRO = 4_000


class CareerSite(models.Model):
    """The one row. Until it is on, visitors see the plain site, and administrators the one that is being made."""

    is_on = models.BooleanField(default=False, help_text="Visitors see it.")
    name = models.CharField(
        max_length=80, blank=True, help_text="As the site is headed. Empty: the organisation's name."
    )
    colour = models.CharField(max_length=7, blank=True, help_text="Of buttons and links, such as #1a4fd0. Empty: ours.")

    class Meta:
        verbose_name = verbose_name_plural = "career site"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_career_site"),)

    def __str__(self) -> str:
        return "Career site"

    def save(self, *args: object, **more: object) -> None:
        self.pk = 1
        super().save(*args, **more)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("careers:look_preview")


class CareerText(models.Model):
    """What the home page says first, in one language. `intro` is sanitised HTML."""

    site = models.ForeignKey(CareerSite, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, default="en")
    tagline = models.CharField(max_length=90, help_text="The large line of the home page.")
    intro = models.TextField(max_length=LONGEST_INTRO, blank=True, help_text="A few sentences below it.")

    class Meta:
        ordering = ("language",)
        verbose_name = "text"
        constraints = (models.UniqueConstraint(fields=["site", "language"], name="career_text_once_a_language"),)

    def __str__(self) -> str:
        return f"{self.tagline} ({self.language})"


class CareerLink(models.Model):
    """A link at the foot of every page, such as imprint and privacy; of one language, or of all."""

    site = models.ForeignKey(CareerSite, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=60)
    url = models.URLField(max_length=300, verbose_name="address")
    language = models.CharField(max_length=10, blank=True, help_text="Empty: on pages of every language.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "link"

    def __str__(self) -> str:
        return self.label


class CareerImage(models.Model):
    """A picture, as it is served: checked, drawn anew or cleaned (pictures.py)."""

    class Kind(models.TextChoices):
        LOGO = "logo", "Logo"
        SHARE = "share", "Picture for shared links"
        ICON = "icon", "Icon of the browser's tab"

    site = models.ForeignKey(CareerSite, on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    digest = models.CharField(max_length=16)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["site", "kind"], name="career_image_once_a_kind"),)

    def __str__(self) -> str:
        return self.get_kind_display()
