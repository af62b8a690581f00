"""What a merge of two records does to their custom fields."""

from __future__ import annotations

from hiring import merging
from hiring.models import CandidateValue, CustomField


def settle_values(deed: merging.Merge) -> None:
    """The survivor's word stands; of a field of several both lists become one."""
    own = {(row.field_id, row.option_id): row for row in CandidateValue.objects.filter(candidate=deed.survivor)}
    filled = {row.field_id for row in own.values() if row.is_set}
    for theirs in CandidateValue.objects.filter(candidate=deed.other).select_related("field").order_by("pk"):
        is_several = theirs.field.type == CustomField.Type.MULTI
        mine = own.get((theirs.field_id, theirs.option_id))
        if not theirs.is_set or (mine and mine.is_set) or (theirs.field_id in filled and not is_several):
            deed.remove(theirs)
            continue
        emptied = [mine] if is_several else [row for (field, _), row in own.items() if field == theirs.field_id]
        for row in filter(None, emptied):
            deed.remove(row)


merging.movers["hiring.CandidateValue"] = settle_values
