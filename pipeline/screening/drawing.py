"""A criterion in words, as HTML put together in Python: a profile shows fifteen of them, and a template took as long for them as
for the rest of its column (docs/performance.md). What comes from people passes `format_html`, which escapes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hiring import addresses
from hiring.templatetags.throughline import icon

SAYS = '{}<div class="tl-crit-says">{} <span class="tl-crit-verdict">{}</span></div>{}{}{}{}'
CORRECT = (
    '<a class="btn btn-ghost btn-icon btn-sm" href="{url}" hx-get="{url}" hx-target="closest li" hx-swap="outerHTML" '
    'aria-label="Put right: {says}">{pencil}</a>'
)
QUOTE = '<blockquote class="tl-quote"><p>{}<mark>{}</mark>{}</p>{}</blockquote>'
WHERE = '<footer class="tl-small tl-faint">{}</footer>'
PLACE = '<a href="{}" aria-label="Show in the résumé: {}">{}</a>'
NOTE = '<p class="tl-crit-none">{}</p>'
HINT = '<div hx-get="{}" hx-trigger="intersect once" hx-swap="outerHTML"></div>'
NOTHING = SafeString("")


@dataclass(frozen=True)
class Quote:
    """A passage with the words that show it marked, and the way to its place in the résumé, if it stands in one."""

    before: str
    marked: str
    after: str
    where: str
    href: str = ""

    def __html__(self) -> str:
        return format_html(QUOTE, self.before, self.marked, self.after, self._footer())

    def _footer(self) -> SafeString:
        if not (self.where or self.href):
            return NOTHING
        place = format_html(PLACE, self.href, self.marked, self.where or "In the résumé") if self.href else self.where
        return format_html(WHERE, place)


def correcting(application: int, key: str, says: str) -> SafeString:
    """The way to put it right."""
    url = addresses.of("pipeline:judgement_correct", application, key)
    return format_html(CORRECT, url=url, says=says, pencil=icon("pencil", "sm"))


def hint(application: int, key: str) -> SafeString:
    """Where a passage is proposed, as soon as it comes into view."""
    return format_html(HINT, addresses.of("pipeline:criterion_hint", application, key))


def said(
    mark: str, says: str, verdict: str, quotes: Iterable[Quote], note: str, *, correct: SafeString, hint: SafeString
) -> SafeString:
    """What is asked, what stands, and the passages that show it."""
    passages = format_html_join("", "{}", ((quote,) for quote in quotes)) if quotes else NOTHING
    return format_html(
        SAYS, icon(mark), says, verdict, correct, passages, format_html(NOTE, note) if note else NOTHING, hint
    )
