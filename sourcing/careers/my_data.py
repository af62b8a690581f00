"""What is kept about somebody, for themselves: to see, to take along, to correct, to have erased (GDPR 15, 16, 17, 20).

The link goes to their main address alone, whoever asks for it, and works for a day: a status link may have been passed on, and
an address somebody typed into a form may be another one's.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from hiring import candidates, contact, contact_points, identity, links, notifications, staying
from hiring.errors import LinkGone, Refused
from hiring.mail import compose
from hiring.models import Candidate, ContactPoint, DataRequest, Document, Message, PersonalLink, User
from hiring.timeline import record
from pipeline import noticing, status
from pipeline.models import ApplicantQuestion, Application, ShownNotice

LASTS = dt.timedelta(days=1)
NOT_AGAIN_WITHIN = dt.timedelta(minutes=5)
THEIRS = (Document.Kind.RESUME, Document.Kind.COVER_LETTER, Document.Kind.OTHER)
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español")]
ASKED = notifications.declare("data_request", "Somebody asks for their data to be erased", "shield-lock")


def send_link(candidate: Candidate) -> None:
    """Mail the link, at most once in five minutes. Says nothing to the caller."""
    since = timezone.now() - NOT_AGAIN_WITHIN
    address = contact.working_address(candidate)
    if not address or Message.objects.filter(candidate=candidate, purpose="data_link", created_at__gt=since).exists():
        return
    link = links.issue(PersonalLink.Purpose.DATA, candidate=candidate, valid_for=LASTS)
    compose.to_candidate(
        candidate,
        purpose="data_link",
        mail_class=Message.Class.TRANSACTIONAL,
        subject="Your data with us",
        text=f"Hello {candidate.first_name},\n\nhere you can see what we keep about you, take it along, correct it, or ask us to erase it."
        f" The link works for a day:\n\n{links.url(link, 'my_data')}\n\n"
        "You did not ask for this? Then somebody with a link of yours did. You need not do anything.\n",
        automatic=True,
        address=address,
    )


def open_link(token: str) -> Candidate:
    """Whose link this is; one who was merged into another record answers for that one. Raises LinkGone."""
    candidate = links.open_link(token, PersonalLink.Purpose.DATA).candidate
    if candidate is None:
        raise LinkGone(links.GONE)
    return candidate.merged_into or candidate


def about(candidate: Candidate) -> dict[str, Any]:
    """Everything they gave us and what became of it, as plain values. What colleagues wrote comes with a full copy."""
    applications = applications_of(candidate)
    notices = noticing.shown_to([one.pk for one in applications])
    return {
        "name": candidate.name,
        "location": candidate.location,
        "headline": candidate.headline,
        "employer": candidate.company,
        "language": candidate.language,
        "source": str(candidate.source or ""),
        "kept_since": candidate.collected_at.isoformat(),
        "contact_points": [
            {"kind": point.get_kind_display(), "value": point.raw, "primary": point.is_primary}
            for point in candidate.contact_points.filter(is_live=True).order_by("kind", "pk")
        ],
        "lawful_bases": [
            {
                "purpose": basis.get_purpose_display(),
                "basis": basis.get_basis_display(),
                "since": basis.started_at.isoformat(),
            }
            for basis in candidate.bases.filter(ended_at=None).order_by("pk")
        ],
        "consents": [
            {
                "words": consent.text.text,
                "given": consent.given_at.isoformat(),
                "withdrawn": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
            }
            for consent in candidate.consents.select_related("text").order_by("pk")
        ],
        "applications": [_application(one, notices.get(one.pk, [])) for one in applications],
        "files": [
            {
                "name": file.name,
                "kind": file.get_kind_display(),
                "sent": file.uploaded_at.isoformat(),
                "bytes": file.size,
            }
            for file in files_of(candidate)
        ],
        "mails": [
            {"at": mail.at.isoformat(), "from_us": mail.direction == Message.Direction.OUT, "subject": mail.subject}
            for mail in Message.objects.filter(candidate=candidate).order_by("-at")[:500]
        ],
    }


def _application(application: Application, notices: list[ShownNotice]) -> dict[str, Any]:
    labels = {question.get("key"): question.get("label", "") for question in application.questions}
    asked = ApplicantQuestion.objects.filter(application=application).exclude(answered_at=None)
    return {
        "job": application.job.title,
        "number": application.receipt_number,
        "sent": application.applied_at.isoformat(),
        "standing": status.standing(application).headline,
        "answers": {labels.get(key) or key: value for key, value in application.answers.items()},
        "notices": [
            {
                "what": row.text.get_kind_display(),
                "place": row.text.place,
                "language": row.text.locale,
                "words": row.text.text,
                "shown": row.at.isoformat(),
            }
            for row in notices
        ],
        "asked_later": [{"question": one.text, "answer": one.answer} for one in asked],
    }


def applications_of(candidate: Candidate) -> list[Application]:
    rows = Application.objects.filter(candidate=candidate, receipt_number__isnull=False)
    return list(rows.select_related("job", "stage").order_by("-applied_at")[:100])


def files_of(candidate: Candidate) -> list[Document]:
    """What they sent us themselves; letters we drew are handed over where they are signed."""
    return list(candidate.documents.filter(kind__in=THEIRS, uploaded_by=None).order_by("-uploaded_at")[:100])


@transaction.atomic
def correct(candidate: Candidate, *, location: str, phone: str, language: str, other_roles: bool) -> None:
    """Take over what they changed: where they live, a number, the language of our mails, whether we may write of other roles."""
    candidates.edit(candidate, by=None, location=location)
    known = candidate.contact_points.filter(kind=ContactPoint.Kind.PHONE, is_live=True)
    if phone and not known.filter(value=identity.normalise_phone(phone)).exists():
        candidates.add_contact_point(candidate, ContactPoint.Kind.PHONE, phone, by=None, primary=True)
    if language != candidate.language:
        Candidate.objects.filter(pk=candidate.pk).update(language=language)
    if other_roles and not staying.has_agreed(candidate):
        staying.agree(candidate, locale=language, channel="my_data")
    elif not other_roles and staying.has_agreed(candidate):
        staying.refuse(candidate)


def ask_for_erasure(candidate: Candidate) -> DataRequest:
    """Record that they want to be erased, and tell those who see to it. Asking twice is asking once."""
    today = timezone.localdate()
    try:
        with transaction.atomic():
            asked = DataRequest.objects.create(
                candidate=candidate,
                kind=DataRequest.Kind.ERASURE,
                asked_at=timezone.now(),
                due_on=identity.a_month_after(today),
            )
            record(candidate, "candidate.asked_for_erasure", None, data_request=asked.pk)
            officers = User.objects.filter(is_active=True, role__in=[User.Role.COMPLIANCE_OFFICER, User.Role.ADMIN])
            notifications.tell(
                officers,
                ASKED,
                f"Somebody asks for their data to be erased, by {asked.due_on.day} {asked.due_on:%B %Y}.",
                key=f"data-request:{asked.pk}",
                url=reverse("compliance:data_requests"),
            )
            return asked
    except IntegrityError as error:
        if "one_open_data_request" not in str(error):
            raise
        return open_request(candidate) or ask_for_erasure(candidate)


def open_request(candidate: Candidate) -> DataRequest | None:
    return DataRequest.objects.filter(candidate=candidate, kind=DataRequest.Kind.ERASURE, settled_at=None).first()


def readable_phone(phone: str) -> bool:
    try:
        contact_points.typed_phone(phone)
    except Refused:
        return False
    return True
