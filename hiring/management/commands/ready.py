"""`manage.py ready`: what /readyz answers, for containers that serve no pages. Exit code 0 means ready."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management import BaseCommand

from hiring import health


class Command(BaseCommand):
    help = "Say whether database, broker and migrations are in order, and how late the due work is."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = health.check()
        self.stdout.write(json.dumps(found.as_json()))
        if not found.ready:
            sys.exit(1)
