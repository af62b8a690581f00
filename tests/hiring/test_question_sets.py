"""Sets of questions: kept once, copied into forms, and told apart from what they were copied as."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hiring.application_form import building, sets
from hiring.application_form.questions import Unfit
from hiring.errors import Refused
from hiring.models import Posting, QuestionSet
from tests.factories import JobFactory, PostingFactory

VAN = {"key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": []}
ATOM = {"fact": "answer:van", "type": "yes_no", "op": "is", "values": ["yes"], "label": "Do you drive vans?"}
WHEN = {"match": "all", "groups": [{"match": "all", "atoms": [ATOM]}]}
YEARS = {"key": "years", "label": "Since when?", "type": "number", "required": False, "options": [], "when": WHEN}
OTHER = {"key": "van", "label": "May we call you?", "type": "yes_no", "required": False, "options": []}


@pytest.fixture
def kept(recruiter):
    return sets.create("Driving", by=recruiter, about="For whoever drives", questions=[VAN, YEARS])


@pytest.fixture
def posting(recruiter):
    return PostingFactory(job=JobFactory(location__country="FR"), questions=[OTHER])


def asked(posting) -> list:
    return Posting.objects.get(pk=posting.pk).questions


def post(client, user, route, *args, **data):
    client.force_login(user)
    return client.post(reverse(route, args=args), data)


def page(client, user, route, *args) -> str:
    client.force_login(user)
    return client.get(reverse(route, args=args)).content.decode()


def test_a_copy_has_its_own_key_keeps_its_conditions_and_remembers_its_set(posting, kept, recruiter):
    """The key `van` is another question's here already, so the copy is called otherwise, and so is what depends on it."""
    assert sets.insert(posting, kept, by=recruiter) == 2

    first, second = asked(posting)[1:]
    assert (first["key"], first["origin"]) == (
        "do_you_drive_vans",
        {"set": kept.pk, "key": "van", "mark": sets.mark(VAN)},
    )
    assert second["when"]["groups"][0]["atoms"][0]["fact"] == "answer:do_you_drive_vans"


def test_copying_it_twice_copies_nothing_twice(posting, kept, recruiter):
    sets.insert(posting, kept, by=recruiter)

    assert sets.insert(posting, kept, by=recruiter) == 0
    assert len(asked(posting)) == 3


def test_what_is_asked_in_the_same_words_already_is_passed_over(posting, kept, recruiter):
    building.add(posting, {**VAN, "key": ""}, by=recruiter)

    assert sets.insert(posting, kept, by=recruiter) == 1


def test_a_change_of_the_set_changes_no_form_and_the_form_says_so(client, posting, kept, recruiter):
    sets.insert(posting, kept, by=recruiter)
    before = asked(posting)
    sets.change(kept, "van", {**VAN, "label": "Do you have a licence for vans?"}, by=recruiter)
    sets.remove(kept, "years", by=recruiter)
    sets.add(kept, {"label": "Which classes?", "type": "text"}, by=recruiter)

    said = page(client, recruiter, "job_form", posting.job_id)

    assert asked(posting) == before
    assert "asks this in another way now" in said
    assert "which no longer asks it" in said
    assert "1 question has come to" in said


def test_the_words_of_the_set_are_taken_over_under_the_same_key(client, posting, kept, recruiter):
    sets.insert(posting, kept, by=recruiter)
    sets.change(kept, "van", {**VAN, "label": "Do you have a licence for vans?"}, by=recruiter)

    post(client, recruiter, "form_question_renew", posting.job_id, "do_you_drive_vans")

    question = asked(posting)[1]
    assert (question["key"], question["label"]) == ("do_you_drive_vans", "Do you have a licence for vans?")
    assert not sets.origins(asked(posting))["do_you_drive_vans"].has_changed


def test_a_question_that_the_set_dropped_is_not_taken_over(posting, kept, recruiter):
    sets.insert(posting, kept, by=recruiter)
    sets.remove(kept, "years", by=recruiter)

    with pytest.raises(Refused, match="no longer asks"):
        sets.take_over(posting, "since_when", by=recruiter)


