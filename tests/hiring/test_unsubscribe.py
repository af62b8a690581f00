"""RFC 8058 as mail programs speak it: raw posts from a client without cookies (FIX-2)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from hiring import links
from hiring.mail import footer
from hiring.models import PersonalLink, Suppression
from tests.factories import EmailFactory

pytestmark = pytest.mark.django_db

ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = b'--B\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--B--\r\n'


@pytest.fixture
def ada():
    return EmailFactory(value="ada@mail.example").candidate


@pytest.fixture
def path(ada, settings):
    return footer.unsubscribe_url(ada).removeprefix(settings.SITE_URL)


@pytest.fixture
def stranger():
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=B"),
        (b"", "application/x-www-form-urlencoded"),
        (b"", ""),
        (b"something=else", "application/x-www-form-urlencoded"),
        (b"--broken", "multipart/form-data"),
    ],
)
def test_one_click_is_done_at_once_whatever_the_body(stranger, path, body, content_type):
    """MAIL-3: 200 directly, no redirect, no cookie asked for."""
    answer = stranger.generic("POST", path, body, content_type=content_type)

    assert (answer.status_code, Suppression.objects.get().reason) == (200, "unsubscribe")


def test_repeating_it_answers_the_same(stranger, path):
    first = stranger.post(path)
    second = stranger.post(path)

    assert (first.status_code, second.status_code, Suppression.objects.count()) == (200, 200, 1)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_looks_changes_nothing(stranger, path, method):
    """MAIL-4"""
    answer = getattr(stranger, method)(path)

    assert (answer.status_code, Suppression.objects.count()) == (200, 0)
    assert "no-cache" in answer["Cache-Control"]


def test_the_page_has_one_button_and_works_without_signing_in(stranger, path):
    page = stranger.get(path).content.decode()

    assert page.count('<form method="post"') == 1
    assert "Stop messages" in page


def test_unknown_malformed_and_foreign_tokens_are_answered_alike(stranger, path, ada):
    """MAIL-5"""
    foreign = links.issue(PersonalLink.Purpose.STATUS, candidate=ada, valid_for=None)
    tokens = ["x", "." * 40, links.token(foreign), path.split("/")[2].swapcase(), "a" * 22 + ".b"]
    answers = {stranger.post(reverse("unsubscribe", args=[token])).content for token in tokens}
    pages = {stranger.get(reverse("unsubscribe", args=[token])).content for token in tokens}

    assert (len(answers), len(pages), Suppression.objects.count()) == (1, 1, 0)
    assert answers == {stranger.post(path).content}


def test_the_address_is_not_in_the_link(path):
    assert "ada" not in path


def test_other_methods_are_refused(stranger, path):
    assert stranger.delete(path).status_code == 405
