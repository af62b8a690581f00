"""The pages on which a job's criteria are kept, and where an application's are seen and put right."""

from __future__ import annotations

import pytest
from django.urls import reverse

from pipeline.models import CriterionDraft, JudgementCorrection
from pipeline.screening import correcting, criteria, judging, showing, suggesting
from pipeline.screening.judging import Judged
from pipeline.screening.results import Evidence
from tests.factories import ApplicationFactory
from tests.pipeline.screened import ALL, QUESTIONS, RESUME, criterion, give_resume

pytestmark = pytest.mark.django_db

SWAP = {"HX-Request": "true"}
PYTHON = criterion("skill", skill="Python", years=3)
RUST = criterion("skill", skill="Rust")
ADVERT = """<p>You build pipelines, some of them in Java.</p><h3>What you will do</h3><ul><li>Run Kafka</li></ul>
<h3>What you bring</h3><ul><li>At least 5 years of experience with Python and SQL</li><li>3+ years as a data engineer</li>
<li>Fluent English; German (B1) is a plus</li><li>Familiarity with dbt preferred</li><li>A driving licence (class B)</li>
<li>You are a young native speaker of Dutch</li></ul><p><strong>Nice to have</strong></p><ul><li>Terraform</li></ul>"""


@pytest.fixture
def page(client, world, recruiter):
    client.force_login(recruiter)
    return reverse("pipeline:criteria", args=[world.job.pk])


def said(job):
    return [(one.need, one.says) for one in criteria.of_job(job).criteria]


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("skill", {"skill": " Apache  Kafka ", "years": "2.5"}, "Apache Kafka, at least 2.5 years"),
        ("skill", {"skill": "Kafka", "years": ""}, "Kafka"),
        ("experience", {"years": "5"}, "5 years of experience"),
        ("title", {"title": "Data Engineer", "years": "1"}, "Worked as Data Engineer, at least 1 year"),
        ("language", {"language": "de", "level": "B2"}, "German, B2 or better"),
        ("location", {"city": "", "country": "FR"}, "Lives in France"),
        ("certificate", {"name": "PMP"}, "PMP"),
        ("answer", {"question": "permit", "accept": "yes"}, "May you work in the EU? Yes"),
        ("answer", {"question": "shifts", "accept": ["Early", "Late"]}, "Which shifts? Early or Late"),
        ("answer", {"question": "teams", "least": "3"}, "How many teams? at least 3"),
        ("statement", {"text": "Has run a shop"}, "Has run a shop"),
    ],
)
def test_each_kind_can_be_asked_for(client, world, page, kind, typed, says):
    world.posting.questions = [
        *QUESTIONS,
        {"key": "shifts", "label": "Which shifts?", "type": "multi", "options": ["Early", "Late", "Night"]},
        {"key": "teams", "label": "How many teams?", "type": "number"},
    ]
    world.posting.save()
    question = typed.get("question", "")
    form = client.get(page, {"add": kind, "question": question})
    assert 'name="weight"' in form.content.decode()

    answer = client.post(f"{page}add/", {"kind": kind, "need": "should", "weight": "4", **typed})

    assert (answer.status_code, said(world.job)) == (302, [("should", says)])
    key = criteria.of_job(world.job).criteria[0].key
    edit = client.get(page, {"edit": key}).content.decode()
    assert says in edit and "Cancel" in edit
    assert client.post(f"{page}{key}/", {"need": "must", "weight": "4", **typed}).status_code == 302
    assert said(world.job) == [("must", says)]


def test_what_cannot_be_asked_keeps_what_was_typed(client, world, page):
    answer = client.post(
        f"{page}add/", {"kind": "statement", "text": "A young colleague", "need": "must", "weight": "3"}
    )

    assert answer.status_code == 422
    assert "A young colleague" in answer.content.decode() and "speaks of who somebody is" in answer.content.decode()
    assert client.post(f"{page}add/", {"kind": "skill", "skill": "", "need": "must", "weight": "9"}).status_code == 422
    assert client.post(f"{page}add/", {"kind": "height"}).status_code == 404
    assert said(world.job) == []


def test_criteria_are_moved_and_taken_out(client, world, page):
    criteria.add(world.job, PYTHON, RUST, by=None)

    client.post(f"{page}{RUST.key}/shift/", {"to": "up"})
    client.post(f"{page}{PYTHON.key}/remove/")

    assert said(world.job) == [("must", "Rust")]
    assert client.post(f"{page}{PYTHON.key}/remove/", headers=SWAP).status_code == 409


