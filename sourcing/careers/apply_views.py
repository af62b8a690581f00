"""Applying: the form's way from the posting to the receipt. Nothing needs a script, and no mistake costs what was entered."""

from __future__ import annotations

import uuid

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import limits
from hiring.documents import prefilling
from hiring.errors import Refused
from hiring.http import public
from hiring.models import Posting
from pipeline import arriving, intake, likeness
from pipeline.models import Arrival
from sourcing.careers import browser, languages, origin, posting_page, unsent
from sourcing.careers.form import ApplyForm, stamp

SENT_SALT = "careers.sent"
SENT_LASTS = 60 * 60 * 24 * 30
SENDS_AN_HOUR = 300  # from one address: a campus, or an agency's office, is one address
POSTS_AN_HOUR = 1_200
KEPT_AN_HOUR = 20_000
READINGS_AN_HOUR = 300
READING_IS_WAITED_FOR = 6.0  # seconds; a résumé takes one when nothing else is read
PAGE = "careers/apply.html"
NOT_KEPT = {"website", "started"}
TOO_MANY = gettext_noop(
    "Many applications came from your network just now. Everything you entered is still here: please send it again in an hour."
)
NEW_WORDS = gettext_noop(
    "What we tell you about your data has changed while you filled this in. Please read it below, and send it again."
)
TOO_QUICK = gettext_noop("That was quicker than we expected. Please look through it once more and send it again.")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The form and its way: fill it in, look through it once more (A11Y-6), then send. Sending twice is sending once."""
    found = posting_page.applied_for(request, slug)
    languages.speak(found, languages.asked(request))  # its words and the notices are in the language of the form
    with translation.override(languages.asked(request) or languages.ours(found.language)):
        return _apply(request, found)


def _apply(request: HttpRequest, found: Posting) -> HttpResponse:
    if not posting_page.is_open_to(request, found):
        return posting_page.gone(request, found)
    if request.method != "POST":
        return _begun(request, found)
    step = request.POST.get("step", "")
    if step == "forget":
        unsent.forget(found, browser.digest(browser.secret_of(request)))
        return redirect(found.apply_url)
    form = ApplyForm(found, request.POST, request.FILES)
    if not limits.allows("apply", _address(request), most=POSTS_AN_HOUR, seconds=3600):
        return _again(request, found, form, _(TOO_MANY), status=429)
    if step == "send" and (sent := _sent(form)):
        return _receipt_of(sent)
    is_valid = form.is_valid()
    if step == "read":
        return _kept(request, found, form, _read(request, found, form))
    if not is_valid:
        sent = _sent(form) if step == "send" else None  # the other click may have taken the file meanwhile
        return _receipt_of(sent) if sent else _kept(request, found, form, _again(request, found, form))
    if step == "change":
        page = posting_page.form_page(request, found, form, focus=True)
        return _kept(request, found, form, render(request, PAGE, page))
    if step != "send":
        return _kept(request, found, form, _review(request, found, form))
    if form.has_other_notices:
        return _kept(request, found, form, _review(request, found, form, _(NEW_WORDS), status=422))
    if form.was_quick():
        return _review(request, found, form, _(TOO_QUICK), status=422, started=stamp())
    if not limits.allows("apply-send", _address(request), most=SENDS_AN_HOUR, seconds=3600):
        return _kept(request, found, form, _review(request, found, form, _(TOO_MANY), status=429))
    return _send(request, found, form)


def _begun(request: HttpRequest, found: Posting) -> HttpResponse:
    """The form, empty or as far as this browser got with it. What they entered is for nobody else (SEC-9)."""
    secret = browser.secret_of(request)
    kept = unsent.find(found, browser.digest(secret)) if secret else None
    form = ApplyForm(found, kept=kept)
    return render(request, PAGE, posting_page.form_page(request, found, form) | {"kept": kept})


@public
@never_cache
@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what stands in the form, unfinished as it is: asked by the page while somebody types, and by the button “Go on later”."""
    found = posting_page.applied_for(request, slug)
    if not limits.allows("apply-keep", _address(request), most=KEPT_AN_HOUR, seconds=3600):
        return HttpResponse(status=429)
    languages.speak(found, languages.asked(request))
    form = ApplyForm(found, request.POST, request.FILES)
    form.is_valid()
    by_hand = request.POST.get("step") == "later"
    answer = redirect(found.apply_url) if by_hand else HttpResponse(status=204)
    return _kept(request, found, form, answer)


