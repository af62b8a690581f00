"""Who may use which address of compliance."""

from compliance.models import AuditEntry
from hiring import candidates
from sourcing.careers import my_data
from tests.matrix import Rule

AUDITORS = frozenset({"admin", "compliance_officer"})

SEES_ALL = frozenset({"admin", "recruiter", "coordinator", "compliance_officer"})
OWN_JOB = SEES_ALL | {"hiring_manager"}


def person(world):
    return [world.candidate.pk]


def job(world):
    return [world.job.pk]


def entry(world):
    """A change of the person's headline, to be taken back."""
    candidates.edit(world.candidate, by=None, headline=f"Engineer {AuditEntry.objects.count()}")
    changed = AuditEntry.objects.filter(table_name="hiring_candidate", action="update").latest("id")
    return {"entry": changed.pk, "column": "headline"}


def asked(world):
    return [my_data.ask_for_erasure(world.candidate).pk]


ROUTES = {
    "compliance:candidate_history": Rule(args=person, allowed=SEES_ALL, outsider=404),
    "compliance:candidate_back": Rule(
        args=person,
        allowed=SEES_ALL - {"compliance_officer"},
        outsider=404,
        method="post",
        data=entry,
    ),
    "compliance:job_history": Rule(args=job, allowed=OWN_JOB, outsider=404),
    "compliance:job_back": Rule(args=job, allowed=frozenset(), outsider=404, method="post"),
    "compliance:audit": Rule(allowed=AUDITORS),
    "compliance:audit_entry": Rule(args=lambda world: [AuditEntry.objects.latest("id").pk], allowed=AUDITORS),
    "compliance:data_requests": Rule(args=lambda world: asked(world)[:0], allowed=AUDITORS),
    "compliance:data_request": Rule(args=asked, allowed=AUDITORS, method="post"),
    "compliance:searches": Rule(allowed=AUDITORS),
    "compliance:audit_verify": Rule(allowed=AUDITORS, method="post"),
}
