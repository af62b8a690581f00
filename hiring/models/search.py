"""What searching keeps: the search copy of a person, the words of names, and the log of who searched what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from hiring import access

if TYPE_CHECKING:
    from hiring.models.people import User


class CandidateSearch(models.Model):
    """The search copy of a candidate, one to one. Rewritten from the record by hiring/search_copy.py; never the truth.

    What changes often (stage, pool, last contact) is not in it: one indexed column that changes would write every index anew
    (docs/performance.md). Such facts are joined by id.
    """

    candidate = models.OneToOneField("Candidate", primary_key=True, on_delete=models.CASCADE, related_name="search")
    name_norm = models.TextField(db_collation="C")
    tsv = SearchVectorField(help_text="Name (A), headline, employer, place and tags (B), résumé (C).")
    skills = ArrayField(models.TextField(), default=list, help_text="Canonical names as compared (hiring/taxonomy).")
    facts = SearchVectorField(
        default="",
        help_text="Words marked by what they are of: t:engineer c:siemens l:berlin g:fr; hiring/search_facts.py.",
    )
    titles = models.TextField(default="", help_text="Job titles, folded, each between bars: for phrases.")
    companies = models.TextField(default="", help_text="Employers, likewise.")
    place = models.IntegerField(default=0, help_text="Number of the city (hiring/query/places.txt), 0 unknown.")
    years = models.SmallIntegerField(null=True, help_text="Whole years of experience.")
    months = models.SmallIntegerField(null=True, help_text="The same in months; none in copies of an older version.")
    layout = models.SmallIntegerField(default=0, help_text="0: written by an older version, to be written anew.")
    indexed_at = models.DateTimeField()

    class Meta:
        indexes = (
            GinIndex(fields=["tsv"], name="candidate_search_tsv", fastupdate=False),
            GinIndex(fields=["skills", "facts", "place"], name="candidate_search_facts", fastupdate=False),
            models.Index(fields=["name_norm"], name="candidate_search_name"),
            models.Index(fields=["years"], name="candidate_search_years"),
            models.Index(fields=["candidate"], condition=Q(layout=0), name="candidate_search_unfilled"),
        )


class NameToken(models.Model):
    """A word of somebody's name. Words, not people: how many have it is not kept."""

    token = models.TextField(primary_key=True, db_collation="C")


class NameForm(models.Model):
    """A word of a name, or what is left of it without one letter: two words one slip apart share a form."""

    form = models.TextField(db_collation="C")
    token = models.TextField(db_collation="C")

    class Meta:
        indexes = (models.Index(fields=["form"], include=["token"], name="name_form_lookup"),)


class SearchRecordQuerySet(models.QuerySet["SearchRecord"]):
    def visible_to(self, user: User) -> Self:
        return self.all() if access.can_see_search_log(user) else self.none()


class SearchRecord(models.Model):
    """EQ-12: who searched what, for which job, when, and whom the pages they looked at showed. Kept for a time
    (SEARCH_LOG_DAYS), in no application log."""

    at = models.DateTimeField()
    by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="searches", db_index=False)
    query = models.TextField()
    job = models.ForeignKey("Job", null=True, on_delete=models.SET_NULL, related_name="searches")
    total = models.IntegerField(null=True)
    is_estimate = models.BooleanField(default=False)
    shown = ArrayField(models.BigIntegerField(), default=list, help_text="Candidates on the pages that were opened.")

    objects = SearchRecordQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["-at", "-id"], name="search_record_recent"),
            models.Index(fields=["by", "-at"], name="search_record_by_person"),
        )
