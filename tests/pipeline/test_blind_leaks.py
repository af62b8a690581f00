"""Planted words that say who somebody is are looked for in every byte served to those who may not know the person.

Every GET route of the product is asked, as page, as fragment and with the name typed into its search, by every role from which
names can be hidden. What a route's own fixture lets somebody know (a seat in an interview) is no leak and is left out.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from hiring import api_keys, following, links, notes, notifications, search
from hiring.models import (
    ApprovalChain,
    Document,
    DocumentText,
    Message,
    Notification,
    PageImage,
    ParsedProfile,
    PersonalLink,
    Thread,
)
from hiring.resumes import record
from offers import terms
from pipeline import asking, moves
from pipeline.blind import setting, whom
from pipeline.models import BlindReview
from tests.test_matrix import RULES

MARKERS = (
    "Zarquonia", "Vexmoor", "zv.marker", "5550199", "Quillonade", "May 1953", "zvlink", "zvfile", "Plimsworth", "zvnote", "zvmail",
)  # fmt: skip
PRIVATE = "Quarzal 90,000"
TEXT = """Zarquonia Vexmoor
zv.marker@mail.example · +33 6 55 50 19 9 · https://zvlink.example/in/zv
Born 4 May 1953

Experience
Data Engineer, Fjordline Energy, 2019 - 2024
She ran Kafka pipelines. Zarquonia led two teams.

Education
MSc Statistics, Quillonade University, 2009
"""


@pytest.fixture
def planted(world, recruiter, manager):
    """The world's person with words on them that nobody else has, and every kind of row that could carry them."""
    person = world.candidate
    person.name, person.name_key = "Zarquonia Vexmoor", "zarquonia vexmoor"
    person.headline, person.source_note = "Engineer, Quillonade University", "Met by Plimsworth"
    person.do_not_contact_reason = "Plimsworth said so"
    person.save()
    person.contact_points.all().delete()
    for kind, value in (
        ("email", "zv.marker@mail.example"),
        ("phone", "+33655550199"),
        ("link", "https://zvlink.example/in/zv"),
    ):
        person.contact_points.create(kind=kind, value=value, raw=value, is_primary=kind == "email")
    document = Document.objects.create(
        candidate=person, kind="resume", name="zvfile_Zarquonia_Vexmoor.pdf", content_type="application/pdf", size=9,
        sha256="0" * 64, status="ready", uploaded_at=timezone.now(), page_count=1,
    )  # fmt: skip
    document.file.save("x.pdf", ContentFile(b"%PDF zvfile Zarquonia"))
    DocumentText.objects.create(document=document, text=TEXT, unseen="Zarquonia unseen", reader_version="1")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    page = PageImage(document=document, number=1, width=8, height=8)
    page.image.save("1.png", ContentFile(picture.getvalue()))
    profile = record.read_text(document, TEXT)
    ParsedProfile.objects.create(
        document=document, status="done", due_at=timezone.now(), parsed_at=timezone.now(), profile=profile.as_json()
    )
    world.application.resume = document
    world.application.questions = [
        {"key": "why", "label": "Why us?"},
        {"key": "site", "label": "Your site", "type": "link"},
        {"key": "std_preferred_name", "label": "How should we address you?", "type": "text"},
        {"key": "sample", "label": "A sample", "type": "file"},
        {"key": "pay", "label": "What pay do you expect?", "type": "text", "private": True},
    ]
    world.application.answers = {
        "why": "I am Zarquonia Vexmoor, and he or she may call 06 55 50 19 9",
        "site": "https://zvlink.example/work",
        "std_preferred_name": "Zvnote",
        "sample": {"document": document.pk, "name": "zvfile.pdf"},
        "pay": f"{PRIVATE}, and not less",
    }
    world.application.save()
    notes.write(person, "Zarquonia zvnote@call.example is good", by=recruiter, job=world.job)
    thread = Thread.objects.create(
        candidate=person, subject="zvmail from Zarquonia", last_message_at=timezone.now(), waiting_since=timezone.now()
    )
    Message.objects.create(
        thread=thread, candidate=person, job=world.job, direction="in", mail_class="transactional", purpose="reply",
        subject="zvmail from Zarquonia", text="zvmail Zarquonia Vexmoor", from_address="Zarquonia <zv.marker@mail.example>",
        to_address="x@x.example", status="received",
        not_before=timezone.now(), created_at=timezone.now(), at=timezone.now(),
    )  # fmt: skip
    following.follow(manager, job=world.job)
    moves.move(world.application, world.stages["screen"], by=recruiter)
    moves.move(world.application, world.stages["applied"], by=recruiter)
    search.refresh([person.pk])
    return world


def found(content: bytes, but: tuple[str, ...] = ()) -> list[str]:
    said = content.decode("utf-8", "replace")
    return [marker for marker in MARKERS if marker.lower() in said.lower() and marker not in but]


def bytes_of(response) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):  # a workbook: what is packed inside of it counts
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body += b"".join(packed.read(name) for name in packed.namelist())
    return body + str(dict(response.headers)).encode() + repr(response.cookies).encode()


