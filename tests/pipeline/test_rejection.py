"""Saying no: one mail at most, never at once, and everything can be taken back until it has left."""

import datetime as dt
import zoneinfo
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import notes
from hiring.errors import Refused
from hiring.mail import compose, delivery
from hiring.models import Holiday, Message, ParsedProfile, TimelineEvent
from pipeline import bulk, closing, letters, rejection, starting, tasks
from pipeline.models import ReasonLetter
from tests import factories

TUESDAY_NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


@pytest.fixture
def reason(db):
    return factories.RejectionReasonFactory(code="too-junior", label="Needs more experience")


@pytest.fixture
def letter(db):
    return factories.MailTemplateFactory(
        kind="rejection", subject="Your application for {{ job_title }}", body="Dear {{ first_name }},\n\nthank you."
    )


def at(moment):
    return mock.patch("django.utils.timezone.now", return_value=moment)


def test_reject_closes_with_the_reason_and_a_mail_that_waits(world, recruiter, reason, letter):
    with at(TUESDAY_NOON):
        application = rejection.reject(world.application, reason, by=recruiter, template=letter)

    message = rejection.mail_of(application).get()
    assert (application.status, application.reason, application.closed_at) == ("rejected", reason, TUESDAY_NOON)
    assert (message.subject, message.text.split(",")[0], message.status) == (
        "Your application for Data Engineer", "Dear Noor", "queued",
    )  # fmt: skip
    assert (message.not_before, message.mail_class) == (TUESDAY_NOON + dt.timedelta(days=2), "transactional")
    kinds = TimelineEvent.objects.filter(candidate=world.candidate).values_list("kind", flat=True)
    assert "application.rejected" in kinds


def test_without_a_template_nothing_is_mailed(world, recruiter, reason):
    application = rejection.reject(world.application, reason, by=recruiter)

    assert not rejection.mail_of(application).exists()


def test_somebody_without_an_address_is_rejected_without_mail_and_it_says_so(world, recruiter, reason, letter):
    application = starting.open_application(factories.CandidateFactory(name="Ola Berg"), world.job, by=recruiter)

    assert rejection.no_mail(application) == "Ola Berg has no working e-mail address; no mail is sent."
    application = rejection.reject(application, reason, by=recruiter, template=letter)

    assert (application.status, Message.objects.count()) == ("rejected", 0)


def test_a_missing_field_refuses_before_anything_is_written(world, recruiter, reason, letter):
    letter.body = "How are things at {{ company }}?"

    with pytest.raises(Refused, match=r"company|Company|works"):
        rejection.reject(world.application, reason, by=recruiter, template=letter)

    world.application.refresh_from_db()
    assert (world.application.status, world.application.transitions.count(), Message.objects.count()) == (
        "active",
        1,
        0,
    )


def test_restore_takes_it_back_and_stops_the_mail(world, recruiter, reason, letter):
    rejection.reject(world.application, reason, by=recruiter, template=letter)

    application = rejection.restore(world.application, by=recruiter)

    assert (application.status, application.reason, application.closed_at) == ("active", None, None)
    assert rejection.mail_of(application).get().status == "cancelled"


def test_rejected_again_after_a_stopped_mail_writes_a_second_one(world, recruiter, reason, letter):
    rejection.reject(world.application, reason, by=recruiter, template=letter)
    rejection.restore(world.application, by=recruiter)

    rejection.reject(world.application, reason, by=recruiter, template=letter)

    mails = rejection.mail_of(world.application)
    assert [mail.status for mail in mails] == ["queued", "cancelled"]
    assert mails[0].dedupe_key == f"rejection:{world.application.pk}:2"


def test_nobody_is_told_twice(world, recruiter, reason, letter):
    rejection.reject(world.application, reason, by=recruiter, template=letter)
    rejection.mail_of(world.application).update(status="sent")
    rejection.restore(world.application, by=recruiter)

    rejection.reject(world.application, reason, by=recruiter, template=letter)

    assert rejection.mail_of(world.application).count() == 1
    assert "already told" in rejection.no_mail(world.application)


def _told(candidate, job, *, at):
    """They heard no about the job, through an application of theirs that ended."""
    mail = compose.to_candidate(
        candidate,
        purpose="rejection",
        mail_class=Message.Class.TRANSACTIONAL,
        subject="Your application",
        text="Thank you.",
        job=job,
        dedupe_key=f"rejection:0:{job.pk}",
    )
    Message.objects.filter(pk=mail.pk).update(status="sent", at=at)


