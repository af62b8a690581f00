"""Who may use the pages about where we are found, and the public addresses they make."""

import datetime as dt
import io
from decimal import Decimal

from hiring import sources
from hiring.models import Source, SourceMerge
from sourcing.costs import entering, lists
from sourcing.costs.models import SourceCost
from sourcing.models import CareerEmbed
from sourcing.referrals.models import ReferralSettings
from sourcing.tracking import links
from sourcing.tracking.models import TrackingLink
from tests.matrix import Rule

SOURCERS = frozenset({"admin", "recruiter"})


def fair():
    return Source.objects.get_or_create(name="Fair", defaults={"kind": "event"})[0]


def link(world, **more):
    found = TrackingLink.objects.filter(label="Poster").first()
    return found or links.make(label="Poster", source=fair(), job=world.job, by=world.people["recruiter"])


def embed(world):
    CareerEmbed.objects.get_or_create(name="Web site", defaults={"sites": "https://www.nordvale.example"})
    return []


def twin():
    return Source.objects.get_or_create(name="Grid fair", defaults={"kind": "event"})[0]


def merge(world):
    found = SourceMerge.objects.filter(state="done").first()
    if found is None:
        found = sources.merge(twin(), fair(), by=world.people["admin"])
        sources.carry(found.pk)
    return found


def cost(world):
    found = SourceCost.objects.first()
    day = dt.date(2026, 3, 1)
    return found or entering.enter(
        source=fair(), starts_on=day, ends_on=day, amount=Decimal(9), currency="EUR", by=world.people["recruiter"]
    )


def entered(world):
    """A list that is entered whole: until then it is its reader's alone."""
    fair()
    text = b"source,period,amount,currency\nFair,2026-04,10,EUR\n"
    batch = lists.read(io.BytesIO(text), "costs.csv", by=world.people["recruiter"])
    return entering.enter_batch(batch, by=world.people["recruiter"])


def leaders_on(world):
    ReferralSettings(has_leaderboard=True).save()
    return []


ADMIN = frozenset({"admin"})

REACH = {
    "go": Rule(args=lambda world: [link(world).token], public=True),
    "careers:remember": Rule(public=True),
    "sourcing:share_list": Rule(),
    "sourcing:internal_board": Rule(),
    "sourcing:embeds": Rule(args=embed, allowed=frozenset({"admin"})),
    "sourcing:share": Rule(args=lambda world: [world.job.pk]),
    "sourcing:leaders": Rule(args=leaders_on),
    "sourcing:links": Rule(allowed=SOURCERS),
    "sourcing:link_create": Rule(allowed=SOURCERS),
    "sourcing:link": Rule(args=lambda world: [link(world).pk], allowed=SOURCERS),
    "sourcing:link_edit": Rule(args=lambda world: [link(world).pk], allowed=SOURCERS),
    "sourcing:link_retire": Rule(args=lambda world: [link(world).pk], allowed=SOURCERS, method="post"),
    "sourcing:link_code": Rule(args=lambda world: [link(world).pk, "svg"], allowed=SOURCERS),
    "sourcing:sources": Rule(allowed=SOURCERS),
    "sourcing:source_create": Rule(allowed=ADMIN),
    "sourcing:source": Rule(args=lambda world: [fair().pk], allowed=SOURCERS),
    "sourcing:source_act": Rule(args=lambda world: [fair().pk, "retire"], allowed=ADMIN, method="post"),
    "sourcing:source_report": Rule(allowed=SOURCERS),
    "sourcing:source_figure": Rule(args=lambda world: [fair().pk, "applications"], allowed=SOURCERS),
    "sourcing:costs": Rule(allowed=SOURCERS),
    "sourcing:cost_create": Rule(allowed=SOURCERS),
    "sourcing:cost_edit": Rule(args=lambda world: [cost(world).pk], allowed=SOURCERS),
    "sourcing:cost_remove": Rule(args=lambda world: [cost(world).pk], allowed=SOURCERS, method="post"),
    "sourcing:cost_upload": Rule(allowed=SOURCERS),
    "sourcing:cost_batch": Rule(args=lambda world: [entered(world).pk], allowed=SOURCERS),
    "sourcing:cost_batch_act": Rule(args=lambda world: [entered(world).pk, "undo"], allowed=SOURCERS, method="post"),
    "sourcing:source_alias": Rule(
        allowed=ADMIN, method="post", data=lambda world: {"name": "The fair", "source": fair().pk}
    ),
    "sourcing:source_unmerge": Rule(args=lambda world: [merge(world).pk], allowed=ADMIN, method="post"),
    "sourcing:link_people": Rule(args=lambda world: [link(world).pk, "first"], allowed=SOURCERS),
}
