"""Postings: the adverts of jobs. What may not go out is found by `problems`, in sentences, before it goes out.

Who may read a posting is decided by its queryset (`Posting.objects.live`, `public`): holding or closing a job, or taking a
posting down, removes page, list entry, sitemap and feeds in the same moment (JOB-13).
"""

from hiring.postings.editing import edit, forget_translation, translate
from hiring.postings.linting import SHORTEST_DESCRIPTION, findings, pay_problems, problems, title_problems
from hiring.postings.places import end_of, follow_place, place_where, remote_countries, zone_of
from hiring.postings.publishing import job_changed, publish, schedule, unpublish, unschedule, withdraw
from hiring.postings.texts import as_html, as_typed, plain, sanitise

__all__ = [
    "SHORTEST_DESCRIPTION",
    "as_html",
    "as_typed",
    "edit",
    "end_of",
    "findings",
    "follow_place",
    "forget_translation",
    "job_changed",
    "pay_problems",
    "place_where",
    "plain",
    "problems",
    "publish",
    "remote_countries",
    "sanitise",
    "schedule",
    "title_problems",
    "translate",
    "unpublish",
    "unschedule",
    "withdraw",
    "zone_of",
]
