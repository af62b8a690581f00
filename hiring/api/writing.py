"""Adding people, putting facts right, files and notes: every change goes through the verb that the pages call."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from ninja import Field, File, Form, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from pydantic import AfterValidator, ConfigDict

from hiring import access, acquaintance, candidates, contact_points, custom_fields, documents, names, notes, sources
from hiring.api import people
from hiring.api.door import ApiRequest, Unfit
from hiring.api.once import once
from hiring.api.people import Pk, router  # one router: its operations share addresses
from hiring.api.shapes import CandidateOut, Given, Id, Line, Name, Point, ShortLine, TagName, Text
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, Job, Note, Source, User


def _scalar(value: Any) -> Any:
    """Refuse what no field holds, rather than keep how it happens to be written."""
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(part, bool | dict | list) for part in parts):
        raise ValueError("Give a text, a number, a date as text, or a list of choices.")
    return value


Custom = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Annotated[Any, AfterValidator(_scalar)]],
    Field(max_length=200, description="Key to value; null empties it. Choices by label, several as a list."),
]
Tags = Annotated[list[TagName], Field(max_length=50)]
Points = Annotated[list[Point], Field(max_length=20)]


class Facts(Given):
    headline: Line = ""
    company: ShortLine = ""
    location: ShortLine = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = Field("", description="ISO 3166-1, such as FR.")
    time_zone: ShortLine = Field("", description="IANA, such as Europe/Paris.")
    language: Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")] = Field(
        "", description="Such as en or pt-BR."
    )
    source_note: Line = ""


class CandidateIn(Facts):
    """Somebody to be added, or found: at least one contact point, where they come from, and why we may keep their data."""

    name: Name
    emails: Points = Field(default_factory=list)
    phones: Points = Field(default_factory=list)
    links: Points = Field(default_factory=list, description="Profile links.")
    source: Name = Field(description="The name or the number of a source in use.")
    purpose: Literal["sourcing", "application", "pool"]
    basis: Literal["legitimate_interest", "contract", "consent"] = Field(
        description="The lawful basis of that purpose."
    )
    owner: Line | None = Field(None, description="A colleague by e-mail; whose key it is, when left out.")
    tags: Tags = Field(default_factory=list)
    custom_fields: Custom = Field(default_factory=dict)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Noor Haddad",
                "emails": ["noor@haddad.example"],
                "links": ["https://www.linkedin.com/in/noor-haddad-example"],
                "headline": "Data Engineer at Gridwise",
                "location": "Lyon",
                "source": "Career fair",
                "purpose": "sourcing",
                "basis": "legitimate_interest",
                "tags": ["energy"],
            }
        }
    )


class Suspect(Schema):
    """Somebody who may be the same person."""

    id: int
    score: int = Field(description="0 to 100")
    reasons: list[str]


class Taken(Schema):
    """What became of somebody who was sent."""

    outcome: Literal["created", "joined", "suspected"] = Field(
        description="`created`: new. `joined`: known already by a contact point; blanks were filled, nothing overwritten. "
        "`suspected`: new, and much like others, who wait with them in the queue of duplicates."
    )
    id: int
    filled: list[str] = Field(description="Of somebody known, what was blank and is filled now.")
    suspects: list[Suspect]


POINTS = {
    "emails": (ContactPoint.Kind.EMAIL, contact_points.normalise_email),
    "phones": (ContactPoint.Kind.PHONE, contact_points.typed_phone),
    "links": (ContactPoint.Kind.LINK, contact_points.normalise_link),
}
BASES = {
    "sourcing": {"legitimate_interest", "consent"},
    "application": {"contract", "consent"},
    "pool": {"legitimate_interest", "consent"},
}


@router.post("/candidates", response={201: Taken, 200: Taken}, url_name="candidate_add", summary="Add or find a person")
def candidate_add(request: ApiRequest, given: CandidateIn) -> HttpResponse:
    """The one door of every intake: somebody we know by a contact point is joined rather than doubled (200), all others are
    added (201). People who did not apply have to be told within a month; the record says until when."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    return once(request, lambda: _add(request.user, given))


