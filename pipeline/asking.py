"""Hiring-manager review: a batch of people goes out by mail, colleagues answer yes, no or "let's talk" person by person.

Each answer is kept as it is given and can change until whoever asked closes the batch. Answers never move anybody.
What a colleague sees of a person is what the board shows them: whoever loses sight of the job loses the link.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from hiring import access, links, notifications, timeline
from hiring.errors import LinkGone, Refused
from hiring.mail import compose
from hiring.models import Job, PersonalLink, User
from pipeline.models import Application, ManagerReview, ReviewAnswer, Reviewer, ReviewPerson

PURPOSE = PersonalLink.Purpose.REVIEW
AT_MOST = 100
MOST_DAYS = 90
WITHIN = f"Choose a day from today on, at most {MOST_DAYS} days ahead."
LASTS_BEYOND_DUE = dt.timedelta(days=14)
ANSWERED = notifications.declare("asked", "Colleagues have answered about people I showed them", "message-question")

Verdict = ReviewAnswer.Verdict


# --- asking ---------------------------------------------------------------------------------------------------------


def may_be_asked(job: Job) -> list[User]:
    """The active members of the team who see the job's board anyway: a question opens nobody's eyes to more."""
    members = User.objects.filter(is_active=True, teams__job=job, teams__role__in=access.MOVES_ON_TEAM)
    return list(members.distinct().order_by("full_name", "pk"))


def may_be_due(day: dt.date) -> bool:
    today = timezone.localdate()
    return today <= day <= today + dt.timedelta(days=MOST_DAYS)


@transaction.atomic
def ask(
    job: Job, applications: Sequence[int], *, by: User, reviewers: Sequence[User], due_on: dt.date, note: str = ""
) -> ManagerReview:
    """Show active applications of a job to colleagues, in this order; each gets one mail with a link of their own."""
    chosen = list(dict.fromkeys(applications))
    people = _active(job, chosen)
    if not people:
        raise Refused("Nobody selected is active in this job.")
    if len(people) > AT_MOST:
        raise Refused(f"At most {AT_MOST} people fit in one batch: nobody looks through more with care.")
    if not may_be_due(due_on):
        raise Refused(WITHIN)
    if not reviewers:
        raise Refused("Choose who is asked.")
    allowed = {user.pk for user in may_be_asked(job)}
    for user in reviewers:
        if user.pk not in allowed:
            raise Refused(f"{user} is not on the team of this job, or may not see its board.")
    review = ManagerReview.objects.create(job=job, by=by, note=note.strip(), due_on=due_on, created_at=timezone.now())
    ReviewPerson.objects.bulk_create(
        ReviewPerson(review=review, application=one, position=position) for position, one in enumerate(people)
    )
    for user in reviewers:
        _send(review.reviewers.create(user=user))
    asked = {one.candidate_id: {"manager_review": review.pk} for one in people}
    timeline.record_all("application.shown", by, asked, job=job)
    return review


@transaction.atomic
def ask_also(review: ManagerReview, user: User) -> Reviewer:
    """One more colleague in an open batch; somebody who was taken out is asked again, with what they said before."""
    review = _locked_open(review)
    if user.pk not in {one.pk for one in may_be_asked(review.job)}:
        raise Refused(f"{user} is not on the team of this job, or may not see its board.")
    reviewer, made = review.reviewers.get_or_create(user=user)
    if not made and reviewer.removed_at is None:
        raise Refused(f"{user} is asked already.")
    reviewer.removed_at = None
    reviewer.save(update_fields=["removed_at"])
    _send(reviewer)
    return reviewer


@transaction.atomic
def take_out(reviewer: Reviewer) -> None:
    """No longer ask this colleague: their link ends at once. What they have said stays."""
    _locked_open(reviewer.review)
    Reviewer.objects.filter(pk=reviewer.pk).update(removed_at=timezone.now())
    links.revoke(PURPOSE, reviewer.pk)


@transaction.atomic
def remind(reviewer: Reviewer) -> None:
    """Ask once more, by mail; at most once a day. Refused when nothing is left for them to answer."""
    review = _locked_open(reviewer.review)
    reviewer = Reviewer.objects.select_related("user").get(pk=reviewer.pk)
    reviewer.review = review
    if reviewer.removed_at or not reviewer.user.is_active:
        raise Refused(f"{reviewer} is no longer asked.")
    if not owed(reviewer).exists():
        raise Refused(f"{reviewer} has answered everything.")
    today = timezone.localdate()
    if reviewer.reminded_on == today:
        raise Refused(f"{reviewer} was reminded today already.")
    reviewer.reminded_on = today
    reviewer.save(update_fields=["reminded_on"])
    _send(reviewer, again=True)


@transaction.atomic
def close(review: ManagerReview, *, by: User) -> ManagerReview:
    """Take no more answers. Whoever comes by their link reads that it is closed, and sees nobody any more."""
    review = _locked_open(review)
    review.closed_at = timezone.now()
    review.save(update_fields=["closed_at"])
    return review


# --- answering ------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(reviewer: Reviewer, person: ReviewPerson, verdict: str, *, comment: str = "") -> ReviewAnswer:
    """Keep what a colleague says of one person; saying it again changes it. Saying the same twice changes nothing."""
    review = (
        ManagerReview.objects.select_for_update(of=("self",)).select_related("job", "by").get(pk=reviewer.review_id)
    )
    application = Application.objects.for_card().get(pk=person.application_id)
    if refusal := why_not(review, reviewer, application):
        raise Refused(refusal)
    if person.review_id != review.pk or verdict not in Verdict.values:
        raise Refused("Choose yes, no, or to talk about it.")
    comment = comment.strip()
    said = ReviewAnswer.objects.filter(reviewer=reviewer, person=person).first()
    if said and (said.verdict, said.comment) == (verdict, comment):
        return said
    said = said or ReviewAnswer(reviewer=reviewer, person=person)
    said.verdict, said.comment, said.answered_at = Verdict(verdict), comment, timezone.now()
    said.save()
    timeline.record(
        application.candidate,
        "application.answered",
        reviewer.user,
        job=review.job,
        review_answer=said.pk,
        verdict=str(verdict),
    )
    if not _owed_by_anybody(review):
        tell(review, "all have answered")
    return said


def why_not(review: ManagerReview, reviewer: Reviewer, application: Application) -> str:
    """Why this colleague's answer about this person is not taken now, as a sentence; empty when it is."""
    if not review.is_open:
        return "This batch is closed. Thank you: no more answers are needed."
    if reviewer.removed_at:
        return links.GONE
    if not application.is_active:
        return "A decision was taken meanwhile. No answer is needed any more."
    return ""


