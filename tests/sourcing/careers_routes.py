"""The public addresses: anybody may come, with or without an account. Personal links are their own key."""

import datetime as dt
import uuid

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from hiring import links
from hiring.documents import drafts
from hiring.documents.store import store
from hiring.models import Document, LegalText, PersonalLink
from pipeline import arriving, questioning, status
from pipeline.models import AddressConfirmation
from sourcing.boards.models import Board
from sourcing.career_site import look
from sourcing.career_site.models import CareerSite
from sourcing.career_site.pictures import Picture
from sourcing.community import door as community_door
from sourcing.community.models import CommunityChoice, CommunityMember
from sourcing.job_alerts import door as job_alert_door
from sourcing.job_alerts.models import JobAlert
from sourcing.models import CareerEmbed, TalentPool
from tests import factories
from tests.matrix import Rule


def token(world):
    return links.token(status.link_for(world.application))


def question(world):
    asked = questioning.open_questions(world.application).first() or questioning.ask(
        world.application, "Which visa do you hold?", by=world.people["recruiter"]
    )
    return [token(world), asked.pk]


def confirmation(world):
    row, _ = AddressConfirmation.objects.get_or_create(
        application=world.application, defaults={"address": "noor@haddad.example", "asked_at": timezone.now()}
    )
    link = links.issue(
        PersonalLink.Purpose.CONFIRM, candidate=world.candidate, subject_id=row.pk, valid_for=dt.timedelta(days=1)
    )
    return [links.token(link)]


def interview_ahead(world):
    found = world.application.interviews.first() or factories.InterviewFactory(application=world.application)
    return [token(world), found.pk]


def data_token(world):
    link = links.issue(PersonalLink.Purpose.DATA, candidate=world.candidate, valid_for=dt.timedelta(days=1))
    return [links.token(link)]


def own_file(world):
    found = store(world.candidate, ContentFile(b"Noor Haddad, engineer", name="cv.txt"), "resume")
    Document.objects.filter(pk=found.pk).update(status="ready")
    return found


def upload(world):
    return [drafts.key_of(drafts.begin("cv.pdf", 100, sent_from="192.0.2.1"))]


def receipt(world):
    arrival = arriving.receive(world.posting, submission_key=uuid.uuid4(), name="Ada Byron", email="ada@byron.example")
    return signing.dumps(arrival.receipt_number, salt="careers.sent")


def job_alert(world):
    now = timezone.now()
    found, _ = JobAlert.objects.get_or_create(
        address="ada@byron.example",
        defaults={
            "created_at": now,
            "confirmed_at": now,
            "told_until": now,
            "due_at": now,
            "ends_at": now + dt.timedelta(days=100),
        },
    )
    return [job_alert_door.token(found)]


def community(world):
    found = CommunityChoice.objects.first()
    if found is None:
        LegalText.objects.create(kind="pool_consent", text="Keep me in mind.", sha256="x", valid_from=timezone.now())
        pool = TalentPool.objects.create(name="Visitors", owner=world.people["recruiter"])
        found = CommunityChoice.objects.create(name="Engineering", pool=pool)
    return found


def open_community(world):
    community(world)
    return []


def member(world):
    now = timezone.now()
    found, _ = CommunityMember.objects.get_or_create(
        choice=community(world),
        address="ada@byron.example",
        defaults={
            "name": "Ada Byron",
            "text": LegalText.objects.filter(kind="pool_consent").first(),
            "created_at": now,
            "confirmed_at": now,
            "candidate": world.candidate,
            "ends_at": now + dt.timedelta(days=100),
        },
    )
    return [community_door.token(found)]


def embed(world):
    found, _ = CareerEmbed.objects.get_or_create(name="Web site", defaults={"sites": "https://www.nordvale.example"})
    return [found.key]


def career_site():
    return CareerSite.objects.get_or_create(pk=1, defaults={"is_on": True, "colour": "#1a4fd0"})[0]


def career_sheet():
    return look.digest_of(career_site().colour.encode())


def career_logo():
    look.keep_picture(career_site(), "logo", Picture("image/png", b"a picture"))
    return look.digest_of(b"a picture")


CAREERS = {
    "careers:embed": Rule(args=embed, public=True),
    "careers:community": Rule(args=open_community, public=True),
    "community_member": Rule(args=member, public=True),
    "community_leave": Rule(args=member, public=True),
    "careers:alerts": Rule(public=True),
    "job_alert": Rule(args=job_alert, public=True),
    "job_alert_end": Rule(args=job_alert, public=True),
    "careers:home": Rule(public=True),
    "careers:posting": Rule(args=lambda world: [world.posting.slug], public=True),
    "careers:posting_in": Rule(args=lambda world: [world.posting.slug, "de"], public=True),
    "careers:look_preview": Rule(allowed=frozenset({"admin"}), outsider=403),
    "careers:look_sheet": Rule(args=lambda world: [career_sheet()], public=True),
    "careers:look_image": Rule(args=lambda world: ["logo", career_logo(), "png"], public=True),
    "careers:department": Rule(args=lambda world: [f"x-{world.posting.job.department_id}"], public=True),
    "careers:location": Rule(args=lambda world: [f"x-{world.posting.job.location_id}"], public=True),
    "careers:apply": Rule(args=lambda world: [world.posting.slug], public=True),
    "careers:keep": Rule(args=lambda world: [world.posting.slug], public=True, method="post"),
    "careers:uploads": Rule(public=True, method="options"),
    "careers:upload": Rule(args=upload, public=True, method="head"),
    "careers:reading": Rule(args=upload, public=True, method="post"),
    "careers:too_large": Rule(public=True),
    "careers:sent": Rule(args=lambda world: [receipt(world)], public=True),
    "sitemap": Rule(public=True),
    "sitemap_file": Rule(args=lambda world: [1], public=True),
    "robots": Rule(public=True),
    "status": Rule(args=lambda world: [token(world)], public=True),
    "status_withdraw": Rule(args=lambda world: [token(world)], public=True),
    "status_answer": Rule(args=question, public=True),
    "status_other_time": Rule(args=interview_ahead, public=True),
    "status_data": Rule(args=lambda world: [token(world)], public=True, method="post"),
    "confirm_address": Rule(args=confirmation, public=True),
    "my_data": Rule(args=data_token, public=True),
    "my_data_download": Rule(args=data_token, public=True),
    "my_data_file": Rule(args=lambda world: [*data_token(world), own_file(world).pk], public=True),
    "status_again": Rule(public=True),
}


def token_of(key):
    return Board.objects.get(key=key).token


FEEDS = {
    "feed": Rule(args=lambda world: ["indeed", token_of("indeed")], public=True),
    "careers:open_feed": Rule(args=lambda world: ["rss"], public=True),
    "careers:api_jobs": Rule(public=True),
    "careers:api_job": Rule(args=lambda world: [world.posting.slug], public=True),
}
