"""`manage.py up`: everything the product needs, in one terminal. manage.py opens the installation first (hiring/installation.py)."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command, get_commands, load_command_class
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hiring import checks, first_admin, installation, links
from hiring.embedded import Postgres
from hiring.errors import CannotStart
from hiring.installation import Installation
from hiring.models import User
from hiring.supervisor import PROCESSES, Supervisor


class Command(BaseCommand):
    help = "Start the servers, the web pages, the workers and the inbound mail listener; stop them all with Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        opened = installation.current
        if opened is None:
            raise CommandError("Start it as `python manage.py up`.")
        self._look_at_servers()
        self._recover(opened)
        self._migrate()
        self._fill(opened)
        self._collect_static()
        connection.close()
        supervisor = Supervisor(installation.children_environment(opened), installation.BASE_DIR, sys.stdout)
        supervisor.listen_for_the_end()
        for server in opened.servers:
            supervisor.adopt(server)
        try:
            self._run(supervisor, opened)
        finally:
            if supervisor.stopping:
                supervisor.say("stopping")
            supervisor.stop()

    def _run(self, supervisor: Supervisor, opened: Installation) -> None:
        """The web server first, so that the address works soonest; the rest while the person reads it."""
        installation.check_port(opened.host, opened.port)  # once more: loading may have taken minutes
        supervisor.run("web", PROCESSES["web"])
        supervisor.wait_until_it_answers(opened.host, opened.port)
        needless = {"web"} | ({"inbound"} - set(get_commands())) | (set() if settings.ASSISTANT_URL else {"assistant"})
        for name, command in PROCESSES.items():
            if name not in needless:
                supervisor.run(name, command)
        if not supervisor.stopping:
            self._greet(opened)
        supervisor.watch()

    def _look_at_servers(self) -> None:
        """Servers of the person's own may be anywhere and anything: better said now than by the first page."""
        for problem in [*checks.check_database(["default"]), *checks.check_broker()]:
            raise CannotStart(f"{problem.msg} {problem.hint}")

    def _recover(self, opened: Installation) -> None:
        """Demonstration data that was cut short is thrown away with its database, so that half a company never stays."""
        if not opened.unfinished_demo.exists():
            return
        if not any(isinstance(server, Postgres) for server in opened.servers):
            raise CannotStart(
                "Loading the demonstration company was interrupted. Empty the database that DATABASE_URL names and start again."
            )
        self._note("Loading the demonstration company was interrupted; starting it over")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT schemaname FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%%' AND schemaname <> 'information_schema' GROUP BY 1"
            )
            for (schema,) in cursor.fetchall():
                cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
            cursor.execute("CREATE SCHEMA IF NOT EXISTS public")
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        opened.unfinished_demo.unlink()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._note("Preparing the database")
            call_command("migrate", interactive=False, verbosity=0)

    def _fill(self, opened: Installation) -> None:
        wanted = environ.Env().bool("DEMO", default=True)
        if not wanted or "load_demo" not in get_commands() or User.objects.exists():
            return
        self._note("Loading the demonstration company (DEMO=0 starts empty instead)")
        opened.unfinished_demo.touch()
        call_command("load_demo")
        opened.unfinished_demo.unlink()

    def _collect_static(self) -> None:
        """Only when a file changed. What an open page still asks for under its old name stays."""
        if not (settings.BASE_DIR / "node_modules/@tabler/core/dist").is_dir():
            raise CannotStart("The front-end libraries are not installed. Run `make run`, which installs them.")
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        fingerprint = static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self._note("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)

    def _greet(self, opened: Installation) -> None:
        lines = ["", f"Throughline runs at {opened.address}", ""]
        if not User.objects.exists():
            link = links.url(first_admin.invite(), "first_admin")
            lines += [
                "Nobody can sign in yet. Create the first administrator here (works once, for 24 hours):",
                f"  {link}",
                "",
            ]
        else:
            lines += demo_sign_ins()
        lines += [f"Data is kept in {opened.home}. Stop with Ctrl-C.", ""]
        connection.close()
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _note(self, text: str) -> None:
        self.stdout.write(f"{text} …")
        self.stdout.flush()


def demo_sign_ins() -> list[str]:
    """The demonstration company's accounts, while they exist: `load_demo` lists them as `sign_ins` with one `password`."""
    app = get_commands().get("load_demo")
    demo = load_command_class(app, "load_demo") if isinstance(app, str) else app
    accounts: list[tuple[str, str]] = list(getattr(demo, "sign_ins", []))
    if not accounts or not User.objects.filter(email=accounts[0][0]).exists():
        return []
    width = max(len(who) for _, who in accounts)
    listed = [f"  {who:<{width}}  {email}" for email, who in accounts]
    return [f"Sign in to the demonstration company with the password {getattr(demo, 'password', '')}", *listed, ""]


def static_fingerprint() -> str:
    """Name, size and time of every static file, and whether the storage keeps them under other names."""
    known = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            known.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return known.hexdigest()
