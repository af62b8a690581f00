"""The core of a hire by keyboard alone (A11Y-1, A11Y-2): no pointer is used, and every stop on the way can be seen."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import links
from hiring.models import Job, JobTemplate, LegalText, Note
from interviews import invitations
from interviews.models import Scorecard
from offers import sending, terms
from pipeline.models import Application
from tests import factories

MARKED = """element => {
    const outlined = (one, part) => {
        const style = getComputedStyle(one, part);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    };
    const around = [element];  // a card or a box may carry the mark of what is inside it
    while (around.length < 4 && around.at(-1).parentElement) around.push(around.at(-1).parentElement);
    return element.matches(':focus-visible') && (outlined(element, '::after') || around.some(one => outlined(one)));
}"""


class Keys:
    """Hands that stay on the keyboard. Locators only say what is looked for; nothing is clicked, filled or focused by them."""

    def __init__(self, page) -> None:
        self.page, self.unseen = page, set[str]()

    def to(self, wanted) -> Keys:
        """Tab until the focus is there, looking whether each stop is marked."""
        for _ in range(200):
            here = self.page.locator(":focus")
            if here.count() and not here.evaluate(MARKED):
                self.unseen.add(here.evaluate("element => element.outerHTML.slice(0, 120)"))
            if wanted.count() and wanted.evaluate("element => element === document.activeElement"):
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"No way to {wanted} by keyboard")

    def press(self, *keys: str) -> Keys:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> Keys:
        self.page.keyboard.type(text)
        return self


@pytest.fixture
def keys(new_page, sign_in, recruiter):
    """The recruiter's hands."""
    page = new_page()
    sign_in(page, recruiter)
    hands = Keys(page)
    yield hands
    assert hands.unseen == set()


@pytest.fixture
def held(world):
    """An interview that began an hour ago, and who sat in it."""
    kit = factories.InterviewKitFactory(job=world.job, stage=world.stages["interview"], focus=["Depth"])
    interview = factories.InterviewFactory(
        application=world.application, kit=kit, title=kit.name, starts_at=timezone.now() - dt.timedelta(hours=1)
    )
    return factories.SeatFactory(interview=interview, user=world.people["interviewer"])


@pytest.fixture
def sent(world):
    words = {"valid_from": timezone.now() - dt.timedelta(days=1), "text": "You agree.", "sha256": "0" * 64}
    LegalText.objects.get_or_create(kind="esign_consent", defaults=words)
    recruiter = world.people["recruiter"]
    offer = terms.draft(
        world.application,
        by=recruiter,
        title="Data Engineer",
        salary=Decimal(64000),
        start_date=timezone.localdate() + dt.timedelta(days=40),
        expires_at=timezone.now() + dt.timedelta(days=7),
    )
    terms.submit(offer, by=recruiter)
    return sending.send(offer, by=recruiter)


def test_a_job_is_opened(keys, recruiter):
    factories.DepartmentFactory(name="Data platform")
    factories.LocationFactory(name="Lyon")
    if not JobTemplate.objects.exists():
        factories.JobTemplateFactory(name="Engineering")
    page = keys.page
    page.goto(reverse("jobs"))

    keys.to(page.get_by_role("main").get_by_role("link", name="New job").first).press("Enter")
    page.get_by_role("heading", name="New job").wait_for()
    keys.to(page.get_by_label("Title")).type("Data Engineer")
    keys.to(page.get_by_label("Department")).type("Data platform")
    page.locator("#chain").get_by_text("Nobody has to approve").wait_for()
    keys.to(page.get_by_label("Location")).type("Lyon")
    keys.to(page.get_by_label("Openings")).press("Control+a").type("2")
    keys.to(page.get_by_role("button", name="Create and open")).press("Enter")
    page.get_by_role("heading", name="Data Engineer").first.wait_for()

    job = Job.objects.get()
    assert (job.status, job.openings.count()) == ("open", 2)


def test_a_card_is_moved_and_a_note_written(keys, world):
    page = keys.page
    page.goto(reverse("pipeline:board", args=[world.job.pk]))

    keys.to(page.get_by_role("link", name="Move Noor Haddad to…")).press("Enter")
    keys.to(page.locator("#move").get_by_role("button", name="Screen")).press("Enter")
    screen = page.locator(f'.tl-col[data-stage="{world.stages["screen"].pk}"]')
    screen.get_by_role("link", name="Noor Haddad", exact=True).wait_for()

    keys.to(screen.get_by_role("link", name="Noor Haddad", exact=True)).press("Enter")
    drawer = page.get_by_role("dialog", name="Noor Haddad")
    drawer.wait_for()
    keys.to(drawer.get_by_role("button", name="Note", exact=True)).press("Enter")
    keys.to(drawer.get_by_label("Note", exact=True)).type("Asks good questions")
    keys.to(drawer.get_by_role("button", name="Save note")).press("Enter")
    drawer.locator("#latest").get_by_text("Asks good questions").wait_for()
    keys.press("Escape")
    drawer.wait_for(state="hidden")

    assert Application.objects.get().stage.kind == "screen"
    assert Note.objects.get().text == "Asks good questions"


def test_a_scorecard_is_filled_from_the_mail(new_page, held):
    keys = Keys(new_page())
    page = keys.page
    page.goto(links.url(invitations.link(held), "interviews:brief"))

    keys.to(page.get_by_role("link", name="Write your scorecard")).press("Enter")
    depth = page.get_by_role("group", name="Depth")
    depth.wait_for()
    keys.to(depth.get_by_role("radio", checked=True)).press("ArrowLeft")  # from “not asked” to the best
    keys.to(page.get_by_label("Note on Depth")).type("Named the failure first.")
    verdict = page.get_by_role("group", name="What do you recommend?")
    keys.to(verdict.get_by_role("radio").first).press("Space", "ArrowRight")
    keys.to(page.get_by_role("button", name="Submit scorecard")).press("Enter")
    page.get_by_role("button", name="Submit scorecard").wait_for(state="detached")

    scorecard = Scorecard.objects.get()
    assert scorecard.submitted_at
    assert scorecard.recommendation == Scorecard.Recommendation.values[1]
    assert scorecard.ratings == {"Depth": {"score": 4, "note": "Named the failure first."}}
    assert keys.unseen == set()


def test_an_offer_is_signed(new_page, sent):
    keys = Keys(new_page())
    page = keys.page
    page.goto(links.url(sending.link_of(sent), "offers:sign"))

    keys.to(page.get_by_role("button", name="Agree and open the offer")).press("Enter")
    page.get_by_role("heading", name="Sign", exact=True).wait_for()
    keys.to(page.get_by_label("Your full name")).type("Noor Haddad")
    keys.to(page.get_by_role("button", name="Sign the offer")).press("Enter")
    page.get_by_role("heading", name=re.compile("Signed")).wait_for()

    assert Application.objects.get().status == "hired"
    assert keys.unseen == set()
