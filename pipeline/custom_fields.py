"""Applications carry custom fields, too: whoever decides on one fills them in."""

from __future__ import annotations

from hiring import access, custom_fields
from pipeline.models import Application, ApplicationValue

custom_fields.register(
    custom_fields.Owner(
        kind="application",
        model=Application,
        values=ApplicationValue,
        visible=lambda user: Application.objects.for_card().visible_to(user),
        may_edit=lambda user, application: access.can_move(user, application.job),
        candidate=lambda application: application.candidate,
        job=lambda application: application.job,
        url=lambda application: application.candidate.get_absolute_url(),
        person="application__candidate",
    )
)
