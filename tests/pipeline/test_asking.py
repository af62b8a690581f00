"""Hiring-manager review: advice is kept answer by answer, comes by a link that opens no more than the board, and moves nobody."""

import datetime as dt
import re
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hiring import links, today
from hiring.errors import LinkGone, Refused
from hiring.models import Document, Message, Notification, PageImage, PersonalLink, TimelineEvent
from pipeline import asked, asking, cards, looking, rejection
from pipeline.models import ManagerReview, ReviewAnswer
from pipeline.tasks import ask_again
from tests import factories


def day(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


def applicants(world, count):
    made = [
        factories.ApplicationFactory(stage=world.stages["screen"], candidate__name=f"Person {number:02} Example")
        for number in range(count)
    ]
    return [world.application.pk, *(one.pk for one in made)]


@pytest.fixture
def lead(world):
    """A second decider on the team."""
    user = factories.UserFactory(role="hiring_manager", full_name="Lena Lead")
    world.job.team.create(user=user, role="hiring_manager")
    return user


@pytest.fixture
def review(world, recruiter, manager):
    chosen = applicants(world, 2)
    return asking.ask(
        world.job, chosen, by=recruiter, reviewers=[manager], due_on=day(3), note="Who has run streams at night?"
    )


def seat(review, user=None):
    return review.reviewers.get(user=user) if user else review.reviewers.get()


def token(review):
    """As it stands in the mail, so that what is mailed is what works."""
    text = Message.objects.filter(purpose="manager_review").order_by("-pk").first().text
    return re.search(r"/look/([^/\s]+)/", text)[1]


def kinds_of(candidate):
    return list(TimelineEvent.objects.filter(candidate=candidate).order_by("pk").values_list("kind", flat=True))


# asking


def test_a_batch_goes_out_as_one_mail_that_names_nobody(world, review, manager):
    mail = Message.objects.get(purpose="manager_review")

    assert (mail.recipient, mail.subject) == (manager, "3 people to look at for Data Engineer")
    assert "Who has run streams at night?" in mail.text
    assert world.candidate.name not in mail.text + mail.subject
    assert kinds_of(world.candidate) == ["application.shown"]


def test_only_people_who_see_the_board_can_be_asked(world, recruiter, interviewer, outsider):
    for user in (interviewer, outsider):
        with pytest.raises(Refused, match="not on the team"):
            asking.ask(world.job, [world.application.pk], by=recruiter, reviewers=[user], due_on=day(1))

    assert not Message.objects.filter(purpose="manager_review").exists()


@pytest.mark.parametrize("due", [-1, 91])
def test_a_day_nobody_can_have_meant_is_refused(world, recruiter, manager, due):
    with pytest.raises(Refused, match="from today on"):
        asking.ask(world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=day(due))


def test_those_who_are_out_already_are_left_out_and_nobody_left_is_refused(world, recruiter, manager):
    one, two = applicants(world, 1)
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)

    made = asking.ask(world.job, [one, two], by=recruiter, reviewers=[manager], due_on=day(1))

    assert [person.application_id for person in made.people.all()] == [two]
    with pytest.raises(Refused, match="Nobody selected is active"):
        asking.ask(world.job, [one], by=recruiter, reviewers=[manager], due_on=day(1))


# answering


def test_answers_are_kept_one_by_one_change_nothing_and_tell_the_asker_once(world, review, manager, recruiter):
    people = list(review.people.all())
    for person, verdict in zip(people, ["yes", "talk", "no"], strict=True):
        asking.answer(seat(review), person, verdict, comment="  Ran a grid. ")
    asking.answer(seat(review), people[0], "no")

    world.application.refresh_from_db()
    answers = [(one.verdict, one.comment) for one in ReviewAnswer.objects.order_by("person__position")]
    assert answers == [("no", ""), ("talk", "Ran a grid."), ("no", "Ran a grid.")]
    assert (world.application.status, world.application.stage) == ("active", world.stages["applied"])
    assert kinds_of(world.candidate) == ["application.shown", "application.answered", "application.answered"]
    told = Notification.objects.filter(user=recruiter, kind="asked")
    assert [one.words for one in told] == [
        "Data Engineer: all have answered about the people you showed them (3 answers)."
    ]


