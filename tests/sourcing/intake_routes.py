"""Who may use which address of the ways people come in."""

import uuid

from hiring import links
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


INTAKE = {
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
