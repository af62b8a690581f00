"""Bulk acts: whom they reach, what they leave alone, what an undo brings back, and what is left when a worker dies."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import acts, bulk, bulk_tasks, candidates, exports, merging, search, sheets
from hiring.errors import Refused
from hiring.matches import Matches
from hiring.models import Candidate, CandidateTag, PeopleAct, Tag, TimelineEvent
from tests.factories import CandidateFactory, EmailFactory, UserFactory

pytestmark = pytest.mark.django_db


def act_on(people, kind, by, value="", **posted):
    """Start and carry out an act on these people."""
    from django.http import QueryDict

    params = bulk.kinds[kind].read(QueryDict("&".join(f"{k}={v}" for k, v in posted.items())), str(value), by)
    matches = Matches.ticked(by, [one.pk for one in people])
    return acts.run(acts.start(bulk.kinds[kind], matches, params))


def undo(act, by):
    return acts.run(acts.start_undo(act, by=by))


def tagged(name="energy"):
    return set(CandidateTag.objects.filter(tag__name=name).values_list("candidate", flat=True))


def result(act):
    return (act.done, act.already, act.left_out)


@pytest.fixture
def people():
    return CandidateFactory.create_batch(4)


# ---------- doing ----------


def test_an_act_says_what_became_of_each_person(recruiter, people):
    candidates.tag(people[0], "energy", by=recruiter)
    hidden = people[3]
    act = acts.start(
        bulk.kinds["tag"],
        Matches.ticked(recruiter, [one.pk for one in people]),
        {"tag": Tag.objects.get().pk, "name": "energy"},
    )
    Candidate.objects.filter(pk=hidden.pk).update(merged_into=people[0])  # gone between choosing and doing

    act = acts.run(act)

    states = dict(act.items.values_list("candidate", "state"))
    assert states == {people[0].pk: "already", people[1].pk: "done", people[2].pk: "done", hidden.pk: "left_out"}
    assert (result(act), act.is_finished, tagged()) == ((2, 1, 1), True, {one.pk for one in people[:3]})
    assert act.items.get(candidate=hidden).reason == acts.OUT_OF_SIGHT
    assert TimelineEvent.objects.filter(kind="candidate.tagged", data__act=act.pk).count() == 2


def test_carrying_an_act_out_twice_does_each_person_once(recruiter, people):
    act = act_on(people, "tag", recruiter, "energy")

    acts.run(act)

    assert CandidateTag.objects.count() == len(people)
    assert TimelineEvent.objects.filter(kind="candidate.tagged").count() == len(people)


def test_whoever_lost_the_right_meanwhile_does_nothing(recruiter, people):
    act = acts.start(
        bulk.kinds["tag"],
        Matches.ticked(recruiter, [one.pk for one in people]),
        {"tag": candidates.tag_named("energy").pk, "name": "energy"},
    )
    type(recruiter).objects.filter(pk=recruiter.pk).update(role="interviewer")

    act = acts.run(act)

    assert (result(act), tagged()) == ((0, 0, 4), set())


def test_a_person_who_spoils_a_batch_is_left_out_alone(recruiter, people, monkeypatch):
    real = bulk.kinds["tag"].do

    def spoiled(deed):
        if people[1].pk in deed.ids:
            raise RuntimeError("boom")
        real(deed)

    monkeypatch.setitem(bulk.kinds, "tag", bulk.Kind(**{**vars(bulk.kinds["tag"]), "do": spoiled}))
    act = act_on(people, "tag", recruiter, "energy")

    assert result(act) == (3, 0, 1)
    assert act.items.get(candidate=people[1]).reason == acts.WENT_WRONG


def test_a_large_act_waits_for_a_worker_and_any_worker_finds_it(recruiter, monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    everybody = CandidateFactory.create_batch(3)
    act = acts.start(
        bulk.kinds["tag"], Matches(recruiter), {"tag": candidates.tag_named("energy").pk, "name": "energy"}
    )
    assert list(acts.due()) == []  # its task may still come

    PeopleAct.objects.update(worked_at=timezone.now() - 2 * acts.ABANDONED_AFTER)
    from hiring.bulk_tasks import sweep

    sweep()

    act.refresh_from_db()
    assert (result(act), act.is_finished, act.copies_due) == ((3, 0, 0), True, False)
    assert tagged() == {one.pk for one in everybody}
    assert len(search.find("energy", recruiter).rows) == 3  # the search copies were rewritten


def test_an_act_that_cannot_be_done_holds_up_no_other(recruiter, people, monkeypatch):
    """The sweep comes to the oldest first: one that fails each time must not keep those behind it for ever."""
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    params = {"tag": candidates.tag_named("energy").pk, "name": "energy"}
    broken, whole = (acts.start(bulk.kinds["tag"], Matches(recruiter), params) for _ in range(2))
    PeopleAct.objects.update(worked_at=timezone.now() - 2 * acts.ABANDONED_AFTER)
    real = acts.run

    def run(act, **how):
        if act.pk == broken.pk:
            raise RuntimeError("boom")
        return real(act, **how)

    monkeypatch.setattr(acts, "run", run)
    bulk_tasks.sweep()

    assert list(PeopleAct.objects.filter(finished_at=None)) == [broken]
    whole.refresh_from_db()
    assert whole.done == len(people)


def test_a_long_act_takes_turns_with_others(recruiter, people, monkeypatch):
    sent = []
    monkeypatch.setitem(bulk.kinds, "tag", bulk.Kind(**{**vars(bulk.kinds["tag"]), "chunk": 1}))
    monkeypatch.setattr(bulk_tasks, "TURN", 0)
    monkeypatch.setattr(acts, "send", sent.append)
    params = {"tag": candidates.tag_named("energy").pk, "name": "energy"}
    act = acts.start(bulk.kinds["tag"], Matches.ticked(recruiter, [one.pk for one in people]), params)

    bulk_tasks.run_act(act.pk)

    act.refresh_from_db()
    assert (act.done, act.is_finished, sent) == (1, False, [act.pk])
    assert acts.run(act).done == len(people)
    bulk_tasks.run_act(act.pk)
    assert sent == [act.pk]  # nothing is left of it


def test_an_act_that_is_stopped_keeps_what_is_done(recruiter, people, monkeypatch):
    monkeypatch.setitem(bulk.kinds, "tag", bulk.Kind(**{**vars(bulk.kinds["tag"]), "chunk": 2}))
    act = acts.start(
        bulk.kinds["tag"],
        Matches.ticked(recruiter, [one.pk for one in people]),
        {"tag": candidates.tag_named("energy").pk, "name": "energy"},
    )
    acts._run_batch(act.pk)
    acts.cancel(act)

    act = acts.run(act)

    assert (act.done, act.is_finished, len(tagged())) == (2, True, 2)
    with pytest.raises(Refused, match="finished"):
        acts.cancel(act)
    assert result(undo(act, recruiter)) == (2, 0, 0)
    assert tagged() == set()


def test_the_statements_do_not_grow_with_the_people(recruiter, django_assert_max_num_queries):
    CandidateFactory.create_batch(40)
    with django_assert_max_num_queries(30):
        act_on(Candidate.objects.all(), "tag", recruiter, "energy")


def test_people_who_come_between_question_and_answer_are_asked_about(recruiter, people):
    with pytest.raises(acts.NumberChanged):
        acts.start(bulk.kinds["tag"], Matches(recruiter), {"tag": 1, "name": "x"}, expected=3)
    assert not PeopleAct.objects.exists()


# ---------- taking back ----------


def test_an_undo_leaves_alone_what_somebody_changed_since(recruiter, coordinator, people):
    act = act_on(people, "tag", recruiter, "energy")
    again = Tag.objects.get(name="energy")
    candidates.untag(people[0], again, by=coordinator)
    candidates.untag(people[1], again, by=coordinator)
    candidates.tag(people[1], "energy", by=coordinator)

    back = undo(act, recruiter)

    assert (result(back), tagged()) == ((2, 0, 2), {people[1].pk})
    with pytest.raises(Refused, match="already taken back"):
        acts.start_undo(act, by=recruiter)
    with pytest.raises(Refused, match="cannot be taken back"):
        acts.start_undo(back, by=recruiter)


def test_owners_come_back_where_nobody_else_took_over(recruiter, coordinator, people):
    left, third = UserFactory(), UserFactory()
    candidates.set_owner(people[0], left, by=recruiter)
    act = act_on(people, "owner", recruiter, coordinator.pk)
    candidates.set_owner(people[1], third, by=recruiter)

    back = undo(act, recruiter)

    owners = [Candidate.objects.get(pk=one.pk).owner for one in people]
    assert (result(back), owners) == ((3, 0, 1), [left, third, None, None])


def test_a_tag_taken_off_comes_back_as_it_was(recruiter, coordinator, people):
    candidates.tag(people[0], "energy", by=coordinator)
    before = CandidateTag.objects.values_list("candidate", "tag", "added_by", "added_at").get()
    act = act_on(people, "untag", recruiter, "energy")
    assert (result(act), tagged()) == ((1, 3, 0), set())

    undo(act, recruiter)

    assert CandidateTag.objects.values_list("candidate", "tag", "added_by", "added_at").get() == before


STEP = st.tuples(st.sampled_from(["tag", "untag", "owner"]), st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(STEP, max_size=5), act=st.sampled_from(["tag", "untag", "owner"]), between=st.lists(STEP, max_size=4)
)
def test_an_act_taken_back_is_as_if_only_the_others_had_been(recruiter, first, act, between):
    """Whatever was before and whatever others did in between to *other* people: undone is the start, for everybody left alone."""
    CandidateTag.objects.all().delete()
    crowd = CandidateFactory.create_batch(3)
    owners = [UserFactory(), UserFactory(), None]
    tag = candidates.tag_named("energy")
    touched = set()

    def do(step):
        kind, who, owner = step
        if kind == "tag":
            candidates.tag(crowd[who], "energy", by=recruiter)
        elif kind == "untag":
            candidates.untag(crowd[who], tag, by=recruiter)
        else:
            candidates.set_owner(crowd[who], owners[owner], by=recruiter)
        return who

    def state():
        now = Candidate.objects.in_bulk([one.pk for one in crowd])
        has = set(CandidateTag.objects.filter(candidate__in=crowd).values_list("candidate", flat=True))
        return [(one.pk in has, now[one.pk].owner_id) for one in crowd]

    for step in first:
        do(step)
    before = state()
    done = act_on(crowd, act, recruiter, owners[0].pk if act == "owner" else "energy")
    for step in between:
        touched.add(do(step))
    if done.done:
        undo(done, recruiter)

    after = state()
    untouched = [place for place in range(3) if place not in touched]
    assert [after[place] for place in untouched] == [before[place] for place in untouched]


def test_a_merge_takes_the_items_along_once(recruiter, people):
    act = act_on(people[:2], "tag", recruiter, "energy")
    alone = act_on(people[1:2], "tag", recruiter, "wind")

    merging.merge(people[0], people[1], by=recruiter)

    assert list(act.items.filter(candidate=people[0]).values_list("state", flat=True)) == ["done"]
    assert alone.items.get().candidate_id == people[0].pk
    assert result(undo(act, recruiter)) == (1, 0, 1)


# ---------- pages ----------


@pytest.fixture
def signed_in(client, recruiter):
    client.force_login(recruiter)
    return client


def post(client, people, action, **data):
    return client.post(
        reverse("candidate_bulk"), {"action": action, "candidate": [one.pk for one in people], **data}, follow=True
    )


def test_ticked_people_of_several_pages_are_reached_and_the_toast_offers_undo(signed_in, people):
    page = post(signed_in, people[:1], "tag", value_tag="energy", candidates=f"{people[1].pk},{people[2].pk},x,")

    act = PeopleAct.objects.get()
    assert tagged() == {one.pk for one in people[:3]}
    assert "Tagged 3 people with energy." in page.content.decode()
    assert reverse("bulk_act_undo", args=[act.pk]) in page.content.decode()

    signed_in.post(reverse("bulk_act_undo", args=[act.pk]))
    assert tagged() == set()


def test_all_matches_are_confirmed_with_their_number_first(signed_in, people):
    search.refresh([CandidateFactory(name="Somebody Else").pk, *(one.pk for one in people)])
    url, data = reverse("candidate_bulk"), {"action": "tag", "value_tag": "energy", "all": "1", "asked": "q=Person"}

    asked = signed_in.post(url, data).content.decode()
    assert "Tag with energy: 4 people" in asked and tagged() == set()
    signed_in.post(url, {**data, "confirmed": "1", "asked_for": "4"})

    act = PeopleAct.objects.get()
    assert (tagged(), act.query, act.total) == ({one.pk for one in people}, "Person", 4)


def test_the_query_narrows_all_matches_too(signed_in, recruiter, people):
    candidates.tag(people[2], "wind", by=recruiter)

    signed_in.post(
        reverse("candidate_bulk"),
        {"action": "tag", "value_tag": "energy", "all": "1", "asked": "q=tag:wind", "confirmed": "1"},
    )

    assert tagged() == {people[2].pk}


def test_a_confirmation_that_is_sent_twice_is_one_act(signed_in, recruiter, people):
    search.refresh([one.pk for one in people])
    url = reverse("candidate_bulk")
    page = signed_in.post(url, {"action": "export", "all": "1", "asked": "q=Person"})
    data = {"action": "export", "all": "1", "asked": "q=Person", "confirmed": "1", "once": str(page.context["once"]),
            "format": "csv", "column": ["name"], "reason": "Talk"}  # fmt: skip

    first, again = signed_in.post(url, data), signed_in.post(url, data)

    act = PeopleAct.objects.get()
    assert f'value="{page.context["once"]}"' in page.text
    assert first["Location"] == again["Location"] == act.get_absolute_url()
    with pytest.raises(acts.AlreadyStarted):  # both at once: the second finds out as it writes
        acts.start(bulk.kinds["export"], Matches(recruiter, "q=Person"), act.params, once=act.once)
    assert signed_in.post(url, {**data, "once": "x"}).status_code == 302 and PeopleAct.objects.count() == 2


@pytest.mark.parametrize("asked", ["🦄", ":", "%25_%25", '""', "-", "NOT *"])
def test_marks_that_ask_for_nothing_reach_nobody(signed_in, people, asked):
    search.refresh([one.pk for one in people])

    signed_in.post(
        reverse("candidate_bulk"),
        {"action": "tag", "value_tag": "energy", "all": "1", "asked": f"q={asked}", "confirmed": "1"},
    )

    assert tagged() == set() and not PeopleAct.objects.exists()


def test_two_records_go_to_the_page_that_compares_them(signed_in, people):
    page = post(signed_in, people[:2], "merge")
    three = signed_in.post(reverse("candidate_bulk"), {"action": "merge", "candidate": [one.pk for one in people[:3]]})

    assert page.redirect_chain[-1][0].startswith("/candidates/duplicates/")
    assert three.status_code == 409


def test_what_others_did_is_not_found(client, recruiter, admin, people):
    act = act_on(people, "tag", recruiter, "energy")
    colleague = UserFactory()
    client.force_login(colleague)

    urls = [reverse(name, args=[act.pk]) for name in ("bulk_act", "bulk_act_results", "bulk_act_file")]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    assert client.post(reverse("bulk_act_undo", args=[act.pk])).status_code == 404
    client.force_login(admin)
    assert client.get(urls[0]).status_code == 200
    assert "Rita Recruiter" in client.get(reverse("bulk_acts")).content.decode()


def test_the_result_page_names_nobody_out_of_sight_and_asks_no_more_for_more(
    signed_in, recruiter, people, django_assert_num_queries
):
    act = act_on(people, "tag", recruiter, "energy")
    small = act_on(people[:1], "tag", recruiter, "wind")
    for one in (small, act):
        with django_assert_num_queries(5):
            signed_in.get(one.get_absolute_url())
    Candidate.objects.filter(pk=people[0].pk).update(merged_into=people[1])

    page = signed_in.get(act.get_absolute_url()).content.decode()

    assert "Somebody you may not see" in page and people[0].name not in page
    rows = list(
        csv.reader(
            io.StringIO(b"".join(signed_in.get(reverse("bulk_act_results", args=[act.pk])).streaming_content).decode())
        )
    )
    assert [row[1] for row in rows[1:]] == ["Done"] * 4
    assert people[0].name not in str(rows)


# ---------- exports ----------


def exported(client, act):
    return b"".join(client.get(reverse("bulk_act_file", args=[act.pk])).streaming_content)


def test_an_export_is_a_file_of_what_one_may_see_without_formulas(signed_in, recruiter, people):
    Candidate.objects.filter(pk=people[0].pk).update(name="=HYPERLINK(1)", headline="+33 1")
    EmailFactory(candidate=people[1], value="ana@diaz.example")
    asked = post(signed_in, people[:2], "export").content.decode()
    assert "Salary" not in asked and 'value="email" checked' in asked

    post(signed_in, people[:2], "export", confirmed="1", column=["name", "email", "headline"], format="csv")
    act = PeopleAct.objects.get()
    rows = list(csv.reader(io.StringIO(exported(signed_in, act).decode("utf-8-sig"))))

    assert rows == [
        ["Name", "Headline", "E-mail"],
        ["'=HYPERLINK(1)", "+33 1", ""],  # a number may be dialled as it stands
        [people[1].name, "", "ana@diaz.example"],
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit_entry WHERE action IN ('exported', 'downloaded') ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == ["exported", "downloaded"]


def test_an_export_as_xlsx_is_read_as_text(signed_in, recruiter, people):
    from openpyxl import load_workbook

    Candidate.objects.filter(pk=people[0].pk).update(name="=1+1", location="Lyon\x0b")
    act = act_on(people[:1], "export", recruiter, format="xlsx", column="name")

    book = load_workbook(io.BytesIO(exported(signed_in, act)))
    assert [[(cell.value, cell.data_type) for cell in row] for row in book.active] == [
        [("Name", "s")],
        [("'=1+1", "s")],
    ]


def test_a_file_is_for_its_maker_and_for_a_day(client, signed_in, recruiter, admin, people):
    act = act_on(people, "export", recruiter)
    assert signed_in.get(reverse("bulk_act_file", args=[act.pk])).status_code == 200

    client.force_login(admin)
    assert client.get(reverse("bulk_act_file", args=[act.pk])).status_code == 404
    PeopleAct.objects.update(file_until=timezone.now())
    assert exports.take_away() == 1
    act.refresh_from_db()
    assert (act.file.name, act.file_until) == ("", None)
    client.force_login(recruiter)
    assert client.get(reverse("bulk_act_file", args=[act.pk])).status_code == 404


def test_an_export_goes_past_people_who_vanished_and_reads_them_in_batches(signed_in, recruiter, people, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    act = acts.start(
        bulk.kinds["export"],
        Matches.ticked(recruiter, [one.pk for one in people]),
        {"columns": ["name"], "format": "csv", "name": "CSV"},
    )
    Candidate.objects.filter(pk=people[1].pk).update(merged_into=people[0])

    act = acts.run(act)

    assert result(act) == (3, 0, 1)
    assert (
        exported(signed_in, act).decode("utf-8-sig").split()
        == ["Name"] + [word for one in (people[0], people[2], people[3]) for word in one.name.split()]
        or people[1].name not in exported(signed_in, act).decode()
    )


def test_an_export_whose_worker_died_is_written_anew_and_whole(signed_in, recruiter, people, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    params = {"columns": ["name"], "format": "csv", "name": "CSV"}
    act = acts.start(bulk.kinds["export"], Matches.ticked(recruiter, [one.pk for one in people]), params)
    real, reads = exports.visible, []

    def dies(user, ids):
        reads.append(ids)
        if len(reads) == 2:
            raise SystemExit("killed")
        return real(user, ids)

    monkeypatch.setattr(exports, "visible", dies)
    with pytest.raises(SystemExit):
        acts.run(act)
    act.refresh_from_db()
    assert (act.done, act.is_finished, act.file.name) == (2, False, "")
    acts.run(act)  # too early: whoever wrote it may still be at work
    assert len(reads) == 2

    PeopleAct.objects.update(worked_at=timezone.now() - 2 * acts.ABANDONED_AFTER)
    act = acts.run(PeopleAct.objects.get())

    assert (result(act), act.is_finished) == ((4, 0, 0), True)
    assert exported(signed_in, act).decode().count("Person") == 4


@pytest.mark.parametrize("write", [sheets.write_csv, sheets.write_xlsx])
def test_a_file_of_twenty_thousand_rows_costs_no_more_memory_than_a_small_one(write, tmp_path):
    def peak(rows):
        with (tmp_path / "export").open("w+b") as file:
            tracemalloc.start()
            write(file, ["Name"] * 5, ([f"Somebody number {n}"] * 5 for n in range(rows)))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    peak(10)  # what the library itself loads
    assert peak(20_000) < peak(500) + 2_000_000


def test_columns_are_read_by_a_number_of_queries_that_does_not_grow(recruiter, django_assert_num_queries):
    every = exports.columns_for(recruiter)
    crowd = CandidateFactory.create_batch(6)

    def asked(ids):
        found = list(exports.visible(recruiter, ids))
        for column in every:
            column.values(recruiter, found)

    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        asked([crowd[0].pk])
    with CaptureQueriesContext(connection) as six:
        asked([each.pk for each in crowd])
    assert len(one) == len(six)
