"""Criteria a posting speaks of, as drafts: found by rules in its words, and each accepted or dropped by a person.

Nothing here decides: a draft counts for nobody until somebody accepts it. The same text gives the same drafts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from hiring import taxonomy
from hiring.application_form.answers import is_private
from hiring.errors import Refused
from hiring.models import Job, Posting, User
from hiring.resumes.certificates import KNOWN as CERTIFICATES
from hiring.resumes.page import folded
from hiring.resumes.spoken import CODE, SPOKEN
from pipeline.models import CriterionDraft, Need
from pipeline.models import CriterionKind as Kind
from pipeline.screening import criteria as held
from pipeline.screening import wording
from pipeline.screening.criteria import Criterion

RULES_VERSION = "1"
MOST = 20
LONGEST_LINE = 400
State, Origin = CriterionDraft.State, CriterionDraft.Origin


@dataclass(frozen=True)
class Draft:
    """A proposed criterion and the words it was made from."""

    criterion: Criterion
    quote: str
    origin: str = Origin.POSTING
    made_with: str = f"rules {RULES_VERSION}"


# --- what waits, and settling it ----------------------------------------------------------------------------------------


def waiting(job: Job, asked: Sequence[Criterion]) -> list[Draft]:
    """Drafts nobody has settled yet, of what is not asked already: those of the posting as it reads now, then a helper's."""
    rows = list(CriterionDraft.objects.filter(job=job))
    gone = {one.key for one in asked} | {row.key for row in rows if row.state != State.WAITING}
    posting = Posting.objects.filter(job=job).first()
    found = from_posting(posting) if posting else []
    found += [_of_row(row) for row in rows if row.state == State.WAITING]
    fresh: dict[str, Draft] = {}
    known = {_about(one) for one in asked}  # asked with other years or another level, or by another name of it
    for draft in found:
        if draft.criterion.key not in gone and _about(draft.criterion) not in known:
            fresh.setdefault(draft.criterion.key, draft)
    return list(fresh.values())[:MOST]


@dataclass(frozen=True)
class Dropped:
    key: str
    says: str
    row: CriterionDraft


def dropped(job: Job, asked: Sequence[Criterion]) -> list[Dropped]:
    """What somebody dropped, newest first, so that it can be brought back."""
    gone = {one.key for one in asked}
    rows = (
        CriterionDraft.objects.filter(job=job, state=State.DROPPED).select_related("settled_by").order_by("-settled_at")
    )
    return [Dropped(row.key, Criterion.from_json(row.criterion).says, row) for row in rows if row.key not in gone]


def _of_row(row: CriterionDraft) -> Draft:
    return Draft(Criterion.from_json(row.criterion), row.quote, row.origin, row.made_with)


@transaction.atomic
def accept(job: Job, keys: Iterable[str], *, by: User | None, need: str = "") -> held.Criteria:
    """Ask for these from now on. `need` in place of the proposed one."""
    wanted = _picked(job, keys)
    added = [replace(draft.criterion, need=need) if need else draft.criterion for draft in wanted]
    now = held.add(job, *added, by=by)
    _settle(job, wanted, State.ACCEPTED, by)
    return now


@transaction.atomic
def drop(job: Job, keys: Iterable[str], *, by: User | None) -> list[Draft]:
    """Do not propose these again."""
    wanted = _picked(job, keys)
    _settle(job, wanted, State.DROPPED, by)
    return wanted


@transaction.atomic
def bring_back(job: Job, key: str, *, by: User | None) -> None:
    """Propose again what was dropped: the posting's words do so by themselves. Twice is once."""
    rows = CriterionDraft.objects.filter(job=job, key=key, state=State.DROPPED)
    rows.filter(origin=Origin.HELPER).update(state=State.WAITING, settled_by=None, settled_at=None)
    rows.filter(origin=Origin.POSTING).delete()


@transaction.atomic
def offer(job: Job, drafts: Iterable[Draft], *, made_with: str) -> list[CriterionDraft]:
    """Keep what a helper proposes, as drafts. What cannot be asked, is asked already or was proposed before is left out."""
    asked = {one.key for one in held.of_job(job).criteria}
    made = []
    for draft in drafts:
        one = held.readable(draft.criterion.as_json())
        if one and one.key not in asked:
            row, is_new = CriterionDraft.objects.get_or_create(
                job=job,
                key=one.key,
                defaults={
                    "criterion": one.as_json(),
                    "quote": draft.quote[:300],
                    "origin": Origin.HELPER,
                    "made_with": made_with[:120],
                    "made_at": timezone.now(),
                },
            )
            if is_new:
                made.append(row)
    return made


def _picked(job: Job, keys: Iterable[str]) -> list[Draft]:
    wanted = set(keys)
    found = [draft for draft in waiting(job, held.of_job(job).criteria) if draft.criterion.key in wanted]
    if not found:
        raise Refused("This is no longer proposed. Look at the criteria again.")
    return found


