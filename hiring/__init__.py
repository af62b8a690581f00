"""The project and the shared core. Celery's app is loaded with it, so that tasks bind to the right broker."""

from hiring.celery import app as celery_app

__all__ = ["celery_app"]
