"""Sources by every name they arrive under, and merging two without losing anything."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import query, source_tasks, sources
from hiring.errors import Refused
from hiring.models import Candidate, Source, SourceAlias, SourceMerge
from pipeline.filters import Filters
from pipeline.models import Application, RuleVersion
from pipeline.rules import facts
from sourcing.views import sources as view
from tests import factories
from tests.factories import ApplicationFactory, CandidateFactory, SourceFactory


@pytest.fixture
def linkedin(db):
    return SourceFactory(name="LinkedIn", kind="social")


@pytest.fixture
def double(db):
    """The same source under another name, with a person and an application."""
    source = SourceFactory(name="Linked In jobs", kind="job_board")
    ApplicationFactory(candidate=CandidateFactory(source=source), source=source)
    return source


def merged(source, into, by=None) -> SourceMerge:
    made = sources.merge(source, into, by=by)
    assert sources.carry(made.pk)
    made.refresh_from_db()
    return made


def carried_by(source) -> tuple[int, int]:
    return Candidate.objects.filter(source=source).count(), Application.objects.filter(source=source).count()


# Names


@pytest.mark.parametrize("name", ["LinkedIn", " linkedin ", "LINKEDIN"])
def test_a_name_means_its_source_however_it_is_written(linkedin, name):
    assert sources.find(name) == linkedin


def test_another_name_means_it_too_and_the_first_name_that_means_one_wins(linkedin, admin):
    fair = SourceFactory(name="Fair")
    sources.add_alias(linkedin, "  Lnkd.in  ", by=admin)

    assert sources.find("lnkd.in") == linkedin
    assert sources.named_first(["nobody", "LNKD.IN", "fair"]) == linkedin
    assert sources.named_first(["fair", "lnkd.in"]) == fair
    assert sources.named_first(["", "nobody"]) is None


def test_a_name_means_one_source_only(linkedin, admin):
    fair = SourceFactory(name="Fair")
    sources.add_alias(linkedin, "lnkd", by=admin)

    for refused in (
        lambda: sources.add_alias(fair, "LNKD", by=admin),
        lambda: sources.add_alias(fair, "linkedin", by=admin),
        lambda: sources.create(name="lnkd", kind="event", by=admin),
        lambda: sources.create(name="LINKEDIN", kind="event", by=admin),
        lambda: sources.edit(fair, name="Lnkd", kind="event", cost_kind="", by=admin),
    ):
        with pytest.raises(Refused, match="means LinkedIn already"):
            refused()
    for empty in ("", "   "):
        with pytest.raises(Refused, match="Write the name"):
            sources.add_alias(fair, empty, by=admin)


def test_renaming_keeps_the_former_name_and_going_back_frees_it(linkedin, admin):
    sources.edit(linkedin, name="LinkedIn Ads", kind="social", cost_kind="click", by=admin)
    renamed = sources.find("linkedin")
    sources.edit(linkedin, name="LinkedIn", kind="social", cost_kind="click", by=admin)

    assert (renamed, sources.find("linkedin ads")) == (linkedin, linkedin)
    assert set(SourceAlias.objects.values_list("key", flat=True)) == {"linkedin ads"}


def test_a_retired_source_is_not_offered_and_still_meant(linkedin, admin, client):
    sources.retire(linkedin, by=admin)
    linkedin.refresh_from_db()

    assert (linkedin.is_active, sources.find("linkedin")) == (False, linkedin)


# Merging


def test_everything_follows_and_later_arrivals_by_the_old_name_land_there(double, linkedin, admin):
    sources.add_alias(double, "li-jobs", by=admin)
    made = merged(double, linkedin, admin)

    assert made.state == "done"
    assert (carried_by(double), carried_by(linkedin)) == ((0, 0), (1, 1))
    assert sources.find("Linked In jobs") == sources.find("LI-JOBS") == linkedin
    double.refresh_from_db()
    assert (double.is_active, double.merged_into) == (False, linkedin)


def test_every_field_that_points_at_a_source_follows_or_says_why_not():
    """A model of any floor that gets such a field follows by itself."""
    fields = {f"{field.model._meta.label}.{field.name}" for field in sources.fields_that_point()}

    assert sources.stays <= fields
    assert fields - sources.stays >= {
        "hiring.Candidate.source", "pipeline.Application.source", "sourcing.ImportBatch.source", "sourcing.Board.source",
        "sourcing.TrackingLink.source",
    }  # fmt: skip


def test_a_merge_is_taken_back_to_the_row(double, linkedin, admin):
    """What came by the new name, or was changed since, stays where it is."""
    own = ApplicationFactory(source=linkedin)
    corrected = ApplicationFactory(source=double)
    other = SourceFactory(name="Fair")
    made = merged(double, linkedin, admin)
    later = ApplicationFactory(source=sources.find("linked in jobs"))
    Application.objects.filter(pk=corrected.pk).update(source=other)

    sources.unmerge(made, by=admin)
    sources.carry(made.pk)

    assert carried_by(double) == (1, 1)
    assert set(Application.objects.filter(source=linkedin)) == {own, later}
    corrected.refresh_from_db()
    assert corrected.source == other
    double.refresh_from_db()
    made.refresh_from_db()
    assert (double.is_active, double.merged_into, made.state, made.undone_by) == (True, None, "undone", admin)
    assert not made.moved.exists()


def test_a_merge_cut_short_goes_on_where_it_was(double, linkedin, admin, monkeypatch):
    """Invariant 10: what is left is found by a query; nothing is moved twice."""
    ApplicationFactory.create_batch(3, source=double)
    monkeypatch.setattr(sources, "AT_ONCE", 2)
    made = sources.merge(double, linkedin, by=admin)

    assert sources.carry(made.pk, seconds=0) is False
    assert sources.due() == [made.pk]
    halfway = carried_by(linkedin)
    sources.carry(made.pk)

    assert sum(halfway) < 5 and carried_by(linkedin) == (1, 4)
    assert sources.due() == []
    assert sorted(len(part.rows) for part in made.moved.all()) == [1, 2, 2]


def test_what_points_at_a_merged_source_again_is_found_and_moved_on(double, linkedin, admin):
    made = merged(double, linkedin, admin)
    stray = CandidateFactory(source=double)

    assert sources.due() == [made.pk]
    sources.carry(made.pk)

    stray.refresh_from_db()
    assert stray.source == linkedin


def test_chains_lead_to_the_end_and_are_taken_back_from_there(double, linkedin, admin):
    social = SourceFactory(name="Social media", kind="social")
    first = merged(double, linkedin, admin)
    second = merged(linkedin, social, admin)

    assert sources.find("linked in jobs") == social
    assert sources.standing_ids([double.pk, linkedin.pk, social.pk]) == dict.fromkeys(
        [double.pk, linkedin.pk, social.pk], social.pk
    )
    with pytest.raises(Refused, match="Take that merge back first"):
        sources.unmerge(first, by=admin)
    for made in (second, first):
        sources.unmerge(made, by=admin)
        sources.carry(made.pk)
    assert carried_by(double) == (1, 1)


def test_what_cannot_be_merged_is_refused(double, linkedin, admin):
    made = sources.merge(double, linkedin, by=admin)
    social = SourceFactory(name="Social media")

    for source, into, why in (
        (linkedin, linkedin, "another"),
        (double, social, "merged already"),
        (social, linkedin, "carried out"),
    ):
        with pytest.raises(Refused, match=why):
            sources.merge(source, into, by=admin)
    with pytest.raises(Refused, match="carried out"):
        sources.unmerge(made, by=admin)
    sources.carry(made.pk)
    double.refresh_from_db()
    for refused in (lambda: sources.bring_back(double, by=admin), lambda: sources.add_alias(double, "x", by=admin)):
        with pytest.raises(Refused, match="merged"):
            refused()


class AnyMerges(TestCase):
    """Whatever is merged and taken back in whatever order, nothing is lost, and taking everything back restores the start."""

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
    def test_nothing_is_lost_and_all_comes_back(self, wanted):
        made = [factories.SourceFactory(name=f"Source of chance {number}") for number in range(4)]
        people = {factories.CandidateFactory(source=made[number % 4]).pk: made[number % 4].pk for number in range(6)}
        done = []
        for source, into in wanted:
            try:
                done.append(merged(made[source], made[into]))
            except Refused:
                continue
        for source in made:
            source.refresh_from_db()
        now = dict(Candidate.objects.filter(pk__in=people).values_list("pk", "source"))
        expected = sources.standing_ids([source.pk for source in made])
        assert now == {pk: expected[source] for pk, source in people.items()}
        for one in reversed(done):
            sources.unmerge(one, by=None)
            sources.carry(one.pk)
        assert dict(Candidate.objects.filter(pk__in=people).values_list("pk", "source")) == people


# What reads sources elsewhere


def test_searches_and_kept_filters_mean_what_it_was_merged_into(double, linkedin, recruiter, admin):
    person = Candidate.objects.get(source=double)
    merged(double, linkedin, admin)

    for text in ('source:"Linked In jobs"', "source:linkedin", "source:social"):
        assert list(query.people(recruiter, text)) == [person]
    assert not query.people(recruiter, "source:job_board").exists()
    assert Filters.read({"source": str(double.pk)}).source == linkedin.pk


def test_a_rule_on_a_merged_source_goes_on_meaning_it(double, linkedin, admin):
    atom = {"fact": "source", "type": "choice", "op": "one_of", "values": [str(double.pk)], "label": "Source"}
    version = RuleVersion(conditions={"match": "all", "groups": [{"match": "all", "atoms": [atom]}]})
    before = [atom.values for atom in facts.asked_by(version).atoms]
    merged(double, linkedin, admin)

    assert before == [(str(double.pk),)]
    assert [atom.values for atom in facts.asked_by(version).atoms] == [(str(linkedin.pk),)]


# Pages


def test_an_administrator_merges_by_page_and_takes_it_back(client, admin, double, linkedin):
    client.force_login(admin)
    answer = client.post(reverse("sourcing:source_act", args=[double.pk, "merge"]), {"into": linkedin.pk}, follow=True)
    made = SourceMerge.objects.get()
    text = answer.content.decode()
    old = client.get(double.get_absolute_url()).content.decode()
    undone = client.post(reverse("sourcing:source_unmerge", args=[made.pk]), follow=True).content.decode()

    assert "is a part of LinkedIn now" in text and reverse("sourcing:source_unmerge", args=[made.pk]) in text
    assert "It became a part of" in old
    assert "stands by itself again" in undone and carried_by(double) == (1, 1)
    assert client.post(reverse("sourcing:source_act", args=[double.pk, "merge"]), {"into": ""}).status_code == 409


def test_a_large_merge_is_carried_on_by_a_task(
    client, admin, double, linkedin, monkeypatch, django_capture_on_commit_callbacks
):
    ran = []
    monkeypatch.setattr(view, "AT_ONCE", 0.0)
    monkeypatch.setattr(
        source_tasks.carry, "apply_async", lambda args, *more, **options: ran.append(source_tasks.carry(*args))
    )
    client.force_login(admin)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sourcing:source_act", args=[double.pk, "merge"]), {"into": linkedin.pk})

    assert ran == [None] and carried_by(linkedin) == (1, 1)
    assert SourceMerge.objects.get().state == "done"


def test_names_nobody_knows_are_shown_and_one_is_given_a_meaning(client, admin, recruiter, linkedin):
    """From arrivals alone; whoever comes by it next counts there."""
    site = Source.objects.get(name="Career site")
    for origin in (
        {"utm_source": "Lnkd_Organic"},
        {"utm_source": "lnkd_organic"},
        {"referrer": "www.search.example"},
        {"ref": "linkedin"},
    ):
        ApplicationFactory(source=site, origin={"first": origin})
    client.force_login(admin)
    page = client.get(reverse("sourcing:sources")).content.decode()
    client.post(reverse("sourcing:source_alias"), {"name": "lnkd_organic", "source": linkedin.pk})
    after = client.get(reverse("sourcing:sources")).content.decode()

    assert "lnkd_organic" in page and "2 applications" in page and "search.example" in page
    assert "means…" in page and "means…" in after
    assert sources.find("LNKD_organic") == linkedin
    assert after.count('value="lnkd_organic"') == 0
    client.force_login(recruiter)
    assert "means…" not in client.get(reverse("sourcing:sources")).content.decode()


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_asks_no_more_for_more_sources(client, recruiter, rows, django_assert_max_num_queries):
    for source in SourceFactory.create_batch(rows):
        sources.add_alias(source, f"alias {source.pk}", by=None)
        ApplicationFactory(source=source)
    client.force_login(recruiter)
    with django_assert_max_num_queries(16):
        client.get(reverse("sourcing:sources"))