def _kept(request: HttpRequest, found: Posting, form: ApplyForm, answer: HttpResponse) -> HttpResponse:
    """Whoever leaves now and comes back with this browser finds everything as it is."""
    secret = browser.secret_of(request) or browser.new_secret()
    entered = {
        name: request.POST.getlist(name) for name in form.fields if name in request.POST and name not in NOT_KEPT
    }
    files = {name: draft.key for name, draft in form.drafts.items()}
    unsent.keep(found, browser.digest(secret), entered, files)
    return browser.remember(answer, secret)


def _read(request: HttpRequest, found: Posting, form: ApplyForm) -> HttpResponse:
    """“Read my résumé”, for those without scripts: the same form, what was empty filled from it."""
    draft = form.drafts.get("resume")
    if draft and limits.allows("prefill", _address(request), most=READINGS_AN_HOUR, seconds=3600):
        prefilling.ask(draft.row)
        prefilling.wait(draft.row, READING_IS_WAITED_FOR)
    form = form.filled_from_resume()
    return render(request, PAGE, posting_page.form_page(request, found, form, focus=True))


def _sent(form: ApplyForm) -> Arrival | None:
    """What was sent with this very form before: by a second click, from another tab, after the way back."""
    try:
        key = uuid.UUID(form.data.get("submission_key", ""))
    except ValueError:
        return None
    return arriving.sent_before.first(key=key)


def _review(
    request: HttpRequest, found: Posting, form: ApplyForm, problem: str = "", *, status: int = 200, **changed: str
) -> HttpResponse:
    context = posting_page.form_page(request, found, form) | {
        "problem": problem,
        "carried": _carried(request, form, **changed),
    }
    return render(request, "careers/review.html", context, status=status)


def _send(request: HttpRequest, found: Posting, form: ApplyForm) -> HttpResponse:
    """Stored first; whatever follows may fail, and is done again without the person."""
    entered, consent = form.cleaned_data, form.notices.consent
    try:
        arrival = arriving.receive(
            found,
            submission_key=entered["submission_key"],
            files=form.sent_files,
            asks=form.asks,
            sent_by=likeness.sender(
                _address(request), request.headers.get("User-Agent", ""), request.headers.get("Accept-Language", "")
            ),
            name=entered["name"],
            email=entered["email"],
            phone=entered.get("phone", ""),
            location=entered.get("location", ""),
            link=entered.get("link", ""),
            answers=form.answers,
            origin=origin.of(request),
            stay_in_touch=entered.get("stay_in_touch", False),
            notices=form.notices.ids,
            consent=consent.pk if consent else None,
        )
    except Refused as refused:
        if not intake.takes(found):
            return posting_page.gone(request, found)
        return _again(request, found, form, refused.sentence)
    arriving.go_on(arrival)
    if secret := browser.secret_of(request):
        unsent.sent(found, browser.digest(secret), arrival)
    return _receipt_of(arrival)


def _receipt_of(arrival: Arrival) -> HttpResponse:
    return redirect("careers:sent", signing.dumps(arrival.receipt_number, salt=SENT_SALT))


@public
@never_cache
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt on the screen: number, whether it is filed, and what happens now. It says the same of everybody, for whoever sent it
    may be a stranger with somebody's address: the page of the application itself opens by a link that comes by mail alone (SEC-11)."""
    try:
        number = signing.loads(token, salt=SENT_SALT, max_age=SENT_LASTS)
    except signing.BadSignature:
        raise Http404 from None
    arrival = get_object_or_404(Arrival.objects.select_related("posting"), receipt_number=number)
    return render(request, "careers/sent.html", {"arrival": arrival})


@public
@require_safe
def too_large(request: HttpRequest) -> HttpResponse:
    """What a server in front of us shows, as its own answer 413, when it stopped a request for its size (docs/operations.md)."""
    return render(request, "careers/too_large.html")


def _again(
    request: HttpRequest, found: Posting, form: ApplyForm, problem: str = "", *, status: int = 422
) -> HttpResponse:
    """The form once more, with everything that was entered and what to put right."""
    form.is_valid()
    if problem:
        form.add_error(None, problem)
    return render(request, PAGE, posting_page.form_page(request, found, form), status=status)


def _carried(request: HttpRequest, form: ApplyForm, **changed: str) -> list[tuple[str, list[str]]]:
    """What the review page takes along in hidden fields: the form's own fields only, as they came."""
    names = [name for name in form.fields if name not in form.file_names]
    return [(name, [changed[name]] if name in changed else request.POST.getlist(name)) for name in names]


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")
