"""Who may use which address of sourcing. The career site is public and listed with its own routes."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from hiring.models import Source
from sourcing import outreach, pools, segments, sequences
from sourcing.imports import batches, steps
from sourcing.models import Enrollment, Segment, Sequence, TalentPool
from tests.factories import EmailFactory, MailboxFactory
from tests.matrix import EVERYBODY, Rule
from tests.sourcing.agency_routes import AGENCIES
from tests.sourcing.careers_routes import CAREERS, FEEDS
from tests.sourcing.intake_routes import INTAKE
from tests.sourcing.reach_routes import REACH

SOURCERS = frozenset({"admin", "recruiter"})


def pool(world):
    found = TalentPool.objects.first()
    return found or pools.create(name="Data platform", owner=world.people["recruiter"])


def member(world):
    return pools.add(pool(world), world.candidate, reason="Knows meters", by=world.people["recruiter"])


def sequence(world):
    found = Sequence.objects.first()
    if not found:
        found = sequences.create(name="Autumn", owner=world.people["recruiter"], mailbox=MailboxFactory())
        sequences.write_steps(found, [sequences.StepText("mail", 0, "Hello", "Hello {{ first_name }}")])
    return found


def enrollment(world):
    found = Enrollment.objects.first()
    if not found:
        person = EmailFactory().candidate
        person.bases.create(
            purpose="sourcing", basis="legitimate_interest", controller="Northwind", started_at=person.created_at
        )
        found = outreach.enroll(sequence(world), person, by=world.people["recruiter"])
    return found


def segment(world):
    found = Segment.objects.first()
    return [(found or segments.save(None, name="Own", text="noor", by=world.people["recruiter"])).pk]


BROWSE = EVERYBODY - {"interviewer"}


def of_segment(**more):
    """The recruiter's own, which nobody else sees."""
    return Rule(args=segment, allowed=frozenset({"recruiter"}), others=404, **more)


def batch(world, status="done"):
    """An import in this state; each page of the wizard belongs to one."""
    made = batches.take(
        SimpleUploadedFile("people.csv", b"Name,E-mail\nAda Byron,ada@mail.example\n,\n"), by=world.people["recruiter"]
    )
    if status != "mapping":
        source = Source.objects.get_or_create(name="Fair", defaults={"kind": "event"})[0]
        batches.start_check(
            made, mapping=made.mapping, purpose="sourcing", basis="legitimate_interest", source=source, region="FR"
        )
        steps.do(made.pk)
    if status == "done":
        batches.start_run(made)
        steps.do(made.pk)
    return made


def suspected(world):
    """A checked import whose first row looks like somebody."""
    made = batch(world, "checked")
    made.rows.filter(number=2).update(suspects=[[world.candidate.pk, 70, ["same_name", "same_employer"]]])
    return made


