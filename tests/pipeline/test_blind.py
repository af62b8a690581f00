"""Blind review: whoever may not know a person does not meet their name, wherever they look (PRIV-11, EQ-3)."""

import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from hiring import context, links, masks
from hiring.errors import Refused
from hiring.models import Candidate, Document, DocumentPlaces, DocumentText, Message, PageImage
from interviews import scheduling
from pipeline import asking, bulk, moves, rejection, starting, transfer
from pipeline.blind import pictures, redacting, setting, whom
from pipeline.models import BlindReview, DecisionRecord, RuleFiring, RuleVersion, Unmasking
from pipeline.rules import actions
from tests import factories

EVERYBODY = BlindReview.From.EVERYBODY


@pytest.fixture
def blind(world, recruiter):
    return setting.switch_on(world.job, world.stages["interview"], by=recruiter)


def page_for(user):
    return context.acting(door="page", actor_id=user.pk, request_id=uuid.uuid4().hex)


def known_to(user, candidate):
    with page_for(user):
        return "Candidate\u00a0" not in Candidate.objects.get(pk=candidate.pk).name


def test_a_hidden_person_goes_by_another_name_and_does_not_exist_elsewhere(world, blind, manager, recruiter):
    called = whom.pseudonym(world.application.pk)
    with page_for(manager):
        person = Candidate.objects.get(pk=world.candidate.pk)
        assert (person.name, str(person), person.first_name, person.headline) == (called, called, called, "")

    assert not Candidate.objects.visible_to(manager).filter(pk=world.candidate.pk).exists()
    assert Candidate.objects.visible_to(recruiter).filter(pk=world.candidate.pk).exists()
    assert [known_to(world.people[role], world.candidate) for role in world.people] == [
        True, True, True, False, False, True, True
    ]  # fmt: skip


def test_blindness_ends_at_its_stage_and_comes_back_with_the_person(world, blind, manager, recruiter):
    moves.move(world.application, world.stages["screen"], by=recruiter)
    assert not known_to(manager, world.candidate)

    moves.move(world.application, world.stages["interview"], by=recruiter)
    assert known_to(manager, world.candidate)

    moves.undo_move(world.application, by=recruiter)
    assert not known_to(manager, world.candidate)


def test_nobody_brings_a_hidden_person_to_where_their_name_shows_to_read_it(world, blind, manager, recruiter):
    """The way round: into an interview stage, read the name, and back. Not by moving, transferring, undoing or planning to meet."""
    other = factories.StageFactory(job=factories.JobFactory(), kind="interview", position=1)
    other.job.team.create(user=manager, role="hiring_manager")
    kit = factories.InterviewKitFactory(job=world.job)
    moves.move(world.application, world.stages["screen"], by=manager)  # further on, and still hidden
    with pytest.raises(Refused, match="hidden from you until Interview"):
        moves.move(world.application, world.stages["interview"], by=manager)
    with pytest.raises(Refused, match="hidden from you"):
        transfer.transfer(world.application, other.job, by=manager, stage=other)
    with pytest.raises(Refused, match="A recruiter plans"):
        scheduling.schedule(
            world.application, kit=kit, panel=[manager], starts_at=timezone.now() + dt.timedelta(days=3), minutes=45, by=manager
        )  # fmt: skip
    moves.move(world.application, world.stages["interview"], by=recruiter)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    with pytest.raises(Refused, match="hidden from you"):
        moves.undo_move(world.application, by=manager)

    done = bulk.run(bulk.start_move(world.job, [world.application.pk], world.stages["interview"], by=manager))
    assert done.failed and not done.done
    version = RuleVersion(action={"kind": "move", "stage_kind": "interview"}, activated_by=manager)
    with pytest.raises(Refused, match="hidden from you"):  # nor by a rule that they switched on
        actions.do(RuleFiring(version=version), world.application, by=None)
    assert not known_to(manager, world.candidate) and not Unmasking.objects.exists()
    assert [(one.by, one.to.kind) for one in setting.openings(world.job)] == [(recruiter, "interview")]


