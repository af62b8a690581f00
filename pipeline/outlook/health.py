"""The overview's own read: openings against the plan, time open, the funnel, who waits, why people left, and the forecast."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from hiring.models import Job, Opening
from pipeline.models import Application, RejectionReason, Stage
from pipeline.outlook import figures, funnel, past
from pipeline.outlook.forecast import PRIOR_WORTH, WIDE_WORTH, Basis, Forecast, forecast

AHEAD, BEHIND = 0.7, 0.3
LABELS = {str(kind): str(kind.label) for kind in Stage.Kind}


@dataclass(frozen=True)
class Late:
    stage: Stage
    count: int

    @property
    def url(self) -> str:
        return reverse("pipeline:figure", args=[self.stage.job_id, f"late-{self.stage.pk}"])


@dataclass(frozen=True)
class Why:
    """One reason with how many ended for it."""

    job: int
    pk: int
    label: str
    ended_by: str
    count: int

    @property
    def url(self) -> str:
        return reverse("pipeline:figure", args=[self.job, f"reason-{self.pk}"])


@dataclass
class Health:
    """`plan` is the day by which the next open place should be filled; None where nobody set one."""

    places: int
    filled: int
    overdue: list[Opening]
    plan: dt.date | None
    days_open: int | None
    steps: list[funnel.Step]
    late: list[Late]
    idle: int
    letters: int
    reasons: list[Why]

    @property
    def open_places(self) -> int:
        return self.places - self.filled

    @property
    def ended(self) -> int:
        return sum(reason.count for reason in self.reasons)

    @property
    def late_in_all(self) -> int:
        return sum(row.count for row in self.late)


def read(job: Job) -> Health:
    """Seven statements, however many people there are."""
    today = timezone.localdate()
    openings = [one for one in job.openings.all() if one.status != Opening.Status.CANCELLED]
    waiting = [one for one in openings if one.status == Opening.Status.OPEN]
    stages = list(job.stages.standing())
    by_pk = {stage.pk: stage for stage in stages}
    late = figures.late(job).order_by().values_list("stage").annotate(people=Count("pk"))
    reasons = (
        Application.objects.filter(job=job, reason__isnull=False)
        .exclude(status=Application.Status.ACTIVE)
        .order_by()
        .values_list("reason", "reason__label", "reason__ended_by")
        .annotate(people=Count("pk"))
    )
    words = dict(RejectionReason.EndedBy.choices)
    return Health(
        places=len(openings),
        filled=len(openings) - len(waiting),
        overdue=[one for one in waiting if one.target_start and one.target_start < today],
        plan=min((day for day in [job.target_date, *(one.target_start for one in waiting)] if day), default=None),
        days_open=(timezone.now() - job.opened_at).days if job.opened_at and job.is_open else None,
        steps=funnel.read(job, stages),
        late=sorted(
            (Late(by_pk[pk], people) for pk, people in late if pk in by_pk), key=lambda row: row.stage.position
        ),
        idle=figures.idle(job).count(),
        letters=figures.letters(job).count(),
        reasons=sorted(
            (Why(job.pk, pk, label, words[by], people) for pk, label, by, people in reasons), key=lambda why: -why.count
        ),
    )


@dataclass(frozen=True)
class Outlook:
    """The forecast in words' reach. `missing` is what is too little for one; `thin` what the department had too little of, so that
    it is made from the whole company (`is_wide`)."""

    basis: Basis
    places: int
    similar: int
    missing: list[str]
    thin: list[str] = field(default_factory=list)
    is_wide: bool = False
    forecast: Forecast | None = None
    by_plan: tuple[float, float, float] | None = None
    plan: dt.date | None = None

    @property
    def verdict(self) -> str:
        """filled, ahead, behind, or on the edge of the plan; empty where there is no plan or no forecast."""
        if not self.places:
            return "filled"
        if self.by_plan is None:
            return ""
        return "ahead" if self.by_plan[0] >= AHEAD else "behind" if self.by_plan[0] <= BEHIND else "edge"

    @property
    def uncounted(self) -> list[tuple[str, int]]:
        """Kinds of stage whose people are left out, and how many."""
        return [(LABELS[kind], people) for kind, people in self.basis.uncounted().items()]

    @property
    def worth(self) -> int:
        """As how many people other jobs count at each kind of stage."""
        return WIDE_WORTH if self.is_wide else PRIOR_WORTH

    @property
    def is_plan_past(self) -> bool:
        return self.plan is not None and self.plan < timezone.localdate()

    @property
    def likely_on(self) -> dt.date | None:
        within = self.forecast.likely_within() if self.forecast else None
        return timezone.localdate() + dt.timedelta(days=within) if within else None

    @property
    def in_the_end(self) -> int:
        return round(100 * self.forecast.chances[-1]) if self.forecast else 0


def outlook(job: Job) -> Outlook:
    """Three statements and some arithmetic; three more where the department has too little and the whole company is asked."""
    waiting = list(job.openings.filter(status=Opening.Status.OPEN).values_list("target_start", flat=True))
    plan = min((day for day in [job.target_date, *waiting] if day), default=None)
    similar = past.similar_to(job)
    basis = past.basis(job, similar)
    if not waiting or not any(basis.here.values()):
        return Outlook(basis, len(waiting), len(similar), [], plan=plan)
    thin = basis.missing(LABELS)
    if thin:
        similar = past.in_the_company(job)
        basis = past.basis(job, similar, worth=WIDE_WORTH)
    missing = basis.missing(LABELS) if thin else []
    made = Outlook(basis, len(waiting), len(similar), missing, thin, is_wide=bool(thin), plan=plan)
    if missing:
        return made
    found = forecast(basis.counted(), len(waiting))
    days = (plan - timezone.localdate()).days if plan else None
    return replace(made, forecast=found, by_plan=found.at(days) if days is not None else None)
