"""Notice ahead of use (AI-10): where the law wants people told some working days before software judges them, it waits that long.

Counted from the notice an applicant was shown, or from the day on which the posting shows it to everybody while software is used for
the job, whichever is earlier. Whoever lives where such a law holds and was shown nothing is not judged at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Min
from django.utils import timezone

from hiring import holidays, jurisdictions, notices
from hiring.models import Candidate, LegalText, Posting
from hiring.postings.places import zone_of
from hiring.query.places import locate
from pipeline import noticing
from pipeline.models import CriteriaVersion, ShownNotice
from pipeline.screening.reading import Case

LOOK_AGAIN_AFTER = dt.timedelta(days=1)


def held_until(cases: Sequence[Case]) -> dict[int, dt.datetime]:
    """By application, until when software may not judge it; without those it may judge now. One query where no law asks for this."""
    ahead = list(_texts())
    if not ahead:
        return {}
    postings = {one.job_id: one for one in Posting.objects.with_places().filter(job__in={_job(case) for case in cases})}
    concerned = {case.application.pk: _concerning(ahead, case, postings.get(_job(case))) for case in cases}
    wanted = {pk: texts for pk, texts in concerned.items() if texts}
    if not wanted:
        return {}
    shown = noticing.shown_to(wanted)
    began = dict(
        CriteriaVersion.objects.filter(job__in=postings).values("job").annotate(at=Min("at")).values_list("job", "at")
    )
    now = timezone.now()
    found: dict[int, dt.datetime] = {}
    for case in cases:
        for text in wanted.get(case.application.pk, ()):
            posting = postings.get(_job(case))
            told = _told(text, shown.get(case.application.pk, []), posting, began.get(_job(case)))
            until = first_use(told, text.wait_days, posting) if told else now + LOOK_AGAIN_AFTER
            if until > now:
                found[case.application.pk] = max(until, found.get(case.application.pk, until))
    return found


def _job(case: Case) -> int:
    return case.application.job_id


def _texts() -> list[LegalText]:
    """The notices that hold now and have to come ahead of use; one a jurisdiction and language."""
    now = timezone.now()
    rows = LegalText.objects.filter(kind=LegalText.Kind.AI_NOTICE, valid_from__lte=now).exclude(valid_to__lte=now)
    return list(rows.filter(wait_days__gt=0).order_by("jurisdiction", "valid_from"))


def _concerning(texts: Sequence[LegalText], case: Case, posting: Posting | None) -> list[LegalText]:
    """The notices somebody has to be given: where the job is, and where they live. One a jurisdiction."""
    places = {one for place in (notices.places_of(posting) if posting else ()) for one in place}
    places |= set(home_of(case.application.candidate))
    return list({text.jurisdiction: text for text in texts if text.jurisdiction in places}.values())


def home_of(person: Candidate) -> tuple[str, ...]:
    """The jurisdictions somebody lives in, as far as their record says: “New York”, “Brooklyn, NY”, “Queens, New York, USA”."""
    parts = [part.strip() for part in person.location.split(",") if part.strip()]
    city = locate(person.location, person.country)
    country = person.country or (city.country if city else "")
    if not country and len(parts) > 1 and any(jurisdictions.state_code("US", part) for part in parts[1:]):
        country = "US"
    state = next((code for part in reversed(parts) if (code := jurisdictions.state_code(country, part))), "")
    return jurisdictions.of_place(country, state, parts[0] if parts else "")


def _told(
    text: LegalText, shown: Sequence[ShownNotice], posting: Posting | None, began: dt.datetime | None
) -> dt.datetime | None:
    """When they were told: by the form they sent, or by the posting before that. Who sent no form was told by neither."""
    own = [row for row in shown if (row.text.kind, row.text.jurisdiction) == (text.kind, text.jurisdiction)]
    if not own:
        return None
    since = [row.at for row in own]
    if posting and posting.public_from and began and text.jurisdiction in _places(posting):
        since.append(max(posting.public_from, text.valid_from, began))
    return min(since)


def _places(posting: Posting) -> set[str]:
    return {one for place in notices.places_of(posting) for one in place}


def first_use(told: dt.datetime, days: int, posting: Posting | None) -> dt.datetime:
    """The first moment of the day on which software may be used: so many working days after the one they were told on."""
    zone = zone_of(posting) if posting else timezone.get_current_timezone()
    country = posting.job.location.country if posting else ""
    day = told.astimezone(zone).date()
    for _ in range(days):
        day += dt.timedelta(days=1)
        while day.isoweekday() > 5 or holidays.is_holiday(day, country):
            day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), zone)
