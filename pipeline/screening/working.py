"""Skills, years and titles: what somebody did in their jobs, proven by the jobs themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from hiring.resumes.profile import Found, Position, Skill
from hiring.taxonomy import key, titles
from hiring.taxonomy.vocabulary import Vocabulary
from pipeline.models import Verdict
from pipeline.screening.criteria import Criterion
from pipeline.screening.facts import Facts, called
from pipeline.screening.results import Evidence, Result

MOST_EVIDENCE = 3
SECTIONS = {
    "experience": "Experience", "projects": "Projects", "skills": "Skills", "summary": "Summary", "certificates": "Certificates",
    "education": "Education", "languages": "Languages", "publications": "Publications",
}  # fmt: skip
STRONG = {"experience", "projects"}
LIKE_ENOUGH = 0.5
EMPTY = {"and", "of", "the", "for", "in", "de", "des", "und", "et", "y"}


# --- skills ---------------------------------------------------------------------------------------------------------


def skill(one: Criterion, facts: Facts) -> Result:
    """Named in a job or project, strong; only in a list or a summary, partly. Years are those of the dated jobs that name it."""
    asked, years = str(one.asks["skill"]), float(one.asks.get("years") or 0)
    names = facts.taxonomy.skills.expand(asked)
    known = [skill for skill in facts.profile.skills if key(skill.name) in names]
    by_hand = [skill for skill in known if not skill.evidence]
    places = [
        (place, skill.section) for skill in known for place in skill.evidence if facts.counts(place.start, place.end)
    ]
    if not places and not by_hand and facts.taxonomy.skills.canonical(asked) is None:
        places = [(place, "") for place in phrases(facts, [asked])]
    if not places and not by_hand:
        return Result(one.key, Verdict.NOT_FOUND, "skill", f"{asked} is not named in the résumé.")
    jobs = _jobs_of(facts, [place for place, _ in places])
    strong = bool(jobs) or any(section in STRONG for _, section in places) or any(s.is_strong for s in by_hand)
    evidence = _evidence(facts, places) or tuple(
        Evidence("record", skill.name, "Added by a colleague") for skill in by_hand[:1]
    )
    if not years:
        if strong or by_hand:
            return Result(one.key, Verdict.MET, "skill", _shown_by(jobs, by_hand), evidence)
        return Result(one.key, Verdict.PARTLY, "skill_listed", "Named, but not in a job or project.", evidence)
    months = facts.months(jobs)
    if months >= years * 12:
        return Result(one.key, Verdict.MET, "skill_years", f"{lasted(months)} in jobs that name it.", evidence)
    if months:
        note = f"{lasted(months)} in jobs that name it; {years:g} asked for."
        return Result(one.key, Verdict.PARTLY, "skill_years", note, evidence)
    return Result(
        one.key, Verdict.PARTLY, "skill_listed", "Named, but in no job with dates: the years cannot be told.", evidence
    )


def _jobs_of(facts: Facts, places: Iterable[Found]) -> list[Position]:
    found = {id(job): job for place in places if (job := facts.job_at(place.start))}
    return list(found.values())


def _shown_by(jobs: Sequence[Position], by_hand: Sequence[Skill]) -> str:
    if jobs:
        return f"Named in {len(jobs)} jobs." if len(jobs) > 1 else "Named in a job."
    return "Added by a colleague." if by_hand else "Named in a project."


def _evidence(facts: Facts, places: Sequence[tuple[Found, str]]) -> tuple[Evidence, ...]:
    """The best places: those in jobs, each job once; without any, where else it stands."""
    told = [(place, facts.job_at(place.start), section) for place, section in places]
    in_jobs = [said for said in told if said[1]]
    seen: set[str] = set()
    found: list[Evidence] = []
    for place, job, section in sorted(in_jobs or told, key=lambda said: said[0].start):
        where = called(job) if job else SECTIONS.get(section, "Résumé")
        if where not in seen and len(found) < MOST_EVIDENCE:
            seen.add(where)
            found.append(facts.quote(place, where))
    return tuple(found)


def phrases(facts: Facts, names: Iterable[str]) -> list[Found]:
    """Where one of these names stands in the text as words of its own, outside of what is shut out."""
    page = facts.page
    found: list[Found] = []
    for name in names:
        words = [re.escape(word) for word in re.split(r"[\s–—-]+", _plain(name)) if word]
        if words:
            said = r"[\s–—-]+".join(words)
            for match in re.finditer(rf"(?<![\w+#]){said}(?![\w+#])", page.folded):
                place = page.found(match.start(), match.end(), 0.6)
                if facts.counts(place.start, place.end):
                    found.append(place)
    return found


def _plain(name: str) -> str:
    from hiring.resumes.page import folded

    return folded(name).strip()


def lasted(months: int) -> str:
    """`3 years 2 months`."""
    years, rest = divmod(months, 12)
    said = [f"{years} year{'' if years == 1 else 's'}"] if years else []
    said += [f"{rest} month{'' if rest == 1 else 's'}"] if rest else []
    return " ".join(said) or "less than a month"


# --- years of experience ----------------------------------------------------------------------------------------------


def experience(one: Criterion, facts: Facts) -> Result:
    """The jobs' months together, those at the same time once. A gap is no fault: only what was worked is counted."""
    years = float(one.asks["years"])
    dated = [job for job in facts.profile.positions if facts.span_of(job)]
    months, stated = facts.months(dated), facts.profile.years_stated
    evidence = tuple(_of_job(facts, job) for job in dated[:MOST_EVIDENCE])
    if months >= years * 12:
        return Result(one.key, Verdict.MET, "experience", f"The dated jobs add up to {lasted(months)}.", evidence)
    if stated is not None and stated >= years:
        note = f"They say {stated:g} years; " + (
            f"the dated jobs add up to {lasted(months)}." if months else "no job has dates."
        )
        return Result(one.key, Verdict.PARTLY, "experience_stated", note, evidence)
    if months:
        note = f"The dated jobs add up to {lasted(months)}; {years:g} years asked for."
        return Result(one.key, Verdict.PARTLY, "experience", note, evidence)
    if facts.profile.positions:
        return Result(
            one.key, Verdict.UNKNOWN, "experience_undated", "There are jobs, but none with dates that could be read."
        )
    return Result(one.key, Verdict.NOT_FOUND, "experience", "No jobs were found in the résumé.")


