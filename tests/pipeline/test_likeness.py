"""Applications that look alike stand together with why, and nothing is decided by it. Standard ids: SEC-8, SEC-11, PRIV-3."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from hiring.documents import checks
from hiring.models import Document
from pipeline import arriving, likeness
from pipeline.models import Application, Arrival, Trait
from pipeline.tasks import take_in_arrivals
from tests import files
from tests.pipeline.test_arriving import posting, send  # noqa: F401

QUESTIONS = [
    {"key": "why", "label": "Why us?", "type": "long_text"},
    {"key": "ill", "label": "What should we know?", "type": "long_text", "private": True},
]
LONG = "I have always wanted to work with people who keep the lights on in every weather and every season."


def applied(posting, name, **changes) -> Application:  # noqa: F811
    first, last = name.lower().split()
    mine = checks.check(ContentFile(f"{name} {LONG} {name}".encode(), name="cv.txt"))
    sent = {"name": name, "email": f"{first}@{last}.example", "phone": "", "answers": {}, "files": {"resume": mine}}
    application = arriving.take_in(send(posting, **(sent | changes)).pk)
    assert application is not None
    return application


def reasons(posting, recruiter) -> list[tuple[set[str], list[str]]]:  # noqa: F811
    return [
        ({one.candidate.name for one in cluster.people}, [reason.split(",")[0] for reason in cluster.reasons])
        for cluster in likeness.clusters(posting.job, recruiter)
    ]


@pytest.mark.parametrize(
    ("ada", "noor", "why"),
    [
        ({"files": {"resume": "same"}}, {"files": {"resume": "same"}}, ["the same file"]),
        ({"answers": {"why": LONG}}, {"answers": {"why": LONG.upper() + " !"}}, ["an answer in the same words"]),
        ({"answers": {"why": "Because."}}, {"answers": {"why": "Because."}}, None),
        ({"answers": {"ill": LONG}}, {"answers": {"ill": LONG}}, None),
        (
            {"email": "best.engineer1@mail.example"},
            {"email": "BestEngineer+27@mail.example"},
            ["e-mail addresses that differ by digits or dots alone"],
        ),
        ({"email": "ab1@mail.example"}, {"email": "ab2@mail.example"}, None),
        (
            {"sent_by": "f" * 64},
            {"sent_by": "f" * 64},
            ["sent from the same network with the same kind of browser"],
        ),
        ({"sent_by": "f" * 64}, {"sent_by": "e" * 64}, None),
        ({"sent_by": ""}, {"sent_by": ""}, None),
    ],
)
def test_two_people_stand_together_for_what_is_rarely_shared_by_chance(posting, recruiter, ada, noor, why):  # noqa: F811
    posting.questions = QUESTIONS
    posting.save()
    same = checks.check(ContentFile(files.pdf(), name="cv.pdf"))
    for one in (ada, noor):
        one.update({"files": {"resume": same}} if one.get("files") else {})

    applied(posting, "Ada Byron", **ada)
    applied(posting, "Noor Haddad", **noor)

    assert reasons(posting, recruiter) == ([({"Ada Byron", "Noor Haddad"}, why)] if why else [])


def test_who_shares_with_one_stands_with_all_and_is_as_active_as_ever(client, posting, recruiter):  # noqa: F811
    posting.job.team.create(user=recruiter, role="recruiter")
    same = {"resume": checks.check(ContentFile(files.pdf(), name="cv.pdf"))}
    ada = applied(posting, "Ada Byron", files=same, sent_by="f" * 64)
    applied(posting, "Noor Haddad", files=same)
    applied(posting, "Samira Rahimi", sent_by="f" * 64)
    applied(posting, "Leo Lind")
    client.force_login(recruiter)

    page = client.get(reverse("pipeline:alike", args=[posting.job_id])).content.decode()
    profile = client.get(ada.candidate.get_absolute_url()).content.decode()
    overview = client.get(reverse("job_overview", args=[posting.job_id])).content.decode()

    assert reasons(posting, recruiter)[0][0] == {"Ada Byron", "Noor Haddad", "Samira Rahimi"}
    assert "3 applications" in page and "The same file" in page and "Leo Lind" not in page
    assert "Looks like another application" in profile and reverse("pipeline:alike", args=[posting.job_id]) in overview
    assert set(Application.objects.values_list("status", flat=True)) == {"active"}


def test_one_person_twice_is_no_two_people_and_another_job_is_another_matter(posting, recruiter):  # noqa: F811
    first = applied(posting, "Ada Byron", sent_by="f" * 64)
    Application.objects.filter(pk=first.pk).update(status="rejected", closed_at=timezone.now() - dt.timedelta(days=90))
    applied(posting, "Ada Byron", sent_by="f" * 64)

    assert reasons(posting, recruiter) == [] and Document.objects.count() == 1
    assert not likeness.any_in(job=posting.job_id)


def test_network_and_browser_are_hashes_and_forgotten(client, posting):  # noqa: F811
    arrival = send(posting, sent_by=likeness.sender("192.0.2.7", "Firefox", "fr"))
    arriving.take_in(arrival.pk)
    kept = list(Trait.objects.values_list("kind", flat=True))
    Trait.objects.update(at=timezone.now() - dt.timedelta(days=31))
    take_in_arrivals()

    assert "192.0.2.7" not in arrival.sent_by and len(arrival.sent_by) == 64
    assert Arrival.objects.get().sent_by == "" and kept.count("sender") == 2
    assert not Trait.objects.filter(kind="sender").exists() and Trait.objects.filter(kind="file").exists()


@pytest.mark.parametrize("people", [2, 9])
def test_the_page_asks_no_more_for_more_people(client, posting, recruiter, people, django_assert_num_queries):  # noqa: F811
    posting.job.team.create(user=recruiter, role="recruiter")
    names = ["Ada", "Noor", "Leo", "Mia", "Ben", "Zoe", "Max", "Eva", "Kim"]
    for name in names[:people]:
        applied(posting, f"{name} Lind", sent_by="f" * 64)
    client.force_login(recruiter)
    url = reverse("pipeline:alike", args=[posting.job_id])
    client.get(url)

    with django_assert_num_queries(4):
        client.get(url)
