"""Who may use which address of the pipeline. Interviewers on a team meet people through interviews, not through the board."""

import uuid

from django.core.files.base import ContentFile
from django.utils import timezone

from hiring import links
from hiring.models import Document, PageImage
from pipeline import arriving, asking, bulk, questioning, rejection, transfer
from pipeline.blind import setting
from pipeline.models import Application, Arrival, BulkAct, ManagerReview, RejectionReason, TableView, Transfer
from pipeline.screening import correcting, criteria, judging
from pipeline.screening.criteria import Criterion
from tests import factories
from tests.matrix import EVERYBODY, Rule
from tests.pipeline import rule_routes

DECIDERS = frozenset({"admin", "recruiter", "coordinator", "hiring_manager"})
READERS = EVERYBODY - {"interviewer"}
ADDERS = frozenset({"admin", "recruiter", "coordinator"})
SOURCERS = frozenset({"admin", "recruiter"})
EDITORS = frozenset({"admin", "recruiter", "hiring_manager"})


def job(world):
    return [world.job.pk]


def screen(world):
    return [world.stages["screen"].pk]


def application(world):
    return [world.application.pk]


def candidate(world):
    return [world.candidate.pk]


def asked_of_them(world):
    asked = questioning.open_questions(world.application).first() or questioning.ask(
        world.application, "Which visa do you hold?", by=world.people["recruiter"]
    )
    return [asked.pk]


def held_back(world):
    arrival = arriving.receive(world.posting, submission_key=uuid.uuid4(), name="Ada Byron", email="ada@byron.example")
    Arrival.objects.filter(pk=arrival.pk).update(status="held", held_because="too_many")
    return [arrival.pk]


def door(world):
    """With one of everything that may stand there."""
    held_back(world)
    arrival = arriving.receive(world.posting, submission_key=uuid.uuid4(), name="Leo Lind", email="leo@lind.example")
    Arrival.objects.filter(pk=arrival.pk).update(attempts=4, problem="ValueError")
    return alike(world)


def alike(world):
    """With two people who share something."""
    other = Application.objects.filter(job=world.job).exclude(candidate=world.candidate).first()
    other = other or factories.ApplicationFactory(job=world.job, stage=world.stages["applied"])
    for one in (world.application, other):
        one.traits.get_or_create(kind="file", key="f" * 64, defaults={"job": world.job, "at": timezone.now()})
    return job(world)


def rejected(world):
    world.application.refresh_from_db()
    if world.application.is_active:
        reason = RejectionReason.objects.first() or factories.RejectionReasonFactory()
        rejection.reject(world.application, reason, by=world.people["recruiter"])
    return application(world)


def hidden_job(world):
    if not setting.of(world.job):
        setting.switch_on(world.job, world.stages["interview"], by=world.people["recruiter"])
    return job(world)


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


def shown(world):
    """The manager is asked about the person."""
    found = ManagerReview.objects.filter(job=world.job, closed_at=None).first()
    if not found:
        world.application.refresh_from_db()
        if not world.application.is_active:
            rejection.restore(world.application, by=world.people["recruiter"])
        found = asking.ask(
            world.job, [world.application.pk], by=world.people["recruiter"],
            reviewers=[world.people["hiring_manager"]], due_on=timezone.localdate(),
        )  # fmt: skip
    return found


def review(world):
    return [shown(world).pk]


def reviewer(world):
    return [shown(world).reviewers.get(removed_at=None).pk]


def look(world):
    return [links.token(asking.link_of(shown(world).reviewers.get(removed_at=None)))]


def look_at(world):
    return [*look(world), shown(world).people.get().pk]


def look_at_page(world):
    if not world.candidate.documents.exists():
        document = Document.objects.create(
            candidate=world.candidate, kind="resume", status="ready", size=1, uploaded_at=timezone.now()
        )
        PageImage(document=document, number=1, width=1, height=1).image.save("1.png", ContentFile(b"png"))
    return [*look_at(world), 1]


PYTHON = Criterion("skill", "must", 3, {"skill": "Python", "years": 3})


