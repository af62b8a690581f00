"""People like this and people for this job in a browser: with the model, and the same pages without it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from hiring import search
from hiring.models import Document, DocumentText
from hiring.semantic import embedding, model
from tests import factories
from tests.browser.looks import axe, scrolls_sideways

RESUMES = {
    "Nora Lind": (
        "Senior Java Developer",
        "Built payment services in Java with Spring Boot, PostgreSQL and Kafka. " * 3,
    ),
    "Sam Weber": ("Java Developer", "Wrote J2EE services for invoicing and moved them to Postgres. " * 3),
    "Ada Berg": ("Nurse", "Registered nurse on an intensive care unit. Wound care and medication. " * 3),
}


@pytest.fixture
def people(world):
    made = {}
    for name, (headline, text) in RESUMES.items():
        candidate = made[name] = factories.CandidateFactory(name=name, headline=headline)
        document = Document.objects.create(
            candidate=candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1,
            sha256="0" * 64, status="ready", uploaded_at=timezone.now(),
        )  # fmt: skip
        DocumentText.objects.create(document=document, text=text, reader_version="1")
    world.job.title = "Java Developer"
    world.job.save()
    search.refresh([candidate.pk for candidate in made.values()])
    return made


@pytest.mark.parametrize("is_on", [True, False])
def test_people_are_proposed_with_and_without_the_model(page, sign_in, world, people, settings, is_on):
    settings.SEMANTIC_SEARCH = is_on
    if is_on:
        minilm = model.Model()
        while embedding.step(minilm):
            pass
        embedding.step_jobs(minilm)
    sign_in(page, world.people["recruiter"])

    for path in (
        reverse("candidate_like", args=[people["Nora Lind"].pk]),
        reverse("sourcing:people_for_job", args=[world.job.pk]),
    ):
        page.goto(path)
        listed = page.get_by_role("list", name="People, the likeliest first")
        expect(listed.get_by_role("link", name="Sam Weber")).to_be_visible()
        switched_off = page.get_by_text("ranking by meaning is switched off")
        if is_on:
            expect(switched_off).to_have_count(0)
        else:
            expect(switched_off).to_be_visible()
            expect(listed.get_by_role("link", name="Ada Berg")).to_have_count(0)
        listed.get_by_role("listitem").filter(has_text="Sam Weber").get_by_text("Why is this here?").click()
        meaning = "of 100 alike" if is_on else "not compared"
        expect(listed.get_by_role("listitem").filter(has_text="Sam Weber")).to_contain_text(meaning)
        assert axe(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert not scrolls_sideways(page)
        page.set_viewport_size({"width": 1440, "height": 900})
