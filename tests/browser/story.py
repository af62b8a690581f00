"""Who and what the story of one hire is about: pages of people, the post office, the clock."""

from __future__ import annotations

import re
from email.message import EmailMessage

from django.db import connection

from tests.processes import wait_for

PASSWORD = "walrus tin glacier"
NOOR, BO, MIRA = (
    ("Noor Haddad", "noor@haddad.example"),
    ("Bo Lind", "bo@lind.example"),
    ("Mira Kos", "mira@kos.example"),
)
PIA, TOM, UMA = ("Pia Lang", "pia@lang.example"), ("Tom Vidal", "tom@vidal.example"), ("Uma Rao", "uma@rao.example")


class Hire:
    """Everybody and everything of the story: pages of people, the post office, the clock."""

    def __init__(self, new_page, sign_in, sink, clock, processes, people) -> None:
        self.make_page, self.sign_in, self.sink, self.clock, self.processes = new_page, sign_in, sink, clock, processes
        self.people = people
        self.page = self.new_page()  # the recruiter's

    def new_page(self, **options):
        """Somebody's own browser. It waits longer than other tests do: a worker and a listener run beside it here."""
        page = self.make_page(**options)
        page.context.set_default_timeout(25_000)
        return page

    def mail(self, person, subject: str, *, seconds: float = 60) -> EmailMessage:
        """The newest mail to a person whose subject holds these words, once it has arrived."""
        address = getattr(person, "email", None) or person[1]

        def arrived():
            to_them = (accepted.mail for accepted in reversed(self.sink.messages) if address in accepted.recipients)
            return next((mail for mail in to_them if subject.lower() in str(mail["Subject"]).lower()), None)

        known = [(accepted.recipients, str(accepted.mail["Subject"])) for accepted in self.sink.messages]
        return wait_for(arrived, seconds=seconds, why=f"No mail “{subject}” to {address}; there were {known}")

    def link(self, person, subject: str, path: str) -> str:
        body = self.mail(person, subject).get_body(("plain",))
        [found] = re.findall(rf"http://\S*(/{path}/\S+)", body.get_content() if body else "")
        return str(found)

    def mails_to(self, person) -> list[str]:
        return [str(one.mail["Subject"]) for one in self.sink.messages if person[1] in one.recipients]


def behind_the_back(statement: str) -> None:
    """What the owner of a database can do: switch the refusal off, change the past, switch it on again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {statement}; SET session_replication_role = origin")
