"""Processes killed in the middle of what matters, with `kill -9`: nothing is lost, and nothing happens twice.

Every process is the product's own, started by the product's own command on the test's database; the broker is a Valkey of
our own, so that it can be killed too. A worker that dies while sending is in test_mail_crash.py.
"""

from __future__ import annotations

import datetime as dt
import http.cookiejar
import re
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from hiring import documents, links
from hiring.models import Document, LegalText, Message, Opening
from hiring.processes import kill_group
from hiring.supervisor import PROCESSES
from offers import letters, sending, signing, terms
from offers.models import Offer, Signature
from pipeline.models import Application
from sourcing import outreach, sequences
from sourcing.models import Enrollment
from tests import factories, files
from tests.mail_server import free_port
from tests.processes import SLOW, Process, Processes, send, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.crash,
    pytest.mark.timeout(300),
]


# --- A worker that reads ---------------------------------------------------------------------------------------


def test_a_file_whose_worker_was_killed_is_read_by_the_next_one(world, processes, clock):
    """Fails when the row stays `reading` for ever, when reading twice doubles the pages, or when the application suffers."""
    drawn = files.page_pdf(
        files.stream(b"BT /F1 12 Tf 60 700 Td (Kafka in Lyon) Tj ET " + b"9 9 m 500 800 l S " * 30_000)
    )
    document = documents.store(world.candidate, ContentFile(drawn, name="cv.pdf"), "resume")
    Application.objects.filter(pk=world.application.pk).update(resume=document)
    victim = processes.worker("documents")
    send(processes, "documents.read", document.pk)
    child = victim.until(lambda: reading_child_of(victim.popen.pid))

    victim.kill()
    wait_for(lambda: not Path(f"/proc/{child}").exists(), why="The reader outlived its worker")

    document.refresh_from_db()
    assert (document.status, document.attempts, document.pages.count()) == ("reading", 1, 0)

    clock.go_on(minutes=4)
    next_one = processes.worker("documents")
    send(processes, "documents.sweep")
    next_one.until(lambda: was_read(document))
    send(processes, "documents.read", document.pk)  # what a broker does that delivers once more
    send(processes, "documents.sweep")
    time.sleep(2)

    document.refresh_from_db()
    assert (document.status, document.attempts, document.pages.count()) == ("ready", 2, 1)
    assert "Kafka in Lyon" in document.extracted.text
    application = Application.objects.get(pk=world.application.pk)
    assert (application.status, application.resume_id) == ("active", document.pk)


def was_read(document: Document) -> bool:
    return Document.objects.get(pk=document.pk).status in ("ready", "failed")


