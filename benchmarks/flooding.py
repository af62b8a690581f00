"""A flood of applications on the product as `make run` starts it: 50 a second for a minute, counted to the last one."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
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
DRIVER = Path(__file__).parent / "flood_driver.py"
RUNS = ("web", "worker", "mail", "documents", "documents_later", "beat")
STANDS_STILL = 90.0
"""Seconds in which nothing is filed: then it has come to an end, and is counted as it is."""
ENDS_WITHIN = 900.0


@dataclass
class Flood:
    """What became of what was sent: the forms' own ids, answers by their status, and the seconds each took."""

    keys: list[str]
    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    offered: float = 0.0
    took: float = 0.0

    @property
    def received(self) -> int:
        return self.answers["302"]

    def quantile(self, of_twenty: int) -> float:
        return statistics.quantiles(self.seconds, n=20)[of_twenty - 1] if len(self.seconds) > 1 else 0.0


def send_all(address: str, posting: Posting, count: int, *, a_second: float, pdf: bytes) -> Flood:
    """Send so many applications, each by another person from another network address, at this pace whatever the answers take."""
    keys, run, place = [str(uuid.uuid4()) for _ in range(count)], uuid.uuid4().hex[:8], urlsplit(address)
    started = stamp()
    time.sleep(1.1)  # what is sent quicker than a person can is shown once more
    with tempfile.NamedTemporaryFile(prefix="flood-") as file:
        for number, key in enumerate(keys):
            request = _request(place.netloc, posting, _fields(run, number, key, started), pdf, number)
            file.write(len(request).to_bytes(4, "big") + request)
        file.flush()
        said = subprocess.run(
            [sys.executable, str(DRIVER), str(place.hostname), str(place.port), file.name, str(a_second)],
            capture_output=True, check=True, timeout=count / a_second + 300,
        )  # fmt: skip
    told = json.loads(said.stdout)
    return Flood(keys, Counter(told["answers"]), told["seconds"], told["offered"], told["took"])


def _fields(run: str, number: int, key: str, started: str) -> dict[str, str]:
    return {
        "csrfmiddlewaretoken": get_random_string(32),
        "submission_key": key,
        "started": started,
        "step": "send",
        "name": f"Flood {run} {_in_letters(number)}",
        "email": f"flood-{run}-{number}@bench.example",
    }


def _request(host: str, posting: Posting, fields: dict[str, str], pdf: bytes, number: int) -> bytes:
    """All of it as it goes over the wire."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{edge}\r\nContent-Disposition: form-data; name="resume"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    mine = pdf + f"\n%{fields['email']}\n".encode()  # every file is another one
    body = "".join(parts).encode() + file.encode() + mine + f"\r\n--{edge}--\r\n".encode()
    head = [
        f"POST {reverse('careers:apply', args=[posting.slug])} HTTP/1.1",
        f"Host: {host}",
        f"Content-Type: multipart/form-data; boundary={edge}",
        f"Content-Length: {len(body)}",
        f"Cookie: {settings.CSRF_COOKIE_NAME}={fields['csrfmiddlewaretoken']}",
        f"X-Forwarded-For: 198.18.{number // 250 % 250}.{number % 250 + 1}",  # the range set aside for benchmarks
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _in_letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def apply_flood(client: Client) -> list[Result]:
    """Everybody answered, everybody on the board in the end: `apply_flood` is what they wait for, `apply_flood_filed` how quickly
    what waits is filed. The limit is the rows of an arrival as plain SQL."""
    from tests import files

    posting = Posting.objects.filter(status="published", job__requisition_id="BENCH-50").select_related("job").get()
    port, load = free_port(8950), os.getloadavg()[0]
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
        flood = send_all(address, posting, A_SECOND * SECONDS, a_second=A_SECOND, pdf=files.pdf())
        left = flood_waits(flood)
        later = _until_filed(flood)
    finally:
        for process in running:
            kill_group(process.pid)
    there = counts(flood)
    print(
        f"apply_flood: {len(flood.keys):,} offered in {flood.offered:.0f} s, all answered after {flood.took:.0f} s: {dict(flood.answers)}, "
        f"median {flood.quantile(10):.2f} s, p95 {flood.quantile(19):.2f} s; {left:,} still to file then, done {later:.0f} s later: {there}; "
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after",
        file=sys.stderr,
    )
    if set(there.values()) != {len(flood.keys)} or flood.received != len(flood.keys):
        raise RuntimeError(f"apply_flood: of {len(flood.keys)} there are {there}, answers {dict(flood.answers)}")
    limit = _limit(posting)
    waited = Result(
        "apply_flood", 1000 * flood.quantile(10), 1000 * flood.quantile(19), limit_ms=1000 / limit if limit else 0
    )
    return [
        waited,
        Result("apply_flood_filed", per_second=len(flood.keys) / (flood.took + later), limit_per_second=limit),
    ]


def flood_waits(flood: Flood) -> int:
    """How many of it are stored and no applications yet."""
    return Arrival.objects.waiting().filter(submission_key__in=flood.keys).count()


def _until_filed(flood: Flood) -> float:
    """Seconds until nothing of it waits; or until it stands still, which the counts then tell."""
    begun = moved = time.perf_counter()
    left = flood_waits(flood)
    while left and time.perf_counter() - begun < ENDS_WITHIN and time.perf_counter() - moved < STANDS_STILL:
        time.sleep(1)
        if (now := flood_waits(flood)) != left:
            left, moved = now, time.perf_counter()
    return time.perf_counter() - begun


def counts(flood: Flood) -> dict[str, int]:
    """What there is of this flood, of each kind of row: all have to be as many as were sent."""
    mine = Application.objects.filter(submission_key__in=flood.keys)
    promised = Arrival.objects.filter(submission_key__in=flood.keys)
    return {
        "stored": promised.count(),
        "applications": mine.count(),
        "people": mine.values("candidate").distinct().count(),
        "numbers": mine.filter(receipt_number__in=promised.values("receipt_number")).count(),
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
    newest = Arrival.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < 3:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH a AS (INSERT INTO pipeline_arrival (posting_id, submission_key, receipt_number, received_at, status, sent, due_at,"
                " attempts, held_because, problem) VALUES (%s, gen_random_uuid(), %s, now(), 'done', '{}', now(), 0, '', '') RETURNING id)"
                " INSERT INTO pipeline_arrivedfile (arrival_id, field, file, name, format, size, sha256)"
                " SELECT id, 'resume', '', 'cv.pdf', 'pdf', 1, '' FROM a",
                [posting.pk, get_random_string(12)],
            )
        count += 1
    taken = time.perf_counter() - begun
    Arrival.objects.filter(pk__gt=newest, sent={}, application=None).delete()
    return count / taken


ALL = (apply_flood,)
