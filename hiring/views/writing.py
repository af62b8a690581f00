"""What colleagues write on a profile: notes, calls and tasks."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hiring import access, notes, todo
from hiring.errors import Refused
from hiring.forms.candidates import NoteForm, TaskForm
from hiring.http import StaffRequest, is_swap, say, tell
from hiring.models import Candidate, Job, Note, Task, TimelineEvent
from hiring.views import profile

CHANGED = "timeline-changed"


def _writable(request: StaffRequest, pk: int) -> Candidate:
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_write_notes(request.user, found):
        raise PermissionDenied
    return found


@require_POST
def note_write(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a note, or log a call."""
    found = _writable(request, pk)
    form = NoteForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Refused("Write something first.")
    said = form.cleaned_data
    if said["visibility"] == Note.Visibility.TEAM and said["job"] is None:
        said["job"] = _current_job(request, found)
    notes.write(found, by=request.user, **said)
    return _written(request, found, "Call saved." if said["kind"] == Note.Kind.CALL else "Note saved.")


@require_POST
def task_add(request: StaffRequest, pk: int) -> HttpResponse:
    found = _writable(request, pk)
    form = TaskForm(request.POST)
    if not form.is_valid():
        raise Refused("Say what is to be done, and by which day.")
    task = todo.add(by=request.user, candidate=found, **form.cleaned_data)
    return _written(
        request,
        found,
        "Task saved." if task.assignee == request.user else f"Task saved for {task.assignee}.",
        "task-added",
    )


@require_POST
def task_done(request: StaffRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    todo.done(task, by=request.user)
    return _ticked(request, task, "Done.", undo=reverse("task_reopen", args=[task.pk]))


@require_POST
def task_reopen(request: StaffRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    todo.reopen(task, by=request.user)
    return _ticked(request, task, "Open again.")


def _task(request: StaffRequest, pk: int) -> Task:
    """One's own task, or one about a person one may see and write about."""
    task = get_object_or_404(Task.objects.select_related("candidate"), pk=pk)
    if task.assignee_id != request.user.pk:
        found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=task.candidate_id)
        if not access.can_write_notes(request.user, found):
            raise PermissionDenied
    return task


def _current_job(request: StaffRequest, found: Candidate) -> Job | None:
    """The job the hiring team is of: the latest one this person had to do with that is still hired for."""
    jobs = Job.objects.visible_to(request.user).filter(status__in=[Job.Status.OPEN, Job.Status.ON_HOLD])
    latest = (
        TimelineEvent.objects.filter(candidate=found, job__in=jobs).order_by("-at", "-pk").select_related("job").first()
    )
    return latest.job if latest else None


def _written(request: StaffRequest, found: Candidate, sentence: str, *events: str) -> HttpResponse:
    """An empty composer again; the timeline fetches itself on the event."""
    if not is_swap(request):
        say(request, sentence)
        return redirect(found)
    context = profile.composing(request, found)
    return tell(render(request, f"{profile.PAGE}#composer", context), request, CHANGED, *events, toast=sentence)


def _ticked(request: StaffRequest, task: Task, sentence: str, undo: str = "") -> HttpResponse:
    if is_swap(request):
        return tell(HttpResponse(""), request, CHANGED, "task-ticked", toast=sentence, undo=undo)
    say(request, sentence, undo=undo)
    return redirect(task.candidate) if task.candidate else redirect("today")
