"""Our own SMTP (or LMTP) server for mail that comes in. It takes mail for INBOUND_DOMAIN only and stores before it says yes."""

from __future__ import annotations

import logging
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from hiring import context
from hiring.mail import inbound

logger = logging.getLogger(__name__)
LARGEST = 25 * 1024 * 1024
MOST_RECIPIENTS = 50


class Door:
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        local, _, domain = address.rpartition("@")
        if domain.lower() != settings.INBOUND_DOMAIN.lower():
            return "550 5.7.1 This server takes no mail for that domain"
        if len(local) > 64:
            return "550 5.1.3 The name before the @ is too long"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        try:
            await sync_to_async(_receive, thread_sensitive=False)(
                envelope.content, envelope.mail_from, list(envelope.rcpt_tos)
            )
        except Exception:
            logger.exception("inbound_not_stored")
            return "451 4.3.0 Not stored, please try again"
        return "250 2.0.0 Stored"


def _receive(raw: bytes, envelope_from: str, recipients: list[str]) -> None:
    close_old_connections()
    try:
        with context.acting(door="mail"):
            inbound.receive(raw, envelope_from, recipients)
    finally:
        close_old_connections()


class Listener(Controller):
    """The server in its own thread. `lmtp` for a mail server that hands over locally."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self.lmtp = lmtp
        super().__init__(Door(), hostname=host, port=port)

    def factory(self) -> SMTP:
        kind = LMTP if self.lmtp else SMTP
        return kind(self.handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Throughline", loop=self.loop)
