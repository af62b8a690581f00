"""The people Nordvale Grid would like to work with some day: prospects in pools, and two sequences that write to them."""

from __future__ import annotations

import datetime as dt
import email.utils
from email.message import EmailMessage

from demo import words
from demo.history import History, Person
from hiring import candidates, contact, notes, todo
from hiring.contact import plain_address
from hiring.mail import inbound
from hiring.models import Candidate, Message, Suppression, Thread, User
from sourcing import outreach, pools, sequences
from sourcing.models import Enrollment, Sequence, TalentPool
from sourcing.sequences import StepText

PROSPECTS = 228

POOLS = [
    ("Data platform, Lyon", "Engineers who know streams, for the openings of next spring", "maya", "data"),
    ("Substations, north of England", "Protection engineers we met at conferences", "jonas", "electrical"),
    ("Technicians, Rhône", "Electricians who would move to the field", "jonas", "field"),
    ("Silver medallists", "Finalists we had no second opening for", "maya", "software"),
]

DATA_STEPS = [
    StepText("mail", 0, "Meter data at {{ organisation }}", "Hello {{ first_name }},\n\nyou have built the kind of pipelines we are "
             "about to build: 1,900 substations, a reading a second. Would you like to hear what we plan for Lyon?\n\nMaya"),
    StepText("mail", 4, "", "Hello {{ first_name }},\n\nin case my mail came at a busy time: fifteen minutes on the phone would be enough to "
             "see whether it is of interest.\n\nMaya"),
    StepText("call", 5, "", "One call, then leave them in peace."),
]  # fmt: skip
FIELD_STEPS = [
    StepText("mail", 0, "Work outside, home by five", "Hello {{ first_name }},\n\nwe are looking for electricians around Lyon who would like to "
             "work on the network itself. We train, and the van is new. Shall I tell you more?\n\nJonas"),
    StepText("mail", 5, "", "Hello {{ first_name }},\n\na last word from me: the next training starts in eight weeks.\n\nJonas"),
]  # fmt: skip


