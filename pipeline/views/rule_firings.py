"""One firing of a rule: why, what is decided about it, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from pipeline.models import RuleFiring
from pipeline.rules import actions, firing, listing
from pipeline.views import next_url


def rule_firing(request: StaffRequest, pk: int) -> HttpResponse:
    """Why it fires, in words, what it does and when, and what can still be done about it."""
    found = _firing(request, pk)
    row = listing.described([found])[0]
    left = firing.left_the_house(found)
    context = {
        "firing": found,
        "row": row,
        "told": row.told,
        "rule": found.version.rule,
        "job": found.application.job,
        "person": found.application.candidate,
        "why_no_undo": actions.why_not_undone(found, found.application, left),
        "may_move": access.can_move(request.user, found.application.job),
    }
    return render(request, "pipeline/rule_firing.html", context)


@require_POST
def rule_firing_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop it, let it go now, agree, disagree or take it back: `do` says which."""
    found = _firing(request, pk, to_decide=True)
    do, person = request.POST.get("do"), found.application.candidate
    if do == "stop":
        firing.stop(found, by=request.user)
        say(request, f"Stopped for {person}.")
    elif do == "disagree":
        firing.disagree(found, by=request.user, why=request.POST.get("why", ""))
        say(request, f"Noted. {person} stays in.")
    elif do == "undo":
        firing.undo(found, by=request.user)
        say(request, f"Taken back for {person}.")
    elif do in ("go", "agree"):
        done = firing.agree(found, by=request.user) if do == "agree" else firing.let_go(found, by=request.user)
        say(request, f"Done for {person}." if done.state == RuleFiring.State.DONE else f"Not done: {done.why_words}")
    return redirect(next_url(request, found.get_absolute_url()))


@require_POST
def rule_firings_decide(request: StaffRequest) -> HttpResponse:
    """Let go, or stop, those chosen in the queue, each by itself; those drawn for a look are not among them."""
    verb = {"go": firing.let_go, "stop": firing.stop}.get(request.POST.get("do", ""))
    ids = [int(one) for one in request.POST.getlist("firing")[: listing.PAGE] if one.isdecimal() and len(one) < 19]
    movable = access.jobs_movable_by(request.user, "application__job")
    chosen = RuleFiring.objects.visible_to(request.user).filter(movable, pk__in=ids).order_by("pk")
    back = next_url(request, reverse("pipeline:rules_everywhere"))
    if verb is None or not ids:
        raise Refused("Choose at least one first.")
    done, left = 0, []
    for one in chosen:
        try:
            decided = verb(one, by=request.user)
        except Refused as no:
            left.append(no.sentence)
            continue
        if decided.why:
            left.append(decided.why_words)
        done += not decided.why
    word = "Stopped" if request.POST["do"] == "stop" else "Done for"
    say(request, f"{word} {done}." + (f" Not so for {len(left)}: {left[0]}" if left else ""))
    return redirect(back)


def _firing(request: StaffRequest, pk: int, *, to_decide: bool = False) -> RuleFiring:
    visible = RuleFiring.objects.visible_to(request.user).for_row().select_related("decided_by")
    if to_decide:
        visible = visible.filter(access.jobs_movable_by(request.user, "application__job"))
    return get_object_or_404(visible, pk=pk)
