"""What the law of a place wants of a posting, as rows (JOB-20), and what people answered where a rule cannot be kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hiring.models.postings import Posting


class PostingRule(models.Model):
    """One thing that is wanted of postings in one jurisdiction. `kind` says how it is asked, the other fields what for.

    A posting that breaks a rule is not published, unless the rule allows an exemption and somebody records why it does not
    apply. Organisations switch off what is not for them (too few people, no federal contract) and add rows of their own.
    """

    class Kind(models.TextChoices):
        PAY = "pay", "The pay is given and shown"
        CLOSED_PAY = "closed_pay", "The pay is given with both ends"
        SPREAD = "spread", "The pay range is narrow enough"
        LAST_DAY = "last_day", "There is a last day to apply"
        WORDS = "words", "The text says something"
        NO_WORDS = "no_words", "Text and form leave something out"
        NEUTRAL_TITLE = "neutral_title", "The title is for all genders"
        DONE = "done", "Something is done elsewhere, and recorded"

    class When(models.TextChoices):
        ALWAYS = "always", "Always"
        AI = "ai", "Where software judges applications"

    key = models.SlugField(max_length=40, unique=True)
    jurisdiction = models.CharField(
        max_length=8, help_text="EU, a country such as FR, a state such as US-CO, or US-NYC."
    )
    kind = models.CharField(max_length=13, choices=Kind.choices)
    when = models.CharField(max_length=6, choices=When.choices, default=When.ALWAYS)
    only_public = models.BooleanField(default=True, help_text="Not for postings that only colleagues read.")
    message = models.CharField(max_length=300, help_text="What has to be done, in a sentence to whoever writes it.")
    law = models.CharField(max_length=120, blank=True)
    applies_to = models.CharField(max_length=120, blank=True, help_text="Who it is for: employers of 15 or more.")
    words = models.TextField(blank=True, help_text="What has to stand in the text, or may not: one wording a line.")
    proposal = models.TextField(blank=True, help_text="A sentence that can be put into the text.")
    most = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="How wide a pay range may be."
    )
    unless_above = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="A range that reaches higher may be wider."
    )
    may_be_exempted = models.BooleanField(default=True, help_text="Somebody may record why it does not apply.")
    is_on = models.BooleanField(default=True, help_text="Whether it is for this organisation.")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="The first day it no longer holds.")

    class Meta:
        ordering = ("jurisdiction", "key")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.jurisdiction}"


class RuleAnswer(models.Model):
    """Somebody's word on a rule for one posting: why it does not apply, or what was done elsewhere to keep it (JOB-20, JOB-20d)."""

    class Kind(models.TextChoices):
        EXEMPT = "exempt", "Does not apply"
        DONE = "done", "Done"

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="rule_answers")
    rule = models.ForeignKey(PostingRule, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=["posting", "rule"], condition=Q(taken_back_at=None), name="one_answer_to_a_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.get_kind_display()}"
