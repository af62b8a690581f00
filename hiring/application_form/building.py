"""Writing the form of a posting. Nothing here reaches an applicant before it is published (`versions`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import jurisdictions
from hiring.application_form import lawful, ordering, problems, standard, versions
from hiring.application_form.questions import Question, Unfit
from hiring.errors import Refused
from hiring.models import FormVersion, Job, Posting, User

Change = Callable[[list[Question]], list[Question]]


@transaction.atomic
def add(posting: Posting, raw: Mapping[str, Any], *, by: User | None) -> Question:
    """A new question at the end. Raises Unfit for what is no question, Refused where it may not be asked at all."""
    taken = versions.keys_ever(posting)
    return _change(posting, lambda rows: ordering.added(rows, raw, taken=taken)).questions[-1]


@transaction.atomic
def change(posting: Posting, key: str, raw: Mapping[str, Any], *, by: User | None) -> Question:
    return ordering.find(_change(posting, lambda rows: ordering.changed(rows, key, raw)).questions, key)


@transaction.atomic
def shift(posting: Posting, key: str, *, up: bool, by: User | None) -> None:
    _change(posting, lambda rows: ordering.shifted(rows, key, up=up))


@transaction.atomic
def move(posting: Posting, key: str, to: int, *, by: User | None) -> None:
    _change(posting, lambda rows: ordering.moved(rows, key, to))


@transaction.atomic
def remove(posting: Posting, key: str, *, by: User | None) -> None:
    _change(posting, lambda rows: ordering.removed(rows, key))


@transaction.atomic
def set_fields(posting: Posting, fields: Mapping[str, str], *, by: User | None) -> None:
    posting = locked(posting)
    posting.fields = standard.checked({**posting.fields, **fields})
    posting.save(update_fields=["fields"])


@transaction.atomic
def publish(posting: Posting, *, by: User | None) -> FormVersion:
    """Ask what is written, from the next visitor on. Refused with what stands in the way."""
    posting = locked(posting)
    if wrong := problems.sentences(posting):
        raise Refused(" ".join(wrong))
    version = versions.publish(posting, by=by)
    posting.changed_at = timezone.now()
    posting.save(update_fields=["changed_at"])
    return version


@transaction.atomic
def discard(posting: Posting, *, by: User | None) -> None:
    """Go back to what is asked now."""
    posting = locked(posting)
    last = versions.newest(posting)
    if last is None:
        raise Refused("This form was never published: there is nothing to go back to.")
    posting.questions, posting.fields = last.questions, last.fields
    posting.save(update_fields=["questions", "fields"])


def locked(posting: Posting) -> Posting:
    """The posting under lock, with its job: the job's row first, as everywhere. One that is out keeps asking what it asked."""
    Job.objects.select_for_update().get(pk=posting.job_id)
    rows = Posting.objects.select_for_update(of=("self",)).select_related("job__location", "job__department")
    posting = rows.get(pk=posting.pk)
    if posting.status == Posting.Status.PUBLISHED and versions.newest(posting) is None:
        versions.publish(posting, by=None)
    return posting


def _change(posting: Posting, change: Change) -> Posting:
    posting = locked(posting)
    before = posting.questions
    posting.questions = change(before)
    refuse_what_is_never_asked([one for one in posting.questions if one not in before], posting)
    posting.save(update_fields=["questions"])
    return posting


def refuse_what_is_never_asked(questions: Sequence[Question], posting: Posting) -> None:
    for question in questions:
        if found := lawful.never(question, jurisdictions.of_job(posting.job), lawful.country_name(posting)):
            raise Unfit({"label": f"{found.sentence}{found.proposal}"})
