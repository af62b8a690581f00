"""What stands in place of a form about an application that is not active any more: who ended it, when and why."""

from __future__ import annotations

from django.http import HttpResponse

from hiring.http import StaffRequest, page_or_part
from pipeline import rejection
from pipeline.models import Application
from pipeline.views import next_url

PAGE = "pipeline/application_ended.html"


def page(request: StaffRequest, application: Application, title: str) -> HttpResponse:
    """`title` is what somebody came to do. In the drawer, where the form would have been, or as a page."""
    context = {
        "title": title,
        "application": application,
        "candidate": application.candidate,
        "last": application.transitions.select_related("by").order_by("-at", "-pk").first(),
        "letter": rejection.mail_of(application).first(),
        "can_return": application.status in rejection.ENDED_BY_US_OR_THEM,
        "next": next_url(request, ""),
    }
    return page_or_part(request, PAGE, "drawer", context)
