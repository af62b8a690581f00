"""Decision records for people and for programs: in plain words, as rows of a table, and as JSON (AI-2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hiring.models import Candidate, User
from pipeline.models import DecisionRecord, DecisionRecordQuerySet

Outcome, Way = DecisionRecord.Outcome, DecisionRecord.Way
VERDICTS = {"met": "Met", "partly": "Partly met", "not_found": "Not found", "unknown": "Unknown"}
IMPORTANCE = {"must": "Must", "should": "Should", "bonus": "Bonus"}
HEADS = (
    "Decision", "Time (UTC)", "Job", "From", "To", "Outcome", "Decided by", "How", "Rule", "Rule version", "Reason code",
    "Ended by", "Criteria named", "Note", "Name hidden", "Against the criteria", "Why against them", "Criteria version", "Judging version",
    "Language models", "Judgements", "Input digest", "Takes back decision",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A record as its page shows it: what was decided, by what, and what was known, a sentence each."""

    record: DecisionRecord
    headline: str
    sentences: list[str]
    judgements: list[dict[str, Any]]


def of_candidate(candidate: Candidate, user: User) -> DecisionRecordQuerySet:
    """The decisions on all applications of this person whose pipelines the user may see, newest first."""
    found = DecisionRecord.objects.filter(application__candidate=candidate).visible_to(user)
    return found.for_reading().order_by("-at", "-pk")


def told(record: DecisionRecord) -> Told:
    return Told(record, headline(record), list(_sentences(record)), list(map(_judgement, record.judgements)))


def headline(record: DecisionRecord) -> str:
    left, to = record.transition.left, record.transition.to
    if record.outcome == Outcome.REJECT:
        return f"Rejected at {to}"
    if record.outcome == Outcome.HIRE:
        return "Hired"
    if record.outcome == Outcome.TAKE_BACK:
        return f"Taken back: active again in {to}"
    return f"{record.get_outcome_display()} from {left} to {to}" if left else f"{record.get_outcome_display()} to {to}"


def who(record: DecisionRecord) -> str:
    """The person or the rule; an offer that is signed hires by itself."""
    if record.way == Way.RULE:
        return f"the rule “{record.rule}”, version {record.rule_version}"
    if record.by:
        return str(record.by)
    return "the candidate's signature" if record.way == Way.OFFER else "the system"


def _sentences(record: DecisionRecord) -> Iterator[str]:
    if record.way == Way.RULE:
        yield f"Decided by {who(record)}. No person decided; a person could stop it or take it back."
    elif record.way == Way.OFFER and not record.by:
        yield "The candidate signed the offer that colleagues had approved."
    elif record.rule:
        yield f"Proposed by the rule “{record.rule}”, version {record.rule_version}; decided by {who(record)}."
    else:
        yield f"Decided by {who(record)}, {record.get_way_display()}."
    if record.reason:
        yield f"Reason: {record.reason} ({record.reason.get_ended_by_display().lower()}; code {record.reason.code})."
    if record.grounds:
        named = ", ".join(f"“{one['name']}” ({VERDICTS.get(one['verdict'], '').lower()})" for one in record.grounds)
        yield f"Because of: {named}."
    if record.note:
        yield f"In their words: “{record.note}”"
    if record.was_blind:
        yield "Name, contacts, schools and ages were hidden from whoever decided."
    yield _criteria(record)
    if record.is_override:
        yield f"This is not what the criteria alone suggest. {_why(record)}"
    elif record.override_reason:
        yield f"They add: “{record.override_reason}”"
    hinted = [one.get("name", "") for one in record.judgements if one.get("hint_model")]
    if hinted:
        yield f"The local sentence model proposed a passage, which a person judged, for: {', '.join(hinted)}. It decided nothing."
    if record.models_used:
        yield f"Drafts by a language model were on show: {_models(record)}. It decided nothing."
    elif record.outcome != Outcome.TAKE_BACK:
        yield "No language model took part."


def _criteria(record: DecisionRecord) -> str:
    if not record.judgements:
        return "The job had no criteria then; nothing was judged automatically."
    met = sum(one.get("verdict") == "met" for one in record.judgements)
    musts = [one for one in record.judgements if one.get("importance") == "must"]
    of_musts = f", of the musts {sum(one.get('verdict') == 'met' for one in musts)} of {len(musts)}" if musts else ""
    return (
        f"Of {len(record.judgements)} criteria (version {record.criteria_version}) {met} were met{of_musts}, "
        f"as judged by version {record.judging_version or 'unknown'}. Criteria inform; they decide nothing."
    )


def _why(record: DecisionRecord) -> str:
    return f"Why all the same: “{record.override_reason}”" if record.override_reason else "No reason was given."


def _models(record: DecisionRecord) -> str:
    return ", ".join(f"{one.get('model', '?')} {one.get('version', '')}".strip() for one in record.models_used)


def _judgement(one: dict[str, Any]) -> dict[str, Any]:
    said = {"verdict_words": VERDICTS.get(one.get("verdict", ""), one.get("verdict", ""))}
    return {**one, **said, "importance_words": IMPORTANCE.get(one.get("importance", ""), "")}


# ---------- Taken out ----------


def as_json(record: DecisionRecord) -> dict[str, Any]:
    """Everything the record holds, with names where it holds numbers."""
    left = record.transition.left
    return {
        "id": record.pk,
        "at": record.at.isoformat(),
        "application": record.application_id,
        "job": {"id": record.application.job_id, "title": record.application.job.title},
        "outcome": record.outcome,
        "from_stage": str(left) if left else None,
        "to_stage": str(record.transition.to),
        "decided_by": {"user": str(record.by) if record.by else None, "rule": record.rule or None,
                       "rule_version": record.rule_version, "way": record.way, "door": record.door},
        "reason": {"code": record.reason.code, "label": record.reason.label, "ended_by": record.reason.ended_by}
        if record.reason else None,
        "criteria_named": record.grounds,
        "note": record.note,
        "name_was_hidden": record.was_blind,
        "against_the_criteria": record.is_override,
        "override_reason": record.override_reason,
        "criteria_version": record.criteria_version,
        "judging_version": record.judging_version,
        "language_models": record.models_used,
        "judgements": record.judgements,
        "resume_document": record.resume,
        "input_digest": record.input_digest,
        "takes_back": record.takes_back_id,
    }  # fmt: skip


def as_rows(records: Iterable[DecisionRecord]) -> Iterator[Sequence[str]]:
    for one in records:
        left, reason = one.transition.left, one.reason
        yield (
            str(one.pk), one.at.isoformat(sep=" ", timespec="seconds"), one.application.job.title, str(left or ""),
            str(one.transition.to), one.get_outcome_display(), str(one.by or ""), one.get_way_display(), one.rule,
            str(one.rule_version or ""), reason.code if reason else "", reason.get_ended_by_display() if reason else "",
            "; ".join(str(each.get("name", "")) for each in one.grounds), one.note,
            _yes(one.was_blind), _yes(one.is_override), one.override_reason, str(one.criteria_version or ""),
            one.judging_version, _models(one), "; ".join(map(_line, one.judgements)), one.input_digest,
            str(one.takes_back_id or ""),
        )  # fmt: skip


def _line(one: dict[str, Any]) -> str:
    quotes = " | ".join(evidence.get("quote", "") for evidence in one.get("evidence", []))
    return f"{one.get('name', '')}: {VERDICTS.get(one.get('verdict', ''), '')}" + (f" ({quotes})" if quotes else "")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
