"""A colleague looks at people they were asked about: from the mail on a phone without a password, or signed in.

Both doors lead to the same pages; only the addresses in them differ. Looking changes nothing (SEC-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring import masks
from hiring.documents import serving
from hiring.errors import Refused
from hiring.http import AnyRequest, StaffRequest, by_link, public, say
from hiring.models import Document
from pipeline import asking, looking
from pipeline.blind import showing
from pipeline.forms.asking import AnswerOneForm
from pipeline.models import ManagerReview, Reviewer

LINKED = "pipeline/look_link.html"
SIGNED_IN = "pipeline/look.html"


@dataclass(frozen=True)
class Door:
    """How the colleague came in, and where the page's links lead them."""

    template: str
    route: str
    key: str | int

    @property
    def url(self) -> str:
        return reverse(self.route, args=[self.key])

    def person(self, row: looking.Row | None) -> str:
        return reverse(f"{self.route}_person", args=[self.key, row.person.pk]) if row else ""

    def hidden_page(self, row: looking.Row, number: int) -> str:
        """A page without what must not be known."""
        if self.template == LINKED:
            return reverse(f"{self.route}_page", args=[self.key, row.person.pk, number])
        return reverse("pipeline:blind_page", args=[row.application.pk, number])

    def page(self, row: looking.Row, document: Document, number: int) -> str:
        if self.template == LINKED:
            return reverse(f"{self.route}_page", args=[self.key, row.person.pk, number])
        return reverse("document_page", args=[document.pk, number])


def _linked(token: str) -> Door:
    return Door(LINKED, "pipeline:look", token)


@public
@never_cache
@require_safe
@by_link(asking.open_link)
def look(request: AnyRequest, reviewer: Reviewer, token: str) -> HttpResponse:
    return _batch(request, reviewer, _linked(token))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(asking.open_link)
def look_person(request: AnyRequest, reviewer: Reviewer, token: str, person: int) -> HttpResponse:
    return _person(request, reviewer, _linked(token), person)


@public
@never_cache
@require_safe
@by_link(asking.open_link)
def look_page(request: AnyRequest, reviewer: Reviewer, token: str, person: int, number: int) -> HttpResponseBase:
    """One page of the résumé as a picture. The link opens the résumés of its batch while it is open, never the original."""
    row = looking.batch(reviewer).row(person)
    masks.within(reviewer.review.job_id)
    shown = looking.person(row, reviewer.user) if row and reviewer.review.is_open else None
    if shown and shown.hidden:
        made = showing.picture(shown.hidden, number)
        if made is None:
            raise Http404
        return serving.picture(made)
    document = shown.resume if shown else None
    if document is None or document.status != Document.Status.READY:
        raise Http404
    return serving.page_image(get_object_or_404(document.pages, number=number))


@require_safe
def my_look(request: StaffRequest, pk: int) -> HttpResponse:
    return _batch(request, _own_seat(request, pk), Door(SIGNED_IN, "pipeline:my_look", pk))


@require_http_methods(["GET", "HEAD", "POST"])
def my_look_person(request: StaffRequest, pk: int, person: int) -> HttpResponse:
    return _person(request, _own_seat(request, pk), Door(SIGNED_IN, "pipeline:my_look", pk), person)


def _own_seat(request: StaffRequest, pk: int) -> Reviewer:
    """The batch belongs to those who were asked: whoever was not looks at its results instead."""
    review = get_object_or_404(ManagerReview.objects.visible_to(request.user), pk=pk)
    seats = review.reviewers.filter(removed_at=None).select_related("user", "review__job__location", "review__by")
    reviewer = get_object_or_404(seats, user=request.user)
    if not asking.may_look(reviewer):
        raise Http404
    return reviewer


def _batch(request: AnyRequest, reviewer: Reviewer, door: Door) -> HttpResponse:
    """The note, how far one is, and where to go on."""
    masks.within(reviewer.review.job_id)
    found = looking.batch(reviewer)
    following = found.next_owed()
    page = _frame(reviewer, door) | {
        "batch": found,
        "rows": [(row, door.person(row)) for row in found.rows] if reviewer.review.is_open else [],
        "go_on": door.person(following),
        "following": following,
    }
    return render(request, door.template, page)


def _person(request: AnyRequest, reviewer: Reviewer, door: Door, person: int) -> HttpResponse:
    """One person, three buttons. The answer is kept and leads on to whoever has none yet."""
    masks.within(reviewer.review.job_id)
    found = looking.batch(reviewer)
    row = found.row(person)
    if row is None:
        raise Http404
    if not reviewer.review.is_open:
        return redirect(door.url)
    form = AnswerOneForm(request.POST or None, initial={"comment": row.said.comment if row.said else ""})
    page = _frame(reviewer, door) | _shown(found, row, door) | {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            asking.answer(reviewer, row.person, **form.cleaned_data)
        except Refused as no:
            return render(request, door.template, page | {"refusal": no.sentence}, status=409)
        say(request, f"{row.name}: kept.")
        return redirect(_where_on(found, row, door))
    return render(request, door.template, page, status=422 if form.errors else 200)


def _where_on(found: looking.Batch, row: looking.Row, door: Door) -> str:
    """To the next person without an answer; with none left, back to the overview."""
    rest = [other for other in found.owed if other.person.pk != row.person.pk]
    behind = next((other for other in rest if other.number > row.number), rest[0] if rest else None)
    return door.person(behind) if behind else door.url


def _shown(found: looking.Batch, row: looking.Row, door: Door) -> dict[str, Any]:
    shown = looking.person(row, found.reviewer.user)
    resume = shown.resume
    pages = [(page, door.page(row, resume, page.number)) for page in resume.pages.all()] if resume else []
    if shown.hidden:
        pages = [(one.page, door.hidden_page(row, one.page.number)) for one in shown.hidden.pages]
    return {
        "batch": found,
        "shown": shown,
        "candidate": shown.candidate,
        "resume": resume,
        "pages": pages,
        "here": door.person(row),
        "previous": door.person(found.beside(row, -1)),
        "following": door.person(found.beside(row, 1)),
    }


def _frame(reviewer: Reviewer, door: Door) -> dict[str, Any]:
    return {"reviewer": reviewer, "review": reviewer.review, "job": reviewer.review.job, "door": door}