def reading_child_of(ancestor: int) -> int:
    """The confined process that reads a file below this worker; 0 while there is none."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"documents/child.py" in (entry / "cmdline").read_bytes() and ancestor in parents(int(entry.name)):
                return int(entry.name)
        except OSError:
            continue
    return 0


def parents(pid: int) -> Iterator[int]:
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        yield pid


# --- A web server that takes a signature -----------------------------------------------------------------------


@pytest.fixture
def offer(world, clock) -> Offer:
    """Sent, opened, and waiting for the signature."""
    offer = terms.draft(
        world.application,
        by=world.people["recruiter"],
        title="Data Engineer",
        salary=Decimal(64000),
        start_date=timezone.localdate() + dt.timedelta(days=40),
        expires_at=timezone.now() + dt.timedelta(days=7),
    )
    words = {"valid_from": timezone.now() - dt.timedelta(days=30), "text": "You agree.", "sha256": "0" * 64}
    LegalText.objects.get_or_create(kind="esign_consent", defaults=words)
    terms.submit(offer, by=world.people["recruiter"])
    sending.send(offer, by=world.people["recruiter"])
    return signing.consent(sending.link_of(offer))


class Web:
    """The product's web server, and a person in front of it who wants to sign."""

    def __init__(self, processes: Processes, offer: Offer) -> None:
        self.processes, self.port = processes, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.path = reverse("offers:sign", args=[links.token(sending.link_of(offer))])
        static = processes.folder / "static"
        processes.start("static", "manage collectstatic --no-input -v 0", STATIC_ROOT=str(static)).popen.wait(SLOW)
        self.settings = {"SITE_URL": self.address, "STATIC_ROOT": str(static)}
        self.start()

    def start(self) -> None:
        self.process: Process = self.processes.web(self.port, **self.settings)
        self.process.until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(urllib.request.urlopen(f"{self.address}/healthz", timeout=2).status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        kill_group(self.process.popen.pid)
        self.process.popen.wait(30)

    def opened(self) -> tuple[Any, bytes]:
        """A browser that has the page open, and what it will send."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = browser.open(self.address + self.path, timeout=30).read().decode()
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return browser, urlencode({**fields, "name": "Noor Haddad"}).encode()

    def sign(self, browser: Any, form: bytes) -> str:
        """What the person sees, or nothing when nobody answers."""
        request = urllib.request.Request(f"{self.address}{self.path}sign/", form, {"Referer": self.address + self.path})
        try:
            answer: str = browser.open(request, timeout=60).read().decode()
        except (OSError, EOFError):
            return ""
        return answer

    def sign_in_the_background(self) -> threading.Thread:
        thread = threading.Thread(target=self.sign, args=self.opened(), daemon=True)
        thread.start()
        return thread


def facts(offer: Offer) -> tuple[Any, ...]:
    offer.refresh_from_db()
    hired = Application.objects.get(pk=offer.application_id)
    moved_to_hired = hired.transitions.filter(status="hired").count()
    return (
        Signature.objects.count(),
        offer.status,
        hired.status,
        moved_to_hired,
        Opening.objects.filter(status="filled").count(),
    )


NOT_AT_ALL = (0, "viewed", "active", 0, 0)
ONCE = (1, "accepted", "hired", 1, 1)


def three_at_once(web: Web) -> list[str]:
    """An impatient person with three tabs."""
    tabs = [web.opened() for _ in range(3)]
    seen: list[str] = []
    threads = [threading.Thread(target=lambda tab=tab: seen.append(web.sign(*tab))) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return seen


def test_a_server_killed_before_the_signature_is_committed_leaves_nothing_and_the_next_try_signs_once(
    offer, processes, smtp_sink
):
    """The request is held where the offer is accepted and the signature written, but the application not yet hired.

    Fails when signing is more than one transaction (a signature without a hire stays behind), or when a retry signs twice.
    """
    web = Web(processes, offer)
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=offer.application_id)
        trying = web.sign_in_the_background()
        web.process.until(somebody_waits_for_a_lock)
        web.kill()
    trying.join(30)
    wait_for(nobody_else_is_in_a_transaction)
    assert facts(offer) == NOT_AT_ALL

    web.start()
    seen = three_at_once(web)
    assert ["Signed. Welcome!" in page for page in seen] == [True] * 3
    assert facts(offer) == ONCE
    one_signed_copy_reaches_both(processes, offer, smtp_sink)


def test_a_server_killed_after_the_signature_is_committed_has_signed_once(offer, processes, broker, smtp_sink):
    """The broker is frozen, so the request stands between its commit and its answer: the person never hears of it.

    Fails when the next try signs again, or when the signed copy depends on a task that was never queued.
    """
    web = Web(processes, offer)
    browser, form = web.opened()
    assert broker.process
    broker.process.send_signal(signal.SIGSTOP)
    trying = threading.Thread(target=web.sign, args=(browser, form), daemon=True)
    trying.start()
    web.process.until(lambda: facts(offer)[0])
    web.kill()
    broker.process.send_signal(signal.SIGCONT)
    trying.join(30)
    assert facts(offer) == ONCE
    assert offer.signed_letter is None

    web.start()
    seen = [web.sign(browser, form), *coming_back(web)]
    assert ["Signed. Welcome!" in page for page in seen] == [True] * 3
    assert facts(offer) == ONCE
    one_signed_copy_reaches_both(processes, offer, smtp_sink)


def coming_back(web: Web) -> list[str]:
    """Later, the link shows what became of it."""
    return [urllib.request.urlopen(web.address + web.path, timeout=30).read().decode() for _ in range(2)]


def somebody_waits_for_a_lock() -> bool:
    return backends("wait_event_type = 'Lock'") > 0


def nobody_else_is_in_a_transaction() -> bool:
    return backends("xact_start IS NOT NULL AND pid <> pg_backend_pid()") == 0


def backends(condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # one transaction sees the same activity all its life
        cursor.execute(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND {condition}"
        )
        return int(cursor.fetchone()[0])


def one_signed_copy_reaches_both(processes: Processes, offer: Offer, sink: Any) -> None:
    """Whatever was queued and lost, the sweeps find it; whatever is asked twice, happens once."""
    worker = processes.worker("default,mail")
    for task in ("offers.sweep", "mail.sweep", "offers.sweep", "mail.sweep"):
        send(processes, task)

    def signed() -> list[str]:
        """To whom the signed letter went. The offer itself is not attached: it is read behind its link."""
        return sorted(one.recipients[0] for one in list(sink.messages) if any(one.mail.iter_attachments()))

    worker.until(lambda: len(signed()) >= 2)
    worker.until(lambda: not Message.objects.queued().exists())
    for task in ("offers.sweep", "mail.sweep"):
        send(processes, task)
    time.sleep(2)
    assert signed() == ["noor@haddad.example", "rita@northwind.example"]
    offer.refresh_from_db()
    copies = Document.objects.filter(name=letters.file_name(offer, signed=True)).values_list("pk", flat=True)
    assert list(copies) == [offer.signed_letter_id]


# --- A broker that goes away -----------------------------------------------------------------------------------


def test_a_broker_killed_in_the_middle_of_a_sequence_loses_nothing_and_sends_nothing_twice(
    recruiter, processes, broker, smtp_sink
):
    """Forty people are due; the broker dies with everything queued in it, while the first of them are being written to.

    Fails when a step lives only in the queue (fewer than forty arrive), or when what is found again is sent again (more).
    """
    mailbox: Any = factories.MailboxFactory()
    sequence = sequences.create(name="Autumn", owner=recruiter, mailbox=mailbox)
    sequences.write_steps(
        sequence,
        [sequences.StepText("mail", 0, "A role", "Hello {{ first_name }}"), sequences.StepText("mail", 3, "", "Again")],
    )
    people = [prospect() for _ in range(40)]
    for person in people:
        outreach.enroll(sequence, person, by=recruiter)
    sequences.launch(sequence, by=recruiter)
    smtp_sink.before_answer = lambda: time.sleep(0.1)
    mail = processes.start("mail", PROCESSES["mail"])
    processes.start("beat", PROCESSES["beat"])

    mail.until(lambda: len(smtp_sink.messages) >= 8)
    assert broker.process
    broker.process.kill()
    broker.process.wait(30)
    only_the_broker_knew = Message.objects.queued().count()
    time.sleep(2)
    broker.start()  # at the same address, with nothing in it
    mail.until(lambda: len(smtp_sink.messages) >= 40, seconds=120)
    send(processes, "mail.run_sequences")
    send(processes, "mail.sweep")
    time.sleep(4)

    assert only_the_broker_knew, "The broker died when there was nothing to lose"
    expected = sorted(person.contact_points.get().value for person in people)
    assert sorted(one.recipients[0] for one in smtp_sink.messages) == expected
    assert len(set(smtp_sink.message_ids())) == 40
    assert set(Message.objects.filter(purpose="step").values_list("status", flat=True)) == {"sent"}
    assert set(Enrollment.objects.values_list("state", "position")) == {("active", 1)}


def prospect() -> Any:
    person: Any = factories.EmailFactory(candidate__time_zone="Europe/Paris").candidate
    person.bases.create(
        purpose="sourcing", basis="legitimate_interest", controller="Northwind", started_at=person.created_at
    )
    return person
