"""A list of costs as a spreadsheet holds it: which column is which, and what is wrong with each row, all of it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from hiring import sources
from hiring.errors import Refused
from hiring.models import Job, Source, User
from hiring.names import fold
from sourcing.costs import entering, periods
from sourcing.costs.models import CostBatch, SourceCost
from sourcing.imports import sniffing, tables

MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
COLUMNS = {
    "source": "source channel board canal quelle kanal",
    "period": "period month quarter year periode monat mois",
    "starts_on": "from start starts begin begins date von de",
    "ends_on": "to until end ends bis",
    "amount": "amount cost costs spend price total betrag kosten montant",
    "currency": "currency devise wahrung",
    "job": "job requisition position stelle poste",
    "kind": "kind type art",
    "note": "note comment remark notiz",
}
"""Names of columns by what they hold; compared without case and accents, by their first word that is known."""
TEMPLATE = "source;from;to;amount;currency;job;note\n"


@transaction.atomic
def read(file: IO[bytes], name: str, *, by: User) -> CostBatch:
    """Keep a list to look at. Raises Refused with a sentence when it is none."""
    if sniffing.kind_of(file) == "zip":
        raise Refused("This is an archive. Choose a list: CSV or XLSX.")
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise Refused("A list of costs has at most 5 MB.")
    file.seek(0)
    shape = sniffing.sniff(file).shape
    file.seek(0)
    rows = iter(tables.rows(file, shape))
    head = next(rows, None)
    places = _places(head.cells if head else [])
    reader = _Reader(by)
    lines: list[dict[str, Any]] = []
    for row in rows:
        if len(lines) >= MOST_ROWS:
            raise Refused(f"A list of costs has at most {MOST_ROWS:,} rows. Cut it in two.")
        cells = {key: row.cells[place].strip() if place < len(row.cells) else "" for key, place in places.items()}
        lines.append(reader.line(row.number, cells, row.problem))
    if not lines:
        raise Refused("The list has no rows below its first one.")
    return CostBatch.objects.create(name=name[:200], lines=lines, by=by, at=timezone.now())


def _places(heads: list[str]) -> dict[str, int]:
    """Which column holds what. Raises Refused naming what is missing."""
    found: dict[str, int] = {}
    known = {word: key for key, words in COLUMNS.items() for word in words.split()}
    for place, head in enumerate(heads):
        words = fold(head).replace("_", " ").split()
        key = next((known[word] for word in words if word in known), None)
        if key:
            found.setdefault(key, place)
    missing = [key for key in ("source", "amount", "currency") if key not in found]
    if not ("period" in found or "starts_on" in found):
        missing.append("period, or from and to")
    if missing:
        raise Refused(f"The first row names the columns; missing: {', '.join(missing)}.")
    return found


class _Reader:
    """What rows are compared with, loaded once for the whole list."""

    def __init__(self, by: User) -> None:
        self.sources: dict[str, int] = {}
        for pk, name, _ in sources.by_name():
            self.sources.setdefault(sources.key_of(name), pk)
        self.jobs: dict[str, list[int]] = {}
        for pk, number, title in Job.objects.visible_to(by).values_list("pk", "requisition_id", "title"):
            self.jobs.setdefault(fold(number), []).append(pk)
            self.jobs.setdefault(fold(title), []).append(pk)
        self.there = {_facts(cost) for cost in SourceCost.objects.standing()}

    def line(self, number: int, cells: Mapping[str, str], problem: str) -> dict[str, Any]:
        """A row as it is kept: what was read, or every reason why it cannot be entered."""
        line: dict[str, Any] = {"number": number, "said": {key: cell[:80] for key, cell in cells.items() if cell}}
        problems = [problem] if problem else []
        for read in (self._source, self._period, self._amount, self._job, self._rest):
            try:
                line |= read(cells)
            except Refused as refused:
                problems.append(refused.sentence)
        if not problems:
            problems = self._against(line)
        return line | {"problem": " ".join(problems)}

    def _against(self, line: Mapping[str, Any]) -> list[str]:
        first, last = (dt.date.fromisoformat(line[name]) for name in ("starts_on", "ends_on"))
        try:
            entering.check(first, last, Decimal(line["amount"]))
        except Refused as refused:
            return [refused.sentence]
        facts = (line["source"], line["job"], first, last, Decimal(line["amount"]), line["currency"])
        if facts in self.there:
            return ["This very cost is there already."]
        self.there.add(facts)
        return []

    def _source(self, cells: Mapping[str, str]) -> dict[str, Any]:
        name = cells.get("source", "")
        if not name:
            raise Refused("The source is missing.")
        pk = self.sources.get(sources.key_of(name))
        if pk is None:
            raise Refused(f"There is no source “{name[:60]}”.")
        return {"source": pk}

    def _period(self, cells: Mapping[str, str]) -> dict[str, Any]:
        start, end = cells.get("starts_on", ""), cells.get("ends_on", "")
        if period := cells.get("period", ""):
            first, last = periods.read(period)
        elif not start:
            raise Refused("The period is missing.")
        else:
            first, last = periods.read(start)
            if end:
                last = periods.read(end)[1]
        return {"starts_on": first.isoformat(), "ends_on": last.isoformat()}

    def _amount(self, cells: Mapping[str, str]) -> dict[str, Any]:
        said, currency = cells.get("amount", ""), cells.get("currency", "").strip().upper()
        if not said:
            raise Refused("The amount is missing.")
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise Refused("The currency is missing: three letters, such as EUR.")
        return {"amount": f"{entering.amount_of(said, currency):f}", "currency": currency}

    def _job(self, cells: Mapping[str, str]) -> dict[str, Any]:
        named = cells.get("job", "")
        if not named:
            return {"job": None}
        found = set(self.jobs.get(fold(named), []))
        if len(found) != 1:
            why = (
                f"There is no job “{named[:60]}” that you see."
                if not found
                else f"Several jobs are called “{named[:60]}”."
            )
            raise Refused(f"{why} Write its number.")
        return {"job": found.pop()}

    def _rest(self, cells: Mapping[str, str]) -> dict[str, Any]:
        kinds = {fold(name): value for value, label in Source.CostKind.choices for name in (value, label)}
        return {"kind": kinds.get(fold(cells.get("kind", "")), ""), "note": cells.get("note", "")[:200]}


def _facts(cost: SourceCost) -> tuple[Any, ...]:
    return cost.source_id, cost.job_id, cost.starts_on, cost.ends_on, cost.amount, cost.currency
