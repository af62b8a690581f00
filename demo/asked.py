"""What the jobs of Nordvale Grid ask of people: criteria like those a recruiter takes from the posting."""

from __future__ import annotations

from demo import company
from demo.words import TRADES
from hiring import context
from hiring.models import Job, User
from pipeline.models import CriterionKind as Kind
from pipeline.models import Need
from pipeline.screening import criteria
from pipeline.screening.criteria import Criterion

STATEMENT = "Has explained something difficult to people outside of their field"


def ask() -> None:
    """Criteria for every job that has people, made by its recruiter. The worker judges afterwards."""
    people = {colleague.key: colleague.email for colleague in company.COLLEAGUES}
    jobs = {job.title: job for job in Job.objects.all()}
    for plan in company.JOBS:
        job = jobs.get(plan.title)
        if job is None or plan.fate in ("draft", "pending"):
            continue
        by = User.objects.get(email=people[plan.recruiter])
        with context.acting(door="page", actor_id=by.pk):
            criteria.copy(job, list(_of(plan)), by=by, said="Taken from the posting")


def _of(plan: company.Plan) -> list[Criterion]:
    trade = TRADES[plan.trade]
    first, second, third, fourth = trade.skills[:4]
    return [
        Criterion(Kind.SKILL, Need.MUST, 5, {"skill": first, "years": 2}),
        Criterion(Kind.SKILL, Need.MUST, 4, {"skill": second, "years": 0}),
        Criterion(Kind.EXPERIENCE, Need.SHOULD, 3, {"years": 4}),
        Criterion(Kind.SKILL, Need.SHOULD, 3, {"skill": third, "years": 0}),
        Criterion(Kind.LANGUAGE, Need.SHOULD, 2, {"language": "en", "level": "B2"}),
        Criterion(Kind.STATEMENT, Need.SHOULD, 2, {"text": STATEMENT}),
        Criterion(Kind.SKILL, Need.BONUS, 1, {"skill": fourth, "years": 0}),
    ]
