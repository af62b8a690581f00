"""The personal page of an application: what is asked, answered, taken back, seen and corrected without an account.
Standard ids: SEC-5, SEC-9, SEC-11, SEC-16, A11Y-6."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.documents.store import store
from hiring.errors import Refused
from hiring.models import DataRequest, Document, DraftFile, Message, Notification, PersonalLink
from pipeline import moves, questioning, status
from pipeline.models import ApplicantQuestion, Application, RejectionReason
from pipeline.tasks import ask_again
from sourcing.careers import my_data
from tests import files


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def page(world):
    return reverse("status", args=[links.token(status.link_for(world.application))])


def ask(world, recruiter, **changes) -> ApplicantQuestion:
    return questioning.ask(world.application, **({"text": "Which visa do you hold?", "by": recruiter} | changes))


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_question_reaches_them_by_mail_and_their_answer_whoever_asked(client, world, recruiter, page):
    question = ask(world, recruiter)
    mail = Message.objects.get(purpose="question")
    shown = text_of(client.get(page))

    sent = client.post(f"{page}questions/{question.pk}/", {"answer": "A blue card, until 2029."}, follow=True)

    question.refresh_from_db()
    assert "Which visa do you hold?" in mail.text and re.search(r"/status/\S+", mail.text)
    assert "We have a question" in shown and "Thank you" in text_of(sent)
    assert question.answer == "A blue card, until 2029."
    assert [event.kind for event in world.candidate.events.filter(kind__startswith="applicant.").order_by("pk")] == [
        "applicant.asked",
        "applicant.answered",
    ]
    assert Notification.objects.get(user=recruiter, kind="applicant_answered").url == questioning.page_of(
        world.application
    )
    client.force_login(recruiter)
    assert "A blue card" in text_of(client.get(questioning.page_of(world.application)))


def test_a_wanted_file_survives_a_mistake_and_joins_their_documents(client, world, recruiter, page):
    question = ask(world, recruiter, text="Your licence, please", wants_file=True)
    url = f"{page}questions/{question.pk}/"

    empty = client.post(url, {"answer": "Here it is"})
    wrong = client.post(url, {"file": SimpleUploadedFile("licence.exe", b"MZ")})
    long = client.post(url, {"answer": "x" * 6000, "file": SimpleUploadedFile("licence.pdf", files.pdf())})
    key = re.search(r'name="file_draft" value="([^"]+)"', text_of(long))[1]
    done = client.post(url, {"answer": "short", "file_draft": key})

    assert [one.status_code for one in (empty, wrong, long, done)] == [422, 422, 422, 302]
    assert "Please choose the file." in text_of(empty) and "licence.pdf" in text_of(long)
    document = Document.objects.get(name="licence.pdf")
    assert (document.candidate, document.file.read()) == (world.candidate, files.pdf())
    assert not DraftFile.objects.exists()


def test_answering_twice_is_answering_once_and_an_ended_application_is_asked_nothing(client, world, recruiter, page):
    question = ask(world, recruiter)
    other = ask(world, recruiter, text="And when?")
    questioning.answer(question, "Yes")
    questioning.answer(question, "No")
    moves.withdraw(world.application)

    late = client.post(f"{page}questions/{other.pk}/", {"answer": "Tomorrow"})

    question.refresh_from_db()
    assert (question.answer == "Yes" and late.status_code == 409) or late.status_code == 422
    with pytest.raises(Refused, match="has ended"):
        ask(world, recruiter)


def test_a_question_of_another_application_is_not_there(client, world, recruiter, page):
    question = ask(world, recruiter)
    ApplicantQuestion.objects.filter(pk=question.pk).update(taken_back_at=timezone.now())

    assert client.post(f"{page}questions/{question.pk}/", {"answer": "x"}).status_code == 302
    assert client.post(f"{page}questions/99999999/", {"answer": "x"}).status_code == 302
    assert not ApplicantQuestion.objects.exclude(answered_at=None).exists()


def test_whoever_does_not_answer_is_reminded_once(world, recruiter):
    question = ask(world, recruiter)
    ApplicantQuestion.objects.filter(pk=question.pk).update(asked_at=timezone.now() - dt.timedelta(days=4))

    ask_again()
    ask_again()

    assert Message.objects.filter(purpose="question").count() == 2


def test_they_may_say_why_they_withdraw_and_need_not(client, world, page):
    pay = RejectionReason.objects.get_or_create(code="pay", defaults={"label": "Pay", "ended_by": "candidate"})[0]

    shown = text_of(client.get(f"{page}withdraw/"))
    client.post(f"{page}withdraw/", {"reason": pay.pk})

    world.application.refresh_from_db()
    assert "Would you tell us why?" in shown
    assert (world.application.status, world.application.reason) == ("withdrawn", pay)


@pytest.mark.parametrize("reason", ["", "999999", "x"])
def test_no_reason_holds_nobody_back(client, world, page, reason):
    client.post(f"{page}withdraw/", {"reason": reason})

    world.application.refresh_from_db()
    assert (world.application.status, world.application.reason) == ("withdrawn", None)


@pytest.mark.parametrize(("days", "words"), [(10, "We mean to write to you by"), (1, "You are not forgotten")])
def test_by_when_they_hear_is_said_as_the_plan_means_it(world, days, words):
    world.stages["applied"].target_days = days
    world.stages["applied"].save()
    Application.objects.filter(pk=world.application.pk).update(entered_stage_at=timezone.now() - dt.timedelta(days=5))
    application = Application.objects.for_card().get(pk=world.application.pk)

    assert words in status.standing(application).expected


# One's own data


def file_of(candidate, name, status) -> Document:
    document = store(candidate, ContentFile(f"Noor Haddad, {name}".encode(), name=name), "resume")
    Document.objects.filter(pk=document.pk).update(status=status)
    return document


@pytest.fixture
def data_page(client, world, page):
    client.post(f"{page}data/")
    return re.search(r"(/my-data/\S+)", Message.objects.get(purpose="data_link").text)[1]


def test_the_link_to_ones_data_goes_to_the_main_address_and_not_twice_in_a_row(client, world, page, data_page):
    """SEC-11: whoever holds a status link has their application, not the person."""
    again = client.post(f"{page}data/", follow=True)

    assert "noor@haddad.example" in Message.objects.get(purpose="data_link").to_address
    assert "on its way" in text_of(again) and data_page not in text_of(again)


def test_they_see_all_they_gave_and_take_it_along(client, world, data_page):
    Application.objects.update(
        receipt_number="ABCD-2345", questions=[{"key": "visa", "label": "Visa?"}], answers={"visa": "yes"}
    )
    mine, held = file_of(world.candidate, "mine.txt", "ready"), file_of(world.candidate, "held.txt", "held")

    same_name = store(world.candidate, ContentFile(b"Noor Haddad, another", name="mine.txt"), "other")
    Document.objects.filter(pk=same_name.pk).update(status="ready")
    shown, taken = client.get(data_page), client.get(f"{data_page}download/")
    archive = zipfile.ZipFile(io.BytesIO(taken.getvalue()))
    record = json.loads(archive.read("data.json"))

    assert "noor@haddad.example" in text_of(shown) and "Visa?" in text_of(shown) and "mine.txt" in text_of(shown)
    assert "no-store" in shown["Cache-Control"] and "attachment" in taken["Content-Disposition"]
    assert archive.testzip() is None and record["applications"][0]["answers"] == {"Visa?": "yes"}
    assert sorted(file["name"] for file in record["files"]) == ["held.txt", "mine.txt", "mine.txt"]
    assert sorted(archive.namelist()) == ["README.txt", "data.json", "files/mine (2).txt", "files/mine.txt"]  # SEC-16
    sent = {archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    assert sent == {b"Noor Haddad, mine.txt", b"Noor Haddad, another"}
    assert client.get(f"{data_page}file/{mine.pk}/").getvalue() == b"Noor Haddad, mine.txt"
    assert client.get(f"{data_page}file/{held.pk}/").status_code == 404  # SEC-16
    assert client.get(f"{data_page}file/{mine.pk + held.pk}/").status_code == 404


def test_they_correct_how_to_reach_them_and_what_we_may_write(client, world, data_page):
    wrong = client.post(data_page, {"act": "correct", "phone": "12", "language": "fr", "location": "Lyon"})
    client.post(data_page, {"act": "correct", "phone": "+33 6 39 98 00 41", "language": "fr", "location": "Lyon"})

    world.candidate.refresh_from_db()
    assert wrong.status_code == 422 and "not a phone number" in text_of(wrong)
    assert (world.candidate.location, world.candidate.language) == ("Lyon", "fr")
    assert world.candidate.contact_points.filter(kind="phone", value="+33639980041", is_primary=True).exists()


def test_asking_to_be_erased_is_recorded_once_and_those_who_see_to_it_are_told(client, world, data_page):
    for _ in range(2):
        answer = client.post(data_page, {"act": "erase"}, follow=True)

    request = DataRequest.objects.get()
    assert request.candidate == world.candidate and 27 <= (request.due_on - timezone.localdate()).days <= 31
    assert "You asked us to erase your data" in text_of(answer)
    assert Notification.objects.filter(kind="data_request", user=world.people["compliance_officer"]).count() == 1
    assert world.candidate.events.filter(kind="candidate.asked_for_erasure").count() == 1


def test_looking_changes_nothing_and_the_link_ends_after_a_day(client, world, data_page):
    """SEC-5."""
    client.get(f"{data_page}?act=erase")
    PersonalLink.objects.filter(purpose="data").update(expires_at=timezone.now())

    assert not DataRequest.objects.exists()
    for address in (data_page, f"{data_page}download/", "/my-data/x/"):
        assert client.get(address).status_code == 404
    assert my_data.about(world.candidate)["name"] == "Noor Haddad"
