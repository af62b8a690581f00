"""A board's settings, what is sent to it against its settings, and who fetched its feed."""

from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.urls import reverse

from hiring.models import Department, Location, Posting, Source, User


def new_token() -> str:
    return secrets.token_hex(12)


class BoardQuerySet(models.QuerySet["Board"]):
    def with_settings(self) -> Self:
        return self.select_related("source").prefetch_related("departments", "locations")


class Board(models.Model):
    """One reader of our postings. `key` names its format (sourcing/boards/registry.py)."""

    class Scope(models.TextChoices):
        ALL = "all", "Every public posting"
        ONLY = "only", "Only these departments and locations"
        EXCEPT = "except", "All but these departments and locations"

    key = models.SlugField(max_length=20, unique=True)
    is_on = models.BooleanField(default=False)
    token = models.CharField(
        max_length=32, default=new_token, help_text="Part of the address; a new one revokes the old."
    )
    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="boards",
        help_text="What applications carry.",
    )
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.ALL)
    departments = models.ManyToManyField(Department, blank=True, related_name="boards")
    locations = models.ManyToManyField(Location, blank=True, related_name="boards")
    company_id = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of what was last sent.")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When that came to be: Last-Modified.")

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("sourcing:board", args=[self.key])


class BoardChoiceQuerySet(models.QuerySet["BoardChoice"]):
    def of(self, board: Board) -> Self:
        return self.filter(board=board)


class BoardChoice(models.Model):
    """A posting that goes to a board, or stays away from it, whatever the board's settings say."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="choices")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="board_choices")
    is_wanted = models.BooleanField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = BoardChoiceQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["board", "posting"], name="one_choice_a_board"),)


class BoardFetchQuerySet(models.QuerySet["BoardFetch"]):
    def of(self, board: Board) -> Self:
        return self.filter(board=board).order_by("-at", "-pk")


class BoardFetch(models.Model):
    """That a feed was fetched: by which kind of program, with what answer. No address and no name of anybody.

    Answers that carried nothing (304, 404) are counted in one row for a while (sourcing/boards/fetches.py).
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    jobs = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    agent = models.CharField(max_length=20)
    times = models.PositiveIntegerField(default=1)
    is_whole = models.BooleanField(default=True, help_text="False when the reader hung up half-way.")

    objects = BoardFetchQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["board", "-at", "-id"], name="fetches_of_a_board"),)
