"""Who may use which address of the ways people come in."""

import uuid

from hiring import links
from hiring.mail import inbound
from sourcing.models import MailedResume
from sourcing.referrals import door, giving
from sourcing.referrals.models import Referral
from tests.matrix import Rule

WORKS = frozenset({"admin", "recruiter", "coordinator"})


def referral(world):
    """Somebody the world's interviewer referred for its job, not looked at yet."""
    found = Referral.objects.first()
    return found or giving.refer(
        referrer=world.people["interviewer"],
        name="Ada Byron",
        email="ada@byron.example",
        job=world.job,
        relation="worked",
        why="Calm when the grid is not.",
        knows=True,
        submission_key=uuid.uuid4(),
    )


def link_token(world):
    return [links.token(door.link_of(world.people["interviewer"]) or door.renew(world.people["interviewer"]))]


def mailed(world):
    """A mail with a résumé of whom nobody can tell whose it is."""
    found = MailedResume.objects.to_look_at().first()
    if not found:
        raw = b"From: eve@other.example\r\nAuto-Submitted: auto-generated\r\nSubject: A file\r\n\r\nSee there."
        kept = inbound.receive(raw, "eve@other.example", ["cv@in.throughline.example"])
        found = MailedResume.objects.get(inbound=kept)
    return [found.pk]


INTAKE = {
    "sourcing:mailed_list": Rule(allowed=WORKS),
    "sourcing:mailed": Rule(args=mailed, allowed=WORKS),
    "sourcing:mailed_ignore": Rule(args=mailed, allowed=WORKS, method="post"),
    "sourcing:referrals": Rule(),
    "sourcing:refer": Rule(),
    "sourcing:referral_link": Rule(method="post"),
    "sourcing:refer_by_link": Rule(args=link_token, public=True),
    "sourcing:referral_list": Rule(allowed=WORKS),
    "sourcing:referral_act": Rule(args=lambda world: [referral(world).pk, "keep"], allowed=WORKS, method="post"),
    "sourcing:ways_to_add": Rule(allowed=WORKS),
    "sourcing:capture": Rule(public=True),
    "sourcing:capture_new": Rule(allowed=WORKS),
    "sourcing:capture_known": Rule(allowed=WORKS, method="post"),
    "sourcing:capture_done": Rule(args=lambda world: [world.candidate.pk], allowed=WORKS, outsider=403),
}