def own_view(world):
    """A view of the table of all applications that the recruiter keeps for themselves."""
    owner = world.people["recruiter"]
    found = TableView.objects.filter(owner=owner).first()
    found = found or TableView.objects.create(
        name="Mine", owner=owner, is_everywhere=True, asks={"sort": "-applied"}, created_at=timezone.now()
    )
    return [found.pk]


def asked(world):
    """The job asks for something."""
    if PYTHON.key not in {one.key for one in criteria.of_job(world.job).criteria}:
        criteria.add(world.job, PYTHON, by=None)
    return [world.job.pk, PYTHON.key]


def judged(world):
    asked(world)
    judging.mark([world.application.pk])
    judging.judge_due([world.application.pk])
    return [world.application.pk, PYTHON.key]


def put_right(world):
    judged(world)
    return [correcting.correct(world.application, PYTHON.key, "met", "Seen", by=world.people["recruiter"]).pk]


def transferred(world):
    """An application of this job that came from another one, whose team everybody is on alike."""
    found = Transfer.objects.first()
    if found is None:
        other = factories.JobFactory()
        for member in world.job.team.all():
            other.team.create(user=member.user, role=member.role)
        left = factories.ApplicationFactory(stage=factories.StageFactory(job=other, kind="applied", position=0))
        transfer.transfer(left, world.job, by=world.people["recruiter"])
        found = Transfer.objects.get()
    return [found.opened_id]


def own_letter(world):
    """A receipt of the job's own."""
    template = factories.MailTemplateFactory(kind="receipt")
    return [world.job.pk, world.job.letters.create(template=template).pk]


