"""`import:12`: everybody whom one import brought in or completed, for lists, segments and bulk acts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from hiring import access
from hiring.models import User
from hiring.query.fields import Asked, Condition, Field, Suggestion, register
from hiring.query.tree import Term
from hiring.query.values import named, plain_value, wrong
from sourcing.imports.models import ImportBatch, ImportRow

SUGGESTED = 12


def _import(asked: Asked, term: Term) -> Condition:
    """By the import's number, as its page links here, or by the name of its file. What was taken back no longer counts."""
    text = plain_value(term).lower()
    rows = ImportRow.objects.filter(undone=False).exclude(candidate=None)
    if text not in ("any", "none"):
        batches = ImportBatch.objects.visible_to(asked.user).order_by("-pk")
        if text.isdecimal() and len(text) < 10:
            found = list(batches.filter(pk=int(text)).values_list("pk", flat=True))
            if not found:
                raise wrong(term, f"There is no import {text}.")
        else:
            found = named(term, list(batches.values_list("pk", "name")), "import")
        rows = rows.filter(batch__in=found)
    people = Q(pk__in=rows.values("candidate"))
    return ~people if text == "none" else people


def _imports(user: User, beginning: str) -> Iterable[Suggestion]:
    batches = ImportBatch.objects.visible_to(user).filter(status__in=ImportBatch.ENDED)
    if beginning:
        number = Q(pk=int(beginning)) if beginning.isdecimal() and len(beginning) < 10 else Q()
        batches = batches.filter(Q(name__icontains=beginning) | number)
    for batch in batches.only("pk", "name", "created_at")[:SUGGESTED]:
        yield Suggestion(str(batch.pk), f"{batch.name}, {batch.created_at:%-d %B %Y}")


register(Field("import", "Import", "import:any", _import, "choice", suggest=_imports, may=access.can_import, order=22))
