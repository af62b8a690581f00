"""The board and its neighbours: what they show, to whom, and at what price."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring.models import CandidateTag, Document, DocumentText, Notification, Thread
from hiring.templatetags.throughline import day
from pipeline import board as boards
from pipeline import bulk, feed, moves, panels, rejection, snoozing
from pipeline.cards import Notice, notices
from pipeline.filters import Filters
from pipeline.models import Application, BulkAct, Judgement
from tests import factories
from tests.pipeline.crowds import copies

SWAP = {"HTTP_HX_REQUEST": "true"}


def apply(world, count, stage="applied", **person):
    """People who stand in a stage, the last one on top."""
    now = timezone.now()
    return [
        factories.ApplicationFactory(
            stage=world.stages[stage],
            candidate=factories.CandidateFactory(**person),
            entered_stage_at=now - dt.timedelta(minutes=count - number),
        )
        for number in range(count)
    ]


def shown(world, user, **filters):
    """Names by stage, as the board shows them."""
    board = boards.board(world.job, user, Filters(**filters), may_move=True)
    return {column.stage.name: [card.name for card in column.cards] for column in board.columns if column.cards}


@pytest.fixture
def url(world):
    return reverse("pipeline:board", args=[world.job.pk])


@pytest.mark.parametrize("cards", [1, 3, 30])
def test_board_asks_no_more_for_more_cards(client, recruiter, world, url, cards, django_assert_max_num_queries):
    apply(world, cards, referred_by=recruiter, owner=factories.UserFactory())
    client.force_login(recruiter)
    client.get(url)
    with django_assert_max_num_queries(17) as asked:
        client.get(url)
    baseline = [query["sql"] for query in asked.captured_queries]
    assert sum("pipeline_application" in sql and "LATERAL" in sql for sql in baseline) == 2


def test_a_board_of_300_full_cards_is_a_small_page(
    client, recruiter, coordinator, world, url, django_assert_max_num_queries
):
    source = factories.SourceFactory(name="Careers fair in Lyon")
    said = {"headline": "Senior Account Manager", "company": "Kelda Water", "owner": coordinator}
    for stage in ("lead", "applied", "screen", "interview", "offer"):
        (application,) = apply(world, 1, stage, **said, do_not_contact=True)
        Application.objects.filter(pk=application.pk).update(source=source)
        copies(application, 59)
    judged = Application.objects.filter(job=world.job).values_list("pk", flat=True)
    Judgement.objects.bulk_create(
        [Judgement(application_id=pk, due_at=timezone.now(), of=5, met=1, marks="ypoll") for pk in judged]
    )
    client.force_login(recruiter)
    client.get(url)

    with django_assert_max_num_queries(17):
        page = client.get(url)

    assert page.content.count(b"data-card=") == 5 * (boards.CARDS_IN_ALL // 6)
    assert all(page.content.count(said) >= 89 for said in (b"1 of 5 criteria met", b"Owner Cora", b"Do not contact"))
    assert len(page.content) < 140_000


def test_the_number_of_queries_does_not_grow(client, recruiter, world, url, django_assert_num_queries):
    client.force_login(recruiter)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    apply(world, 40, owner=factories.UserFactory())
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_a_column_shows_the_first_twenty_and_more_on_request(client, recruiter, world, url):
    apply(world, 45)
    client.force_login(recruiter)

    page = client.get(url).content.decode()
    column = boards.board(world.job, recruiter, Filters(), may_move=True).columns[1]
    more = reverse("pipeline:board_more", args=[world.job.pk, column.stage.pk])
    rest = client.get(more, {"after": column.after}).content.decode()

    assert (column.count, len(column.cards), page.count("data-card=")) == (46, boards.CARDS_IN_ALL // 6, 18)
    assert rest.count("data-card=") == 46 - 18
    everybody = set(Application.objects.filter(job=world.job).values_list("pk", flat=True))
    assert all(f'data-card="{pk}"' in page + rest for pk in everybody)


EDGES = ["0001-01-01T00:00:00+23:59_1", "9999-12-31T23:59:59-23:59_1"]


@pytest.mark.parametrize("after", ["", "nonsense", "2026-13-45T00:00_1", "2026-01-01T00:00_1", "x_y", "_", *EDGES])
def test_a_broken_cursor_starts_from_the_top(client, recruiter, world, after):
    client.force_login(recruiter)
    more = reverse("pipeline:board_more", args=[world.job.pk, world.stages["applied"].pk])

    assert "Noor Haddad" in client.get(more, {"after": after}).content.decode()


def test_html_of_people_is_escaped(client, recruiter, world, url):
    apply(world, 1, name="<b>Mallory</b> \"x\" 'y'", headline="<script>alert(1)</script>")
    client.force_login(recruiter)

    page = client.get(url).content.decode()

    assert "<b>Mallory" not in page and "&lt;b&gt;Mallory" in page
    assert "<script>alert(1)" not in page


def test_rejected_people_are_off_the_board_and_hired_ones_in_the_last_column(recruiter, world):
    gone, hired = apply(world, 2)
    rejection.reject(gone, factories.RejectionReasonFactory(), by=recruiter)
    moves.hire(hired, world.job.openings.get(), by=recruiter)

    assert shown(world, recruiter) == {"Applied": ["Noor Haddad"], "Hired": [hired.candidate.name]}


def test_whoever_was_hired_is_neither_ticked_nor_moved_and_a_tick_of_before_is_named(client, recruiter, world, url):
    (stays,) = apply(world, 1)
    client.force_login(recruiter)
    moves.hire(world.application, world.job.openings.get(), by=recruiter)

    page = client.get(url).content.decode()
    answer = client.post(
        bulk_url(world), {"act": "move", "to": world.stages["screen"].pk, "pick": [world.application.pk, stays.pk]}
    )

    assert "Select Noor Haddad" not in page and "Move Noor Haddad to…" not in page
    assert f"Select {stays.candidate.name}" in page
    named = client.get(answer["Location"]).content.decode()
    assert "1 could not be done" in named and "Noor Haddad is no longer active here: hired." in named
    assert shown(world, recruiter) == {"Screen": [stays.candidate.name], "Hired": ["Noor Haddad"]}


def test_who_is_put_off_is_not_new_and_the_board_says_until_when(client, recruiter, world, url):
    (new,) = apply(world, 1)
    until = timezone.localdate() + dt.timedelta(days=3)
    snoozing.snooze(world.application, until, by=recruiter)
    client.force_login(recruiter)

    one_left = client.get(url)
    snoozing.snooze(new, until + dt.timedelta(days=1), by=recruiter)
    none_left, table = client.get(url), client.get(reverse("pipeline:table", args=[world.job.pk]))

    board, page = one_left.context["board"], one_left.content.decode()
    assert (board.new, board.put_off) == (1, 1)
    assert "1 put off" in page and f"Put off until {day(until)}" in page
    for answer in (none_left, table):
        page = answer.content.decode()
        assert f"All 2 new ones put off until {day(until)}" in page and "review/?snoozed=1" in page
        assert answer.context["review_hidden"] is True


def test_filters_narrow_cards_and_counts(client, recruiter, world, url):
    lena = factories.UserFactory(full_name="Lena Roth")
    apply(world, 2, owner=lena, headline="Data Engineer at 100%_co")
    client.force_login(recruiter)

    assert [len(names) for names in shown(world, recruiter, owner=lena.pk).values()] == [2]
    assert shown(world, recruiter, text="noor") == {"Applied": ["Noor Haddad"]}
    assert [len(names) for names in shown(world, recruiter, text="100%_").values()] == [2]
    assert shown(world, recruiter, text="1000") == {}
    assert "2 of 3" in client.get(url, {"owner": lena.pk}).content.decode()


def test_needs_attention_means_late_or_a_reply_waiting(recruiter, world):
    world.stages["applied"].target_days = 5
    world.stages["applied"].save()
    late, waiting, fine = apply(world, 3)
    Application.objects.filter(pk=late.pk).update(entered_stage_at=timezone.now() - dt.timedelta(days=9))
    Thread.objects.create(
        candidate=waiting.candidate, subject="Re", waiting_since=timezone.now(), last_message_at=timezone.now()
    )

    board = boards.board(world.job, recruiter, Filters(attention=True), may_move=True)

    names = {card.name for column in board.columns for card in column.cards}
    assert names == {late.candidate.name, waiting.candidate.name}
    assert (board.attention, fine.candidate.name in names) == (2, False)
    lines = {card.name: [line.text for line in card.lines] for column in board.columns for card in column.cards}
    assert lines[late.candidate.name] == ["Review: waiting 9 days, limit 5 days"]
    assert lines[waiting.candidate.name] == [
        "Reply waiting for less than a day",
    ]


def test_floors_above_put_lines_on_cards(recruiter, world, monkeypatch):
    monkeypatch.setattr(
        "pipeline.cards.notices", [*notices, lambda user, ids: {ids[0]: [Notice("Panel at 9", "calendar")]}]
    )

    board = boards.board(world.job, recruiter, Filters(), may_move=True)

    assert "Panel at 9" in board.columns[1].html


@pytest.mark.parametrize(
    ("stood", "line"),
    [
        (3, "Review: waiting 3 days<"),
        (8, "Review: waiting 8 days, limit 5 days<"),
    ],
)
def test_a_card_nobody_looked_at_says_how_long_it_waits(recruiter, world, stood, line):
    world.application.stage.target_days = 5
    world.application.stage.save()
    apply(world, 1)
    Application.objects.update(entered_stage_at=timezone.now() - dt.timedelta(days=stood))

    board = boards.board(world.job, recruiter, Filters(), may_move=True)

    assert board.columns[1].html.count(line) == 2


def test_a_late_card_names_the_limit(recruiter, world):
    world.stages["screen"].target_days = 5
    world.stages["screen"].save()
    moves.move(world.application, world.stages["screen"], by=recruiter)
    Application.objects.update(entered_stage_at=timezone.now() - dt.timedelta(days=9))

    board = boards.board(world.job, recruiter, Filters(), may_move=True)

    assert "Past the limit of 5 days" in board.columns[2].html


def test_the_board_of_a_confidential_job_exists_for_its_team_only(client, world, url, recruiter, admin, coordinator):
    world.job.confidential = True
    world.job.save()

    answers = {}
    for user in (recruiter, admin, coordinator):
        client.force_login(user)
        answers[user.role] = client.get(url).status_code

    assert answers == {"recruiter": 200, "admin": 404, "coordinator": 404}


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("interviewer", 403), ("compliance_officer", 200)])
def test_who_gets_the_board(client, world, url, who, status):
    client.force_login(world.people[who])

    assert client.get(url).status_code == status


def test_a_reader_sees_no_ways_to_decide(client, world, url, officer):
    client.force_login(officer)

    page = client.get(url).content.decode()

    assert "Noor Haddad" in page
    assert "data-move" not in page.replace("data-may-move", "") and 'id="bulk"' not in page


def test_an_empty_pipeline_says_how_people_get_there(client, world, url, recruiter):
    moves.withdraw(world.application)
    client.force_login(recruiter)

    assert "Nobody is in this pipeline yet" in client.get(url).content.decode()


# --- what others did ------------------------------------------------------------------------------------------------


def changes(client, world, since, **more):
    return client.get(reverse("pipeline:board_changes", args=[world.job.pk]), {"since": since, **more})


def test_nothing_new_is_an_empty_answer(client, world, recruiter, url):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    client.force_login(recruiter)

    answer = changes(client, world, feed.newest(world.job))

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_colleagues_move_brings_the_two_columns_it_touched(client, world, recruiter, manager):
    moves.move(world.application, world.stages["screen"], by=manager)
    before = feed.newest(world.job)
    moves.move(world.application, world.stages["interview"], by=manager)
    client.force_login(recruiter)

    page = changes(client, world, before).content.decode()

    touched = {stage.name for stage in world.stages.values() if f'data-stage="{stage.pk}"' in page}
    assert {"Screen", "Interview"} <= touched
    assert f'data-token="{feed.newest(world.job)}"' in page and "Lead" not in touched


def test_what_changed_carries_the_figures_of_the_whole_board(client, world, recruiter, manager):
    apply(world, 3)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    since = feed.newest(world.job)
    moves.move(world.application, world.stages["interview"], by=manager)
    client.force_login(recruiter)

    html = changes(client, world, since).content.decode()

    assert 'data-new="3" data-attention="0" data-active="4" data-hired="0"' in html


@pytest.mark.parametrize("since", ["", "0", "nonsense", "1e400-x", "-1", "99999999999999-x"])
def test_an_unknown_token_brings_everything(client, world, recruiter, since):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    client.force_login(recruiter)

    answer = changes(client, world, since)

    assert answer.status_code == 200
    html = answer.content.decode()
    touched = (
        ("applied", "screen") if since == "0" else ("applied", "screen", "interview")
    )  # 0 stands before all changes
    assert all(f'data-stage="{world.stages[kind].pk}"' in html for kind in touched)


def test_columns_come_as_long_as_the_browser_shows_them(client, world, recruiter):
    apply(world, 40)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    client.force_login(recruiter)

    stage = world.stages["applied"].pk
    page = changes(client, world, "", n=f"{stage}:35,x:y,9:").content.decode()

    assert page.count("data-card=") == 36


def test_cards_far_down_a_column_keep_their_place_and_only_those_that_changed_are_drawn(
    client, world, recruiter, manager
):
    copies(world.application, 300)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    since, stage = feed.newest(world.job), world.stages["applied"].pk
    deep = Application.objects.get(candidate__name="Copy 00200")
    moves.move(deep, world.stages["screen"], by=manager)
    moves.undo_move(deep, by=manager)
    client.force_login(recruiter)

    page = changes(client, world, since, n=f"{stage}:250").content.decode()
    whole = changes(client, world, since, n=f"{stage}:250", fresh="1").content.decode()

    column = next(part for part in page.split('class="tl-col"') if f'data-stage="{stage}"' in part)
    assert (column.count("data-card="), column.count("data-same=")) == (250, 250 - boards.DRAWN_AGAIN - 1)
    assert "Copy 00200" in page and "Copy 00199" not in page and "50 more" in page
    places = re.findall(r'data-card="(\d+)"', column)
    in_order = Application.objects.filter(stage=stage).order_by("-entered_stage_at", "-pk")
    assert places == [str(pk) for pk in in_order.values_list("pk", flat=True)[:250]]
    assert whole.count("data-same=") == 0


# --- deciding -------------------------------------------------------------------------------------------------------


def move_url(world):
    return reverse("pipeline:application_move", args=[world.application.pk])


def test_move_as_a_swap_announces_itself_with_undo(client, world, recruiter):
    client.force_login(recruiter)
    data = {"to": world.stages["screen"].pk, "seen": world.stages["applied"].pk}

    answer = client.post(move_url(world), data, **SWAP)

    world.application.refresh_from_db()
    assert (answer.status_code, world.application.stage) == (204, world.stages["screen"])
    assert "application-moved" in answer["HX-Trigger"] and "/move/undo/" in answer["HX-Trigger"]


def test_a_move_stays_cheap(client, world, recruiter, django_assert_max_num_queries):
    """Two statements decide; the rest is who asks, the stages, the event, its listeners and the transaction."""
    client.force_login(recruiter)
    url = reverse("pipeline:application_move", args=[world.application.pk])
    client.post(url, {"to": world.stages["screen"].pk}, **SWAP)
    with django_assert_max_num_queries(12):
        answer = client.post(url, {"to": world.stages["interview"].pk, "seen": world.stages["screen"].pk}, **SWAP)
    assert answer.status_code == 204


def test_move_as_a_page_goes_back_where_it_came_from(client, world, recruiter, url):
    client.force_login(recruiter)
    data = {"to": world.stages["screen"].pk, "next": url}

    assert client.post(move_url(world), data)["Location"] == url
    away = client.post(move_url(world), {"to": world.stages["applied"].pk, "next": "https://evil.example/"})
    assert away["Location"] == world.application.get_absolute_url()


def test_a_stale_move_is_409_and_names_the_colleague(client, world, recruiter, manager):
    moves.move(world.application, world.stages["screen"], by=manager)
    client.force_login(recruiter)
    data = {"to": world.stages["offer"].pk, "seen": world.stages["applied"].pk}

    answer = client.post(move_url(world), data, **SWAP)

    assert answer.status_code == 409
    assert "Max Manager already moved Noor Haddad to Screen" in answer["HX-Trigger"]


@pytest.mark.parametrize(
    ("who", "status"), [("outsider", 404), ("compliance_officer", 403), ("interviewer", 403), ("hiring_manager", 204)]
)
def test_who_may_move(client, world, who, status):
    client.force_login(world.people[who])

    answer = client.post(move_url(world), {"to": world.stages["screen"].pk}, **SWAP)

    assert answer.status_code == status


def test_a_stage_of_another_job_is_422(client, world, recruiter):
    client.force_login(recruiter)

    assert client.post(move_url(world), {"to": factories.StageFactory().pk}).status_code == 422


def test_undo_takes_the_card_back(client, world, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    client.force_login(recruiter)

    client.post(reverse("pipeline:application_undo", args=[world.application.pk]), **SWAP)

    world.application.refresh_from_db()
    assert world.application.stage == world.stages["applied"]


def test_the_rejection_page_shows_the_very_mail(client, world, recruiter):
    letter = factories.MailTemplateFactory(subject="About {{ job_title }}", body="Dear {{ first_name }}")
    client.force_login(recruiter)
    url = reverse("pipeline:application_reject", args=[world.application.pk])
    reason = factories.RejectionReasonFactory()

    page = client.get(url, {"reason": reason.pk, "template": letter.pk, "delay": 48}, **SWAP).content.decode()

    assert "About Data Engineer" in page and "Dear Noor" in page and "can be stopped" in page


def test_reasons_of_their_own_start_without_mail(client, world, recruiter):
    factories.MailTemplateFactory()
    theirs = factories.RejectionReasonFactory(ended_by="candidate", label="Took another job")
    client.force_login(recruiter)

    url = reverse("pipeline:application_reject", args=[world.application.pk])
    page = client.get(url, {"reason": theirs.pk}, **SWAP).content.decode()

    assert "No mail is sent" in page


def test_rejecting_and_stopping_the_mail_from_the_page(client, world, recruiter):
    letter, reason = factories.MailTemplateFactory(), factories.RejectionReasonFactory()
    client.force_login(recruiter)
    url = reverse("pipeline:application_reject", args=[world.application.pk])

    answer = client.post(url, {"reason": reason.pk, "template": letter.pk, "delay": 48}, follow=True)
    stopped = client.post(reverse("pipeline:rejection_stop", args=[world.application.pk]), **SWAP)

    world.application.refresh_from_db()
    assert (answer.status_code, world.application.status, stopped.status_code) == (200, "rejected", 204)
    assert rejection.mail_of(world.application).get().status == "cancelled"


def test_a_rejection_without_reason_is_422_and_decides_nothing(client, world, recruiter):
    client.force_login(recruiter)

    answer = client.post(reverse("pipeline:application_reject", args=[world.application.pk]), {})

    world.application.refresh_from_db()
    assert (answer.status_code, world.application.status) == (422, "active")


def test_add_to_a_job_opens_an_application_on_the_same_person(client, world, recruiter):
    person = factories.CandidateFactory()
    client.force_login(recruiter)
    url = reverse("pipeline:application_create", args=[person.pk])

    client.post(url, {"job": world.job.pk, "start": "lead"})

    assert person.applications.get().stage == world.stages["lead"]


def test_nobody_is_added_to_a_job_they_are_active_in(client, world, recruiter):
    client.force_login(recruiter)
    url = reverse("pipeline:application_create", args=[world.candidate.pk])

    assert client.post(url, {"job": world.job.pk, "start": "lead"}).status_code == 422


def test_the_panel_asks_no_more_for_more_applications(world, recruiter, django_assert_num_queries):
    def shown():
        seen = panels.applications_seen(recruiter, world.candidate)
        return panels.of_candidate(recruiter, world.candidate, seen)

    with CaptureQueriesContext(connection) as few:
        shown()
    for _ in range(3):
        factories.ApplicationFactory(candidate=world.candidate, stage=factories.StageFactory())

    with django_assert_num_queries(len(few)):
        assert len(shown()) == 4


# --- many at once ---------------------------------------------------------------------------------------------------


def bulk_url(world):
    return reverse("pipeline:bulk", args=[world.job.pk])


def test_bulk_move_is_one_act_that_can_be_undone(client, world, recruiter):
    people = apply(world, 3)
    client.force_login(recruiter)

    client.post(bulk_url(world), {"act": "move", "to": world.stages["screen"].pk, "pick": [one.pk for one in people]})
    act = BulkAct.objects.get()
    moved = shown(world, recruiter)["Screen"]
    client.post(reverse("pipeline:bulk_undo", args=[act.pk]))

    assert (len(moved), len(act.done), act.failed, act.is_finished) == (3, 3, [], True)
    assert "Screen" not in shown(world, recruiter)


def test_people_are_tagged_from_the_board(client, world, recruiter):
    people = apply(world, 2)
    client.force_login(recruiter)

    answer = client.post(
        bulk_url(world), {"action": "tag", "value_tag": "Rust", "pick": [one.pk for one in people]}, follow=True
    )

    assert "Tagged 2 people with Rust." in answer.content.decode()
    assert {tag.candidate for tag in CandidateTag.objects.all()} == {one.candidate for one in people}


def test_only_what_the_board_offers_is_done_from_it(client, world, recruiter, manager):
    chosen = {"pick": world.application.pk, "value_untag": "Rust", "value_tag": "Rust"}
    client.force_login(recruiter)
    not_offered = client.post(bulk_url(world), {"action": "untag", **chosen})
    client.force_login(manager)
    not_allowed = client.post(bulk_url(world), {"action": "tag", **chosen})

    assert (not_offered.status_code, not_allowed.status_code) == (400, 403)


def test_bulk_names_those_who_could_not_be_moved(client, world, recruiter):
    first, second = apply(world, 2)
    moves.withdraw(second)
    client.force_login(recruiter)

    data = {"act": "move", "to": world.stages["screen"].pk, "pick": [first.pk, second.pk]}
    page = client.post(bulk_url(world), data, follow=True).content.decode()

    assert "1 of 2 done" in page and second.candidate.name in page and "no longer active" in page


def test_bulk_reject_asks_for_a_reason_then_writes_a_mail_each(client, world, recruiter):
    letter, reason = factories.MailTemplateFactory(), factories.RejectionReasonFactory()
    people = [world.application, *apply(world, 2)]
    client.force_login(recruiter)
    data = {"act": "reject", "pick": [one.pk for one in people]}

    asked = client.post(bulk_url(world), data)
    client.post(bulk_url(world), data | {"reason": reason.pk, "template": letter.pk, "delay": 48})

    assert "Reject 3 people" in asked.content.decode() and "2 of them have no working" in asked.content.decode()
    assert set(Application.objects.values_list("status", flat=True)) == {"rejected"}
    assert rejection.mail_of(world.application).count() == 1


def test_select_all_means_the_whole_column_under_the_filters(client, world, recruiter):
    lena = factories.UserFactory()
    apply(world, 30, owner=lena)
    client.force_login(recruiter)

    data = {"act": "move", "to": world.stages["screen"].pk, "all": world.stages["applied"].pk}
    client.post(f"{bulk_url(world)}?owner={lena.pk}", data)

    assert BulkAct.objects.get().total == 30
    assert shown(world, recruiter)["Applied"] == ["Noor Haddad"]


def test_bulk_leaves_other_jobs_alone(client, world, recruiter):
    elsewhere = factories.ApplicationFactory()
    client.force_login(recruiter)

    client.post(bulk_url(world), {"act": "move", "to": world.stages["screen"].pk, "pick": [elsewhere.pk]})

    elsewhere.refresh_from_db()
    assert (BulkAct.objects.count(), elsewhere.transitions.count()) == (0, 0)


def test_a_large_act_becomes_a_task_and_running_it_twice_does_it_once(world, recruiter):
    people = apply(world, 30)
    act = bulk.start_move(world.job, [one.pk for one in people], world.stages["screen"], by=recruiter)

    bulk.run(act)
    act = bulk.run(act)

    assert (len(act.done), act.waiting, act.failed) == (30, [], [])
    assert all(one.transitions.count() == 1 for one in people)


def test_a_stopped_act_keeps_what_is_done(world, recruiter, monkeypatch):
    monkeypatch.setattr(bulk, "SET", 25)
    people = apply(world, 30)
    act = bulk.start_move(world.job, [one.pk for one in people], world.stages["screen"], by=recruiter)
    bulk._run_chunk(act.pk)
    bulk.cancel(act)

    act = bulk.run(act)

    assert (len(act.done), act.is_finished, len(act.waiting)) == (25, True, 5)


def test_who_may_no_longer_decide_when_it_is_done_does_nothing_and_a_long_act_tells_when_it_is_over(
    world, recruiter, manager
):
    copies(world.application, 101)
    stage, everybody = world.stages["screen"], list(world.job.applications.values_list("pk", flat=True))
    theirs = bulk.start_move(world.job, everybody, stage, by=manager)
    world.job.team.filter(user=manager).delete()

    theirs = bulk.run(theirs)
    act = bulk.run(bulk.start_move(world.job, everybody[:101], stage, by=recruiter))

    assert (theirs.done, {why for _, why in theirs.failed}) == ([], {bulk.NO_LONGER_ALLOWED})
    assert len(act.done) == 101
    assert Notification.objects.get(user=recruiter).words == "Move: 101 of 101 people are done (Data Engineer)."


def test_undo_of_a_bulk_rejection_restores_and_stops_the_mails(world, recruiter):
    letter, reason = factories.MailTemplateFactory(), factories.RejectionReasonFactory()
    act = bulk.run(bulk.start_rejection(world.job, [world.application.pk], reason, by=recruiter, template=letter))

    undone = bulk.run(bulk.start_undo(act, by=recruiter))

    world.application.refresh_from_db()
    assert (world.application.status, len(undone.done)) == ("active", 1)
    assert rejection.mail_of(world.application).get().status == "cancelled"


# --- review -----------------------------------------------------------------------------------------------------------


def test_review_goes_through_new_people_first_come_first_served(client, world, recruiter):
    later = factories.ApplicationFactory(stage=world.stages["applied"])
    client.force_login(recruiter)
    url = reverse("pipeline:review", args=[world.job.pk])

    first = client.get(url)
    data = {"application": world.application.pk, "seen": world.stages["applied"].pk, "done": 0}
    second = client.post(url, data, **SWAP)

    world.application.refresh_from_db()
    assert (first.context["application"], first.context["total"]) == (world.application, 2)
    assert later.candidate.name in second.content.decode() and "1 of 2 reviewed" in second.content.decode()
    assert (world.application.stage, world.application.reviewed_at is not None) == (world.stages["screen"], True)


def test_skipped_people_come_back_at_the_end(client, world, recruiter):
    later = factories.ApplicationFactory(stage=world.stages["applied"])
    client.force_login(recruiter)
    url = reverse("pipeline:review", args=[world.job.pk])

    skipped = client.get(url, {"after": world.application.pk})
    again = client.get(url, {"after": later.pk})

    assert (skipped.context["application"], again.context["application"]) == (later, world.application)


def test_review_shows_answers_as_they_were_asked(client, world, recruiter):
    world.application.questions = [{"key": "eu", "label": "May you work here?"}, {"key": "x", "label": "Left blank"}]
    world.application.answers = {"eu": True}
    world.application.save()
    client.force_login(recruiter)

    page = client.get(reverse("pipeline:review", args=[world.job.pk])).content.decode()

    assert "May you work here?" in page and "<dd>Yes" in page and "Left blank" not in page


def test_review_shows_the_next_step_and_the_resume_as_text(client, world, recruiter):
    document = Document.objects.create(
        candidate=world.candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64, status="ready", uploaded_at=timezone.now(),
    )  # fmt: skip
    DocumentText.objects.create(document=document, text="Moved 4 TB a day", reader_version="1")
    client.force_login(recruiter)
    url = reverse("pipeline:review", args=[world.job.pk])

    page = client.get(url).content.decode()
    text = client.get(url, {"application": world.application.pk, "view": "text"}).content.decode()

    assert '<dt>Next</dt><dd><span class="tl-stage" data-kind="screen">Screen</span>' in page
    assert "<dt>Last contact</dt><dd>never</dd>" in page
    assert "data-little" in page
    assert 'tl-sheet-text">Moved 4 TB a day' in text


def test_a_finished_review_says_so(client, world, recruiter):
    moves.withdraw(world.application)
    client.force_login(recruiter)

    page = client.get(reverse("pipeline:review", args=[world.job.pk]), {"done": 4}).content.decode()

    assert "All 4 reviewed" in page
