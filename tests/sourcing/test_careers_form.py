"""What applicants are asked: questions that depend on others, kinds of answers, the usual fields, and forms that change meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from hiring.application_form import building, versions
from hiring.application_form.questions import clean, fingerprint
from hiring.models import Consent, Document, LegalText
from pipeline.models import Application, Arrival
from pipeline.screening import criteria
from pipeline.screening.criteria import Criterion
from sourcing.careers import my_data
from tests.sourcing.test_careers import cv, entered, hidden_of, open_posting, send

VAN = {"key": "van", "label": "Do you drive vans?", "type": "yes_no", "required": True, "options": []}


def when(op="is", value="yes", kind="yes_no", key="van", label="Do you drive vans?"):
    atom = {"fact": f"answer:{key}", "type": kind, "op": op, "values": [value], "label": label}
    return {"match": "all", "groups": [{"match": "all", "atoms": [atom]}]}


YEARS = {
    "key": "years",
    "label": "Since which year?",
    "type": "number",
    "required": True,
    "options": [],
    "when": when(),
}


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def posting(db):
    return open_posting(questions=[VAN, YEARS])


def post(client, posting, **changes):
    return client.post(reverse("careers:apply", args=[posting.slug]), entered(**changes))


def text(answer) -> str:
    return answer.content.decode()


# --- conditions --------------------------------------------------------------------------------------------------------


def test_without_scripts_every_question_is_there_with_when_it_is_meant(client, posting):
    page = text(client.get(posting.apply_url))

    assert "Only if you answered “Yes” to “Do you drive vans?”:" in page
    assert 'name="q_years"' in page
    assert 'name="q_years" required' not in page


def test_what_is_not_meant_for_somebody_is_neither_required_nor_checked_nor_kept(client, posting):
    review = post(client, posting, q_van="no", q_years="not a number")
    send(client, posting, q_van="no", q_years="2001")

    assert review.status_code == 200
    application = Application.objects.get()
    assert application.answers == {"van": "no"}
    assert [one["key"] for one in application.questions] == ["van"]


def test_what_is_meant_for_somebody_has_to_be_answered(client, posting):
    asked_again = post(client, posting, q_van="yes")
    send(client, posting, q_van="yes", q_years="2001")

    assert asked_again.status_code == 422
    assert "Please answer: Since which year?" in text(asked_again)
    assert "data-holds" in text(asked_again)
    assert Application.objects.get().answers == {"van": "yes", "years": 2001.0}


def test_the_review_shows_only_what_was_asked(client, posting):
    page = text(post(client, posting, q_van="no", q_years="2001"))

    assert "Do you drive vans?" in page
    assert "Since which year?" not in page


# --- kinds -------------------------------------------------------------------------------------------------------------

STATEMENT = "We may call the people you name."
KINDS = [
    {"key": "note", "label": "Good to know", "type": "info", "text": "We work in <b>shifts</b>."},
    {"key": "refs", "label": "References", "type": "consent", "text": STATEMENT, "required": True},
    {"key": "site", "label": "Your site", "type": "link"},
    {"key": "work", "label": "A sample of your work", "type": "file", "required": True},
    {"key": "shifts", "label": "How many shifts?", "type": "number", "least": 1, "most": 5},
    {"key": "start", "label": "Start", "type": "date", "least": "2027-01-01", "most": "2027-12-31"},
    {"key": "why", "label": "Why?", "type": "text", "least": 3, "most": 10, "help": "In <three> words"},
]


@pytest.fixture
def all_kinds(db):
    made = []
    for raw in KINDS:
        made.append(clean(raw, key=raw["key"], earlier=made))
    return open_posting(questions=made)


def test_information_is_shown_and_nothing_a_colleague_wrote_is_read_as_markup(client, all_kinds):
    page = text(client.get(all_kinds.apply_url))

    assert "We work in &lt;b&gt;shifts&lt;/b&gt;." in page
    assert "In &lt;three&gt; words" in page
    assert 'name="q_note"' not in page


def test_files_links_and_consents_are_kept_with_proof_of_what_was_agreed_to(client, all_kinds):
    url = reverse("careers:apply", args=[all_kinds.slug])
    answers = {
        "q_refs": "on",
        "q_site": "rahimi.example/work",
        "q_shifts": "3",
        "q_start": "2027-03-01",
        "q_why": "Grids",
    }

    review = client.post(url, entered(q_work=cv(name="sample.pdf"), **answers))
    client.post(url, hidden_of(review) | {"step": "send"})

    application = Application.objects.get()
    document = Document.objects.get(kind="answer")
    assert "sample.pdf" in text(review)
    assert application.answers == {
        "refs": "yes",
        "site": "https://rahimi.example/work",
        "work": {"document": document.pk, "name": "sample.pdf"},
        "shifts": 3.0,
        "start": "2027-03-01",
        "why": "Grids",
    }
    assert next(one for one in application.questions if one["key"] == "refs") == {
        "key": "refs",
        "label": "References",
        "type": "consent",
        "required": True,
        "options": [],
        "text": STATEMENT,
        "sha256": fingerprint({"text": STATEMENT}),
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"q_refs": ""}, "Please answer: References"),
        ({}, "Please answer: A sample of your work"),
        ({"q_shifts": "7"}, "less than or equal to 5"),
        ({"q_start": "2026-12-31"}, "Please choose 1 January 2027 or a later day."),
        ({"q_start": "2028-01-01"}, "Please choose 31 December 2027 or an earlier day."),
        ({"q_why": "No"}, "at least 3 characters"),
        ({"q_site": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_answers_out_of_bounds_are_named(client, all_kinds, changes, sentence):
    answer = post(client, all_kinds, **{"q_refs": "on", **changes})

    assert answer.status_code == 422
    assert sentence in text(answer)


def test_a_file_given_as_an_answer_survives_a_mistake_elsewhere(client, all_kinds):
    first = post(client, all_kinds, q_work=cv(name="sample.pdf"))

    assert first.status_code == 422
    assert "sample.pdf" in text(first)
    again = post(client, all_kinds, **hidden_of(first) | {"q_refs": "on"})
    assert again.status_code == 200


# --- the usual fields --------------------------------------------------------------------------------------------------


def test_usual_fields_are_off_optional_or_required(client, db):
    posting = open_posting(
        fields={
            "phone": "required",
            "location": "off",
            "cover_letter": "off",
            "earliest_start": "required",
            "preferred_name": "optional",
        }
    )

    page = text(client.get(posting.apply_url))
    refused = text(post(client, posting))
    send(client, posting, phone="+33 6 39 98 00 72", q_std_earliest_start="2027-03-01", location="Lyon")

    assert ('name="location"' in page, 'name="cover_letter"' in page, 'name="q_std_notice_period"' in page) == (
        False,
    ) * 3
    assert "Please answer: Phone" in refused
    assert "Please answer: When could you start, at the earliest?" in refused
    application = Application.objects.get()
    assert application.answers == {"std_earliest_start": "2027-03-01"}
    assert application.candidate.location == ""


@pytest.mark.parametrize(
    ("fields", "link", "status"),
    [
        ({}, "", 422),
        ({}, "linkedin.com/in/samira", 200),
        ({"resume": "required"}, "linkedin.com/in/samira", 422),
        ({"resume": "optional"}, "", 200),
        ({"resume": "off"}, "", 200),
        ({"link": "off"}, "linkedin.com/in/samira", 422),
        ({"link": "required", "resume": "optional"}, "", 422),
    ],
)
def test_a_resume_is_asked_for_as_the_form_says(client, db, fields, link, status):
    posting = open_posting(fields=fields)

    assert post(client, posting, link=link).status_code == status


# --- versions ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(posting, recruiter):
    building.publish(posting, by=recruiter)
    return posting


def test_an_application_keeps_the_version_it_answered(client, published, recruiter):
    send(client, published, q_van="no")

    building.remove(published, "years", by=recruiter)
    building.publish(published, by=recruiter)

    application = Application.objects.get()
    assert (application.form_version.number, versions.newest(published).number) == (1, 2)
    assert [one["key"] for one in application.form_version.questions] == ["van", "years"]


def test_what_is_not_published_is_asked_of_nobody(client, published, recruiter):
    building.add(published, {"label": "Why us?", "required": True}, by=recruiter)

    assert "Why us?" not in text(client.get(published.apply_url))
    assert post(client, published, q_van="no", form_version="1").status_code == 200


def test_a_form_that_changed_meanwhile_asks_what_is_new_and_loses_nothing(client, published, recruiter):
    building.add(published, {"label": "Why us?"}, by=recruiter)
    building.remove(published, "years", by=recruiter)
    building.publish(published, by=recruiter)

    first = post(client, published, q_van="no", resume=cv(), form_version="1")
    kept = hidden_of(first)
    second = post(client, published, **kept | {"q_van": "no", "q_why_us": "The grid"})

    assert first.status_code == 422
    assert "The form changed while you filled it in. Please look at “Why us?”" in text(first)
    assert "cv.pdf" in text(first)
    assert kept["form_version"] == "2"
    assert second.status_code == 200


def test_a_change_between_check_and_send_is_asked_too(client, published, recruiter):
    url = reverse("careers:apply", args=[published.slug])
    review = client.post(url, entered(q_van="no", form_version="1"))
    building.add(published, {"label": "Why us?"}, by=recruiter)
    building.publish(published, by=recruiter)

    answer = client.post(url, hidden_of(review) | {"step": "send"})

    assert answer.status_code == 422
    assert "Please look at “Why us?”" in text(answer)
    assert not Application.objects.exists()


def test_a_change_that_applicants_do_not_see_disturbs_nobody(client, published, recruiter):
    building.change(published, "van", {**VAN, "marks": [{"value": "no", "knock_out": True}]}, by=recruiter)
    building.publish(published, by=recruiter)

    send(client, published, q_van="no", form_version="1")

    assert Application.objects.get().form_version.number == 2


@pytest.mark.parametrize("seen", ["", "0", "99", "1e3", "²", "-1"])
def test_a_page_of_no_known_version_is_taken_as_it_is(client, published, seen):
    assert post(client, published, q_van="no", form_version=seen).status_code == 200


# --- notices -----------------------------------------------------------------------------------------------------------


def legal_text(kind, jurisdiction, locale="en", **more):
    start = {
        "valid_from": timezone.now() - dt.timedelta(hours=1),
        "text": f"Words for {jurisdiction}",
        "sha256": "0" * 64,
    }
    return LegalText.objects.create(kind=kind, jurisdiction=jurisdiction, locale=locale, **(start | more))


def test_the_notices_of_the_place_are_read_at_the_form_and_kept_with_the_application(client, posting):
    """PRIV-3: the version that was shown, also when another one holds later."""
    old = legal_text("application_notice", "FR")

    page, review = text(client.get(posting.apply_url)), text(post(client, posting, q_van="no"))
    send(client, posting, q_van="no")
    old.valid_to = timezone.now()
    old.save()

    assert "Words for FR" in page and "Words for FR" in review
    application = Application.objects.get()
    assert [row.text for row in application.shown_notices.select_related("text")] == [old]
    assert my_data.about(application.candidate)["applications"][0]["notices"][0]["words"] == "Words for FR"


def test_words_that_changed_meanwhile_are_shown_before_it_is_sent(client, posting):
    url = reverse("careers:apply", args=[posting.slug])
    review = hidden_of(post(client, posting, q_van="no"))
    legal_text("application_notice", "FR")

    again = client.post(url, review | {"step": "send"})

    assert again.status_code == 422
    assert "has changed while you filled this in" in text(again) and "Words for FR" in text(again)
    assert not Arrival.objects.exists()
    client.post(url, hidden_of(again) | {"step": "send"})
    assert Application.objects.count() == 1


def test_the_form_tells_of_software_where_the_job_uses_it(client, posting):
    """AI-10."""
    before = text(client.get(posting.apply_url))
    criteria.add(posting.job, Criterion("skill", "must", 3, {"skill": "Python"}), by=None)

    assert "How software helps us" not in before
    assert "How software helps us" in text(client.get(posting.apply_url))


def test_who_stays_in_touch_agrees_to_the_words_of_the_place(client, posting):
    own = legal_text("pool_consent", "FR")

    send(client, posting, q_van="no", stay_in_touch="on")

    assert Consent.objects.get().text == own