def is_link_of(user, address: str) -> bool:
    return any(links.token(link) in address for link in PersonalLink.objects.filter(user=user))


def crawl(world, user, hide, also=()):
    """What leaked, and how many answers were looked at. Personal links act for their owner, whoever opens them: they are opened
    where their owner is the one to whom nothing may leak, and left out where they belong to the person or to somebody else."""
    leaks, seen = [], 0
    key = api_keys.make(user, "Crawl", scope="read", days=1)[1]
    for name, rule in sorted(RULES.items()):
        if rule.method != "get":
            continue
        with transaction.atomic():
            address = reverse(name, args=rule.args(world))
            hide()
            if (rule.public and not is_link_of(user, address)) or not whom.called(user, [world.candidate.pk], None):
                transaction.set_rollback(True)
                continue
            client = Client(raise_request_exception=False)
            headers = {"Authorization": f"Bearer {key}"} if rule.by_key else {}
            if not rule.by_key and not rule.public:
                client.force_login(user)
            asks = [(address, {}, ()), (address, {"HX-Request": "true"}, ())]
            words = "q=Zarquonia&find=Zarquonia&query=Zarquonia&name=Zarquonia&search=Zarquonia&text=Zarquonia"
            asks += [
                (f"{address}?{words}", {}, ("Zarquonia",)),
                (f"{address}?{words}", {"HX-Request": "true"}, ("Zarquonia",)),
            ]
            for path, more, but in asks:
                response = client.get(path, headers={**headers, **more})
                for _ in range(2):
                    if response.status_code in (301, 302) and response["Location"].startswith("/"):
                        response = client.get(response["Location"], headers=more)
                seen += 1
                said = bytes_of(response)
                if marks := [*found(said, but), *(word for word in also if word.encode() in said)]:
                    leaks.append((name, path, response.status_code, marks))
            transaction.set_rollback(True)
    return leaks, seen


@pytest.mark.parametrize("role", ["hiring_manager", "interviewer"])
def test_no_byte_tells_who_a_hidden_person_is(planted, recruiter, role):
    def hide():
        setting.switch_on(planted.job, planted.stages["interview"], by=recruiter)

    leaks, seen = crawl(planted, planted.people[role], hide, also=(PRIVATE,))

    assert not leaks, "\n".join(map(str, leaks))
    assert seen > 200


@pytest.mark.parametrize("role", ["recruiter", "coordinator"])
def test_no_byte_tells_recruiters_where_names_are_hidden_from_everybody(planted, admin, role):
    def hide():
        setting.switch_on(planted.job, planted.stages["interview"], by=admin, hidden_from=BlindReview.From.EVERYBODY)

    leaks, seen = crawl(planted, planted.people[role], hide)

    assert not leaks, "\n".join(map(str, leaks))
    assert seen > 200


def test_no_link_and_no_mail_to_a_colleague_tells_who_a_hidden_person_is(planted, recruiter, manager):
    """What goes out of the house to somebody from whom names are hidden, and what its links open without a password."""
    setting.switch_on(planted.job, planted.stages["interview"], by=recruiter)
    chain = ApprovalChain.objects.create(name="Offers", subject_kind="offer")
    chain.groups.create(position=0).approvers.add(manager)
    offer = terms.draft(
        planted.application, by=recruiter, title="Engineer", salary=70000, currency="EUR", period="YEAR", place="Lyon",
        start_date=timezone.localdate() + dt.timedelta(days=40), expires_at=timezone.now() + dt.timedelta(days=7),
    )  # fmt: skip
    terms.submit(offer, by=recruiter)
    review = asking.ask(
        planted.job,
        [planted.application.pk],
        by=recruiter,
        reviewers=[manager],
        due_on=timezone.localdate(),
        note="Look",
    )
    asking.remind(review.reviewers.get())
    notes.write(planted.candidate, "@Max Manager: Zarquonia zvnote was here", by=recruiter, job=planted.job)
    moves.move(planted.application, planted.stages["screen"], by=recruiter)
    Notification.objects.filter(user=manager).update(mail_due_at=timezone.now())
    notifications.send_digests()

    mails = Message.objects.filter(to_address__contains=manager.email)
    said = "".join(f"{mail.subject} {mail.text} {mail.html}" for mail in mails)
    assert mails.count() >= 3 and found(said.encode()) == []
    tokens = {link.purpose: links.token(link) for link in PersonalLink.objects.filter(user=manager)}
    person = review.people.get().pk
    opened = [
        reverse("approve", args=[tokens["approve"]]),
        reverse("pipeline:look", args=[tokens["review"]]),
        reverse("pipeline:look_person", args=[tokens["review"], person]),
        reverse("pipeline:look_page", args=[tokens["review"], person, 1]),
    ]
    answers = [Client(raise_request_exception=False).get(address) for address in opened]
    assert [answer.status_code for answer in answers] == [
        200,
        200,
        200,
        404,
    ]  # a page whose words have no places is not shown
    assert [found(bytes_of(answer)) for answer in answers] == [[], [], [], []]
