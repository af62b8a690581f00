"""Import, then undo, equals the start: row by row over every table an import writes, for random people and random lists."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import candidates, custom_fields, identity, merging, notes
from hiring.candidate_rows import column_values
from hiring.models import (
    Candidate,
    CandidateTag,
    CandidateValue,
    ContactPoint,
    CustomField,
    Document,
    Note,
    ProcessingBasis,
    Suppression,
    Tag,
)
from sourcing import pools
from sourcing.imports import batches, steps
from sourcing.imports.models import ImportRow
from sourcing.models import PoolMember
from tests.factories import SourceFactory, UserFactory

TABLES = (
    Candidate,
    CandidateValue,
    ContactPoint,
    CandidateTag,
    Tag,
    PoolMember,
    ProcessingBasis,
    Note,
    Document,
    Suppression,
)
BOOKKEEPING = {"updated_at"}  # says when the row was last written, and the undoing wrote it
COLUMNS = ["name", "email", "phone", "link", "company", "location", "tags", "notes", "cf.notice", "cf.languages"]

EMAILS = [f"p{n}@mail.example" for n in range(5)]
PHONES = ["+33639980001", "+33639980002"]
LINKS = [f"https://github.com/p{n}" for n in range(3)]
NAMES = ["Ada Byron", "Ada King", "Noor Haddad", "Karl Ohm", ""]
some = st.sampled_from
row = st.tuples(
    some(NAMES),
    some([*EMAILS, ""]),
    some([*PHONES, "", ""]),
    some([*LINKS, "", ""]),
    some(["Enedis", "RTE", ""]),
    some(["Lyon", ""]),
    some(["python", "Python; sql", ""]),
    some(["Met at the fair", "", ""]),
    some(["3", "6.5", "many", ""]),
    some(["English", "English; French", "", ""]),
)
person = st.tuples(some(NAMES[:-1]), some([*EMAILS, ""]), some([*PHONES, ""]), some([*LINKS, ""]), some(["Alstom", ""]))


def everything():
    return {
        (model.__name__, found.pk): {
            key: value for key, value in column_values(found).items() if key not in BOOKKEEPING
        }
        for model in TABLES
        for found in model._base_manager.all()
    }


def without(people, rows):
    """The rows that hang on nobody of these; tags belong to all."""
    return {
        (table, pk): values
        for (table, pk), values in rows.items()
        if table != "Tag" and int(values["id"] if table == "Candidate" else values.get("candidate_id", 0)) not in people
    }


class World:
    """People as they are before, and the one who imports."""

    def __init__(self, people):
        self.by = UserFactory()
        self.source = SourceFactory()
        self.pool = pools.create(name="Fair", owner=self.by)
        for name, email, phone, link, company in people:
            identity.match_or_create(
                name=name, emails=[email], phones=[phone], links=[link], company=company, by=self.by,
                purpose="sourcing", basis="legitimate_interest",
            )  # fmt: skip
        _, languages = (
            CustomField.objects.create(kind="candidate", key=key, name=key.title(), type=type)
            for key, type in (("notice", "number"), ("languages", "multi"))
        )
        english, german = (languages.options.create(label=label) for label in ("English", "German"))
        languages.options.create(label="French")
        for place, person in enumerate(Candidate.objects.order_by("pk")):
            if place % 2:
                custom_fields.set_values(person, self.by, {"notice": "3", "languages": [english.pk, german.pk]})
            if place % 4 == 3:
                custom_fields.set_values(person, self.by, {"notice": "", "languages": []})

    def imported(self, rows, **facts):
        out = io.StringIO()
        csv.writer(out).writerows([[key.title() for key in COLUMNS], *rows])
        batch = batches.take(SimpleUploadedFile("list.csv", out.getvalue().encode()), by=self.by)
        batches.start_check(
            batch, mapping=COLUMNS, purpose="pool", basis="consent", source=self.source, region="FR", **facts
        )
        steps.do(batch.pk)
        batch.refresh_from_db()
        batches.start_run(batch)
        steps.do(batch.pk)
        batch.refresh_from_db()
        return batch

    def undo(self, batch):
        batches.start_undo(batch, by=self.by)
        steps.do(batch.pk)
        batch.refresh_from_db()
        return batch


quickly = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


class UndoIsTheStart(TestCase):
    @quickly
    @given(
        people=st.lists(person, max_size=5),
        rows=st.lists(row, min_size=1, max_size=8),
        overwrite=st.booleans(),
        all_of=st.booleans(),
    )
    def test_import_and_undo_leave_everything_as_it_was(self, people, rows, overwrite, all_of):
        world = World(people)
        before = everything()

        batch = world.imported(
            rows,
            overwrite=overwrite,
            pool=world.pool if all_of else None,
            tag="Fair" if all_of else "",
            owner=world.by if all_of else None,
        )
        assert {found.result for found in batch.rows.all()} <= {"new", "updated", "same", "duplicate", "error"}
        world.undo(batch)

        assert everything() == before
        world.undo(batch)  # twice is once
        assert everything() == before

    @quickly
    @given(
        people=st.lists(person, max_size=4),
        rows=st.lists(row, min_size=2, max_size=8),
        picks=st.lists(st.integers(0, 9), max_size=3),
    )
    def test_what_colleagues_did_in_between_stays(self, people, rows, picks):
        world = World(people)
        before = everything()
        batch = world.imported(rows)
        living = list(Candidate.objects.order_by("pk"))
        touched = {living[pick % len(living)].pk for pick in picks} if living else set()
        for pk in sorted(touched):
            notes.write(Candidate.objects.get(pk=pk), "A word of mine", by=world.by)
            candidates.tag(Candidate.objects.get(pk=pk), "mine", by=world.by)

        world.undo(batch)

        assert set(Candidate.objects.values_list("pk", flat=True)) >= touched
        assert Note.objects.filter(text="A word of mine").count() == len(touched)
        assert CandidateTag.objects.filter(tag__name="mine").count() == len(touched)
        assert without(touched, everything()) == without(touched, before)

    @quickly
    @given(people=st.lists(person, max_size=4), rows=st.lists(row, min_size=1, max_size=6))
    def test_rows_together_do_what_they_would_one_by_one(self, people, rows):
        """Set by set or row by row, the people are the same: `identity.match_or_create` is the measure."""
        world = World(people)
        for name, email, phone, link, company, location, *_ in rows:
            known = identity.match([email], [phone], [link], name=name)
            if (name or known) and (email or phone or link):
                identity.match_or_create(
                    name=name or known.name, emails=[email], phones=[phone], links=[link], company=company, location=location,
                    source=world.source, by=world.by, purpose="pool", basis="consent",
                )  # fmt: skip
        wanted = _people()
        Candidate.objects.all().delete()
        _again(world, people)

        world.imported(rows)

        assert _people() == wanted


def _again(world, people):
    for name, email, phone, link, company in people:
        identity.match_or_create(
            name=name, emails=[email], phones=[phone], links=[link], company=company, by=world.by,
            purpose="sourcing", basis="legitimate_interest",
        )  # fmt: skip


def _people():
    return sorted(
        (
            one.name,
            one.company,
            one.location,
            sorted(one.contact_points.values_list("kind", "value", "is_primary")),
            sorted(one.bases.values_list("purpose", "basis")),
        )
        for one in Candidate.objects.all()
    )


@pytest.mark.django_db
def test_somebody_merged_since_is_kept_until_the_merge_is_taken_back(recruiter):
    world = World([("Ada King", "old@mail.example", "", "", "")])
    old = Candidate.objects.get()
    before = everything()
    batch = world.imported([("Ada Byron", "p1@mail.example", "", "", "Enedis", "", "python", "", "3", "French")])
    new = Candidate.objects.get(name="Ada Byron")
    merged = merging.merge(old, new, by=recruiter)

    world.undo(batch)
    assert ImportRow.objects.get().kept_because == "Merged into Ada King since. Take that merge back first."
    assert ContactPoint.objects.get(value="p1@mail.example").candidate == old

    merging.unmerge(merged, by=recruiter)
    world.undo(batch)
    kept = ImportRow.objects.get().kept_because
    assert (everything() == before) or kept.startswith("Kept:")
