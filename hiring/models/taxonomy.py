"""The taxonomy of skills and job titles that administrators edit; asked through hiring/taxonomy."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from hiring.taxonomy import key


class Named(models.Model):
    """Something by its one name. `key` is the name as it is compared, and unique."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False, db_collation="C")
    only_in_lists = models.BooleanField(
        "also an ordinary word",
        default=False,
        help_text="Like R or Go: found in texts only inside a list of skills, never in a sentence.",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **more: Any) -> None:
        self.key = key(self.name)
        super().save(*args, **more)

    def clean(self) -> None:
        """A name means one thing: says whose it is already."""
        self.key = key(self.name)
        if not self.key:
            raise ValidationError({"name": "This has neither a letter nor a digit."})
        for model in self.namesakes():
            other = model.objects.filter(key=self.key).exclude(**self.own(model)).first()
            if other:
                raise ValidationError({"name": f"“{self.name}” is already a name of {other.of}."})

    @property
    def of(self) -> str:
        """What this is a name of."""
        return self.name

    @classmethod
    def namesakes(cls) -> tuple[type[Any], ...]:
        """The models whose names must differ from this one's."""
        return (Skill, SkillName) if cls in (Skill, SkillName) else (Title, TitleName)

    def own(self, model: type[Any]) -> dict[str, Any]:
        """Which rows of `model` may have this name: this one itself."""
        return {"pk": self.pk} if model is type(self) else {"pk": None}


class Entry(Named):
    area = models.CharField(max_length=80, blank=True)
    broader = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="narrower",
        help_text="What somebody with this one can be asked for as well: Java EE answers a question for Java.",
    )

    class Meta:
        abstract = True
        ordering = ("name",)


class Skill(Entry):
    """A skill by its canonical name."""


class SkillName(Named):
    """Another name of a skill: K8s of Kubernetes."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="names")

    class Meta:
        ordering = ("name",)

    @property
    def of(self) -> str:
        return self.skill.name


class Title(Entry):
    """A job title by its canonical name, without seniority."""


class TitleName(Named):
    """Another name of a title, in whatever language: Softwareentwickler of Software Engineer."""

    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="names")

    class Meta:
        ordering = ("name",)

    @property
    def of(self) -> str:
        return self.title.name


class TaxonomyVersion(models.Model):
    """One row that counts the changes of the tables above; triggers write it, processes look at it."""

    version = models.BigIntegerField(default=0)


class TaxonomyChange(models.Model):
    """A name of a skill that means something else now, and the search copies that were written before: due until `done_at`.

    Triggers write it, through whichever door the change came; hiring/taxonomy_changes.py rewrites the copies and says how far
    it is. `becomes` is what a skill is called now that was called `name`.
    """

    name = models.TextField()
    becomes = models.TextField(blank=True, default="")
    at = models.DateTimeField("changed", db_default=Now())
    people = models.IntegerField(null=True, help_text="Whose copies have or say the name; unknown before it begins.")
    rewritten = models.IntegerField(default=0, db_default=0)
    last_candidate = models.BigIntegerField(default=0, db_default=0, editable=False)
    done_at = models.DateTimeField("done", null=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["at"], condition=models.Q(done_at=None), name="taxonomy_change_due"),)

    def __str__(self) -> str:
        return f"{self.name} → {self.becomes}" if self.becomes else self.name

    @property
    def progress(self) -> str:
        if self.done_at:
            return f"done, {self.rewritten:,} rewritten"
        return "begins in a moment" if self.people is None else f"{self.rewritten:,} of {self.people:,}"
