"""A flood of applications on the product as `make run` starts it: 50 a second for a minute, counted to the last one."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string

from benchmarks.measure import Result
from hiring.embedded import free_port
from hiring.models import Document, Message, Posting
from hiring.processes import kill_group, spawn
from hiring.supervisor import PROCESSES, argv
from pipeline.models import Application, Arrival
from sourcing.careers.form import stamp

A_SECOND, SECONDS = 50, 60
PATIENCE = 120.0  # of who sends, for an answer
AT_ONCE = 400
RUNS = ("web", "worker", "mail", "documents", "documents_later", "beat")
TAKEN_IN_WITHIN = 1_800.0


@dataclass
class Flood:
    """What became of what was sent: answers by their status, and how long each took."""

    run: str
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0

    @property
    def received(self) -> int:
        return self.answers["302"]

    def quantile(self, of_twenty: int) -> float:
        return statistics.quantiles(self.seconds, n=20)[of_twenty - 1] if len(self.seconds) > 1 else 0.0


def send_all(address: str, posting: Posting, count: int, *, a_second: float, pdf: bytes) -> Flood:
    """Send so many applications, each by another person from another network address, at this pace whatever the answers take."""
    flood, guard = Flood(uuid.uuid4().hex[:8]), threading.Lock()
    place, path = urlsplit(address), reverse("careers:apply", args=[posting.slug])
    started = stamp()
    time.sleep(1.1)  # what is sent quicker than a person can is shown once more

    def one(number: int, begins: float) -> None:
        time.sleep(max(0.0, begins - time.perf_counter()))
        said, begun = "no answer", time.perf_counter()
        try:
            said = _post(place.hostname or "", place.port or 80, path, *_form(flood.run, number, started, pdf))
        except OSError as error:
            said = type(error).__name__
        except http.client.HTTPException as error:
            said = type(error).__name__
        with guard:
            flood.answers[said] += 1
            flood.seconds.append(time.perf_counter() - begun)

    first = time.perf_counter() + 0.5
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(count):
            pool.submit(one, number, first + number / a_second)
    flood.took = time.perf_counter() - first
    return flood


def _form(run: str, number: int, started: str, pdf: bytes) -> tuple[bytes, dict[str, str]]:
    edge, token = uuid.uuid4().hex, get_random_string(32)
    fields = {
        "csrfmiddlewaretoken": token,
        "submission_key": str(uuid.uuid4()),
        "started": started,
        "step": "send",
        "name": f"Flood {run} {_in_letters(number)}",
        "email": f"flood-{run}-{number}@bench.example",
    }
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{edge}\r\nContent-Disposition: form-data; name="resume"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    mine = pdf + f"\n%{run}-{number}\n".encode()  # every file is another one
    body = "".join(parts).encode() + file.encode() + mine + f"\r\n--{edge}--\r\n".encode()
    return body, {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": f"{settings.CSRF_COOKIE_NAME}={token}",
        "X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250 + 1}",  # the range set aside for benchmarks
    }


def _in_letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _post(host: str, port: int, path: str, body: bytes, headers: dict[str, str]) -> str:
    connection_ = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection_.request("POST", path, body, headers)
        answer = connection_.getresponse()
        answer.read()
        return str(answer.status)
    finally:
        connection_.close()


def apply_flood(client: Client) -> Result:
    """Everybody answered, everybody on the board in the end; how long that took is printed."""
    from tests import files

    posting = Posting.objects.filter(status="published", job__requisition_id="BENCH-50").select_related("job").get()
    port, pdf = free_port(8950), files.pdf()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(port), "BEHIND_PROXY": "1", "SITE_URL": address, "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    log = Path(tempfile.mkdtemp(prefix="flood-")) / "said"
    try:
        with log.open("ab") as said:
            for name in RUNS:
                running.append(
                    spawn(argv(PROCESSES[name]), env=environment, cwd=settings.BASE_DIR, stdout=said.fileno())
                )
        _wait_for(port)
        load = os.getloadavg()[0]
        flood = send_all(address, posting, A_SECOND * SECONDS, a_second=A_SECOND, pdf=pdf)
        begun = time.perf_counter()
        ours = Arrival.objects.filter(received_at__isnull=False)
        while ours.waiting().exists() and time.perf_counter() - begun < TAKEN_IN_WITHIN:
            time.sleep(1)
        later = time.perf_counter() - begun
    finally:
        for process in running:
            kill_group(process.pid)
    there = counts(flood)
    print(
        f"apply_flood: {A_SECOND * SECONDS:,} sent in {flood.took:.0f} s, answers {dict(flood.answers)}, median {flood.quantile(10):.2f} s, "
        f"p95 {flood.quantile(19):.2f} s; all on the board {later:.0f} s later: {there}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after",
        file=sys.stderr,
    )
    if set(there.values()) != {A_SECOND * SECONDS} or flood.received != A_SECOND * SECONDS:
        raise RuntimeError(f"apply_flood: of {A_SECOND * SECONDS} there are {there}, answers {dict(flood.answers)}")
    return Result("apply_flood", per_second=flood.received / flood.took, limit_per_second=_limit(posting))


def counts(flood: Flood) -> dict[str, int]:
    """What there is of this flood, of each kind of row: all have to be as many as were sent."""
    people = f"flood-{flood.run}-"
    mine = Application.objects.filter(candidate__contact_points__value__startswith=people)
    return {
        "applications": mine.count(),
        "people": mine.values("candidate").distinct().count(),
        "numbers": mine.values("receipt_number").distinct().count(),
        "files": Document.objects.filter(applications__in=mine).count(),
        "receipts": Message.objects.filter(purpose="receipt", candidate__applications__in=mine).count(),
    }


def answers(port: int) -> bool:
    try:
        probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        probe.request("GET", "/healthz", headers={"Host": "localhost"})
        return probe.getresponse().status == 200
    except OSError:
        return False


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if answers(port):
            return
        time.sleep(0.5)
    raise RuntimeError("apply_flood: the web server did not answer within two minutes.")


def _limit(posting: Posting) -> float:
    """The rows of an arrival as plain SQL, one transaction each, one connection."""
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < 3:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH a AS (INSERT INTO pipeline_arrival (posting_id, submission_key, receipt_number, received_at, status, sent, due_at,"
                " attempts, problem) VALUES (%s, gen_random_uuid(), %s, now(), 'done', '{}', now(), 0, '') RETURNING id)"
                " INSERT INTO pipeline_arrivedfile (arrival_id, field, file, name, format, size, sha256)"
                " SELECT id, 'resume', '', 'cv.pdf', 'pdf', 1, '' FROM a",
                [posting.pk, get_random_string(12)],
            )
        count += 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pipeline_arrivedfile WHERE file = ''")
    return count / (time.perf_counter() - begun)


ALL = (apply_flood,)
