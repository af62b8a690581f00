"""What colleagues write on a profile: notes, calls and tasks."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, composer, mentions, notes, todo
from hiring.errors import Refused
from hiring.forms.candidates import NoteEditForm, NoteForm, TaskForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.models import Candidate, Job, Note, Task, TimelineEvent, User
from hiring.panels import Asked
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
    form = NoteForm(request.POST, user=request.user, jobs=composer.jobs(Asked(request.user, found)))
    if not form.is_valid():
        return _unwritten(request, found, form, "Write a note")
    said = form.cleaned_data
    if said["visibility"] == Note.Visibility.TEAM and said["job"] is None and not form.is_about_the_person:
        said["job"] = _current_job(request, found)
    note = notes.write(found, by=request.user, **said)
    return _written(
        request, found, "Call saved." if said["kind"] == Note.Kind.CALL else "Note saved.", untold=note.not_told
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change one's own note, in place or on a page of its own."""
    note = _own_note(request, pk)
    form = NoteEditForm(request.POST or None, note=note)
    if request.method == "POST" and form.is_valid():
        note = notes.edit(note, by=request.user, **form.cleaned_data)
        return _answered(request, note.candidate, "Note changed.", untold=note.not_told)
    context = {"note": note, "candidate": note.candidate, "form": form}
    return page_or_part(request, "hiring/note_edit.html", "form", context, status=422 if form.errors else 200)


@require_safe
def note_versions(request: StaffRequest, pk: int) -> HttpResponse:
    """What a note said before, for those who see the note, as far as they could have read it then."""
    seen = Note.objects.visible_to(request.user).filter(candidate__in=Candidate.objects.visible_to(request.user))
    note = get_object_or_404(seen.select_related("candidate", "author", "job"), pk=pk)
    versions = [one for one in note.versions.all() if access.can_see_version(request.user, note, one.visibility)]
    context = {"note": note, "candidate": note.candidate, "versions": versions}
    return page_or_part(request, "hiring/note_versions.html", "versions", context)


@require_POST
def note_delete(request: StaffRequest, pk: int) -> HttpResponse:
    note = _own_note(request, pk)
    notes.delete(note, by=request.user)
    return _answered(request, note.candidate, "Note deleted.", undo=reverse("note_restore", args=[note.pk]))


@require_POST
def note_restore(request: StaffRequest, pk: int) -> HttpResponse:
    mine = Note.objects.filter(author=request.user, candidate__in=Candidate.objects.visible_to(request.user))
    note = get_object_or_404(mine.select_related("candidate"), pk=pk)
    notes.restore(note, by=request.user)
    return _answered(request, note.candidate, "The note is back.")


def _own_note(request: StaffRequest, pk: int) -> Note:
    seen = Note.objects.visible_to(request.user).filter(candidate__in=Candidate.objects.visible_to(request.user))
    note = get_object_or_404(seen.select_related("candidate", "job"), pk=pk)
    if not access.can_change_note(request.user, note):
        raise PermissionDenied
    return note


@require_POST
def task_add(request: StaffRequest, pk: int) -> HttpResponse:
    found = _writable(request, pk)
    form = TaskForm(request.POST)
    if not form.is_valid():
        return _unwritten(request, found, form, "Write a task")
    task = todo.add(by=request.user, candidate=found, **form.cleaned_data)
    return _written(
        request,
        found,
        "Task saved." if task.assignee == request.user else f"Task saved for {task.assignee}.",
        "task-added",
        untold=task.not_told,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def task_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Say a task differently, put it off, or hand it on."""
    task = _task(request, pk)
    first = {"text": task.text, "due_on": task.due_on, "assignee": task.assignee_id}
    form = TaskForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        left = task.assignee_id
        task = todo.change(task, by=request.user, **form.cleaned_data)
        sentence = "Task changed." if task.assignee_id == left else f"{task.assignee} has the task now."
        if task.candidate:
            return _answered(request, task.candidate, sentence, "task-ticked", untold=task.not_told)
        say(request, sentence)
        return go(request, "today")
    context = {"task": task, "candidate": task.candidate, "form": form}
    return page_or_part(request, "hiring/task_edit.html", "form", context, status=422 if form.errors else 200)


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


def _unwritten(request: StaffRequest, found: Candidate, form: forms.Form, title: str) -> HttpResponse:
    """What is wrong, with all that was typed: it still stands in the composer of a swap, and on a page of its own otherwise."""
    if is_swap(request):
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    context = {"candidate": found, "form": form, "title": title}
    return render(request, "hiring/writing.html", context, status=422)


def _written(
    request: StaffRequest, found: Candidate, sentence: str, *events: str, untold: Sequence[User] = ()
) -> HttpResponse:
    """An empty composer again; the timeline fetches itself on the event."""
    if not is_swap(request):
        return _answered(request, found, sentence, untold=untold)
    context = profile.composing(request, found)
    part = render(request, f"{profile.PAGE}#composer", context)
    said, tone = _sentence(sentence, untold)
    return tell(part, request, CHANGED, *events, toast=said, tone=tone)


def _answered(
    request: StaffRequest, found: Candidate, sentence: str, *events: str, undo: str = "", untold: Sequence[User] = ()
) -> HttpResponse:
    """Nothing to show here: the timeline and the panels fetch themselves."""
    said, tone = _sentence(sentence, untold)
    if is_swap(request):
        return tell(HttpResponse(""), request, CHANGED, *events, toast=said, undo=undo, tone=tone)
    say(request, said, undo=undo, tone=messages.WARNING if untold else messages.SUCCESS)
    return redirect(found)


def _sentence(sentence: str, untold: Sequence[User]) -> tuple[str, str]:
    """What is said, and its tone: whoever was named and may not see it was not told, which the writer should know."""
    more = mentions.untold_words(untold)
    return (f"{sentence} {more}", "warn") if more else (sentence, "good")


def _ticked(request: StaffRequest, task: Task, sentence: str, undo: str = "") -> HttpResponse:
    if is_swap(request):
        return tell(HttpResponse(""), request, CHANGED, "task-ticked", toast=sentence, undo=undo)
    say(request, sentence, undo=undo)
    return redirect(task.candidate) if task.candidate else redirect("today")
