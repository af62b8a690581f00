"""Saying no to one person: the decision with its reason, the letter as they will get it, and what is promised besides."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import promises, staying
from hiring.errors import Refused
from hiring.forms.promises import KeepForm
from hiring.http import StaffRequest, is_swap, page_or_part
from pipeline import closing, letters, rejection, reviewing
from pipeline.decisions.grounds import Grounds, Way
from pipeline.forms.rejecting import RejectForm
from pipeline.models import Application, DecisionRecord, RejectionReason
from pipeline.screening import judging
from pipeline.screening.forms import REASON_OF, GroundsForm, missing_musts
from pipeline.views import answer, ended, find_to_decide, next_url

REJECT = "pipeline/application_reject.html"


@require_http_methods(["GET", "POST"])
def application_reject(request: StaffRequest, pk: int) -> HttpResponse:
    """Opens in the drawer or as a page; the page itself asks how the letter would look."""
    application = find_to_decide(request, pk)
    if request.method == "POST":
        return _reject(request, application)
    if not application.is_active:
        return ended.page(request, application, f"Reject {application.candidate.name}")
    if "reason" in request.GET:
        chosen = RejectForm(request.GET)
        chosen.is_valid()
        if "template" in request.GET:
            return page_or_part(request, REJECT, "fields", _page(request, application, chosen))
        reason = chosen.cleaned_data.get("reason")  # it has changed: start from what goes with it
        chosen = RejectForm(reason=reason, first=letters.choose(application, reason).template)
        context = _page(
            request,
            application,
            chosen,
            grounds=_grounds(application, reason=reason, ticked=request.GET.getlist("criteria")),
        )
        return page_or_part(request, REJECT, "fields", context | {"has_new_reason": is_swap(request)})
    reason = _reason_of(judging.judged(application))
    form = RejectForm(reason=reason, first=letters.choose(application, reason).template)
    grounds = _grounds(application, reason=reason)
    return page_or_part(request, REJECT, "drawer", _page(request, application, form, grounds=grounds))


@require_POST
def application_restore(request: StaffRequest, pk: int) -> HttpResponse:
    application = rejection.restore(find_to_decide(request, pk), by=request.user)
    return answer(request, application, f"{application.candidate.name} is active again in {application.stage}")


@require_POST
def rejection_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the waiting mail; the decision stands."""
    application = find_to_decide(request, pk)
    if not rejection.stop_mail(application, by=request.user):
        raise Refused("No mail is waiting any more.")
    return answer(request, application, f"The mail to {application.candidate.name} is stopped")


def _reject(request: StaffRequest, application: Application) -> HttpResponse:
    form = RejectForm(request.POST)
    keep = KeepForm(request.POST, user=request.user, needed=form.wants_keep)
    grounds = _grounds(application, request.POST)
    if form.is_valid() & keep.is_valid() & grounds.is_valid():
        try:
            return _rejected(request, application, form, keep, grounds)
        except Refused as no:
            if not form.wants_keep:
                raise
            keep.add_error(None, no.sentence)  # what was typed of the promise is not lost
    return page_or_part(request, REJECT, "drawer", _page(request, application, form, keep, grounds), status=422)


def _rejected(
    request: StaffRequest, application: Application, form: RejectForm, keep: KeepForm, grounds: GroundsForm
) -> HttpResponse:
    kept = keep.keep() if form.wants_keep else None
    because = Grounds(_way(request, application), **grounds.said())
    application = rejection.reject(application, by=request.user, keep=kept, because=because, **form.decision())
    name, undo = application.candidate.name, reverse("pipeline:application_restore", args=[application.pk])
    waits = rejection.mail_of(application).filter(status="queued").exists()
    text = f"Rejected {name}{' and kept in mind' if kept else ''}. "
    text += "The mail waits and can be stopped." if waits else "No mail is sent."
    return answer(request, application, text, undo=undo)


def _page(
    request: StaffRequest,
    application: Application,
    form: RejectForm,
    keep: KeepForm | None = None,
    grounds: GroundsForm | None = None,
) -> dict[str, Any]:
    """The form beside the mail it would send. A missing field shows here, before anything is decided."""
    template, delay = _chosen(form)
    letter, problem, word = None, rejection.no_mail(application) if template else "", ""
    if template and not problem:
        word = f"{_heard_before(application)} {letters.word_about(application, template)}".strip()
        try:
            letter = rejection.merged(application, template, by=request.user)
        except Refused as refusal:
            problem = refusal.sentence
    return {
        "application": application,
        "candidate": application.candidate,
        "form": form,
        "template": template,
        "letter": letter,
        "word": word,
        "problem": problem,
        "leaves_at": rejection.leaves_at(application.candidate, by=request.user, delay=delay),
        "at_once": not delay,
        "keep": keep or KeepForm(user=request.user, needed=False),
        "keeping": form.wants_keep,
        "grounds": grounds or _grounds(application),
        "standing": promises.standing(application.candidate),
        "question": staying.sample_question(template.language[:2] if template else "en"),
        "still_open": closing.still_open(application),
        "next": next_url(request, ""),
    }


def _grounds(application: Application, data: Any = None, **chosen: Any) -> GroundsForm:
    """`chosen`: the reason, and what was ticked under another one."""
    judged = judging.judged(application)
    against = reviewing.goes_against(judged, DecisionRecord.Outcome.REJECT)
    return GroundsForm(data, judged=judged, goes_against=against, **chosen)


def _reason_of(judged: list[judging.Judged]) -> RejectionReason | None:
    """The reason to start from where a must was not found; None leaves it to be chosen."""
    kinds = [one.criterion.kind for one in missing_musts(judged)]
    code = next((REASON_OF[kind] for kind in kinds if kind in REASON_OF), "")
    return RejectionReason.objects.filter(code=code, is_active=True).first() if code else None


def _way(request: StaffRequest, application: Application) -> str:
    """Decided on the review page, where that is where one goes on."""
    back = reverse("pipeline:review", args=[application.job_id])
    return Way.REVIEW if next_url(request, "").startswith(back) else Way.HAND


def _heard_before(application: Application) -> str:
    before = rejection.told_before(application)
    if before is None:
        return ""
    return f"{application.candidate.first_name} heard no about this job on {before.at:%-d %B %Y} and has applied again since."


def _chosen(form: RejectForm) -> tuple[Any, rejection.Delay]:
    if not form.is_bound:
        return form.initial.get("template"), rejection.DELAY
    data = getattr(form, "cleaned_data", {})
    return data.get("template"), data.get("delay", rejection.DELAY)
