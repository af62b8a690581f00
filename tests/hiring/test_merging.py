"""Two records of one person become one, and two again: nothing is lost, and a merge taken back leaves all as it was."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import candidates, contact, custom_fields, gathering, identity, merging, notes, search, timeline, todo
from hiring.candidate_rows import column_values
from hiring.errors import Refused
from hiring.models import (
    Candidate,
    CandidateSearch,
    CustomField,
    DuplicatePair,
    MergeRecord,
    Message,
    Note,
    Suppression,
)
from pipeline import moves, starting
from pipeline.models import Application, Transition
from sourcing import ending, pools, sequences
from sourcing.models import Enrollment, PoolMember
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}
HISTORY = {"hiring.TimelineEvent", "pipeline.Transition"}
"""Append-only: a merge and its undoing add to it and take nothing away."""


def person(name, by=None, **fields):
    return identity.match_or_create(name=name, by=by, **SOURCED, **fields)[0]


@pytest.fixture
def ana(recruiter):
    return person("Ana Diaz", recruiter, emails=["ana@mail.example"], headline="Data Engineer")


@pytest.fixture
def twin(recruiter):
    return person("Anna Díaz", recruiter, emails=["a.diaz@work.example"], phones=["+33639980041"], company="Nordgrid")


def staged_job(recruiter, count=3):
    job = factories.JobFactory()
    kinds = ["applied", "screen", "interview"]
    stages = [factories.StageFactory(job=job, kind=kinds[at], position=at) for at in range(count)]
    return job, stages


def live_sequence(owner, name="Spring"):
    box = factories.MailboxFactory()
    sequence = sequences.Sequence.objects.create(
        name=f"{name} {box.pk}", owner=owner, mailbox=box, status="live", created_at=timezone.now()
    )
    sequence.steps.create(position=0, subject="Hello", body="Hello {{ first_name }}")
    return sequence


def on_path(sequence, candidate, state="active"):
    ended = None if state in Enrollment.LIVE else timezone.now()
    return Enrollment.objects.create(
        sequence=sequence, candidate=candidate, state=state, enrolled_at=timezone.now(), ended_at=ended
    )


# ---------- everything moves ----------


def test_somebody_has_said_for_every_model_what_a_merge_does_to_it():
    assert merging.undeclared() == []


def test_what_is_declared_still_exists():
    pointing = {rel.related_model._meta.label for rel in Candidate._meta.related_objects}

    assert (merging.moves_freely | set(merging.stays) | set(merging.movers)) <= pointing


def test_the_other_record_leads_to_the_survivor_and_everything_hangs_on_the_survivor(ana, twin, recruiter):
    note = notes.write(twin, text="Called.", by=recruiter, visibility="everyone")
    task = todo.add("Call", by=recruiter, due_on=timezone.localdate(), candidate=twin)

    merged = merging.merge(ana, twin, by=recruiter)

    twin.refresh_from_db()
    assert twin.merged_into == ana
    assert {point.value for point in ana.contact_points.all()} == {
        "ana@mail.example",
        "a.diaz@work.example",
        "+33639980041",
    }
    assert list(ana.notes.all()) == [note]
    assert list(ana.tasks.all()) == [task]
    assert not any(relation.rows(twin).exists() for relation in merging.relations())
    event = ana.events.get(kind="candidate.merged")
    assert event.data == {"merge": merged.pk, "other": twin.pk}


def test_blanks_are_filled_and_each_value_remembers_whose_it_was(ana, twin, recruiter):
    merged = merging.merge(ana, twin, choices={"name": "other"}, by=recruiter)

    ana.refresh_from_db()
    assert (ana.name, ana.name_key, ana.headline, ana.company) == (
        "Anna Díaz",
        "anna diaz",
        "Data Engineer",
        "Nordgrid",
    )
    assert {merged.origins[fact] for fact in ("name", "company")} == {"other"}
    assert merged.origins["headline"] == "survivor"


def test_contact_points_stand_kind_by_kind_the_one_used_first_on_top(ana, twin, recruiter):
    candidates.add_contact_point(ana, "phone", "+33612345678", by=recruiter)
    candidates.add_contact_point(twin, "email", "diaz@third.example", by=recruiter)

    merging.merge(ana, twin, by=recruiter)

    assert [point.value for point in ana.contact_points.all()] == [
        "ana@mail.example", "a.diaz@work.example", "diaz@third.example", "+33612345678", "+33639980041"
    ]  # fmt: skip
    assert [point.is_primary for point in ana.contact_points.all()] == [True, False, False, True, False]


def test_choices_name_facts_only(ana, twin):
    with pytest.raises(TypeError):
        merging.merge(ana, twin, choices={"do_not_contact": "other"}, by=None)


def test_the_stricter_word_and_the_later_contact_win(ana, twin, recruiter):
    now = timezone.now()
    candidates.set_do_not_contact(twin, True, by=recruiter, reason="Asked us on the phone")
    Candidate.objects.filter(pk=twin.pk).update(last_contacted_at=now, last_sign_of_life_at=now - dt.timedelta(days=9))
    Candidate.objects.filter(pk=ana.pk).update(last_contacted_at=now - dt.timedelta(days=2))

    merging.merge(ana, twin, by=recruiter)

    ana.refresh_from_db()
    assert ana.do_not_contact
    assert ana.do_not_contact_reason == "Asked us on the phone"
    assert ana.last_contacted_at == now
    assert ana.last_sign_of_life_at == now - dt.timedelta(days=9)


def test_an_unsubscribed_address_of_one_stops_outreach_to_both(ana, twin, recruiter):
    contact.suppress("a.diaz@work.example", Suppression.Reason.UNSUBSCRIBE, candidate=twin, by=recruiter)

    merging.merge(ana, twin, by=recruiter)

    assert contact.may_send(Candidate.objects.get(pk=ana.pk)).answer == "never"


def test_one_primary_address_is_left(ana, twin, recruiter):
    merging.merge(ana, twin, by=recruiter)

    assert [point.value for point in ana.contact_points.filter(is_primary=True)] == ["ana@mail.example", "+33639980041"]


def test_a_phone_and_a_tag_both_have_are_kept_once(ana, twin, recruiter):
    candidates.add_contact_point(ana, "phone", "+33639980041", by=recruiter)
    for one in (ana, twin):
        candidates.tag(one, "grid", by=recruiter)

    merged = merging.merge(ana, twin, by=recruiter)
    assert ana.contact_points.filter(kind="phone").count() == 1
    assert ana.tags.count() == 1

    merging.unmerge(merged, by=recruiter)
    assert twin.contact_points.filter(kind="phone").count() == 1
    assert twin.tags.count() == 1


# ---------- what only one may have ----------


@pytest.mark.parametrize(("mine", "theirs", "kept"), [(0, 2, "theirs"), (2, 0, "mine"), (1, 1, "mine")])
def test_of_two_active_applications_the_one_further_along_goes_on(ana, twin, recruiter, mine, theirs, kept):
    job, stages = staged_job(recruiter)
    own = starting.open_application(ana, job, by=recruiter, stage=stages[mine])
    other = starting.open_application(twin, job, by=recruiter, stage=stages[theirs])

    merged = merging.merge(ana, twin, by=recruiter)

    goes_on, gave_way = (own, other) if kept == "mine" else (other, own)
    assert Application.objects.get(candidate=ana, status="active") == goes_on
    gave_way.refresh_from_db()
    assert (gave_way.candidate, gave_way.status) == (ana, "converted")
    assert Transition.objects.filter(application=gave_way).last().status == "converted"
    assert ana.events.filter(kind="application.converted", data__application=gave_way.pk).count() == 1

    merging.unmerge(merged, by=recruiter)
    for application, candidate in ((own, ana), (other, twin)):
        application.refresh_from_db()
        assert (application.candidate, application.status, application.closed_at) == (candidate, "active", None)
        assert Transition.objects.filter(application=application).last().status == "active"


def test_in_a_pool_both_are_in_the_earlier_place_is_kept_with_both_reasons(ana, twin, recruiter):
    pool = pools.create(name="Grid", owner=recruiter)
    day = timezone.localdate()
    pools.add(pool, twin, reason="Met at a fair", by=recruiter, next_touch_on=day)
    pools.add(pool, ana, reason="Strong Python", by=recruiter, next_touch_on=day + dt.timedelta(days=4))
    first = PoolMember.objects.get(candidate=twin).added_at

    merging.merge(ana, twin, by=recruiter)

    member = PoolMember.objects.get(pool=pool)
    assert (member.candidate, member.added_at, member.next_touch_on) == (ana, first, day)
    assert member.reason == "Met at a fair · Strong Python"


def test_the_survivors_path_goes_on_and_the_others_ends(ana, twin, recruiter):
    own = on_path(live_sequence(recruiter), ana)
    other = on_path(live_sequence(recruiter), twin)

    merged = merging.merge(ana, twin, by=recruiter)

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state, other.candidate) == ("active", "stopped", ana)
    merging.unmerge(merged, by=recruiter)
    other.refresh_from_db()
    assert (other.state, other.candidate, other.ended_at) == ("active", twin, None)


def test_the_others_path_goes_on_where_the_survivor_has_none(ana, twin, recruiter):
    other = on_path(live_sequence(recruiter), twin)

    merging.merge(ana, twin, by=recruiter)

    other.refresh_from_db()
    assert (other.state, other.candidate) == ("active", ana)


def test_nobody_goes_through_one_sequence_twice(ana, twin, recruiter):
    sequence = live_sequence(recruiter)
    on_path(sequence, ana, "finished")
    other = on_path(sequence, twin)

    merging.merge(ana, twin, by=recruiter)

    other.refresh_from_db()
    assert (other.state, other.candidate) == ("stopped", twin)


# ---------- taking it back ----------


def test_what_happened_since_stays_unless_it_belongs_to_what_goes_back(ana, twin, recruiter):
    job, _ = staged_job(recruiter)
    starting.open_application(twin, job, by=recruiter)
    merged = merging.merge(ana, twin, by=recruiter)
    ana.refresh_from_db()
    general = notes.write(ana, text="Since then.", by=recruiter, visibility="everyone")
    about_the_job = notes.write(ana, text="Good talk.", by=recruiter, visibility="everyone", job=job)

    merging.unmerge(merged, by=recruiter)

    assert list(ana.notes.all()) == [general]
    assert list(twin.notes.all()) == [about_the_job]
    assert twin.events.filter(kind="note.written", data__note=about_the_job.pk).exists()
    assert ana.events.filter(kind="note.written", data__note=general.pk).exists()


def test_a_fact_corrected_since_the_merge_stays_corrected(ana, twin, recruiter):
    merged = merging.merge(ana, twin, by=recruiter)
    candidates.edit(ana, by=recruiter, company="Voltwerk")

    merging.unmerge(merged, by=recruiter)

    ana.refresh_from_db()
    assert ana.company == "Voltwerk"


def test_a_row_deleted_since_stays_deleted(ana, twin, recruiter):
    merged = merging.merge(ana, twin, by=recruiter)
    candidates.remove_contact_point(ana.contact_points.get(kind="phone"), by=recruiter)

    merging.unmerge(merged, by=recruiter)

    assert [point.kind for point in twin.contact_points.all()] == ["email"]


def test_a_merge_is_taken_back_once(ana, twin, recruiter):
    merged = merging.merge(ana, twin, by=recruiter)
    merging.unmerge(merged, by=recruiter)

    with pytest.raises(Refused, match="already taken back"):
        merging.unmerge(merged, by=recruiter)
    assert {one.events.filter(kind="candidate.unmerged").count() for one in (ana, twin)} == {1}


def test_merges_in_a_row_are_taken_back_from_the_last_one(ana, twin, recruiter):
    third = person("A. Diaz", recruiter, emails=["third@mail.example"])
    first = merging.merge(twin, third, by=recruiter)
    second = merging.merge(ana, twin, by=recruiter)
    third.refresh_from_db()
    assert third.merged_into == ana  # its old link leads to the person, in one step

    with pytest.raises(Refused, match="Take that merge back first"):
        merging.unmerge(first, by=recruiter)
    merging.unmerge(second, by=recruiter)
    merging.unmerge(first, by=recruiter)

    third.refresh_from_db()
    assert third.merged_into is None
    assert third.contact_points.get().value == "third@mail.example"


def test_who_was_told_apart_from_the_other_is_not_asked_about_again(ana, twin, recruiter):
    third = person("A. Diaz", recruiter, emails=["third@mail.example"])
    DuplicatePair.objects.create(first=twin, second=third, score=70, status="different", found_at=timezone.now())

    merged = merging.merge(ana, twin, by=recruiter)

    assert DuplicatePair.objects.filter(first=ana, second=third, status="different").exists()
    merging.unmerge(merged, by=recruiter)
    assert not DuplicatePair.objects.filter(first=ana, second=third).exists()


def test_search_knows_the_survivor_alone(ana, twin, recruiter, django_capture_on_commit_callbacks):
    search.refresh([ana.pk, twin.pk])
    with django_capture_on_commit_callbacks(execute=True):
        merged = merging.merge(ana, twin, by=recruiter)
    assert list(CandidateSearch.objects.values_list("candidate", flat=True)) == [ana.pk]

    with django_capture_on_commit_callbacks(execute=True):
        merging.unmerge(merged, by=recruiter)
    assert CandidateSearch.objects.count() == 2


def test_a_merge_costs_the_same_for_a_long_history(ana, twin, recruiter, django_assert_max_num_queries):
    for _ in range(60):
        timeline.record(twin, "candidate.edited", recruiter, fields=["headline"])

    with django_assert_max_num_queries(110):
        merging.merge(ana, twin, by=recruiter)


def test_one_record_is_not_merged_with_itself(ana):
    with pytest.raises(Refused):
        merging.merge(ana, ana, by=None)


def test_what_came_late_to_the_other_record_follows_and_goes_back(ana, twin, recruiter):
    merged = merging.merge(ana, twin, by=recruiter)
    late = Note.objects.create(candidate=twin, author=recruiter, text="Late.", created_at=timezone.now())

    assert gathering.sweep() == 1
    assert gathering.sweep() == 0
    late.refresh_from_db()
    assert late.candidate == ana

    merging.unmerge(merged, by=recruiter)
    late.refresh_from_db()
    assert late.candidate == twin
    assert gathering.sweep() == 0


def test_what_was_left_behind_on_purpose_is_not_gathered(ana, twin, recruiter):
    sequence = live_sequence(recruiter)
    for one in (ana, twin):
        on_path(sequence, one, "finished")
    merging.merge(ana, twin, by=recruiter)

    assert gathering.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_merging_the_same_pair_at_once_merge_it_once(recruiter, twin, ana):
    def attempt(pair):
        try:
            merging.merge(*pair, by=recruiter)
            return "merged"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, [(ana, twin), (twin, ana)]))

    assert sorted(outcomes) == ["merged", "refused"]
    assert MergeRecord.objects.count() == 1


# ---------- merge, then unmerge, is the start: over random histories ----------


def dump(*people):
    """Every row that hangs on these people, by (model, pk), and the people themselves."""
    rows = {}
    for candidate in people:
        found = Candidate.objects.get(pk=candidate.pk)
        rows["hiring.Candidate", found.pk] = column_values(found)
        for relation in merging.relations():
            for row in relation.rows(candidate):
                rows[relation.label, row.pk] = column_values(row)
    applications = Application.objects.filter(candidate__in=[one.pk for one in people])
    for row in Transition.objects.filter(application__in=applications):
        rows["pipeline.Transition", row.pk] = column_values(row)
    for values in rows.values():
        values.pop("updated_at", None)
    return rows


deeds = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "tag",
                "note",
                "task",
                "phone",
                "apply",
                "further",
                "withdraw",
                "pool",
                "enroll",
                "stop",
                "ban",
                "fact",
                "own",
                "field",
                "empty",
            ]
        ),
        st.integers(0, 1),
        st.integers(0, 2),
    ),
    max_size=14,
)


FIELDS = ("cf.about", "cf.visa", "cf.works")


def _define_fields():
    for key, kind in (("about", "text"), ("visa", "choice"), ("works", "multi")):
        what, _ = CustomField.objects.get_or_create(key=key, kind="candidate", type=kind, defaults={"name": key})
        for label in ("A", "B", "C") if kind != "text" else ():
            what.options.get_or_create(label=label)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=deeds,
    choices=st.dictionaries(st.sampled_from(merging.FACTS), st.sampled_from(["survivor", "other"])),
    further=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["survivor", "other", "both"])),
)
def test_merge_then_unmerge_is_the_start(db, history, choices, further):
    by = factories.UserFactory(role="recruiter")
    _define_fields()
    pair = [person(f"Ana Diaz {at}", by, emails=[f"{by.pk}.{at}@mail.example"]) for at in range(2)]
    world = [(*staged_job(by), pools.create(name=f"{by.pk} {at}", owner=by), live_sequence(by)) for at in range(3)]
    for deed, who, which in history:
        try:
            act(deed, pair[who], which, world[which], by)
        except Refused:
            pass  # the history goes on without it
    start = dump(*pair)

    merged = merging.merge(*pair, choices={**choices, **further}, by=by)
    merging.unmerge(merged, by=by)

    after = dump(*pair)
    assert {key: after.get(key) for key in start} == start
    assert {label for label, _ in set(after) - set(start)} <= HISTORY
    for application in Application.objects.filter(candidate__in=[one.pk for one in pair]):
        last = application.transitions.order_by("at", "pk").last()
        assert (last.to_id, last.status) == (application.stage_id, application.status)


def act(deed, candidate, which, place, by):
    job, stages, pool, sequence = place
    active = Application.objects.filter(candidate=candidate, job=job, status="active").first()
    live = Enrollment.objects.live().filter(candidate=candidate).first()
    match deed:
        case "tag":
            candidates.tag(candidate, f"tag {which}", by=by)
        case "note":
            notes.write(candidate, text="Said so.", by=by, visibility="everyone", job=job)
        case "task":
            todo.add("Call", by=by, due_on=timezone.localdate(), candidate=candidate)
        case "phone":
            candidates.add_contact_point(candidate, "phone", f"+3363998004{which}", by=by, primary=which == 2)
        case "apply":
            starting.open_application(candidate, job, by=by, stage=stages[which])
        case "further" if active:
            moves.move(active, stages[2], by=by)
        case "withdraw" if active:
            moves.withdraw(active, by=by)
        case "pool":
            pools.add(pool, candidate, reason=f"Reason {candidate.pk}", by=by, next_touch_on=timezone.localdate())
        case "enroll" if not live and not Enrollment.objects.filter(candidate=candidate, sequence=sequence).exists():
            path = on_path(sequence, candidate)
            queued(path)
        case "stop" if live:
            ending.stop(live, by=by)
        case "ban":
            candidates.set_do_not_contact(candidate, True, by=by, reason=f"Said so {which}")
        case "fact":
            fact = ("headline", "company", "location")[which]
            candidates.edit(candidate, by=by, **{fact: f"{fact} of {candidate.pk}"})
        case "field" | "empty":
            typed = {"about": f"Of {candidate.pk}", "visa": "ABC"[which], "works": ["A", "BC"[which % 2]]}
            filled = typed if deed == "field" else dict.fromkeys(typed, "")
            custom_fields.set_values(candidate, by, filled)
        case "own":
            candidates.set_owner(candidate, by if which else None, by=by)


def queued(path):
    """A step that waits to leave."""
    at = timezone.now() + dt.timedelta(hours=1)
    return Message.objects.create(
        candidate=path.candidate, direction="out", mail_class="outreach", purpose="step", status="queued",
        dedupe_key=f"step:{path.pk}:0", message_id=f"<{path.pk}@throughline.example>", from_address="a@b.example",
        to_address="c@d.example", subject="Hello", text="Hello", not_before=at, created_at=at, at=at,
    )  # fmt: skip