def test_no_answer_is_taken_once_closed_decided_or_taken_out(world, review, manager, recruiter):
    first, second, third = review.people.all()
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=recruiter)
    with pytest.raises(Refused, match="A decision was taken meanwhile"):
        asking.answer(seat(review), first, "yes")
    asking.take_out(seat(review))
    with pytest.raises(Refused, match="no longer valid"):
        asking.answer(seat(review), second, "yes")
    asking.ask_also(review, manager)
    asking.close(review, by=recruiter)
    with pytest.raises(Refused, match="closed"):
        asking.answer(seat(review), third, "yes")

    assert not ReviewAnswer.objects.exists()


def test_an_answer_about_somebody_of_another_batch_is_refused(world, review, manager, recruiter):
    other = asking.ask(world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=day(1))

    with pytest.raises(Refused):
        asking.answer(seat(review), other.people.get(), "yes")


class AnyOrder(TestCase):
    """Whatever colleagues do in whatever order: the last word of each stands, and only words given in time."""

    @settings(max_examples=30)
    @given(
        st.lists(
            st.one_of(
                st.tuples(
                    st.just("answer"), st.integers(0, 1), st.integers(0, 2), st.sampled_from(["yes", "no", "talk"])
                ),
                st.tuples(st.sampled_from(["take_out", "ask_also"]), st.integers(0, 1)),
                st.tuples(st.just("reject"), st.integers(0, 2)),
                st.tuples(st.just("close")),
            ),
            max_size=14,
        )
    )
    def test_the_last_word_given_in_time_stands(self, acts):
        job = factories.JobFactory()
        stage = factories.StageFactory(job=job)
        asker, *managers = [factories.UserFactory(role="hiring_manager") for _ in range(3)]
        for user in (asker, *managers):
            job.team.create(user=user, role="hiring_manager")
        people = [factories.ApplicationFactory(stage=stage) for _ in range(3)]
        review = asking.ask(job, [one.pk for one in people], by=asker, reviewers=managers, due_on=day(1))
        seats = [seat(review, user) for user in managers]
        rows = list(review.people.all())
        reason = factories.RejectionReasonFactory()
        said, out, gone, closed = {}, set(), set(), False
        for act, *who in acts:
            try:
                if act == "answer":
                    reviewer, person, verdict = who
                    seats[reviewer].refresh_from_db()
                    asking.answer(seats[reviewer], rows[person], verdict)
                    assert not closed
                    assert reviewer not in out
                    assert person not in gone
                    said[reviewer, person] = verdict
                elif act == "take_out":
                    asking.take_out(seats[who[0]])
                    out.add(who[0])
                elif act == "ask_also":
                    asking.ask_also(review, managers[who[0]])
                    out.discard(who[0])
                elif act == "reject":
                    rejection.reject(people[who[0]], reason, by=asker)
                    gone.add(who[0])
                else:
                    asking.close(review, by=asker)
                    closed = True
            except Refused:
                pass
        kept = {
            (seats.index(one.reviewer), rows.index(one.person)): one.verdict
            for one in ReviewAnswer.objects.filter(reviewer__review=review).select_related("reviewer", "person")
        }
        assert kept == said
        assert Notification.objects.filter(user=asker, kind="asked").count() <= 1


# the link (SEC-5)


def test_looking_changes_nothing_and_answering_leads_to_the_next(client, world, review):
    address = reverse("pipeline:look", args=[token(review)])
    first, second, third = review.people.all()
    before = list(PersonalLink.objects.values()), kinds_of(world.candidate)

    batch = client.get(address).content.decode()
    page = client.get(reverse("pipeline:look_person", args=[token(review), first.pk]))

    assert (list(PersonalLink.objects.values()), kinds_of(world.candidate)) == before
    assert "Start with Noor Haddad" in batch
    assert "noor@haddad.example" not in batch + page.content.decode()
    assert page["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")

    answered = client.post(
        reverse("pipeline:look_person", args=[token(review), second.pk]), {"verdict": "yes", "comment": "Calm."}
    )
    assert answered["Location"] == reverse("pipeline:look_person", args=[token(review), third.pk])
    answered = client.post(answered["Location"], {"verdict": "no"})
    assert answered["Location"] == reverse("pipeline:look_person", args=[token(review), first.pk])
    answered = client.post(answered["Location"], {"verdict": "talk"}, follow=True)
    assert "You have answered about everybody" in answered.content.decode()
    assert ReviewAnswer.objects.count() == 3


