"""The fields the record itself answers: who somebody is, where they are, who looks after them, when we last spoke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThan

from hiring import contact_points, sources
from hiring.errors import Refused
from hiring.models import CandidateTag, ContactPoint, Document, Note, Source, Tag, User
from hiring.query import words
from hiring.query.fields import Asked, Condition, Field, Suggestion, of_choices, register
from hiring.query.tree import Term
from hiring.query.values import Span, named, one_of, plain_value, span, wrong

SUGGESTED = 12


def within(column: str, limits: Span) -> Q:
    """A moment inside a span; no moment is in none."""
    low, high = limits
    found = Q()
    if low:
        found &= Q(**{f"{column}__gte": low})
    if high:
        found &= Q(**{f"{column}__lt": high})
    return found if low or high else Q(**{f"{column}__isnull": False})


def _date(column: str):  # type: ignore[no-untyped-def]
    return lambda asked, term: within(column, span(term, asked.now, asked.user.zone))


def _email(asked: Asked, term: Term) -> Condition:
    """A whole address, its beginning, or with @ in front the domain."""
    text = plain_value(term).lower()
    if text.startswith("@"):
        points = Q(value__endswith=text)
    elif "@" in text and not term.is_prefix:
        points = Q(value=words.contact_point(text) or text)
    else:
        points = Q(value__startswith=text)
    if len(text) < 2:
        raise wrong(term, "email: needs at least two letters.")
    found = ContactPoint.objects.emails().filter(points, is_live=True)
    return Q(pk__in=found.values("candidate"))


def _phone(asked: Asked, term: Term) -> Condition:
    text = plain_value(term)
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) < 4:
        raise wrong(term, "phone: needs at least four digits.")
    value = Q()
    for beginning in contact_points.phone_beginnings(text):
        value |= Q(value__startswith=beginning)
    with suppress(Refused):
        value |= Q(value=contact_points.normalise_phone(text))
    return Q(pk__in=ContactPoint.objects.filter(value, kind="phone", is_live=True).values("candidate"))


def _owner(asked: Asked, term: Term) -> Condition:
    text = plain_value(term).lower()
    if text == "me":
        return Q(owner=asked.user.pk)
    if text in ("none", "nobody"):
        return Q(owner=None)
    return Q(owner__in=named(term, list(User.objects.values_list("pk", "full_name")), "colleague"))


def _owners(user: User, beginning: str) -> Iterable[Suggestion]:
    yield Suggestion("me", user.full_name)
    yield Suggestion("none", "nobody looks after them")
    able = User.objects.filter(is_active=True, full_name__icontains=beginning).exclude(pk=user.pk)
    for name in able.values_list("full_name", flat=True)[:SUGGESTED]:
        yield Suggestion(name)


def _source(asked: Asked, term: Term) -> Condition:
    """By name, or by kind: referral, sourced, agency."""
    text = plain_value(term).lower().replace(" ", "_")
    if text == "none":
        return Q(source=None)
    rows = sources.by_name()
    if any(kind == text for _, _, kind in rows):
        return Q(source__in={pk for pk, name, kind in rows if kind == text or name.lower() == term.text.lower()})
    return Q(source__in=named(term, [(pk, name) for pk, name, _ in rows], "source"))


def _sources(user: User, beginning: str) -> Iterable[Suggestion]:
    for kind, label in Source.Kind.choices:
        if kind.startswith(beginning.lower()):
            yield Suggestion(kind, f"all of {label.lower()}")
    for name in Source.objects.filter(is_active=True, name__icontains=beginning).values_list("name", flat=True)[
        :SUGGESTED
    ]:
        yield Suggestion(name)


def _tag(asked: Asked, term: Term) -> Condition:
    if plain_value(term).lower() == "none":
        return ~Q(Exists(CandidateTag.objects.filter(candidate=OuterRef("pk"))))
    exact = Tag.objects.filter(name__iexact=term.text).values_list("pk", flat=True)
    ids = [] if term.is_prefix else list(exact)
    ids = ids or named(term, list(Tag.objects.values_list("pk", "name")), "tag")
    return Q(pk__in=CandidateTag.objects.filter(tag__in=ids).values("candidate"))


def _tags(user: User, beginning: str) -> Iterable[Suggestion]:
    begins = Q(name__istartswith=beginning) | Q(name__icontains=f" {beginning}")
    return [Suggestion(name) for name in Tag.objects.filter(begins).values_list("name", flat=True)[:SUGGESTED]]


LAST = Greatest("last_contacted_at", "last_sign_of_life_at")
"""The later of both, or the one there is; as the index on last contact has it."""


def _contacted(asked: Asked, term: Term) -> Condition:
    """The last word between us, whoever had it: ours (a message, a call) or theirs (they wrote, applied, booked)."""
    if not term.op and term.text.lower() in ("never", "none"):
        return Q(last_contacted_at=None, last_sign_of_life_at=None)
    if not term.op and term.text.lower() in ("any", "ever"):
        return Q(IsNull(LAST, False))
    low, high = span(term, asked.now, asked.user.zone)
    bounds = Q(IsNull(LAST, False))
    if low:
        bounds &= Q(GreaterThanOrEqual(LAST, low))
    if high:
        bounds &= Q(LessThan(LAST, high))
    return bounds


HAS = {
    "resume": lambda asked: Exists(Document.objects.filter(candidate=OuterRef("pk"), kind="resume")),
    "email": lambda asked: Exists(_points("email")),
    "phone": lambda asked: Exists(_points("phone")),
    "link": lambda asked: Exists(_points("link")),
    "owner": lambda asked: Q(owner__isnull=False),
    "tag": lambda asked: Exists(CandidateTag.objects.filter(candidate=OuterRef("pk"))),
    "note": lambda asked: Exists(Note.objects.visible_to(asked.user).filter(candidate=OuterRef("pk"))),
    "location": lambda asked: ~Q(location=""),
}
IS = {
    "mine": lambda asked: Q(owner=asked.user.pk),
    "new": lambda asked: Q(created_at__gte=asked.now - dt.timedelta(days=7)),
    "do-not-contact": lambda asked: Q(do_not_contact=True),
}
"""What somebody is, by name; floors above add theirs (prospect, active, hired)."""


def _points(kind: str):  # type: ignore[no-untyped-def]
    return ContactPoint.objects.filter(candidate=OuterRef("pk"), kind=kind, is_live=True)


def _has(asked: Asked, term: Term) -> Condition:
    return Q(HAS[one_of(term, HAS)](asked))


def _is(asked: Asked, term: Term) -> Condition:
    return Q(IS[one_of(term, IS)](asked))


def _note(asked: Asked, term: Term) -> Condition:
    """Words of notes the person asking may see; nobody else's private ones, whatever the query (SEC-1)."""
    text = plain_value(term)
    if not any(letter.isalnum() for letter in text):
        raise wrong(term, "note: needs a word.")
    return Q(pk__in=notes_that_say(asked.user, text).values("candidate"))


