"""Promises to come back: within what the person agreed to, due as a task, true when the job opens, and taken back as they were made."""

import datetime as dt
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import contact, jobs, promises, staying, today
from hiring.errors import Refused
from hiring.models import Consent, Notification, PersonalLink, Promise, Suppression, Task, TimelineEvent
from hiring.promises import Keep
from tests import factories


def day(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def person(db):
    return factories.EmailFactory(candidate__name="Noor Haddad", value="noor@haddad.example").candidate


def keep(user, **wanted):
    return Keep(text="Call when a senior role opens", owner=user.pk, **{"due_on": day(30), **wanted})


def consent(person):
    staying.agree(person, locale="en", channel="test")


def kinds(person):
    return list(TimelineEvent.objects.filter(candidate=person).order_by("pk").values_list("kind", flat=True))


# what they agreed to


def test_nobody_is_kept_in_mind_who_has_not_agreed_and_is_not_asked(person, recruiter):
    with pytest.raises(Refused, match="has not agreed to be kept in mind"):
        promises.keep(person, keep(recruiter), by=recruiter)

    assert not Promise.objects.exists()


def test_with_their_consent_a_promise_stands_at_once(person, recruiter):
    consent(person)

    promise = promises.keep(person, keep(recruiter), by=recruiter)

    assert (promise.status, promise.basis) == ("open", None)
    assert kinds(person)[-1] == "promise.made"


def test_a_promise_waits_for_a_yes_and_goes_on_with_it(client, person, recruiter):
    promise = promises.keep(person, keep(recruiter, ask=True), by=recruiter)
    address = reverse("stay", args=[staying.question(person, "en").rsplit("/stay/", 1)[1].strip("/")])

    looked = client.get(address)
    promise.refresh_from_db()
    assert (looked.status_code, promise.status, Consent.objects.count()) == (200, "waiting", 0)
    said = client.post(address, {"answer": "yes"}, follow=True)
    promise.refresh_from_db()
    assert "Thank you, Noor" in said.content.decode()
    assert (promise.status, promises.standing(person).answer) == ("open", "may")
    client.post(address, {"answer": "no"})
    promise.refresh_from_db()
    assert (promise.status, promises.standing(person).answer) == ("refused", "ask")
    assert kinds(person) == ["promise.made", "promise.agreed", "promise.refused"]


def test_legitimate_interest_writes_its_basis_but_never_against_a_no(person, recruiter, settings):
    settings.KEEP_WARM_BASIS = "legitimate_interest"
    promise = promises.keep(person, keep(recruiter), by=recruiter, occasion="rejection:1")
    assert (promise.basis.purpose, promise.basis.basis) == ("pool", "legitimate_interest")
    assert promise.basis.reference

    promises.take_back(["rejection:1"], by=recruiter)
    assert not person.bases.filter(ended_at=None).exists()
    consent(person)
    staying.refuse(person)
    assert promises.standing(person).answer == "ask"


@pytest.mark.parametrize("how", ["do_not_contact", "unsubscribe", "objection"])
def test_whoever_asked_to_be_left_alone_is_not_kept(person, recruiter, how):
    consent(person)
    if how == "do_not_contact":
        person.do_not_contact = True
        person.save()
    else:
        contact.suppress_person(person, Suppression.Reason(how))

    with pytest.raises(Refused, match="cannot be kept in mind"):
        promises.keep(person, keep(recruiter, ask=True), by=recruiter)


@pytest.mark.parametrize("spoilt", ["forged", "expired", "revoked"])
def test_a_link_to_agree_that_is_no_longer_good_changes_nothing(client, person, recruiter, spoilt):
    promises.keep(person, keep(recruiter, ask=True), by=recruiter)
    token = staying.question(person, "en").rsplit("/stay/", 1)[1].strip("/")
    link = PersonalLink.objects.filter(purpose="stay")
    if spoilt == "expired":
        link.update(expires_at=timezone.now())
    elif spoilt == "revoked":
        link.update(revoked_at=timezone.now())
    else:
        token = token[:-3] + "abc"

    answer = client.post(reverse("stay", args=[token]), {"answer": "yes"})

    assert (answer.status_code, Consent.objects.count()) == (410, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"due_on": None}, {"due_on": dt.date(2020, 1, 1)}, {"owner": 0}, {"due_on": dt.date(2999, 1, 1)}],
)
def test_a_promise_nobody_could_keep_is_refused(person, recruiter, wrong):
    consent(person)

    with pytest.raises(Refused):
        promises.keep(person, keep(recruiter, **wrong) if "owner" not in wrong else Keep("x", 0, day(1)), by=recruiter)


