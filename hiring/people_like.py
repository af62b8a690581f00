"""A list of people by likeness as a page shows it: each with the reasons, and the parts of the score on demand (invariant 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from hiring import query, semantic, standings, taxonomy
from hiring.models import Candidate, Job, User
from hiring.models.candidates import CandidateQuerySet
from hiring.query.said import Said, wrong
from hiring.semantic import Match, Ranking, languages
from hiring.semantic.ranking import LEXICAL
from hiring.standings import Standing

STEP, MOST = 20, 100
LONGEST_NARROW = 300
SHOWN_FROM = 40_000
START, STOP = "\x02", "\x03"
PASSAGES = """
WITH said AS (SELECT a.id, string_agg(a.name, ' | ') AS words FROM unnest(%(ids)s::bigint[], %(names)s::text[]) AS a (id, name)
               JOIN hiring_candidatesearch s ON s.candidate_id = a.id WHERE s.tsv @@ a.name::tsquery GROUP BY a.id)
SELECT c.id, ts_headline('tl_text', left(translate(resume.text, E'\\x02\\x03', ''), %(from)s), c.words::tsquery,
                         E'StartSel="\\x02", StopSel="\\x03", MaxWords=24, MinWords=12, MaxFragments=1')
  FROM said c
  CROSS JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume
"""


@dataclass
class Row:
    """One person of the list. `passage` is pieces of their résumé with whether each matches; `title` theirs, when it is alike;
    `skills` those looked for that they have (other shared words count, but are stems nobody wants to read); `language` that of
    their résumé where the model does not read it."""

    candidate: Candidate
    match: Match
    place: int
    title: str = ""
    skills: tuple[str, ...] = ()
    passage: list[tuple[str, bool]] = field(default_factory=list)
    language: str = ""
    stands: list[Standing] = field(default_factory=list)

    @property
    def meaning(self) -> str:
        return f"{self.match.by_meaning:+.2f}"

    @property
    def words(self) -> str:
        return f"{self.match.by_words:+.2f}"

    @property
    def score(self) -> str:
        return f"{self.match.score:+.2f}"

    @property
    def is_by_title_alone(self) -> bool:
        return bool(self.title) and not self.match.skills


@dataclass
class Shown:
    """The list, what was looked for, and whether there is more to ask for. `problem` says what is wrong with the narrowing,
    `language` that the text asked with is in one the model does not read."""

    rows: list[Row]
    ranking: Ranking
    more: int = 0
    narrow: str = ""
    problem: Said | None = None
    lexical: float = LEXICAL
    language: str = ""
    is_on: bool = True

    @property
    def ids(self) -> list[int]:
        return [row.candidate.pk for row in self.rows]

    @property
    def asked(self) -> list[str]:
        """The skills that were looked for."""
        return [concept.name for concept in self.ranking.concepts if concept.is_skill]


def like_candidate(user: User, candidate: Candidate, *, narrow: str = "", show: int = STEP) -> Shown:
    """People whose work is like this person's."""
    people, problem = _narrowed(user, narrow)
    ranking = semantic.similar_people(user, candidate, people, show + 1)
    language = languages.unread([candidate.pk]).get(candidate.pk, "")
    return _shown(user, ranking, candidate.headline, narrow, problem, show, language)


def for_job(user: User, job: Job, *, narrow: str = "", show: int = STEP) -> Shown:
    """People who fit a job and are not on it."""
    people, problem = _narrowed(user, narrow)
    ranking = semantic.people_for_job(user, job, people, show + 1)
    language = languages.of_text(semantic.text_of_job(job))
    return _shown(user, ranking, job.title, narrow, problem, show, language)


def size(asked: str) -> int:
    """How many to show: a multiple of STEP up to MOST."""
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else STEP
    return max(STEP, min(MOST, wanted))


def _narrowed(user: User, narrow: str) -> tuple[CandidateQuerySet, Said | None]:
    people = Candidate.objects.all()
    if not narrow:
        return people, None
    try:
        return people.filter(query.match(query.parse(narrow), user).filter()), None
    except query.QueryError as error:
        return people.none(), wrong(narrow, error, user)


def _shown(
    user: User, ranking: Ranking, title: str, narrow: str, problem: Said | None, show: int, language: str = ""
) -> Shown:
    more = min(MOST, show + STEP) if len(ranking.matches) > show and show < MOST else 0
    matches = ranking.matches[:show]
    people = Candidate.objects.visible_to(user).in_bulk([match.candidate for match in matches])
    matches = [match for match in matches if match.candidate in people]
    passages = _passages(ranking, matches)
    stands = standings.of_people(user, [match.candidate for match in matches])
    unread = languages.unread(list(people))
    named = {concept.name for concept in ranking.concepts if concept.is_skill}
    rows = [
        Row(
            candidate=people[match.candidate],
            match=match,
            place=place,
            title=_like_title(title, people[match.candidate].headline),
            skills=tuple(name for name in match.skills if name in named),
            passage=passages.get(match.candidate, []),
            language=unread.get(match.candidate, ""),
            stands=stands.get(match.candidate, []),
        )
        for place, match in enumerate(matches, 1)
    ]
    return Shown(rows, ranking, more, narrow, problem, language=language, is_on=semantic.is_on())


def _like_title(one: str, other: str) -> str:
    """The other title as the taxonomy names it, when it is the same or a narrower one."""
    mine = taxonomy.canonical_title(_role(one))
    theirs = taxonomy.canonical_title(_role(other))
    if not mine or not theirs:
        return ""
    titles = taxonomy.current().titles
    return theirs if theirs in titles.answers(mine) or mine in titles.answers(theirs) else ""


def _role(headline: str) -> str:
    """The title in a headline such as "Data Engineer at Fathom Grid"."""
    for mark in (" at ", " bei ", " chez ", " @ ", ",", "|", "–"):
        headline = headline.partition(mark)[0]
    return headline


def _passages(ranking: Ranking, matches: Sequence[Match]) -> dict[int, list[tuple[str, bool]]]:
    """The piece of each résumé that speaks of what was looked for; only for the people of the page."""
    names = {concept.name: concept.names for concept in ranking.concepts}
    asked = [(match.candidate, name) for match in matches for skill in match.skills for name in names[skill]]
    if not asked:
        return {}
    with connection.cursor() as cursor:
        ids, said = [pk for pk, _ in asked], [name for _, name in asked]
        cursor.execute(PASSAGES, {"from": SHOWN_FROM, "ids": ids, "names": said})
        return {pk: _pieces(text) for pk, text in cursor.fetchall() if text and START in text}


def _pieces(text: str) -> list[tuple[str, bool]]:
    """A headline of PostgreSQL as pieces with whether each was marked."""
    line = " ".join(text.split())
    pieces = []
    for number, part in enumerate(line.split(START)):
        marked, _, plain = part.partition(STOP) if number else ("", "", part)
        pieces += [(marked, True)] if marked else []
        pieces += [(plain, False)] if plain else []
    return pieces