def notes_that_say(user: User, text: str) -> QuerySet[Note]:
    said = Note.objects.visible_to(user).annotate(words=SearchVector("text", config="tl_text"))
    return said.filter(words=SearchQuery(text, config="tl_text", search_type="phrase"))


register(Field("source", "Source", "source:referral", _source, "choice", suggest=_sources, order=20))
register(Field("owner", "Owner", "owner:me", _owner, "choice", suggest=_owners, order=21))
register(Field("tag", "Tag", "tag:speaker", _tag, "choice", aliases=("tags", "label"), suggest=_tags, order=22))
TIMES = of_choices(
    [("<30d", "in the last 30 days"), (">90d", "longer ago than 90 days"), ("2026-01..2026-03", "between two months")]
)
register(
    Field(
        "contacted", "Last contact", "contacted:>90d", _contacted, "date", ("contact", "last-contact"),
        of_choices([("never", "never in touch"), ("<30d", "in the last 30 days"), (">90d", "longer ago than 90 days")]), order=23,
        more=(("contacted:never", "nobody ever was in touch"), ("contacted:30d..90d", "between 30 and 90 days ago"),
              ("contacted:last-month", "in that month")),
    )
)  # fmt: skip
register(
    Field(
        "added", "Added", "added:<7d", _date("created_at"), "date", ("created",), TIMES, order=40,
        more=(("added:2026-Q1", "in a quarter"), ("added:>=2026-01", "from a month on"), ("added:this-week", "since Monday")),
    )
)  # fmt: skip
register(Field("updated", "Changed", "updated:today", _date("updated_at"), "date", ("changed",), TIMES, order=41))
register(Field("email", "E-mail", "email:@siemens.com", _email, aliases=("e-mail", "mail"), order=43))
register(Field("phone", "Phone", "phone:+49301234567", _phone, aliases=("tel",), order=44))
register(Field("note", "Note", 'note:"notice period"', _note, aliases=("notes",), order=45))
register(Field("has", "Has", "has:resume", _has, "choice", suggest=of_choices([(name, "") for name in HAS]), order=46))
register(
    Field(
        "is", "Is", "is:prospect", _is, "choice",
        suggest=lambda user, beginning: [Suggestion(name) for name in IS if name.startswith(beginning.lower())], order=47,
    )
)  # fmt: skip
