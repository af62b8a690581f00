"""What each field finds, and what no field tells anybody who may not know."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hiring import candidates, notes, query, search
from hiring.models import Candidate, Document, DocumentText
from hiring.query import QueryError
from sourcing.models import PoolMember, Sequence, TalentPool
from tests import factories

SOURCED = {"purpose": "sourcing", "basis": "legitimate_interest"}


@pytest.fixture
def person(db):
    """A maker of people with a search copy."""

    def make(name, resume="", **facts):
        facts = {"by": None, **SOURCED, **facts}
        candidate, _ = candidates.create(name=name, **facts)
        if resume:
            document = Document.objects.create(
                candidate=candidate, kind="resume", file="x", name="cv.pdf", content_type="application/pdf", size=1,
                sha256="0" * 64, status="ready", uploaded_at=timezone.now(),
            )  # fmt: skip
            DocumentText.objects.create(document=document, text=resume, reader_version="1")
        search.refresh([candidate.pk])
        return candidate

    return make


def found(text, user):
    return sorted(query.people(user, text).values_list("name", flat=True))


@pytest.fixture
def three(person, recruiter, world):
    """Noor applied, Samir was referred, Lena is nobody's."""
    now = timezone.now()
    noor = world.candidate
    Candidate.objects.filter(pk=noor.pk).update(
        headline="Senior Data Engineer",
        company="Fathom Grid",
        location="Berlin",
        last_contacted_at=now - dt.timedelta(days=5),
    )
    candidates.tag(noor, "speaker", by=recruiter)
    search.refresh([noor.pk])
    samir = person(
        "Samir Weber", "Analytics with Python and Kafka", emails=["samir@weber.example"], phones=["+33639980041"], by=recruiter,
        source=factories.SourceFactory(name="Friends", kind="referral"), headline="Analyst", location="Paris",
    )  # fmt: skip
    Candidate.objects.filter(pk=samir.pk).update(last_sign_of_life_at=now - dt.timedelta(days=200))
    lena = person("Lena Łukasz", "Wrote COBOL for years", language="de")
    return noor, samir, lena


NOOR, SAMIR, LENA = "Noor Haddad", "Samir Weber", "Lena Łukasz"
EVERYBODY = [LENA, NOOR, SAMIR]


FINDS = {
    "": EVERYBODY,
    "python OR cobol": [LENA, SAMIR],
    "python cobol": [],
    "(python OR cobol) -kafka": [LENA],
    "analyt*": [SAMIR],
    "name:weber": [SAMIR],
    "name:lukasz": [LENA],
    'title:"data engineer"': [NOOR],
    "title:engin*": [NOOR],
    "location:(berlin OR paris)": [NOOR, SAMIR],
    "company:fathom": [NOOR],
    "source:referral": [SAMIR],
    "source:friends": [SAMIR],
    "source:none": [LENA, NOOR],
    "owner:me": [SAMIR],
    'owner:"Rita Recruiter"': [SAMIR],
    "owner:none": [LENA, NOOR],
    "tag:speaker": [NOOR],
    "tag:spea*": [NOOR],
    "-tag:speaker": [LENA, SAMIR],
    "contacted:<30d": [NOOR],
    "contacted:>90d": [SAMIR],
    "contacted:never": [LENA],
    "contacted:1d..30d": [NOOR],
    "contacted:30d..": [SAMIR],
    "added:today": EVERYBODY,
    "added:<2000": [],
    "language:de": [LENA],
    "email:samir@weber.example": [SAMIR],
    "email:@weber.example": [SAMIR],
    "email:sam*": [SAMIR],
    "phone:+33639980041": [SAMIR],
    "phone:33639": [SAMIR],
    "phone:063998": [SAMIR],
    'phone:"06 39 98"': [SAMIR],
    "phone:0033639": [SAMIR],
    "phone:+063998": [],
    "has:phone": [SAMIR],
    "has:resume": [LENA, SAMIR],
    "-has:resume": [NOOR],
    "is:mine": [SAMIR],
    "stage:applied": [NOOR],
    "stage:Applied OR python": [NOOR, SAMIR],
    "stage:offer": [],
    "-stage:applied": [LENA, SAMIR],
    "status:active": [NOOR],
    "is:prospect": [LENA, SAMIR],
    "is:applicant": [NOOR],
    'job:"data engineer" stage:(applied OR screen)': [NOOR],
    "applied:today": [NOOR],
    "applied:>30d": [],
    "applied:<1d": [NOOR],
    "applied:..2100": [NOOR],
    "applied:2100..2000": [NOOR],
    "contacted:any": [NOOR, SAMIR],
    "-contacted:never": [NOOR, SAMIR],
    "contacted:30d..1d": [NOOR],
    "applied:>2100": [],
    "samir@weber.example": [SAMIR],
    "+33 6 39 98 00 41": [SAMIR],
}


