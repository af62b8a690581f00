"""Writing to a person from the profile, stopping what has not left, and the files of a message."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import access, contact
from hiring.forms.mail import MessageForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.mail import drafts, threads
from hiring.models import Attachment, Candidate, Message
from hiring.views import profile

PAGE = "hiring/message_write.html"


@require_http_methods(["GET", "POST"])
def message_write(request: StaffRequest, pk: int) -> HttpResponse:
    """A new message to a person: with a template, a look at exactly what they will get, and the contact policy's answer."""
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_write_mail(request.user):
        raise PermissionDenied
    if request.method == "GET":
        begun = {"template_id": request.GET.get("template", ""), "start": request.GET.get("start", "")}
        return page_or_part(request, PAGE, "draft", drafts.empty(found, request.user, **begun))
    form = MessageForm(request.POST)
    typed = {"subject": request.POST.get("subject", ""), "text": request.POST.get("text", "")}
    context = drafts.empty(found, request.user) | {"form": form, "draft": typed}
    if not form.is_valid():
        return page_or_part(request, PAGE, "draft", context, status=422)
    if "preview" in request.POST:
        context["preview"] = drafts.preview(found, request.user, **form.cleaned_data)
        return page_or_part(request, PAGE, "draft", context)
    message = threads.write(found, by=request.user, **form.cleaned_data)
    return _written(request, found, message)


def _written(request: StaffRequest, found: Candidate, message: Message) -> HttpResponse:
    sentence = "Message on its way. You can stop it for 20 seconds."
    verdict = contact.may_send(found, message.mail_class, mailbox=message.mailbox)
    if not verdict and verdict.not_before:
        sentence = f"Message waiting: {verdict.reason}"
    undo = reverse("message_stop", args=[message.pk])
    if not is_swap(request):
        say(request, sentence, undo=undo)
        return go(request, "inbox_thread", message.thread_id)
    part = render(request, f"{profile.PAGE}#composer", profile.composing(request, found))
    part["HX-Retarget"], part["HX-Reswap"] = "#composer", "outerHTML"
    return tell(part, request, "timeline-changed", toast=sentence, undo=undo)


@require_POST
def message_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a message that has not left."""
    if not access.can_write_mail(request.user):
        raise PermissionDenied
    people = Candidate.objects.visible_to(request.user)
    message = get_object_or_404(
        Message.objects.filter(access.messages_visible_to(request.user)).select_related("thread", "candidate", "job"),
        pk=pk,
        candidate__in=people,
    )
    threads.stop(message, by=request.user)
    if is_swap(request):
        return tell(
            HttpResponse(status=204), request, "timeline-changed", "inbox-changed", toast="Stopped. It was not sent."
        )
    say(request, "Stopped. It was not sent.")
    return go(request, "inbox_thread", message.thread_id)


@require_GET
def attachment_download(request: StaffRequest, pk: int) -> HttpResponse | FileResponse:
    """A file we sent along. What came in is a document and has its own way out, behind its own checks."""
    if not access.can_write_mail(request.user):
        raise PermissionDenied
    people = Candidate.objects.visible_to(request.user)
    sent = Attachment.objects.filter(access.messages_visible_to(request.user, "message"), message__candidate__in=people)
    found = get_object_or_404(sent.exclude(file=""), pk=pk)
    response = FileResponse(
        found.file.open(), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
