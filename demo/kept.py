"""What recruiters of Nordvale Grid keep: searches under a name, and what they did to many people at once."""

from __future__ import annotations

from demo.relations import Relations
from hiring import acts, bulk, candidates
from hiring.matches import Matches
from hiring.models import Candidate, Job
from pipeline.table import kept as views
from pipeline.table.asking import Place, Question
from sourcing import alerts, segments
from sourcing.models import Segment, TalentPool

SEGMENTS = [
    ("Worth coming back to", "pool:any -sequence:live contacted:>90d", "maya", Segment.Sharing.EVERYBODY,
     "In a pool, not written to for three months"),
    ("Data people, not yet written to", 'pool:"Data platform, Lyon" -sequence:any', "maya", Segment.Sharing.ROLES,
     "The next ones for the spring openings"),
    ("Substation specialists", 'pool:"Substations, north of England"', "jonas", Segment.Sharing.PRIVATE, ""),
]  # fmt: skip

TABLES = [
    ("Who meets what", "maya", "Senior Data Engineer", {"sort": "-criteria", "cols": "name,criteria,musts,stage,waits,scorecards,source,applied"}, True),
    ("Longest in their stage", "maya", "", {"sort": "entered", "cols": "name,job,stage,entered,waits,next,owner"}, True),
    ("To call back", "jonas", "Field Technician", {"waits": "waiting_candidate", "cols": "name,stage,entered,person.phone,activity"}, False),
]  # fmt: skip


class Kept:
    """Played late in the history, when there are people to find."""

    def __init__(self, relations: Relations) -> None:
        self.relations, self.history = relations, relations.history
        self.maya, self.jonas = (relations.company.people[name] for name in ("maya", "jonas"))

    def plan(self) -> None:
        history = self.history
        for days, by, act in (
            (30, self.maya, self.keep),
            (12, self.maya, self.tag_for_spring),
            (3, self.jonas, self.hand_over),
            (0.2, None, self.look),
        ):
            history.at(history.ago(days), by, act, "page" if by else "task")

    def keep(self) -> None:
        owners = {"maya": self.maya, "jonas": self.jonas}
        for name, text, owner, sharing, description in SEGMENTS:
            roles = ["recruiter", "coordinator"] if sharing == Segment.Sharing.ROLES else ()
            kept = segments.save(
                None, name=name, text=text, by=owners[owner], sharing=sharing, roles=roles, description=description
            )
            alerts.watch(kept, owners[owner], "daily")
        self.keep_tables()
        self.look()

    def keep_tables(self) -> None:
        """Views of tables: one for every job, one over all of them, both shared; a third that Jonas keeps for himself."""
        for name, owner, job, asks, shared in TABLES:
            user = self.maya if owner == "maya" else self.jonas
            place = Place(user, Job.objects.get(title=job) if job else None)
            views.save(place, Question.read(asks, place), name, is_shared=shared, of_job=False)

    def look(self) -> None:
        segments.refresh_due()
        alerts.look_due()

    def tag_for_spring(self) -> None:
        """Ticked one by one, some of whom had the tag already."""
        people = self._of("Data platform, Lyon")[:24]
        for person in people[:3]:
            candidates.tag(person, "spring openings", by=self.maya)
        kind = bulk.kinds["tag"]
        chosen = Matches.ticked(self.maya, [person.pk for person in people])
        acts.run(
            acts.start(kind, chosen, {"tag": candidates.tag_named("spring openings").pk, "name": "spring openings"})
        )

    def hand_over(self) -> None:
        """All matches of a search change their owner."""
        params = {"owner": self.maya.pk, "name": self.maya.full_name}
        everybody = Matches(self.jonas, "q=pool%3A%22Technicians%2C+Rh%C3%B4ne%22+contacted%3Anever")
        acts.run(acts.start(bulk.kinds["owner"], everybody, params))

    def _of(self, name: str) -> list[Candidate]:
        pool: TalentPool = self.relations.pools[name]
        return [member.candidate for member in pool.members.select_related("candidate").order_by("pk")]
