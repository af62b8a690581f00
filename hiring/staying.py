"""Asking somebody whether we may keep them in mind, and their yes or no from a personal link (PRIV-2: as easy back as forth)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from hiring import contact, identity, legal, links, promises
from hiring.errors import LinkGone, Refused
from hiring.models import Candidate, Consent, LegalText, PersonalLink, ProcessingBasis, Promise
from hiring.timeline import record

PURPOSE = PersonalLink.Purpose.STAY
LASTS = dt.timedelta(days=90)
POOL, CONSENT = ProcessingBasis.Purpose.POOL, ProcessingBasis.Basis.CONSENT
QUESTION = {
    "en": "May we keep you in mind for other roles? One click is enough, and you can take it back at any time:",
    "fr": "Pouvons-nous penser à vous pour d’autres postes ? Un clic suffit, et vous pouvez y revenir à tout moment :",
    "de": "Dürfen wir Sie für andere Stellen im Blick behalten? Ein Klick genügt, und Sie können es jederzeit zurücknehmen:",
    "es": "¿Podemos tenerle en cuenta para otros puestos? Basta un clic, y puede retirarlo en cualquier momento:",
}


def question(candidate: Candidate, language: str) -> str:
    """The paragraph of a letter that asks, with the person's own link."""
    return questions([candidate], {candidate.pk: language})[candidate.pk]


def questions(candidates: Sequence[Candidate], languages: Mapping[int, str]) -> dict[int, str]:
    """That paragraph for each of these people, in the language given by their id."""
    if any(legal.current(LegalText.Kind.POOL_CONSENT, locale=one) is None for one in set(languages.values())):
        raise Refused("There are no words to agree to: an administrator has to write the consent text for pools first.")
    found = links_for(candidates)
    return {
        pk: f"{QUESTION.get(languages[pk], QUESTION['en'])}\n{links.url(link, 'stay')}" for pk, link in found.items()
    }


def sample_question(language: str) -> str:
    """The same without a link, for a preview: looking issues nothing."""
    return f"{QUESTION.get(language, QUESTION['en'])}\n(a link of their own)"


def links_for(candidates: Sequence[Candidate]) -> dict[int, PersonalLink]:
    """Each person's one link, by their id; asking again moves its end."""
    living = PersonalLink.objects.filter(purpose=PURPOSE, candidate__in=candidates, revoked_at=None)
    living.update(expires_at=timezone.now() + LASTS)
    found = {link.candidate_id: link for link in living.order_by("-pk") if link.candidate_id}
    made = links.issue_many(PURPOSE, [one for one in candidates if one.pk not in found], valid_for=LASTS)
    return found | {link.candidate_id: link for link in made if link.candidate_id}


def open_link(token: str) -> Candidate:
    """Whose link this is; one who was merged into another record answers for that one. Raises LinkGone."""
    candidate = links.open_link(token, PURPOSE).candidate
    if candidate is None:
        raise LinkGone(links.GONE)
    return candidate.merged_into or candidate


def has_agreed(candidate: Candidate) -> bool:
    return candidate.consents.filter(purpose=POOL, withdrawn_at=None).exists()


@transaction.atomic
def agree(candidate: Candidate, *, locale: str, channel: str, words: LegalText | None = None) -> None:
    """PRIV-2: who agreed, when, to which words: those they were shown, else the ones that hold for their language now. Agreeing again
    while agreed changes nothing. What waited for it goes on."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    words = words or legal.current(LegalText.Kind.POOL_CONSENT, locale=locale)
    if words is None:
        return
    if not candidate.consents.filter(purpose=POOL, text=words, withdrawn_at=None).exists():
        Consent.objects.create(
            candidate=candidate, purpose=POOL, text=words, locale=locale, channel=channel, given_at=timezone.now()
        )
    identity.add_basis(candidate, POOL, CONSENT)
    contact.sign_of_life(candidate, "agreed")
    for promise in _locked(candidate, Promise.Status.WAITING):
        promise.status = Promise.Status.OPEN
        promise.save(update_fields=["status"])
        record(candidate, "promise.agreed", None, job=promise.job, promise=promise.pk)
        promises.carry_out([promise], by=promise.made_by)


@transaction.atomic
def refuse(candidate: Candidate) -> None:
    """They say no, or take their yes back: consent and basis end, and so does what was promised on the strength of it."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    now = timezone.now()
    candidate.consents.filter(purpose=POOL, withdrawn_at=None).update(withdrawn_at=now)
    candidate.bases.filter(purpose=POOL, basis=CONSENT, ended_at=None).update(ended_at=now)
    for promise in _locked(candidate, *Promise.STANDING):
        promises.leave([promise], by=None)
        promises.settle(promise, Promise.Status.REFUSED, by=None)


def _locked(candidate: Candidate, *statuses: str) -> list[Promise]:
    rows = Promise.objects.select_for_update(of=("self",)).select_related("candidate", "job", "made_by", "task")
    return list(rows.filter(candidate=candidate, status__in=statuses))
