"""Where drafts are used: a message's form, an interview's questions, a job's criteria. Each time a person takes them over."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hiring.models import Message
from pipeline.assistant import drafts, prompts, using
from pipeline.models import AssistantDraft, CriterionDraft
from pipeline.screening import criteria
from tests import factories
from tests.assistant.about import prepare
from tests.assistant.chat_server import ChatServer, Reply, chat

pytestmark = pytest.mark.django_db
LETTER = {
    "subject": "About the {{ job_title }} role",
    "text": "Hello {{ first_name }},\n\nwe liked your talk. See https://invented.example/x\n\nBest,\n{{ sender_first_name }}",
}
IDEAS = {
    "questions": [
        {"text": "Which system of yours failed last?", "listen_for": "What they changed."},
        {"text": "Are you married?", "listen_for": ""},
        {"text": "How do you explain a relay to a child?", "listen_for": ""},
    ]
}


@pytest.fixture
def model():
    with ChatServer() as running:
        yield running


@pytest.fixture
def about(settings, model, world):
    return prepare(settings, model, world)


def carry_all():
    for draft in AssistantDraft.objects.waiting():
        drafts.carry(draft.pk)


def test_a_message_is_drafted_taken_over_edited_and_only_then_sent(about, model, recruiter, client):
    model.says = [Reply(chat(LETTER))]
    client.force_login(recruiter)
    page = reverse("pipeline:assistant_message", args=[about.candidate.pk])
    writing = reverse("message_write", args=[about.candidate.pk])
    assert page in client.get(writing).content.decode()

    client.post(
        page, {"wish": "Tell Zyphra that we liked the talk; zyphra.quellmann@markermail.example", "job": about.job.pk}
    )
    carry_all()
    draft = AssistantDraft.objects.get()
    shown = client.get(page).content.decode()
    taken = client.post(
        reverse("pipeline:draft_keep", args=[draft.pk]), {"next": f"{writing}?start=assistant:{draft.pk}"}
    )
    form = client.get(taken["Location"]).content.decode()

    assert "Zyphra" not in json.dumps(model.got[0]["body"])
    assert "markermail" not in json.dumps(model.got[0]["body"])
    assert "we liked your talk" in shown
    assert "invented.example" not in shown + form
    assert "Hello Zyphra,\n\nwe liked your talk." in form
    assert "About the Data Engineer role" in form
    assert not Message.objects.exists()


def test_a_message_is_for_whoever_asked_for_it_alone(about, model, recruiter, coordinator, client):
    model.says = [Reply(chat(LETTER))]
    brief = {"wish": "Say thanks"}
    draft = drafts.ask(AssistantDraft.Kind.MESSAGE, about.job, by=recruiter, candidate=about.candidate, brief=brief)
    carry_all()
    client.force_login(coordinator)
    writing = reverse("message_write", args=[about.candidate.pk])

    assert "liked your talk" not in client.get(f"{writing}?start=assistant:{draft.pk}").content.decode()
    assert (
        "liked your talk"
        not in client.get(reverse("pipeline:assistant_message", args=[about.candidate.pk])).content.decode()
    )
    assert client.post(reverse("pipeline:draft_keep", args=[draft.pk])).status_code == 403
    for bad in ("assistant:", "assistant:x", "assistant:999999999999999999999", "nothing:1", f"assistant:{draft.pk}0"):
        assert client.get(f"{writing}?start={bad}").status_code == 200


def test_a_wish_is_needed_and_kept(about, recruiter, client):
    client.force_login(recruiter)

    answer = client.post(
        reverse("pipeline:assistant_message", args=[about.candidate.pk]), {"wish": "", "job": about.job.pk}
    )

    assert answer.status_code == 422
    assert "Say in a few words" in answer.content.decode()


def test_ideas_become_questions_one_by_one(about, model, recruiter, client):
    model.says = [Reply(chat(IDEAS))]
    kit = factories.InterviewKitFactory(stage__job=about.job, questions=["Why us?"])
    client.force_login(recruiter)
    page = reverse("interviews:kit_ideas", args=[kit.pk])
    assert page in client.get(reverse("interviews:kit_edit", args=[kit.pk])).content.decode()

    client.post(page)
    assert "Writing ideas" in client.get(page).content.decode()
    carry_all()
    shown = client.get(page).content.decode()
    client.post(reverse("interviews:kit_take", args=[kit.pk]), {"idea": ["1", "99", "x"]})

    kit.refresh_from_db()
    assert "Are you married?" not in shown
    assert "1 left out that nobody may ask" in shown
    assert kit.questions == ["Why us?", "How do you explain a relay to a child?"]
    assert AssistantDraft.objects.get().state == "used"
    assert "Why us?" in model.got[0]["body"]["messages"][1]["content"]  # so that it is not proposed again


def test_administrators_see_use_tokens_and_troubles(
    about, model, admin, officer, recruiter, client, django_assert_num_queries
):
    model.says = [Reply(chat({"points": [{"text": "Knows relays.", "quote": ""}]})), Reply(b"", status=401)]
    for _ in range(2):
        drafts.ask(AssistantDraft.Kind.SUMMARY, about.job, by=recruiter, application=about.application)
        carry_all()
    client.force_login(officer)

    page = client.get(reverse("pipeline:assistant_use")).content.decode()

    for said in ("812", "96", "The server did not accept our key", "summary-1", about.job.title, "little-model"):
        assert said in page, said
    assert using.of_everybody(officer)["total"]["asked"] == 2


def test_a_confidential_job_is_not_named_to_others(about, model, officer, recruiter, client):
    model.says = [Reply(b"", status=401)]
    drafts.ask(AssistantDraft.Kind.SUMMARY, about.job, by=recruiter, application=about.application)
    about.job.confidential, about.job.title = True, "Secret-marker chief"
    about.job.save()
    client.force_login(officer)

    page = client.get(reverse("pipeline:assistant_use")).content.decode()

    assert "Secret-marker" not in page
    assert "A confidential job" in page


def test_every_trouble_has_words():
    package = Path(using.__file__).parent
    said = {
        code
        for path in package.glob("*.py")
        for code in re.findall(r'Trouble\(\s*"(\w+)"|trouble="(\w+)"', path.read_text())
        for code in code
        if code
    }

    assert said == using.TROUBLES.keys()


def test_pages_ask_no_more_for_more_drafts(about, recruiter, client):
    client.force_login(recruiter)
    pages = [
        about.candidate.get_absolute_url(),
        reverse("pipeline:assistant_job", args=[about.job.pk]),
        reverse("pipeline:application_summary", args=[about.application.pk]),
    ]

    def asked(drafted):
        factories.AssistantDraftFactory.create_batch(drafted, application=about.application, asked_by=recruiter)
        counts = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as context:
                client.get(page)
            counts.append(len(context))
        return counts

    assert asked(1) == asked(4)


def test_criteria_become_proposals_and_count_only_once_accepted(about, model, recruiter):
    about.job.posting.description = (
        "<p>You know Python well and speak English. You have five years of SCADA behind you, all of it real.</p>"
    )
    about.job.posting.save()
    rows = [
        ("Python", "must", "skill", None, "You know Python well"),
        ("Kubernetes", "bonus", "skill", 2, "invented words"),
        ("Works with people in the field", "should", "statement", None, ""),
    ]
    names = ("text", "need", "kind", "years", "quote")
    model.says = [Reply(chat({"criteria": [dict(zip(names, row, strict=True)) for row in rows]}))]

    drafts.ask(AssistantDraft.Kind.CRITERIA, about.job, by=recruiter)
    carry_all()

    proposed = CriterionDraft.objects.filter(job=about.job, origin="helper")
    assert [(row.criterion["kind"], row.quote, row.state) for row in proposed] == [
        ("skill", "You know Python well", "waiting"),
        ("skill", "", "waiting"),
        ("statement", "", "waiting"),
    ]
    assert proposed[0].made_with == "little-model-2026, criteria-2"
    assert criteria.of_job(about.job).criteria == ()


def test_prompts_name_every_kind():
    assert set(prompts.WISHES) == set(AssistantDraft.Kind)
