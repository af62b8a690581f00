"""Sets of questions that many forms ask: kept once, copied into a form, and remembered there as where a question came from.

A copy belongs to its form: what is asked on one job never changes because a set does. A form only says that the set has
changed since, and takes the new words over when somebody wants that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring.application_form import building, ordering, versions
from hiring.application_form.copying import renamed, says
from hiring.application_form.questions import Asked, Question, Unfit, clean, key_for
from hiring.errors import Refused
from hiring.models import Posting, QuestionSet, User

NAME_TAKEN = "There is a set with this name already."
GONE = "A colleague deleted this set meanwhile."
Change = Callable[[list[Question]], list[Question]]


# --- keeping sets ------------------------------------------------------------------------------------------------------


@transaction.atomic
def create(name: str, *, by: User | None, about: str = "", questions: Iterable[Question] = ()) -> QuestionSet:
    """A new set, empty or with copies of these questions. Raises Unfit."""
    made = QuestionSet(name=_name(name), about=_line(about), created_by=by, changed_by=by, changed_at=timezone.now())
    made.questions = [_own(one) for one in questions]
    return _stored(made)


@transaction.atomic
def from_posting(posting: Posting, keys: Collection[str], name: str, *, by: User | None) -> QuestionSet:
    """A set of questions of a form. What they depend on comes along; they remember the set from then on."""
    posting = building.locked(posting)
    wanted = _with_grounds(posting.questions, keys)
    if not wanted:
        raise Unfit({"questions": "Choose the questions that are to be in the set."})
    made = create(name, by=by, questions=wanted)
    own = {one["key"]: one for one in made.questions}
    posting.questions = [
        {**one, "origin": _origin(made, own[one["key"]])} if one["key"] in own else one for one in posting.questions
    ]
    posting.save(update_fields=["questions"])
    return made


@transaction.atomic
def rename(kept: QuestionSet, *, name: str, about: str, by: User | None) -> QuestionSet:
    kept = _locked(kept)
    kept.name, kept.about = _name(name), _line(about)
    return _stored(kept, by=by)


@transaction.atomic
def delete(kept: QuestionSet, *, by: User | None) -> None:
    """Forms that copied it keep their questions."""
    _locked(kept).delete()


@transaction.atomic
def add(kept: QuestionSet, raw: Mapping[str, Any], *, by: User | None) -> Question:
    return _change(kept, lambda rows: ordering.added(rows, raw), by=by).questions[-1]


@transaction.atomic
def change(kept: QuestionSet, key: str, raw: Mapping[str, Any], *, by: User | None) -> Question:
    return ordering.find(_change(kept, lambda rows: ordering.changed(rows, key, raw), by=by).questions, key)


@transaction.atomic
def shift(kept: QuestionSet, key: str, *, up: bool, by: User | None) -> None:
    _change(kept, lambda rows: ordering.shifted(rows, key, up=up), by=by)


@transaction.atomic
def move(kept: QuestionSet, key: str, to: int, *, by: User | None) -> None:
    _change(kept, lambda rows: ordering.moved(rows, key, to), by=by)


@transaction.atomic
def remove(kept: QuestionSet, key: str, *, by: User | None) -> None:
    _change(kept, lambda rows: ordering.removed(rows, key), by=by)


def _change(kept: QuestionSet, change: Change, *, by: User | None) -> QuestionSet:
    kept = _locked(kept)
    before = kept.questions
    kept.questions = change(before)
    if kept.questions != before:
        kept.version += 1
    return _stored(kept, by=by)


def _stored(kept: QuestionSet, *, by: User | None = None) -> QuestionSet:
    kept.changed_by, kept.changed_at = by or kept.changed_by, timezone.now()
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        if "name" not in str(error):
            raise
        raise Unfit({"name": NAME_TAKEN}) from error
    return kept


def _locked(kept: QuestionSet) -> QuestionSet:
    found = QuestionSet.objects.select_for_update().filter(pk=kept.pk).first()
    if found is None:
        raise Refused(GONE)
    return found


def _name(name: str) -> str:
    if not (name := _line(name)[:80]):
        raise Unfit({"name": "Give the set a name."})
    return name


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _own(question: Asked) -> Question:
    """As a set keeps it: it came from nowhere."""
    return {name: value for name, value in question.items() if name != "origin"}


def _with_grounds(questions: Sequence[Question], keys: Collection[str]) -> list[Question]:
    """These questions, and all they depend on, in their order."""
    wanted = set(keys)
    for question in reversed(questions):
        if question["key"] in wanted:
            wanted |= ordering.depends_on(question)
    return [one for one in questions if one["key"] in wanted]


# --- copying into a form ------------------------------------------------------------------------------------------------


def mark(question: Asked) -> str:
    """What a question says, in short: two that ask the same have the same."""
    said = json.dumps(_own(question), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _origin(kept: QuestionSet, question: Asked) -> dict[str, Any]:
    return {"set": kept.pk, "key": question["key"], "mark": mark(question)}


@transaction.atomic
def insert(posting: Posting, kept: QuestionSet, *, by: User | None) -> int:
    """Copy a set behind the questions of a form. What came from it before, or is asked in the same words, is passed over. How many
    came."""
    kept = _locked(kept)
    posting = building.locked(posting)
    taken, rows = versions.keys_ever(posting), list(posting.questions)
    keys: dict[str, str] = {}
    for question in kept.questions:
        same = next((one for one in rows if _is_from(one, kept, question["key"]) or says(one) == says(question)), None)
        if same:
            keys[question["key"]] = same["key"]
            continue
        key = key_for(str(question["label"]), taken)
        taken.add(key)
        keys[question["key"]] = key
        rows.append({**renamed(question, key, keys), "origin": _origin(kept, question)})
    added = len(rows) - len(posting.questions)
    ordering.room_for(posting.questions, added)
    building.refuse_what_is_never_asked(rows[len(posting.questions) :], posting)
    posting.questions = rows
    posting.save(update_fields=["questions"])
    return added


@transaction.atomic
def take_over(posting: Posting, key: str, *, by: User | None) -> Question:
    """Let a copied question ask what its set asks now. Its key stays, and so do the answers that were given to it."""
    posting = building.locked(posting)
    rows = list(posting.questions)
    at = ordering.place(rows, key)
    origin = rows[at].get("origin") or {}
    kept = QuestionSet.objects.filter(pk=int(origin.get("set") or 0)).first()
    question = next((one for one in kept.questions if one["key"] == origin.get("key")), None) if kept else None
    if kept is None or question is None:
        raise Refused("The set no longer asks this question.")
    keys = {_key(one): one["key"] for one in rows if (one.get("origin") or {}).get("set") == kept.pk}
    raw = {**renamed(question, key, keys), "origin": _origin(kept, question)}
    rows[at] = clean(raw, key=key, earlier=rows[:at])
    building.refuse_what_is_never_asked([rows[at]], posting)
    posting.questions = rows
    posting.save(update_fields=["questions"])
    return rows[at]


def _key(question: Asked) -> str:
    return str((question.get("origin") or {}).get("key", ""))


def _is_from(question: Asked, kept: QuestionSet, key: str) -> bool:
    origin = question.get("origin") or {}
    return (origin.get("set"), origin.get("key")) == (kept.pk, key)


# --- what has changed since --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CameFrom:
    """The set a question was copied from. `has_changed`: it asks something else now; `is_gone`: it asks this no more."""

    kept: QuestionSet
    has_changed: bool = False
    is_gone: bool = False


def origins(questions: Sequence[Asked]) -> dict[str, CameFrom]:
    """By key, where copied questions came from, of sets that still are. One query, none where nothing was copied."""
    ids = {one["origin"]["set"] for one in questions if (one.get("origin") or {}).get("set")}
    if not ids:
        return {}
    kept = QuestionSet.objects.in_bulk(ids)
    found = {}
    for question in questions:
        origin = question.get("origin") or {}
        if (held := kept.get(origin.get("set"))) is None:
            continue
        now = next((one for one in held.questions if one["key"] == origin.get("key")), None)
        found[str(question["key"])] = CameFrom(
            held, has_changed=now is not None and mark(now) != origin.get("mark"), is_gone=now is None
        )
    return found


def news(questions: Sequence[Asked], found: Mapping[str, CameFrom]) -> list[tuple[QuestionSet, int]]:
    """Sets that were copied into a form and ask more since: the set, and how many questions came to it."""
    sets = {one.kept.pk: one.kept for one in found.values()}
    said = {(one.get("origin") or {}).get("set"): set[str]() for one in questions}
    for question in questions:
        said[(question.get("origin") or {}).get("set")].add(_key(question))
    words = {says(dict(one)) for one in questions}
    more = [
        (kept, sum(one["key"] not in said[pk] and says(one) not in words for one in kept.questions))
        for pk, kept in sets.items()
    ]
    return [(kept, count) for kept, count in more if count]
