"""What is done to many people of a board and needs a page first: writing to them, taking them over to another job."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, go
from hiring.mail import drafts
from hiring.models import Job, MailTemplate
from pipeline import bulk as acts
from pipeline import mailing, starting, transfer
from pipeline.forms.letters import MailForm
from pipeline.forms.moving import BulkTransferForm
from pipeline.mailing import Words
from pipeline.models import Application
from pipeline.views import find_job
from pipeline.views.bulk import NAMED, chosen_on, page_of, sent_with, start

MAIL, TRANSFER = "pipeline/bulk_mail.html", "pipeline/bulk_transfer.html"


@require_POST
def bulk_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """Write to everybody selected: from a template, then a look at it with whoever is left out, then it is sent."""
    job, chosen = _chosen(request, pk)
    if not access.can_write_mail(request.user):
        raise PermissionDenied
    if act := acts.confirmed(request.user, sent_with(request)["once"]):
        return go(request, act)  # sent twice: it is one act
    if len(chosen) > mailing.AT_MOST:
        raise Refused(f"At most {mailing.AT_MOST:,} people can be written to at once. Narrow the selection.")
    context: dict[str, Any] = {"job": job, "templates": drafts.templates()} | page_of(request, chosen)
    if not {"look", "send"} & request.POST.keys():
        return render(request, MAIL, context | _begun(request))
    form = MailForm(request.POST)
    if not form.is_valid():
        return render(request, MAIL, context | {"form": form}, status=422)
    words = Words(form.cleaned_data["subject"], form.cleaned_data["text"])
    out = mailing.left_out(chosen, words, job, by=request.user)
    number = len(chosen) - len(out)
    wrong = _not_agreed(request, words, number) if "send" in request.POST else ""
    if "send" in request.POST and not wrong:
        sent = sent_with(request)
        return start(
            request,
            acts.start_mail(job, chosen, words, by=request.user, delay=form.cleaned_data["delay"], **sent),
        )
    looked = _look(request, job, chosen, words, out) | {"form": form, "reaches": number, "wrong": wrong}
    return render(request, MAIL, context | looked, status=422 if wrong else 200)


@require_POST
def bulk_transfer(request: StaffRequest, pk: int) -> HttpResponse:
    """Take everybody selected over to another job; who cannot leave this one now is named first."""
    job, chosen = _chosen(request, pk)
    if act := acts.confirmed(request.user, sent_with(request)["once"]):
        return go(request, act)
    jobs = (
        Job.objects.visible_to(request.user)
        .filter(access.jobs_movable_by(request.user), status=Job.Status.OPEN)
        .exclude(pk=job.pk)
    )
    form = BulkTransferForm(request.POST if "job" in request.POST else None, jobs=jobs.order_by("title", "pk"))
    if form.is_valid():
        alike, to = form.cleaned_data["start"] == "alike", starting.first_stage(form.cleaned_data["job"])
        return start(request, acts.start_transfer(job, chosen, to, by=request.user, alike=alike, **sent_with(request)))
    held = transfer.held(chosen)
    context = {
        "job": job,
        "form": form,
        "no_jobs": not jobs.exists(),
        "held": len(held),
        "named": _named(request, held),
    }
    return render(request, TRANSFER, context | page_of(request, chosen), status=422 if form.errors else 200)


def _chosen(request: StaffRequest, pk: int) -> tuple[Job, list[int]]:
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    chosen = chosen_on(request, job)
    mine = set(Application.objects.visible_to(request.user).filter(job=job, pk__in=chosen).values_list("pk", flat=True))
    chosen = [one for one in chosen if one in mine]
    if not chosen:
        raise Refused("Nobody is selected.")
    return job, chosen


def _begun(request: StaffRequest) -> dict[str, Any]:
    """An empty form, or one that starts from a template; its fields are filled in for each person later."""
    wanted = request.POST.get("template", "")
    template: MailTemplate | None = drafts.templates().filter(pk=wanted).first() if wanted.isdecimal() else None
    typed = {"subject": request.POST.get("subject", ""), "text": request.POST.get("text", "")}
    said = {"subject": template.subject, "text": template.body} if template else typed
    return {"form": MailForm(initial=said), "template": template}


def _look(request: StaffRequest, job: Job, chosen: list[int], words: Words, out: dict[int, str]) -> dict[str, Any]:
    """What the first of them would read, and who gets nothing, why."""
    first = next((pk for pk in chosen if pk not in out), None)
    person = Application.objects.visible_to(request.user).for_card().filter(pk=first).first() if first else None
    why = Counter(reason.replace("{name}", "They") for reason in out.values())
    return {
        "looked": True,
        "first": person,
        "letter": mailing.read_by(person, words, job, by=request.user) if person else None,
        "out": len(out),
        "named": _named(request, out),
        "unnamed": max(len(out) - NAMED, 0),
        "reasons": why.most_common(12) if len(out) > NAMED else [],
        "checked": _digest(words),
        "must_type": len(chosen) - len(out) > mailing.TYPE_ABOVE,
    }


def _not_agreed(request: StaffRequest, words: Words, number: int) -> str:
    """Why it is not sent yet: the words or the number are not those that were looked at, or the number was not typed."""
    if request.POST.get("checked") != _digest(words):
        return "The words have changed since. Look at them once more."
    if not number:
        return "Nobody of them would get it."
    if request.POST.get("reaches") != str(number):
        return f"Meanwhile it reaches {number:,} people. Look at the number again."
    typed = "".join(letter for letter in request.POST.get("number", "") if letter.isdigit())
    if number > mailing.TYPE_ABOVE and typed != str(number):
        return f"Type the number of people, {number}, to go on."
    return ""


def _named(request: StaffRequest, why: dict[int, str]) -> list[tuple[str, str]]:
    """The first of these applications by the person's name, each with the reason."""
    rows = (
        Application.objects.visible_to(request.user)
        .filter(pk__in=list(why)[:NAMED])
        .select_related("candidate")
        .order_by("candidate__name", "pk")
    )
    return [(one.candidate.name, why[one.pk].replace("{name}", one.candidate.name)) for one in rows]


def _digest(words: Words) -> str:
    return hashlib.sha256(f"{words.subject}\n{words.text}".encode()).hexdigest()[:32]
