"""The pages about distribution: boards, what they refuse and why, their settings, and a posting's own switches."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from hiring.models import Department, Source
from sourcing.boards import keeping, planning
from sourcing.boards.models import Board, BoardChoice
from tests.factories import PostingFactory
from tests.sourcing import awkward

LONG = (
    "<p>You build pipelines that meters and people can trust, with a team that reviews, tests and ships every week.</p>"
)


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def as_recruiter(client, recruiter):
    client.force_login(recruiter)
    return client


def page(client, key="indeed", **query):
    return client.get(reverse("sourcing:board", args=[key]), query)


def test_the_list_shows_every_board_with_its_address_and_counts(as_recruiter, admin):
    awkward.make()
    keeping.switch(keeping.board_of("adzuna"), on=True, by=None)

    text = as_recruiter.get(reverse("sourcing:boards")).content.decode()

    for name in ("Indeed", "LinkedIn", "Jooble", "Adzuna", "Talent.com", "RSS", "JSON Feed", "Public API"):
        assert name in text
    assert keeping.address_of(keeping.board_of("adzuna")) in text
    assert f"{reverse('sourcing:board', args=['adzuna'])}#refused" in text


def test_a_board_says_what_it_would_refuse_before_it_is_switched_on_with_the_way_to_mend_it(client, admin, recruiter):
    """The sentences are those of the feed's own rules; a location is mended by administrators."""
    posting = PostingFactory(description=LONG, job__pay_min=1, job__location__name="Hamlet")
    client.force_login(admin)
    seen = page(client).content.decode()
    client.force_login(recruiter)

    assert "0 would be sent, 1 refused" in seen
    assert "A postal code is needed; Hamlet has none." in seen
    assert reverse("admin:hiring_location_change", args=[posting.job.location_id]) in seen
    assert "An administrator can add it." in page(client).content.decode()


@pytest.mark.parametrize("rows", [1, 4])
def test_pages_ask_no_more_for_more_postings(rows, as_recruiter, django_assert_max_num_queries):
    """The list asks a few questions a board; the number of postings does not count."""
    PostingFactory.create_batch(rows)
    with django_assert_max_num_queries(70):
        as_recruiter.get(reverse("sourcing:boards"))
    cache.clear()
    with django_assert_max_num_queries(30):
        page(as_recruiter)


def test_a_board_is_switched_on_only_when_it_has_what_it_needs(as_recruiter, settings):
    switch = reverse("sourcing:board_switch", args=["linkedin"])
    address = reverse("sourcing:board", args=["linkedin"])

    refused = as_recruiter.post(switch, {"on": "1"}, headers={"referer": f"http://testserver{address}"}, follow=True)
    wrong = as_recruiter.post(address, {"company_id": "acme", "contact_email": "jobs@", "scope": "all"})
    settings.SITE_URL = "https://jobs.example"
    right = {"company_id": "4711", "contact_email": "jobs@mail.example", "scope": "all"}
    as_recruiter.post(address, right)
    as_recruiter.post(switch, {"on": "1"})
    emptied = as_recruiter.post(address, right | {"company_id": ""})

    assert "number of your company page first" in refused.content.decode()
    assert wrong.status_code == 422
    assert 'value="acme"' in wrong.content.decode() and 'value="jobs@"' in wrong.content.decode()
    board = Board.objects.get(key="linkedin")
    assert (board.is_on, board.company_id, board.source.name) == (True, "4711", "LinkedIn")
    assert emptied.status_code == 422
    assert "or switch the board off" in emptied.content.decode()


def test_settings_are_kept_and_a_narrow_scope_names_something(as_recruiter):
    address, team = reverse("sourcing:board", args=["adzuna"]), Department.objects.create(name="Grid")
    source = Source.objects.create(name="Paid board", kind="job_board")

    nothing = as_recruiter.post(address, {"scope": "only"})
    as_recruiter.post(address, {"scope": "except", "departments": [team.pk], "source": source.pk})

    assert nothing.status_code == 422
    assert "Choose a department or a location" in nothing.content.decode()
    board = Board.objects.get(key="adzuna")
    assert (board.scope, list(board.departments.all()), board.source) == ("except", [team], source)


def test_a_new_address_replaces_the_old_one_and_open_feeds_have_none(as_recruiter):
    old = Board.objects.get(key="jooble").token

    as_recruiter.post(reverse("sourcing:board_readdress", args=["jooble"]))
    of_open = as_recruiter.post(reverse("sourcing:board_readdress", args=["rss"]))

    assert Board.objects.get(key="jooble").token != old
    assert of_open.status_code == 404
    assert page(as_recruiter, "nothing").status_code == 404


def test_a_posting_is_kept_away_from_one_board_and_sent_again(as_recruiter, world):
    """With a swap and without; the other boards go on."""
    world.posting.description = LONG
    world.posting.save()
    type(world.job).objects.filter(pk=world.job.pk).update(pay_min=40000)
    for key in ("adzuna", "talent"):
        keeping.switch(keeping.board_of(key), on=True, by=None)
    address = reverse("sourcing:posting_boards", args=[world.job.pk])
    before = as_recruiter.get(address).content.decode()

    swap = as_recruiter.post(address, {"board": "adzuna", "send": "0"}, headers={"HX-Request": "true"})
    kept_away = planning.make(keeping.board_of("adzuna")).sent.tolist()
    whole = as_recruiter.post(address, {"board": "adzuna", "send": "1"})

    assert before.count("Keep it away") == 5  # two boards, RSS, JSON Feed and the API
    assert swap.content.decode().lstrip().startswith('<section class="tl-posted"')
    assert kept_away == []
    assert planning.make(keeping.board_of("talent")).sent.tolist() == [world.posting.places.get().pk]
    assert (whole.status_code, BoardChoice.objects.exists()) == (302, False)
    assert as_recruiter.post(address, {"board": "nothing", "send": "1"}).status_code == 404


def test_a_posting_that_is_not_public_goes_nowhere_and_says_so(as_recruiter, world):
    type(world.job).objects.filter(pk=world.job.pk).update(status="on_hold")

    text = as_recruiter.get(reverse("sourcing:posting_boards", args=[world.job.pk])).content.decode()

    assert "It is not public" in text
    assert "Keep it away" not in text


def test_a_long_count_is_left_to_a_task_and_the_last_figures_stand_meanwhile(
    as_recruiter, monkeypatch, django_capture_on_commit_callbacks
):
    PostingFactory.create_batch(2, description=LONG, job__location__country="GB", job__location__postal_code="EC1")
    planning.plan(keeping.board_of("indeed"), planning.state(keeping.board_of("indeed")))
    PostingFactory(description=LONG, job__location__country="GB", job__location__postal_code="EC1")
    monkeypatch.setattr(planning, "MADE_AT_ONCE", 2)

    from sourcing.tasks import plan_board

    meanwhile = page(as_recruiter).content.decode()
    plan_board("indeed")

    assert "2 would be sent" in meanwhile and "figures before it" in meanwhile
    assert "3 would be sent" in page(as_recruiter).content.decode()
