"""Suspected duplicates: who is suspected and why, who is not, and that a decision is remembered."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import duplicates, identity, merging
from hiring.duplicate_tasks import sweep
from hiring.errors import Refused
from hiring.models import BlockingKey, Candidate, Document, DuplicatePair
from hiring.names import likeness, surname_keys
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


def person(name, *, phone="", **fields):
    found = identity.match_or_create(name=name, **SOURCED, **fields)[0]
    if phone:
        factories.EmailFactory(candidate=found, kind="phone", value=phone)
    return found


def resume(candidate, digest="a" * 64):
    return Document.objects.create(
        candidate=candidate, kind="resume", name="cv.pdf", content_type="application/pdf", size=1, sha256=digest,
        uploaded_at=timezone.now(),
    )  # fmt: skip


def reasons(*people):
    duplicates.look([one.pk for one in people])
    pair = DuplicatePair.objects.first()
    return pair.reasons if pair else None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ana Díaz", "ana diaz", 2),
        ("Diaz, Ana", "Ana Diaz", 2),
        ("Jürgen Müller", "Juergen Mueller", 2),
        ("Иван Петров", "Ivan Petrov", 2),
        ("Νίκος Παππάς", "Nikos Pappas", 2),
        ("Bob Miller", "Robert Miller", 1),
        ("R. Miller", "Robert Miller", 1),
        ("Robert J. Miller", "Robert Miller", 1),
        ("Miller Bob", "Robert Miller", 1),
        ("Robert Miller", "Robert Muller", 0),
        ("Roland Miller", "Robert Miller", 0),
        ("Madonna", "Madonna", 1),
        ("", "Ana", 0),
    ],
)
def test_names_are_compared_as_people_write_them(one, other, alike):
    assert likeness(one, other) == likeness(other, one) == alike
    if alike and " " in one:
        assert surname_keys(one) & surname_keys(other)


@pytest.mark.django_db
def test_a_nickname_and_a_phone_number_are_enough():
    one, other = person("Bob Miller", phone="+33639980041"), person("Robert Miller", phone="+33639980041")

    assert reasons(one, other) == ["similar_name", "same_phone"]
    assert DuplicatePair.objects.get().score == 80


@pytest.mark.django_db
def test_a_household_shares_a_number_without_being_one_person():
    assert reasons(person("Ana Diaz", phone="+33639980041"), person("Bruno Costa", phone="+33639980041")) is None


@pytest.mark.django_db
def test_a_common_name_alone_is_no_suspicion():
    assert reasons(person("Ana Diaz", location="Lyon"), person("Ana Diaz", location="Lyon")) is None


@pytest.mark.django_db
def test_name_and_employer_are_enough():
    assert reasons(person("Ana Diaz", company="Nordgrid"), person("A. Díaz", company="NORDGRID")) == [
        "similar_name",
        "same_employer",
    ]


@pytest.mark.django_db
def test_the_name_before_the_at_counts_with_a_name_that_agrees():
    one = person("Ana Diaz", emails=["ana.diaz+jobs@mail.example"])

    assert reasons(one, person("Ana Diaz", emails=["anadiaz@work.example"])) == ["same_name", "same_mailbox_name"]


@pytest.mark.django_db
def test_info_is_nobodys_name():
    one, other = person("Ana Diaz", emails=["info@a.example"]), person("Ana Diaz", emails=["info@b.example"])

    assert reasons(one, other) is None


@pytest.mark.django_db
def test_one_resume_on_two_records_is_a_suspicion_with_a_name_that_agrees():
    one, other = person("Ana Diaz"), person("A. Diaz")
    resume(one), resume(other)

    assert reasons(one, other) == ["similar_name", "same_file"]


@pytest.mark.django_db
def test_a_key_that_many_share_says_nothing_but_a_finer_one_does():
    crowd = [person("Jan Novak") for _ in range(duplicates.BLOCK_UP_TO)]
    pair = [person("Jan Novak", company="Nordgrid") for _ in range(2)]
    duplicates.look([one.pk for one in crowd + pair])

    found = DuplicatePair.objects.get()
    assert (found.first, found.second) == tuple(pair)


@pytest.mark.django_db
def test_looking_asks_no_more_for_more_people():
    few = [person("Eva Klein", company="Nordgrid") for _ in range(2)]
    many = [person("Ana Diaz", company="Nordgrid") for _ in range(30)]
    with CaptureQueriesContext(connection) as asked:
        duplicates.look([one.pk for one in few])
    with CaptureQueriesContext(connection) as asked_for_many:
        duplicates.look([one.pk for one in many])

    assert len(asked_for_many) == len(asked)


@pytest.mark.django_db
def test_the_sweep_looks_at_who_changed_and_at_nobody_twice(django_assert_num_queries):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz")
    sweep()
    assert not DuplicatePair.objects.exists()

    Candidate.objects.filter(pk=other.pk).update(company="Nordgrid", updated_at=timezone.now())
    sweep()

    assert DuplicatePair.objects.filter(first=one, second=other, status="open").exists()
    with django_assert_num_queries(1):
        duplicates.sweep()


@pytest.mark.django_db
def test_keys_follow_the_record():
    one = person("Ana Diaz", phone="+33639980041")
    duplicates.look([one.pk])
    one.contact_points.all().delete()
    duplicates.look([one.pk])

    assert not BlockingKey.objects.filter(key__startswith="p ").exists()


@pytest.mark.django_db
def test_different_is_remembered(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    duplicates.decide(DuplicatePair.objects.get(), "different", by=recruiter)

    factories.EmailFactory(candidate=one, kind="phone", value="+33639980041")
    factories.EmailFactory(candidate=other, kind="phone", value="+33639980041")
    assert duplicates.look([one.pk, other.pk]) == 0
    pair = DuplicatePair.objects.get()
    assert (pair.status, pair.decided_by) == ("different", recruiter)
    assert duplicates.open_pair(one) is None


@pytest.mark.django_db
def test_later_leaves_the_queue_but_is_not_settled(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    duplicates.decide(DuplicatePair.objects.get(), "later", by=recruiter)

    assert not DuplicatePair.objects.waiting().exists()
    assert DuplicatePair.objects.put_off().count() == 1


@pytest.mark.django_db
def test_a_merged_pair_cannot_be_called_different(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    pair = DuplicatePair.objects.get()
    merging.merge(one, other, by=recruiter)

    with pytest.raises(Refused, match="already merged"):
        duplicates.decide(pair, "different", by=recruiter)


@pytest.mark.django_db
def test_a_merged_record_is_suspected_no_more_and_parted_people_are_not_asked_about_again(recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([one.pk, other.pk])
    merged = merging.merge(one, other, by=recruiter)
    sweep()
    assert not BlockingKey.objects.filter(candidate=other).exists()
    assert not DuplicatePair.objects.waiting().exists()

    merging.unmerge(merged, by=recruiter)
    sweep()
    assert DuplicatePair.objects.get().status == "different"


# ---------- the pages ----------


@pytest.fixture
def pair(recruiter):
    one = person("Ana Diaz", emails=["ana@mail.example"], company="Nordgrid", headline="Data Engineer")
    other = person("Ana Díaz", phone="+33639980041", company="Nordgrid", location="Lyon")
    duplicates.look([one.pk, other.pk])
    return DuplicatePair.objects.get()


@pytest.fixture
def desk(client, recruiter):
    client.force_login(recruiter)
    return client


def test_the_queue_shows_who_is_suspected_and_why(desk, pair):
    page = desk.get(reverse("duplicates")).content.decode()

    assert "Ana Diaz" in page
    assert "Ana Díaz" in page
    assert "Same employer" in page


def test_the_queue_goes_on_where_the_page_ended_and_costs_the_same(desk, monkeypatch):
    def more(count):
        for _ in range(count):
            one, other = factories.CandidateFactory(), factories.CandidateFactory()
            DuplicatePair.objects.create(first=one, second=other, score=70, found_at=timezone.now())

    def cost():
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(reverse("duplicates")).content.decode()
        return page, len(asked)

    more(1)
    cost()
    few = cost()[1]
    more(duplicates.PAGE)
    page, many = cost()

    assert many == few
    rest = desk.get(reverse("duplicates") + re.search(r'href="(\?after=[^"]+)"', page)[1]).content.decode()
    shown = [set(re.findall(r"duplicates/(\d+)/", text)) for text in (page, rest)]
    assert [len(ids) for ids in shown] == [duplicates.PAGE, 1]
    assert not shown[0] & shown[1]


def test_a_cursor_somebody_made_up_is_the_first_page(desk, pair):
    assert "Ana Díaz" in desk.get(reverse("duplicates"), {"after": "999-x"}).content.decode()


def test_the_comparison_offers_a_choice_only_where_they_differ(desk, pair):
    page = desk.get(reverse("duplicate_pair", args=[pair.pk])).content.decode()

    assert 'name="fact_name"' in page
    assert 'name="fact_company"' not in page
    assert re.search(r'name="fact_location" value="second"[^>]* checked', page)  # the blank is filled
    assert re.search(r'name="fact_headline" value="first"[^>]* checked', page)


def test_merging_takes_what_was_chosen_and_offers_to_take_it_back(desk, pair):
    url = reverse("duplicate_merge", args=[pair.pk])
    response = desk.post(url, {"keep": "second", "fact_name": "first"}, follow=True)

    pair.refresh_from_db()
    other, survivor = pair.first, pair.second
    assert response.redirect_chain[-1][0] == survivor.get_absolute_url()
    assert (other.merged_into, survivor.name, survivor.headline) == (survivor, "Ana Diaz", "Data Engineer")
    page = response.content.decode()
    assert page.count("Unmerge") >= 2  # in the timeline and beside it
    assert desk.get(other.get_absolute_url())["Location"] == survivor.get_absolute_url()

    merged = survivor.merges.get()
    desk.post(reverse("merge_undo", args=[merged.pk]))
    other.refresh_from_db()
    assert other.merged_into is None
    for one in (other, survivor):
        assert "made two people of this record" in desk.get(one.get_absolute_url()).content.decode()


def test_the_comparison_of_a_merged_pair_leads_to_the_person(desk, pair, recruiter):
    merging.merge(pair.first, pair.second, by=recruiter)

    response = desk.get(reverse("duplicate_pair", args=[pair.pk]))

    assert response["Location"] == pair.first.get_absolute_url()


def test_different_and_later_leave_the_queue(desk, pair):
    decide = reverse("duplicate_decide", args=[pair.pk])
    desk.post(decide, {"answer": "later"})
    assert "Ana Díaz" not in desk.get(reverse("duplicates")).content.decode()
    assert "Ana Díaz" in desk.get(reverse("duplicates"), {"show": "later"}).content.decode()

    desk.post(decide, {"answer": "different"})
    assert "Ana Díaz" not in desk.get(reverse("duplicates"), {"show": "later"}).content.decode()


def test_the_profile_says_so_to_those_who_can_settle_it(client, desk, pair, officer):
    chip = reverse("duplicate_pair", args=[pair.pk])
    assert chip in desk.get(pair.first.get_absolute_url()).content.decode()
    assert chip in desk.get(reverse("today")).content.decode()

    client.force_login(officer)
    assert chip not in client.get(pair.first.get_absolute_url()).content.decode()


def test_looking_for_one_person_opens_the_pair_or_says_there_is_none(desk, recruiter):
    one, other = person("Ana Diaz", company="Nordgrid"), person("Ana Diaz", company="Nordgrid")
    duplicates.look([other.pk])
    alone = person("Bruno Costa")

    found = desk.post(reverse("candidate_duplicates", args=[one.pk]))
    nobody = desk.post(reverse("candidate_duplicates", args=[alone.pk]), follow=True)

    assert found["Location"] == reverse("duplicate_pair", args=[DuplicatePair.objects.get().pk])
    assert "No other record looks like Bruno Costa." in nobody.content.decode()


def test_names_and_reasons_are_shown_as_text(desk, pair):
    Candidate.objects.filter(pk=pair.first_id).update(name="<script>alert(1)</script>")

    for url in (reverse("duplicates"), reverse("duplicate_pair", args=[pair.pk])):
        assert "<script>alert(1)" not in desk.get(url).content.decode()