@pytest.mark.parametrize(
    ("receipt", "applied", "is_told"),
    [
        (None, 5, True),  # added by us, taken over, or come along in a merge: they asked nothing new
        ("ABCD-EFGH", 20, True),  # they had applied before the letter left
        ("ABCD-EFGH", 5, False),  # they applied once more, and wait for an answer
    ],
)
def test_whoever_heard_no_about_the_job_hears_it_again_only_after_asking_again(
    world, recruiter, reason, letter, receipt, applied, is_told
):
    now, application = timezone.now(), world.application
    _told(world.candidate, world.job, at=now - dt.timedelta(days=10))
    _told(world.candidate, factories.JobFactory(), at=now)  # of another job, which says nothing about this one
    application.receipt_number, application.applied_at = receipt, now - dt.timedelta(days=applied)
    application.save()

    rejection.reject(application, reason, by=recruiter, template=letter)

    assert rejection.mail_of(application).exists() is not is_told
    assert ("already told" in rejection.no_mail(application)) is is_told
    assert closing.untold(world.job).exists() is False
    rejection.mail_of(application).delete()
    assert closing.untold(world.job).exists() is not is_told


@pytest.mark.parametrize("came", ["applied again", "told", "nothing"])
def test_a_letter_that_was_overtaken_does_not_leave(world, recruiter, reason, letter, came, smtp_sink):
    rejection.reject(world.application, reason, by=recruiter, template=letter, delay=dt.timedelta(0))
    mail = rejection.mail_of(world.application).get()
    if came == "applied again":
        again = starting.open_application(world.candidate, world.job, by=None)
        assert "waits for Noor Haddad already" in rejection.no_mail(again)
    elif came == "told":  # two records became one, and each had been answered
        _told(world.candidate, world.job, at=timezone.now())

    delivery.deliver([mail.pk], durable=False)

    mail.refresh_from_db()
    assert (mail.status, mail.status_note) == {
        "applied again": ("blocked", "They are being considered for this job again."),
        "told": ("blocked", "They were told already, by another letter."),
        "nothing": ("sent", ""),
    }[came]


def test_the_note_of_a_rejection_that_is_taken_back_says_so_until_it_is_said_anew(client, world, recruiter, reason):
    rejection.reject(world.application, reason, by=recruiter, note="Too junior for us.")
    rejection.restore(world.application, by=recruiter)
    client.force_login(recruiter)
    page = client.get(world.candidate.get_absolute_url()).content.decode()
    note = world.candidate.notes.get()

    assert "Too junior for us." in page
    assert "when what it was written with was taken back" in page
    assert notes.edit(note, "Junior, but promising.", by=recruiter).withdrawn_at is None


def test_letters_that_wait_are_seen_from_the_board_and_stopped_there(client, world, recruiter, officer, reason, letter):
    rejection.reject(world.application, reason, by=recruiter, template=letter)
    client.force_login(recruiter)
    board = client.get(reverse("pipeline:board", args=[world.job.pk])).content.decode()
    address = reverse("pipeline:figure", args=[world.job.pk, "letters"])
    stop = reverse("pipeline:rejection_stop", args=[world.application.pk])
    page = client.get(address).content.decode()
    client.force_login(officer)
    assert stop not in client.get(address).content.decode()
    client.force_login(recruiter)

    answer = client.post(stop, {"next": address})

    assert "1 letter waits" in board
    assert stop in page
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert rejection.mail_of(world.application).get().status == "cancelled"


def test_the_mail_can_be_stopped_alone(world, recruiter, reason, letter):
    rejection.reject(world.application, reason, by=recruiter, template=letter)

    stopped = rejection.stop_mail(world.application, by=recruiter)

    world.application.refresh_from_db()
    assert (stopped, rejection.mail_of(world.application).get().status) == (True, "cancelled")
    assert world.application.status == "rejected"
    assert rejection.stop_mail(world.application, by=recruiter) is False


def test_restore_is_refused_while_a_newer_application_is_active(world, recruiter, reason):
    rejection.reject(world.application, reason, by=recruiter)
    starting.open_application(world.candidate, world.job, by=None)

    with pytest.raises(Refused, match="applied again since"):
        rejection.restore(world.application, by=recruiter)


def test_restore_of_an_active_application_is_refused(world, recruiter):
    with pytest.raises(Refused, match="Only a rejected"):
        rejection.restore(world.application, by=recruiter)


def test_reject_twice_is_refused(world, recruiter, reason):
    rejection.reject(world.application, reason, by=recruiter)

    with pytest.raises(Refused, match="no longer active here: rejected"):
        rejection.reject(world.application, reason, by=recruiter)


@pytest.mark.parametrize(
    ("now", "hours", "leaves"),
    [
        (dt.datetime(2026, 3, 3, 10, tzinfo=PARIS), 48, dt.datetime(2026, 3, 5, 10, tzinfo=PARIS)),
        (dt.datetime(2026, 3, 5, 10, tzinfo=PARIS), 48, dt.datetime(2026, 3, 9, 9, tzinfo=PARIS)),  # Saturday
        (dt.datetime(2026, 3, 3, 22, tzinfo=PARIS), 48, dt.datetime(2026, 3, 6, 9, tzinfo=PARIS)),  # late evening
        (dt.datetime(2026, 3, 6, 20, tzinfo=PARIS), 1, dt.datetime(2026, 3, 9, 9, tzinfo=PARIS)),  # Friday night
        (dt.datetime(2026, 3, 3, 5, tzinfo=PARIS), 1, dt.datetime(2026, 3, 3, 9, tzinfo=PARIS)),  # early morning
        (dt.datetime(2026, 3, 7, 23, tzinfo=PARIS), 0, dt.datetime(2026, 3, 7, 23, tzinfo=PARIS)),  # now means now
    ],
)
def test_the_mail_leaves_in_office_hours_where_the_person_is(now, hours, leaves):
    person = factories.CandidateFactory.build(time_zone="Europe/Paris")

    with at(now.astimezone(dt.UTC)):
        assert rejection.leaves_at(person, by=None, delay=dt.timedelta(hours=hours)) == leaves


