"""`manage.py parse_resume FILE... [--json]`: what the parser makes of any files, without a database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hiring import taxonomy
from hiring.documents import checks, reader, recognising
from hiring.errors import Refused
from hiring.resumes.parsing import parse
from hiring.resumes.profile import Found, Profile

MARKUP = re.compile(rb"<(?:!doctype html|html|head|body)", re.IGNORECASE)
# A terminal obeys control characters; a résumé is not to command it.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Command(BaseCommand):
    help = "Read résumés (PDF, DOCX, ODT, RTF, TXT, HTML) in the confined reader and print what the parser finds. Nothing is stored."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--json", action="store_true", help="One JSON object a line: file, text, profile, or error."
        )
        parser.add_argument(
            "--region",
            action="append",
            default=[],
            metavar="CC",
            help="Countries of phone numbers without a code, likeliest first.",
        )

    def handle(self, *args: Any, files: list[Path], region: list[str], **options: Any) -> None:
        regions = [code.upper() for code in region] or [settings.DEFAULT_PHONE_REGION]
        failed = 0
        for file in files:
            found = read(file, regions)
            failed += "error" in found
            self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else in_words(found))
        if failed and not options["json"]:
            raise CommandError(f"{failed} of {len(files)} could not be read.")


def read(file: Path, regions: list[str]) -> dict[str, Any]:
    """`file` with `text` and `profile`, or with `error`, a sentence."""
    try:
        if file.stat().st_size > checks.MAX_BYTES:
            return {"file": str(file), "error": "The file is larger than 10 MB."}
        data = file.read_bytes()
        reading = reader.read(data, kind_of(data))
        if reading.scanned and reading.was_read:
            reading.text = reader.recognise(data).text or reading.text
    except Refused as refused:
        return {"file": str(file), "error": str(refused)}
    except OSError as error:
        return {"file": str(file), "error": error.strerror or "The file cannot be opened."}
    if not reading.text:
        installed = (
            "could be recognised" if recognising.is_installed() else "was looked for: tesseract-ocr is not installed"
        )
        scanned = f"There is no text in it: it looks like a scan, and none {installed}."
        return {"file": str(file), "error": reading.problem or scanned}
    profile = parse(reading.text, regions=regions, today=timezone.localdate(), vocabulary=taxonomy.start().skills)
    return {"file": str(file), "text": reading.text, "profile": profile.as_json()}


def kind_of(data: bytes) -> str:
    """As at the door (SEC-13), and saved web pages besides, which come in nowhere else. Raises Refused."""
    if not data:
        raise Refused("The file is empty.")
    return "html" if MARKUP.search(data[:1024]) and not data.startswith((b"%PDF", b"PK")) else checks.kind_of(data)


def in_words(found: dict[str, Any]) -> str:
    lines = [found["file"]]
    if "error" in found:
        return CONTROL.sub("", "\n".join([*lines, f"  {found['error']}"]))
    lines += [f"  {label:13} {value}" for label, value in told(Profile.from_json(found["profile"]))]
    return CONTROL.sub("", "\n".join(lines)) + "\n"


def told(profile: Profile) -> Iterator[tuple[str, str]]:
    """The profile as labelled lines; what was not found is left out."""
    for label in ("name", "headline", "location"):
        if value := getattr(profile, label):
            yield label.capitalize(), value.value
    for label, several in (("E-mail", profile.emails), ("Phone", profile.phones), ("Link", profile.links)):
        yield from ((label, one.value) for one in several)
    for job in profile.positions:
        yield (
            "Position",
            f"{period(job.start, 'today' if job.is_current else job.end)}  {joined(job.title, job.employer, job.location)}",
        )
    for study in profile.education:
        yield "Education", f"{period(study.start, study.end)}  {joined(study.degree, study.school)}"
    if profile.skills:
        yield "Skills", ", ".join(skill.name for skill in profile.skills)
    if profile.languages:
        yield (
            "Languages",
            ", ".join(f"{one.name.value} ({one.level})" if one.level else one.name.value for one in profile.languages),
        )
    yield from (
        ("Certificate", joined(one.name) + (f" ({one.date})" if one.date else "")) for one in profile.certificates
    )
    if profile.years_computed is not None:
        yield "Experience", f"{profile.years_computed:g} years in dated jobs"
    if profile.years_stated is not None:
        yield "", f"{profile.years_stated:g} years by the person's own words"
    yield from (("Note", warning) for warning in profile.warnings)


def period(start: str | None, end: str | None) -> str:
    return f"{start or '?'} to {end or '?'}" if start else end or "undated"


def joined(*parts: Found | None) -> str:
    return ", ".join(part.value for part in parts if part)
