"""The public addresses: anybody may come, with or without an account. Personal links are their own key."""

import uuid

from django.core import signing

from hiring import links
from pipeline import arriving, status
from sourcing.boards.models import Board
from tests.matrix import Rule


def token(world):
    return links.token(status.link_for(world.application))


def receipt(world):
    arrival = arriving.receive(world.posting, submission_key=uuid.uuid4(), name="Ada Byron", email="ada@byron.example")
    return signing.dumps(arrival.receipt_number, salt="careers.sent")


CAREERS = {
    "careers:home": Rule(public=True),
    "careers:posting": Rule(args=lambda world: [world.posting.slug], public=True),
    "careers:apply": Rule(args=lambda world: [world.posting.slug], public=True, method="post"),
    "careers:sent": Rule(args=lambda world: [receipt(world)], public=True),
    "sitemap": Rule(public=True),
    "sitemap_file": Rule(args=lambda world: [1], public=True),
    "robots": Rule(public=True),
    "status": Rule(args=lambda world: [token(world)], public=True),
    "status_withdraw": Rule(args=lambda world: [token(world)], public=True),
    "status_again": Rule(public=True),
}


def token_of(key):
    return Board.objects.get(key=key).token


FEEDS = {
    "feed": Rule(args=lambda world: ["indeed", token_of("indeed")], public=True),
    "careers:open_feed": Rule(args=lambda world: ["rss"], public=True),
    "careers:api_jobs": Rule(public=True),
    "careers:api_job": Rule(args=lambda world: [world.posting.slug], public=True),
}
