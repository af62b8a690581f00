"""What is sent for each kind of draft: as little as will do, gathered in one place, so that it can be shown before it leaves.

Never sent: name, contacts, addresses, pictures, age, words of gender, schools, employers, notes, self-identification, pay, answers to
questions, and anything of another person. Only a summary takes anything from a résumé at all.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from hiring.errors import Refused
from hiring.models import Document, Job
from hiring.resumes import record
from hiring.resumes.profile import Profile
from hiring.semantic.texts import CONTACTS
from pipeline.assistant import redacting
from pipeline.models import Application, AssistantDraft

Kind = AssistantDraft.Kind
LONGEST_ADVERT = 8_000
LONGEST_WISH = 600
BREAKS = re.compile(r"</(?:p|li|ul|ol|h\d|div)>|<br[^>]{0,20}>", re.IGNORECASE)
TAGS = re.compile(r"<[^>]{0,2000}>")

NOT_READ = "There is no résumé to go by yet: it has not been read."
STILL_KNOWN = "Nothing was sent: the text still held something that says who the person is."


@dataclass(frozen=True)
class Part:
    label: str
    text: str


@dataclass(frozen=True)
class Material:
    """`parts` is all that is sent beside our own words (pipeline/assistant/prompts.py)."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(part.text for part in self.parts)

    def part(self, label: str) -> str:
        return next((part.text for part in self.parts if part.label == label), "")


def of(draft: AssistantDraft) -> Material:
    """What goes out for this draft as things are now. Raises Refused when there is nothing to go by, or too much in it."""
    parts = GATHER[Kind(draft.kind)](draft)
    return Material(tuple(part for part in parts if part.text.strip()))


def digest(messages: list[dict[str, str]]) -> str:
    """Of everything that was sent, our own words included (AI-2)."""
    return hashlib.sha256("\x00".join(message["content"] for message in messages).encode()).hexdigest()


# ---------- Kinds ----------


def _for_criteria(draft: AssistantDraft) -> list[Part]:
    text = advert(draft.job)
    if len(text) < 80:
        raise Refused("The posting has no text yet to draw criteria from. Write it first.")
    return [Part("Job title", draft.job.title), Part("Advert", text)]


def _for_summary(draft: AssistantDraft) -> list[Part]:
    application = draft.application
    if application is None:
        raise TypeError("A summary is about an application.")
    text = resume_text(application)
    return [Part("Job title", draft.job.title), Part("Advert", advert(draft.job)), Part("Résumé", text)]


def _for_questions(draft: AssistantDraft) -> list[Part]:
    brief = draft.brief
    return [
        Part("Job title", draft.job.title),
        Part("Advert", advert(draft.job)),
        Part("Interview", str(brief.get("name", ""))[:100]),
        Part("To be rated in it", "\n".join(str(one)[:100] for one in brief.get("focus", [])[:12])),
        Part("Questions there are already", "\n".join(str(one)[:300] for one in brief.get("questions", [])[:20])),
    ]


def _for_message(draft: AssistantDraft) -> list[Part]:
    """Nothing of the person's record: what the colleague wants to say, without the person's name and contacts."""
    candidate = draft.candidate
    if candidate is None:
        raise TypeError("A message is to somebody.")
    identity = redacting.Identity.of(candidate, Profile())
    wish = redacting.words(str(draft.brief.get("wish", ""))[:LONGEST_WISH], identity)
    if redacting.leaks(wish, identity):
        raise Refused(STILL_KNOWN)
    return [Part("Job title", draft.job.title), Part("Advert", advert(draft.job)), Part("What to say", wish)]


GATHER: dict[AssistantDraft.Kind, Callable[[AssistantDraft], list[Part]]] = {
    Kind.CRITERIA: _for_criteria,
    Kind.SUMMARY: _for_summary,
    Kind.QUESTIONS: _for_questions,
    Kind.MESSAGE: _for_message,
}


# ---------- Sources ----------


def advert(job: Job) -> str:
    """The posting in lines, without contacts and without who we are."""
    posting = getattr(job, "posting", None)
    plain = html.unescape(TAGS.sub(" ", BREAKS.sub("\n", posting.description if posting else "")))
    plain = CONTACTS.sub(" ", plain)
    if settings.ORGANISATION_NAME:
        plain = re.sub(re.escape(settings.ORGANISATION_NAME), "the organisation", plain, flags=re.IGNORECASE)
    return "\n".join(line for line in (" ".join(line.split()) for line in plain.splitlines()) if line)[:LONGEST_ADVERT]


def resume_text(application: Application) -> str:
    """The redacted résumé of an application. Refused while there is none, and when redaction left something standing."""
    candidate = application.candidate
    document = resume_of(application)
    text = document.extracted.text if document and hasattr(document, "extracted") else ""
    if document is None or not text.strip():
        raise Refused(NOT_READ)
    profile = record.profile_of(document) or Profile()
    identity = redacting.Identity.of(candidate, profile)
    clean = redacting.resume(text, identity, profile)
    if len(clean) < 40:
        raise Refused("What is left of the résumé without name, contacts and schools is too little for a summary.")
    if redacting.leaks(clean, identity):
        raise Refused(STILL_KNOWN)
    return clean


def resume_of(application: Application) -> Document | None:
    """The résumé this application came with; the person's newest where it came without."""
    return application.resume or record.newest_resume(application.candidate)
