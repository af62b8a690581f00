"""The pages that propose people: reasons, filters, rights, and what they say without the model."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import people_like, search
from hiring.models import Candidate, Document, DocumentText
from hiring.semantic import embedding, model
from tests import factories

JAVA = "Built payment services in Java with Spring Boot, PostgreSQL and Kafka <script>alert(1)</script>. "
J2EE = "Wrote J2EE services for invoicing & moved them to Postgres. "
NURSE = "Registered nurse on an intensive care unit. Wound care and medication. "


@pytest.fixture(scope="module")
def minilm():
    return model.Model()


@pytest.fixture
def person(db):
    def make(name, resume, **facts):
        candidate = factories.CandidateFactory(name=name, **facts)
        document = Document.objects.create(
            candidate=candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
            status="ready", uploaded_at=timezone.now(),
        )  # fmt: skip
        DocumentText.objects.create(document=document, text=resume * 3, reader_version="1")
        search.refresh([candidate.pk])
        return candidate

    return make


@pytest.fixture
def people(person, minilm):
    made = [
        person("Nora Lind", JAVA, headline="Senior Java Developer at Fathom"),
        person("Sam Weber", J2EE, headline="Java-Entwickler bei Nordvale", location="Lyon", do_not_contact=True),
        person("Ada Berg", NURSE, headline="Registered Nurse", location="Berlin"),
    ]
    while embedding.step(minilm):
        pass
    return made


def like(client, candidate, **params):
    return client.get(reverse("candidate_like", args=[candidate.pk]), params)


def test_each_person_is_shown_with_the_reasons(client, recruiter, people):
    client.force_login(recruiter)

    page = like(client, people[0])

    shown = page.context["shown"]
    assert [row.candidate.name for row in shown.rows] == ["Sam Weber", "Ada Berg"]
    best = shown.rows[0]
    assert best.title == "Java Developer" and {"Java", "PostgreSQL"} <= set(best.match.skills)
    assert any(is_match and piece.lower() in ("j2ee", "postgres") for piece, is_match in best.passage)
    assert "Similar title: Java Developer" in page.text and "do not contact" in page.text
    assert "<mark>J2EE</mark>" in page.text or "<mark>Postgres</mark>" in page.text
    assert "of 100 alike" in page.text and best.score in page.text
    assert shown.rows[1].title == ""


def test_what_a_stranger_wrote_is_shown_as_text(client, recruiter, people):
    client.force_login(recruiter)

    page = like(client, people[1])

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text or "alert(1)" in page.text


def test_the_list_is_narrowed_by_the_grammar_of_search_and_says_where_it_is_wrong(client, recruiter, people):
    client.force_login(recruiter)

    berlin = like(client, people[0], q="location:berlin")
    wrong = like(client, people[0], q="(location:berlin")

    assert [row.candidate.name for row in berlin.context["shown"].rows] == ["Ada Berg"]
    assert wrong.status_code == 422 and 'value="(location:berlin"' in wrong.text and wrong.context["shown"].problem


def test_a_merged_address_leads_to_the_person_and_outsiders_find_nobody(client, recruiter, outsider, people):
    Candidate.objects.filter(pk=people[1].pk).update(merged_into=people[0])
    client.force_login(recruiter)
    assert like(client, people[1]).url == reverse("candidate_like", args=[people[0].pk])

    client.force_login(outsider)
    assert like(client, people[0]).status_code == 404


def test_the_profile_fetches_a_few_when_they_come_into_view(client, recruiter, people):
    client.force_login(recruiter)
    profile = client.get(people[0].get_absolute_url())
    url = reverse("candidate_like", args=[people[0].pk])
    assert f'hx-get="{url}"' in profile.text and f'href="{url}"' in profile.text

    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "people-like"})

    assert "Sam Weber" in part.text and "<html" not in part.text


@pytest.mark.parametrize("off", [True, False])
def test_without_vectors_the_page_says_how_it_ranked(client, recruiter, person, settings, off):
    settings.SEMANTIC_SEARCH = not off
    noor, _ = person("Nora Lind", JAVA), person("Sam Weber", J2EE)
    client.force_login(recruiter)

    page = like(client, noor)

    assert "Ranked by shared words only" in page.text and ("switched off" in page.text) is off
    assert "Sam Weber" in page.text and "not compared" in page.text


def test_nobody_alike_is_said(client, recruiter, person):
    client.force_login(recruiter)

    assert "Nobody to propose" in like(client, person("Nora Lind", JAVA)).text


def test_more_people_are_a_click_away_and_never_all(client, recruiter, person, minilm, django_assert_max_num_queries):
    noor = person("Nora Lind", JAVA)
    for number in range(people_like.STEP + 5):
        person(f"Kim {number:02}", JAVA)
    client.force_login(recruiter)

    with django_assert_max_num_queries(40):
        page = like(client, noor)

    assert len(page.context["shown"].rows) == people_like.STEP and "More people" in page.text
    assert len(like(client, noor, show="40").context["shown"].rows) == people_like.STEP + 5
    assert people_like.size("99999") == people_like.STEP and people_like.size("999") == people_like.MOST
    assert people_like.size("²") == people_like.STEP


def test_a_job_proposes_people_who_can_be_added_at_once(client, recruiter, coordinator, world, people, minilm):
    job = world.job
    job.title = "Java Developer"
    job.save()
    embedding.step_jobs(minilm)
    client.force_login(recruiter)
    url = reverse("sourcing:people_for_job", args=[job.pk])

    page = client.get(url)
    names = [row.candidate.name for row in page.context["shown"].rows]
    assert set(names[:2]) == {"Nora Lind", "Sam Weber"} and world.candidate.name not in names
    assert "Sourcing" in client.get(reverse("job_overview", args=[job.pk])).text
    added = client.post(
        reverse("pipeline:application_create", args=[people[0].pk]), {"job": job.pk, "start": "lead", "next": url}
    )

    assert added.status_code == 302 and added.url == url
    assert "Nora Lind" not in [row.candidate.name for row in client.get(url).context["shown"].rows]
    client.force_login(coordinator)
    assert client.get(url).status_code == 403


def test_a_confidential_job_is_nobody_elses_business(client, recruiter, world):
    world.job.confidential = True
    world.job.save()
    world.job.team.filter(user=recruiter).delete()
    client.force_login(recruiter)

    assert client.get(reverse("sourcing:people_for_job", args=[world.job.pk])).status_code == 404
