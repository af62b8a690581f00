"""Who may use the pages about agencies, and the portal that is for agencies alone."""

import datetime as dt
import uuid

from django.core.files.base import ContentFile
from django.utils import timezone

from hiring import links
from hiring.documents import checks
from sourcing.agencies import deciding, door, handling, keeping, presenting, terms
from sourcing.agencies.models import Agency, AgencyJob, AgencyUser
from tests import files
from tests.matrix import Rule

SOURCERS = frozenset({"admin", "recruiter"})


def agency(world) -> Agency:
    found = Agency.objects.filter(name="Talentwerk").first()
    if found is None:
        found = keeping.create(
            name="Talentwerk", window_days=180, answer_days=5, writes_to_people=True, fee_note="", by=None
        )
        terms.publish("Be fair.", by=world.people["admin"])
    return found


def user(world) -> AgencyUser:
    found = AgencyUser.objects.filter(email="anna@talentwerk.example").select_related("agency").first()
    if found is None:
        now = timezone.now()
        found = AgencyUser.objects.create(
            agency=agency(world), name="Anna Adler", email="anna@talentwerk.example", created_at=now, sessions_from=now
        )
    return found


def given(world) -> AgencyJob:
    found = AgencyJob.objects.filter(agency=agency(world), job=world.job).first()
    return found or keeping.give(agency(world), world.job, by=world.people["recruiter"])


def submission(world):
    """Presented, and found to be known already: Noor of the world applied herself."""
    person = user(world)
    given(world)
    if terms.accepted_by(person.agency) is None:
        terms.accept(terms.current(), user=person)
    made = presenting.present(
        person,
        world.job,
        name="Noor Haddad",
        email="noor@haddad.example",
        basis="consent",
        agreed_on=dt.date(2026, 11, 1),
        agreed_how="written",
        resume=checks.check(ContentFile(files.pdf(), "cv.pdf")),
        submission_key=uuid.uuid4(),
    )
    deciding.decide_due()
    made.refresh_from_db()
    return made


def enter(world):
    link = links.issue(door.PURPOSE, subject_id=user(world).pk, valid_for=door.LINK_LASTS)
    return [links.token(link)]


def disputed(world):
    made = submission(world)
    handling.dispute(made, "We were first.", by=world.people["recruiter"])
    return made


def nothing_but(make):
    """No arguments, in a world that has this."""

    def args(world):
        make(world)
        return []

    return args


STAFF = {"allowed": SOURCERS}
PORTAL = {"agency": True, "allowed": frozenset()}

AGENCIES = {
    "sourcing:agencies": Rule(**STAFF),
    "sourcing:agency_create": Rule(**STAFF),
    "sourcing:agency_terms": Rule(**STAFF),
    "sourcing:agency": Rule(args=lambda world: [submission(world).agency_id], **STAFF),
    "sourcing:agency_edit": Rule(args=lambda world: [agency(world).pk], **STAFF),
    "sourcing:agency_act": Rule(
        args=lambda world: [agency(world).pk, "switch"], data=lambda world: {"on": "1"}, method="post", **STAFF
    ),
    "sourcing:agency_user_act": Rule(
        args=lambda world: [agency(world).pk, user(world).pk, "on"], method="post", **STAFF
    ),
    "sourcing:agency_job_end": Rule(
        args=lambda world: [given(world).agency_id, given(world).pk], method="post", others=403, outsider=403, **STAFF
    ),
    "sourcing:submission_act": Rule(args=lambda world: [submission(world).pk, "close"], method="post", **STAFF),
    "agency:sign_in": Rule(public=True),
    "agency:sign_out": Rule(public=True, method="post"),
    "agency_enter": Rule(args=enter, public=True),
    "agency:home": Rule(args=nothing_but(given), **PORTAL),
    "agency:terms": Rule(args=nothing_but(agency), **PORTAL),
    "agency:job": Rule(args=lambda world: [given(world).job_id], **PORTAL),
    "agency:submissions": Rule(args=nothing_but(submission), **PORTAL),
    "agency:submission": Rule(args=lambda world: [submission(world).pk], **PORTAL),
    "agency:dispute": Rule(
        args=lambda world: [submission(world).pk],
        method="post",
        data=lambda world: {"words": "We were first."},
        **PORTAL,
    ),
}