def test_an_answer_without_a_verdict_keeps_what_was_typed(client, review):
    address = reverse("pipeline:look_person", args=[token(review), review.people.first().pk])

    page = client.post(address, {"comment": "Needs thought"})

    assert page.status_code == 422
    assert "Needs thought" in page.content.decode()


def spoil(what, review, manager):
    seat_ = seat(review)
    link = PersonalLink.objects.get(purpose="review")
    if what == "forged":
        return token(review)[:-2] + "xx"
    if what == "another purpose":
        return links.token(
            links.issue(PersonalLink.Purpose.FEEDBACK, user=manager, subject_id=seat_.pk, valid_for=None)
        )
    if what == "expired":
        PersonalLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    elif what == "revoked":
        asking.take_out(seat_)
    elif what == "left the company":
        manager.is_active = False
        manager.save()
    elif what == "left the team":
        review.job.team.filter(user=manager).delete()
    elif what == "meets people only now":
        review.job.team.filter(user=manager).update(role="interviewer")
    return links.token(link)


SPOILT = [
    "forged",
    "another purpose",
    "expired",
    "revoked",
    "left the company",
    "left the team",
    "meets people only now",
]


@pytest.mark.parametrize("what", SPOILT)
def test_a_link_that_is_no_longer_good_opens_nothing_and_says_so_kindly(client, world, review, manager, what):
    spoilt = spoil(what, review, manager)
    person = review.people.first().pk

    pages = [
        client.get(reverse("pipeline:look", args=[spoilt])),
        client.post(reverse("pipeline:look_person", args=[spoilt, person]), {"verdict": "yes"}),
        client.get(reverse("pipeline:look_page", args=[spoilt, person, 1])),
    ]

    assert [page.status_code for page in pages] == [410, 410, 410]
    assert all(links.GONE in page.content.decode() for page in pages)
    assert world.candidate.name not in "".join(page.content.decode() for page in pages)
    with pytest.raises(LinkGone):
        asking.open_link(spoilt)
    assert not ReviewAnswer.objects.exists()


def test_a_closed_batch_thanks_and_shows_nobody(client, world, review, recruiter):
    asking.answer(seat(review), review.people.first(), "yes")
    asking.close(review, by=recruiter)
    address = reverse("pipeline:look", args=[token(review)])

    page = client.get(address).content.decode()
    person = client.get(reverse("pipeline:look_person", args=[token(review), review.people.first().pk]))

    assert "has closed this" in page
    assert world.candidate.name not in page
    assert (person.status_code, person["Location"]) == (302, address)


def test_the_link_opens_pages_of_its_own_batch_only(client, world, review):
    document = Document.objects.create(
        candidate=world.candidate, kind="resume", status="ready", size=1, uploaded_at=timezone.now()
    )
    PageImage(document=document, number=1, width=1, height=1).image.save("1.png", ContentFile(b"png"))
    other = factories.ApplicationFactory(stage=world.stages["screen"])
    elsewhere = asking.ask(
        world.job, [other.pk], by=review.by, reviewers=[seat(review).user], due_on=day(1)
    ).people.get()
    key = links.token(asking.link_of(seat(review)))
    mine = review.people.get(application=world.application)

    def status(person, number=1):
        return client.get(reverse("pipeline:look_page", args=[key, person.pk, number])).status_code

    assert (status(mine), status(mine, 2), status(elsewhere)) == (200, 404, 404)
    assert client.get(reverse("pipeline:look_person", args=[key, elsewhere.pk])).status_code == 404


def test_asking_somebody_again_keeps_their_answers_and_gives_them_a_new_link(world, review, manager):
    asking.answer(seat(review), review.people.first(), "yes")
    old = token(review)
    asking.take_out(seat(review))
    asking.ask_also(review, manager)

    assert looking.batch(asking.open_link(token(review))).answered == 1
    with pytest.raises(LinkGone):
        asking.open_link(old)


# reminders


def at(days):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + dt.timedelta(days=days))


def mails():
    return Message.objects.filter(purpose="manager_review").count()


def test_reminders_go_the_day_before_and_the_day_after_once_and_the_asker_hears_when_it_is_due(review, recruiter):
    sent = []
    for days in (0, 1, 2, 2, 3, 4, 4, 5):
        with at(days):
            ask_again()
        sent.append(mails())

    assert sent == [1, 1, 2, 2, 2, 3, 3, 3]
    assert [one.words for one in Notification.objects.filter(user=recruiter, kind="asked")] == [
        "Data Engineer: the day has passed about the people you showed them (0 answers)."
    ]