def test_a_set_is_made_of_a_form_with_all_its_questions_depend_on(client, recruiter):
    posting = PostingFactory(job=JobFactory(), questions=[VAN, YEARS, {**OTHER, "key": "call"}])

    post(client, recruiter, "job_form_set", posting.job_id, name=" Driving  well ", key=["years"])

    made = QuestionSet.objects.get(name="Driving well")
    assert made.questions == [VAN, YEARS]
    assert [one.get("origin", {}).get("set") for one in asked(posting)] == [made.pk, made.pk, None]


def test_a_deleted_set_leaves_its_copies_alone(client, posting, kept, recruiter):
    sets.insert(posting, kept, by=recruiter)
    post(client, recruiter, "question_set_delete", kept.pk)

    assert len(asked(posting)) == 3
    assert sets.origins(asked(posting)) == {}
    assert page(client, recruiter, "job_form", posting.job_id)
    with pytest.raises(Refused, match="deleted this set"):
        sets.add(kept, {"label": "Late?", "type": "text"}, by=recruiter)


def test_what_no_law_of_the_place_allows_is_not_copied(posting, recruiter):
    """JOB-21."""
    bad = sets.create("Pay", by=recruiter, questions=[{**OTHER, "key": "pay", "label": "What is your current salary?"}])

    with pytest.raises(Unfit):
        sets.insert(posting, bad, by=recruiter)
    assert asked(posting) == [OTHER]


def test_the_page_of_a_set_says_where_a_question_may_not_be_asked(client, recruiter):
    """JOB-21, PRIV-17."""
    kept = sets.create("Pay", by=recruiter, questions=[{**OTHER, "label": "What is your current salary?"}])

    assert "which may not be asked" in page(client, recruiter, "question_set", kept.pk)


@pytest.mark.parametrize("name", ["", "   ", "driving"])
def test_a_set_needs_a_name_of_its_own(client, kept, recruiter, name):
    QuestionSet.objects.filter(pk=kept.pk).update(name="driving")

    answer = post(client, recruiter, "question_sets", name=name)

    assert answer.status_code == 422
    assert QuestionSet.objects.count() == 1


def test_questions_of_a_set_are_written_moved_and_taken_out(client, kept, recruiter):
    added = post(client, recruiter, "set_question_add", kept.pk, type="text", label="Which classes?")
    post(client, recruiter, "set_question_move", kept.pk, "which_classes", to="0")
    post(client, recruiter, "set_question", kept.pk, "which_classes", type="text", label="Which classes of licence?")
    post(client, recruiter, "set_question_remove", kept.pk, "years")

    kept.refresh_from_db()
    assert added.status_code == 302
    assert [one["label"] for one in kept.questions] == ["Which classes of licence?", "Do you drive vans?"]
    assert (kept.version, kept.changed_by) == (5, recruiter)


def test_a_question_others_depend_on_stays(kept, recruiter):
    with pytest.raises(Refused, match="depending on this question"):
        sets.remove(kept, "van", by=recruiter)


def test_hiring_managers_copy_sets_and_do_not_change_them(client, kept, manager):
    posting = PostingFactory(job=JobFactory(created_by=manager))
    posting.job.team.create(user=manager, role="hiring_manager")

    assert post(client, manager, "job_form_insert", posting.job_id, set=kept.pk).status_code == 302
    assert len(asked(posting)) == 2
    assert post(client, manager, "set_question_remove", kept.pk, "years").status_code == 403
    assert "Take out" not in page(client, manager, "question_set", kept.pk)


@pytest.mark.parametrize("copies", [1, 6])
def test_the_form_asks_no_more_for_more_copies(client, posting, recruiter, copies, django_assert_num_queries):
    rows = [{**OTHER, "key": f"q{at}", "label": f"Question {at}?"} for at in range(copies)]
    sets.insert(posting, sets.create("Many", by=recruiter, questions=rows), by=recruiter)
    questions = asked(posting)

    with django_assert_num_queries(1):
        sets.news(questions, sets.origins(questions))


def test_conditions_call_a_question_as_it_is_called_now(kept, recruiter):
    sets.change(kept, "van", {**VAN, "label": "Do you have a licence?"}, by=recruiter)

    kept.refresh_from_db()
    assert kept.questions[1]["when"]["groups"][0]["atoms"] == [{**ATOM, "label": "Do you have a licence?"}]
