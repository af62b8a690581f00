"""The contact policy: the one gate every outbound message to a person passes (invariant 3), and the facts it rests on.

`may_send` answers may, wait or never, with every rule that had something to say. Facts about the person are read here;
what only higher floors know (an active application, another enrollment) reaches the policy through `guards`, registered
by name. A guard that is expected but missing means never: a check must not pass because nobody registered it.

Mail about an application, and answers to people who wrote to us, are a class of their own (MAIL-25): only an address
that does not exist, or one that is not to be written to at all, holds them back.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from hiring import events, working_time
from hiring.contact_facts import OUTREACH_PURPOSES, Answer, Facts, Finding, Guard, rests_on
from hiring.models import (
    Candidate,
    ContactPoint,
    Mailbox,
    Message,
    ProcessingBasis,
    Suppression,
)
from hiring.suppression import (
    address_hash,
    emails_of,
    fold_address,
    plain_address,
    suppress,
    suppress_person,
)

__all__ = [
    "EXPECTED_GUARDS",
    "OUTREACH_PURPOSES",
    "Finding",
    "Verdict",
    "address_hash",
    "contacted",
    "fold_address",
    "guards",
    "in_process",
    "may_send",
    "may_send_many",
    "owes_notice",
    "person_zone",
    "plain_address",
    "rests_on",
    "sign_of_life",
    "suppress",
    "suppress_person",
    "working_address",
]

DAYS_BETWEEN_TOUCHES = 7
QUIET_FROM, QUIET_UNTIL = dt.time(20), dt.time(8)
ABOUT_THE_ADDRESS = {Suppression.Reason.HARD_BOUNCE}  # all other reasons hold for the person, whatever the address


@dataclass(frozen=True)
class Verdict:
    """The answer, the rule that won, and everything else that spoke against sending. True only for may."""

    answer: Answer
    rule: str = ""
    reason: str = ""
    not_before: dt.datetime | None = None
    findings: tuple[Finding, ...] = ()
    needs_notice: bool = False  # PRIV-4: may be sent only with the notice to sourced people in it
    is_outreach: bool = True

    def __bool__(self) -> bool:
        return self.answer == "may"

    @property
    def all_reasons(self) -> list[str]:
        return [finding.reason for finding in self.findings]

    @property
    def is_in_process(self) -> bool:
        """Outreach was asked about, and the person is in an active application: mail about that is another matter."""
        return self.is_outreach and any(finding.rule == "active_application" for finding in self.findings)

    @property
    def may_send_in_process(self) -> bool:
        return self.is_in_process and not any(finding.for_all for finding in self.findings)

    @property
    def rests(self) -> bool:
        """No more than resting: whoever has just applied has given no permission for outreach, and nothing is wrong with that."""
        return self.answer == "wait" or (self.rule == "no_basis" and self.is_in_process)

    @property
    def short(self) -> str:
        """The reason in a few words."""
        rule = "active_application" if self.rests and self.is_in_process else self.rule
        found = next((finding for finding in self.findings if finding.rule == rule), None)
        return found.short if found else ""


guards: dict[str, Guard] = {}
"""Name to a check of a higher floor: fn(candidate ids, at, enrollment id) returns a Finding for each it objects to."""

EXPECTED_GUARDS = frozenset({"active_application", "other_enrollment", "sequence_runs"})


def may_send(
    candidate: Candidate,
    mail_class: str = Message.Class.OUTREACH,
    *,
    mailbox: Mailbox | None = None,
    at: dt.datetime | None = None,
    enrollment_id: int | None = None,
    address: str | None = None,
    automated_since: dt.datetime | None = None,
) -> Verdict:
    """May this person be written to at `at`? `enrollment_id` is the sequence path that asks, so that it does not block itself.

    `address` is where the message goes (the person's working address unless said); `automated_since` is when an automated
    message was written: a sign of life since then stops it (invariant 4, MAIL-17).
    """
    at = at or timezone.now()
    addresses = [address] if address else []
    facts = Facts([candidate], at, guards, mailbox, enrollment_id, addresses)
    return _judge(_Question(candidate, facts, address, automated_since), mail_class)


def may_send_many(
    candidates: Sequence[Candidate],
    *,
    mail_class: str = Message.Class.OUTREACH,
    mailbox: Mailbox | None = None,
    at: dt.datetime | None = None,
) -> list[Verdict]:
    """`may_send` to each of these people's working addresses, in their order.

    The number of queries does not depend on how many they are.
    """
    facts = Facts(candidates, at or timezone.now(), guards, mailbox)
    return [_judge(_Question(person, facts), mail_class) for person in candidates]


def _judge(question: _Question, mail_class: str) -> Verdict:
    is_outreach = mail_class == Message.Class.OUTREACH
    rules = OUTREACH_RULES if is_outreach else TRANSACTIONAL_RULES
    findings = [finding for rule in rules for finding in rule(question)]
    needs_notice = is_outreach and owes_notice(question.candidate)
    return replace(_sum_up(question, findings, needs_notice), is_outreach=is_outreach)


def working_address(candidate: Candidate, *, preferred: str = "") -> str:
    """The live e-mail address that has not bounced: the `preferred` one if it is among them, else the primary one; empty
    when there is none."""
    working = [point.value for point in emails_of(candidate) if not point.bounced_at]
    wanted = fold_address(preferred) if preferred else ""
    return next((value for value in working if fold_address(value) == wanted), working[0] if working else "")


def owes_notice(candidate: Candidate) -> bool:
    """PRIV-4: the data did not come from the person, and nobody has told them yet. The first outreach has to."""
    return candidate.notice_due_on is not None and candidate.notice_sent_at is None


def in_process(candidate: Candidate) -> bool:
    """Whether the person is in an active application: mail to them is then about it, not outreach."""
    guard = guards.get("active_application")
    finding = guard([candidate.pk], timezone.now(), None).get(candidate.pk) if guard else None
    return finding is not None and finding.rule == "active_application"


# --- The facts, and the verbs that change them -----------------------------------------------------------------


@transaction.atomic
def sign_of_life(candidate: Candidate, kind: str, *, at: dt.datetime | None = None) -> None:
    """The person did something: replied, booked, applied, signed in by a link, talked on the phone (PRIV-16).

    Our own mail and opens are not a sign of life. The update locks the person's row, which is what makes a reply win
    over a step that is being sent in the same second.
    """
    at = at or timezone.now()
    Candidate.objects.filter(pk=candidate.pk).update(last_sign_of_life_at=Greatest("last_sign_of_life_at", at))
    candidate.last_sign_of_life_at = max(at, candidate.last_sign_of_life_at or at)
    events.sign_of_life.send(Candidate, candidate=candidate, kind=kind)


def contacted(candidate: Candidate, *, at: dt.datetime | None = None) -> None:
    """Somebody of us reached out: a message left, a call was made. The distance between touches counts from here."""
    at = at or timezone.now()
    Candidate.objects.filter(pk=candidate.pk).update(last_contacted_at=Greatest("last_contacted_at", at))
    candidate.last_contacted_at = max(at, candidate.last_contacted_at or at)


# --- The rules -------------------------------------------------------------------------------------------------


@dataclass
class _Question:
    """About one person; what the rules read of the database is in `facts`, which others share."""

    candidate: Candidate
    facts: Facts
    address: str | None = None
    automated_since: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.address = self.address or next((point.value for point in self.emails if not point.bounced_at), "")

    @property
    def at(self) -> dt.datetime:
        return self.facts.at

    @property
    def emails(self) -> list[ContactPoint]:
        return self.facts.emails[id(self.candidate)]

    @property
    def hashes(self) -> dict[str, str]:
        """Every hash one of their addresses may stand under, to the address."""
        addresses = [*(point.value for point in self.emails), *([self.address] if self.address else [])]
        return {found: address for each in addresses for found, address in self.facts.hashes[each].items()}


Rule = Callable[[_Question], Iterable[Finding]]


def _address_works(ask: _Question) -> Iterable[Finding]:
    if ask.candidate.merged_into_id:
        yield Finding("merged", "never", "This record was merged into another one.", short="merged", for_all=True)
    if not ask.emails:
        yield Finding("no_address", "never", "There is no e-mail address.", short="no e-mail address", for_all=True)
        return
    folded = fold_address(ask.address or "")
    target = next((point for point in ask.emails if fold_address(point.value) == folded), None)
    if target is None and ask.address:
        yield Finding(
            "foreign_address",
            "never",
            "The address no longer belongs to this person.",
            short="no longer their address",
            for_all=True,
        )
    elif target is None or target.bounced_at:
        yield Finding(
            "bounced",
            "never",
            "The address bounced: mail to it does not arrive.",
            short="address bounced",
            for_all=True,
        )


def _suppressed(ask: _Question, *, outreach: bool) -> Iterable[Finding]:
    hashes, listed = ask.hashes, ask.facts.suppressions
    target = fold_address(ask.address or "")
    for row in sorted((row for one in hashes for row in listed.get(one, ())), key=lambda row: row.pk):
        elsewhere = fold_address(hashes[row.address_hash]) != target
        if row.reason in ABOUT_THE_ADDRESS and elsewhere:
            continue
        everything = row.scope == Suppression.Scope.EVERYTHING
        if outreach or everything:
            words = row.get_reason_display()
            yield Finding(f"suppressed_{row.reason}", "never", f"{words}.", short=words.lower(), for_all=everything)


def _suppressed_for_all(ask: _Question) -> Iterable[Finding]:
    return _suppressed(ask, outreach=False)


def _suppressed_for_outreach(ask: _Question) -> Iterable[Finding]:
    return _suppressed(ask, outreach=True)


def _do_not_contact(ask: _Question) -> Iterable[Finding]:
    if ask.candidate.do_not_contact:
        why = ask.candidate.do_not_contact_reason
        said = f"Do not contact: {why}" if why else "Marked as do not contact."
        yield Finding("do_not_contact", "never", said, short="do not contact")


def _lawful_basis(ask: _Question) -> Iterable[Finding]:
    """PRIV-1: outreach needs a basis for sourcing or a pool; one that rests on consent needs a consent that still stands."""
    running = ask.facts.running_bases.get(ask.candidate.pk, [])
    if any(basis.basis != ProcessingBasis.Basis.CONSENT for basis in running):
        return
    if running and {str(basis.purpose) for basis in running} & ask.facts.consents.get(ask.candidate.pk, set()):
        return
    if running:
        said, short = "Their consent to be written to was withdrawn, or is not recorded.", "no consent"
    else:
        said = "They were neither sourced nor agreed to be kept in mind, so we may not write to them about other jobs."
        short = "no permission"
    yield Finding("no_basis", "never", said, short=short)


def _sign_of_life_since(ask: _Question) -> Iterable[Finding]:
    alive = ask.candidate.last_sign_of_life_at
    if ask.automated_since and alive and alive >= ask.automated_since:
        yield Finding(
            "sign_of_life", "never", "The person was in touch after this was written.", short="in touch since"
        )


def _higher_floors(ask: _Question) -> Iterable[Finding]:
    for name in sorted(EXPECTED_GUARDS - ask.facts.objections.keys()):
        said = f"The check “{name.replace('_', ' ')}” is not available."
        yield Finding(f"missing_{name}", "never", said, short="a check is not available")
    for objections in ask.facts.objections.values():
        if ask.candidate.pk in objections:
            yield objections[ask.candidate.pk]


def _distance_between_touches(ask: _Question) -> Iterable[Finding]:
    touched = ask.candidate.last_contacted_at
    if not touched:
        return
    if ask.facts.enrollment_id:
        # Its own earlier steps do not block a sequence; anybody else's later touch does.
        own = Message.objects.filter(
            candidate=ask.candidate,
            dedupe_key__startswith=f"step:{ask.facts.enrollment_id}:",
            status=Message.Status.SENT,
        ).aggregate(latest=Max("at"))["latest"]
        if own and touched <= own:
            return
    free = touched + dt.timedelta(days=DAYS_BETWEEN_TOUCHES)
    if ask.at < free:
        days = (ask.at - touched).days
        when = "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
        yield Finding("last_touch", "wait", f"Somebody of us was in touch {when}.", free, short=f"contacted {when}")


def _quiet_hours(ask: _Question) -> Iterable[Finding]:
    awake = next_waking_hour(ask.candidate, ask.at)
    if awake > ask.at:
        yield Finding(
            "quiet_hours",
            "wait",
            "It is night, weekend or a holiday where the person lives.",
            awake,
            short="night or day off there",
        )


def _mailbox(ask: _Question) -> Iterable[Finding]:
    box = ask.facts.mailbox
    if box is None:
        return
    if box.paused_at:
        said = f"The mailbox {box.address} is paused: {box.pause_reason or 'by a colleague'}"
        yield Finding("mailbox_paused", "wait", said, short="mailbox paused")
    sent = ask.facts.sent_today
    if not sent:
        return
    if sent[0] >= box.daily_cap:
        today = ask.at.astimezone(dt.UTC).date()
        midnight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), dt.UTC)
        said = f"The mailbox {box.address} has sent its {box.daily_cap} messages of today."
        yield Finding("daily_cap", "wait", said, midnight, short="the mailbox has sent enough today")
    if sent[1] and box.min_gap_seconds:
        free = sent[1] + dt.timedelta(seconds=box.min_gap_seconds)
        if ask.at < free:
            said = f"The mailbox {box.address} leaves {box.min_gap_seconds} s between messages."
            yield Finding("min_gap", "wait", said, free, short="the mailbox has just sent one")


TRANSACTIONAL_RULES: tuple[Rule, ...] = (_address_works, _suppressed_for_all)
OUTREACH_RULES: tuple[Rule, ...] = (
    _address_works,
    _suppressed_for_outreach,
    _do_not_contact,
    _lawful_basis,
    _sign_of_life_since,
    _higher_floors,
    _distance_between_touches,
    _quiet_hours,
    _mailbox,
)


def person_zone(candidate: Candidate) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(candidate.time_zone or settings.ORGANISATION_TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE)


def next_waking_hour(candidate: Candidate, at: dt.datetime) -> dt.datetime:
    """`at` itself when it is day on a working day where the person lives, else the next such moment."""
    zone = person_zone(candidate)
    local = at.astimezone(zone)
    day = local.date()
    if local.time() >= QUIET_FROM:
        day += dt.timedelta(days=1)
    day = working_time.working_day(day, candidate.country)
    if day == local.date() and local.time() >= QUIET_UNTIL:
        return at
    return dt.datetime.combine(day, QUIET_UNTIL, zone).astimezone(dt.UTC)


def _sum_up(ask: _Question, findings: list[Finding], needs_notice: bool) -> Verdict:
    """Never beats wait; of several waits the longest wins, and its end is a waking hour too."""
    for answer in ("never", "wait"):
        against = [finding for finding in findings if finding.answer == answer]
        if not against:
            continue
        latest = max(against, key=lambda finding: (finding.not_before is None, finding.not_before or ask.at))
        first = against[0] if answer == "never" else latest
        until = None
        if answer == "wait" and latest.not_before:
            until = next_waking_hour(ask.candidate, latest.not_before)
        return Verdict(answer, first.rule, first.reason, until, tuple(findings), needs_notice)
    return Verdict("may", needs_notice=needs_notice)
