"""What a server's refusal means: the address does not exist, come back later, or the trouble is ours (MAIL-10, MAIL-21)."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone

from hiring import contact, events
from hiring.mail import lists
from hiring.models import Candidate, ContactPoint, Mailbox, Message, Suppression
from hiring.timeline import record

HARD, SOFT, POLICY, FAILED = "hard", "soft", "policy", "failed"

ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
POLICY_CODES = {"5.7.26", "5.7.515", "5.7.9", "4.7.28"}  # about us, never about the recipient
NO_SUCH_ADDRESS = re.compile(r"^5\.(1\.\d+|4\.4)$")
NO_SUCH_ADDRESS_CODES = {550, 551, 553}


def meaning(status: str, *, code: int = 0, words: str = "") -> str:
    """Read an enhanced status (5.1.1), else a plain code; `words` is where the enhanced one may be hiding."""
    found = status or (match[1] if (match := ENHANCED.search(words)) else "")
    if found in POLICY_CODES:
        return POLICY
    if found.startswith("4.") or (not found and 400 <= code < 500):
        return SOFT
    if found == "5.2.2":
        return SOFT  # a full mailbox empties
    if NO_SUCH_ADDRESS.match(found) or (not found and code in NO_SUCH_ADDRESS_CODES):
        return HARD
    return FAILED


@transaction.atomic
def bounced(message: Message, note: str) -> None:
    """The address does not exist: remember it on the contact point and the suppression list, and tell who waits."""
    changed = Message.objects.filter(pk=message.pk).exclude(status=Message.Status.BOUNCED)
    if not changed.update(status=Message.Status.BOUNCED, status_note=note[:300]):
        return
    message.status, message.status_note = Message.Status.BOUNCED, note[:300]
    if message.candidate:
        address = contact.plain_address(message.to_address)
        folded = contact.fold_address(address)
        points = ContactPoint.objects.emails().filter(candidate=message.candidate, value=folded, bounced_at=None)
        points.update(bounced_at=timezone.now())
        contact.suppress(address, Suppression.Reason.HARD_BOUNCE, candidate=message.candidate)
        record(message.candidate, "message.bounced", None, job=message.job, message=message.pk, purpose=message.purpose)
    else:
        lists.refused(message, Suppression.Reason.HARD_BOUNCE)
    events.message_settled.send(Message, message=message)


def complained(candidate: Candidate) -> None:
    """MAIL-22: reported as spam. No more outreach to any address of this person, at once."""
    contact.suppress_person(candidate, Suppression.Reason.COMPLAINT)


def pause(mailbox: Mailbox, reason: str) -> None:
    """MAIL-10: a provider refuses what we send. The mailbox rests until a colleague has looked."""
    Mailbox.objects.filter(pk=mailbox.pk, paused_at=None).update(paused_at=timezone.now(), pause_reason=reason[:200])