def _add(user: User, given: CandidateIn) -> tuple[int, Taken]:
    wrong = _Wrong()
    facts: dict[str, Any] = given.model_dump(
        include={"name", "headline", "company", "location", "country", "time_zone", "language", "source_note"}
    )
    wrong.ask("name", lambda: names.clean_name(given.name))
    wrong.ask("time_zone", lambda: _zone(given.time_zone))
    facts["source"] = wrong.ask("source", lambda: _source(given.source))
    facts["owner"] = wrong.ask("owner", lambda: _owner(given.owner or "")) if given.owner else user
    for field, (_, normalise) in POINTS.items():
        facts[field] = _points(wrong, field, getattr(given, field), normalise)
    if not any(text for field in POINTS for text in getattr(given, field)):
        wrong.say("emails", "Give an e-mail address, a phone number or a profile link.")
    if given.basis not in BASES[given.purpose]:
        wrong.say("basis", f"For {given.purpose} the basis is one of {', '.join(sorted(BASES[given.purpose]))}.")
    wrong.stop()
    found, is_new = candidates.create(by=user, purpose=given.purpose, basis=given.basis, **facts)
    for name in given.tags:
        candidates.tag(found, name, by=user)
    _fill_in(found, user, given.custom_fields, is_new=is_new)
    seen = acquaintance.suspects_on_record(user, found) if is_new else []
    outcome: Any = "joined" if not is_new else "suspected" if seen else "created"
    alike = [Suspect(id=one.person.pk, score=one.score, reasons=one.reasons) for one in seen]
    filled = [] if is_new else list(found.filled)  # type: ignore[attr-defined]
    return 201 if is_new else 200, Taken(outcome=outcome, id=found.pk, filled=filled, suspects=alike)


def _fill_in(found: Candidate, user: User, given: dict[str, Any], *, is_new: bool) -> None:
    """The custom fields of somebody who came in: of somebody known only what is blank, of somebody new all that are required."""
    known = custom_fields.fields_for("candidate", user)
    if strange := given.keys() - {what.key for what in known}:
        raise custom_fields.Invalid(dict.fromkeys(sorted(strange), "There is no such field."))
    if not is_new:
        custom_fields.fill_in(found, user, given, origin="api")
    elif given := {what.key: None for what in known if what.is_required} | given:
        custom_fields.set_values(found, user, given, origin="api")


class Changes(Facts):
    """What is to be different; what is left out stays as it is."""

    name: Name = ""
    emails: Points = Field(
        default_factory=list, description="All addresses the person is to have, the one that is used first in front."
    )
    phones: Points = Field(default_factory=list, description="All numbers, likewise.")
    links: Points = Field(default_factory=list, description="All profile links, likewise.")
    source: Name | None = Field(None, description="The name or the number of a source; null for not known.")
    owner: Line | None = Field(None, description="A colleague by e-mail; null for nobody.")
    tags: Tags = Field(default_factory=list, description="All tags the person is to have.")
    custom_fields: Custom = Field(default_factory=dict)

    model_config = ConfigDict(
        json_schema_extra={"example": {"headline": "Lead Data Engineer", "tags": ["energy", "speaker"]}}
    )


@router.patch("/candidates/{candidate_id}", response=CandidateOut, url_name="candidate_edit", summary="Put facts right")
def candidate_edit(request: ApiRequest, candidate_id: Pk, given: Changes) -> HttpResponse:
    """Change what is sent and nothing else, all or nothing. With `If-Match` only while nobody changed the person meanwhile (412).

    `emails`, `phones`, `links` and `tags` are whole lists: what is missing from one is taken away. An address or link that
    identifies somebody else is answered 409, and nothing is changed.
    """
    user = request.user
    with transaction.atomic():
        found = people.find(user, candidate_id)
        if found.pk != candidate_id:
            return people.moved_to(found)
        if not access.can_edit_candidate(user, found):
            raise PermissionDenied
        Candidate.objects.visible_to(user).select_for_update(of=("self",)).get(pk=found.pk)
        found = people.find(user, candidate_id)
        if not people.still_matches(request, found):
            raise HttpError(412, "The person has changed since. Read them again, and decide with what you see.")
        _change(found, user, given)
        body = people.in_full(request, people.find(user, candidate_id))
    return HttpResponse(body, content_type="application/json", headers={"ETag": people.etag(body)})


def _change(found: Candidate, user: User, given: Changes) -> None:
    sent, wrong = given.model_fields_set, _Wrong()
    facts = given.model_dump(include=sent - {"source", "owner", "tags", "custom_fields", *POINTS})
    for field, (_, normalise) in POINTS.items():
        _points(wrong, field, getattr(given, field), normalise)
    if "name" in sent:
        wrong.ask("name", lambda: names.clean_name(given.name))
    if "language" in sent and not given.language:
        wrong.say("language", "A person is written to in some language, such as en.")
    if given.time_zone:
        wrong.ask("time_zone", lambda: _zone(given.time_zone))
    if "source" in sent:
        facts["source"] = wrong.ask("source", lambda: _source(given.source or "")) if given.source else None
    owner = wrong.ask("owner", lambda: _owner(given.owner or "")) if given.owner else None
    wrong.stop()
    if facts:
        candidates.edit(found, by=user, **facts)
    for field, (kind, _) in POINTS.items():
        if field in sent:
            candidates.arrange_contact_points(found, kind, getattr(given, field), by=user)
    if "owner" in sent:
        candidates.set_owner(found, owner, by=user)
    if "tags" in sent:
        _tag(found, user, given.tags)
    if given.custom_fields:
        custom_fields.set_values(found, user, given.custom_fields, origin="api")


