"""How often one person may apply, told kindly and to nobody else; nothing is thrown away. Standard ids: SEC-8, SEC-11."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Message, Notification
from pipeline import arriving, limiting
from pipeline.models import Application, ApplyingLimits, Arrival
from tests.factories import PostingFactory, StageFactory
from tests.pipeline.test_arriving import posting, send  # noqa: F401


def job_like(posting):  # noqa: F811
    other = PostingFactory()
    StageFactory(job=other.job, kind="applied", name="Applied", position=0)
    return other


def decided(posting, days_ago):  # noqa: F811
    """They applied, and we said no so many days ago."""
    application = arriving.take_in(send(posting).pk)
    Application.objects.filter(pk=application.pk).update(
        status="rejected", closed_at=timezone.now() - dt.timedelta(days=days_ago)
    )
    return application


@pytest.mark.parametrize(("days_ago", "held"), [(3, "too_soon"), (31, "")])
def test_the_same_job_again_is_held_for_a_month_after_the_decision(posting, recruiter, days_ago, held):  # noqa: F811
    posting.job.team.create(user=recruiter, role="recruiter")
    decided(posting, days_ago)
    again = send(posting)

    application = arriving.take_in(again.pk)

    again.refresh_from_db()
    assert (again.held_because, application is None) == (held, bool(held))
    mails = Message.objects.filter(purpose="held")
    assert mails.count() == Notification.objects.filter(user=recruiter, kind="held_application").count() == bool(held)
    for mail in mails:
        assert again.receipt_number in mail.text and "you have applied" in mail.text.lower()
        assert "reject" not in mail.text.lower() and "rahimi.example" in mail.to_address


def test_so_many_jobs_at_once_and_no_more(posting):  # noqa: F811
    ApplyingLimits.objects.create(pk=1, most_open=1)
    arriving.take_in(send(posting).pk)
    same, other = send(posting), send(job_like(posting))

    assert arriving.take_in(same.pk) is not None  # joins the one there is
    assert arriving.take_in(other.pk) is None
    other.refresh_from_db()
    assert (other.status, other.held_because) == ("held", "too_many")


def test_without_limits_nothing_is_held(posting):  # noqa: F811
    ApplyingLimits.objects.create(pk=1, most_open=0, again_after_days=0)
    decided(posting, 0)

    assert arriving.take_in(send(posting).pk) is not None


def test_what_is_held_is_told_once_a_day_however_often_it_is_sent(posting):  # noqa: F811
    decided(posting, 1)
    for _ in range(3):
        arriving.take_in(send(posting).pk)

    assert Arrival.objects.filter(status="held").count() == 3
    assert Message.objects.filter(purpose="held").count() == 1


def test_a_colleague_takes_it_in_or_lets_it_go(client, posting, recruiter, django_capture_on_commit_callbacks):  # noqa: F811
    posting.job.team.create(user=recruiter, role="recruiter")
    decided(posting, 1)
    taken, gone = send(posting), send(posting)
    for one in (taken, gone):
        arriving.take_in(one.pk)
    stored = gone.files.get().file.name
    client.force_login(recruiter)
    page = client.get(reverse("pipeline:held_list", args=[posting.job_id])).content.decode()

    client.post(reverse("pipeline:held_settle", args=[taken.pk]), {"act": "take"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("pipeline:held_settle", args=[gone.pk]), {"act": "let_go"})

    taken.refresh_from_db()
    gone.refresh_from_db()
    assert taken.receipt_number in page and "not long ago" in page and "rahimi" not in page.lower()
    assert (taken.status, taken.application.status, taken.settled_by) == ("done", "active", recruiter)
    assert (gone.status, gone.sent, default_storage.exists(stored)) == ("let_go", {}, False)
    with pytest.raises(Refused):
        arriving.take_in_held(gone, by=recruiter)


def test_what_nobody_settles_is_gone_after_three_months(posting):  # noqa: F811
    decided(posting, 1)
    arriving.take_in(send(posting).pk)
    Arrival.objects.filter(status="held").update(received_at=timezone.now() - dt.timedelta(days=91))

    assert limiting.forget_old() == 1
    assert Arrival.objects.get(status="let_go").sent == {}
