"""A rush of applications on the product's own web server and worker: all are answered, none is lost, none is there twice, though the worker
is killed in between."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from benchmarks import flooding
from hiring import embedded
from hiring.models import LegalText
from hiring.processes import RUN_MARK, kill_group
from hiring.system_user import servers_folder
from pipeline.models import Application, Arrival
from pipeline.tasks import take_in_arrivals
from tests import factories, files
from tests.clocked import Clock
from tests.mail_server import free_port
from tests.processes import Processes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash, pytest.mark.timeout(300)]
MANY = 100


@pytest.fixture
def processes(tmp_path) -> Iterator[Processes]:
    home = Path(tempfile.mkdtemp(prefix="throughline-flood-"))
    home.chmod(0o711)
    folder = servers_folder(home)
    valkey = embedded.Valkey(folder)
    valkey.start()
    running = Processes(
        tmp_path, Clock(tmp_path / "clock"), REDIS_URL=valkey.url, CELERY_BROKER_URL=valkey.url, EMAIL_URL="dummymail://",
        BEHIND_PROXY="1", SPT_NOENV="1", **{RUN_MARK: str(tmp_path)},
    )  # fmt: skip
    yield running
    running.stop()
    valkey.stop()
    for place in (folder, home):
        shutil.rmtree(place, ignore_errors=True)


def test_a_hundred_at_once_are_all_answered_and_all_on_the_board_once_though_the_worker_dies(processes):
    """Fails when one is lost, doubled, or answered with anything but a receipt; the worker makes the rest of what the web took."""
    for kind in ("application_notice", "pool_consent"):
        LegalText.objects.get_or_create(
            kind=kind,
            jurisdiction="*",
            locale="en",
            defaults={"valid_from": timezone.now(), "text": "Words", "sha256": "0" * 64},
        )
    posting = factories.PostingFactory()
    for position, kind in enumerate(["applied", "interview", "hired"]):
        factories.StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    port = free_port()
    web = processes.web(port, SITE_URL=f"http://127.0.0.1:{port}")
    web.until(lambda: flooding.answers(port))
    worker = processes.worker("default")

    flood = flooding.send_all(f"http://127.0.0.1:{port}", posting, MANY, a_second=1_000, pdf=files.pdf())
    worker.until(lambda: Application.objects.exists())
    kill_group(worker.popen.pid)  # in the midst of it, with whatever it had in hand
    left_behind = Arrival.objects.waiting().count()
    again = processes.worker("default")
    again.until(lambda: take_in_arrivals() or not Arrival.objects.waiting().exists())  # the clock's word, said here

    assert dict(flood.answers) == {"302": MANY} and left_behind
    assert set(flooding.counts(flood).values()) == {MANY}
    assert Arrival.objects.filter(status="done", sent={}).count() == MANY
