"""Rules: tried before they act, waiting in a queue, explained, stopped, undone. Never a rejection on anything but an answer."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.utils import timezone

from hiring import holidays, jobs
from hiring.errors import Refused
from hiring.models import Holiday, MailTemplate, Message, TimelineEvent
from pipeline import moves, rejection, starting, tasks
from pipeline.models import ReasonLetter, Rule, RuleFiring
from pipeline.rules import conflicts, finding, firing, listing, trying, versions
from tests import factories

MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
LICENCE = {"key": "licence", "label": "Do you have a licence?", "type": "yes_no", "required": False, "options": []}
NO_LICENCE = {"fact": "answer:licence", "type": "yes_no", "op": "is", "values": ["no"], "label": LICENCE["label"]}


def at(moment):
    return mock.patch("django.utils.timezone.now", return_value=moment)


def asked(*atoms, match="all"):
    return {"match": "all", "groups": [{"match": match, "atoms": list(atoms)}]} if atoms else {}


@pytest.fixture
def reason(db):
    return factories.RejectionReasonFactory(code="no-licence", label="Lacks a basic qualification")


@pytest.fixture
def letter(db):
    return factories.MailTemplateFactory(name="Kind no", subject="Your application", body="Dear {{ first_name }}")


@pytest.fixture
def job(world):
    world.posting.questions = [LICENCE]
    world.posting.save()
    return world.job


def applicant(job, answer="no", *, by=None, at=None, name="Ola Berg", **fields):
    email = factories.EmailFactory(candidate__name=name)
    answers = {} if answer is None else {"licence": answer}
    return starting.open_application(email.candidate, job, by=by, questions=[LICENCE], answers=answers, **fields)


def a_rule(job, by, action, *, trigger=None, conditions=None, active=True, name="No licence", **said):
    rule = versions.create(
        job=job, name=name, by=by, trigger=trigger or {"kind": "applied"}, asked=conditions or {}, action=action, **said
    )
    draft = rule.versions.get()
    if active:
        trying.try_out(draft, by=by)
        versions.activate(draft, by=by, seen_problems=True)
    return rule


@pytest.fixture
def knock_out(job, recruiter, reason, letter):
    """Rejects who answers no, two business days later, unless somebody stops it."""
    with at(MONDAY):
        rule = a_rule(
            job,
            recruiter,
            {"kind": "reject", "reason": reason.pk, "template": letter.pk},
            conditions=asked(NO_LICENCE),
            delay=2,
            waits_for_person=False,
            ground="contract",
        )
    with mock.patch.object(finding, "FIRST_LOOKED_AT", 0), mock.patch.object(finding, "in_sample", return_value=False):
        yield rule


def fire_due(moment):
    with at(moment):
        return [firing.act(pk) for pk in firing.due()]


# --- firing ---------------------------------------------------------------------------------------------------------


def test_a_knock_out_waits_explains_itself_and_then_rejects_with_the_letter(job, knock_out):
    with at(MONDAY):
        application = applicant(job)
    waits = RuleFiring.objects.get()
    assert (waits.state, waits.due_at, waits.because[0]["had"]) == ("waiting", MONDAY + dt.timedelta(days=2), "no")
    assert fire_due(MONDAY + dt.timedelta(days=1)) == []

    done = fire_due(MONDAY + dt.timedelta(days=2))[0]

    application.refresh_from_db()
    event = TimelineEvent.objects.get(kind="application.rejected")
    assert (done.state, application.status) == ("done", "rejected")
    record = application.decisions.get()
    assert (event.actor, event.data["rule"], event.data["rule_version"]) == (None, knock_out.pk, 1)
    assert (record.way, record.by, record.rule, record.rule_version) == ("rule", None, "No licence", 1)
    assert rejection.mail_of(application).get().status == "queued"


@pytest.mark.parametrize("named", ["template", "letter"])
def test_the_letter_is_in_the_language_of_the_person(job, recruiter, reason, letter, named):
    french = factories.MailTemplateFactory(kind="rejection", language="fr", subject="Votre candidature", body="Bonjour")
    for one in (letter, french):
        ReasonLetter.objects.create(reason=reason, template=one)
    says = {"template": letter.pk} if named == "template" else {"letter": "language"}
    action = {"kind": "reject", "reason": reason.pk, **says}
    with at(MONDAY):
        rule = a_rule(job, recruiter, action, conditions=asked(NO_LICENCE), delay=2)
        people = [applicant(job, name="Ola Berg"), applicant(job, name="Luc Petit")]
    people[1].candidate.language = "fr"
    people[1].candidate.save()

    for one in RuleFiring.objects.all():
        firing.agree(one, by=recruiter)

    assert dict(Message.objects.queued().values_list("candidate__name", "subject")) == {
        "Ola Berg": "Your application",
        "Luc Petit": "Votre candidature",
    }
    said = listing.told(rule.versions.all())[rule.versions.get().pk].action
    assert "in the person’s language" in said


def test_a_letter_that_is_found_by_language_has_to_be_there(job, recruiter, reason):
    MailTemplate.objects.filter(kind="rejection").update(is_active=False)
    action = {"kind": "reject", "reason": reason.pk, "letter": "language"}
    rule = a_rule(job, recruiter, action, conditions=asked(NO_LICENCE), active=False)

    problems = conflicts.problems(rule.versions.get())

    assert [(one.sentence, one.stops) for one in problems] == [("There is no rejection letter to send.", True)]


def test_a_holiday_moves_what_waits_and_is_looked_for_when_it_is_due(job, knock_out):
    wednesday = MONDAY + dt.timedelta(days=2)
    with at(MONDAY):
        applicant(job)
        applicant(job, name="Ulf Dahl")
    Holiday.objects.create(name="Carnival", day="2026-03-03", country=job.location.country)
    Holiday.objects.create(name="Elsewhere", day="2026-03-04", country="GB")
    holidays.forget()

    assert fire_due(wednesday) == [None, None]  # nobody had told it: it asks the calendar

    assert set(RuleFiring.objects.values_list("due_at", flat=True)) == {MONDAY + dt.timedelta(days=3)}
    Holiday.objects.all().delete()
    tasks.reckon_rules()
    assert set(RuleFiring.objects.values_list("due_at", flat=True)) == {wednesday}
    assert [one.state for one in fire_due(wednesday)] == ["done", "done"]


@pytest.mark.parametrize("answer", ["yes", None, "", True])
def test_silence_and_other_answers_are_no_knock_out(job, knock_out, answer):
    applicant(job, answer)

    assert not RuleFiring.objects.exists()


def test_nothing_fires_twice_however_often_one_looks(job, knock_out, recruiter):
    with at(MONDAY):
        application = applicant(job)
        finding.find(knock_out.versions.get(), [application])
        finding.sweep(knock_out.versions.get())
    fire_due(MONDAY + dt.timedelta(days=3))
    with at(MONDAY + dt.timedelta(days=4)):
        rejection.restore(application, by=recruiter)
        finding.sweep(knock_out.versions.get())

    assert list(RuleFiring.objects.values_list("state", flat=True)) == ["done"]
    assert fire_due(MONDAY + dt.timedelta(days=9)) == []


def test_the_sweep_finds_whom_an_event_missed(job, knock_out):
    with at(MONDAY), mock.patch.object(finding, "at_event"):
        applicant(job)
        applicant(job, "yes", name="Yes Person")
    assert not RuleFiring.objects.exists()

    with at(MONDAY + dt.timedelta(seconds=30)):
        found = [finding.sweep(knock_out.versions.get()) for _ in range(2)]

    assert found == [1, 0]


def test_applying_goes_through_when_a_rule_is_broken(job, knock_out):
    with mock.patch.object(finding, "find", side_effect=RuntimeError("broken")):
        application = applicant(job)

    assert application.is_active
    assert not RuleFiring.objects.exists()


def test_a_decision_in_between_is_the_last_word(job, knock_out, recruiter, world):
    with at(MONDAY):
        application = applicant(job)
        moves.move(application, world.stages["screen"], by=recruiter)

    done = fire_due(MONDAY + dt.timedelta(days=2))[0]

    assert (done.state, done.why_words) == ("void", "Rita Recruiter moved Ola Berg since, to Screen.")
    application.refresh_from_db()
    assert application.is_active


def test_conditions_are_asked_again(job, knock_out):
    with at(MONDAY):
        application = applicant(job)
    application.answers = {"licence": "yes"}
    application.save()

    assert fire_due(MONDAY + dt.timedelta(days=2))[0].why == "The conditions do not fit any more."


def test_what_is_stopped_stays_stopped(job, knock_out, recruiter):
    with at(MONDAY):
        applicant(job)
        firing.stop(RuleFiring.objects.get(), by=recruiter)
        finding.sweep(knock_out.versions.get())

    assert fire_due(MONDAY + dt.timedelta(days=9)) == []
    with pytest.raises(Refused, match="over"):
        firing.let_go(RuleFiring.objects.get(), by=recruiter)


def test_undo_until_the_letter_has_left(job, knock_out, recruiter):
    with at(MONDAY):
        first, second = applicant(job), applicant(job, name="Second Person")
    done, other = fire_due(MONDAY + dt.timedelta(days=2))

    firing.undo(done, by=recruiter)
    Message.objects.filter(pk=other.did["message"]).update(status="sent")

    first.refresh_from_db()
    assert first.is_active
    assert rejection.mail_of(first).get().status == "cancelled"
    with pytest.raises(Refused, match="left the house"):
        firing.undo(other, by=recruiter)
    second.refresh_from_db()
    assert second.status == "rejected"


def test_a_crash_between_verb_and_row_did_nothing(job, knock_out):
    with at(MONDAY):
        application = applicant(job)
    with mock.patch.object(RuleFiring, "save", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        fire_due(MONDAY + dt.timedelta(days=2))
    application.refresh_from_db()
    assert (application.status, RuleFiring.objects.get().state) == ("active", "waiting")

    assert fire_due(MONDAY + dt.timedelta(days=2))[0].state == "done"
    assert TimelineEvent.objects.filter(kind="application.rejected").count() == 1


# --- a person's word ------------------------------------------------------------------------------------------------


def test_without_a_ground_each_rejection_waits_for_a_person(job, recruiter, reason, letter):
    action = {"kind": "reject", "reason": reason.pk, "template": letter.pk}
    rule = a_rule(job, recruiter, action, conditions=asked(NO_LICENCE))
    application = applicant(job)
    held = RuleFiring.objects.get()
    assert (held.state, fire_due(timezone.now() + dt.timedelta(days=30))) == ("held", [])

    firing.agree(held, by=recruiter)

    application.refresh_from_db()
    event = TimelineEvent.objects.get(kind="application.rejected")
    record = application.decisions.get()
    assert (application.status, event.actor, event.data["rule"]) == ("rejected", recruiter, rule.pk)
    assert (record.way, record.by, record.rule, record.rule_version) == ("hand", recruiter, "No licence", 1)


def test_the_sample_is_drawn_by_a_seed_and_held(job, recruiter, reason, letter):
    rule = a_rule(
        job,
        recruiter,
        {"kind": "reject", "reason": reason.pk, "template": letter.pk},
        conditions=asked(NO_LICENCE),
        waits_for_person=False,
        ground="contract",
        sample_percent=50,
    )
    version = rule.versions.get()
    for number in range(20):
        applicant(job, name=f"Person {number}")

    rows = list(RuleFiring.objects.order_by("pk").select_related("application"))
    drawn = [finding.in_sample(version, row.application, row.occasion) for row in rows]
    assert [row.state == "held" for row in rows] == [True, True, True, *drawn[3:]]
    assert 3 < sum(drawn) < 17
    with pytest.raises(Refused, match="agree or disagree"):
        firing.let_go(rows[0], by=recruiter)
    fire_due(timezone.now() + dt.timedelta(days=9))
    assert RuleFiring.objects.filter(state="held").count() == sum(row.state == "held" for row in rows)


def test_disagreeing_needs_words_counts_and_takes_back(job, knock_out, recruiter):
    with at(MONDAY):
        application = applicant(job)
    done = fire_due(MONDAY + dt.timedelta(days=2))[0]
    with pytest.raises(Refused, match="Say in a few words"):
        firing.disagree(done, by=recruiter, why=" ")

    taken_back = firing.disagree(done, by=recruiter, why="Trains for it right now.")

    application.refresh_from_db()
    assert (application.is_active, taken_back.state, taken_back.agreed) == (True, "undone", False)


# --- what a rejection may stand on ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ({}, "only because of an answer"),
        (asked({"fact": "days", "type": "days", "op": "at_least", "values": [5], "label": "Days"}), "a person does"),
        (asked({"fact": "score", "type": "number", "op": "less", "values": [5], "label": "Score"}), "no rule may ask"),
        (asked(NO_LICENCE, {"fact": "location", "type": "text", "op": "one_of", "values": ["x"], "label": "Place"}), "a person does"),
        (asked({**NO_LICENCE, "fact": "answer:gone"}), "not asked"),
    ],
)  # fmt: skip
def test_a_rejection_stands_on_explicit_answers_alone(job, recruiter, reason, conditions, why):
    rule = a_rule(job, recruiter, {"kind": "reject", "reason": reason.pk}, conditions=conditions, active=False)
    draft = rule.versions.get()
    trying.try_out(draft, by=recruiter)

    with pytest.raises(Refused, match=why):
        versions.activate(draft, by=recruiter, seen_problems=True)


@pytest.mark.parametrize(
    "label",
    ["How old are you?", "Your postcode", "Nationality", "Do you have children?", "Year you graduated", "Your gender"],
)
def test_questions_about_protected_traits_are_no_facts(world, label):
    from pipeline.rules import facts

    assert facts.of_question({"key": "q", "label": label, "type": "number"}) is None


# --- drafts, trials, versions -----------------------------------------------------------------------------------------


def test_a_draft_is_tried_as_it_is_written_before_it_acts(job, recruiter):
    rule = a_rule(job, recruiter, {"kind": "tag", "tag": "No licence"}, conditions=asked(NO_LICENCE), active=False)
    draft = rule.versions.get()
    with pytest.raises(Refused, match="Try it first"):
        versions.activate(draft, by=recruiter)
    trying.try_out(draft, by=recruiter)
    versions.edit(
        rule,
        by=recruiter,
        name="No licence",
        trigger={"kind": "applied"},
        asked={},
        action={"kind": "tag", "tag": "New"},
    )

    with pytest.raises(Refused, match="Try it first"):
        versions.activate(rule.versions.get(), by=recruiter)


def test_editing_what_acts_makes_a_draft_and_the_new_version_looks_again(job, knock_out, recruiter, reason):
    with at(MONDAY):
        applicant(job)
        draft = versions.edit(
            knock_out,
            by=recruiter,
            name="No licence",
            trigger={"kind": "applied"},
            asked=asked(NO_LICENCE),
            action={"kind": "tag", "tag": "No licence"},
        )
        assert (draft.number, knock_out.versions.get(state="active").number) == (2, 1)
        trying.try_out(draft, by=recruiter)
        versions.activate(draft, by=recruiter)

    assert list(RuleFiring.objects.order_by("pk").values_list("version__number", "state", "why")) == [
        (1, "void", versions.REPLACED),
        (2, "waiting", ""),
    ]


def test_a_trial_shows_whom_it_hits_by_source_and_how_far_they_came(job, recruiter, world):
    board, site = factories.SourceFactory(name="Board"), factories.SourceFactory(name="Site")
    for number in range(6):
        applicant(job, "no" if number < 4 else "yes", source=board, name=f"Board {number}")
        one = applicant(job, "no" if number < 1 else "yes", source=site, name=f"Site {number}")
        if number == 0:
            moves.move(one, world.stages["interview"], by=recruiter)
    rule = a_rule(job, recruiter, {"kind": "tag", "tag": "x"}, conditions=asked(NO_LICENCE), active=False)

    trial = trying.try_out(rule.versions.get(), by=recruiter)

    rows = {row.name: (row.looked, row.hit, row.is_low) for row in trying.by_source(trial)}
    assert (trial.looked, len(trial.hits), trial.reached) == (13, 5, {"applied": 4, "interview": 1})
    assert (rows["Board"], rows["Site"], trying.harmed(trial)) == ((6, 4, True), (6, 1, False), 1)


def test_pausing_holds_and_retiring_ends(job, knock_out, recruiter):
    with at(MONDAY):
        applicant(job)
        versions.pause(knock_out, by=recruiter)
        applicant(job, name="Second Person")
    assert (RuleFiring.objects.count(), fire_due(MONDAY + dt.timedelta(days=5))) == (1, [])

    with at(MONDAY + dt.timedelta(days=5)):
        versions.resume(Rule.objects.get(), by=recruiter)
        finding.sweep(knock_out.versions.get())
    assert RuleFiring.objects.count() == 1
    versions.retire(Rule.objects.get(), by=recruiter)

    assert RuleFiring.objects.get().why == versions.RETIRED


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_move_and_reject_of_the_same_people_is_found(job, knock_out, recruiter, world):
    action = {"kind": "move", "stage": world.stages["screen"].pk}
    trigger = {"kind": "entered", "stage": world.stages["applied"].pk}
    other = a_rule(job, recruiter, action, trigger=trigger, conditions=asked(NO_LICENCE), active=False, name="On")
    yes = asked({**NO_LICENCE, "values": ["yes"]})
    apart = a_rule(job, recruiter, action, trigger=trigger, conditions=yes, active=False, name="Apart")

    found = conflicts.problems(other.versions.get())

    assert [(one.kind, one.other, one.stops) for one in found] == [("contradiction", knock_out, False)]
    assert conflicts.problems(apart.versions.get()) == []


def test_moving_in_a_circle_stops_activation(job, recruiter, world):
    applied, screen = world.stages["applied"].pk, world.stages["screen"].pk
    back = {"kind": "entered", "stage": screen}
    a_rule(job, recruiter, {"kind": "move", "stage": applied}, trigger=back, name="Back")
    rule = a_rule(
        job, recruiter, {"kind": "move", "stage": screen}, trigger={"kind": "entered", "stage": applied}, active=False
    )

    assert ("circle", True) in [(one.kind, one.stops) for one in conflicts.problems(rule.versions.get())]


def test_what_can_never_fit_and_what_is_gone_is_named(job, recruiter, world):
    never = asked(NO_LICENCE, {**NO_LICENCE, "values": ["yes"]})
    unreachable = a_rule(job, recruiter, {"kind": "tag", "tag": "x"}, conditions=never, active=False)
    gone = a_rule(job, recruiter, {"kind": "move", "stage": 10**9}, active=False)

    assert [one.kind for one in conflicts.problems(unreachable.versions.get())] == ["unreachable"]
    assert [one.kind for one in conflicts.problems(gone.versions.get())] == ["gone"]


# --- every action -----------------------------------------------------------------------------------------------------


@pytest.fixture
def actions_of(world, reason, letter, recruiter, manager):
    return {
        "move": {"kind": "move", "stage": world.stages["screen"].pk},
        "tag": {"kind": "tag", "tag": "No licence"},
        "assign": {"kind": "assign", "user": recruiter.pk},
        "task": {"kind": "task", "user": recruiter.pk, "text": "Call them", "days": 2},
        "notify": {"kind": "notify", "role": "hiring_manager", "text": "look at this one"},
    }


@pytest.mark.parametrize("kind", ["move", "tag", "assign", "task", "notify"])
def test_each_action_is_done_says_its_rule_and_is_taken_back(job, recruiter, world, actions_of, kind):
    with at(MONDAY):
        rule = a_rule(job, recruiter, actions_of[kind], conditions=asked(NO_LICENCE))
        application = applicant(job)

    done = fire_due(MONDAY + dt.timedelta(minutes=5))[0]

    person = application.candidate
    person.refresh_from_db()
    application.refresh_from_db()

    def state():
        person.refresh_from_db()
        application.refresh_from_db()
        worn = list(person.tags.values_list("tag__name", flat=True))
        return application.stage.kind, worn, person.owner, list(person.tasks.values_list("text", flat=True))

    changed = {
        "move": ("screen", [], None, []),
        "tag": ("applied", ["No licence"], None, []),
        "assign": ("applied", [], recruiter, []),
        "task": ("applied", [], None, ["Call them"]),
        "notify": ("applied", [], None, []),
    }
    assert (done.state, done.why, state()) == ("done", "", changed[kind])
    if kind == "notify":
        told = world.people["hiring_manager"].notifications.get()
        assert told.words == "Ola Berg: look at this one"
        with pytest.raises(Refused, match="have been told"):
            firing.undo(done, by=recruiter)
        return
    event = TimelineEvent.objects.filter(candidate=person, data__rule=rule.pk).get()
    assert (event.actor, event.data["rule_version"]) == (None, 1)
    firing.undo(done, by=recruiter)

    assert state() == ("applied", [], None, [])
    assert RuleFiring.objects.get().state == "undone"


def test_standing_for_days_fires_once_a_stay_and_on_business_days(job, recruiter, world, actions_of):
    trigger = {"kind": "stands", "stage": world.stages["applied"].pk, "days": 2}
    friday = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
    with at(friday - dt.timedelta(hours=1)):
        rule = a_rule(job, recruiter, actions_of["tag"], trigger=trigger)
    with at(friday):
        applicant(job)
    looks = {}
    for hours in (48, 72, 95, 97, 98):  # Sunday, Monday, Tuesday before and after noon
        with at(friday + dt.timedelta(hours=hours)):
            looks[hours] = finding.sweep(rule.versions.get())

    assert looks == {48: 0, 72: 0, 95: 0, 97: 1, 98: 0}


def test_a_rule_moves_once_between_two_decisions_of_people(job, recruiter, world, actions_of):
    with at(MONDAY):
        a_rule(job, recruiter, actions_of["move"], trigger={"kind": "entered", "stage": world.stages["applied"].pk})
        application = applicant(job)
    fire_due(MONDAY + dt.timedelta(minutes=6))
    with at(MONDAY + dt.timedelta(hours=1)):
        moves.move(application, world.stages["applied"], by=None)
    again = fire_due(MONDAY + dt.timedelta(hours=2))[0]
    with at(MONDAY + dt.timedelta(hours=3)):
        moves.move(application, world.stages["lead"], by=recruiter)
        moves.move(application, world.stages["applied"], by=recruiter)
    third = fire_due(MONDAY + dt.timedelta(hours=4))[0]

    assert (again.why, third.state) == (
        "This rule has moved the application once already, and nobody has decided since.",
        "done",
    )


@pytest.mark.parametrize("people", [1, 8])
def test_finding_and_trying_ask_no_more_for_more_people(job, recruiter, people, django_assert_num_queries, actions_of):
    with mock.patch.object(finding, "at_event"):
        for number in range(people):
            applicant(job, name=f"Person {number}")
    rule = a_rule(job, recruiter, actions_of["tag"], conditions=asked(NO_LICENCE), active=False)
    draft = rule.versions.get()
    with django_assert_num_queries(4):
        trying.try_out(draft, by=recruiter)
    versions.activate(draft, by=recruiter)

    with django_assert_num_queries(6):
        assert finding.find_present(rule.versions.get()) == people


def test_a_copy_of_the_job_begins_with_the_rules_as_drafts_on_its_own_stages(job, recruiter, world, actions_of):
    in_screen = {
        "fact": "stage",
        "type": "choice",
        "op": "one_of",
        "values": [str(world.stages["screen"].pk)],
        "label": "Stage",
    }
    trigger = {"kind": "stands", "stage": world.stages["screen"].pk, "days": 5}
    a_rule(job, recruiter, actions_of["tag"], trigger=trigger, conditions=asked(in_screen), name="Late")
    a_rule(job, recruiter, {"kind": "move", "stage": 10**9}, active=False, name="To nowhere")

    made = jobs.create(by=recruiter, title="Again", department=job.department, location=job.location, copy_of=job)

    rule = Rule.objects.get(job=made)
    draft, screen = rule.versions.get(), made.stages.get(name="Screen")
    assert (rule.name, draft.state, draft.trigger["stage"]) == ("Late", "draft", screen.pk)
    assert draft.conditions["groups"][0]["atoms"][0]["values"] == [str(screen.pk)]
    assert conflicts.problems(draft) == []
