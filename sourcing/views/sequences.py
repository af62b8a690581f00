"""Sequences: the list, the editor, one sequence with its people, and enrolling one person with a preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from hiring import access, contact
from hiring.errors import Refused
from hiring.http import StaffRequest, go, page_or_part
from hiring.mail import compose
from hiring.models import Candidate
from sourcing import ending, figures, outreach, previews, segments, sequences
from sourcing.forms import STATES, EnrollForm, SequenceForm, StepSet
from sourcing.models import Enrollment, Sequence

SHOWN = 50
PAGE = "sourcing/sequence_page.html"
EDITOR = "sourcing/sequence_form.html"


@require_GET
def sequence_list(request: StaffRequest) -> HttpResponse:
    _must_source(request)
    found = Sequence.objects.visible_to(request.user).select_related("owner", "job")
    live = Q(enrollments__state__in=Enrollment.LIVE)
    counted = found.annotate(
        people=Count("enrollments"),
        under_way=Count("enrollments", filter=live),
        replied=Count("enrollments", filter=Q(enrollments__state=Enrollment.State.REPLIED)),
        waiting=Count("enrollments", filter=Q(enrollments__state=Enrollment.State.WAITING)),
    )
    ordered = counted.order_by("status", "name")
    return render(request, "sourcing/sequence_list.html", {"sequences": ordered})


def sequence_create(request: StaffRequest) -> HttpResponse:
    _must_source(request)
    form = SequenceForm(request.POST or None, user=request.user)
    steps = _steps(request, [{"wait_days": 0}, {"wait_days": 3}])
    if _is_saved(request) and form.is_valid() and steps.is_valid():
        made = sequences.create(owner=request.user, **form.cleaned_data)
        sequences.write_steps(made, steps.texts())
        messages.success(request, "Saved as a draft. Enroll people, look at their previews, then launch.")
        return go(request, made)
    return _editor(request, form, steps, None)


def sequence_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sequence(request, pk)
    initial = [
        {"kind": step.kind, "wait_days": step.wait_days, "subject": step.subject, "body": step.body}
        for step in found.steps.all()
    ]
    form = SequenceForm(request.POST or None, instance=found, user=request.user)
    steps = _steps(request, initial)
    if _is_saved(request) and form.is_valid() and steps.is_valid():
        try:
            with transaction.atomic():
                sequences.write_steps(found, steps.texts())
                form.save()
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Saved.")
            return go(request, found)
    return _editor(request, form, steps, found)


def _is_saved(request: StaffRequest) -> bool:
    """One more step, or another look at the preview, only comes back with what was written."""
    return request.method == "POST" and not {"more", "look"} & request.POST.keys()


def _steps(request: StaffRequest, initial: list[dict[str, Any]]) -> Any:
    if request.method != "POST":
        return StepSet(prefix="steps", initial=initial)
    data = request.POST.copy()
    count = data.get("steps-TOTAL_FORMS", "")
    if "more" in data and count.isdecimal() and int(count) < StepSet.max_num:
        data["steps-TOTAL_FORMS"] = str(int(count) + 1)
        data[f"steps-{count}-kind"], data[f"steps-{count}-wait_days"] = "mail", "3"
    return StepSet(data, prefix="steps", initial=initial)


def _editor(request: StaffRequest, form: SequenceForm, steps: Any, found: Sequence | None) -> HttpResponse:
    context = {
        "form": form,
        "steps": steps,
        "sequence": found,
        "added": "more" in request.POST,
        "may_add": len(steps.forms) < StepSet.max_num,
        "merge_fields": [
            (f"{{{{ {name} }}}}", name.replace("_", " "), says) for name, says in compose.MERGE_FIELDS.items()
        ],
        "samples": sequences.samples(
            steps.written(), owner=found.owner if found else request.user, job=form.chosen_job()
        ),
    }
    status = 422 if _is_saved(request) else 200
    return page_or_part(request, EDITOR, "preview", context, status=status)


@require_GET
def sequence(request: StaffRequest, pk: int) -> HttpResponse:
    found = _sequence(request, pk)
    people = found.enrollments.select_related("candidate", "enrolled_by").order_by("-enrolled_at", "-pk")
    state = request.GET.get("state", "")
    if state in Enrollment.State.values:
        people = people.filter(state=state)
    if (after := request.GET.get("after", "")).isdecimal():
        people = people.filter(pk__lt=int(after))
    rows = list(people[: SHOWN + 1])
    counts = dict(found.enrollments.values_list("state").annotate(n=Count("pk")).order_by())
    steps = figures.of_steps(found)
    context = {
        "sequence": found,
        "steps": zip(
            steps, sequences.samples([row.step for row in steps], owner=found.owner, job=found.job), strict=True
        ),
        "rows": rows[:SHOWN],
        "next_after": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "states": [(value, label, counts.get(value, 0)) for value, label in STATES if value and counts.get(value)],
        "total": sum(counts.values()),
        "state": state,
        "waits": found.status == Sequence.Status.DRAFT,
        "segments": segments.offered(request.user),
    }
    return page_or_part(request, PAGE, "rows", context)


@require_POST
def sequence_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    found = _sequence(request, pk)
    acts = {
        "launch": (sequences.launch, "Launched. Steps leave when they are due and the contact policy agrees."),
        "pause": (sequences.pause, "Paused. Nothing new leaves until you launch it again."),
        "archive": (sequences.archive, "Archived."),
    }
    if act not in acts:
        return render(request, "404.html", status=404)
    verb, said = acts[act]
    verb(found, by=request.user)
    messages.success(request, said)
    return go(request, found)


def enroll(request: StaffRequest, candidate: int) -> HttpResponse:
    """Enroll one person: choose a sequence, read what they would get, and when."""
    person = get_object_or_404(Candidate.objects.visible_to(request.user), pk=candidate)
    _must_source(request)
    if request.method == "POST":
        form = EnrollForm(request.POST, user=request.user)
        if form.is_valid():
            chosen = form.cleaned_data["sequence"]
            outreach.enroll(chosen, person, by=request.user)
            messages.success(request, f"{person.name} is enrolled in {chosen}.")
            return go(request, person)
    form = EnrollForm(request.GET or None, user=request.user)
    chosen = form.cleaned_data["sequence"] if form.is_bound and form.is_valid() else None
    picked = chosen or Sequence.objects.visible_to(request.user).exclude(status=Sequence.Status.ARCHIVED).first()
    context = {
        "candidate": person,
        "form": form if form.is_bound else EnrollForm(initial={"sequence": picked}, user=request.user),
        "sequence": picked,
        "previews": previews.preview(picked, person) if picked else [],
        "verdict": contact.may_send(person, mailbox=picked.mailbox) if picked else contact.may_send(person),
        "missing": outreach.missing_fields(picked, person) if picked else [],
    }
    return page_or_part(request, "sourcing/enroll_page.html", "preview", context)


@require_POST
def enrollment_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    visible = Sequence.objects.visible_to(request.user)
    enrollments = Enrollment.objects.select_related("sequence", "candidate").filter(sequence__in=visible)
    found = get_object_or_404(enrollments, pk=pk)
    acts = {"pause": ending.pause, "resume": outreach.resume, "stop": ending.stop}
    if act not in acts:
        return render(request, "404.html", status=404)
    changed = acts[act](found, by=request.user)
    messages.success(request, f"{found.candidate.name}: {changed.get_state_display().lower()}.")
    return go(request, found.sequence)


def _must_source(request: StaffRequest) -> None:
    if not access.can_source(request.user):
        raise PermissionDenied


def _sequence(request: StaffRequest, pk: int) -> Sequence:
    joined = Sequence.objects.visible_to(request.user).select_related("owner", "mailbox", "job")
    return get_object_or_404(joined, pk=pk)