# when it is due


def test_it_becomes_a_task_on_its_day_once_and_ticking_it_off_keeps_it(client, person, recruiter):
    consent(person)
    promise = promises.keep(person, keep(recruiter, due_on=day()), by=recruiter)
    assert (promises.remind(), promises.remind()) == (1, 0)
    task = Task.objects.get()

    lines = {group.key: [line.name for line in group.lines] for group in today.for_user(recruiter)}
    assert lines["promises"] == ["Noor Haddad"]
    assert "tasks" not in lines
    assert Notification.objects.filter(user=recruiter, kind="promise").count() == 1
    client.force_login(recruiter)
    client.post(reverse("task_done", args=[task.pk]))

    promise.refresh_from_db()
    assert (promise.status, promise.settled_by) == ("kept", recruiter)


def test_the_owner_who_left_hands_it_to_whoever_made_it(person, recruiter, coordinator):
    consent(person)
    promises.keep(person, keep(coordinator, due_on=day()), by=recruiter)
    coordinator.is_active = False
    coordinator.save()

    promises.remind()

    assert Task.objects.get().assignee == recruiter


def opened(job, recruiter):
    return [promise.text for promise in promises.job_opened(job)]


def test_it_comes_true_when_such_a_job_opens(person, recruiter):
    consent(person)
    lyon = factories.LocationFactory()
    elsewhere = factories.LocationFactory(city="Lille")
    job = factories.JobFactory(title="Senior Data Engineer", location=lyon)

    def promised(text, **event):
        promises.keep(person, Keep(text=text, owner=recruiter.pk, **event), by=recruiter)

    promised("any senior role", title="senior")
    promised("senior in this town", title="Sénior", location=factories.LocationFactory().pk)
    promised("this department", department=job.department_id)
    promised("another place", title="senior", location=elsewhere.pk)
    promised("another title", title="senior designer")
    promised("another department", department=factories.DepartmentFactory().pk)

    assert sorted(opened(job, recruiter)) == ["any senior role", "senior in this town", "this department"]
    assert opened(job, recruiter) == []
    assert Task.objects.filter(assignee=recruiter, due_on=day()).count() == 3
    assert kinds(person).count("promise.came_true") == 3


def test_a_job_that_opens_is_heard_of_and_a_confidential_one_only_by_those_who_see_it(person, recruiter, admin):
    consent(person)
    promise = promises.keep(person, Keep("Tell her", recruiter.pk, title="engineer"), by=recruiter)
    hidden = factories.JobFactory(title="Engineer", confidential=True)
    assert promises.job_opened(hidden) == []
    job = jobs.create(
        template=factories.JobTemplateFactory(),
        title="Grid Engineer",
        department=factories.DepartmentFactory(),
        location=factories.LocationFactory(),
        by=admin,
    )

    jobs.submit(job, by=admin)

    promise.refresh_from_db()
    assert promise.came_true_job == job


# pages


def test_profile_offers_shows_and_settles(client, person, recruiter):
    consent(person)
    client.force_login(recruiter)
    address = reverse("promise_create", args=[person.pk])
    wrong = client.post(address, {"keep-text": "Call her"})
    assert (wrong.status_code, "Give the promise a day" in wrong.content.decode()) == (422, True)
    client.post(address, {"keep-text": "Call <her>", "keep-due_on": day(3), "keep-owner": recruiter.pk})
    promise = Promise.objects.get()

    profile = client.get(person.get_absolute_url()).content.decode()
    assert "Call &lt;her&gt;" in profile
    client.post(reverse("promise_settle", args=[promise.pk]), {"drop": "1"})

    promise.refresh_from_db()
    assert promise.status == "dropped"


def test_a_merge_brings_promises_along(person, recruiter):
    from hiring import merging

    consent(person)
    promises.keep(person, keep(recruiter), by=recruiter)
    survivor = factories.CandidateFactory(name="Noor Haddad")

    merging.merge(survivor, person, by=recruiter)

    assert survivor.promises.count() == 1


def test_a_timeline_of_promises_keeps_words_out_of_events(person, recruiter):
    consent(person)
    promises.keep(person, keep(recruiter), by=recruiter)

    assert "senior" not in str(list(TimelineEvent.objects.values_list("data", flat=True)))
    with mock.patch("hiring.promises.pools", None), pytest.raises(Refused, match="no pools"):
        promises.keep(person, keep(recruiter, pool=1), by=recruiter)
