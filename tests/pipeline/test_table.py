"""Applications as a table: columns, order, filters, views, files, and what is done with many at once."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from compliance.models import AuditEntry
from hiring import custom_fields
from hiring.models import CandidateTag, CustomField, Tag
from pipeline import picking, sub_status
from pipeline.blind import setting, whom
from pipeline.models import Application, BulkAct, TableColumns, TableView
from pipeline.screening import correcting, judging
from pipeline.screening import criteria as held
from pipeline.table import files, kept, rows
from pipeline.table.asking import Place, Question
from pipeline.table.columns import open_to
from tests import factories
from tests.pipeline.screened import ALL, give_resume

ASKED = (ALL[0], ALL[2])
NAMES = re.compile(r'data-drawer="/candidates/\d+/drawer/">([^<]+)</a>')


@pytest.fixture
def url(world):
    return reverse("pipeline:table", args=[world.job.pk])


@pytest.fixture
def many(world, recruiter, manager):
    """Twenty people who differ in everything a table is sorted by; some in nothing but their number."""
    now = timezone.now()
    sources = factories.SourceFactory.create_batch(2)
    owners = [recruiter, manager, None]
    stages = [world.stages["applied"], world.stages["screen"]]
    return [
        factories.ApplicationFactory(
            stage=stages[number % 2],
            candidate=factories.CandidateFactory(
                name=f"Person {(number * 7) % 23:02} {'é' * (number % 3)}",
                owner=owners[number % 3],
                company=f"Firm {number % 4}",
            ),
            source=[*sources, None][number % 3],
            applied_at=now - dt.timedelta(days=number // 2),
            entered_stage_at=now - dt.timedelta(hours=number // 3),
        )
        for number in range(20)
    ]


def seen(client, url, **query):
    """The names on all pages, in order, as the pages show them."""
    names, query = [], {"status": "active", **query}
    while True:
        page = client.get(url, query)
        names += NAMES.findall(page.content.decode())
        if not (after := page.context["page"].after):
            return names
        query["after"] = after


def file_of(client, url, **query):
    answer = client.get(url, {"status": "active", **query, "as": "csv"})
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def with_values_on_some(many, recruiter):
    """A choice and a number that more people lack than stand on a page, and more than a page have."""
    what = CustomField.objects.create(kind="application", key="relocates", name="Relocates", type="choice")
    options = [what.options.create(label=label, position=at) for at, label in enumerate(("Yes", "No"))]
    CustomField.objects.create(kind="application", key="weeks", name="Weeks of notice", type="number")
    for at, application in enumerate(many[:11]):
        custom_fields.set_values(application, recruiter, {"relocates": options[at % 2], "weeks": at % 3})


# --- order and pages ------------------------------------------------------------------------------------------------


def test_every_order_pages_without_losing_or_repeating_anybody_and_the_file_has_the_same_rows(
    client, world, many, recruiter, url, monkeypatch
):
    monkeypatch.setattr(rows, "SIZE", 4)
    with_values_on_some(many, recruiter)
    place, query = Place(recruiter, world.job), {"cols": "name,stage,source,owner,person.company,criteria"}
    sorting = [key for key, column in place.columns.items() if column.sort]
    assert len(sorting) > 12 and {"cf.relocates", "cf.weeks"} < set(sorting)
    for sort in [f"{way}{key}" for key in sorting for way in ("", "-")]:
        question, shown = Question.read({**query, "sort": sort}, place), []
        page = rows.page(place, question)
        assert page.sort == sort
        shown += [row.texts for row in page.rows]
        while page.after and len(shown) < 30:
            page = rows.page(place, replace(question, after=page.after))
            shown += [row.texts for row in page.rows]
        ids = rows.ids(place, question, 100)

        assert len({row[0] for row in shown}) == len(shown) == 21, sort
        assert list(files.lines(place, question, ids)) == shown, sort

    client.force_login(recruiter)
    for sort in ("name", "-entered"):
        file = file_of(client, url, sort=sort, **query)
        assert [row[0] for row in file] == ["Candidate", *seen(client, url, sort=sort, **query)]
    assert file[0] == ["Candidate", "Stage", "Source", "Owner", "Company", "Criteria met"]


def test_each_column_orders_by_what_it_shows(client, world, many, recruiter, url):
    client.force_login(recruiter)
    for key, place in (("name", 0), ("source", 2), ("owner", 3), ("person.company", 4), ("stage", 1)):
        cells = [
            row[place] for row in file_of(client, url, sort=key, cols="name,stage,source,owner,person.company")[1:]
        ]
        assert cells == sorted(cells, key=str.lower), key
    shown = client.get(url, {"sort": "-applied"})
    moments = [row.application.applied_at for row in shown.context["page"].rows]
    assert moments == sorted(moments, reverse=True)
    assert '<th scope="col" aria-sort="descending"><a href="?sort=applied">Applied' in shown.content.decode()


def test_the_address_holds_no_name(client, world, many, recruiter, url, monkeypatch):
    monkeypatch.setattr(rows, "SIZE", 6)
    client.force_login(recruiter)
    after = client.get(url, {"sort": "name"}).context["page"].after
    assert after.isdecimal()


@pytest.mark.parametrize(
    "query",
    [
        "sort=x&status=y&stage=z", "after=1_", "after=x", "after=9_2026-99-99", "owner=0x", "cols=,,nonsense&sort=-waits",
        "view=9", "meets=c-x", "after=1_nan&sort=criteria", "job=1&stage=screen",
        "sort=entered&after=1_0001-01-01T00:00:00%2B23:59", "sort=entered&after=1_9999-12-31T23:59:59-23:59",
        "sort=cf.weeks&after=1_-1e999999", "sort=-cf.weeks&after=1_1e999999", "sort=-cf.weeks&after=1_1e-999999",
    ],
)  # fmt: skip
def test_any_address_gives_a_table(client, world, recruiter, url, query):
    CustomField.objects.create(kind="application", key="weeks", name="Weeks of notice", type="number")
    client.force_login(recruiter)
    assert "Noor Haddad" in client.get(f"{url}?{query}").content.decode()
    assert client.get(f"{reverse('pipeline:applications')}?{query}").status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_rows(client, world, recruiter, url, many):
    CustomField.objects.create(kind="application", key="notice", name="Notice", type="text")
    client.force_login(recruiter)
    cols = ",".join(open_to(recruiter, world.job))
    Application.objects.filter(pk__in=[one.pk for one in many[3:]]).update(status="withdrawn")
    client.get(url, {"cols": cols})
    with CaptureQueriesContext(connection) as few:
        client.get(url, {"cols": cols})
    Application.objects.filter(pk__in=[one.pk for one in many[:12]]).update(status="active")
    with CaptureQueriesContext(connection) as more:
        page = client.get(url, {"cols": cols})

    assert len(page.context["page"].rows) == 13
    assert len(few) == len(more)


def test_very_many_applications_of_all_jobs_are_ordered_as_an_index_has_them(
    client, world, many, recruiter, monkeypatch
):
    address = reverse("pipeline:applications")
    client.force_login(recruiter)
    orders = ("name", "-name", "applied", "-applied")
    few = {sort: seen(client, address, sort=sort) for sort in orders}
    monkeypatch.setattr(rows, "SORTED_UP_TO", 10)
    monkeypatch.setattr(rows, "COUNTED_UP_TO", 10)
    monkeypatch.setattr(rows, "SIZE", 6)

    page = client.get(address, {"status": "active", "sort": "source"})

    assert (page.context["page"].sort, page.context["page"].total) == ("-applied", None)

    assert {sort: seen(client, address, sort=sort) for sort in orders} == few
    assert {len(names) for names in few.values()} == {21} and few["name"] == few["-name"][::-1]
    assert "can only be ordered by Candidate or Applied." in page.content.decode()
    heads = {head["label"] for head in page.context["heads"] if head["url"]}
    assert heads == {"Candidate", "Applied"}


def test_the_next_step_is_asked_of_so_many_applications_of_all_jobs_and_no_more(
    client, world, many, recruiter, monkeypatch
):
    address = reverse("pipeline:applications")
    sub_status.put(many[1], "on_hold", by=recruiter)
    sub_status.put(many[2], "on_hold", by=recruiter)
    client.force_login(recruiter)
    both = {many[1].candidate.name.strip(), many[2].candidate.name.strip()}
    assert {name.strip() for name in seen(client, address, waits="on_hold")} == both
    monkeypatch.setattr("pipeline.table.asking.WEIGHED_UP_TO", 15)

    wide = client.get(address, {"status": "active", "waits": "on_hold"})
    narrow = seen(client, address, waits="on_hold", stage="screen")

    assert "Too many to look at one by one" in wide.content.decode() and NAMES.findall(wide.content.decode()) == []
    assert [name.strip() for name in narrow] == [many[1].candidate.name.strip()]
    assert file_of(client, address, waits="on_hold")[1:] == []


# --- filters --------------------------------------------------------------------------------------------------------


def test_filters_of_the_board_narrow_the_table_and_are_carried_between_both(client, world, many, recruiter, url):
    sub_status.put(many[0], "on_hold", by=recruiter)
    client.force_login(recruiter)
    board = reverse("pipeline:board", args=[world.job.pk])

    assert seen(client, url, waits="on_hold") == [many[0].candidate.name]
    assert seen(client, url, q="noor") == ["Noor Haddad"]
    assert len(seen(client, url, owner=recruiter.pk, source=many[0].source_id)) == 7
    assert len(seen(client, url, stage=world.stages["screen"].pk)) == 10
    html = client.get(url, {"owner": recruiter.pk, "stage": world.stages["screen"].pk, "q": "person"}).content.decode()
    query = f"owner={recruiter.pk}&amp;stage={world.stages['screen'].pk}&amp;q=person"
    assert (
        f'href="{board}?{query}"' in html
        and f'<input type="hidden" name="stage" value="{world.stages["screen"].pk}">' in html
    )
    assert f'href="{url}?{query}"' in client.get(f"{board}?{query.replace('&amp;', '&')}").content.decode()


@pytest.fixture
def screened(world, recruiter):
    """Noor is judged, and somebody of whom nothing is known."""
    document = give_resume(world.candidate)
    Application.objects.filter(pk=world.application.pk).update(resume=document)
    nobody = factories.ApplicationFactory(
        stage=world.stages["applied"], candidate=factories.CandidateFactory(name="Ola Berg")
    )
    held.copy(world.job, ASKED, by=recruiter)
    judging.mark([world.application.pk, nobody.pk])
    judging.judge_due([world.application.pk, nobody.pk])
    return nobody


def test_a_stage_out_of_the_plan_is_offered_while_somebody_stands_there(client, world, recruiter, url):
    gone, left = world.stages["lead"], world.stages["screen"]
    factories.ApplicationFactory(stage=left, status="rejected")
    for stage in (gone, left):
        stage.retired_at, stage.gave_way_to = timezone.now(), world.stages["interview"]
        stage.save()
    client.force_login(recruiter)

    page = client.get(url, {"status": "all"})

    offered = dict(page.context["place"].stages)
    assert str(gone.pk) not in offered and offered[str(left.pk)] == "Screen (out of the plan)"
    assert len(seen(client, url, status="all", stage=str(left.pk))) == 1
    assert Question.read({"stage": str(gone.pk)}, Place(recruiter, world.job)).stage == ""


def test_what_people_correct_counts_in_filters_order_and_search(client, world, screened, recruiter, url):
    client.force_login(recruiter)
    board, people = reverse("pipeline:board", args=[world.job.pk]), reverse("candidates")
    assert seen(client, url, meets="musts") == ["Noor Haddad"]

    for one in ASKED:
        correcting.correct(screened, one.key, "met", "Said so on the phone", by=recruiter)
    correcting.correct(world.application, ASKED[1].key, "not_found", "It was a namesake", by=recruiter)

    assert seen(client, url, meets="musts") == seen(client, url, meets="any") == ["Ola Berg"]
    assert seen(client, url, meets=f"c-{ASKED[1].key}") == ["Ola Berg"]
    assert set(seen(client, url, meets=f"c-{ASKED[0].key}")) == {"Ola Berg", "Noor Haddad"}
    assert seen(client, url, sort="-criteria") == ["Ola Berg", "Noor Haddad"]
    card = client.get(board, {"meets": "musts"}).content.decode()
    assert "Ola Berg" in card and "Noor Haddad" not in card

    def found(query):
        html = client.get(people, {"q": query}).content.decode()
        return {name for name in ("Ola Berg", "Noor Haddad") if name in html}

    assert found("criteria:musts") == found("criteria:met") == found("criteria:>=80%") == {"Ola Berg"}
    assert found("criteria:50%") == found("criteria:..60%") == {"Noor Haddad"}
    assert found(f"job:{world.job.requisition_id} criteria:40..100 stage:applied") == {"Ola Berg", "Noor Haddad"}
    assert "is no share of criteria" in client.get(people, {"q": "criteria:lots"}).content.decode()
    correcting.take_back(screened.judgement_corrections.standing().first(), by=recruiter)
    assert found("criteria:musts") == set() and seen(client, url, meets="musts") == []


# --- columns --------------------------------------------------------------------------------------------------------


def heads(page):
    return [head["label"] for head in page.context["heads"]]


def test_columns_are_chosen_ordered_and_remembered_for_oneself(client, world, recruiter, manager, url):
    client.force_login(recruiter)
    choose = reverse("pipeline:table_columns", args=[world.job.pk])
    picked = {"order": ["owner", "stage", "applied", "name", "nonsense"], "column": ["owner", "applied", "nonsense"]}

    moved = client.post(f"{choose}?status=active&after=3", {**picked, "down": "owner"})
    page = client.get(moved["Location"])

    assert moved["Location"] == f"{url}?status=active&choose=1#columns"
    assert heads(page) == heads(client.get(url)) == ["Candidate", "Applied", "Owner"]
    client.post(choose, {**picked, "usual": "1"})
    assert "Stage" in heads(client.get(url)) and not TableColumns.objects.exists()
    client.force_login(manager)
    assert "Stage" in heads(client.get(url))


def test_columns_withheld_from_a_role_are_in_no_table_and_no_file(client, world, recruiter, manager, url):
    secret = CustomField.objects.create(
        kind="application", key="bonus", name="Bonus asked", type="text", is_private=True, roles=["admin"]
    )
    ours = CustomField.objects.create(kind="candidate", key="notice", name="Notice", type="number")
    cols = f"name,cf.{secret.key},cf.{ours.key},person.email"
    client.force_login(recruiter)
    assert file_of(client, url, cols=cols)[0] == ["Candidate", "Notice", "E-mail"]
    client.force_login(manager)
    assert heads(client.get(url, {"cols": cols})) == ["Candidate"]


def test_custom_fields_of_an_application_are_columns_that_sort(client, world, many, recruiter, url):
    CustomField.objects.create(kind="application", key="weeks", name="Weeks of notice", type="number")
    for application, weeks in ((world.application, 4), (many[0], 12), (many[1], 1)):
        custom_fields.set_values(application, recruiter, {"weeks": weeks})
    client.force_login(recruiter)

    file = file_of(client, url, cols="name,cf.weeks", sort="-cf.weeks")

    assert [row[1] for row in file[1:5]] == ["12", "4", "1", ""] and len(file) == 22
    assert seen(client, url, cols="name,cf.weeks", sort="-cf.weeks") == [row[0] for row in file[1:]]


def test_scorecards_open_in_the_table_as_they_open_to_each_reader(client, world, recruiter, url):
    interview = factories.InterviewFactory(application=world.application)
    author, other = factories.UserFactory(), factories.UserFactory()
    for user in (author, other):
        factories.SeatFactory(interview=interview, user=user)
        world.job.team.create(user=user, role="hiring_manager")
    from interviews.models import Scorecard

    now = timezone.now()
    Scorecard.objects.create(
        interview=interview, author=author, recommendation="strong_yes", ratings={"Depth": {"score": 4}, "Care": {"score": 3}},
        started_at=now, saved_at=now, submitted_at=now,
    )  # fmt: skip

    shown = {}
    for user in (recruiter, other):  # the other one owes a scorecard
        client.force_login(user)
        page = client.get(url, {"cols": "name,scorecards,rating"})
        shown[user.pk] = [cell.text for _, cell in page.context["page"].rows[0].cells[1:]]

    assert shown == {recruiter.pk: ["1 strong yes", "3.5"], other.pk: ["", ""]}


# --- blind review ---------------------------------------------------------------------------------------------------


def test_a_hidden_person_is_in_no_cell_order_cursor_or_file(client, world, many, recruiter, manager, url):
    setting.switch_on(world.job, world.stages["interview"], by=recruiter, hidden_from="everybody")
    marker = "Zqxmarker"
    person = world.candidate
    person.name, person.name_key, person.headline = f"{marker} Person", "0 first of all", f"{marker} at Home"
    person.save()
    CandidateTag.objects.create(candidate=person, tag=Tag.objects.create(name=marker), added_by=recruiter)
    CustomField.objects.create(kind="application", key="said", name="Said", type="text")
    custom_fields.set_values(world.application, recruiter, {"said": f"Ask for {marker}"})
    client.force_login(recruiter)
    place = Place(recruiter, world.job)
    cols = ",".join(place.columns)
    for address in (url, reverse("pipeline:applications")):
        for sort in ("name", "person.headline", "-entered", "cf.said"):
            page = client.get(address, {"sort": sort, "cols": cols})
            assert marker not in page.content.decode()
            assert page.context["page"].sort not in ("name", "person.headline", "cf.said")
        file = file_of(client, address, cols=cols)
        text = "\n".join(",".join(row) for row in file)
        assert marker not in text and whom.pseudonym(world.application.pk) in text and "hidden" in text
        assert seen(client, address, q=marker) == []
    Application.objects.filter(pk=world.application.pk).update(
        reviewed_at=timezone.now()
    )  # without a next step, therefore
    figure = file_of(client, reverse("pipeline:figure", args=[world.job.pk, "idle"]))
    assert marker not in str(figure) and whom.pseudonym(world.application.pk) in [row[0] for row in figure]
    book = client.get(url, {"status": "active", "as": "xlsx", "cols": cols})
    cells = [cell for row in load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values for cell in row]
    assert not any(marker in str(cell) for cell in cells) and len(cells) > 21


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_is_safe_complete_audited_and_for_those_who_may_export(client, world, many, recruiter, coordinator, url):
    world.candidate.name = "=HYPERLINK(1)"
    world.candidate.save()
    before = AuditEntry.objects.filter(action="exported").count()
    client.force_login(recruiter)

    lines = file_of(client, url, sort="name", cols="name,stage,applied")
    book = client.get(url, {"status": "active", "sort": "name", "cols": "name,stage,applied", "as": "xlsx"})
    values = [
        [cell or "" for cell in row]
        for row in load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values
    ]

    assert ["'=HYPERLINK(1)", "Applied", f"{timezone.localtime(world.application.applied_at):%Y-%m-%d}"] in lines
    assert values == lines and len(lines) == 22
    assert AuditEntry.objects.filter(action="exported").count() == before + 2
    assert client.get(url, {"as": "pdf"}).status_code == 404
    client.force_login(coordinator)
    assert client.get(url, {"as": "csv"}).status_code == 403 and "Excel" not in client.get(url).content.decode()


def test_too_many_rows_for_a_file_are_refused_with_a_way_out(client, world, many, recruiter, url, monkeypatch):
    monkeypatch.setattr("pipeline.table.files.XLSX_AT_MOST", 10)
    client.force_login(recruiter)
    answer = client.get(url, {"as": "xlsx", "status": "active"}, follow=True)
    assert "at most 10 rows" in answer.content.decode()


# --- views ----------------------------------------------------------------------------------------------------------


def keep(client, name, *, of=None, query=None, **more):
    address = (
        reverse("pipeline:view_create")
        + "?"
        + "&".join(f"{k}={v}" for k, v in {**({"of": of} if of else {}), **(query or {})}.items())
    )
    return client.post(address, {"name": name, "of_job": "any", "is_shared": "False", **more})


def test_a_view_keeps_columns_order_and_filters_and_opens_first_when_told(client, world, many, recruiter, url):
    client.force_login(recruiter)
    query = {
        "cols": "name,owner,stage",
        "sort": "-name",
        "stage": world.stages["screen"].pk,
        "status": "active",
        "q": "person",
    }

    answer = keep(client, "Screening", of=world.job.pk, query=query, of_job="any", is_shared="False")
    view = TableView.objects.get()
    page = client.get(url, {"view": view.pk}, follow=True)

    assert heads(page) == ["Candidate", "Owner", "Stage"]
    assert (page.context["page"].sort, page.context["question"].stage, page.context["filters"].text) == (
        "-name",
        str(world.stages["screen"].pk),
        "person",
    )
    assert page.redirect_chain[0][0] == answer["Location"] and not page.context["is_changed"]
    assert len(client.get(url).context["page"].rows) == 21
    client.post(reverse("pipeline:view_first", args=[view.pk]), {"first": "1"})
    assert client.get(url)["Location"] == answer["Location"]
    assert client.get(url, {"status": "all"}).status_code == 200
    changed = client.get(answer["Location"] + "&status=all")
    assert changed.context["is_changed"] and "Update “Screening”" in changed.content.decode()
    client.post(reverse("pipeline:view_update", args=[view.pk]) + f"?of={world.job.pk}&cols=name&status=all")
    view.refresh_from_db()
    assert view.asks == {"status": "all", "sort": "-entered", "cols": "name"}
    client.post(reverse("pipeline:view_first", args=[view.pk]), {"first": "0"})
    assert client.get(url).status_code == 200


def test_a_view_whose_column_and_stage_are_gone_opens_and_says_so(client, world, recruiter, url):
    what = CustomField.objects.create(kind="application", key="notice", name="Notice period", type="number")
    stage = factories.StageFactory(job=world.job, name="Homework", position=9)
    client.force_login(recruiter)
    keep(
        client,
        "Homework",
        of=world.job.pk,
        query={"cols": "name,cf.notice", "sort": "cf.notice", "stage": stage.pk},
        of_job="job",
    )
    what.is_active = False
    what.save()
    stage.delete()

    html = client.get(url, {"view": TableView.objects.get().pk}, follow=True).content.decode()

    assert "Left out: the column “Notice period”, the stage Homework, the order by “Notice period”." in html
    assert "Noor Haddad" in html


def test_a_view_for_any_job_finds_the_stage_of_each_by_its_name(client, world, recruiter, url):
    other = factories.StageFactory(name="Screen", kind="screen")
    factories.ApplicationFactory(stage=other, candidate=factories.CandidateFactory(name="Ola Berg"))
    client.force_login(recruiter)
    keep(client, "In screening", of=world.job.pk, query={"stage": world.stages["screen"].pk}, of_job="any")

    page = client.get(reverse("pipeline:table", args=[other.job_id]), {"view": TableView.objects.get().pk}, follow=True)

    assert (page.context["question"].stage, NAMES.findall(page.content.decode())) == (str(other.pk), ["Ola Berg"])


def test_who_sees_and_changes_a_view(client, world, recruiter, manager, outsider, coordinator, url):
    client.force_login(recruiter)
    keep(client, "Mine", of=world.job.pk, of_job="job", is_shared="False")
    keep(client, "Ours", of=world.job.pk, of_job="job", is_shared="True")
    taken = keep(client, "ours", of=world.job.pk, of_job="job")
    mine, ours = TableView.objects.order_by("pk")
    assert (
        taken.status_code == 422
        and "already have a view called" in taken.content.decode()
        and 'value="ours"' in taken.content.decode()
    )
    seen_by = {
        user.role if user != outsider else "outsider": list(TableView.objects.visible_to(user))
        for user in (recruiter, manager, outsider, coordinator)
    }
    assert seen_by == {"recruiter": [mine, ours], "hiring_manager": [ours], "outsider": [], "coordinator": [ours]}
    client.force_login(manager)
    edit = reverse("pipeline:view_edit", args=[ours.pk])
    assert [client.get(edit).status_code, client.get(reverse("pipeline:view_edit", args=[mine.pk])).status_code] == [
        403,
        404,
    ]
    wide = keep(client, "For all", of=world.job.pk, is_shared="True")
    assert wide.status_code == 422 and "for this job only" in wide.content.decode()
    client.post(reverse("pipeline:view_first", args=[ours.pk]), {"first": "1"})
    assert kept.first_of(Place(manager, world.job)) == ours
    client.force_login(recruiter)
    client.post(edit, {"name": "Only mine", "is_shared": "False"})
    assert kept.first_of(Place(manager, world.job)) is None
    gone = client.post(reverse("pipeline:view_remove", args=[ours.pk]), follow=True)
    assert "Only mine" not in [str(view) for view in kept.here(Place(recruiter, world.job))]
    assert reverse("pipeline:view_restore", args=[ours.pk]) in gone.content.decode()
    client.post(reverse("pipeline:view_restore", args=[ours.pk]))
    assert "Only mine" in client.get(reverse("pipeline:views")).content.decode()


# --- all applications -----------------------------------------------------------------------------------------------


def test_the_table_of_all_shows_only_pipelines_one_may_open(client, world, recruiter, manager, outsider, interviewer):
    hidden = factories.StageFactory(job__confidential=True, job__title="Secret chief")
    factories.ApplicationFactory(stage=hidden, candidate=factories.CandidateFactory(name="Cleo Quiet"))
    other = factories.ApplicationFactory(candidate=factories.CandidateFactory(name="Ola Berg"))
    everywhere = reverse("pipeline:applications")
    shown = {}
    for user in (recruiter, manager, outsider):
        client.force_login(user)
        page = client.get(everywhere)
        shown[user.pk] = set(NAMES.findall(page.content.decode()))
        assert "Secret chief" not in page.content.decode()

    assert shown == {recruiter.pk: {"Noor Haddad", "Ola Berg"}, manager.pk: {"Noor Haddad"}, outsider.pk: set()}
    client.force_login(recruiter)
    assert seen(client, everywhere, job=other.job_id) == seen(client, everywhere, stage="screen") == ["Ola Berg"]
    assert seen(client, everywhere, job=hidden.job_id) == []
    assert [row[1] for row in file_of(client, everywhere, cols="name,job", sort="name")[1:]] == [
        f"{one.job.title} ({one.job.requisition_id})" for one in (world.application, other)
    ]
    client.force_login(interviewer)
    assert client.get(everywhere).status_code == 403


# --- many at once ---------------------------------------------------------------------------------------------------


def test_rows_ticked_here_and_on_other_pages_or_all_of_them_are_moved_as_one(client, world, many, recruiter, url):
    client.force_login(recruiter)
    act = reverse("pipeline:bulk", args=[world.job.pk])
    back = f"{url}?stage={world.stages['applied'].pk}"
    to = {"act": "move", "to": world.stages["interview"].pk, "next": back}

    answer = client.post(
        f"{act}?stage={world.stages['applied'].pk}", {**to, "pick": [many[0].pk], "picks": f"{many[2].pk},x"}
    )
    assert answer["Location"] == back
    assert BulkAct.objects.get().done == [many[0].pk, many[2].pk]
    client.post(f"{act}?stage={world.stages['applied'].pk}&status=active", {**to, "matching": "1"})
    left = Application.objects.active().filter(job=world.job)
    assert (
        set(left.values_list("stage__kind", flat=True)) == {"interview", "screen"}
        and left.filter(stage__kind="screen").count() == 10
    )
    asked = client.post(f"{act}?stage={world.stages['screen'].pk}", {"act": "reject", "matching": "1", "next": back})
    assert f'<input type="hidden" name="next" value="{back}">' in asked.content.decode()
    chosen = re.search(r'name="picked" value="([^"]*)"', asked.content.decode())
    assert chosen and len(list(picking.unpack(chosen[1]))) == 10
