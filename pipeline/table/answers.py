"""Columns of what people answered on the form of a job, and of what that is worth (docs/user-guide.md). They decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, DecimalField, F, Func, IntegerField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.html import format_html

from hiring import masks
from hiring.application_form import answers as form_answers
from hiring.application_form.questions import Asked
from hiring.models import Job, User
from pipeline import asked_on
from pipeline.answered import tells_who
from pipeline.models import Application
from pipeline.table.columns import Cell, Cells, Column, Look, Sort, job_columns, number, text

GROUP = "Answers"
FREE = ("text", "long_text")
Said = dict[int, tuple[list[Any], dict[str, Any]]]


def of_form(user: User, job: Job) -> Iterable[Column]:
    """A column for each question the reader may read the answers of; points and knock-outs where the form knows any."""
    questions = asked_on.questions_of(job, user)
    marked = [one for one in questions if one.get("marks")]
    found = []
    if any(mark.get("points") for one in marked for mark in one["marks"]):
        found.append(Column("points", "Points", _points(questions), 24, GROUP, number(_sum(marked)), is_number=True))
    if any(mark.get("knock_out") for one in marked for mark in one["marks"]):
        found.append(Column("knock_outs", "Knock-out answers", _knock_outs(questions), 26, GROUP))
    for place, one in enumerate(questions):
        tells = tells_who(one) or one.get("type") in FREE
        column = Column(
            f"answer.{one['key']}", str(one["label"]), _answers(one), 150 + place, GROUP, _sort(one), tells=tells
        )
        found.append(column)
    return found


def _said(look: Look, rows: Sequence[Application]) -> Said:
    """What these were asked and said: one query for all columns."""
    if "answers" not in look.kept:
        found = Application.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "questions", "answers")
        look.kept["answers"] = {pk: (questions or [], answers or {}) for pk, questions, answers in found}
    kept: Said = look.kept["answers"]
    return kept


def _answers(question: Asked) -> Cells:
    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        said = _said(look, rows)
        hidden = {row.pk for row in rows if masks.mask_of(row.candidate_id)}
        return {
            pk: Cell(asked_on.told(question, asked, answers, is_hidden=pk in hidden))
            for pk, (asked, answers) in said.items()
        }

    return cells


def _points(questions: Sequence[Asked]) -> Cells:
    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        found = {}
        for pk, (asked, answers) in _said(look, rows).items():
            worth = form_answers.worth(questions, asked, answers)
            if worth.has_points:
                found[pk] = Cell(f"{worth.points} of {worth.most}")
        return found

    return cells


def _knock_outs(questions: Sequence[Asked]) -> Cells:
    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        found = {}
        for pk, (asked, answers) in _said(look, rows).items():
            outs = form_answers.worth(questions, asked, answers).knock_outs
            said = "; ".join(f"{mark.label} {mark.said}" for mark in outs)
            if said:
                found[pk] = Cell(said, format_html('<span class="tl-cell-line" data-tone="bad">{}</span>', said))
        return found

    return cells


def _sum(marked: Sequence[Asked]) -> Any:
    """The points of an application, worked out by the database."""
    total: Any = Value(0)
    for question in marked:
        for mark in question["marks"]:
            if mark.get("points"):
                fits = When(asked_on.gave(question, mark), then=Value(mark["points"]))
                total = total + Case(fits, default=Value(0), output_field=IntegerField())
    return total


class NumberAt(Func):
    """The number a path leads to, if one stands there."""

    template = "(jsonb_path_query_first(%(expressions)s) #>> '{}')::numeric"
    output_field = DecimalField(max_digits=40, decimal_places=10)


def _sort(question: Asked) -> Sort | None:
    """By the answer itself; what was chosen several of, and files, are in no order."""
    kind = question.get("type")
    if kind == "number":
        path = asked_on.Path(Value(f'$."{question["key"]}" ? (@.type() == "number")'))
        none = Value(Decimal(-(10**15)), output_field=DecimalField(max_digits=40, decimal_places=10))
        return Sort(Coalesce(NumberAt(F("answers"), path), none), "decimal", "-")
    if kind in ("yes_no", "choice", "date", *FREE):
        return text(Cast(KeyTextTransform(str(question["key"]), "answers"), CharField()))
    return None


job_columns.append(of_form)
