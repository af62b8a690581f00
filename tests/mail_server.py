"""A real SMTP server that counts what it accepted and can be told to misbehave."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Accepted:
    sender: str
    recipients: list[str]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.SMTP)  # type: ignore[return-value]


class Sink:
    """`messages` is the truth of what arrived. `on_rcpt`, `on_data` answer a reply such as "450 4.2.0 Later", once each.

    `hang_up_after_data` accepts the content and drops the connection before saying so.
    """

    def __init__(self) -> None:
        self.messages: list[Accepted] = []
        self.connections = 0
        self.on_rcpt: list[str] = []
        self.on_data: list[str] = []
        self.hang_up_after_data = False
        self.hang_up_at_rcpt = False
        self.before_answer: Any = None
        self.lock = threading.Lock()

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.hang_up_at_rcpt:
            self.hang_up_at_rcpt = False
            server.transport.close()
            return "421 Bye"
        if self.on_rcpt:
            return self.on_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.on_data:
            return self.on_data.pop(0)
        with self.lock:
            self.messages.append(Accepted(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.before_answer:
            self.before_answer()
        if self.hang_up_after_data:
            self.hang_up_after_data = False
            server.transport.close()
        return "250 OK"

    def message_ids(self) -> list[str]:
        return [accepted.mail["Message-ID"] for accepted in self.messages]


class SinkServer:
    def __init__(self) -> None:
        self.sink, self.port = Sink(), free_port()
        self.controller = Controller(self.sink, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> SinkServer:
        self.controller.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.controller.stop()
