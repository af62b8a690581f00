"""`manage.py embed`: the process that turns what changed into vectors and answers questions about texts."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hiring import semantic
from hiring.errors import CannotStart
from hiring.semantic.embedding import Embedder


class Command(BaseCommand):
    help = "Embed résumés and jobs in the background and answer questions about texts, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if not semantic.is_on():
            self.stdout.write("Semantic search is off: SEMANTIC_SEARCH=0, or the sentence model is not installed.")
            stop.wait()  # kept running with nothing to do, so that whoever starts processes need not know
            return
        os.nice(10)  # people's clicks first
        try:
            Embedder(stop).run()
        except CannotStart as problem:
            raise CommandError(str(problem)) from problem
