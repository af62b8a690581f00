"""What this app hears from the floors below, and the registries it fills itself."""

from hiring import (
    candidate_panels,  # noqa: F401
    custom_field_columns,  # noqa: F401 - custom fields in exports
    custom_field_merging,  # noqa: F401
    custom_fields,  # noqa: F401 - what the timeline says of them
    export_columns,  # noqa: F401 - what can be taken out as a file, and doing so
    following,  # noqa: F401 - who hears of a reply, and what a merge does to follows
    inbox,  # noqa: F401 - its count and its group on Today
    jobs,  # noqa: F401 - what approvals must know of a job
    notifications,  # noqa: F401 - the bell's count
    record_acts,  # noqa: F401 - what can be done with many people at once
    timeline_rows,  # noqa: F401
    waiting,  # noqa: F401 - its groups on Today
)
from hiring.documents import timeline  # noqa: F401
from hiring.mail import drafts, history  # noqa: F401 - the mail tab on the profile, messages in the timeline
from hiring.query import (
    custom,  # noqa: F401 - custom fields in a query
    standard,  # noqa: F401 - the fields of a query that the record answers
)
from hiring.semantic import receivers as _vectors  # noqa: F401 - where vectors are kept, and how late they are