def test_an_unknown_time_zone_counts_as_utc():
    person = factories.CandidateFactory.build(time_zone="Mars/Olympus")

    with at(TUESDAY_NOON):
        assert rejection.leaves_at(person, by=None, delay=dt.timedelta(hours=24)) == TUESDAY_NOON + dt.timedelta(days=1)
    assert timezone.now() != TUESDAY_NOON


# which letter, and when


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC), dt.datetime(2026, 3, 4, 9, tzinfo=PARIS)),
        (dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC), dt.datetime(2026, 3, 5, 9, tzinfo=PARIS)),  # already Wednesday
        (dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC), dt.datetime(2026, 3, 9, 9, tzinfo=PARIS)),  # Friday
        (dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC), dt.datetime(2026, 3, 30, 9, tzinfo=PARIS)),  # the clock changes
    ],
)
def test_the_next_working_morning_is_theirs(world, recruiter, now, leaves):
    world.candidate.time_zone = "Europe/Paris"

    with at(now):
        assert rejection.leaves_at(world.candidate, by=recruiter, delay=rejection.NEXT_MORNING) == leaves


def test_a_holiday_that_is_added_later_puts_off_the_letters_that_wait_for_that_day(world, recruiter, reason, letter):
    def turned_down(country, hours):
        person = factories.EmailFactory(candidate__country=country, candidate__time_zone="Europe/Paris").candidate
        one = factories.ApplicationFactory(candidate=person, stage=world.stages["applied"])
        rejection.reject(one, reason, by=recruiter, template=letter, delay=dt.timedelta(hours=hours))
        return rejection.mail_of(one).get()

    with at(TUESDAY_NOON):
        wednesday, thursday, abroad, now = (
            turned_down(*what) for what in (("FR", 24), ("FR", 48), ("DE", 48), ("FR", 0))
        )
        Holiday.objects.create(name="Strike", day="2026-03-05", country="FR")
        tasks.put_off_letters()
        Message.objects.filter(pk=thursday.pk).update(attempts=1)  # the mail server said no: that has its own times
        Holiday.objects.create(name="Storm", day="2026-03-06")
        tasks.put_off_letters()

    leave = dict(Message.objects.values_list("pk", "not_before"))
    assert leave[thursday.pk] == dt.datetime(2026, 3, 6, 9, tzinfo=PARIS)
    assert [leave[one.pk] for one in (wednesday, abroad, now)] == [one.not_before for one in (wednesday, abroad, now)]


def french(reason):
    made = factories.MailTemplateFactory(kind="rejection", language="fr", subject="Votre candidature", body="Bonjour")
    ReasonLetter.objects.create(reason=reason, template=made)
    return made


def test_the_letter_follows_reason_and_language_and_says_where_it_cannot(world, reason, letter):
    ReasonLetter.objects.create(reason=reason, template=letter)
    assert letters.choose(world.application, reason) == letters.Choice(letter)
    world.candidate.language = "fr"
    world.application.candidate = world.candidate
    chosen = letters.choose(world.application, reason)
    assert chosen == letters.Choice(
        letter, "This letter is in English. Noor’s language is French: it stands on the profile."
    )

    own = french(reason)

    assert letters.choose(world.application, reason) == letters.Choice(own)
    assert letters.variant(letter, reason, world.application) == own


def test_a_language_is_guessed_from_the_resume_and_said_to_be_a_guess(world, reason):
    document = world.candidate.documents.create(kind="resume", status="ready", size=1, uploaded_at=timezone.now())
    ParsedProfile.objects.update_or_create(
        document=document, defaults={"status": "done", "due_at": timezone.now(), "profile": {"text_language": "fr"}}
    )
    own = french(reason)

    chosen = letters.choose(world.application, reason)

    assert chosen.template == own
    assert chosen.word.startswith("In French, because their résumé is written in it.")


def test_many_at_once_each_get_the_letter_in_their_language(world, recruiter, reason, letter):
    ReasonLetter.objects.create(reason=reason, template=letter)
    own = french(reason)
    other = factories.EmailFactory(candidate__name="Luc Petit", candidate__language="fr").candidate
    second = factories.ApplicationFactory(candidate=other, stage=world.stages["screen"])

    bulk.run(bulk.start_rejection(world.job, [world.application.pk, second.pk], reason, by=recruiter, template=letter))

    subjects = dict(Message.objects.queued().values_list("candidate__name", "subject"))
    assert subjects == {"Noor Haddad": "Your application for Data Engineer", "Luc Petit": own.subject}
