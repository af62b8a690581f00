"""The inbox: conversations, mail of unknown senders, messages nobody can vouch for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hiring import access, inbox, search
from hiring.errors import Refused
from hiring.forms.mail import AssignForm, AttachForm, IntentForm, ReplyForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.mail import compose, drafts, reading, threads
from hiring.models import Candidate, InboundMail, MailTemplate, Message, Thread, User
from hiring.query import QueryError

PAGE = "hiring/inbox.html"


def _may_write(request: StaffRequest) -> None:
    if not access.can_write_mail(request.user):
        raise PermissionDenied


def _thread(request: StaffRequest, pk: int) -> Thread:
    _may_write(request)
    return get_object_or_404(inbox.visible(request.user), pk=pk)


@require_GET
def inbox_page(request: StaffRequest) -> HttpResponse:
    """The list; beside it nothing is open yet."""
    _may_write(request)
    context = _frame(request)
    if is_swap(request) and request.GET.get("open", "").isdecimal():
        context["thread"] = (
            inbox.visible(request.user).filter(pk=request.GET["open"]).first()
        )  # stays marked in the list
    return page_or_part(request, PAGE, "list", context)


@require_GET
def inbox_thread(request: StaffRequest, pk: int) -> HttpResponse:
    thread = _thread(request, pk)
    if is_swap(request):
        return page_or_part(request, PAGE, "conversation", _conversation(request, thread))
    return render(request, PAGE, _frame(request) | _conversation(request, thread))


@require_POST
def inbox_reply(request: StaffRequest, pk: int) -> HttpResponse:
    thread = _thread(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        context = _conversation(request, thread) | {"form": form, "text": request.POST.get("text", "")}
        if is_swap(request):
            return page_or_part(request, PAGE, "conversation", context, status=422)
        return render(request, PAGE, _frame(request) | context, status=422)
    last = thread.messages.select_related("job").order_by("at").last()
    job = last.job if last else None
    message = threads.write(thread.candidate, subject="", by=request.user, thread=thread, job=job, **form.cleaned_data)
    undo = reverse("message_stop", args=[message.pk])
    return _changed(request, thread, "Answer on its way. You can stop it for 20 seconds.", undo)


@require_POST
def inbox_assign(request: StaffRequest, pk: int) -> HttpResponse:
    thread = _thread(request, pk)
    form = AssignForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose a colleague from the list.")
    to: User | None = form.cleaned_data["to"]
    threads.assign(thread, to)
    return _changed(
        request, thread, f"Assigned to {'you' if to == request.user else to}." if to else "Assigned to nobody."
    )


@require_POST
def inbox_intent(request: StaffRequest, pk: int) -> HttpResponse:
    thread = _thread(request, pk)
    form = IntentForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose what the person wants from the list.")
    threads.set_intent(thread, form.cleaned_data["intent"], by=request.user)
    return _changed(request, thread, "Noted.")


@require_POST
def inbox_answered(request: StaffRequest, pk: int) -> HttpResponse:
    thread = _thread(request, pk)
    threads.answered(thread)
    return _changed(request, thread, "Needs no answer any more.", reverse("inbox_unanswered", args=[thread.pk]))


@require_POST
def inbox_unanswered(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back `inbox_answered`."""
    thread = _thread(request, pk)
    threads.wait_again(thread)
    return _changed(request, thread, "Waits for an answer again.")


@require_GET
def inbox_unmatched(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Mail that belongs to nobody we know, and whose it may be."""
    _may_write(request)
    chosen = get_object_or_404(InboundMail, pk=pk, state=InboundMail.State.WAITING) if pk else None
    context: dict[str, Any] = {
        "tabs": inbox.tabs(request.user),
        "tab": "unmatched",
        "mails": inbox.unmatched()[:50],
        "chosen": chosen,
    }
    if chosen:
        asked = request.GET.get("q", "").strip()[:200]
        people = _found(asked or chosen.from_address, request.user)
        context |= {
            "parsed": reading.parse(bytes(chosen.raw), chosen.envelope_from or None),
            "people": people,
            "asked": asked,
        }
    return render(request, "hiring/inbox_unmatched.html", context)


def _found(text: str, user: User) -> Sequence[Candidate]:
    """Whom a mail may be from; what cannot be read as a search finds nobody."""
    try:
        return search.find(text, user, size=8).rows if text else []
    except QueryError:
        return []


@require_POST
def inbox_attach(request: StaffRequest, pk: int) -> HttpResponse:
    _may_write(request)
    stored = get_object_or_404(InboundMail, pk=pk)
    form = AttachForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Refused("Choose the person this mail is from.")
    message = threads.attach(stored, form.cleaned_data["candidate"], by=request.user)
    say(request, f"Filed with {message.candidate}.")
    return go(request, "inbox_thread", message.thread_id)


@require_POST
def inbox_ignore(request: StaffRequest, pk: int) -> HttpResponse:
    _may_write(request)
    threads.ignore(get_object_or_404(InboundMail, pk=pk), by=request.user)
    say(request, "Set aside.")
    return go(request, "inbox_unmatched")


@require_GET
def inbox_unconfirmed(request: StaffRequest) -> HttpResponse:
    _may_write(request)
    context = {
        "tabs": inbox.tabs(request.user),
        "tab": "unconfirmed",
        "messages_listed": inbox.unconfirmed(request.user)[:100],
    }
    return render(request, "hiring/inbox_unconfirmed.html", context)


@require_POST
def message_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """A person decides what became of an unconfirmed message; it is never decided for them."""
    _may_write(request)
    seen = Message.objects.filter(access.messages_visible_to(request.user), direction=Message.Direction.OUT)
    message = get_object_or_404(seen, pk=pk)
    if request.POST.get("outcome") == "sent":
        threads.confirm_sent(message, by=request.user)
        say(request, "Marked as sent.")
    elif request.POST.get("outcome") == "again":
        threads.send_again(message, by=request.user)
        say(request, "Sent again as a new message.")
    else:
        raise Refused("Say whether it arrived or is to be sent again.")
    return go(request, "inbox_unconfirmed")


def _frame(request: StaffRequest) -> dict[str, Any]:
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in dict(inbox.TABS) else "waiting"
    page = inbox.listed(request.user, tab, after=request.GET.get("after", ""))
    return {"tabs": inbox.tabs(request.user), "tab": tab, "page": page, "paused": inbox.paused_mailboxes()}


def _conversation(request: StaffRequest, thread: Thread) -> dict[str, Any]:
    asked = request.GET.get("template", "")
    chosen = drafts.templates().filter(pk=asked).first() if asked.isdecimal() else None
    return {
        "thread": thread,
        "said": inbox.conversation(thread),
        "verdict": inbox.policy(thread),
        "text": _filled(request, thread, chosen),
        "intents": Thread.Intent.choices,
        "colleagues": User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES),
        "templates": drafts.templates(),
        "template": chosen,
        "tab": request.GET.get("tab", "waiting"),
    }


def _filled(request: StaffRequest, thread: Thread, template: MailTemplate | None) -> str:
    if template is None:
        return ""
    values = compose.fields(thread.candidate, by=request.user)
    return compose.fill(template.body, values)


def _changed(request: StaffRequest, thread: Thread, sentence: str, undo: str = "") -> HttpResponse:
    if not is_swap(request):
        say(request, sentence, undo=undo)
        return go(request, "inbox_thread", thread.pk)
    thread = get_object_or_404(inbox.visible(request.user), pk=thread.pk)
    part = page_or_part(request, PAGE, "conversation", _conversation(request, thread))
    return tell(part, request, "inbox-changed", toast=sentence, undo=undo)