def test_who_brings_somebody_there_is_in_the_log_and_decided_blind(world, recruiter, admin, client):
    setting.switch_on(world.job, world.stages["interview"], by=admin, hidden_from=EVERYBODY)
    moves.move(world.application, world.stages["interview"], by=recruiter)
    moves.move(world.application, world.stages["applied"], by=recruiter)

    assert [one.reason for one in setting.log(world.job)] == ["Brought them to Interview, where names show"]
    assert DecisionRecord.objects.order_by("pk")[0].was_blind
    assert known_to(recruiter, world.candidate)  # what was read is not forgotten by moving back
    client.force_login(admin)
    page = client.get(reverse("pipeline:blind", args=[world.job.pk])).content.decode()
    assert "Noor Haddad was brought to Interview by Rita Recruiter" in page and "where names show" in page


def test_somebody_rejected_while_hidden_stays_hidden(world, blind, manager, recruiter):
    rejection.reject(world.application, factories.RejectionReasonFactory(), by=manager)

    assert not known_to(manager, world.candidate)


def test_whom_one_meets_or_brought_oneself_is_known(world, blind, manager, interviewer, recruiter):
    brought = starting.open_application(factories.CandidateFactory(name="Ola Berg"), world.job, by=manager)
    other = factories.StageFactory(job=factories.JobFactory(), kind="interview", position=1)
    other.job.team.create(user=manager, role="hiring_manager")
    met = factories.CandidateFactory(name="Ida Lund")
    for stage in (world.stages["applied"], other):
        factories.ApplicationFactory(candidate=met, stage=stage)
    seat = factories.SeatFactory(interview__application=world.application, user=interviewer)

    assert known_to(manager, brought.candidate) and known_to(manager, met)
    assert known_to(interviewer, world.candidate) and not known_to(manager, world.candidate)
    assert seat.user == interviewer


def test_recruiters_see_one_person_for_a_reason_that_is_kept(world, recruiter):
    setting.switch_on(world.job, world.stages["interview"], by=recruiter, hidden_from=EVERYBODY)
    second = factories.ApplicationFactory(stage=world.stages["applied"])
    assert not known_to(recruiter, world.candidate)

    with pytest.raises(Refused, match="Say why"):
        setting.unmask(world.application, by=recruiter, reason="  ")
    setting.unmask(world.application, by=recruiter, reason="They called and asked for the date")
    setting.unmask(world.application, by=recruiter, reason="Once more")

    assert known_to(recruiter, world.candidate) and not known_to(recruiter, second.candidate)
    assert list(Unmasking.objects.values_list("by", "application", "reason")) == [
        (recruiter.pk, world.application.pk, "They called and asked for the date")
    ]


def test_a_person_hidden_on_two_jobs_has_a_name_on_each(world, blind, manager, recruiter):
    stages = [
        factories.StageFactory(job=job, kind=kind, position=position)
        for job in [factories.JobFactory()] for position, kind in enumerate(["applied", "screen", "interview"])
    ]  # fmt: skip
    stages[0].job.team.create(user=manager, role="hiring_manager")
    setting.switch_on(stages[0].job, stages[2], by=recruiter)
    other = factories.ApplicationFactory(candidate=world.candidate, stage=stages[0])

    with page_for(manager):
        person = Candidate.objects.get(pk=world.candidate.pk)
        masks.within(world.job.pk)
        here = person.name
        masks.within(other.job_id)
        assert (here, person.name) == (whom.pseudonym(world.application.pk), whom.pseudonym(other.pk))


def test_a_board_full_of_hidden_people_asks_once(world, blind, manager, client):
    client.force_login(manager)
    address = reverse("pipeline:table", args=[world.job.pk])
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    factories.ApplicationFactory.create_batch(6, stage=world.stages["applied"])
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(few) == len(many)
    assert page.count("Candidate\u00a0") >= 7