ROUTES = {
    "api:application_list": Rule(by_key=True),
    "api:application_answers": Rule(
        args=lambda world: [world.application.pk], by_key=True, allowed=READERS, others=404, outsider=404
    ),
    "api:application_add": Rule(
        by_key=True,
        allowed=ADDERS,
        method="post",
        sends_json=True,
        data=lambda world: {"candidate": factories.CandidateFactory().pk, "job": world.job.pk},
    ),
    "pipeline:board": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:board_changes": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:board_more": Rule(
        args=lambda world: [world.job.pk, world.stages["applied"].pk], allowed=READERS, outsider=404
    ),
    "pipeline:table": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:table_columns": Rule(args=job, allowed=READERS, outsider=404, method="post"),
    "pipeline:applications": Rule(allowed=READERS),
    "pipeline:applications_columns": Rule(allowed=READERS, method="post"),
    "pipeline:views": Rule(allowed=READERS),
    "pipeline:view_create": Rule(allowed=READERS),
    "pipeline:view_edit": Rule(args=own_view, allowed=frozenset({"recruiter"}), others=404),
    "pipeline:view_update": Rule(args=own_view, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "pipeline:view_remove": Rule(args=own_view, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "pipeline:view_restore": Rule(args=own_view, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "pipeline:view_first": Rule(args=own_view, allowed=frozenset({"recruiter"}), others=404, method="post"),
    "pipeline:review": Rule(args=job, allowed=DECIDERS, outsider=404),
    "pipeline:review_note": Rule(args=application, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:review_snooze": Rule(
        args=application, allowed=DECIDERS, outsider=404, method="post", data=lambda world: {"wake": "1"}
    ),
    "pipeline:review_wake": Rule(args=application, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk": Rule(args=job, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk_mail": Rule(
        args=job, allowed=ADDERS, outsider=404, method="post", data=lambda world: {"pick": [world.application.pk]}
    ),
    "pipeline:bulk_transfer": Rule(
        args=job, allowed=DECIDERS, outsider=404, method="post", data=lambda world: {"pick": [world.application.pk]}
    ),
    "pipeline:bulk_act": Rule(args=act, allowed=READERS, outsider=404),
    "pipeline:bulk_undo": Rule(args=act, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:bulk_stop": Rule(args=running, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:closing": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:closing_write": Rule(args=job, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:holding": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:holding_tell": Rule(args=job, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:letters": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:letter_remove": Rule(args=own_letter, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:reopening": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:criteria": Rule(args=job, allowed=EVERYBODY, outsider=404),
    "pipeline:criterion_add": Rule(
        args=job,
        allowed=EDITORS,
        outsider=404,
        method="post",
        data=lambda world: {"kind": "skill", "skill": "Kafka", "need": "must", "weight": "3"},
    ),
    "pipeline:drafts_settle": Rule(
        args=job, allowed=EDITORS, outsider=404, method="post", data=lambda world: {"act": "back", "key": "0"}
    ),
    "pipeline:criterion_change": Rule(args=asked, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:criterion_shift": Rule(args=asked, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:criterion_remove": Rule(args=asked, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:application_criteria": Rule(args=application, allowed=READERS, outsider=404),
    "pipeline:judgement_correct": Rule(args=judged, allowed=DECIDERS, outsider=404),
    "pipeline:criterion_hint": Rule(args=judged, allowed=DECIDERS, outsider=404),
    "pipeline:judgement_take_back": Rule(args=put_right, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:plan": Rule(args=job, allowed=EVERYBODY, outsider=404),
    "pipeline:stage_create": Rule(args=job, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:stage_shift": Rule(args=screen, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:stage_retire": Rule(args=screen, allowed=EDITORS, outsider=404),
    "pipeline:stage_remove": Rule(args=screen, allowed=EDITORS, outsider=404, method="post"),
    "pipeline:application_move": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:application_questions": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:question_take_back": Rule(args=asked_of_them, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:held_list": Rule(args=door, allowed=READERS, outsider=404),
    "pipeline:alike": Rule(args=alike, allowed=READERS, outsider=404),
    "pipeline:door_settings": Rule(args=job, allowed=EDITORS, method="post", outsider=404),
    "pipeline:held_settle": Rule(args=held_back, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:application_waits": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:application_transfer": Rule(args=application, allowed=DECIDERS, outsider=404),
    "pipeline:transfer_undo": Rule(args=transferred, allowed=DECIDERS, outsider=404, method="post"),
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
    "pipeline:forecast": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:figure": Rule(args=lambda world: [world.job.pk, "idle"], allowed=READERS, outsider=404),
    "pipeline:ask": Rule(
        args=job,
        allowed=DECIDERS,
        outsider=404,
        method="post",
        data=lambda world: {"pick": [world.application.pk]},
    ),
    "pipeline:manager_review": Rule(args=review, allowed=READERS, outsider=404),
    "pipeline:manager_review_close": Rule(args=review, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:manager_review_ask_also": Rule(args=review, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:my_look": Rule(args=review, allowed=frozenset({"hiring_manager"}), others=404, outsider=404),
    "pipeline:my_look_person": Rule(
        args=lambda world: [shown(world).pk, shown(world).people.get().pk],
        allowed=frozenset({"hiring_manager"}),
        others=404,
        outsider=404,
    ),
    "pipeline:reviewer_remind": Rule(args=reviewer, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:reviewer_take_out": Rule(args=reviewer, allowed=DECIDERS, outsider=404, method="post"),
    "pipeline:look": Rule(args=look, public=True),
    "pipeline:look_person": Rule(args=look_at, public=True),
    "pipeline:look_page": Rule(args=look_at_page, public=True),
    "pipeline:candidate_applications": Rule(args=candidate, outsider=404),
    "pipeline:blind": Rule(args=job, allowed=READERS, outsider=404),
    "pipeline:blind_end": Rule(
        args=hidden_job,
        allowed=SOURCERS,
        outsider=404,
        method="post",
        data=lambda world: {"because": "Everybody was met"},
    ),
    "pipeline:unmaskings": Rule(args=job, allowed=SOURCERS | {"compliance_officer"}, outsider=404),
    "pipeline:blind_page": Rule(
        args=lambda world: [look_at_page(world) and world.application.pk, 1], allowed=DECIDERS, outsider=404
    ),
    "pipeline:unmask": Rule(args=application, allowed=SOURCERS, outsider=404),
    "pipeline:decision_list": Rule(args=candidate, allowed=READERS, outsider=404),
    "pipeline:decision_export": Rule(
        args=lambda world: [world.candidate.pk, "csv"],
        allowed=frozenset({"admin", "recruiter", "compliance_officer"}),
        outsider=404,
    ),
    "pipeline:application_create": Rule(args=candidate, allowed=ADDERS, outsider=404),
}
ROUTES |= rule_routes.ROUTES
