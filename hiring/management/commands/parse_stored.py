"""`manage.py parse_stored [--all]`: bring stored profiles up to the parser of this version now, instead of bit by bit."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from hiring import context
from hiring.models import ParsedProfile
from hiring.resumes import record


class Command(BaseCommand):
    help = (
        "Parse stored résumés that wait or were parsed by another version. The sweep does the same in the background."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="Also those this version has parsed already.")

    def handle(self, *args: Any, **options: Any) -> None:
        began, done = time.monotonic(), 0
        with context.acting(door="command"):
            if options["all"]:
                settled = ParsedProfile.objects.exclude(status=ParsedProfile.Status.WORKING)
                settled.update(status=ParsedProfile.Status.DUE, due_at=timezone.now(), attempts=0)
            while ids := record.waiting() or record.outdated():
                done += record.parse(ids)
                rate = done / max(time.monotonic() - began, 0.001)
                self.stdout.write(f"{done:,} parsed, {rate:.0f} a second")
        self.stdout.write(f"Every stored résumé is parsed by this version: {done:,} were not.")
