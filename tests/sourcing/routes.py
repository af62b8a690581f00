"""Who may use which address of sourcing. The career site is public and listed with its own routes."""

from sourcing import outreach, pools, sequences
from sourcing.models import Enrollment, Sequence, TalentPool
from tests.factories import EmailFactory, MailboxFactory
from tests.matrix import Rule
from tests.sourcing.careers_routes import CAREERS

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


ROUTES = {
    **CAREERS,
    "sourcing:pools": Rule(allowed=SOURCERS),
    "sourcing:pool_create": Rule(allowed=SOURCERS),
    "sourcing:pool": Rule(args=lambda world: [pool(world).pk], allowed=SOURCERS, others=404),
    "sourcing:pool_edit": Rule(args=lambda world: [pool(world).pk], allowed=SOURCERS, others=404),
    "sourcing:pool_enroll": Rule(args=lambda world: [pool(world).pk], allowed=SOURCERS, others=404, method="post"),
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