def _tag(found: Candidate, user: User, wanted: Iterable[str]) -> None:
    """Make the tags exactly these."""
    by_name = {name.casefold(): name for name in wanted}
    held = {use.tag.name.casefold(): use.tag for use in found.tags.all()}
    for key, tag in held.items():
        if key not in by_name:
            candidates.untag(found, tag, by=user)
    for key, name in by_name.items():
        if key not in held:
            candidates.tag(found, name, by=user)


class DocumentOut(Schema):
    id: int
    kind: str
    status: str = Field(description="stored, reading, ready, failed or held: the file is read in the background.")


class DocumentIn(Given):
    kind: Literal["resume", "cover_letter", "other"] = "resume"


@router.post("/candidates/{candidate_id}/documents", response={201: DocumentOut}, url_name="candidate_document_add",
             summary="Add a file")  # fmt: skip
def candidate_document_add(
    request: ApiRequest, candidate_id: Pk, file: File[UploadedFile], given: Form[DocumentIn]
) -> HttpResponse:
    """A résumé, cover letter or other file as `multipart/form-data`: PDF, DOCX, ODT, RTF, TXT, or a JSON Resume. It passes the
    same checks as one that is uploaded on a page. The same file again is the same document."""
    found = people.find(request.user, candidate_id)
    if not access.can_edit_candidate(request.user, found):
        raise PermissionDenied

    def keep() -> tuple[int, DocumentOut]:
        try:
            kept = documents.store_all(found, [file], given.kind, by=request.user)[0]
        except Refused as refused:
            raise Unfit({"file": refused.sentence}) from None
        return 201, DocumentOut(id=kept.pk, kind=kept.kind, status=kept.status)

    return once(request, keep)


class NoteIn(Given):
    text: Text
    visibility: Literal["everyone", "team", "private"] = Field("team", description="`private`: whose key it is alone.")
    kind: Literal["note", "call"] = "note"
    reached: bool = Field(True, description="Of a call: whether the person answered, which is a sign of life.")
    job: Id | None = Field(None, description="The job it is about; `team` then means that job's.")

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "Met at the fair; would move to Lyon.", "visibility": "everyone"}}
    )


class NoteOut(Schema):
    id: int


@router.post("/candidates/{candidate_id}/notes", response={201: NoteOut}, url_name="candidate_note_add",
             summary="Write a note")  # fmt: skip
def candidate_note_add(request: ApiRequest, candidate_id: Pk, given: NoteIn) -> HttpResponse:
    """A note, or what a call was about. Colleagues it mentions with @ are told, as far as they may see it."""
    user = request.user
    found = people.find(user, candidate_id)
    if not access.can_write_notes(user, found):
        raise PermissionDenied
    job = Job.objects.visible_to(user).filter(pk=given.job).first() if given.job else None
    if given.job and job is None:
        raise Unfit({"job": "There is no such job, or you may not see it."})
    said = given.model_dump(include={"text", "visibility", "kind", "reached"})

    def write() -> tuple[int, NoteOut]:
        note: Note = notes.write(found, by=user, job=job, **said)
        return 201, NoteOut(id=note.pk)

    return once(request, write)


# ---------- From text to nouns ----------


class _Wrong:
    """Gathers what is wrong with a body, so that all of it is said at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def ask(self, field: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refused as refused:
            self.say(field, refused.sentence)

    def say(self, field: str, sentence: str) -> None:
        self.errors.setdefault(field, sentence)

    def stop(self) -> None:
        if self.errors:
            raise Unfit(self.errors)


def _points(wrong: _Wrong, field: str, texts: list[str], normalise: Callable[[str], str]) -> list[str]:
    for place, text in enumerate(texts):
        if text:
            wrong.ask(f"{field}.{place}", lambda text=text: normalise(text))  # type: ignore[misc]
    return texts


def _source(asked: str) -> Source:
    """By number or any name; a number or name of one that was merged means what it was merged into."""
    by_number = asked.isdecimal() and len(asked) < 18
    named = Source.objects.filter(pk=int(asked)).first() if by_number else sources.find(asked)
    found = sources.standing(named) if named else None
    if found is None or not found.is_active:
        raise Refused("There is no such source in use. GET /api/v1/sources lists them.")
    return found


def _owner(asked: str) -> User:
    found = User.objects.filter(email__iexact=asked, is_active=True, role__in=access.WORKS_WITH_CANDIDATES).first()
    if found is None:
        raise Refused("This is no colleague who works with candidates.")
    return found


def _zone(asked: str) -> str:
    if asked and asked not in zoneinfo.available_timezones():
        raise Refused("This is no time zone. Use a name such as Europe/Paris.")
    return asked
