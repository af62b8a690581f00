"""How Nordvale Grid is found: an agency, links on posters and in posts with their visits, what was paid for it, and visitors who
asked to be told of jobs or to be kept in mind."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from demo import resumes
from demo.history import History
from hiring import sources
from hiring.documents import checks
from hiring.models import Department, Job, Location, Source
from sourcing import pools
from sourcing.agencies import deciding, keeping, presenting, terms
from sourcing.community import joining, leaving
from sourcing.community.models import CommunityChoice, CommunityMember
from sourcing.embeds.models import CareerEmbed
from sourcing.job_alerts import asking
from sourcing.job_alerts.ending import LASTS
from sourcing.job_alerts.models import JobAlert
from sourcing.models import LinkDay, SourceCost
from sourcing.tracking import links

AGENCY, CONTACT, ADDRESS = "Brightfield Talent", "Greta Brightfield", "greta@brightfield-talent.example"
TERMS = """Present only people who agreed to it for this very job, and tell them that we keep their data as our own controller.

Whoever presents somebody first has 180 days; somebody we were in touch with already is not yours. The fee is due when they start, and
half of it comes back if they leave within three months."""
LINKS = [  # label, source, its group, campaign, for which job, visits a day at the start
    ("Poster at the Grid fair, Lyon", "Event", "event", "grid-fair", "", 9),
    ("Post about on-call life", "LinkedIn", "social", "on-call", "Backend Engineer", 6),
]
DAYS = 60
COSTS = [("Job board", "job_board", 640, "Sponsored postings"), ("Event", "event", 1_850, "Stand at the Grid fair")]
ALERTS = [  # words, department, place, how often
    ("data", "", "", "weekly"), ("", "Engineering", "", "weekly"), ("", "", "Lyon", "daily"), ("technician", "Field", "", "daily"),
    ("", "", "Kraków", "weekly"), ("designer", "", "", "weekly"), ("", "Customers", "Porto", "weekly"), ("", "", "", "weekly"),
]  # fmt: skip
MEMBERS = [  # name, department, place, what else
    ("Ilse Vandermolen", "Data platform", "Lyon", "From next summer on"),
    ("Rafael Quintão", "Customers", "Porto", "Part time, mornings"),
    ("Wanda Jaskółka", "Engineering", "Kraków", ""),
    ("Piers Longbottom-Reed", "Grid design", "Leeds", "After my apprenticeship"),
]


class Reaching:
    """Played with chance of its own, so that everybody else's year stays as it is."""

    def __init__(self, history: History) -> None:
        self.history, self.people = history, history.company.people
        self.chance = random.Random(77)  # noqa: S311 - it makes people up, it guards nothing

    def plan(self) -> None:
        history, maya, oskar = self.history, self.people["maya"], self.people["oskar"]
        history.at(history.ago(DAYS + 1), maya, self.advertise)
        history.at(history.ago(50), oskar, self.begin_with_agency)
        history.at(history.ago(18), None, self.present, "link")
        history.at(history.ago(9), None, self.welcome, "link")

    @contextlib.contextmanager
    def own_chance(self) -> Iterator[None]:
        theirs, self.history.chance = self.history.chance, self.chance
        try:
            yield
        finally:
            self.history.chance = theirs

    def advertise(self) -> None:
        """Links with two months of visits, which fade, and the bills of half a year; a statement for each kind of row."""
        maya, today = self.people["maya"], self.history.now.date()
        visits = []
        for label, source, kind, campaign, title, most in LINKS:
            link = links.make(
                label=label, source=sources.ensure(source, kind), campaign=campaign, job=self._job(title), by=maya
            )
            for ago in range(DAYS):
                count = int(most * self.chance.random() * (0.3 + ago / DAYS))
                visits += [LinkDay(link=link, day=today - dt.timedelta(days=ago), visits=count)] if count else []
        LinkDay.objects.bulk_create(visits)
        costs = []
        for source, kind, amount, note in COSTS:
            for month in range(6 if kind == Source.Kind.JOB_BOARD else 1):
                starts = (today - dt.timedelta(days=30 * (month + 2))).replace(day=1)
                costs.append(
                    SourceCost(
                        source=sources.ensure(source, kind), starts_on=starts, ends_on=starts + dt.timedelta(days=27),
                        amount=Decimal(amount + 10 * month), currency="EUR", note=note, created_by=maya, created_at=timezone.now(),
                    )
                )  # fmt: skip
        SourceCost.objects.bulk_create(costs)
        CareerEmbed.objects.create(name="Company web site", sites="https://www.nordvale.example")

    def begin_with_agency(self) -> None:
        """One agency with one login, two jobs to fill, and terms it accepted."""
        oskar = self.people["oskar"]
        agency = keeping.create(
            name=AGENCY,
            window_days=180,
            answer_days=5,
            writes_to_people=True,
            fee_note="20 % of a year’s pay",
            by=oskar,
        )
        terms.publish(TERMS, by=oskar)
        user = keeping.invite(agency, name=CONTACT, email=ADDRESS, by=oskar)
        latest = terms.current()
        if latest:
            terms.accept(latest, user=user)
        for title in ("Senior Data Engineer", "Backend Engineer"):
            if job := self._job(title):
                keeping.give(agency, job, brief="Two people who stay. Remote one day a week is fine.", by=oskar)
        self.agency_user = user

    def present(self) -> None:
        """Two people for the agency’s jobs."""
        with self.own_chance():
            for trade, title in (("data", "Senior Data Engineer"), ("software", "Backend Engineer")):
                person, job = self.history.person(trade), self._job(title)
                if job is None or person.life is None:
                    continue
                name, data = resumes.file_of(person.life, self.chance)
                presenting.present(
                    self.agency_user, job, name=person.name, email=person.email, basis="consent",
                    agreed_on=self.history.clock.at.date() - dt.timedelta(days=2), agreed_how="written",
                    words="Looked for you for three weeks; the best of eleven.",
                    resume=checks.check(ContentFile(data, name)),
                    submission_key=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                )  # fmt: skip
        deciding.decide_due()

    def welcome(self) -> None:
        """Who asked to be told of jobs, and who joined the community; those addresses have confirmed it."""
        now = timezone.now()
        teams = {one.name: one for one in Department.objects.all()}
        places = {one.name: one for one in Location.objects.all()}
        JobAlert.objects.bulk_create(
            JobAlert(
                address=f"reader{number}@letters.example", words=words, department=teams.get(team), location=places.get(place),
                often=often, created_at=now, confirmed_at=now, told_until=now, due_at=asking.next_due(often, now),
                ends_at=now + LASTS,
            )
            for number, (words, team, place, often) in enumerate(ALERTS, 1)
        )  # fmt: skip
        text = joining.words()
        if text is None:
            return
        pool = pools.create(name="Talent community", purpose="Who asked to be kept in mind", owner=self.people["maya"])
        choice = CommunityChoice.objects.create(name="Any of our teams", pool=pool)
        members = CommunityMember.objects.bulk_create(
            CommunityMember(
                choice=choice, name=name, address=f"{name.split()[0].lower()}@postbox.example", words=words, text=text,
                departments=[teams[team].pk], places=[places[place].pk], created_at=now, ends_at=now + leaving.TOLD_BEFORE_END,
            )
            for name, team, place, words in MEMBERS
        )  # fmt: skip
        for member in members:
            joining.confirm(member)

    def _job(self, title: str) -> Job | None:
        known = self.history.jobs.get(title)
        return Job.objects.filter(pk=known.pk).first() if known else None