def test_the_letter_bears_the_name_its_writer_may_not_know(world, blind, manager, client):
    reason, letter = (
        factories.RejectionReasonFactory(),
        factories.MailTemplateFactory(body="Dear {{ name }},\n\nthanks."),
    )
    client.force_login(manager)
    address = reverse("pipeline:application_reject", args=[world.application.pk])

    preview = client.get(address, {"reason": reason.pk, "template": letter.pk}).content.decode()
    done = client.post(address, {"reason": reason.pk, "template": letter.pk, "delay": 48}, follow=True)

    message = Message.objects.get(purpose="rejection")
    assert (message.text.splitlines()[0], message.to_address) == (
        "Dear Noor Haddad,",
        "Noor Haddad <noor@haddad.example>",
    )
    for said in (preview, done.content.decode()):
        assert "Noor" not in said and "Haddad" not in said
    assert whom.pseudonym(world.application.pk) in preview


def test_what_is_stored_is_the_truth_whoever_stores_it(world, blind, manager):
    with page_for(manager):
        person = Candidate.objects.get(pk=world.candidate.pk)
        assert person.name != "Noor Haddad"
        person.save()

    world.candidate.refresh_from_db()
    assert world.candidate.name == "Noor Haddad"


def test_nobody_is_found_by_a_name_that_is_hidden(world, blind, manager, client):
    world.candidate.headline = "Marker at Headline"
    world.candidate.save()
    client.force_login(manager)
    board, table = (reverse(f"pipeline:{name}", args=[world.job.pk]) for name in ("board", "table"))
    called = whom.pseudonym(world.application.pk)

    for address in (board, table):
        for words in ("Noor", "Headline"):
            assert f'application_pk="{world.application.pk}"' not in client.get(address, {"q": words}).content.decode()
            assert called not in client.get(address, {"q": words}).content.decode()
        assert called in client.get(address, {"q": called}).content.decode()
    assert whom.application_called("a7") == 168 and whom.pseudonym(168) == "Candidate\u00a0A7"


def test_until_the_first_interview_at_the_latest_and_off_for_a_reason(world, blind, recruiter):
    with pytest.raises(Refused, match="first interview"):
        setting.switch_on(world.job, world.stages["offer"], by=recruiter)
    with pytest.raises(Refused, match="Say why"):
        setting.switch_off(world.job, by=recruiter, because="")
    setting.switch_on(world.job, world.stages["screen"], by=recruiter)
    setting.switch_off(world.job, by=recruiter, because="Everybody was met")

    assert [(one.until.kind, one.ended_because) for one in BlindReview.objects.order_by("pk")] == [
        ("interview", "Set anew"), ("screen", "Everybody was met"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Languages\nArabic (native), English (C2), French (fluent), German (B2)",
         "Languages\nArabic ([fluent]), English ([fluent]), French ([fluent]), German (B2)"),
        ("Mother tongue: Arabic", "[fluent]: Arabic"),
        ("Arabisch: Muttersprache", "Arabisch: [fluent]"),
        ("Arabe, langue maternelle", "Arabe, [fluent]"),
        ("Arabic\nNative", "Arabic\n[fluent]"),
        ("Speaks Arabic: native.", "Speaks Arabic: [fluent]."),
        ("React Native, cloud-native services and English", "React Native, cloud-native services and English"),
        ("I am a native of Kafka", "I am a native of Kafka"),
    ],
)  # fmt: skip
def test_a_mother_tongue_reads_as_any_language_that_is_spoken_well(text, said):
    """EQ-3: the language and that it is fluent count; that it is the first one tells where somebody comes from."""
    assert redacting.Redactor().said(text) == said


