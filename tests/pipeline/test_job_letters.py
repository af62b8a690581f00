"""A job's own letters: which goes out, how they are set, and that copies and templates of the job take them along."""

import pytest
from django.urls import reverse

from hiring import job_templates, jobs
from hiring.errors import Refused
from hiring.models import Message
from pipeline import job_letters, letters, rejection
from pipeline.models import JobLetter, ReasonLetter, RejectionReason
from tests import factories


@pytest.fixture
def reason(db):
    return RejectionReason.objects.get(code="position-filled")


def letter(kind="rejection", language="en", **fields):
    return factories.MailTemplateFactory(kind=kind, language=language, **fields)


def test_the_jobs_own_letter_goes_before_what_fits_anywhere_in_the_persons_language(world, recruiter, reason):
    general, own, french = letter(), letter(subject="Own"), letter(language="fr", subject="À vous")
    ReasonLetter.objects.create(reason=reason, template=general)
    assert letters.choose(world.application, reason).template == general
    job_letters.add(world.job, own, reason=reason, by=recruiter)
    job_letters.add(world.job, french, reason=reason, by=recruiter)
    other = factories.ApplicationFactory(stage=factories.StageFactory(kind="applied"))

    assert letters.choose(world.application, reason).template == own
    assert letters.choose(other, reason).template == general, "another job's letters are no business of this one"
    world.application.candidate.language = "fr"
    assert letters.choose(world.application, reason).template == french
    assert letters.variant(own, reason, world.application) == french
    own.is_active = False
    own.save()
    assert job_letters.first_for(world.job, reason) == french
    french.is_active = False
    french.save()
    assert job_letters.first_for(world.job, reason) == general


def test_the_receipt_is_the_jobs_own_where_it_has_one(world, recruiter):
    everywhere = letter("receipt", name="A receipt")
    assert job_letters.receipt(world.application).kind == "receipt"
    own, french = letter("receipt"), letter("receipt", "fr")
    job_letters.add(world.job, own, by=recruiter)
    job_letters.add(world.job, french, by=recruiter)

    assert job_letters.receipt(world.application) == own
    world.application.candidate.language = "fr-CA"
    assert job_letters.receipt(world.application) == french
    JobLetter.objects.all().delete()
    assert job_letters.receipt(world.application).pk <= everywhere.pk


def test_what_makes_no_sense_is_refused(world, recruiter, reason):
    receipt, no = letter("receipt"), letter()
    job_letters.add(world.job, no, reason=reason, by=recruiter)
    job_letters.add(world.job, receipt, by=recruiter)

    for template, why, words in (
        (receipt, reason, "is no rejection"),
        (no, None, "is no receipt"),
        (no, reason, "already"),
        (receipt, None, "already"),
        (letter(), RejectionReason.objects.get(code="withdrew"), "no letter about it"),
    ):
        with pytest.raises(Refused, match=words):
            job_letters.add(world.job, template, reason=why, by=recruiter)
    assert world.job.letters.count() == 2


def test_a_copy_and_a_template_take_them_along_and_leave_out_what_is_gone(world, recruiter, reason):
    own, receipt = letter(name="Own no"), letter("receipt", name="Own receipt")
    job_letters.add(world.job, own, reason=reason, by=recruiter)
    job_letters.add(world.job, receipt, by=recruiter)
    where = {"department": world.job.department, "location": world.job.location}

    copy = jobs.create(by=recruiter, copy_of=world.job, title="Copy", **where)
    copied = set(copy.letters.values_list("reason__code", "template__name"))
    template = job_templates.save_as(world.job, "Kept", by=recruiter)
    receipt.delete()
    made = jobs.create(by=recruiter, template=template, title="Made", **where)

    assert copied == {("position-filled", "Own no"), (None, "Own receipt")}
    assert list(made.letters.values_list("reason__code", "template__name")) == [("position-filled", "Own no")]


def test_letters_are_added_and_removed_on_the_page_by_who_may_change_the_job(
    world, recruiter, coordinator, reason, client
):
    own = letter(name="Kind words")
    client.force_login(recruiter)
    page = reverse("pipeline:letters", args=[world.job.pk])

    wrong = client.post(page, {"goes_with": "receipt", "template": own.pk})
    assert wrong.status_code == 422 and "is no receipt" in wrong.text
    client.post(page, {"goes_with": reason.code, "template": own.pk})

    assert "Kind words" in client.get(page).text
    assert "Kind words" in client.get(reverse("pipeline:plan", args=[world.job.pk])).text
    world.job.openings.update(status="filled")  # nobody would be told so otherwise
    closing = client.get(reverse("pipeline:closing", args=[world.job.pk]))
    assert closing.context["answer_form"].initial["template"] == own, "who closes the job starts from its letter"
    client.force_login(coordinator)
    assert client.post(page, {"goes_with": reason.code, "template": own.pk}).status_code == 403
    assert "Add a letter" not in client.get(page).text
    client.force_login(recruiter)
    client.post(reverse("pipeline:letter_remove", args=[world.job.pk, world.job.letters.get().pk]))
    assert "Kind words" not in client.get(page).text.replace(f'<option value="{own.pk}">Kind words', "")


def test_what_waits_already_leaves_as_it_is(world, recruiter, reason):
    own = letter(subject="Own words")
    row = job_letters.add(world.job, own, reason=reason, by=recruiter)
    rejection.reject(world.application, reason, by=recruiter, template=own)

    job_letters.remove(row, by=recruiter)

    assert Message.objects.queued().get(purpose="rejection").subject == "Own words"
