"""Which rejection letter a person gets: by the reason, and in their language as far as it is known or can be guessed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hiring.models import MailTemplate, ParsedProfile
from hiring.query.copied import LANGUAGES
from pipeline.models import Application, JobLetter, ReasonLetter, RejectionReason

ENGLISH = "en"
NONE = "There is no rejection letter to send."


@dataclass(frozen=True)
class Tongue:
    """A person's language, and how we come to think so: `known` was set or chosen by them, else it is a guess."""

    code: str
    known: bool = False
    why: str = ""

    @property
    def name(self) -> str:
        return LANGUAGES.get(self.code, self.code).capitalize()


def tongue_of(application: Application) -> Tongue:
    """The language on the record where it is another than English, else that of the résumé, else English.

    English on a record is what every record starts with, so it says little; a résumé in French says more.
    """
    return tongues_of([application])[application.pk]


def tongues_of(applications: Collection[Application]) -> dict[int, Tongue]:
    """`tongue_of` for many, by application: one query, none where all records name another language than English."""
    codes = {one.pk: (one.candidate.language or ENGLISH)[:2].lower() for one in applications}
    found = {pk: Tongue(code, True, "it stands on the profile") for pk, code in codes.items() if code != ENGLISH}
    unsaid = [one for one in applications if one.pk not in found]
    if not unsaid:
        return found
    read = ParsedProfile.objects.filter(
        document__candidate__in={one.candidate_id for one in unsaid}, document__kind="resume", status=ParsedProfile.Status.DONE
    ).order_by("-document__uploaded_at", "-document")  # fmt: skip
    by_document: dict[int | None, str] = {}
    by_person: dict[int | None, str] = {}
    for person, document, said in read.values_list("document__candidate", "document", "profile__text_language"):
        by_document[document] = str(said or "")[:2]
        by_person.setdefault(person, by_document[document])
    for one in unsaid:
        said = by_document.get(one.resume_id, by_person.get(one.candidate_id, ""))
        found[one.pk] = Tongue(said, False, "their résumé is written in it") if said else Tongue(ENGLISH)
    return found


@dataclass(frozen=True)
class Choice:
    """The letter to start from, and a word about it where it is not what one would wish for."""

    template: MailTemplate | None
    word: str = ""


def choose(application: Application, reason: RejectionReason | None) -> Choice:
    """The job's letter for the reason in the person's language, else the reason's, else any of ours in it, else the job's or the
    reason's in English, else the first one."""
    return choose_many([application], reason)[application.pk]


def choose_many(applications: Sequence[Application], reason: RejectionReason | None) -> dict[int, Choice]:
    """`choose` for many of one job, by application: four queries."""
    own = _letters_of(reason, applications[0]) if reason else []
    ours = list(MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True).order_by("pk"))
    tongues = tongues_of(applications)
    return {one.pk: _choice(one, tongues[one.pk], own, ours) for one in applications}


def _choice(application: Application, tongue: Tongue, own: list[MailTemplate], ours: list[MailTemplate]) -> Choice:
    for templates in (own, ours):
        if found := _in(templates, tongue.code):
            return Choice(found, "" if tongue.known or tongue.code == ENGLISH else _guess(application, tongue))
    fallback = _in(own, ENGLISH) or next(iter(own), None) or _in(ours, ENGLISH) or next(iter(ours), None)
    return Choice(fallback, _missing(application, tongue, fallback) if fallback else "")


def word_about(application: Application, template: MailTemplate) -> str:
    """What to know of this letter's language for this person; empty where it fits."""
    tongue = tongue_of(application)
    if template.language[:2] != tongue.code:
        return _missing(application, tongue, template)
    return "" if tongue.known or tongue.code == ENGLISH else _guess(application, tongue)


def variant(template: MailTemplate, reason: RejectionReason, application: Application) -> MailTemplate:
    """The same reason's letter in the person's language, where the chosen one has such a sister; else the chosen one."""
    return variants(template, reason, [application])[application.pk]


def variants(
    template: MailTemplate, reason: RejectionReason, applications: Sequence[Application]
) -> dict[int, MailTemplate]:
    """`variant` for many of one job, by application: three queries."""
    sisters = _letters_of(reason, applications[0])
    if template not in sisters:
        return {one.pk: template for one in applications}
    codes = {pk: tongue.code for pk, tongue in tongues_of(applications).items()}
    return {
        pk: template if template.language[:2] == code else _in(sisters, code) or template for pk, code in codes.items()
    }


def _letters_of(reason: RejectionReason, application: Application) -> list[MailTemplate]:
    """The job's own letters for the reason, then those that fit it on every job."""
    own = JobLetter.objects.filter(job=application.job_id, reason=reason, template__is_active=True)
    anywhere = ReasonLetter.objects.filter(reason=reason, template__is_active=True)
    found = [row.template for row in own.select_related("template").order_by("pk")]
    found += [row.template for row in anywhere.select_related("template").order_by("pk")]
    return list(dict.fromkeys(found))


def _in(templates: list[MailTemplate], code: str) -> MailTemplate | None:
    return next((one for one in templates if one.language[:2] == code), None)


def _guess(application: Application, tongue: Tongue) -> str:
    return f"In {tongue.name}, because {tongue.why}. Nobody has said which language {application.candidate.first_name} reads."


def _missing(application: Application, tongue: Tongue, template: MailTemplate) -> str:
    said = LANGUAGES.get(template.language[:2], template.language).capitalize()
    if tongue.code == ENGLISH and not tongue.known:
        return f"This letter is in {said}; nothing says that {application.candidate.first_name} reads it."
    return f"This letter is in {said}. {application.candidate.first_name}’s language is {tongue.name}: {tongue.why}."
