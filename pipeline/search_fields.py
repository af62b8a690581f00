"""What this floor adds to the query: who applied, to what, when, and where they stand. Only jobs one may see speak (SEC-1)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hiring import access
from hiring.models import Job, User
from hiring.names import fold
from hiring.query.contactable import AGAINST
from hiring.query.fields import Asked, Condition, Field, Suggestion, Together, of_choices, register
from hiring.query.standard import IS, within
from hiring.query.tree import Term
from hiring.query.values import instead, one_of, plain_value, span, wrong
from pipeline.models import Application, Judgement, Stage

Status = Application.Status
KINDS = list(Stage.Kind.values)
ENDED = {"rejected": Status.REJECTED, "withdrawn": Status.WITHDRAWN}
SUGGESTED = 12
SHARE = re.compile(r"([0-9]{1,3}) ?%?")


def _of_people(asked: Asked, about: Q) -> Q:
    """Ids rather than a join: as quick, and a person with three applications stays one."""
    return Q(pk__in=Application.objects.visible_to(asked.user).filter(about).values("candidate"))


APPLICATION = Together(_of_people)


def _stage(asked: Asked, term: Term) -> Condition:
    """A kind (applied, screen, interview, offer) or the name of a stage, of an application that runs; or how one ended."""
    text = plain_value(term)
    wanted = text.lower()
    if wanted in ENDED:
        return Q(status=ENDED[wanted])
    if wanted == "hired":
        return Q(status=Status.HIRED)
    if wanted in KINDS:
        return Q(stage__kind=wanted, status=Status.ACTIVE)
    named = Stage.objects.filter(job__in=Job.objects.visible_to(asked.user))
    named = named.filter(name__istartswith=text) if term.is_prefix else named.filter(name__iexact=text)
    if named.exists():
        return Q(stage__in=named.values("pk"), status=Status.ACTIVE)
    close = difflib.get_close_matches(wanted, [*KINDS, *ENDED], n=1, cutoff=0.6)
    hint = f" Did you mean stage:{close[0]}?" if close else f" There are {', '.join(KINDS)}, and stages by name."
    raise wrong(term, f"There is no stage “{text}”.{hint}", instead(term, close))


def _status(asked: Asked, term: Term) -> Condition:
    return Q(status=one_of(term, Status.values))


def _job(asked: Asked, term: Term) -> Condition:
    """By requisition id or by title, of jobs one may see."""
    text = plain_value(term)
    jobs = Job.objects.visible_to(asked.user)
    by_id = jobs.filter(requisition_id__iexact=text)
    found = list(by_id.values_list("pk", flat=True)) or list(_titled(jobs, text, is_prefix=term.is_prefix))
    if not found:
        raise wrong(term, f"There is no job “{text}” that you may see. Write part of its title, or its number.")
    return Q(job__in=found)


def _titled(jobs: QuerySet[Job], text: str, *, is_prefix: bool) -> Iterable[int]:
    wanted = fold(text).split()
    titles = [(pk, fold(title)) for pk, title in jobs.values_list("pk", "title")]
    exact = [pk for pk, title in titles if title.split() == wanted and not is_prefix]
    return exact or [pk for pk, title in titles if wanted and all(f" {word}" in f" {title}" for word in wanted)]


def _jobs(user: User, beginning: str) -> Iterable[Suggestion]:
    found = Job.objects.visible_to(user).filter(
        Q(title__icontains=beginning) | Q(requisition_id__istartswith=beginning)
    )
    for number, title, status in found.order_by("closed_at", "-created_at").values_list(
        "requisition_id", "title", "status"
    )[:SUGGESTED]:
        yield Suggestion(number, f"{title}, {Job.Status(status).label.lower()}")


def _applied(asked: Asked, term: Term) -> Condition:
    if not term.op and term.text.lower() in ("never", "none"):
        raise wrong(term, "Write -is:applicant for people who never applied.", "-is:applicant")
    return within("applied_at", span(term, asked.now, asked.user.zone))


def _criteria(asked: Asked, term: Term) -> Condition:
    """How an application meets what its job asks for, corrections by colleagues included; of pipelines one may open."""
    judged = Judgement.objects.filter(of__gt=0).annotate(_hundredfold=F("met") * 100)
    wanted = term.text.lower()
    if not term.op and wanted in CRITERIA:
        judged = judged.filter(CRITERIA[wanted])
    elif term.op == "..":
        if not (term.text or term.to):
            raise wrong(term, "criteria: needs an end of the range, such as criteria:50%..80%.")
        ends = [_share(term, text) if text else None for text in (term.text, term.to)]
        low, high = sorted(ends) if None not in ends else ends  # type: ignore[type-var]
        judged = judged.filter(_hundredfold__gte=F("of") * low) if low is not None else judged
        judged = judged.filter(_hundredfold__lte=F("of") * high) if high is not None else judged
    else:
        lookup = {"": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}[term.op]
        judged = judged.filter(**{f"_hundredfold__{lookup}": F("of") * _share(term, term.text)})
    return Q(access.pipelines_visible_to(asked.user, "job"), pk__in=judged.values("pk"))


def _share(term: Term, text: str) -> int:
    found = SHARE.fullmatch(text)
    if found is None or int(found[1]) > 100:
        said = f"“{text}” is no share of criteria. Write criteria:musts, criteria:met or criteria:>=80%."
        raise wrong(term, said, instead(term, difflib.get_close_matches(text.lower(), CRITERIA, n=1, cutoff=0.6)))
    return int(found[1])


CRITERIA = {
    "musts": Q(musts_met=F("musts")),
    "met": Q(met=F("of")),
    "any": Q(),
}


def _exists(asked: Asked, **about: object) -> Q:
    return Q(Exists(Application.objects.visible_to(asked.user).filter(candidate=OuterRef("pk"), **about)))


# The contact policy's own check: it rests in any process, also in one the person asking cannot see, as the policy's chip says.
AGAINST["active_application"] = lambda asked: Q(Exists(Application.objects.active().filter(candidate=OuterRef("pk"))))
IS["active"] = lambda asked: _exists(asked, status=Status.ACTIVE)
IS["applicant"] = lambda asked: _exists(asked)
IS["prospect"] = lambda asked: ~_exists(asked, status=Status.ACTIVE)
IS["hired"] = lambda asked: _exists(asked, status=Status.HIRED)


def _stages(user: User, beginning: str) -> Iterable[Suggestion]:
    """Kinds, how one can end, and the names of stages of jobs one may see."""
    yield from of_choices(STAGES)(user, beginning)
    named = Stage.objects.filter(job__in=Job.objects.visible_to(user), name__istartswith=beginning)
    for name in named.order_by("name").values_list("name", flat=True).distinct()[:SUGGESTED]:
        if name.lower() not in KINDS:
            yield Suggestion(name, "stage of that name")


STAGES = [(kind, "") for kind in KINDS] + [("rejected", "we said no"), ("withdrawn", "they said no")]
STATUSES = [(value, label.lower()) for value, label in Status.choices]
TIMES = of_choices(
    [("<30d", "in the last 30 days"), (">90d", "longer ago than 90 days"), ("2026-01..2026-03", "two months")]
)

register(
    Field(
        "stage",
        "Stage",
        "stage:interview",
        _stage,
        "choice",
        suggest=_stages,
        together=APPLICATION,
        order=10,
    )
)
register(
    Field(
        "status",
        "Status",
        "status:active",
        _status,
        "choice",
        suggest=of_choices(STATUSES),
        together=APPLICATION,
        order=11,
    )
)
register(Field("job", "Job", 'job:"data engineer"', _job, "choice", suggest=_jobs, together=APPLICATION, order=12))
register(
    Field(
        "applied", "Applied", "applied:<30d", _applied, "date", suggest=TIMES, together=APPLICATION, order=13,
        more=(("applied:2026-01..2026-03", "from month to month"), ("applied:>30d", "longer ago than 30 days"), ("-is:applicant", "never")),
    )
)  # fmt: skip
register(
    Field(
        "criteria", "Criteria met", "criteria:>=80%", _criteria, "number",
        suggest=of_choices([("musts", "every must-have met"), ("met", "all of them met"), (">=80%", "at least four of five met")]),
        together=APPLICATION, order=14, may=access.can_browse_candidates,
        more=(("criteria:musts", "every must-have met"), ("criteria:met", "all of them met"), ("criteria:50%..80%", "between two shares")),
    )
)  # fmt: skip
