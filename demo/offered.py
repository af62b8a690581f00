"""Offers of the demonstration: what people who came that far are offered, and what they say to it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from demo import company as nordvale
from hiring.models import Job, Opening, User
from offers import sending, signing, terms
from offers.models import Offer
from pipeline import rejection
from pipeline.models import Application

if TYPE_CHECKING:
    from demo.history import History

LIVE = ("draft", "pending_approval", "approved", "sent", "viewed")


class Offered:
    """Plays on in the history that asks it to."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.fates = itertools.count(1)

    def make(self, application: Application, plan: nordvale.Plan, by: User) -> None:
        current = self.history.fresh(application)
        if not current.is_active:
            return
        promised = Offer.objects.filter(application__job=current.job, status__in=LIVE).count()
        if promised >= current.job.openings.filter(status="open").count():
            self.history.reject(application, by, "closer-candidate", self.history.late_letter)
            return
        offer = terms.draft(current, by=by, **self.terms_of(plan))
        fate = self.history.chance.choices(["accept", "decline", "expire", "revise"], [7, 1.4, 0.8, 0.8])[0]
        if next(self.fates) == 4:
            fate = "decline"  # whatever the hour of loading makes of chance, somebody says no
        self.history.at(self.history.later(0.1, 0.8), by, lambda: self.submit(offer, plan, by, fate))

    def submit(self, offer: Offer, plan: nordvale.Plan, by: User, fate: str) -> None:
        terms.submit(offer, by=by)
        self.history.at(
            self.history.later(0.3, 1.4),
            self.history.company.people["oskar"],
            lambda: self.history.approve("offer", offer.pk),
            "link",
        )
        self.history.at(self.history.later(1.5, 2.2), by, lambda: self.send(offer, plan, by, fate))

    def send(self, offer: Offer, plan: nordvale.Plan, by: User, fate: str) -> None:
        sent = sending.send(offer, by=by)
        self.history.at(sent.expires_at + dt.timedelta(minutes=5), None, lambda: self.expire(sent, by), "task")
        if fate == "revise":
            self.history.at(self.history.later(1, 2), by, lambda: self.revise(sent, plan, by))
            return
        self.history.at(self.history.later(0.4, 2), None, lambda: self.open(sent), "link")
        if fate == "accept":
            self.history.at(self.history.later(2.2, 6), None, lambda: self.sign(sent), "link")
        elif fate == "decline":
            self.history.at(self.history.later(2.2, 6), None, lambda: self.decline(sent, by), "link")

    def open(self, offer: Offer) -> None:
        signing.consent(sending.link_of(offer))

    def sign(self, offer: Offer) -> None:
        link = sending.link_of(offer)
        signer = signing.Signer("203.0.113.7", "Mozilla/5.0 (demonstration)")
        signing.sign(link, name=offer.application.candidate.name, sha256=offer.letter_sha256, signer=signer)

    def decline(self, offer: Offer, by: User) -> None:
        signing.decline(sending.link_of(offer), reason="I have decided to stay where I am for another year.")
        self.history.at(self.history.later(0.5, 2), by, lambda: self.part(offer, "other-offer", by))

    def expire(self, offer: Offer, by: User) -> None:
        if sending.expire(offer.pk):
            self.history.at(self.history.later(1, 3), by, lambda: self.part(offer, "no-answer", by))

    def part(self, offer: Offer, code: str, by: User) -> None:
        """They said no, or nothing: the application ends, without a letter."""
        rejection.reject(self.history.fresh(offer.application), self.history.reasons[code], by=by)

    def plan_for_today(self) -> None:
        """One offer in each early state, so that every page has something to show."""
        soon = self.history.now - dt.timedelta(hours=5)
        while soon.weekday() > 4:
            soon -= dt.timedelta(days=1)
        for steps, title in enumerate(
            (
                "Customer Support Specialist",
                "Field Technician",
                "Electrical Engineer, Substations",
                "Senior Data Engineer",
            )
        ):
            plan = next(plan for plan in nordvale.JOBS if plan.title == title)
            by = self.history.company.people[plan.recruiter]
            self.history.at(soon, by, lambda plan=plan, by=by, steps=steps: self.make_early(plan, by, steps))  # type: ignore[misc]

    def make_early(self, plan: nordvale.Plan, by: User, steps: int) -> None:
        """Draft an offer for the furthest person of a job and take it `steps` further: submitted, approved, sent.

        A job whose seats are taken or promised by the hour of loading lends its place to another one.
        """
        promised = Offer.objects.filter(status__in=LIVE, application__job=OuterRef("job")).order_by()
        open_ones = Opening.objects.filter(status=Opening.Status.OPEN, job=OuterRef("job")).order_by()
        waiting = (
            Application.objects.active()
            .exclude(offers__status__in=LIVE)
            .annotate(
                left=Coalesce(Subquery(open_ones.values("job").annotate(n=Count("pk")).values("n")), 0)
                - Coalesce(Subquery(promised.values("application__job").annotate(n=Count("pk")).values("n")), 0),
                meant=Case(When(job__title=plan.title, then=0), default=1),
            )
            .filter(left__gt=0, job__status=Job.Status.OPEN)
        )
        application = waiting.order_by("meant", "-stage__position", "pk").select_related("job").first()
        if application is None:
            return
        plan = next((other for other in nordvale.JOBS if other.title == application.job.title), plan)
        offer = terms.draft(application, by=by, **self.terms_of(plan))
        if steps > 0:
            terms.submit(offer, by=by)
        if steps > 1:
            self.history.approve("offer", offer.pk)
        if steps > 2:
            offer.refresh_from_db()
            sending.send(offer, by=by)

    def terms_of(self, plan: nordvale.Plan) -> dict[str, Any]:
        return {
            "title": plan.title,
            "salary": round(self.history.chance.uniform(*plan.pay) / 500) * 500,
            "currency": plan.currency,
            "start_date": (self.history.clock.at + dt.timedelta(days=45)).date().replace(day=1) + dt.timedelta(days=31),
            "place": plan.place,
            "bonus": "Share of the yearly result, up to 6 per cent",
            "expires_at": self.history.working(self.history.clock.at + dt.timedelta(days=9)),
        }

    def revise(self, offer: Offer, plan: nordvale.Plan, by: User) -> None:
        revised = terms.revise(offer, by=by)
        terms.edit(
            revised,
            by=by,
            salary=revised.salary + 1500,
            expires_at=self.history.working(self.history.clock.at + dt.timedelta(days=8)),
        )
        self.history.at(self.history.later(0.1, 0.4), by, lambda: self.submit(revised, plan, by, "accept"))
