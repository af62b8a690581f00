"""A posting in other languages, and what it said when: its translations and its history."""

from __future__ import annotations

from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import postings
from hiring.errors import Refused
from hiring.forms.posting_languages import TranslationForm
from hiring.http import StaffRequest
from hiring.models import PostingTranslation
from hiring.models.postings import language_name
from hiring.postings import linting, versions
from hiring.postings.editing import is_current
from hiring.postings.texts import as_html, as_typed
from hiring.views.postings import posting_of

SHOWN = 50


@require_GET
def job_posting_history(request: StaffRequest, pk: int) -> HttpResponse:
    """Every text that was out, the latest first: who put it there, when, and what was different."""
    posting = posting_of(request, pk)
    before = request.GET.get("before", "")
    kept = posting.versions.select_related("by")
    if before.isascii() and before.isdigit() and len(before) < 7:
        kept = kept.filter(number__lt=int(before))
    rows = list(kept[: SHOWN + 1])
    earlier = [*(row.content for row in rows[1:]), {}]
    shown = [
        (row, versions.changes(content, row.content) if content else [])
        for row, content in zip(rows[:SHOWN], earlier, strict=False)
    ]
    last = rows[SHOWN - 1].number if len(rows) > SHOWN else 0
    context = {"job": posting.job, "posting": posting, "rows": shown, "last": last}
    return render(request, "hiring/job_posting_history.html", context)


@require_GET
def job_posting_languages(request: StaffRequest, pk: int) -> HttpResponse:
    """To the page of the language that was chosen."""
    posting = posting_of(request, pk)
    language = request.GET.get("language", "")
    if language not in LANG_INFO or language == posting.language:
        return redirect("job_posting", pk)
    return redirect("job_posting_language", pk, language)


@require_http_methods(["GET", "HEAD", "POST"])
def job_posting_language(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Title and text in another language, beside the original."""
    posting = posting_of(request, pk)
    found = next((one for one in posting.translations.all() if one.language == language), None)
    if (found is None and "name" not in LANG_INFO.get(language, {})) or language == posting.language:
        raise Http404
    row = found or PostingTranslation(posting=posting, language=language)
    form = TranslationForm(request.POST or None, translation=row)
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        try:
            postings.translate(posting, language, by=request.user, **form.words)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"{language_name(language)} is saved.")
            return redirect("job_posting_language", pk, language)
    if form.is_bound:
        form.is_valid()
        row.title, row.description = (
            form.data.get("title", "")[:150],
            as_html(form.data.get("description", "")[:30_000]),
        )
    said = linting.translation_findings(row, posting) if row.title or row.description else []
    context = {
        "job": posting.job,
        "posting": posting,
        "form": form,
        "language": language,
        "found": found,
        "is_current": found is not None and is_current(found, posting),
        "said": said,
        "original": as_typed(posting.description),
    }
    is_refused = request.method == "POST" and "look" not in request.POST
    return render(request, "hiring/job_posting_language.html", context, status=422 if is_refused else 200)


@require_POST
def job_posting_forget(request: StaffRequest, pk: int, language: str) -> HttpResponse:
    """Take a language away. Its address leads to the original."""
    posting = posting_of(request, pk)
    postings.forget_translation(posting, language, by=request.user)
    messages.success(request, f"{language_name(language)} is taken away; whoever asks for it gets the original.")
    return redirect("job_posting", pk)
