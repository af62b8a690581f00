"""A job as a pattern for others: to copy it once, or to keep it as a template. The floors above say what is theirs of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from hiring.errors import Refused
from hiring.models import Job, JobTemplate, User

parts: dict[str, Callable[[Job], list[dict[str, Any]]]] = {}
"""What else a pattern holds: a part's name to a function that writes a job's rows of it as plain JSON values.

`stages` and `kits` are fields of the template, any other part lies in `JobTemplate.more` below its name. Whoever registers
one makes its rows for the new job in a receiver of `hiring.events.job_created`, from the template it is given there.
"""

FIELDS = {"stages", "kits"}


def of(job: Job) -> JobTemplate:
    """The template this job could have been made from; not saved."""
    posting = job.posting
    written = {name: describe(job) for name, describe in parts.items()}
    return JobTemplate(
        name=job.title,
        description=posting.description,
        questions=posting.questions,
        fields=posting.fields,
        more={name: rows for name, rows in written.items() if name not in FIELDS and rows},
        **{name: written.get(name, []) for name in FIELDS},
    )


def save_as(job: Job, name: str, *, by: User | None) -> JobTemplate:
    """Keep a job as a template under a name of its own. Refused for a name that is taken."""
    template = of(job)
    template.name = " ".join(name.split())[:100]
    if not template.name:
        raise Refused("Give the template a name.")
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise Refused(f"There is a template “{template.name}” already.") from error
    return template
