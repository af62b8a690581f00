"""Postings: the public advert of a job. What may not go out is found by `problems`, in sentences, before it goes out.

A posting is public while it is published and its job open and not confidential (`Posting.objects.public()`): holding or
closing a job, or taking a posting down, removes page, list entry, sitemap and feeds in the same moment (JOB-13).
"""

from __future__ import annotations

import datetime as dt
import html as html_module
import re
import zoneinfo
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import nh3
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape, strip_tags

from hiring.application_form import versions
from hiring.application_form.problems import sentences as problems_of_form
from hiring.errors import Refused
from hiring.jurisdictions import EU
from hiring.models import Job, Location, Posting, PostingPlace, User
from hiring.models.jobs import Workplace

TAGS = {"p", "ul", "ol", "li", "br", "strong", "em", "h3", "a"}
# Names that HTML knows: "salary <negotiable>" is text, and no word of it may get lost.
HTML_NAMES = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|button|center|code|col|colgroup|dd|del|details|div|dl|dt|em|embed|font|"
    "footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|object|ol|option|p|pre|q|s|"
    "section|select|small|span|strike|strong|style|script|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|u|ul|video"
)
MARKUP = re.compile(rf"</?(?:{HTML_NAMES})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
ITEM = re.compile(r"\s*[-*•]\s+")
SHORTEST_DESCRIPTION = 100  # characters; also what feed readers demand (JOB-27)


@dataclass(frozen=True)
class PayRule:
    """Where the law wants pay in the advert (JOB-20)."""

    rule: str
    countries: frozenset[str]
    sentence: str


PAY_RULES = (
    PayRule("JOB-20a", EU, "Give the pay range and show it: EU law wants applicants to know it before the interview."),
)

TITLE_LINT = (
    (
        r"\b(?!ISO|DIN|IEC|EN\b)[A-Z]{2,5}[-–_ ]?\d{3,}\b|#\s?\d+|\b[Rr]eq(uisition)?\b",
        "Take the requisition code out of the title.",
    ),
    (
        r"(?i)[€$£¥]|\b\d+([.,]\d+)?\s?k\b|\b\d{2,3}[.,']\d{3}\b|\b(eur|usd|gbp|chf)\b",
        "Take the pay out of the title: it has its own field.",
    ),
    (
        r"(?i)\b(urgent(ly)?|asap|hiring now|now hiring|immediate(ly)?|apply now|top job)\b",
        "Take the urgency out of the title: name the role only.",
    ),
    (r"[!?*•★|~_=<>]|[-–—.,:;/&]{2,}", "Take the punctuation out of the title: name the role only."),
)
EMPTY_PART = re.compile(r"<(li|p|h3)>(\s|&nbsp;|<br>)*</\1>")


# --- what may not go out --------------------------------------------------------------------------------------------


def problems(posting: Posting) -> list[str]:
    """Why this posting cannot be published, one sentence each; empty when it can."""
    job = posting.job
    found = _job_problems(job)
    found += title_problems(posting.title, job.location)
    found += _text_problems(posting)
    found += _place_problems(posting)
    found += pay_problems(posting)
    found += problems_of_form(posting)
    if posting.expires_at and posting.expires_at <= timezone.now():
        found.append("The last day to apply has passed: choose a later one or none.")
    return found


def title_problems(title: str, location: Location | None = None) -> list[str]:
    """JOB-3: the title is the role only."""
    if not title.strip():
        return ["Give the posting a title."]
    found = [sentence for pattern, sentence in TITLE_LINT if re.search(pattern, title)]
    if location and any(_names(word, title) for word in {location.name, location.city}):
        found.append("Take the place out of the title: it has its own field.")
    if _names(settings.ORGANISATION_NAME, title):
        found.append("Take the company's name out of the title.")
    if len(title) > 12 and title.upper() == title and any(letter.isupper() for letter in title):
        found.append("Write the title in normal letters, not in capitals.")
    return found


def _names(name: str, title: str) -> bool:
    return bool(name) and re.search(rf"\b{re.escape(name)}\b", title, re.IGNORECASE) is not None


def _job_problems(job: Job) -> list[str]:
    if job.confidential:
        return ["A confidential job is not published."]
    if job.status != Job.Status.OPEN:
        return [f"The job has to be open; it is {job.get_status_display().lower()}."]
    return []


def _text_problems(posting: Posting) -> list[str]:
    text = plain(posting.description)
    if len(text) < SHORTEST_DESCRIPTION:
        return [f"Describe the work in at least {SHORTEST_DESCRIPTION} characters; there are {len(text)}."]
    if text.casefold() == posting.title.casefold():
        return ["The description only repeats the title."]  # JOB-4
    if EMPTY_PART.search(posting.description):
        return ["The description has empty points or paragraphs: fill them in or take them out."]
    return []


def _place_problems(posting: Posting) -> list[str]:
    """JOB-8, JOB-9: a country is known, not guessed."""
    country = posting.job.location.country
    found = []
    if not re.fullmatch(r"[A-Z]{2}", country):
        found.append("The location has no country: an administrator has to set it before this can be published.")
    wrong = [code for code in remote_countries(posting) if not re.fullmatch(r"[A-Z]{2}", code)]
    if wrong:
        found.append(f"“{wrong[0]}” is not a country code. Write two letters, such as FR, DE.")
    if posting.remote_countries and posting.job.workplace != Workplace.REMOTE:
        found.append("Countries for remote work are only for a fully remote job.")
    return found


def pay_problems(posting: Posting) -> list[str]:
    """JOB-20: what the law wants said of pay where the job is; asked again by the boards the posting is sent to."""
    job = posting.job
    found = []
    if job.pay_min is not None and job.pay_max is not None and job.pay_min > job.pay_max:
        found.append("The pay range ends below its start.")
    given = posting.show_pay and (job.pay_min is not None or job.pay_max is not None)
    where = {job.location.country, *remote_countries(posting)}
    found += [rule.sentence for rule in PAY_RULES if where & rule.countries and not given]
    return found


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(posting: Posting, *, by: User | None) -> Posting:
    """Put the posting on the career site. The first time is kept for good (JOB-5)."""
    posting = _locked(posting)
    _demand_clean(posting)
    if posting.status == Posting.Status.PUBLISHED:
        return posting
    now = timezone.now()
    posting.description = sanitise(posting.description)
    posting.status, posting.unpublished_at = Posting.Status.PUBLISHED, None
    posting.publish_at, posting.held_for = None, ""
    posting.live_from, posting.public_from = now, public_from(posting, now)
    posting.first_published_at = posting.first_published_at or now
    posting.changed_at = now
    posting.save()
    versions.publish(posting, by=by)
    return posting


@transaction.atomic
def unpublish(posting: Posting, *, by: User | None) -> Posting:
    """Take the posting down, everywhere at once."""
    posting = _locked(posting)
    if posting.status != Posting.Status.PUBLISHED:
        raise Refused("This posting is not published.")
    _take_down(posting)
    return posting


@transaction.atomic
def edit(
    posting: Posting,
    *,
    by: User | None,
    title: str,
    description: str,
    questions: list[dict[str, Any]],
    show_pay: bool,
    remote_countries: str = "",
    expires_at: dt.datetime | None = None,
) -> Posting:
    """Change the words. What is already public stays publishable, or the change is refused with what is wrong."""
    posting = _locked(posting)
    posting.title, posting.description = title.strip(), as_html(description)
    posting.questions, posting.show_pay = questions, show_pay
    posting.remote_countries, posting.expires_at = remote_countries, expires_at
    posting.changed_at = timezone.now()
    if posting.status == Posting.Status.PUBLISHED:
        _demand_clean(posting)
        versions.publish(posting, by=by)
    posting.save()
    return posting


def public_from(posting: Posting, live_from: dt.datetime) -> dt.datetime | None:
    """From when everybody may read what colleagues read from `live_from`: days are days where the job is, also when clocks change."""
    if posting.audience == Posting.Audience.COLLEAGUES:
        return None
    if posting.audience == Posting.Audience.EVERYBODY:
        return live_from
    return live_from.astimezone(zone_of(posting)) + dt.timedelta(days=posting.internal_days)


def place_where(posting: Posting, job: Job) -> PostingPlace:
    """A posting begins with one place, its job's."""
    return PostingPlace.objects.create(
        posting=posting,
        location=job.location,
        workplace=job.workplace,
        pay_currency=job.pay_currency,
        pay_period=job.pay_period,
    )


def follow_place(job: Job, old: Location) -> None:
    """The place that was the job's stays the job's: where it is, and how much of the work is done there."""
    first = PostingPlace.objects.filter(posting__job=job, location=old).first()
    if first is None or (first.location_id, first.workplace) == (job.location_id, job.workplace):
        return
    PostingPlace.objects.filter(posting=first.posting_id, location=job.location).exclude(pk=first.pk).delete()
    first.location, first.workplace = job.location, job.workplace
    first.save(update_fields=["location", "workplace"])
    Posting.objects.filter(pk=first.posting_id).update(changed_at=timezone.now())


def withdraw(job: Job, *, by: User | None) -> None:
    """Take down a job's posting if it is out; part of closing a job or making it confidential."""
    posting = Posting.objects.select_for_update().filter(job=job, status=Posting.Status.PUBLISHED).first()
    if posting:
        _take_down(posting)


# --- text -----------------------------------------------------------------------------------------------------------


def sanitise(html: str) -> str:
    """Only the plain marks a posting needs; links lead to web or mail (JOB-4). Scripts, styles and handlers are gone."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    ).strip()


def as_html(typed: str) -> str:
    """What was typed as the clean HTML of a posting: HTML as it stands, plain text by its blank lines and marks."""
    if MARKUP.search(typed):
        return sanitise(typed)
    blocks = re.split(r"\n\s*\n", typed.replace("\r\n", "\n").strip())
    return sanitise("".join(_block(block) for block in blocks if block.strip()))


def as_typed(html: str) -> str:
    """A posting as plain text that `as_html` reads back, when nothing in it needs HTML; else the HTML itself."""
    if re.search(r"<(?!/?(?:p|ul|li|h3)>|br\s*/?>)", html):
        return html
    text = re.sub(r">\s+<", "><", html)
    for tag, mark in (("<h3>", "## "), ("<li>", "- "), ("</li>", "\n"), ("</ul>", "\n"), ("<br>", "\n")):
        text = text.replace(tag, mark)
    text = html_module.unescape(re.sub(r"</(?:p|h3)>", "\n\n", re.sub(r"<(?:p|ul)>", "", text)))
    return html if MARKUP.search(text) else re.sub(r"\n{3,}", "\n\n", text).strip()


def _block(block: str) -> str:
    """One block of plain text: a heading, a list where lines begin with a dash, and paragraphs."""
    html: list[str] = []
    for is_item, lines in groupby(block.split("\n"), key=lambda line: bool(ITEM.match(line))):
        words = [escape(ITEM.sub("", line).strip()) for line in lines if line.strip()]
        if is_item:
            html.append(f"<ul>{''.join(f'<li>{word}</li>' for word in words)}</ul>")
            continue
        if words and words[0].startswith("## "):
            html.append(f"<h3>{words.pop(0)[3:]}</h3>")
        if words:
            html.append(f"<p>{'<br>'.join(words)}</p>")
    return "".join(html)


def plain(html: str) -> str:
    """The words alone, in one line."""
    return re.sub(r"\s+", " ", strip_tags(html.replace("<", " <")).replace("&nbsp;", " ")).strip()


def remote_countries(posting: Posting) -> list[str]:
    return [code.strip().upper() for code in posting.remote_countries.split(",") if code.strip()]


def zone_of(posting: Posting) -> zoneinfo.ZoneInfo:
    """Days of a posting are days where the job is."""
    return zoneinfo.ZoneInfo(posting.job.location.time_zone)


def end_of(day: dt.date, posting: Posting) -> dt.datetime:
    """Midnight after the last day to apply."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone_of(posting))


# --- inside ---------------------------------------------------------------------------------------------------------


def _locked(posting: Posting) -> Posting:
    """The posting under lock, with its job: the job's row first, as everywhere."""
    Job.objects.select_for_update().get(pk=posting.job_id)
    return Posting.objects.select_for_update(of=("self",)).select_related("job__location").get(pk=posting.pk)


def _demand_clean(posting: Posting) -> None:
    found = problems(posting)
    if found:
        raise Refused(" ".join(found))


def _take_down(posting: Posting) -> None:
    now = timezone.now()
    posting.status, posting.unpublished_at, posting.changed_at = Posting.Status.UNPUBLISHED, now, now
    posting.save(update_fields=["status", "unpublished_at", "changed_at"])
