"""Where Celery looks for this app's tasks."""

from hiring import api_tasks as api
from hiring import approval_tasks as approvals
from hiring import bulk_tasks as bulk
from hiring import duplicate_tasks as duplicates
from hiring import notification_tasks as notifications
from hiring import posting_tasks as postings
from hiring import promise_tasks as promises
from hiring import search_tasks as search
from hiring import source_tasks as sources
from hiring.documents.tasks import parse, read, sweep, sweep_profiles
from hiring.mail import tasks as mail

__all__ = [
    "api",
    "approvals",
    "bulk",
    "duplicates",
    "mail",
    "notifications",
    "parse",
    "postings",
    "promises",
    "read",
    "search",
    "sources",
    "sweep",
    "sweep_profiles",
]
