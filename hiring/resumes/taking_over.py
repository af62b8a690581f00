"""Taking what a résumé says over into the record, one value at a time. The history names the document it is from."""

from __future__ import annotations

from hiring import candidates
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, User
from hiring.resumes import merged, record, shown

FACTS = ("name", "headline", "location")


def use(candidate: Candidate, path: str, *, by: User | None) -> str:
    """Put the value at `path` of the newest résumé's profile (`headline`, `phones/5f2a91c04b`) on the record; the value.

    Refused when it is no longer there, or is somebody else's address.
    """
    current = record.current(candidate)
    section, _, key = path.partition("/")
    if section in FACTS and not key:
        value = merged.shown(current.merged.profile.get(section))
        value = value or (shown.headline_of(current.merged.profile) if section == "headline" else "")
        if not value:
            raise Refused("The résumé no longer says so. Look at the profile again.")
        most = Candidate._meta.get_field(section).max_length  # type: ignore[union-attr]
        candidates.edit(candidate, by=by, document=current.document, **{section: value[:most]})
        return value
    if section not in shown.USED_AS:
        raise Refused("This cannot be taken over.")
    value = str(current.entry(section, key)["value"])
    candidates.add_contact_point(
        candidate, ContactPoint.Kind(shown.USED_AS[section]), value, by=by, document=current.document
    )
    return value