def owed(reviewer: Reviewer) -> QuerySet[ReviewPerson]:
    """Whom of an open batch this colleague has not answered about: those who are still active."""
    said = ReviewAnswer.objects.filter(reviewer=reviewer, person=OuterRef("pk"))
    people = ReviewPerson.objects.filter(review=reviewer.review_id, application__status=Application.Status.ACTIVE)
    return people.filter(~Exists(said)).order_by("position")


def tell(review: ManagerReview, why: str) -> None:
    """Tell whoever asked, once: all have answered, or the day has passed."""
    if not ManagerReview.objects.filter(pk=review.pk, told_at=None).update(told_at=timezone.now()):
        return
    given = ReviewAnswer.objects.filter(reviewer__review=review).count()
    notifications.tell(
        review.by,
        ANSWERED,
        f"{review.job.title}: {why} about the people you showed them ({given} answer{'' if given == 1 else 's'}).",
        key=f"manager-review:{review.pk}",
        url=review.get_absolute_url(),
        job=review.job,
    )


# --- the link -------------------------------------------------------------------------------------------------------


def open_link(token: str) -> Reviewer:
    """The seat a personal link stands for. One sentence for every reason why not (SEC-11): forged, expired, taken back, a
    colleague who has left the company, the team, or the sight of the job."""
    link = links.open_link(token, PURPOSE)
    seats = Reviewer.objects.select_related("user", "review__job__location", "review__by")
    reviewer = seats.filter(pk=link.subject_id or 0, user=link.user_id, user__is_active=True, removed_at=None).first()
    if reviewer is None or not may_look(reviewer):
        raise LinkGone(links.GONE)
    return reviewer


