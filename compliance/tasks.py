"""Work that Celery carries for compliance."""

from celery import shared_task

from compliance import chain


@shared_task(name="audit.seal")
def seal() -> None:
    chain.seal()