def _settle(job: Job, drafts: Sequence[Draft], state: str, by: User | None) -> None:
    now = timezone.now()
    for draft in drafts:
        CriterionDraft.objects.update_or_create(
            job=job,
            key=draft.criterion.key,
            defaults={"state": state, "settled_by": by, "settled_at": now},
            create_defaults={
                "criterion": draft.criterion.as_json(),
                "quote": draft.quote[:300],
                "origin": draft.origin,
                "made_with": draft.made_with,
                "made_at": now,
                "state": state,
                "settled_by": by,
                "settled_at": now,
            },
        )


# --- reading a posting --------------------------------------------------------------------------------------------------

BREAK = re.compile(r"</(?:li|p|h[1-6]|div|tr)>|<br[^>]*>", re.IGNORECASE)
HEADING = re.compile(r"<(h[1-6]|strong|b)\b[^>]*>(.{2,80}?)</\1>", re.IGNORECASE | re.DOTALL)
TAGS = re.compile(r"<[^>]{0,2000}>")
ASKS = re.compile(
    r"require|must[- ]have|qualification|what you (?:bring|need|have)|you (?:bring|have|are)|your (?:profile|skills|experience|background)"
    r"|who you are|looking for|about you|we expect|profil|anforderung|was du mitbringst|ihr profil|compet|nice[- ]to[- ]have|bonus|ideally"
    r"|plus points|good to have|preferred"
)
TELLS = re.compile(
    r"what you(?:'ll| will)? do|responsib|your (?:tasks|role|mission|day)|we offer|benefits|about us|who we are"
    r"|the (?:team|role|job)|why (?:us|join)"
    r"|aufgaben|wir bieten"
)
IS_BONUS = re.compile(
    r"nice[- ]to[- ]have|bonus|a plus|is plus|plus points|ideally|advantage|good to have|von vorteil|un plus|welcome but"
)
IS_SHOULD = re.compile(
    r"prefer|desirable|desired|should|wünschenswert|souhait|valued|appreciated|familiar|knowledge of|exposure to"
)
IS_MUST = re.compile(
    r"must|required|requirement|essential|mandatory|need to|you need|zwingend|erforderlich|indispensable|minimum|at least"
)
YEARS = re.compile(
    r"(?<![\d.])(?P<least>\d{1,2})(?:\s?(?:[-–]|to)\s?\d{1,2})?\s?\+?\s?(?:or more )?(?:years?|yrs?|jahre|ans|años)(?:['’]s?)?",
    re.IGNORECASE,
)
AS_A = re.compile(
    r"\b(?:as|als)\s+(?:an?\s+|eine?\s+)?(?P<title>[^\W\d_][\w /-]{3,50}?)(?=[,.;()]|$|\s(?:in|with|at|or|and|for)\s)",
    re.IGNORECASE,
)
SPEAKS = re.compile(
    r"fluen|speak|spoken|written|langu|level|native|proficien|communicat|conversation|business|(?<![a-z])[abc][12](?![a-z])|sprach|deutschkennt"
)
LEVEL = ((re.compile(r"(?<![a-z])([abc][12])(?![a-z0-9])"), ""), (re.compile(r"native|mother tongue|bilingual|muttersprach"), "C1"),
         (re.compile(r"fluen|business|proficien|verhandlungssicher|courant"), "C1"), (re.compile(r"good|working|gute"), "B2"),
         (re.compile(r"conversation|basic"), "B1"))  # fmt: skip
LICENCE = re.compile(
    r"(?:full |valid |clean )?(?:driving|driver['’]?s?) licen[cs]e(?: \(?(?:class |category )?[a-e]\b\)?)?|führerschein|permis b\b"
)
CLAUSES = re.compile(r";\s|\.\s+(?=[A-Z])")
BASED = re.compile(r"\b(?:based in|live in|living in|commut|within reach of|located in)\b")
CAN_DO = re.compile(
    r"\b(?:permit|allowed to work|authori[sz]ed|right to work|licen[cs]e|able to|available|willing|travel|shift|on[- ]call"
    r"|certif|relocat)\b"
)


def from_posting(posting: Posting) -> list[Draft]:
    """What this posting asks for, in the order of its words. Where it says what it asks for under a heading, only there."""
    lines = list(lines_of(posting.description))
    asking = [line for line in lines if line[1]]
    found: dict[str, Draft] = {}
    for text, need in asking or [(text, Need.SHOULD) for text, _ in lines]:
        for clause in CLAUSES.split(text):
            for criterion in _clause(clause, _need(clause.casefold(), need), posting.job):
                if not wording.not_asked(criterion):
                    found.setdefault(_about(criterion), Draft(criterion, text[:300]))
    for criterion, quote in (*_title(posting), *_questions(posting)):
        if not wording.not_asked(criterion):
            found.setdefault(_about(criterion), Draft(criterion, quote[:300]))
    order = list(Need.values)
    return sorted(found.values(), key=lambda draft: order.index(draft.criterion.need))[:MOST]


