"""What sources cost and bring: entered by hand or list, spread over days, counted so that each number is its rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from hiring import sources
from hiring.errors import Refused
from hiring.models import Job
from pipeline import moves, transfer
from pipeline.models import Application
from sourcing.costs import entering, lists, periods, report
from sourcing.costs.models import CostBatch, SourceCost
from tests.factories import ApplicationFactory, SourceFactory

MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


@pytest.fixture
def board(db):
    return SourceFactory(name="Paid board", kind="job_board", cost_kind="posting")


@pytest.fixture
def as_recruiter(client, recruiter):
    client.force_login(recruiter)
    return client


def enter(source, first=MARCH[0], last=MARCH[1], amount="310", currency="EUR", **more):
    return entering.enter(
        source=source, starts_on=first, ends_on=last, amount=Decimal(amount), currency=currency, by=None, **more
    )


def asked(user, first=MARCH[0], last=MARCH[1], **more):
    return report.Asked(user, first, last, **more)


def came(source, day="2026-03-10T12:00:00+00:00", **more):
    return ApplicationFactory(source=source, applied_at=dt.datetime.fromisoformat(day), **more)


def figures(user, source, **more):
    """(applications, qualified, hires) of a source."""
    line = next(line for line in report.lines(asked(user, **more)) if line.source == source)
    return line.applications, line.qualified, line.hires


# Periods


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2/2027", "2027-02-01", "2027-02-28"),
        ("2027-Q1", "2027-01-01", "2027-03-31"),
        ("q4 2027", "2027-10-01", "2027-12-31"),
        ("2027", "2027-01-01", "2027-12-31"),
        ("31.03.2027", "2027-03-31", "2027-03-31"),
        ("3/4/2027", "2027-04-03", "2027-04-03"),
        ("2027-03-31", "2027-03-31", "2027-03-31"),
    ],
)
def test_periods_are_read_as_people_write_them(text, first, last):
    assert [day.isoformat() for day in periods.read(text)] == [first, last]


@pytest.mark.parametrize(
    "text", ["", "soon", "2027-13", "2027-Q5", "31.02.2027", "0001-01", "2027-03-31 to 2027-04-01", "٢٠٢٧"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Refused, match="is no period"):
        periods.read(text)


@given(st.text(max_size=20))
def test_any_text_is_a_period_or_refused(text):
    try:
        first, last = periods.read(text)
    except Refused:
        return
    assert first <= last


days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


@given(days, st.integers(0, 900), days, st.integers(0, 900), st.sampled_from(["", "month", "quarter"]))
def test_parts_of_a_period_are_the_period_and_no_day_counts_twice(first, length, other, other_length, by):
    last, other_last = first + dt.timedelta(days=length), other + dt.timedelta(days=other_length)
    cuts = periods.parts(first, last, by)

    assert sum((end - start).days + 1 for start, end, _ in cuts) == length + 1
    assert (cuts[0][0], cuts[-1][1]) == (first, last)
    shared = sum(periods.shared_days(start, end, other, other_last) for start, end, _ in cuts)
    assert shared == periods.shared_days(first, last, other, other_last)


# By hand


def test_a_cost_carries_what_the_source_usually_costs(board, recruiter):
    cost = enter(board)

    assert (cost.kind, cost.days, str(cost)) == ("posting", 31, "Paid board, 2026-03-01 to 2026-03-31")


def test_the_same_cost_twice_ends_before_it_begins_and_gains_are_refused(board):
    enter(board)
    for wrong, why in (
        ({}, "there already"),
        ({"first": MARCH[1], "last": MARCH[0]}, "ends before"),
        ({"amount": "-1"}, "not negative"),
        ({"amount": "1e11"}, "too large"),
        ({"last": dt.date(2031, 1, 1)}, "longer than"),
    ):
        with pytest.raises(Refused, match=why):
            enter(board, **wrong)
    assert SourceCost.objects.count() == 1


def test_a_cost_for_a_merged_source_is_one_for_what_it_became(board):
    old = SourceFactory(name="Old board", kind="job_board")
    before = enter(old)
    made = sources.merge(old, board, by=None)
    sources.carry(made.pk)
    before.refresh_from_db()

    assert before.source == board == enter(old, amount="5").source


@pytest.mark.parametrize(
    ("said", "currency", "amount"), [("1.234,50", "EUR", "1234.50"), ("1,234", "JPY", "1234"), ("0", "EUR", "0")]
)
def test_amounts_are_read_as_people_type_them(said, currency, amount):
    assert entering.amount_of(said, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("said", "currency"),
    [("abc", "EUR"), ("1.5", "JPY"), ("1.2345", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR"), ("", "EUR")],
)
def test_what_is_no_amount_is_refused(said, currency):
    with pytest.raises(Refused):
        entering.amount_of(said, currency)


def test_by_page_a_cost_is_entered_changed_taken_out_and_put_back(as_recruiter, board, recruiter):
    given = {
        "source": board.pk,
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-31",
        "amount": "1.310,50",
        "currency": "eur",
    }
    as_recruiter.post(reverse("sourcing:cost_create"), given)
    cost = SourceCost.objects.get()
    as_recruiter.post(reverse("sourcing:cost_edit", args=[cost.pk]), given | {"amount": "1400"})
    changed = SourceCost.objects.standing().get()
    as_recruiter.post(reverse("sourcing:cost_remove", args=[changed.pk]))
    none = SourceCost.objects.standing().count()
    as_recruiter.post(reverse("sourcing:cost_remove", args=[changed.pk]))

    assert (cost.amount, cost.currency, cost.created_by) == (Decimal("1310.50"), "EUR", recruiter)
    cost.refresh_from_db()
    assert cost.removed_by == recruiter and changed.amount == 1400
    assert (none, SourceCost.objects.standing().get()) == (0, changed)


def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_stays(as_recruiter, board):
    given = {
        "source": board.pk,
        "starts_on": "2026-03-31",
        "ends_on": "2026-03-01",
        "amount": "lots",
        "currency": "euro",
    }
    answer = as_recruiter.post(reverse("sourcing:cost_create"), given)

    text = answer.content.decode()
    assert answer.status_code == 422 and 'value="lots"' in text
    assert "It ends before it begins." in text and "Three letters" in text


# By list


def a_list(text, name="costs.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def test_a_list_is_read_with_every_problem_of_every_row_and_entered_without_them(as_recruiter, board, recruiter, world):
    sources.add_alias(board, "pb", by=None)
    enter(board, dt.date(2026, 5, 1), dt.date(2026, 5, 31), "50")
    text = (
        "Source;Period;From;To;Amount;Currency;Job;Note\n"
        "Paid board;2026-03;;;1.310,50;EUR;;Spring\n"
        f"PB;;01.04.2026;30.04.2026;200;usd;{world.job.requisition_id};\n"
        "Moon;soon;;;x;E;Nothing;\n"
        ";2026-03;;;;;;\n"
        "Paid board;2026-05;;;50;EUR;;\n"
        "Paid board;2026-03;;;1310.5;EUR;;again\n"
    )
    batch = as_recruiter.post(reverse("sourcing:cost_upload"), {"file": a_list(text)}, follow=True).context["batch"]
    problems = {line["number"]: line["problem"] for line in batch.lines if line["problem"]}
    as_recruiter.post(reverse("sourcing:cost_batch_act", args=[batch.pk, "enter"]))

    assert problems.keys() == {4, 5, 6, 7}
    assert "no source “Moon”" in problems[4] and "is no period" in problems[4] and "no job “Nothing”" in problems[4]
    assert "The source is missing." in problems[5] and "The amount is missing." in problems[5]
    assert problems[6] == problems[7] == "This very cost is there already."
    entered = SourceCost.objects.filter(batch=batch).order_by("pk")
    assert [(one.source, one.amount, one.currency, one.job, one.note) for one in entered] == [
        (board, Decimal("1310.500"), "EUR", None, "Spring"),
        (board, Decimal("200.000"), "USD", world.job, ""),
    ]
    batch.refresh_from_db()
    assert (batch.state, batch.entered, len(batch.lines)) == ("entered", 2, 4)


def test_a_list_is_taken_back_as_one_and_what_was_taken_out_before_stays_out(as_recruiter, board, recruiter):
    batch = lists.read(
        a_list("source,period,amount,currency\nPaid board,2026-03,10,EUR\nPaid board,2026-04,20,EUR\n"),
        "x",
        by=recruiter,
    )
    entering.enter_batch(batch, by=recruiter)
    first = SourceCost.objects.order_by("pk").first()
    entering.remove(first, by=None)
    as_recruiter.post(reverse("sourcing:cost_batch_act", args=[batch.pk, "undo"]))

    assert SourceCost.objects.standing().count() == 0
    first.refresh_from_db()
    assert first.removed_by is None
    for act, sentence in ((entering.undo_batch, "nothing of this list"), (entering.enter_batch, "settled already")):
        with pytest.raises(Refused, match=sentence):
            act(batch, by=recruiter)


def test_rows_with_problems_are_handed_out_disarmed(as_recruiter, board, recruiter):
    """SEC-9."""
    batch = lists.read(a_list("source,period,amount,currency\n=cmd(),2026-03,10,EUR\n"), "x", by=recruiter)
    answer = as_recruiter.get(batch.get_absolute_url(), {"as": "csv"})

    [_, row] = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert row[1] == "'=cmd()" and "There is no source" in row[-1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"source,amount\nPaid board,1\n", "missing: currency, period"),
        (b"source,period,amount,currency\n", "no rows"),
        (b"%PDF-1.7 ", "PDF"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_what_is_no_list_of_costs_is_refused_with_a_sentence(as_recruiter, content, why):
    answer = as_recruiter.post(reverse("sourcing:cost_upload"), {"file": a_list(content)})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not CostBatch.objects.exists()


@given(st.lists(st.lists(st.text(max_size=8), min_size=7, max_size=7), max_size=3))
def test_any_cells_are_a_line_with_or_without_a_problem(rows):
    """The reader never fails; what it lets through can be entered."""
    reader = object.__new__(lists._Reader)
    reader.sources, reader.jobs, reader.there = {"board": 1}, {"req-1": [7]}, set()
    for number, cells in enumerate([["board", "2026-03", "", "10", "EUR", "", ""], *rows]):
        keys = ("source", "period", "starts_on", "amount", "currency", "job", "note")
        line = reader.line(number, dict(zip(keys, cells, strict=True)), "")
        if not line["problem"]:
            first, last = (dt.date.fromisoformat(line[name]) for name in ("starts_on", "ends_on"))
            entering.check(first, last, Decimal(line["amount"]))


def test_a_list_that_names_a_hidden_job_is_kept_from_those_who_do_not_see_it(client, board, recruiter, admin, world):
    Job.objects.filter(pk=world.job.pk).update(confidential=True)
    batch = lists.read(
        a_list(f"source,period,amount,currency,job\nPaid board,2026-03,10,EUR,{world.job.requisition_id}\n"),
        "secret",
        by=recruiter,
    )
    entering.enter_batch(batch, by=recruiter)
    client.force_login(admin)

    assert client.get(batch.get_absolute_url()).status_code == 404
    page = client.get(reverse("sourcing:costs")).content.decode()
    assert "secret" not in page and "Paid board" not in page
    assert report.lines(asked(admin)) == []
    assert report.lines(asked(recruiter))[0].costs == {"EUR": Decimal(10)}


# The report


def test_a_number_is_the_rows_behind_it(as_recruiter, recruiter, board, world):
    """Qualified is whoever stood beyond screening, whatever became of them; an undone move counts for nothing."""
    people = [came(board, stage=world.stages["screen"]) for _ in range(4)]
    for one in people:
        one.transitions.create(to=one.stage, status="active", at=one.applied_at)
    gone = moves.move(people[0], world.stages["interview"], by=recruiter)
    moves.withdraw(gone, by=recruiter)
    moves.undo_move(moves.move(people[1], world.stages["interview"], by=recruiter), by=recruiter)
    Application.objects.filter(pk=people[2].pk).update(stage=world.stages["hired"], status="hired")
    came(SourceFactory(name="Fair"))
    came(board, "2026-04-02T12:00:00+00:00")

    assert figures(recruiter, board) == (4, 2, 1)
    for what, count in (("applications", 4), ("qualified", 2), ("hires", 1)):
        address = reverse("sourcing:source_figure", args=[board.pk, what])
        page = as_recruiter.get(f"{address}?{asked(recruiter).query}").content.decode()
        assert page.count("data-drawer-row") == count
    everybody = as_recruiter.get(
        f"{reverse('sourcing:source_figure', args=['all', 'applications'])}?{asked(recruiter).query}"
    )
    assert everybody.content.decode().count("data-drawer-row") == 5
    for wrong in (["all", "nothing"], ["99999", "hires"], ["x", "hires"]):
        assert as_recruiter.get(reverse("sourcing:source_figure", args=wrong)).status_code == 404


def test_whoever_went_on_in_another_job_counts_once_with_what_became_of_them(recruiter, board, world):
    first = came(board)
    opened = transfer.transfer(first, world.job, by=recruiter)
    Application.objects.filter(pk=opened.pk).update(stage=world.stages["hired"], status="hired")

    assert figures(recruiter, board) == (1, 1, 1)


def test_days_are_those_of_the_organisation(recruiter, board, settings):
    """Half past eleven at night in Paris on the 31st is still March; an hour later it is April."""
    settings.ORGANISATION_TIME_ZONE = "Europe/Paris"
    came(board, "2026-03-31T21:30:00+00:00")
    came(board, "2026-03-31T22:30:00+00:00")

    assert figures(recruiter, board)[0] == 1
    by_month = report.lines(asked(recruiter, MARCH[0], dt.date(2026, 4, 30), by="month"))
    assert [(line.period, line.applications) for line in by_month] == [("March 2026", 1), ("April 2026", 1), ("", 2)]


def test_costs_are_spread_over_their_days_and_never_converted(recruiter, board):
    enter(board, dt.date(2026, 3, 22), dt.date(2026, 4, 10), "200")
    enter(board, amount="90", currency="USD")
    came(board)
    came(board)
    [line, total] = report.lines(asked(recruiter))

    assert line.costs == {"EUR": Decimal(100), "USD": Decimal(90)}
    assert (line.per_application, line.per_hire) == ("€\xa050 + $\xa045", "")
    assert total.costs == line.costs and total.is_sum


def test_a_cost_without_applications_and_applications_without_a_source_have_their_lines(recruiter, board):
    enter(board)
    came(None)

    assert [(line.name, line.applications, line.cost) for line in report.lines(asked(recruiter))] == [
        ("No source", 1, ""), ("Paid board", 0, "€\xa0310"), ("All sources", 1, "€\xa0310"),
    ]  # fmt: skip


def test_of_one_job_only_its_own_applications_and_costs_count(recruiter, board, world):
    enter(board)
    enter(board, amount="70", job=world.job)
    came(board)
    came(board, stage=world.stages["applied"])

    [line, _] = report.lines(asked(recruiter, job=world.job))
    assert (line.applications, line.cost) == (1, "€\xa070")


def test_applications_of_confidential_jobs_count_for_their_team_only(recruiter, board):
    application = came(board)
    Job.objects.filter(pk=application.job_id).update(confidential=True)

    before = report.lines(asked(recruiter))
    application.job.team.create(user=recruiter, role="recruiter")
    assert (before, figures(recruiter, board)) == ([], (1, 0, 0))


def test_it_can_be_asked_as_it_was_on_a_past_day(recruiter, board, world):
    """What was moved, hired, entered or taken out later does not show in it."""
    one = came(board, stage=world.stages["screen"])
    for day, stage, left, status in (
        ("2026-03-10", "screen", None, "active"),
        ("2026-03-20", "interview", "screen", "active"),
        ("2026-03-30", "hired", "interview", "hired"),
    ):
        at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        one.transitions.create(to=world.stages[stage], left=world.stages[left] if left else None, status=status, at=at)
    Application.objects.filter(pk=one.pk).update(stage=world.stages["hired"], status="hired")
    cost = enter(board)
    SourceCost.objects.filter(pk=cost.pk).update(
        created_at=dt.datetime(2026, 3, 5, tzinfo=dt.UTC), removed_at=dt.datetime(2026, 3, 25, tzinfo=dt.UTC)
    )

    def as_of(day):
        [line, _] = report.lines(asked(recruiter, as_of=dt.date(2026, 3, day)))
        return line.applications, line.qualified, line.hires, line.cost

    assert [as_of(day) for day in (11, 21, 30)] == [
        (1, 0, 0, "€\xa0310"), (1, 1, 0, "€\xa0310"), (1, 1, 1, ""),
    ]  # fmt: skip
    assert figures(recruiter, board) == (1, 1, 1)


def test_the_file_says_what_the_page_says(as_recruiter, recruiter, board):
    enter(board)
    came(board)
    address = f"{reverse('sourcing:source_report')}?{asked(recruiter).query}"
    text = b"".join(as_recruiter.get(f"{address}&as=csv").streaming_content).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(b"".join(as_recruiter.get(f"{address}&as=xlsx").streaming_content))).active
    page = as_recruiter.get(address).content.decode()

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1][1:7] == ["Paid board", "Job board", "1", "0", "0", "€\xa0310"]
    assert [[str(cell or "") for cell in row] for row in sheet.values] == rows
    assert "€\xa0310" in page and "spread evenly" in page
    assert as_recruiter.get(f"{address}&as=pdf").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y&by=z&job=w&asof=v",
        "from=2026-12-31&to=2026-01-01",
        "from=0001-01-01",
        "job=99999999999999999999",
        "asof=2999-01-01",
    ],
)
def test_an_address_nobody_meant_is_answered_all_the_same(as_recruiter, query):
    assert as_recruiter.get(f"{reverse('sourcing:source_report')}?{query}").status_code == 200


@pytest.mark.parametrize("rows", [1, 5])
def test_the_report_asks_no_more_for_more_rows(as_recruiter, recruiter, rows, django_assert_max_num_queries):
    for source in SourceFactory.create_batch(rows):
        enter(source)
        came(source)
    with django_assert_max_num_queries(14):
        as_recruiter.get(f"{reverse('sourcing:source_report')}?{asked(recruiter, by='month').query}")
    with django_assert_max_num_queries(14):
        as_recruiter.get(reverse("sourcing:costs"))
