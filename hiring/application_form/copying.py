"""A form taken over from another job: its questions as copies, and its usual fields where nothing was chosen here."""

from __future__ import annotations

from django.db import transaction

from hiring.application_form import building, ordering, versions
from hiring.application_form.questions import Question, key_for
from hiring.models import Posting, User


@transaction.atomic
def from_posting(posting: Posting, other: Posting, *, by: User | None) -> int:
    """Copy the questions of another form behind those that are here. What is asked in the same words already is passed over; a question
    that depends on others comes with them. How many came."""
    posting = building.locked(posting)
    taken = versions.keys_ever(posting)
    rows, keys = list(posting.questions), {}
    for question in other.questions:
        same = next((one for one in rows if says(one) == says(question)), None)
        if same:
            keys[question["key"]] = same["key"]
            continue
        key = key_for(str(question["label"]), taken)
        taken.add(key)
        keys[question["key"]] = key
        rows.append(renamed(question, key, keys))
    added = len(rows) - len(posting.questions)
    ordering.room_for(posting.questions, added)
    building.refuse_what_is_never_asked(rows[len(posting.questions) :], posting)
    posting.questions, posting.fields = rows, {**other.fields, **posting.fields}
    posting.save(update_fields=["questions", "fields"])
    return added


def says(question: Question) -> tuple[str, ...]:
    return str(question.get("type")), str(question["label"]).casefold(), *question.get("options", ())


def renamed(question: Question, key: str, keys: dict[str, str]) -> Question:
    """A copy under a key of its own; what it depends on is called as it is here."""
    made = {**question, "key": key}
    if when := question.get("when"):
        groups = [
            {**group, "atoms": [{**atom, "fact": _fact(atom["fact"], keys)} for atom in group["atoms"]]}
            for group in when["groups"]
        ]
        made["when"] = {**when, "groups": groups}
    return made


def _fact(fact: str, keys: dict[str, str]) -> str:
    kind, _, key = fact.partition(":")
    return f"{kind}:{keys.get(key, key)}"
