"""Real servers for a test run: PostgreSQL and Valkey of our own in a temporary folder, gone when the run ends.

Started only when DATABASE_URL is not set. The workers of pytest-xdist inherit the environment of the process that starts
them, so one pair of servers serves all; each worker has its own test database, copied from one that is migrated meanwhile
(tests/template.py), and its own Valkey database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from hiring import embedded
from hiring.processes import end
from hiring.system_user import servers_folder
from tests import template


def provide() -> None:
    """Fill the environment that the settings read. Called by tests/settings.py, before anything of Django is loaded."""
    os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
    if "DATABASE_URL" not in os.environ:
        _start()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker.startswith("gw"):
        address, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{address}/{1 + int(worker[2:]) % 15}"


def _start() -> None:
    home = Path(tempfile.mkdtemp(prefix="throughline-tests-"))
    home.chmod(0o711)
    (home / "static").mkdir()  # WhiteNoise warns when there is none
    folder = servers_folder(home)
    postgres, valkey = embedded.Postgres(folder, durable=False), embedded.Valkey(folder)
    owner, migrating = os.getpid(), list[subprocess.Popen[bytes]]()

    def stop() -> None:
        if os.getpid() == owner:
            for process in migrating:
                end(process, signal.SIGKILL, 5)
            for server in (valkey, postgres):
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)

    atexit.register(stop)
    postgres.start()
    valkey.start()
    os.environ.update(DATABASE_URL=postgres.url, REDIS_URL=valkey.url, DATA_DIR=str(home))
    migrating.append(template.begin(home))
