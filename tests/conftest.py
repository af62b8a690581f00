"""People with fixed rights, and a small world around one job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from django.db import connection

from hiring import holidays
from hiring.taxonomy import held
from sourcing.careers import facts
from tests import factories, template
from tests.kept import Kept

# A busy machine is no reason to fail: the first run builds tables of characters, and nothing here is a matter of time.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_make_parametrize_id(val, argname):
    """Files hold the second they were made in, which need not be the same for two workers: they have to collect the same names."""
    return argname if isinstance(val, bytes) and len(val) > 100 else None


def pytest_collection_modifyitems(items):
    """The demonstration takes longest: first of those that empty the database, so that no worker is left alone with it."""
    longest = [item for item in items if item.path.name == "test_demo.py"]
    others = [item for item in items if item not in longest]
    at = next((at for at, item in enumerate(others) if "live_server" in item.fixturenames), len(others))
    items[:] = [*others[:at], *longest, *others[at:]]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each worker copies the migrated database instead of migrating one of its own, and keeps what is in it its own way."""
    kept = Kept()
    connection.settings_dict["TEST"]["TEMPLATE"] = template.name()
    connection.creation.serialize_db_to_string = kept.set_aside
    connection.creation.deserialize_db_from_string = kept.put_back


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing strength is the one thing tests change: it only costs time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def built_in_taxonomy(monkeypatch):
    """Held already, so that no test's count of queries depends on who asked first. `taxonomy.forget()` reads the tables."""
    start = SimpleNamespace(taxonomy=held.start(), looked_at=time.monotonic())
    monkeypatch.setattr(held, "CHECK_SECONDS", 3600.0)
    monkeypatch.setattr(held, "_held", start)


@pytest.fixture(autouse=True)
def no_holidays(monkeypatch):
    """Held already, likewise. `holidays.forget()` reads the table."""
    monkeypatch.setattr(holidays, "CHECK_SECONDS", 3600.0)
    monkeypatch.setattr(holidays, "_held", holidays._Held(read_at=time.monotonic()))


@pytest.fixture(autouse=True)
def nothing_kept_of_the_career_site(monkeypatch):
    """What is kept for some seconds outlives a test, whose postings do not."""
    monkeypatch.setattr(facts, "SECONDS", 0)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OUTBOX_DIR = tmp_path / "outbox"


def _person(role: str, name: str):
    return factories.UserFactory(role=role, full_name=name, email=f"{name.split()[0].lower()}@northwind.example")


@pytest.fixture
def admin(db):
    user = _person("admin", "Ada Admin")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def recruiter(db):
    return _person("recruiter", "Rita Recruiter")


@pytest.fixture
def coordinator(db):
    return _person("coordinator", "Cora Coordinator")


@pytest.fixture
def manager(db):
    return _person("hiring_manager", "Max Manager")


@pytest.fixture
def interviewer(db):
    return _person("interviewer", "Ines Interviewer")


@pytest.fixture
def officer(db):
    return _person("compliance_officer", "Odo Officer")


@pytest.fixture
def outsider(db):
    """A hiring manager on nobody's team."""
    return _person("hiring_manager", "Olaf Outsider")


@dataclass
class World:
    """One job with its team, six stages, a posting, and one person who applied."""

    job: Any
    stages: dict[str, Any]
    posting: Any
    candidate: Any
    application: Any
    people: dict[str, Any]


@pytest.fixture
def world(admin, recruiter, coordinator, manager, interviewer, officer, outsider) -> World:
    job = factories.JobFactory()
    job.team.create(user=manager, role="hiring_manager")
    job.team.create(user=recruiter, role="recruiter")
    job.team.create(user=interviewer, role="interviewer")
    factories.OpeningFactory(job=job, number=1)
    kinds = ["lead", "applied", "screen", "interview", "offer", "hired"]
    stages = {
        kind: factories.StageFactory(job=job, kind=kind, name=kind.title(), position=position)
        for position, kind in enumerate(kinds)
    }
    email = factories.EmailFactory(candidate__name="Noor Haddad", value="noor@haddad.example")
    application = factories.ApplicationFactory(candidate=email.candidate, stage=stages["applied"])
    application.transitions.create(to=stages["applied"], status="active", at=application.applied_at)
    return World(
        job=job,
        stages=stages,
        posting=factories.PostingFactory(job=job),
        candidate=email.candidate,
        application=application,
        people={
            "admin": admin,
            "recruiter": recruiter,
            "coordinator": coordinator,
            "hiring_manager": manager,
            "interviewer": interviewer,
            "compliance_officer": officer,
            "outsider": outsider,
        },
    )


@pytest.fixture
def smtp_sink(settings):
    """A real SMTP server in a thread, which our mail goes to; `smtp_sink.messages` is what it accepted."""
    from tests.mail_server import SinkServer

    with SinkServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        server.sink.port = server.port
        yield server.sink
