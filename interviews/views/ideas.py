"""Ideas for an interview's questions, drafted by a machine and taken over one by one by a person."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.http import StaffRequest, page_or_part, say
from hiring.models import Job
from interviews import plan
from interviews.models import InterviewKit
from pipeline.assistant import drafts, server, shown, switching
from pipeline.models import AssistantDraft

PAGE = "interviews/kit_ideas.html"
Kind = AssistantDraft.Kind


@require_http_methods(["GET", "POST"])
def kit_ideas(request: StaffRequest, pk: int) -> HttpResponse:
    """What was proposed for this interview; POST asks for ideas."""
    kit = _kit(request, pk)
    if request.method == "POST":
        brief = {"name": kit.name, "focus": kit.focus, "questions": kit.questions}
        drafts.ask(Kind.QUESTIONS, kit.job, by=request.user, about=_about(kit), brief=brief)
        return redirect("interviews:kit_ideas", kit.pk)
    slot = shown.of_slot(request.user, Kind.QUESTIONS, kit.job, about=_about(kit))
    asked = {question.casefold() for question in kit.questions}
    ideas = slot.text.answer.get("questions", []) if slot.text else []
    context = {
        "kit": kit,
        "job": kit.job,
        "slot": slot,
        "ideas": [(number, idea, idea["text"].casefold() in asked) for number, idea in enumerate(ideas)],
        "is_on": switching.is_on(kit.job),
        "host": server.host(),
    }
    return page_or_part(request, PAGE, "ideas", context)


@require_POST
def kit_take(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the ticked ones, too. The draft stays: its other ideas may be wanted later."""
    kit = _kit(request, pk)
    slot = shown.of_slot(request.user, Kind.QUESTIONS, kit.job, about=_about(kit))
    ideas = slot.text.answer.get("questions", []) if slot.text else []
    ticked = {int(number) for number in request.POST.getlist("idea") if number.isascii() and number.isdigit()}
    chosen = [idea["text"] for number, idea in enumerate(ideas) if number in ticked]
    if slot.text is None or not chosen:
        say(request, "Tick the questions you want to ask.")
        return redirect("interviews:kit_ideas", kit.pk)
    fresh = plan.add_questions(kit, chosen, by=request.user)
    drafts.keep(slot.text, by=request.user)
    say(request, f"{len(fresh)} question{'' if len(fresh) == 1 else 's'} added to {kit}.")
    return redirect("interviews:kit_edit", kit.pk)


def _about(kit: InterviewKit) -> str:
    return f"kit:{kit.pk}"


def _kit(request: StaffRequest, pk: int) -> InterviewKit:
    kits = InterviewKit.objects.filter(job__in=Job.objects.visible_to(request.user))
    kit = get_object_or_404(kits.select_related("job__posting", "stage"), pk=pk)
    if not access.can_edit_job(request.user, kit.job):
        raise PermissionDenied
    return kit
