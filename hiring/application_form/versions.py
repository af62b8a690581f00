"""Publishing a form: a change that applicants see is a version, and an application keeps the one it answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone

from hiring import events
from hiring.application_form import standard
from hiring.application_form.questions import Asked, Question
from hiring.models import FormVersion, Posting, User

SEEN_BY_APPLICANTS = ("label", "type", "required", "options", "help", "least", "most", "text", "when")


def newest(posting: Posting) -> FormVersion | None:
    return posting.form_versions.order_by("-number").first()


def publish(posting: Posting, *, by: User | None) -> FormVersion:
    """Ask what is written, from now on. The posting is locked by the caller; nothing new to publish gives the version there is."""
    last = newest(posting)
    if last and is_same(posting, last):
        return last
    number = (posting.form_versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = FormVersion.objects.create(
        posting=posting,
        number=number,
        fields=posting.fields,
        questions=posting.questions,
        change=changes(last.questions, posting.questions, last.fields, posting.fields) if last else "",
        by=by,
        at=timezone.now(),
    )
    was = {one["key"] for one in (last.questions if last else ()) if one.get("private")}
    private = sorted({one["key"] for one in posting.questions if one.get("private")} - was)
    events.form_published.send(FormVersion, version=version, private=private)
    return version


def is_same(posting: Posting, version: FormVersion) -> bool:
    return posting.questions == version.questions and standard.modes(posting.fields) == standard.modes(version.fields)


def keys_ever(posting: Posting) -> set[str]:
    """Keys that questions of this form have or had: none is given twice."""
    found = {str(one["key"]) for one in posting.questions}
    for questions in posting.form_versions.values_list("questions", flat=True):
        found |= {str(one["key"]) for one in questions}
    return found


def newest_questions() -> Subquery:
    """The questions a posting asks now, to be annotated to postings; None of one without a version."""
    return newest_part("questions")


def newest_part(column: str) -> Subquery:
    """A column of the version a posting asks now, likewise."""
    rows = FormVersion.objects.filter(posting=OuterRef("pk")).order_by("-number")
    return Subquery(rows.values(column)[:1])


# --- what changed ------------------------------------------------------------------------------------------------------


def changes(before: Sequence[Asked], after: Sequence[Asked], fields: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What makes one form another, in a line."""
    old, new = {one["key"]: one for one in before}, {one["key"]: one for one in after}
    counts = (
        (len(new.keys() - old.keys()), "added"),
        (len(old.keys() - new.keys()), "taken out"),
        (sum(old[key] != new[key] for key in old.keys() & new.keys()), "changed"),
    )
    said = [f"{count} {word}" for count, word in counts if count]
    if [key for key in old if key in new] != [key for key in new if key in old]:
        said.append("another order")
    if standard.modes(fields) != standard.modes(now):
        said.append("other usual fields")
    return ", ".join(said)


def new_to(before: Sequence[Question], after: Sequence[Question]) -> list[Question]:
    """What of `after` somebody has not seen who was shown `before`: questions that came, or ask something else now."""
    old = {one["key"]: one for one in before}
    return [one for one in after if _seen(old.get(one["key"], {})) != _seen(one)]


def _seen(question: Mapping[str, Any]) -> list[Any]:
    return [question.get(name) or None for name in SEEN_BY_APPLICANTS]
