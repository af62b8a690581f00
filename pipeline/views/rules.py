"""The pages of rules: those of a job or of all jobs, the editor of a draft, its trial, and what is decided about it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, conditions, cursors
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from pipeline.models import Application, Rule, RuleFiring, RuleVersion
from pipeline.rules import conflicts, editor, facts, finding, listing, trying, versions, words
from pipeline.views import find_job

PEOPLE = 50


def rules(request: StaffRequest, pk: int) -> HttpResponse:
    """The rules of a job, those of all jobs that act on it too, and what waits because of them."""
    job = find_job(request, pk)
    own = listing.rules(Rule.objects.visible_to(request.user).filter(job=job, retired_at=None), versions.labels(job))
    everywhere = Rule.objects.visible_to(request.user).filter(job=None, retired_at=None, versions__state="active")
    shared = listing.rules(everywhere.distinct())
    waiting = RuleFiring.objects.visible_to(request.user).open().filter(application__job=job)
    return _queue(request, waiting, "pipeline/rules.html", job=job, own=own, shared=shared)


def rules_everywhere(request: StaffRequest) -> HttpResponse:
    """The rules of all jobs, and everything that waits on any job the user may see."""
    if not access.can_see_rules(request.user):
        raise PermissionDenied
    own = listing.rules(Rule.objects.visible_to(request.user).filter(job=None, retired_at=None))
    waiting = RuleFiring.objects.visible_to(request.user).open()
    return _queue(request, waiting, "pipeline/rules.html", job=None, own=own, shared=[])


def _queue(request: StaffRequest, waiting: Any, template: str, *, job: Job | None, **shown: Any) -> HttpResponse:
    is_past = request.GET.get("show") == "past"
    after = cursors.read(request.GET.get("after", ""))
    seen = RuleFiring.objects.visible_to(request.user)
    past = seen.filter(application__job=job) if job else seen
    rows = listing.firings(past if is_past else waiting, after=after, newest_first=is_past)
    more, rows = len(rows) > listing.PAGE, rows[: listing.PAGE]
    last = rows[-1].firing if more else None
    context = {
        "job": job,
        "rows": rows,
        "is_past": is_past,
        "next_after": cursors.write((last.acted_at if is_past else last.due_at) or last.due_at, last.pk)
        if last
        else "",
        "total": waiting.order_by().count(),
        "held": waiting.filter(state=RuleFiring.State.HELD).count(),
        "may_edit": access.can_edit_rules(request.user, job),
        "may_move": job is not None and access.can_move(request.user, job),
        "may_choose": job is not None and not is_past and len(rows) > 1 and access.can_move(request.user, job),
        **shown,
    }
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def rule_create(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    return _create(request, job)


@require_http_methods(["GET", "POST"])
def rule_create_everywhere(request: StaffRequest) -> HttpResponse:
    return _create(request, None)


def _create(request: StaffRequest, job: Job | None) -> HttpResponse:
    _demand_edit(request, job)
    if request.method != "POST":
        return _editor(request, _begun(request, job), None)
    made = editor.of_post(job, request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _editor(request, made, None)
    try:
        rule = versions.create(job=job, by=request.user, **editor.said(made))
    except Refused as no:
        made.refuse(no)
        return _editor(request, made, None, status=422)
    say(request, "The draft is kept. Try it next: see whom it would have hit.")
    return redirect(rule)


def _begun(request: StaffRequest, job: Job | None) -> editor.Editor:
    """Empty, or with the condition the address names: `?answer=van&mark=1`."""
    question, mark = request.GET.get("answer", "")[:60], request.GET.get("mark", "")
    if question and mark.isascii() and mark.isdecimal() and len(mark) < 4:
        return editor.because_of(job, question, int(mark))
    return editor.blank(job)


@require_http_methods(["GET", "POST"])
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk, to_edit=True)
    if request.method != "POST":
        version = rule.versions.select_related("rule__job").order_by("-number").first()
        return _editor(request, editor.of_version(version) if version else editor.blank(rule.job), rule)
    made = editor.of_post(rule.job, request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _editor(request, made, rule)
    try:
        versions.edit(rule, by=request.user, **editor.said(made))
    except Refused as no:
        made.refuse(no)
        return _editor(request, made, rule, status=422)
    say(request, "The draft is kept. What acts now stays as it is until you activate it.")
    return redirect(rule)


def _editor(request: StaffRequest, made: editor.Editor, rule: Rule | None, *, status: int = 200) -> HttpResponse:
    context = {"editor": made, "said": made.said, "rule": rule, "job": made.job}
    return render(request, "pipeline/rule_edit.html", context, status=status)


def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """One rule: what acts, the draft with its trial and its problems, figures, versions."""
    found = _rule(request, pk)
    kept = list(found.versions.select_related("rule__job", "changed_by", "activated_by").order_by("-number"))
    for version in kept:
        version.rule = found
    draft = next((version for version in kept if version.state == RuleVersion.State.DRAFT), None)
    active = next((version for version in kept if version.state == RuleVersion.State.ACTIVE), None)
    trial = versions.trial_of(draft) if draft else None
    shown = draft or active
    row = listing.rules(Rule.objects.visible_to(request.user).filter(pk=found.pk), versions.labels(found.job))
    problems = conflicts.problems(shown) if shown and not found.retired_at else []
    context = {
        "rule": found,
        "job": found.job,
        "row": row[0] if row else None,
        "told": listing.told(kept, versions.labels(found.job)),
        "versions": [(version, said) for version, said in zip(kept, _in_order(kept, found), strict=True)],
        "draft": draft,
        "active": active,
        "trial": trial,
        "present": finding.present(draft).count() if draft and trial else 0,
        "problems": problems,
        "is_stopped": any(problem.stops for problem in problems),
        "may_edit": access.can_edit_rules(request.user, found.job),
    }
    return render(request, "pipeline/rule.html", context)


def _in_order(kept: list[RuleVersion], rule: Rule) -> list[listing.Told]:
    told = listing.told(kept, versions.labels(rule.job))
    return [told[version.pk] for version in kept]


@require_POST
def rule_try(request: StaffRequest, pk: int) -> HttpResponse:
    found = _rule(request, pk, to_edit=True)
    draft = _draft(found)
    trying.try_out(draft, by=request.user)
    return redirect("pipeline:rule_trial", found.pk)


def rule_trial(request: StaffRequest, pk: int) -> HttpResponse:
    """The newest trial of the draft, or of what acts: figures, and the people with the reasons, a page at a time."""
    found = _rule(request, pk)
    version = found.versions.select_related("rule__job").order_by("-number").first()
    trial = version.trials.order_by("-at", "-pk").first() if version else None
    if version is None or trial is None:
        return redirect(found)
    start = _number(request.GET.get("from"))
    ids = trial.hits[start : start + PEOPLE]
    there = {one.pk: one for one in finding.loaded(Application.objects.visible_to(request.user).filter(pk__in=ids))}
    people = [there[pk] for pk in ids if pk in there]
    hits = {
        past.application.pk: (finding.because(held, known), past.reached)
        for past, held, known in trying.hit(version, people, trial.at)
    }
    names = words.names_of([version], [one for because, _ in hits.values() for one in because])
    stages = dict(listing.KINDS)
    shown = []
    for one in people:
        if one.pk not in hits:
            continue
        because, reached = hits[one.pk]
        shown.append((one, words.reasons(because, names, of=one.candidate_id), reached, stages[reached]))
    context = {
        "rule": found,
        "job": found.job,
        "version": version,
        "trial": trial,
        "is_stale": trial.at < version.changed_at,
        "sources": trying.by_source(trial),
        "reached": trying.by_reach(trial),
        "harmed": trying.harmed(trial),
        "hit": len(trial.hits),
        "people": shown,
        "start": start,
        "next_start": start + PEOPLE if start + PEOPLE < len(trial.hits) else 0,
        "may_edit": access.can_edit_rules(request.user, found.job),
        "told": listing.told([version], versions.labels(found.job))[version.pk],
        "asked_as_now": facts.asked_as_now(conditions.parse(version.conditions)),
    }
    return render(request, "pipeline/rule_trial.html", context)


@require_POST
def rule_activate(request: StaffRequest, pk: int) -> HttpResponse:
    found = _rule(request, pk, to_edit=True)
    versions.activate(
        _draft(found),
        by=request.user,
        seen_problems="seen" in request.POST,
        with_present="present" in request.POST,
    )
    say(request, f"“{found}” acts from now on.")
    return redirect(found)


@require_POST
def rule_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Pause, resume, retire, stop everything that waits, or throw the draft away: `do` says which."""
    found, do = _rule(request, pk, to_edit=True), request.POST.get("do")
    if do == "pause":
        versions.pause(found, by=request.user)
        say(request, f"“{found}” rests. What waits because of it does not happen by itself.")
    elif do == "resume":
        versions.resume(found, by=request.user)
        say(request, f"“{found}” acts again.")
    elif do == "retire":
        versions.retire(found, by=request.user)
        say(request, f"“{found}” is retired.")
    elif do == "stop":
        stopped = versions.stop_all(found, by=request.user)
        say(request, f"Stopped {stopped} that waited.")
    elif do == "discard":
        versions.discard(found, by=request.user)
        say(request, "The draft is gone.")
        if not Rule.objects.visible_to(request.user).filter(pk=pk).exists():
            return redirect("pipeline:rules", found.job_id) if found.job_id else redirect("pipeline:rules_everywhere")
    return redirect(found)


def _draft(rule: Rule) -> RuleVersion:
    draft = rule.versions.select_related("rule__job").filter(state=RuleVersion.State.DRAFT).first()
    if draft is None:
        raise Refused("This rule has no draft. Edit it first.")
    return draft


def _rule(request: StaffRequest, pk: int, *, to_edit: bool = False) -> Rule:
    visible = Rule.objects.visible_to(request.user).select_related("job__department", "job__location")
    found = get_object_or_404(visible, pk=pk)
    if found.job and not access.can_see_pipeline(request.user, found.job):
        raise PermissionDenied
    if to_edit:
        _demand_edit(request, found.job)
    return found


def _demand_edit(request: StaffRequest, job: Job | None) -> None:
    if not access.can_edit_rules(request.user, job):
        raise PermissionDenied


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 6 else 0
