"""The terms agencies accept: published as versions, accepted by somebody for their agency, before anybody is presented."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from hiring import legal
from hiring.errors import Refused
from hiring.models import User
from sourcing.agencies.models import Agency, AgencyAcceptance, AgencyTerms, AgencyUser


def current() -> AgencyTerms | None:
    return AgencyTerms.objects.order_by("-version").first()


@transaction.atomic
def publish(text: str, *, by: User | None) -> AgencyTerms:
    """A new version. From now on no agency presents anybody before it accepted this one."""
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Refused("Write the terms first.")
    latest = AgencyTerms.objects.select_for_update().order_by("-version").first()
    if latest and latest.sha256 == legal.sha256(text):
        raise Refused(f"These are the words of version {latest.version} already.")
    version = latest.version + 1 if latest else 1
    return AgencyTerms.objects.create(version=version, text=text, sha256=legal.sha256(text), by=by, at=timezone.now())


@transaction.atomic
def accept(terms: AgencyTerms, *, user: AgencyUser) -> AgencyAcceptance:
    """Accept for one's agency. Refused when a newer version came out meanwhile: what was read is what is accepted."""
    latest = current()
    if latest is None or latest.pk != terms.pk:
        raise Refused("There is a newer version of the terms. Please read that one.")
    defaults = {"user": user, "window_days": user.agency.window_days, "at": timezone.now()}
    return AgencyAcceptance.objects.get_or_create(agency=user.agency, terms=terms, defaults=defaults)[0]


def accepted_by(agency: Agency) -> AgencyTerms | None:
    """The current terms, when this agency accepted them; None otherwise, and while there are none."""
    latest = current()
    if latest is None or not AgencyAcceptance.objects.filter(agency=agency, terms=latest).exists():
        return None
    return latest
