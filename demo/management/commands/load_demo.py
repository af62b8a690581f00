"""Load the demonstration company into an empty database."""

from __future__ import annotations

import datetime as dt
import gc
import sys
import time
from typing import Any, ClassVar

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from demo import asked, clock, company, governed
from demo.history import History
from demo.kept import Kept
from demo.listed import Listed
from demo.reaching import Reaching
from demo.referring import Referring
from demo.relations import Relations
from demo.watched import Watched
from hiring import context, search
from hiring.models import Candidate, Job, User

MONTHS = 12


class Command(BaseCommand):
    help = "Load Nordvale Grid, the invented demonstration company, into an empty database."
    password = company.PASSWORD
    sign_ins: ClassVar[list[tuple[str, str]]] = [(person.email, person.title) for person in company.COLLEAGUES[:7]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--size", choices=["small", "large"], default="small", help="large adds 10,000 generated people"
        )

    def handle(self, *args: Any, size: str, **options: Any) -> None:
        started = time.monotonic()
        call_command("migrate", interactive=False, verbosity=0)
        if not User.objects.exists():
            self._load()
        elif size == "small" or not User.objects.filter(email=company.COLLEAGUES[0].email).exists():
            raise CommandError("The database is not empty. Demonstration data goes into an empty one only.")
        elif Job.objects.filter(requisition_id="BENCH-1").exists():
            raise CommandError("The demonstration company is large already.")
        if size == "large":
            self._grow()
        people = Candidate.objects.count()
        self.stdout.write(
            f"\rNordvale Grid is there: {people:,} people, {time.monotonic() - started:.0f} s." + " " * 30
        )

    def _load(self) -> None:
        """The company and its twelve months, in one transaction: all of it or nothing."""
        gc.disable()  # a short-lived process that makes a million small objects and no cycles worth looking for
        now = timezone.now().replace(microsecond=0)
        outgoing, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
        try:
            with transaction.atomic(), clock.running(clock.Clock(now - dt.timedelta(days=MONTHS * 31))) as running:
                self._play(running, now)
                # What the acts would have handed to workers: their mail has been delivered in its own time, search is
                # refreshed below in one go, and documents are found by the reading sweep.
                connection.run_on_commit = []
        finally:
            settings.EMAIL_BACKEND = outgoing
            gc.enable()
        asked.ask()
        search.refresh(list(Candidate.objects.values_list("pk", flat=True)))

    def _play(self, running: clock.Clock, now: dt.datetime) -> None:
        with context.acting(door="command", at=running.at):
            founded = company.found(running.at)
            governed.found(founded.people, founded.departments)
        history = History(founded, running, now)
        history.open_jobs()
        history.leave_tasks()
        history.offered.plan_for_today()
        history.ruled.plan()
        history.governed.plan()
        relations = Relations(history)
        relations.plan()
        Kept(relations).plan()
        Listed(relations).plan()
        Referring(history).plan()
        Reaching(history).plan()
        Watched(history).plan()
        history.play(self._progress(running.at, now))

    def _progress(self, begun: dt.datetime, now: dt.datetime) -> Any:
        quarters = iter((0.25, 0.5, 0.75, 2))
        told = next(quarters)

        def tell(when: dt.datetime) -> None:
            nonlocal told
            share = (when - begun) / (now - begun)
            if sys.stdout.isatty():
                self.stdout.write(f"\rWriting history, {when:%B %Y} ({share:4.0%})   ", ending="")
            elif share >= told:  # into a file or a pipe: a few lines rather than one that is written over
                self.stdout.write(f"Writing history, {when:%B %Y} ({told:.0%})")
                told = next(quarters)
            self.stdout.flush()

        return tell

    def _grow(self) -> None:
        from benchmarks import generate

        self.stdout.write("\rAdding 10,000 generated people" + " " * 20)
        generate.grow(10_000, self.stdout.write)
