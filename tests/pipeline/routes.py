"""Who may use which address of the pipeline. Interviewers on a team meet people through interviews, not through the board."""

from django.utils import timezone

from pipeline import bulk, rejection
from pipeline.models import BulkAct, RejectionReason
from tests import factories
from tests.matrix import EVERYBODY, Rule

DECIDERS = frozenset({"admin", "recruiter", "coordinator", "hiring_manager"})
READERS = EVERYBODY - {"interviewer"}
ADDERS = frozenset({"admin", "recruiter", "coordinator"})
EDITORS = frozenset({"admin", "recruiter", "hiring_manager"})


def job(world):
    return [world.job.pk]


def screen(world):
    return [world.stages["screen"].pk]


def application(world):
    return [world.application.pk]


def candidate(world):
    return [world.candidate.pk]


def rejected(world):
    world.application.refresh_from_db()
    if world.application.is_active:
        reason = RejectionReason.objects.first() or factories.RejectionReasonFactory()
        rejection.reject(world.application, reason, by=world.people["recruiter"])
    return application(world)


def act(world):
    found = BulkAct.objects.filter(kind="move").first()
    if not found:
        by = world.people["recruiter"]
        found = bulk.run(bulk.start_move(world.job, [world.application.pk], world.stages["screen"], by=by))
    return [found.pk]


def running(world):
    by = world.people["recruiter"]
    found = BulkAct.objects.filter(finished_at=None).first() or BulkAct.objects.create(
        kind="move", job=world.job, by=by, at=timezone.now(), to=world.stages["screen"], total=1, waiting=[1]
    )
    return [found.pk]


ROUTES = {
    "pipeline:board": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:board_changes": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:board_more": Rule(
        args=lambda world: [world.job.pk, world.stages["applied"].pk], allowed=READERS, outsider=404
    ),
    "pipeline:table": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:review": Rule(args=job, allowed=DECIDERS, outsider=404),
    "pipeline:review_note": Rule(args=application, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk": Rule(args=job, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk_act": Rule(args=act, allowed=READERS, outsider=404),
    "pipeline:bulk_undo": Rule(args=act, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk_stop": Rule(args=running, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:plan": Rule(args=job, allowed=EVERYBODY, outsider=404),
    "pipeline:stage_create": Rule(args=job, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:stage_shift": Rule(args=screen, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:stage_remove": Rule(args=screen, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:application_move": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:application_undo": Rule(args=application, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:application_advance": Rule(
        args=lambda world: [world.application.pk, world.application.stage_id],
        allowed=DECIDERS,
        outsider=404,
        method="post",
    ),
    "pipeline:application_reject": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:application_restore": Rule(args=rejected, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:application_withdraw": Rule(args=application, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:rejection_stop": Rule(args=rejected, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:candidate_applications": Rule(args=candidate, outsider=404),
    "pipeline:application_create": Rule(args=candidate, allowed=ADDERS, outsider=404),
}