def test_the_posting_speaks_of_criteria_that_count_once_accepted(client, world, page):
    world.posting.description = ADVERT
    world.posting.title = "Senior Data Engineer"
    world.posting.questions = [*QUESTIONS, {"key": "again", "label": "Have you worked here before?", "type": "yes_no"}]
    world.posting.save()

    drafts = suggesting.waiting(world.job, [])

    assert [(draft.criterion.need, draft.criterion.says) for draft in drafts] == [
        ("must", "Python, at least 5 years"),
        ("must", "SQL, at least 5 years"),
        ("must", "Worked as Data Engineer, at least 3 years"),
        ("must", "English, C1 or better"),
        ("must", "Driving licence (class B)"),
        ("must", "Dutch, C1 or better"),  # a native speaker cannot be asked for, a level can
        ("should", "dbt"),
        ("bonus", "German, B1 or better"),
        ("bonus", "Terraform"),
    ]
    assert drafts == suggesting.waiting(world.job, [])
    assert "At least 5 years of experience with Python and SQL" in client.get(page).content.decode()

    client.post(f"{page}drafts/", {"act": "accept", "key": drafts[0].criterion.key, "need": "bonus"})
    client.post(f"{page}drafts/", {"act": "drop", "key": drafts[1].criterion.key})
    assert said(world.job) == [("bonus", "Python, at least 5 years")]
    assert len(suggesting.waiting(world.job, criteria.of_job(world.job).criteria)) == 7
    client.post(f"{page}drafts/", {"act": "back", "key": drafts[1].criterion.key})
    assert len(suggesting.waiting(world.job, criteria.of_job(world.job).criteria)) == 8
    assert CriterionDraft.objects.get().state == "accepted"


def test_a_posting_without_headings_is_read_as_a_whole_and_an_empty_one_gives_nothing(world):
    world.posting.description = "<p>We are five people. You know Python and maybe Kafka.</p>"
    world.posting.title = "Somebody"
    assert [(d.criterion.need, d.criterion.says) for d in suggesting.from_posting(world.posting)] == [
        ("should", "Python"),
        ("should", "Kafka"),
    ]
    world.posting.description = ""
    assert suggesting.from_posting(world.posting) == []


def test_a_helper_may_offer_drafts_but_not_what_may_not_be_asked(world, page, client):
    offered = [
        suggesting.Draft(RUST, "You like the borrow checker"),
        suggesting.Draft(criterion("statement", text="Is male"), ""),
    ]

    assert len(suggesting.offer(world.job, offered, made_with="small-model, prompt 2")) == 1
    assert suggesting.offer(world.job, offered, made_with="small-model, prompt 2") == []

    assert "small-model, prompt 2" in client.get(page).content.decode()
    suggesting.drop(world.job, [RUST.key], by=None)
    assert suggesting.offer(world.job, offered, made_with="small-model, prompt 3") == []


@pytest.mark.parametrize("people", [0, 3])
def test_the_page_asks_no_more_for_more_people(client, world, page, people, django_assert_num_queries):
    criteria.add(world.job, *ALL[: 1 + 2 * people], by=None)
    made = [ApplicationFactory(stage=world.stages["applied"]) for _ in range(people)]
    judging.mark([one.pk for one in made])
    judging.judge_due([one.pk for one in made])
    client.get(page)
    with django_assert_num_queries(13):
        client.get(page)


def test_who_may_not_see_the_people_sees_only_what_is_asked(client, world, interviewer, page):
    criteria.add(world.job, PYTHON, by=None)
    judging.judge_due([world.application.pk])
    assert "0 of 1 meet it" in client.get(page).content.decode()

    client.force_login(interviewer)
    text = client.get(page).content.decode()

    assert "Python, at least 3 years" in text
    assert "meet it" not in text and "Take out" not in text


# --- one application ----------------------------------------------------------------------------------------------------


@pytest.fixture
def application(world):
    world.application.resume = give_resume(world.candidate)
    world.application.save()
    criteria.add(world.job, PYTHON, RUST, by=None)
    judging.judge_due([world.application.pk])
    return world.application


