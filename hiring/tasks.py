"""Where Celery looks for this app's tasks."""

from hiring import search_tasks as search
from hiring.documents.tasks import read, sweep
from hiring.mail import tasks as mail

__all__ = ["mail", "read", "search", "sweep"]
