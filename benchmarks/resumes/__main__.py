"""`python -m benchmarks.resumes [--people 6] [--seed 20261] [--misses FIELD] [--out DIR] [--speed 60]`: quality per field, per layout, then speed."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import django

from benchmarks.resumes.people import ORIGINS, REGIONS, Person, person
from benchmarks.resumes.score import FIELDS, Scores, compare
from benchmarks.resumes.writing import LAYOUTS
from hiring.installation import stand_alone

stand_alone()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiring.settings")
django.setup()

from hiring.documents import forks, reader  # noqa: E402
from hiring.resumes.parsing import parse  # noqa: E402

for kept in ("layouts", "files", "customs", "exports", "lines"):  # a new one comes last: each keeps its people that way
    importlib.import_module(f"benchmarks.resumes.{kept}")
TODAY = dt.date(2026, 6, 15)
WITHOUT = {
    "link": {"labels: organisation, designation, duration", "tabular, since and until", "title at employer, dates at the end", "European style", "DOCX, header and text boxes", "DOCX, table", "one line a job, work below"},
    "headline": {"labels: organisation, designation, duration", "tabular, since and until", "European style", "compact, one line a job", "academic", "DOCX, table", "one line a job, work below"},
    "languages": {"functional", "designed, spaced capitals"},
    "certificates": {
        "two columns", "sidebar left", "table, dates left", "European style", "functional", "compact, one line a job", "academic",
        "labels: organisation, designation, duration", "tabular, since and until", "skills with levels and groups",
        "title at employer, dates at the end", "designed, spaced capitals", "DOCX, header and text boxes", "DOCX, table",
        "DOCX, sidebar in a table row", "LinkedIn export", "Europass, new style", "LaTeX, moderncv", "since and to date, in words",
        "Polish headings and months", "name in two scripts", "one line a job, work below",
    },
}  # fmt: skip
SHOWN = (
    "e-mail",
    "phone",
    "name",
    "location",
    "title",
    "employer",
    "dates",
    "degree",
    "school",
    "skill",
    "language",
    "years ±1",
)


def made(people: int, seed: int, only: str = "") -> Iterator[tuple[str, Person, str, bytes]]:
    """Layout, person, kind and bytes: `people` of each layout, the languages of names in turn."""
    rng = random.Random(seed)
    origins = list(ORIGINS)
    for number, (name, write) in enumerate(LAYOUTS.items()):
        for index in range(people):
            one = person(rng, origins[(number * people + index) % len(origins)])
            if only not in name:
                continue
            kind, data = write(one, rng)
            yield name, one, kind, data


def main() -> None:
    options = _options()
    total, layouts, read_ms, parse_ms = Scores(), {name: Scores() for name in LAYOUTS}, [], []
    for number, (name, one, kind, data) in enumerate(made(options.people, options.seed, options.layout)):
        if options.out:
            _keep(options.out, f"{number:03}-{name.replace(' ', '_').replace(',', '')}.{kind}", data)
        began = time.perf_counter()
        reading = reader.read(data, kind)
        read = time.perf_counter()
        profile = parse(reading.text, regions=[one.region, *REGIONS], today=TODAY)
        parse_ms.append(1000 * (time.perf_counter() - read))
        read_ms.append(1000 * (read - began))
        has = {"skills"} | {field for field, without in WITHOUT.items() if name not in without}
        has |= (
            {"year"}
            if all(p.start is None or len(p.start) == 4 for p in profile.positions) and name == "academic"
            else set()
        )
        for scores in (total, layouts[name]):
            before = len(scores.misses)
            compare(one, profile, scores, has=has)
            scores.misses[before:] = [
                (*miss[:3], f"{miss[3]}  [{number:03} {name}, {one.origin}]") for miss in scores.misses[before:]
            ]
    _print(total, layouts)
    print(f"\nRead: median {_median(read_ms):.0f} ms a file. Parse: median {_median(parse_ms):.1f} ms.")
    for field, what, value, rest in total.misses:
        if options.misses and field == options.misses:
            print(f"{what:7} {value!r:50} {rest}")
    if options.speed:
        speed(options.speed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resumes")
    parser.add_argument("--people", type=int, default=6, help="per layout")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--layout", default="", help="only layouts whose name holds this")
    parser.add_argument("--misses", default="", help="print what was missed in this field")
    parser.add_argument("--out", type=Path, help="keep the files here")
    parser.add_argument("--speed", type=int, default=60, help="ordinary two-page PDFs to time, 0 for none")
    return parser.parse_args()


def _keep(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def _print(total: Scores, layouts: dict[str, Scores]) -> None:
    print("| field | recall | precision | of |\n|---|---|---|---|")
    for name in FIELDS:
        count = total.counts[name]
        print(f"| {name} | {count.recall:.3f} | {count.precision:.3f} | {count.wanted} |")
    print("\n| layout | " + " | ".join(SHOWN) + " |\n|---|" + "---|" * len(SHOWN))
    for name, scores in layouts.items():
        print(
            f"| {name} | "
            + " | ".join(f"{scores.counts[f].recall:.2f}/{scores.counts[f].precision:.2f}" for f in SHOWN)
            + " |"
        )


def speed(count: int) -> None:
    """Ordinary PDFs of two pages, end to end through the confined reader: wall and processor time a file."""
    from weasyprint import HTML

    from benchmarks.resumes.files import web

    rng, files = random.Random(7), []
    for _ in range(min(count, 12)):
        one = person(rng, rng.choice(list(ORIGINS)))
        page = web(one, rng)[1].decode().replace("p{color:red}", "")
        files.append(
            HTML(
                string=page.replace("<h2>", "<h2 style='margin-top:14mm'>").replace(
                    "</body>", "" + "<p>More about the work. </p>" * 60 + "</body>"
                )
            ).write_pdf()
        )
    for data in files[:3]:  # the first is read cold while the warm process gets ready
        reader.read(data, "pdf")
        time.sleep(1)
    used, began = _cpu(), time.perf_counter()
    for number in range(count):
        reading = reader.read(files[number % len(files)], "pdf")
        parse(reading.text, regions=REGIONS, today=TODAY)
        assert len(reading.pages) == reading.page_count >= 2, reading.problem
    wall = time.perf_counter() - began
    forks.rest()  # only then do its forks count
    cpu = _cpu() - used
    print(
        f"Speed: {count} PDFs of two pages, one at a time: {count / wall:.1f} files a second of wall time, {count / cpu:.1f} a second of processor time."
    )


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