def test_the_profile_shows_what_is_met_with_the_words_and_their_place(client, application, recruiter, page):
    panel = client.get(reverse("candidate", args=[application.candidate_id])).content.decode()

    assert "1 of 2 criteria met" in panel
    assert "Built streaming pipelines in <mark>Python</mark> and Kafka" in panel
    start = RESUME.index("Python and Kafka")
    assert f"find=Python&amp;from={start}" in panel
    place = client.get(reverse("document_preview", args=[application.resume_id]), {"find": "Python", "from": start})
    assert place["Location"].endswith("#hit-1")
    later = client.get(
        reverse("document_preview", args=[application.resume_id]), {"find": "Python", "from": RESUME.rindex("Python")}
    )
    assert later["Location"].endswith("#hit-3")


def test_a_judgement_is_put_right_in_place_and_taken_back(client, application, recruiter, page):
    url = reverse("pipeline:judgement_correct", args=[application.pk, RUST.key])
    form = client.get(url, headers=SWAP).content.decode()
    assert form.strip().startswith("<li") and "Why" in form

    blank = client.post(url, {"verdict": "met", "reason": ""}, headers=SWAP)
    assert (blank.status_code, "Say why" in blank.content.decode()) == (422, True)
    done = client.post(url, {"verdict": "met", "reason": "Maintains <b>ripgrep</b>"}, headers=SWAP)

    assert (done.status_code, "judgement-corrected" in done["HX-Trigger"]) == (204, True)
    shown = client.get(reverse("pipeline:application_criteria", args=[application.pk]), headers=SWAP).content.decode()
    assert "2 of 2 criteria met" in shown and "Maintains &lt;b&gt;ripgrep&lt;/b&gt;" in shown
    correction = JudgementCorrection.objects.get()
    assert client.post(reverse("pipeline:judgement_take_back", args=[correction.pk])).status_code == 302
    assert judging.summary(application).met == 1


def test_a_page_without_scripts_does_the_same(client, application, recruiter, page):
    url = reverse("pipeline:judgement_correct", args=[application.pk, RUST.key])
    assert "<title>Put right: Rust" in client.get(url).content.decode()

    answer = client.post(url, {"verdict": "partly", "reason": "A course"}, follow=True)

    assert answer.redirect_chain[-1][0] == application.get_absolute_url()
    assert client.get(reverse("pipeline:application_criteria", args=[application.pk])).status_code == 302
    assert client.get(reverse("pipeline:judgement_correct", args=[application.pk, "0" * 12])).status_code == 404


def test_interviewers_meet_people_without_their_criteria(client, application, interviewer):
    client.force_login(interviewer)
    assert client.get(reverse("pipeline:application_criteria", args=[application.pk])).status_code in (403, 404)


def test_what_is_asked_and_what_shows_it_is_escaped():
    quote = Evidence("resume", "Ran <i>Kafka</i> & Spark", found="Kafka", start=7, where="<b>2024</b>")
    one = Judged(criterion("statement", text="<b>Has run</b>"), "met", (quote,), note="<u>", document=4)

    said = showing.line(one, 7, may_correct=True).said

    for shown in (
        "&lt;b&gt;Has run&lt;/b&gt;",
        "<p>Ran &lt;i&gt;<mark>Kafka</mark>&lt;/i&gt; &amp; Spark</p>",
        'find=Kafka&amp;from=7" aria-label="Show in the résumé: Kafka">&lt;b&gt;2024&lt;/b&gt;</a>',
        '<p class="tl-crit-none">&lt;u&gt;</p>',
        'aria-label="Put right: &lt;b&gt;Has run&lt;/b&gt;"',
    ):
        assert shown in said
    assert "Put right" not in showing.line(one, 7, may_correct=False).said


def test_the_panel_asks_no_more_for_more_criteria(client, application, recruiter, page, django_assert_num_queries):
    url = reverse("candidate", args=[application.candidate_id])
    correcting.correct(application, judging.judged(application)[0].criterion.key, "met", "Seen", by=recruiter)
    client.get(url)
    with _counted() as few:
        client.get(url)
    criteria.add(application.job, *ALL[1:], by=None)
    judging.judge_due([application.pk])
    correcting.correct(application, RUST.key, "met", "Seen", by=recruiter)

    with django_assert_num_queries(len(few)):
        client.get(url)


def _counted():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)