def _about(one: Criterion) -> str:
    """What a draft is about, whatever its years or level: the first mention counts."""
    about = {
        Kind.SKILL: "skill",
        Kind.LANGUAGE: "language",
        Kind.TITLE: "title",
        Kind.CERTIFICATE: "name",
        Kind.ANSWER: "question",
    }
    name = str(one.asks.get(about.get(Kind(one.kind), ""), ""))
    if one.kind == Kind.SKILL:
        name = taxonomy.canonical(name) or name
    return f"{one.kind} {name.casefold()}"


def lines_of(description: str) -> Iterator[tuple[str, str]]:
    """The lines of a posting with how much what they ask for matters: a need below a heading that asks, "" elsewhere."""
    marked = HEADING.sub(lambda match: f"\n\x01{TAGS.sub(' ', match[2])}\n", description)
    section = ""
    for raw in html.unescape(TAGS.sub(" ", BREAK.sub("\n", marked))).split("\n"):
        is_heading, text = raw.strip().startswith("\x01"), " ".join(raw.replace("\x01", " ").split())[:LONGEST_LINE]
        if not text:
            continue
        low = text.casefold().replace("’", "'")
        opens = is_heading or (len(text) < 60 and text.endswith(":"))
        if opens and (TELLS.search(low) or ASKS.search(low)):
            asks = ASKS.search(low) and not TELLS.search(low)
            section = _need(low, Need.MUST) if asks else ""
            continue
        yield text, section or _need(low, "")


def _need(low: str, otherwise: str) -> str:
    if IS_BONUS.search(low):
        return Need.BONUS
    if IS_MUST.search(low):
        return Need.MUST
    return Need.SHOULD if IS_SHOULD.search(low) else otherwise


def _clause(text: str, need: str, job: Job) -> Iterator[Criterion]:
    low = text.casefold()
    licence = LICENCE.search(low)
    if licence:
        yield Criterion(Kind.CERTIFICATE, need, asks={"name": _name(text[licence.start() : licence.end()])})
    certified = list(CERTIFICATES.finditer(folded(text))) if not licence else []
    for match in certified:
        yield Criterion(Kind.CERTIFICATE, need, asks={"name": _name(text[match.start() : match.end()])})
    yield from _languages(text, need)
    years = YEARS.search(text)
    least = int(years["least"]) if years else 0
    skills = [name for name in taxonomy.current().skills.found_in(text) if folded(name) not in CODE]
    skills = [name for name in skills if not any(folded(name) in folded(match.group()) for match in certified)]
    skills = [name for name in skills if not (licence and LICENCE.match(name.casefold()))]
    titled = AS_A.search(text)
    title = taxonomy.canonical_title(titled["title"]) if titled else None
    if title:
        yield Criterion(Kind.TITLE, need, asks={"title": title, "years": least})
    for name in skills:
        yield Criterion(
            Kind.SKILL, need, asks={"skill": name, "years": least if least and not title and len(skills) <= 3 else 0}
        )
    if least and not title and not 1 <= len(skills) <= 3:
        yield Criterion(Kind.EXPERIENCE, need, asks={"years": least})
    if BASED.search(low) and (job.location.city or job.location.country):
        yield Criterion(Kind.LOCATION, need, asks={"city": job.location.city, "country": job.location.country})


def _languages(text: str, need: str) -> Iterator[Criterion]:
    low = folded(text)
    if not SPEAKS.search(low):
        return
    for match in SPOKEN.finditer(low):
        if not text[match.start()].isupper():
            continue  # `polish the draft`
        near = low[max(0, match.start() - 40) : match.end() + 30]
        yield Criterion(Kind.LANGUAGE, need, asks={"language": CODE[match.group()], "level": _level(near)})


def _level(near: str) -> str:
    for pattern, level in LEVEL:
        if match := pattern.search(near):
            return level or match[1].upper()
    return ""


def _title(posting: Posting) -> Iterator[tuple[Criterion, str]]:
    if name := taxonomy.canonical_title(posting.title):
        yield Criterion(Kind.TITLE, Need.SHOULD, asks={"title": name, "years": 0}), posting.title


def _questions(posting: Posting) -> Iterator[tuple[Criterion, str]]:
    """Yes-or-no questions about what somebody can or may do; others are for people to weigh."""
    for question in posting.questions:
        label = str(question.get("label", ""))
        if question.get("type") == "yes_no" and not is_private(question) and CAN_DO.search(label.casefold()):
            asks = {"question": question.get("key", ""), "label": label, "accept": ["yes"]}
            yield Criterion(Kind.ANSWER, Need.SHOULD, asks=asks), label


def _name(said: str) -> str:
    name = " ".join(said.split()).strip(" .,;:")
    return name[:1].upper() + name[1:]
