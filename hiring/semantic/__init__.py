"""People alike, and people for a job: by what texts mean and the words they share, within what the asking person may see.

    semantic.similar_people(user, candidate, people, 20)
    semantic.people_for_job(user, job, people, 20)
    semantic.like_text(user, "grid planner with Python", people, 20)

Each answers with a `Ranking` of `Match`es that say why. Vectors are made in the background (`manage.py embed`); without the
model, or before it got to somebody, words alone decide: nothing breaks, `by_meaning` says so.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db.models import Q

from hiring.models import Candidate, CandidateVector, DocumentText, Job, JobVector, User
from hiring.models.candidates import CandidateQuerySet
from hiring.semantic import asking, model, storage, texts, words
from hiring.semantic.ranking import Match, Ranking, rank

__all__ = ["Match", "Ranking", "is_on", "like_text", "on_the_job", "people_for_job", "similar_people"]

on_the_job: dict[str, Callable[[Job], Q]] = {}
"""Name to a filter over the people who are on a job already. Filled by the floor that knows; empty means nobody is proposed."""


def is_on() -> bool:
    """Whether this installation ranks by meaning: SEMANTIC_SEARCH, and the model is there."""
    return bool(settings.SEMANTIC_SEARCH) and model.is_installed()


def similar_people(
    user: User, candidate: Candidate, people: CandidateQuerySet | None = None, limit: int = 20
) -> Ranking:
    """Those of `people` whom `user` may see and whose work is most like this person's."""
    allowed = _allowed(user, people).exclude(pk=candidate.pk)
    vector = storage.of(CandidateVector, candidate.pk) if is_on() else None
    return rank(allowed, vector=vector, asked=words.concepts(_text_of(candidate)), limit=limit)


def people_for_job(user: User, job: Job, people: CandidateQuerySet | None = None, limit: int = 20) -> Ranking:
    """Those of `people` whom `user` may see, who are not on the job already, and who fit what it asks for."""
    if not on_the_job:
        return Ranking()
    allowed = _allowed(user, people)
    for scope in on_the_job.values():
        allowed = allowed.exclude(scope(job))
    vector = storage.of(JobVector, job.pk) if is_on() else None
    return rank(allowed, vector=vector, asked=words.concepts(text_of_job(job)), limit=limit)


def like_text(user: User, text: str, people: CandidateQuerySet | None = None, limit: int = 50) -> Ranking:
    """Those of `people` whom `user` may see, by how well they fit some words or a whole advert."""
    said = texts.of_query(text)
    if not said:
        return Ranking()
    vector = asking.vector_of(said) if is_on() else None
    return rank(_allowed(user, people), vector=vector, asked=words.concepts(said), limit=limit)


def text_of_job(job: Job) -> str:
    posting = getattr(job, "posting", None)
    return texts.of_job(job.title, posting.description if posting else "", settings.ORGANISATION_NAME)


def _allowed(user: User, people: CandidateQuerySet | None) -> CandidateQuerySet:
    return (Candidate.objects.all() if people is None else people).visible_to(user)


def _text_of(candidate: Candidate) -> str:
    """Where skills are looked for: the headline and the newest résumé."""
    resumes = DocumentText.objects.filter(document__candidate=candidate.pk, document__kind="resume")
    newest = resumes.order_by("-document__uploaded_at", "-document").values_list("text", flat=True).first()
    return f"{candidate.headline}\n{newest or ''}"