def test_bars_are_as_long_whatever_is_under_them():
    """A short name and a long one, at the margin, in the middle and on the right, look alike; a bar ends before what follows."""
    paper = Image.new("RGB", (1000, 400), "white")
    made = io.BytesIO()
    paper.save(made, "PNG")
    page = PageImage(number=1, width=1000, height=400)
    page.image = ContentFile(made.getvalue(), name="1.png")
    rows = [(50, 90), (50, 450), (480, 520), (300, 700), (860, 900), (520, 900), (50, 250)]
    words = [
        [10 * number, 10 * number + 5, 1, left * 10, 250 + number * 1250, (right - left) * 10, 500]
        for number, (left, right) in enumerate(rows)
    ]
    words.append([75, 80, 1, 2600, words[-1][4], 400, 500])  # shown, behind the last one
    seen = Image.open(io.BytesIO(pictures.drawn(page, words, [(row[0], row[1]) for row in words[:-1]])))

    long = []
    for row in words[:-1]:
        inked = [x for x in range(1000) if seen.getpixel((x, round(row[4] * 0.04) + 10)) == pictures.INK]
        long.append(inked[-1] - inked[0])
    assert len(set(long[:6])) == 1 and long[6] == long[0]


WORDS = "Noor Haddad\nBuilt Kafka pipelines\nMSc Statistics, Quillonade University\n"


def drawn_resume(candidate):
    """A page with words on known places, and a photo beside them that is no word."""
    document = Document.objects.create(
        candidate=candidate, kind="resume", name="Noor_Haddad.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        status="ready", uploaded_at=timezone.now(), page_count=1,
    )  # fmt: skip
    DocumentText.objects.create(document=document, text=WORDS, reader_version="1")
    sheet = Image.new("RGB", (1000, 1000), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((700, 50, 900, 250), fill="red")  # a photo
    words, at = [], {}
    for number, match in enumerate(re.finditer(r"\S+", WORDS)):
        box = (50, 50 + 80 * number, 250, 90 + 80 * number)
        pen.rectangle(box, fill="blue")
        words.append([match.start(), match.end(), 1, box[0] * 10, box[1] * 10, 2000, 400])
        at[match[0]] = (150, box[1] + 20)
    made = io.BytesIO()
    sheet.save(made, "PNG")
    page = PageImage(document=document, number=1, width=1000, height=1000)
    page.image.save("1.png", ContentFile(made.getvalue()))
    DocumentPlaces.objects.create(document=document, words=words)
    return document, at


def test_pages_are_drawn_anew_without_what_must_not_be_known(world, blind, manager, recruiter, client):
    """What is served holds words that may be read and bars; no photo, no letterhead, nothing painted over that could be uncovered."""
    document, at = drawn_resume(world.candidate)
    world.application.resume = document
    world.application.save()
    review = asking.ask(
        world.job, [world.application.pk], by=recruiter, reviewers=[manager], due_on=timezone.localdate()
    )
    seat = review.reviewers.get()
    look = reverse("pipeline:look_page", args=[links.token(asking.link_of(seat)), review.people.get().pk, 1])
    page = reverse("pipeline:blind_page", args=[world.application.pk, 1])
    client.force_login(manager)

    for address in (page, look):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/png" and "no-store" in answer["Cache-Control"]
        seen = Image.open(io.BytesIO(answer.content))
        colours = {word: seen.getpixel(place) for word, place in at.items()}
        assert colours["Kafka"] == colours["pipelines"] == (0, 0, 255)
        assert {colours[word] for word in ("Noor", "Haddad", "Quillonade", "University")} == {pictures.INK}
        assert seen.getpixel((800, 150)) == (255, 255, 255) and not seen.info

    shown = client.get(reverse("pipeline:review", args=[world.job.pk])).content.decode()
    assert page in shown and reverse("document_page", args=[document.pk, 1]) not in shown
    assert client.get(reverse("document_page", args=[document.pk, 1])).status_code == 404
    batch = client.get(
        reverse("pipeline:look_person", args=[links.token(asking.link_of(seat)), review.people.get().pk])
    )
    assert look in batch.content.decode() and "Haddad" not in batch.content.decode()
    client.force_login(recruiter)
    assert client.get(page)["Location"] == reverse("document_page", args=[document.pk, 1])