def test_nobody_is_reminded_who_has_answered_all_left_or_was_told_it_is_closed(world, review, recruiter):
    for person in review.people.all():
        asking.answer(seat(review), person, "yes")
    with at(2):
        ask_again()
    assert mails() == 1
    with pytest.raises(Refused, match="answered everything"):
        asking.remind(seat(review))


# where it is shown


def test_the_board_says_what_was_said_and_where_they_differ(world, review, lead, recruiter):
    asking.ask_also(review, lead)
    first, second, third = review.people.all()
    ids = [person.application_id for person in (first, second, third)]
    before = cards.notices_for(recruiter, ids)[ids[0]]
    asking.answer(seat(review, seat(review, lead).user), first, "yes")
    asking.answer(review.reviewers.exclude(user=lead).get(), first, "no")
    asking.answer(seat(review, lead), second, "talk")

    lines = cards.notices_for(recruiter, ids)

    assert [line.text for line in before] == ["With the manager"]
    assert lines[ids[0]][0].text == "They differ. Lena: yes, Max: no"
    assert (lines[ids[1]][0].text, lines[ids[1]][0].tone) == ("Lena: let’s talk", "warn")


def test_the_outcome_shows_everybody_side_by_side(client, world, review, lead, recruiter):
    asking.ask_also(review, lead)
    first = review.people.first()
    asking.answer(seat(review, lead), first, "yes", comment="Ran the night <shift>.")
    asking.answer(review.reviewers.exclude(user=lead).get(), first, "no")
    client.force_login(recruiter)

    page = client.get(review.get_absolute_url()).content.decode()

    outcome = asked.outcome(review)
    assert outcome.counts == {"yes": 0, "talk": 0, "no": 0, "differ": 1}
    assert outcome.waiting == 4
    assert "Ran the night &lt;shift&gt;." in page
    assert "They differ" in page
    profile = client.get(world.candidate.get_absolute_url()).content.decode()
    assert "What colleagues say" in profile


def test_the_asked_find_it_on_today_until_they_have_answered(client, world, review, manager, recruiter):
    def line():
        return [(one.name, one.note) for g in today.for_user(manager) if g.key == "asked" for one in g.lines]

    assert line() == [("Data Engineer", "3 people, asked by Rita Recruiter")]
    client.force_login(manager)
    for person in review.people.all():
        client.post(reverse("pipeline:my_look_person", args=[review.pk, person.pk]), {"verdict": "yes"})
    assert line() == []


def test_asking_from_the_board_shows_the_form_first_and_sends_then(client, world, recruiter, manager):
    chosen = applicants(world, 1)
    client.force_login(recruiter)
    address = reverse("pipeline:ask", args=[world.job.pk])

    form = client.post(address, {"pick": chosen})
    wrong = client.post(
        address, {"pick": chosen, "send": "1", "due_on": day(-2), "note": "Kept", "reviewers": [manager.pk]}
    )
    sent = client.post(address, {"pick": chosen, "send": "1", "due_on": day(2), "reviewers": [manager.pk]})

    assert (form.status_code, wrong.status_code, sent.status_code) == (200, 422, 302)
    assert "Person 00 Example" in form.content.decode()
    assert "Kept" in wrong.content.decode()
    assert ManagerReview.objects.get().people.count() == 2


@pytest.mark.parametrize("count", [1, 50])
def test_pages_ask_no_more_for_fifty_people(client, world, recruiter, manager, count):
    chosen = applicants(world, count)
    made = asking.ask(world.job, chosen, by=recruiter, reviewers=[manager], due_on=day(2))
    key = token(made)
    counts = []
    for address in (
        reverse("pipeline:look", args=[key]),
        reverse("pipeline:look_person", args=[key, made.people.first().pk]),
    ):
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked_:
            page = client.get(address)
        counts.append(len(asked_))
        assert len(page.content) < 60_000
    client.force_login(recruiter)
    with CaptureQueriesContext(connection) as asked_:
        client.get(made.get_absolute_url())
    counts.append(len(asked_))

    assert counts <= [7, 9, 30]
    test_pages_ask_no_more_for_fifty_people.counts = getattr(test_pages_ask_no_more_for_fifty_people, "counts", counts)
    assert test_pages_ask_no_more_for_fifty_people.counts == counts