def _of_job(facts: Facts, job: Position) -> Evidence:
    return facts.quote(job.when or job.title or job.text, called(job))


# --- titles -----------------------------------------------------------------------------------------------------------


def title(one: Criterion, facts: Facts) -> Result:
    """The same title, a narrower one or another name of it; one that shares its role and half its words is similar."""
    asked, years = str(one.asks["title"]), float(one.asks.get("years") or 0)
    known = facts.taxonomy.titles
    held = [job for job in facts.profile.positions if job.title and job.title.value]
    same = [job for job in held if job.title and _is_title(known, asked, job.title.value)]
    high = [job for job in same if job.title and _is_level(asked, job.title.value)]
    if high:
        return _held_for(one, facts, high, years)
    if same:
        note = f"Held the title, without “{titles.level(asked)}” in it."
        return Result(one.key, Verdict.PARTLY, "title_level", note, _of_titles(facts, same))
    similar = [job for job in held if job.title and likeness(asked, job.title.value) >= LIKE_ENOUGH]
    if similar:
        return Result(one.key, Verdict.PARTLY, "title_similar", "A similar title.", _of_titles(facts, similar))
    if not held and facts.profile.positions:
        return Result(one.key, Verdict.UNKNOWN, "title_unread", "There are jobs, but no titles that could be read.")
    return Result(one.key, Verdict.NOT_FOUND, "title", f"No job as {asked} was found.")


def _held_for(one: Criterion, facts: Facts, jobs: Sequence[Position], years: float) -> Result:
    months, evidence = facts.months(jobs), _of_titles(facts, jobs)
    if months >= years * 12:
        return Result(one.key, Verdict.MET, "title", f"Held for {lasted(months)}." if months else "Held.", evidence)
    note = (
        f"Held for {lasted(months)}; {years:g} years asked for."
        if months
        else "Held, but without dates that could be read."
    )
    return Result(one.key, Verdict.PARTLY, "title_years", note, evidence)


def _of_titles(facts: Facts, jobs: Sequence[Position]) -> tuple[Evidence, ...]:
    return tuple(facts.quote(job.title, called(job)) for job in jobs[:MOST_EVIDENCE] if job.title)


def _is_title(known: Vocabulary, asked: str, held: str) -> bool:
    names = titles.like(known, asked)
    return (
        bare(held) in names or titles.plain(held) in names or (titles.canonical(known, held) or "-").casefold() in names
    )


def _is_level(asked: str, held: str) -> bool:
    """Whether a held title is at least as senior as the asked one says; one that says nothing asks nothing."""
    order = ["", *titles.LEVELS]
    wanted = titles.level(asked)
    return wanted in ("", "junior", "middle") or order.index(titles.level(held)) >= order.index(wanted)


def bare(title: str) -> str:
    """A title as it is compared, without its seniority."""
    return " ".join(word for word in titles.plain(title).split() if word not in titles.LEVEL_OF)


def likeness(one: str, other: str) -> float:
    """The words two titles share of all their words, where they end in the same role: 0 to 1."""
    mine, theirs = ([word for word in bare(text).split() if word not in EMPTY] for text in (one, other))
    if not mine or not theirs or mine[-1] != theirs[-1] or len(mine) == 1:
        return 0.0
    return len(set(mine) & set(theirs)) / len(set(mine) | set(theirs))