def may_look(reviewer: Reviewer) -> bool:
    job = reviewer.review.job
    return access.on_team(reviewer.user, job) and access.can_see_pipeline(reviewer.user, job)


def link_of(reviewer: Reviewer) -> PersonalLink:
    """The colleague's one link; asking again moves its end instead of making a second one."""
    ends = _ends(reviewer.review)
    living = PersonalLink.objects.filter(
        purpose=PURPOSE, subject_id=reviewer.pk, user=reviewer.user_id, revoked_at=None
    )
    if found := living.first():
        found.expires_at = ends
        found.save(update_fields=["expires_at"])
        return found
    return links.issue(PURPOSE, user=reviewer.user, subject_id=reviewer.pk, valid_for=ends - timezone.now())


# --- the sweep ------------------------------------------------------------------------------------------------------


def reminders_due(today: dt.date) -> list[Reviewer]:
    """Who is reminded today: on the day before it is due, and on the day after, of what they still owe."""
    days = [today + dt.timedelta(days=1), today - dt.timedelta(days=1)]
    seats = Reviewer.objects.select_related("user", "review__job").filter(
        review__closed_at=None, review__due_on__in=days, review__created_at__date__lt=today,
        removed_at=None, user__is_active=True,
    )  # fmt: skip
    return [seat for seat in seats.exclude(reminded_on=today) if owed(seat).exists() and may_look(seat)]


def overdue(today: dt.date) -> list[ManagerReview]:
    """Batches whose day has passed and whose asker has not been told."""
    late = ManagerReview.objects.open().filter(due_on__lt=today, told_at=None)
    return list(late.select_related("job", "by").order_by("due_on", "pk"))


# --- inside ---------------------------------------------------------------------------------------------------------


def _active(job: Job, chosen: list[int]) -> list[Application]:
    rows = Application.objects.active().filter(job=job, pk__in=chosen).in_bulk()
    return [rows[pk] for pk in chosen if pk in rows]


def _locked_open(review: ManagerReview) -> ManagerReview:
    review = ManagerReview.objects.select_for_update(of=("self",)).select_related("job", "by").get(pk=review.pk)
    if not review.is_open:
        raise Refused("This batch is closed.")
    return review


def _owed_by_anybody(review: ManagerReview) -> bool:
    seats = review.reviewers.filter(removed_at=None, user__is_active=True)
    return any(owed(seat).exists() for seat in seats)


def _ends(review: ManagerReview) -> dt.datetime:
    due = dt.datetime.combine(review.due_on, dt.time(23, 59), dt.UTC)
    return max(due, timezone.now()) + LASTS_BEYOND_DUE


def _send(reviewer: Reviewer, *, again: bool = False) -> None:
    """The mail names the job and how many, nobody by name: who they are stands behind the link alone."""
    review = reviewer.review
    link = link_of(reviewer)
    key = f"again-{timezone.localdate():%Y%m%d}" if again else f"asked-{link.pk}"
    compose.to_colleague(
        reviewer.user,
        purpose="manager_review",
        template="pipeline/email/manager_review",
        context={
            "reviewer": reviewer,
            "review": review,
            "job": review.job,
            "people": owed(reviewer).count(),
            "is_again": again,
            "url": links.url(link, "pipeline:look"),
        },
        job=review.job,
        dedupe_key=f"manager-review:{reviewer.pk}:{key}",
    )
