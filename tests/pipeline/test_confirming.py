"""Whether an address is theirs is asked where a job wants it, once more by mail, and costs nobody their application.
Standard ids: SEC-5, SEC-11."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.models import Message, PersonalLink
from pipeline import arriving, confirming
from pipeline.models import AddressConfirmation, Application, ApplyingLimits
from pipeline.tasks import ask_again
from tests.pipeline.test_arriving import posting, send  # noqa: F401


def link_in(mail: Message) -> str:
    return re.search(r"https?://[^/\s]+(/confirm/\S+)", mail.text)[1]


@pytest.mark.parametrize(
    ("everywhere", "here", "asks"),
    [(False, None, False), (True, None, True), (True, False, False), (False, True, True)],
)
def test_it_is_asked_as_the_job_says_else_as_everywhere(posting, everywhere, here, asks):  # noqa: F811
    ApplyingLimits.objects.create(pk=1, confirm_address=everywhere)
    confirming.choose(posting.job, here)

    application = arriving.take_in(send(posting).pk)

    assert application.is_active
    assert ("/confirm/" in Message.objects.get(purpose="receipt").text) is asks
    assert AddressConfirmation.objects.filter(application=application, address="samira@rahimi.example").exists() is asks


def test_it_is_shown_as_not_confirmed_until_the_button_behind_the_link_is_pressed(client, posting, recruiter):  # noqa: F811
    posting.job.team.create(user=recruiter, role="recruiter")
    confirming.choose(posting.job, True)
    application = arriving.take_in(send(posting).pk)
    url = link_in(Message.objects.get(purpose="receipt"))

    looked = client.get(url).content.decode()
    still = AddressConfirmation.objects.get().confirmed_at
    done = [client.post(url, follow=True).content.decode() for _ in range(2)]
    client.force_login(recruiter)
    after = client.get(application.candidate.get_absolute_url()).content.decode()
    AddressConfirmation.objects.update(confirmed_at=None)
    before = client.get(application.candidate.get_absolute_url()).content.decode()

    assert "Is this your address?" in looked and "Rahimi" not in looked and still is None
    assert all("Thank you" in page for page in done)
    assert application.candidate.events.filter(kind="applicant.confirmed").count() == 1
    assert "Address not confirmed" in before and "Address not confirmed" not in after
    assert "/confirm/" not in links.hide(Message.objects.get(purpose="receipt").text)


def test_an_address_that_was_confirmed_is_not_asked_again(client, posting):  # noqa: F811
    confirming.choose(posting.job, True)
    arriving.take_in(send(posting).pk)
    confirming.confirm(AddressConfirmation.objects.select_related("application").get())
    Application.objects.update(status="withdrawn", closed_at=timezone.now())

    arriving.take_in(send(posting).pk)

    assert AddressConfirmation.objects.count() == 1
    assert "/confirm/" not in Message.objects.filter(purpose="receipt").latest("pk").text


def test_one_reminder_and_no_more_and_none_to_who_confirmed_or_is_gone(client, posting):  # noqa: F811
    confirming.choose(posting.job, True)
    for name in ("samira", "noor", "leo"):
        arriving.take_in(send(posting, name=f"{name} x", email=f"{name}@rahimi.example", phone="").pk)
    confirming.confirm(AddressConfirmation.objects.select_related("application").get(address__startswith="noor"))
    gone = AddressConfirmation.objects.get(address__startswith="leo").application_id
    Application.objects.filter(pk=gone).update(status="withdrawn", closed_at=timezone.now())
    AddressConfirmation.objects.update(asked_at=timezone.now() - dt.timedelta(days=4))

    ask_again()
    ask_again()

    reminder = Message.objects.get(purpose="confirm_address")
    assert "samira" in reminder.to_address and "counts either way" in reminder.text
    assert client.post(link_in(reminder)).status_code == 302
    assert AddressConfirmation.objects.get(address__startswith="samira").confirmed_at


@pytest.mark.parametrize("purpose", ["status", "confirm"])
def test_forged_foreign_and_expired_links_get_one_answer(client, world, purpose):
    link = links.issue(
        PersonalLink.Purpose(purpose), candidate=world.candidate, subject_id=99, valid_for=dt.timedelta(days=-1)
    )
    answers = [
        client.get(reverse("confirm_address", args=[one])) for one in (links.token(link), "x" * 22 + "." + "y" * 43)
    ]

    assert {one.status_code for one in answers} == {404} and "<h1" in answers[0].content.decode()
    assert len({re.sub(r'value="\w{64}"', "", one.content.decode()) for one in answers}) == 1