def archive(world):
    """A checked ZIP with a file that does not say whose it is."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("scan.txt", "No address in here.")
    made = batches.take(SimpleUploadedFile("resumes.zip", data.getvalue()), by=world.people["recruiter"])
    source = Source.objects.get_or_create(name="Fair", defaults={"kind": "event"})[0]
    batches.start_check(made, mapping=made.mapping, purpose="pool", basis="consent", source=source, region="FR")
    steps.do(made.pk)
    return made


IMPORT = {"allowed": SOURCERS, "others": 403}

ROUTES = {
    **AGENCIES,
    **CAREERS,
    **FEEDS,
    **INTAKE,
    **REACH,
    "sourcing:imports": Rule(**IMPORT),
    "sourcing:import_create": Rule(**IMPORT),
    "sourcing:import": Rule(args=lambda world: [batch(world).pk], **IMPORT),
    "sourcing:import_map": Rule(args=lambda world: [batch(world, "mapping").pk], **IMPORT),
    "sourcing:import_run": Rule(args=lambda world: [batch(world, "checked").pk], method="post", **IMPORT),
    "sourcing:import_suspects": Rule(
        args=lambda world: [batch(world, "checked").pk], method="post", data=lambda world: {"choice": "skip"}, **IMPORT
    ),
    "sourcing:import_suspect": Rule(
        args=lambda world: [suspected(world).pk, 2], method="post", data=lambda world: {"choice": "skip"}, **IMPORT
    ),
    "sourcing:import_stop": Rule(args=lambda world: [batch(world, "checked").pk], method="post", **IMPORT),
    "sourcing:import_undo": Rule(args=lambda world: [batch(world).pk], method="post", **IMPORT),
    "sourcing:import_discard": Rule(args=lambda world: [batch(world, "checked").pk], method="post", **IMPORT),
    "sourcing:import_whose": Rule(args=lambda world: [archive(world).pk, 1], **IMPORT),
    "sourcing:import_report": Rule(args=lambda world: [batch(world).pk], **IMPORT),
    "sourcing:boards": Rule(allowed=SOURCERS),
    "sourcing:board": Rule(args=lambda world: ["indeed"], allowed=SOURCERS),
    "sourcing:board_switch": Rule(args=lambda world: ["indeed"], allowed=SOURCERS, method="post"),
    "sourcing:board_readdress": Rule(args=lambda world: ["indeed"], allowed=SOURCERS, method="post"),
    "sourcing:form_preview": Rule(
        args=lambda world: [world.job.pk], allowed=frozenset({"admin", "recruiter", "hiring_manager"}), outsider=404
    ),
    "sourcing:posting_boards": Rule(
        args=lambda world: [world.job.pk], allowed=SOURCERS | {"hiring_manager"}, outsider=404
    ),
    "sourcing:posting_preview": Rule(
        args=lambda world: [world.job.pk], allowed=SOURCERS | {"hiring_manager"}, outsider=404
    ),
    "sourcing:segments": Rule(allowed=BROWSE),
    "sourcing:segment_create": Rule(allowed=BROWSE),
    "sourcing:segment": of_segment(),
    "sourcing:segment_edit": of_segment(),
    "sourcing:segment_duplicate": of_segment(method="post"),
    "sourcing:segment_delete": of_segment(method="post"),
    "sourcing:segment_watch": of_segment(method="post", data=lambda world: {"often": "daily"}),
    "sourcing:people_for_job": Rule(args=lambda world: [world.job.pk], allowed=SOURCERS, outsider=404),
    "sourcing:pools": Rule(allowed=SOURCERS),
    "sourcing:pool_create": Rule(allowed=SOURCERS),
    "sourcing:pool": Rule(args=lambda world: [pool(world).pk], allowed=SOURCERS, others=404),
    "sourcing:pool_edit": Rule(args=lambda world: [pool(world).pk], allowed=SOURCERS, others=404),
    "sourcing:member": Rule(args=lambda world: [member(world).pk], allowed=SOURCERS, others=404),
    "sourcing:member_remove": Rule(args=lambda world: [member(world).pk], allowed=SOURCERS, others=404, method="post"),
    "sourcing:pool_add": Rule(args=lambda world: [world.candidate.pk], allowed=SOURCERS, outsider=404, method="post"),
    "sourcing:enroll": Rule(args=lambda world: [world.candidate.pk], allowed=SOURCERS, outsider=404),
    "sourcing:sequences": Rule(allowed=SOURCERS),
    "sourcing:sequence_create": Rule(allowed=SOURCERS),
    "sourcing:sequence": Rule(args=lambda world: [sequence(world).pk], allowed=SOURCERS, others=404),
    "sourcing:sequence_edit": Rule(args=lambda world: [sequence(world).pk], allowed=SOURCERS, others=404),
    "sourcing:sequence_act": Rule(
        args=lambda world: [sequence(world).pk, "launch"], allowed=SOURCERS, others=404, method="post"
    ),
    "sourcing:enrollment_act": Rule(
        args=lambda world: [enrollment(world).pk, "pause"], allowed=SOURCERS, others=404, method="post"
    ),
}
