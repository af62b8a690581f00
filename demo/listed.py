"""The table a fair's organiser sent, brought in as a recruiter would: some people known, one twice, two rows nobody can use."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.relations import Relations
from hiring.models import Candidate
from sourcing.imports import batches, steps

VISITORS = 26
COLUMNS = ["First name", "Last name", "E-mail", "Phone", "Employer", "City", "Notes"]


class Listed:
    """One finished import, six weeks ago."""

    def __init__(self, relations: Relations) -> None:
        self.relations, self.history = relations, relations.history

    def plan(self) -> None:
        when = self.history.working(self.history.now - dt.timedelta(days=43))
        self.history.at(when, self.history.company.people["maya"], self.bring_in)

    def bring_in(self) -> None:
        history, maya = self.history, self.history.company.people["maya"]
        batch = batches.take(SimpleUploadedFile("grid-fair-visitors.csv", self.table().encode()), by=maya)
        batches.start_check(
            batch,
            mapping=batch.mapping,
            purpose="sourcing",
            basis="legitimate_interest",
            source=history.sources["Event"],
            source_note="Grid fair, Lyon",
            tag="Grid fair",
            owner=maya,
            pool=self.relations.pools.get("Data platform, Lyon"),
            region="FR",
        )
        steps.do(batch.pk)
        batch.refresh_from_db()
        batches.start_run(batch)
        steps.do(batch.pk)

    def table(self) -> str:
        """The organiser's table, with the mistakes such tables have."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(COLUMNS)
        rows = [self._visitor() for _ in range(VISITORS)]
        known = Candidate.objects.live().filter(contact_points__kind="email").order_by("-pk").distinct()[:3]
        for person in known:
            address = person.contact_points.filter(kind="email").values_list("raw", flat=True)[0]
            rows.append(
                [person.first_name, person.name.split(" ")[-1], address, "", "", person.location, "Came to our stand"]
            )
        rows.append([*rows[0][:6], "Second badge"])
        rows.append(["", "", "info@visitors.example", "", "", "", ""])
        rows.append(["Jean", "Petit", "", "", "", "Lyon", "Left no address"])
        writer.writerows(rows)
        return out.getvalue()

    def _visitor(self) -> list[str]:
        person = self.history.person("data")
        first, _, last = person.name.partition(" ")
        employer = person.life.posts[0].employer if person.life else ""
        return [first, last, person.email, person.phone, employer, person.city, ""]
