"""What is to be said of a posting before it goes out: what stops it, and what would make it better, each at its field.

Sentences say what to do about it. `problems` is what stops a posting; the editor shows all of it while it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from hiring import notices
from hiring.application_form.problems import sentences as problems_of_form
from hiring.models import Job, Location, Posting, PostingRule, PostingTranslation
from hiring.models.jobs import Workplace
from hiring.models.postings import language_name
from hiring.postings import rules, wording
from hiring.postings.places import pay_at, remote_countries
from hiring.postings.texts import plain

SHORTEST_DESCRIPTION = 100  # characters; also what feed readers demand (JOB-27)
Kind = PostingRule.Kind

TITLE, TEXT, PLACES, PAY, LAST_DAY, REMOTE, FORM, JOB, RULES, NOTICES = (
    "title", "description", "places", "show_pay", "expires_on", "remote_countries", "questions", "job", "rules", "notices",
)  # fmt: skip
"""Where a finding stands in the editor."""
FIELD_OF_KIND = {
    Kind.PAY: PAY,
    Kind.CLOSED_PAY: PAY,
    Kind.SPREAD: PAY,
    Kind.LAST_DAY: LAST_DAY,
    Kind.WORDS: TEXT,
    Kind.NO_WORDS: TEXT,
    Kind.NEUTRAL_TITLE: TITLE,
    Kind.DONE: RULES,
}

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
    (
        r"[!?•★|~=<>]|[*_](?!in\b|innen\b)(?!\))|[-–—.,:;/&]{2,}",
        "Take the punctuation out of the title: name the role only.",
    ),
)
EMPTY_PART = re.compile(r"<(li|p|h3)>(\s|&nbsp;|<br>)*</\1>")


@dataclass(frozen=True)
class Finding:
    """One thing to be said: at which field, whether it stops the posting, and the rule of law behind it, if one is.

    `mend` names the other page where it is put right; `proposals` are sentences that would put it right when put into the text.
    """

    at: str
    sentence: str
    stops: bool = True
    mend: str = ""
    broken: rules.Broken | None = None
    proposals: list[str] = field(default_factory=list)
    typed: str = ""  # the reason somebody is writing for why it does not apply


def problems(posting: Posting) -> list[str]:
    """Why this posting cannot be published, one sentence each; empty when it can."""
    return [one.sentence for one in findings(posting) if one.stops]


def findings(posting: Posting, *, of_job: bool = True) -> list[Finding]:
    """Everything that is to be said of a posting, in the order of the editor. `of_job` false leaves out whether the job is open."""
    broken = rules.broken(posting)
    found = [Finding(JOB, sentence, mend=JOB) for sentence in job_problems(posting.job)] if of_job else []
    found += [Finding(TITLE, sentence) for sentence in title_problems(posting.title, *_locations(posting))]
    found += [Finding(TITLE, hint, stops=False) for hint in wording.title_hints(posting.title, posting.language)]
    found += [Finding(TEXT, sentence) for sentence in text_problems(posting.title, posting.description)]
    found += [Finding(TEXT, hint, stops=False) for hint in wording.text_hints(plain(posting.description))]
    found += _place_findings(posting)
    found += _pay_findings(posting)
    found += [_of_rule(one, posting) for one in broken]
    found += _form_findings(posting)
    translations = list(posting.translations.all())
    languages = [posting.language, *(one.language for one in translations)]
    found += [Finding(NOTICES, gap.sentence, stops=gap.stops, mend=NOTICES) for gap in notices.gaps(posting, languages)]
    if posting.expires_at and posting.expires_at <= timezone.now():
        found.append(Finding(LAST_DAY, "The last day to apply has passed: choose a later one or none."))
    for translation in translations:
        found += translation_findings(translation, posting)
    return found


def translation_findings(translation: PostingTranslation, posting: Posting) -> list[Finding]:
    """A translation is read like the original; its sentences name their language."""
    name, where = language_name(translation.language), f"language-{translation.language}"
    said = [
        *title_problems(translation.title, *_locations(posting)),
        *text_problems(translation.title, translation.description),
    ]
    found = [Finding(where, f"{name}: {sentence}") for sentence in said]
    hints = [*wording.title_hints(translation.title, translation.language)]
    if word := wording.gendered(translation.title, translation.language):
        hints.append(f"“{word}” names one gender: {wording.instead_of(word, translation.language)}.")
    hints += wording.text_hints(plain(translation.description))
    return found + [Finding(where, f"{name}: {hint}", stops=False) for hint in hints]


def title_problems(title: str, *locations: Location | None) -> list[str]:
    """JOB-3: the title is the role only."""
    if not title.strip():
        return ["Give the posting a title."]
    found = [sentence for pattern, sentence in TITLE_LINT if re.search(pattern, title)]
    names = {name for location in locations if location for name in (location.name, location.city)}
    if any(_names(name, title) for name in names):
        found.append("Take the place out of the title: it has its own field.")
    if _names(settings.ORGANISATION_NAME, title):
        found.append("Take the company's name out of the title.")
    if len(title) > 12 and title.upper() == title and any(letter.isupper() for letter in title):
        found.append("Write the title in normal letters, not in capitals.")
    return found


def _names(name: str, title: str) -> bool:
    return bool(name) and re.search(rf"\b{re.escape(name)}\b", title, re.IGNORECASE) is not None


def _locations(posting: Posting) -> list[Location]:
    return [place.location for place in posting.sites]


def job_problems(job: Job) -> list[str]:
    if job.confidential:
        return ["A confidential job is not published."]
    if job.status != Job.Status.OPEN:
        return [f"The job has to be open; it is {job.get_status_display().lower()}."]
    return []


def text_problems(title: str, description: str) -> list[str]:
    text = plain(description)
    if len(text) < SHORTEST_DESCRIPTION:
        return [f"Describe the work in at least {SHORTEST_DESCRIPTION} characters; there are {len(text)}."]
    if text.casefold() == title.casefold():
        return ["The description only repeats the title."]  # JOB-4
    if EMPTY_PART.search(description):
        return ["The description has empty points or paragraphs: fill them in or take them out."]
    return []


def _place_findings(posting: Posting) -> list[Finding]:
    """JOB-8, JOB-9: a country is known, not guessed."""
    found = []
    for place in posting.sites:
        if not re.fullmatch(r"[A-Z]{2}", place.location.country):
            where = "The location" if len(posting.sites) == 1 else place.location.name
            sentence = f"{where} has no country: an administrator has to set it before this can be published."
            found.append(Finding(PLACES, sentence, mend="location"))
    wrong = [code for code in remote_countries(posting) if not re.fullmatch(r"[A-Z]{2}", code)]
    if wrong:
        sentence = f"“{wrong[0]}” is not a country code. Write two letters, such as FR, DE."
        found.append(Finding(REMOTE, sentence))
    if posting.remote_countries and not any(place.workplace == Workplace.REMOTE for place in posting.sites):
        found.append(Finding(REMOTE, "Countries for remote work are only for a fully remote job."))
    return found


def _pay_findings(posting: Posting) -> list[Finding]:
    job = posting.job
    if job.pay_min is not None and job.pay_max is not None and job.pay_min > job.pay_max:
        return [Finding(PAY, "The pay range ends below its start.", mend=JOB)]
    home = job.location.country
    foreign = [
        place.location.name
        for place in posting.sites
        if place.pay == place.Pay.JOB and place.location.country != home and pay_at(place)
    ]
    if not foreign:
        return []
    sentence = f"{', '.join(foreign)}: the job's pay is shown, in {job.pay_currency}. Is it right there?"
    return [Finding(PLACES, sentence, stops=False)]


def _of_rule(broken: rules.Broken, posting: Posting) -> Finding:
    """What a rule says, at the field where it is kept. Of a title, with the word and another one."""
    sentence = broken.sentence
    if broken.rule.kind == Kind.NEUTRAL_TITLE and (word := wording.gendered(posting.title, posting.language)):
        sentence = f"“{word}” names one gender: {wording.instead_of(word, posting.language)}."
    where = FIELD_OF_KIND[Kind(broken.rule.kind)]
    mend = JOB if where == PAY and posting.job.pay_min is None and posting.job.pay_max is None else ""
    return Finding(where, sentence, stops=broken.stops, mend=mend, broken=broken, proposals=broken.proposals)


def pay_problems(posting: Posting) -> list[str]:
    """JOB-20: what the law wants said of pay where the work is; asked again by the boards the posting is sent to."""
    found = [one.sentence for one in _pay_findings(posting) if one.stops]
    return found + [one.sentence for one in rules.broken(posting, Kind.PAY, Kind.CLOSED_PAY, Kind.SPREAD) if one.stops]


def _form_findings(posting: Posting) -> list[Finding]:
    return [Finding(FORM, sentence, mend="form") for sentence in problems_of_form(posting)]
