"""Questions that may not be asked (JOB-20, JOB-21, PRIV-17), where, and what to ask instead."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from hiring import jurisdictions, postings
from hiring.application_form import building, lawful, problems, topics, versions
from hiring.errors import Refused
from hiring.models import QuestionRule
from tests.factories import PostingFactory

LONG = "<p>" + "You build pipelines that meters and people can trust. " * 4 + "</p>"


def posting(country="FR", region="", city="", *questions, **more):
    place = {"job__location__country": country, "job__location__region": region, "job__location__city": city or "Lyon"}
    return PostingFactory(
        **place, description=LONG, job__pay_min=50_000, job__pay_max=60_000, questions=list(questions), **more
    )


def asks(label, key="q", kind="text", **more):
    return {"key": key, "label": label, "type": kind, "required": False, "options": [], **more}


@pytest.mark.parametrize(
    ("label", "topic"),
    [
        ("What is your current salary?", "pay_history"),
        ("How much did you earn in your last job?", "pay_history"),
        ("Wie hoch ist Ihr aktuelles Bruttojahresgehalt?", "pay_history"),
        ("Quel est votre salaire actuel ?", "pay_history"),
        ("¿Cuál es su salario actual?", "pay_history"),
        ("Qual è la sua RAL attuale?", "pay_history"),
        ("Do you have a disability?", "health"),
        ("How many sick days did you take last year?", "health"),
        ("Haben Sie eine Schwerbehinderung?", "health"),
        ("Êtes-vous en situation de handicap ?", "health"),
        ("¿Tiene alguna discapacidad?", "health"),
        ("Ha una disabilità?", "health"),
        ("Are you pregnant or planning to have children?", "family"),
        ("Haben Sie Kinder?", "family"),
        ("Avez-vous des enfants ?", "family"),
        ("¿Está embarazada?", "family"),
        ("È incinta?", "family"),
        ("Sind Sie verheiratet?", "family"),
        ("How old are you?", "age"),
        ("Geburtsdatum", "age"),
        ("Quel âge avez-vous ?", "age"),
        ("¿Cuántos años tiene?", "age"),
        ("Quanti anni ha?", "age"),
        ("What is your nationality?", "nationality"),
        ("Are you an EU citizen?", "nationality"),
        ("Welche Staatsangehörigkeit haben Sie?", "nationality"),
        ("Quelle est votre nationalité ?", "nationality"),
        ("¿Cuál es su nacionalidad?", "nationality"),
        ("Qual è la sua cittadinanza?", "nationality"),
        ("What is your religion?", "religion"),
        ("Welcher Konfession gehören Sie an?", "religion"),
        ("Quelle est votre religion ?", "religion"),
        ("¿Cuál es su religión?", "religion"),
        ("Qual è la sua religione?", "religion"),
        ("What is your ethnic origin?", "ethnicity"),
        ("Are you a member of a trade union?", "union"),
        ("Is German your mother tongue?", "mother_tongue"),
        ("Do you have Canadian work experience?", "canadian_experience"),
        ("Avez-vous une expérience canadienne ?", "canadian_experience"),
        ("Have you ever been convicted of a crime?", "criminal_record"),
        ("Haben Sie Vorstrafen?", "criminal_record"),
        ("What is your social security number?", "national_id"),
        ("Please upload a photo of yourself", "photo"),
    ],
)
def test_what_a_question_asks_about_is_found_in_five_languages(label, topic):
    assert list(topics.found_in(label)) == [topic]


@pytest.mark.parametrize(
    "label",
    [
        "What pay do you expect?",
        "Welches Gehalt stellen Sie sich vor?",
        "May you work in the EU without a visa?",
        "Do you need any adjustments because of a disability?",
        "Are you at least 18 years old?",
        "Haben Sie mit Kindern gearbeitet?",
        "Have you worked with children?",
        "¿Cuántos años de experiencia tiene?",
        "Quanti anni di esperienza ha?",
        "Have you built software for health insurers?",
        "Do you have experience in criminal law?",
        "How do you handle technical debt?",
        "Do you hold a driving licence for vans (class B)?",
        "Êtes-vous titulaire du permis B ?",
        "Have you worked with photo archives?",
        "Did you earn a degree in nursing?",
        "Can you write in gender-neutral language?",
    ],
)
def test_lawful_questions_pass(label):
    assert topics.found_in(label) == {}


def test_every_proposal_may_itself_be_asked():
    proposals = [
        words.replace("{place}", "France") for topic in topics.TOPICS for words in (topic.instead or {}).values()
    ]

    assert [words for words in proposals if topics.found_in(words)] == []


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (("US", "New York", "New York"), ("US-NYC", "US-NY", "US", "*")),
        (("CA", "ON", "Toronto"), ("CA-ON", "CA", "*")),
        (("CA", "Québec", "Montréal"), ("CA-QC", "CA", "*")),
        (("fr", "Rhône", "Lyon"), ("FR", "EU", "*")),
        (("GB", "", ""), ("GB", "*")),
        (("", "", ""), ("*",)),
    ],
)
def test_the_smallest_jurisdiction_of_a_place_comes_first(place, found):
    assert jurisdictions.of_place(*place) == found


@pytest.mark.parametrize(
    ("country", "region", "label", "level", "law"),
    [
        ("FR", "", "What is your current salary?", "block", "Directive (EU) 2023/970, art. 5(2)"),
        ("US", "California", "What is your current salary?", "block", "Labor Code s. 432.3"),
        ("US", "Texas", "What is your current salary?", "warn", ""),
        ("GB", "", "Do you have a disability?", "block", "Equality Act 2010, s. 60"),
        ("US", "Texas", "Do you have a disability?", "block", "ADA, 42 U.S.C. 12112(d)(2)"),
        ("CA", "Ontario", "Do you have Canadian experience?", "block", "Employment Standards Act, 2000, s. 8.3"),
        ("CA", "Alberta", "Do you have Canadian experience?", "warn", ""),
        ("FR", "", "Do you have Canadian experience?", None, ""),
        ("FR", "", "Have you ever been convicted of a crime?", "warn", "GDPR art. 10"),
    ],
)
def test_the_rule_of_the_place_counts(db, country, region, label, level, law):
    found = lawful.of_posting(posting(country, region, "", asks(label)))

    assert [(one.rule.level, one.rule.law) for one in found] == ([(level, law)] if level else [])


def test_of_several_places_the_strictest_rule_counts(db):
    remote = posting(
        "US", "Texas", "", asks("What is your current salary?"), job__workplace="remote", remote_countries="FR"
    )

    assert [one.rule.jurisdiction for one in lawful.of_posting(remote)] == ["EU"]


def test_help_choices_and_statements_are_read_too(db):
    hidden = asks("About you", kind="choice", options=["I am pregnant", "I am not"])
    helped = asks("About you", key="b", help="Tell us your date of birth.")

    found = lawful.of_posting(posting("FR", "", "", hidden, helped))

    assert [(one.key, one.topic) for one in found] == [("q", "family"), ("b", "age")]


def test_a_rule_holds_from_its_first_day_to_its_last(db, monkeypatch):
    QuestionRule.objects.filter(topic="photo").delete()
    QuestionRule.objects.create(
        topic="photo",
        jurisdiction="FR",
        level="block",
        message="No.",
        valid_from=dt.date(2026, 1, 1),
        valid_to=dt.date(2027, 1, 1),
    )
    form = posting("FR", "", "", asks("Please upload a photo of yourself"))

    def on(day):
        monkeypatch.setattr(lawful.timezone, "localdate", lambda: day)
        return len(lawful.of_posting(form))

    assert [on(dt.date(2025, 12, 31)), on(dt.date(2026, 6, 1)), on(dt.date(2027, 1, 1))] == [0, 1, 0]


def test_an_unlawful_question_stops_publishing_and_names_a_lawful_one(db, recruiter):
    form = posting("FR", "", "", asks("What is your nationality?"), status="draft", first_published_at=None)

    with pytest.raises(Refused, match="Take out the question “What is your nationality\\?”"):
        postings.publish(form, by=recruiter)
    assert lawful.of_posting(form)[0].instead == "Are you allowed to work in France?"


def test_what_no_exemption_can_save_is_not_even_kept(db, recruiter):
    form = posting("FR")

    with pytest.raises(Refused, match="Past or present pay"):
        building.add(form, asks("What is your current salary?"), by=recruiter)
    form.refresh_from_db()
    assert form.questions == []


def test_an_exemption_needs_a_reason_and_holds_for_these_words_only(db, admin, recruiter):
    form = posting("FR", "", "", asks("What is your religion?"), status="draft", first_published_at=None)
    with pytest.raises(Refused, match="Say in a sentence"):
        lawful.exempt(form, "q", "religion", "because", by=admin)

    lawful.exempt(form, "q", "religion", "A parish hires its sexton: §9 allows it.", by=admin)
    held = problems.sentences(form)
    building.change(form, "q", asks("What is your religion and party?"), by=recruiter)
    form.refresh_from_db()

    assert held == []
    assert len(problems.sentences(form)) == 1


def test_no_exemption_where_the_law_knows_none(db, admin):
    form = posting("US", "Texas", "", asks("Do you have a disability?"))

    with pytest.raises(Refused, match="knows no exception"):
        lawful.exempt(form, "q", "health", "We would like to know all the same.", by=admin)


def test_an_exemption_taken_back_stops_the_form_again(db, admin):
    form = posting("FR", "", "", asks("What is your religion?"))
    lawful.exempt(form, "q", "religion", "A parish hires its sexton: §9 allows it.", by=admin)

    lawful.take_back(form, "q", "religion", by=admin)

    assert len(problems.sentences(form)) == 1
    assert form.exemptions.count() == 1


def test_what_is_out_already_stays_while_its_draft_is_unlawful(db, recruiter):
    form = posting("FR", "", "", asks("Why us?"))
    building.add(form, asks("What is your religion?"), by=recruiter)

    with pytest.raises(Refused):
        building.publish(form, by=recruiter)
    assert [one["label"] for one in versions.newest(form).questions] == ["Why us?"]


# --- in the administration ----------------------------------------------------------------------------------------------


def test_a_question_is_tried_in_the_administration(client, admin):
    """JOB-21: by which words it is known, what holds there, and what to ask instead."""
    client.force_login(admin)
    url = reverse("admin:hiring_questionrule_try")

    barred = client.get(url, {"question": "What is your current salary?", "country": "FR"}).content.decode()
    free = client.get(url, {"question": "Which tools do you use?", "country": "FR"}).content.decode()
    empty = client.get(url, {"question": ""}).content.decode()

    assert "May not be asked" in barred and "current salary" in barred
    assert "Nothing: it can be asked." in free
    assert "This field is required." in empty


def test_a_rule_that_held_gets_an_end_and_is_not_rewritten(client, admin):
    client.force_login(admin)
    rule = QuestionRule.objects.order_by("pk").first()
    url = reverse("admin:hiring_questionrule_change", args=[rule.pk])

    client.post(url, {"message": "Anything goes", "level": "warn", "jurisdiction": "XX", "valid_to": "2099-01-01"})

    kept = QuestionRule.objects.get(pk=rule.pk)
    assert (kept.message, kept.level, kept.jurisdiction) == (rule.message, rule.level, rule.jurisdiction)
    assert kept.valid_to.isoformat() == "2099-01-01"


def test_the_rules_are_for_administrators(client, recruiter):
    client.force_login(recruiter)

    assert client.get(reverse("admin:hiring_questionrule_try"), follow=True).status_code == 403
