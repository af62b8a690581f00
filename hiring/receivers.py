"""What this app hears from the floors below, and the registries it fills itself."""

from hiring import (
    candidate_panels,  # noqa: F401
    inbox,  # noqa: F401 - its count and its group on Today
    jobs,  # noqa: F401 - what approvals must know of a job
    notifications,  # noqa: F401 - the bell's count
    timeline_rows,  # noqa: F401
    waiting,  # noqa: F401 - its groups on Today
)
from hiring.documents import timeline  # noqa: F401
from hiring.mail import drafts, history  # noqa: F401 - the mail tab on the profile, messages in the timeline
from hiring.query import standard  # noqa: F401 - the fields of a query that the record answers
