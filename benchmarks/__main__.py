"""`python -m benchmarks --size 10k`: embedded servers in a folder of their own, a generated data set, a table, a JSON file.

The data set of a size is kept in DATA_DIR/bench-<size>, so a second run only measures. It is a real installation with
durable commits: the figures are those a person would wait for.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
LATEST = Path(__file__).parent / "latest.json"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    arguments.add_argument("--size", choices=list(SIZES), default="10k")
    arguments.add_argument("--only", nargs="+", help="measurements by the names of their functions; nothing is kept")
    asked = arguments.parse_args()
    size = asked.size
    home = Path(os.environ.get("DATA_DIR") or ".data").resolve() / f"bench-{size}"
    os.environ.update(DATA_DIR=str(home), DJANGO_SETTINGS_MODULE="hiring.settings", EMAIL_URL="dummymail://")
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
    os.environ.setdefault("PORT", "8990")
    from hiring.errors import CannotStart
    from hiring.installation import opened

    try:
        with opened():
            run(size, asked.only or ())
    except CannotStart as problem:
        sys.exit(f"The benchmark cannot start. {problem}")


def run(size: str, only: Collection[str] = ()) -> None:
    """Fill the database when it is new, measure everything (or `only` some), print and keep the table."""
    import django

    django.setup()
    import logging

    from django.core.management import call_command

    from benchmarks import (
        careers,
        deciding,
        feeds,
        flooding,
        generate,
        hybrid,
        judging,
        many_people,
        measure,
        searching,
    )
    from hiring import taxonomy_changes
    from hiring.models import Candidate
    from hiring.processes import stay_loaded

    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Candidate.objects.exists():
        print(f"Generating {SIZES[size]:,} people")
        generate.everything(SIZES[size], print)
    while taxonomy_changes.sweep(60):  # a worker would have: until then a search asks for old names as well
        pass
    client = measure.signed_in()
    stay_loaded()  # as the web server does (hiring/wsgi.py)
    results = []
    print(
        f"{size} on {platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'':20}{'median':>10}{'p95':>10}{'queries':>9}{'kB':>8}{'limit':>10}{'ratio':>8}")
    for measured in (
        *measure.ALL,
        *searching.ALL,
        *many_people.ALL,
        *judging.ALL,
        *deciding.ALL,
        *feeds.ALL,
        *careers.ALL,
        *flooding.ALL,
        hybrid.hybrid,
    ):
        if only and measured.__name__ not in only:
            continue
        found = measured(client)
        for result in found if isinstance(found, list) else [found]:
            results.append(result)
            print(line(result), flush=True)
    if only:
        return
    LATEST.write_text(json.dumps({result.name: result.as_json() for result in results}, indent=2) + "\n")
    print(
        f"\nMilliseconds, or per second where it says so. The limit is plain SQL for the same rows in this run. Kept in {LATEST.name}."
    )


def line(result: Any) -> str:
    """One row of the table."""
    if result.per_second:
        ratio = result.per_second / result.limit_per_second
        return f"{result.name:20}{result.per_second:>8.0f}/s{'':>27}{result.limit_per_second:>8.0f}/s{ratio:>8.2f}"
    ratio = result.median_ms / result.limit_ms if result.limit_ms else 0
    return (
        f"{result.name:20}{result.median_ms:>10.1f}{result.p95_ms:>10.1f}{result.queries:>9}{result.size / 1000:>8.0f}"
        f"{result.limit_ms:>10.2f}{ratio:>8.1f}"
    )


if __name__ == "__main__":
    main()
