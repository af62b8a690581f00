"""Applications for one job that look alike: shown to the people who decide, with why, and nothing is ever decided by it.

What is compared is kept as hashes (`Trait`): the files, long answers, the address without its digits and dots, and, for thirty
days, from which network and kind of browser it was sent. Two people who share one of them for one job stand together. That may be
one person with several names, a programme, or two who share a flat: whoever looks can tell, software cannot.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hiring.application_form.questions import Question
from hiring.documents.checks import Checked
from hiring.models import Job, User
from hiring.prepared import Given, prepared
from pipeline.models import Application, Arrival, Trait

Kind = Trait.Kind
LONG_ENOUGH = 60
"""Letters of an answer two people do not write alike by chance."""
WITHIN = 600
"""Seconds between two sendings from one place that belong together: at least half of it, at most all."""
SENDERS_ARE_KNOWN = dt.timedelta(days=30)
ANSWERS_AT_MOST, SHARED_AT_MOST = 5, 2_000
CLUSTERS_SHOWN, PEOPLE_SHOWN = 30, 20


def sender(address: str, browser: str, language: str) -> str:
    """Network and browser as a keyed hash: neither is kept, and it says nothing to whoever has no key."""
    return salted_hmac("pipeline.likeness", f"{address}|{browser}|{language}", algorithm="sha256").hexdigest()


def keep(application: Application, arrival: Arrival, sent: Mapping[str, Any]) -> None:
    """Keep what it may share with others: called once, in the transaction that opens it."""
    keys = {
        *((Kind.FILE, sent[name].sha256) for name in ("resume", "cover_letter") if isinstance(sent.get(name), Checked)),
        *((Kind.ANSWER, key) for key in _answers(application.questions, application.answers)),
        *((Kind.ADDRESS, _digest(stem)) for stem in [_stem(str(sent.get("email", "")))] if stem),
        *((Kind.SENDER, key) for key in _sendings(arrival)),
    }
    Trait.objects.bulk_create(
        (
            Trait(application=application, job_id=application.job_id, kind=kind, key=key, at=arrival.received_at)
            for kind, key in keys
        ),
        ignore_conflicts=True,
    )


def _answers(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[str]:
    """Long texts alone, without what is private."""
    found = []
    for question in questions:
        said = answers.get(question.get("key", ""))
        if question.get("type") in ("text", "long_text") and not question.get("private") and isinstance(said, str):
            words = " ".join(re.findall(r"\w+", said.lower()))
            if len(words) >= LONG_ENOUGH:
                found.append(_digest(f"{question['key']}:{words}"))
    return found[:ANSWERS_AT_MOST]


def _stem(email: str) -> str:
    """anna.smith+jobs2@mail.example and annasmith7@mail.example have one. Empty where too little is left to tell people apart."""
    local, _, domain = email.strip().lower().rpartition("@")
    letters = re.sub(r"[\W\d_]+", "", local.partition("+")[0])
    return f"{letters}@{domain}" if len(letters) >= 4 else ""


def _sendings(arrival: Arrival) -> list[str]:
    """Two, in stretches of time that overlap: so the end of one does not part what was sent seconds apart."""
    if not arrival.sent_by:
        return []
    at = int(arrival.received_at.timestamp())
    return [_digest(f"{arrival.sent_by}:{half}:{(at + half) // WITHIN}") for half in (0, WITHIN // 2)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def forget_senders() -> int:
    """After a month nobody is told apart by network and browser any more."""
    old = Trait.objects.filter(kind=Kind.SENDER, at__lt=timezone.now() - SENDERS_ARE_KNOWN)
    return old.delete()[0]


# --- looking --------------------------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """People who stand together: `people` are at most PEOPLE_SHOWN of `count`, the newest first; `reasons` say why."""

    ids: set[int]
    reasons: list[str] = field(default_factory=list)
    people: list[Application] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def rest(self) -> int:
        return self.count - len(self.people)


def clusters(job: Job, user: User) -> list[Cluster]:
    """Those of a job, the largest first. Two questions, whatever there is."""
    found = sorted(_together(_shared(job)), key=lambda one: (-one.count, -max(one.ids)))[:CLUSTERS_SHOWN]
    wanted = {pk for one in found for pk in sorted(one.ids, reverse=True)[:PEOPLE_SHOWN]}
    rows = Application.objects.visible_to(user).filter(pk__in=wanted).select_related("candidate", "stage", "job")
    by_id = {row.pk: row for row in rows}
    for one in found:
        one.people = [by_id[pk] for pk in sorted(one.ids, reverse=True)[:PEOPLE_SHOWN] if pk in by_id]
    return [one for one in found if len(one.people) > 1]


def _shared(job: Job) -> list[tuple[str, list[int]]]:
    """What several people of the job have in common, kind by kind, with their applications."""
    rows = Trait.objects.filter(job=job).values("kind", "key").annotate(
        people=Count("application__candidate", distinct=True), ids=ArrayAgg("application", distinct=True)
    )  # fmt: skip
    return list(rows.filter(people__gt=1).order_by("-people").values_list("kind", "ids")[:SHARED_AT_MOST])


def _together(shared: Iterable[tuple[str, list[int]]]) -> list[Cluster]:
    """Whoever shares something with somebody stands with everybody that one shares something with."""
    home: dict[int, Cluster] = {}
    kinds: dict[int, set[str]] = {}
    for kind, ids in shared:
        joined = Cluster(set(ids))
        said = {kind}
        for other in {id(home[pk]): home[pk] for pk in ids if pk in home}.values():
            joined.ids |= other.ids
            said |= kinds.pop(id(other))
        kinds[id(joined)] = said
        home |= dict.fromkeys(joined.ids, joined)
    found = list({id(one): one for one in home.values()}.values())
    for one in found:
        one.reasons = [str(kind.label) for kind in Kind if kind.value in kinds[id(one)]]
    return found


def others_like() -> Exists:
    """Whether an application (the outer row) shares something with somebody else's for its job."""
    theirs = Trait.objects.filter(job=OuterRef("job"), kind=OuterRef("kind"), key=OuterRef("key"))
    theirs = theirs.exclude(application__candidate=OuterRef("application__candidate"))
    return Exists(Trait.objects.filter(Exists(theirs), application=OuterRef("pk")))


@prepared
def any_in(job: Given) -> QuerySet[Trait, str]:
    """One row when people of the job look alike."""
    rows = Trait.objects.filter(job=job).values("kind", "key")
    rows = rows.annotate(people=Count(F("application__candidate"), distinct=True)).filter(people__gt=1)
    return rows.order_by().values_list("key", flat=True)[:1]
