"""Telling colleagues: once, only what they may see, by bell and by the mail they asked for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import notes, notifications
from hiring.mail import compose
from hiring.models import Message, Notification
from tests import factories

KIND = notifications.MENTIONED


def words(user) -> list[str]:
    return [row.words for row in notifications.page(user, only_new=False, before=None)]


def test_the_same_occasion_is_told_once(recruiter, coordinator):
    first = notifications.tell([recruiter, coordinator], KIND, "A word.", key="one")
    again = notifications.tell([recruiter, coordinator], KIND, "A word again.", key="one")

    assert (len(first), again) == (2, [])
    assert words(recruiter) == words(coordinator) == ["A word."]


def test_whoever_did_it_has_left_or_does_not_care_is_not_told(recruiter, coordinator, manager):
    coordinator.quiet_kinds = [KIND]
    manager.is_active = False

    assert notifications.tell([recruiter, coordinator, manager], KIND, "A word.", key="one", by=recruiter) == []


def test_an_unknown_kind_is_a_mistake_of_ours(recruiter):
    with pytest.raises(KeyError):
        notifications.tell(recruiter, "no-such-kind", "A word.", key="one")


def test_what_one_may_no_longer_see_is_not_shown_counted_or_mailed(recruiter, interviewer, manager, world):
    interviewer.notification_mail = manager.notification_mail = "at_once"
    interviewer.save()
    manager.save()
    stranger = factories.CandidateFactory()
    note = notes.write(world.candidate, "Between us", by=recruiter, visibility="private")
    hidden = factories.JobFactory(confidential=True)
    notifications.tell(manager, KIND, "About a stranger.", key="stranger", candidate=stranger)
    notifications.tell(manager, KIND, "About a private note.", key="note", candidate=world.candidate, note=note)
    notifications.tell(manager, KIND, "About a hidden job.", key="job", job=hidden)
    notifications.tell(manager, KIND, "About Noor.", key="noor", candidate=world.candidate)
    mailed = list(Message.objects.filter(recipient=manager).values_list("subject", flat=True))

    assert words(manager) == ["About Noor."]
    assert notifications.unread(manager) == 1
    assert mailed == ["About Noor."]

    world.job.team.filter(user=manager).delete()

    assert words(manager) == []


def test_mail_at_once_goes_once(recruiter):
    recruiter.notification_mail = "at_once"
    recruiter.save()

    notifications.tell(recruiter, KIND, "Ada mentioned you.", key="one", url="/candidates/1/")
    notifications.tell(recruiter, KIND, "Ada mentioned you.", key="one", url="/candidates/1/")

    mail = Message.objects.get(recipient=recruiter)
    assert mail.subject == "Ada mentioned you."
    assert "/candidates/1/" in mail.text


def test_a_letter_that_cannot_be_written_holds_up_no_other(recruiter, coordinator, monkeypatch):
    for user in (recruiter, coordinator):
        user.notification_mail = "daily"
        user.save()
        notifications.tell(user, KIND, "Not seen yet.", key="one")
    Notification.objects.update(mail_due_at=timezone.now())
    real = compose.to_colleague

    def to_colleague(user, **what):
        if user == recruiter:
            raise RuntimeError("boom")
        return real(user, **what)

    monkeypatch.setattr(compose, "to_colleague", to_colleague)

    assert notifications.send_digests() == 1
    assert Message.objects.get().recipient == coordinator
    assert Notification.objects.get(mail_due_at__isnull=False).user == recruiter  # due again at the next sweep


def test_the_morning_letter_holds_what_is_still_unread(recruiter, monkeypatch):
    recruiter.notification_mail = "daily"
    recruiter.save()
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC))
    notifications.tell(recruiter, KIND, "Seen already.", key="one")
    notifications.read(recruiter)
    notifications.tell(recruiter, KIND, "Not seen yet.", key="two")
    early = notifications.send_digests()
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 25, 7, 5, tzinfo=dt.UTC))  # 8:05 in Paris
    sent = notifications.send_digests()
    again = notifications.send_digests()

    recruiter.notification_mail = "none"  # turned off since
    notifications.tell(recruiter, KIND, "Later.", key="three")
    Notification.objects.filter(key="three").update(mail_due_at=timezone.now())
    recruiter.save()

    assert (early, sent, again, notifications.send_digests()) == (0, 1, 0, 0)
    mail = Message.objects.get(recipient=recruiter)
    assert "Not seen yet." in mail.text and "Seen already." not in mail.text


def test_what_is_half_a_year_old_goes(recruiter):
    notifications.tell(recruiter, KIND, "Old.", key="old")
    Notification.objects.update(at=timezone.now() - dt.timedelta(days=200))
    notifications.tell(recruiter, KIND, "New.", key="new")

    assert notifications.forget_old() == 1
    assert words(recruiter) == ["New."]


def test_the_list_pages_and_marks_as_read(client, recruiter):
    client.force_login(recruiter)
    for number in range(notifications.PAGE + 2):
        notifications.tell(recruiter, KIND, f"Number {number}.", key=str(number))

    first = client.get(reverse("notifications"))
    later = client.get(reverse("notifications"), {"after": first.context["next_after"]})
    newest = first.context["rows"][0]
    client.post(reverse("notification_read", args=[newest.pk]))
    counted = client.get(reverse("menu_counts")).json()["notifications"]
    client.post(reverse("notification_read_all"))
    nothing = client.get(reverse("notifications"), {"show": "new"})

    assert len(first.context["rows"]) == notifications.PAGE
    assert [row.words for row in later.context["rows"]] == ["Number 1.", "Number 0."]
    assert counted == {"n": notifications.PAGE + 1}
    assert "Nothing new" in nothing.content.decode()


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_asks_no_more_for_more_rows(client, recruiter, world, rows, django_assert_num_queries):
    client.force_login(recruiter)
    for number in range(rows):
        candidate = factories.CandidateFactory()
        notifications.tell(recruiter, KIND, "A word.", key=str(number), candidate=candidate, job=world.job)
    client.get(reverse("notifications"))

    with django_assert_num_queries(2):
        client.get(reverse("notifications"))


def test_everybody_chooses_what_they_are_told(client, recruiter):
    client.force_login(recruiter)
    form = client.get(reverse("account")).context["form"]
    data = {**form.initial, "told": [notifications.TASK], "notification_mail": "daily", "theme": "auto"}

    answer = client.post(reverse("account"), data)

    recruiter.refresh_from_db()
    assert answer.status_code == 302
    assert KIND in recruiter.quiet_kinds and notifications.TASK not in recruiter.quiet_kinds
    assert recruiter.notification_mail == "daily"
    assert notifications.tell(recruiter, KIND, "A word.", key="one") == []
