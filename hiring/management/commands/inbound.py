"""`manage.py inbound`: the listener for mail that comes in."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hiring.mail.listener import Listener


class Command(BaseCommand):
    help = "Receive mail for INBOUND_DOMAIN by SMTP (or LMTP) on INBOUND_HOST and INBOUND_PORT, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lmtp", action="store_true", help="Speak LMTP, for a mail server on this machine that hands over."
        )

    def handle(self, *args: Any, lmtp: bool = False, **options: Any) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own, which tells every command
        listener = Listener(settings.INBOUND_HOST, settings.INBOUND_PORT, lmtp=lmtp)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            listener.start()
        except OSError as error:
            where = f"{settings.INBOUND_HOST}:{settings.INBOUND_PORT}"
            raise CommandError(f"Cannot listen on {where}: {error.strerror}. Set INBOUND_PORT.") from error
        self.stdout.write(
            f"Receiving mail for {settings.INBOUND_DOMAIN} on {settings.INBOUND_HOST}:{settings.INBOUND_PORT}"
        )
        stop.wait()
        listener.stop()
