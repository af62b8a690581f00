"""What a merge of two records does to their custom fields."""

from __future__ import annotations

from hiring import merging
from hiring.models import CandidateValue, CustomField


def settle_values(deed: merging.Merge) -> None:
    """The survivor's word stands; of a field of several both lists become one."""
    rows = CandidateValue.objects.filter(candidate=deed.survivor)
    fields: set[int] = set()
    options: set[tuple[int, int | None]] = set()
    for own in rows:
        fields.add(own.field_id)
        options.add((own.field_id, own.option_id))
    for theirs in CandidateValue.objects.filter(candidate=deed.other).select_related("field").order_by("pk"):
        is_several = theirs.field.type == CustomField.Type.MULTI
        if (theirs.field_id, theirs.option_id) in options or (theirs.field_id in fields and not is_several):
            deed.remove(theirs)


merging.movers["hiring.CandidateValue"] = settle_values
