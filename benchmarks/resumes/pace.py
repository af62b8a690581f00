"""`python -m benchmarks.resumes.pace [--files 60]`: how many ordinary PDFs a second one documents worker takes, all the way.

The very function the worker calls (hiring.documents.reading.read), on embedded servers of its own with durable commits: the
file from the storage, the confined child (forked from the warm process, whose start is paid before and then by none), pages
drawn and stored, text and places written, the parse in a fork of its own, profile and search copy written. A worker has one
core at most: it waits while its child works. `each` says where the time of a file goes.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MORE = "<p>More about the work. </p>"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resumes.pace")
    parser.add_argument("--files", type=int, default=60, help="of each length")
    options = parser.parse_args()
    home = Path(os.environ.get("DATA_DIR") or ".data").resolve() / "bench-resumes"
    os.environ.update(DATA_DIR=str(home), DJANGO_SETTINGS_MODULE="hiring.settings", EMAIL_URL="dummymail://")
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.setdefault("PORT", "8991")
    from hiring.errors import CannotStart
    from hiring.installation import opened

    try:
        with opened():
            run(options.files)
    except CannotStart as problem:
        sys.exit(f"The benchmark cannot start. {problem}")


def run(count: int) -> None:
    import logging

    import django

    django.setup()
    from django.core.management import call_command

    logging.disable(logging.ERROR)
    call_command("migrate", verbosity=0)
    from hiring.documents import forks

    made = {pages: list(_made(pages, min(count, 12))) for pages in (1, 2)}
    _pace(made[2][:3], 6)  # the first is read cold while the warm process gets ready; word lists are loaded
    time.sleep(2)
    _pace(made[2][:3], 3)
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    print(f"{'':12}{'files/s':>10}{'ms each':>10}{'files/s of processor':>24}   of which ms")
    for pages, files in made.items():
        used = _used()
        seconds, parts = _pace(files, count)
        forks.rest()  # only then do its forks count
        spent = _used() - used
        shares = ", ".join(f"{name} {1000 * part / count:.0f}" for name, part in parts.items())
        name = f"{pages} page{'s' if pages > 1 else ''}"
        print(f"{name:12}{count / seconds:>10.1f}{1000 * seconds / count:>10.0f}{count / spent:>24.1f}   {shares}")
        _pace(files, 2)
        time.sleep(2)


def _made(pages: int, count: int) -> Iterator[bytes]:
    from weasyprint import HTML

    from benchmarks.resumes.files import web
    from benchmarks.resumes.people import ORIGINS, person

    rng = random.Random(7)
    for _ in range(count):
        one = person(rng, rng.choice(list(ORIGINS)))
        source = web(one, rng)[1].decode().replace("p{color:red}", "")
        if pages > 1:
            source = source.replace("<h2>", "<h2 style='margin-top:14mm'>").replace("</body>", f"{MORE * 60}</body>")
        else:
            source = source.replace("<h2>", "<h2 style='margin:2mm 0'>").replace(
                "<body>", "<body style='font-size:8pt'>"
            )
        drawn = HTML(string=source).render()
        yield drawn.copy(drawn.pages[:pages]).write_pdf()


def _pace(files: list[bytes], count: int) -> tuple[float, dict[str, float]]:
    """Seconds it took to read `count` stored documents one after the other, and of which what."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from hiring import search
    from hiring.documents import reader, reading, store
    from hiring.models import Candidate, Document
    from hiring.resumes import record

    ids = []
    for number in range(count):
        now = timezone.now()
        candidate = Candidate.objects.create(name=f"Person {number}", collected_at=now, created_at=now, updated_at=now)
        upload = ContentFile(files[number % len(files)], name="cv.pdf")
        ids.append(store(candidate, upload, Document.Kind.RESUME).pk)
    parts: dict[str, float] = defaultdict(float)
    with (
        _timed(reader, "read", parts, "sandbox"),
        _timed(record, "read_text", parts, "parse"),
        _timed(search, "refresh", parts, "search copy"),
    ):
        began = time.perf_counter()
        for pk in ids:
            reading.read(pk)
        seconds = time.perf_counter() - began
    assert Document.objects.filter(pk__in=ids, status="ready", parsed__status="done").count() == count
    return seconds, parts


@contextmanager
def _timed(module: Any, name: str, parts: dict[str, float], label: str) -> Iterator[None]:
    """Add up what a function takes while this lasts."""
    real: Callable[..., Any] = getattr(module, name)

    def timed(*args: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return real(*args, **more)
        finally:
            parts[label] += time.perf_counter() - began

    setattr(module, name, timed)
    try:
        yield
    finally:
        setattr(module, name, real)


def _used() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


if __name__ == "__main__":
    main()
