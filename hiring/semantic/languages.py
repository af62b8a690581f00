"""Which languages the model reads, and whose text is in another one.

The model was made from English. Texts of other languages get a vector, too, but a poor one: there shared words and skills decide
more than meaning, and pages say so.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.fields.json import KeyTextTransform

from hiring.models import ParsedProfile
from hiring.query.copied import LANGUAGES

READS = frozenset({"en"})


def unread(ids: Collection[int]) -> dict[int, str]:
    """The language of these people's newest résumé, by its English name, where it is not one the model reads. One question."""
    rows = (
        ParsedProfile.objects.filter(
            document__candidate__in=ids, document__kind="resume", status=ParsedProfile.Status.DONE
        )
        .annotate(said=KeyTextTransform("text_language", "profile"))
        .order_by("document__candidate", "-document__uploaded_at", "-document")
        .distinct("document__candidate")
        .values_list("document__candidate", "said")
    )
    return {pk: LANGUAGES.get(code, code).capitalize() for pk, code in rows if code and code not in READS}


def of_text(text: str) -> str:
    """The language of a text, by its English name, where it is not one the model reads; empty also when it cannot be told."""
    from hiring.resumes import page, tongues  # read when first needed

    code = tongues.text_language(page.open_page(text))
    return LANGUAGES.get(code, code).capitalize() if code and code not in READS else ""
