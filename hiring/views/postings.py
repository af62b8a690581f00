"""The posting of a job: write it, see what is to be said of it, put it out and take it down."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_POST

from hiring import access, job_facts, postings
from hiring.errors import Refused
from hiring.forms.posting_places import Places, moved, one_more, places_of
from hiring.forms.postings import PostingForm, TimeForm
from hiring.http import StaffRequest
from hiring.models import Job, Posting
from hiring.postings import rules, standing
from hiring.postings.drafting import drawn
from hiring.postings.editing import is_current
from hiring.postings.linting import Finding
from hiring.postings.texts import pasted

LOOKS = ("look", "place", "move", "insert", "answer", "unanswer")
"""Buttons of the form that save nothing of it: what was typed comes back, with what was asked for."""


def posting_of(request: StaffRequest, pk: int) -> Posting:
    """The posting of a job somebody may edit, with all that is said of it."""
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return Posting.objects.with_places().prefetch_related("translations", "rule_answers").get(job=job)


@dataclass
class Typed:
    """The forms of the editor, bound to what was sent or as they stand."""

    form: PostingForm
    places: Places
    time: TimeForm

    def are_valid(self) -> bool:
        return all([self.form.is_valid(), self.places.is_valid()])


def _typed(posting: Posting, data: QueryDict | None) -> Typed:
    time = data if data is not None and "schedule" in data else None
    return Typed(
        PostingForm(data, posting=posting),
        places_of(posting, data),
        TimeForm(time, posting=posting),
    )


def job_posting(request: StaffRequest, pk: int) -> HttpResponse:
    """The editor. “Save” checks what is already public; what only looks or adds a row saves nothing."""
    posting = posting_of(request, pk)
    if request.method != "POST":
        return _editor(request, posting, _typed(posting, None))
    if which := next((name for name in LOOKS if name in request.POST), None):
        return _look(request, posting, which)
    typed = _typed(posting, request.POST)
    if not typed.are_valid() or ("schedule" in request.POST and not typed.time.is_valid()):
        return _editor(request, posting, typed, status=422)
    sites = None if typed.places.is_untouched else typed.places.wanted
    try:
        saved = postings.edit(posting, by=request.user, sites=sites, **typed.form.words)
    except Refused:  # it is out, and would not be fit to be: each thing is said at its field, all that was typed stays
        return _editor(request, posting, typed, status=422)
    return _after(request, saved, typed)


def _after(request: StaffRequest, saved: Posting, typed: Typed) -> HttpResponse:
    """What comes of saving: kept, put out, or set for a time. What stands against going out is on the page then."""
    if "publish" in request.POST:
        return _publish(request, saved)
    if "schedule" in request.POST and (at := typed.time.moment):
        postings.schedule(saved, at, by=request.user)
        messages.success(request, f"It goes out at {standing.wall(at, saved)}.")
    else:
        messages.success(request, "Saved.")
    return redirect("job_posting", saved.job_id)


def _look(request: StaffRequest, posting: Posting, which: str) -> HttpResponse:
    data = request.POST.copy()
    if which == "place":
        data = one_more(data)
    elif which == "move":
        data = moved(data, str(data["move"]))
    elif which == "insert":
        data["description"] = f"{data.get('description', '').rstrip()}\n\n{data['insert'][:1000]}"
    refused = _answer(request, posting, which) if which in ("answer", "unanswer") else ""
    if which in ("answer", "unanswer"):
        posting = posting_of(request, posting.job_id)
    return _editor(request, posting, _typed(posting, data), refused=refused, status=422 if refused else 200)


def _answer(request: StaffRequest, posting: Posting, which: str) -> str:
    """Record, or take back, somebody's word on a rule; what was refused, as a sentence."""
    key = request.POST[which]
    rule = next((one.rule for one in rules.broken(posting) if str(one.rule.pk) == key), None)
    if rule is None:
        return "This rule is kept already, or is no more."
    try:
        if which == "answer":
            rules.answer(posting, rule, request.POST.get(f"reason-{key}", ""), by=request.user)
        else:
            rules.take_back(posting, rule, by=request.user)
    except Refused as refused:
        return refused.sentence
    return ""


@require_POST
def job_posting_paste(request: StaffRequest, pk: int) -> HttpResponse:
    """What was copied from elsewhere as text of this editor: its looks stay behind (JOB-4)."""
    posting_of(request, pk)
    return HttpResponse(pasted(request.POST.get("html", "")[:200_000]), content_type="text/plain; charset=utf-8")


@require_POST
def job_publish(request: StaffRequest, pk: int) -> HttpResponse:
    return _publish(request, posting_of(request, pk))


@require_POST
def job_unpublish(request: StaffRequest, pk: int) -> HttpResponse:
    """Everywhere at once: site, sitemap, feeds and form follow the same query (JOB-13)."""
    posting = posting_of(request, pk)
    is_coming = standing.of(posting).is_coming
    postings.unpublish(posting, by=request.user)
    said = "It does not go out." if is_coming else "Taken down. Nobody can read it or apply any more."
    messages.success(request, said)
    return redirect("job_posting", pk)


def _publish(request: StaffRequest, posting: Posting) -> HttpResponse:
    try:
        postings.publish(posting, by=request.user)
    except Refused:
        fresh = posting_of(request, posting.job_id)
        messages.warning(request, "Saved, and not published yet: the page says what stands against it.")
        return _editor(request, fresh, _typed(fresh, None), status=422)
    messages.success(request, "Published.")
    return redirect("job_posting", posting.job_id)


def _editor(
    request: StaffRequest, posting: Posting, typed: Typed, *, refused: str = "", status: int = 200
) -> HttpResponse:
    draft = posting
    if typed.form.is_bound:
        typed.form.is_valid()
        draft = drawn(posting, typed.form.words, typed.places.wanted if typed.places.is_valid() else None)
    found = postings.findings(draft)
    stands = standing.of(posting)
    context = {
        "job": posting.job,
        "posting": posting,
        "typed": typed,
        "form": typed.form,
        "places": typed.places,
        "time": typed.time,
        "said": _by_place(found, request.POST),
        "stops": sum(one.stops for one in found),
        "hints": sum(not one.stops for one in found),
        "stands": stands,
        "address": _address(posting) if stands.is_live else "",
        "pay": job_facts.pay_range(posting.job),
        "may_administer": access.can_administer(request.user),
        "languages": [(one, is_current(one, posting)) for one in posting.translations.all()],
        "refused": refused,
    }
    return render(request, "hiring/job_posting.html", context, status=status)


def _by_place(found: list[Finding], sent: QueryDict) -> dict[str, list[Finding]]:
    """What is to be said, by the field it stands at; a reason that is being written stays."""
    said: dict[str, list[Finding]] = {}
    for one in found:
        if one.broken and (typed := sent.get(f"reason-{one.broken.rule.pk}", "")):
            one = replace(one, typed=typed)
        where = "languages" if one.at.startswith("language-") else one.at
        said.setdefault(where, []).append(one)
    return said


def _address(posting: Posting) -> str:
    try:
        return settings.SITE_URL + posting.get_absolute_url()
    except NoReverseMatch:
        return ""
