"""Comparing what was read with what was put in.

Strict: equal after folding case, accents and punctuation. Loose: one holds the other, or at least half of their words are
shared. Precision counts what was read, recall what was put in. A job's dates are right when start and end are exactly those
of the truth in the position that names this title or employer; its work is right when the lines about it stand in its passage.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.resumes.people import Person
from hiring import taxonomy
from hiring.names import fold
from hiring.resumes.profile import Found, Position, Profile

FIELDS = (
    "e-mail", "phone", "phone (last 9)", "name", "link", "location", "headline", "title", "title (strict)", "employer", "employer (strict)", "dates", "work",
    "degree", "degree (strict)", "school", "school (strict)", "study dates", "skill", "language", "language level", "certificate", "years ±1",
)  # fmt: skip


@dataclass
class Count:
    wanted: int = 0
    found: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


@dataclass
class Scores:
    counts: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    misses: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, name: str, wanted: list[str], got: list[str], alike: str = "loose") -> None:
        """Match each wanted value with one that was read, at most once."""
        rest, right = list(got), 0
        for value in wanted:
            hit = next((one for one in rest if same(value, one, "strict")), None) or next(
                (one for one in rest if same(value, one, alike)), None
            )
            if hit is not None:
                rest.remove(hit)
                right += 1
            else:
                self.misses.append((name, "missed", value, " / ".join(got)[:200]))
        self.misses += [(name, "extra", one, " / ".join(wanted)[:200]) for one in rest]
        self.tally(name, len(wanted), len(got), right)

    def tally(self, name: str, wanted: int, found: int, right: int) -> None:
        count = self.counts[name]
        count.wanted += wanted
        count.found += found
        count.right += right


def key(text: str) -> str:
    return fold(re.sub(r"([+#])", r" \1 ", text).replace("+", "plus").replace("#", "sharp"))


def same(one: str, other: str, alike: str) -> bool:
    mine, theirs = key(one), key(other)
    if mine == theirs or alike == "strict":
        return mine == theirs
    if not mine or not theirs:
        return False
    if f" {mine} " in f" {theirs} " or f" {theirs} " in f" {mine} ":
        return True
    left, right = set(mine.split()), set(theirs.split())
    return len(left & right) / len(left | right) >= 0.5


def canonical(skill: str) -> str:
    """Two names of one skill are one answer."""
    return taxonomy.start().skills.canonical(skill) or skill


def values(found: tuple[Found, ...] | list[Found | None]) -> list[str]:
    return [one.value for one in found if one]


def compare(person: Person, profile: Profile, scores: Scores, *, has: set[str]) -> None:
    """Add one résumé. `has` names what its layout writes at all."""
    scores.add("e-mail", [person.email], values(profile.emails), "strict")
    scores.add("phone", [person.phone], values(profile.phones), "strict")
    scores.add("phone (last 9)", [person.phone[-9:]], [one[-9:] for one in values(profile.phones)], "strict")
    scores.add("name", [person.name], values([profile.name]), "strict")
    if "link" in has:
        bare = [one.removeprefix("https://").removeprefix("www.") for one in values(profile.links)]
        scores.add("link", [person.link], bare, "strict")
    scores.add("location", [f"{person.city}, {person.country}"], values([profile.location]), "strict")
    if "headline" in has:
        scores.add("headline", [person.headline], values([profile.headline]))
    for strict, alike in ((" (strict)", "strict"), ("", "loose")):
        scores.add(
            f"title{strict}", [job.title for job in person.jobs], values([p.title for p in profile.positions]), alike
        )
        scores.add(
            f"employer{strict}",
            [job.employer for job in person.jobs],
            values([p.employer for p in profile.positions]),
            alike,
        )
        scores.add(
            f"degree{strict}", [s.degree for s in person.studies], values([s.degree for s in profile.education]), alike
        )
        scores.add(
            f"school{strict}", [s.school for s in person.studies], values([s.school for s in profile.education]), alike
        )
    _dates(person, profile, scores, "year" in has)
    _work(person, profile, scores)
    wanted = [skill for skill in person.skills if "skills" in has or skill in person.said_skills]
    scores.add(
        "skill", list(dict.fromkeys(map(canonical, wanted))), [canonical(skill.name) for skill in profile.skills]
    )
    if "languages" in has:
        scores.add(
            "language", [code for code, _, _ in person.languages], [one.code for one in profile.languages], "strict"
        )
        scores.add(
            "language level",
            [f"{code} {level}" for code, level, _ in person.languages],
            [f"{one.code} {one.level}" for one in profile.languages],
            "strict",
        )
    if "certificates" in has:
        scores.add(
            "certificate", [name for name, _ in person.certificates], values([one.name for one in profile.certificates])
        )
    near = profile.years_computed is not None and abs(profile.years_computed - person.years) <= 1
    scores.tally("years ±1", 1, profile.years_computed is not None, near)
    if not near:
        scores.misses.append(("years ±1", "wrong", str(person.years), str(profile.years_computed)))


def _dates(person: Person, profile: Profile, scores: Scores, years_only: bool) -> None:
    rest = list(profile.positions)
    right = 0
    for job in person.jobs:
        start, end = (job.start[:4], job.end and job.end[:4]) if years_only else (job.start, job.end)
        hit = next(
            (one for one in rest if _tells(one, job.title, job.employer) and (one.start, one.end) == (start, end)), None
        )
        if hit:
            rest.remove(hit)
            right += 1
        else:
            scores.misses.append(
                (
                    "dates",
                    "missed",
                    f"{job.title} {start} {end}",
                    " / ".join(f"{p.start}–{p.end}" for p in profile.positions),
                )
            )
    scores.tally("dates", len(person.jobs), len(profile.positions), right)
    wanted = [f"{s.start} {s.end}" for s in person.studies]
    scores.add("study dates", wanted, [f"{s.start} {s.end}" for s in profile.education if s.end], "strict")


def _work(person: Person, profile: Profile, scores: Scores) -> None:
    """Lines about the work that stand in the passage of a job: do they stand in that of their own?"""
    passages = [(one, f" {key(one.text.value)} ") for one in profile.positions if one.text]
    for job in person.jobs:
        for line in job.says:
            told = [one for one, passage in passages if f" {key(line)} " in passage]
            if told:
                right = any(_tells(one, job.title, job.employer) for one in told)
                scores.tally("work", 1, 1, right)
                if not right:
                    scores.misses.append(("work", "misled", line, f"{job.title}, {job.employer}"))


def _tells(position: Position, title: str, employer: str) -> bool:
    return bool(
        (position.title and same(title, position.title.value, "loose"))
        or (position.employer and same(employer, position.employer.value, "loose"))
    )
