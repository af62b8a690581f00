"""A worker that is killed in the middle of sending: counted at a real SMTP server, nothing is sent twice and nothing is lost."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from hiring.mail import compose, delivery
from hiring.models import Message
from tests.factories import EmailFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.crash]
SEND = "import sys; from hiring.mail import delivery; delivery.deliver([int(pk) for pk in sys.argv[1:]])"
START = "import os, django; django.setup(); "


def worker(port: int, ids: list[int]) -> subprocess.Popen:
    """A process of its own that delivers these messages, on the test's database and to the test's server."""
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": url.replace(":@", "@"),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "hiring.settings",
    }
    command = [sys.executable, "-c", START + SEND, *map(str, ids)]
    return subprocess.Popen(command, env=environment, cwd=django_settings.BASE_DIR)


def written(count: int) -> list[Message]:
    return [
        compose.to_candidate(
            EmailFactory().candidate,
            purpose="message",
            mail_class="transactional",
            subject="Hello",
            text=f"Number {number}",
        )
        for number in range(count)
    ]


def test_a_worker_killed_while_the_server_has_the_content_sends_nothing_twice(smtp_sink, monkeypatch):
    messages = written(3)
    reached, go_on = threading.Event(), threading.Event()

    def hold():
        if len(smtp_sink.messages) == 2:
            reached.set()
            go_on.wait(10)

    smtp_sink.before_answer = hold
    process = worker(smtp_sink.port, [message.pk for message in messages])
    assert reached.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    go_on.set()
    states_after_kill = [Message.objects.get(pk=message.pk).status for message in messages]

    smtp_sink.before_answer = None
    delivery.sweep()
    later = timezone.now() + dt.timedelta(minutes=10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    delivery.sweep()

    assert states_after_kill == ["sent", "sending", "queued"]
    assert [Message.objects.get(pk=message.pk).status for message in messages] == ["sent", "unconfirmed", "sent"]
    assert sorted(smtp_sink.message_ids()) == sorted(message.message_id for message in messages)


def test_four_workers_at_once_send_each_message_once(smtp_sink):
    messages = written(60)
    ids = [message.pk for message in messages]

    workers = [worker(smtp_sink.port, ids) for _ in range(4)]
    codes = [process.wait(90) for process in workers]

    assert codes == [0, 0, 0, 0]
    assert sorted(smtp_sink.message_ids()) == sorted(message.message_id for message in messages)
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