def test_each_field_finds_its_people(three, recruiter):
    assert {text: found(text, recruiter) for text in FINDS} == FINDS


REFUSED = [
    ("kafka source:refferal", "source:refferal", "no source"),
    ("tag:speeker", "tag:speeker", "Did you mean “speaker”?"),
    ("owner:zed", "owner:zed", "no colleague"),
    ("added:soon", "added:soon", "not a time"),
    ("added:2026-13", "added:2026-13", "not a time"),
    ("has:resme", "has:resme", "Did you mean has:resume?"),
    ("stage:aplied", "stage:aplied", "Did you mean stage:applied?"),
    ("job:astronaut", "job:astronaut", "no job"),
    ("pool:nothing", "pool:nothing", "no pool"),
    ("name:>5", "name:>5", "cannot be compared"),
    ("near:Lyon 20000km", "near:Lyon 20000km", "At most 2,000 km"),
]


def test_a_value_nobody_knows_is_said_where_it_stands(three, recruiter):
    for text, place, said in REFUSED:
        with pytest.raises(QueryError) as caught:
            query.people(recruiter, text)

        assert said in caught.value.message
        assert text[caught.value.start : caught.value.end] == place


def test_job_and_stage_side_by_side_speak_of_one_application(three, world, recruiter):
    other = factories.StageFactory(job__title="Beekeeper", kind="offer", name="Offer")
    factories.ApplicationFactory(candidate=world.candidate, stage=other)

    assert found("job:beekeeper stage:offer", recruiter) == [NOOR]
    assert found("job:beekeeper stage:applied", recruiter) == []
    assert found("job:beekeeper (kafka OR stage:applied)", recruiter) == [NOOR]


def test_pools_and_sequences_are_fields_for_those_who_source(three, recruiter, coordinator):
    noor = three[0]
    pool = TalentPool.objects.create(name="Grid people", owner=recruiter)
    PoolMember.objects.create(pool=pool, candidate=noor, reason="x", added_at=timezone.now())
    Sequence.objects.create(
        name="Hello", owner=recruiter, mailbox=factories.MailboxFactory(), created_at=timezone.now()
    )

    assert found('pool:"grid people"', recruiter) == found("pool:any", recruiter) == [NOOR]
    assert found("pool:none", recruiter) == [LENA, SAMIR]
    assert found("sequence:hello", recruiter) == []
    with pytest.raises(QueryError, match="not open to you"):
        query.people(coordinator, "pool:any")


# ---------- what no field tells (SEC-1) ----------


def test_no_field_tells_of_a_confidential_job(three, world):
    secret = factories.StageFactory(
        job__title="Successor of the chief", job__confidential=True, kind="offer", name="Secret stage"
    )
    factories.ApplicationFactory(candidate=three[2], stage=secret)
    lena = ["stage:offer", "status:active", "is:active", "applied:today", "is:applicant"]

    for user in world.people.values():
        assert [found(f"{text} name:lukasz", user) for text in lena] == [[]] * len(lena)
        for text in ("job:successor", f"job:{secret.job.requisition_id}", 'stage:"secret stage"'):
            with pytest.raises(QueryError):
                query.people(user, text)


def test_no_field_tells_of_anothers_private_note(world):
    author = factories.UserFactory()
    notes.write(world.candidate, "zebra crossing", by=author, visibility="private")
    search.refresh([world.candidate.pk])
    asked = ("zebra", "note:zebra", "has:note", "-note:zebra name:nobody", '"zebra crossing"', "zeb*")

    for user in world.people.values():
        assert [found(text, user) for text in asked] == [[]] * len(asked)
    assert found("note:zebra", author) == [NOOR]


def test_a_manager_finds_only_people_of_their_own_jobs(three, world):
    assert found("", world.people["hiring_manager"]) == [NOOR]
    assert found("python OR engineer", world.people["hiring_manager"]) == [NOOR]
    assert found("", world.people["outsider"]) == []
