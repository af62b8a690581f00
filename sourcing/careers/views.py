"""The career site as visitors and search engines meet it. Nobody signs in here, and nothing needs a script."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring import legal, limits
from hiring.errors import Refused
from hiring.http import public
from hiring.models import LegalText, Posting
from hiring.postings import plain
from pipeline import intake, status
from pipeline.models import Application, Stage
from sourcing.boards import keeping
from sourcing.careers import listing, markup, origin
from sourcing.careers.asked import asked
from sourcing.careers.form import FILES, ApplyForm, stamp
from sourcing.careers.words import terms

SENT_SALT = "careers.sent"
SENT_LASTS = 60 * 60 * 24
SENDS_AN_HOUR = 300  # from one address: a campus, or an agency's office, is one address
POSTS_AN_HOUR = 1_200
TOO_MANY = "Many applications came from your network just now. Everything you entered is still here: please send it again in an hour."
TOO_QUICK = "That was quicker than we expected. Please look through it once more and send it again."


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open jobs, newest first; the words and filters are in the address."""
    wanted = asked(request)
    page = listing.find(wanted, after=request.GET.get("after", ""))
    context = {
        "wanted": wanted,
        "rows": [(posting, terms(posting)) for posting in page.postings],
        "older": page.older,
        "is_first": not request.GET.get("after"),
        "count": listing.matching(wanted).count(),
        "departments": listing.departments(),
        "locations": listing.locations(),
        "canonical": settings.SITE_URL + reverse("careers:home"),
        "feeds": keeping.announced(),
        "carry": origin.carry(request),
        "origin": origin.write(origin.of(request)),
    }
    return _indexable(render(request, "careers/home.html", context))


@public
@require_safe
def posting(request: HttpRequest, slug: str) -> HttpResponse:
    """One job with its form, whole in the first answer (JOB-19). A job that was public once and is no more is gone: 410."""
    found = _posting(slug)
    if not Posting.objects.public().filter(pk=found.pk).exists():
        return _gone(request, found)
    form = ApplyForm(found, consent=legal.current(LegalText.Kind.POOL_CONSENT))
    return _indexable(render(request, "careers/posting.html", _page(request, found, form)))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The form's way: look through it once more (A11Y-6), then send. Sending twice is sending once."""
    found = _posting(slug)
    if request.method != "POST":
        return redirect(found.get_absolute_url() + origin.carry(request) + "#apply")
    if not Posting.objects.public().filter(pk=found.pk).exists():
        return _gone(request, found)
    form = ApplyForm(found, request.POST, request.FILES, consent=legal.current(LegalText.Kind.POOL_CONSENT))
    step = request.POST.get("step", "")
    if not limits.allows("apply", _address(request), most=POSTS_AN_HOUR, seconds=3600):
        return _again(request, found, form, TOO_MANY, status=429)
    if not form.is_valid():
        return _again(request, found, form)
    if step == "change":
        return render(request, "careers/posting.html", _page(request, found, form, focus=True))
    if step != "send":
        return _review(request, found, form)
    if sent := Application.objects.filter(submission_key=form.cleaned_data["submission_key"]).first():
        return _receipt_of(sent)
    if form.was_quick():
        return _review(request, found, form, TOO_QUICK, status=422, started=stamp())
    if not limits.allows("apply-send", _address(request), most=SENDS_AN_HOUR, seconds=3600):
        return _review(request, found, form, TOO_MANY, status=429)
    return _send(request, found, form)


def _review(
    request: HttpRequest, found: Posting, form: ApplyForm, problem: str = "", *, status: int = 200, **changed: str
) -> HttpResponse:
    context = _page(request, found, form) | {"problem": problem, "carried": _carried(request, form, **changed)}
    return render(request, "careers/review.html", context, status=status)


def _send(request: HttpRequest, found: Posting, form: ApplyForm) -> HttpResponse:
    entered = form.cleaned_data
    try:
        application = intake.submit(
            found,
            name=entered["name"],
            email=entered["email"],
            phone=entered["phone"],
            location=entered["location"],
            link=entered["link"],
            resume=form.file("resume"),
            cover_letter=form.file("cover_letter"),
            submission_key=entered["submission_key"],
            answers=form.answers,
            origin=origin.of(request),
            stay_in_touch=entered.get("stay_in_touch", False),
            notice=legal.current(LegalText.Kind.APPLICATION_NOTICE),
        )
    except Refused as refused:
        if not Posting.objects.public().filter(pk=found.pk).exists():
            return _gone(request, found)
        return _again(request, found, form, refused.sentence)
    return _receipt_of(application)


def _receipt_of(application: Application) -> HttpResponse:
    return redirect("careers:sent", signing.dumps(application.receipt_number, salt=SENT_SALT))


@public
@never_cache
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt on the screen: number and what happens now. The link to the status page comes by mail only (SEC-11)."""
    try:
        number = signing.loads(token, salt=SENT_SALT, max_age=SENT_LASTS)
    except signing.BadSignature:
        raise Http404 from None
    application = get_object_or_404(Application.objects.select_related("job"), receipt_number=number)
    return render(request, "careers/sent.html", {"application": application})


def _posting(slug: str) -> Posting:
    """A posting that is or once was public. Drafts, internal and confidential ones do not exist out here."""
    published = Posting.objects.filter(first_published_at__isnull=False, job__confidential=False)
    return get_object_or_404(published.select_related("job__department", "job__location"), slug=slug)


def _gone(request: HttpRequest, found: Posting) -> HttpResponse:
    context = {
        "posting": found,
        "rows": [(posting, terms(posting)) for posting in listing.alike(found)],
        "carry": origin.carry(request),
    }
    return render(request, "careers/gone.html", context, status=410)


def _again(
    request: HttpRequest, found: Posting, form: ApplyForm, problem: str = "", *, status: int = 422
) -> HttpResponse:
    """The form once more, with everything that was entered and what to put right."""
    form.is_valid()
    if problem:
        form.add_error(None, problem)
    return render(request, "careers/posting.html", _page(request, found, form), status=status)


def _carried(request: HttpRequest, form: ApplyForm, **changed: str) -> list[tuple[str, list[str]]]:
    """What the review page takes along in hidden fields: the form's own fields only, as they came."""
    names = [name for name in form.fields if name not in FILES]
    return [(name, [changed[name]] if name in changed else request.POST.getlist(name)) for name in names]


def _page(request: HttpRequest, found: Posting, form: ApplyForm, *, focus: bool = False) -> dict[str, Any]:
    has = set(Stage.objects.filter(job=found.job_id).values_list("kind", flat=True)) | {Stage.Kind.APPLIED}
    return {
        "posting": found,
        "terms": terms(found),
        "last_day": markup.last_day(found),
        "steps": [(kind.value, title) for kind, title in status.STEPS.items() if kind in has],
        "form": form,
        "focus": focus,
        "notice": legal.current(LegalText.Kind.APPLICATION_NOTICE),
        "canonical": settings.SITE_URL + found.get_absolute_url(),
        "site_url": settings.SITE_URL,
        "text": markup.text(found),
        "in_short": Truncator(plain(found.description)).words(28),
        "markup": markup.script(found),
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "job_count": Posting.objects.public().count(),
        "carry": origin.carry(request),
        "origin": origin.write(origin.of(request)),
    }


def _indexable(response: HttpResponse) -> HttpResponse:
    """JOB-19: only the real site may be found; staging and previews say so."""
    if not settings.INDEXABLE:
        response["X-Robots-Tag"] = "noindex"
    return response


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")
