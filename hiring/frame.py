"""What every staff page shows around its content: the menu, what can be added, and the counts of what waits.

Floors above register menu entries' counts in `counts`; each is one cheap query. Pages never pay for them: the browser
asks for all at once after the page is there (hiring/views/frame.py). The menu itself is only worked out when base.html
asks for it, so a swap pays nothing either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch

from hiring import access, addresses
from hiring.models import User

counts: dict[str, Callable[[User], int]] = {}
"""Menu entry to a function that says how many things wait there for this user."""

BESIDE_THE_MENU = {"notifications"}
"""Counts of what everybody has in the top bar."""


@dataclass(frozen=True)
class Entry:
    """A way into the product: shown to those who may use it, once its page exists. `key` is its letter after `g`."""

    name: str
    label: str
    icon: str
    route: str
    may: Callable[[User], bool]
    key: str = ""

    @property
    def url(self) -> str:
        try:
            return addresses.of(self.route)
        except NoReverseMatch:
            return ""


def everybody(user: User) -> bool:
    return True


MENU = (
    Entry("today", "Today", "calendar-check", "today", everybody, "t"),
    Entry("inbox", "Inbox", "inbox", "inbox", access.can_write_mail, "i"),
    Entry("candidates", "Candidates", "users", "candidates", access.can_browse_candidates, "c"),
    Entry("jobs", "Jobs", "briefcase", "jobs", access.can_browse_jobs, "j"),
    Entry("pools", "Pools", "stack-2", "sourcing:pools", access.can_source, "p"),
    Entry("sequences", "Sequences", "route", "sourcing:sequences", access.can_source, "s"),
    Entry("interviews", "Interviews", "calendar-event", "interviews:list", access.can_see_interviews, "n"),
    Entry("offers", "Offers", "writing-sign", "offers:list", access.can_see_offers, "o"),
    Entry("reports", "Reports", "chart-bar", "reports", access.can_see_reports, "r"),
    Entry("compliance", "Compliance", "shield-check", "compliance:audit", access.can_see_audit, "m"),
)
ADD = (
    Entry("candidate", "Candidate", "user-plus", "candidate_create", access.can_add_candidates),
    Entry("job", "Job", "briefcase", "job_create", access.can_create_jobs),
    Entry("import", "People from a list", "table-import", "sourcing:import_create", access.can_import),
    Entry("pool", "Pool", "stack-2", "sourcing:pool_create", access.can_source),
    Entry("sequence", "Sequence", "route", "sourcing:sequence_create", access.can_source),
    Entry("referral", "Referral", "heart-handshake", "sourcing:refer", access.can_refer),
    Entry("ways", "More ways to add people", "user-plus", "sourcing:ways_to_add", access.can_add_candidates),
)

FURTHER = (
    Entry("segments", "Segments", "filter", "sourcing:segments", access.can_browse_candidates),
    Entry("imports", "Imports", "table-import", "sourcing:imports", access.can_import),
    Entry("boards", "Distribution", "broadcast", "sourcing:boards", access.can_distribute),
    Entry("links", "Tracking links and QR codes", "link", "sourcing:links", access.can_distribute),
    Entry("sources", "Sources", "route", "sourcing:sources", access.can_distribute),
    Entry("source_report", "What sources bring and cost", "chart-bar", "sourcing:source_report", access.can_distribute),
    Entry("embeds", "Jobs on your web site", "world", "sourcing:embeds", access.can_administer),
    Entry("agencies", "Agencies", "building", "sourcing:agencies", access.can_distribute),
    Entry("duplicates", "Possible duplicates", "users", "duplicates", access.can_settle_duplicates),
    Entry("bulk_acts", "Bulk acts", "history", "bulk_acts", access.can_browse_candidates),
    Entry("mailed", "Résumés by mail", "mail", "sourcing:mailed_list", access.can_add_candidates),
    Entry("referrals", "Your referrals", "heart-handshake", "sourcing:referrals", access.can_refer),
    Entry("internal", "Internal jobs", "briefcase", "sourcing:internal_board", everybody),
    Entry("share", "Share a job", "share", "sourcing:share_list", access.can_refer),
    Entry("question_sets", "Sets of questions", "list-details", "question_sets", access.can_create_jobs),
    Entry("rules", "Rules", "bolt", "pipeline:rules_everywhere", access.can_see_rules),
    Entry(
        "assistant",
        "Writing assistant: use and register",
        "robot",
        "pipeline:assistant_use",
        access.can_see_assistant_use,
    ),
    Entry("notifications", "Notifications", "bell", "notifications", everybody),
    Entry("following", "What I follow", "eye", "following", access.can_follow),
    Entry("searches", "Searches", "search", "compliance:searches", access.can_see_search_log),
    Entry("data_requests", "Data requests", "shield-lock", "compliance:data_requests", access.can_see_audit),
    Entry("account", "Your account", "user", "account", everybody),
    Entry("absences", "Stand-ins", "users", "absences", everybody),
    Entry("approval_chains", "Approval chains", "git-branch", "approval_chains", access.can_administer),
    Entry("access", "What a colleague can see", "eye", "access_explained", access.can_administer),
)
"""Pages below those of the menu, which the search box finds by name."""


@dataclass(frozen=True)
class Link:
    """An entry as one user sees it on one page."""

    name: str
    label: str
    icon: str
    url: str
    key: str
    is_current: bool = False


class Frame:
    """The frame of one page, worked out piece by piece as the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def menu(self) -> list[Link]:
        links = self._links(MENU)
        here = self._current(links)
        return [Link(**{**vars(link), "is_current": link.url == here}) for link in links]

    @property
    def side(self) -> str:
        """The menu as it stands beside every page."""
        return _side(tuple(self.menu), access.can_administer(self.request.user))  # type: ignore[arg-type]

    @cached_property
    def add(self) -> list[Link]:
        return self._links(ADD)

    @property
    def pages(self) -> list[Link]:
        """Everything that can be gone to by name."""
        return [*self.menu, *self._links(FURTHER)]

    @cached_property
    def search_url(self) -> str:
        """Where the search box goes without JavaScript; empty for those who have nobody to search."""
        return next((link.url for link in self.menu if link.name in {"candidates", "jobs"}), "")

    @property
    def people_url(self) -> str:
        """The list of people, for breadcrumbs; empty for those who may open some people but not the list."""
        return addresses.of("candidates") if access.can_browse_candidates(self.request.user) else ""  # type: ignore[arg-type]

    @property
    def outbox_url(self) -> str:
        """Where mail is read on a machine that sends none."""
        keeps = settings.EMAIL_BACKEND == "hiring.mail.outbox.OutboxBackend"
        return addresses.of("outbox") if keeps and access.can_read_outbox(self.request.user) else ""  # type: ignore[arg-type]

    @property
    def organisation(self) -> str:
        return str(settings.ORGANISATION_NAME)

    def _links(self, entries: tuple[Entry, ...]) -> list[Link]:
        user: User = self.request.user  # type: ignore[assignment]
        allowed = ((entry, entry.url) for entry in entries if entry.may(user))
        return [Link(entry.name, entry.label, entry.icon, url, entry.key) for entry, url in allowed if url]

    def _current(self, links: list[Link]) -> str:
        """The entry whose address the page's address goes on from; the longest, since Today is the root."""
        path = self.request.path
        matching = [link.url for link in links if path == link.url or (link.url != "/" and path.startswith(link.url))]
        return max(matching, key=len, default="")


@lru_cache(maxsize=500)
def _side(menu: tuple[Link, ...], administers: bool) -> str:
    """The same for everybody of a role on all pages of one part of the product."""
    return render_to_string("components/_sidebar.html", {"menu": menu, "administers": administers})


def context(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
