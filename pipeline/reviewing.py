"""The review page's own read: who comes next under which filters, and one person with résumé, evidence and answers.

Two queries say who is shown and who follows; those of one person do not depend on how many wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, prefetch_related_objects
from django.http import QueryDict
from django.utils import timezone

from hiring import access, sources
from hiring.documents import preview
from hiring.models import Document, Job, Note, Source, User
from hiring.prepared import Given, prepared
from pipeline.blind import showing
from pipeline.decisions.judged import Snapshot
from pipeline.decisions.judged import goes_against as is_against
from pipeline.models import Application, ApplicationQuerySet, DecisionRecord, Need, ReviewSnooze, Stage, Verdict
from pipeline.screening import hints, judging, narrowing
from pipeline.stages import standing

MARKS = {Verdict.MET: "yes", Verdict.PARTLY: "part", Verdict.NOT_FOUND: "open", Verdict.UNKNOWN: "open"}
ICONS = {
    Verdict.MET: "circle-check",
    Verdict.PARTLY: "circle-half-2",
    Verdict.NOT_FOUND: "circle-dashed",
    Verdict.UNKNOWN: "help-circle",
}
Queue = ApplicationQuerySet


@dataclass(frozen=True)
class Narrowed:
    """What the review is narrowed to; kept in the URL. Nobody is left out by a score unless somebody asks for it (AI-3)."""

    source: int = 0
    meets: str = ""
    snoozed: str = ""

    @classmethod
    def read(cls, query: QueryDict | Mapping[str, str]) -> Narrowed:
        source = query.get("source", "")
        meets = query.get("meets", "")
        known = source.isascii() and source.isdecimal() and len(source) < 10
        meets = meets if narrowing.is_known(meets) else ""
        return cls(sources.standing_id(int(source)) or 0 if known else 0, meets, "1" if query.get("snoozed") else "")

    def __bool__(self) -> bool:
        return bool(self.source or self.meets or self.snoozed)

    def as_query(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}

    def queue(self, job: Job) -> Queue:
        """Who waits to be looked at for the first time: first come, first served."""
        waiting = job.applications.put_off() if self.snoozed else job.applications.to_review()
        # Named by number, a single stage is a range of the index that keeps this order; by its kind alone all newer
        # applications of all jobs are walked.
        found = waiting.filter(stage__in=[stage.pk for stage in standing(job) if stage.kind == Stage.Kind.APPLIED])
        found = found.order_by("applied_at", "pk")
        if self.source:
            found = found.filter(source=self.source)
        if not self.meets:
            return found
        return found.filter(narrowing.meeting(self.meets, job))


@dataclass(frozen=True)
class Waiting:
    """How many of a job are new, how many of them are put off, and when the first of those is back."""

    new: int
    put_off: int = 0
    wakes: dt.datetime | None = None


def waiting(job: Job) -> Waiting:
    put_off = job.applications.put_off().aggregate(people=Count("pk"), wakes=Min("snooze__until"))
    return Waiting(job.applications.to_review().count(), put_off["people"], put_off["wakes"])


@dataclass
class Quote:
    """Words that show a criterion is met. `number` leads to their place in the résumé, where they have one."""

    text: str
    where: str
    number: int = 0
    ident: str = ""


@dataclass
class Line:
    """One criterion as the page shows it."""

    says: str
    key: str
    label: str
    mark: str
    icon: str
    note: str
    quotes: list[Quote]
    corrected_by: str = ""
    corrected_because: str = ""
    hint: hints.Hint | None = None


@dataclass
class Sheet:
    """The criteria in groups, `(label, met, lines)`, and the passages of the résumé they quote."""

    groups: list[tuple[str, int, list[Line]]] = field(default_factory=list)
    passages: list[preview.Passage] = field(default_factory=list)
    is_awaited: bool = False
    waits_until: dt.datetime | None = None
    advancing_goes_against: bool = False


def around(queue: Queue, wanted: int, after: int) -> tuple[list[Application], int]:
    """The one to show with the one behind it, and the number of the one before; behind `after` when that one is skipped."""
    queue = queue.select_related(
        "candidate__owner", "candidate__referred_by", "stage", "source", "resume", "job__posting", "form_version"
    )
    if wanted and (first := queue.filter(pk=wanted).first()):
        return [first, *queue.filter(_behind(first))[:1]], _before(queue, first)
    skipped = Application.objects.filter(pk=after).first() if after else None
    if skipped is None:
        shown = list(queue[:2])
    else:
        behind = list(queue.filter(_behind(skipped))[:2])
        shown = behind + list(queue.exclude(pk__in=[one.pk for one in behind])[: 2 - len(behind)])
    return shown, _before(queue, shown[0]) if shown else 0


def any_of(job: Job, pk: int) -> Application | None:
    """An application of the job whatever became of it: to be read, though it waits no more."""
    rows = job.applications.select_related(
        "candidate__owner", "candidate__referred_by", "stage", "source", "resume", "job__posting", "form_version"
    )
    return rows.filter(pk=pk).first() if pk else None


def snooze_of(application: Application) -> ReviewSnooze | None:
    """Until when somebody is put off, where that day is still to come."""
    if application.reviewed_at is not None:
        return None
    found = ReviewSnooze.objects.filter(application=application, until__gt=timezone.now())
    return found.select_related("by").first()


def _behind(one: Application) -> Q:
    behind = Q(applied_at__gt=one.applied_at) | Q(applied_at=one.applied_at, pk__gt=one.pk)
    return behind & Q(applied_at__gte=one.applied_at)  # said once more, for the index


def _before(queue: Queue, one: Application) -> int:
    earlier = queue.filter(Q(applied_at__lt=one.applied_at) | Q(applied_at=one.applied_at, pk__lt=one.pk))
    earlier = earlier.filter(applied_at__lte=one.applied_at)
    return earlier.order_by("-applied_at", "-pk").values_list("pk", flat=True).first() or 0


def sheet(application: Application, document: Document | None) -> Sheet:
    standing = judging.standing(application)
    found = Sheet(is_awaited=standing.is_awaited, waits_until=standing.waits_until)
    groups: dict[str, list[Line]] = {}
    offered = hints.of(application, standing)
    for one in standing.judged:
        line = _line(one, document, found.passages)
        line.hint = offered.get(line.key)
        groups.setdefault(one.criterion.need, []).append(line)
    for need in Need:
        lines = groups.get(need, [])
        if lines:
            found.groups.append((need.label, sum(line.mark == "yes" for line in lines), lines))
    found.advancing_goes_against = goes_against(standing.judged, DecisionRecord.Outcome.ADVANCE)
    return found


def goes_against(judged: Iterable[judging.Judged], outcome: str) -> bool:
    """Whether a decision is not what the criteria alone would suggest, so that the page may ask why."""
    known = [{"importance": str(one.criterion.need), "verdict": one.verdict} for one in judged]
    return is_against(outcome, Snapshot(judgements=known))


def _line(one: judging.Judged, document: Document | None, passages: list[preview.Passage]) -> Line:
    quotes = []
    for evidence in one.evidence[:3]:
        number = 0
        if document and one.document == document.pk and evidence.source == "resume" and evidence.end > evidence.start:
            number = len(passages) + 1
            passages.append(preview.Passage(f"quote-{number}", evidence.start, evidence.end))
        quotes.append(Quote(evidence.quote, evidence.where, number))
    return Line(
        one.criterion.says,
        one.criterion.key,
        one.label,
        MARKS[Verdict(one.verdict)],
        ICONS[Verdict(one.verdict)],
        one.note,
        quotes,
        str(one.correction.by or "Throughline") if one.correction else "",
        one.correction.reason if one.correction else "",
    )


def lead(found: Sheet, pages: Sequence[preview.ShownPage]) -> None:
    """Let each quote lead to its patch on the page, where the page has one, else to its words in the text."""
    patches = {light.ident for one in pages for light in one.lights}
    for _, _, lines in found.groups:
        for quote in (quote for line in lines for quote in line.quotes if quote.number):
            patch = f"place-quote-{quote.number}"
            quote.ident = patch if patch in patches else f"text-quote-{quote.number}"


@prepared
def resumes(document: Given) -> QuerySet[Document]:
    return Document.objects.select_related("candidate", "extracted").filter(pk=document)


@prepared
def newest_resume(candidate: Given) -> QuerySet[Document]:
    found = Document.objects.select_related("candidate", "extracted").filter(candidate=candidate, kind="resume")
    return found.order_by("-uploaded_at")[:1]


def document_of(application: Application) -> Document | None:
    """The résumé this application came with, else the newest one of the person."""
    if application.resume_id:
        found = resumes.first(document=application.resume_id)
    else:
        found = newest_resume.first(candidate=application.candidate_id)
    if found:
        prefetch_related_objects([found], "pages")
    return found


@prepared
def newest_notes(user: User, candidate: Given) -> QuerySet[Note]:
    written = Note.objects.filter(access.notes_visible_to(user), candidate=candidate)
    return written.select_related("author").order_by("-pk")[:10]


def marked(hidden: showing.Hidden, passages: list[preview.Passage]) -> None:
    """Light up in the text of a hidden person what the criteria quote, as far as it is left."""
    hidden.resume = list(_marked(hidden.resume, passages))


def _marked(pieces: list[showing.Piece], passages: list[preview.Passage]) -> Iterator[showing.Piece]:
    named: set[str] = set()
    for piece in pieces:
        if piece.cut:
            yield piece
            continue
        inside = [
            preview.Passage(one.key, max(0, one.start - piece.start), min(len(piece.text), one.end - piece.start))
            for one in passages if one.start < piece.start + len(piece.text) and one.end > piece.start
        ]  # fmt: skip
        at = piece.start
        for run in preview.pieces(piece.text, inside, ()):
            key = run.keys.split(" ")[0] if run.keys else ""
            ident = f"text-{key}" if key and key not in named else ""
            named.add(key)
            yield showing.Piece(run.text, start=at, mark=key, ident=ident)
            at += len(run.text)


def filters(job: Job) -> dict[str, Any]:
    """What the review can be narrowed to."""
    return {
        "sources": list(Source.objects.filter(pk__in=job.applications.to_review().values("source"))[:100]),
        "meets": narrowing.choices(job),
    }
