"""The migrated database that the test database of each worker is copied from.

Migrating takes a dozen seconds of a processor, copying less than one. So whoever starts the servers also starts this file as a
program, which migrates once while pytest still collects; `name` waits for it. The servers last as long as the run, so what
is copied is never older than the migrations. On a server that is not ours every worker migrates as Django does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from hiring.processes import spawn

NAME = "migrated"
OUTCOME = "TEST_TEMPLATE_OUTCOME"
"""The variable that says which file will hold the outcome; workers inherit it."""


def begin(home: Path) -> subprocess.Popen[bytes]:
    os.environ[OUTCOME] = str(home / "template")
    with (home / "template.log").open("wb") as log:
        return spawn([sys.executable, "-m", "tests.template"], cwd=Path(__file__).parents[1], stdout=log)


def name(patience: float = 300.0) -> str | None:
    """The database to copy, once it is made. None when there is none: migrating anew then says what is wrong."""
    if OUTCOME not in os.environ:
        return None
    outcome, deadline = Path(os.environ[OUTCOME]), time.monotonic() + patience
    while not outcome.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return NAME if outcome.exists() and outcome.read_text() == "made" else None


def make() -> None:
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # nobody may be in a database that is copied


def main() -> None:
    said = "failed"
    try:
        make()
        said = "made"
    finally:
        unfinished = Path(f"{os.environ[OUTCOME]}.new")
        unfinished.write_text(said)
        unfinished.rename(os.environ[OUTCOME])


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    main()