class Relations:
    """Sourcing, played on the same clock and heap as the rest of the history."""

    def __init__(self, history: History) -> None:
        self.history, self.chance, self.company = history, history.chance, history.company
        self.pools: dict[str, TalentPool] = {}
        self.sequences: dict[str, Sequence] = {}

    def plan(self) -> None:
        history = self.history
        begun = history.working(history.now - dt.timedelta(days=200))
        history.at(begun, self.company.people["maya"], self.start)
        for number in range(PROSPECTS):
            _, _, owner, trade = POOLS[number % len(POOLS)]
            by = self.company.people[owner]
            when = history.working(history.now - dt.timedelta(days=self.chance.uniform(2, 190)))
            history.at(when, by, lambda trade=trade, by=by, number=number: self.find(trade, by, number))  # type: ignore[misc]
        for days in (150, 110, 70, 40, 20, 8):
            history.at(
                history.working(history.now - dt.timedelta(days=days)), self.company.people["maya"], self.ring_round
            )
        when = begun + dt.timedelta(days=2)
        while when < history.now:
            if when.weekday() < 5:  # what waits for the week-end's end waits anyway
                history.at(when, None, self.run_sequences, "task")
            when += dt.timedelta(hours=23)

    def start(self) -> None:
        people = self.company.people
        for name, purpose, owner, _ in POOLS:
            self.pools[name] = pools.create(name=name, purpose=purpose, owner=people[owner])
        for name, owner, steps, launched in (
            ("Senior data, autumn", "maya", DATA_STEPS, True),
            ("Technicians around Lyon", "jonas", FIELD_STEPS, True),
            ("Protection engineers, first try", "jonas", DATA_STEPS[:1], False),
        ):
            made = sequences.create(name=name, owner=people[owner], mailbox=self.company.mailboxes[owner])
            sequences.write_steps(made, steps)
            self.sequences[name] = sequences.launch(made, by=people[owner]) if launched else made

    def find(self, trade: str, by: User, number: int) -> None:
        """A recruiter notices somebody, writes down why, and perhaps starts to write to them."""
        history = self.history
        person = history.person(trade)
        assert person.life is not None  # noqa: S101
        candidate, _ = candidates.create(
            by=by,
            name=person.name,
            emails=[person.email],
            links=[person.life.link],
            purpose="sourcing",
            basis="legitimate_interest",
            source=history.sources["Sourced by us" if number % 3 else "Event"],
            source_note="" if number % 3 else "Grid meetup, Lyon",
        )
        history.describe(candidate, person)
        name = next(name for name, _, _, wanted in POOLS if wanted == trade)
        touch = (
            history.now.date() + dt.timedelta(days=self.chance.randint(-6, 60)) if self.chance.random() < 0.4 else None
        )
        pools.add(
            self.pools[name], candidate, reason=self.chance.choice(words.POOL_REASONS), by=by, next_touch_on=touch
        )
        if self.chance.random() < 0.2:
            history.at(history.later(1, 20), by, lambda: self.note(candidate, by))
        plan = {
            "data": "Senior data, autumn",
            "field": "Technicians around Lyon",
            "electrical": "Protection engineers, first try",
        }
        if trade in plan and self.chance.random() < 0.5:
            sequence = self.sequences[plan[trade]]
            history.at(history.later(0.2, 6), by, lambda: self.enroll(sequence, candidate, person, by))

    def note(self, candidate: Candidate, by: User) -> None:
        notes.write(candidate, self.chance.choice(words.NOTES), by=by, visibility="everyone")

    def enroll(self, sequence: Sequence, candidate: Candidate, person: Person, by: User) -> None:
        outreach.enroll(sequence, candidate, by=by)
        if sequence.status != Sequence.Status.LIVE:
            return
        roll, history = self.chance.random(), self.history
        if roll < 0.3:
            history.at(history.later(2, 8), None, lambda: self.reply(candidate, by), "task")
        elif roll < 0.37:
            history.at(history.later(2, 9), None, lambda: self.unsubscribe(person), "link")
        elif roll < 0.43:
            history.at(history.later(1, 3), None, lambda: self.bounce(candidate), "task")

    def run_sequences(self) -> None:
        while outreach.run_due():
            pass

    def ring_round(self) -> None:
        """Maya does the calls her sequences ask for, and ticks them off."""
        maya = self.company.people["maya"]
        for path in Enrollment.objects.filter(state="waiting", sequence__owner=maya).select_related("candidate"):
            for task in path.candidate.tasks.filter(done_at=None):
                todo.done(task, by=maya)
            outreach.resume(path, by=maya)

    def _last_sent(self, candidate: Candidate) -> Message | None:
        return Message.objects.filter(candidate=candidate, purpose="step", status="sent").order_by("-pk").first()

    def reply(self, candidate: Candidate, by: User) -> None:
        """An answer comes in through the same door as real mail; older ones have been answered since."""
        sent = self._last_sent(candidate)
        if sent is None:
            return
        mail = self._mail(
            plain_address(sent.to_address), sent, f"Re: {sent.subject}", self.chance.choice(words.REPLIES)
        )
        inbound.receive(mail.as_bytes(), plain_address(sent.to_address), [plain_address(sent.from_address)])
        if self.history.now - self.history.clock.at > dt.timedelta(days=5):
            self.history.at(self.history.later(0.2, 2), by, lambda: self.answered(candidate))

    def answered(self, candidate: Candidate) -> None:
        Thread.objects.filter(candidate=candidate).update(waiting_since=None)

    def unsubscribe(self, person: Person) -> None:
        contact.suppress(person.email, Suppression.Reason.UNSUBSCRIBE)

    def bounce(self, candidate: Candidate) -> None:
        """A report from the person's server that there is no such mailbox (MAIL-21)."""
        sent = self._last_sent(candidate)
        if sent is None:
            return
        address = plain_address(sent.to_address)
        report = (
            f"From: mailer-daemon@mail.example\r\nTo: {plain_address(sent.from_address)}\r\nSubject: Undelivered mail\r\n"
            f"Message-ID: <bounce-{sent.pk}@mail.example>\r\nDate: {email.utils.format_datetime(self.history.clock.at)}\r\n"
            'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nThe mailbox does not exist.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
            f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent.message_id}\r\n\r\n--b--\r\n"
        )
        inbound.receive(report.encode(), "", [plain_address(sent.from_address)])

    def _mail(self, sender: str, to: Message, subject: str, text: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to.from_address, subject
        mail["Date"] = email.utils.format_datetime(self.history.clock.at)
        mail["Message-ID"] = f"<reply-{to.pk}@mail.example>"
        mail["In-Reply-To"] = mail["References"] = to.message_id
        mail.set_content(text)
        return mail
