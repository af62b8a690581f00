"""Writing a posting: its words, places, dates and readers, and its words in other languages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Posting, PostingTranslation, PostingVersion, User
from hiring.postings import places, versions
from hiring.postings.linting import translation_findings
from hiring.postings.publishing import begin, demand_clean, locked
from hiring.postings.texts import as_html

EDITABLE = {
    "title", "description", "language", "show_pay", "remote_countries", "expires_at", "audience", "internal_days",
}  # fmt: skip
Status = Posting.Status


@transaction.atomic
def edit(posting: Posting, *, by: User | None, sites: Sequence[places.Wanted] | None = None, **fields: Any) -> Posting:
    """Change what is given. What is already public stays publishable, or the change is refused with what is wrong.

    `description` is as it was typed; `sites` are all its places in their order. Who reads it changes at once.
    """
    if unknown := fields.keys() - EDITABLE:
        raise TypeError(f"A posting has no field {sorted(unknown)[0]!r} to set here.")
    posting = locked(posting)
    if "title" in fields:
        fields["title"] = fields["title"].strip()
    if "description" in fields:
        fields["description"] = as_html(fields["description"])
    readers = (posting.audience, posting.internal_days)
    for name, value in fields.items():
        setattr(posting, name, value)
    if sites is not None:
        if not sites:
            raise Refused("A posting needs a place.")
        places.put(posting, sites)
    posting.changed_at = timezone.now()
    if posting.status == Status.PUBLISHED:
        if (posting.audience, posting.internal_days) != readers:
            _turn_to_readers(posting)
        demand_clean(posting)
    posting.save()
    if posting.status == Status.PUBLISHED:
        versions.keep(posting, PostingVersion.Act.CHANGED, by=by)
    return posting


def _turn_to_readers(posting: Posting) -> None:
    """Other people read it from now on. What everybody read already since a time, they go on reading since then."""
    now = timezone.now()
    since, live_from = posting.public_from, posting.live_from or now
    begin(posting, live_from)
    if posting.audience == Posting.Audience.EVERYBODY and (since is None or since > now):
        posting.public_from = max(live_from, now)
        posting.first_published_at = posting.first_published_at or posting.public_from
    elif posting.audience == Posting.Audience.EVERYBODY:
        posting.public_from = since


# --- other languages ------------------------------------------------------------------------------------------------


def mark_of(posting: Posting) -> str:
    """Of the original words: a translation made from others is out of date."""
    return hashlib.sha256(f"{posting.language}\n{posting.title}\n{posting.description}".encode()).hexdigest()[:32]


def is_current(translation: PostingTranslation, posting: Posting) -> bool:
    return translation.translates == mark_of(posting)


@transaction.atomic
def translate(
    posting: Posting,
    language: str,
    *,
    by: User | None,
    title: str,
    description: str,
    labels: dict[str, Any] | None = None,
) -> PostingTranslation:
    """Keep title and description in another language. Of a posting that is out, it has to be fit to be read (JOB-3, JOB-4)."""
    posting = locked(posting)
    if language == posting.language:
        raise Refused("The posting is written in this language already.")
    row = posting.translations.filter(language=language).first() or PostingTranslation(
        posting=posting, language=language
    )
    row.title, row.description = title.strip(), as_html(description)
    row.labels = row.labels if labels is None else labels
    row.translates, row.changed_by, row.changed_at = mark_of(posting), by, timezone.now()
    if posting.status == Status.PUBLISHED:
        wrong = [one.sentence for one in translation_findings(row, posting) if one.stops]
        if wrong:
            raise Refused(" ".join(wrong))
    row.save()
    _words_changed(posting, by)
    return row


@transaction.atomic
def forget_translation(posting: Posting, language: str, *, by: User | None) -> None:
    """Take a language away; its address leads to the original from now on."""
    posting = locked(posting)
    posting.translations.filter(language=language).delete()
    _words_changed(posting, by)


def _words_changed(posting: Posting, by: User | None) -> None:
    posting.changed_at = timezone.now()
    posting.save(update_fields=["changed_at"])
    if posting.status == Status.PUBLISHED:
        getattr(posting, "_prefetched_objects_cache", {}).pop("translations", None)
        versions.keep(posting, PostingVersion.Act.CHANGED, by=by)
