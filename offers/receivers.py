"""Where offers show up on pages of the floors below, and what the menu counts."""

from __future__ import annotations

from hiring import frame
from offers import (
    custom_fields,  # noqa: F401 - registers itself
    followed,  # noqa: F401 - registers itself
    panels,  # noqa: F401 - registers itself
    terms,
    timeline,  # noqa: F401 - registers itself
    today,  # noqa: F401 - registers itself
)
from offers.models import Offer

frame.counts["offers"] = lambda user: Offer.objects.visible_to(user).filter(status__in=terms.OUT).count()
